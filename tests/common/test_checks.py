import pytest

from tiktok2mqtt.common.checks import step


def test_a_successful_step_has_a_detail_and_a_duration() -> None:
    done = step("look", lambda: "seen", (OSError,))
    assert (done.name, done.ok, done.detail, done.decisive) == ("look", True, "seen", True)
    assert 0 <= done.seconds < 5


def test_a_failed_step_describes_its_error() -> None:
    def fail() -> str:
        raise OSError("away")

    done = step("look", fail, (OSError,), lambda error: f"it is {error}", decisive=False)
    assert (done.ok, done.detail, done.decisive) == (False, "it is away", False)


def test_other_exceptions_are_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        step("look", lambda: str(1 // 0), (OSError,))
