import pytest

from tests.simulator.client import HEADERS, ack, varint
from tiktok2mqtt.simulator.checks import (
    REQUIRED_QUERY,
    Kind,
    Limits,
    SocketCheck,
    handshake_faults,
    heartbeat_period,
    missing_headers,
)
from tiktok2mqtt.simulator.envelope import decode_frame

LIMITS = Limits(grace_s=1, enter_s=2, ack_s=3)
QUERY = {"room_id": "7", "heartbeat_duration": "10000"}


class Checked:
    """A check that starts at time 0, and its reports."""

    def __init__(self, kind: Kind = Kind.DIRECT) -> None:
        self.reports: list[str] = []
        self.check = SocketCheck(kind, QUERY, LIMITS, self.reports.append, 0.0)

    def enter(self, room_id: int) -> bool:
        return self.check.enter(b"\x08" + varint(room_id), lambda number: number in (7, 8))

    def beat(self, room_id: int, now: float) -> None:
        self.check.heartbeat(b"\x08" + varint(room_id), now)

    def ack(self, log_id: int, ext: bytes, now: float) -> None:
        self.check.ack(decode_frame(ack(log_id, ext)), now)


def test_missing_headers_are_found() -> None:
    assert list(missing_headers(HEADERS)) == []
    assert list(missing_headers({"User-Agent": "python-requests/2"})) == [
        "no browser's User-Agent",
        "no Referer header",
    ]
    assert list(missing_headers({"User-Agent": HEADERS["User-Agent"]}, referer=False)) == []


def test_missing_query_parameters_are_found() -> None:
    full = dict.fromkeys(REQUIRED_QUERY, "1")
    assert list(handshake_faults(Kind.DIRECT, full, HEADERS)) == []
    del full["aid"]
    full["tz_name"] = ""
    assert list(handshake_faults(Kind.DIRECT, full, HEADERS)) == ["socket query lacks tz_name, aid"]
    assert list(handshake_faults(Kind.UPGRADED, {"room_id": "7"}, HEADERS)) == []
    assert list(handshake_faults(Kind.LEGACY, {}, {})) == []


@pytest.mark.parametrize(("text", "seconds"), [("200", 0.2), ("0", 10.0), ("x", 10.0), (None, 10.0)])
def test_the_heartbeat_period_comes_from_the_query(text: str | None, seconds: float) -> None:
    assert heartbeat_period({} if text is None else {"heartbeat_duration": text}) == seconds


def test_only_a_direct_socket_starts_with_the_first_response() -> None:
    assert [Checked(kind).check.begins for kind in Kind] == [kind is Kind.DIRECT for kind in Kind]


def test_a_correct_client_is_not_reported() -> None:
    checked = Checked()
    checked.beat(7, 0.1)
    assert checked.enter(7)
    checked.check.sent(50, "ext", 1.0)
    checked.ack(50, b"ext", 2.0)
    checked.beat(7, 10.0)
    checked.check.overdue(20.0)
    assert checked.enter(8)
    checked.beat(8, 20.5)
    checked.check.overdue(31.0)
    assert checked.reports == []


def test_missing_frames_are_reported_once() -> None:
    checked = Checked()
    checked.check.sent(50, "ext", 1.0)
    for now in (1.9, 2.1, 2.2):
        checked.check.overdue(now)
    assert checked.reports == ["no enter-room within 2 s"]
    for now in (4.1, 4.2, 11.1, 11.2):
        checked.check.overdue(now)
    assert checked.reports[1:] == ["no ack of log id 50 within 3 s", "no heartbeat within 11 s"]


def test_heartbeats_for_another_room_are_reported() -> None:
    checked = Checked()
    checked.beat(9, 1.0)
    checked.check.heartbeat(b"", 2.0)
    assert checked.reports == [f"heartbeat names room id {number}, the socket is in 7" for number in (9, 0)]


def test_enter_room_for_another_room_is_reported() -> None:
    checked = Checked()
    assert not checked.enter(8)
    assert checked.enter(7)
    assert not checked.enter(9)
    assert checked.reports == [f"enter-room names room id {number}, expected 7" for number in (8, 9)]


def test_wrong_acks_are_reported() -> None:
    checked = Checked()
    checked.check.sent(50, "ext", 0.0)
    checked.ack(51, b"ext", 1.0)
    checked.ack(50, b"", 1.0)
    checked.ack(50, b"ext", 1.0)
    assert [report[:15] for report in checked.reports] == ["ack of log id 5"] * 3
    assert "waits for none" in checked.reports[0]
    assert "instead of internal_ext 'ext'" in checked.reports[1]
    assert "waits for none" in checked.reports[2]


def test_acks_in_order_are_never_late_but_a_skipped_one_is() -> None:
    checked = Checked()
    checked.enter(7)
    for log_id in (1, 2, 3, 4):
        checked.check.sent(log_id, "ext", 0.0)
    checked.ack(1, b"ext", 3.0)
    checked.ack(3, b"ext", 4.0)
    checked.check.overdue(5.0)
    assert checked.reports == ["no ack of log id 2 within 3 s"]
    checked.check.overdue(7.5)
    assert checked.reports[1:] == ["no ack of log id 4 within 3 s"]


def test_a_client_of_2022_is_not_reported() -> None:
    checked = Checked(Kind.LEGACY)
    checked.check.heartbeat(b"", 1.0)
    checked.check.sent(50, "ext", 1.0)
    checked.ack(50, b"", 2.0)
    checked.check.overdue(10.0)
    assert checked.reports == []
