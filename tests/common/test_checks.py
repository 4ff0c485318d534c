import pytest

from tiktok2mqtt.common.checks import step


def test_a_step_that_succeeds_has_its_detail_and_its_time() -> None:
    done = step("look", lambda: "seen", (OSError,))
    assert (done.name, done.ok, done.detail, done.decisive) == ("look", True, "seen", True)
    assert 0 <= done.seconds < 5


def test_a_failure_is_told_in_words() -> None:
    def fail() -> str:
        raise OSError("away")

    done = step("look", fail, (OSError,), lambda error: f"it is {error}", decisive=False)
    assert (done.ok, done.detail, done.decisive) == (False, "it is away", False)


def test_what_is_no_failure_passes() -> None:
    with pytest.raises(ZeroDivisionError):
        step("look", lambda: str(1 // 0), (OSError,))
