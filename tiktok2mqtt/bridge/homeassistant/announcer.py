"""When devices are announced to Home Assistant, and what is taken back. Used by the control thread only.

What an earlier run has left with the broker is read before anything is announced: a room that is gone, another form
of discovery, a component that is no more. Messages of others are told apart by their origin and by our base topic.
"""

import logging
import random
from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from typing import Any, Final, Literal

import orjson

from tiktok2mqtt.bridge.homeassistant.discovery import (
    ORIGIN,
    DiscoveryOptions,
    Messages,
    bridge_messages,
    is_own_id,
    room_messages,
    without_components,
)
from tiktok2mqtt.bridge.homeassistant.entities import Entity, event_leaf
from tiktok2mqtt.bridge.homeassistant.room_entities import MILESTONES, ROOM, SIMULATE_BUTTON
from tiktok2mqtt.bridge.mqtt.publisher import Publisher
from tiktok2mqtt.common.topics import Topics
from tiktok2mqtt.settings import HomeAssistantSettings

logger = logging.getLogger(__name__)
BIRTH_DELAY_S: Final = (0.5, 2.0)
# So long after the last retained message nothing more is expected.
LISTEN_S: Final = 1.0
_KEYS: Final = [row.key for row in ROOM if isinstance(row, Entity)]


class Announcer:
    """Publishes the discovery messages of the bridge and its rooms, and clears those that are no longer true."""

    def __init__(self, topics: Topics, publisher: Publisher, settings: HomeAssistantSettings, version: str) -> None:
        """Raises ValueError naming the setting that lists an entity which does not exist."""
        self._topics = topics
        self._publisher = publisher
        self._version = version
        self._options = _options(settings, publisher.published_events())
        self._is_on = settings.discovery != "off"
        self._found: dict[str, Mapping[str, str]] = {}
        self._due: float | None = None
        self._knows_the_past = False

    @property
    def knows_the_past(self) -> bool:
        """Whether an announcement has been made, after listening for what an earlier run has left."""
        return self._knows_the_past

    def listen(self, now: float) -> None:
        """Wait for what the broker has retained, then announce."""
        self._due = now + LISTEN_S

    def heard(self, topic: str, payload: bytes, now: float) -> None:
        """Take a retained discovery message, anyone's, that was there before we came."""
        if not self._knows_the_past:
            self.listen(now)
        device = self._topics.discovered(topic)
        if device is not None and is_own_id(self._topics, device) and (left := _components(payload)) is not None:
            self._found[topic] = left
            if self._knows_the_past:
                self.announce_soon(now)

    def announce_soon(self, now: float) -> None:
        """Announce everything in a moment: Home Assistant is back."""
        # It greets every integration at once; a moment's delay spares it and the broker.
        if self._due is None:
            self._due = now + random.uniform(*BIRTH_DELAY_S)  # noqa: S311 - jitter, no secret

    def is_due(self, now: float) -> bool:
        """Return whether everything is to be announced now."""
        return self._due is not None and now >= self._due

    def announce(self, rooms: Iterable[str], now: float) -> None:
        """Announce the bridge and these rooms; when there is something else of ours, take it back, and announce later.

        Home Assistant must have removed an entity before it hears of it in another form.
        """
        messages = [self._bridge(), *map(self._room, rooms)]
        if gone := self._found.keys() - {topic for one in messages for topic in one}:
            self._take_back(gone)
            self._due = now + LISTEN_S
            return
        self._knows_the_past = True
        self._due = None
        for one in messages:
            self._publish(one)

    def _take_back(self, topics: Iterable[str]) -> None:
        for topic in topics:
            logger.info("taking back what was announced on %s", topic)
            self._publisher.text(topic, b"")
            del self._found[topic]

    def announce_room(self, room: str) -> None:
        """Announce a room that has come, unless everything will be announced anyway."""
        if self._knows_the_past:
            self._publish(self._room(room))

    def withdraw(self, room: str) -> None:
        """Remove the device of a room."""
        for topic in self._room(room):
            self._publisher.text(topic, b"")
            self._found.pop(topic, None)

    def _bridge(self) -> Messages:
        return bridge_messages(self._topics, self._version, self._options) if self._is_on else {}

    def _room(self, room: str) -> Messages:
        return room_messages(self._topics, room, self._version, self._options) if self._is_on else {}

    def _publish(self, messages: Messages) -> None:
        for topic, payload in messages.items():
            components = payload.get("components", {})
            gone = {key: platform for key, platform in self._found.get(topic, {}).items() if key not in components}
            self._publisher.document(topic, without_components(payload, gone) if gone else payload)


def _options(settings: HomeAssistantSettings, published: Collection[str]) -> DiscoveryOptions:
    for name, keys in (
        ("exclude_entities", settings.exclude_entities),
        ("disabled_entities", settings.disabled_entities),
    ):
        if unknown := sorted(set(keys) - set(_KEYS)):
            nearest = get_close_matches(unknown[0], _KEYS, n=1)
            meant = f" (did you mean {nearest[0]}?)" if nearest else ""
            raise ValueError(f"homeassistant.{name}: no such entity: {unknown[0]}{meant}; there are {', '.join(_KEYS)}")
    without = set(settings.exclude_entities)
    # What is never published would be an entity to which nothing ever happens.
    without.update(row.key for row in ROOM if event_leaf(row) not in {None, *published} and row.key != MILESTONES)
    if not settings.like_milestone:
        without.add(MILESTONES)
    if not settings.simulate_button:
        without.add(SIMULATE_BUTTON)
    form: Literal["device", "components"] = "components" if settings.discovery == "components" else "device"
    return DiscoveryOptions(
        form, settings.gift_medium, settings.gift_large, frozenset(without), frozenset(settings.disabled_entities)
    )


def _components(payload: bytes) -> dict[str, str] | None:
    """Return key and platform of the components that a message of ours tells of; None for another's message."""
    try:
        document: Any = orjson.loads(payload)
        if document["origin"]["name"] != ORIGIN:
            return None
        components = document.get("components", {}).items()
        # Those that have nothing but a platform were removed by that message. Home Assistant (2026.10) drops the whole
        # device when one is removed whose entity is disabled: such a one stays, disabled.
        return {
            key: component["platform"]
            for key, component in components
            if len(component) > 1 and component.get("enabled_by_default", True)
        }
    except (ValueError, LookupError, TypeError, AttributeError):
        return None
