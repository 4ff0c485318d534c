"""The cost of rooms that are watched but not live, and the number of requests to TikTok while it returns errors.

Simulator, daemon and broker are separate processes.
"""

import contextlib
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bench.figures import table
from bench.idle_service import FAULTS, room_names
from bench.processes import Program, broker

HANG: Final = "hang"
_POLL_S: Final = 0.2
_KIB: Final = 1024
_TARGET_KIB: Final = 150
_TARGET_CPU: Final = 0.05
_REQUESTS_EACH: Final = 2


@dataclass(frozen=True, slots=True)
class IdleCost:
    """The cost of `rooms` rooms: memory of each beyond the first, and the share of a core that all of them use."""

    rooms: int
    interval_s: float
    rss_bytes_each: float
    cpu_share: float


@dataclass(frozen=True, slots=True)
class RequestCount:
    """The number of requests while the service returned a fault, and the number that the request budget allows."""

    fault: str
    seconds: float
    requests: int
    allowed: float


def measure_cost(rooms: int, interval_s: float) -> IdleCost:
    """Watch one room, then `rooms` rooms. Each is looked up once before one more interval is measured."""
    with _daemon(1, interval_s) as (simulator, daemon):
        _wait_for_all(simulator, 1)
        one_room_bytes = daemon.rss_bytes()
    with _daemon(rooms, interval_s) as (simulator, daemon):
        _wait_for_all(simulator, rooms)
        cpu_us, start = daemon.cpu_us(), time.monotonic()
        time.sleep(interval_s)
        share = (daemon.cpu_us() - cpu_us) / 1e6 / (time.monotonic() - start)
        return IdleCost(rooms, interval_s, (daemon.rss_bytes() - one_room_bytes) / max(1, rooms - 1), share)


def count_requests(
    rooms: int, interval_s: float, seconds: float, faults: Sequence[str] = (*FAULTS, HANG)
) -> list[RequestCount]:
    """Count the requests of a daemon whose service returns a fault from the start; `seconds` for each fault."""
    allowed = rooms * _REQUESTS_EACH * seconds / interval_s
    return [RequestCount(fault, seconds, _requests(fault, rooms, interval_s, seconds), allowed) for fault in faults]


def _requests(fault: str, rooms: int, interval_s: float, seconds: float) -> int:
    if fault == HANG:
        with _silent_server() as server:
            web_url = f"http://127.0.0.1:{server.getsockname()[1]}"
            with _daemon(rooms, interval_s, web_url=web_url):
                time.sleep(seconds)
                return _connections(server)
    with _daemon(rooms, interval_s, fault) as (simulator, _):
        time.sleep(seconds)
        return int(simulator.request("count").split()[0])


def report(cost: IdleCost, counts: Sequence[RequestCount]) -> str:
    """Return both results as tables."""
    each = f"{cost.rss_bytes_each / _KIB:.0f} KiB"
    rows = [
        ("memory per room", each, f"{_TARGET_KIB} KiB"),
        ("CPU time of all rooms, share of a core", f"{cost.cpu_share:.1%}", f"{_TARGET_CPU:.0%}"),
    ]
    title = f"{cost.rooms:,} offline rooms, looked up every {cost.interval_s:g} s"
    head = ("fault", "seconds", "requests", "allowed by the budget")
    faults = [(c.fault, f"{c.seconds:g}", f"{c.requests:,}", f"{c.allowed:,.0f}") for c in counts]
    return f"{table((title, 'measured', 'at most'), rows)}\n\n{table(head, faults)}"


@contextlib.contextmanager
def _daemon(
    rooms: int, interval_s: float, fault: str | None = None, web_url: str | None = None
) -> Iterator[tuple[Program, Program]]:
    with broker() as (_, port), Program("bench.idle_service", str(rooms)) as simulator:
        url = simulator.read_line()
        if fault is not None:
            simulator.request(fault)
        env = {
            "TIKTOK2MQTT_ROOMS": ",".join(room_names(rooms)),
            "TIKTOK2MQTT_MAX_ROOMS": str(rooms),
            "TIKTOK2MQTT_LOG__LEVEL": "error",
            "TIKTOK2MQTT_TIKTOK__WATCH_INTERVAL": str(interval_s),
            "TIKTOK2MQTT_TIKTOK__WEB_URL": web_url or url,
            "TIKTOK2MQTT_TIKTOK__WEBCAST_URL": f"{web_url or url}/webcast/",
        }
        with Program("tiktok2mqtt", "run", "--mqtt-port", str(port), env=env) as daemon:
            yield simulator, daemon


def _wait_for_all(simulator: Program, rooms: int) -> None:
    while int(simulator.request("count").split()[1]) < rooms:
        time.sleep(_POLL_S)


@contextlib.contextmanager
def _silent_server() -> Iterator[socket.socket]:
    """A server that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as server:
        server.setblocking(False)
        yield server


def _connections(server: socket.socket) -> int:
    count = 0
    with contextlib.suppress(BlockingIOError):
        while True:
            server.accept()[0].close()
            count += 1
    return count
