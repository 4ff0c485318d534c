from typing import Any

import pytest

from tests.webcast.events.decode import decoded
from tests.webcast.events.samples import BOB, CAROL, ROSE
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
    ("operator", "name"),
    [(CAROL, "carol"), (types.User(nickname="Carol"), "Carol"), (types.User(), None), (None, None)],
)
def test_the_operator_of_a_pin(operator: types.User | None, name: str | None) -> None:
    assert decoded(pb.WebcastRoomPinMessage(operator=operator))["room_pin"]["pinned_by"] == name


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
