from typing import Any

import pytest

from tests.webcast.events.decode import decoded
from tests.webcast.events.samples import BOB, CAROL, ROSE, common
from tiktok2mqtt.webcast.schema import messages_pb2
from tiktok2mqtt.webcast.schema import notices_pb2 as pb
from tiktok2mqtt.webcast.schema import types_pb2 as types


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ("chat_message", messages_pb2.WebcastChatMessage(user=BOB, content="hi")),
        ("gift_message", messages_pb2.WebcastGiftMessage(user=BOB, gift=ROSE)),
        ("social_message", messages_pb2.WebcastSocialMessage(user=BOB)),
        ("member_message", messages_pb2.WebcastMemberMessage(user=BOB)),
        ("like_message", messages_pb2.WebcastLikeMessage(user=BOB)),
    ],
)
def test_the_person_of_a_pin_is_the_author(part: str, message: Any) -> None:
    event = decoded(pb.WebcastRoomPinMessage(**{part: message}))["room_pin"]
    assert event["unique_id"] == "bob"
    assert event["comment"] == ("hi" if part == "chat_message" else None)
    assert event["gift_name"] == ("Rose" if part == "gift_message" else None)


@pytest.mark.parametrize(
    ("operator", "user_id"),
    [(CAROL, "6800000000000000002"), (types.User(id=5), "5"), (types.User(nickname="Carol"), None), (None, None)],
)
def test_the_operator_of_a_pin(operator: types.User | None, user_id: str | None) -> None:
    assert decoded(pb.WebcastRoomPinMessage(operator=operator))["room_pin"]["pinned_by"] == user_id


def test_the_author_of_a_pin_has_the_identity_of_the_pinned_message() -> None:
    identity = messages_pb2.UserIdentity(is_anchor=True, is_subscriber_of_anchor=True)
    flags = {"is_anchor": True, "is_subscriber": True, "is_moderator": False}
    chat = messages_pb2.WebcastChatMessage(user=CAROL, user_identity=identity)
    gift = messages_pb2.WebcastGiftMessage(user=CAROL, user_identity=identity)
    for pin in (pb.WebcastRoomPinMessage(chat_message=chat), pb.WebcastRoomPinMessage(gift_message=gift)):
        event = decoded(pin)["room_pin"]
        assert {key: event[key] for key in flags} == flags
    like = messages_pb2.WebcastLikeMessage(user=CAROL)
    assert decoded(pb.WebcastRoomPinMessage(like_message=like))["room_pin"]["is_anchor"] is None


@pytest.mark.parametrize(("action", "name"), [(1, "pinned"), (2, "unpinned"), (3, None)])
def test_the_action_of_a_pin_has_a_name(action: int, name: str | None) -> None:
    event = decoded(pb.WebcastRoomPinMessage(action=action))["room_pin"]
    assert (event["action"], event["action_name"]) == (action, name)


@pytest.mark.parametrize(("step", "name"), [(0, "started"), (1, "ended"), (2, "changed"), (3, None)])
def test_the_steps_of_a_poll_have_names(step: int, name: str | None) -> None:
    event = decoded(pb.WebcastPollMessage(message_type=step))["poll"]
    assert (event["message_type"], event["message_type_name"]) == (step, name)


def test_why_a_poll_ended() -> None:
    ended = pb.WebcastPollMessage(end_content=pb.PollEndContent(operator=CAROL))
    assert decoded(ended)["poll"]["ended_by"] == "time"
    assert decoded(ended)["poll"]["operator"]["unique_id"] == "carol"
    assert decoded(pb.WebcastPollMessage())["poll"]["ended_by"] is None


OPTIONS = [pb.PollOption(option_index=1, display_content="Tea", votes=3), pb.PollOption()]


@pytest.mark.parametrize(
    "message",
    [
        pb.WebcastPollMessage(start_content=pb.PollStartContent(option_list=OPTIONS)),
        pb.WebcastPollMessage(update_content=pb.PollUpdateContent(option_list=OPTIONS)),
        pb.WebcastPollMessage(end_content=pb.PollEndContent(option_list=OPTIONS)),
    ],
)
def test_a_poll_has_its_options_at_every_stage(message: Any) -> None:
    assert decoded(message)["poll"]["options"] == [
        {"index": 1, "text": "Tea", "votes": 3},
        {"index": 0, "text": None, "votes": 0},
    ]


@pytest.mark.parametrize(
    ("parts", "expected", "language"),
    [
        ([], None, None),
        ([("", "")], None, None),
        ([("en", "and"), ("de", "now")], "and now", "en"),
        ([("", "and"), ("en", ""), ("en", "now")], "and now", None),
    ],
)
def test_a_caption_joins_its_parts(parts: list[tuple[str, str]], expected: str | None, language: str | None) -> None:
    content = [pb.CaptionContent(language=spoken, text=words) for spoken, words in parts]
    event = decoded(pb.WebcastCaptionMessage(content=content))["caption"]
    assert (event["text"], event["language"]) == (expected, language)


@pytest.mark.parametrize(
    ("timestamp", "duration", "expected"),
    [
        (1_700_000_000_456, 2580, (1_700_000_000_456, 2580)),
        (1_700_000_000, -1, (1_700_000_000_000, None)),
        (0, 0, (None, None)),
        (1_600_000_000, 5, (None, 5)),
    ],
)
def test_the_times_of_a_caption(timestamp: int, duration: int, expected: tuple[int | None, int | None]) -> None:
    caption = pb.WebcastCaptionMessage(common=common(), timestamp_ms=timestamp, duration_ms=duration)
    event = decoded(caption)["caption"]
    assert (event["timestamp_ms"], event["duration_ms"]) == expected


def test_the_times_of_a_goal_are_text_or_null() -> None:
    goal = pb.LiveGoal(start_time=1_700_000_000, expire_time=6_800_000_000_000_000_001)
    event = decoded(pb.WebcastGoalUpdateMessage(common=common(), goal=goal))["goal_update"]
    assert (event["start_time"], event["expire_time"]) == ("2023-11-14T22:13:20.000Z", None)


def test_the_questions_are_on_or_off() -> None:
    assert decoded(pb.WebcastQuestionSwitchMessage())["question_switch"] == {"state": "off", "is_on": False}
    assert decoded(pb.WebcastQuestionSwitchMessage(is_on=True))["question_switch"] == {"state": "on", "is_on": True}


def test_a_removed_donation_sticker_has_nulls() -> None:
    event = decoded(pb.WebcastDonationStickerModifyMethod())["donation_sticker_modify"]
    assert set(event.values()) == {None}
