import re
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

import pytest

from tiktok2mqtt.webcast.net import identity
from tiktok2mqtt.webcast.net.identity import (
    BROWSERS,
    Browser,
    Identity,
    Locale,
    check_language,
    check_region,
    check_timezone,
)

CHROME = Browser("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36", "Linux x86_64", "linux")
ALICE = Identity(CHROME, "7286184560900803334")

# Protocol reference, section 2, "Common query parameters".
HTTP_PARAMS = {
    "aid": "1988",
    "app_name": "tiktok_web",
    "app_language": "en",
    "browser_language": "en-US",
    "browser_name": "Mozilla",
    "browser_online": "true",
    "browser_platform": "Linux x86_64",
    "browser_version": "5.0 (X11; Linux x86_64) AppleWebKit/537.36",
    "cookie_enabled": "true",
    "device_platform": "web_pc",
    "channel": "tiktok_web",
    "focus_state": "true",
    "from_page": "user",
    "history_len": "4",
    "is_fullscreen": "false",
    "is_page_visible": "true",
    "screen_width": "1920",
    "screen_height": "1080",
    "tz_name": "Etc/UTC",
    "region": "US",
    "priority_region": "",
    "os": "linux",
    "webcast_language": "en",
    "user_is_login": "false",
    "data_collection_enabled": "false",
    "referer": "",
    "root_referer": "",
    "device_id": "7286184560900803334",
}

# Protocol reference, section 3, "Direct, anonymous"; last_rtt is drawn.
SOCKET_PARAMS = {
    "version_code": "180800",
    "device_platform": "web",
    "cookie_enabled": "true",
    "screen_width": "1920",
    "screen_height": "1080",
    "browser_language": "en-US",
    "browser_platform": "Linux x86_64",
    "browser_name": "Mozilla",
    "browser_version": "5.0 (X11; Linux x86_64) AppleWebKit/537.36",
    "browser_online": "true",
    "tz_name": "Etc/UTC",
    "app_name": "tiktok_web",
    "sup_ws_ds_opt": "1",
    "update_version_code": "2.0.0",
    "compress": "gzip",
    "webcast_language": "en",
    "ws_direct": "1",
    "aid": "1988",
    "live_id": "12",
    "app_language": "en",
    "client_enter": "1",
    "room_id": "7",
    "identity": "audience",
    "history_comment_count": "6",
    "heartbeat_duration": "10000",
    "resp_content_type": "protobuf",
    "did_rule": "3",
}


def test_http_params() -> None:
    assert ALICE.http_params() == HTTP_PARAMS


def test_socket_params() -> None:
    params = ALICE.socket_params("7")
    assert 100 <= int(params.pop("last_rtt")) <= 200
    assert params == SOCKET_PARAMS


@pytest.mark.parametrize(
    ("locale", "tag", "accepted"),
    [
        (Locale(), "en-US", "en-US,en;q=0.9"),
        (Locale("en", "GB"), "en-GB", "en-GB,en;q=0.9"),
        (Locale("de", "AT"), "de-AT", "de-AT,de;q=0.9,en;q=0.8"),
        (Locale("pt-BR", "PT"), "pt-BR", "pt-BR,pt;q=0.9,en;q=0.8"),
    ],
)
def test_a_locale(locale: Locale, tag: str, accepted: str) -> None:
    made = Identity(CHROME, "7", locale)
    for params in (made.http_params(), made.socket_params("7")):
        assert (params["app_language"], params["webcast_language"]) == (locale.language, locale.language)
        assert (params["browser_language"], params["tz_name"]) == (tag, locale.timezone)
        assert params.get("region", "US") == locale.region
    assert made.headers("")["Accept-Language"] == accepted


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (
            check_language,
            ("en", "de", "pt-BR", "zh-Hant-TW", "fil"),
            ("", "e", "EN", "english", "de_DE", "en&a=b"),
        ),
        (check_region, ("US", "DE"), ("", "us", "USA", "U1")),
        (
            check_timezone,
            ("Etc/UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+5"),
            ("", "Europe/Nowhere", "../../etc/passwd", "/etc/passwd", "Europe/Berlin&a=b"),
        ),
    ],
)
def test_what_a_locale_may_be(check: Any, good: tuple[str, ...], bad: tuple[str, ...]) -> None:
    for value in good:
        check(value)
    for value in bad:
        with pytest.raises(ValueError, match=r"^must be a "):
            check(value)


def test_a_system_without_time_zones_accepts_any_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_name: str) -> None:
        raise ZoneInfoNotFoundError

    monkeypatch.setattr(identity, "ZoneInfo", missing)
    check_timezone("Europe/Nowhere")


def test_the_round_trip_time_varies() -> None:
    assert len({ALICE.socket_params("7")["last_rtt"] for _ in range(100)}) > 1


@pytest.mark.parametrize(("same_origin", "site"), [(False, "same-site"), (True, "same-origin")])
def test_headers(site: str, *, same_origin: bool) -> None:
    assert ALICE.headers("https://www.tiktok.com", same_origin=same_origin) == {
        "User-Agent": CHROME.user_agent,
        "Accept": "text/html,application/json,application/protobuf",
        "Accept-Language": "en-US,en;q=0.9",
        "Accept-Encoding": "gzip, deflate",
        "Referer": "https://www.tiktok.com/",
        "Origin": "https://www.tiktok.com",
        "Sec-Fetch-Site": site,
        "Sec-Fetch-Mode": "cors",
        "Sec-Fetch-Dest": "empty",
    }


def test_device_ids_are_nineteen_random_digits() -> None:
    ids = [Identity().device_id for _ in range(50)]
    assert len(set(ids)) == 50
    assert all(len(device_id) == 19 and device_id.isdigit() and device_id[0] != "0" for device_id in ids)


SYSTEMS = {"windows": ("Windows NT", "Win32"), "mac": ("Macintosh", "MacIntel"), "linux": ("X11", "Linux x86_64")}


@pytest.mark.parametrize("browser", BROWSERS, ids=str)
def test_the_parameters_match_the_user_agent(browser: Browser) -> None:
    params = Identity(browser).http_params()
    assert f"Mozilla/{params['browser_version']}" == browser.user_agent
    system, platform = SYSTEMS[params["os"]]
    assert system in browser.user_agent
    assert params["browser_platform"] == Identity(browser).socket_params("7")["browser_platform"] == platform


def test_the_browsers_are_current_and_of_every_system() -> None:
    found = [re.search(r"(Chrome|Firefox)/([0-9]+)", browser.user_agent) for browser in BROWSERS]
    versions = {(match[1], browser.os): int(match[2]) for browser, match in zip(BROWSERS, found, strict=True) if match}
    assert versions.keys() == {(name, system) for name in ("Chrome", "Firefox") for system in SYSTEMS}
    assert all(version >= {"Chrome": 147, "Firefox": 150}[name] for (name, _), version in versions.items())


def test_browsers_vary() -> None:
    made = [Identity.new(Locale(), only_chrome=False) for _ in range(200)]
    assert len({one.browser for one in made}) == len(BROWSERS)


def test_a_handshake_of_chrome_comes_with_a_chrome() -> None:
    assert all(Identity.new(Locale(), only_chrome=True).browser.is_chrome for _ in range(100))
