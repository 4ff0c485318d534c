import json
from typing import Any

import pytest
import requests

from tests.simulator.client import HEADERS, Client, blob, fields, integer, mint
from tiktok2mqtt.simulator import Simulator


def get(sim: Simulator, path: str, **query: str) -> requests.Response:
    return requests.get(sim.web_url + path, params=query, headers=HEADERS, timeout=5)


def get_json(sim: Simulator, path: str, **query: str) -> Any:
    return json.loads(get(sim, path, **query).content)


def test_pages(sim: Simulator) -> None:
    room_id = sim.room("alice").go_live()
    assert f'"roomId":"{room_id}"' in get(sim, "/@alice/live").text
    assert "SIGI_STATE" not in get(sim, "/@bob/live").text
    assert '"statusCode":10221' in get(sim, "/@bob").text
    assert get(sim, "/").status_code == 200
    assert get(sim, "/").cookies.get("ttwid") is None
    assert get(sim, "/nowhere").status_code == 404
    assert get(sim, "/@alice/video").status_code == 404


def test_json_endpoints(sim: Simulator) -> None:
    room = sim.room("alice")
    assert get_json(sim, "/api-live/user/room", uniqueId="alice")["data"]["user"]["roomId"] == ""
    room_id = room.go_live(title="hello")
    assert get_json(sim, "/api-live/user/room", uniqueId="alice", aid="1988")["data"]["user"]["roomId"] == room_id
    assert get_json(sim, "/api-live/user/room", uniqueId="bob")["statusCode"] == 19881007
    assert get_json(sim, "/webcast/room/info/", room_id=room_id)["data"]["title"] == "hello"
    assert get_json(sim, "/webcast/room/info/")["status_code"] == 30003
    assert len(get_json(sim, "/webcast/gift/list/", room_id=room_id)["data"]["gifts"]) > 5
    alive = get_json(sim, "/webcast/room/check_alive/", room_ids=f"{room_id},3,x")["data"]
    assert [(row["room_id_str"], row["alive"]) for row in alive] == [(room_id, True), ("3", False)]
    sim.remove_room("alice")
    assert get_json(sim, "/api-live/user/room", uniqueId="alice")["statusCode"] == 19881007


def test_age_restricted_room_info_needs_a_session_cookie(sim: Simulator) -> None:
    room = sim.room("alice")
    room_id = room.go_live()
    room.restrict_age()
    assert get_json(sim, "/webcast/room/info/", room_id=room_id)["status_code"] == 4003110
    cookie = {**HEADERS, "Cookie": "sessionid=s"}
    response = requests.get(f"{sim.webcast_url}room/info/?room_id={room_id}", headers=cookie, timeout=5)
    assert response.json()["status_code"] == 0


def test_only_the_nth_request_gets_a_cookie() -> None:
    with Simulator(ttwid_on_try=3) as sim:
        found = [mint(sim) is not None for _ in range(3)]
    assert found == [False, False, True]


def test_a_session_keeps_its_cookie(sim: Simulator) -> None:
    with requests.Session() as session:
        values = set()
        for _ in range(2):
            assert session.get(f"{sim.web_url}/@alice", headers=HEADERS, timeout=5).ok
            values.add(session.cookies["ttwid"])
    assert len(values) == 1


def test_fetch_returns_history_then_new_messages(sim: Simulator) -> None:
    room = sim.room("alice")
    room_id = room.go_live()
    room.remember(1)
    room.chat("bob", "one")
    room.chat("bob", "two")
    first = get(sim, "/webcast/im/fetch/", room_id=room_id).content
    assert [integer(first, 1, 6), integer(first, 11), integer(first, 3)] == [1, 1, 1000]
    assert blob(first, 1, 2, 3) == b"two"
    room.chat("bob", "three")
    second = get(sim, "/webcast/im/fetch/", room_id=room_id, cursor=blob(first, 2).decode()).content
    assert [blob(message, 2, 3) for message in fields(second)[1] if isinstance(message, bytes)] == [b"three"]
    assert (integer(second, 1, 6), integer(second, 11)) == (0, 0)
    third = get(sim, "/webcast/im/fetch/", room_id=room_id, cursor=blob(second, 2).decode()).content
    assert 1 not in fields(third)
    assert 10 not in fields(third)


def test_fetch_can_be_empty(sim: Simulator) -> None:
    response = get(sim, "/webcast/im/fetch/", room_id="3")
    assert (response.status_code, response.content) == (200, b"")
    with Simulator(fetch="empty") as other:
        response = get(other, "/webcast/im/fetch/", room_id=other.room("alice").go_live())
        assert (response.status_code, response.content) == (200, b"")


def test_fetch_can_offer_a_socket() -> None:
    with Simulator(fetch="upgrade") as sim:
        room = sim.room("alice")
        room_id = room.go_live()
        fetch = get(sim, "/webcast/im/fetch/", room_id=room_id).content
        assert blob(fetch, 10).decode() == sim.socket_url
        assert blob(fetch, 7, 1) == b"imprp"
        query = f"compress=gzip&imprp={blob(fetch, 7, 2).decode()}&room_id="
        with Client(sim, room_id, ttwid="none", query=query) as client:
            client.enter()
            assert integer(client.fetch(), 11) == 0
            room.chat("bob", "hello")
            assert blob(client.messages()[0], 2, 3) == b"hello"
    sim.check()


def test_a_fault_is_returned_the_given_number_of_times(sim: Simulator) -> None:
    sim.fail_http("api-live", status=429, headers={"Retry-After": "7"}, body=b"no", times=2)
    for _ in range(2):
        response = get(sim, "/api-live/user/room", uniqueId="alice")
        assert (response.status_code, response.headers["Retry-After"], response.content) == (429, "7", b"no")
    assert get(sim, "/api-live/user/room", uniqueId="alice").status_code == 200


def test_requests_are_recorded(sim: Simulator) -> None:
    get(sim, "/webcast/room/info/", room_id="3", aid="1988")
    request = sim.requests[-1]
    assert (request.method, request.path, request.query) == (
        "GET",
        "/webcast/room/info/",
        {"room_id": "3", "aid": "1988"},
    )


@pytest.mark.parametrize(
    ("header", "sentence"), [("User-Agent", "no browser's User-Agent"), ("Referer", "no Referer header")]
)
def test_a_request_without_browser_headers_is_reported(strict: Simulator, header: str, sentence: str) -> None:
    headers = {name: value for name, value in HEADERS.items() if name != header}
    requests.get(f"{strict.webcast_url}gift/list/", headers=headers, timeout=5)
    assert strict.violations == [f"GET /webcast/gift/list/: {sentence}"]


def test_pages_need_no_referer(sim: Simulator) -> None:
    headers = {"User-Agent": HEADERS["User-Agent"]}
    for path in ("/@alice", "/@alice/live", "/api-live/user/room"):
        requests.get(sim.web_url + path, headers=headers, timeout=5)


def test_internal_exceptions_return_status_500_and_are_reported(
    strict: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tiktok2mqtt.simulator.pages.home_page", lambda: 1 / 0)
    assert get(strict, "/").status_code == 500
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        strict.check()
    strict.journal._failures.clear()
