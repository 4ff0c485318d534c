from pathlib import Path
from typing import Any

import pytest

from tiktok2mqtt.bridge.birth import FILE, BirthWait
from tiktok2mqtt.bridge.mqtt.message_store import Message
from tiktok2mqtt.bridge.mqtt.outbox import Outbox
from tiktok2mqtt.bridge.mqtt.policies import QueueClass
from tiktok2mqtt.settings import Settings

GIFT = Message("t/gift", b"", 1, False, QueueClass.PRIORITY, 0.0, "gift", "alice")


class Rig:
    def __init__(self, folder: Path | None = None, **settings: Any) -> None:
        self.outbox = Outbox()
        tree = {"state_dir": folder, **settings}
        self.birth = BirthWait(self.outbox, Settings.model_validate(tree))

    def is_holding(self, now: float) -> bool:
        return self.outbox.is_held(GIFT, now)


def test_events_wait_after_an_outage_until_the_birth_message() -> None:
    rig = Rig()
    rig.birth.connected(100.0)
    rig.birth.received(110.0)
    assert not rig.is_holding(110.0)
    rig.birth.connected(200.0)
    assert rig.is_holding(229.9)
    assert not rig.is_holding(230.0)
    rig.birth.received(211.0)
    assert not rig.is_holding(211.0)


def test_nothing_waits_where_no_home_assistant_was_seen() -> None:
    rig = Rig()
    rig.birth.connected(100.0)
    rig.birth.connected(200.0)
    assert not rig.is_holding(200.0)


@pytest.mark.parametrize("settings", [{"discovery": "off"}, {"wait_for_birth": 0}])
def test_it_can_be_turned_off(settings: dict[str, Any]) -> None:
    rig = Rig(homeassistant=settings)
    for now in (100.0, 200.0):
        rig.birth.connected(now)
        assert not rig.is_holding(now)
        rig.birth.received(now)


def test_after_a_restart_only_what_was_left_waits(tmp_path: Path) -> None:
    first = Rig(tmp_path)
    first.birth.received(100.0)
    first.birth.save()
    second = Rig(tmp_path)
    second.birth.connected(200.0)
    assert not second.is_holding(200.0)
    second.birth.connected(300.0)
    assert second.is_holding(300.0)
    third = Rig(tmp_path)
    third.outbox.put(GIFT)
    third.birth.connected(200.0)
    assert third.is_holding(200.0)
    other = Rig(tmp_path, mqtt={"host": "another"})
    other.outbox.put(GIFT)
    other.birth.connected(200.0)
    assert not other.is_holding(200.0)


def test_a_file_that_cannot_be_used_is_no_error(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / FILE).mkdir()
    rig = Rig(tmp_path)
    rig.birth.received(100.0)
    rig.birth.save()
    rig.birth.save()
    assert caplog.text.count("cannot be written") == 1
