"""Latency of chats while a client floods the daemon with commands, of which almost all are over the limit.

`python -m bench.commands PORT` is that client: each line of standard input, `<seconds>`, is answered with the number of
commands it has sent in that time.
"""

import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from bench import isolation_service as service
from bench.end_to_end import SETTINGS, latency_ms, simulator_settings
from bench.figures import p99, spread, table
from bench.processes import Program, broker
from bench.subscriber import Subscriber

COMMANDS_PER_S: Final = 8_000
_TOPICS: Final = ("tiktok/bridge/request/list", "tiktok/bridge/request/nonsense")
_PAUSE_S: Final = 0.002
_HEALTH_INTERVAL_S: Final = 0.2
_QUIET, _FLOODED = "no commands", f"{COMMANDS_PER_S:,} commands/s"


@dataclass(frozen=True, slots=True)
class Period:
    """One period: the latency of each chat, the commands, and the health documents that came meanwhile."""

    latencies_ms: list[float]
    commands: int
    documents: int


def measure(rounds: int, seconds: float) -> dict[str, list[Period]]:
    """Run four rooms for `seconds`, alternately without and with the flood; return the periods of both."""
    result: dict[str, list[Period]] = {_QUIET: [], _FLOODED: []}
    chats = [f"tiktok/{room}/chat" for room in service.QUIET_ROOMS]
    with (
        broker() as (_, port),
        Program("bench.isolation_service") as simulator,
        Program("bench.commands", str(port)) as client,
        Subscriber(port, *chats) as subscriber,
        Subscriber(port, "tiktok/bridge/health") as health,
        Program("tiktok2mqtt", "run", "--mqtt-port", str(port), env=_settings(simulator)),
    ):
        for _ in range(rounds):
            for name, periods in result.items():
                subscriber.expect(round(service.CHATS_PER_S * seconds) * len(service.QUIET_ROOMS))
                health.expect(0)
                commands: list[int] = []
                flood = threading.Thread(target=lambda sent=commands: sent.append(int(client.request(str(seconds)))))
                if name == _FLOODED:
                    flood.start()
                simulator.request(f"{service.QUIET} {seconds}")
                subscriber.wait()
                documents = len(health.received)
                if name == _FLOODED:
                    flood.join()
                latencies = [latency_ms(payload, at) for payload, at in subscriber.received]
                periods.append(Period(latencies, sum(commands), documents))
    return result


def _settings(simulator: Program) -> dict[str, str]:
    own = {
        "TIKTOK2MQTT_ROOMS": ",".join((*service.QUIET_ROOMS, service.NOISY_ROOM)),
        "TIKTOK2MQTT_LOG__LEVEL": "error",
        "TIKTOK2MQTT_HEALTH_INTERVAL": str(_HEALTH_INTERVAL_S),
    }
    return SETTINGS | simulator_settings(simulator) | own


def report(result: dict[str, list[Period]]) -> str:
    """Return a table with one row without and one with the flood."""
    head = ("", "commands", "chats", "p99 ms", "health documents")
    return table(head, [_row(name, periods) for name, periods in result.items()])


def _row(name: str, periods: Sequence[Period]) -> tuple[str, ...]:
    commands, chats = sum(one.commands for one in periods), sum(len(one.latencies_ms) for one in periods)
    p99s = spread([p99(one.latencies_ms) for one in periods])
    return name, f"{commands:,}", f"{chats:,}", p99s, str(sum(one.documents for one in periods))


def main() -> None:
    client = mqtt.Client(CallbackAPIVersion.VERSION2)
    client.connect("127.0.0.1", int(sys.argv[1]))
    client.loop_start()
    for line in sys.stdin:
        print(_flood(client, float(line)), flush=True)


def _flood(client: mqtt.Client, seconds: float) -> int:
    start, sent = time.monotonic(), 0
    while (passed := time.monotonic() - start) < seconds:
        while sent < passed * COMMANDS_PER_S:
            client.publish(_TOPICS[sent % len(_TOPICS)], b"{}")
            sent += 1
        time.sleep(_PAUSE_S)
    return sent


if __name__ == "__main__":
    main()
