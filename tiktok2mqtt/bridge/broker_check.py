"""Tries the broker step by step, as another client than the daemon: one that runs is not disturbed."""

import queue
import secrets
import ssl
from collections.abc import Iterator
from typing import Any, Final

import paho.mqtt.client as mqtt
from paho.mqtt.reasoncodes import ReasonCode

from tiktok2mqtt.bridge.login import authenticate, new_client
from tiktok2mqtt.bridge.topics import Topics
from tiktok2mqtt.settings import MqttSettings
from tiktok2mqtt.webcast.steps import Step, step

TIMEOUT_S: Final = 5.0
_FAILURES: Final = (OSError, ssl.SSLError, ValueError)


class BrokerFault(OSError):
    """What the broker did not do, in words."""


def broker_check(settings: MqttSettings, topics: Topics) -> Iterator[Step]:
    """Connect, log in, subscribe, publish; yield each step when it is done, up to the first that fails.

    The message goes, unretained, to `<base>/<bridge>/check`, where nobody waits for it. Each step takes at most 5 s.
    """
    checker = _Checker(settings, topics)
    acts = (
        ("connect", checker.connect),
        ("log in", checker.log_in),
        ("subscribe", checker.subscribe),
        ("publish", checker.publish),
    )
    try:
        for name, act in acts:
            done = step(name, act, _FAILURES, _trouble)
            yield done
            if not done.ok:
                return
    finally:
        checker.close()


class _Checker:
    """paho's thread puts into the queues what the broker says; the caller's waits for it."""

    def __init__(self, settings: MqttSettings, topics: Topics) -> None:
        self._settings = settings
        self._topic = topics.bridge("check")
        self._topics = [*topics.subscriptions, self._topic]
        self._token = secrets.token_hex(8).encode()
        self._is_5 = settings.protocol == "5"
        client_id = f"{settings.client_id}-check-{self._token.decode()[:8]}"
        self._client = new_client(settings, client_id, reconnect_on_failure=False)
        self._client.connect_timeout = TIMEOUT_S
        self._connected: queue.SimpleQueue[ReasonCode] = queue.SimpleQueue()
        self._subscribed: queue.SimpleQueue[list[ReasonCode]] = queue.SimpleQueue()
        self._published: queue.SimpleQueue[ReasonCode] = queue.SimpleQueue()
        self._returned: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._client.on_connect = lambda _c, _d, _flags, reason, _p: self._connected.put(reason)
        self._client.on_subscribe = lambda _c, _d, _mid, reasons, _p: self._subscribed.put(reasons)
        self._client.on_publish = lambda _c, _d, _mid, reason, _p: self._published.put(reason)
        self._client.on_message = self._message

    def _message(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        if message.payload == self._token:
            self._returned.put(self._token)

    def connect(self) -> str:
        authenticate(self._client, self._settings)
        self._client.connect(self._settings.host, self._settings.port, self._settings.keepalive)
        self._client.loop_start()
        return "encrypted" if self._settings.tls else "not encrypted"

    def log_in(self) -> str:
        reason = _within(self._connected, "the broker does not answer as MQTT brokers do")
        if reason.is_failure:
            raise BrokerFault(f"the broker refuses us: {reason}")
        return f"as {self._settings.username}" if self._settings.username is not None else "without a user name"

    def subscribe(self) -> str:
        self._client.subscribe([(topic, 1) for topic in self._topics])
        reasons = _within(self._subscribed, "the broker does not answer a subscription")
        refused = [topic for topic, reason in zip(self._topics, reasons, strict=False) if reason.is_failure]
        if refused:
            raise BrokerFault(f"the broker refuses subscriptions to {', '.join(refused)}")
        return f"to {len(self._topics)} topics"

    def publish(self) -> str:
        self._client.publish(self._topic, self._token, 1)
        reason = _within(self._published, "the broker does not acknowledge a message")
        if reason.is_failure:
            raise BrokerFault(f"the broker refuses messages on {self._topic}: {reason}")
        if self._is_5:
            return f"on {self._topic}"
        # MQTT 3.1.1 knows no refusal: brokers acknowledge what they throw away.
        _within(
            self._returned,
            f"the broker takes messages on {self._topic} and does not pass them on: may we publish and read there?",
        )
        return f"on {self._topic}, and back"

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


def _within(answers: "queue.SimpleQueue[Any]", otherwise: str) -> Any:
    try:
        return answers.get(timeout=TIMEOUT_S)
    except queue.Empty:
        raise BrokerFault(f"{otherwise} (waited {TIMEOUT_S:g} s)") from None


def _trouble(error: Exception) -> str:
    if isinstance(error, BrokerFault):
        return str(error)
    return f"cannot reach the broker: {error}"
