import re
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from tests.helpers import until
from tests.webcast.conftest import ClientOf
from tests.webcast.rig import api_answer, connected, deaf_server, live_page, urls
from tiktok2mqtt.common.errors import (
    AgeRestricted,
    NetworkError,
    RoomOffline,
    WebcastError,
)
from tiktok2mqtt.simulator import Room, Simulator, Viewer
from tiktok2mqtt.webcast.client import State, WebcastPushConnection
from tiktok2mqtt.webcast.lookup import pages

# --- events ---

PARTY: list[tuple[Callable[[Room], object], dict[str, dict[str, Any]]]] = [
    (
        lambda room: room.chat("bob", "héllo 🌹"),
        {"chat": {"comment": "héllo 🌹", "unique_id": "bob", "nickname": "Bob"}},
    ),
    (lambda room: room.member("carol"), {"member": {"action": 1, "viewer_count": 13, "unique_id": "carol"}}),
    (lambda room: room.like("bob", 15), {"like": {"like_count": 15, "total_like_count": 15}}),
    (lambda room: room.room_user(42), {"room_user": {"viewer_count": 42, "total_user_count": 42, "top_viewers": []}}),
    (lambda room: room.follow("dave"), {"social": {"action": 1}, "follow": {"unique_id": "dave"}}),
    (lambda room: room.share("dave"), {"social": {"action": 3}, "share": {"share_count": 1}}),
    (lambda room: room.question("erin", "Why?"), {"question_new": {"question_text": "Why?", "unique_id": "erin"}}),
    (
        lambda room: room.gift_streak("bob", "Rose", 1),
        {"gift_streak": {"gift_id": "5655", "count": 1, "delta": 1, "diamonds": 1}},
    ),
    (
        lambda room: room.gift("bob", "Galaxy"),
        {"gift": {"gift_id": "11046", "count": 1, "delta": 1, "diamonds": 1000, "closed_by": "end"}},
    ),
    (
        lambda room: room.control(3),
        {"control": {"state": "ended", "action": 3}, "stream_end": {"reason": "ended", "action": 3}},
    ),
]


@pytest.mark.parametrize(
    ("act", "expected"), PARTY, ids=lambda value: "+".join(value) if isinstance(value, dict) else ""
)
def test_what_happens_in_the_room_is_reported(
    client_of: ClientOf, room: Room, act: Callable[[Room], object], expected: dict[str, dict[str, Any]]
) -> None:
    log = connected(client_of(), room)
    act(room)
    for name, keys in expected.items():
        event = log.wait(name)
        assert {key: event[key] for key in keys} == keys
    seen = [name for name in log.names if name != "disconnected"]
    assert seen[: 1 + len(expected)] == ["connected", *expected]


def test_every_event_has_the_common_keys(client_of: ClientOf, room: Room) -> None:
    log = connected(client_of(), room)
    message_id = room.chat("bob", "hi")
    event = log.wait("chat")
    room_id = str(room.state.room_id)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", event["ts"])
    assert datetime.fromisoformat(event["ts"]).timestamp() == pytest.approx(time.time(), abs=5)
    assert {
        key: event[key] for key in ("v", "id", "room", "room_id", "session_id", "source", "replayed", "late", "delayed")
    } == {
        "v": 1,
        "id": str(message_id),
        "room": "alice",
        "room_id": room_id,
        "session_id": room_id,
        "source": "direct",
        "replayed": False,
        "late": False,
        "delayed": False,
    }


def test_connected_and_disconnected_have_state_and_reason(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    log = connected(client, room)
    connected_event = log.all("connected")[0]
    values = [connected_event[key] for key in ("state", "transport", "title", "room")]
    assert values == ["live", "direct", "Pottery", "alice"]
    client.disconnect()
    assert log.names == ["connected", "disconnected"]
    assert (log.events[1]["code"], log.events[1]["reason"]) == ("disabled", "disconnected on request")


def test_get_state_returns_a_snapshot(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    assert client.get_state() == State("alice")
    state = client.connect()
    assert state is client.get_state()
    assert (state.connected, state.transport, state.room_id) == (True, "direct", str(room.state.room_id))
    assert state.room_info is not None
    assert state.room_info.title == "Pottery"
    client.disconnect()
    assert not client.get_state().connected


def test_a_streak_makes_one_final_gift(client_of: ClientOf, room: Room) -> None:
    log = connected(client_of(), room)
    room.gift("bob", "Rose", 3)
    gift = log.wait("gift")
    assert [event["count"] for event in log.all("gift_streak")] == [1, 2, 3]
    assert (gift["count"], gift["delta"], gift["diamonds"], gift["closed_by"]) == (3, 3, 3, "end")
    room.gift("bob", "Rose", 2)
    assert log.wait("gift", 2)["delta"] == 2
    assert len(log.all("gift")) == 2


def test_users_without_picture_or_name_are_accepted(client_of: ClientOf, room: Room) -> None:
    log = connected(client_of(), room)
    room.chat(Viewer("", "a***b", 0), "who am I")
    event = log.wait("chat")
    assert (event["user_id"], event["unique_id"], event["nickname"]) == (None, None, "a***b")
    assert event["profile_picture_url"] is None


# --- handlers ---


def test_a_handler_is_called_until_it_is_removed(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    chats: list[str] = []

    def on_chat(event: dict[str, Any]) -> None:
        chats.append(event["comment"])

    client.on("chat", on_chat)
    log = connected(client, room)
    room.chat("bob", "one")
    log.wait("chat")
    client.off("chat", on_chat)
    room.chat("bob", "two")
    log.wait("chat", 2)
    assert chats == ["one"]
    with pytest.raises(ValueError, match="this handler of chat was not added"):
        client.off("chat", on_chat)


def fail(*_: object) -> None:
    raise RuntimeError("a handler that fails")


@pytest.mark.parametrize("name", ["chat", "raw_data", "*"])
def test_a_handler_that_raises_is_reported_and_the_reader_goes_on(client_of: ClientOf, room: Room, name: str) -> None:
    client = client_of()
    log = connected(client, room)
    client.on(name, fail)
    room.chat("bob", "one")
    error = log.wait("error")
    assert (error["code"], error["reason"]) == ("handler", f"a handler of {name} failed")
    room.chat("bob", "two")
    assert log.wait("chat", 2)["comment"] == "two"
    assert client.get_state().connected
    # A handler that always fails is not reported every time.
    assert len(log.all("error")) == 1


@pytest.mark.parametrize("name", ["error", "*"])
def test_a_handler_that_raises_on_an_error_event_is_not_reported(client_of: ClientOf, room: Room, name: str) -> None:
    client = client_of()
    log = connected(client, room)
    client.on("chat", fail)
    client.on(name, lambda event: fail() if event["event_type"] == "error" else None)
    room.chat("bob", "one")
    room.member("bob")
    log.wait("member")
    assert log.names == ["connected", "error", "chat", "member"]


def test_raw_data_is_every_message_as_received(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    connected(client, room)
    raw: list[tuple[str, bytes]] = []
    client.on("raw_data", lambda method, payload: raw.append((method, payload)))
    room.send("WebcastNobodyKnowsMessage", b"\x08\x01")
    room.send("WebcastChatMessage", b"\x1a\x02hi")
    until(lambda: len(raw) == 2)
    assert raw == [("WebcastNobodyKnowsMessage", b"\x08\x01"), ("WebcastChatMessage", b"\x1a\x02hi")]


def test_websocket_connected_comes_first(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    names: list[str] = []
    client.on("websocket_connected", lambda transport: names.append(transport.name))
    client.on("connected", lambda _event: names.append("connected"))
    connected(client, room)
    assert names == ["direct", "connected"]


def test_a_handler_may_disconnect(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    client.on("chat", lambda _event: client.disconnect())
    log = connected(client, room)
    room.chat("bob", "stop")
    assert log.wait("disconnected")["code"] == "disabled"
    until(lambda: not client.busy)


# --- options, each with a test that fails without the option ---


@pytest.mark.parametrize(("process", "comments"), [(True, ["old", "new"]), (False, ["new"])])
def test_process_initial_data(client_of: ClientOf, room: Room, process: bool, comments: list[str]) -> None:
    room.chat("bob", "old")
    room.remember(10)
    log = connected(client_of(process_initial_data=process), room)
    room.chat("bob", "new")
    log.wait("chat", len(comments))
    assert [chat["comment"] for chat in log.all("chat")] == comments
    assert [chat["replayed"] for chat in log.all("chat")] == [comment == "old" for comment in comments]


@pytest.mark.parametrize("fetch", [True, False])
def test_fetch_room_info_on_connect(sim: Simulator, client_of: ClientOf, room: Room, fetch: bool) -> None:
    client = client_of(fetch_room_info_on_connect=fetch)
    connected(client, room)
    assert (client.get_state().room_info is not None) is fetch
    assert any(request.path == "/webcast/room/info/" for request in sim.requests) is fetch


@pytest.mark.parametrize("enabled", [True, False])
def test_enable_extended_gift_info(client_of: ClientOf, room: Room, enabled: bool) -> None:
    log = connected(client_of(enable_extended_gift_info=enabled), room)
    room.gift("bob", "Galaxy")
    gift = log.wait("gift")
    assert ((gift.get("extended_gift_info") or {}).get("describe") == "Sent Galaxy") is enabled


def test_a_failed_gift_list_does_not_prevent_the_connection(sim: Simulator, client_of: ClientOf, room: Room) -> None:
    sim.fail_http("gift/list", 403)
    log = connected(client_of(enable_extended_gift_info=True), room)
    room.gift("bob", "Galaxy")
    gift = log.wait("gift")
    # What the gift itself says.
    assert (gift["extended_gift_info"]["name"], gift["extended_gift_info"]["diamond_count"]) == ("Galaxy", 1000)
    assert gift["extended_gift_info"]["describe"] is None


def test_client_params_are_sent_with_every_webcast_request(sim: Simulator, client_of: ClientOf, room: Room) -> None:
    client = client_of(client_params={"webcast_language": "de-DE", "compress": ""})
    log = connected(client, room)
    room.chat("bob", "not packed")
    log.wait("chat")
    asked = {request.path: request.query for request in sim.requests}
    assert asked["/webcast/room/info/"]["webcast_language"] == "de-DE"
    push = asked["/webcast/im/ws_proxy/ws_reuse_supplement/"]
    assert (push["webcast_language"], push["compress"]) == ("de-DE", "")


def test_the_socket_asks_for_gzip(sim: Simulator, client_of: ClientOf, room: Room) -> None:
    log = connected(client_of(), room)
    room.chat("bob", "packed")
    log.wait("chat")
    assert sim.requests[-1].query["compress"] == "gzip"


def test_request_headers(client_of: ClientOf, room: Room) -> None:
    room.restrict_age()
    with pytest.raises(AgeRestricted):
        client_of().get_room_info()
    client = client_of(request_headers={"Cookie": "sessionid=0123456789abcdef"})
    assert client.get_room_info().title == "Pottery"


def test_websocket_headers() -> None:
    with Simulator() as sim:
        room = sim.room("alice")
        room.go_live()
        with WebcastPushConnection("alice", **urls(sim), websocket_headers={"User-Agent": "curl/8"}) as client:
            connected(client, room)
    assert sim.violations == ["alice: no browser's User-Agent"]


def test_base_url_of_webcast_calls(client_of: ClientOf, room: Room) -> None:
    with deaf_server() as port:
        client = client_of(webcast_url=f"http://127.0.0.1:{port}/webcast/", connect_timeout_s=0.1)
        with pytest.raises(NetworkError, match=f"127.0.0.1:{port} did not answer: timed out"):
            client.get_room_info(str(room.state.room_id))


@pytest.mark.parametrize("option", ["web_url", "socket_url"])
def test_base_urls_and_timeout_of_connect(sim: Simulator, client_of: ClientOf, room: Room, option: str) -> None:
    sim.fail_http("info_by_user", 403, times=None)
    with deaf_server() as port:
        scheme = "ws" if option == "socket_url" else "http"
        client = client_of(
            **{option: f"{scheme}://127.0.0.1:{port}", "connect_timeout_s": 1.0, "transports": ("direct",)}
        )
        started = time.monotonic()
        with pytest.raises(NetworkError, match="timed out"):
            client.connect()
        assert 0.8 <= time.monotonic() - started < 1.5
    assert room.clients == 0


def test_streak_timeout(client_of: ClientOf, room: Room) -> None:
    log = connected(client_of(streak_timeout_s=0.2), room)
    room.gift_streak("bob", "Rose", 2)
    gift = log.wait("gift", timeout=2.5)
    assert (gift["count"], gift["closed_by"]) == (2, "timeout")


def test_an_unknown_option_is_an_error() -> None:
    with pytest.raises(TypeError, match="no_such_option"):
        WebcastPushConnection("alice", no_such_option=1)


def test_a_room_can_be_given_by_name_or_url() -> None:
    with WebcastPushConnection("https://www.tiktok.com/@Alice/live") as client:
        assert client.room == "alice"
    with pytest.raises(ValueError, match="a room must be a TikTok user name"):
        WebcastPushConnection("al ice")


def test_proxy_variables_of_the_environment_are_ignored(
    client_of: ClientOf, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    connected(client_of(), room)


# --- lookups ---


def test_room_info_with_and_without_a_connection(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    assert client.get_room_info().title == "Pottery"
    assert (client.get_room_info().raw or {})["id_str"] == str(room.state.room_id)
    connected(client, room)
    assert client.get_room_info().live is True


def test_the_state_keeps_the_last_room_info_of_the_live(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    connected(client, room)
    room.like("bob", 15)
    until(lambda: client.get_room_info().likes == 15)
    info = client.get_state().room_info
    assert info is not None
    assert (info.likes, info.owner.unique_id, info.raw) == (15, "alice", None)
    assert set(info.stream_urls) == {"FULL_HD1", "HD1", "SD1", "SD2"}
    assert "Pottery" in repr(client.get_state())
    first, second = str(room.state.room_id), room.go_live(title="Second")
    client.get_room_info(second)
    assert client.get_state().room_info == info
    client.disconnect()
    state = client.get_state()
    assert (state.connected, state.transport, state.room_id, state.room_info) == (False, None, first, info)
    client.get_room_info()
    state = client.get_state()
    assert (state.room_id, state.room_info and state.room_info.title) == (second, "Second")


def test_the_room_info_of_an_earlier_live_is_not_that_of_the_next(client_of: ClientOf, room: Room) -> None:
    client = client_of(fetch_room_info_on_connect=False)
    client.get_room_info()
    assert client.connect().room_info is not None
    client.disconnect()
    room.go_live(title="Second")
    assert client.connect().room_info is None


def test_room_info_after_a_disconnect_is_that_of_the_current_live(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    connected(client, room)
    client.disconnect()
    room.go_live(title="Second")
    assert client.get_room_info().title == "Second"


def test_room_info_of_a_room_that_is_not_live(sim: Simulator, client_of: ClientOf) -> None:
    sim.room("alice")
    with pytest.raises(RoomOffline, match="alice is not live"):
        client_of().get_room_info()


@pytest.mark.parametrize("is_known", [True, False])
def test_room_info_after_the_end_has_the_status(
    sim: Simulator, client_of: ClientOf, room: Room, *, is_known: bool
) -> None:
    room.end()
    if not is_known:
        sim.fail_http("room/info", 200, body=b'{"status_code":30003,"data":{"message":"room has finished"}}')
    info = client_of().get_room_info()
    assert (info.live, info.title) == (False, "Pottery" if is_known else None)


def test_without_room_info_only_the_socket_decides_whether_a_room_is_live(
    sim: Simulator, client_of: ClientOf, room: Room
) -> None:
    sim.fail_http("/live", 200, body=live_page(str(room.state.room_id), status=4))
    sim.fail_http("api-live", 200, body=api_answer(str(room.state.room_id), status=4))
    with pytest.raises(RoomOffline):
        client_of().connect()
    sim.fail_http("/live", 200, body=live_page(str(room.state.room_id), status=4))
    sim.fail_http("api-live", 200, body=api_answer(str(room.state.room_id), status=4))
    connected(client_of(fetch_room_info_on_connect=False), room)


@pytest.mark.parametrize("call", ["resolve", "live_status", "connect", "get_room_info", "get_available_gifts"])
def test_a_mistake_in_a_parser_is_a_webcast_error(
    client_of: ClientOf, room: Room, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def fail(_page: str, _asked: pages.Host) -> None:
        raise KeyError(room.name)

    monkeypatch.setattr(pages, "live_page", fail)
    with pytest.raises(WebcastError, match=r"^internal error: KeyError$") as caught:
        getattr(client_of(), call)()
    assert caught.value.code == "error"


def test_available_gifts(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    assert {"Rose", "Galaxy"} <= {gift["name"] for gift in client.get_available_gifts()}
    connected(client, room)
    assert client.get_available_gifts()[0]["diamond_count"] == 1
