"""From events and documents to messages in the outbox: topic, JSON, QoS, retain, class."""

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from tiktok2mqtt.bridge.mqtt.message_store import RESPONSE
from tiktok2mqtt.bridge.mqtt.outbox import Message
from tiktok2mqtt.bridge.mqtt.payloads import MAX_DOCUMENT_BYTES, encode, encode_event
from tiktok2mqtt.bridge.mqtt.policies import Policy, QueueClass
from tiktok2mqtt.common.times import timestamp
from tiktok2mqtt.common.topics import Topics

Json = dict[str, Any]
MAX_RESPONSE_BYTES: Final = 16_384
# The keys of an event that mean nothing in a document.
_EVENT_KEYS: Final = frozenset({"v", "event_type", "id", "room", "source", "replayed", "late", "delayed"})


class Publisher:
    """Makes messages and passes them to `put`; they may wait there until `flush` is called.

    Both must be thread-safe, and must not wait for the broker.
    """

    def __init__(
        self,
        topics: Topics,
        policies: Mapping[str, Policy],
        put: Callable[[Message], object],
        flush: Callable[[], object] = lambda: None,
        by_room: Mapping[str, Mapping[str, Policy]] = MappingProxyType({}),
    ) -> None:
        """`by_room` has the policies of the rooms that have their own."""
        self.topics = topics
        self.flush = flush
        self._policies = policies
        self._put = put
        self._by_room = by_room

    def for_room(self, room: str) -> "Publisher":
        """Return a publisher for the events of one room, by the policies of this room."""
        return Publisher(self.topics, self._by_room.get(room, self._policies), self._put, self.flush)

    def event(self, room: str, event: Json) -> None:
        """Publish an event of a room, limited to 8 KiB, unless the settings exclude it."""
        message = event_message(self.topics, self._policies, room, event)
        if message is not None:
            self._put(message)

    def milestone(self, room: str, like: Json, likes: int) -> None:
        """Publish that the likes have reached a round number, with the keys of the like that reached it."""
        name = "like_milestone"
        payload = encode_event(like | {"event_type": name, "milestone": likes})
        self._priority(self.topics.room(room, name), payload, name, room)

    def goal_reached(self, room: str, keys: Json) -> None:
        """Publish that a room has reached its goal."""
        name = "goal_reached"
        payload = encode({"event_type": name, "room": room, "at": timestamp(time.time()), "delayed": False, **keys})
        self._priority(self.topics.room(room, name), payload, name, room)

    def published_events(self) -> Collection[str]:
        """Return the events that are published at all."""
        return self._policies.keys()

    def publishes(self, name: str) -> bool:
        """Return whether the settings include events of that name."""
        return name in self._policies

    def retained_events(self) -> list[str]:
        """Return the events whose last message the broker keeps."""
        return [name for name, policy in self._policies.items() if policy.retain]

    def raw(self, room: str, message_type: str, payload: bytes) -> None:
        """Publish a message as it was received."""
        self._streaming(self.topics.raw(room, message_type), payload, "raw", room)

    def document(self, topic: str, document: Json) -> None:
        """Publish a retained document, cut to MAX_DOCUMENT_BYTES; only its latest version counts."""
        self.text(topic, encode_event(document, MAX_DOCUMENT_BYTES))

    def summary(self, room: str, document: Json | None) -> None:
        """Publish the retained summary of a LIVE, or clear it. It is made once, so it waits for the broker on disk."""
        topic, payload = self.topics.room(room, "summary"), b"" if document is None else encode(document)
        self._put(Message(topic, payload, 1, True, QueueClass.PRIORITY, time.monotonic(), "summary", room))

    def event_document(self, topic: str, event: Json | None) -> None:
        """Publish what an event says as a retained document, limited to 8 KiB; None clears the topic."""
        document = {key: value for key, value in (event or {}).items() if key not in _EVENT_KEYS}
        self.text(topic, encode_event(document) if document else b"")

    def text(self, topic: str, payload: bytes) -> None:
        """Publish a retained payload; an empty one clears the topic."""
        self._put(Message(topic, payload, 1, True, QueueClass.STATE, time.monotonic(), "document"))

    def clear_room(self, room: str, subtopics: Iterable[str]) -> None:
        """Delete the retained documents of a room, and its retained events."""
        for subtopic in (*subtopics, *self.retained_events()):
            self.text(self.topics.room(room, subtopic), b"")
        # In the order of the summaries: one may wait for the broker.
        self.summary(room, None)

    def response(self, command: str, answer: Json) -> None:
        """Publish the response to a command, cut to MAX_RESPONSE_BYTES.

        It is not worth a place on disk: when the broker is back, nobody waits for it any more.
        """
        topic, payload = self.topics.response(command), encode_event(answer, MAX_RESPONSE_BYTES)
        self._put(Message(topic, payload, 1, False, QueueClass.STREAMING, time.monotonic(), RESPONSE))

    def bridge_event(self, event_type: str, room: str, **keys: Any) -> None:
        """Publish what has happened to a room: room_added, room_removed, room_renamed, live_started ..."""
        payload = encode({"event_type": event_type, "room": room, **keys})
        self._priority(self.topics.bridge("event"), payload, "event")

    def log(self, record: Json) -> None:
        """Publish a log record."""
        self._streaming(self.topics.bridge("logging"), encode(record), "logging")

    def _priority(self, topic: str, payload: bytes, name: str, room: str = "") -> None:
        self._put(Message(topic, payload, 1, False, QueueClass.PRIORITY, time.monotonic(), name, room))

    def _streaming(self, topic: str, payload: bytes, name: str, room: str = "") -> None:
        self._put(Message(topic, payload, 0, False, QueueClass.STREAMING, time.monotonic(), name, room))


def event_message(topics: Topics, policies: Mapping[str, Policy], room: str, event: Json) -> Message | None:
    """Return the message of an event; None when `policies` exclude it."""
    name: str = event["event_type"]
    policy = policies.get(name)
    if policy is None:
        return None
    topic, payload = topics.room(room, name), encode_event(event)
    return Message(topic, payload, policy.qos, policy.retain, policy.queue_class, time.monotonic(), name, room)
