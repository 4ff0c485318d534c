"""The scenario `party`, as a subscriber sees it: every event of TikTok's, each as its schema says."""

import random
from itertools import takewhile
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.daemon import Daemon
from tiktok2mqtt.simulator import Room
from tiktok2mqtt.simulator.scenarios import BUILT_IN
from tiktok2mqtt.webcast.events.registry import event_schema
from tiktok2mqtt.webcast.events.rows import REGISTRY, ROWS

# Those of a lost connection and of a failure. The documents of battles and treasure boxes are events of the library.
NOT_PUBLISHED = {"gap", "error"}
DOCUMENTS = {"battle", "envelopes"}


@pytest.fixture
def events(joined: Room, daemon: Daemon) -> list[dict[str, Any]]:
    """All events of the first LIVE of the party, played at once."""
    for row in takewhile(lambda row: row.verb != "wait", BUILT_IN["party"].play(random.Random(1))):
        getattr(joined, row.verb)(**row.arguments)
    daemon.received("disconnected")
    documents = [message.json for message in daemon.listener.messages if message.payload.startswith(b"{")]
    return [document for document in documents if document.get("event_type") in REGISTRY.rows]


def test_the_party_has_every_event_and_each_matches_its_schema(events: list[dict[str, Any]]) -> None:
    names = {event["event_type"] for event in events if "id" in event}
    assert names == {row.event for row in ROWS} - NOT_PUBLISHED - DOCUMENTS
    for event in events:
        Draft202012Validator(event_schema(REGISTRY.rows[event["event_type"]])).validate(event)


def test_the_party_has_nothing_empty(events: list[dict[str, Any]]) -> None:
    for event in events:
        assert "" not in event.values(), event
        if "unique_id" in event:
            assert event["unique_id"], event
            assert event["nickname"], event
        assert event.get("gifter_level", 1) != 0
        assert event.get("fans_level", 1) != 0
    by_name = {name: [event for event in events if event["event_type"] == name] for name in REGISTRY.rows}
    assert [len(event["hosts"]) for event in by_name["battle_started"]] == [2, 4]
    assert [len(event["hosts"]) for event in by_name["battle_ended"]] == [2, 4]
    assert all(event["winner"] for event in by_name["battle_ended"])
    assert [event["message_type_name"] for event in by_name["poll"]] == ["started", "changed", "ended"]
    assert all(len(event["options"]) == 2 for event in by_name["poll"])
    assert all(event["sub_goals"] for event in by_name["goal_update"])
    assert [event["state"] for event in by_name["control"]] == ["paused", "resumed", "ended"]


def test_the_guests_of_the_party_have_their_roles(events: list[dict[str, Any]]) -> None:
    people = {event["unique_id"]: event for event in events if event["event_type"] in ("gift", "chat", "member")}
    assert people["carol"]["is_moderator"]
    assert people["dave"]["is_subscriber"]
    assert people["erin"]["is_top_gifter"]
    assert people["frank"]["is_friend"]
    assert people["erin"]["gifter_level"] == 36
