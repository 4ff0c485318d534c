from typing import Any

import pytest

from tests.webcast.events.decode import events_of
from tiktok2mqtt.common.times import instant_ms
from tiktok2mqtt.webcast.events.fields import Field
from tiktok2mqtt.webcast.events.instants import instant_paths, time_checker
from tiktok2mqtt.webcast.schema import messages_pb2, notices_pb2, types_pb2

PARTS = (Field("at", "string", None, "x", instant=True), Field("name", "string", None, "x"))
FIELDS = (
    Field("name", "string", None, "x"),
    Field("at_ms", "integer", None, "x", instant=True),
    Field("thing", "object", None, "x", fields=PARTS),
    Field("things", "array", None, "x", fields=PARTS),
)
TS = "2023-11-14T22:13:20.000Z"
COMMON = types_pb2.Common(create_time=1_700_000_000_000)


def test_paths_lead_to_every_instant() -> None:
    assert instant_paths(FIELDS) == (("at_ms",), ("thing", "at"), ("things", "at"))
    assert time_checker(None, instant_paths(PARTS[1:])) is None


def checked(**keys: Any) -> dict[str, Any]:
    event = {"ts": TS, "name": "x", "at_ms": None, "thing": None, "things": []} | keys
    check = time_checker(None, instant_paths(FIELDS))
    assert check is not None
    check(event, None, COMMON)
    return event


@pytest.mark.parametrize(
    ("at", "is_kept"),
    [
        (TS, True),
        ("2022-11-14T22:13:20.000Z", True),
        ("2024-11-14T22:13:20.000Z", True),
        ("2022-11-14T22:13:19.999Z", False),
        ("2024-11-14T22:13:20.001Z", False),
        (None, True),
    ],
)
def test_an_instant_more_than_a_year_away_is_removed(at: str | None, is_kept: bool) -> None:
    event = checked(thing={"at": at, "name": "y"}, things=[{"at": at, "name": "z"}, {"at": TS, "name": "z"}])
    expected = at if is_kept else None
    assert (event["thing"]["at"], event["things"][0]["at"], event["things"][1]["at"]) == (expected, expected, TS)
    assert event["name"] == "x"


@pytest.mark.parametrize(("at_ms", "is_kept"), [(1_700_000_000_000, True), (1_600_000_000_000, False), (None, True)])
def test_milliseconds_are_checked_as_well(at_ms: int | None, is_kept: bool) -> None:
    assert checked(at_ms=at_ms)["at_ms"] == (at_ms if is_kept else None)


@pytest.mark.parametrize("ts", ["0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"])
def test_the_first_and_the_last_year_have_neighbours_too(ts: str) -> None:
    assert checked(ts=ts, thing={"at": ts, "name": "x"})["thing"]["at"] == ts


# --- the time of the event ---


@pytest.mark.parametrize(
    ("common_ms", "own", "ts"),
    [
        (1_700_000_000_123, 1_600_000_000, "2023-11-14T22:13:20.123Z"),
        (0, 1_700_000_000, "2023-11-14T22:13:20.000Z"),
        (0, 1_700_000_000_456, "2023-11-14T22:13:20.456Z"),
        (0, 0, "2027-01-15T08:00:00.000Z"),
        (0, 7, "2027-01-15T08:00:00.000Z"),
    ],
)
def test_an_event_takes_its_own_time_if_its_common_part_has_none(common_ms: int, own: int, ts: str) -> None:
    common = types_pb2.Common(create_time=common_ms)
    pictionary = notices_pb2.PictionaryRound(start_time=own)
    for name, message in (
        ("caption", notices_pb2.WebcastCaptionMessage(common=common, timestamp_ms=own)),
        ("room_pin", notices_pb2.WebcastRoomPinMessage(common=common, timestamp=own)),
        ("pictionary_start", notices_pb2.WebcastPictionaryStartMessage(common=common, round=pictionary)),
        (
            "question_new",
            messages_pb2.WebcastQuestionNewMessage(
                common=common, details=messages_pb2.QuestionDetails(create_time=own)
            ),
        ),
    ):
        assert events_of(message)[name]["ts"] == ts


@pytest.mark.parametrize("value", [0, -1, 5, 604_800, 10**9, 6_800_000_000_000_000_001, -(2**63)])
def test_durations_and_ids_are_no_instants(value: int) -> None:
    assert instant_ms(value) is None
