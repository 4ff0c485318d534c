import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok2mqtt.common.times import timestamp, timestamp_ms


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (1700000000.123, "2023-11-14T22:13:20.123Z"),
        (1700000000, "2023-11-14T22:13:20.000Z"),
        (-1, "1969-12-31T23:59:59.000Z"),
        (253402300799.5, "9999-12-31T23:59:59.500Z"),
        (253402300800, "1970-01-01T00:00:00.000Z"),
        (2**63, "1970-01-01T00:00:00.000Z"),
        (-(2.0**63), "1970-01-01T00:00:00.000Z"),
        (math.nan, "1970-01-01T00:00:00.000Z"),
        (math.inf, "1970-01-01T00:00:00.000Z"),
    ],
)
def test_times_are_rfc_3339_in_utc(seconds: float, text: str) -> None:
    assert timestamp(seconds) == text


@given(st.integers(10**12, 4 * 10**12))
def test_no_millisecond_is_lost(milliseconds: int) -> None:
    assert timestamp(milliseconds / 1000) == timestamp_ms(milliseconds)
    assert timestamp_ms(milliseconds)[-4:-1] == f"{milliseconds % 1000:03}"


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (-62135596800000, "0001-01-01T00:00:00.000Z"),
        (-62135596800001, "1970-01-01T00:00:00.000Z"),
        (253402300799999, "9999-12-31T23:59:59.999Z"),
        (253402300800000, "1970-01-01T00:00:00.000Z"),
        (2**63 - 1, "1970-01-01T00:00:00.000Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
    ],
)
def test_milliseconds_that_rfc_3339_cannot_say_are_1970(milliseconds: int, text: str) -> None:
    assert timestamp_ms(milliseconds) == text
