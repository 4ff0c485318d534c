"""The dashboard of examples/homeassistant."""

import re
from pathlib import Path

from tiktok2mqtt.bridge.homeassistant.entities import ROOM, Entity

DASHBOARD = Path(__file__).parents[2] / "examples/homeassistant/dashboard.yaml"


def test_it_shows_entities_that_alice_has() -> None:
    shown = re.findall(r"entity: (\w+)\.(\w+)$", DASHBOARD.read_text(), re.MULTILINE)
    enabled = {(row.component, f"tiktok_alice_{row.key}") for row in ROOM if isinstance(row, Entity) and row.enabled}
    assert shown
    assert set(shown) <= enabled
