"""Those options of a connection that tests/webcast/test_client.py does not cover."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.helpers import until
from tests.webcast.conftest import ClientOf
from tests.webcast.rig import EventLog, connected, live_page, urls
from tests.webcast.site import Site
from tiktok2mqtt.common.errors import AgeRestricted, NetworkError, SchemaError
from tiktok2mqtt.simulator import Room, Simulator
from tiktok2mqtt.webcast.client import WebcastPushConnection
from tiktok2mqtt.webcast.net.options import Options

ROOM_ID = "7286184560900803334"
EXTENDED_KEYS = {
    "describe",
    "diamond_count",
    "duration_ms",
    "icon",
    "id",
    "image",
    "is_broadcast_gift",
    "is_displayed_on_panel",
    "is_effect_befview",
    "item_type",
    "name",
    "type",
    "type_name",
}
# A gift message of three roses that says nothing of the gift but its id.
BARE_ROSES = b"\x10\x97\x2c\x28\x03\x48\x01"


TIMES = ("request_polling_interval_ms", "watch_interval_s", "connect_timeout_s", "stale_timeout_s", "streak_timeout_s")
TEXTS = ("proxy", "sign_key", "sign_path", "impersonate", "language", "region", "timezone")


def test_defaults() -> None:
    assert {option.name: getattr(Options(), option.name) for option in fields(Options)} == {
        "process_initial_data": True,
        "fetch_room_info_on_connect": True,
        "user_id": None,
        "room_id": None,
        "enable_extended_gift_info": False,
        "enable_websocket_upgrade": True,
        "reconnect": False,
        "watch_interval_s": 60.0,
        "request_polling_interval_ms": 1000,
        "transports": ("direct", "signed", "polling"),
        "client_params": {},
        "request_headers": {},
        "websocket_headers": {},
        "web_url": "https://www.tiktok.com",
        "webcast_url": "https://webcast.tiktok.com/webcast/",
        "socket_url": "wss://webcast-ws.tiktok.com/webcast/im/ws_proxy/ws_reuse_supplement/",
        "sign_url": None,
        "sign_key": None,
        "sign_path": "/webcast/rooms/{room_id}/connect",
        "proxy": None,
        "cookies": {},
        "impersonate": "",
        "browser_url": None,
        "browser_max_tabs": 3,
        "connect_timeout_s": 10.0,
        "stale_timeout_s": 60.0,
        "streak_timeout_s": 15.0,
        "language": "en",
        "region": "US",
        "timezone": "Etc/UTC",
    }
    assert WebcastPushConnection("alice").options == Options()


@pytest.mark.parametrize(
    ("browser", "words"), [("lynx", "must be empty or chrome"), ("chrome", r"pip install '\.\[impersonate\]'")]
)
def test_a_browser_that_cannot_be_impersonated(browser: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tiktok2mqtt.webcast.net.options.find_spec", lambda _name: None)
    with pytest.raises(ValueError, match=rf"^impersonate must .*{words.removeprefix('must ')}"):
        Options(impersonate=browser)


def test_the_repr_shows_no_secret() -> None:
    shown = repr(
        Options(
            proxy="http://alice:hunter2@127.0.0.1:3128",
            cookies={"sessionid": "hunter3"},
            sign_key="hunter4",
            client_params={"token": "hunter5"},
            request_headers={"X-Token": "hunter6"},
            websocket_headers={"X-Token": "hunter7"},
        )
    )
    assert "proxy=" not in shown
    assert "sign_key=" not in shown
    assert "cookies=" not in shown
    assert "hunter" not in shown


# --- transports, enable_websocket_upgrade, request_polling_interval_ms ---


def test_a_room_is_polled_when_polling_is_the_only_transport(client_of: ClientOf, room: Room) -> None:
    client = client_of(transports=["polling"])
    heard = EventLog(client)
    assert client.connect().transport == "polling"
    room.chat("bob", "hi")
    assert heard.wait("chat")["source"] == "polling"
    assert room.clients == 0


@pytest.mark.parametrize(("names", "sentence"), [(("direct", "carrier"), "'carrier'"), ((), "one or more")])
def test_unknown_or_missing_transports_are_an_error(names: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        WebcastPushConnection("alice", transports=names)


@pytest.mark.parametrize(
    ("options", "usable"),
    [
        ({}, ["direct", "polling"]),
        ({"sign_key": "k"}, ["direct", "signed", "polling"]),
        ({"sign_url": "http://127.0.0.1:1"}, ["direct", "signed", "polling"]),
        ({"sign_key": "k", "transports": ("signed",)}, ["signed"]),
        ({"browser_url": "http://127.0.0.1:1"}, ["direct", "polling", "browser"]),
        ({"browser_url": "http://127.0.0.1:1", "transports": ("browser", "direct")}, ["browser", "direct"]),
        ({"transports": ("browser", "direct")}, ["direct"]),
    ],
)
def test_signed_and_browser_are_skipped_without_what_they_use(options: dict[str, Any], usable: list[str]) -> None:
    assert Options(**options).usable_transports == usable


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            {"transports": ["signed"]},
            "transports must name a usable one: signed needs sign_key, browser needs browser_url",
        ),
        ({"sign_key": "hunter 2"}, "sign_key must be 1 to 512 visible ASCII characters without blanks"),
        ({"sign_path": "connect"}, "sign_path must be a path that begins with /"),
    ],
)
def test_wrong_sign_options_are_an_error(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence) as caught:
        WebcastPushConnection("alice", **options)
    assert "hunter" not in str(caught.value)


@pytest.mark.parametrize(
    "options",
    [
        {"sign_key": "hunter2", "sign_url": "http://provider.example"},
        {"cookies": {"sessionid": "hunter2"}, "web_url": "http://www.example"},
        {"cookies": {"sessionid": "hunter2"}, "webcast_url": "http://10.0.0.1/webcast/"},
        {"cookies": {"sessionid": "hunter2"}, "socket_url": "ws://socket.example"},
    ],
)
def test_a_secret_is_not_sent_without_tls(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"must (begin with https|use TLS)") as caught:
        Options(**options)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("transports", "polling", r"must be a list, such as \['polling'\]"),
        *((name, value, "must be a number above 0") for name in TIMES for value in (0, -1.0, float("nan"), "5", True)),
        ("transports", None, "must be a list"),
        *((name, 5, "must be a text, not a int") for name in TEXTS),
        ("cookies", "sessionid=1", "must be a mapping"),
        ("cookies", {"sessionid": 1}, "must be names and values as texts; number 1 is not"),
        ("browser_max_tabs", 0, "must be an integer above 0"),
        ("browser_max_tabs", 1.5, "must be an integer above 0"),
        ("process_initial_data", "no", "must be True or False, not a str"),
        ("reconnect", 1, "must be True or False, not a int"),
        ("request_headers", {"X-Y": 7}, "must have texts as values; that of X-Y is a int"),
        ("websocket_headers", {"X-Y": "a\r\nX-Z: b"}, "that of X-Y has one"),
        ("request_headers", {"X-Y": "a\nb"}, "that of X-Y has one"),
        ("request_headers", {"X-Y": "\u20ac"}, "that of X-Y has one"),
        ("request_headers", {"X-Y:": "a"}, "must have names of"),
        ("websocket_headers", {"Host\n": "a"}, "must have names of"),
        ("request_headers", {"X-Y": "a", "x-y": "b"}, "must have each name once"),
        ("request_headers", ["X-Y"], "must be a mapping"),
        ("client_params", {"aid": None}, "must have texts or numbers"),
        ("client_params", "aid=7", "must be a mapping"),
        ("web_url", "www.tiktok.com", "must begin with https:// or http://"),
        ("socket_url", "https://www.tiktok.com", "must begin with wss:// or ws://"),
        ("sign_url", "provider.example", "must begin with https://"),
        ("browser_url", "127.0.0.1:9222", "must begin with https://"),
    ],
)
def test_a_bad_value_is_refused_with_the_name_of_its_option(option: str, value: Any, sentence: str) -> None:
    with pytest.raises(ValueError, match=rf"^{option} .*{sentence}"):
        Options(**{option: value})


@pytest.mark.parametrize("upgrade", [True, False])
def test_an_offered_socket_is_used_only_when_enabled(upgrade: bool) -> None:
    with Simulator(fetch="upgrade") as sim:
        room = sim.room("alice")
        room.go_live()
        options = urls(sim) | {"transports": ("polling",), "enable_websocket_upgrade": upgrade}
        with WebcastPushConnection("alice", **options) as client:
            sockets: list[object] = []
            client.on("websocket_connected", sockets.append)
            heard = EventLog(client)
            client.connect()
            if upgrade:
                room.wait_for_client()
            room.chat("bob", "hi")
            assert heard.wait("chat")["source"] == "polling"
            assert (room.clients, len(sockets)) == (int(upgrade), int(upgrade))
    sim.check()


def test_polls_keep_the_polling_interval(sim: Simulator, client_of: ClientOf, room: Room) -> None:
    client = client_of(transports=("polling",), request_polling_interval_ms=1500)
    assert client.connect().room_id == str(room.state.room_id)

    def times() -> list[float]:
        return [request.when for request in sim.requests if request.path == "/webcast/im/fetch/"]

    until(lambda: len(times()) == 2)
    first, second = times()
    # The simulator asks for at least one second.
    assert second - first >= 1.45


# --- process_initial_data ---


@pytest.mark.parametrize(("process", "emitted"), [(True, 5), (False, 2)])
def test_gifts_of_the_history_are_emitted_only_when_it_is_processed(
    client_of: ClientOf, room: Room, process: bool, emitted: int
) -> None:
    room.gift("bob", "Rose", 3)
    room.remember(10)
    heard = connected(client_of(process_initial_data=process), room)
    room.gift("bob", "Rose", 2)
    until(lambda: [gift["replayed"] for gift in heard.all("gift")][-1:] == [False])
    assert sum(gift["delta"] for gift in heard.all("gift")) == emitted


@pytest.mark.parametrize("process", [True, False])
def test_history_at_a_reconnect_is_emitted_once(client_of: ClientOf, room: Room, process: bool) -> None:
    client = client_of(process_initial_data=process)
    heard = connected(client, room)
    room.remember(100)
    for count in (1, 2, 3):
        room.gift("bob", "Rose", 2)
        room.gift("carol", "Galaxy")
        heard.wait("gift", 2 * count)
        room.drop_socket()
        heard.wait("disconnected", count)
        until(lambda: not client.busy)
        client.connect()
        room.wait_for_client()
    room.chat("bob", "done")
    heard.wait("chat")
    assert [gift["delta"] for gift in heard.all("gift")] == [2, 1] * 3
    assert sum(gift["delta"] * gift["gift"]["diamond_count"] for gift in heard.all("gift")) == room.counters.diamonds


# --- fetch_room_info_on_connect ---


def test_a_room_that_its_info_refuses_is_connected_without_the_info(client_of: ClientOf, room: Room) -> None:
    room.restrict_age()
    with pytest.raises(AgeRestricted):
        client_of().connect()
    client = client_of(fetch_room_info_on_connect=False)
    connected(client, room)
    assert client.get_state().room_info is None


def test_the_state_has_the_room_info(client_of: ClientOf, room: Room) -> None:
    room.like("bob", 15)
    info = client_of().connect().room_info
    assert info is not None
    assert (info.live, info.title, info.viewers, info.likes) == (True, "Pottery", room.counters.viewers, 15)
    assert info.followers == room.state.followers
    assert info.started_at_s == int(room.state.started_at)
    assert str(info.cover).startswith("https://")
    # Some hundred kilobytes for each room.
    assert info.raw is None


# --- enable_extended_gift_info ---


def test_each_gift_event_has_the_extended_gift_info(client_of: ClientOf, room: Room) -> None:
    heard = connected(client_of(enable_extended_gift_info=True), room)
    room.gift("bob", "Rose")
    heard.wait("gift")
    for event in heard.all("gift_streak") + heard.all("gift"):
        info = event["extended_gift_info"]
        assert set(info) == EXTENDED_KEYS
        assert set(info["icon"]) == set(info["image"]) == {"avg_color", "is_animated", "url_list"}
        assert (info["id"], info["name"], info["diamond_count"], info["type"]) == ("5655", "Rose", 1, 1)


@pytest.mark.parametrize(
    ("enabled", "name", "diamonds"), [(True, "Rose", 3), (False, None, None)], ids=["listed", "unlisted"]
)
def test_the_gift_list_completes_a_message(
    client_of: ClientOf, room: Room, enabled: bool, name: str | None, diamonds: int | None
) -> None:
    heard = connected(client_of(enable_extended_gift_info=enabled), room)
    room.send("WebcastGiftMessage", BARE_ROSES)
    gift = heard.wait("gift")
    assert (gift["gift"]["name"], gift["count"], gift["diamonds"]) == (name, 3, diamonds)


@pytest.mark.parametrize("enabled", [True, False])
def test_the_gift_list_is_requested_once_per_live_or_never(
    sim: Simulator, client_of: ClientOf, room: Room, enabled: bool
) -> None:
    client = client_of(enable_extended_gift_info=enabled)
    for _ in range(2):
        connected(client, room)
        client.disconnect()
    assert [request.path for request in sim.requests].count("/webcast/gift/list/") == int(enabled)


# --- client_params, request_headers, websocket_headers ---


@pytest.fixture
def site() -> Iterator[Site]:
    """A service where alice is live, which sets a cookie and refuses every connection."""
    site = Site()
    site.answers = {
        "/@alice/live": (200, {}, live_page(ROOM_ID)),
        "/api-live/user/room": (404, {}, b""),
        "/@alice": (200, {"Set-Cookie": "ttwid=1; Path=/"}, b""),
        "/webcast/room/info/": (200, {}, b'{"status_code":0,"data":{"status":2}}'),
        "/webcast/gift/list/": (200, {}, b'{"data":{"gifts":[]}}'),
        "/socket/": (500, {}, b""),
        "/webcast/im/fetch/": (500, {}, b""),
    }
    yield site
    site.close()


def asked(site: Site, **options: Any) -> dict[str, tuple[dict[str, list[str]], dict[str, str]]]:
    """Try to connect to alice; return the requests: path -> query, headers."""
    socket_url = site.url.replace("http:", "ws:") + "/socket/"
    urls: dict[str, Any] = {"web_url": site.url, "webcast_url": f"{site.url}/webcast/", "socket_url": socket_url}
    with WebcastPushConnection("alice", enable_extended_gift_info=True, **urls, **options) as client:
        with pytest.raises(NetworkError):
            client.connect()
        site.answers["/@alice/live"] = (404, {}, b"")
        with pytest.raises(SchemaError):
            client.resolve()
    parts = [(urlsplit(path), headers) for path, headers in site.journal]
    return {url.path: (parse_qs(url.query), headers) for url, headers in parts}


PAGES = ("/@alice/live", "/@alice")
CALLS = (
    *("/api-live/user/room", "/webcast/room/info/", "/webcast/gift/list/", "/webcast/im/fetch/"),
    "/webcast/room/info_by_user/",
)
SOCKET = ("/socket/",)


@pytest.mark.parametrize(
    ("option", "paths"),
    [("request_headers", PAGES + CALLS), ("websocket_headers", SOCKET)],
    ids=["request_headers", "websocket_headers"],
)
def test_headers_override_ours_in_requests_or_sockets(site: Site, option: str, paths: tuple[str, ...]) -> None:
    seen = asked(site, **{option: {"X-Test": "1", "Accept-Language": "de-DE"}})
    assert set(seen) == set(PAGES + CALLS + SOCKET)
    for path, (_, headers) in seen.items():
        assert headers.get("x-test") == ("1" if path in paths else None)
        assert (headers["accept-language"] == "de-DE") is (path in paths)
        assert headers["user-agent"].startswith("Mozilla/5.0")


@pytest.mark.parametrize(("option", "paths"), [("request_headers", PAGES + CALLS), ("websocket_headers", SOCKET)])
def test_headers_replace_ours_whatever_their_case(site: Site, option: str, paths: tuple[str, ...]) -> None:
    counts: dict[str, int] = {}

    def counting(path: str, answer: Any) -> Any:
        def respond(request: Any) -> None:
            counts[path] = len(request.headers.get_all("User-Agent"))
            status, headers, body = answer
            request.send_response_only(status)
            for name, value in headers.items():
                request.send_header(name, value)
            request.end_headers()
            request.wfile.write(body)

        return respond

    site.answers = {path: counting(path, answer) for path, answer in site.answers.items()}
    seen = asked(site, **{option: {"user-agent": "Mine"}})
    assert set(counts.values()) == {1}
    assert {path for path, (_, headers) in seen.items() if headers["user-agent"] == "Mine"} == set(paths)


def test_cookies_of_headers_are_sent_together_with_ours(site: Site) -> None:
    headers = {"cookie": "sessionid=theirs; mine=1"}
    options = {"request_headers": headers, "websocket_headers": {"COOKIE": "ttwid=own; extra=2"}}
    seen = asked(site, cookies={"sessionid": "ours", "tt-target-idc": "x"}, **options)

    def cookies(path: str) -> set[str]:
        return set(seen[path][1]["cookie"].split("; "))

    expected = {"sessionid=theirs", "mine=1", "tt-target-idc=x"}
    assert cookies("/@alice/live") >= expected
    # The page before it has set a ttwid.
    assert cookies("/webcast/im/fetch/") == expected | {"ttwid=1"}
    assert cookies("/socket/") == {"ttwid=own", "sessionid=ours", "tt-target-idc=x", "extra=2"}


def test_client_params_override_ours_in_every_call(site: Site) -> None:
    seen = asked(site, client_params={"x_test": "1", "aid": "7"})
    for path, (query, _) in seen.items():
        assert query.get("x_test") == (None if path in PAGES else ["1"])
        assert query.get("aid") == (None if path in PAGES else ["7"])
        # The room is never overridden.
        if path == "/api-live/user/room":
            assert query["uniqueId"] == ["alice"]
        elif path == "/webcast/room/info_by_user/":
            assert query["unique_id"] == ["alice"]
        elif path not in PAGES:
            assert query["room_id"] == [ROOM_ID]


@pytest.mark.parametrize("option", ["user_id", "room_id"])
@pytest.mark.parametrize("value", ["", "0", "-1", "abc", "9223372036854775808", 7])
def test_what_is_no_id_of_tiktok_is_refused(option: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"^{option} must be a number of at most 19 digits"):
        Options(**{option: value})
    given: dict[str, Any] = {option: "9223372036854775807"}
    assert getattr(Options(**given), option) == "9223372036854775807"
