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
from typing import Final

import orjson

from bench import flood
from bench.listener import Listener
from bench.processes import Program, broker

_CHAT: Final = f"tiktok/{flood.ROOM}/chat"
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
    rss_bytes: int = 0
    flat_out: Contest = field(default_factory=Contest)
    paced: Contest = field(default_factory=Contest)
    latencies_ms: list[float] = field(default_factory=list)
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class _Stage:
    """What runs while it is measured."""

    port: int
    simulator: Program
    daemon: Program
    chats: Listener

    def flood(self, count: int, rate: float = 0) -> Run:
        """Send chats through the daemon: `rate` frames of one chat a second, or as many as it reads."""
        request = f"{count} {rate} {1 if rate else _BATCH}"
        return self._run(self.daemon, count, lambda: self.simulator.ask(request))

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
    with _stage() as (stage, result):
        result.rss_bytes = stage.daemon.rss_bytes()
        stage.flood(count)
        with _bare_loop(stage) as bare:
            stage.flood_bare(bare, count)
            for _ in range(rounds):
                result.flat_out.daemon.append(stage.flood(count))
                result.flat_out.bare.append(stage.flood_bare(bare, count))
            for _ in range(rounds):
                result.paced.daemon.append(stage.flood(few, rate))
                result.latencies_ms += [age_ms(payload, at) for payload, at in stage.chats.received]
                result.paced.bare.append(stage.flood_bare(bare, few, rate))
        result.dropped = _dropped(stage.port)
    return result


@contextlib.contextmanager
def _stage() -> Iterator[tuple[_Stage, Result]]:
    with broker() as (name, port), Program("bench.flood") as simulator:
        env = SETTINGS | urls_of(simulator) | {"TIKTOK2MQTT_ROOMS": flood.ROOM}
        with (
            Listener(port, _CHAT) as chats,
            Program("tiktok2mqtt", "run", "--mqtt-port", str(port), env=env) as daemon,
        ):
            # A flood of nothing: answered when the daemon is in the room.
            simulator.ask("0 0 1")
            yield _Stage(port, simulator, daemon, chats), Result(name)


def urls_of(simulator: Program) -> dict[str, str]:
    """Return the settings that make a daemon ask a simulator, of the line that it prints."""
    urls = zip(("WEB_URL", "WEBCAST_URL", "SOCKET_URL"), simulator.line().split(), strict=True)
    return {f"TIKTOK2MQTT_TIKTOK__{key}": url for key, url in urls}


@contextlib.contextmanager
def _bare_loop(stage: _Stage) -> Iterator[Program]:
    """Run the bare loop over the payloads that arrived last."""
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(b"\n".join(payload for payload, _ in stage.chats.received))
        with Program("bench.bare", str(stage.port), _CHAT, file.name) as bare:
            bare.line()
            yield bare


def age_ms(payload: bytes, at: float) -> float:
    """Return how old an event was when it arrived `at`, in seconds since 1970."""
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
