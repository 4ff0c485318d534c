from typing import Any

import pytest

from tests.webcast.events.decode import decoded
from tests.webcast.events.samples import BOB, CAROL, common, naming
from tiktok2mqtt.webcast.events.rows.subscriptions import SUB_NOTICES
from tiktok2mqtt.webcast.schema import messages_pb2
from tiktok2mqtt.webcast.schema import notices_pb2 as pb

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
        (messages_pb2.WebcastMemberMessage(common=SUBSCRIBED, user=BOB, action=3), {}),
    ],
    ids=["notify", "notification", "barrage 4", "barrage 7", "social", "member"],
)
def test_a_subscription_is_made_from_five_message_types(message: Any, expected: dict[str, Any]) -> None:
    event = decoded(message)["subscribe"]
    assert {key: event[key] for key in SUBSCRIPTION} == SUBSCRIPTION | expected


@pytest.mark.parametrize("kind", [0, 1, 3, 5, 6, 8, 9])
def test_other_barrages_are_no_subscription(kind: int) -> None:
    assert set(decoded(pb.WebcastBarrageMessage(msg_type=kind))) == {"barrage"}


@pytest.mark.parametrize("kind", [1, 2, 3, 4, 5, 7, 10, 11, 14, 99])
def test_other_notices_are_no_subscription(kind: int) -> None:
    events = decoded(pb.WebcastSubNotifyMessage(common=SUBSCRIBED, sender=BOB, message_type=kind))
    assert set(events) == {"sub_notify"}
    assert events["sub_notify"]["message_type"] == kind
    assert events["sub_notify"]["message_type_name"] == (None if kind == 99 else SUB_NOTICES[kind])


def ids(event: dict[str, Any]) -> tuple[str | None, str | None, str | None]:
    """Return who subscribed, who gave it, and who was given it."""
    giver, receiver = event["giver"], event["receiver"]
    return event["user_id"], giver and giver["user_id"], receiver and receiver["user_id"]


BOB_ID, CAROL_ID = str(BOB.id), str(CAROL.id)
NAMED = common("pm_mt_x", "{0:user} for {1:user}", naming(CAROL), naming(BOB))
KEYED = common("pm_mt_gift_sub", "{0:user} for {1:user}", naming(CAROL), naming(BOB))
TRACKED = pb.SubscriptionGift(sender_id=CAROL.id, receiver_id=BOB.id)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (pb.WebcastSubNotifyMessage(common=NAMED, sender=BOB), (BOB_ID, None, None)),
        (pb.WebcastSubNotifyMessage(common=NAMED, sender=CAROL, is_send=True), (BOB_ID, CAROL_ID, BOB_ID)),
        (pb.WebcastSubNotifyMessage(common=NAMED, sender=CAROL, gift_source=3), (BOB_ID, CAROL_ID, BOB_ID)),
        (pb.WebcastSubNotifyMessage(common=KEYED, sender=BOB), (BOB_ID, CAROL_ID, BOB_ID)),
        (pb.WebcastSubNotifyMessage(sender=BOB, event_tracking=TRACKED), (BOB_ID, CAROL_ID, BOB_ID)),
        (pb.WebcastSubNotifyMessage(sender=CAROL, is_send=True, event_tracking=TRACKED), (BOB_ID, CAROL_ID, BOB_ID)),
        (pb.WebcastSubNotifyMessage(sender=CAROL, is_send=True), (CAROL_ID, CAROL_ID, None)),
        (pb.WebcastSubNotifyMessage(sender=CAROL, message_type=9), (CAROL_ID, CAROL_ID, None)),
        (pb.WebcastSubNotifyMessage(sender=BOB, message_type=8), (BOB_ID, None, BOB_ID)),
        (pb.WebcastSubNotifyMessage(sender=BOB, message_type=6, gift_source=1), (BOB_ID, None, BOB_ID)),
        (pb.WebcastSubNotifyMessage(common=KEYED), (BOB_ID, CAROL_ID, BOB_ID)),
        (pb.WebcastSubNotifyMessage(), (None, None, None)),
    ],
)
def test_who_gave_a_subscription_and_who_was_given_it(
    message: Any, expected: tuple[str | None, str | None, str | None]
) -> None:
    assert ids(decoded(message)["subscribe"]) == expected


def test_a_party_of_whom_more_than_the_id_is_known_is_named() -> None:
    event = decoded(pb.WebcastSubNotifyMessage(common=NAMED, event_tracking=TRACKED))["subscribe"]
    assert (event["giver"]["nickname"], event["receiver"]["nickname"]) == ("Carol", "Bob 🌹")
    assert event["is_moderator"] is True
    event = decoded(pb.WebcastSubNotifyMessage(sender=BOB, event_tracking=TRACKED))["subscribe"]
    assert (event["giver"]["nickname"], event["receiver"]["nickname"]) == (None, "Bob 🌹")


def test_what_is_on_a_pinned_card() -> None:
    event = decoded(pb.WebcastSubPinEventMessage(action_type=2))["sub_pin_event"]
    assert (event["action_type_name"], event["progress"], event["shown_until"]) == ("unpinned", None, None)
    card = pb.SubPinCard(type=2, time_to_live=1_700_000_060, goal_pin_card=pb.SubGoalPinCard(target=5))
    event = decoded(pb.WebcastSubPinEventMessage(action_type=1, card=card))["sub_pin_event"]
    assert (event["card_type_name"], event["progress"], event["target"]) == ("goal", 0, 5)
    assert event["shown_until"] == "2023-11-14T22:14:20.000Z"


def test_a_wave_without_a_newcomer() -> None:
    event = decoded(pb.WebcastSubWaveMessage(sub_wave=pb.SubWave(info=pb.SubWaveInfo(wave_count=2))))["sub_wave"]
    assert (event["subscriber"], event["subscriber_count"], event["started_at"]) == (None, 2, None)
