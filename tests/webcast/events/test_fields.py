from typing import Any

import pytest

from tests.webcast.events.decode import received
from tests.webcast.events.filler import full
from tiktok2mqtt.webcast.events.fields import (
    MAX_DEPTH,
    Field,
    build,
    generic_fields,
    reader,
    unsaid,
)
from tiktok2mqtt.webcast.schema import battles_pb2, notices_pb2
from tiktok2mqtt.webcast.schema import messages_pb2 as pb
from tiktok2mqtt.webcast.schema import types_pb2 as types

GENERIC_TYPES = [
    getattr(module, name)
    for module in (battles_pb2, notices_pb2, pb, types)
    for name in module.DESCRIPTOR.message_types_by_name
]


def read(field: Field, message: Any) -> Any:
    get = reader(field)
    assert get is not None
    return get(message)


@pytest.mark.parametrize(
    ("field", "message", "value"),
    [
        (Field("x", "id", "common.room_id", "x"), pb.WebcastChatMessage(common={"room_id": 2**63 - 1}), str(2**63 - 1)),
        (Field("x", "id", "common.room_id", "x"), pb.WebcastChatMessage(common={"room_id": -5}), "-5"),
        (Field("x", "id", "common.room_id", "x"), pb.WebcastChatMessage(), None),
        (Field("x", "id", "signature", "x"), pb.WebcastChatMessage(signature="s"), "s"),
        (Field("x", "id", "signature", "x"), pb.WebcastChatMessage(), None),
        (Field("x", "string", "content", "x"), pb.WebcastChatMessage(content="hé\x00"), "hé\x00"),
        (Field("x", "string", "content", "x"), pb.WebcastChatMessage(), None),
        (Field("x", "integer", "input_type", "x"), pb.WebcastChatMessage(), 0),
        (Field("x", "integer", "input_type", "x"), pb.WebcastChatMessage(input_type=-5), -5),
        (Field("x", "boolean", "visible_to_sender", "x"), pb.WebcastChatMessage(visible_to_sender=True), True),
        (Field("x", "boolean", "visible_to_sender", "x"), pb.WebcastChatMessage(), False),
        (Field("x", "boolean", "input_type", "x"), pb.WebcastChatMessage(input_type=5), True),
        (Field("x", "integer", lambda message: len(message.content), "x"), pb.WebcastChatMessage(content="hi"), 2),
        (Field("x", "integer", unsaid, "x"), pb.WebcastChatMessage(input_type=5), None),
        (Field("x", "array", "comment_tag", "x", items="integer"), pb.WebcastChatMessage(comment_tag=[3, 4]), [3, 4]),
        (Field("x", "array", "comment_tag", "x", items="id"), pb.WebcastChatMessage(comment_tag=[3, 0]), ["3", "0"]),
        (Field("x", "array", "comment_tag", "x", items="id"), pb.WebcastChatMessage(), []),
    ],
)
def test_values_by_type(field: Field, message: Any, value: Any) -> None:
    found = read(field, message)
    assert found == value
    assert type(found) is type(value)


def test_what_others_fill_in_has_no_reader() -> None:
    assert reader(Field("x", "integer", None, "x")) is None
    assert build((Field("x", "integer", None, "x"),))(pb.WebcastChatMessage()) == {}


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


def test_an_object_that_is_not_there_is_null_and_an_empty_one_is_not() -> None:
    assert read(GOAL, notices_pb2.WebcastGoalUpdateMessage()) is None
    empty = notices_pb2.WebcastGoalUpdateMessage(goal=notices_pb2.LiveGoal())
    assert read(GOAL, empty) == {"goal_id": None, "parts": []}


def test_objects_hold_arrays_of_objects() -> None:
    part = notices_pb2.LiveSubGoal(gift=notices_pb2.LiveSubGoalGift(name="Rose"))
    message = notices_pb2.WebcastGoalUpdateMessage(
        goal=notices_pb2.LiveGoal(id=7, sub_goals=[part, notices_pb2.LiveSubGoal()])
    )
    assert read(GOAL, message) == {"goal_id": "7", "parts": [{"gift": "Rose"}, {"gift": None}]}


def test_an_object_further_down_is_null_when_its_holder_is_not_there() -> None:
    field = Field("x", "object", "details.user", "x", fields=(Field("nickname", "string", "nickname", "x"),))
    assert read(field, pb.WebcastQuestionNewMessage()) is None
    assert read(field, pb.WebcastQuestionNewMessage(details=pb.QuestionDetails())) is None
    asked = pb.WebcastQuestionNewMessage(details=pb.QuestionDetails(user=types.User(nickname="Bob")))
    assert read(field, asked) == {"nickname": "Bob"}


# --- fields made from a descriptor ---


def generic(message: Any, *skip: str) -> dict[str, Any]:
    return build(generic_fields(message.DESCRIPTOR, skip))(received(message))


def kinds(message_type: Any, *skip: str) -> dict[str, str]:
    return {field.key: field.type for field in generic_fields(message_type.DESCRIPTOR, skip)}


def test_all_that_a_message_holds_but_its_common_part_and_bytes() -> None:
    assert kinds(battles_pb2.WebcastLinkLayerMessage) == {
        "message_type": "integer",
        "channel_id": "id",
        "scene": "integer",
        "source": "string",
        "centerized_idc": "string",
        "rtc_room_id": "id",
    }
    assert kinds(notices_pb2.WebcastInRoomBannerMessage) == {"position": "integer", "action_type": "integer"}


def test_what_is_skipped() -> None:
    assert kinds(notices_pb2.WebcastNoticeMessage, "content") == {"notice_type": "integer"}


def test_maps_are_left_out_and_objects_of_nothing_else_too() -> None:
    assert kinds(types.UserBadge) == {"title": "string"}
    assert kinds(battles_pb2.WebcastLinkMicBattle)["anchor_info"] == "array"
    assert "battle_result" not in kinds(battles_pb2.WebcastLinkMicBattle)
    assert kinds(types.FansClubMember, "data") == {}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("battle_id", "id"),
        ("id1", "id"),
        ("timestamp", "integer"),
        ("reason", "integer"),
    ],
)
def test_64_bit_numbers_are_ids_by_their_name(name: str, kind: str) -> None:
    assert kinds(battles_pb2.WebcastLinkMicBattlePunishFinish)[name] == kind


def test_names_of_ids() -> None:
    assert kinds(notices_pb2.WebcastImDeleteMessage) == {
        "delete_msg_ids_list": "array",
        "delete_user_ids_list": "array",
    }
    assert [f.items for f in generic_fields(notices_pb2.WebcastImDeleteMessage.DESCRIPTOR)] == ["id", "id"]
    assert kinds(pb.WebcastGiftMessage)["gift_id"] == "integer"  # 32 bits
    assert kinds(pb.WebcastGiftMessage)["to_member_id_int"] == "id"
    assert kinds(pb.InteractiveGiftInfo)["uniq_id"] == "id"
    assert kinds(pb.WebcastGiftMessage)["fan_ticket_count"] == "integer"


@pytest.mark.parametrize(
    ("number", "value"),
    [
        (0, 0),
        (2**53 - 1, 2**53 - 1),
        (1 - 2**53, 1 - 2**53),
        (2**53, None),
        (-(2**53), None),
        (2**63 - 1, None),
        (-(2**63), None),
    ],
)
def test_a_number_that_json_could_not_hold_is_null(number: int, value: int | None) -> None:
    message = battles_pb2.WebcastLinkMicBattlePunishFinish(timestamp=number, battle_id=number)
    assert generic(message)["timestamp"] == value
    assert generic(message)["battle_id"] == (str(number) if number else None)


def test_people_pictures_and_texts_are_what_they_show() -> None:
    message = notices_pb2.WebcastSpeakerMessage(
        user=types.User(id=5, unique_id="bob", bio_description="x"),
        display_text=types.Text(key="k", default_pattern="{0:user} speaks", pieces=[{"string_value": "Bob"}]),
    )
    assert generic(message) == {
        "user": {"user_id": "5", "unique_id": "bob", "nickname": None, "profile_picture_url": None},
        "display_text": "Bob speaks",
        "trigger_type": 0,
    }
    assert generic(notices_pb2.WebcastSpeakerMessage()) == {"user": None, "display_text": None, "trigger_type": 0}
    capsule = notices_pb2.WebcastCapsuleMessage(icon=types.Image(url_list=["", "https://icon"]))
    assert generic(capsule)["icon"] == "https://icon"
    assert generic(notices_pb2.WebcastCapsuleMessage(icon=types.Image()))["icon"] is None


def test_lists_of_people_and_pictures() -> None:
    pictures = [types.Image(url_list=["https://a"]), types.Image(), types.Image(url_list=["https://b"])]
    assert generic(pb.WebcastLikeMessage(icons=pictures))["icons"] == ["https://a", "https://b"]
    fans = [types.User(nickname="Bob"), types.User()]
    assert [fan["nickname"] for fan in generic(types.User(top_fans=fans))["top_fans"]] == ["Bob", None]


def depth(fields: tuple[Field, ...]) -> int:
    return 1 + max((depth(field.fields) for field in fields if field.fields), default=0)


@pytest.mark.parametrize("message_type", GENERIC_TYPES, ids=lambda message_type: message_type.DESCRIPTOR.name)
def test_every_message_type_can_be_told_to_a_limited_depth(message_type: Any) -> None:
    fields = generic_fields(message_type.DESCRIPTOR)
    # People are one level more than what they are in.
    assert depth(fields) <= MAX_DEPTH + 1
    make = build(fields)
    nothing, everything = received(message_type()), received(full(message_type()))
    assert set(make(nothing)) == set(make(everything)) == {field.key for field in fields}


def test_what_lies_deeper_is_left_out() -> None:
    assert depth(generic_fields(notices_pb2.WebcastRoomPinMessage.DESCRIPTOR)) == MAX_DEPTH == 4
