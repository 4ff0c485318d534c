"""Messages to measure with: from the simulator, and from a folder of captured ones where there is one.

Captured messages hold the words of real people: they are measured, and nothing of them is printed or kept.
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
_STEPS_A_SECOND: Final = 2_000
_SEED: Final = 1
_PATIENCE_S: Final = 30


def simulated(count: int) -> list[Sample]:
    """Return at least `count` messages, (type, payload), as a client hears them while the scenario `party` is played.

    Raises TimeoutError when they do not come.
    """
    samples: list[Sample] = []
    enough = threading.Event()

    def heard(method: str, payload: bytes) -> None:
        samples.append((method, payload))
        if len(samples) >= count:
            enough.set()

    with Simulator() as simulator:
        room = simulator.room("alice")
        room.go_live()
        urls = {name: getattr(simulator, name) for name in ("web_url", "webcast_url", "socket_url")}
        with WebcastPushConnection("alice", **urls).on("raw_data", heard) as client:
            client.connect()
            giving_up = threading.Timer(_PATIENCE_S, enough.set)
            giving_up.start()
            run_scenario(room, replace(BUILT_IN["party"], live=False), _STEPS_A_SECOND, enough, _SEED)
            giving_up.cancel()
    if len(samples) < count:
        raise TimeoutError(f"heard {len(samples)} of {count} messages within {_PATIENCE_S} s")
    return samples


def captures_folder() -> Path:
    """Return where captured messages are looked for: TIKTOK2MQTT_CAPTURES, or ../shared/captures."""
    return Path(os.environ.get("TIKTOK2MQTT_CAPTURES") or _REPOSITORY.parent / "shared" / "captures")


def captured(folder: Path) -> list[Sample]:
    """Return the messages, (type, payload), in the `*.jsonl.gz` files of a folder: {"method", "payload" in base64}."""
    samples: list[Sample] = []
    for path in sorted(folder.glob("*.jsonl.gz")):
        with gzip.open(path, "rb") as lines:
            records = [orjson.loads(line) for line in lines]
        samples += [(record["method"], base64.b64decode(record["payload"])) for record in records]
    return samples
