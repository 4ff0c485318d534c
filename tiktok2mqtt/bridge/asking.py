"""Asks the daemon that serves these topics how it is, as any MQTT client could: one connection, one request."""

import threading
import uuid
from typing import Any

import orjson
import paho.mqtt.client as mqtt
from paho.mqtt.reasoncodes import ReasonCode

from tiktok2mqtt.bridge.link import ONLINE
from tiktok2mqtt.bridge.login import authenticate, new_client
from tiktok2mqtt.bridge.topics import Topics
from tiktok2mqtt.settings import MqttSettings

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
