from typing import Any

import pytest

from tests.webcast.events import samples
from tests.webcast.events.decode import received
from tests.webcast.events.filler import full
from tiktok2mqtt.webcast.events.fields import COMMON_KEYS, Field, object_reader
from tiktok2mqtt.webcast.events.registry import Registry
from tiktok2mqtt.webcast.events.rows.common import MAX_DEPTH, display_text, generic_fields, simple_row
from tiktok2mqtt.webcast.schema import battles_pb2, messages_pb2
from tiktok2mqtt.webcast.schema import notices_pb2 as pb
from tiktok2mqtt.webcast.schema import types_pb2 as types

GENERIC_TYPES = [
    getattr(module, name)
    for module in (battles_pb2, pb, messages_pb2, types)
    for name in module.DESCRIPTOR.message_types_by_name
]


def test_a_simple_row_has_the_fields_of_its_message() -> None:
    row = simple_row("notice", pb.WebcastNoticeMessage, "A notice.", aliases=("NoticeMessage",), priority=True)
    assert (row.event, row.doc, row.kind, row.priority) == ("notice", "A notice.", "streaming", True)
    assert not row.has_person
    assert row.keys[:4] == ("text", "content", "notice_type", "style")
    assert Registry([row]).methods == {"WebcastNoticeMessage", "NoticeMessage"}


def test_the_person_is_not_a_field_as_well() -> None:
    row = simple_row("speaker", pb.WebcastSpeakerMessage, "x.", person="user")
    assert row.has_person
    assert [field.key for field in row.fields] == ["text", "display_text", "trigger_type"]
    without_person = simple_row("speaker", pb.WebcastSpeakerMessage, "x.")
    assert without_person.keys == ("text", "user", "display_text", "trigger_type")


def test_given_fields_replace_those_of_the_message() -> None:
    field = Field("content", "string", "content", "x")
    assert simple_row("notice", pb.WebcastNoticeMessage, "x.", fields=(field,)).fields == (field,)


@pytest.mark.parametrize(
    ("message", "key"),
    [
        (battles_pb2.WebcastLinkLayerMessage, "message_source"),
        (pb.WebcastGiftPanelUpdateMessage, "message_room_id"),
        (pb.WebcastPictionaryExitMessage, "message_session_id"),
    ],
)
def test_a_field_named_like_a_common_key_gets_a_prefix(message: type, key: str) -> None:
    row = simple_row("x", message, "x.")
    assert key in row.keys
    assert not set(COMMON_KEYS) & set(row.keys)


def test_the_display_text_has_its_placeholders_filled() -> None:
    assert display_text(received(samples.FOLLOW)) == "Bob 🌹 followed the LIVE creator"
    assert display_text(pb.WebcastNoticeMessage()) is None


# --- fields made from a descriptor ---


def generic(message: Any, *skip: str) -> dict[str, Any]:
    return object_reader(generic_fields(message.DESCRIPTOR, skip))(received(message))


def kinds(message_type: Any, *skip: str) -> dict[str, str]:
    return {field.key: field.type for field in generic_fields(message_type.DESCRIPTOR, skip)}


def test_fields_of_a_message_without_its_common_part_and_bytes() -> None:
    assert kinds(battles_pb2.WebcastLinkLayerMessage) == {
        "message_type": "integer",
        "channel_id": "id",
        "scene": "integer",
        "source": "string",
        "centerized_idc": "string",
        "rtc_room_id": "id",
    }
    assert kinds(pb.WebcastInRoomBannerMessage) == {"position": "integer", "action_type": "integer"}


def test_names_to_skip() -> None:
    assert "content" in kinds(pb.WebcastNoticeMessage)
    assert "content" not in kinds(pb.WebcastNoticeMessage, "content")


def test_instants_are_told_by_their_names() -> None:
    fields = {field.key: field for field in generic_fields(pb.MsgDetectTimeInfo.DESCRIPTOR)}
    assert all(field.instant and field.type == "string" for field in fields.values())
    detected = pb.WebcastMsgDetectMessage(time_info=pb.MsgDetectTimeInfo(api_send_time=1_700_000_000_123))
    assert generic(detected)["time_info"]["api_send_time"] == "2023-11-14T22:13:20.123Z"
    assert not any(field.instant for field in generic_fields(pb.GoodyBagCoins.DESCRIPTOR))


def test_an_id_that_is_also_there_as_a_text_is_read_once() -> None:
    assert "violation_user_id_str" not in kinds(types.PunishInfo)
    assert kinds(battles_pb2.WebcastLinkMicMethod)["anchor_link_mic_id_str"] == "string"


def test_numbers_with_words_at_any_depth() -> None:
    message = pb.WebcastPerceptionMessage(dialog=types.PerceptionDialog(icon_type=2), float_icon_type=9)
    words = {"icon_type": {2: "two"}, "float_icon_type": {1: "one"}}
    read = object_reader(generic_fields(message.DESCRIPTOR, words=words))(received(message))
    assert (read["dialog"]["icon_type"], read["dialog"]["icon_type_name"]) == (2, "two")
    assert (read["float_icon_type"], read["float_icon_type_name"]) == (9, None)


def test_maps_and_objects_without_fields_are_left_out() -> None:
    assert kinds(types.UserBadge) == {"title": "string"}
    assert kinds(battles_pb2.WebcastLinkMicBattle)["anchor_info"] == "array"
    assert "battle_result" not in kinds(battles_pb2.WebcastLinkMicBattle)
    assert kinds(types.FansClubMember, "data") == {}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("battle_id", "id"),
        ("operator_user_id", "id"),
        ("reason", "integer"),
    ],
)
def test_64_bit_numbers_are_ids_if_their_name_says_so(name: str, kind: str) -> None:
    assert kinds(battles_pb2.WebcastLinkMicBattlePunishFinish)[name] == kind


def test_names_of_ids() -> None:
    assert kinds(pb.WebcastImDeleteMessage) == {
        "delete_msg_ids_list": "array",
        "delete_user_ids_list": "array",
    }
    assert [f.items for f in generic_fields(pb.WebcastImDeleteMessage.DESCRIPTOR)] == ["id", "id"]
    assert kinds(messages_pb2.WebcastGiftMessage)["gift_variant_id"] == "integer"  # 32 bits
    assert kinds(messages_pb2.SponsorshipInfo)["gift_id"] == "id"
    assert kinds(messages_pb2.WebcastGiftMessage)["to_member_id_int"] == "id"
    assert kinds(messages_pb2.InteractiveGiftInfo)["uniq_id"] == "id"
    assert kinds(messages_pb2.WebcastGiftMessage)["fan_ticket_count"] == "integer"


@pytest.mark.parametrize(
    ("number", "value"),
    [
        (0, None),
        (2**53 - 1, 2**53 - 1),
        (1 - 2**53, 1 - 2**53),
        (2**53, None),
        (-(2**53), None),
        (2**63 - 1, None),
        (-(2**63), None),
    ],
)
def test_a_number_beyond_the_exact_range_of_json_is_null(number: int, value: int | None) -> None:
    message = battles_pb2.WebcastLinkMicMethod(start_time_ms=number, channel_id=number)
    assert generic(message)["start_time_ms"] == value
    assert generic(message)["channel_id"] == (str(number) if number else None)


def test_users_pictures_and_texts_are_simplified() -> None:
    message = pb.WebcastSpeakerMessage(
        user=types.User(id=5, unique_id="bob", bio_description="x"),
        display_text=types.Text(key="k", default_pattern="{0:user} speaks", pieces=[{"string_value": "Bob"}]),
    )
    assert generic(message) == {
        "user": {"user_id": "5", "unique_id": "bob", "nickname": None, "profile_picture_url": None},
        "display_text": "Bob speaks",
        "trigger_type": None,
    }
    assert generic(pb.WebcastSpeakerMessage()) == {"user": None, "display_text": None, "trigger_type": None}
    capsule = pb.WebcastCapsuleMessage(icon=types.Image(url_list=["", "https://icon"]))
    assert generic(capsule)["icon"] == "https://icon"
    assert generic(pb.WebcastCapsuleMessage(icon=types.Image()))["icon"] is None


def test_lists_of_users_and_pictures() -> None:
    pictures = [types.Image(url_list=["https://a"]), types.Image(), types.Image(url_list=["https://b"])]
    assert generic(messages_pb2.WebcastLikeMessage(icons=pictures))["icons"] == ["https://a", "https://b"]
    fans = [types.User(nickname="Bob"), types.User()]
    assert [fan["nickname"] for fan in generic(types.User(top_fans=fans))["top_fans"]] == ["Bob", None]


def depth(fields: tuple[Field, ...]) -> int:
    return 1 + max((depth(field.fields) for field in fields if field.fields), default=0)


@pytest.mark.parametrize("message_type", GENERIC_TYPES, ids=lambda message_type: message_type.DESCRIPTOR.name)
def test_every_message_type_is_read_to_a_limited_depth(message_type: Any) -> None:
    fields = generic_fields(message_type.DESCRIPTOR)
    # Users add one level.
    assert depth(fields) <= MAX_DEPTH + 1
    read = object_reader(fields)
    nothing, everything = received(message_type()), received(full(message_type()))
    assert set(read(nothing)) == set(read(everything)) == {field.key for field in fields}


def test_messages_nested_deeper_are_left_out() -> None:
    assert depth(generic_fields(pb.WebcastRoomPinMessage.DESCRIPTOR)) == MAX_DEPTH == 4
