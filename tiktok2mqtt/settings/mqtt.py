"""The section `mqtt` of the settings."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, SecretStr, ValidationInfo, field_validator

from tiktok2mqtt.settings.fields import (
    Brokers,
    Host,
    Level,
    Levels,
    OptionalFile,
    OptionalText,
    Secret,
    Whole,
    lower,
)
from tiktok2mqtt.settings.sections import Section


class MqttSettings(Section):
    """The broker, the connection to it, and the topics."""

    host: Host = Field(default="localhost", description="Host name or address of the broker.")
    port: Whole = Field(default=1883, ge=1, le=65535, description="Port of the broker; usually 8883 with TLS.")
    hosts: Brokers = Field(
        default=[],
        description="Further brokers, `host` or `host:port`, that are tried in turn when the one in use is gone.",
    )
    transport: Annotated[Literal["tcp", "websockets", "unix"], BeforeValidator(lower)] = Field(
        default="tcp", description="How the broker is reached: TCP, WebSocket, or a Unix socket."
    )
    path: OptionalText = Field(
        default=None,
        validate_default=True,
        description="Path of the broker's WebSocket, `/mqtt` if not set, or of its Unix socket.",
    )
    qos: Whole = Field(
        default=1,
        ge=0,
        le=1,
        description="Highest QoS to publish at. With 0, what a lost connection has cost is not sent again.",
    )
    retain: bool = Field(
        default=True,
        description="Let the broker retain documents and discovery messages. Without, only who is connected gets them.",
    )
    protocol: Literal["3.1.1", "5"] = Field(default="3.1.1", description="MQTT version.")
    username: OptionalText = Field(default=None, description="User name for the broker.")
    password: Secret = Field(default=None, description="Password for the broker.")
    client_id: OptionalText = Field(
        default=None,
        max_length=128,
        description="MQTT client identifier; no two clients of a broker may use the same one. By default, "
        "`tiktok2mqtt-` and eight random characters, kept in `state_dir`.",
    )
    base_topic: Levels = Field(default="tiktok", max_length=128, description="Prefix of all topics.")
    bridge_topic: Level = Field(
        default="bridge",
        max_length=64,
        description="Topic level for messages of the bridge itself; no room can have this name.",
    )
    keepalive: Whole = Field(default=60, ge=1, le=65535, description="MQTT keep-alive interval in seconds.")
    tls: bool = Field(default=False, description="Encrypt the connection with TLS.")
    ca_file: OptionalFile = Field(default=None, description="CA certificates (PEM) to trust instead of the system's.")
    cert_file: OptionalFile = Field(default=None, description="Client certificate (PEM).")
    key_file: OptionalFile = Field(
        default=None, validate_default=True, description="Private key (PEM) of the client certificate."
    )
    insecure: bool = Field(
        default=False,
        description="Accept any server certificate. The connection is encrypted, but anyone can pose as the broker.",
    )

    @property
    def client_prefix(self) -> str:
        """What the client ids of other commands than the daemon begin with."""
        return self.client_id or "tiktok2mqtt"

    @field_validator("path")
    @classmethod
    def _fits_transport(cls, value: str | None, info: ValidationInfo) -> str | None:
        transport = info.data.get("transport")
        if transport == "unix" and value is None:
            raise ValueError("must be the path of the broker's socket, as mqtt.transport is unix")
        if transport == "tcp" and value is not None:
            raise ValueError("has no effect; set mqtt.transport to websockets or unix")
        if transport == "websockets" and value is not None and not value.startswith("/"):
            raise ValueError("must begin with /")
        return value

    @field_validator("password")
    @classmethod
    def _needs_username(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        # [MQTT-3.1.2-22]; MQTT 5 dropped this rule.
        alone = "username" in info.data and info.data["username"] is None
        if value is not None and alone and info.data.get("protocol") == "3.1.1":
            raise ValueError("requires mqtt.username, unless mqtt.protocol is 5")
        return value

    @field_validator("ca_file", "cert_file", "key_file", "insecure")
    @classmethod
    def _needs_tls(cls, value: Any, info: ValidationInfo) -> Any:
        if value and info.data.get("tls") is False:
            raise ValueError("has no effect without TLS; set mqtt.tls to true")
        return value

    @field_validator("key_file")
    @classmethod
    def _certificate_and_key(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        if "cert_file" in info.data and (value is None) != (info.data["cert_file"] is None):
            raise ValueError("must be set together with mqtt.cert_file: both or neither")
        return value
