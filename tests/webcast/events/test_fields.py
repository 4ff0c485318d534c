from typing import Any

import pytest

from tiktok2mqtt.webcast.events.fields import (
    COMMON,
    COMMON_KEYS,
    Field,
    Part,
    always_null,
    as_id,
    enum_fields,
    field_reader,
    first_url,
    grouped_readers,
    object_reader,
)
from tiktok2mqtt.webcast.events.rows import REGISTRY
from tiktok2mqtt.webcast.memory import Drops
from tiktok2mqtt.webcast.schema import messages_pb2 as pb
from tiktok2mqtt.webcast.schema import notices_pb2
from tiktok2mqtt.webcast.schema import types_pb2 as types
from tiktok2mqtt.webcast.session import LiveSession

PYTHON = {"id": str, "string": str, "integer": int, "boolean": bool}


def read(field: Field, message: Any) -> Any:
    read_field = field_reader(field)
    assert read_field is not None
    return read_field(message)


@pytest.mark.parametrize(
    ("field", "message", "value"),
    [
        (Field("x", "id", "common.room_id", "x"), pb.WebcastChatMessage(common={"room_id": 2**63 - 1}), str(2**63 - 1)),
        (Field("x", "id", "common.room_id", "x"), pb.WebcastChatMessage(common={"room_id": -5}), "-5"),
        (Field("x", "id", "common.room_id", "x"), pb.WebcastChatMessage(), None),
        (Field("x", "id", "signature", "x"), pb.WebcastChatMessage(signature="s"), "s"),
        (Field("x", "id", "signature", "x"), pb.WebcastChatMessage(), None),
        (Field("x", "id", "signature", "x"), pb.WebcastChatMessage(signature="s\x00"), "s "),
        (Field("x", "string", "content", "x"), pb.WebcastChatMessage(content="hé\x00\n"), "hé \n"),
        (Field("x", "string", "content", "x"), pb.WebcastChatMessage(), None),
        (Field("x", "integer", "input_type", "x"), pb.WebcastChatMessage(), None),
        (Field("x", "integer", "input_type", "x", zero=True), pb.WebcastChatMessage(), 0),
        (Field("x", "string", "content", "x"), pb.WebcastChatMessage(content=" \n"), None),
        (Field("x", "id", "signature", "x"), pb.WebcastChatMessage(signature="0"), None),
        (Field("x", "integer", "input_type", "x"), pb.WebcastChatMessage(input_type=-5), -5),
        (Field("x", "boolean", "visible_to_sender", "x"), pb.WebcastChatMessage(visible_to_sender=True), True),
        (Field("x", "boolean", "visible_to_sender", "x"), pb.WebcastChatMessage(), False),
        (Field("x", "boolean", "input_type", "x"), pb.WebcastChatMessage(input_type=5), True),
        (Field("x", "integer", lambda message: len(message.content), "x"), pb.WebcastChatMessage(content="hi"), 2),
        (Field("x", "integer", always_null, "x"), pb.WebcastChatMessage(input_type=5), None),
        (Field("x", "array", "comment_tag", "x", items="integer"), pb.WebcastChatMessage(comment_tag=[3, 4]), [3, 4]),
        (Field("x", "array", "comment_tag", "x", items="id"), pb.WebcastChatMessage(comment_tag=[3, 0]), ["3"]),
        (Field("x", "array", "comment_tag", "x", items="id"), pb.WebcastChatMessage(), []),
    ],
)
def test_values_are_read_by_their_type(field: Field, message: Any, value: Any) -> None:
    found = read(field, message)
    assert found == value
    assert type(found) is type(value)


def test_an_instant_is_read_in_any_unit() -> None:
    text = Field("x", "string", "common.create_time", "x", instant=True)
    number = Field("x", "integer", "common.create_time", "x", instant=True)
    for value in (1_700_000_000, 1_700_000_000_000, 1_700_000_000_000_000):
        message = pb.WebcastChatMessage(common={"create_time": value})
        assert read(text, message) == "2023-11-14T22:13:20.000Z"
        assert read(number, message) == 1_700_000_000_000
    for value in (0, -1, 600, 604_800, 6_800_000_000_000_000_001):
        message = pb.WebcastChatMessage(common={"create_time": value})
        assert read(text, message) is None
        assert read(number, message) is None


def test_a_number_with_words_has_one_beside_it() -> None:
    number, word = enum_fields("kind", "input_type", {0: "none", 2: "two"}, "A kind")
    assert (number.key, word.key, word.doc) == (
        "kind",
        "kind_name",
        "kind as a word: none (0), two (2); null if unknown",
    )
    found = [
        (read(number, message), read(word, message))
        for message in (
            pb.WebcastChatMessage(),
            pb.WebcastChatMessage(input_type=2),
            pb.WebcastChatMessage(input_type=3),
        )
    ]
    assert found == [(0, "none"), (2, "two"), (3, None)]
    number, _ = enum_fields("kind", "input_type", {2: "two"}, "A kind")
    assert read(number, pb.WebcastChatMessage()) is None


def test_consecutive_fields_of_a_part_read_it_once() -> None:
    parts: list[str] = []

    def user(message: Any) -> Any:
        parts.append("user")
        return message.user

    fields = (
        Field("a", "string", "content", "x"),
        Field("b", "string", Part(user, "nickname"), "x"),
        Field("c", "integer", Part(user, lambda part: len(part.nickname)), "x"),
        Field("d", "string", "common.method", "x"),
        Field("e", "id", "common.msg_id", "x"),
        Field("f", "integer", None, "x"),
    )
    message = pb.WebcastChatMessage(content="hi", user={"nickname": "Bob"}, common={"method": "m", "msg_id": 5})
    groups = grouped_readers(fields)
    assert [[key for key, _ in readers] for _, _, readers in groups] == [["a"], ["b", "c"], ["d", "e"]]
    made: dict[str, Any] = {}
    for get_part, _, readers in groups:
        part = message if get_part is None else get_part(message)
        made |= {key: read_field(part) for key, read_field in readers}
    assert made == {"a": "hi", "b": "Bob", "c": 3, "d": "m", "e": "5"} == object_reader(fields)(message)
    assert parts == ["user"] * 3


def test_a_field_without_source_has_no_reader() -> None:
    assert field_reader(Field("x", "integer", None, "x")) is None
    assert object_reader((Field("x", "integer", None, "x"),))(pb.WebcastChatMessage()) == {}


GOAL = Field(
    "goal",
    "object",
    "goal",
    "x",
    fields=(
        Field("goal_id", "id", "id", "x"),
        Field("parts", "array", "sub_goals", "x", fields=(Field("gift", "string", "gift.name", "x"),)),
    ),
)


def test_a_missing_object_is_null_and_an_empty_one_is_not() -> None:
    assert read(GOAL, notices_pb2.WebcastGoalUpdateMessage()) is None
    empty = notices_pb2.WebcastGoalUpdateMessage(goal=notices_pb2.LiveGoal())
    assert read(GOAL, empty) == {"goal_id": None, "parts": []}


def test_objects_can_hold_arrays_of_objects() -> None:
    part = notices_pb2.LiveSubGoal(gift=notices_pb2.LiveSubGoalGift(name="Rose"))
    message = notices_pb2.WebcastGoalUpdateMessage(
        goal=notices_pb2.LiveGoal(id=7, sub_goals=[part, notices_pb2.LiveSubGoal()])
    )
    assert read(GOAL, message) == {"goal_id": "7", "parts": [{"gift": "Rose"}, {"gift": None}]}


def test_a_nested_object_is_null_if_its_parent_is_missing() -> None:
    field = Field("x", "object", "details.user", "x", fields=(Field("nickname", "string", "nickname", "x"),))
    assert read(field, pb.WebcastQuestionNewMessage()) is None
    assert read(field, pb.WebcastQuestionNewMessage(details=pb.QuestionDetails())) is None
    asked = pb.WebcastQuestionNewMessage(details=pb.QuestionDetails(user=types.User(nickname="Bob")))
    assert read(field, asked) == {"nickname": "Bob"}


@pytest.mark.parametrize(
    ("value", "text"), [(0, None), ("", None), (5, "5"), ("5", "5"), (2**64 - 1, "18446744073709551615"), ("0", None)]
)
def test_ids(value: Any, text: str | None) -> None:
    assert as_id(value) == text


@pytest.mark.parametrize(("urls", "url"), [([], None), (["", ""], None), (["a", "b"], "a"), (["", "b"], "b")])
def test_first_url(urls: list[str], url: str | None) -> None:
    assert first_url(types.Image(url_list=urls)) == url


# --- the common keys ---


def test_a_session_writes_the_common_keys_in_this_order_and_with_these_types() -> None:
    session = LiveSession(REGISTRY, "alice", "55", wall=lambda: 1_800_000_000.0, drops=Drops())
    event = session.common_keys("chat", "7", "2026-01-02T03:04:05.678Z", "direct")
    assert tuple(event) == COMMON_KEYS
    for field in COMMON:
        assert field.optional or type(event[field.key]) is PYTHON[field.type]


def test_the_optional_common_key_comes_last() -> None:
    assert [field.key for field in COMMON] == [*COMMON_KEYS, "truncated"]
    assert not any(field.nullable for field in COMMON)
