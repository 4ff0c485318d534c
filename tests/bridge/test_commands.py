import contextlib
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok2mqtt.bridge.commands import (
    COMMANDS,
    MAX_ERROR_CHARS,
    MAX_GOAL,
    MAX_REQUEST_BYTES,
    CommandError,
    RateLimit,
    Request,
    error_response,
    parse_goal,
    parse_request,
    parse_set,
    response,
    transaction_of,
)

NOT_A_ROOM = (
    "a room must be a TikTok user name (1 to 32 letters, digits, underscores and dots, but no dot at the end), "
    "@name or a tiktok.com URL"
)
TRANSACTION = "transaction must be a string of up to 256 characters or an integer"


@pytest.mark.parametrize(
    ("command", "payload", "request_"),
    [
        ("add", b'{"room": "Alice"}', Request("add", "alice")),
        ("add", b"alice", Request("add", "alice")),
        ("add", b'"@alice"', Request("add", "alice")),
        ("add", b"https://www.tiktok.com/@alice/live", Request("add", "alice")),
        ("remove", b'{"room": "alice", "transaction": "x1"}', Request("remove", "alice", "x1")),
        ("connect", b'{"room": "alice", "transaction": 7}', Request("connect", "alice", 7)),
        ("disconnect", b" alice\n", Request("disconnect", "alice")),
        ("status", b"", Request("status")),
        ("status", b"{}", Request("status")),
        ("status", b"alice", Request("status", "alice")),
        ("list", b"", Request("list")),
        ("list", b'{"transaction": "x1"}', Request("list", None, "x1")),
        ("list", b'{"offset": 7}', Request("list", arguments={"offset": 7})),
        ("status", b'{"offset": 0, "transaction": 0}', Request("status", None, 0, {"offset": 0})),
        ("health_check", b" \n", Request("health_check")),
        ("reconnect", b"alice", Request("reconnect", "alice")),
        ("room_info", b'{"room": "alice", "transaction": 1}', Request("room_info", "alice", 1)),
        ("simulate", b'{"room": "alice", "event": "gift"}', Request("simulate", "alice", None, {"event": "gift"})),
        (
            "simulate",
            b'{"room": "alice", "event": "gift", "data": {"count": 5}, "count_in_totals": false, "transaction": 1}',
            Request("simulate", "alice", 1, {"event": "gift", "data": {"count": 5}, "count_in_totals": False}),
        ),
        ("simulate", b'{"room": "alice", "event": null}', Request("simulate", "alice")),
        ("add", b'{"room": "alice"}'.ljust(MAX_REQUEST_BYTES), Request("add", "alice")),
    ],
)
def test_valid_requests(command: str, payload: bytes, request_: Request) -> None:
    assert parse_request(command, payload) == request_


@pytest.mark.parametrize(
    ("command", "payload", "reason", "transaction"),
    [
        (
            "reboot",
            b"",
            f"unknown command 'reboot'; the commands are {', '.join(COMMANDS)}",
            None,
        ),
        ("add", b"a" * 4097, "the request is longer than 4096 bytes", None),
        ("add", b'{"room": "alice"', NOT_A_ROOM, None),
        ("list", b"{", "the request must be a JSON object", None),
        ("add", b"\xff\xfe", "the request is neither JSON nor UTF-8 text", None),
        ("add", b"[1]", "the request must be a JSON object or a room name", None),
        ("list", b"[]", "the request must be a JSON object", None),
        ("list", b'"alice"', "the request must be a JSON object", None),
        (
            "add",
            b'{"room": "alice", "host": "evil.example", "transaction": 7}',
            "add has no key 'host'; its keys are room, transaction",
            7,
        ),
        ("list", b'{"room": "alice"}', "list has no key 'room'; its keys are offset, transaction", None),
        ("add", b'{"transaction": "x1"}', 'add needs a room: {"room": "name"}', "x1"),
        ("add", b"", 'add needs a room: {"room": "name"}', None),
        ("add", b'{"room": null}', 'add needs a room: {"room": "name"}', None),
        ("add", b'{"room": 5, "transaction": "x1"}', "room must be a string", "x1"),
        ("status", b'{"room": ["alice"], "transaction": "x1"}', "room must be a string", "x1"),
        ("add", b'{"room": "a/b#", "transaction": "x1"}', "the URL of a room must begin with https://", "x1"),
        ("add", b'{"room": "\xe2\x99\xa5", "transaction": "x1"}', NOT_A_ROOM, "x1"),
        ("simulate", b'{"room": "alice", "event": 5, "transaction": "x1"}', "event must be a string", "x1"),
        ("simulate", b'{"room": "alice", "data": [], "transaction": "x1"}', "data must be a JSON object", "x1"),
        ("simulate", b'{"room": "alice", "count_in_totals": 1}', "count_in_totals must be true or false", None),
        (
            "simulate",
            b'{"room": "alice", "events": "gift"}',
            "simulate has no key 'events'; its keys are room, event, data, count_in_totals, transaction",
            None,
        ),
        ("simulate", b'{"event": "gift"}', 'simulate needs a room: {"room": "name"}', None),
        ("list", b'{"transaction": {}}', TRANSACTION, None),
        ("list", b'{"transaction": 1.5}', TRANSACTION, None),
        ("list", b'{"transaction": "%s"}' % (b"x" * 257), TRANSACTION, None),
        ("list", b'{"offset": -1, "transaction": 0}', "offset must be a whole number from 0", 0),
        ("status", b'{"offset": true, "transaction": ""}', "offset must be a whole number from 0", ""),
        ("status", b'{"offset": "1", "transaction": false}', "offset must be a whole number from 0", False),
    ],
)
def test_invalid_requests(command: str, payload: bytes, reason: str, transaction: Any) -> None:
    with pytest.raises(CommandError) as caught:
        parse_request(command, payload)
    assert str(caught.value).startswith(reason)
    assert len(str(caught.value)) <= MAX_ERROR_CHARS
    assert transaction_of(payload) == transaction


@given(st.sampled_from([*COMMANDS, "other"]), st.binary() | st.text().map(str.encode))
def test_any_payload_gives_a_request_or_a_command_error(command: str, payload: bytes) -> None:
    with contextlib.suppress(CommandError):
        parse_request(command, payload)
    with contextlib.suppress(CommandError):
        parse_set(payload)
    transaction_of(payload)


@given(st.recursive(st.none() | st.booleans() | st.integers(-9, 9) | st.text(), st.lists), st.text())
@pytest.mark.unmeasured
def test_any_json_gives_a_request_or_a_command_error(value: Any, key: str) -> None:
    for body in (value, {"room": value}, {"transaction": value}, {key: value}):
        with contextlib.suppress(CommandError):
            parse_request("status", orjson.dumps(body))


@pytest.mark.parametrize(
    ("payload", "command"),
    [
        (b"ON", "connect"),
        (b"on", "connect"),
        (b" connect\n", "connect"),
        (b"OFF", "disconnect"),
        (b"Disconnect", "disconnect"),
    ],
)
def test_set_accepts_on_and_off(payload: bytes, command: str) -> None:
    assert parse_set(payload) == command


@pytest.mark.parametrize("payload", [b"", b"1", b"true", b"\xff", b"on off", b"ON".ljust(33), b"ON".ljust(40) + b"!"])
def test_set_accepts_nothing_else(payload: bytes) -> None:
    with pytest.raises(CommandError, match=r"^set accepts ON or OFF \(or connect, disconnect\)$"):
        parse_set(payload)


def test_responses_have_error_code_and_transaction_only_if_there_are_any() -> None:
    assert response([1]) == {"status": "ok", "data": [1]}
    assert response([1], next_offset=1, transaction="") == {
        "status": "ok",
        "data": [1],
        "next_offset": 1,
        "transaction": "",
    }
    assert error_response("no") == {"status": "error", "data": {}, "error": "no"}
    document = {"status": "error", "data": {}, "error": "no", "code": "offline", "transaction": 0}
    assert error_response("no", code="offline", transaction=0) == document


def test_the_error_of_a_response_is_one_bounded_line() -> None:
    assert error_response("a\nb" * 1_000)["error"] == ("a b" * 1_000)[: MAX_ERROR_CHARS - 1] + "…"


def test_the_rate_limit_covers_any_60_seconds() -> None:
    limit = RateLimit(2)
    assert [limit.allows(now) for now in (0.0, 30.0, 59.9, 60.0, 60.1, 89.9, 90.0)] == [
        True,
        True,
        False,
        True,
        False,
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("payload", "goal"), [(b"5000", 5000), (b" 5000.0 ", 5000), (b"1e3", 1000), (b"0", None), (b"1000000000", MAX_GOAL)]
)
def test_valid_goals(payload: bytes, goal: int | None) -> None:
    assert parse_goal(payload) == goal


@pytest.mark.parametrize(
    "payload", [b"-1", b"0.5", b"1000000001", b"nan", b"inf", b"-inf", b"ten", b"{}", b"", b"\xff", b"1" * 33]
)
def test_invalid_goals(payload: bytes) -> None:
    with pytest.raises(
        CommandError, match=r"^a goal must be a whole number of diamonds from 0 \(no goal\) to 1000000000$"
    ):
        parse_goal(payload)
