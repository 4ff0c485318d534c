from typing import Any

import pytest

from tests.webcast.events.decode import events_of
from tests.webcast.events.samples import BOB, CAROL, naming, text
from tiktok2mqtt.webcast.events.rows import REGISTRY
from tiktok2mqtt.webcast.memory import Drops
from tiktok2mqtt.webcast.reports import ReportDedup
from tiktok2mqtt.webcast.schema import messages_pb2
from tiktok2mqtt.webcast.schema import notices_pb2 as pb
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchMessage, FetchResponse
from tiktok2mqtt.webcast.schema.types_pb2 import Common, User
from tiktok2mqtt.webcast.session import LiveSession

START_MS = 1_700_000_000_000


def common(second: float, key: str = "pm_mt_sub", pattern: str = "{0:user} subscribed", who: User = BOB) -> Common:
    return Common(create_time=START_MS + int(second * 1000), display_text=text(key, pattern, naming(who)))


def notice(second: float, who: User = BOB, **keys: Any) -> Any:
    return pb.WebcastSubNotifyMessage(common=common(second, who=who), sender=who, **keys)


def banner(second: float, who: User = BOB, kind: int = 4, count: int = 0) -> Any:
    gift = pb.BarrageSubscribeGift(gift_sub_count=count)
    content = text("k", "{0:user} subscribed", naming(who))
    return pb.WebcastBarrageMessage(common=common(second), msg_type=kind, content=content, subscribe_gift_param=gift)


def social(second: float, who: User = BOB) -> Any:
    return messages_pb2.WebcastSocialMessage(common=common(second, "pm_mt_subscribe", who=who), user=who)


def member(second: float, who: User = BOB) -> Any:
    return messages_pb2.WebcastMemberMessage(common=common(second, who=who), user=who, action=3)


def gift(second: float, giver: User, receiver: User) -> Any:
    pieces = (naming(giver), naming(receiver))
    shown = Common(
        create_time=START_MS + int(second * 1000), display_text=text("pm_mt_gift_sub", "{0:user} to {1:user}", *pieces)
    )
    return pb.WebcastSubNotifyMessage(common=shown, sender=giver, is_send=True, message_type=9, gift_source=3)


def made(name: str, *messages: Any, history: int = 0) -> list[dict[str, Any]]:
    """Return the events of a name that a session makes; the first `history` messages are sent again."""
    session = LiveSession(REGISTRY, "alice", "5", wall=lambda: START_MS / 1000, drops=Drops())
    found = []
    for number, message in enumerate(messages, 1):
        wire = FetchMessage(
            method=message.DESCRIPTOR.name,
            payload=message.SerializeToString(),
            msg_id=number,
            is_history=number <= history,
        )
        found += session.process(FetchResponse(messages=[wire]), "direct", now=0.0)
    return [event for event in found if event["event_type"] == name]


FORMS = [notice(0), banner(2), social(1), member(3)]


@pytest.mark.parametrize("first", range(4))
def test_a_subscription_in_several_forms_is_one_event(first: int) -> None:
    forms = FORMS[first:] + FORMS[:first]
    (event,) = made("subscribe", *forms)
    assert event["unique_id"] == "bob"
    assert event["id"] == "1"


def test_other_events_of_the_same_messages_are_kept() -> None:
    assert len(made("barrage", notice(0), banner(1), banner(2))) == 2
    assert len(made("social", *FORMS)) == len(made("member", *FORMS)) == 1


def test_two_people_and_two_moments_are_two_subscriptions() -> None:
    assert [event["unique_id"] for event in made("subscribe", notice(0), banner(1, CAROL), social(2, CAROL))] == [
        "bob",
        "carol",
    ]
    assert len(made("subscribe", notice(0), banner(31))) == 2
    assert len(made("subscribe", banner(31), notice(0))) == 2


def test_people_are_the_same_by_any_of_their_names() -> None:
    assert len(made("subscribe", notice(0, User(id=5, nickname="Bob")), social(1, User(nickname="Bob")))) == 1
    assert len(made("subscribe", notice(0, User(id=5)), social(1, User(id=6)))) == 2


def test_a_report_that_names_nobody_belongs_to_the_one_before() -> None:
    assert len(made("subscribe", notice(0), pb.WebcastBarrageMessage(common=common(1), msg_type=4))) == 1
    assert len(made("subscribe", pb.WebcastBarrageMessage(common=common(1), msg_type=4))) == 1


def test_what_was_replayed_is_an_action_of_its_own() -> None:
    events = made("subscribe", notice(0), banner(1), history=1)
    assert [event["replayed"] for event in events] == [True, False]


def test_a_gift_names_its_giver_and_its_receiver() -> None:
    (event,) = made("subscribe", gift(0, CAROL, BOB), social(1, BOB))
    assert (event["unique_id"], event["giver"]["unique_id"], event["receiver"]["unique_id"]) == ("bob", "carol", "bob")
    assert event["gift_source_name"] == "chosen_viewer"


RECEIVERS = [User(id=number, nickname=f"R{number}") for number in range(10, 15)]
NAMED = [gift(number, CAROL, receiver) for number, receiver in enumerate(RECEIVERS)]


def subscriptions(events: list[dict[str, Any]]) -> int:
    return sum(event["gifted"] or 1 for event in events)


@pytest.mark.parametrize("at", [0, 2, 5])
def test_a_gift_to_five_viewers_is_five_subscriptions(at: int) -> None:
    messages = [*NAMED[:at], banner(at, CAROL, kind=7, count=5), *NAMED[at:]]
    assert subscriptions(made("subscribe", *messages)) == 5


def test_a_banner_about_a_gift_is_the_giver_s() -> None:
    (event,) = made("subscribe", banner(0, CAROL, kind=7, count=5))
    assert (event["unique_id"], event["giver"]["unique_id"], event["receiver"]) == ("carol", "carol", None)
    assert len(made("subscribe", gift(0, CAROL, BOB), banner(1, CAROL, kind=7, count=1))) == 1
    assert len(made("subscribe", banner(1, CAROL, kind=7, count=1), gift(0, CAROL, BOB))) == 1


@pytest.mark.parametrize("count", [0, -1, 10_001, 2**62])
def test_an_impossible_number_of_gifts_is_null(count: int) -> None:
    assert events_of(banner(0, kind=7, count=count))["subscribe"]["gifted"] is None


def fan(second: float, key: str, who: User = BOB) -> Any:
    return pb.WebcastBarrageMessage(common=common(second), msg_type=100, content=text(key, "{0:user}", naming(who)))


def test_a_super_fan_joins_once() -> None:
    joined = "ttlive_superFan_commentNotif_joined"
    shown = pb.WebcastRoomMessage(common=common(2, joined))
    events = made("super_fan", fan(0, "ttlive_superFan_became"), fan(1, joined), shown, fan(1, joined, CAROL))
    assert [(event["unique_id"], event["what"]) for event in events] == [("bob", "became"), ("carol", "joined")]


def test_a_super_fan_who_sends_a_box_does_two_things() -> None:
    box = pb.WebcastEnvelopeMessage(common=common(1, "ttlive_superFanBox_sent"))
    assert len(made("super_fan", fan(0, "ttlive_superFan_became"), box)) == 2


def test_only_the_last_reports_are_remembered() -> None:
    dedup = ReportDedup()
    event = {"event_type": "super_fan", "ts": "2023-11-14T22:13:20.000Z", "replayed": False, "what": "joined"}

    def is_new(number: int) -> bool:
        return dedup.is_new(event | {"user_id": str(number), "unique_id": None, "nickname": None})

    assert all(is_new(number) for number in range(201))
    assert not is_new(200)
    assert is_new(0)
