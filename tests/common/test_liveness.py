import time

from tiktok2mqtt.common.times import Liveness


def test_it_is_overdue_when_the_promised_turn_does_not_come() -> None:
    liveness = Liveness("reader")
    assert not liveness.is_overdue(1e12)
    before = time.monotonic()
    liveness.beat(30.0)
    assert not liveness.is_overdue(before + 30.0)
    assert liveness.is_overdue(time.monotonic() + 30.1)


def test_a_turn_and_a_rest_make_it_good_again() -> None:
    liveness = Liveness("reader")
    liveness.beat(-1.0)
    assert liveness.is_overdue(time.monotonic())
    liveness.beat(30.0)
    assert not liveness.is_overdue(time.monotonic())
    liveness.beat(-1.0)
    liveness.pause()
    assert not liveness.is_overdue(1e12)
