"""What a client needs to be let in by the broker: login and TLS."""

import logging
import ssl

import paho.mqtt.client as mqtt

from tiktok2mqtt.settings import MqttSettings

logger = logging.getLogger(__name__)


def authenticate(client: mqtt.Client, settings: MqttSettings) -> None:
    """Give a paho client the login and the TLS context of the settings."""
    password = settings.password.get_secret_value() if settings.password else None
    if settings.username is not None or password is not None:
        client.username_pw_set(settings.username, password)
    if settings.tls:
        client.tls_set_context(_tls_context(settings))
        client.tls_insecure_set(settings.insecure)


def _tls_context(settings: MqttSettings) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(settings.ca_file) if settings.ca_file else None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if settings.cert_file:
        context.load_cert_chain(settings.cert_file, settings.key_file)
    if settings.insecure:
        logger.warning("mqtt.insecure is on: the broker's certificate is not verified")
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
