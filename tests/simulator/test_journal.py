import pytest

from tiktok2mqtt.simulator.journal import Journal, Request


def test_check_reports_violations_and_failures() -> None:
    journal = Journal()
    journal.check()
    journal.violation("alice: too late")
    journal.failure(RuntimeError("internal error"))
    with pytest.raises(AssertionError, match=r"(?s)alice: too late.*RuntimeError: internal error"):
        journal.check()


def test_requests_are_bounded_and_returned_as_a_copy() -> None:
    journal = Journal()
    for number in range(10_001):
        journal.request(Request("GET", f"/{number}", {}, 0.0))
    journal.requests.clear()
    assert len(journal.requests) == 10_000
    assert journal.requests[0].path == "/1"
