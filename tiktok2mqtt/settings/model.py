"""The settings themselves: names, types, bounds, defaults and descriptions.

The documentation and the names of environment variables are derived from these classes; nothing is listed twice.
"""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationInfo, field_validator

from tiktok2mqtt.settings.fields import (
    ApiUrl,
    Browser,
    Cookies,
    EntityKeys,
    EventNames,
    Host,
    Level,
    Levels,
    OptionalFile,
    OptionalFolder,
    OptionalText,
    ProxyUrl,
    RoomNames,
    RoomProxies,
    Seconds,
    Secret,
    SignKey,
    SignPath,
    SignUrl,
    SocketUrl,
    Text,
    TransportNames,
    WebUrl,
    Whole,
    lower,
)
from tiktok2mqtt.webcast.net.options import TRANSPORTS


class Section(BaseModel):
    """Settings that belong together: frozen, no further keys, no value in the text of a ValidationError."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class MqttSettings(Section):
    """The broker, how it is reached, and the topics."""

    host: Host = Field(default="localhost", description="Host name or address of the broker.")
    port: Whole = Field(default=1883, ge=1, le=65535, description="Port of the broker; 8883 is usual with TLS.")
    protocol: Literal["3.1.1", "5"] = Field(default="3.1.1", description="Version of MQTT.")
    username: OptionalText = Field(default=None, description="User name at the broker.")
    password: Secret = Field(default=None, description="Password at the broker.")
    client_id: Text = Field(
        default="tiktok2mqtt",
        max_length=128,
        description="Client identifier; two clients of one broker must not share it.",
    )
    base_topic: Levels = Field(default="tiktok", max_length=128, description="Beginning of every topic.")
    bridge_topic: Level = Field(
        default="bridge", max_length=64, description="Topic level of the bridge itself; no room can have this name."
    )
    keepalive: Whole = Field(default=60, ge=1, le=65535, description="Seconds between two signs of life to the broker.")
    tls: bool = Field(default=False, description="Whether the connection is encrypted.")
    ca_file: OptionalFile = Field(
        default=None, description="Certificates (PEM) of the authorities to trust instead of the system's."
    )
    cert_file: OptionalFile = Field(default=None, description="Client certificate (PEM).")
    key_file: OptionalFile = Field(
        default=None, validate_default=True, description="Private key (PEM) of the client certificate."
    )
    insecure: bool = Field(default=False, description="Accept any certificate: encrypted, but open to impostors.")

    @field_validator("password")
    @classmethod
    def _needs_username(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        # [MQTT-3.1.2-22]; MQTT 5 took this rule back.
        alone = "username" in info.data and info.data["username"] is None
        if value is not None and alone and info.data.get("protocol") == "3.1.1":
            raise ValueError("needs mqtt.username as well, unless mqtt.protocol is 5")
        return value

    @field_validator("ca_file", "cert_file", "key_file", "insecure")
    @classmethod
    def _needs_tls(cls, value: Any, info: ValidationInfo) -> Any:
        if value and info.data.get("tls") is False:
            raise ValueError("has no effect without TLS: set mqtt.tls to true as well")
        return value

    @field_validator("key_file")
    @classmethod
    def _certificate_and_key(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        if "cert_file" in info.data and (value is None) != (info.data["cert_file"] is None):
            raise ValueError("belongs together with mqtt.cert_file: set both or neither")
        return value


class TiktokSettings(Section):
    """How TikTok is reached."""

    web_url: WebUrl = Field(default="https://www.tiktok.com", description="Base URL of the pages.")
    webcast_url: ApiUrl = Field(
        default="https://webcast.tiktok.com/webcast/", description="Base URL of the Webcast API."
    )
    socket_url: SocketUrl = Field(
        default="wss://webcast-ws.tiktok.com/webcast/im/ws_proxy/ws_reuse_supplement/", description="URL of the socket."
    )
    proxy: ProxyUrl = Field(
        default=None,
        description="Proxy for everything that goes to TikTok: `http://`, `https://`, `socks5://` or `socks5h://` (the "
        "proxy resolves names), then `[user:password@]host:port`. SOCKS needs the extra `socks`.",
    )
    proxies: RoomProxies = Field(
        default=None,
        description="Proxies of single rooms, instead of that one: `alice=URL,bob=URL`, a JSON object, or a table "
        "`[tiktok.proxies]`.",
    )
    cookies: Cookies = Field(
        default=None,
        description="Session cookies for rooms with an age limit: `sessionid=...; tt-target-idc=...`. "
        "Sent to TikTok alone.",
    )
    sign_url: SignUrl = Field(
        default=None,
        description="Base URL of a sign provider, a third party that signs the socket of `signed`; "
        "`https://api.eulerstream.com` when only a key is set. It learns which rooms you hear, and gets no cookies.",
    )
    sign_key: SignKey = Field(default=None, description="Your key at the sign provider. Sent to it alone.")
    sign_path: SignPath = Field(
        default="/webcast/rooms/{room_id}/connect",
        description="Path at the sign provider; without `{room_id}`, as in the older `/webcast/fetch/`, the id goes "
        "into the query.",
    )
    impersonate: Browser = Field(
        default="",
        description="Browser whose TLS handshake the HTTP requests imitate: `chrome`, or empty for none. "
        "Needs the extra `impersonate`.",
    )
    transports: TransportNames = Field(
        default=list(TRANSPORTS),
        description="Ways into a room, in the order in which they are tried; `signed` is passed over unless "
        "`tiktok.sign_key` or `tiktok.sign_url` is set.",
    )
    polling_interval: Seconds = Field(
        default=1, ge=0.1, le=60, description="Time between two requests while a room is polled."
    )
    websocket_upgrade: bool = Field(default=True, description="Change from polling to the socket that TikTok offers.")
    connect_timeout: Seconds = Field(
        default=10, ge=0.1, le=300, description="Patience with each request and connection."
    )
    stale_timeout: Seconds = Field(
        default=60, ge=0.1, le=3600, description="A connection that is silent for so long is closed and made anew."
    )
    watch_interval: Seconds = Field(
        default=60, ge=1, le=86400, description="Time between two looks at a room that is offline."
    )
    process_initial_data: bool = Field(
        default=True, description='Publish the events from before the connection, marked `"replayed": true`.'
    )
    fetch_room_info: bool = Field(
        default=True, description="Ask for title, cover and counters of a room before connecting to it."
    )
    extended_gift_info: bool = Field(
        default=False, description="Fetch the gift list of a room and add its entry to each gift."
    )

    @field_validator("transports")
    @classmethod
    def _one_that_can_be_used(cls, value: list[str], info: ValidationInfo) -> list[str]:
        unset = [name for name in ("sign_key", "sign_url") if name in info.data and info.data[name] is None]
        if value == ["signed"] and len(unset) == 2:  # noqa: PLR2004 - both
            raise ValueError("must name another one beside signed, unless tiktok.sign_key or tiktok.sign_url is set")
        return value


class HomeAssistantSettings(Section):
    """Discovery by Home Assistant."""

    discovery: Annotated[Literal["device", "components", "off"], BeforeValidator(lower)] = Field(
        default="device",
        description="How rooms are announced: one message per device, one per entity (for Home Assistant before "
        "2024.12), or not at all.",
    )
    prefix: Levels = Field(default="homeassistant", max_length=128, description="Home Assistant's discovery prefix.")
    gift_medium: Whole = Field(
        default=100, ge=1, le=10_000_000, description="From so many diamonds on a gift is medium."
    )
    gift_large: Whole = Field(
        default=1000,
        ge=2,
        le=10_000_000,
        validate_default=True,
        description="From so many diamonds on a gift is large.",
    )
    like_milestone: Whole = Field(
        default=1000,
        ge=0,
        le=1_000_000_000,
        description="Each time the likes of a LIVE pass a multiple of this is an event; 0: never.",
    )
    exclude_entities: EntityKeys = Field(
        default=[], description="Entities that no room gets: `battle`, `top_gifter` ..."
    )
    disabled_entities: EntityKeys = Field(
        default=["chat"],
        description="Entities that are there but disabled until a user enables them. Home Assistant would write each "
        "comment of `chat` into its database.",
    )
    simulate_button: bool = Field(
        default=False, description="Whether a room has a button that sends a made-up gift, to try automations."
    )

    @field_validator("gift_large")
    @classmethod
    def _larger_than_medium(cls, value: int, info: ValidationInfo) -> int:
        medium = info.data.get("gift_medium")
        if medium is not None and value <= medium:
            raise ValueError(f"must be more than homeassistant.gift_medium ({medium})")
        return value


class PrivacySettings(Section):
    """What is published of viewers."""

    names: bool = Field(default=True, description="Publish names, and the sentences of TikTok's that hold them.")
    pictures: bool = Field(default=True, description="Publish the URLs of profile pictures.")
    comments: bool = Field(default=True, description="Publish what viewers write.")
    salt: Secret = Field(
        default=None, description="What user ids are hashed with; whoever knows it can tell who is who."
    )
    user_ids: Annotated[Literal["plain", "hashed", "none"], BeforeValidator(lower)] = Field(
        default="plain",
        validate_default=True,
        description="Publish user ids as they are, as hashes that tell people apart, or not at all.",
    )

    @field_validator("user_ids")
    @classmethod
    def _needs_salt(cls, value: str, info: ValidationInfo) -> str:
        if value == "hashed" and "salt" in info.data and info.data["salt"] is None:
            raise ValueError("needs privacy.salt as well: any text that nobody knows")
        return value


class LogSettings(Section):
    """What is logged, and how."""

    level: Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(lower)] = Field(
        default="info", description="The least important level that is shown."
    )
    format: Annotated[Literal["text", "json"], BeforeValidator(lower)] = Field(
        default="text", description="Lines for people, or one JSON object per line."
    )


class Settings(Section):
    """All settings of the daemon."""

    # First, because a validator sees only the fields above its own, and the rooms are compared with the bridge topic.
    mqtt: MqttSettings = Field(default_factory=MqttSettings, description="The broker.")

    rooms: RoomNames = Field(default=[], description="Rooms to follow: user name, @name or TikTok URL.")
    max_rooms: Whole = Field(
        default=100,
        ge=1,
        le=1000,
        validate_default=True,
        description="So many rooms at most, those added by command included.",
    )
    allowed_rooms: RoomNames = Field(default=[], description="The only rooms that a command may add; empty: any.")
    commands_per_minute: Whole = Field(
        default=60, ge=1, le=6000, description="Commands over MQTT that are obeyed in one minute; more are refused."
    )
    state_dir: OptionalFolder = Field(
        default=None,
        description="Folder for what must survive a restart: rooms added by command, who is disconnected, gifts and "
        "other events that the broker has not acknowledged. One daemon each.",
    )
    max_event_age: Seconds = Field(
        default=86_400,
        ge=60,
        le=2_592_000,
        description="Gifts, follows and the like that have waited for the broker for longer are dropped.",
    )
    events: EventNames = Field(default=[], description="The only events to publish; empty: all.")
    exclude_events: EventNames = Field(default=[], description="Events not to publish.")
    retain: EventNames = Field(default=[], description="Events whose last message the broker keeps.")
    raw: bool = Field(
        default=False, description="Publish each message undecoded as well, on `<base>/<room>/raw/<type>`."
    )
    health_interval: Seconds = Field(
        default=60, ge=0.1, le=86400, description="Time between two reports of the bridge's health."
    )

    tiktok: TiktokSettings = Field(default_factory=TiktokSettings, description="How TikTok is reached.")
    homeassistant: HomeAssistantSettings = Field(
        default_factory=HomeAssistantSettings, description="Discovery by Home Assistant."
    )
    privacy: PrivacySettings = Field(default_factory=PrivacySettings, description="What is published of viewers.")
    log: LogSettings = Field(default_factory=LogSettings, description="What is logged.")

    @field_validator("privacy")
    @classmethod
    def _not_with_raw(cls, value: PrivacySettings, info: ValidationInfo) -> PrivacySettings:
        held_back = [name for name in ("names", "pictures", "comments") if not getattr(value, name)]
        if value.user_ids != "plain":
            held_back.append("user_ids")
        if held_back and info.data.get("raw"):
            raise ValueError(f"holds back {', '.join(held_back)}, which `raw` would publish: switch one of the two off")
        return value

    @field_validator("max_rooms")
    @classmethod
    def _room_for_all(cls, value: int, info: ValidationInfo) -> int:
        named = len(info.data.get("rooms", ()))
        if named > value:
            raise ValueError(f"must be at least {named}, the number of rooms in the settings")
        return value

    def public_dump(self) -> dict[str, Any]:
        """Return what may be shown to anyone, fit for JSON: nothing secret, URLs without their credentials."""
        return self.model_dump(mode="json")
