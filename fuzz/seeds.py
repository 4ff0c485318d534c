"""Writes the initial corpus: messages and pages from the simulator, and typical MQTT requests.

    python -m fuzz.seeds

Existing files are kept. The corpus also has inputs that once broke a target.
"""

import gzip
import hashlib
from collections.abc import Iterator
from pathlib import Path

import requests

from bench.samples import simulated
from fuzz.targets import METHODS
from tiktok2mqtt.bridge.commands import COMMANDS
from tiktok2mqtt.simulator import Simulator
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchMessage, FetchResponse, PushFrame

CORPUS = Path(__file__).parent / "corpus"
_MESSAGES = 400


def main() -> None:
    """Write the files."""
    samples = dict(simulated(_MESSAGES))
    fetched = FetchResponse(
        messages=[FetchMessage(method=method, payload=payload, msg_id=7) for method, payload in samples.items()],
        needs_ack=True,
        internal_ext=b"ext",
    ).SerializeToString()
    for payload in (fetched, gzip.compress(fetched, mtime=0)):
        frame = PushFrame(payload_type="msg", payload_encoding="pb", log_id=9, payload=payload)
        _write("frame", frame.SerializeToString())
    for payload_type in ("hb", "close", "im_enter_room_resp"):
        _write("frame", PushFrame(payload_type=payload_type).SerializeToString())
    _write("unpack", gzip.compress(fetched[:500], mtime=0))
    for method, payload in samples.items():
        _write("message", bytes((METHODS.index(method),)) + payload)
    for body in _pages():
        _write("page", body)
    for number, _ in enumerate(sorted(COMMANDS)):
        for payload in (b'{"room": "alice", "transaction": 1}', b"@alice", b"{}"):
            _write("command", bytes((number,)) + payload)
    _write("command", b"OFF")


def _pages() -> Iterator[bytes]:
    with Simulator() as simulator:
        room_id = simulator.room("alice").go_live()
        for path in (
            "@alice/live",
            "api-live/user/room?uniqueId=alice",
            f"webcast/room/info/?room_id={room_id}",
            f"webcast/gift/list/?room_id={room_id}",
        ):
            yield requests.get(f"{simulator.web_url}/{path}", timeout=10).content


def _write(target: str, data: bytes) -> None:
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)


if __name__ == "__main__":
    main()
