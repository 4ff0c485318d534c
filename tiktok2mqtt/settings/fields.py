"""The types of settings: what a value may be, how text becomes one, and how it is described.

Each validator raises ValueError with a sentence that says what is allowed. No sentence repeats the value.
"""

import ipaddress
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import orjson
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationInfo
from pydantic_core import PydanticKnownError

from tiktok2mqtt.common.text import clean_room_name, did_you_mean, escaped_name, split_address
from tiktok2mqtt.common.topics import COMMANDS
from tiktok2mqtt.webcast.net.cookies import parse_cookies
from tiktok2mqtt.webcast.net.identity import check_language, check_region, check_timezone
from tiktok2mqtt.webcast.net.options import BROWSERS, TRANSPORTS, check_impersonate, check_sign_key, check_sign_path
from tiktok2mqtt.webcast.net.proxies import parse_proxy

_LEVEL = re.compile(r"[^/+#\x00-\x1f\x7f]+")
_LEVELS = re.compile(rf"(?!\$){_LEVEL.pattern}(/{_LEVEL.pattern})*")
_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]{0,63}")
_NOT_IN_URL = re.compile(r"[\x00-\x20\x7f?#]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


_MAX_PORT = 65_535


@dataclass(frozen=True, slots=True)
class Kind:
    """What the values of a type are, as the documentation and error messages say it."""

    text: str


def lower(value: Any) -> Any:
    """Return a text in lower case; other values pass unchanged."""
    return value.lower() if isinstance(value, str) else value


def upper(value: Any) -> Any:
    """Return a text in upper case; other values pass unchanged."""
    return value.upper() if isinstance(value, str) else value


def split_list(value: Any) -> Any:
    """Return the list in a text, comma-separated or JSON; other values pass unchanged."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError as error:
            raise ValueError("must be a comma-separated list or a JSON list") from error
    return [part.strip() for part in value.split(",") if part.strip()]


def without_duplicates(values: list[str]) -> list[str]:
    """Return the values in their order, each once."""
    return list(dict.fromkeys(values))


def _not_a_bool(value: Any) -> Any:
    """Refuse true and false, which Python counts as numbers."""
    if isinstance(value, bool):
        raise PydanticKnownError("int_type")
    return value


def _not_the_bridge(room: str, info: ValidationInfo) -> str:
    """Refuse the room whose topics would be those of the bridge; `mqtt` must be a field above the rooms."""
    mqtt = info.data.get("mqtt")
    if mqtt is not None and escaped_name(room) == mqtt.bridge_topic:
        raise ValueError("must not contain the name in mqtt.bridge_topic; change mqtt.bridge_topic to use this room")
    return room


def _event_name(text: str) -> str:
    """Check the form of an event's name; the bridge checks that the event exists."""
    if not _IDENTIFIER.fullmatch(text):
        raise ValueError("must be event names: lower-case letters, digits and underscores, as in question_new")
    return text


def _entity_key(text: str) -> str:
    """Check the form of an entity's key; the bridge checks that the entity exists."""
    if not _IDENTIFIER.fullmatch(text):
        raise ValueError("must be entity names: lower-case letters, digits and underscores, as in top_gifter")
    return text


def _command(text: str) -> str:
    if text not in COMMANDS:
        hint = did_you_mean(text, COMMANDS)
        raise ValueError(f"must be names of commands: {', '.join(COMMANDS)}" + (f"; {hint}" if hint else ""))
    return text


def _transport(text: str) -> str:
    if text not in TRANSPORTS:
        raise ValueError(f"must be {' or '.join(TRANSPORTS)}")
    return text


def _plain_text(text: str) -> str:
    """Refuse control characters, for which a broker may close the connection (MQTT 3.1.1, section 1.5.3)."""
    if not text or _CONTROL.search(text):
        raise ValueError("must not be empty or contain control characters")
    return text


def _host(text: str) -> str:
    try:
        ipaddress.ip_address(text)
    except ValueError as error:
        if not text or _NOT_IN_URL.search(text) or set(text) & set("/:@[]"):
            raise ValueError("must be a host name or an address, without mqtt:// and without a port") from error
    return text


def _broker(value: str) -> str:
    host, port = split_address(value, 1883)
    _host(host)
    if not 1 <= port <= _MAX_PORT:
        raise ValueError("must be host or host:port, with a port from 1 to 65535")
    return value


def _topic_level(text: str) -> str:
    if not _LEVEL.fullmatch(text):
        raise ValueError("must be a single topic level, without /, + or #")
    return text


def _topic_levels(text: str) -> str:
    if not _LEVELS.fullmatch(text):
        raise ValueError("must be topic levels without + or #, none of them empty, not beginning with $")
    return text


def _expanded(path: Path) -> Path:
    try:
        return path.expanduser()
    except RuntimeError as error:
        raise ValueError("names the home directory of an unknown user") from error


def _readable_file(path: Path) -> Path:
    """Expand `~`, and check that the file can be opened now, not only when the connection needs it."""
    path = _expanded(path)
    try:
        path.open("rb").close()
    except OSError as error:
        raise ValueError(f"must be a readable file ({error.strerror})") from error
    return path


def _directory(path: Path) -> Path:
    """Expand `~`, and check that it is not a file. Whether it can be created and written shows later."""
    path = _expanded(path)
    if path.exists() and not path.is_dir():
        raise ValueError("must be a directory, but something else has this name")
    return path


def _url(text: str, *schemes: str) -> str:
    try:
        parts = urlsplit(text)
        valid = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid or _NOT_IN_URL.search(text):
        raise ValueError(f"must be a URL that begins with {schemes[1]}:// or {schemes[0]}://, without ? or #")
    # Base URLs are shown in logs and on MQTT. A password may contain a slash, so an @ is refused anywhere.
    if "@" in text:
        raise ValueError("must not contain a user name or a password")
    return text


def _web_url(text: str) -> str:
    """Check an HTTP base URL to which paths beginning with a slash are added."""
    return _url(text, "http", "https").rstrip("/")


def _api_url(text: str) -> str:
    """Check an HTTP base URL to which relative paths are added."""
    return _web_url(text) + "/"


def _socket_url(text: str) -> str:
    return _url(text, "ws", "wss")


def _sign_url(text: str) -> str:
    """Check the base URL of a sign provider, where users may expect to put the key."""
    try:
        return _web_url(text)
    except ValueError as error:
        raise ValueError(f"{error}; the key belongs in tiktok.sign_key") from None


def _checked_by(check: Callable[[str], object]) -> AfterValidator:
    """Return a validator for text or a secret: `check` gets the text and raises ValueError."""

    def validate(value: Any) -> Any:
        check(value.get_secret_value() if isinstance(value, SecretStr) else value)
        return value

    return AfterValidator(validate)


def _room_proxies(value: Any) -> dict[str, SecretStr] | None:
    """Read `alice=URL,bob=URL`, a JSON object, or a table; return proxies by clean room name."""
    if value is None:
        return None
    pairs = value.items() if isinstance(value, Mapping) else _room_proxy_pairs(value)
    return {name: _room_proxy(name, proxy) for name, proxy in with_room_names(pairs)}


def with_room_names(pairs: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    """Yield pairs with clean room names in place of their first items."""
    names: set[str] = set()
    for room, value in pairs:
        try:
            name = clean_room_name(room)
        except ValueError as error:
            raise ValueError(f"contains an invalid room name: {error}") from None
        if name in names:
            raise ValueError(f"lists {name} twice; remove one of the two")
        names.add(name)
        yield name, value


def read_object(value: Any, wrong: str) -> Mapping[str, Any]:
    """Return a table, or the JSON object that a text is; `wrong` is the sentence about anything else."""
    if isinstance(value, str):
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            value = None
    if not isinstance(value, Mapping):
        raise ValueError(wrong)  # noqa: TRY004 - pydantic expects ValueError
    return value


def _room_proxy_pairs(value: Any) -> list[tuple[str, Any]]:
    wrong = ValueError("must be a table of proxies by room, alice=URL,bob=URL, or a JSON object")
    if not isinstance(value, str):
        raise wrong
    if value.lstrip().startswith("{"):
        try:
            return list(orjson.loads(value).items())
        except orjson.JSONDecodeError:
            raise wrong from None
    parts = [part.strip().partition("=") for part in value.split(",") if part.strip()]
    if not all(separator for _, separator, _ in parts):
        raise wrong
    return [(room.strip(), proxy.strip()) for room, _, proxy in parts]


def _room_proxy(room: str, proxy: Any) -> SecretStr:
    text = proxy.get_secret_value() if isinstance(proxy, SecretStr) else proxy
    if not isinstance(text, str):
        raise ValueError(f"the proxy of {room} must be text")  # noqa: TRY004 - pydantic expects ValueError
    try:
        parse_proxy(text)
    except ValueError as error:
        raise ValueError(f"the proxy of {room} {error}") from None
    return SecretStr(text)


Whole = Annotated[int, BeforeValidator(_not_a_bool), Kind("a whole number")]
Seconds = Annotated[float, BeforeValidator(_not_a_bool), Kind("a number of seconds")]
Text = Annotated[str, AfterValidator(_plain_text), Kind("text")]
OptionalText = Annotated[Annotated[str, AfterValidator(_plain_text)] | None, Kind("text")]
OptionalFile = Annotated[Annotated[Path, AfterValidator(_readable_file)] | None, Kind("a readable file")]
OptionalDirectory = Annotated[Annotated[Path, AfterValidator(_directory)] | None, Kind("a directory")]
Host = Annotated[str, AfterValidator(_host), Kind("a host name or address")]
Level = Annotated[str, AfterValidator(_topic_level), Kind("a topic level")]
Levels = Annotated[str, AfterValidator(_topic_levels), Kind("topic levels")]
Browser = Annotated[
    str, BeforeValidator(lower), _checked_by(check_impersonate), Kind(f"{' or '.join(BROWSERS)}, or empty")
]
Language = Annotated[str, _checked_by(check_language), Kind("a language")]
Region = Annotated[str, BeforeValidator(upper), _checked_by(check_region), Kind("a country")]
Timezone = Annotated[str, _checked_by(check_timezone), Kind("a time zone")]
SignUrl = Annotated[Annotated[str, AfterValidator(_sign_url)] | None, Kind("an http(s) URL")]
SignPath = Annotated[str, _checked_by(check_sign_path), Kind("a path beginning with /")]

# A secret is excluded from every dump: even a mask would show that it is set.
_SECRET = Field(exclude=True)
Secret = Annotated[SecretStr | None, _SECRET, Kind("text")]
SignKey = Annotated[Annotated[SecretStr, _checked_by(check_sign_key)] | None, _SECRET, Kind("text")]
Cookies = Annotated[
    Annotated[SecretStr, _checked_by(parse_cookies)] | None, _SECRET, Kind("cookies as name=value; name=value")
]
ProxyUrl = Annotated[
    Annotated[SecretStr, _checked_by(parse_proxy)] | None, _SECRET, Kind("an http(s), socks5 or socks5h URL")
]
RoomProxies = Annotated[dict[str, SecretStr] | None, _SECRET, BeforeValidator(_room_proxies), Kind("proxies by room")]

_LIST = (BeforeValidator(split_list), AfterValidator(without_duplicates))
RoomNames = Annotated[
    list[Annotated[str, AfterValidator(clean_room_name), AfterValidator(_not_the_bridge)]],
    *_LIST,
    Kind("a list of user names"),
]
Brokers = Annotated[list[Annotated[str, AfterValidator(_broker)]], *_LIST, Kind("a list of host or host:port")]
EventNames = Annotated[list[Annotated[str, AfterValidator(_event_name)]], *_LIST, Kind("a list of event names")]
CommandNames = Annotated[list[Annotated[str, AfterValidator(_command)]], *_LIST, Kind("a list of commands")]
EntityKeys = Annotated[list[Annotated[str, AfterValidator(_entity_key)]], *_LIST, Kind("a list of entities")]
TransportNames = Annotated[
    list[Annotated[str, BeforeValidator(lower), AfterValidator(_transport)]],
    *_LIST,
    Field(min_length=1),
    Kind(f"a list of {', '.join(TRANSPORTS)}"),
]

OptionalUrl = Annotated[Annotated[str, AfterValidator(_web_url)] | None, Kind("an http(s) URL")]
WebUrl = Annotated[str, AfterValidator(_web_url), Kind("an http(s) URL")]
ApiUrl = Annotated[str, AfterValidator(_api_url), Kind("an http(s) URL")]
SocketUrl = Annotated[str, AfterValidator(_socket_url), Kind("a ws(s) URL")]
