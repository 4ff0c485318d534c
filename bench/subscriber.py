"""An MQTT subscriber that stores the messages it receives."""

import threading
import time
from typing import Any, Final, Self

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

_CONNECT_S: Final = 10.0
_SILENCE_S: Final = 3.0


class Subscriber:
    """Subscribes to `topics`, as a context manager. `received` holds (payload, arrival time in seconds since 1970)."""

    def __init__(self, port: int, *topics: str) -> None:
        self.received: list[tuple[bytes, float]] = []
        self._topics = topics
        self._port = port
        self._expected = 0
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
            raise TimeoutError(f"no SUBACK for {', '.join(self._topics)} within {_CONNECT_S:g} s")
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _on_message(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        self.received.append((bytes(message.payload), time.time()))
        if len(self.received) == self._expected:
            self._complete.set()

    def expect(self, count: int) -> None:
        """Clear `received`, and let `wait` return after `count` messages."""
        self.received = []
        self._complete.clear()
        self._expected = count

    def wait(self) -> None:
        """Return when the expected number of messages has arrived, or when none has arrived for three seconds."""
        before = -1
        while not self._complete.wait(_SILENCE_S) and len(self.received) > before:
            before = len(self.received)

    def publish(self, topic: str, payload: bytes) -> None:
        """Publish a message."""
        self._client.publish(topic, payload)
