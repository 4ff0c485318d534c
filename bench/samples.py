"""Sample messages for the benchmarks: from the simulator, and captured ones if there are any.

Captured messages contain text from real people. They are only measured: nothing of them is printed or stored.
"""

import base64
import gzip
import os
import threading
from dataclasses import replace
from pathlib import Path
from typing import Final

import orjson

from tiktok2mqtt.simulator import Simulator
from tiktok2mqtt.simulator.scenarios import BUILT_IN, run_scenario
from tiktok2mqtt.webcast import WebcastPushConnection

Sample = tuple[str, bytes]
_REPOSITORY: Final = Path(__file__).resolve().parent.parent
_STEPS_PER_S: Final = 2_000
_SEED: Final = 1
_TIMEOUT_S: Final = 30


def simulated(count: int) -> list[Sample]:
    """Return at least `count` messages, (type, payload), that a client receives from the scenario `busy`.

    Raises TimeoutError if they do not arrive in time.
    """
    samples: list[Sample] = []
    done = threading.Event()

    def on_message(method: str, payload: bytes) -> None:
        samples.append((method, payload))
        if len(samples) >= count:
            done.set()

    with Simulator() as simulator:
        room = simulator.room("alice")
        room.go_live()
        urls = {name: getattr(simulator, name) for name in ("web_url", "webcast_url", "socket_url")}
        with WebcastPushConnection("alice", **urls).on("raw_data", on_message) as client:
            client.connect()
            timer = threading.Timer(_TIMEOUT_S, done.set)
            timer.start()
            run_scenario(room, replace(BUILT_IN["busy"], live=False), _STEPS_PER_S, done, _SEED)
            timer.cancel()
    if len(samples) < count:
        raise TimeoutError(f"received {len(samples)} of {count} messages within {_TIMEOUT_S} s")
    return samples


def captures_folder() -> Path:
    """Return the folder of captured messages: CAPTURES, or ../shared/captures."""
    return Path(os.environ.get("CAPTURES") or _REPOSITORY.parent / "shared" / "captures")


def captured(folder: Path) -> list[Sample]:
    """Return the messages, (type, payload), of the `*.jsonl.gz` files in a folder: {"method", "payload" in base64}."""
    samples: list[Sample] = []
    for path in sorted(folder.glob("*.jsonl.gz")):
        with gzip.open(path, "rb") as lines:
            records = [orjson.loads(line) for line in lines]
        samples += [(record["method"], base64.b64decode(record["payload"])) for record in records]
    return samples
