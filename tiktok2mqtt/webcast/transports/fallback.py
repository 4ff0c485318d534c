"""Tries the transports in order until one connects."""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from tiktok2mqtt.common.errors import NetworkError, ProviderLimited, RoomError, WebcastError
from tiktok2mqtt.webcast.net.http import HttpClient
from tiktok2mqtt.webcast.net.options import Options
from tiktok2mqtt.webcast.transports.base import Transport
from tiktok2mqtt.webcast.transports.browser import BrowserTransport
from tiktok2mqtt.webcast.transports.direct import DirectTransport
from tiktok2mqtt.webcast.transports.polling import PollingTransport
from tiktok2mqtt.webcast.transports.signed import SignedTransport

logger = logging.getLogger(__name__)
_MIN_TIMEOUT_S: Final = 0.1
_Factory = Callable[[str, str, HttpClient, Options, Counter[str]], Transport]
FACTORIES: Final[Mapping[str, _Factory]] = MappingProxyType(
    {transport.name: transport for transport in (DirectTransport, SignedTransport, PollingTransport, BrowserTransport)}
)


class Fallback:
    """Connects to a room with the first transport that works. Used by one thread, except `interrupt`.

    The transport that worked last is tried first, as long as the room id stays the same; `name` is its name, or that
    of the first transport in the options if none has worked yet. `stopping` is set before `interrupt` is called. The
    sign provider is not asked again before the time it has requested.
    """

    def __init__(
        self, room: str, http: HttpClient, options: Options, dropped: Counter[str], stopping: threading.Event
    ) -> None:
        self.name = options.usable_transports[0]
        # The present user name of the host.
        self.host = self._room = room
        self._http = http
        self._options = options
        self._dropped = dropped
        self._stopping = stopping
        self._last_room_id: str | None = None
        self._current: Transport | None = None
        self._provider_retry_at = 0.0
        # The transports that the last `open` has tried in vain.
        self.failures: list[tuple[str, WebcastError]] = []

    def open(self, room_id: str, deadline: float | None = None) -> Transport:
        """Return an open transport. The caller must call `close`, even if this raises.

        A transport has `connect_timeout_s` for each of its steps. With a `deadline` (monotonic, in seconds) it has half
        of the time that is left, the last one all of it.
        Raises RoomError as soon as a transport raises one. If all transports fail, raises the error of the first one,
        with the longest `retry_after_s` of all errors. ProviderLimited counts only if nothing else was tried, since the
        provider's limit does not apply to the other transports.
        """
        failures = self.failures = []
        names = self._order(room_id)
        for left, name in zip(range(len(names), 0, -1), names, strict=True):
            try:
                transport = self._try(name, room_id, self._options_until(deadline, 1.0 if left == 1 else 0.5))
            except WebcastError as error:
                self.close()
                if self._stopping.is_set() or isinstance(error, RoomError):
                    raise
                if isinstance(error, ProviderLimited):
                    self._provider_retry_at = time.monotonic() + (error.retry_after_s or error.min_delay_s)
                failures.append((name, error.without_traceback()))
                logger.info("%s: transport %s failed: %s", self._room, name, error)
            else:
                self.name, self._last_room_id = name, room_id
                return transport
        # Kept, its traceback would refer to this frame.
        self.failures = []
        errors = [error for _, error in failures]
        others = [error for error in errors if not isinstance(error, ProviderLimited)] or errors
        first = others[0]
        first.retry_after_s = max((error.retry_after_s for error in others if error.retry_after_s), default=None)
        raise first

    def _order(self, room_id: str) -> list[str]:
        names = self._options.usable_transports
        return sorted(names, key=lambda name: name != self.name) if self._last_room_id == room_id else names

    def _options_until(self, deadline: float | None, share: float) -> Options:
        if deadline is None:
            return self._options
        left_s = share * max(_MIN_TIMEOUT_S, deadline - time.monotonic())
        return replace(self._options, connect_timeout_s=min(self._options.connect_timeout_s, left_s))

    def _try(self, name: str, room_id: str, options: Options) -> Transport:
        transport = self._current = FACTORIES[name](self.host, room_id, self._http, options, self._dropped)
        # Checked after `_current` is set, so that either this check or `interrupt` takes effect.
        if self._stopping.is_set():
            raise NetworkError("disconnected while connecting")
        wait_s = self._provider_retry_at - time.monotonic()
        if name == SignedTransport.name and wait_s > 0:
            raise ProviderLimited("the rate limit of the sign provider has not reset yet", retry_after_s=wait_s)
        transport.open()
        return transport

    def interrupt(self) -> None:
        """Make `open`, or the open transport, raise soon. Called from another thread, after `stopping` was set."""
        if (transport := self._current) is not None:
            transport.interrupt()

    def close(self) -> None:
        """Close the current transport, if any."""
        if self._current is not None:
            self._current.close()
            self._current = None
