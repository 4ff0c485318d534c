"""Chats from the simulator's socket through the daemon to the broker, compared with a bare paho publisher.

Simulator, daemon, broker and bare loop are separate processes. The subscriber, in this process, counts what arrives.
"""

import contextlib
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

import orjson

from bench import flood
from bench.processes import Program, broker
from bench.subscriber import Subscriber

Viewers = Literal["few", "many"]
_CHATS: Final = "tiktok/+/chat"
_HEALTH: Final = ("tiktok/bridge/request/health_check", "tiktok/bridge/response/health_check")
SETTINGS: Final = {
    "TIKTOK2MQTT_EVENTS": "chat",
    "TIKTOK2MQTT_HOMEASSISTANT__DISCOVERY": "off",
    "TIKTOK2MQTT_LOG__LEVEL": "warning",
}
_FIXED_RATE_PART: Final = 30
_BATCH: Final = 10


@dataclass(frozen=True, slots=True)
class Run:
    """One run: messages sent and received, its duration, and the CPU time of the sending process."""

    sent: int
    arrived: int
    seconds: float
    cpu_us: float

    @property
    def per_second(self) -> float:
        """Received messages per second."""
        return self.arrived / self.seconds

    @property
    def cpu_us_each(self) -> float:
        """CPU time per sent message."""
        return self.cpu_us / self.sent


@dataclass(frozen=True, slots=True)
class Comparison:
    """Alternating runs of the daemon and of the bare loop."""

    daemon: list[Run] = field(default_factory=list)
    bare: list[Run] = field(default_factory=list)

    @property
    def ratios(self) -> list[float]:
        """CPU time of the daemon divided by that of the bare loop, for each round."""
        pairs = zip(self.daemon, self.bare, strict=True)
        # A run too short for the clock counts as one microsecond.
        return [max(1, daemon.cpu_us) / max(1, bare.cpu_us) for daemon, bare in pairs]


@dataclass(slots=True)
class Result:
    """All results. `dropped` is the number of messages that the daemon's health reports as dropped in all runs."""

    broker: str
    rss_bytes: int
    max_rate: Comparison
    many_viewers: Comparison
    fixed_rate: Comparison
    latencies_ms: list[float]
    dropped: int


@dataclass(frozen=True, slots=True)
class Setup:
    """The running processes; the daemon is connected to all rooms."""

    broker: str
    port: int
    simulator: Program
    daemon: Program
    chats: Subscriber

    def flood(self, count: int, rate: float = 0, *, batch: int = _BATCH, viewers: Viewers = "few") -> Run:
        """Send chats through the daemon, `rate` per second; 0 is as fast as the daemon reads."""
        return self._run(self.daemon, count, lambda: self.simulator.request(f"{count} {rate} {batch} {viewers}"))

    def flood_bare(self, bare: Program, count: int, rate: float = 0) -> Run:
        """Publish from the bare loop, `rate` per second; 0 is as fast as possible."""
        return self._run(bare, count, lambda: bare.request(f"{count} {rate}"))

    def _run(self, sender: Program, count: int, send: Callable[[], object]) -> Run:
        self.chats.expect(count)
        cpu_us, start = sender.cpu_us(), time.time()
        send()
        self.chats.wait()
        if not self.chats.received:
            raise RuntimeError(f"none of {count} chats arrived from {sender.name}")
        return Run(count, len(self.chats.received), self.chats.received[-1][1] - start, sender.cpu_us() - cpu_us)


def measure(count: int, rounds: int, rate: float) -> Result:
    """Run daemon and bare loop alternately: `count` chats at maximum rate, a thirtieth of them at `rate` per second."""
    few = max(1, count // _FIXED_RATE_PART)
    latencies: list[float] = []
    with start_setup() as setup:
        rss_bytes = setup.daemon.rss_bytes()
        max_rate = _compare(setup, rounds, count, lambda: setup.flood(count))
        many_viewers = _compare(setup, rounds, count, lambda: setup.flood(count, viewers="many"))

        def flood_at_fixed_rate() -> Run:
            run = setup.flood(few, rate, batch=1)
            latencies.extend(latency_ms(payload, at) for payload, at in setup.chats.received)
            return run

        fixed_rate = _compare(setup, rounds, few, flood_at_fixed_rate, rate)
        dropped = _dropped(setup.port)
        return Result(setup.broker, rss_bytes, max_rate, many_viewers, fixed_rate, latencies, dropped)


def _compare(setup: Setup, rounds: int, count: int, flood: Callable[[], Run], rate: float = 0) -> Comparison:
    """Alternate daemon and bare loop, after a warm-up run of each. The loop publishes the daemon's own payloads."""
    flood()
    comparison = Comparison()
    with _bare_loop(setup) as bare:
        setup.flood_bare(bare, count)
        for _ in range(rounds):
            comparison.daemon.append(flood())
            comparison.bare.append(setup.flood_bare(bare, count, rate))
    return comparison


@contextlib.contextmanager
def start_setup(rooms: int = 1) -> Iterator[Setup]:
    """Run broker, simulator, daemon and a subscriber; yield when the daemon is connected to all rooms."""
    names = flood.room_names(rooms)
    with broker() as (name, port), Program("bench.flood", str(rooms)) as simulator:
        env = SETTINGS | simulator_settings(simulator)
        env |= {"TIKTOK2MQTT_ROOMS": ",".join(names), "TIKTOK2MQTT_MAX_ROOMS": str(rooms)}
        with (
            Subscriber(port, _CHATS) as chats,
            Program("tiktok2mqtt", "run", "--mqtt-port", str(port), env=env) as daemon,
        ):
            # A flood of no chats is answered when the daemon is connected to all rooms.
            simulator.request("0 0 1 few")
            yield Setup(name, port, simulator, daemon, chats)


def simulator_settings(simulator: Program) -> dict[str, str]:
    """Return the settings that point a daemon to a simulator; they are read from the line that it prints."""
    urls = zip(("WEB_URL", "WEBCAST_URL", "SOCKET_URL"), simulator.read_line().split(), strict=True)
    return {f"TIKTOK2MQTT_TIKTOK__{key}": url for key, url in urls}


@contextlib.contextmanager
def _bare_loop(setup: Setup) -> Iterator[Program]:
    """Run the bare loop with the payloads that were received last."""
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(b"\n".join(payload for payload, _ in setup.chats.received))
        topic = f"tiktok/{flood.room_names(1)[0]}/chat"
        with Program("bench.paho_loop", str(setup.port), topic, file.name) as bare:
            bare.read_line()
            yield bare


def latency_ms(payload: bytes, at: float) -> float:
    """Return the milliseconds from the timestamp of an event until it was received `at` (seconds since 1970)."""
    return (at - datetime.fromisoformat(orjson.loads(payload)["ts"]).timestamp()) * 1000


def _dropped(port: int) -> int:
    """Ask the daemon how many messages it has dropped."""
    request, response = _HEALTH
    with Subscriber(port, response) as responses:
        responses.expect(1)
        responses.publish(request, b"")
        responses.wait()
        if not responses.received:
            raise TimeoutError("the daemon does not answer health_check")
        return int(orjson.loads(responses.received[0][0])["data"]["dropped"])
