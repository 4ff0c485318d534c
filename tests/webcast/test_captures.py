"""Real messages through the registry, whole and damaged, where they are at hand: they are not part of the repository.

When TIKTOK2MQTT_FUZZ is full, each message is cut at every length, each byte is flipped, and mutations are many (some
fifteen seconds more): by default a part of them.
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

from tests.webcast.events.shape import decoded_faults, event_faults
from tiktok2mqtt.webcast.events.registry import DecodeError, event_schema
from tiktok2mqtt.webcast.events.rows import REGISTRY
from tiktok2mqtt.webcast.memory import Drops
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchMessage, FetchResponse
from tiktok2mqtt.webcast.session import LiveSession

FOLDER = Path(os.environ.get("TIKTOK2MQTT_CAPTURES") or Path(__file__).parents[3] / "shared" / "captures")
FILE = FOLDER / "webcast-2023.jsonl.gz"
FULL = os.environ.get("TIKTOK2MQTT_FUZZ") == "full"
# At every so many-th byte; primes, so that the places differ from message to message.
CUT_STRIDE = 1 if FULL else 3
FLIP_STRIDE = 1 if FULL else 11
MUTATIONS = 100_000 if FULL else 50_000
# These come without a time of their own.
UNTIMED = {
    *("caption", "ec_short_item_refresh", "ec_task_register"),
    *("pictionary_start", "pictionary_update", "pictionary_end", "pictionary_exit"),
}

pytestmark = pytest.mark.skipif(
    not FILE.exists(), reason=f"no captured messages: {FILE} is missing (TIKTOK2MQTT_CAPTURES names the folder)"
)


@pytest.fixture(scope="module")
def messages() -> list[FetchMessage]:
    with gzip.open(FILE, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [FetchMessage(method=row["method"], payload=base64.b64decode(row["payload"])) for row in rows]


@pytest.fixture(scope="module")
def heard(messages: list[FetchMessage]) -> dict[str, list[dict[str, Any]]]:
    """All events by name, each message heard in a session of its own."""
    events = defaultdict(list)
    for message in messages:
        for event in processed(message)[0]:
            events[event["event_type"]].append(event)
    return events


def processed(message: FetchMessage) -> tuple[list[dict[str, Any]], Drops]:
    drops = Drops()
    session = LiveSession(REGISTRY, "alice", "7286184560900803334", wall=lambda: 1_800_000_000.0, drops=drops)
    events = session.process(FetchResponse(messages=[message]), "replay", now=0.0)
    return events + session.close(), drops


def test_every_message_makes_events_and_none_is_unknown(messages: list[FetchMessage]) -> None:
    assert len(messages) > 0
    for message in messages:
        events, drops = processed(message)
        assert events, message.method
        assert drops == Drops()


def test_every_event_is_as_its_row_says(heard: dict[str, list[dict[str, Any]]]) -> None:
    for name, events in heard.items():
        for event in events:
            assert event_faults(event, REGISTRY.rows[name]) == []
            assert orjson.loads(orjson.dumps(event)) == event


def test_every_event_validates_against_its_schema(heard: dict[str, list[dict[str, Any]]]) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    for name, events in heard.items():
        validator = jsonschema.Draft202012Validator(event_schema(REGISTRY.rows[name]))
        for event in events:
            assert [error.json_path for error in validator.iter_errors(event)] == []
        # It can say no.
        assert not validator.is_valid(events[0] | {"unheard_of": 1})


def test_what_people_listen_to_says_what_it_should(heard: dict[str, list[dict[str, Any]]]) -> None:
    for name, events in heard.items():
        assert all(event["id"] != "0" for event in events)
        assert all(event["ts"].startswith("2023-") for event in events) == (name not in UNTIMED)
    assert all(event["comment"] and event["user_id"] for event in heard["chat"])
    assert all(event["gift"]["name"] and event["diamonds"] for event in heard["gift"])
    assert all(event["viewer_count"] for event in heard["room_user"])
    assert all(event["like_count"] and event["total_like_count"] for event in heard["like"])
    assert all(event["emotes"] for event in heard["emote"])
    assert all(event["text"] and "{0:" not in event["text"] for event in heard["member"])
    assert all(event["label"] and event["unique_id"] for event in heard["follow"] + heard["share"])
    assert all(event["question_text"] for event in heard["question_new"])
    assert all(event["battle_id"] and event["armies"] for event in heard["link_mic_armies"])


# --- damage ---


def assert_documented(method: str, payload: bytes) -> None:
    """Decode what may be damaged: an error that is foreseen, or events as their rows say."""
    try:
        events = REGISTRY.decode(method, payload, lambda name, _common: {"event_type": name})
    except DecodeError:
        return
    for event in events:
        assert orjson.dumps(event)
        row = REGISTRY.rows[event.pop("event_type")]
        assert decoded_faults(event, row) == []


@pytest.mark.unmeasured
def test_a_message_cut_anywhere_ends_in_a_documented_result(messages: list[FetchMessage]) -> None:
    for index, message in enumerate(messages):
        for end in range(index % CUT_STRIDE, len(message.payload), CUT_STRIDE):
            assert_documented(message.method, message.payload[:end])


@pytest.mark.unmeasured
def test_a_message_with_any_byte_flipped_ends_in_a_documented_result(messages: list[FetchMessage]) -> None:
    for index, message in enumerate(messages):
        for at in range(index % FLIP_STRIDE, len(message.payload), FLIP_STRIDE):
            damaged = bytearray(message.payload)
            damaged[at] ^= 0xFF if at % 9 == 8 else 1 << at % 9
            assert_documented(message.method, bytes(damaged))


def mutated(payload: bytes, other: bytes, dice: random.Random) -> bytes:
    """Return the payload with one to three random changes, most of them of one byte; some put in a part of `other`."""
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
                # Two messages of a type, one after the other, are one: the later fields count, lists grow.
                result += other
            case _:
                result[at : at + 1] = dice.randbytes(1)
    return bytes(result)


@pytest.mark.unmeasured
def test_random_mutations_end_in_documented_results(messages: list[FetchMessage]) -> None:
    dice = random.Random(2023)
    for _ in range(MUTATIONS):
        message, other = dice.choice(messages), dice.choice(messages)
        assert_documented(message.method, mutated(message.payload, other.payload, dice))


@pytest.mark.unmeasured
def test_a_message_read_as_another_type_ends_in_a_documented_result(messages: list[FetchMessage]) -> None:
    dice = random.Random(2024)
    methods = sorted(REGISTRY.methods)
    for _ in range(MUTATIONS // 10):
        assert_documented(dice.choice(methods), dice.choice(messages).payload)


@pytest.mark.unmeasured
def test_damaged_messages_pass_the_session(messages: list[FetchMessage]) -> None:
    """Whatever the registry makes of them, what comes after it copes: streaks, likes, times."""
    dice = random.Random(2025)
    for _ in range(MUTATIONS // 10):
        message, other = dice.choice(messages), dice.choice(messages)
        payload = mutated(message.payload, other.payload, dice)
        events, drops = processed(FetchMessage(method=message.method, payload=payload))
        assert not (events and drops.undecodable)
        for event in events:
            assert orjson.dumps(event)
            assert event_faults(event, REGISTRY.rows[event["event_type"]]) == []
