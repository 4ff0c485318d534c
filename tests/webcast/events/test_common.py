from tiktok2mqtt.webcast.events.fields import COMMON, COMMON_KEYS
from tiktok2mqtt.webcast.events.rows import REGISTRY
from tiktok2mqtt.webcast.memory import Drops
from tiktok2mqtt.webcast.session import LiveSession

PYTHON = {"id": str, "string": str, "integer": int, "boolean": bool}


def test_the_session_writes_just_these_keys_in_this_order_and_as_they_are_described() -> None:
    session = LiveSession(REGISTRY, "alice", "55", wall=lambda: 1_800_000_000.0, drops=Drops())
    event = session.common_keys("chat", "7", "2026-01-02T03:04:05.678Z", "direct")
    assert tuple(event) == COMMON_KEYS
    for field in COMMON:
        assert field.optional or type(event[field.key]) is PYTHON[field.type]


def test_what_may_be_missing_comes_last() -> None:
    assert [field.key for field in COMMON] == [*COMMON_KEYS, "truncated"]
    assert not any(field.nullable for field in COMMON)
