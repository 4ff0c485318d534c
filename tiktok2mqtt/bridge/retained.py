"""Which retained messages are ours. Pure."""

from typing import Any, Final

import orjson

from tiktok2mqtt.bridge.homeassistant.discovery import ORIGIN, is_own_id
from tiktok2mqtt.bridge.room import RETAINED_SUBTOPICS
from tiktok2mqtt.common.names import clean_room_name
from tiktok2mqtt.common.topics import Kind, Topics
from tiktok2mqtt.webcast.events.types import EVENT_NAMES

_OF_BRIDGE: Final = frozenset({"state", "info", "health"})
# Events are kept when the setting retain says so.
_OF_ROOM: Final = frozenset({*RETAINED_SUBTOPICS, *EVENT_NAMES})


def is_own(topics: Topics, topic: str, payload: bytes) -> bool:
    """Return whether a retained message is one that a daemon with these topics publishes."""
    address = topics.parse(topic)
    if address is None:
        device = topics.discovery_object_id(topic)
        return device is not None and is_own_id(topics, device) and _origin(payload) == ORIGIN
    if address.kind is Kind.BRIDGE:
        return address.subtopic in _OF_BRIDGE
    return address.kind is Kind.ROOM and address.subtopic in _OF_ROOM and _is_room(address.room)


def _is_room(name: str) -> bool:
    try:
        return clean_room_name(name) == name
    except ValueError:
        return False


def _origin(payload: bytes) -> Any:
    try:
        return orjson.loads(payload)["origin"]["name"]
    except (ValueError, LookupError, TypeError):
        return None
