import pytest

from tiktok2mqtt.simulator.journal import Journal, Request


def test_check_lists_everything() -> None:
    journal = Journal()
    journal.check()
    journal.violation("alice: too late")
    journal.failure(RuntimeError("own goal"))
    with pytest.raises(AssertionError, match=r"(?s)alice: too late.*RuntimeError: own goal"):
        journal.check()


def test_lists_are_copies_and_bounded() -> None:
    journal = Journal()
    for number in range(10_001):
        journal.request(Request("GET", f"/{number}", {}, 0.0))
    journal.requests.clear()
    assert len(journal.requests) == 10_000
    assert journal.requests[0].path == "/1"
