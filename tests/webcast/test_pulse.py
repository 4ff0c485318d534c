import time

from tiktok2mqtt.webcast.pulse import Pulse


def test_it_is_overdue_when_the_promised_turn_does_not_come() -> None:
    pulse = Pulse("reader")
    assert not pulse.is_overdue(1e12)
    before = time.monotonic()
    pulse.beat(30.0)
    assert not pulse.is_overdue(before + 30.0)
    assert pulse.is_overdue(time.monotonic() + 30.1)


def test_a_turn_and_a_rest_make_it_good_again() -> None:
    pulse = Pulse("reader")
    pulse.beat(-1.0)
    assert pulse.is_overdue(time.monotonic())
    pulse.beat(30.0)
    assert not pulse.is_overdue(time.monotonic())
    pulse.beat(-1.0)
    pulse.rest()
    assert not pulse.is_overdue(1e12)
