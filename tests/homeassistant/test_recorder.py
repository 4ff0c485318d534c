"""How many rows a room writes to the database of a real Home Assistant, with the default settings."""

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from tests.homeassistant.api import HomeAssistant
from tests.homeassistant.device import Device, daemon_settings, running_and_purging
from tests.mqtt import Broker
from tiktok2mqtt.simulator import Simulator
from tiktok2mqtt.simulator.scenarios import BUILT_IN, run_scenario

BUSY_S: Final = 60.0
OFFLINE_S: Final = 15.0
EVENTS_PER_S: Final = 40.0
EVENT_ENTITIES: Final = ("gift", "follow", "share")
_ROWS: Final = """
SELECT states_meta.entity_id, count(*) FROM states JOIN states_meta USING (metadata_id)
WHERE last_updated_ts >= ? AND last_updated_ts < ? GROUP BY states_meta.entity_id
"""
_MARKER: Final = """
SELECT 1 FROM states JOIN states_meta USING (metadata_id) WHERE states_meta.entity_id = 'sensor.marker' AND state = ?
"""
RowsBetween = Callable[[float, float], dict[str, int]]


@pytest.fixture
def rows_between(ha: HomeAssistant) -> Iterator[RowsBetween]:
    """Returns how many rows each entity has written between two times, in seconds since 1970."""
    if "HA_CONFIG_DIR" not in os.environ:
        pytest.skip("HA_CONFIG_DIR is not set (see tests/homeassistant/api.py)")
    database = Path(os.environ["HA_CONFIG_DIR"], "ha.db")
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:

        def rows(start: float, end: float) -> dict[str, int]:
            # The recorder writes in order, some seconds later.
            ha.post("states/sensor.marker", {"state": str(end)})
            ha.wait_for(lambda: connection.execute(_MARKER, (str(end),)).fetchone(), "nothing is recorded", 60)
            return dict(connection.execute(_ROWS, (start, end)).fetchall())

        yield rows


def rows_of(device: Device, rows: dict[str, int]) -> dict[str, int]:
    """Return the rows of a device by the key of the entity, the largest number first."""
    found = {key: rows.get(entry["entity_id"], 0) for key, entry in device.ha.entities(device.id).items()}
    return dict(sorted(((key, number) for key, number in found.items() if number), key=lambda pair: -pair[1]))


def test_a_room_at_40_events_a_second(
    ha: HomeAssistant,
    ha_broker: Broker,
    sim: Simulator,
    rows_between: RowsBetween,
    capsys: pytest.CaptureFixture[str],
) -> None:
    room = sim.room("alice")
    room.go_live(title="Cooking")
    settings = daemon_settings(sim, ha_broker, health_interval=60, state_interval=15)
    stop = threading.Event()
    play = threading.Thread(target=run_scenario, args=(room, BUILT_IN["busy"], EVENTS_PER_S, stop, 1), daemon=True)
    with running_and_purging(settings) as daemon:
        device = Device(ha, daemon).wait("live", "viewers", "gift")
        room.wait_for_client()
        play.start()
        try:
            ha.wait_for(lambda: device.state("shares") not in {"0", "unknown"}, "nothing is counted", 40)
            start = time.time()
            time.sleep(BUSY_S)
            end = time.time()
        finally:
            stop.set()
            play.join()
        rows = rows_of(device, rows_between(start, end))
        bridge = rows_of(Device(ha, daemon, None), rows_between(start, end))
    per_hour = 3600 / BUSY_S
    numbers = sum(number for key, number in rows.items() if key not in EVENT_ENTITIES) * per_hour
    with capsys.disabled():
        print(f"\nrows in {BUSY_S:g} s: {rows}; bridge {bridge}; without gift, follow, share {numbers:,.0f} an hour")  # noqa: T201
    assert rows["gift"] > 0
    assert numbers <= 3_000


def test_a_room_that_is_not_live(
    ha: HomeAssistant, ha_broker: Broker, sim: Simulator, rows_between: RowsBetween
) -> None:
    sim.room("alice")
    settings = daemon_settings(sim, ha_broker, health_interval=1, state_interval=15)
    with running_and_purging(settings) as daemon:
        device = Device(ha, daemon).wait("live", "connection")
        device.wait_state("connection", "offline")
        # It is checked once a second.
        retries = daemon.event("connection", state="offline")["retry_at"]
        daemon.listener.wait(
            daemon.topics.room("alice", "connection"), lambda message: (message.json["retry_at"] or "") > retries
        )
        start = time.time()
        time.sleep(OFFLINE_S)
        assert rows_of(device, rows_between(start, time.time())) == {}
        assert "retry_at" not in device.attributes("connection")
        assert ha.entities(device.id)["next_retry"]["disabled_by"] == "integration"
