import logging

import pytest

from tiktok2mqtt.bridge import watchdog
from tiktok2mqtt.bridge.watchdog import Watchdog
from tiktok2mqtt.webcast.pulse import Pulse


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What systemd was told."""
    words: list[str] = []
    monkeypatch.setattr(watchdog, "notify_systemd", words.append)
    return words


def test_it_is_fed_while_all_threads_go_on(told: list[str], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    link, reader = Pulse("link"), Pulse("reader")
    dog = Watchdog(lambda: [reader, link])
    link.beat(30.0)
    dog.feed(0.0)
    assert told == ["WATCHDOG=1"]
    for _ in range(3):
        reader.beat(-1.0)
        link.beat(-1.0)
        dog.feed(1e12)
    assert dog.stuck(1e12) == ["link", "reader"]
    assert told == ["WATCHDOG=1"]
    link.rest()
    reader.beat(30.0)
    dog.feed(0.0)
    assert told == ["WATCHDOG=1"] * 2
    assert caplog.messages == ["these threads do not go on: link, reader", "all threads go on again"]
