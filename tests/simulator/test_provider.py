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
# Each client of the provider sends its own name, and no more than this.
OWN = {"User-Agent": "some-client/1"}


def connect(sim: Simulator, room_id: str, headers: dict[str, str] | None = None, **query: str) -> requests.Response:
    """Asks for the way into a room."""
    url = f"{sim.sign_url}/webcast/rooms/{room_id}/connect"
    return requests.get(url, params=QUERY | query, headers=OWN | (headers or {}), timeout=5)


def route(fetch: bytes) -> dict[str, str]:
    """The route parameters of a fetch response."""
    entries = [entry for entry in fields(fetch)[7] if isinstance(entry, bytes)]
    return {blob(entry, 1).decode(): blob(entry, 2).decode() for entry in entries}


def signed_query(fetch: bytes, **more: str) -> str:
    where = {"cursor": blob(fetch, 2).decode(), "internal_ext": blob(fetch, 5).decode(), "compress": "gzip"}
    return urlencode(where | route(fetch) | more) + "&version_code=270000&room_id="


def ttwid(answer: requests.Response) -> str:
    found = re.match(r"ttwid=([^;]+); msToken=[\w-]+; Path=/; ", answer.headers["X-Set-TT-Cookie"])
    assert found is not None
    return found[1]


def test_what_is_handed_out(sim: Simulator) -> None:
    room = sim.room("alice")
    room_id = room.go_live()
    room.chat("bob", "old")
    room.remember(1)
    answer = connect(sim, room_id)
    assert (answer.status_code, answer.headers["X-Room-Id"]) == (200, room_id)
    assert answer.headers["X-Request-Id"]
    assert answer.headers["X-Agent-Id"]
    assert ttwid(answer)
    fetch = answer.content
    assert (blob(fetch, 10).decode(), set(route(fetch))) == (sim.socket_url, {"imprp", "wrss"})
    assert (blob(fetch, 1, 2, 3), integer(fetch, 1, 6), integer(fetch, 11)) == (b"old", 1, 1)


@pytest.mark.parametrize("path", ["/webcast/fetch", "/webcast/fetch/", "/webcast/rooms/{}/connect/"])
def test_the_older_path_and_a_slash_at_the_end(sim: Simulator, path: str) -> None:
    room_id = sim.room("alice").go_live()
    params = QUERY | {"room_id": room_id}
    answer = requests.get(sim.sign_url + path.format(room_id), params=params, headers=OWN, timeout=5)
    assert (answer.status_code, blob(answer.content, 10).decode()) == (200, sim.socket_url)


def test_the_socket_goes_on_where_the_first_response_ended(sim: Simulator) -> None:
    room = sim.room("alice")
    room_id = room.go_live()
    room.remember(10)
    room.chat("bob", "old")
    answer = connect(sim, room_id)
    room.chat("bob", "meanwhile")
    with Client(sim, room_id, ttwid(answer), signed_query(answer.content)) as client:
        client.enter()
        (message,) = client.messages()
        assert (blob(message, 2, 3), integer(message, 6)) == (b"meanwhile", 0)
        room.wait_for_client()
        room.chat("bob", "new")
        assert [blob(message, 2, 3) for message in client.messages()] == [b"new"]


def test_clients_of_the_field_are_accepted(sim: Simulator) -> None:
    """No Referer at the socket, neither cursor nor internal_ext, the heartbeat's duration of a direct one."""
    room = sim.room("alice")
    room_id = room.go_live()
    answer = connect(sim, room_id, tt_target_idc="useast1a")
    query = urlencode({"room_id": room_id, "ws_direct": "1", "heartbeat_duration": "10000"} | route(answer.content))
    header = {"User-Agent": HEADERS["User-Agent"], "Cookie": f"tt-target-idc=useast1a; ttwid={ttwid(answer)};"}
    websocket.create_connection(f"{sim.socket_url}?{query}", header=header, timeout=5).close()


@pytest.mark.parametrize(
    ("cookie", "more", "sentence"),
    [
        ("another", {}, "alice: a ttwid cookie that was not minted here"),
        (None, {"wrss": "x"}, "alice: socket query does not repeat the route parameter wrss"),
    ],
)
def test_a_client_that_brings_something_else(
    strict: Simulator, cookie: str | None, more: dict[str, str], sentence: str
) -> None:
    room_id = strict.room("alice").go_live()
    answer = connect(strict, room_id)
    query = signed_query(answer.content, **more)
    if cookie:
        with pytest.raises(websocket.WebSocketBadStatusException):
            Client(strict, room_id, cookie, query)
    else:
        with Client(strict, room_id, ttwid(answer), query) as client:
            client.enter()
    assert sentence in strict.violations


def test_only_a_room_that_is_live_is_signed(sim: Simulator) -> None:
    room = sim.room("alice")
    old = room.go_live()
    room.go_live()
    for room_id in (old, "7", "alice"):
        answer = connect(sim, room_id)
        assert (answer.status_code, answer.json()["ok"]) == (404, False)


def test_the_key() -> None:
    with Simulator(sign_key="right") as sim:
        room_id = sim.room("alice").go_live()
        statuses = [connect(sim, room_id, {"X-Api-Key": key} if key else {}).status_code for key in ("right", "x", "")]
    assert statuses == [200, 401, 401]
    sim.check()


@pytest.mark.parametrize("key", ["any", ""])
def test_without_a_key_of_its_own_any_is_taken(sim: Simulator, key: str) -> None:
    room_id = sim.room("alice").go_live()
    assert connect(sim, room_id, {"X-Api-Key": key} if key else {}).status_code == 200


@pytest.mark.parametrize("name", ["alice", "@alice", "Alice"])
def test_names_are_looked_up(sim: Simulator, name: str) -> None:
    room_id = sim.room("alice").go_live()
    answer = requests.get(f"{sim.sign_url}/webcast/anchors/{name}/room_id", headers=OWN, timeout=5)
    assert answer.json() == {"code": 200, "ok": True, "message": "ok", "room_id": room_id}
    older = requests.get(f"{sim.sign_url}/webcast/room_id", params={"unique_id": name}, headers=OWN, timeout=5)
    assert older.json() == answer.json()


def test_a_name_that_is_not_live_has_no_room(sim: Simulator) -> None:
    sim.room("alice")
    for name, message in (("alice", "The user is not live."), ("nobody", "There is no such user.")):
        answer = requests.get(f"{sim.sign_url}/webcast/anchors/{name}/room_id", headers=OWN, timeout=5)
        assert answer.status_code == 404
        assert answer.json() == {"code": 404, "ok": False, "message": message, "room_id": None}


@pytest.mark.parametrize("path", ["/tiktok/sign_url", "/webcast/sign_url"])
@pytest.mark.parametrize(("url", "joint"), [("https://webcast.tiktok.com/x?a=1", "&"), ("https://a.tiktok.com/x", "?")])
def test_urls_are_signed(sim: Simulator, path: str, url: str, joint: str) -> None:
    body = {"url": url, "method": "GET", "userAgent": "Mozilla/5.0"}
    answer = requests.post(sim.sign_url + path, json=body, headers=OWN, timeout=5).json()
    response = answer["response"]
    tokens = response["tokens"]
    assert answer["code"] == 200
    assert response["userAgent"] == "Mozilla/5.0"
    assert response["signedUrl"] == f"{url}{joint}X-Bogus={tokens['X-Bogus']}&msToken={tokens['msToken']}"


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"url": 7}'])
def test_a_body_that_names_no_url(sim: Simulator, body: bytes) -> None:
    assert requests.post(f"{sim.sign_url}/tiktok/sign_url", data=body, headers=OWN, timeout=5).status_code == 400


def test_other_paths_do_not_exist(sim: Simulator) -> None:
    for path in ("/", "/webcast/rooms/7", "/tiktok/sign_url"):
        assert requests.get(sim.sign_url + path, headers=OWN, timeout=5).status_code == 404


@pytest.mark.parametrize("how", ["stub", "no cookies", "elsewhere"])
def test_failures_to_order(sim: Simulator, how: str) -> None:
    room_id = sim.room("alice").go_live()
    sim.fail_sign(how)
    failed, right = connect(sim, room_id), connect(sim, room_id)
    assert failed.status_code == right.status_code == 200
    assert (failed.content == b"") is (how == "stub")
    assert ("X-Set-TT-Cookie" in failed.headers) is (how != "no cookies")
    assert how != "elsewhere" or b"wss://push.example.org/" in failed.content
    assert blob(right.content, 10).decode() == sim.socket_url
    assert ttwid(right)


def test_an_unknown_failure_is_refused(sim: Simulator) -> None:
    with pytest.raises(ValueError, match="with stub, no cookies, elsewhere, not 'slowly'"):
        sim.fail_sign("slowly")


def test_planned_statuses(sim: Simulator) -> None:
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
def test_what_must_not_be_sent_to_a_provider(headers: dict[str, str], query: dict[str, str], sentence: str) -> None:
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
