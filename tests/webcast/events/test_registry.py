from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from tiktok2mqtt.webcast.events.fields import Field, JsonType, always_null
from tiktok2mqtt.webcast.events.registry import BadRow, DecodeError, Event, EventRow, Registry, Source
from tiktok2mqtt.webcast.events.users import PERSON
from tiktok2mqtt.webcast.schema import envelope_pb2, notices_pb2
from tiktok2mqtt.webcast.schema import messages_pb2 as pb

CHAT_SOURCE = Source(("WebcastChatMessage",), pb.WebcastChatMessage)
LIKE_SOURCE = Source(("WebcastLikeMessage",), pb.WebcastLikeMessage)
CHAT = EventRow(
    "chat",
    "A comment.",
    sources=(CHAT_SOURCE,),
    fields=(Field("comment", "string", "content", "The text"),),
)
LIKE = EventRow("like", "A like.", sources=(LIKE_SOURCE,))
# One event from two message types, which have its values in different fields.
COMMENT = EventRow(
    "comment",
    "A comment or a question.",
    fields=(Field("words", "string", "content", "x"), Field("language", "string", "content_language", "x")),
    sources=(
        CHAT_SOURCE,
        Source(
            ("WebcastQuestionNewMessage", "QuestionNewMessage"),
            pb.WebcastQuestionNewMessage,
            overrides={"words": "details.question_text", "language": None},
        ),
    ),
)


def start(name: str, common: Any) -> Event:
    return {"event_type": name, "msg_id": common.msg_id}


def with_field(source: str) -> EventRow:
    return replace(CHAT, fields=(Field("comment", "string", source, "The text"),))


def with_parts(kind: JsonType, source: str, *parts: str) -> EventRow:
    fields = tuple(Field(f"k{n}", "string", part, "x") for n, part in enumerate(parts))
    return replace(CHAT, fields=(Field("thing", kind, source, "x", fields=fields),))


def from_source(**changes: Any) -> EventRow:
    return replace(CHAT, sources=(replace(CHAT_SOURCE, **changes),))


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([replace(CHAT, event="Chat")], "Chat: 'Chat' is not snake_case"),
        ([replace(CHAT, event="chat_")], "'chat_' is not snake_case"),
        ([replace(CHAT, event="")], "'' is not snake_case"),
        ([replace(CHAT, event="1chat")], "'1chat' is not snake_case"),
        ([replace(CHAT, event="chat/x")], "'chat/x' is not snake_case"),
        ([replace(CHAT, fields=(Field("theText", "string", "content", "x"),))], "chat: 'theText' is not snake_case"),
        ([CHAT, LIKE, replace(LIKE, event="chat", doc="Other.")], "two rows with that name: 'A comment.' and 'Other.'"),
        ([CHAT, replace(CHAT, event="talk")], "talk: WebcastChatMessage already makes chat"),
        ([CHAT, replace(CHAT, event="talk", has_person=True)], "talk: WebcastChatMessage already makes chat"),
        ([from_source(methods=("A", "A"))], "chat: a method appears twice among A, A"),
        ([replace(CHAT, sources=(CHAT_SOURCE, CHAT_SOURCE))], "chat: a method appears twice among Webcast"),
        (
            [CHAT, replace(LIKE, sources=(replace(LIKE_SOURCE, methods=CHAT_SOURCE.methods),))],
            "like: WebcastChatMessage is read as WebcastChatMessage by another row",
        ),
        ([replace(CHAT, fields=CHAT.fields * 2)], "chat: a key appears twice among comment, comment"),
        (
            [replace(CHAT, has_person=True, fields=(Field("nickname", "string", "content", "x"),))],
            "chat: a key appears twice among user_id, unique_id, nickname",
        ),
        (
            [replace(CHAT, fields=(Field("x", "object", always_null, "x", fields=CHAT.fields * 2),))],
            "chat: a key appears twice among comment, comment",
        ),
        (
            [replace(CHAT, fields=(Field("x", "object", always_null, "x", fields=(Field("aB", "id", None, "x"),)),))],
            "chat: 'aB' is not snake_case",
        ),
        ([replace(CHAT, fields=(Field("ts", "string", "content", "x"),))], "chat: every event already has the key ts"),
        (
            [replace(CHAT, fields=(Field("source", "string", None, "x"),))],
            "chat: every event already has the key source",
        ),
        ([with_field("contents")], "chat: WebcastChatMessage has no field contents"),
        ([with_field("user.name")], "chat: WebcastChatMessage has no field user.name"),
        ([with_field("content.length")], "has no field content.length"),
        ([with_field("")], "chat: WebcastChatMessage has no field $"),
        ([with_field("user..id")], "has no field user..id"),
        ([with_parts("object", "users", "id")], "chat: WebcastChatMessage has no field users"),
        ([with_parts("object", "background", "uri", "name")], "chat: Image has no field name"),
        ([with_parts("object", "user", "nickname")], "chat: WebcastChatMessage.user is not a message and has no k0"),
        ([with_field("user.nickname")], "chat: WebcastChatMessage has no field user.nickname"),
        ([with_parts("array", "emotes", "emote.emote_id", "emote.name")], "chat: EmoteData has no field emote.name"),
        (
            [with_parts("object", "content", "length")],
            "chat: WebcastChatMessage.content is not a message and has no k0",
        ),
        ([from_source(overrides={"comment": "contents"})], "chat: WebcastChatMessage has no field contents"),
        ([from_source(overrides={"comment": "content", "words": None})], "chat: overrides for unknown fields: words"),
        ([replace(from_source(person="sender"), has_person=True)], "chat: WebcastChatMessage has no field sender"),
        ([from_source(person="user")], "chat: a source names a person, but the row has none"),
        ([from_source(person=always_null)], "chat: a source names a person, but the row has none"),
        (
            [EventRow("emote", "No common part.", sources=(Source(("Emote",), pb.Emote),))],
            "emote: Emote has no Common",
        ),
        (
            [EventRow("x", "x.", sources=(Source(("X",), envelope_pb2.FetchMessage),))],
            "x: FetchMessage has no Common",
        ),
    ],
)
def test_bad_rows_are_refused_with_their_reason(rows: list[EventRow], reason: str) -> None:
    with pytest.raises(BadRow, match=reason):
        Registry(rows)


def test_rows_are_found_by_event_and_messages_by_method() -> None:
    local = EventRow("connected", "Made by the client.", fields=(Field("state", "string", None, "x"),))
    registry = Registry([CHAT, LIKE, local])
    assert list(registry.rows) == ["chat", "like", "connected"]
    assert registry.methods == {"WebcastChatMessage", "WebcastLikeMessage"}
    assert "WebcastChatMessage" in registry.methods
    assert "ChatMessage" not in registry.methods
    with pytest.raises(KeyError):
        registry.decode("ChatMessage", b"", start)


def test_the_keys_of_a_row_are_those_of_the_person_and_its_own() -> None:
    assert CHAT.keys == ("comment",)
    keys = replace(CHAT, has_person=True).keys
    assert (keys[0], keys[-1], len(keys)) == ("user_id", "comment", 16)


def test_decoding_fills_the_dict_that_start_returns() -> None:
    payload = b"\x0a\x02\x10\x07" + b"\x1a\x02hi"
    assert Registry([CHAT]).decode("WebcastChatMessage", payload, start) == [
        {"event_type": "chat", "msg_id": 7, "comment": "hi"}
    ]


@pytest.mark.parametrize("payload", [b"\x0a", b"\x1a\x05hi", b"\x0b" * 1000])
def test_a_payload_that_is_not_such_a_message_is_a_decode_error(payload: bytes) -> None:
    with pytest.raises(DecodeError):
        Registry([CHAT]).decode("WebcastChatMessage", payload, start)


def test_users_inside_users_are_not_parsed() -> None:
    # WebcastChatMessage.user (2), in it a nickname (3) and User.top_fans (45), in it the same again.
    payload = b""
    for _ in range(1_000):
        payload = b"\x1a\x01b" + b"\xea\x02" + varint(len(payload)) + payload
    registry = with_person(CHAT_SOURCE, "user")
    (event,) = registry.decode("WebcastChatMessage", b"\x12" + varint(len(payload)) + payload, start)
    assert event["nickname"] == "b"


def test_deep_nesting_is_a_decode_error() -> None:
    # Unknown groups, which are skipped by recursion.
    payload = b"\xc3\x3e" * 2_000 + b"\xc4\x3e" * 2_000
    with pytest.raises(DecodeError):
        Registry([CHAT]).decode("WebcastChatMessage", payload, start)


def test_a_person_that_cannot_be_decoded_is_nobody() -> None:
    bad_fields = Counter[str]()
    registry = Registry([replace(CHAT, sources=(replace(CHAT_SOURCE, person="user"),), has_person=True)])
    (event,) = registry.decode("WebcastChatMessage", b"\x12\x01\x08\x1a\x02hi", start, bad_fields)
    assert (event["comment"], event["user_id"], event["nickname"]) == ("hi", None, None)
    assert bad_fields == {"WebcastChatMessage.user": 1}


def varint(number: int) -> bytes:
    return bytes([number]) if number < 0x80 else bytes([number & 0x7F | 0x80]) + varint(number >> 7)


def test_rows_of_one_method_make_their_events_in_order() -> None:
    loud = replace(CHAT, event="shout", sources=(replace(CHAT_SOURCE, when=lambda message: message.content.isupper()),))
    registry = Registry([loud, CHAT, replace(loud, event="cry")])
    names = [event["event_type"] for event in registry.decode("WebcastChatMessage", b"\x1a\x02HI", start)]
    assert names == ["shout", "chat", "cry"]
    assert len(registry.decode("WebcastChatMessage", b"\x1a\x02hi", start)) == 1


def test_keys_are_written_in_the_order_of_the_row() -> None:
    fields = (Field("comment", "string", "content", "x"), Field("tags", "array", "comment_tag", "x", items="integer"))
    row = replace(CHAT, fields=fields, sources=(replace(CHAT_SOURCE, person="user"),), has_person=True)
    (event,) = Registry([row]).decode("WebcastChatMessage", b"", start)
    assert list(event) == ["event_type", "msg_id", *(field.key for field in PERSON), "comment", "tags"]


def test_fields_without_source_are_left_out() -> None:
    row = replace(CHAT, fields=(*CHAT.fields, Field("count", "integer", None, "x")))
    (event,) = Registry([row]).decode("WebcastChatMessage", b"", start)
    assert "count" not in event


def test_an_event_from_two_message_types_reads_each_in_its_own_way() -> None:
    registry = Registry([COMMENT])
    chat = b"\x1a\x02hi" + b"\x72\x02en"
    question = b"\x12\x06" + b"\x12\x04why?"
    assert registry.decode("WebcastChatMessage", chat, start) == [
        {"event_type": "comment", "msg_id": 0, "words": "hi", "language": "en"}
    ]
    for method in ("WebcastQuestionNewMessage", "QuestionNewMessage"):
        assert registry.decode(method, question, start) == [
            {"event_type": "comment", "msg_id": 0, "words": "why?", "language": None}
        ]


def test_overrides_keep_the_type_of_the_field() -> None:
    parts = (Field("uri", "string", "uri", "x"),)
    row = replace(
        CHAT,
        fields=(
            Field("picture", "object", always_null, "x", fields=parts),
            Field("tags", "array", always_null, "x", items="id"),
            Field("number", "id", always_null, "x"),
        ),
        sources=(
            replace(CHAT_SOURCE, overrides={"picture": "background", "tags": "comment_tag", "number": "screen_time"}),
        ),
    )
    message = pb.WebcastChatMessage(background={"uri": "a"}, comment_tag=[4], screen_time=5)
    (event,) = Registry([row]).decode("WebcastChatMessage", message.SerializeToString(), start)
    assert (event["picture"], event["tags"], event["number"]) == ({"uri": "a"}, ["4"], "5")


def with_person(source: Source, person: Any) -> Registry:
    return Registry([EventRow("comment", "x.", sources=(replace(source, person=person),), has_person=True)])


@pytest.mark.parametrize(
    ("person", "unique_id", "badges"),
    [
        ("user", "bob", []),
        ("at_user", None, []),
        (lambda message: message.user, "bob", []),
        (lambda _message: None, None, None),
        (None, None, None),
    ],
)
def test_the_person_is_found_by_a_path_or_a_function(person: Any, unique_id: str | None, badges: Any) -> None:
    # user (2): unique_id (38)
    (event,) = with_person(CHAT_SOURCE, person).decode("WebcastChatMessage", b"\x12\x06\xb2\x02\x03bob", start)
    assert (event["unique_id"], event["badges"]) == (unique_id, badges)
    assert list(event) == ["event_type", "msg_id", *(field.key for field in PERSON)]


def test_the_identity_beside_the_user_is_read_if_the_message_has_one() -> None:
    # user_identity (18): is_moderator_of_anchor (5)
    (event,) = with_person(CHAT_SOURCE, "user").decode("WebcastChatMessage", b"\x92\x01\x02\x28\x01", start)
    assert event["is_moderator"] is True
    (event,) = with_person(LIKE_SOURCE, "user").decode("WebcastLikeMessage", b"", start)
    assert event["is_moderator"] is None


def test_the_common_part_may_be_any_field() -> None:
    # WebcastWeeklyRankRewardMessage has it as field 3.
    source = Source(("WebcastWeeklyRankRewardMessage",), notices_pb2.WebcastWeeklyRankRewardMessage)
    registry = Registry([EventRow("reward", "x.", sources=(source,))])
    (event,) = registry.decode("WebcastWeeklyRankRewardMessage", b"\x08\x05" + b"\x1a\x02\x10\x07", start)
    assert event["msg_id"] == 7
