"""The browser that the requests of a room claim to come from: its headers and client parameters.

Source: protocol reference, section 2 (HTTP) and section 3 (socket).
"""

import random
import re
import secrets
from dataclasses import dataclass, field
from typing import Final, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


@dataclass(frozen=True, slots=True)
class Browser:
    """A desktop browser: its User-Agent, and what its pages report as `navigator.platform` and as system."""

    user_agent: str
    platform: str
    os: str

    @property
    def is_chrome(self) -> bool:
        """Whether it is a Chrome, and not a Firefox."""
        return "Chrome/" in self.user_agent


# What most people use, as of November 2026: Debian ships Chromium 156, and 153 is the long-term version of Firefox.
# Browsers report fixed versions of their systems. To be renewed twice a year.
_CHROME: Final = "Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}.0.0.0 Safari/537.36"
_FIREFOX: Final = "Mozilla/5.0 ({system}; rv:{version}.0) Gecko/20100101 Firefox/{version}.0"
_WINDOWS: Final = ("Windows NT 10.0; Win64; x64", "Win32", "windows")
_LINUX: Final = ("X11; Linux x86_64", "Linux x86_64", "linux")
BROWSERS: Final = tuple(
    Browser(pattern.format(system=system, version=version), platform, os)
    for pattern, version, (system, platform, os) in (
        (_CHROME, 156, _WINDOWS),
        (_CHROME, 155, _WINDOWS),
        (_CHROME, 156, ("Macintosh; Intel Mac OS X 10_15_7", "MacIntel", "mac")),
        (_CHROME, 156, _LINUX),
        (_FIREFOX, 153, _WINDOWS),
        (_FIREFOX, 153, ("Macintosh; Intel Mac OS X 10.15", "MacIntel", "mac")),
        (_FIREFOX, 153, _LINUX),
    )
)


_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}")
_REGION: Final = re.compile(r"[A-Z]{2}")
_TIMEZONE: Final = re.compile(r"[A-Za-z0-9_+-]{1,32}(/[A-Za-z0-9_+-]{1,32}){0,2}")


def check_language(language: str) -> None:
    """Raise ValueError unless it looks like a language tag."""
    if not _LANGUAGE.fullmatch(language):
        raise ValueError("must be a language such as en, de or pt-BR")


def check_region(region: str) -> None:
    """Raise ValueError unless it looks like a country code."""
    if not _REGION.fullmatch(region):
        raise ValueError("must be a country of two capital letters, such as US or DE")


def check_timezone(name: str) -> None:
    """Raise ValueError unless it is the name of a time zone, as far as the system knows them."""
    if not _TIMEZONE.fullmatch(name) or (_is_timezone("Etc/UTC") and not _is_timezone(name)):
        raise ValueError("must be a time zone such as Europe/Berlin or Etc/UTC")


def _is_timezone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


@dataclass(frozen=True, slots=True)
class Locale:
    """Where the browser is: a language tag, a country, and an IANA time zone. TikTok names gifts in the language."""

    language: str = "en"
    region: str = "US"
    timezone: str = "Etc/UTC"

    @property
    def tag(self) -> str:
        """The language with its region."""
        return self.language if "-" in self.language else f"{self.language}-{self.region}"

    @property
    def accept_language(self) -> str:
        """The header Accept-Language."""
        base = self.language.partition("-")[0]
        return f"{self.tag},{base};q=0.9" + ("" if base == "en" else ",en;q=0.8")


_DEFAULT_LOCALE: Final = Locale()


def _device_id() -> str:
    return str(10**18 + secrets.randbelow(9 * 10**18))


@dataclass(frozen=True, slots=True)
class Identity:
    """One made-up installation of a browser: which one, its 19-digit device id, and where it is."""

    browser: Browser = field(default_factory=lambda: secrets.choice(BROWSERS))
    device_id: str = field(default_factory=_device_id)
    locale: Locale = _DEFAULT_LOCALE

    @classmethod
    def new(cls, locale: Locale, *, only_chrome: bool) -> Self:
        """Return a new one. A TLS handshake that looks like Chrome's needs `only_chrome`."""
        browsers = [browser for browser in BROWSERS if browser.is_chrome or not only_chrome]
        return cls(secrets.choice(browsers), locale=locale)

    @property
    def user_agent(self) -> str:
        """The User-Agent of the browser."""
        return self.browser.user_agent

    def headers(self, web_url: str, *, same_origin: bool = False) -> dict[str, str]:
        """Return the headers of every HTTP request to TikTok: `same_origin` if it goes to the host of `web_url`.

        Sec-Fetch: as other clients send them in 2026, who take each request for one that a script makes.
        """
        return {
            "User-Agent": self.user_agent,
            "Accept": "text/html,application/json,application/protobuf",
            "Accept-Language": self.locale.accept_language,
            "Accept-Encoding": "gzip, deflate",
            "Referer": web_url + "/",
            "Origin": web_url,
            "Sec-Fetch-Site": "same-origin" if same_origin else "same-site",
            "Sec-Fetch-Mode": "cors",
            "Sec-Fetch-Dest": "empty",
        }

    def _browser(self) -> dict[str, str]:
        locale = self.locale
        return {
            "aid": "1988",
            "app_name": "tiktok_web",
            "app_language": locale.language,
            "browser_language": locale.tag,
            "browser_name": "Mozilla",
            "browser_online": "true",
            "browser_platform": self.browser.platform,
            "browser_version": self.user_agent.removeprefix("Mozilla/"),
            "cookie_enabled": "true",
            "screen_width": "1920",
            "screen_height": "1080",
            "tz_name": locale.timezone,
            "webcast_language": locale.language,
        }

    def http_params(self) -> dict[str, str]:
        """Return the client parameters of a webcast call."""
        return self._browser() | {
            "device_platform": "web_pc",
            "device_id": self.device_id,
            "channel": "tiktok_web",
            "focus_state": "true",
            "from_page": "user",
            "history_len": "4",
            "is_fullscreen": "false",
            "is_page_visible": "true",
            "os": self.browser.os,
            "region": self.locale.region,
            "priority_region": "",
            "user_is_login": "false",
            "data_collection_enabled": "false",
            "referer": "",
            "root_referer": "",
        }

    def socket_params(self, room_id: str) -> dict[str, str]:
        """Return the query of the direct socket of a room.

        Browsers do not send their region here, other clients do.
        """
        region = {"region": self.locale.region} if self.locale.region != _DEFAULT_LOCALE.region else {}
        return (
            self._browser()
            | region
            | {
                "version_code": "180800",
                "device_platform": "web",
                "sup_ws_ds_opt": "1",
                "update_version_code": "2.0.0",
                "compress": "gzip",
                "ws_direct": "1",
                "live_id": "12",
                "client_enter": "1",
                "room_id": room_id,
                "identity": "audience",
                "history_comment_count": "6",
                "last_rtt": str(random.randint(100, 200)),  # noqa: S311 - a plausible round trip in ms, no secret
                "heartbeat_duration": "10000",
                "resp_content_type": "protobuf",
                "did_rule": "3",
            }
        )
