"""A subscriber that keeps what it receives."""

import threading
import time
from typing import Any, Final, Self

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

_CONNECT_S: Final = 10.0
_QUIET_S: Final = 3.0


class Listener:
    """Hears `topics`, as a context manager; `received` holds (payload, time of arrival in seconds since 1970)."""

    def __init__(self, port: int, *topics: str) -> None:
        self.received: list[tuple[bytes, float]] = []
        self._topics = topics
        self._port = port
        self._wanted = 0
        self._complete = threading.Event()
        self._subscribed = threading.Event()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2)
        self._client.on_connect = lambda client, *_: client.subscribe([(topic, 0) for topic in topics])
        self._client.on_subscribe = lambda *_: self._subscribed.set()
        self._client.on_message = self._on_message

    def __enter__(self) -> Self:
        self._client.connect("127.0.0.1", self._port)
        self._client.loop_start()
        if not self._subscribed.wait(_CONNECT_S):
            raise TimeoutError(f"the broker did not let us subscribe to {', '.join(self._topics)}")
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _on_message(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        self.received.append((bytes(message.payload), time.time()))
        if len(self.received) == self._wanted:
            self._complete.set()

    def expect(self, count: int) -> None:
        """Forget what was received and begin to wait for so many messages."""
        self.received = []
        self._complete.clear()
        self._wanted = count

    def wait(self) -> None:
        """Return when as many as expected have come, or when none has come for a few seconds."""
        before = -1
        while not self._complete.wait(_QUIET_S) and len(self.received) > before:
            before = len(self.received)

    def publish(self, topic: str, payload: bytes) -> None:
        """Publish a message."""
        self._client.publish(topic, payload)
