"""What is compiled from a row does what its fields say, one by one."""

import traceback
from typing import Any

import pytest

from tests.webcast.events.decode import received
from tests.webcast.events.filler import full, highest, lowest
from tiktok2mqtt.webcast.events.decoders import PERSON, decoder, person
from tiktok2mqtt.webcast.events.fields import Field, reader, unsaid
from tiktok2mqtt.webcast.events.registry import EventRow, Source
from tiktok2mqtt.webcast.events.rows import ROWS
from tiktok2mqtt.webcast.schema import messages_pb2 as pb

PERSON_KEYS = tuple(field.key for field in PERSON)
CHAT = pb.WebcastChatMessage
SOURCES = [(row, source) for row in ROWS for source in row.sources]


def filled(fields: tuple[Field, ...], message: Any, **keys: Any) -> dict[str, Any]:
    event: dict[str, Any] = {"v": 1}
    options = {"has_person": False, "user": None} | keys
    decoder("chat", fields, type(message), **options)(event, received(message))
    return event


@pytest.mark.parametrize(
    ("row", "source"), SOURCES, ids=lambda value: value.event if isinstance(value, EventRow) else value.methods[0]
)
def test_all_at_once_is_the_same_as_one_by_one(row: EventRow, source: Source) -> None:
    fields = tuple(f for f in row.fields if f.key not in source.reads)
    messages = [source.message(), *(full(source.message(), leaf) for leaf in (highest, lowest))]
    for message in map(received, messages):
        if source.when is not None and not source.when(message):
            continue
        event: dict[str, Any] = {}
        decoder(row.event, fields, source.message, has_person=False, user=None)(event, message)
        readers = {f.key: read for f in fields if (read := reader(f)) is not None}
        assert list(event) == list(readers)
        assert repr(event) == repr({key: read(message) for key, read in readers.items()})


def test_keys_are_written_in_the_order_of_the_row_after_those_that_are_there() -> None:
    fields = (
        Field("comment", "string", "content", "x"),
        Field("count", "integer", None, "x"),
        Field("tags", "array", "comment_tag", "x", items="integer"),
    )
    event = filled(fields, CHAT(content="hi", comment_tag=[4]), has_person=True, user="user")
    assert list(event) == ["v", *PERSON_KEYS, "comment", "tags"]
    assert (event["comment"], event["tags"]) == ("hi", [4])
    assert filled((), CHAT(content="hi")) == {"v": 1}


@pytest.mark.parametrize(
    ("user", "nickname"),
    [("user", "Bob"), ("at_user", None), (lambda m: m.user, "Bob"), (lambda _m: None, None), (None, None)],
)
def test_the_person_comes_by_a_path_or_a_function_or_not(user: Any, nickname: str | None) -> None:
    event = filled((), CHAT(user={"nickname": "Bob"}), has_person=True, user=user)
    assert (list(event), event["nickname"]) == (["v", *PERSON_KEYS], nickname)


def test_the_identity_is_that_of_the_message_where_it_has_one() -> None:
    chat = CHAT(user={"nickname": "Bob"}, user_identity={"is_moderator_of_anchor": True})
    assert filled((), chat, has_person=True, user="user")["is_moderator"] is True
    like = pb.WebcastLikeMessage(user={"nickname": "Bob"})
    expected: dict[str, Any] = {"v": 1}
    person(expected, like.user.SerializeToString())
    assert filled((), like, has_person=True, user="user") == expected


def test_no_key_can_be_taken_for_text_of_the_function() -> None:
    field = Field("x'] = 1; event['y", "integer", "input_type", "x")
    assert filled((field,), CHAT(input_type=5)) == {"v": 1, field.key: 5}


def test_an_error_says_whose_decoder_it_was() -> None:
    field = Field("comment", "string", lambda message: message.nothing, "x")
    with pytest.raises(AttributeError) as error:
        filled((field, Field("other", "string", unsaid, "x")), CHAT())
    assert "<decoder of chat>" in "".join(traceback.format_tb(error.value.__traceback__))
