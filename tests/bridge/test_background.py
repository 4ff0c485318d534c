import threading

import pytest

from tests.helpers import until
from tiktok2mqtt.bridge.commands import CommandError
from tiktok2mqtt.bridge.dispatch import MAX_RUNNING, Background


def test_as_many_as_may_be_run_at_once_and_no_more() -> None:
    background, release = Background(), threading.Event()
    done: list[bool] = []
    for _ in range(MAX_RUNNING):
        background.run(lambda: done.append(release.wait(5)))
    with pytest.raises(CommandError, match="wait for TikTok already; try again later"):
        background.run(release.clear)
    release.set()
    until(lambda: done == [True] * MAX_RUNNING)


def test_a_job_that_fails_is_logged_and_gives_its_place_back(caplog: pytest.LogCaptureFixture) -> None:
    background = Background()
    before = threading.active_count()
    for _ in range(2 * MAX_RUNNING):
        background.run(lambda: 1 // 0)
        until(lambda: threading.active_count() <= before)
    assert caplog.text.count("a command failed") == 2 * MAX_RUNNING
