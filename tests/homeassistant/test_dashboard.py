"""The dashboard of examples/homeassistant."""

import re
from pathlib import Path

from tiktok2mqtt.bridge.homeassistant.entities import Entity
from tiktok2mqtt.bridge.homeassistant.room_entities import ROOM
from tiktok2mqtt.settings.model import HomeAssistantSettings

DASHBOARD = Path(__file__).parents[2] / "examples/homeassistant/dashboard.yaml"


def test_it_shows_entities_that_alice_has() -> None:
    shown = re.findall(r"entity: (\w+)\.(\w+)$", DASHBOARD.read_text(), re.MULTILINE)
    known = {(row.component, f"tiktok_alice_{row.key}") for row in ROOM if isinstance(row, Entity)}
    disabled = {
        (component, f"tiktok_alice_{key}")
        for component, _ in known
        for key in HomeAssistantSettings().disabled_entities
    }
    assert shown
    assert set(shown) <= known - disabled
