from typing import Any

import pytest

from tests.webcast.events import samples
from tests.webcast.events.decode import decoded, payload_decoded
from tiktok2mqtt.webcast.events.decoders import PERSON
from tiktok2mqtt.webcast.schema import messages_pb2 as pb
from tiktok2mqtt.webcast.schema import types_pb2 as types

NOBODY: dict[str, Any] = {field.key: None for field in PERSON} | {"badges": []}


def test_a_chat_of_typed_bytes() -> None:
    user = b"\x08\x05\x1a\x03Bob\xb2\x02\x03bob"
    payload = b"\x0a\x04\x10\x07\x20\x01" + b"\x12\x0d" + user + b"\x1a\x03h\xc3\xa9" + b"\x72\x02en"
    assert payload_decoded("WebcastChatMessage", payload) == {
        "chat": NOBODY
        | {"user_id": "5", "unique_id": "bob", "nickname": "Bob", "comment": "hé", "language": "en"}
        | {"emotes": [], "mentioned_user": None}
    }


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
def test_a_social_message_is_told_by_its_key_then_by_its_action(key: str, action: int, verbs: set[str]) -> None:
    message = pb.WebcastSocialMessage(common=samples.common(key, "x"), action=action)
    assert set(decoded(message)) == {"social"} | verbs


def test_an_emote_without_content_is_null() -> None:
    assert decoded(pb.WebcastChatMessage(emotes=[pb.EmoteData()]))["chat"]["emotes"] == [
        {"emote_id": None, "image": None, "place_in_comment": 0}
    ]


def test_a_mentioned_user_without_content_is_not_nobody() -> None:
    event = decoded(pb.WebcastChatMessage(at_user=types.User()))["chat"]
    assert event["mentioned_user"] == dict.fromkeys(("user_id", "unique_id", "nickname", "profile_picture_url"))


def test_counts_that_are_not_sent_are_null() -> None:
    assert decoded(pb.WebcastSocialMessage(action=1))["follow"]["follower_count"] is None
    assert decoded(pb.WebcastSocialMessage(action=3))["share"]["share_count"] is None
    assert decoded(pb.WebcastMemberMessage())["member"]["viewer_count"] is None


@pytest.mark.parametrize(
    ("action", "state", "is_end"),
    [
        (0, None, False),
        (1, "paused", False),
        (2, "resumed", False),
        (3, "ended", True),
        (4, "suspended", True),
        (5, None, False),
    ],
)
def test_two_of_the_control_messages_end_the_stream(action: int, state: str | None, is_end: bool) -> None:
    events = decoded(pb.WebcastControlMessage(action=action))
    assert events.pop("control") == {"action": action, "state": state, "tips": None}
    assert events == ({"stream_end": {"reason": state, "action": action}} if is_end else {})
