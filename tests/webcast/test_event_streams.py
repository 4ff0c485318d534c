import os
import signal
import threading
import time
from functools import partial
from typing import Any
from unittest.mock import Mock

import pytest

from tests.helpers import until
from tests.webcast.conftest import ClientOf
from tests.webcast.rig import EventLog, threads_of
from tiktok2mqtt import WebcastPushConnection
from tiktok2mqtt.common.errors import AlreadyConnected, NetworkError, RoomOffline, WebcastError
from tiktok2mqtt.simulator import Room, Simulator
from tiktok2mqtt.webcast.events.types import ChatEvent, GiftEvent


def later(room: Room, *steps: Any) -> threading.Thread:
    """Do the steps in another thread, once the room has a client."""

    def run() -> None:
        room.wait_for_client()
        for step in steps:
            step()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


# --- handlers ---


def test_a_handler_may_be_added_by_a_decorator(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    comments: list[str | None] = []

    @client.on("chat")
    def on_chat(event: ChatEvent) -> None:
        comments.append(event["comment"])

    client.connect()
    room.wait_for_client()
    room.chat("bob", "hi")
    until(lambda: comments)
    client.off("chat", on_chat)
    log = EventLog(client)
    room.chat("bob", "again")
    log.wait("chat")
    assert comments == ["hi"]


def test_on_and_off_return_the_connection(client_of: ClientOf) -> None:
    client = client_of()
    gifts: list[GiftEvent] = []
    assert client.on("gift", gifts.append).off("gift", gifts.append) is client


# --- run ---


@pytest.mark.parametrize("method", ["run", "events"])
def test_a_handler_cannot_wait_for_what_comes_after_it(client_of: ClientOf, room: Room, method: str) -> None:
    client = client_of()
    errors: list[str] = []

    def wait(_event: object) -> None:
        try:
            getattr(client, method)()
        except RuntimeError as error:
            errors.append(str(error))

    client.on("chat", wait)
    thread = later(room, lambda: room.chat("bob", "hi"), room.end)
    client.run()
    thread.join()
    assert errors == [f"{method}() cannot be called in a handler of the same connection; use another thread"]


@pytest.mark.parametrize("has_started", [False, True])
def test_ctrl_c_while_the_reader_starts_ends_run(
    client_of: ClientOf, room: Room, monkeypatch: pytest.MonkeyPatch, has_started: bool
) -> None:
    start = threading.Thread.start

    def interrupted(thread: threading.Thread) -> None:
        if has_started:
            start(thread)
        raise KeyboardInterrupt

    client = client_of()
    monkeypatch.setattr(threading.Thread, "start", interrupted)
    client.run()
    monkeypatch.undo()
    until(lambda: not threads_of("alice"))
    assert client.connect().room_id == str(room.state.room_id)


def test_a_connection_without_a_thread_can_be_tried_again(
    client_of: ClientOf, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of()
    monkeypatch.setattr(threading.Thread, "start", Mock(side_effect=RuntimeError("can't start new thread")))
    with pytest.raises(RuntimeError, match="can't start"):
        client.connect()
    monkeypatch.undo()
    assert client.connect().room_id == str(room.state.room_id)


def test_run_returns_when_the_live_ends(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    log = EventLog(client)
    thread = later(room, lambda: room.chat("bob", "hi"), room.end)
    client.run()
    thread.join()
    assert log.names == ["connected", "chat", "control", "stream_end", "disconnected"]
    assert not client.busy


def test_run_returns_after_disconnect(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    client.on("chat", lambda _event: client.disconnect())
    thread = later(room, lambda: room.chat("bob", "hi"))
    client.run()
    thread.join()
    assert not client.get_state().connected


def test_run_raises_what_connect_raises(sim: Simulator, client_of: ClientOf) -> None:
    sim.room("alice")
    with pytest.raises(RoomOffline, match="alice is not live"):
        client_of().run()


def test_run_raises_the_error_of_a_lost_connection(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    thread = later(room, room.drop_socket)
    with pytest.raises(NetworkError):
        client.run()
    thread.join()
    assert not client.busy


def test_run_returns_at_ctrl_c(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    thread = later(room, lambda: os.kill(os.getpid(), signal.SIGINT))
    client.run()
    thread.join()
    assert not client.busy


# --- events ---


def test_a_loop_has_all_events_and_ends_with_the_connection(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    thread = later(room, lambda: room.chat("bob", "hi"), lambda: room.gift("bob", "Galaxy"), room.end)
    seen = [event["event_type"] for event in client.events()]
    thread.join()
    assert [name for name in seen if name != "gift_streak"] == [
        *("connected", "chat", "gift", "control", "stream_end", "disconnected")
    ]
    assert not client._queues
    assert not client._handlers.wants("*")


def test_a_loop_joins_a_connection_that_is_open(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    client.connect()
    room.wait_for_client()
    events = client.events()
    room.chat("bob", "hi")
    for event in events:
        if event["event_type"] == "chat":
            assert event["comment"] == "hi"
            break
    else:
        pytest.fail("no chat")
    assert client.get_state().connected


def test_a_loop_joins_a_connection_that_another_thread_opens(
    client_of: ClientOf, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of()
    client.connect()
    # As if it had become busy only now.
    monkeypatch.setattr(WebcastPushConnection, "busy", property(lambda _self: False))
    monkeypatch.setattr(client, "connect", Mock(side_effect=AlreadyConnected("already connected")))
    events = client.events()
    monkeypatch.undo()
    room.wait_for_client()
    room.chat("bob", "hi")
    assert any(event["event_type"] == "chat" for event in events)


def test_disconnect_ends_a_loop(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    events = client.events()
    assert next(events)["event_type"] == "connected"
    room.wait_for_client()
    client.disconnect()
    assert [event["event_type"] for event in events] == ["disconnected"]


def disconnect(client: WebcastPushConnection, _event: object) -> None:
    client.disconnect()


def test_a_connection_that_ends_at_once_is_no_error(client_of: ClientOf, room: Room) -> None:
    for _ in range(3):
        client = client_of()
        client.on("connected", partial(disconnect, client))
        assert [event["event_type"] for event in client.events()] == ["connected", "disconnected"]
        client.run()
    assert room.state.live


def test_a_loop_over_an_offline_room_raises_and_leaves_nothing(sim: Simulator, client_of: ClientOf) -> None:
    sim.room("alice")
    client = client_of()
    with pytest.raises(RoomOffline):
        client.events()
    assert not client._queues
    assert not client._handlers.wants("*")


def test_a_loop_that_is_too_slow_is_told_what_it_has_missed(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    log = EventLog(client)
    events = client.events(max_events=5)
    room.wait_for_client()
    for number in range(20):
        room.chat("bob", f"comment {number}")
    log.wait("chat", 20)
    first = next(events)
    assert first["event_type"] == "error"
    assert first["code"] == "dropped"
    assert (first["reason"], first["count"]) == ("events were dropped: they come faster than the loop takes them", 16)
    assert [next(events)["event_type"] for _ in range(5)] == ["chat"] * 5


def test_a_loop_does_not_hold_up_the_reader(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    log = EventLog(client)
    events = client.events()
    next(events)
    room.wait_for_client()
    room.chat("bob", "hi")
    started = time.monotonic()
    log.wait("chat")
    assert time.monotonic() - started < 5


def test_names_of_the_library_at_the_top() -> None:
    import tiktok2mqtt  # noqa: PLC0415
    from tiktok2mqtt import webcast  # noqa: PLC0415

    assert WebcastPushConnection is webcast.WebcastPushConnection
    assert tiktok2mqtt.WebcastError is WebcastError
    for name in webcast.__all__:
        assert getattr(webcast, name).__name__ == name
    for package in (tiktok2mqtt, webcast):
        with pytest.raises(AttributeError, match="has no attribute 'NoSuchThing'"):
            _ = package.NoSuchThing


def test_every_error_is_exported() -> None:
    from tiktok2mqtt import webcast  # noqa: PLC0415

    kinds = [WebcastError]
    for kind in kinds:
        kinds += kind.__subclasses__()
    assert {kind.__name__ for kind in kinds if kind.__module__ == "tiktok2mqtt.common.errors"} <= set(webcast.__all__)
