import pytest

from tiktok2mqtt.simulator.envelope import Message
from tiktok2mqtt.simulator.gifts import as_gift
from tiktok2mqtt.simulator.state import World
from tiktok2mqtt.simulator.viewers import as_viewer


def test_a_new_room_is_offline() -> None:
    world = World()
    room = world.room("@Alice")
    assert room is world.room("alice") is world.find("ALICE")
    assert (room.name, room.live, room.status, room.room_id) == ("alice", False, 4, 0)
    assert world.find("bob") is None


@pytest.mark.parametrize("name", ["", "a b", "a/b", "x" * 33, "é♥"])
def test_invalid_usernames_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is not a username"):
        World().room(name)


def test_ids_are_unique_and_increasing_and_have_19_digits() -> None:
    world = World()
    ids = [world.new_id(now) for now in (1_700_000_000.0, 1_700_000_000.0, 1_700_000_000.5, 1_700_000_009.0, 0.0)]
    assert ids == sorted(set(ids))
    assert {len(str(number)) for number in ids} == {19}
    assert ids[3] == 1_700_000_009 << 32


def test_a_new_live_has_a_new_room_id_and_new_counters() -> None:
    world = World()
    room = world.room("alice")
    room.start(world.new_room_id(room, 10.0), "one", 5, 10.0)
    first = room.room_id
    room.count_gift(as_viewer("bob"), as_gift("Doughnut"), 2)
    assert (room.counters.gifts, room.counters.diamonds, room.counters.scores[as_viewer("bob")]) == (2, 60, 60)
    room.stop(20.0)
    assert (room.status, room.ended_at, room.room_id) == (4, 20.0, first)
    room.start(world.new_room_id(room, 30.0), "two", 7, 30.0)
    assert room.room_id != first
    assert (room.counters.diamonds, room.counters.viewers) == (0, 7)
    assert world.by_id(first) is world.by_id(room.room_id) is room
    world.remove("alice")
    assert world.by_id(first) is None


def test_messages_are_kept_for_polling_and_for_replay() -> None:
    room = World().room("alice")
    sent = [Message("M", b"", number) for number in range(1_005)]
    for message in sent:
        room.record(message)
    assert room.since(1_003) == sent[1_003:]
    assert room.since(1_005) == []
    assert room.since(0) == sent[5:]
    assert room.replay() == []
    room.history, room.remembered = [sent[0]], 2
    assert room.replay() == [sent[0], *sent[-2:]]


def test_group_ids_differ_within_a_millisecond() -> None:
    room = World().room("alice")
    assert [room.new_group(1.0), room.new_group(1.0), room.new_group(2.0)] == [1000, 1001, 2000]
