"""A client of the broker, and what it needs to be let in: login and TLS."""

import logging
import ssl
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from tiktok2mqtt.settings import MqttSettings

logger = logging.getLogger(__name__)


def new_client(settings: MqttSettings, client_id: str, **options: Any) -> mqtt.Client:
    """Return a paho client that speaks the settings' version of MQTT; `options` are paho's own."""
    version = mqtt.MQTTv5 if settings.protocol == "5" else mqtt.MQTTv311
    return mqtt.Client(CallbackAPIVersion.VERSION2, client_id, protocol=version, **options)


def authenticate(client: mqtt.Client, settings: MqttSettings) -> None:
    """Give a paho client the login and the TLS context of the settings.

    Raises ValueError naming the setting when a file with certificates or the key cannot be used.
    """
    password = settings.password.get_secret_value() if settings.password else None
    if settings.username is not None or password is not None:
        client.username_pw_set(settings.username, password)
    if settings.tls:
        client.tls_set_context(_tls_context(settings))
        client.tls_insecure_set(settings.insecure)


def _tls_context(settings: MqttSettings) -> ssl.SSLContext:
    context = _trusting(settings.ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if settings.cert_file:
        _identify(context, settings.cert_file, settings.key_file)
    if settings.insecure:
        logger.warning("mqtt.insecure is on: the broker's certificate is not verified")
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _trusting(ca_file: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    except ssl.SSLError as error:
        raise ValueError(f"mqtt.ca_file: {ca_file} holds no certificates in PEM form") from error


def _identify(context: ssl.SSLContext, cert_file: Path, key_file: Path | None) -> None:
    try:
        # With no password at all, OpenSSL would ask for one on the terminal.
        context.load_cert_chain(cert_file, key_file, password="")
    except ssl.SSLError as error:
        raise ValueError(
            f"mqtt.cert_file: {cert_file} and mqtt.key_file {key_file} are not a certificate and its key, in PEM form "
            "and without a password"
        ) from error
