"""What goes wrong while a connection goes on, as `error` events: one of each kind in 10 s, with the number of times."""

from typing import Any, Final

from tiktok2mqtt.common.errors import SchemaError, StaleConnection, WebcastError
from tiktok2mqtt.webcast.memory import Drops
from tiktok2mqtt.webcast.net.frames import LOST_HEARTBEAT

REPORT_INTERVAL_S: Final = 10.0
Report = dict[str, Any]


class ErrorReports:
    """Counts what goes wrong in one room; returns the keys of the events that are due. Pure; `now` is in seconds."""

    def __init__(self, drops: Drops) -> None:
        self._drops = drops
        # By kind: how many were reported, and when the next event may come.
        self._reported: dict[str, int] = {}
        self._next_at: dict[str, float] = {}
        self._reported_total = 0

    def dropped(self, now: float) -> list[Report]:
        """Return what is to be reported of lost heartbeats, and of frames and messages that cannot be read.

        Unknown types are no errors.
        """
        drops = self._drops
        if drops.errors == self._reported_total:
            return []
        reports = []
        heartbeats, frames = drops.frames[LOST_HEARTBEAT], drops.frames.total()
        counts = {
            "heartbeats": (heartbeats, StaleConnection.code, "not answered"),
            "frames": (frames - heartbeats, SchemaError.code, "unreadable"),
            "messages": (drops.errors - frames, SchemaError.code, "unreadable"),
        }
        for kind, (count, code, what) in counts.items():
            new = count - self._reported.get(kind, 0)
            if new and self._may_report(kind, now):
                self._reported[kind] = count
                reason = f"{new} {kind if new > 1 else kind.removesuffix('s')} {what}"
                reports.append({"code": code, "reason": reason, "count": new})
        self._reported_total = sum(self._reported.values())
        return reports

    def fallback(self, failures: list[tuple[str, WebcastError]], transport: str, now: float) -> list[Report]:
        """Return what is to be reported of transports that have failed before another one has worked."""
        return [
            {"code": error.code, "reason": f"{name} failed, using {transport}: {error}", "count": 1}
            for name, error in failures
            if self._may_report(name, now)
        ]

    def _may_report(self, kind: str, now: float) -> bool:
        if now < self._next_at.get(kind, now):
            return False
        self._next_at[kind] = now + REPORT_INTERVAL_S
        return True
