"""The options of a connection to a room, with their defaults and checks; and which servers are TikTok's."""

import ipaddress
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from tiktok2mqtt.common.installation import install_hint
from tiktok2mqtt.webcast.net.checks import (
    check_count,
    check_flag,
    check_headers,
    check_id,
    check_list,
    check_params,
    check_text,
    check_time,
    check_url,
)
from tiktok2mqtt.webcast.net.cookies import check_cookies
from tiktok2mqtt.webcast.net.identity import Locale, check_language, check_region, check_timezone
from tiktok2mqtt.webcast.net.proxies import parse_proxy

TRANSPORTS: Final = ("direct", "signed", "polling", "browser")
DEFAULT_TRANSPORTS: Final = ("direct", "signed", "polling")
BROWSERS: Final = ("chrome",)
SIGN_URL: Final = "https://api.eulerstream.com"
TIKTOK_DOMAINS: Final = ("tiktok.com",)
# Seen in covers, profile pictures and gifts.
PICTURE_DOMAINS: Final = (*TIKTOK_DOMAINS, "tiktokcdn.com", "tiktokcdn-us.com", "tiktokcdn-eu.com", "ttcdn-us.com")
_SUBDOMAINS: Final = re.compile(r"(?:[a-z0-9-]{1,63}\.){0,4}")
_URL_CHARACTERS: Final = re.compile(r"[!-\[\]-~]+")  # visible ASCII without the backslash
_SIGN_KEY: Final = re.compile(r"[!-~]{1,512}")
_SIGN_PATH: Final = re.compile(r"/(?:[A-Za-z0-9._~/-]|\{room_id\})*")


def check_transports(names: Sequence[str]) -> None:
    """Raise ValueError unless `names` are one or more of TRANSPORTS, each at most once."""
    for name in names:
        if name not in TRANSPORTS:
            raise ValueError(f"unknown transport {name!r}; there are {', '.join(TRANSPORTS)}")
    if not names or len(set(names)) < len(names):
        raise ValueError("transports must name one or more, each once")


def check_sign_key(key: str) -> None:
    """Raise ValueError unless `key` can be sent unchanged. The message does not repeat it."""
    if not _SIGN_KEY.fullmatch(key):
        raise ValueError("must be 1 to 512 visible ASCII characters without blanks")


def keeps_secrets(url: str) -> bool:
    """Return whether a secret may be sent to `url`: it uses TLS, or leads to this machine."""
    parts = urlsplit(url)
    if parts.scheme in ("https", "wss") or parts.hostname == "localhost":
        return True
    try:
        return ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False


def split_url(url: str) -> SplitResult:
    """Return the parts of a URL from a peer; all are empty if it is not valid."""
    try:
        return urlsplit(url if _URL_CHARACTERS.fullmatch(url) else "")
    except ValueError:
        return urlsplit("")


def is_tiktok_url(parts: SplitResult, scheme: str, domains: Collection[str]) -> bool:
    """Return whether a URL has this scheme and is on a host of these domains, at port 443, without a user name."""
    host = parts.netloc.lower().removesuffix(":443")
    return parts.scheme == scheme and any(
        host.endswith(domain) and _SUBDOMAINS.fullmatch(host.removesuffix(domain)) for domain in domains
    )


def check_sign_path(path: str) -> None:
    """Raise ValueError unless `path` is a valid path, with or without `{room_id}`."""
    if not _SIGN_PATH.fullmatch(path):
        raise ValueError("must be a path that begins with / and consists of letters, digits, . _ ~ - / and {room_id}")


def check_impersonate(browser: str) -> None:
    """Raise ValueError unless `browser` is empty, or is one of BROWSERS and its extra is installed."""
    if browser and browser not in BROWSERS:
        raise ValueError(f"must be empty or {' or '.join(BROWSERS)}")
    if browser and not find_spec("curl_cffi"):
        raise ValueError(f"must be empty unless the extra `impersonate` is installed: {install_hint('impersonate')}")


@dataclass(frozen=True, slots=True)
class Options:
    """Options of one connection. Times are in seconds, unless the name says otherwise.

    - `user_id` is the number of the host, who is then followed even if the user name changes. `room_id` is that of one
      LIVE, which is then the only one that the room is connected to; it is not looked up.
    - `transports` are tried in this order. `signed` is skipped unless `sign_key` or `sign_url` is set; with a key only,
      the provider is SIGN_URL. `{room_id}` in `sign_path` is replaced; without it, the id is added to the query.
    - `enable_websocket_upgrade` allows polling to switch to the socket that TikTok may offer.
    - `reconnect`: once connected, a lost connection is opened again, and after the end of a LIVE the room is watched
      for the next one, until disconnect(). `watch_interval_s` is the time between two lookups.
    - `connect_timeout_s` is the time for connect() in all, and for each request and connection that is made later.
    - `client_params`, `request_headers` and `websocket_headers` override what is sent by default, headers whatever the
      case of their names. Cookies in them are sent together with ours.
    - `proxy` is the URL of the proxy for HTTP and sockets; see parse_proxy.
    - `cookies` are the session cookies of an account. They are sent to TikTok's own hosts only.
    - `sign_key` is sent to the sign provider only.
    - `impersonate` is the browser whose TLS and HTTP/2 handshakes HTTP requests imitate, or empty. It needs the extra
      `impersonate`.
    - `language`, `region` and `timezone` are sent with every request to TikTok, which names gifts in the language.
    - `streak_timeout_s`: a gift streak without an end is closed when nothing of it was received for this long.
    - `browser_url` is where a Chromium listens for DevTools, `browser_max_tabs` how many tabs it may get from all rooms
      of this process. With it, `browser` is the last transport unless `transports` says otherwise.
    - `web_url`, `webcast_url` and `socket_url` exist for the simulator. With `cookies` they must use TLS, as `sign_url`
      with `sign_key` must, unless they lead to this machine.

    The repr contains neither `proxy`, `cookies` and `sign_key`, nor parameters and headers.
    """

    process_initial_data: bool = True
    fetch_room_info_on_connect: bool = True
    enable_extended_gift_info: bool = False
    enable_websocket_upgrade: bool = True
    reconnect: bool = False
    user_id: str | None = None
    room_id: str | None = None
    watch_interval_s: float = 60.0
    request_polling_interval_ms: float = 1000
    transports: Sequence[str] = DEFAULT_TRANSPORTS
    client_params: Mapping[str, str] = field(default_factory=dict, repr=False)
    request_headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    websocket_headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    web_url: str = "https://www.tiktok.com"
    webcast_url: str = "https://webcast.tiktok.com/webcast/"
    socket_url: str = "wss://webcast-ws.tiktok.com/webcast/im/ws_proxy/ws_reuse_supplement/"
    proxy: str | None = field(default=None, repr=False)
    cookies: Mapping[str, str] = field(default_factory=dict, repr=False)
    sign_url: str | None = None
    sign_key: str | None = field(default=None, repr=False)
    sign_path: str = "/webcast/rooms/{room_id}/connect"
    impersonate: str = ""
    language: str = "en"
    region: str = "US"
    timezone: str = "Etc/UTC"
    browser_url: str | None = None
    browser_max_tabs: int = 3
    connect_timeout_s: float = 10.0
    stale_timeout_s: float = 60.0
    streak_timeout_s: float = 15.0

    def __post_init__(self) -> None:
        for check, names in _CHECKS:
            for name in names:
                _check(name, check, getattr(self, name))
        check_transports(self.transports)
        _check("impersonate", check_impersonate, self.impersonate)
        _check("cookies", check_cookies, self.cookies)
        _check("language", check_language, self.language)
        _check("region", check_region, self.region)
        _check("timezone", check_timezone, self.timezone)
        for name, checks in _CHECKS_UNLESS_NONE.items():
            if (value := getattr(self, name)) is not None:
                for check_value in checks:
                    _check(name, check_value, value)
        _check("sign_path", check_sign_path, self.sign_path)
        if self.sign_key and self.sign_url and not keeps_secrets(self.sign_url):
            raise ValueError("sign_url must begin with https://, so that nobody can read sign_key on the way")
        if self.cookies and not all(map(keeps_secrets, (self.web_url, self.webcast_url, self.socket_url))):
            raise ValueError("web_url, webcast_url and socket_url must use TLS, so that nobody can read the cookies")
        if not self.usable_transports:
            raise ValueError("transports must name a usable one: signed needs sign_key, browser needs browser_url")

    @property
    def locale(self) -> Locale:
        """Where the requests claim to come from."""
        return Locale(self.language, self.region, self.timezone)

    @property
    def usable_transports(self) -> list[str]:
        """The transports in their order, without those that lack what they use.

        `signed` needs `sign_key` or `sign_url`, `browser` needs `browser_url`; then `browser` is the last one if
        `transports` does not name it.
        """
        usable = {"direct", "polling"}
        if self.sign_key or self.sign_url:
            usable.add("signed")
        if self.browser_url:
            usable.add("browser")
        return [name for name in dict.fromkeys((*self.transports, "browser")) if name in usable]


_HTTP: Final = ("https", "http")
# By check: the names of the options. Those that are more than a type and a range follow in Options.
_CHECKS: Final[tuple[tuple[Callable[[Any], None], tuple[str, ...]], ...]] = (
    (
        check_flag,
        (
            "process_initial_data",
            "fetch_room_info_on_connect",
            "enable_extended_gift_info",
            "enable_websocket_upgrade",
            "reconnect",
        ),
    ),
    (
        check_time,
        ("request_polling_interval_ms", "watch_interval_s", "connect_timeout_s", "stale_timeout_s", "streak_timeout_s"),
    ),
    (check_count, ("browser_max_tabs",)),
    (check_id, ("user_id", "room_id")),
    (check_text, ("sign_path", "impersonate", "language", "region", "timezone")),
    (check_list, ("transports",)),
    (check_params, ("client_params",)),
    (check_headers, ("request_headers", "websocket_headers")),
    (partial(check_url, schemes=_HTTP), ("web_url", "webcast_url")),
    (partial(check_url, schemes=("wss", "ws")), ("socket_url",)),
)
# By the name of an option that may be None: its checks.
_CHECKS_UNLESS_NONE: Final[dict[str, tuple[Callable[[Any], object], ...]]] = {
    "sign_url": (partial(check_url, schemes=_HTTP),),
    "browser_url": (partial(check_url, schemes=_HTTP),),
    "proxy": (check_text, parse_proxy),
    "sign_key": (check_text, check_sign_key),
}


def _check(name: str, check: Callable[[Any], object], value: Any) -> None:
    """Run `check` and put the name of the option in front of its message."""
    try:
        check(value)
    except ValueError as error:
        raise ValueError(f"{name} {error}") from None
