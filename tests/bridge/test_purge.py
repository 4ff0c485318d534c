import logging
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.daemon import retained, running, tree
from tests.mqtt import Broker, free_port
from tiktok2mqtt.bridge import purge
from tiktok2mqtt.bridge.purge import TOPICS_FILE, clear_renamed, is_own
from tiktok2mqtt.common.topics import Topics
from tiktok2mqtt.settings import Settings
from tiktok2mqtt.simulator import Simulator

OURS = b'{"origin":{"name":"tiktok2mqtt"}}'


@pytest.mark.parametrize(
    "topic",
    [
        "tiktok/bridge/state",
        "tiktok/bridge/info",
        "tiktok/bridge/health",
        "tiktok/alice/state",
        "tiktok/a.b_c/cover",
        "tiktok/alice/goal",
        "tiktok/alice/summary",
        "tiktok/alice/gift",
        "homeassistant/device/tiktok_alice/config",
        "homeassistant/device/tiktok-bridge/config",
        "homeassistant/sensor/tiktok_alice/viewers/config",
    ],
)
def test_own_messages(topic: str) -> None:
    assert is_own(Topics(), topic, OURS)


@pytest.mark.parametrize(
    "topic",
    [
        "tiktok/bridge/request/list",
        "tiktok/bridge/other",
        "tiktok/alice/other",
        "tiktok/alice/set",
        "tiktok/alice/goal/set",
        "tiktok/Not a room/state",
        "tiktok/alice",
        "tiktok2/alice/state",
        "homeassistant/device/tiktok2_alice/config",
        "homeassistant/sensor/tiktok_alice/viewers/state",
        "homeassistant/status",
    ],
)
def test_other_messages(topic: str) -> None:
    assert not is_own(Topics(), topic, OURS)


@pytest.mark.parametrize("payload", [b"", b"{", b"[]", b"{}", b'{"origin":1}', b'{"origin":{"name":"other"}}'])
def test_a_device_of_another_origin_is_not_our_own(payload: bytes) -> None:
    assert not is_own(Topics(), "homeassistant/device/tiktok_alice/config", payload)


@pytest.fixture(autouse=True)
def _quiet_briefly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purge, "QUIET_S", 0.1)


@pytest.fixture
def former(sim: Simulator, broker: Broker, tmp_path: Path) -> Settings:
    """The settings of a daemon that has run and left retained messages."""
    sim.room("alice").go_live()
    settings = tree(sim, broker.port, state_dir=str(tmp_path / "state"))
    clear_renamed(Settings.model_validate(settings))
    with running(settings) as daemon:
        daemon.wait_until_online()
        daemon.discovery()
        daemon.event("state", live=True)
    return daemon.settings


def names(settings: Settings) -> Topics:
    return Topics(settings.mqtt.base_topic, settings.mqtt.bridge_topic, settings.homeassistant.prefix)


def renamed(settings: Settings, **mqtt: Any) -> Settings:
    return settings.model_copy(update={"mqtt": settings.mqtt.model_copy(update=mqtt)})


def test_messages_under_the_former_topics_are_cleared(former: Settings, broker: Broker) -> None:
    assert retained(broker.port, names(former))
    clear_renamed(former)
    assert retained(broker.port, names(former))
    new = renamed(former, base_topic=f"{former.mqtt.base_topic}new")
    clear_renamed(new)
    assert retained(broker.port, names(former)) == []
    # The next run restores it.
    assert [message.topic for message in retained(broker.port, names(new))] == [names(new).room("alice", "state")]
    assert new.state_dir is not None
    assert new.mqtt.base_topic in (new.state_dir / TOPICS_FILE).read_text()


def test_when_the_broker_is_away_the_next_start_tries_again(
    former: Settings, broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    new = renamed(former, base_topic=f"{former.mqtt.base_topic}new")
    clear_renamed(renamed(new, port=free_port()))
    assert ": cannot reach the broker" in caplog.text
    clear_renamed(new)
    assert retained(broker.port, names(former)) == []


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff"])
def test_a_file_that_cannot_be_read_is_replaced(tmp_path: Path, content: bytes) -> None:
    (tmp_path / TOPICS_FILE).write_bytes(content)
    clear_renamed(Settings.model_validate({"state_dir": str(tmp_path)}))
    assert orjson.loads((tmp_path / TOPICS_FILE).read_bytes())["base_topic"] == "tiktok"


def test_without_a_state_dir_nothing_is_done() -> None:
    clear_renamed(Settings())


@pytest.mark.parametrize("changed", ["base_topic", "bridge_topic"])
def test_counters_and_goal_of_a_live_survive_other_topics(
    sim: Simulator, broker: Broker, tmp_path: Path, changed: str
) -> None:
    room = sim.room("alice")
    room.go_live()
    settings = tree(sim, broker.port, state_dir=str(tmp_path / "state"))
    clear_renamed(Settings.model_validate(settings))
    with running(settings) as daemon:
        room.wait_for_client()
        daemon.wait_until_online()
        room.gift("bob", "Rose", 5)
        daemon.listener.publish(daemon.topics.room("alice", "goal/set"), "50")
        daemon.event("state", diamonds=5, goal=50)
        session = daemon.event("state", diamonds=5)["session_id"]
    settings["mqtt"][changed] = f"other{settings['mqtt']['base_topic']}"
    clear_renamed(Settings.model_validate(settings))
    with running(settings) as daemon:
        room.wait_for_client()
        room.gift("carol", "Rose", 2)
        state = daemon.event("state", diamonds=7, goal=50)
        assert (state["session_id"], state["goal_progress"]) == (session, 14.0)
