"""What a setting's value may be, and how a text becomes one.

Each validator raises ValueError with a sentence that says what would be right and does not repeat the value.
"""

import ipaddress
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import orjson
from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, SecretStr, ValidationInfo
from pydantic_core import PydanticKnownError

from tiktok2mqtt.common.names import clean_room_name
from tiktok2mqtt.settings.proxies import room_proxies
from tiktok2mqtt.webcast.net.cookies import parse_cookies
from tiktok2mqtt.webcast.net.options import BROWSERS, TRANSPORTS, check_impersonate, check_sign_key, check_sign_path
from tiktok2mqtt.webcast.net.proxies import parse_proxy

_LEVEL = re.compile(r"[^/+#\x00-\x1f\x7f]+")
_LEVELS = re.compile(rf"(?!\$){_LEVEL.pattern}(/{_LEVEL.pattern})*")
_EVENT = re.compile(r"[a-z][a-z0-9_]{0,63}")
_UNFIT_FOR_URL = re.compile(r"[\x00-\x20\x7f?#]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# Greedy up to the last @, for passwords hold @ and / as well; "/@" begins a user name in a TikTok URL.
_CREDENTIALS = re.compile(r"//\S*[^/\s]@")


@dataclass(frozen=True, slots=True)
class Kind:
    """What the values of a type are, in the words of the documentation and of errors."""

    text: str


def without_credentials(text: str) -> str:
    """Return `text` without the `user:password@` of a URL in it."""
    return _CREDENTIALS.sub("//", text)


def split_list(value: Any) -> Any:
    """Return the list that a text holds, comma separated or as JSON; other values pass unchanged."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError as error:
            raise ValueError("must be a comma separated list or a JSON list") from error
    return [part.strip() for part in value.split(",") if part.strip()]


def fold_duplicates(values: list[str]) -> list[str]:
    """Return the values in their order, each once."""
    return list(dict.fromkeys(values))


def not_a_switch(value: Any) -> Any:
    """Refuse true and false, which Python counts as numbers."""
    if isinstance(value, bool):
        raise PydanticKnownError("int_type")
    return value


def lower(value: Any) -> Any:
    """Return a text in lower case; other values pass unchanged."""
    return value.lower() if isinstance(value, str) else value


def not_the_bridge(room: str, info: ValidationInfo) -> str:
    """Refuse the room whose topics would be those of the bridge; `mqtt` must be a field above the rooms."""
    mqtt = info.data.get("mqtt")
    if mqtt is not None and room == mqtt.bridge_topic:
        raise ValueError(
            "must not be the topic level of the bridge; set mqtt.bridge_topic to another word to follow this room"
        )
    return room


def event_name(text: str) -> str:
    """Check the form of an event's name; whether there is such an event is for the bridge to say."""
    if not _EVENT.fullmatch(text):
        raise ValueError("an event's name consists of lower-case letters, digits and underscores, as in question_new")
    return text


def entity_key(text: str) -> str:
    """Check the form of an entity's key; whether there is such an entity is for the bridge to say."""
    if not _EVENT.fullmatch(text):
        raise ValueError("an entity is named by lower-case letters, digits and underscores, as in top_gifter")
    return text


def transport_name(text: str) -> str:
    """Check the name of a way into a room."""
    if text not in TRANSPORTS:
        raise ValueError(f"must be {' or '.join(TRANSPORTS)}")
    return text


def plain_text(text: str) -> str:
    """Refuse an empty text, and control characters, for which a broker may disconnect (MQTT 3.1.1, section 1.5.3)."""
    if not text or _CONTROL.search(text):
        raise ValueError("must not be empty and not hold control characters")
    return text


def optional_text(text: str | None) -> str | None:
    """Check a text that may be absent."""
    return None if text is None else plain_text(text)


def broker_host(text: str) -> str:
    """Check the name or address of a broker: no scheme, no port, no path."""
    try:
        ipaddress.ip_address(text)
    except ValueError as error:
        if not text or _UNFIT_FOR_URL.search(text) or set(text) & set("/:@[]"):
            raise ValueError("must be a host name or an address alone, without mqtt:// and without a port") from error
    return text


def topic_level(text: str) -> str:
    """Check one level of a topic."""
    if not _LEVEL.fullmatch(text):
        raise ValueError("must be one topic level, without / + #")
    return text


def topic_levels(text: str) -> str:
    """Check the beginning of a topic: one level or more."""
    if not _LEVELS.fullmatch(text):
        raise ValueError("must be topic levels without + and #, no level empty, not beginning with / or $")
    return text


def readable_file(path: Path | None) -> Path | None:
    """Check that a file can be opened now, and not only when the connection needs it."""
    if path is not None:
        try:
            path.open("rb").close()
        except OSError as error:
            raise ValueError(f"must be a file that can be read ({error.strerror})") from error
    return path


def folder(path: Path | None) -> Path | None:
    """Check that a path is no file; whether the folder can be made and written is seen when it is used."""
    if path is not None and path.exists() and not path.is_dir():
        raise ValueError("must be a folder, and there is something else of that name")
    return path


def web_url(text: str) -> str:
    """Check an HTTP base to which paths beginning with a slash are added."""
    return _url(text, "http", "https").rstrip("/")


def api_url(text: str) -> str:
    """Check an HTTP base to which relative paths are added."""
    return web_url(text) + "/"


def socket_url(text: str) -> str:
    """Check the URL of a WebSocket."""
    return _url(text, "ws", "wss")


def proxy_url(secret: SecretStr | None) -> SecretStr | None:
    """Check the URL of a proxy."""
    if secret is not None:
        parse_proxy(secret.get_secret_value())
    return secret


def browser_name(text: str) -> str:
    """Check the name of a browser to imitate, and that the extra for it is installed."""
    check_impersonate(text)
    return text


def cookie_text(secret: SecretStr | None) -> SecretStr | None:
    """Check cookies as the text of a Cookie header."""
    if secret is not None:
        parse_cookies(secret.get_secret_value())
    return secret


def sign_url(text: str | None) -> str | None:
    """Check the HTTP base of a sign provider, which may be absent; a login in it would be shown in errors."""
    if text is None:
        return None
    if "@" in text:
        raise ValueError("must not hold a user name or a password; the key belongs in tiktok.sign_key")
    return web_url(text)


def sign_key(secret: SecretStr | None) -> SecretStr | None:
    """Check the key of a sign provider."""
    if secret is not None:
        check_sign_key(secret.get_secret_value())
    return secret


def sign_path(text: str) -> str:
    """Check the path of a sign provider."""
    check_sign_path(text)
    return text


def _url(text: str, *schemes: str) -> str:
    try:
        parts = urlsplit(text)
        sound = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or _UNFIT_FOR_URL.search(text):
        raise ValueError(f"must be a URL beginning with {schemes[1]}:// or {schemes[0]}://, without ? and #")
    return text


Whole = Annotated[int, BeforeValidator(not_a_switch), Kind("a whole number")]
Seconds = Annotated[float, BeforeValidator(not_a_switch), Kind("a number of seconds")]
Text = Annotated[str, AfterValidator(plain_text), Kind("text")]
OptionalText = Annotated[str | None, AfterValidator(optional_text), Kind("text")]
# Excluded from every dump: a mask would still tell that there is one.
Secret = Annotated[SecretStr | None, Field(exclude=True), Kind("text")]
ProxyUrl = Annotated[
    SecretStr | None, Field(exclude=True), AfterValidator(proxy_url), Kind("an http(s), socks5 or socks5h URL")
]
RoomProxies = Annotated[
    dict[str, SecretStr] | None, Field(exclude=True), BeforeValidator(room_proxies), Kind("proxies by room")
]
Cookies = Annotated[
    SecretStr | None, Field(exclude=True), AfterValidator(cookie_text), Kind("cookies as name=value; name=value")
]
SignUrl = Annotated[str | None, AfterValidator(sign_url), Kind("an http(s) URL")]
SignKey = Annotated[SecretStr | None, Field(exclude=True), AfterValidator(sign_key), Kind("text")]
SignPath = Annotated[str, AfterValidator(sign_path), Kind("a path beginning with /")]
Browser = Annotated[
    str, BeforeValidator(lower), AfterValidator(browser_name), Kind(f"{' or '.join(BROWSERS)}, or empty")
]
OptionalFile = Annotated[Path | None, AfterValidator(readable_file), Kind("a file that can be read")]
OptionalFolder = Annotated[Path | None, AfterValidator(folder), Kind("a folder")]
Host = Annotated[str, AfterValidator(broker_host), Kind("a host name or address")]
Level = Annotated[str, AfterValidator(topic_level), Kind("a topic level")]
Levels = Annotated[str, AfterValidator(topic_levels), Kind("topic levels")]
RoomNames = Annotated[
    list[Annotated[str, AfterValidator(clean_room_name), AfterValidator(not_the_bridge)]],
    BeforeValidator(split_list),
    AfterValidator(fold_duplicates),
    Kind("a list of user names"),
]
EventNames = Annotated[
    list[Annotated[str, AfterValidator(event_name)]],
    BeforeValidator(split_list),
    AfterValidator(fold_duplicates),
    Kind("a list of event names"),
]
EntityKeys = Annotated[
    list[Annotated[str, AfterValidator(entity_key)]],
    BeforeValidator(split_list),
    AfterValidator(fold_duplicates),
    Kind("a list of entities"),
]
TransportNames = Annotated[
    list[Annotated[str, BeforeValidator(lower), AfterValidator(transport_name)]],
    BeforeValidator(split_list),
    AfterValidator(fold_duplicates),
    Field(min_length=1),
    Kind(f"a list of {', '.join(TRANSPORTS)}"),
]

# A URL may carry credentials: it stays out of every repr, and dumps have it without them.
_HIDDEN = (PlainSerializer(without_credentials), Field(repr=False))
WebUrl = Annotated[str, AfterValidator(web_url), *_HIDDEN, Kind("an http(s) URL")]
ApiUrl = Annotated[str, AfterValidator(api_url), *_HIDDEN, Kind("an http(s) URL")]
SocketUrl = Annotated[str, AfterValidator(socket_url), *_HIDDEN, Kind("a ws(s) URL")]
