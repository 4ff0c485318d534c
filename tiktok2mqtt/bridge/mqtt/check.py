"""Tries the broker step by step, as another client than the daemon: one that runs is not disturbed.

Asks the daemon that serves these topics how it is, as any MQTT client could: one connection, one request.
"""

import queue
import secrets
import ssl
import threading
import uuid
from collections.abc import Iterator
from typing import Any, Final

import orjson
import paho.mqtt.client as mqtt
from paho.mqtt.reasoncodes import ReasonCode

from tiktok2mqtt.bridge.mqtt.client import authenticate, new_client
from tiktok2mqtt.bridge.mqtt.link import ONLINE
from tiktok2mqtt.common.checks import Step, step
from tiktok2mqtt.common.topics import Topics
from tiktok2mqtt.settings import MqttSettings

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


Json = dict[str, Any]


class NoAnswer(Exception):
    """The sentence says why: the broker cannot be reached, refuses us, or no daemon answers."""


def ask_health(settings: MqttSettings, timeout_s: float, *, only_if_online: bool = False) -> Json:
    """Return a running daemon's answer to health_check. Raises NoAnswer, after `timeout_s` at the latest.

    With `only_if_online`, nobody is waited for unless the retained bridge state says that somebody is there.
    """
    return _Question(settings, only_if_online=only_if_online).ask(timeout_s)


class _Question:
    def __init__(self, settings: MqttSettings, *, only_if_online: bool) -> None:
        self._settings = settings
        self._only_if_online = only_if_online
        self._topics = Topics(settings.base_topic, settings.bridge_topic)
        self._transaction = uuid.uuid4().hex
        self._over = threading.Event()
        self._somebody_there = False
        self._answer: Json | None = None
        self._refusal: str | None = None

    def ask(self, timeout_s: float) -> Json:
        try:
            client = self._client()
            client.connect(self._settings.host, self._settings.port)
        except (OSError, ValueError) as error:
            raise NoAnswer(f"cannot reach the broker: {error}") from error
        client.loop_start()
        self._over.wait(timeout_s)
        client.disconnect()
        client.loop_stop()
        if self._refusal is not None:
            raise NoAnswer(f"the broker refuses us: {self._refusal}")
        if self._answer is None:
            raise NoAnswer(f"no answer from the daemon within {timeout_s:g} s")
        return self._answer

    def _client(self) -> mqtt.Client:
        name = f"{self._settings.client_id}-health-{self._transaction[:8]}"
        client = new_client(self._settings, name)
        authenticate(client, self._settings)
        client.on_connect, client.on_subscribe = self._connected, self._subscribed
        client.on_publish, client.on_message = self._acknowledged, self._received
        return client

    def _connected(self, client: mqtt.Client, _data: Any, _flags: Any, reason: ReasonCode, _properties: Any) -> None:
        if reason.is_failure:
            self._refusal = str(reason)
            self._over.set()
        else:
            client.subscribe([(self._topics.bridge_state, 1), (self._topics.response("health_check"), 1)])

    def _subscribed(self, client: mqtt.Client, *_: Any) -> None:
        client.publish(self._topics.request("health_check"), orjson.dumps({"transaction": self._transaction}), 1)

    def _acknowledged(self, *_: Any) -> None:
        # What is retained comes with the subscription, so it was here before the acknowledgement of what followed.
        if self._only_if_online and not self._somebody_there:
            self._over.set()

    def _received(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        if message.topic == self._topics.bridge_state:
            self._somebody_there = message.payload == ONLINE
            return
        answer = orjson.loads(message.payload)
        if answer.get("transaction") == self._transaction:
            self._answer = answer["data"]
            self._over.set()
