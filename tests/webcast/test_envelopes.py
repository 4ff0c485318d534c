from typing import Any

import pytest

from tests.webcast.battle_messages import START_MS, Live, named
from tests.webcast.events.shape import event_faults
from tiktok2mqtt.webcast.envelopes import MAX_KNOWN, MAX_LISTED_S, MAX_OPEN, OPEN_S, UNKNOWN_LISTED_S
from tiktok2mqtt.webcast.events.registry import Event
from tiktok2mqtt.webcast.events.rows import REGISTRY
from tiktok2mqtt.webcast.schema import notices_pb2 as pb

NEW, HIDDEN = 1, 2
START_S = START_MS // 1000


def box(number: int, opens_at: int | None = 240, display: int = NEW, **values: Any) -> pb.WebcastEnvelopeMessage:
    """Return the message of a treasure box that opens `opens_at` seconds after the start."""
    info: dict[str, Any] = {"business_type": 1, "diamond_count": 20, "people_count": 5, "send_user_name": "bob"}
    unpack_at = None if opens_at is None else START_S + opens_at
    return pb.WebcastEnvelopeMessage(
        envelope_info=pb.EnvelopeInfo(envelope_id=str(number), unpack_at=unpack_at, **info | values), display=display
    )


def hidden(number: int) -> pb.WebcastEnvelopeMessage:
    """Return the message that hides a box, as captured: it has the id and the kind alone."""
    info = pb.EnvelopeInfo(envelope_id=str(number), business_type=1)
    return pb.WebcastEnvelopeMessage(envelope_info=info, display=HIDDEN)


def told(events: list[Event]) -> list[str]:
    return [event["envelope_id"] for event in named(events, "envelope")]


def listed(events: list[Event]) -> list[list[str]]:
    """Return the ids of the boxes in each list of boxes."""
    return [[one["envelope_id"] for one in event["envelopes"]] for event in named(events, "envelopes")]


def test_a_box_is_told_once_and_listed_until_it_is_hidden() -> None:
    live = Live()
    events = live.receive(0, box(7))
    assert (told(events), listed(events)) == (["7"], [["7"]])
    (chest,) = named(events, "envelopes")[0]["envelopes"]
    assert (chest["kind"], chest["diamond_count"], chest["people_count"], chest["sender"]) == ("viewer", 20, 5, "bob")
    assert chest["opens_at"] == "2023-11-14T22:17:20.000Z"
    assert live.receive(1, box(7)) == []
    events = live.receive(2, hidden(7))
    assert (told(events), listed(events)) == ([], [[]])
    assert live.receive(3, hidden(7), box(7)) == []


def test_what_a_hidden_box_does_not_say_is_null() -> None:
    (event,) = Live().receive(0, hidden(7))
    assert (event["display_name"], event["kind"]) == ("hidden", "viewer")
    unknown = ("sender", "sender_id", "diamond_count", "people_count", "created_at", "opens_at")
    assert {event[key] for key in unknown} == {None}


def test_a_box_is_listed_for_a_minute_after_it_opens() -> None:
    live = Live()
    live.receive(0, box(7, opens_at=240))
    assert live.wait(240 + OPEN_S - 1) == []
    assert listed(live.wait(240 + OPEN_S + 1)) == [[]]
    assert live.wait(10_000) == []


def test_a_box_that_has_opened_long_since_is_not_listed() -> None:
    events = Live().receive(500, box(7, opens_at=240))
    assert (told(events), listed(events)) == (["7"], [])


def test_a_box_that_does_not_say_when_it_opens_is_listed_for_a_quarter_of_an_hour() -> None:
    live = Live()
    events = live.receive(0, box(7, opens_at=None), box(8, opens_at=900))
    assert listed(events)[-1] == ["8", "7"]
    assert listed(live.wait(UNKNOWN_LISTED_S + 1)) == [["8"]]


def test_boxes_are_listed_in_the_order_in_which_they_open() -> None:
    events = Live().receive(0, box(7, opens_at=240), box(8, opens_at=180))
    assert listed(events) == [["7"], ["8", "7"]]
    for event in events:
        assert event_faults(event, REGISTRY.rows[event["event_type"]]) == []


def test_history_is_listed_by_the_clock_of_this_machine() -> None:
    live = Live()
    messages = [box(7, opens_at=240), box(8, opens_at=600)]
    for message in messages:
        message.common.create_time = START_MS
    events = live.receive(500, *messages, is_history=True)
    assert [(event["envelope_id"], event["replayed"]) for event in named(events, "envelope")] == [
        ("7", True),
        ("8", True),
    ]
    # The list is what is open now.
    assert [(event["replayed"], len(event["envelopes"])) for event in named(events, "envelopes")] == [(False, 1)]


def test_the_box_of_a_super_fan_is_reported_once_as_well() -> None:
    live = Live()
    names = [event["event_type"] for event in live.receive(0, box(7, business_type=19))]
    assert sorted(names) == ["envelope", "envelopes", "super_fan"]
    assert live.receive(100, box(7, business_type=19)) == []


def test_boxes_without_an_id_are_told_each_time() -> None:
    live = Live()
    message = pb.WebcastEnvelopeMessage(envelope_info=pb.EnvelopeInfo(diamond_count=3))
    for at in range(2):
        assert [event["event_type"] for event in live.receive(at, message)] == ["envelope"]


def test_memory_is_bounded() -> None:
    live = Live()
    for number in range(1, MAX_OPEN + 2):
        events = live.receive(number, box(number, opens_at=1000 + number))
    assert listed(events) == [[str(number) for number in range(2, MAX_OPEN + 2)]]
    for number in range(MAX_OPEN + 2, MAX_KNOWN + 2):
        live.receive(30, box(number, opens_at=1000))
    assert told(live.receive(31, box(2), box(1))) == ["1"]


@pytest.mark.parametrize("opens_at", [10**6, -(10**6)])
def test_an_opening_in_another_month_does_not_fill_the_list_for_ever(opens_at: int) -> None:
    live = Live()
    live.receive(0, box(7, opens_at=opens_at))
    assert live.session.seconds_to_next_tick(1000.0) == (MAX_LISTED_S if opens_at > 0 else float("inf"))
