import logging
import threading
from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

import pytest

from tiktok2mqtt import AsyncWebcastPushConnection
from tiktok2mqtt.webcast.client import WebcastPushConnection
from tiktok2mqtt.webcast.lifecycle import Handlers


@pytest.fixture
def failures() -> list[str]:
    return []


@pytest.fixture
def handlers(failures: list[str]) -> Handlers:
    return Handlers("alice", failures.append)


def test_handlers_of_the_name_are_called_before_those_of_every_event(handlers: Handlers) -> None:
    received: list[str] = []
    handlers.add("*", lambda event: received.append(f"* {event['event_type']}"))
    handlers.add("chat", lambda _event: received.append("first"))
    handlers.add("chat", lambda _event: received.append("second"))
    handlers.event({"event_type": "chat"})
    handlers.event({"event_type": "like"})
    assert received == ["first", "second", "* chat", "* like"]


def test_a_handler_may_remove_itself(handlers: Handlers) -> None:
    received: list[int] = []

    def once(number: int) -> None:
        received.append(number)
        handlers.remove("raw_data", once)

    handlers.add("raw_data", once)
    assert handlers.wants("raw_data")
    handlers.call("raw_data", 1)
    handlers.call("raw_data", 2)
    assert received == [1]
    assert not handlers.wants("raw_data")
    with pytest.raises(ValueError, match="this handler of raw_data was not added"):
        handlers.remove("raw_data", once)


def fails(_event: object) -> None:
    raise RuntimeError("no")


@pytest.mark.parametrize("name", ["chat", "*"])
def test_a_handler_that_fails_is_reported_and_the_others_are_called(
    handlers: Handlers, failures: list[str], caplog: pytest.LogCaptureFixture, name: str
) -> None:
    received: list[object] = []
    handlers.add(name, fails)
    handlers.add(name, received.append)
    with caplog.at_level(logging.ERROR):
        handlers.event({"event_type": "chat"})
    assert received == [{"event_type": "chat"}]
    assert failures == [name]
    assert caplog.messages == [f"alice: a handler of {name} failed"]


def test_failures_on_error_events_are_not_reported(handlers: Handlers, failures: list[str]) -> None:
    handlers.add("*", fails)
    handlers.add("error", fails)
    handlers.event({"event_type": "error"})
    assert failures == []


def test_repeated_failures_are_reported_every_ten_seconds(
    failures: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    now = [0.0]
    handlers = Handlers("alice", failures.append, lambda: now[0])
    handlers.add("chat", fails)
    handlers.add("like", fails)
    for now[0] in (0.0, 1.0, 9.9, 10.0, 19.9):
        handlers.event({"event_type": "chat"})
    handlers.event({"event_type": "like"})
    assert failures == ["chat", "chat", "like"]
    assert [record.levelname for record in caplog.records] == ["ERROR"] * 3


def test_ctrl_c_is_only_what_is_raised_in_the_main_thread(handlers: Handlers, failures: list[str]) -> None:
    handlers.add("chat", Mock(side_effect=KeyboardInterrupt))
    thread = threading.Thread(target=handlers.event, args=({"event_type": "chat"},))
    thread.start()
    thread.join()
    assert failures == ["chat"]
    with pytest.raises(KeyboardInterrupt):
        handlers.event({"event_type": "chat"})


@pytest.mark.parametrize("connection_class", [WebcastPushConnection, AsyncWebcastPushConnection])
def test_what_cannot_be_called_is_no_handler(connection_class: Callable[[str], Any]) -> None:
    with pytest.raises(TypeError, match="a handler must be a function, not a str"):
        connection_class("alice").on("chat", "print")


def test_a_coroutine_function_is_a_handler_of_the_connection_for_asyncio() -> None:
    async def on_chat(_event: object) -> None:
        """Do nothing."""

    with pytest.raises(TypeError, match="a handler of AsyncWebcastPushConnection only"):
        WebcastPushConnection("alice").on("chat", on_chat)
    AsyncWebcastPushConnection("alice").on("chat", on_chat)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("roomUser", "; did you mean 'room_user'?"),
        ("streamEnd", "; did you mean 'stream_end'?"),
        ("gifts", "; did you mean 'gift'?"),
        ("rawData", "; did you mean 'raw_data'?"),
        ("websocketConnected", "; did you mean 'websocket_connected'?"),
        ("zzz", ""),
    ],
)
def test_a_name_of_no_event_is_refused_with_the_nearest(name: str, hint: str) -> None:
    with pytest.raises(ValueError, match="there is no event") as caught:
        WebcastPushConnection("alice").on(name, print)
    assert str(caught.value) == f"there is no event {name!r}{hint}"


def test_every_event_has_handlers() -> None:
    connection = WebcastPushConnection("alice")
    for name in ("connected", "disconnected", "error", "gap", "caught_up", "raw_data", "websocket_connected", "*"):
        assert connection.on(name, print) is connection
