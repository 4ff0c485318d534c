"""A client of the broker with the version, login and TLS of the settings: for the bridge and for the web program."""

import logging
import os
import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal, Protocol

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from tiktok2mqtt.common.text import split_address

logger = logging.getLogger(__name__)


class Secret(Protocol):
    """A text that is not shown by accident, such as pydantic's SecretStr."""

    def get_secret_value(self) -> str:
        """Return the text."""
        ...


class BrokerSettings(Protocol):
    """What a client needs to know; the section `mqtt` of the settings."""

    @property
    def host(self) -> str: ...  # noqa: D102
    @property
    def port(self) -> int: ...  # noqa: D102
    @property
    def hosts(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def transport(self) -> Literal["tcp", "websockets", "unix"]: ...  # noqa: D102
    @property
    def path(self) -> str | None: ...  # noqa: D102
    @property
    def keepalive(self) -> int: ...  # noqa: D102
    @property
    def protocol(self) -> str: ...  # noqa: D102
    @property
    def username(self) -> str | None: ...  # noqa: D102
    @property
    def password(self) -> Secret | None: ...  # noqa: D102
    @property
    def tls(self) -> bool: ...  # noqa: D102
    @property
    def insecure(self) -> bool: ...  # noqa: D102
    @property
    def ca_file(self) -> Path | None: ...  # noqa: D102
    @property
    def cert_file(self) -> Path | None: ...  # noqa: D102
    @property
    def key_file(self) -> Path | None: ...  # noqa: D102


def new_client(
    settings: BrokerSettings, client_id: str, *, reconnect_on_failure: bool = True, **options: Any
) -> mqtt.Client:
    """Return a paho client with the protocol version, the login and the TLS context of the settings.

    `options` are further arguments of the client. Raises ValueError naming the setting when a certificate file or the
    key cannot be used.
    """
    version = mqtt.MQTTv5 if settings.protocol == "5" else mqtt.MQTTv311
    client = mqtt.Client(
        CallbackAPIVersion.VERSION2,
        client_id,
        protocol=version,
        transport=settings.transport,
        reconnect_on_failure=reconnect_on_failure,
        **options,
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


def addresses(settings: BrokerSettings) -> list[tuple[str, int]]:
    """Return the brokers in the order in which they are tried, as paho's `connect` takes them."""
    if settings.transport == "unix":
        return [(settings.path or "", settings.port)]
    further = [split_address(address, settings.port) for address in settings.hosts]
    return [(settings.host, settings.port), *further]


def connect(client: mqtt.Client, settings: BrokerSettings) -> None:
    """Connect to the first broker that can be reached. Raises OSError or ValueError if there is none."""
    *others, last = addresses(settings)
    for host, port in others:
        with suppress(OSError):
            client.connect(host, port, settings.keepalive)
            return
    client.connect(*last, settings.keepalive)


def shown_address(settings: BrokerSettings, address: tuple[str, int] | None = None) -> str:
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


def _tls_context(settings: BrokerSettings) -> ssl.SSLContext:
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
