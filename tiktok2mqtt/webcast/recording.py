"""Records a LIVE into a file and replays it: the service's responses as received, each with its time.

The file is text, one JSON object per line. The first line is {"format": "tiktok2mqtt-recording", "version": 1, "room",
"room_id"}, each further one {"at": seconds since the start, "response": a FetchResponse in base64}. A file that was cut
off can be read up to there.
"""

import base64
import binascii
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Any, Final

import orjson
from google.protobuf.message import DecodeError

from tiktok2mqtt.common.errors import NetworkError
from tiktok2mqtt.common.text import clean_room_name
from tiktok2mqtt.webcast.events.registry import Event
from tiktok2mqtt.webcast.events.rows import REGISTRY
from tiktok2mqtt.webcast.lookup.rooms import RoomLookup
from tiktok2mqtt.webcast.memory import Drops
from tiktok2mqtt.webcast.net.http import HttpClient
from tiktok2mqtt.webcast.net.options import Options
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchResponse
from tiktok2mqtt.webcast.session import LiveSession
from tiktok2mqtt.webcast.transports.fallback import Fallback

FORMAT: Final = "tiktok2mqtt-recording"
VERSION: Final = 1
SOURCE: Final = "replay"
TICK_S: Final = 1.0


class RecordingError(ValueError):
    """The file is not a recording, or one of its lines cannot be read."""


class Recorder:
    """Connects to one room and writes each response into `file` when it arrives.

    `run` blocks in HTTP requests and in a socket. `interrupt` ends it, from another thread or a signal handler.
    """

    def __init__(self, room: str, options: Options, file: IO[bytes]) -> None:
        self._room = room
        self._file = file
        self._stopping = threading.Event()
        self._http = HttpClient(options)
        self._lookup = RoomLookup(self._http, options)
        self._transports = Fallback(room, self._http, options, Counter(), self._stopping)
        self.messages = 0

    def run(self, on_opened: Callable[[str], object]) -> None:
        """Record until `interrupt`. `on_opened` is called with the name of the transport once connected.

        Raises RoomOffline when the room is not live, and other WebcastErrors, also when the connection is lost. What
        was written until then stays in the file.
        """
        try:
            self._record(on_opened)
        except NetworkError:
            if not self._stopping.is_set():
                raise
        finally:
            self._transports.close()
            self._http.close()

    def _record(self, on_opened: Callable[[str], object]) -> None:
        room_id = self._lookup.live_room_id(self._room)
        transport = self._transports.open(room_id)
        on_opened(transport.name)
        self._write({"format": FORMAT, "version": VERSION, "room": self._room, "room_id": room_id})
        started = time.monotonic()
        while not self._stopping.is_set():
            response = transport.receive(TICK_S)
            if response is not None:
                encoded = base64.b64encode(response.SerializeToString()).decode()
                self._write({"at": round(time.monotonic() - started, 3), "response": encoded})
                self.messages += len(response.messages)

    def _write(self, line: dict[str, Any]) -> None:
        self._file.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
        self._file.flush()

    def interrupt(self) -> None:
        """Make `run` return soon: when the HTTP request that is under way ends, at its timeout at the latest."""
        self._stopping.set()
        self._transports.interrupt()
        self._http.interrupt()


@dataclass(frozen=True, slots=True)
class Recording:
    """The room and its responses with their times in seconds, which are read one by one."""

    room: str
    room_id: str
    responses: Iterator[tuple[float, FetchResponse]]

    def events(self, wait: Callable[[float], bool], speed: float = 1.0) -> Iterator[Event]:
        """Yield the events of the recording with the original pauses, `speed` times as fast.

        They pass the same pipeline as those of a LIVE, have `"source": "replay"`, and keep their ids and times.
        `wait(seconds)` waits and returns whether to stop. Raises RecordingError.
        """
        session = LiveSession(REGISTRY, self.room, self.room_id, wall=time.time, drops=Drops())
        before = 0.0
        for at, response in self.responses:
            if at > before and wait((at - before) / speed):
                break
            before = max(at, before)
            yield from session.tick(before)
            yield from session.process(response, SOURCE, before)
        yield from session.close()


def read_recording(file: Iterable[bytes], room: str | None = None) -> Recording:
    """Open a recording. `room` replaces the name of its room. Raises RecordingError when it is not a recording."""
    lines = iter(file)
    try:
        head = orjson.loads(next(lines, b""))
    except orjson.JSONDecodeError:
        head = None
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise RecordingError("this is not a recording: unknown first line")
    if head.get("version") != VERSION:
        raise RecordingError(f"unsupported version of the recording format; only {VERSION} can be read")
    try:
        name = clean_room_name(room or str(head.get("room")))
    except ValueError as error:
        raise RecordingError(str(error)) from None
    return Recording(name, str(head.get("room_id")), _responses(lines))


def _responses(lines: Iterator[bytes]) -> Iterator[tuple[float, FetchResponse]]:
    for number, line in enumerate(lines, start=2):
        if not line.endswith(b"\n"):
            # The recorder was killed while it wrote this line.
            return
        try:
            entry = orjson.loads(line)
            at, encoded = float(entry["at"]), base64.b64decode(entry["response"], validate=True)
            yield at, FetchResponse.FromString(encoded)
        except (ValueError, TypeError, KeyError, binascii.Error, DecodeError) as error:
            raise RecordingError(f"line {number} of the recording cannot be read") from error
