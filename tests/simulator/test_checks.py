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


class Watched:
    """A check from time 0 on, with what it reported."""

    def __init__(self, kind: Kind = Kind.DIRECT) -> None:
        self.reports: list[str] = []
        self.check = SocketCheck(kind, QUERY, LIMITS, self.reports.append, 0.0)

    def enter(self, room_id: int) -> bool:
        return self.check.enter(b"\x08" + varint(room_id), lambda number: number in (7, 8))

    def beat(self, room_id: int, now: float) -> None:
        self.check.heartbeat(b"\x08" + varint(room_id), now)

    def ack(self, log_id: int, ext: bytes, now: float) -> None:
        self.check.ack(decode_frame(ack(log_id, ext)), now)


def test_headers() -> None:
    assert list(missing_headers(HEADERS)) == []
    assert list(missing_headers({"User-Agent": "python-requests/2"})) == [
        "no browser's User-Agent",
        "no Referer header",
    ]
    assert list(missing_headers({"User-Agent": HEADERS["User-Agent"]}, referer=False)) == []


def test_query() -> None:
    full = dict.fromkeys(REQUIRED_QUERY, "1")
    assert list(handshake_faults(Kind.DIRECT, full, HEADERS)) == []
    del full["aid"]
    full["tz_name"] = ""
    assert list(handshake_faults(Kind.DIRECT, full, HEADERS)) == ["socket query lacks tz_name, aid"]
    assert list(handshake_faults(Kind.UPGRADED, {"room_id": "7"}, HEADERS)) == []
    assert list(handshake_faults(Kind.LEGACY, {}, {})) == []


@pytest.mark.parametrize(("text", "seconds"), [("200", 0.2), ("0", 10.0), ("x", 10.0), (None, 10.0)])
def test_heartbeat_period(text: str | None, seconds: float) -> None:
    assert heartbeat_period({} if text is None else {"heartbeat_duration": text}) == seconds


def test_only_a_direct_socket_begins() -> None:
    assert [Watched(kind).check.begins for kind in Kind] == [kind is Kind.DIRECT for kind in Kind]


def test_a_right_client() -> None:
    watched = Watched()
    watched.beat(7, 0.1)
    assert watched.enter(7)
    watched.check.sent(50, "ext", 1.0)
    watched.ack(50, b"ext", 2.0)
    watched.beat(7, 10.0)
    watched.check.overdue(20.0)
    assert watched.enter(8)
    watched.beat(8, 20.5)
    watched.check.overdue(31.0)
    assert watched.reports == []


def test_late_duties_are_reported_once() -> None:
    watched = Watched()
    watched.check.sent(50, "ext", 1.0)
    for now in (1.9, 2.1, 2.2):
        watched.check.overdue(now)
    assert watched.reports == ["no enter-room within 2 s"]
    for now in (4.1, 4.2, 11.1, 11.2):
        watched.check.overdue(now)
    assert watched.reports[1:] == ["no ack of log id 50 within 3 s", "no heartbeat within 11 s"]


def test_heartbeats_of_another_room() -> None:
    watched = Watched()
    watched.beat(9, 1.0)
    watched.check.heartbeat(b"", 2.0)
    assert watched.reports == [f"heartbeat names room id {number}, the socket is in 7" for number in (9, 0)]


def test_enter_room_of_another_room() -> None:
    watched = Watched()
    assert not watched.enter(8)
    assert watched.enter(7)
    assert not watched.enter(9)
    assert watched.reports == [f"enter-room names room id {number}, expected 7" for number in (8, 9)]


def test_wrong_acks() -> None:
    watched = Watched()
    watched.check.sent(50, "ext", 0.0)
    watched.ack(51, b"ext", 1.0)
    watched.ack(50, b"", 1.0)
    watched.ack(50, b"ext", 1.0)
    assert [report[:15] for report in watched.reports] == ["ack of log id 5"] * 3
    assert "waits for none" in watched.reports[0]
    assert "instead of internal_ext 'ext'" in watched.reports[1]
    assert "waits for none" in watched.reports[2]


def test_a_backlog_acked_in_order_is_not_late_but_a_gap_is() -> None:
    watched = Watched()
    watched.enter(7)
    for log_id in (1, 2, 3, 4):
        watched.check.sent(log_id, "ext", 0.0)
    watched.ack(1, b"ext", 3.0)
    watched.ack(3, b"ext", 4.0)
    watched.check.overdue(5.0)
    assert watched.reports == ["no ack of log id 2 within 3 s"]
    watched.check.overdue(7.5)
    assert watched.reports[1:] == ["no ack of log id 4 within 3 s"]


def test_manners_of_2022() -> None:
    watched = Watched(Kind.LEGACY)
    watched.check.heartbeat(b"", 1.0)
    watched.check.sent(50, "ext", 1.0)
    watched.ack(50, b"", 2.0)
    watched.check.overdue(10.0)
    assert watched.reports == []
