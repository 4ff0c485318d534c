import threading

import pytest

from tests.helpers import until
from tiktok2mqtt.bridge.background import MAX_RUNNING, Background
from tiktok2mqtt.bridge.commands import CommandError


def test_as_many_as_may_be_run_at_once_and_no_more() -> None:
    background, release = Background(), threading.Event()
    done: list[int] = []
    for number in range(MAX_RUNNING):
        background.run(lambda number=number: (release.wait(5), done.append(number)))
    with pytest.raises(CommandError, match="wait for TikTok already; try again later"):
        background.run(lambda: done.append(99))
    release.set()
    until(lambda: sorted(done) == list(range(MAX_RUNNING)))


def test_a_job_that_fails_is_logged_and_gives_its_place_back(caplog: pytest.LogCaptureFixture) -> None:
    background = Background()
    before = threading.active_count()
    for _ in range(2 * MAX_RUNNING):
        background.run(lambda: 1 // 0)
        until(lambda: threading.active_count() <= before)
    assert caplog.text.count("a command failed") == 2 * MAX_RUNNING
