"""Checks step by step that the broker works for us, with a client id of its own: a running daemon stays connected."""

import queue
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from typing import Any, Final

import paho.mqtt.client as mqtt
from paho.mqtt.reasoncodes import ReasonCode

from tiktok2mqtt.common.checks import Step, step
from tiktok2mqtt.common.mqtt import connect, max_qos, new_client
from tiktok2mqtt.common.topics import Topics
from tiktok2mqtt.settings import MqttSettings

TIMEOUT_S: Final = 5.0


class BrokerError(OSError):
    """The broker refused something or did not answer. The message is shown to the user."""


def check_broker(settings: MqttSettings, topics: Topics, largest: int = 16_384) -> Iterator[Step]:
    """Connect, log in, subscribe, publish and retain; yield each step when it is done, up to the first that fails.

    The test messages go to `<base>/<bridge>/check`. The one that is retained has `largest` bytes, and is cleared again.
    Each step takes some 5 s at most.
    """
    check = _BrokerCheck(settings, topics, largest)
    actions = (
        ("connect", check.connect),
        ("log in", check.log_in),
        ("subscribe", check.subscribe),
        ("publish", check.publish),
        *([("retain", check.retain)] if settings.retain else []),
    )
    try:
        for name, action in actions:
            # Without retained messages the daemon works, but less well.
            result = step(name, action, (OSError, ValueError), _describe, decisive=name != "retain")
            yield result
            if not result.ok:
                return
    finally:
        check.close()


def _describe(error: Exception) -> str:
    return str(error) if isinstance(error, BrokerError) else f"cannot reach the broker: {error}"


class _BrokerCheck:
    """The steps, in their order; each returns a detail for the user. paho's thread queues the broker's answers."""

    _client: mqtt.Client

    def __init__(self, settings: MqttSettings, topics: Topics, largest: int) -> None:
        self._settings = settings
        self._largest = largest
        self._topic = topics.bridge("check")
        self._subscriptions = [*topics.subscriptions, self._topic]
        self._token = secrets.token_hex(8).encode()
        self._cleanup = ExitStack()
        self._connacks: queue.SimpleQueue[ReasonCode] = queue.SimpleQueue()
        self._qos = 1
        self._subacks: queue.SimpleQueue[list[ReasonCode]] = queue.SimpleQueue()
        self._pubacks: queue.SimpleQueue[ReasonCode] = queue.SimpleQueue()
        self._messages: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._retained: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._retains = True

    def connect(self) -> str:
        settings = self._settings
        client_id = f"{settings.client_prefix}-check-{self._token.decode()[:8]}"
        client = self._client = new_client(settings, client_id, reconnect_on_failure=False)
        client.connect_timeout = TIMEOUT_S
        client.on_connect = self._handle_connack
        client.on_subscribe = lambda _client, _data, _id, reasons, _properties: self._subacks.put(reasons)
        client.on_publish = lambda _client, _data, _id, reason, _properties: self._pubacks.put(reason)
        client.on_message = self._handle_message
        self._cleanup.callback(client.loop_stop)
        self._cleanup.callback(client.disconnect)
        connect(client, settings)
        client.loop_start()
        return "encrypted" if settings.tls else "not encrypted"

    def _handle_connack(
        self, _client: mqtt.Client, _data: Any, _flags: Any, reason: ReasonCode, properties: Any
    ) -> None:
        self._qos = max_qos(properties, self._settings.qos)
        self._retains = bool(getattr(properties, "RetainAvailable", 1))
        self._connacks.put(reason)

    def _handle_message(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        if message.payload.startswith(self._token):
            (self._retained if message.retain else self._messages).put(self._token)

    def log_in(self) -> str:
        reason = _wait(self._connacks, "the broker does not answer like an MQTT broker")
        if reason.is_failure:
            raise BrokerError(f"the broker refused the connection: {reason}")
        return f"as {self._settings.username}" if self._settings.username is not None else "without a user name"

    def subscribe(self) -> str:
        self._client.subscribe([(topic, 1) for topic in self._subscriptions])
        reasons = _wait(self._subacks, "the broker does not answer a subscription")
        refused = [topic for topic, reason in zip(self._subscriptions, reasons, strict=False) if reason.is_failure]
        if refused:
            raise BrokerError(f"the broker does not allow subscriptions to {', '.join(refused)}")
        return f"to {len(self._subscriptions)} topics"

    def publish(self) -> str:
        self._client.publish(self._topic, self._token, self._qos)
        reason = _wait(self._pubacks, "the broker does not acknowledge a message")
        if reason.is_failure:
            raise BrokerError(f"the broker does not allow messages on {self._topic}: {reason}")
        if self._settings.protocol == "5" and self._qos:
            return f"on {self._topic}"
        # Neither MQTT 3.1.1 nor QoS 0 has a refusal: brokers discard messages that they have acknowledged.
        _wait(
            self._messages,
            f"the broker accepts messages on {self._topic} but does not deliver them: "
            "is the user allowed to publish and subscribe there?",
        )
        return f"on {self._topic}, and received it"

    def retain(self) -> str:
        """Have the broker retain a message as large as the largest of ours."""
        if not self._retains:
            raise BrokerError(
                "the broker does not support retained messages: Home Assistant forgets the devices when it restarts, "
                "until it gets them again; mqtt.retain = false makes no attempt"
            )
        payload = self._token.ljust(self._largest, b".")
        problem = f"the broker does not retain a message of {self._largest:,} bytes"
        self._client.publish(self._topic, payload, self._qos, retain=True)
        if self._qos:
            reason = _wait(self._pubacks, f"{problem}: it does not acknowledge it, or closes the connection")
            if reason.is_failure:
                raise BrokerError(f"{problem}: {reason}")
        # A new subscription gets what is retained.
        self._client.unsubscribe(self._topic)
        self._client.subscribe(self._topic, 1)
        try:
            _wait(self._retained, problem)
        finally:
            self._client.publish(self._topic, b"", self._qos, retain=True)
            if self._qos:
                with suppress(queue.Empty):
                    self._pubacks.get(timeout=1)
        return f"{self._largest:,} bytes, at QoS {self._qos}"

    def close(self) -> None:
        self._cleanup.close()


def _wait(answers: "queue.SimpleQueue[Any]", problem: str) -> Any:
    """Return the next answer; raise BrokerError with `problem` when there is none within TIMEOUT_S."""
    try:
        return answers.get(timeout=TIMEOUT_S)
    except queue.Empty:
        raise BrokerError(f"{problem} (waited {TIMEOUT_S:g} s)") from None
