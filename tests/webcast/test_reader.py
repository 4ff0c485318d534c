import threading
import time
from collections import deque
from datetime import datetime
from math import inf

import pytest

from tests.helpers import until
from tests.webcast.conftest import ClientOf
from tests.webcast.rig import EventLog, connected
from tiktok2mqtt.common.errors import NetworkError, WebcastError
from tiktok2mqtt.simulator import Room, Simulator
from tiktok2mqtt.webcast.lookup.rooms import RoomLookup
from tiktok2mqtt.webcast.reader import MAX_WAIT_S
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchMessage, FetchResponse
from tiktok2mqtt.webcast.schema.messages_pb2 import WebcastChatMessage
from tiktok2mqtt.webcast.transports.direct import DirectTransport

# --- caught up ---


def test_caught_up_is_called_before_the_reader_waits_for_more(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    told: list[str] = []
    busy, free = threading.Event(), threading.Event()

    def hold_up(_event: object) -> None:
        busy.set()
        free.wait(5)

    client.on("*", lambda event: told.append(event["event_type"]))
    client.on("caught_up", lambda: told.append("caught_up"))
    client.on("question_new", hold_up)
    client.connect()
    until(lambda: told[:2] == ["connected", "caught_up"])
    room.wait_for_client()
    room.question("bob", "why?")
    assert busy.wait(5)
    room.flood(3, batch=1)
    free.set()
    until(lambda: told[-4:] == ["chat", "chat", "chat", "caught_up"])
    client.disconnect()
    assert told[-2:] == ["disconnected", "caught_up"]


# --- waiting ---


def test_it_waits_until_something_is_due(client_of: ClientOf, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: deque[float] = deque(maxlen=1)
    receive = DirectTransport.receive

    def noted(transport: DirectTransport, timeout_s: float) -> FetchResponse | None:
        waits.append(timeout_s)
        return receive(transport, timeout_s)

    monkeypatch.setattr(DirectTransport, "receive", noted)
    heard = connected(client_of(streak_timeout_s=7.0), room)
    until(lambda: list(waits) == [MAX_WAIT_S])
    room.gift_streak("bob", "Rose", 2)
    heard.wait("gift_streak", 2)
    until(lambda: 6.0 < waits[0] <= 7.0)


# --- gap ---


def seconds_between(earlier: str, later: str) -> float:
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()


def test_a_reconnect_emits_the_length_of_the_gap(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    heard = connected(client, room)
    room.chat("bob", "the last one")
    heard.wait("chat")
    room.drop_socket()
    lost = heard.wait("disconnected")
    until(lambda: not client.busy)
    client.start(str(room.state.room_id))
    gap = heard.wait("gap")
    assert heard.names == ["connected", "chat", "disconnected", "connected", "gap"]
    again = heard.all("connected")[1]
    assert gap["since"] <= lost["ts"] <= again["ts"] <= gap["ts"]
    assert gap["seconds"] == pytest.approx(seconds_between(gap["since"], gap["ts"]), abs=0.05)
    assert gap["seconds"] >= seconds_between(lost["ts"], again["ts"]) - 0.01
    assert (gap["room_id"], gap["source"], gap["replayed"]) == (str(room.state.room_id), "direct", False)


def test_a_new_live_has_no_gap(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    heard = connected(client, room)
    room.drop_socket()
    heard.wait("disconnected")
    until(lambda: not client.busy)
    room.go_live()
    client.connect()
    room.wait_for_client()
    room.chat("bob", "hi")
    heard.wait("chat")
    assert heard.names == ["connected", "disconnected", "connected", "chat"]


def test_a_failed_attempt_makes_the_gap_longer_and_emits_none(client_of: ClientOf, room: Room) -> None:
    client = client_of(transports=("direct",))
    heard = connected(client, room)
    room.drop_socket()
    heard.wait("disconnected")
    until(lambda: not client.busy)
    room.refuse(429)
    client.start(str(room.state.room_id))
    until(lambda: not client.busy)
    assert "gap" not in heard.names
    client.start(str(room.state.room_id))
    gap = heard.wait("gap")
    assert gap["since"] <= heard.all("disconnected")[0]["ts"]


# --- generations ---


def chat(number: int) -> FetchResponse:
    common = {"msg_id": number, "create_time": 1_700_000_000_000}
    payload = WebcastChatMessage(common=common, content=str(number)).SerializeToString()
    return FetchResponse(messages=[FetchMessage(method="WebcastChatMessage", payload=payload, msg_id=number)])


class Valve:
    """Holds back what a transport received until it is let through."""

    def __init__(self) -> None:
        self.ready: deque[FetchResponse | WebcastError] = deque()
        self.waiting = threading.Event()
        self.open = threading.Event()

    def receive(self, _timeout_s: float) -> FetchResponse | None:
        self.waiting.set()
        self.open.wait(5)
        if not self.ready:
            self.open.clear()
            return None
        answer = self.ready.popleft()
        if isinstance(answer, WebcastError):
            raise answer
        return answer


@pytest.fixture
def valve(monkeypatch: pytest.MonkeyPatch) -> Valve:
    valve = Valve()
    monkeypatch.setattr(DirectTransport, "receive", valve.receive)
    return valve


@pytest.mark.parametrize("late", [chat(7), NetworkError("lost")], ids=["frame", "error"])
def test_an_interrupted_reader_ignores_what_it_still_receives(
    client_of: ClientOf, room: Room, valve: Valve, late: FetchResponse | WebcastError
) -> None:
    client = client_of()
    heard = EventLog(client)
    client.connect()
    heard.wait("connected")
    assert valve.waiting.wait(5)
    valve.ready.append(late)
    client.interrupt()
    valve.open.set()
    until(lambda: not client.busy)
    assert heard.names == ["connected", "disconnected"]
    assert heard.events[1]["code"] == "disabled"
    until(lambda: room.clients == 0)


def test_what_is_received_before_the_interruption_is_emitted(client_of: ClientOf, room: Room, valve: Valve) -> None:
    client = client_of()
    heard = EventLog(client)
    client.connect()
    valve.ready.extend([chat(7), chat(8)])
    valve.open.set()
    heard.wait("chat", 2)
    client.interrupt()
    valve.open.set()
    until(lambda: not client.busy)
    assert heard.names == ["connected", "chat", "chat", "disconnected"]
    until(lambda: room.clients == 0)


def test_a_connection_that_opens_after_the_interruption_is_not_reported(
    client_of: ClientOf, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of()
    heard = EventLog(client)
    told: list[object] = []
    client.on_opened = told.append
    client.on_closed = lambda generation, error: told.append((generation, error))
    opened = DirectTransport.open

    def interrupted_at_the_end(transport: DirectTransport) -> None:
        opened(transport)
        client.interrupt()

    monkeypatch.setattr(DirectTransport, "open", interrupted_at_the_end)
    client.start(str(room.state.room_id))
    until(lambda: not client.busy)
    assert heard.names == []
    assert told == [(1, None)]
    assert client.generation == 2


def test_a_room_info_that_hangs_does_not_use_up_the_time_for_the_connection(
    sim: Simulator, client_of: ClientOf, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[float | None] = []
    room_info = RoomLookup.room_info

    def noted(lookup: RoomLookup, room_id: str, timeout_s: float | None = None) -> object:
        asked.append(timeout_s)
        return room_info(lookup, room_id, timeout_s)

    monkeypatch.setattr(RoomLookup, "room_info", noted)
    connected(client_of(connect_timeout_s=10.0), room)
    (timeout_s,) = asked
    assert timeout_s is not None
    assert 4.0 < timeout_s <= 4.5
    assert len(sim.requests) == 4


# --- the sign of life ---


def test_a_handler_that_hangs_makes_the_reader_overdue(
    client_of: ClientOf, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tiktok2mqtt.webcast.reader.MAX_WAIT_S", 0.1)
    monkeypatch.setattr("tiktok2mqtt.webcast.reader.STUCK_S", 0.2)
    client = client_of(connect_timeout_s=0.4)
    release = threading.Event()
    client.on("chat", lambda _: release.wait(10))
    assert not client.liveness.is_overdue(inf)
    connected(client, room)
    # Longer than a turn: nothing hangs in a room where nothing happens.
    first = client.liveness.next_by
    until(lambda: client.liveness.next_by > first)
    room.chat("bob", "hi")
    until(lambda: client.liveness.is_overdue(time.monotonic()))
    release.set()
    until(lambda: not client.liveness.is_overdue(time.monotonic()))
    client.disconnect()
    assert not client.liveness.is_overdue(inf)
