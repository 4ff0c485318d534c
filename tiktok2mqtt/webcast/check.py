"""Tries the way to one room step by step, so that a user sees where it ends. Nothing it says holds a secret."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final

from tiktok2mqtt.common.checks import Step, step
from tiktok2mqtt.common.errors import RoomEnded, RoomError, RoomNotFound, WebcastError
from tiktok2mqtt.common.text import safe_text
from tiktok2mqtt.webcast.lookup import pages
from tiktok2mqtt.webcast.lookup.rooms import Resolution, Rooms, merge_findings
from tiktok2mqtt.webcast.net.http import HttpClient
from tiktok2mqtt.webcast.net.options import Options
from tiktok2mqtt.webcast.transports.base import Transport
from tiktok2mqtt.webcast.transports.direct import DirectTransport
from tiktok2mqtt.webcast.transports.fallback import FACTORIES

# Between two looks at whether a message has come.
_SLICE_S: Final = 1.0
_TITLE_CHARS: Final = 80


def probe(room: str, options: Options) -> Iterator[Step]:
    """Look up a room, and, if it is live, try each transport of the options; yield each step when it is done.

    Decisive are `status`, which is about the look-ups together, and `way in`, about the transports together. A room
    that is not live is no failure. Blocks in HTTP requests and sockets; each is bounded by `connect_timeout_s`.
    """
    http = HttpClient(options)
    try:
        yield from _Probe(room, options, http).steps()
    finally:
        http.close()


class _Probe:
    def __init__(self, room: str, options: Options, http: HttpClient) -> None:
        self._room = room
        self._options = options
        self._http = http
        self._rooms = Rooms(http, options)
        self._findings: list[pages.Finding] = []
        # The service's clear no, if it gave one.
        self._no: RoomError | None = None

    def steps(self) -> Iterator[Step]:
        yield _try("live page", lambda: self._look(self._rooms.live_page))
        yield _try("api-live", lambda: self._look(self._rooms.api_live))
        resolution = merge_findings(self._findings)
        yield self._status(resolution)
        if self._no is not None or resolution.live is False or resolution.room_id is None:
            return
        room_id = resolution.room_id
        yield _try("room info", lambda: self._room_info(room_id))
        if self._no is None:
            yield from self._transports(room_id)
        else:
            yield Step("way in", isinstance(self._no, RoomEnded), 0.0, f"not tried: {self._no}")

    def _look(self, look: Callable[[str], pages.Finding]) -> str:
        try:
            finding = look(self._room)
        except RoomNotFound as error:
            self._no = error
            raise
        self._findings.append(finding)
        return _words(finding)

    def _status(self, resolution: Resolution) -> Step:
        ok = True
        if self._no is not None:
            ok, words = False, f"{self._no}; is the name right?"
        elif resolution.live is False:
            words = "not live; the ways into it can be tried when it is"
        elif resolution.room_id is None:
            ok, words = False, "TikTok does not say whether it is live; nothing else can be tried"
        else:
            words = "live" if resolution.live else "unknown: TikTok's pages disagree whether it is live"
        return Step("status", ok, 0.0, words)

    def _room_info(self, room_id: str) -> str:
        try:
            info = self._rooms.room_info(room_id)
        except RoomError as error:
            self._no = error
            raise
        title = safe_text(info.title or "no title", _TITLE_CHARS)
        viewers = f"{info.viewers} viewers" if info.viewers is not None else "unknown how many viewers"
        return f"{title}, {viewers}"

    def _transports(self, room_id: str) -> Iterator[Step]:
        began = time.perf_counter()
        ways: list[str] = []
        for name in self._options.usable_transports:
            last = None
            for last in self._transport(name, room_id):
                yield last
            if last is not None and last.ok:
                ways.append(name)
        seconds = time.perf_counter() - began
        words = f"{self._room} can be heard by {', '.join(ways)}" if ways else f"no way leads into {self._room}"
        yield Step("way in", bool(ways), seconds, words)

    def _transport(self, name: str, room_id: str) -> Iterator[Step]:
        """Yield the steps of one transport up to the first that fails."""
        transport = FACTORIES[name](self._room, room_id, self._http, self._options, Counter())
        acts: list[tuple[str, Callable[[], str]]] = [
            ("connection", lambda: self._open(transport)),
            ("first message", lambda: self._receive(transport)),
        ]
        if name == DirectTransport.name:
            acts.insert(0, ("cookie", self._cookie))
        try:
            for what, act in acts:
                done = _try(f"{name}: {what}", act)
                yield done
                if not done.ok:
                    return
        finally:
            transport.close()

    def _cookie(self) -> str:
        self._rooms.ttwid(self._room, threading.Event().wait)
        return "an anonymous ttwid"

    @staticmethod
    def _open(transport: Transport) -> str:
        transport.open()
        return "a socket" if transport.has_socket else "HTTP requests"

    def _receive(self, transport: Transport) -> str:
        patience_s = self._options.connect_timeout_s
        end = time.monotonic() + patience_s
        while (left_s := end - time.monotonic()) > 0:
            if (response := transport.receive(min(left_s, _SLICE_S))) is not None:
                return f"{len(response.messages)} messages" if response.messages else "an answer without messages"
        return f"connected, and nothing was said for {patience_s:g} s"


def _try(name: str, act: Callable[[], str]) -> Step:
    return step(name, act, (WebcastError,), _trouble, decisive=False)


def _trouble(error: Exception) -> str:
    return f"{error} ({error.code})" if isinstance(error, WebcastError) else str(error)


def _words(finding: pages.Finding) -> str:
    live = {True: "live", False: "not live", None: "does not say whether it is live"}[finding.live]
    return f"{live}, room {finding.room_id}" if finding.room_id else live
