"""Captured messages through the registry, intact and damaged. The captures are not part of the repository.

With FUZZ=full each message is cut at every length, each byte is flipped, and there are more mutations (some
fifteen seconds more); by default only a part of them.
"""

import base64
import gzip
import json
import os
import random
from collections import defaultdict
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.webcast.events.decode import start
from tests.webcast.events.shape import decoded_faults, event_faults
from tiktok2mqtt.webcast.events.limits import (
    MAX_LIST_VALUES,
    MAX_MESSAGE_BYTES,
    MAX_MESSAGE_FIELDS,
    MAX_RESPONSE_FIELDS,
    MAX_RESPONSE_VALUES,
    count_fields,
    layout,
    response_allowance,
)
from tiktok2mqtt.webcast.events.registry import DecodeError
from tiktok2mqtt.webcast.net.frames import MAX_PAYLOAD_BYTES
from tiktok2mqtt.webcast.testing import REGISTRY, Drops, FetchMessage, FetchResponse, LiveSession, event_schema

FOLDER = Path(os.environ.get("CAPTURES") or Path(__file__).parents[3] / "shared" / "captures")
FILE = FOLDER / "webcast-2023.jsonl.gz"
FULL = os.environ.get("FUZZ") == "full"
# Every fifth and every 23rd byte: primes, so that the positions differ from message to message.
CUT_STRIDE = 1 if FULL else 5
FLIP_STRIDE = 1 if FULL else 23
MUTATIONS = 100_000 if FULL else 50_000
# These have no time of their own.
UNTIMED = {
    *("ec_short_item_refresh", "ec_task_register"),
    *("pictionary_update", "pictionary_end", "pictionary_exit"),
}

pytestmark = pytest.mark.skipif(
    not FILE.exists(), reason=f"no captured messages: {FILE} is missing (CAPTURES names the folder)"
)


@pytest.fixture(scope="module")
def messages() -> list[FetchMessage]:
    with gzip.open(FILE, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [FetchMessage(method=row["method"], payload=base64.b64decode(row["payload"])) for row in rows]


@pytest.fixture(scope="module")
def events(messages: list[FetchMessage]) -> dict[str, list[dict[str, Any]]]:
    """All events by name, each message processed in a session of its own."""
    by_name = defaultdict(list)
    for message in messages:
        for event in processed(message)[0]:
            by_name[event["event_type"]].append(event)
    return by_name


def processed(message: FetchMessage) -> tuple[list[dict[str, Any]], Drops]:
    drops = Drops()
    session = LiveSession(REGISTRY, "alice", "7286184560900803334", wall=lambda: 1_800_000_000.0, drops=drops)
    events = session.process(FetchResponse(messages=[message]), "replay", now=0.0)
    return events + session.close(), drops


def test_every_message_makes_events(messages: list[FetchMessage]) -> None:
    assert len(messages) > 0
    for message in messages:
        events, drops = processed(message)
        assert events, message.method
        assert drops == Drops()


def test_all_messages_in_one_response_stay_within_the_limits(messages: list[FetchMessage]) -> None:
    numbered = [FetchMessage(method=m.method, payload=m.payload, msg_id=n) for n, m in enumerate(messages, 1)]
    response = FetchResponse(messages=numbered)
    assert len(response.SerializeToString()) < MAX_PAYLOAD_BYTES
    drops = Drops()
    session = LiveSession(REGISTRY, "alice", "7", wall=lambda: 1_800_000_000.0, drops=drops)
    assert len(session.process(response, "replay", now=0.0)) >= len(messages)
    assert drops == Drops()


def test_messages_are_far_below_the_limits(messages: list[FetchMessage]) -> None:
    descriptors = {m: s.message.DESCRIPTOR for row in REGISTRY.rows.values() for s in row.sources for m in s.methods}
    fields = []
    for message in messages:
        method = message.method if message.method in descriptors else f"Webcast{message.method}"
        fields.append(count_fields(message.payload, layout(descriptors[method]), MAX_MESSAGE_FIELDS // 10))
        with response_allowance:
            REGISTRY.decode(method, message.payload, start)
            # A message may have two such lists.
            assert MAX_RESPONSE_VALUES - response_allowance.values < MAX_LIST_VALUES / 5
    assert sum(fields) < MAX_RESPONSE_FIELDS
    assert max(len(message.payload) for message in messages) < MAX_MESSAGE_BYTES / 2


def test_every_event_matches_its_row(events: dict[str, list[dict[str, Any]]]) -> None:
    for name, named in events.items():
        for event in named:
            assert event_faults(event, REGISTRY.rows[name]) == []
            assert orjson.loads(orjson.dumps(event)) == event


def test_every_event_validates_against_its_schema(events: dict[str, list[dict[str, Any]]]) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    for name, named in events.items():
        validator = jsonschema.Draft202012Validator(event_schema(REGISTRY.rows[name]))
        for event in named:
            assert [error.json_path for error in validator.iter_errors(event)] == []
        assert not validator.is_valid(named[0] | {"unheard_of": 1})


def test_the_main_events_have_the_values_that_matter(events: dict[str, list[dict[str, Any]]]) -> None:
    for name, named in events.items():
        assert all(event["id"] != "0" for event in named)
        assert all(event["ts"].startswith("2023-") for event in named) == (name not in UNTIMED)
    assert all(event["comment"] and event["user_id"] for event in events["chat"])
    assert all(event["gift"]["name"] and event["diamonds"] for event in events["gift"])
    assert all(event["viewer_count"] for event in events["room_user"])
    assert all(event["like_count"] and event["total_like_count"] for event in events["like"])
    assert all(event["emotes"] for event in events["emote"])
    assert all(event["text"] and "{0:" not in event["text"] for event in events["member"])
    assert all(event["label"] and event["unique_id"] for event in events["follow"] + events["share"])
    assert all(event["question_text"] for event in events["question_new"])
    assert all(event["battle_id"] and event["armies"] for event in events["link_mic_armies"])


# --- damage ---


def assert_documented(method: str, payload: bytes) -> None:
    """Decode a payload that may be damaged: either a DecodeError, or events that match their rows."""
    try:
        events = REGISTRY.decode(method, payload, start)
    except DecodeError:
        return
    for event in events:
        assert orjson.dumps(event)
        row = REGISTRY.rows[event.pop("event_type")]
        del event["ts"]
        assert decoded_faults(event, row) == []


@pytest.mark.unmeasured
def test_a_message_cut_anywhere_gives_a_documented_result(messages: list[FetchMessage]) -> None:
    for index, message in enumerate(messages):
        for end in range(index % CUT_STRIDE, len(message.payload), CUT_STRIDE):
            assert_documented(message.method, message.payload[:end])


@pytest.mark.unmeasured
def test_a_message_with_a_flipped_byte_gives_a_documented_result(messages: list[FetchMessage]) -> None:
    for index, message in enumerate(messages):
        for at in range(index % FLIP_STRIDE, len(message.payload), FLIP_STRIDE):
            damaged = bytearray(message.payload)
            damaged[at] ^= 0xFF if at % 9 == 8 else 1 << at % 9
            assert_documented(message.method, bytes(damaged))


def mutated(payload: bytes, other: bytes, dice: random.Random) -> bytes:
    """Return the payload with one to three random changes, most of one byte; some insert a part of `other`."""
    result = bytearray(payload)
    for _ in range(dice.randint(1, 3)):
        at = dice.randrange(len(result)) if result else 0
        end = min(len(result), at + dice.randint(0, 16))
        match dice.randrange(12):
            case 0:
                del result[at:end]
            case 1:
                result[at:at] = dice.randbytes(dice.randint(1, 16))
            case 2:
                result[at:at] = result[at:end] * dice.randint(1, 50)
            case 3:
                begin = dice.randint(0, len(other))
                result[at:end] = other[begin : begin + dice.randint(0, 64)]
            case 4:
                # Two concatenated messages of a type are one: later fields win, lists are joined.
                result += other
            case _:
                result[at : at + 1] = dice.randbytes(1)
    return bytes(result)


@pytest.mark.unmeasured
def test_random_mutations_give_documented_results(messages: list[FetchMessage]) -> None:
    dice = random.Random(2023)
    for _ in range(MUTATIONS):
        message, other = dice.choice(messages), dice.choice(messages)
        assert_documented(message.method, mutated(message.payload, other.payload, dice))


@pytest.mark.unmeasured
def test_a_message_decoded_as_another_type_gives_a_documented_result(messages: list[FetchMessage]) -> None:
    dice = random.Random(2024)
    methods = sorted(REGISTRY.methods)
    for _ in range(MUTATIONS // 10):
        assert_documented(dice.choice(methods), dice.choice(messages).payload)


@pytest.mark.unmeasured
def test_the_session_copes_with_damaged_messages(messages: list[FetchMessage]) -> None:
    """Streaks, like totals and times cope with whatever the registry decodes."""
    dice = random.Random(2025)
    for _ in range(MUTATIONS // 10):
        message, other = dice.choice(messages), dice.choice(messages)
        payload = mutated(message.payload, other.payload, dice)
        events, drops = processed(FetchMessage(method=message.method, payload=payload))
        assert not (events and drops.undecodable)
        for event in events:
            assert orjson.dumps(event)
            assert event_faults(event, REGISTRY.rows[event["event_type"]]) == []
