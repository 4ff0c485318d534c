"""Tries to connect to one room step by step, so that users see which step fails. The results contain no secrets."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final

from tiktok2mqtt.common.checks import Step, step
from tiktok2mqtt.common.errors import RoomEnded, RoomError, RoomNotFound, WebcastError, WrongRoom
from tiktok2mqtt.common.text import safe_text
from tiktok2mqtt.common.times import Deadline
from tiktok2mqtt.webcast.lookup import pages
from tiktok2mqtt.webcast.lookup.provider import SignProvider
from tiktok2mqtt.webcast.lookup.resolution import Resolution, merge_findings
from tiktok2mqtt.webcast.lookup.rooms import RoomLookup
from tiktok2mqtt.webcast.net.http import HttpClient
from tiktok2mqtt.webcast.net.options import Options
from tiktok2mqtt.webcast.transports.base import Transport
from tiktok2mqtt.webcast.transports.direct import DirectTransport
from tiktok2mqtt.webcast.transports.fallback import FACTORIES

_RECEIVE_S: Final = 1.0
_TITLE_CHARS: Final = 80


def probe(room: str, options: Options) -> Iterator[Step]:
    """Look up a room and, if it is live, try each transport of the options; yield each step when it is done.

    The decisive steps are `status`, which sums up the lookups, and `connection`, which sums up the transports. A room
    that is not live is not a failure. Blocks in HTTP requests and sockets, each at most for `connect_timeout_s`.
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
        self._lookup = RoomLookup(http, options)
        self._findings: list[pages.Finding] = []
        # The service's clear answer that there is nothing to connect to.
        self._refusal: RoomError | WrongRoom | None = None

    def steps(self) -> Iterator[Step]:
        if "signed" in self._options.usable_transports:
            provider = SignProvider(self._http, self._options)
            yield _try("sign provider", provider.rate_limits)
        if (given := self._options.room_id) is not None:
            self._findings.append(pages.Finding(given, live=None))
        else:
            yield _try("live page", lambda: self._fetch(self._lookup.live_page))
            yield _try("api-live", lambda: self._fetch(self._lookup.api_live))
        resolution = merge_findings(self._findings)
        yield self._status(resolution)
        if self._refusal is not None or resolution.live is False or resolution.room_id is None:
            return
        room_id = resolution.room_id
        yield _try("room info", lambda: self._room_info(room_id))
        if self._refusal is None:
            yield from self._transports(room_id)
        else:
            yield Step("connection", isinstance(self._refusal, RoomEnded), 0.0, f"not tried: {self._refusal}")

    def _fetch(self, fetch: Callable[[str], pages.Finding]) -> str:
        try:
            finding = fetch(self._room)
        except RoomNotFound as error:
            self._refusal = error
            raise
        self._findings.append(finding)
        live = {True: "live", False: "not live", None: "live status unknown"}[finding.live]
        return f"{live}, room id {finding.room_id}" if finding.room_id else live

    def _status(self, resolution: Resolution) -> Step:
        ok = True
        if self._refusal is not None and self._findings:
            self._refusal = None
            ok, detail = False, "unknown: TikTok's pages disagree whether the user exists"
        elif self._refusal is not None:
            ok, detail = False, f"{self._refusal}; is the name right?"
        elif self._options.room_id is not None:
            detail = "not looked up: the room id was given"
        elif resolution.live is False:
            detail = "not live; a connection can be tried only during a LIVE"
        elif resolution.room_id is None:
            ok, detail = False, "TikTok does not say whether the room is live; nothing else can be tried"
        else:
            detail = "live" if resolution.live else "unknown: TikTok's pages disagree whether the room is live"
        return Step("status", ok, 0.0, detail)

    def _room_info(self, room_id: str) -> str:
        try:
            info = self._lookup.room_info(room_id)
            self._lookup.check_host(info, self._room)
        except (RoomError, WrongRoom) as error:
            self._refusal = error
            raise
        title = safe_text(info.title or "no title", _TITLE_CHARS)
        return f"{title}, {'unknown number of' if info.viewers is None else info.viewers} viewers"

    def _transports(self, room_id: str) -> Iterator[Step]:
        started = time.perf_counter()
        working: list[str] = []
        for name in self._options.usable_transports:
            last = None
            for last in self._transport(name, room_id):
                yield last
            if last is not None and last.ok:
                working.append(name)
        seconds = time.perf_counter() - started
        detail = f"works with {', '.join(working)}" if working else f"no transport can connect to {self._room}"
        yield Step("connection", bool(working), seconds, detail)

    def _transport(self, name: str, room_id: str) -> Iterator[Step]:
        """Yield the steps of one transport, up to the first that fails."""
        transport = FACTORIES[name](self._room, room_id, self._http, self._options, Counter())
        actions: list[tuple[str, Callable[[], str]]] = [
            ("connection", lambda: self._open(transport)),
            ("first message", lambda: self._receive(transport)),
        ]
        if name == DirectTransport.name:
            actions.insert(0, ("cookie", self._cookie))
        try:
            for what, action in actions:
                done = _try(f"{name}: {what}", action)
                yield done
                if not done.ok:
                    return
        finally:
            transport.close()

    def _cookie(self) -> str:
        self._lookup.ttwid(self._room, threading.Event().wait)
        return "an anonymous ttwid"

    @staticmethod
    def _open(transport: Transport) -> str:
        transport.open()
        return "a socket" if transport.has_socket else "HTTP requests"

    def _receive(self, transport: Transport) -> str:
        timeout_s = self._options.connect_timeout_s
        deadline = Deadline(timeout_s)
        while remaining_s := deadline.remaining_s():
            if (response := transport.receive(min(remaining_s, _RECEIVE_S))) is not None:
                return f"{len(response.messages)} messages" if response.messages else "an answer without messages"
        return f"connected, but nothing was received in {timeout_s:g} s"


def _try(name: str, action: Callable[[], str]) -> Step:
    return step(name, action, (WebcastError,), _describe, decisive=False)


def _describe(error: Exception) -> str:
    return f"{error} ({error.code})" if isinstance(error, WebcastError) else str(error)
