import pytest

from tests.simulator.client import blob, integer
from tiktok2mqtt.simulator import Gift, Room, Simulator, Viewer


def live_room(sim: Simulator) -> Room:
    room = sim.room("alice")
    room.go_live(title="hello", viewers=12)
    return room


def gifts(room: Room) -> list[tuple[int, int, int]]:
    """Return (repeat_count, repeat_end, group_id) of each gift message."""
    payloads = [message.payload for message in room.sent if message.method == "WebcastGiftMessage"]
    return [(integer(raw, 5), integer(raw, 9), integer(raw, 11)) for raw in payloads]


def test_each_live_has_its_own_room_id(sim: Simulator) -> None:
    room = sim.room("alice")
    first = room.go_live()
    room.chat("bob", "hello")
    assert room.counters.comments == 1
    second = room.go_live(viewers=3)
    assert first != second
    assert (room.counters.comments, room.counters.viewers, room.sent) == (0, 3, [])


@pytest.mark.parametrize(("verb", "action"), [("end", 3), ("suspend", 4)])
def test_the_end_is_announced_by_a_control_message(sim: Simulator, verb: str, action: int) -> None:
    room = live_room(sim)
    getattr(room, verb)()
    assert room.state.status == 4
    assert [(m.method, integer(m.payload, 2)) for m in room.sent] == [("WebcastControlMessage", action)]


def test_the_end_need_not_be_announced(sim: Simulator) -> None:
    room = live_room(sim)
    room.end(announce=False)
    assert (room.state.status, room.sent) == (4, [])


def test_a_single_streakable_gift_is_two_messages(sim: Simulator) -> None:
    room = live_room(sim)
    assert room.gift("bob", "Rose") == room.sent[-1].msg_id
    (first, second) = gifts(room)
    assert (first[:2], second[:2]) == ((1, 0), (1, 1))
    assert first[2] == second[2]
    assert room.counters.diamonds == 1


def test_a_streak_counts_up_and_ends(sim: Simulator) -> None:
    room = live_room(sim)
    room.gift("bob", 5487, count=3)
    assert [row[:2] for row in gifts(room)] == [(1, 0), (2, 0), (3, 0), (3, 1)]
    assert len({row[2] for row in gifts(room)}) == 1
    assert (room.counters.gifts, room.counters.diamonds) == (3, 15)
    room.gift("bob", 5487)
    assert len({row[2] for row in gifts(room)}) == 2


def test_streaks_can_be_interleaved_ended_and_abandoned(sim: Simulator) -> None:
    room = live_room(sim)
    room.gift_streak("bob", "Rose", upto=2)
    room.gift_streak("carol", "Rose", upto=1)
    room.gift_streak("bob", "Rose", upto=3)
    room.gift_end("bob", "Rose", count=5)
    assert [row[:2] for row in gifts(room)] == [(1, 0), (2, 0), (1, 0), (3, 0), (5, 1)]
    assert room.counters.diamonds == 6
    group = gifts(room)[2][2]
    room.gift_abandon("carol", "Rose")
    room.gift_streak("carol", "Rose", upto=1)
    assert gifts(room)[-1][2] != group


def test_invalid_gifts_are_refused(sim: Simulator) -> None:
    room = live_room(sim)
    room.gift_streak("bob", "Rose", upto=2)
    with pytest.raises(ValueError, match="no streak of Rose from 2 up to 2"):
        room.gift_streak("bob", "Rose", upto=2)
    with pytest.raises(ValueError, match="no streak of Lion"):
        room.gift_streak("bob", "Lion", upto=2)
    with pytest.raises(ValueError, match="carol has no open streak of Rose"):
        room.gift_end("carol", "Rose")
    with pytest.raises(ValueError, match="in the catalogue"):
        room.gift("bob", "Tulip")


def test_a_gift_that_is_not_streakable_is_one_message(sim: Simulator) -> None:
    room = live_room(sim)
    room.gift("bob", Gift(1, "Moon", 7, gift_type=2), count=2)
    assert [row[:2] for row in gifts(room)] == [(2, 0)]
    assert room.counters.diamonds == 14


def test_counters_and_messages_agree(sim: Simulator) -> None:
    room = live_room(sim)
    followers = room.state.followers
    room.member("bob")
    room.like("bob", count=5)
    room.like("bob", count=5, total=3)
    room.follow("bob")
    room.share("bob")
    room.gift("bob", "Galaxy")
    room.room_user(viewers=40)
    room.room_user()
    room.question("bob", "why?")
    member, like, lower, follow, share, _, users, same, question = (message.payload for message in room.sent)
    assert integer(member, 3) == 13
    assert (integer(like, 3), integer(lower, 3), room.counters.likes) == (5, 3, 10)
    assert integer(follow, 6) == followers + 1 == room.state.followers
    assert integer(share, 8) == room.counters.shares == 1
    assert (integer(users, 3), integer(users, 7), integer(users, 2, 1)) == (40, 40, 1000)
    assert blob(users, 2, 2, 38) == b"bob"
    assert integer(same, 3) == 40
    assert blob(question, 2, 2) == b"why?"


def test_a_viewer_can_be_masked(sim: Simulator) -> None:
    room = live_room(sim)
    room.chat(Viewer(username="", nickname="a***b", user_id=0), "hello")
    assert blob(room.sent[0].payload, 2, 3) == b"a***b"


def test_a_control_message_does_not_change_the_state(sim: Simulator) -> None:
    room = live_room(sim)
    room.control(1, tips="back soon")
    assert (integer(room.sent[0].payload, 2), blob(room.sent[0].payload, 3)) == (1, b"back soon")
    assert room.state.live
