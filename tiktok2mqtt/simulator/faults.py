"""Answers that were ordered to go wrong: HTTP endpoints by a part of their path, sockets by room."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

DEVICE_BLOCKED = "DEVICE_BLOCKED"


@dataclass
class Fault:
    """One wrong answer, given `times` times."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    times: int = 1

    @property
    def blocks_device(self) -> bool:
        """Whether it tells the client to come back with a new cookie."""
        return self.status == 415 or self.headers.get("Handshake-Msg") == DEVICE_BLOCKED  # noqa: PLR2004 - HTTP status


class Faults:
    """The orders, consumed in the order given."""

    def __init__(self) -> None:
        self._http: list[tuple[str, Fault]] = []
        self._sockets: list[tuple[str, Fault]] = []

    def fail_http(self, path_part: str, fault: Fault) -> None:
        """The next requests whose path contains `path_part` get `fault`."""
        self._http.append((path_part, fault))

    def refuse_socket(self, room_name: str, fault: Fault) -> None:
        """The next handshakes for that room get `fault`."""
        self._sockets.append((room_name, fault))

    def http(self, path: str) -> Fault | None:
        """Takes the fault for a request, if one is ordered."""
        return _take(self._http, lambda part: part in path)

    def socket(self, room_name: str) -> Fault | None:
        """Takes the fault for a handshake, if one is ordered."""
        return _take(self._sockets, lambda name: name == room_name)


def _take(orders: list[tuple[str, Fault]], matches: Callable[[str], bool]) -> Fault | None:
    for order in orders:
        if matches(order[0]):
            fault = order[1]
            fault.times -= 1
            if fault.times <= 0:
                orders.remove(order)
            return fault
    return None
