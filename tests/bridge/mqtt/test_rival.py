import pytest

from tiktok2mqtt.bridge.mqtt.link import MANY, SHORT_S, TakeoverDetector


def test_with_mqtt_5_the_broker_says_it() -> None:
    rival = TakeoverDetector()
    rival.came_up(0.0)
    assert rival.lost(1000.0, "Session taken over")


def test_several_short_connections_in_a_row_look_like_a_rival() -> None:
    rival = TakeoverDetector()
    said = []
    for number in range(MANY + 1):
        rival.came_up(10.0 * number)
        said.append(rival.lost(10.0 * number + 1, "Unspecified error"))
    assert said == [False] * (MANY - 1) + [True] * 2


@pytest.mark.parametrize("lasted", [SHORT_S, 3600.0])
def test_one_that_lasted_begins_the_count_anew(lasted: float) -> None:
    rival = TakeoverDetector()
    for number in range(10 * MANY):
        rival.came_up(10_000.0 * number)
        assert not rival.lost(10_000.0 * number + (lasted if number % MANY == MANY - 1 else 1), "Unspecified error")
