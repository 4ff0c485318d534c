"""A client of the broker that asks a running daemon for its health."""

import threading
import uuid
from typing import Any

import orjson
import paho.mqtt.client as mqtt
from paho.mqtt.reasoncodes import ReasonCode

from tiktok2mqtt.common.mqtt import connect, max_qos, new_client
from tiktok2mqtt.common.topics import ONLINE, Topics
from tiktok2mqtt.settings import MqttSettings

Json = dict[str, Any]


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
            connect(client, self._settings)
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
        self._qos = max_qos(properties, self._settings.qos)
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
