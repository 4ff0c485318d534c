import gc
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.helpers import until
from tests.webcast.conftest import ClientOf
from tests.webcast.rig import EventLog, connected, deaf_server, live_page, threads_of, urls
from tiktok2mqtt.common.errors import (
    AgeRestricted,
    AlreadyConnected,
    Blocked,
    RoomEnded,
    RoomNotFound,
    RoomOffline,
    StatusUnknown,
    WebcastError,
)
from tiktok2mqtt.simulator import Room, Simulator
from tiktok2mqtt.webcast.client import WebcastPushConnection
from tiktok2mqtt.webcast.lookup.resolution import Resolution
from tiktok2mqtt.webcast.lookup.rooms import RoomLookup
from tiktok2mqtt.webcast.net.frames import FrameProtocol
from tiktok2mqtt.webcast.net.websocket import PushWebSocket
from tiktok2mqtt.webcast.session import LiveSession
from tiktok2mqtt.webcast.transports.sockets import SocketTransport

# --- connecting ---


def test_connecting_twice_is_an_error(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    log = connected(client, room)
    with pytest.raises(AlreadyConnected, match="alice is already connected"):
        client.connect()
    with pytest.raises(AlreadyConnected):
        client.start(str(room.state.room_id))
    room.chat("bob", "still here")
    log.wait("chat")
    client.disconnect()
    client.connect()
    log.wait("connected", 2)


def test_connecting_from_a_second_thread_is_an_error(
    client_of: ClientOf, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of()
    resolve, asked, go_on = RoomLookup.resolve, threading.Event(), threading.Event()

    def slow(lookup: RoomLookup, name: str) -> Resolution:
        asked.set()
        go_on.wait(5)
        return resolve(lookup, name)

    monkeypatch.setattr(RoomLookup, "resolve", slow)
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
    """The LIVE is over, but its page still shows it as live."""
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
def test_connect_raises_the_reason_why_it_cannot(
    sim: Simulator,
    client_of: ClientOf,
    room: Room,
    prepare: Callable[[Simulator, Room], None],
    refusal: tuple[type[WebcastError], str],
) -> None:
    prepare(sim, room)
    error, code = refusal
    client = client_of()
    log = EventLog(client)
    with pytest.raises(error) as caught:
        client.connect()
    assert caught.value.code == code
    assert log.names == []
    assert not client.get_state().connected
    until(lambda: not client.busy)


def test_connect_raises_status_unknown_without_a_room_id(sim: Simulator, client_of: ClientOf) -> None:
    sim.room("alice")
    sim.fail_http("/live", 200, body=live_page("", 2))
    sim.fail_http("api-live", 500)
    with pytest.raises(StatusUnknown, match="TikTok returned no room id for alice"):
        client_of().connect()


@pytest.mark.parametrize(("action", "reason"), [(3, "ended"), (4, "suspended")])
def test_the_end_of_the_stream_ends_the_connection(client_of: ClientOf, room: Room, action: int, reason: str) -> None:
    client = client_of()
    log = connected(client, room)
    room.gift_streak("bob", "Rose", 2)
    log.wait("gift_streak", 2)
    room.control(action)
    last = log.wait("disconnected")
    assert log.names[-4:] == ["control", "gift", "stream_end", "disconnected"]
    assert (log.all("gift")[0]["count"], log.all("gift")[0]["closed_by"]) == (2, "disconnect")
    assert log.all("stream_end")[0]["reason"] == reason
    assert last["code"] == reason
    until(lambda: not client.busy)
    assert client.session is None
    assert not client.get_state().connected


@pytest.mark.parametrize("action", [1, 2])
def test_a_pause_ends_nothing(client_of: ClientOf, room: Room, action: int) -> None:
    client = client_of()
    log = connected(client, room)
    room.control(action)
    room.chat("bob", "go on")
    log.wait("chat")
    assert log.names == ["connected", "control", {1: "paused", 2: "resumed"}[action], "chat"]


def test_disconnecting_reports_open_streaks(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    log = connected(client, room)
    room.gift_streak("bob", "Rose", 4)
    log.wait("gift_streak", 4)
    client.disconnect()
    assert log.names[-2:] == ["gift", "disconnected"]
    assert log.all("gift")[0]["count"] == 4


def test_a_streak_left_open_by_a_lost_socket_is_reported_when_the_live_is_over(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    log = connected(client, room)
    room.gift_streak("bob", "Rose", 4)
    log.wait("gift_streak", 4)
    room.end(announce=False)
    room.drop_socket()
    log.wait("disconnected")
    until(lambda: not client.busy)
    assert log.all("gift") == []
    client.start(str(room.state.room_id))
    gift = log.wait("gift")
    assert (gift["count"], gift["delta"], gift["closed_by"]) == (4, 4, "disconnect")


def test_a_streak_left_open_by_a_lost_socket_is_reported_when_the_room_is_closed_to_us(
    client_of: ClientOf, room: Room
) -> None:
    client = client_of()
    log = connected(client, room)
    room.gift_streak("bob", "Rose", 4)
    log.wait("gift_streak", 4)
    room.restrict_age()
    room.drop_socket()
    log.wait("disconnected")
    until(lambda: not client.busy)
    client.start(str(room.state.room_id))
    assert log.wait("gift")["count"] == 4


def test_a_streak_left_open_by_a_lost_socket_is_reported_before_the_next_live(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    log = connected(client, room)
    first = str(room.state.room_id)
    room.gift_streak("bob", "Rose", 4)
    log.wait("gift_streak", 4)
    room.drop_socket()
    log.wait("disconnected")
    until(lambda: not client.busy)
    room.go_live()
    client.connect()
    log.wait("connected", 2)
    assert log.names[-3:] == ["disconnected", "gift", "connected"]
    assert (log.all("gift")[0]["count"], log.all("gift")[0]["session_id"]) == (4, first)


def test_a_streak_left_open_by_a_lost_socket_is_reported_on_disconnect(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    log = connected(client, room)
    room.gift_streak("bob", "Rose", 4)
    log.wait("gift_streak", 4)
    room.drop_socket()
    log.wait("disconnected")
    client.disconnect()
    assert log.wait("gift")["count"] == 4


# --- faults ---


def fail(*_: object) -> None:
    raise RuntimeError("an internal error")


def test_the_session_survives_a_lost_socket(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    log = connected(client, room)
    room.remember(10)
    room.chat("bob", "one")
    log.wait("chat")
    session = client.session
    room.drop_socket()
    assert log.wait("disconnected")["code"] == "network"
    until(lambda: not client.busy)
    client.connect()
    room.wait_for_client()
    room.chat("bob", "two")
    log.wait("chat", 2)
    assert client.session is session
    assert [chat["comment"] for chat in log.all("chat")] == ["one", "two"]


def test_a_service_that_shuts_down_is_a_network_error(client_of: ClientOf, sim: Simulator, room: Room) -> None:
    log = connected(client_of(), room)
    sim.stop()
    last = log.wait("disconnected")
    assert last["code"] == "network"
    # The service may be gone before our answer to its close frame.
    assert last["reason"].startswith(("the service closed the socket", "the socket was lost: "))


def test_a_half_open_socket_is_detected(client_of: ClientOf, room: Room) -> None:
    log = connected(client_of(stale_timeout_s=0.3), room)
    room.go_silent()
    last = log.wait("disconnected")
    assert (last["code"], last["reason"]) == ("stale", "nothing was received for 0.3 s")


def test_heartbeats_keep_an_idle_socket_open(client_of: ClientOf, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tiktok2mqtt.webcast.net.frames.HEARTBEAT_INTERVAL_S", 0.1)
    client = client_of(stale_timeout_s=1.5)
    log = connected(client, room)
    (socket,) = room.shared.hub.inside(room.state)
    first = socket.check.heartbeat_due
    until(lambda: socket.check.heartbeat_due > first + 2.0)
    room.chat("bob", "awake?")
    log.wait("chat")
    assert log.names == ["connected", "chat"]


def test_every_frame_is_acked(client_of: ClientOf, room: Room) -> None:
    log = connected(client_of(), room)
    (socket,) = room.shared.hub.inside(room.state)
    for number in range(5):
        room.chat("bob", str(number))
        log.wait("chat", number + 1)
    until(lambda: not socket.check.unacked, timeout=2.0)
    assert socket.check.acked_upto > 0


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
def test_frames_that_cannot_be_decoded_end_nothing(client_of: ClientOf, room: Room, frame: bytes, cause: str) -> None:
    client = client_of()
    log = connected(client, room)
    room.send_frame(frame)
    room.chat("bob", "still here")
    log.wait("chat")
    assert dict(client.drops.frames) == {cause: 1}
    error = log.wait("error")
    assert (error["code"], error["reason"], error["count"]) == ("schema", "1 frame unreadable", 1)
    assert sorted(log.names) == ["chat", "connected", "error"]


def test_text_frames_are_counted(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    log = connected(client, room)
    room.send_text('{"hello":1}')
    room.chat("bob", "still here")
    log.wait("chat")
    assert dict(client.drops.frames) == {"text": 1}


def test_messages_that_cannot_be_decoded_drop_only_themselves(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    log = connected(client, room)
    with room.batch():
        room.send("WebcastNobodyKnowsMessage", b"\x08\x01")
        room.send("WebcastChatMessage", b"\xff\xff")
        room.send("weird/+#\n", b"")
        room.chat("bob", "same frame")
    log.wait("chat")
    assert log.wait("error")["reason"] == "1 message unreadable"
    assert log.names == ["connected", "chat", "error"]
    assert dict(client.drops.unknown) == {"WebcastNobodyKnowsMessage": 1, "other": 1}
    assert dict(client.drops.undecodable) == {"WebcastChatMessage": 1}


def test_an_internal_error_ends_the_connection_with_a_reason(
    client_of: ClientOf, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of()
    log = connected(client, room)
    monkeypatch.setattr(client.session, "process", fail)
    room.chat("bob", "boom")
    last = log.wait("disconnected")
    assert (last["code"], last["reason"]) == ("error", "internal error: RuntimeError")


def test_a_failed_room_info_does_not_prevent_the_connection(sim: Simulator, client_of: ClientOf, room: Room) -> None:
    sim.fail_http("room/info", 500)
    client = client_of()
    log = connected(client, room)
    assert client.get_state().room_info is None
    assert log.all("connected")[0]["title"] is None


def test_disconnecting_while_connecting(client_of: ClientOf, room: Room) -> None:
    with deaf_server() as port:
        client = client_of(socket_url=f"ws://127.0.0.1:{port}/", connect_timeout_s=0.5)
        log = EventLog(client)
        closed: list[WebcastError | None] = []
        client.on_closed = lambda _generation, error: closed.append(error)
        client.start(str(room.state.room_id))
        until(lambda: client._transports._current is not None)
        client.disconnect()
        assert not client.busy
    assert closed == [None]
    assert log.names == []


# --- the order of the transports ---


@pytest.mark.usefixtures("short_pauses")
def test_a_room_that_refuses_the_socket_is_polled(client_of: ClientOf, room: Room) -> None:
    room.refuse(415, times=2)
    client = client_of()
    log = EventLog(client)
    sockets: list[object] = []
    client.on("websocket_connected", sockets.append)
    assert client.connect().transport == "polling"
    room.chat("bob", "hi")
    log.wait("chat")
    client.disconnect()
    assert log.names == ["connected", "error", "chat", "disconnected"]
    assert (log.events[1]["code"], log.events[1]["count"]) == ("blocked", 1)
    assert log.events[1]["reason"].startswith("direct failed, using polling: TikTok refused the socket with status 415")
    assert {event["source"] for event in log.events} == {"polling"}
    assert log.events[0]["transport"] == "polling"
    assert sockets == []
    # The transport that worked last is tried first in the same LIVE; the next LIVE starts with the first one again.
    assert client.connect().transport == "polling"
    client.disconnect()
    room.go_live()
    assert client.connect().transport == "direct"


@pytest.mark.usefixtures("short_pauses")
def test_when_all_transports_fail_the_first_error_is_raised(sim: Simulator, client_of: ClientOf, room: Room) -> None:
    room.refuse(200, {"Handshake-Msg": "REGION_LOCKED"}, times=2)
    sim.fail_http("im/fetch", 200)
    with pytest.raises(Blocked, match="TikTok refused the socket with status 200: REGION_LOCKED"):
        client_of().connect()
    assert sum(request.path == "/webcast/im/fetch/" for request in sim.requests) == 1


# --- nothing is left behind ---


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts descriptors as Linux lists them")
def test_fifty_reconnects_leak_no_threads_and_no_descriptors(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    log = connected(client, room)
    room.remember(100)
    open_before, threads_before = descriptors(), threading.active_count()
    for number in range(50):
        room.chat("bob", str(number))
        log.wait("chat", number + 1)
        room.drop_socket()
        log.wait("disconnected", number + 1)
        until(lambda: not client.busy)
        client.start(str(room.state.room_id))
        room.wait_for_client()
    log.wait("connected", 51)
    assert [int(chat["comment"]) for chat in log.all("chat")] == list(range(50))
    assert threading.active_count() <= threads_before
    assert descriptors() <= open_before + 2


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts descriptors as Linux lists them")
def test_connecting_again_and_again_leaks_no_threads_and_no_descriptors(client_of: ClientOf, room: Room) -> None:
    """50 times, or as often as the environment variable CONNECT_CYCLES says."""
    client = client_of()
    client.connect()
    client.disconnect()
    open_before = descriptors()
    for _ in range(int(os.environ.get("CONNECT_CYCLES", "50"))):
        assert client.connect().room_id == str(room.state.room_id)
        client.disconnect()
        assert threads_of("alice") == []
    # The simulator is in this process, and closes its sockets a moment later.
    until(lambda: descriptors() <= open_before)


def test_leaving_the_context_disconnects(sim: Simulator) -> None:
    room = sim.room("carol")
    room.go_live()
    with WebcastPushConnection("carol", **urls(sim)) as client:
        log = connected(client, room)
        assert threads_of("carol") == ["tiktok2mqtt[carol].reader"]
    assert threads_of("carol") == []
    assert log.names == ["connected", "disconnected"]
    client.disconnect()


# --- memory ---

OF_A_CONNECTION = (PushWebSocket, SocketTransport, FrameProtocol)


@pytest.fixture
def no_garbage_collection() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def in_memory(*types: type) -> Counter[str]:
    return Counter(type(item).__name__ for item in gc.get_objects() if isinstance(item, types))


@pytest.mark.usefixtures("no_garbage_collection")
def test_a_live_that_is_over_is_released_without_the_garbage_collector(client_of: ClientOf, room: Room) -> None:
    """Else each LIVE would stay in memory until Python collects garbage, among what is still used."""
    before = in_memory(LiveSession, *OF_A_CONNECTION)
    client = client_of()
    log = connected(client, room)
    for ends in range(1, 4):
        room.chat("bob", "hello")
        room.gift_streak("bob", "Rose", 3)
        log.wait("gift_streak", 3 * ends)
        room.end()
        log.wait("disconnected", ends)
        until(lambda: not client.busy)
        assert in_memory(LiveSession, *OF_A_CONNECTION) == before
        room.go_live()
        client.connect()
        room.wait_for_client()


@pytest.mark.usefixtures("no_garbage_collection")
def test_a_lost_connection_is_released_without_the_garbage_collector(client_of: ClientOf, room: Room) -> None:
    before = in_memory(*OF_A_CONNECTION)
    client = client_of()
    log = connected(client, room)
    for losses in range(1, 4):
        room.drop_socket()
        log.wait("disconnected", losses)
        until(lambda: not client.busy)
        assert in_memory(*OF_A_CONNECTION) == before
        client.connect()
        room.wait_for_client()


@pytest.mark.usefixtures("no_garbage_collection")
def test_refused_connections_are_released_without_the_garbage_collector(
    client_of: ClientOf, sim: Simulator, room: Room
) -> None:
    before = in_memory(*OF_A_CONNECTION)
    client = client_of()
    room.refuse(200, {"Handshake-Msg": "REGION_LOCKED"}, times=2)
    sim.fail_http("im/fetch", 200)
    with pytest.raises(Blocked):
        client.connect()
    until(lambda: not client.busy)
    assert in_memory(*OF_A_CONNECTION) == before
