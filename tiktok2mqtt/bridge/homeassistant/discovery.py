"""Home Assistant's device discovery messages, made from the rows in `entities`.

Source: the MQTT integration of Home Assistant, "Device discovery payload", tried against core 2026.10. One retained
message per device; an empty one removes the device with all its entities.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from string import Template
from typing import Any

from tiktok2mqtt.bridge.homeassistant.entities import BRIDGE, ROOM, Entity, Row, Trigger
from tiktok2mqtt.bridge.topics import Topics

# X introduces an escape and is escaped itself, so that no two texts come out alike.
_ESCAPED = re.compile(r"[^0-9A-WYZa-z]")


@dataclass(frozen=True, slots=True)
class DiscoveryOptions:
    """From how many diamonds on a gift is announced as `gift_medium` and as `gift_large`."""

    gift_medium: int = 100
    gift_large: int = 1000


def object_id(topics: Topics, room: str | None = None) -> str:
    """Return the id of the device of a room, or of the bridge: `tiktok_alice`, `tiktok-bridge`.

    Made of `[a-zA-Z0-9_-]`, and different for any two pairs of base topic and room: the escaped base topic holds
    neither `_` nor `-`, so the first of these ends it and tells rooms from bridges; room names have no `-` that the one
    for `.` could be taken for. These ids are stored by Home Assistant: they never change.
    """
    base = _escaped(topics.base)
    return f"{base}-{_escaped(topics.bridge_segment)}" if room is None else f"{base}_{room.replace('.', '-')}"


def bridge_message(topics: Topics, version: str, options: DiscoveryOptions) -> tuple[str, dict[str, Any]]:
    """Return the topic and the payload that announce the bridge.

    It goes out before those of the rooms: they point to this device, which Home Assistant would invent otherwise.
    """
    device = {
        "name": "tiktok2mqtt",
        "manufacturer": "tiktok2mqtt",
        "model": "Bridge",
        "sw_version": version,
    }
    return _message(_Device(topics, None, version, options), device, BRIDGE)


def room_message(topics: Topics, room: str, version: str, options: DiscoveryOptions) -> tuple[str, dict[str, Any]]:
    """Return the topic and the payload that announce a room; `room` is its name, lower case, without `@`."""
    device = {
        "name": f"TikTok {room}",
        "manufacturer": "TikTok",
        "model": "LIVE room",
        "configuration_url": f"https://www.tiktok.com/@{room}/live",
        "via_device": object_id(topics),
    }
    return _message(_Device(topics, room, version, options), device, ROOM)


def _escaped(text: str) -> str:
    return _ESCAPED.sub(lambda match: "".join(f"X{byte:02x}" for byte in match[0].encode()), text)


def _message(device: "_Device", description: Mapping[str, Any], rows: Iterable[Row]) -> tuple[str, dict[str, Any]]:
    """Return the topic and the payload for one device."""
    return device.topics.discovery(device.id), {
        "device": {"identifiers": [device.id], **description},
        "origin": {"name": "tiktok2mqtt", "sw_version": device.version},
        "state_topic": device.topic("state"),
        "qos": 1,
        "availability_mode": "all",
        "availability": device.availability("device"),
        "components": {row.key: device.component(row) for row in rows},
    }


@dataclass(frozen=True, slots=True)
class _Device:
    """The device that rows are turned into components for; `room` is None for the bridge."""

    topics: Topics
    room: str | None
    version: str
    options: DiscoveryOptions

    @property
    def id(self) -> str:
        return object_id(self.topics, self.room)

    def topic(self, leaf: str, *, on_bridge: bool = False) -> str:
        """Return one of the device's topics, or one of the bridge's."""
        if self.room is None or on_bridge:
            return self.topics.bridge(leaf)
        return self.topics.room(self.room, leaf)

    def availability(self, available: str) -> list[dict[str, str]]:
        """Return the topics that must all say `online`."""
        topics = [] if available == "always" else [self.topics.bridge_state]
        if available == "device" and self.room is not None:
            topics.append(self.topics.room(self.room, "availability"))
        return [{"topic": topic, "value_template": "{{ value_json.state if value else '' }}"} for topic in topics]

    def component(self, row: Row) -> dict[str, Any]:
        """Return the options of one component, with what the device as a whole already says left out."""
        options = self._trigger(row) if isinstance(row, Trigger) else self._entity(row)
        return {name: value for name, value in options.items() if value is not None}

    def _trigger(self, row: Trigger) -> dict[str, Any]:
        return {
            "platform": "device_automation",
            "automation_type": "trigger",
            "type": row.type,
            "subtype": row.subtype,
            "topic": self.topic(row.leaf, on_bridge=row.on_bridge),
            "value_template": self._filled(row.template),
            "payload": row.payload,
        }

    def _entity(self, row: Entity) -> dict[str, Any]:
        topic = self.topic(row.leaf, on_bridge=row.on_bridge)
        return {
            "platform": row.component,
            "unique_id": f"{self.id}-{row.key}",
            "default_entity_id": f"{row.component}.{self._slug(row.key)}",
            "name": row.name,
            "icon": row.icon,
            "device_class": row.device_class,
            "state_class": row.state_class,
            "unit_of_measurement": row.unit,
            "entity_category": row.category,
            "enabled_by_default": None if row.enabled else False,
            "state_topic": None if topic == self.topic("state") else topic,
            "value_template": self._filled(row.template),
            "json_attributes_topic": topic if row.attributes else None,
            "json_attributes_template": row.attributes,
            "command_topic": self.topic(row.command_leaf) if row.command_leaf else None,
            "availability": None if row.available == "device" else self.availability(row.available),
            **row.extras,
        }

    def _slug(self, key: str) -> str:
        """Return the name part of an entity id; Home Assistant numbers them when two are alike."""
        owner = self.topics.bridge_segment if self.room is None else self.room
        return re.sub(r"[^a-z0-9]+", "_", f"{self.topics.base}_{owner}_{key}".lower())

    def _filled(self, template: str | None) -> str | None:
        """Return a template with `$room` and the thresholds filled in; a room's name has no character to quote."""
        if template is None:
            return None
        return Template(template).substitute(
            room=self.room or "", gift_medium=self.options.gift_medium, gift_large=self.options.gift_large
        )
