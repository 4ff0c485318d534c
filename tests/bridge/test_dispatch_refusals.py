import threading

import pytest

from tiktok2mqtt.bridge.dispatch import Refusals


class Rig:
    def __init__(self) -> None:
        self.now = 100.0
        self.refusals = Refusals(lambda: self.now)

    def add(self, number: int, *, unanswered: bool = False) -> None:
        for _ in range(number):
            self.refusals.add("tiktok/alice/set", "no", unanswered=unanswered)


@pytest.fixture
def rig() -> Rig:
    return Rig()


def test_the_first_refusal_is_logged_at_once_and_the_others_together(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    rig.add(8_000)
    assert caplog.messages == ["refused the command on tiktok/alice/set: no"]
    rig.now += 0.9
    rig.refusals.log()
    assert len(caplog.messages) == 1
    rig.now += 0.1
    rig.refusals.log()
    assert caplog.messages[1:] == ["refused 7999 commands, the last one on tiktok/alice/set: no"]
    rig.now += 5.0
    rig.refusals.log()
    assert len(caplog.messages) == 2


def test_a_flood_is_logged_once_a_second(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(100):
        rig.add(80)
        rig.refusals.log()
        rig.now += 0.1
    assert len(caplog.messages) == 10


def test_what_is_logged_is_sanitized_and_bounded(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    rig.refusals.add("tiktok/\x1b[2J/set", "x\n" * 10_000)
    assert caplog.messages[0].startswith("refused the command on tiktok/ [2J/set: x x x")
    assert len(caplog.messages[0]) < 500


def test_requests_without_a_response_are_counted_once_a_second(rig: Rig) -> None:
    assert rig.refusals.take_unanswered() == 0
    rig.add(3)
    assert rig.refusals.take_unanswered() == 0
    rig.add(5, unanswered=True)
    assert rig.refusals.take_unanswered() == 5
    rig.add(2, unanswered=True)
    assert rig.refusals.take_unanswered() == 0
    rig.now += 1.0
    rig.add(2, unanswered=True)
    assert rig.refusals.take_unanswered() == 4


def test_no_refusal_of_several_threads_is_lost(rig: Rig) -> None:
    threads = [threading.Thread(target=rig.add, args=(500,), kwargs={"unanswered": True}) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert rig.refusals.take_unanswered() == 2_000
