import logging
import time
from collections.abc import Iterator

import pytest

from tiktok2mqtt.bridge import health as watchdog
from tiktok2mqtt.bridge.health import LOOK_S, Watchdog
from tiktok2mqtt.common.times import Liveness


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What systemd was told."""
    words: list[str] = []
    monkeypatch.setattr(watchdog, "notify_systemd", words.append)
    return words


def test_it_is_fed_while_all_threads_go_on(told: list[str], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    link, reader = Liveness("link"), Liveness("reader")
    dog = Watchdog(lambda: [reader, link])
    now = time.monotonic()
    link.beat(30.0)
    dog.feed(now)
    assert told == ["WATCHDOG=1"]
    for number in range(1, 4):
        reader.beat(-1.0)
        link.beat(-1.0)
        dog.feed(now + number * LOOK_S)
    assert dog.stuck(now + 3 * LOOK_S) == ["link", "reader"]
    assert told == ["WATCHDOG=1"]
    link.pause()
    reader.beat(30.0)
    dog.feed(now + 4 * LOOK_S)
    assert told == ["WATCHDOG=1"] * 2
    assert caplog.messages == ["these threads do not go on: link, reader", "all threads go on again"]


def test_it_looks_once_a_second_however_often_it_is_asked(told: list[str]) -> None:
    looks: list[Liveness] = []

    def liveness_of_threads() -> Iterator[Liveness]:
        looks.append(Liveness("link"))
        yield looks[-1]

    dog = Watchdog(liveness_of_threads)
    for quarter in range(9):
        dog.feed(100.0 + quarter / 4 * LOOK_S)
    assert len(looks) == len(told) == 3
