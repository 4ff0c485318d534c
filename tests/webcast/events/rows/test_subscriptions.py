from typing import Any

import pytest

from tests.webcast.events.decode import decoded
from tests.webcast.events.samples import BOB, CAROL, common, naming, text
from tiktok2mqtt.webcast.schema import messages_pb2
from tiktok2mqtt.webcast.schema import notices_pb2 as pb
from tiktok2mqtt.webcast.schema import types_pb2 as types

SUBSCRIBED = common("pm_mt_subscribed", "{0:user} subscribed", naming(BOB))
SUBSCRIPTION = {"unique_id": "bob", "months": None, "subscribe_type": None, "gifted": None, "text": "Bob 🌹 subscribed"}


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (
            pb.WebcastSubNotifyMessage(common=SUBSCRIBED, sender=BOB, sub_month=3, subscribe_type=2),
            {"months": 3, "subscribe_type": 2},
        ),
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
    ids=["notify", "notification", "barrage 4", "barrage 7", "social"],
)
def test_a_subscription_is_made_from_four_message_types(message: Any, expected: dict[str, Any]) -> None:
    event = decoded(message)["subscribe"]
    assert {key: event[key] for key in SUBSCRIPTION} == SUBSCRIPTION | expected


@pytest.mark.parametrize("kind", [0, 1, 3, 5, 6, 8, 9])
def test_other_barrages_are_no_subscription(kind: int) -> None:
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
def test_a_super_fan_event_accompanies_a_barrage_or_an_envelope(message: Any, other: str, what: str) -> None:
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
def test_other_barrages_and_envelopes_are_no_super_fan(message: Any) -> None:
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
def test_the_user_of_a_barrage(message: Any, who: str | None) -> None:
    assert decoded(message)["barrage"]["unique_id"] == who


@pytest.mark.parametrize(
    ("message", "level"),
    [
        (pb.WebcastBarrageMessage(user_grade_param=pb.BarrageGrade(current_grade=31)), 31),
        (pb.WebcastBarrageMessage(fans_level_param=pb.BarrageGrade(current_grade=12)), 12),
        (pb.WebcastBarrageMessage(), None),
    ],
)
def test_the_level_of_a_barrage(message: Any, level: int | None) -> None:
    assert decoded(message)["barrage"]["level"] == level
