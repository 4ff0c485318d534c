"""Real messages through the pipeline, where they are at hand: they are not part of the repository."""

import base64
import gzip
import json
import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tiktok2mqtt.webcast.drops import Drops
from tiktok2mqtt.webcast.events.rows import REGISTRY
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchMessage, FetchResponse
from tiktok2mqtt.webcast.session import LiveSession

FOLDER = Path(os.environ.get("TIKTOK2MQTT_CAPTURES") or Path(__file__).parents[3] / "shared" / "captures")
FILE = FOLDER / "webcast-2023.jsonl.gz"
# Per type: so many messages are damaged, each at about so many places.
SAMPLE = 3
PLACES = 400

pytestmark = pytest.mark.skipif(
    not FILE.exists(), reason=f"no captured messages: {FILE} is missing (TIKTOK2MQTT_CAPTURES names the folder)"
)


@pytest.fixture(scope="module")
def messages() -> list[FetchMessage]:
    with gzip.open(FILE, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [FetchMessage(method=row["method"], payload=base64.b64decode(row["payload"])) for row in rows]


@pytest.fixture(scope="module")
def sample(messages: list[FetchMessage]) -> list[FetchMessage]:
    by_type: defaultdict[str, list[FetchMessage]] = defaultdict(list)
    for message in messages:
        by_type[message.method].append(message)
    return [message for method in sorted(REGISTRY.methods) for message in by_type[method][:SAMPLE]]


def processed(message: FetchMessage) -> tuple[list[dict[str, Any]], Drops]:
    drops = Drops()
    session = LiveSession(REGISTRY, "alice", "7286184560900803334", wall=lambda: 1_800_000_000.0, drops=drops)
    events = session.process(FetchResponse(messages=[message]), "replay", now=0.0)
    return events + session.close(), drops


def assert_documented(message: FetchMessage) -> None:
    events, drops = processed(message)
    assert not drops.unknown
    if drops.undecodable:
        assert events == []
    for event in events:
        assert event["event_type"] in REGISTRY.rows
        assert json.dumps(event)


def test_every_message_makes_events_or_is_counted(messages: list[FetchMessage]) -> None:
    assert len(messages) > 0
    for message in messages:
        events, drops = processed(message)
        assert not drops.undecodable
        assert sum(drops.unknown.values()) == (not REGISTRY.knows(message.method))
        assert not (events and drops.unknown)
        assert json.dumps(events)


def test_every_type_we_read_was_captured_and_says_what_it_should(messages: list[FetchMessage]) -> None:
    heard = defaultdict(list)
    for message in messages:
        for event in processed(message)[0]:
            heard[event["event_type"]].append(event)
    made_of_messages = {row.event for row in REGISTRY.rows.values() if row.methods} | {"gift_streak"}
    assert made_of_messages - {"follow", "share", "stream_end"} <= set(heard)
    for events in heard.values():
        assert all(event["ts"].startswith("2023-") and event["id"] != "0" for event in events)
    assert all(event["comment"] and event["user_id"] for event in heard["chat"])
    assert all(event["gift"]["name"] and event["diamonds"] for event in heard["gift"])
    assert all(event["viewer_count"] for event in heard["room_user"])
    assert all(event["like_count"] and event["total_like_count"] for event in heard["like"])


def places(length: int) -> Iterator[int]:
    return iter(range(0, length, max(1, length // PLACES)))


def test_truncated_messages_end_in_documented_results(sample: list[FetchMessage]) -> None:
    for message in sample:
        for end in range(len(message.payload)) if len(message.payload) < PLACES else places(len(message.payload)):
            assert_documented(FetchMessage(method=message.method, payload=message.payload[:end]))


def test_flipped_bytes_end_in_documented_results(sample: list[FetchMessage]) -> None:
    for message in sample:
        for at in places(len(message.payload)):
            damaged = bytearray(message.payload)
            damaged[at] ^= 1 << at % 8
            assert_documented(FetchMessage(method=message.method, payload=bytes(damaged)))
