"""All that takes part in the soak: simulator, proxy and books here, daemon and broker in processes of their own."""

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

from bench.soak.brokers import Mosquitto, restartable
from bench.soak.daemon import Lives, Vitals, environment
from bench.soak.ledger import Ledger
from bench.soak.mqtt_proxy import MqttProxy
from bench.soak.traffic import Audience
from tiktok2mqtt.cli.broker import EmbeddedBroker
from tiktok2mqtt.simulator import Simulator

STEP_S: Final = 0.02
_CALL_AFTER_S: Final = 1.0
_CONNECT_TOPIC: Final = "tiktok/bridge/request/connect"


@dataclass(slots=True)
class Stage:
    """All that takes part. `samples` are the vitals of the present life by when they were taken."""

    ledger: Ledger
    simulator: Simulator
    audiences: list[Audience]
    broker: Mosquitto | EmbeddedBroker
    proxy: MqttProxy
    lives: Lives
    caller: mqtt.Client
    samples: dict[str, Vitals] = field(default_factory=dict)

    def call_back(self, now: float) -> None:
        """Let the daemon return to rooms at once that it has left for more than a moment, as a user would."""
        for audience in self.audiences:
            if not audience.is_heard and now - audience.unheard_since > _CALL_AFTER_S:
                audience.unheard_since = now
                self.caller.publish(_CONNECT_TOPIC, json.dumps({"room": audience.room.name}))

    def returns(self) -> int:
        """Return how often the daemon has come back to a room."""
        return sum(audience.returns - 1 for audience in self.audiences)

    def wait_until_heard(self, timeout_s: float) -> None:
        """Return when every room is heard. Not while there is traffic, which looks as well."""
        deadline = time.monotonic() + timeout_s
        while True:
            for audience in self.audiences:
                audience.look(time.monotonic())
            if all(audience.is_heard for audience in self.audiences):
                return
            if time.monotonic() > deadline:
                unheard = [audience.room.name for audience in self.audiences if not audience.is_heard]
                raise TimeoutError(f"not heard after {timeout_s:g} s: {', '.join(unheard)}")
            self.call_back(time.monotonic())
            time.sleep(STEP_S)


def chance(seed: int, of: str) -> random.Random:
    """Return what decides about one thing: another one's decisions do not disturb it."""
    return random.Random(f"{seed} {of}")  # noqa: S311 - no secret


@contextlib.contextmanager
def staged(seed: int, rooms: Sequence[str], history: int) -> Iterator[Stage]:
    """Set the stage: a daemon that follows `rooms`, which are live and replay their last `history` messages."""
    ledger = Ledger()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        broker = restartable(folder)
        stack.callback(broker.stop)
        broker.start()
        simulator = stack.enter_context(Simulator())
        proxy = stack.enter_context(MqttProxy(broker.port, ledger.arrive, ledger.arrive))
        audiences = [Audience(simulator.room(name), ledger, chance(seed, name)) for name in rooms]
        for audience in audiences:
            audience.room.go_live()
            audience.room.remember(history)
        caller = mqtt.Client(CallbackAPIVersion.VERSION2)
        caller.reconnect_delay_set(1, 1)
        caller.connect("127.0.0.1", broker.port)
        caller.loop_start()
        stack.callback(caller.loop_stop)
        lives = stack.enter_context(Lives(environment(simulator, proxy.port, list(rooms), folder), folder))
        yield Stage(ledger, simulator, audiences, broker, proxy, lives, caller)
