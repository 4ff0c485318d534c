"""From events and documents to messages in the outbox: topic, JSON, QoS, retain, class."""

import time
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from tiktok2mqtt.bridge.mqtt.outbox import Message
from tiktok2mqtt.bridge.mqtt.payloads import dumped, limited
from tiktok2mqtt.bridge.mqtt.policies import Policy, QueueClass
from tiktok2mqtt.common.topics import Topics

Json = dict[str, Any]
MAX_RESPONSE_BYTES: Final = 16_384


class Publisher:
    """Makes messages and passes them to `put`; they may wait there until somebody calls `flush`.

    Both must be thread-safe and never block.
    """

    def __init__(
        self,
        topics: Topics,
        policies: Mapping[str, Policy],
        put: Callable[[Message], object],
        flush: Callable[[], object] = lambda: None,
    ) -> None:
        self.topics = topics
        self.flush = flush
        self._policies = policies
        self._put = put

    def event(self, room: str, event: Json) -> None:
        """Publish one event of a room, cut to 8 KiB, unless the settings leave it out."""
        name: str = event["event_type"]
        policy = self._policies.get(name)
        if policy is not None:
            topic, payload = self.topics.room(room, name), limited(event)
            self._put(
                Message(
                    topic, payload, policy.qos, policy.retain, policy.queue_class, time.monotonic(), name, room=room
                )
            )

    def milestone(self, room: str, like: Json, likes: int) -> None:
        """Tell that the likes have reached a round number, with the keys of the like that brought it about."""
        name = "like_milestone"
        topic, payload = self.topics.room(room, name), limited(like | {"event_type": name, "milestone": likes})
        self._put(Message(topic, payload, 1, False, QueueClass.PRIORITY, time.monotonic(), name, room=room))

    def published_events(self) -> Collection[str]:
        """Return the events that are published at all."""
        return self._policies.keys()

    def publishes(self, name: str) -> bool:
        """Return whether the settings let events of that name out."""
        return name in self._policies

    def retained_events(self) -> list[str]:
        """Return the events whose last message the broker keeps."""
        return [name for name, policy in self._policies.items() if policy.retain]

    def raw(self, room: str, message_type: str, payload: bytes) -> None:
        """Publish one message as it was received."""
        topic = self.topics.raw(room, message_type)
        self._put(Message(topic, payload, 0, False, QueueClass.STREAMING, time.monotonic(), "raw", room=room))

    def document(self, topic: str, document: Json) -> None:
        """Publish a retained document; only its latest version counts."""
        self.text(topic, dumped(document))

    def text(self, topic: str, payload: bytes) -> None:
        """Publish a retained payload; an empty one makes the broker forget the topic."""
        self._put(Message(topic, payload, 1, True, QueueClass.STATE, time.monotonic()))

    def response(self, command: str, answer: Json) -> None:
        """Publish the response to a command, cut to MAX_RESPONSE_BYTES.

        It is not worth a place on disk: when the broker is back, nobody waits for it any more.
        """
        topic, payload = self.topics.response(command), limited(answer, MAX_RESPONSE_BYTES)
        self._put(Message(topic, payload, 1, False, QueueClass.STREAMING, time.monotonic(), "response"))

    def bridge_event(self, event_type: str, room: str, **keys: Any) -> None:
        """Tell what became of a room: room_added, room_removed, live_started, live_ended."""
        payload = dumped({"event_type": event_type, "room": room, **keys})
        self._put(
            Message(self.topics.bridge("event"), payload, 1, False, QueueClass.PRIORITY, time.monotonic(), "event")
        )

    def log(self, record: Json) -> None:
        """Publish one line of the log."""
        topic = self.topics.bridge("logging")
        self._put(Message(topic, dumped(record), 0, False, QueueClass.STREAMING, time.monotonic(), "logging"))
