"""Two clients of the broker that live for a moment: one checks the broker, one asks a running daemon for its health.

Each has its own client id, so that a running daemon stays connected.
"""

import queue
import secrets
import threading
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, Final

import orjson
import paho.mqtt.client as mqtt
from paho.mqtt.reasoncodes import ReasonCode

from tiktok2mqtt.common.checks import Step, step
from tiktok2mqtt.common.mqtt import max_qos, new_client
from tiktok2mqtt.common.topics import ONLINE, Topics
from tiktok2mqtt.settings import MqttSettings

Json = dict[str, Any]
TIMEOUT_S: Final = 5.0


class BrokerError(OSError):
    """The broker refused something or did not answer. The message is shown to the user."""


def check_broker(settings: MqttSettings, topics: Topics) -> Iterator[Step]:
    """Connect, log in, subscribe and publish; yield each step when it is done, up to the first that fails.

    The test message is not retained and goes to `<base>/<bridge>/check`. Each step takes 5 s at most.
    """
    check = _BrokerCheck(settings, topics)
    actions = (
        ("connect", check.connect),
        ("log in", check.log_in),
        ("subscribe", check.subscribe),
        ("publish", check.publish),
    )
    try:
        for name, action in actions:
            result = step(name, action, (OSError, ValueError), _describe)
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

    def __init__(self, settings: MqttSettings, topics: Topics) -> None:
        self._settings = settings
        self._topic = topics.bridge("check")
        self._subscriptions = [*topics.subscriptions, self._topic]
        self._token = secrets.token_hex(8).encode()
        self._cleanup = ExitStack()
        self._connacks: queue.SimpleQueue[ReasonCode] = queue.SimpleQueue()
        self._qos = 1
        self._subacks: queue.SimpleQueue[list[ReasonCode]] = queue.SimpleQueue()
        self._pubacks: queue.SimpleQueue[ReasonCode] = queue.SimpleQueue()
        self._messages: queue.SimpleQueue[bytes] = queue.SimpleQueue()

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
        client.connect(settings.host, settings.port, settings.keepalive)
        client.loop_start()
        return "encrypted" if settings.tls else "not encrypted"

    def _handle_connack(
        self, _client: mqtt.Client, _data: Any, _flags: Any, reason: ReasonCode, properties: Any
    ) -> None:
        self._qos = max_qos(properties)
        self._connacks.put(reason)

    def _handle_message(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        if message.payload == self._token:
            self._messages.put(self._token)

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

    def close(self) -> None:
        self._cleanup.close()


def _wait(answers: "queue.SimpleQueue[Any]", problem: str) -> Any:
    """Return the next answer; raise BrokerError with `problem` when there is none within TIMEOUT_S."""
    try:
        return answers.get(timeout=TIMEOUT_S)
    except queue.Empty:
        raise BrokerError(f"{problem} (waited {TIMEOUT_S:g} s)") from None


class NoAnswer(Exception):
    """There is no answer: the broker cannot be reached or refuses the connection, or no daemon replies."""


def ask_health(settings: MqttSettings, timeout_s: float, *, only_if_online: bool = False) -> Json:
    """Return a running daemon's response to health_check. Raises NoAnswer, after `timeout_s` at the latest.

    Anyone who may publish on the topic of the response can answer in place of a daemon.

    With `only_if_online`, raises NoAnswer at once unless the retained bridge state is `online`.
    """
    return _HealthRequest(settings, only_if_online=only_if_online).ask(timeout_s)


class _HealthRequest:
    def __init__(self, settings: MqttSettings, *, only_if_online: bool) -> None:
        self._settings = settings
        self._only_if_online = only_if_online
        self._topics = Topics(settings.base_topic, settings.bridge_topic)
        self._transaction = uuid.uuid4().hex
        self._finished = threading.Event()
        self._qos = 1
        self._is_online = False
        self._answer: Json | None = None
        self._refusal: str | None = None

    def ask(self, timeout_s: float) -> Json:
        try:
            client = self._new_client()
            client.connect(self._settings.host, self._settings.port)
        except (OSError, ValueError) as error:
            raise NoAnswer(f"cannot reach the broker: {error}") from error
        client.loop_start()
        self._finished.wait(timeout_s)
        client.disconnect()
        client.loop_stop()
        if self._refusal is not None:
            raise NoAnswer(f"the broker refused the connection: {self._refusal}")
        if self._answer is None:
            raise NoAnswer(f"no answer from the daemon within {timeout_s:g} s")
        return self._answer

    def _new_client(self) -> mqtt.Client:
        client = new_client(self._settings, f"{self._settings.client_prefix}-health-{self._transaction[:8]}")
        client.on_connect, client.on_subscribe = self._handle_connack, self._handle_suback
        client.on_publish, client.on_message = self._handle_puback, self._handle_message
        return client

    def _handle_connack(
        self, client: mqtt.Client, _data: Any, _flags: Any, reason: ReasonCode, properties: Any
    ) -> None:
        self._qos = max_qos(properties)
        if reason.is_failure:
            self._refusal = str(reason)
            self._finished.set()
        else:
            client.subscribe([(self._topics.bridge_state, 1), (self._topics.response("health_check"), 1)])

    def _handle_suback(self, client: mqtt.Client, *_: Any) -> None:
        payload = orjson.dumps({"transaction": self._transaction})
        client.publish(self._topics.request("health_check"), payload, self._qos)

    def _handle_puback(self, *_: Any) -> None:
        # The retained state was sent with the subscription, so before this acknowledgement.
        if self._only_if_online and not self._is_online:
            self._finished.set()

    def _handle_message(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        if message.topic == self._topics.bridge_state:
            self._is_online = message.payload == ONLINE
            return
        try:
            answer = orjson.loads(message.payload)
        except orjson.JSONDecodeError:
            return
        if isinstance(answer, dict) and answer.get("transaction") == self._transaction:
            self._answer = answer
            self._finished.set()
