import random
import threading
from collections.abc import Iterator
from itertools import islice

import pytest

from tests.helpers import until
from tiktok2mqtt.simulator import Simulator
from tiktok2mqtt.simulator.examples import examples
from tiktok2mqtt.simulator.scenario_file import parse
from tiktok2mqtt.simulator.scenarios import BUILT_IN, Scenario, Step, party_steps, run_scenario, step

VIEWERS_DO = {"room_user", "member", "chat", "like", "gift_streak", "gift_end", "follow", "share", "question", "gift"}
DEFAULT_RATE = 2


def steps(name: str, count: int, seed: int = 1) -> list[Step]:
    return list(islice(BUILT_IN[name].play(random.Random(seed)), count))


def first_live() -> list[Step]:
    played = steps("party", 1_000)
    return played[: [row.verb for row in played].index("end") + 1]


@pytest.mark.parametrize("name", ["party", "busy"])
def test_a_scenario_starts_with_what_viewers_do_and_is_reproducible(name: str) -> None:
    assert {row.verb for row in steps(name, 30) if row.verb != "viewer"} >= VIEWERS_DO
    assert steps(name, 500) == steps(name, 500) != steps(name, 500, seed=2)


def test_the_first_live_of_the_party_has_every_event_within_two_minutes() -> None:
    played = [row for row in first_live() if row.verb != "viewer"]
    assert len(played) / DEFAULT_RATE <= 110
    assert {row.arguments["event"] for row in played if row.verb == "event"} == examples().keys()
    assert {"control", "battle_start", "battle_score", "battle_end", "envelope", "end"} <= {row.verb for row in played}
    sides = [(row.arguments["rivals"], row.arguments.get("partners")) for row in played if row.verb == "battle_start"]
    assert sides == [("dora", None), ("dora,frida", "berta")]


def test_a_gift_comes_within_the_first_seconds_of_the_party() -> None:
    verbs = [row.verb for row in first_live() if row.verb != "viewer"]
    assert verbs.index("gift_streak") / DEFAULT_RATE < 3
    assert verbs.index("gift") / DEFAULT_RATE < 10


def test_the_party_goes_on_in_a_second_live() -> None:
    verbs = [row.verb for row in steps("party", 3_000)]
    assert verbs.count("end") == verbs.count("go_live") == 1
    after = verbs[verbs.index("end") :]
    assert after[:3] == ["end", "wait", "go_live"]
    assert after.count("battle_start") > 4


def test_every_streak_of_the_party_is_ended() -> None:
    open_streaks = set()
    for row in first_live():
        key = row.arguments.get("user"), row.arguments.get("gift")
        if row.verb == "gift_streak":
            open_streaks.add(key)
        elif row.verb == "gift_end":
            open_streaks.remove(key)
    assert open_streaks == set()


def test_the_steps_of_the_party_are_a_valid_scenario_file() -> None:
    rows = [{"verb": row.verb, **row.arguments} for row in party_steps()]
    assert list(parse("party", {"steps": rows}, "party.toml").play(random.Random(1))) == list(party_steps())


@pytest.mark.parametrize("name", ["dora", "erin"])
def test_nobody_meets_themselves(sim: Simulator, name: str) -> None:
    room = sim.room(name)
    room.go_live()
    users: set[str] = set()
    sides: list[list[str]] = []
    stop = threading.Event()

    def played() -> Iterator[Step]:
        for row in first_live()[:-1]:
            yield row
            if room.state.battle:
                sides.append([host.username for side in room.state.battle.sides for host in side])
        users.update(viewer.username for viewer in room.state.counters.scores)
        stop.set()

    run_scenario(room, Scenario("w", "", lambda _dice: played()), 1_000_000, stop)
    assert users
    assert name not in users
    assert all(len(set(hosts)) == len(hosts) for hosts in sides)

    payloads = [message.payload for message in room.sent if message.method == "WebcastGiftBroadcastMessage"]
    assert payloads
    assert (b"kate" in payloads[0]) == (name == "dora")


def test_a_step_that_sends_nothing_takes_no_time(sim: Simulator) -> None:
    room = sim.room("alice")
    stop = threading.Event()
    guests = [step("viewer", user=f"viewer{number}", moderator=True) for number in range(10)]
    scenario = Scenario("w", "", lambda _rng: iter([*guests, step("chat", user="viewer1", text="hi")]))
    thread = threading.Thread(target=run_scenario, args=(room, scenario, 0.01, stop))
    thread.start()
    until(lambda: room.sent)
    stop.set()
    thread.join(5)


def test_the_other_scenarios_have_the_expected_events() -> None:
    def verbs(name: str) -> list[str]:
        return [row.verb for row in islice(BUILT_IN[name].play(random.Random(1)), 50)]

    assert set(verbs("gifts")) == {"gift", "gift_streak", "gift_end"}
    assert set(verbs("quiet")) == {"room_user"}
    assert verbs("offline") == []
    assert verbs("ended")[-1] == "end"
    assert len(verbs("ended")) == 31
    assert not BUILT_IN["offline"].live


@pytest.mark.parametrize("name", sorted(BUILT_IN))
def test_each_scenario_can_be_played(sim: Simulator, name: str) -> None:
    room = sim.room("alice")
    stop = threading.Event()
    thread = threading.Thread(target=run_scenario, args=(room, BUILT_IN[name], 5_000, stop, 1))
    thread.start()
    if name == "offline":
        assert not room.state.live
    elif name == "ended":
        until(lambda: room.sent and room.sent[-1].method == "WebcastControlMessage")
        assert not room.state.live
    else:
        until(lambda: len(room.sent) > 100)
    stop.set()
    thread.join(5)
    assert not thread.is_alive()


def test_stop_ends_a_wait_and_errors_are_raised(sim: Simulator) -> None:
    room = sim.room("alice")
    stop = threading.Event()
    waiting = Scenario("w", "", lambda _rng: iter([step("member", user="bob"), step("wait", seconds=60)]))
    thread = threading.Thread(target=run_scenario, args=(room, waiting, 1_000, stop))
    thread.start()
    until(lambda: room.sent)
    stop.set()
    thread.join(5)
    assert not thread.is_alive()
    wrong = Scenario("x", "", lambda _rng: iter([step("gift_end", user="bob", gift="Rose")]))
    with pytest.raises(ValueError, match="no open streak"):
        run_scenario(room, wrong, 1, threading.Event())
    with pytest.raises(ValueError, match="above 0"):
        run_scenario(room, waiting, 0, stop)
