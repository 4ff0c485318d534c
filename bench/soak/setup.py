"""Sets up the soak test: simulator, proxy and records in this process; daemon and broker as child processes."""

import contextlib
import json
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from bench.soak import clock as clocks
from bench.soak.brokers import Broker, Mosquitto, create_broker
from bench.soak.daemon import DaemonRunner, ProcessStats, environment
from bench.soak.disk import small_disk
from bench.soak.ledger import Live
from bench.soak.mqtt_proxy import MqttProxy
from bench.soak.records import Records
from bench.soak.traffic import RoomTraffic
from tiktok2mqtt.simulator import Simulator

POLL_S: Final = 0.02
_RECONNECT_AFTER_S: Final = 1.0
_DISK_BYTES: Final = 64 * 2**20
_CONNECT_TOPIC: Final = "tiktok/bridge/request/connect"


@dataclass(slots=True)
class Setup:
    """Everything that takes part. `samples` are the stats of the running daemon by the time they were taken.

    `state` is the daemon's folder, on a small disk of its own unless `no_small_disk` says why not. `clock` is the file
    that sets its clock.
    """

    records: Records
    simulator: Simulator
    rooms: list[RoomTraffic]
    broker: Broker
    proxy: MqttProxy
    daemon: DaemonRunner
    client: mqtt.Client
    state: Path
    clock: Path
    no_small_disk: str | None
    samples: dict[str, ProcessStats] = field(default_factory=dict)

    def request_reconnects(self, now: float) -> None:
        """Send a connect command for each room that has been disconnected for a second, instead of waiting."""
        for traffic in self.rooms:
            if not traffic.is_connected and now - traffic.disconnected_at > _RECONNECT_AFTER_S:
                traffic.disconnected_at = now
                self.client.publish(_CONNECT_TOPIC, json.dumps({"room": traffic.room.name}))

    def books(self) -> dict[Live, dict[str, int]]:
        """Return what the simulator has counted in each LIVE."""
        return {live: counted for traffic in self.rooms for live, counted in traffic.books().items()}

    def reconnects(self) -> int:
        """Return how often the daemon has reconnected to a room."""
        return sum(traffic.connects - 1 for traffic in self.rooms)

    def wait_until_connected(self, timeout_s: float) -> None:
        """Return when the daemon is connected to every room. Must not be called while the traffic thread runs."""
        deadline = time.monotonic() + timeout_s
        while True:
            for traffic in self.rooms:
                traffic.update(time.monotonic())
            if all(traffic.is_connected for traffic in self.rooms):
                return
            if time.monotonic() > deadline:
                missing = [traffic.room.name for traffic in self.rooms if not traffic.is_connected]
                raise TimeoutError(f"not connected after {timeout_s:g} s: {', '.join(missing)}")
            self.request_reconnects(time.monotonic())
            time.sleep(POLL_S)


def seeded(seed: int, purpose: str) -> random.Random:
    """Return a random generator for one purpose, so that the others do not change its numbers."""
    return random.Random(f"{seed} {purpose}")  # noqa: S311 - no secret


@contextlib.contextmanager
def start_setup(seed: int, rooms: Sequence[str], history: int) -> Iterator[Setup]:
    """Start a daemon with `rooms`, which are live and replay their last `history` messages."""
    records = Records()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        state, clock = folder / "state", folder / "clock"
        no_small_disk = _enter_small_disk(stack, state)
        broker = create_broker(folder)
        stack.callback(broker.stop)
        broker.start()
        simulator = stack.enter_context(Simulator())
        proxy = stack.enter_context(MqttProxy(broker.port, records.add_delivered, records.add_delivered))
        traffic = [RoomTraffic(simulator.room(name), records, seeded(seed, name)) for name in rooms]
        for one in traffic:
            one.room.go_live()
            one.room.remember(history)
        client = mqtt.Client(CallbackAPIVersion.VERSION2)
        client.reconnect_delay_set(1, 1)
        client.connect("127.0.0.1", broker.port)
        client.loop_start()
        stack.callback(client.loop_stop)
        env = environment(simulator, proxy.port, list(rooms), folder) | {clocks.VARIABLE: str(clock)}
        versions = ("3.1.1", "5") if isinstance(broker, Mosquitto) else ("3.1.1",)
        runner = DaemonRunner(env, folder, module=clocks.__name__, versions=versions)
        daemon = stack.enter_context(runner)
        yield Setup(records, simulator, traffic, broker, proxy, daemon, client, state, clock, no_small_disk)


def _enter_small_disk(stack: contextlib.ExitStack, folder: Path) -> str | None:
    """Make the folder a small disk until the end of `stack`; return why that is not possible, or None."""
    try:
        stack.enter_context(small_disk(folder, _DISK_BYTES))
    except PermissionError as error:
        return str(error)
    return None
