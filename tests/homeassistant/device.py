"""A device in Home Assistant by the keys of its entities, and daemons whose devices are removed after a test."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.daemon import Daemon, Tree, running, tree
from tests.homeassistant.api import HomeAssistant, Json
from tests.mqtt import Broker
from tiktok2mqtt.bridge.homeassistant.discovery import object_id
from tiktok2mqtt.cli.purge import purge
from tiktok2mqtt.settings import Settings
from tiktok2mqtt.simulator import Room, Simulator


class Device:
    """The device of a room in Home Assistant or, with None, of the bridge."""

    def __init__(self, ha: HomeAssistant, daemon: Daemon, room: str | None = "alice") -> None:
        self.ha = ha
        self.id = object_id(daemon.topics, room)

    @property
    def entry(self) -> Json | None:
        """The registry entry of the device, None when there is none."""
        return self.ha.device(self.id)

    def wait(self, *keys: str) -> "Device":
        """Wait until the device exists and these of its entities are available."""
        self.ha.wait_for(lambda: self.entry, f"no device {self.id}")

        def available() -> bool:
            states = self.states()
            return all(states.get(key, "unavailable") != "unavailable" for key in keys)

        self.ha.wait_for(available, f"{self.id} lacks one of {', '.join(keys)}")
        return self

    def wait_gone(self) -> None:
        """Wait until the device and all its entities are removed."""
        self.ha.wait_for(lambda: not self.entry and not self.ha.entities(self.id), f"{self.id} still exists")

    def entity(self, key: str) -> str:
        """Return the entity id for a key."""
        entity_id: str = self.ha.entities(self.id)[key]["entity_id"]
        return entity_id

    def state(self, key: str) -> str | None:
        """Return the state for a key."""
        return self.ha.state(self.entity(key))

    def attributes(self, key: str) -> Json:
        """Return the attributes for a key."""
        return self.ha.attributes(self.entity(key))

    def wait_state(self, key: str, expected: str) -> None:
        """Wait until an entity has a state."""
        self.ha.wait_state(self.entity(key), expected)

    def wait_event(self, key: str, event_type: str, room: Room) -> Json:
        """Wait until the last event of an event entity is of a type; return its attributes.

        Only events of the current LIVE count: Home Assistant restores the last event of an earlier entity with the
        same id.
        """
        entity_id = self.entity(key)
        expected = (event_type, str(room.state.room_id))

        def has_happened() -> bool:
            attributes = self.ha.attributes(entity_id)
            return (attributes.get("event_type"), attributes.get("session_id")) == expected

        self.ha.wait_for(has_happened, f"{entity_id} has had no event {event_type}")
        return self.ha.attributes(entity_id)

    def states(self) -> dict[str, str]:
        """Return the states of all enabled entities by key."""
        states = self.ha.states()
        entries = self.ha.entities(self.id)
        return {key: states[e["entity_id"]]["state"] for key, e in entries.items() if e["entity_id"] in states}


def daemon_settings(sim: Simulator, broker: Broker, **more: Any) -> Tree:
    """Return settings of a daemon with its own topics and the discovery prefix of Home Assistant."""
    homeassistant = {"prefix": "homeassistant"} | more.pop("homeassistant", {})
    more = {"commands_per_minute": 6000, "health_interval": 1} | more
    return tree(sim, broker.port, homeassistant=homeassistant, **more)


@contextmanager
def purging(settings: Tree) -> Iterator[Tree]:
    """Remove everything retained, and so all devices in Home Assistant, at the end of the block."""
    try:
        yield settings
    finally:
        assert purge(Settings.model_validate(settings), dry_run=False, force=True) == 0


@contextmanager
def running_and_purging(settings: Tree) -> Iterator[Daemon]:
    """Run a daemon until the end of the block; then purge."""
    with purging(settings), running(settings) as daemon:
        yield daemon


def may_restart() -> bool:
    """Return whether the environment says how to restart Home Assistant."""
    return "HA_RESTART" in os.environ
