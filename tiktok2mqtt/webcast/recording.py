"""A LIVE in a file, and back: the service's responses as they came, with the time of each.

The file is text, one JSON object a line. The first is {"format": "tiktok2mqtt-recording", "version": 1, "room",
"room_id"}, each further one {"at": seconds since the first, "response": a FetchResponse in base64}. A file whose end is
missing is good up to there.
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

from tiktok2mqtt.common.errors import NetworkError, RoomOffline, StatusUnknown
from tiktok2mqtt.common.names import clean_room_name
from tiktok2mqtt.webcast.events.registry import Event
from tiktok2mqtt.webcast.events.rows import REGISTRY
from tiktok2mqtt.webcast.lookup.rooms import Rooms
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
    """A file that is no recording of ours, or a line of it that cannot be read."""


class Recorder:
    """Hears one room and writes what it hears into `file`, a line at once for each response.

    `run` blocks, in HTTP requests and a socket; `interrupt` ends it, from another thread or a signal handler.
    """

    def __init__(self, room: str, options: Options, file: IO[bytes]) -> None:
        self._room = room
        self._file = file
        self._stopping = threading.Event()
        self._http = HttpClient(options)
        self._rooms = Rooms(self._http, options)
        self._transports = Fallback(room, self._http, options, Counter(), self._stopping)
        self.responses = 0

    def run(self, on_opened: Callable[[str], object]) -> None:
        """Record until `interrupt`; `on_opened` is told the transport. Raises WebcastError when the room is lost.

        RoomOffline when nobody is live. What was written until then stays.
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
        room_id = self._live_room_id()
        transport = self._transports.open(room_id)
        on_opened(transport.name)
        self._write({"format": FORMAT, "version": VERSION, "room": self._room, "room_id": room_id})
        began = time.monotonic()
        while not self._stopping.is_set():
            response = transport.receive(TICK_S)
            if response is not None:
                packed = base64.b64encode(response.SerializeToString()).decode()
                self._write({"at": round(time.monotonic() - began, 3), "response": packed})
                self.responses += 1

    def _live_room_id(self) -> str:
        resolution = self._rooms.resolve(self._room)
        if resolution.live is False:
            raise RoomOffline(f"{self._room} is not live")
        if resolution.room_id is None:
            raise StatusUnknown(f"TikTok named no room of {self._room}")
        return resolution.room_id

    def _write(self, line: dict[str, Any]) -> None:
        self._file.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
        self._file.flush()

    def interrupt(self) -> None:
        """Make `run` return soon."""
        self._stopping.set()
        self._transports.interrupt()


@dataclass(frozen=True, slots=True)
class Recording:
    """What was recorded: the room, and the responses with their times in seconds, read one by one."""

    room: str
    room_id: str
    responses: Iterator[tuple[float, FetchResponse]]

    def events(self, wait: Callable[[float], bool], speed: float = 1.0) -> Iterator[Event]:
        """Yield the events of the recording, at the times at which they came, `speed` times as fast.

        They are made as those of a LIVE are, say `"source": "replay"`, and keep ids and times. `wait(seconds)` waits,
        and says whether to stop. Raises RecordingError.
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
    """Open a recording; `room` renames its room. Raises RecordingError when it is none."""
    lines = iter(file)
    try:
        head = orjson.loads(next(lines, b""))
    except orjson.JSONDecodeError:
        head = None
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise RecordingError("this is no recording: its first line does not say so")
    if head.get("version") != VERSION:
        raise RecordingError(f"this recording is not of version {VERSION}")
    try:
        name = clean_room_name(room or str(head.get("room")))
    except ValueError as error:
        raise RecordingError(str(error)) from None
    return Recording(name, str(head.get("room_id")), _responses(lines))


def _responses(lines: Iterator[bytes]) -> Iterator[tuple[float, FetchResponse]]:
    for number, line in enumerate(lines, start=2):
        if not line.endswith(b"\n"):
            # Whoever wrote it was stopped in the middle.
            return
        try:
            entry = orjson.loads(line)
            at, packed = float(entry["at"]), base64.b64decode(entry["response"], validate=True)
            yield at, FetchResponse.FromString(packed)
        except (ValueError, TypeError, KeyError, binascii.Error, DecodeError) as error:
            raise RecordingError(f"line {number} of the recording cannot be read") from error
