from typing import Any

import pytest

from tests.webcast.events.decode import decoded
from tests.webcast.events.samples import BOB, CAROL, ROSE, common, naming, text
from tiktok2mqtt.webcast.schema import messages_pb2
from tiktok2mqtt.webcast.schema import notices_pb2 as pb
from tiktok2mqtt.webcast.schema import types_pb2 as types

SUBSCRIBED = common("pm_mt_subscribed", "{0:user} subscribed", naming(BOB))
SUBSCRIPTION = {"unique_id": "bob", "months": None, "subscribe_type": None, "gifted": None, "text": "Bob 🌹 subscribed"}


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (
            pb.WebcastSubNotifyMessage(common=SUBSCRIBED, user=BOB, sender=CAROL, sub_month=3, subscribe_type=2),
            {"months": 3, "subscribe_type": 2},
        ),
        (pb.WebcastSubNotifyMessage(common=SUBSCRIBED, sender=BOB), {"subscribe_type": 0}),
        (pb.WebcastSubscriptionNotifyMessage(common=SUBSCRIBED, user=BOB), {}),
        (
            pb.WebcastBarrageMessage(
                msg_type=4,
                content=SUBSCRIBED.display_text,
                subscribe_gift_param=pb.BarrageSubscribeGift(gift_sub_count=5),
            ),
            {"gifted": 5},
        ),
        (pb.WebcastBarrageMessage(msg_type=7, common_barrage_content=SUBSCRIBED.display_text), {}),
        (messages_pb2.WebcastSocialMessage(common=SUBSCRIBED, user=BOB), {}),
    ],
    ids=["notify", "notify of the sender", "notification", "barrage 4", "barrage 7", "social"],
)
def test_a_subscription_comes_from_four_sources(message: Any, expected: dict[str, Any]) -> None:
    event = decoded(message)["subscribe"]
    assert {key: event[key] for key in SUBSCRIPTION} == SUBSCRIPTION | expected


@pytest.mark.parametrize("kind", [0, 1, 3, 5, 6, 8, 9])
def test_other_banners_are_no_subscription(kind: int) -> None:
    assert set(decoded(pb.WebcastBarrageMessage(msg_type=kind))) == {"barrage"}


@pytest.mark.parametrize(
    ("message", "other", "what"),
    [
        (
            pb.WebcastBarrageMessage(content=text("ttlive_superFan_became", "{0:user} is a super fan", naming(BOB))),
            "barrage",
            "became",
        ),
        (
            pb.WebcastBarrageMessage(
                common_barrage_content=text("ttlive_superFan_commentNotif_joined", "{0:user} joined", naming(BOB))
            ),
            "barrage",
            "joined",
        ),
        (
            pb.WebcastBarrageMessage(common=common("TTLIVE_SUPERFAN", "x"), fans_level_param=pb.BarrageGrade(user=BOB)),
            "barrage",
            "became",
        ),
        (
            pb.WebcastEnvelopeMessage(common=common("ttlive_superFanBox_sent", "{0:user} sent a box", naming(BOB))),
            "envelope",
            "box",
        ),
        (
            pb.WebcastEnvelopeMessage(
                common=common("pm_x", "{0:user} sent a box", naming(BOB)),
                envelope_info=pb.EnvelopeInfo(business_type=19),
            ),
            "envelope",
            "box",
        ),
    ],
)
def test_a_super_fan_comes_beside_a_banner_or_a_box(message: Any, other: str, what: str) -> None:
    events = decoded(message)
    assert set(events) == {other, "super_fan"}
    event = events["super_fan"]
    assert (event["what"], event["unique_id"]) == (what, "bob")
    assert event["text"]


@pytest.mark.parametrize(
    "message",
    [
        pb.WebcastBarrageMessage(content=text("ttlive_fan", "x")),
        pb.WebcastEnvelopeMessage(common=common("ttlive_superFan_became", "x")),
        pb.WebcastEnvelopeMessage(envelope_info=pb.EnvelopeInfo(business_type=1)),
    ],
)
def test_other_banners_and_boxes_are_no_super_fan(message: Any) -> None:
    assert "super_fan" not in decoded(message)


@pytest.mark.parametrize(
    ("message", "who"),
    [
        (pb.WebcastBarrageMessage(), None),
        (pb.WebcastBarrageMessage(user_grade_param=pb.BarrageGrade(current_grade=3)), None),
        (
            pb.WebcastBarrageMessage(user_grade_param=pb.BarrageGrade(user=BOB), content=text("", "", naming(CAROL))),
            "bob",
        ),
        (pb.WebcastBarrageMessage(fans_level_param=pb.BarrageGrade(user=CAROL)), "carol"),
        (
            pb.WebcastBarrageMessage(
                user_grade_param=pb.BarrageGrade(user=BOB), fans_level_param=pb.BarrageGrade(user=CAROL)
            ),
            "bob",
        ),
        (pb.WebcastBarrageMessage(content=text("", "", types.TextPiece(string_value="x"), naming(BOB))), "bob"),
        (pb.WebcastBarrageMessage(common_barrage_content=text("", "", naming(CAROL), naming(BOB))), "carol"),
    ],
)
def test_whom_a_banner_is_about(message: Any, who: str | None) -> None:
    assert decoded(message)["barrage"]["unique_id"] == who


@pytest.mark.parametrize(
    ("message", "level"),
    [
        (pb.WebcastBarrageMessage(user_grade_param=pb.BarrageGrade(current_grade=31)), 31),
        (pb.WebcastBarrageMessage(fans_level_param=pb.BarrageGrade(current_grade=12)), 12),
        (pb.WebcastBarrageMessage(), None),
    ],
)
def test_the_level_a_banner_is_about(message: Any, level: int | None) -> None:
    assert decoded(message)["barrage"]["level"] == level


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
def test_a_pinned_message_belongs_to_its_author(part: str, message: Any) -> None:
    event = decoded(pb.WebcastRoomPinMessage(**{part: message}))["room_pin"]
    assert event["unique_id"] == "bob"
    assert event["comment"] == ("hi" if part == "chat_message" else None)
    assert event["gift_name"] == ("Rose" if part == "gift_message" else None)


@pytest.mark.parametrize(
    ("operator", "name"),
    [(CAROL, "carol"), (types.User(nickname="Carol"), "Carol"), (types.User(), None), (None, None)],
)
def test_who_pinned(operator: types.User | None, name: str | None) -> None:
    assert decoded(pb.WebcastRoomPinMessage(operator=operator))["room_pin"]["pinned_by"] == name


CHOICES = [pb.PollOption(option_index=1, display_content="Tea", votes=3), pb.PollOption()]


@pytest.mark.parametrize(
    "message",
    [
        pb.WebcastPollMessage(start_content=pb.PollStartContent(option_list=CHOICES)),
        pb.WebcastPollMessage(update_content=pb.PollUpdateContent(option_list=CHOICES)),
        pb.WebcastPollMessage(end_content=pb.PollEndContent(option_list=CHOICES)),
    ],
)
def test_a_poll_tells_its_choices_at_every_stage(message: Any) -> None:
    assert decoded(message)["poll"]["options"] == [
        {"index": 1, "text": "Tea", "votes": 3},
        {"index": 0, "text": None, "votes": 0},
    ]


@pytest.mark.parametrize(
    ("parts", "said", "language"),
    [
        ([], None, None),
        ([("", "")], None, None),
        ([("en", "and"), ("de", "now")], "and now", "en"),
        ([("", "and"), ("en", ""), ("en", "now")], "and now", None),
    ],
)
def test_a_caption_is_its_parts_together(parts: list[tuple[str, str]], said: str | None, language: str | None) -> None:
    content = [pb.CaptionContent(language=spoken, text=words) for spoken, words in parts]
    event = decoded(pb.WebcastCaptionMessage(content=content))["caption"]
    assert (event["text"], event["language"]) == (said, language)


def test_ids_in_lists_are_texts() -> None:
    event = decoded(pb.WebcastImDeleteMessage(delete_msg_ids_list=[2**63 - 1, 1]))["im_delete"]
    assert event == {"message_ids": ["9223372036854775807", "1"], "user_ids": []}


def test_emotes_come_one_or_many() -> None:
    # WebcastEmoteChatMessage.emote_list (3) is repeated: two of them, of typed bytes.
    payload = b"\x1a\x04\x0a\x02e1" + b"\x1a\x04\x0a\x02e2"
    event = decoded(pb.WebcastEmoteChatMessage.FromString(payload))["emote"]
    assert event["emotes"] == [{"emote_id": "e1", "image": None}, {"emote_id": "e2", "image": None}]
