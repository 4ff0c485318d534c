import pytest

from tests.webcast.events.decode import decoded
from tiktok2mqtt.webcast.schema import messages_pb2 as pb


@pytest.mark.parametrize(
    ("action", "state", "is_end"),
    [
        (0, None, False),
        (1, "paused", False),
        (2, "resumed", False),
        (3, "ended", True),
        (4, "suspended", True),
        (5, None, False),
    ],
)
def test_control_actions_pause_resume_and_end_the_stream(action: int, state: str | None, is_end: bool) -> None:
    events = decoded(pb.WebcastControlMessage(action=action))
    control = events.pop("control")
    assert {key: value for key, value in control.items() if value is not None} == (
        {"action": action} if action else {}
    ) | ({"state": state} if state else {})
    if is_end:
        assert events == {"stream_end": {"reason": state, "action": action}}
    else:
        assert events == ({state: {"state": state, "tips": None, "trigger": None}} if state else {})
