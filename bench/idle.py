"""What rooms cost that are watched and not live; and how often TikTok is asked when it answers wrongly.

Simulator, daemon and broker are processes of their own.
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
class Cost:
    """What `rooms` rooms cost beyond one: memory of each; and the share of a core that all of them take."""

    rooms: int
    interval_s: float
    rss_bytes_each: float
    cpu_share: float


@dataclass(frozen=True, slots=True)
class Pressure:
    """Requests while the service answered with a fault, and how many the budget allows."""

    fault: str
    seconds: float
    requests: int
    allowed: float


def cost(rooms: int, interval_s: float) -> Cost:
    """Watch one room, then `rooms`: each is looked up once, then one more interval is measured."""
    with _daemon(1, interval_s) as (simulator, daemon):
        _wait_for_all(simulator, 1)
        alone = daemon.rss_bytes()
    with _daemon(rooms, interval_s) as (simulator, daemon):
        _wait_for_all(simulator, rooms)
        cpu_us, begun = daemon.cpu_us(), time.monotonic()
        time.sleep(interval_s)
        share = (daemon.cpu_us() - cpu_us) / 1e6 / (time.monotonic() - begun)
        return Cost(rooms, interval_s, (daemon.rss_bytes() - alone) / max(1, rooms - 1), share)


def pressure(rooms: int, interval_s: float, seconds: float, faults: Sequence[str] = (*FAULTS, HANG)) -> list[Pressure]:
    """Watch rooms of a service that answers wrongly from the beginning, with each fault for so many seconds."""
    allowed = rooms * _REQUESTS_EACH * seconds / interval_s
    return [Pressure(fault, seconds, _requests(fault, rooms, interval_s, seconds), allowed) for fault in faults]


def _requests(fault: str, rooms: int, interval_s: float, seconds: float) -> int:
    if fault == HANG:
        with _deaf() as server, _daemon(rooms, interval_s, web_url=f"http://127.0.0.1:{server.getsockname()[1]}"):
            time.sleep(seconds)
            return _connections(server)
    with _daemon(rooms, interval_s, fault) as (simulator, _):
        time.sleep(seconds)
        return int(simulator.ask("asked").split()[0])


def report(cost: Cost, pressures: Sequence[Pressure]) -> str:
    """Return both as tables."""
    each = f"{cost.rss_bytes_each / _KIB:.0f} KiB"
    rows = [
        ("memory of each room", each, f"{_TARGET_KIB} KiB"),
        ("processor time of all, share of a core", f"{cost.cpu_share:.1%}", f"{_TARGET_CPU:.0%}"),
    ]
    title = f"{cost.rooms:,} rooms that are offline, looked up every {cost.interval_s:g} s"
    head = ("fault", "seconds", "requests", "the budget allows")
    faults = [(p.fault, f"{p.seconds:g}", f"{p.requests:,}", f"{p.allowed:,.0f}") for p in pressures]
    return f"{table((title, 'measured', 'at most'), rows)}\n\n{table(head, faults)}"


@contextlib.contextmanager
def _daemon(
    rooms: int, interval_s: float, fault: str | None = None, web_url: str | None = None
) -> Iterator[tuple[Program, Program]]:
    with broker() as (_, port), Program("bench.idle_service", str(rooms)) as simulator:
        url = simulator.line()
        if fault is not None:
            simulator.ask(fault)
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
    while int(simulator.ask("asked").split()[1]) < rooms:
        time.sleep(_POLL_S)


@contextlib.contextmanager
def _deaf() -> Iterator[socket.socket]:
    """A server that takes connections and never answers."""
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
