"""Home Assistant's discovery messages, made from the rows of the entities.

Source: the MQTT integration of Home Assistant, "Device discovery payload" and "Single component discovery payload",
tried against core 2026.10. All are retained. One message tells of a device and all its components; or each component
has its own, as it must be before Home Assistant 2024.12. An empty one removes what it told of.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from string import Template
from typing import Any, Literal

from tiktok2mqtt.bridge.homeassistant.bridge_entities import BRIDGE
from tiktok2mqtt.bridge.homeassistant.entities import Entity, Row, Trigger
from tiktok2mqtt.bridge.homeassistant.room_entities import ROOM
from tiktok2mqtt.common.topics import Topics

Json = dict[str, Any]
Messages = dict[str, Json]
ORIGIN = "tiktok2mqtt"
# X introduces an escape and is escaped itself, so that no two texts come out alike.
_ESCAPED = re.compile(r"[^0-9A-WYZa-z]")


@dataclass(frozen=True, slots=True)
class DiscoveryOptions:
    """How the devices are announced.

    `form` is one message per `device`, or one for each of its `components`. From `gift_medium` and `gift_large`
    diamonds on a gift is announced as that. `without` are keys of rows of a room that are left out; `disabled` those
    that a user must enable first.
    """

    form: Literal["device", "components"] = "device"
    gift_medium: int = 100
    gift_large: int = 1000
    without: frozenset[str] = frozenset()
    disabled: frozenset[str] = frozenset()


def object_id(topics: Topics, room: str | None = None) -> str:
    """Return the id of the device of a room, or of the bridge: `tiktok_alice`, `tiktok-bridge`.

    Made of `[a-zA-Z0-9_-]`, and different for any two pairs of base topic and room: the escaped base topic holds
    neither `_` nor `-`, so the first of these ends it and tells rooms from bridges; room names have no `-` that the one
    for `.` could be taken for. These ids are stored by Home Assistant: they never change.
    """
    base = _escaped(topics.base)
    return f"{base}-{_escaped(topics.bridge_segment)}" if room is None else f"{base}_{room.replace('.', '-')}"


def is_own_id(topics: Topics, an_id: str) -> bool:
    """Return whether `object_id` may have made an id for this base topic, with whatever room or bridge level."""
    return re.match(re.escape(_escaped(topics.base)) + "[_-]", an_id) is not None


def bridge_messages(topics: Topics, version: str, options: DiscoveryOptions) -> Messages:
    """Return payload by topic of what announces the bridge.

    It goes out before that of the rooms: they point to this device, which Home Assistant would invent otherwise.
    """
    description = {
        "name": "tiktok2mqtt",
        "manufacturer": "tiktok2mqtt",
        "model": "Bridge",
        "sw_version": version,
    }
    return _messages(_Device(topics, None, version, options), description, BRIDGE)


def room_messages(topics: Topics, room: str, version: str, options: DiscoveryOptions) -> Messages:
    """Return payload by topic of what announces a room; `room` is its name, lower case, without `@`."""
    description = {
        "name": f"TikTok {room}",
        "manufacturer": "TikTok",
        "model": "LIVE room",
        "configuration_url": f"https://www.tiktok.com/@{room}/live",
        "via_device": object_id(topics),
    }
    rows = [row for row in ROOM if row.key not in options.without]
    return _messages(_Device(topics, room, version, options), description, rows)


def without_components(payload: Json, components: Mapping[str, str]) -> Json:
    """Return the payload of a device that also removes components: `components` gives the platform of each key.

    Home Assistant keeps a component that is merely left out; one that has nothing but a platform is removed.
    """
    gone = {key: {"platform": platform} for key, platform in components.items()}
    return payload | {"components": payload["components"] | gone}


def _escaped(text: str) -> str:
    return _ESCAPED.sub(lambda match: "".join(f"X{byte:02x}" for byte in match[0].encode()), text)


def _messages(device: "_Device", description: Mapping[str, Any], rows: Iterable[Row]) -> Messages:
    head = {
        "device": {"identifiers": [device.id], **description},
        "origin": {"name": ORIGIN, "sw_version": device.version},
        "qos": 1,
    }
    if device.options.form == "components":
        return dict(device.single(row, head) for row in rows)
    shared = {
        "state_topic": device.topic("state"),
        "availability_mode": "all",
        "availability": device.availability("device"),
    }
    components = {row.key: device.component(row) for row in rows}
    # A component need not repeat what the device says.
    slim = {key: {n: v for n, v in c.items() if v != shared.get(n)} for key, c in components.items()}
    return {device.topics.discovery(device.id): {**head, **shared, "components": slim}}


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
        return [{"topic": topic, "value_template": "{{ value_json.state if value }}"} for topic in topics]

    def single(self, row: Row, head: Json) -> tuple[str, Json]:
        """Return topic and payload of the message that announces one component alone."""
        options = self.component(row)
        topic = self.topics.single_discovery(options.pop("platform"), self.id, row.key)
        if isinstance(row, Entity):
            options["availability_mode"] = "all"
        return topic, head | options

    def component(self, row: Row) -> Json:
        """Return all options of one component."""
        pairs = self._trigger(row) if isinstance(row, Trigger) else self._entity(row)
        return {name: value for name, value in pairs if value is not None}

    def _trigger(self, row: Trigger) -> Iterator[tuple[str, Any]]:
        yield "platform", "device_automation"
        yield "automation_type", "trigger"
        yield "type", row.type
        yield "subtype", row.subtype
        yield "topic", self.topic(row.leaf, on_bridge=row.on_bridge)
        yield "value_template", self._filled(row.template)
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
        yield from self._wiring(row)
        yield "availability", self.availability(row.available)
        for name, value in row.extras.items():
            yield name, self._filled(value) if isinstance(value, str) else value

    def _wiring(self, row: Entity) -> Iterator[tuple[str, Any]]:
        """Yield where an entity reads and what it makes of it, and where it sends."""
        topic = None if row.leaf is None else self.topic(row.leaf, on_bridge=row.on_bridge)
        yield f"{row.reads}_topic", topic
        yield "url_template" if row.reads == "url" else "value_template", self._filled(row.template)
        yield "json_attributes_topic", topic if row.attributes else None
        yield "json_attributes_template", row.attributes
        yield "command_topic", self.topic(row.command_leaf, on_bridge=row.commands_bridge) if row.command_leaf else None

    def _filled(self, template: str | None) -> str | None:
        """Return a template with `$room` and the thresholds filled in; a room's name has no character to quote."""
        if template is None:
            return None
        return Template(template).substitute(
            room=self.room or "", gift_medium=self.options.gift_medium, gift_large=self.options.gift_large
        )
