from dataclasses import replace
from typing import Any

import pytest

from tiktok2mqtt.webcast.events.decoders import PERSON
from tiktok2mqtt.webcast.events.fields import JsonType, unsaid
from tiktok2mqtt.webcast.events.registry import BadRow, DecodeError, Event, EventRow, Field, Registry, Source
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
# One event of two message types, which say the same in different places.
SAYING = EventRow(
    "saying",
    "Somebody said something.",
    fields=(Field("words", "string", "content", "x"), Field("language", "string", "content_language", "x")),
    sources=(
        CHAT_SOURCE,
        Source(
            ("WebcastQuestionNewMessage", "QuestionNewMessage"),
            pb.WebcastQuestionNewMessage,
            reads={"words": "details.question_text", "language": None},
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
        ([CHAT, LIKE, replace(LIKE, event="chat", doc="Other.")], "two rows of that name: 'A comment.' and 'Other.'"),
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
            [replace(CHAT, fields=(Field("x", "object", unsaid, "x", fields=CHAT.fields * 2),))],
            "chat: a key appears twice among comment, comment",
        ),
        (
            [replace(CHAT, fields=(Field("x", "object", unsaid, "x", fields=(Field("aB", "id", None, "x"),)),))],
            "chat: 'aB' is not snake_case",
        ),
        ([replace(CHAT, fields=(Field("ts", "string", "content", "x"),))], "chat: a key that every event has: ts"),
        ([replace(CHAT, fields=(Field("source", "string", None, "x"),))], "chat: a key that every event has: source"),
        ([with_field("contents")], "chat: WebcastChatMessage has no field contents"),
        ([with_field("user.name")], "chat: WebcastChatMessage has no field user.name"),
        ([with_field("content.length")], "has no field content.length"),
        ([with_field("")], "chat: WebcastChatMessage has no field $"),
        ([with_field("user..id")], "has no field user..id"),
        ([with_parts("object", "users", "id")], "chat: WebcastChatMessage has no field users"),
        ([with_parts("object", "background", "uri", "name")], "chat: Image has no field name"),
        ([with_parts("object", "user", "nickname")], "chat: WebcastChatMessage.user holds no k0"),
        ([with_field("user.nickname")], "chat: WebcastChatMessage has no field user.nickname"),
        ([with_parts("array", "emotes", "emote.emote_id", "emote.name")], "chat: EmoteData has no field emote.name"),
        ([with_parts("object", "content", "length")], "chat: WebcastChatMessage.content holds no k0"),
        ([from_source(reads={"comment": "contents"})], "chat: WebcastChatMessage has no field contents"),
        ([from_source(reads={"comment": "content", "words": None})], "chat: reads names no field: words"),
        ([replace(from_source(person="sender"), has_person=True)], "chat: WebcastChatMessage has no field sender"),
        ([from_source(person="user")], "chat: a source names a person, but the row has none"),
        ([from_source(person=unsaid)], "chat: a source names a person, but the row has none"),
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


def test_rows_are_found_by_event_and_by_method() -> None:
    local = EventRow("connected", "Made by the client.", fields=(Field("state", "string", None, "x"),))
    registry = Registry([CHAT, LIKE, local])
    assert list(registry.rows) == ["chat", "like", "connected"]
    assert registry.methods == {"WebcastChatMessage", "WebcastLikeMessage"}
    assert "WebcastChatMessage" in registry.methods
    assert "ChatMessage" not in registry.methods
    with pytest.raises(KeyError):
        registry.decode("ChatMessage", b"", start)


def test_the_keys_of_a_row_are_the_persons_and_its_own() -> None:
    assert CHAT.keys == ("comment",)
    keys = replace(CHAT, has_person=True).keys
    assert (keys[0], keys[-1], len(keys)) == ("user_id", "comment", 12)


def test_decoding_fills_what_start_began() -> None:
    payload = b"\x0a\x02\x10\x07" + b"\x1a\x02hi"
    assert Registry([CHAT]).decode("WebcastChatMessage", payload, start) == [
        {"event_type": "chat", "msg_id": 7, "comment": "hi"}
    ]


@pytest.mark.parametrize("payload", [b"\x0a", b"\x1a\x05hi", b"\x1a\x01\xff", b"\x0b" * 1000, b"\x2a\x01\x08"])
def test_a_payload_that_is_no_such_message_is_a_decode_error(payload: bytes) -> None:
    with pytest.raises(DecodeError):
        Registry([CHAT]).decode("WebcastChatMessage", payload, start)


def test_deep_nesting_is_a_decode_error() -> None:
    # WebcastChatMessage.user (2), in it User.top_fans (45), in it the same again.
    payload = b""
    for _ in range(500):
        payload = b"\xea\x02" + varint(len(payload)) + payload
    with pytest.raises(DecodeError):
        with_person(CHAT_SOURCE, "user").decode("WebcastChatMessage", b"\x12" + varint(len(payload)) + payload, start)


def test_a_person_that_is_nobody_is_a_decode_error() -> None:
    with pytest.raises(DecodeError):
        with_person(CHAT_SOURCE, "user").decode("WebcastChatMessage", b"\x12\x01\x08", start)


def varint(number: int) -> bytes:
    return bytes([number]) if number < 0x80 else bytes([number & 0x7F | 0x80]) + varint(number >> 7)


def test_rows_of_one_method_are_asked_in_order() -> None:
    loud = replace(CHAT, event="shout", sources=(replace(CHAT_SOURCE, when=lambda message: message.content.isupper()),))
    registry = Registry([loud, CHAT, replace(loud, event="cry")])
    names = [event["event_type"] for event in registry.decode("WebcastChatMessage", b"\x1a\x02HI", start)]
    assert names == ["shout", "chat", "cry"]
    assert len(registry.decode("WebcastChatMessage", b"\x1a\x02hi", start)) == 1


def test_fields_that_the_session_fills_are_left_out() -> None:
    row = replace(CHAT, fields=(*CHAT.fields, Field("count", "integer", None, "x")))
    (event,) = Registry([row]).decode("WebcastChatMessage", b"", start)
    assert "count" not in event


def test_one_event_from_two_types_reads_each_in_its_own_way() -> None:
    registry = Registry([SAYING])
    chat = b"\x1a\x02hi" + b"\x72\x02en"
    question = b"\x12\x06" + b"\x12\x04why?"
    assert registry.decode("WebcastChatMessage", chat, start) == [
        {"event_type": "saying", "msg_id": 0, "words": "hi", "language": "en"}
    ]
    for method in ("WebcastQuestionNewMessage", "QuestionNewMessage"):
        assert registry.decode(method, question, start) == [
            {"event_type": "saying", "msg_id": 0, "words": "why?", "language": None}
        ]


def test_reads_keep_what_the_field_is() -> None:
    parts = (Field("uri", "string", "uri", "x"),)
    row = replace(
        CHAT,
        fields=(
            Field("picture", "object", unsaid, "x", fields=parts),
            Field("tags", "array", unsaid, "x", items="id"),
            Field("number", "id", unsaid, "x"),
        ),
        sources=(
            replace(CHAT_SOURCE, reads={"picture": "background", "tags": "comment_tag", "number": "screen_time"}),
        ),
    )
    message = pb.WebcastChatMessage(background={"uri": "a"}, comment_tag=[4], screen_time=5)
    (event,) = Registry([row]).decode("WebcastChatMessage", message.SerializeToString(), start)
    assert (event["picture"], event["tags"], event["number"]) == ({"uri": "a"}, ["4"], "5")


def with_person(source: Source, person: Any) -> Registry:
    return Registry([EventRow("said", "x.", sources=(replace(source, person=person),), has_person=True)])


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
def test_the_person_comes_by_a_path_or_a_function_or_not(person: Any, unique_id: str | None, badges: Any) -> None:
    # user (2): unique_id (38)
    (event,) = with_person(CHAT_SOURCE, person).decode("WebcastChatMessage", b"\x12\x06\xb2\x02\x03bob", start)
    assert (event["unique_id"], event["badges"]) == (unique_id, badges)
    assert list(event) == ["event_type", "msg_id", *(field.key for field in PERSON)]


def test_the_identity_beside_the_user_is_read_where_a_message_has_one() -> None:
    # user_identity (18): is_moderator_of_anchor (5)
    (event,) = with_person(CHAT_SOURCE, "user").decode("WebcastChatMessage", b"\x92\x01\x02\x28\x01", start)
    assert event["is_moderator"] is True
    (event,) = with_person(LIKE_SOURCE, "user").decode("WebcastLikeMessage", b"", start)
    assert event["is_moderator"] is None


def test_the_common_part_is_found_wherever_it_is() -> None:
    # WebcastWeeklyRankRewardMessage has it as field 3.
    source = Source(("WebcastWeeklyRankRewardMessage",), notices_pb2.WebcastWeeklyRankRewardMessage)
    registry = Registry([EventRow("reward", "x.", sources=(source,))])
    (event,) = registry.decode("WebcastWeeklyRankRewardMessage", b"\x08\x05" + b"\x1a\x02\x10\x07", start)
    assert event["msg_id"] == 7
