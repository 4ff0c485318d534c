"""The dashboard of examples/homeassistant."""

import re
from pathlib import Path

from tiktok2mqtt.bridge.homeassistant.entities import Entity
from tiktok2mqtt.bridge.homeassistant.entity_tables import ROOM_ENTITIES
from tiktok2mqtt.settings import HomeAssistantSettings

DASHBOARD = Path(__file__).parents[1] / "examples/homeassistant/dashboard.yaml"


def entity_id(row: Entity) -> tuple[str, str]:
    """What Home Assistant makes of the names of the device and the entity."""
    return row.component, f"TikTok alice {row.name}".lower().replace(" ", "_")


def test_it_shows_entities_that_alice_has() -> None:
    shown = re.findall(r"entity: (\w+)\.(\w+)$", DASHBOARD.read_text(), re.MULTILINE)
    disabled = HomeAssistantSettings().disabled_entities
    known = {entity_id(row) for row in ROOM_ENTITIES if isinstance(row, Entity) and row.key not in disabled}
    assert shown
    assert set(shown) <= known
