import random
import threading
from itertools import islice

import pytest

from tests.helpers import until
from tiktok2mqtt.simulator import Simulator
from tiktok2mqtt.simulator.scenarios import BUILT_IN, Scenario, run_scenario, step

ALL_EVENTS = {"room_user", "member", "chat", "like", "gift_streak", "gift_end", "follow", "share", "question", "gift"}


def test_party_starts_with_every_event_and_is_reproducible() -> None:
    first, second, other = (list(islice(BUILT_IN["party"].play(random.Random(seed)), 200)) for seed in (1, 1, 2))
    assert {row.verb for row in first[:20]} == ALL_EVENTS
    assert first == second != other


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
