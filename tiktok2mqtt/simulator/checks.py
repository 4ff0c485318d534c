"""What a correct client does. Each deviation is reported as one sentence that names the room.

No I/O: times are arguments, in seconds. What existing clients do differently and the service accepts (protocol
reference, section 3) is accepted here too: heartbeat counters that stay 0, a first heartbeat before or
after enter-room, the subprotocol `echo-protocol`, the pages and `/api-live/` without a Referer. A client that offers
`echo-protocol` and does not announce that it enters (`client_enter`) is treated as a client of 2022: no enter-room,
heartbeats and acks without payload.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from tiktok2mqtt.simulator.fields import ENTER_ROOM, HEARTBEAT
from tiktok2mqtt.simulator.wire import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

# Section 3 of the protocol reference, the direct socket; `compress` is the client's choice.
REQUIRED_QUERY: Final = (
    "version_code",
    "device_platform",
    "cookie_enabled",
    "screen_width",
    "screen_height",
    "browser_language",
    "browser_platform",
    "browser_name",
    "browser_version",
    "browser_online",
    "tz_name",
    "app_name",
    "sup_ws_ds_opt",
    "update_version_code",
    "webcast_language",
    "ws_direct",
    "aid",
    "live_id",
    "app_language",
    "client_enter",
    "room_id",
    "identity",
    "history_comment_count",
    "last_rtt",
    "heartbeat_duration",
    "resp_content_type",
    "did_rule",
)
DEFAULT_HEARTBEAT_S: Final = 10.0


class Kind(Enum):
    """How a socket was opened."""

    DIRECT = "direct"
    UPGRADED = "upgraded"  # offered by a fetch response
    SIGNED = "signed"  # with a grant of the sign provider
    LEGACY = "2022"


@dataclass(frozen=True)
class Limits:
    """How long a client may take, in seconds. A heartbeat is due every `heartbeat_duration` + `grace_s`."""

    grace_s: float = 5.0
    enter_s: float = 5.0
    ack_s: float = 5.0
    read_s: float = 10.0


def missing_headers(headers: Mapping[str, str], *, referer: bool = True) -> Iterator[str]:
    """Yield the headers of a browser that are missing; `referer` says whether a Referer is required."""
    if not headers.get("User-Agent", "").startswith("Mozilla/"):
        yield "no browser's User-Agent"
    if referer and not headers.get("Referer"):
        yield "no Referer header"


def handshake_faults(kind: Kind, query: Mapping[str, str], headers: Mapping[str, str]) -> Iterator[str]:
    """Yield what is wrong with the request that opens a socket, except for its cookie."""
    if kind is Kind.LEGACY:
        return
    # Clients that use a sign provider send none to the socket, and a page has an Origin instead.
    yield from missing_headers(headers, referer=kind is not Kind.SIGNED and not headers.get("Origin"))
    required = REQUIRED_QUERY if kind is Kind.DIRECT else ("room_id",)
    lacking = [name for name in required if not query.get(name)]
    if lacking:
        yield f"socket query lacks {', '.join(lacking)}"


def heartbeat_period(query: Mapping[str, str]) -> float:
    """Return the seconds between heartbeats that the client announced; 10 if it announced none."""
    text = query.get("heartbeat_duration", "")
    return int(text) / 1000 if text.isdecimal() and int(text) else DEFAULT_HEARTBEAT_S


class SocketCheck:
    """Checks one socket. `report` gets one sentence for each missed duty."""

    def __init__(
        self, kind: Kind, query: Mapping[str, str], limits: Limits, report: Callable[[str], None], now: float
    ) -> None:
        self.room_id = int(query["room_id"])
        self._kind = kind
        self._limits = limits
        self._report = report
        self._heartbeat_s = heartbeat_period(query)
        self.heartbeat_due = now + self._heartbeat_s + limits.grace_s
        self._enter_due: float | None = None if kind is Kind.LEGACY else now + limits.enter_s
        self._entered = kind is Kind.LEGACY
        self.unacked: dict[int, tuple[str, float]] = {}
        self.acked_upto = 0
        self._acked_at = now

    @property
    def begins(self) -> bool:
        """Whether the socket's first frame is the first response of all: no fetch response came before.

        TikTokLive 7 treats every first response as a new connection.
        """
        return self._kind is Kind.DIRECT

    def heartbeat(self, payload: bytes, now: float) -> None:
        """Take a heartbeat. Raises `WireError` if its payload cannot be decoded."""
        self.heartbeat_due = now + self._heartbeat_s + self._limits.grace_s
        if self._kind is Kind.LEGACY and not payload:
            return
        room_id = Record(HEARTBEAT, payload).number("room_id")
        if room_id != self.room_id:
            self._report(f"heartbeat names room id {room_id}, the socket is in {self.room_id}")

    def enter(self, payload: bytes, live_ids: Callable[[int], bool]) -> bool:
        """Take an enter-room; return whether it is valid. Raises `WireError` if its payload cannot be decoded.

        The first one must name the room of the query; later ones may switch to any live room.
        """
        room_id = Record(ENTER_ROOM, payload).number("room_id")
        self._enter_due = None
        wrong = not self._entered and room_id != self.room_id
        if wrong or not live_ids(room_id):
            self._report(f"enter-room names room id {room_id}, expected {self.room_id}")
            return False
        self.room_id, self._entered = room_id, True
        return True

    def sent(self, log_id: int, internal_ext: str, now: float) -> None:
        """Note a frame that needs an ack."""
        self.unacked[log_id] = (internal_ext, now)

    def ack(self, frame: Record, now: float) -> None:
        """Take an ack. Raises `WireError` if it cannot be decoded."""
        log_id, payload = frame.number("log_id"), frame.blob("payload")
        expected = self.unacked.pop(log_id, None)
        if expected is None:
            self._report(f"ack of log id {log_id}, which waits for none")
            return
        self.acked_upto, self._acked_at = max(self.acked_upto, log_id), now
        if payload != expected[0].encode() and not (self._kind is Kind.LEGACY and not payload):
            self._report(f"ack of log id {log_id} carries {payload[:60]!r} instead of internal_ext {expected[0]!r}")

    def overdue(self, now: float) -> None:
        """Report each duty that is overdue at `now`."""
        if now > self.heartbeat_due:
            self._report(f"no heartbeat within {self._heartbeat_s + self._limits.grace_s:g} s")
            self.heartbeat_due = float("inf")
        if self._enter_due is not None and now > self._enter_due:
            self._report(f"no enter-room within {self._limits.enter_s:g} s")
            self._enter_due = None
        for log_id in self._late_acks(now):
            self._report(f"no ack of log id {log_id} within {self._limits.ack_s:g} s")
            del self.unacked[log_id]

    def _late_acks(self, now: float) -> list[int]:
        """Return frames that were skipped, or all if acks have stopped; a backlog acked in order is not late."""
        stalled = now - self._acked_at > self._limits.ack_s
        return [
            log_id
            for log_id, (_, at) in self.unacked.items()
            if now - at > self._limits.ack_s and (stalled or log_id < self.acked_upto)
        ]
