"""The sections of the settings: names, types, bounds, defaults and descriptions."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator

from tiktok2mqtt.settings.fields import (
    ApiUrl,
    Browser,
    Cookies,
    EntityKeys,
    Language,
    Levels,
    OptionalUrl,
    ProxyUrl,
    Region,
    RoomProxies,
    Seconds,
    Secret,
    SignKey,
    SignPath,
    SignUrl,
    SocketUrl,
    Timezone,
    TransportNames,
    WebUrl,
    Whole,
    lower,
)
from tiktok2mqtt.settings.json_objects import ClientParams, Headers
from tiktok2mqtt.webcast.net.options import DEFAULT_TRANSPORTS, keeps_secrets


class Section(BaseModel):
    """Settings that belong together: frozen, no other keys, no value in the text of a ValidationError."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class TiktokSettings(Section):
    """The connection to TikTok."""

    web_url: WebUrl = Field(default="https://www.tiktok.com", description="Base URL of TikTok's web pages.")
    webcast_url: ApiUrl = Field(
        default="https://webcast.tiktok.com/webcast/", description="Base URL of the Webcast API."
    )
    socket_url: SocketUrl = Field(
        default="wss://webcast-ws.tiktok.com/webcast/im/ws_proxy/ws_reuse_supplement/",
        description="URL of the Webcast WebSocket.",
    )
    proxy: ProxyUrl = Field(
        default=None,
        description="Proxy for all connections to TikTok: `http://`, `https://`, `socks5://` or `socks5h://`, followed "
        "by `[user:password@]host:port`. With `socks5h://` the proxy resolves host names.",
    )
    proxies: RoomProxies = Field(
        default=None,
        description="Proxies for individual rooms, used instead of `tiktok.proxy`: `alice=URL,bob=URL`, a JSON object, "
        "or a table `[tiktok.proxies]`.",
    )
    cookies: Cookies = Field(
        default=None,
        description="Session cookies for age-restricted rooms: `sessionid=...; tt-target-idc=...`. "
        "Sent only to TikTok.",
    )
    client_params: ClientParams = Field(
        default=None,
        description="Parameters that are sent with every request to TikTok in place of the usual ones: "
        '`{"webcast_language": "de-DE"}`, or a table `[tiktok.client_params]`.',
    )
    request_headers: Headers = Field(
        default=None,
        description='HTTP headers that are sent to TikTok in place of the usual ones: `{"Accept-Language": "de"}`, or '
        "a table `[tiktok.request_headers]`.",
    )
    websocket_headers: Headers = Field(
        default=None, description="Headers that are sent when a WebSocket is opened, in the same form."
    )
    sign_url: SignUrl = Field(
        default=None,
        description="Base URL of a sign provider, a third party that signs WebSocket URLs for the transport `signed`; "
        "`https://api.eulerstream.com` if only a key is set. It learns which rooms you connect to, but never gets "
        "your cookies.",
    )
    sign_key: SignKey = Field(
        default=None,
        description="Your API key for the sign provider. Sent only to it. With a key, gift lists are also requested "
        "from it, once per LIVE and once a day.",
    )
    sign_path: SignPath = Field(
        default="/webcast/rooms/{room_id}/connect",
        description="Path on the sign provider. Without `{room_id}`, as in the older `/webcast/fetch/`, the room id is "
        "sent in the query string.",
    )
    language: Language = Field(
        default="en",
        description="Language for TikTok, such as `de` or `pt-BR`. Gifts are named in it, so automations that compare "
        "their names depend on it.",
    )
    region: Region = Field(default="US", description="Country that requests to TikTok claim to come from.")
    timezone: Timezone = Field(
        default="Etc/UTC", description="Time zone that requests to TikTok claim to come from, such as `Europe/Berlin`."
    )
    impersonate: Browser = Field(
        default="",
        description="Browser whose TLS handshake HTTP requests imitate: `chrome`, or empty for none. "
        "Needs the extra `impersonate`.",
    )
    browser_url: OptionalUrl = Field(
        default=None,
        description="Address at which your Chromium listens for DevTools, such as `http://127.0.0.1:9222`. If set, the "
        "transport `browser` opens the live page there. Anyone who can reach this address controls the browser.",
    )
    browser_max_tabs: Whole = Field(
        default=3, ge=1, le=50, description="Maximum number of tabs in that browser; each room needs one."
    )
    transports: TransportNames = Field(
        default=list(DEFAULT_TRANSPORTS),
        description="Transports, in the order in which they are tried. `signed` is skipped unless `tiktok.sign_key` or "
        "`tiktok.sign_url` is set; `browser` is added at the end if `tiktok.browser_url` is set.",
    )
    polling_interval: Seconds = Field(
        default=1, ge=0.1, le=60, description="Time between two requests while a room is polled."
    )
    websocket_upgrade: bool = Field(
        default=True, description="Switch from polling to a WebSocket when TikTok offers one."
    )
    connect_timeout: Seconds = Field(default=10, ge=0.1, le=300, description="Timeout for each request and connection.")
    stale_timeout: Seconds = Field(
        default=60, ge=0.1, le=3600, description="Reconnect when nothing has been received for this long."
    )
    streak_timeout: Seconds = Field(
        default=15,
        ge=0.1,
        le=3600,
        description="End a gift streak when no message about it has been received for this long.",
    )
    watch_interval: Seconds = Field(
        default=60, ge=1, le=86400, description="Time between two checks of whether an offline room is live."
    )
    live_grace: Seconds = Field(
        default=300,
        ge=0,
        le=86400,
        description="Time during which failed checks and connections leave a room live. After that, `live` is unknown.",
    )
    process_initial_data: bool = Field(
        default=True, description='Publish what happened before the LIVE was joined, marked `"replayed": true`.'
    )
    fetch_room_info: bool = Field(
        default=True, description="Fetch the title, cover and counters of a room before connecting to it."
    )
    extended_gift_info: bool = Field(
        default=False,
        description="Add the details that are known about a gift to each gift event: from the gift list of the room, "
        "which TikTok refuses to most clients, from earlier gifts, and from a sign provider's lists.",
    )

    @field_validator("sign_key", "cookies", "client_params", "request_headers", "websocket_headers")
    @classmethod
    def _sent_with_tls(cls, value: Any, info: ValidationInfo) -> Any:
        names = ("sign_url",) if info.field_name == "sign_key" else ("web_url", "webcast_url", "socket_url")
        for name in names:
            url = info.data.get(name)
            if value and url is not None and not keeps_secrets(url):
                raise ValueError(f"must not be sent without TLS: tiktok.{name} must begin with https:// or wss://")
        return value

    @field_validator("transports")
    @classmethod
    def _usable(cls, value: list[str], info: ValidationInfo) -> list[str]:
        # A setting that is not in `info.data` has an error of its own.
        is_unset = {name for name in ("sign_key", "sign_url", "browser_url") if info.data.get(name, "") is None}
        needs = {"signed": {"sign_key", "sign_url"}, "browser": {"browser_url"}}
        if "browser_url" in is_unset and all(needs.get(name, {""}) <= is_unset for name in value):
            raise ValueError(
                "must list direct or polling, unless tiktok.sign_key, tiktok.sign_url or tiktok.browser_url is set"
            )
        return value


class HomeAssistantSettings(Section):
    """Home Assistant discovery."""

    discovery: Annotated[Literal["device", "components", "off"], BeforeValidator(lower)] = Field(
        default="device",
        description="How rooms are announced: one message per device (`device`), one per entity (`components`, for "
        "Home Assistant before 2024.12), or not at all (`off`).",
    )
    prefix: Levels = Field(default="homeassistant", max_length=128, description="Home Assistant's discovery prefix.")
    wait_for_birth: Seconds = Field(
        default=30,
        ge=0,
        le=600,
        description="Hold gifts and other events after the broker was away until Home Assistant has reconnected, at "
        "most for this long; 0 for not at all. It is skipped on a broker where Home Assistant was never seen.",
    )
    gift_medium: Whole = Field(default=100, ge=1, le=10_000_000, description="Minimum diamonds for a medium gift.")
    gift_large: Whole = Field(
        default=1000, ge=2, le=10_000_000, validate_default=True, description="Minimum diamonds for a large gift."
    )
    like_milestone: Whole = Field(
        default=1000,
        ge=0,
        le=1_000_000_000,
        description="Fire an event each time the likes of a LIVE pass a multiple of this number; 0 for never.",
    )
    exclude_entities: EntityKeys = Field(
        default=[], description="Entities that are not created for any room, for example `battle,top_gifter`."
    )
    disabled_entities: EntityKeys = Field(
        default=["chat", "last_comment", "next_retry"],
        description="Entities that are disabled until a user enables them. The default are those that change so often "
        "that they fill Home Assistant's database: every comment, and the next check of each room.",
    )
    device_triggers: bool = Field(
        default=False,
        description="Also announce device triggers. Home Assistant doubles them each time MQTT is reloaded, and then "
        "cannot delete the device; its trigger *Event received* does the same with the event entities.",
    )
    simulate_button: bool = Field(
        default=False, description="Add a button to each room that sends a simulated gift, for testing automations."
    )

    @field_validator("gift_large")
    @classmethod
    def _above_medium(cls, value: int, info: ValidationInfo) -> int:
        medium = info.data.get("gift_medium")
        if medium is not None and value <= medium:
            raise ValueError(f"must be greater than homeassistant.gift_medium ({medium})")
        return value


class PrivacySettings(Section):
    """What is published about viewers."""

    names: bool = Field(default=True, description="Publish names, and texts from TikTok that contain them.")
    pictures: bool = Field(default=True, description="Publish the URLs of profile pictures.")
    comments: bool = Field(default=True, description="Publish what viewers write.")
    salt: Secret = Field(
        default=None,
        description="Key for hashing user ids. Anyone who knows it can find out which user a hash stands for.",
    )
    user_ids: Annotated[Literal["plain", "hashed", "none"], BeforeValidator(lower)] = Field(
        default="plain",
        validate_default=True,
        description="Publish user ids unchanged (`plain`), as hashes that still tell users apart (`hashed`), or not at "
        "all (`none`).",
    )

    keep_damaged: Whole = Field(
        default=7,
        ge=0,
        le=365,
        description="Days to keep a damaged file of `state_dir`, which may contain user ids and names; 0 to delete it "
        "at once.",
    )

    @field_validator("user_ids")
    @classmethod
    def _needs_salt(cls, value: str, info: ValidationInfo) -> str:
        if value == "hashed" and "salt" in info.data and info.data["salt"] is None:
            raise ValueError("requires privacy.salt: any text that nobody else knows")
        return value


class LogSettings(Section):
    """Logging."""

    level: Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(lower)] = Field(
        default="info", description="Minimum level of messages to log."
    )
    format: Annotated[Literal["text", "json"], BeforeValidator(lower)] = Field(
        default="text", description="Lines of text for people, or one JSON object per line."
    )
