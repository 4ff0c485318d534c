from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
import requests
import websocket

from tests.simulator.client import HEADERS, Client, blob, fields, integer
from tiktok2mqtt.simulator import Simulator
from tiktok2mqtt.simulator.provider import request_faults

QUERY = {"client": "ttlive-other", "user_agent": HEADERS["User-Agent"], "client_enter": "true", "platform": "web"}
# Real clients of the provider send only their own name.
CLIENT = {"User-Agent": "some-client/1"}


def connect(sim: Simulator, room_id: str, headers: dict[str, str] | None = None, **query: str) -> requests.Response:
    """Ask the provider for the socket of a room."""
    url = f"{sim.sign_url}/webcast/rooms/{room_id}/connect"
    return requests.get(url, params=QUERY | query, headers=CLIENT | (headers or {}), timeout=5)


def route(fetch: bytes) -> dict[str, str]:
    """Return the route parameters of a fetch response."""
    entries = [entry for entry in fields(fetch)[7] if isinstance(entry, bytes)]
    return {blob(entry, 1).decode(): blob(entry, 2).decode() for entry in entries}


def signed_query(fetch: bytes, **more: str) -> str:
    query = {"cursor": blob(fetch, 2).decode(), "internal_ext": blob(fetch, 5).decode(), "compress": "gzip"}
    return urlencode(query | route(fetch) | more) + "&version_code=270000&room_id="


def ttwid_of(response: requests.Response) -> str:
    found = re.match(r"ttwid=([^;]+); msToken=[\w-]+; Path=/; ", response.headers["X-Set-TT-Cookie"])
    assert found is not None
    return found[1]


def test_the_response_has_socket_cookie_and_history(sim: Simulator) -> None:
    room = sim.room("alice")
    room_id = room.go_live()
    room.chat("bob", "old")
    room.remember(1)
    response = connect(sim, room_id)
    assert (response.status_code, response.headers["X-Room-Id"]) == (200, room_id)
    assert response.headers["X-Request-Id"]
    assert response.headers["X-Agent-Id"]
    assert ttwid_of(response)
    fetch = response.content
    assert (blob(fetch, 10).decode(), set(route(fetch))) == (sim.socket_url, {"imprp", "wrss"})
    assert (blob(fetch, 1, 2, 3), integer(fetch, 1, 6), integer(fetch, 11)) == (b"old", 1, 1)


@pytest.mark.parametrize("path", ["/webcast/fetch", "/webcast/fetch/", "/webcast/rooms/{}/connect/"])
def test_the_older_path_and_a_trailing_slash_work(sim: Simulator, path: str) -> None:
    room_id = sim.room("alice").go_live()
    params = QUERY | {"room_id": room_id}
    response = requests.get(sim.sign_url + path.format(room_id), params=params, headers=CLIENT, timeout=5)
    assert (response.status_code, blob(response.content, 10).decode()) == (200, sim.socket_url)


def test_the_socket_continues_after_the_first_response(sim: Simulator) -> None:
    room = sim.room("alice")
    room_id = room.go_live()
    room.remember(10)
    room.chat("bob", "old")
    response = connect(sim, room_id)
    room.chat("bob", "meanwhile")
    with Client(sim, room_id, ttwid_of(response), signed_query(response.content)) as client:
        client.enter()
        (message,) = client.messages()
        assert (blob(message, 2, 3), integer(message, 6)) == (b"meanwhile", 0)
        room.wait_for_client()
        room.chat("bob", "new")
        assert [blob(message, 2, 3) for message in client.messages()] == [b"new"]


def test_the_handshake_of_real_clients_is_accepted(sim: Simulator) -> None:
    """They send no Referer, cursor or internal_ext, and the heartbeat duration of a direct socket."""
    room = sim.room("alice")
    room_id = room.go_live()
    response = connect(sim, room_id, tt_target_idc="useast1a")
    query = urlencode({"room_id": room_id, "ws_direct": "1", "heartbeat_duration": "10000"} | route(response.content))
    header = {"User-Agent": HEADERS["User-Agent"], "Cookie": f"tt-target-idc=useast1a; ttwid={ttwid_of(response)};"}
    websocket.create_connection(f"{sim.socket_url}?{query}", header=header, timeout=5).close()


@pytest.mark.parametrize(
    ("cookie", "more", "sentence"),
    [
        ("another", {}, "alice: a ttwid cookie that was not minted here"),
        (None, {"wrss": "x"}, "alice: socket query does not repeat the route parameter wrss"),
    ],
)
def test_another_cookie_or_route_is_reported(
    strict: Simulator, cookie: str | None, more: dict[str, str], sentence: str
) -> None:
    room_id = strict.room("alice").go_live()
    response = connect(strict, room_id)
    query = signed_query(response.content, **more)
    if cookie:
        with pytest.raises(websocket.WebSocketBadStatusException):
            Client(strict, room_id, cookie, query)
    else:
        with Client(strict, room_id, ttwid_of(response), query) as client:
            client.enter()
    assert sentence in strict.violations


def test_only_live_rooms_are_signed(sim: Simulator) -> None:
    room = sim.room("alice")
    old = room.go_live()
    room.go_live()
    for room_id in (old, "7", "alice"):
        response = connect(sim, room_id)
        assert (response.status_code, response.json()["ok"]) == (404, False)


def test_the_api_key_is_checked() -> None:
    with Simulator(sign_key="right") as sim:
        room_id = sim.room("alice").go_live()
        statuses = [connect(sim, room_id, {"X-Api-Key": key} if key else {}).status_code for key in ("right", "x", "")]
    assert statuses == [200, 401, 401]
    sim.check()


@pytest.mark.parametrize("key", ["any", ""])
def test_any_key_is_accepted_if_none_is_configured(sim: Simulator, key: str) -> None:
    room_id = sim.room("alice").go_live()
    assert connect(sim, room_id, {"X-Api-Key": key} if key else {}).status_code == 200


@pytest.mark.parametrize("name", ["alice", "@alice", "Alice"])
def test_room_ids_are_looked_up_by_name(sim: Simulator, name: str) -> None:
    room_id = sim.room("alice").go_live()
    response = requests.get(f"{sim.sign_url}/webcast/anchors/{name}/room_id", headers=CLIENT, timeout=5)
    assert response.json() == {
        "code": 200,
        "ok": True,
        "message": "ok",
        "room_id": room_id,
        "is_live": True,
        "routes_attempted": ["room_info"],
    }
    older = requests.get(f"{sim.sign_url}/webcast/room_id", params={"unique_id": name}, headers=CLIENT, timeout=5)
    assert older.json() == response.json()


def test_a_user_who_is_not_live_has_no_room_id(sim: Simulator) -> None:
    sim.room("alice")
    for name, message in (("alice", "The user is not live."), ("nobody", "There is no such user.")):
        response = requests.get(f"{sim.sign_url}/webcast/anchors/{name}/room_id", headers=CLIENT, timeout=5)
        assert response.status_code == 404
        assert response.json() == {"code": 404, "ok": False, "message": message, "room_id": None}


@pytest.mark.parametrize("path", ["/tiktok/sign_url", "/webcast/sign_url"])
@pytest.mark.parametrize(
    ("url", "separator"), [("https://webcast.tiktok.com/x?a=1", "&"), ("https://a.tiktok.com/x", "?")]
)
def test_urls_are_signed(sim: Simulator, path: str, url: str, separator: str) -> None:
    body = {"url": url, "method": "GET", "userAgent": "Mozilla/5.0"}
    response = requests.post(sim.sign_url + path, json=body, headers=CLIENT, timeout=5).json()
    signed = response["response"]
    tokens = signed["tokens"]
    assert response["code"] == 200
    assert signed["userAgent"] == "Mozilla/5.0"
    assert signed["signedUrl"] == f"{url}{separator}X-Bogus={tokens['X-Bogus']}&msToken={tokens['msToken']}"


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"url": 7}'])
def test_a_body_without_a_url_is_refused(sim: Simulator, body: bytes) -> None:
    response = requests.post(f"{sim.sign_url}/tiktok/sign_url", data=body, headers=CLIENT, timeout=5)
    assert response.status_code == 400


def test_other_paths_are_not_found(sim: Simulator) -> None:
    for path in ("/", "/webcast/rooms/7", "/tiktok/sign_url"):
        assert requests.get(sim.sign_url + path, headers=CLIENT, timeout=5).status_code == 404


@pytest.mark.parametrize("how", ["stub", "no cookies", "elsewhere"])
def test_the_provider_can_be_made_to_fail(sim: Simulator, how: str) -> None:
    room_id = sim.room("alice").go_live()
    sim.fail_sign(how)
    failed, correct = connect(sim, room_id), connect(sim, room_id)
    assert failed.status_code == correct.status_code == 200
    assert (failed.content == b"") is (how == "stub")
    assert ("X-Set-TT-Cookie" in failed.headers) is (how != "no cookies")
    assert how != "elsewhere" or b"wss://push.example.org/" in failed.content
    assert blob(correct.content, 10).decode() == sim.socket_url
    assert ttwid_of(correct)


def test_an_unknown_failure_is_an_error(sim: Simulator) -> None:
    with pytest.raises(ValueError, match="with stub, no cookies, elsewhere, not 'slowly'"):
        sim.fail_sign("slowly")


def test_the_provider_can_return_an_http_error(sim: Simulator) -> None:
    sim.fail_http("/connect", 402, body=b'{"message": "pay"}')
    assert connect(sim, sim.room("alice").go_live()).status_code == 402


@pytest.mark.parametrize(
    ("headers", "query", "sentence"),
    [
        ({"Cookie": "a=b; sessionid=x"}, {}, "a session cookie was sent to the sign provider"),
        ({"X-Cookie-Header": "sid_tt=x"}, {}, "a session cookie was sent to the sign provider"),
        ({}, {"session_id": "x"}, "a session cookie was sent to the sign provider"),
        ({"Referer": "https://www.tiktok.com/"}, {}, "a Referer was sent to the sign provider"),
        ({"Origin": "https://www.tiktok.com"}, {}, "an Origin was sent to the sign provider"),
    ],
)
def test_session_cookies_and_browser_headers_must_not_be_sent_to_a_provider(
    headers: dict[str, str], query: dict[str, str], sentence: str
) -> None:
    assert list(request_faults(headers, query)) == [sentence]
    assert list(request_faults({"Cookie": "a=b"}, {"tt_target_idc": "useast1a"})) == []


def test_deviations_are_reported(strict: Simulator) -> None:
    room_id = strict.room("alice").go_live()
    path = f"/sign/webcast/rooms/{room_id}/connect"
    connect(strict, room_id, {"Origin": "https://www.tiktok.com"}, client="")
    requests.get(f"{strict.web_url}/@alice", headers=HEADERS | {"X-Api-Key": "k"}, timeout=5)
    assert strict.violations == [
        f"GET {path}: an Origin was sent to the sign provider",
        f"GET {path}: query lacks client",
        "GET /@alice: the sign provider's key was sent to TikTok",
    ]


def test_a_room_is_opened_by_name(sim: Simulator) -> None:
    room_id = sim.room("alice").go_live()
    assert connect(sim, "0", unique_id="alice").headers["X-Room-Id"] == room_id
    assert connect(sim, "0", unique_id="bob").status_code == 404


def test_up_to_50_users_are_checked_at_once(sim: Simulator) -> None:
    alice, bob = sim.room("alice"), sim.room("bob")
    room_id = alice.go_live()
    ids = [str(room.state.host.user_id) for room in (alice, bob)]
    url, token = f"{sim.sign_url}/webcast/bulk_live_check", {"X-OAuth-Token": "t"}

    def check(users: list[str], headers: dict[str, str]) -> requests.Response:
        return requests.post(url, json={"user_numeric_ids": users}, headers=CLIENT | headers, timeout=5)

    found = check([*ids, "7"], token).json()["response"]["data"]
    assert found == {
        ids[0]: {"room_id": room_id, "is_live": True},
        ids[1]: {"room_id": None, "is_live": False},
    }
    assert check(ids, {}).status_code == 401
    assert check(ids[:1] * 51, token).status_code == 400
    assert check(["x"], token).status_code == 400


def test_rate_limits_count_down(sim: Simulator) -> None:
    url = f"{sim.sign_url}/webcast/rate_limits"
    left = [requests.get(url, headers=CLIENT, timeout=5).json()["minute"]["remaining"] for _ in range(2)]
    assert left == [59, 58]
