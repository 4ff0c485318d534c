import re
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.helpers import until
from tests.webcast.conftest import ClientOf
from tests.webcast.rig import Heard, connected, deaf_server, live_page, threads_of, urls
from tiktok2mqtt.common.errors import (
    AgeRestricted,
    AlreadyConnected,
    Blocked,
    NetworkError,
    RoomEnded,
    RoomNotFound,
    RoomOffline,
    StatusUnknown,
    WebcastError,
)
from tiktok2mqtt.simulator import Room, Simulator, Viewer
from tiktok2mqtt.webcast.client import State, WebcastPushConnection
from tiktok2mqtt.webcast.lookup.rooms import Resolution

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
def test_what_happens_in_the_room_is_heard(
    client_of: ClientOf, room: Room, act: Callable[[Room], object], expected: dict[str, dict[str, Any]]
) -> None:
    heard = connected(client_of(), room)
    act(room)
    for name, keys in expected.items():
        event = heard.wait(name)
        assert {key: event[key] for key in keys} == keys
    seen = [name for name in heard.names if name != "disconnected"]
    assert seen[: 1 + len(expected)] == ["connected", *expected]


def test_every_event_tells_where_it_comes_from(client_of: ClientOf, room: Room) -> None:
    heard = connected(client_of(), room)
    message_id = room.chat("bob", "hi")
    event = heard.wait("chat")
    room_id = str(room.state.room_id)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", event["ts"])
    assert datetime.fromisoformat(event["ts"]).timestamp() == pytest.approx(time.time(), abs=5)
    assert {
        key: event[key] for key in ("v", "id", "room", "room_id", "session_id", "source", "replayed", "delayed")
    } == {
        "v": 1,
        "id": str(message_id),
        "room": "alice",
        "room_id": room_id,
        "session_id": room_id,
        "source": "direct",
        "replayed": False,
        "delayed": False,
    }


def test_connected_and_disconnected_tell_state_and_reason(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    heard = connected(client, room)
    begin = heard.all("connected")[0]
    assert (begin["state"], begin["transport"], begin["title"], begin["room"]) == ("live", "direct", "Pottery", "alice")
    client.disconnect()
    assert heard.names == ["connected", "disconnected"]
    assert (heard.events[1]["code"], heard.events[1]["reason"]) == ("disabled", "disconnected on request")


def test_the_state_says_what_is_known(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    assert client.get_state() == State("alice")
    state = client.connect()
    assert state is client.get_state()
    assert (state.connected, state.transport, state.room_id) == (True, "direct", str(room.state.room_id))
    assert state.room_info is not None
    assert state.room_info.title == "Pottery"
    client.disconnect()
    assert not client.get_state().connected


def test_a_streak_is_told_once_in_the_end(client_of: ClientOf, room: Room) -> None:
    heard = connected(client_of(), room)
    room.gift("bob", "Rose", 3)
    gift = heard.wait("gift")
    assert [event["count"] for event in heard.all("gift_streak")] == [1, 2, 3]
    assert (gift["count"], gift["delta"], gift["diamonds"], gift["closed_by"]) == (3, 3, 3, "end")
    room.gift("bob", "Rose", 2)
    assert heard.wait("gift", 2)["delta"] == 2
    assert len(heard.all("gift")) == 2


def test_users_without_picture_or_name_are_no_error(client_of: ClientOf, room: Room) -> None:
    heard = connected(client_of(), room)
    room.chat(Viewer("", "a***b", 0), "who am I")
    event = heard.wait("chat")
    assert (event["user_id"], event["unique_id"], event["nickname"]) == (None, None, "a***b")
    assert event["profile_picture_url"] is None


# --- handlers ---


def test_a_handler_hears_its_events_until_it_is_taken_back(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    chats: list[str] = []

    def on_chat(event: dict[str, Any]) -> None:
        chats.append(event["comment"])

    client.on("chat", on_chat)
    heard = connected(client, room)
    room.chat("bob", "one")
    heard.wait("chat")
    client.off("chat", on_chat)
    room.chat("bob", "two")
    heard.wait("chat", 2)
    assert chats == ["one"]
    with pytest.raises(ValueError, match="not in list"):
        client.off("chat", on_chat)


def fail(*_: object) -> None:
    raise RuntimeError("a handler's own mistake")


@pytest.mark.parametrize("name", ["chat", "raw_data", "*"])
def test_a_handler_that_raises_is_reported_and_the_reader_lives(client_of: ClientOf, room: Room, name: str) -> None:
    client = client_of()
    heard = connected(client, room)
    client.on(name, fail)
    room.chat("bob", "one")
    error = heard.wait("error")
    assert (error["code"], error["reason"]) == ("handler", f"a handler of {name} failed")
    room.chat("bob", "two")
    assert heard.wait("chat", 2)["comment"] == "two"
    assert client.get_state().connected
    # One that always fails is not told each time.
    assert len(heard.all("error")) == 1


@pytest.mark.parametrize("name", ["error", "*"])
def test_a_handler_that_raises_on_an_error_is_not_reported_again(client_of: ClientOf, room: Room, name: str) -> None:
    client = client_of()
    heard = connected(client, room)
    client.on("chat", fail)
    client.on(name, lambda event: fail() if event["event_type"] == "error" else None)
    room.chat("bob", "one")
    room.member("bob")
    heard.wait("member")
    assert heard.names == ["connected", "error", "chat", "member"]


def test_raw_data_is_every_message_as_it_came(client_of: ClientOf, room: Room) -> None:
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
    heard = connected(client, room)
    room.chat("bob", "stop")
    assert heard.wait("disconnected")["code"] == "disabled"
    until(lambda: not client.busy)


# --- connecting ---


def test_connecting_twice_is_an_error(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    heard = connected(client, room)
    with pytest.raises(AlreadyConnected, match="alice is connected already"):
        client.connect()
    with pytest.raises(AlreadyConnected):
        client.start(str(room.state.room_id))
    room.chat("bob", "still here")
    heard.wait("chat")
    client.disconnect()
    client.connect()
    heard.wait("connected", 2)


def test_connecting_from_two_threads_at_once_is_an_error_for_the_second(
    client_of: ClientOf, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of()
    resolve, asked, go_on = client.resolve, threading.Event(), threading.Event()

    def slow() -> Resolution:
        asked.set()
        go_on.wait(5)
        return resolve()

    monkeypatch.setattr(client, "resolve", slow)
    first = threading.Thread(target=client.connect, daemon=True)
    first.start()
    assert asked.wait(5)
    with pytest.raises(AlreadyConnected):
        client.connect()
    go_on.set()
    first.join(5)
    assert not first.is_alive()
    assert client.get_state().connected
    room.wait_for_client()


def stale(sim: Simulator, room: Room) -> None:
    """The LIVE is over, and its page still says that it goes on."""
    room.end(announce=False)
    sim.fail_http("/live", 200, body=live_page(str(room.state.room_id)))


@pytest.mark.parametrize(
    ("prepare", "refusal"),
    [
        (lambda _sim, room: room.end(announce=False), (RoomOffline, "offline")),
        (lambda sim, _room: sim.remove_room("alice"), (RoomNotFound, "not_found")),
        (lambda _sim, room: room.restrict_age(), (AgeRestricted, "age_restricted")),
        (stale, (RoomEnded, "ended")),
    ],
    ids=["offline", "not found", "age restricted", "ended"],
)
def test_a_room_that_cannot_be_heard_is_refused(
    sim: Simulator,
    client_of: ClientOf,
    room: Room,
    prepare: Callable[[Simulator, Room], None],
    refusal: tuple[type[WebcastError], str],
) -> None:
    prepare(sim, room)
    error, code = refusal
    client = client_of()
    heard = Heard(client)
    with pytest.raises(error) as caught:
        client.connect()
    assert caught.value.code == code
    assert heard.names == []
    assert not client.get_state().connected
    until(lambda: not client.busy)


def test_a_page_that_names_no_room_leaves_it_unknown(sim: Simulator, client_of: ClientOf) -> None:
    sim.room("alice")
    sim.fail_http("/live", 200, body=live_page("", 2))
    sim.fail_http("api-live", 500)
    with pytest.raises(StatusUnknown, match="TikTok named no room of alice"):
        client_of().connect()


@pytest.mark.parametrize(("action", "reason"), [(3, "ended"), (4, "suspended")])
def test_the_end_of_the_stream_ends_the_connection(client_of: ClientOf, room: Room, action: int, reason: str) -> None:
    client = client_of()
    heard = connected(client, room)
    room.gift_streak("bob", "Rose", 2)
    heard.wait("gift_streak", 2)
    room.control(action)
    last = heard.wait("disconnected")
    assert heard.names[-4:] == ["control", "gift", "stream_end", "disconnected"]
    assert (heard.all("gift")[0]["count"], heard.all("gift")[0]["closed_by"]) == (2, "disconnect")
    assert heard.all("stream_end")[0]["reason"] == reason
    assert last["code"] == reason
    until(lambda: not client.busy)
    assert client.session is None
    assert not client.get_state().connected


@pytest.mark.parametrize("action", [1, 2])
def test_a_pause_ends_nothing(client_of: ClientOf, room: Room, action: int) -> None:
    client = client_of()
    heard = connected(client, room)
    room.control(action)
    room.chat("bob", "go on")
    heard.wait("chat")
    assert heard.names == ["connected", "control", "chat"]


def test_disconnecting_tells_the_open_streaks(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    heard = connected(client, room)
    room.gift_streak("bob", "Rose", 4)
    heard.wait("gift_streak", 4)
    client.disconnect()
    assert heard.names[-2:] == ["gift", "disconnected"]
    assert heard.all("gift")[0]["count"] == 4


def test_a_streak_left_open_by_a_lost_socket_is_told_when_the_room_turns_out_to_be_over(
    client_of: ClientOf, room: Room
) -> None:
    client = client_of()
    heard = connected(client, room)
    room.gift_streak("bob", "Rose", 4)
    heard.wait("gift_streak", 4)
    room.end(announce=False)
    room.drop_socket()
    heard.wait("disconnected")
    until(lambda: not client.busy)
    assert heard.all("gift") == []
    client.start(str(room.state.room_id))
    gift = heard.wait("gift")
    assert (gift["count"], gift["delta"], gift["closed_by"]) == (4, 4, "disconnect")


def test_a_streak_left_open_by_a_lost_socket_is_told_before_the_next_live(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    heard = connected(client, room)
    first = str(room.state.room_id)
    room.gift_streak("bob", "Rose", 4)
    heard.wait("gift_streak", 4)
    room.drop_socket()
    heard.wait("disconnected")
    until(lambda: not client.busy)
    room.go_live()
    client.connect()
    heard.wait("connected", 2)
    assert heard.names[-3:] == ["disconnected", "gift", "connected"]
    assert (heard.all("gift")[0]["count"], heard.all("gift")[0]["session_id"]) == (4, first)


def test_a_streak_left_open_by_a_lost_socket_is_told_on_disconnect(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    heard = connected(client, room)
    room.gift_streak("bob", "Rose", 4)
    heard.wait("gift_streak", 4)
    room.drop_socket()
    heard.wait("disconnected")
    client.disconnect()
    assert heard.wait("gift")["count"] == 4


# --- what goes wrong on the way ---


def test_a_lost_socket_is_told_and_the_session_goes_on(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    heard = connected(client, room)
    room.remember(10)
    room.chat("bob", "one")
    heard.wait("chat")
    session = client.session
    room.drop_socket()
    assert heard.wait("disconnected")["code"] == "network"
    until(lambda: not client.busy)
    client.connect()
    room.wait_for_client()
    room.chat("bob", "two")
    heard.wait("chat", 2)
    assert client.session is session
    assert [chat["comment"] for chat in heard.all("chat")] == ["one", "two"]


def test_a_service_that_goes_away_is_a_network_error(client_of: ClientOf, sim: Simulator, room: Room) -> None:
    heard = connected(client_of(), room)
    sim.stop()
    last = heard.wait("disconnected")
    assert last["code"] == "network"
    # The answer to the service's close may come too late for it.
    assert last["reason"].startswith(("the service closed the socket", "the socket was lost: "))


def test_a_half_open_socket_is_found(client_of: ClientOf, room: Room) -> None:
    heard = connected(client_of(stale_timeout_s=0.3), room)
    room.go_silent()
    silent_at = time.monotonic()
    last = heard.wait("disconnected")
    assert time.monotonic() - silent_at < 0.3 + 1.0 + 0.2
    assert (last["code"], last["reason"]) == ("stale", "nothing was received for 0.3 s")


def test_an_idle_socket_is_kept_by_heartbeats(client_of: ClientOf, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tiktok2mqtt.webcast.net.frames.HEARTBEAT_INTERVAL_S", 0.1)
    client = client_of(stale_timeout_s=0.4)
    heard = connected(client, room)
    (socket,) = room.shared.hub.inside(room.state)
    first = socket.check._heartbeat_due
    until(lambda: socket.check._heartbeat_due > first + 1.0)
    room.chat("bob", "awake?")
    heard.wait("chat")
    assert heard.names == ["connected", "chat"]


def test_every_frame_is_acked(client_of: ClientOf, room: Room) -> None:
    heard = connected(client_of(), room)
    (socket,) = room.shared.hub.inside(room.state)
    for number in range(5):
        room.chat("bob", str(number))
        heard.wait("chat", number + 1)
    until(lambda: not socket.check._unacked, timeout=2.0)
    assert socket.check._acked_upto > 0


GZIP_CUT_SHORT = b"\x3a\x03msg\x42\x0c\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x4b\x4c"


@pytest.mark.parametrize(
    ("frame", "cause"),
    [
        (b"\xff\xff\xff", "frame"),
        (b"", "payload_type"),
        (b"\x3a\x07mystery", "payload_type"),
        (b"\x3a\x03msg\x42\x02\xff\xff", "fetch_response"),
        (GZIP_CUT_SHORT, "gzip"),
    ],
    ids=["garbage", "empty", "unknown type", "no fetch response", "gzip cut short"],
)
def test_frames_that_cannot_be_read_are_counted_and_nothing_else(
    client_of: ClientOf, room: Room, frame: bytes, cause: str
) -> None:
    client = client_of()
    heard = connected(client, room)
    room.send_frame(frame)
    room.chat("bob", "still here")
    heard.wait("chat")
    assert dict(client.drops.frames) == {cause: 1}
    assert heard.names == ["connected", "chat"]


def test_text_frames_are_counted(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    heard = connected(client, room)
    room.send_text('{"hello":1}')
    room.chat("bob", "still here")
    heard.wait("chat")
    assert dict(client.drops.frames) == {"text": 1}


def test_messages_that_cannot_be_read_drop_only_themselves(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    heard = connected(client, room)
    with room.batch():
        room.send("WebcastNobodyKnowsMessage", b"\x08\x01")
        room.send("WebcastChatMessage", b"\xff\xff")
        room.send("weird/+#\n", b"")
        room.chat("bob", "same frame")
    heard.wait("chat")
    assert heard.names == ["connected", "chat"]
    assert dict(client.drops.unknown) == {"WebcastNobodyKnowsMessage": 1, "other": 1}
    assert dict(client.drops.undecodable) == {"WebcastChatMessage": 1}


def test_a_mistake_of_our_own_ends_the_connection_with_a_reason(
    client_of: ClientOf, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of()
    heard = connected(client, room)
    monkeypatch.setattr(client.session, "process", fail)
    room.chat("bob", "boom")
    last = heard.wait("disconnected")
    assert (last["code"], last["reason"]) == ("error", "internal error: RuntimeError")


def test_room_info_that_fails_does_not_prevent_the_connection(sim: Simulator, client_of: ClientOf, room: Room) -> None:
    sim.fail_http("room/info", 500)
    client = client_of()
    heard = connected(client, room)
    assert client.get_state().room_info is None
    assert heard.all("connected")[0]["title"] is None


def test_disconnecting_while_connecting(client_of: ClientOf, room: Room) -> None:
    with deaf_server() as port:
        client = client_of(socket_url=f"ws://127.0.0.1:{port}/", connect_timeout_s=0.5)
        heard = Heard(client)
        closed: list[WebcastError | None] = []
        client.on_closed = lambda _generation, error: closed.append(error)
        client.start(str(room.state.room_id))
        until(lambda: client._transports._current is not None)
        client.disconnect()
        assert not client.busy
    assert closed == [None]
    assert heard.names == []


# --- the order of the transports ---


@pytest.mark.usefixtures("short_pauses")
def test_a_room_that_refuses_the_socket_is_polled_and_all_events_say_so(client_of: ClientOf, room: Room) -> None:
    room.refuse(415, times=2)
    client = client_of()
    heard = Heard(client)
    sockets: list[object] = []
    client.on("websocket_connected", sockets.append)
    assert client.connect().transport == "polling"
    room.chat("bob", "hi")
    heard.wait("chat")
    client.disconnect()
    assert heard.names == ["connected", "chat", "disconnected"]
    assert {event["source"] for event in heard.events} == {"polling"}
    assert heard.events[0]["transport"] == "polling"
    assert sockets == []
    # What worked last is tried first in the same LIVE, and the order begins anew with the next.
    assert client.connect().transport == "polling"
    client.disconnect()
    room.go_live()
    assert client.connect().transport == "direct"


@pytest.mark.usefixtures("short_pauses")
def test_when_no_transport_gets_in_the_first_one_says_why(sim: Simulator, client_of: ClientOf, room: Room) -> None:
    room.refuse(200, {"Handshake-Msg": "REGION_LOCKED"}, times=2)
    sim.fail_http("im/fetch", 200)
    with pytest.raises(Blocked, match="TikTok refused the socket with status 200: REGION_LOCKED"):
        client_of().connect()
    assert sum(request.path == "/webcast/im/fetch/" for request in sim.requests) == 1


# --- options, each with a test that fails without it ---


@pytest.mark.parametrize(("process", "comments"), [(True, ["old", "new"]), (False, ["new"])])
def test_process_initial_data(client_of: ClientOf, room: Room, process: bool, comments: list[str]) -> None:
    room.chat("bob", "old")
    room.remember(10)
    heard = connected(client_of(process_initial_data=process), room)
    room.chat("bob", "new")
    heard.wait("chat", len(comments))
    assert [chat["comment"] for chat in heard.all("chat")] == comments
    assert [chat["replayed"] for chat in heard.all("chat")] == [comment == "old" for comment in comments]


@pytest.mark.parametrize("fetch", [True, False])
def test_fetch_room_info_on_connect(sim: Simulator, client_of: ClientOf, room: Room, fetch: bool) -> None:
    client = client_of(fetch_room_info_on_connect=fetch)
    connected(client, room)
    assert (client.get_state().room_info is not None) is fetch
    assert any(request.path == "/webcast/room/info/" for request in sim.requests) is fetch


@pytest.mark.parametrize("enabled", [True, False])
def test_enable_extended_gift_info(client_of: ClientOf, room: Room, enabled: bool) -> None:
    heard = connected(client_of(enable_extended_gift_info=enabled), room)
    room.gift("bob", "Galaxy")
    gift = heard.wait("gift")
    assert ((gift.get("extended_gift_info") or {}).get("describe") == "Sent Galaxy") is enabled


def test_a_gift_list_that_fails_does_not_prevent_the_connection(
    sim: Simulator, client_of: ClientOf, room: Room
) -> None:
    sim.fail_http("gift/list", 403)
    heard = connected(client_of(enable_extended_gift_info=True), room)
    room.gift("bob", "Galaxy")
    assert heard.wait("gift")["extended_gift_info"] is None


def test_client_params_are_laid_over_every_webcast_request(sim: Simulator, client_of: ClientOf, room: Room) -> None:
    client = client_of(client_params={"webcast_language": "de-DE", "compress": ""})
    heard = connected(client, room)
    room.chat("bob", "not packed")
    heard.wait("chat")
    asked = {request.path: request.query for request in sim.requests}
    assert asked["/webcast/room/info/"]["webcast_language"] == "de-DE"
    push = asked["/webcast/im/ws_proxy/ws_reuse_supplement/"]
    assert (push["webcast_language"], push["compress"]) == ("de-DE", "")


def test_gzip_is_asked_for(sim: Simulator, client_of: ClientOf, room: Room) -> None:
    heard = connected(client_of(), room)
    room.chat("bob", "packed")
    heard.wait("chat")
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
def test_base_urls_of_connect_and_its_timeout(client_of: ClientOf, room: Room, option: str) -> None:
    with deaf_server() as port:
        scheme = "ws" if option == "socket_url" else "http"
        client = client_of(
            **{option: f"{scheme}://127.0.0.1:{port}", "connect_timeout_s": 0.2, "transports": ("direct",)}
        )
        began = time.monotonic()
        with pytest.raises(NetworkError, match="timed out"):
            client.connect()
        assert 0.2 <= time.monotonic() - began < 2.0
    assert room.clients == 0


def test_streak_timeout(client_of: ClientOf, room: Room) -> None:
    heard = connected(client_of(streak_timeout_s=0.2), room)
    room.gift_streak("bob", "Rose", 2)
    gift = heard.wait("gift", timeout=2.5)
    assert (gift["count"], gift["closed_by"]) == (2, "timeout")


def test_an_unknown_option_is_an_error() -> None:
    with pytest.raises(TypeError, match="no_such_option"):
        WebcastPushConnection("alice", no_such_option=1)


def test_the_room_is_named_in_any_way() -> None:
    with WebcastPushConnection("https://www.tiktok.com/@Alice/live") as client:
        assert client.room == "alice"
    with pytest.raises(ValueError, match="a room must be a TikTok user name"):
        WebcastPushConnection("al ice")


def test_proxies_of_the_environment_are_not_used(
    client_of: ClientOf, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    connected(client_of(), room)


# --- look-ups beside the connection ---


def test_room_info_connected_and_not(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    assert client.get_room_info().title == "Pottery"
    connected(client, room)
    assert client.get_room_info().live is True


def test_room_info_after_a_disconnect_is_that_of_the_next_live(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    connected(client, room)
    client.disconnect()
    room.go_live(title="Second")
    assert client.get_room_info().title == "Second"


def test_room_info_of_a_room_that_is_not_live(sim: Simulator, client_of: ClientOf) -> None:
    sim.room("alice")
    with pytest.raises(RoomOffline, match="alice is not live"):
        client_of().get_room_info()


def test_available_gifts(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    assert {"Rose", "Galaxy"} <= {gift["name"] for gift in client.get_available_gifts()}
    connected(client, room)
    assert client.get_available_gifts()[0]["diamond_count"] == 1


# --- nothing is left behind ---


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts descriptors as Linux lists them")
def test_fifty_reconnects_leak_neither_threads_nor_descriptors(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    heard = connected(client, room)
    room.remember(100)
    open_before, threads_before = descriptors(), threading.active_count()
    for number in range(50):
        room.chat("bob", str(number))
        heard.wait("chat", number + 1)
        room.drop_socket()
        heard.wait("disconnected", number + 1)
        until(lambda: not client.busy)
        client.start(str(room.state.room_id))
        room.wait_for_client()
    heard.wait("connected", 51)
    assert [int(chat["comment"]) for chat in heard.all("chat")] == list(range(50))
    assert threading.active_count() <= threads_before
    assert descriptors() <= open_before + 2


def test_leaving_the_context_ends_the_reader(sim: Simulator) -> None:
    room = sim.room("carol")
    room.go_live()
    with WebcastPushConnection("carol", **urls(sim)) as client:
        heard = connected(client, room)
        assert threads_of("carol") == ["tiktok2mqtt[carol].reader"]
    assert threads_of("carol") == []
    assert heard.names == ["connected", "disconnected"]
    client.disconnect()
