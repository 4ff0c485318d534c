from typing import Any

import pytest

from tests.webcast.events import samples
from tests.webcast.events.decode import decoded, payload_decoded
from tiktok2mqtt.webcast.events.users import PERSON
from tiktok2mqtt.webcast.schema import messages_pb2 as pb
from tiktok2mqtt.webcast.schema import notices_pb2
from tiktok2mqtt.webcast.schema import types_pb2 as types

EMPTY_USER: dict[str, Any] = {field.key: None for field in PERSON} | {"badges": []}


def test_a_chat_from_literal_bytes() -> None:
    user = b"\x08\x05\x1a\x03Bob\xb2\x02\x03bob"
    payload = b"\x0a\x04\x10\x07\x20\x01" + b"\x12\x0d" + user + b"\x1a\x03h\xc3\xa9" + b"\x72\x02en"
    assert payload_decoded("WebcastChatMessage", payload) == {
        "chat": EMPTY_USER
        | {"user_id": "5", "unique_id": "bob", "nickname": "Bob", "comment": "hé", "language": "en"}
        | {"emotes": [], "mentioned_user": None, "mentioned_users": [], "is_on_comment_tray": False}
    }


def test_the_users_that_a_comment_mentions() -> None:
    bob, carol = samples.BOB, samples.CAROL
    nobody = types.User(id=7)
    chat = pb.WebcastChatMessage(content="hi @Carol and @bob", mention_users=[carol, bob, nobody], at_user=carol)
    found = [(user["unique_id"], user["place_in_comment"]) for user in decoded(chat)["chat"]["mentioned_users"]]
    assert found == [("carol", 3), ("bob", 14), (None, None)]


def test_the_users_that_a_comment_mentions_by_id_or_in_the_old_way() -> None:
    by_id = decoded(pb.WebcastChatMessage(content="hi", mention_user_list=[2**63 - 1]))["chat"]["mentioned_users"]
    assert by_id == [
        {"user_id": "9223372036854775807", "unique_id": None, "nickname": None, "profile_picture_url": None}
        | {"place_in_comment": None}
    ]
    (user,) = decoded(pb.WebcastChatMessage(content="@Carol", at_user=samples.CAROL))["chat"]["mentioned_users"]
    assert (user["unique_id"], user["place_in_comment"]) == ("carol", 0)


@pytest.mark.parametrize(
    ("prefix", "number", "name"),
    [("Viewer%s", "743858", "Viewer743858"), ("", "743858", "743858"), ("Guest ", "5", "Guest 5"), ("", "", None)],
)
def test_a_viewer_who_is_not_logged_in_has_the_name_that_tiktok_shows(prefix: str, number: str, name: str) -> None:
    message = notices_pb2.WebcastUnauthorizedMemberMessage(
        action=1,
        nick_name_prefix=samples.text("p", prefix),
        nick_name=number,
        enter_text=samples.text("e", "{0:user} joined"),
    )
    event = decoded(message)["unauthorized_member"]
    assert (event["nickname"], event["text"]) == (name, f"{name or '…'} joined")
    assert event["action_name"] == "joined"


def test_a_like_has_the_effect_of_the_newest_clients() -> None:
    effects = [pb.LikeEffect(effect_count=1, effect_interval_ms=300), pb.LikeEffect(version=5, effect_count=2)]
    assert decoded(pb.WebcastLikeMessage(like_effect=effects))["like"]["effect_count"] == 2
    assert decoded(pb.WebcastLikeMessage())["like"]["effect_count"] is None


def test_what_a_moderator_may_do() -> None:
    member = pb.WebcastMemberMessage(action=12, operator=samples.CAROL, admin_permissions={3: 1, 4: 0})
    event = decoded(member)["member"]
    assert (event["admin_permissions"], event["operator"]["unique_id"]) == (["3"], "carol")
    assert event["is_returning"] is None
    returning = pb.WebcastMemberMessage(action=1, wave_algorithm_data=pb.WaveAlgorithmData(is_rewatch=True))
    assert decoded(returning)["member"]["is_returning"] is True
    new = pb.WebcastMemberMessage(action=1, wave_algorithm_data=pb.WaveAlgorithmData())
    assert decoded(new)["member"]["is_returning"] is False


@pytest.mark.parametrize(
    ("message", "target"),
    [
        (pb.WebcastSocialMessage(action=1, target_user_id=5, share_target="6"), "5"),
        (pb.WebcastSocialMessage(action=1, share_target="6"), "6"),
        (pb.WebcastSocialMessage(action=1, share_target="-1"), None),
        (pb.WebcastSocialMessage(action=3, share_target="6"), None),
    ],
)
def test_who_was_followed(message: Any, target: str | None) -> None:
    assert decoded(message)["social"]["target_user_id"] == target


@pytest.mark.parametrize(
    ("key", "action", "verbs"),
    [
        ("pm_main_follow_message_viewer_2", 1, {"follow"}),
        ("pm_mt_guidance_share", 3, {"share"}),
        ("pm_main_follow_message_viewer_2", 3, {"follow"}),
        ("pm_mt_guidance_share", 1, {"share"}),
        ("pm_mt_something_subscribed", 1, {"subscribe"}),
        ("pm_mt_subscription", 3, {"subscribe"}),
        ("pm_mt_something_else", 1, set()),
        ("", 1, {"follow"}),
        ("", 2, {"share"}),
        ("", 3, {"share"}),
        ("", 4, {"share"}),
        ("", 5, {"share"}),
        ("", 0, set()),
        ("", 6, set()),
    ],
)
def test_the_key_of_a_social_message_decides_and_then_its_action(key: str, action: int, verbs: set[str]) -> None:
    message = pb.WebcastSocialMessage(common=samples.common(key, "x"), action=action)
    assert set(decoded(message)) == {"social"} | verbs


def test_an_empty_emote_has_nulls() -> None:
    assert decoded(pb.WebcastChatMessage(emotes=[pb.EmoteData()]))["chat"]["emotes"] == [
        {"emote_id": None, "image": None, "place_in_comment": 0}
    ]


def test_an_empty_mentioned_user_is_an_object_of_nulls() -> None:
    event = decoded(pb.WebcastChatMessage(at_user=types.User()))["chat"]
    assert event["mentioned_user"] == dict.fromkeys(("user_id", "unique_id", "nickname", "profile_picture_url"))


def test_counts_that_are_not_sent_are_null() -> None:
    assert decoded(pb.WebcastSocialMessage(action=1))["follow"]["follower_count"] is None
    assert decoded(pb.WebcastSocialMessage(action=3))["share"]["share_count"] is None
    assert decoded(pb.WebcastMemberMessage())["member"]["viewer_count"] is None
    assert decoded(pb.WebcastRoomUserSeqMessage())["room_user"]["viewer_count"] is None
    assert decoded(pb.WebcastLikeMessage())["like"]["like_count"] is None


def test_ids_in_arrays_are_strings() -> None:
    event = decoded(notices_pb2.WebcastImDeleteMessage(delete_msg_ids_list=[2**63 - 1, 1]))["im_delete"]
    assert event == {"message_ids": ["9223372036854775807", "1"], "user_ids": []}


def test_an_emote_message_can_have_several_emotes() -> None:
    # WebcastEmoteChatMessage.emote_list (3) is repeated.
    payload = b"\x1a\x04\x0a\x02e1" + b"\x1a\x04\x0a\x02e2"
    event = decoded(notices_pb2.WebcastEmoteChatMessage.FromString(payload))["emote"]
    assert event["emotes"] == [{"emote_id": "e1", "image": None}, {"emote_id": "e2", "image": None}]
