"""Decides when discovery messages are published, and removes outdated ones. Used by the control thread only.

The retained discovery messages of an earlier run are read before the first are published, to find what has to be
removed: rooms, another form of discovery, components that no longer exist. The messages of other programs, and of
bridges with another base topic, are recognized by their origin and device id and left alone.
"""

import logging
import random
import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from math import inf
from types import MappingProxyType
from typing import Any, Final, Literal

import orjson

from tiktok2mqtt.bridge.homeassistant.discovery import (
    ORIGIN,
    DiscoveryOptions,
    Json,
    Messages,
    bridge_messages,
    is_own_id,
    object_id,
    room_messages,
    with_removed_components,
)
from tiktok2mqtt.bridge.homeassistant.entities import DeviceTrigger, Entity, commands_of, event_of
from tiktok2mqtt.bridge.homeassistant.entity_tables import (
    BRIDGE_ENTITIES,
    FORMER_ENTITIES,
    GOAL_REACHED,
    LIKE_MILESTONE,
    ROOM_ENTITIES,
    SIMULATE_BUTTON,
)
from tiktok2mqtt.bridge.mqtt.payloads import encode
from tiktok2mqtt.bridge.mqtt.publisher import Publisher
from tiktok2mqtt.common.text import did_you_mean
from tiktok2mqtt.common.topics import COMMANDS, Topics
from tiktok2mqtt.settings import HomeAssistantSettings, RoomSettings

logger = logging.getLogger(__name__)
# Random delay after Home Assistant's birth message.
BIRTH_DELAY_S: Final = (0.5, 2.0)
# Minimum time between two answers to birth messages. Each has about 15 kB for each room.
BIRTH_INTERVAL_S: Final = 10.0
# All retained messages have arrived if none has come for this long.
RETAINED_TIMEOUT_S: Final = 1.0
# We receive what we publish ourselves, at the latest after this time.
ECHO_S: Final = 10.0
# Size of a PUBLISH packet without topic and payload; MQTT 5, section 3.3.
_HEADER_BYTES: Final = 16
# No device has a longer message, whatever it removes.
_MAX_DEVICE_BYTES: Final = 65_536
CHAT: Final = "chat"
_ENTITY_KEYS: Final = [row.key for row in ROOM_ENTITIES if isinstance(row, Entity)]


class DiscoveryPublisher:
    """Publishes the discovery messages of the bridge and its rooms, and removes those of earlier runs.

    Life cycle: `wait_for_retained` after the first connect, `on_retained` for each retained message, then `publish_all`
    as soon as `is_due`. From then on it `is_ready`.

    If the message of one device is larger than the broker accepts, all devices have one for each component instead.
    """

    def __init__(  # noqa: PLR0913 - what it publishes, and what that depends on
        self,
        topics: Topics,
        publisher: Publisher,
        settings: HomeAssistantSettings,
        version: str,
        commands: Collection[str] = COMMANDS,
        *,
        by_room: Mapping[str, RoomSettings] = MappingProxyType({}),
    ) -> None:
        """`commands` are those that are allowed, `by_room` what is different in single rooms.

        Raises ValueError naming the setting that lists an unknown entity.
        """
        self._topics = topics
        self._publisher = publisher
        self._version = version
        self._options = _options(settings, publisher.published_events(), commands)
        self._by_room = {
            name: _options(_for_room(settings, own), publisher.for_room(name).published_events(), commands)
            for name, own in by_room.items()
        }
        # Replaces the options while the message of a device is larger than the broker accepts.
        self._components = replace(self._options, form="components")
        self._is_on = settings.discovery != "off"
        # Our retained messages from earlier runs: the platform of each component, by topic and key.
        self._retained: dict[str, Mapping[str, str]] = {}
        # When we have cleared topics.
        self._cleared_at: dict[str, float] = {}
        # The topics of our messages of this run.
        self._published: set[str] = set()
        self._max_packet_bytes: float = inf
        self._falls_back = False
        self._due: float | None = None
        self._last_birth_due = -inf
        self._removed_until = -inf
        self._is_ready = False

    @property
    def is_ready(self) -> bool:
        """Whether the retained messages have been read and discovery has been published once."""
        return self._is_ready

    def wait_for_retained(self, now: float) -> None:
        """Publish once no retained message has come for a second."""
        self._due = now + RETAINED_TIMEOUT_S

    def on_retained(self, topic: str, payload: bytes, now: float) -> None:
        """Handle a retained discovery message of any program."""
        if not self._is_ready:
            self.wait_for_retained(now)
        device_id = self._topics.discovery_object_id(topic)
        if device_id is None or not is_own_id(self._topics, device_id):
            return
        if self._is_ready and topic in self._published:
            # Our own, which comes with the subscription after a lost connection.
            return
        if (components := _components(payload)) is not None:
            self._retained[topic] = components
            if self._is_ready:
                self.schedule(now)

    def schedule(self, now: float) -> None:
        """Publish everything after a short random delay: Home Assistant has sent its birth message.

        Further ones are answered together: the last one is always answered, but no two within BIRTH_INTERVAL_S.
        """
        # Every integration publishes at this moment; the delay spreads the load on Home Assistant and the broker.
        if self._due is None:
            delay_s = random.uniform(*BIRTH_DELAY_S)  # noqa: S311 - jitter, no secret
            self._due = self._last_birth_due = max(now + delay_s, self._last_birth_due + BIRTH_INTERVAL_S)

    def limit_packets(self, max_bytes: float, now: float) -> None:
        """Set the size of the largest packet that the broker accepts; inf if it is not known.

        After a change, everything is published again, in the form that fits.
        """
        if max_bytes != self._max_packet_bytes:
            self._max_packet_bytes = max_bytes
            if self._is_ready:
                self._due = now

    def is_due(self, now: float) -> bool:
        """Return whether `publish_all` is to be called now."""
        return self._due is not None and now >= self._due

    def publish_all(self, rooms: Iterable[str], now: float) -> None:
        """Publish the messages of the bridge and the rooms. If outdated messages are retained, only remove these now.

        Home Assistant must have removed an entity before it is announced again in another form, so the new messages
        are published later.
        """
        rooms = list(rooms)
        by_device = self._by_device(rooms, self._options)
        falls_back = not all(map(self._is_accepted, by_device))
        if falls_back:
            by_device = self._by_device(rooms, self._components)
        if falls_back and not self._falls_back:
            message = "the broker accepts at most %d bytes; each entity is announced by its own message"
            logger.warning(message, self._max_packet_bytes)
        self._falls_back = falls_back
        if outdated := self._known() - {topic for messages in by_device for topic in messages}:
            logger.info("removing %d outdated discovery messages", len(outdated))
            self._remove(outdated)
            self._removed_until = now + RETAINED_TIMEOUT_S
        if now < self._removed_until:
            self._due = self._removed_until
            return
        self._is_ready = True
        self._due = None
        for messages in by_device:
            self._publish(messages)

    def _known(self) -> set[str]:
        """Return the topics on which messages of ours may be retained."""
        return self._published | self._retained.keys()

    def _remove(self, topics: Iterable[str]) -> None:
        for topic in topics:
            self._publisher.text(topic, b"")
            self._cleared_at[topic] = time.monotonic()
            self._retained.pop(topic, None)
            self._published.discard(topic)

    def was_cleared_by_others(self, topic: str, now: float) -> bool:
        """Return whether an empty message on a topic clears a message of ours and is not by us."""
        is_own = now - self._cleared_at.get(topic, -inf) < ECHO_S
        return self._is_ready and topic in self._published and not is_own

    def publish_room(self, room: str) -> None:
        """Publish the messages of a new room; does nothing while `publish_all` is still to come."""
        if self._is_ready:
            messages = self._room_messages(room, self._components if self._falls_back else self._options)
            if self._is_accepted(messages):
                self._publish(messages)
            else:
                # Its name may be longer than all others: all have to take the other form.
                self._due = -inf

    def remove_room(self, room: str) -> None:
        """Remove the device of a room."""
        device_id = object_id(self._topics, room)
        self._remove([topic for topic in self._known() if self._topics.discovery_object_id(topic) == device_id])

    def _by_device(self, rooms: Iterable[str], options: DiscoveryOptions) -> list[Messages]:
        """Return the messages of the bridge and of each room; none if discovery is off."""
        if not self._is_on:
            return []
        bridge = bridge_messages(self._topics, self._version, options)
        return [self._with_removals(bridge), *(self._room_messages(room, options) for room in rooms)]

    def _room_messages(self, room: str, options: DiscoveryOptions) -> Messages:
        own = replace(self._by_room.get(room, options), form=options.form)
        messages = room_messages(self._topics, room, self._version, own) if self._is_on else {}
        return self._with_removals(messages)

    def _with_removals(self, messages: Messages) -> Messages:
        """Return the messages of a device, which also remove the components of an earlier run that no longer exist."""
        return {topic: self._with_removed(topic, payload) for topic, payload in messages.items()}

    def _with_removed(self, topic: str, payload: Json) -> Json:
        components = payload.get("components", {})
        before = self._retained.get(topic, {})
        removed = {key: platform for key, platform in before.items() if key not in components}
        return with_removed_components(payload, removed) if removed else payload

    def _is_accepted(self, messages: Messages) -> bool:
        """Return whether the broker accepts the messages of a device."""
        limit = self._max_packet_bytes
        if limit > _MAX_DEVICE_BYTES:
            return True
        return all(len(topic) + len(encode(one)) + _HEADER_BYTES <= limit for topic, one in messages.items())

    def _publish(self, messages: Messages) -> None:
        for topic, payload in messages.items():
            self._published.add(topic)
            # Never cut: it is sent as it is, or as one message for each component.
            self._publisher.text(topic, encode(payload))


def _for_room(settings: HomeAssistantSettings, own: RoomSettings) -> HomeAssistantSettings:
    """Return the settings for one room."""
    disabled = [key for key in settings.disabled_entities if key != CHAT or own.chat is None]
    return settings.model_copy(
        update={
            "gift_medium": own.gift_medium or settings.gift_medium,
            "gift_large": own.gift_large or settings.gift_large,
            "disabled_entities": [*disabled, CHAT] if own.chat is False else disabled,
        }
    )


def _options(
    settings: HomeAssistantSettings, published: Collection[str], commands: Collection[str]
) -> DiscoveryOptions:
    """Raises ValueError naming the setting that lists an unknown entity."""
    for name, keys in (
        ("exclude_entities", settings.exclude_entities),
        ("disabled_entities", settings.disabled_entities),
    ):
        if unknown := sorted(set(keys) - set(_ENTITY_KEYS) - FORMER_ENTITIES):
            hint = f" ({suggestion})" if (suggestion := did_you_mean(unknown[0], _ENTITY_KEYS)) else ""
            raise ValueError(
                f"homeassistant.{name}: no such entity: {unknown[0]}{hint}; the entities are {', '.join(_ENTITY_KEYS)}"
            )
    excluded = set(settings.exclude_entities)
    # An entity for an event that is not published would never change.
    excluded.update(
        row.key
        for row in ROOM_ENTITIES
        if event_of(row) not in {None, *published} and row.key not in {LIKE_MILESTONE, GOAL_REACHED}
    )
    excluded.update(row.key for row in ROOM_ENTITIES if not commands_of(row) <= set(commands))
    if not settings.device_triggers:
        excluded.update(row.key for row in ROOM_ENTITIES if isinstance(row, DeviceTrigger))
    if not settings.like_milestone:
        excluded.add(LIKE_MILESTONE)
    if not settings.simulate_button:
        excluded.add(SIMULATE_BUTTON)
    unavailable = frozenset(row.key for row in BRIDGE_ENTITIES if not commands_of(row) <= set(commands))
    form: Literal["device", "components"] = "components" if settings.discovery == "components" else "device"
    return DiscoveryOptions(
        form,
        settings.gift_medium,
        settings.gift_large,
        frozenset(excluded),
        frozenset(settings.disabled_entities),
        unavailable,
    )


def _components(payload: bytes) -> dict[str, str] | None:
    """Return the platform of each component in a message by this program; None for a message by another one."""
    try:
        document: Any = orjson.loads(payload)
        if document["origin"]["name"] != ORIGIN:
            return None
        components = document.get("components", {}).items()
        # A component with nothing but a platform was removed by that message. Home Assistant (2026.10) drops the whole
        # device if a component is removed whose entity is disabled: such a component stays, disabled.
        return {
            key: component["platform"]
            for key, component in components
            if len(component) > 1 and component.get("enabled_by_default", True)
        }
    except (ValueError, LookupError, TypeError, AttributeError):
        return None
