import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from tiktok2mqtt.webcast.events.registry import event_schema
from tiktok2mqtt.webcast.events.rows import REGISTRY
from tiktok2mqtt.webcast.gift_catalogue import GiftCatalogue
from tiktok2mqtt.webcast.simulated import MAX_NUMBER, MAX_TEXT_CHARS, NAMES, events

WALL_NS = 1_790_000_000_123_456_789


def made(event_name: str, room_id: str | None = "55", likes: int = 0, **data: Any) -> dict[str, Any]:
    """Return the event of that name."""
    [event] = [
        event
        for event in events("alice", room_id, event_name, data, wall_ns=WALL_NS, likes=likes)
        if event["event_type"] == event_name
    ]
    return event


@pytest.mark.parametrize("name", NAMES)
def test_each_event_is_valid_and_has_all_keys_of_its_row(name: str) -> None:
    for event in events("alice", "55", name, {}, wall_ns=WALL_NS):
        row = REGISTRY.rows[event["event_type"]]
        Draft202012Validator(event_schema(row), format_checker=FormatChecker()).validate(event)
        assert {field.key for field in row.all_fields if not field.optional} <= event.keys()
        assert (event["source"], event["replayed"], event["delayed"]) == ("simulated", False, False)
        assert (event["room"], event["room_id"], event["id"]) == ("alice", "55", str(WALL_NS))
        assert event["ts"] == "2026-09-21T14:13:20.123Z"


def test_a_gift() -> None:
    gift = made("gift", name="Galaxy", diamonds=1000, count=3, nickname="Bob", unique_id="bob")
    assert (gift["gift"]["name"], gift["gift"]["diamond_count"]) == ("Galaxy", 1000)
    assert (gift["count"], gift["delta"], gift["diamonds"], gift["closed_by"]) == (3, 3, 3000, "end")
    assert (gift["nickname"], gift["unique_id"]) == ("Bob", "bob")
    assert gift["text"] == "Bob sent Galaxy x3"


def test_a_gift_that_is_known_has_its_price_and_id() -> None:
    gifts = GiftCatalogue()
    picture = "https://p16-webcast.tiktokcdn.com/img/galaxy.png"
    gifts.learn({"gift_id": "7", "name": "Galaxy", "diamond_count": 1000, "gift_type": 2, "image": picture})
    version = gifts.version
    [gift] = events("alice", "55", "gift", {"name": "galaxy", "count": 2}, wall_ns=WALL_NS, gifts=gifts)
    details = {key: gift["gift"][key] for key in ("gift_id", "name", "gift_type", "diamond_count", "image")}
    assert details == {
        "gift_id": "7",
        "name": "Galaxy",
        "gift_type": 2,
        "diamond_count": 1000,
        "image": picture,
    }
    assert (gift["diamonds"], gift["text"]) == (2000, "A simulated viewer sent Galaxy x2")
    # A price that is given counts, and nothing is learned from it.
    [gift] = events("alice", "55", "gift", {"name": "Galaxy", "diamonds": 5}, wall_ns=WALL_NS, gifts=gifts)
    assert (gift["diamonds"], gifts.version) == (5, version)


def test_an_unknown_gift_costs_one_diamond() -> None:
    assert (made("gift")["gift"]["name"], made("gift")["diamonds"]) == ("Rose", 1)
    assert made("gift", name="Made up")["diamonds"] == 1


@pytest.mark.parametrize("count", [1, 5])
def test_a_gift_is_one_event(count: int) -> None:
    sent = events("alice", "55", "gift", {"count": count}, wall_ns=WALL_NS)
    assert [event["event_type"] for event in sent] == ["gift"]


def test_the_other_events() -> None:
    assert made("chat", comment="hi")["comment"] == "hi"
    like = made("like", likes=100, count=7)
    assert (like["like_count"], like["total_like_count"]) == (7, 107)
    assert made("member")["action"] == 1
    assert made("subscribe", months=3)["months"] == 3
    assert made("question_new", question_text="Why?")["question_text"] == "Why?"
    assert made("follow", nickname="Bob")["text"] == "Bob followed the LIVE creator"


@pytest.mark.parametrize("name", ["follow", "share"])
def test_follow_and_share_come_with_a_social_event_as_in_a_live(name: str) -> None:
    sent = events("alice", "55", name, {}, wall_ns=WALL_NS)
    assert [event["event_type"] for event in sent] == ["social", name]


def test_user_ids_depend_on_the_name() -> None:
    ids = [made("chat", unique_id=who)["user_id"] for who in ("bob", "bob", "carol")]
    assert ids[0] == ids[1] != ids[2]


def test_the_room_id_is_0_when_unknown() -> None:
    assert made("chat", room_id=None)["room_id"] == "0"


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("", {}, "event must be one of gift, chat, like, member, follow, share, subscribe, question_new"),
        ("stream_end", {}, "event must be one of gift, "),
        (
            "gift",
            {"comment": "hi"},
            "data of gift does not know the key 'comment'; it takes name, diamonds, count, nickname, unique_id",
        ),
        ("follow", {"name": "Rose"}, "data of follow does not know the key 'name'; it takes nickname, unique_id"),
        ("gift", {"count": "5"}, "data.count must be a whole number"),
        ("gift", {"count": True}, "data.count must be a whole number"),
        ("gift", {"count": 1.5}, "data.count must be a whole number"),
        ("gift", {"count": 0}, f"data.count must be from 1 to {MAX_NUMBER}"),
        ("gift", {"diamonds": MAX_NUMBER + 1}, f"data.diamonds must be from 1 to {MAX_NUMBER}"),
        ("gift", {"name": 5}, "data.name must be a string"),
        ("gift", {"name": None}, "data.name must be a string"),
        ("chat", {"comment": ""}, f"data.comment must have 1 to {MAX_TEXT_CHARS} characters"),
        ("chat", {"comment": "x" * (MAX_TEXT_CHARS + 1)}, f"data.comment must have 1 to {MAX_TEXT_CHARS} characters"),
    ],
)
def test_invalid_data_is_rejected(name: str, data: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(reason)}"):
        events("alice", "55", name, data, wall_ns=WALL_NS)
