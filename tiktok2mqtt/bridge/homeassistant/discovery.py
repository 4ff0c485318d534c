"""Builds Home Assistant's discovery messages from the entity tables.

Source: the documentation of Home Assistant's MQTT integration, "Device discovery payload" and "Single component
discovery payload"; tested with core 2026.10. All messages are retained. A device has one message with all its
components or, for Home Assistant before 2024.12, one message per component. An empty message removes the device or the
component.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from string import Template
from typing import Any, Literal
from urllib.parse import quote

from tiktok2mqtt.bridge.homeassistant.entities import DeviceTrigger, Entity, Row
from tiktok2mqtt.bridge.homeassistant.entity_tables import BRIDGE_ENTITIES, ROOM_ENTITIES
from tiktok2mqtt.common.text import escaped_name
from tiktok2mqtt.common.topics import Topics

Json = dict[str, Any]
# Payload by topic.
Messages = dict[str, Json]
ORIGIN = "tiktok2mqtt"
# X begins an escape sequence and is escaped itself, so that two different texts never give the same result.
_ESCAPED = re.compile(r"[^0-9A-WYZa-z]")


@dataclass(frozen=True, slots=True)
class DiscoveryOptions:
    """Options of the discovery messages.

    `form` is one message per `device` or one for each of its `components`. `gift_medium` and `gift_large` are the
    minimum diamonds for a medium and a large gift. `excluded` holds the keys of a room's rows that are left out,
    `disabled` those of the entities that users have to enable first, `excluded_of_bridge` those of the bridge's rows.
    """

    form: Literal["device", "components"] = "device"
    gift_medium: int = 100
    gift_large: int = 1000
    excluded: frozenset[str] = frozenset()
    disabled: frozenset[str] = frozenset()
    excluded_of_bridge: frozenset[str] = frozenset()


def object_id(topics: Topics, room: str | None = None) -> str:
    """Return the device id of a room, or of the bridge: `tiktok_alice`, `tiktok-bridge`.

    It consists of `[a-zA-Z0-9_-]` and is unique for each pair of base topic and room: the escaped base topic contains
    neither `_` nor `-`, so the first of these ends it and distinguishes rooms from the bridge; room names contain no
    `-`, so it can stand for `.`, see also `escaped_name`. Home Assistant stores these ids: they must never change.
    """
    base = _escaped(topics.base)
    if room is None:
        return f"{base}-{_escaped(topics.bridge_segment)}"
    return f"{base}_{escaped_name(room).replace('.', '-')}"


def is_own_id(topics: Topics, device_id: str) -> bool:
    """Return whether `object_id` can have made an id for this base topic, with any room or bridge segment."""
    return re.match(re.escape(_escaped(topics.base)) + "[_-]", device_id) is not None


def bridge_messages(topics: Topics, version: str, options: DiscoveryOptions) -> Messages:
    """Return the discovery messages of the bridge.

    They must be published before those of the rooms, which refer to this device by `via_device`: otherwise Home
    Assistant would create a placeholder.
    """
    description = {
        "name": "tiktok2mqtt",
        "manufacturer": "tiktok2mqtt",
        "model": "Bridge",
        "sw_version": version,
    }
    rows = [row for row in BRIDGE_ENTITIES if row.key not in options.excluded_of_bridge]
    return _messages(_Device(topics, None, version, options), description, rows)


def room_messages(topics: Topics, room: str, version: str, options: DiscoveryOptions) -> Messages:
    """Return the discovery messages of a room; `room` is its normalized name."""
    description = {
        "name": f"TikTok {room}",
        "manufacturer": "TikTok",
        "model": "LIVE room",
        "configuration_url": f"https://www.tiktok.com/@{quote(room)}/live",
        "via_device": object_id(topics),
    }
    rows = [row for row in ROOM_ENTITIES if row.key not in options.excluded]
    return _messages(_Device(topics, room, version, options), description, rows)


def with_removed_components(payload: Json, removed: Mapping[str, str]) -> Json:
    """Return the payload of a device that also removes components; `removed` has the platform of each by its key.

    Home Assistant keeps a component that is merely left out. It removes one that has only a platform.
    """
    removals = {key: {"platform": platform} for key, platform in removed.items()}
    return payload | {"components": payload["components"] | removals}


def _escaped(text: str) -> str:
    return _ESCAPED.sub(lambda match: "".join(f"X{byte:02x}" for byte in match[0].encode()), text)


def _messages(device: "_Device", description: Mapping[str, Any], rows: Iterable[Row]) -> Messages:
    common = {
        "device": {"identifiers": [device.id], **description},
        "origin": {"name": ORIGIN, "sw_version": device.version},
        "qos": 1,
    }
    if device.options.form == "components":
        return dict(device.component_message(row, common) for row in rows)
    shared = {
        "state_topic": device.topic("state"),
        "availability_mode": "all",
        "availability": device.availability("device"),
    }
    components = {row.key: device.component(row) for row in rows}
    # Components inherit the shared options.
    slim = {key: {n: v for n, v in c.items() if v != shared.get(n)} for key, c in components.items()}
    return {device.topics.device_discovery(device.id): {**common, **shared, "components": slim}}


@dataclass(frozen=True, slots=True)
class _Device:
    """A device whose rows become components; `room` is None for the bridge."""

    topics: Topics
    room: str | None
    version: str
    options: DiscoveryOptions

    @property
    def id(self) -> str:
        return object_id(self.topics, self.room)

    def topic(self, subtopic: str, *, on_bridge: bool = False) -> str:
        """Return a topic of this device or, with `on_bridge`, of the bridge."""
        if self.room is None or on_bridge:
            return self.topics.bridge(subtopic)
        return self.topics.room(self.room, subtopic)

    def availability(self, available: str) -> list[dict[str, str]]:
        """Return the value of the option `availability`: all of its topics must be `online`."""
        topics = [] if available == "always" else [self.topics.bridge_state]
        if available == "device" and self.room is not None:
            topics.append(self.topics.room(self.room, "availability"))
        return [{"topic": topic, "value_template": "{{ value_json.state if value }}"} for topic in topics]

    def component_message(self, row: Row, common: Json) -> tuple[str, Json]:
        """Return topic and payload of the message for a single component."""
        options = self.component(row)
        topic = self.topics.component_discovery(options.pop("platform"), self.id, row.key)
        if isinstance(row, Entity):
            options["availability_mode"] = "all"
        return topic, common | options

    def component(self, row: Row) -> Json:
        """Return all options of one component."""
        pairs = self._trigger(row) if isinstance(row, DeviceTrigger) else self._entity(row)
        return {name: value for name, value in pairs if value is not None}

    def _trigger(self, row: DeviceTrigger) -> Iterator[tuple[str, Any]]:
        yield "platform", "device_automation"
        yield "automation_type", "trigger"
        yield "type", row.type
        yield "subtype", row.subtype
        yield "topic", self.topic(row.subtopic, on_bridge=row.on_bridge)
        yield "value_template", self._substitute(row.template)
        yield "payload", row.payload

    def _entity(self, row: Entity) -> Iterator[tuple[str, Any]]:
        yield "platform", row.component
        yield "unique_id", f"{self.id}-{row.key}"
        yield "name", row.name
        yield "icon", row.icon
        yield "device_class", row.device_class
        yield "state_class", row.state_class
        yield "unit_of_measurement", row.unit
        yield "entity_category", row.category
        yield "enabled_by_default", False if self.room is not None and row.key in self.options.disabled else None
        yield from self._topics_and_templates(row)
        yield "availability", self.availability(row.available)
        for name, value in row.extras.items():
            yield name, self._substitute(value) if isinstance(value, str) else value

    def _topics_and_templates(self, row: Entity) -> Iterator[tuple[str, Any]]:
        topic = None if row.subtopic is None else self.topic(row.subtopic, on_bridge=row.on_bridge)
        yield f"{row.reads}_topic", topic
        yield "url_template" if row.reads == "url" else "value_template", self._substitute(row.template)
        yield "json_attributes_topic", topic if row.attributes else None
        yield "json_attributes_template", row.attributes
        if row.command_subtopic:
            yield "command_topic", self.topic(row.command_subtopic, on_bridge=row.command_on_bridge)

    def _substitute(self, template: str | None) -> str | None:
        """Replace `$room` and the others in a template. Room names contain no quotes."""
        if template is None:
            return None
        room, options = self.room or "", self.options
        return Template(template).substitute(
            room=room, room_in_url=quote(room), gift_medium=options.gift_medium, gift_large=options.gift_large
        )
