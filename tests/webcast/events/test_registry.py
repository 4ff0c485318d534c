from dataclasses import replace
from typing import Any

import pytest

from tiktok2mqtt.webcast.events.registry import BadRow, DecodeError, Event, EventRow, Field, Registry
from tiktok2mqtt.webcast.schema import envelope_pb2
from tiktok2mqtt.webcast.schema import messages_pb2 as pb

CHAT = EventRow(
    "chat",
    "A comment.",
    methods=("WebcastChatMessage",),
    message=pb.WebcastChatMessage,
    fields=(Field("comment", "string", "content", "The text"),),
)
LIKE = EventRow("like", "A like.", methods=("WebcastLikeMessage",), message=pb.WebcastLikeMessage)


def start(name: str, common: Any) -> Event:
    return {"event_type": name, "msg_id": common.msg_id}


def with_field(source: str) -> EventRow:
    return replace(CHAT, fields=(Field("comment", "string", source, "The text"),))


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([replace(CHAT, event="Chat")], "Chat: 'Chat' is not snake_case"),
        ([replace(CHAT, event="chat_")], "'chat_' is not snake_case"),
        ([replace(CHAT, event="")], "'' is not snake_case"),
        ([replace(CHAT, event="1chat")], "'1chat' is not snake_case"),
        ([replace(CHAT, event="chat/x")], "'chat/x' is not snake_case"),
        ([replace(CHAT, fields=(Field("theText", "string", "content", "x"),))], "chat: 'theText' is not snake_case"),
        ([CHAT, LIKE, replace(LIKE, event="chat", doc="Other.")], "two rows of that name: 'A comment.' and 'Other.'"),
        ([CHAT, replace(CHAT, event="talk")], "talk: WebcastChatMessage already makes chat"),
        ([replace(CHAT, methods=("A", "A"))], "chat: a method appears twice among A, A"),
        (
            [CHAT, replace(LIKE, methods=CHAT.methods)],
            "like: WebcastChatMessage is read as WebcastChatMessage by another",
        ),
        ([replace(CHAT, fields=CHAT.fields * 2)], "chat: a key appears twice among comment, comment"),
        ([replace(CHAT, person="user", fields=(Field("nickname", "string", "content", "x"),))], "a key appears twice"),
        ([replace(CHAT, message=None)], "chat: methods and message go together"),
        ([replace(CHAT, methods=())], "chat: methods and message go together"),
        ([with_field("contents")], "chat: WebcastChatMessage has no field contents"),
        ([with_field("user.name")], "chat: WebcastChatMessage has no field user.name"),
        ([with_field("content.length")], "has no field content.length"),
        ([with_field("")], "chat: WebcastChatMessage has no field $"),
        ([with_field("user..id")], "has no field user..id"),
        ([replace(CHAT, person="sender")], "chat: WebcastChatMessage has no field sender"),
        (
            [EventRow("emote", "No common part.", methods=("Emote",), message=pb.Emote)],
            "emote: Emote has no field common",
        ),
    ],
)
def test_bad_rows_are_refused_with_their_reason(rows: list[EventRow], reason: str) -> None:
    with pytest.raises(BadRow, match=reason):
        Registry(rows)


def test_rows_are_found_by_event_and_by_method() -> None:
    local = EventRow("connected", "Made by the client.", fields=(Field("state", "string", None, "x"),))
    registry = Registry([CHAT, LIKE, local])
    assert list(registry.rows) == ["chat", "like", "connected"]
    assert registry.methods == {"WebcastChatMessage", "WebcastLikeMessage"}
    assert registry.knows("WebcastChatMessage")
    assert not registry.knows("ChatMessage")
    with pytest.raises(KeyError):
        registry.decode("ChatMessage", b"", start)


def test_the_keys_of_a_row_are_the_users_and_its_own() -> None:
    assert CHAT.keys == ("comment",)
    keys = replace(CHAT, person="user").keys
    assert (keys[0], keys[-1], len(keys)) == ("user_id", "comment", 11)


def test_decoding_fills_what_start_began() -> None:
    payload = b"\x0a\x02\x10\x07" + b"\x1a\x02hi"
    assert Registry([CHAT]).decode("WebcastChatMessage", payload, start) == [
        {"event_type": "chat", "msg_id": 7, "comment": "hi"}
    ]


@pytest.mark.parametrize("payload", [b"\x0a", b"\x1a\x05hi", b"\x1a\x01\xff", b"\x0b" * 1000, b"\x12\x01\x08"])
def test_a_payload_that_is_no_such_message_is_a_decode_error(payload: bytes) -> None:
    with pytest.raises(DecodeError):
        Registry([CHAT]).decode("WebcastChatMessage", payload, start)


def test_deep_nesting_is_a_decode_error() -> None:
    # WebcastChatMessage.user (2), in it User.top_fans (45), in it the same again.
    payload = b""
    for _ in range(500):
        payload = b"\xea\x02" + varint(len(payload)) + payload
    with pytest.raises(DecodeError):
        Registry([CHAT]).decode("WebcastChatMessage", b"\x12" + varint(len(payload)) + payload, start)


def varint(number: int) -> bytes:
    return bytes([number]) if number < 0x80 else bytes([number & 0x7F | 0x80]) + varint(number >> 7)


def test_rows_of_one_method_are_asked_in_order() -> None:
    loud = replace(CHAT, event="shout", when=lambda message: message.content.isupper())
    registry = Registry([loud, CHAT, replace(loud, event="cry")])
    names = [event["event_type"] for event in registry.decode("WebcastChatMessage", b"\x1a\x02HI", start)]
    assert names == ["shout", "chat", "cry"]
    assert len(registry.decode("WebcastChatMessage", b"\x1a\x02hi", start)) == 1


def test_fields_that_the_session_fills_are_left_out() -> None:
    row = replace(CHAT, fields=(*CHAT.fields, Field("count", "integer", None, "x")))
    (event,) = Registry([row]).decode("WebcastChatMessage", b"", start)
    assert "count" not in event


@pytest.mark.parametrize(
    ("field", "payload", "value"),
    [
        (Field("x", "id", "common.room_id", "x"), b"\x0a\x0a\x18\xff\xff\xff\xff\xff\xff\xff\xff\x7f", str(2**63 - 1)),
        (Field("x", "id", "common.room_id", "x"), b"", None),
        (Field("x", "id", "signature", "x"), b"\xba\x01\x01s", "s"),
        (Field("x", "string", "content", "x"), b"", None),
        (Field("x", "integer", "input_type", "x"), b"", 0),
        (Field("x", "integer", "input_type", "x"), b"\x58\x05", 5),
        (Field("x", "boolean", "visible_to_sender", "x"), b"\x20\x01", True),
        (Field("x", "boolean", "visible_to_sender", "x"), b"", False),
        (Field("x", "boolean", "input_type", "x"), b"\x58\x05", True),
        (Field("x", "integer", lambda message: len(message.content), "x"), b"\x1a\x02hi", 2),
    ],
)
def test_values_by_type(field: Field, payload: bytes, value: Any) -> None:
    (event,) = Registry([replace(CHAT, fields=(field,))]).decode("WebcastChatMessage", payload, start)
    assert event["x"] == value
    assert type(event["x"]) is type(value)


def test_the_identity_beside_the_user_is_read_where_a_message_has_one() -> None:
    # user_identity (18): is_moderator_of_anchor (5)
    (event,) = Registry([replace(CHAT, person="user")]).decode("WebcastChatMessage", b"\x92\x01\x02\x28\x01", start)
    assert event["is_moderator"] is True
    (event,) = Registry([replace(LIKE, person="user")]).decode("WebcastLikeMessage", b"", start)
    assert event["is_moderator"] is None


def test_a_message_from_elsewhere_is_refused_like_a_wrong_path() -> None:
    with pytest.raises(BadRow, match="FetchMessage has no field common"):
        Registry([EventRow("x", "x.", methods=("X",), message=envelope_pb2.FetchMessage)])
