"""Clients of the broker: address, protocol version, login and TLS of every one, and one that asks for the health."""

import logging
import os
import socket
import ssl
import threading
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson
import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from tiktok2mqtt.common.topics import ONLINE, Topics
from tiktok2mqtt.settings import MqttSettings
from tiktok2mqtt.settings.fields import split_address

logger = logging.getLogger(__name__)


def new_client(settings: MqttSettings, client_id: str, *, reconnect_on_failure: bool = True) -> mqtt.Client:
    """Return a paho client with the protocol version, the login and the TLS context of the settings.

    Raises ValueError naming the setting when a certificate file or the key cannot be used.
    """
    version = mqtt.MQTTv5 if settings.protocol == "5" else mqtt.MQTTv311
    client = mqtt.Client(
        CallbackAPIVersion.VERSION2,
        client_id,
        protocol=version,
        transport=settings.transport,
        reconnect_on_failure=reconnect_on_failure,
    )
    if settings.transport == "websockets":
        client.ws_set_options(settings.path or "/mqtt")
    client.on_socket_open = lambda _client, _userdata, sock: disable_nagle(sock)
    password = settings.password.get_secret_value() if settings.password else None
    if settings.username is not None or password is not None:
        client.username_pw_set(settings.username, password)
    if settings.tls:
        client.tls_set_context(_tls_context(settings))
        client.tls_insecure_set(settings.insecure)
    return client


def addresses(settings: MqttSettings) -> list[tuple[str, int]]:
    """Return the brokers in the order in which they are tried, as paho's `connect` takes them."""
    if settings.transport == "unix":
        return [(settings.path or "", settings.port)]
    further = [split_address(address, settings.port) for address in settings.hosts]
    return [(settings.host, settings.port), *further]


def connect(client: mqtt.Client, settings: MqttSettings) -> None:
    """Connect to the first broker that can be reached. Raises OSError or ValueError if there is none."""
    *others, last = addresses(settings)
    for host, port in others:
        with suppress(OSError):
            client.connect(host, port, settings.keepalive)
            return
    client.connect(*last, settings.keepalive)


def shown_address(settings: MqttSettings, address: tuple[str, int] | None = None) -> str:
    """Return a broker as the user has named it, by default the first one."""
    host, port = address or addresses(settings)[0]
    return host if settings.transport == "unix" else f"{host}:{port}"


def max_qos(properties: Any, limit: int = 1) -> int:
    """Return the highest QoS to publish at, 0 or 1, by the properties of a CONNACK (MQTT 5, section 3.2.2.3.4)."""
    return min(limit, getattr(properties, "MaximumQoS", 1))


def disable_nagle(sock: Any) -> None:
    """Send each packet at once. Nagle's algorithm waits for the ACK of the one before, up to 40 ms."""
    if getattr(sock, "family", None) != socket.AF_UNIX:
        with plain_socket(sock) as plain:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def plain_socket(sock: Any) -> socket.socket:
    """Return a further descriptor of a socket, without its TLS and WebSocket; the caller closes it."""
    return socket.socket(fileno=os.dup(sock.fileno()))


def _tls_context(settings: MqttSettings) -> ssl.SSLContext:
    context = _default_context(settings.ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if settings.cert_file:
        _load_certificate(context, settings.cert_file, settings.key_file)
    if settings.insecure:
        logger.warning("mqtt.insecure is on: the broker's certificate is not verified")
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _default_context(ca_file: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    except ssl.SSLError as error:
        raise ValueError(f"mqtt.ca_file: {ca_file} contains no certificates in PEM format") from error


def _load_certificate(context: ssl.SSLContext, cert_file: Path, key_file: Path | None) -> None:
    try:
        # Without a password argument OpenSSL would ask for one on the terminal.
        context.load_cert_chain(cert_file, key_file, password="")
    except ssl.SSLError as error:
        raise ValueError(
            f"mqtt.cert_file: {cert_file} and mqtt.key_file {key_file} are not a certificate and its key in PEM format "
            "without a password"
        ) from error


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
        client = new_client(self._settings, f"{self._settings.client_id}-health-{self._transaction[:8]}")
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
