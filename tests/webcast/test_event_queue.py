import threading
from typing import Any

import pytest

from tiktok2mqtt.webcast.event_queue import EventQueue

COMMON = dict.fromkeys(("v", "ts", "room", "room_id", "session_id", "source", "replayed", "late", "delayed"))


def event(number: int, name: str = "chat") -> dict[str, Any]:
    return COMMON | {"event_type": name, "id": str(number), "comment": "hi"}


def is_last(one: dict[str, Any]) -> bool:
    return bool(one["event_type"] == "disconnected")


def ids(queue: EventQueue) -> list[str]:
    return [one["id"] for one in iter(queue.take, None)]


def test_events_come_out_in_their_order() -> None:
    queue = EventQueue(3, is_last)
    for number in range(3):
        queue.put(event(number))
    assert ids(queue) == ["0", "1", "2"]


def test_the_oldest_are_dropped_and_an_error_event_says_how_many() -> None:
    queue = EventQueue(3, is_last)
    for number in range(1_503):
        queue.put(event(number))
    dropped = queue.take()
    assert dropped == COMMON | {
        "event_type": "error",
        "id": "0",
        "code": "dropped",
        "reason": "events were dropped: they come faster than the loop takes them",
        "count": 1500,
    }
    assert ids(queue) == ["1500", "1501", "1502"]
    queue.put(event(9))
    assert ids(queue) == ["9"]


def test_nothing_comes_after_the_last_event() -> None:
    queue = EventQueue(3, is_last)
    for name in ("chat", "disconnected", "chat"):
        queue.put(event(1, name))
    assert queue.is_closed
    assert not queue.is_exhausted
    assert [one["event_type"] for one in queue.events(lambda: False)] == ["chat", "disconnected"]
    assert queue.is_exhausted


def test_a_closed_queue_gives_what_is_left() -> None:
    queue = EventQueue(3, is_last)
    queue.put(event(1))
    queue.close()
    assert [one["id"] for one in queue.events(lambda: False)] == ["1"]


def test_a_loop_that_waits_is_woken() -> None:
    queue = EventQueue(3, is_last)
    events = queue.events(lambda: False)
    for number in range(3):
        timer = threading.Timer(0.02, queue.put, [event(number)])
        timer.start()
        assert next(events)["id"] == str(number)
        timer.join()


def test_the_queue_wakes_once_until_it_is_empty_again() -> None:
    woken: list[int] = []
    queue = EventQueue(3, is_last, lambda: woken.append(1))
    queue.put(event(1))
    queue.put(event(2))
    assert len(woken) == 1
    assert ids(queue) == ["1", "2"]
    queue.put(event(3))
    assert len(woken) == 2


def test_a_connection_that_ended_without_an_event_ends_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tiktok2mqtt.webcast.event_queue.CHECK_S", 0.01)
    assert list(EventQueue(3, is_last).events(lambda: True)) == []


def test_one_check_is_not_enough_to_end_a_loop() -> None:
    queue = EventQueue(3, is_last)
    for is_over in (True, False, True):
        queue.check(is_over=is_over)
        assert not queue.is_closed
    queue.check(is_over=True)
    assert queue.is_closed


def test_a_queue_without_room_is_refused() -> None:
    with pytest.raises(ValueError, match="max_events must be at least 1, not"):
        EventQueue(0, is_last)
