"""Chat from the simulator's socket through the daemon to the broker, beside a bare paho loop publishing the same bytes.

Simulator, daemon, broker and bare loop are processes of their own; the subscriber, in this one, counts what arrives.
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
from bench.subscriber import Listener

Who = Literal["few", "crowd"]
_CHATS: Final = "tiktok/+/chat"
_HEALTH: Final = ("tiktok/bridge/request/health_check", "tiktok/bridge/response/health_check")
SETTINGS: Final = {
    "TIKTOK2MQTT_EVENTS": "chat",
    "TIKTOK2MQTT_HOMEASSISTANT__DISCOVERY": "off",
    "TIKTOK2MQTT_LOG__LEVEL": "warning",
}
_PACED_PART: Final = 30
_BATCH: Final = 10


@dataclass(frozen=True, slots=True)
class Run:
    """One flood: how many messages were sent and arrived, how long it took, and the sender's processor time."""

    sent: int
    arrived: int
    seconds: float
    cpu_us: float

    @property
    def per_second(self) -> float:
        """Messages that arrived, a second."""
        return self.arrived / self.seconds

    @property
    def cpu_us_each(self) -> float:
        """Processor time of one message that was sent."""
        return self.cpu_us / self.sent


@dataclass(frozen=True, slots=True)
class Contest:
    """Floods of the daemon and of the bare loop, in turns."""

    daemon: list[Run] = field(default_factory=list)
    bare: list[Run] = field(default_factory=list)

    @property
    def ratios(self) -> list[float]:
        """The daemon's processor time as a multiple of the bare loop's, round by round."""
        pairs = zip(self.daemon, self.bare, strict=True)
        # A run too short for the clock counts as one microsecond.
        return [max(1, daemon.cpu_us) / max(1, bare.cpu_us) for daemon, bare in pairs]


@dataclass(slots=True)
class Result:
    """All that was measured. `dropped` is what the daemon's health says it shed, in all floods together."""

    broker: str
    rss_bytes: int
    flat_out: Contest
    crowd: Contest
    paced: Contest
    latencies_ms: list[float]
    dropped: int


@dataclass(frozen=True, slots=True)
class Stage:
    """What runs while it is measured: the rooms are being heard."""

    broker: str
    port: int
    simulator: Program
    daemon: Program
    chats: Listener

    def flood(self, count: int, rate: float = 0, *, batch: int = _BATCH, who: Who = "few") -> Run:
        """Send chats through the daemon: `rate` a second, or as many as it reads."""
        return self._run(self.daemon, count, lambda: self.simulator.ask(f"{count} {rate} {batch} {who}"))

    def flood_bare(self, bare: Program, count: int, rate: float = 0) -> Run:
        """Let the bare loop publish: `rate` a second, or as many as it can."""
        return self._run(bare, count, lambda: bare.ask(f"{count} {rate}"))

    def _run(self, sender: Program, count: int, send: Callable[[], object]) -> Run:
        self.chats.expect(count)
        cpu_us, start = sender.cpu_us(), time.time()
        send()
        self.chats.wait()
        if not self.chats.received:
            raise RuntimeError(f"nothing came of {count} chats; is {sender.name} well?")
        return Run(count, len(self.chats.received), self.chats.received[-1][1] - start, sender.cpu_us() - cpu_us)


def measure(count: int, rounds: int, rate: float) -> Result:
    """Flood daemon and bare loop in turns: `count` chats as fast as it goes, a thirtieth of them at `rate` a second."""
    few = max(1, count // _PACED_PART)
    ages: list[float] = []
    with stage() as running:
        rss_bytes = running.daemon.rss_bytes()
        flat_out = _contest(running, rounds, count, lambda: running.flood(count))
        crowd = _contest(running, rounds, count, lambda: running.flood(count, who="crowd"))

        def flood_slowly() -> Run:
            run = running.flood(few, rate, batch=1)
            ages.extend(age_ms(payload, at) for payload, at in running.chats.received)
            return run

        paced = _contest(running, rounds, few, flood_slowly, rate)
        return Result(running.broker, rss_bytes, flat_out, crowd, paced, ages, _dropped(running.port))


def _contest(running: Stage, rounds: int, count: int, flood: Callable[[], Run], rate: float = 0) -> Contest:
    """Let daemon and bare loop take turns, after one run of each to warm up; the loop has the daemon's own payloads."""
    flood()
    contest = Contest()
    with _bare_loop(running) as bare:
        running.flood_bare(bare, count)
        for _ in range(rounds):
            contest.daemon.append(flood())
            contest.bare.append(running.flood_bare(bare, count, rate))
    return contest


@contextlib.contextmanager
def stage(rooms: int = 1) -> Iterator[Stage]:
    """Run broker, simulator, daemon and a subscriber; yield when the daemon is in all rooms."""
    names = flood.room_names(rooms)
    with broker() as (name, port), Program("bench.flood", str(rooms)) as simulator:
        env = SETTINGS | urls_of(simulator)
        env |= {"TIKTOK2MQTT_ROOMS": ",".join(names), "TIKTOK2MQTT_MAX_ROOMS": str(rooms)}
        with (
            Listener(port, _CHATS) as chats,
            Program("tiktok2mqtt", "run", "--mqtt-port", str(port), env=env) as daemon,
        ):
            # A flood of nothing: answered when the daemon is in the rooms.
            simulator.ask("0 0 1 few")
            yield Stage(name, port, simulator, daemon, chats)


def urls_of(simulator: Program) -> dict[str, str]:
    """Return the settings that make a daemon ask a simulator, of the line that it prints."""
    urls = zip(("WEB_URL", "WEBCAST_URL", "SOCKET_URL"), simulator.line().split(), strict=True)
    return {f"TIKTOK2MQTT_TIKTOK__{key}": url for key, url in urls}


@contextlib.contextmanager
def _bare_loop(running: Stage) -> Iterator[Program]:
    """Run the bare loop over the payloads that arrived last."""
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(b"\n".join(payload for payload, _ in running.chats.received))
        topic = f"tiktok/{flood.room_names(1)[0]}/chat"
        with Program("bench.paho_loop", str(running.port), topic, file.name) as bare:
            bare.line()
            yield bare


def age_ms(payload: bytes, at: float) -> float:
    return (at - datetime.fromisoformat(orjson.loads(payload)["ts"]).timestamp()) * 1000


def _dropped(port: int) -> int:
    """Ask the daemon how many messages it has shed."""
    request, answer = _HEALTH
    with Listener(port, answer) as answers:
        answers.expect(1)
        answers.publish(request, b"")
        answers.wait()
        if not answers.received:
            raise TimeoutError("the daemon does not answer health_check")
        return int(orjson.loads(answers.received[0][0])["data"]["dropped"])
