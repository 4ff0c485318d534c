import io
import threading
from typing import Any

import orjson
import pytest

from tests.helpers import until
from tests.webcast.rig import EventLog, connected, urls
from tiktok2mqtt.common.errors import NetworkError, RoomOffline
from tiktok2mqtt.simulator import Room, Simulator
from tiktok2mqtt.webcast.client import WebcastPushConnection
from tiktok2mqtt.webcast.net.options import Options
from tiktok2mqtt.webcast.recording import Recorder, RecordingError, read_recording
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchResponse

HEAD = {"format": "tiktok2mqtt-recording", "version": 1, "room": "alice", "room_id": "55"}
# Events made by the client itself.
LIFECYCLE = {"connected", "disconnected"}


@pytest.fixture
def alice(sim: Simulator) -> Room:
    room = sim.room("alice")
    room.go_live()
    return room


def lines(*more: Any) -> list[bytes]:
    return [orjson.dumps(line) + b"\n" for line in (HEAD, *more)]


def play(room: Room) -> None:
    room.chat("bob", "hello")
    room.gift_streak("bob", "Rose", 3)
    room.gift_end("bob", "Rose")
    room.gift_streak("carol", "Rose", 2)
    room.follow("carol")
    room.like("carol", 5)


def comparable(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the events without what differs between a LIVE and its replay."""
    own = {"source"}
    kept = [event for event in events if event["event_type"] not in LIFECYCLE]
    return [{key: value for key, value in event.items() if key not in own} for event in kept]


def test_a_replay_has_the_events_of_the_live(sim: Simulator, alice: Room) -> None:
    file = io.BytesIO()
    recorder = Recorder("alice", Options(**urls(sim)), file)
    thread = threading.Thread(target=recorder.run, args=(lambda _way: None,))
    with WebcastPushConnection("alice", **urls(sim)) as client:
        log: EventLog = connected(client, alice)
        thread.start()
        alice.wait_for_client(count=2)
        play(alice)
        log.wait("like")
        until(lambda: client.session is not None)
        until(lambda: len(list(read_recording(file.getvalue().splitlines(True)).events(no_wait))) >= 9)
        recorder.interrupt()
        thread.join(5)
        assert not thread.is_alive()
    replayed = list(read_recording(file.getvalue().splitlines(keepends=True)).events(no_wait))
    assert comparable(replayed) == comparable(log.events)
    assert {event["source"] for event in replayed} == {"replay"}
    assert [event["count"] for event in replayed if event["event_type"] == "gift"] == [3, 2]


def no_wait(_seconds: float) -> bool:
    return False


def test_a_room_that_is_not_live_is_an_error(sim: Simulator) -> None:
    sim.room("alice")
    with pytest.raises(RoomOffline, match=r"^alice is not live$"):
        Recorder("alice", Options(**urls(sim)), io.BytesIO()).run(lambda _way: None)


def test_a_lost_connection_is_an_error_and_the_file_keeps_what_came(sim: Simulator, alice: Room) -> None:
    file = io.BytesIO()
    recorder = Recorder("alice", Options(**urls(sim)), file)
    errors: list[Exception] = []

    def run() -> None:
        try:
            recorder.run(lambda _way: None)
        except NetworkError as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    alice.wait_for_client()
    alice.chat("bob", "hello")
    until(lambda: b"at" in file.getvalue())
    until(lambda: list(read_recording(file.getvalue().splitlines(keepends=True)).events(no_wait)))
    alice.drop_socket()
    thread.join(5)
    assert len(errors) == 1
    [chat] = read_recording(file.getvalue().splitlines(keepends=True)).events(no_wait)
    assert chat["comment"] == "hello"


def test_an_interrupt_before_the_start_records_nothing(sim: Simulator) -> None:
    sim.room("alice").go_live()
    file = io.BytesIO()
    recorder = Recorder("alice", Options(**urls(sim)), file)
    recorder.interrupt()
    recorder.run(lambda _way: None)
    assert (recorder.messages, file.getvalue()) == (0, b"")


def test_an_interrupt_ends_the_lookup_with_the_request_that_is_under_way(sim: Simulator, alice: Room) -> None:
    sim.fail_http("/live", "hang")
    file = io.BytesIO()
    recorder = Recorder("alice", Options(**urls(sim), connect_timeout_s=1.0), file)
    thread = threading.Thread(target=recorder.run, args=(lambda _way: None,))
    thread.start()
    until(lambda: sim.requests)
    recorder.interrupt()
    thread.join(10)
    assert not thread.is_alive()
    assert [request.path for request in sim.requests] == [f"/@{alice.name}/live"]
    assert file.getvalue() == b""


def test_pauses_are_divided_by_the_speed() -> None:
    waits: list[float] = []
    recording = read_recording(lines(*({"at": at, "response": ""} for at in (0.5, 2.5, 2.5, 1.0, 4.5))))

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        return False

    assert list(recording.events(wait, 2.0)) == []
    assert waits == [0.25, 1.0, 1.0]


def test_a_replay_can_be_stopped_while_it_waits() -> None:
    recording = read_recording(lines({"at": 1.0, "response": ""}, {"at": 2.0, "response": "?"}))
    assert list(recording.events(lambda _seconds: True)) == []


def test_the_room_can_be_renamed() -> None:
    assert read_recording(lines(), "@Bob").room == "bob"
    assert read_recording(lines()).room == "alice"


def test_a_file_that_was_cut_off_can_be_read_up_to_there() -> None:
    good = {"at": 1.0, "response": ""}
    whole = b"".join(lines(good, good))
    responses = list(read_recording(io.BytesIO(whole[:-3])).responses)
    assert responses == [(1.0, FetchResponse())]


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        (b"", "this is not a recording: unknown first line"),
        (b"\x00\x01\n", "this is not a recording: unknown first line"),
        (b"[]\n", "this is not a recording: unknown first line"),
        (orjson.dumps(HEAD | {"version": 2}), "unsupported version of the recording format; only 1 can be read"),
        (orjson.dumps(HEAD | {"room": "a b"}), "a room must be a TikTok user name"),
    ],
)
def test_other_files_are_rejected(head: bytes, reason: str) -> None:
    with pytest.raises(RecordingError, match=f"^{reason}"):
        read_recording(io.BytesIO(head))


@pytest.mark.parametrize(
    "line",
    [
        {},
        [],
        {"at": "x", "response": ""},
        {"at": 1, "response": 5},
        {"at": 1, "response": "!"},
        {"at": 1, "response": "/w=="},
    ],
)
def test_an_invalid_line_is_reported_by_its_number(line: Any) -> None:
    with pytest.raises(RecordingError, match=r"^line 2 of the recording cannot be read$"):
        list(read_recording(lines(line)).responses)
