import logging
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.daemon import retained, running, tree
from tests.mqtt import Broker, free_port
from tiktok2mqtt.cli import purge
from tiktok2mqtt.cli.purge import FILE, clear_renamed
from tiktok2mqtt.common.topics import Topics
from tiktok2mqtt.settings import Settings
from tiktok2mqtt.simulator import Simulator


@pytest.fixture(autouse=True)
def _short_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purge, "QUIET_S", 0.1)


@pytest.fixture
def former(sim: Simulator, broker: Broker, tmp_path: Path) -> Settings:
    """The settings of a daemon that has run, and what it has left at the broker."""
    sim.room("alice").go_live()
    settings = tree(sim, broker.port, state_dir=str(tmp_path / "state"))
    clear_renamed(Settings.model_validate(settings))
    with running(settings) as daemon:
        daemon.up()
        daemon.announced()
        daemon.event("state", live=True)
    return daemon.settings


def names(settings: Settings) -> Topics:
    return Topics(settings.mqtt.base_topic, settings.mqtt.bridge_topic, settings.homeassistant.prefix)


def renamed(settings: Settings, **mqtt: Any) -> Settings:
    return settings.model_copy(update={"mqtt": settings.mqtt.model_copy(update=mqtt)})


def test_nothing_is_left_of_topics_that_were_renamed(former: Settings, broker: Broker) -> None:
    assert retained(broker.port, names(former))
    clear_renamed(former)
    assert retained(broker.port, names(former))
    new = renamed(former, base_topic=f"{former.mqtt.base_topic}new")
    clear_renamed(new)
    assert retained(broker.port, names(former)) == []
    assert new.state_dir is not None
    assert new.mqtt.base_topic in (new.state_dir / FILE).read_text()


def test_a_broker_that_is_away_is_asked_again_at_the_next_start(
    former: Settings, broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    new = renamed(former, base_topic=f"{former.mqtt.base_topic}new")
    clear_renamed(renamed(new, port=free_port()))
    assert "is not cleared: cannot reach the broker" in caplog.text
    clear_renamed(new)
    assert retained(broker.port, names(former)) == []


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff"])
def test_a_note_that_cannot_be_read_is_written_anew(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    clear_renamed(Settings.model_validate({"state_dir": str(tmp_path)}))
    assert orjson.loads((tmp_path / FILE).read_bytes())["base_topic"] == "tiktok"


def test_without_a_folder_nothing_is_noted() -> None:
    clear_renamed(Settings())
