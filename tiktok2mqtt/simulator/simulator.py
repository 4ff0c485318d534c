"""`Simulator`: the service as one object, with its server on its own thread."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, Self

from aiohttp import web

from tiktok2mqtt.simulator.checks import Limits
from tiktok2mqtt.simulator.fault_catalogue import fault_of
from tiktok2mqtt.simulator.handshake import MaskCheckingServer
from tiktok2mqtt.simulator.hub import HISTORY_FRAME
from tiktok2mqtt.simulator.journal import Journal
from tiktok2mqtt.simulator.loop import LoopThread
from tiktok2mqtt.simulator.provider import PREFIX, PROVIDER_FAILURES, Provider
from tiktok2mqtt.simulator.room import Room
from tiktok2mqtt.simulator.service import SOCKET_PATH, Service
from tiktok2mqtt.simulator.shared import Behaviour, Shared
from tiktok2mqtt.simulator.state import World

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from tiktok2mqtt.simulator.faults import Fault
    from tiktok2mqtt.simulator.journal import Request

_SHUTDOWN_S: Final = 1.0
_FETCH_WAYS: Final = ("polling", "upgrade", "empty")


class Simulator:
    """A simulated TikTok LIVE: HTTP endpoints and push sockets on one port.

    Args:
        port: 0 picks a free port.
        host: address to listen on.
        fetch: what `im/fetch/` does: "polling", "upgrade" (messages and an offered socket) or "empty".
        ttwid_on_try: only every n-th request for the anonymous cookie gets one.
        slim: users are written with id, names and picture only.
        flush_s: how long messages are collected into one frame, in seconds.
        limits: how long clients may take for their duties.
        sign_key: the only key that the sign provider accepts; None: it accepts any, and none.
        history_frame: how many messages of history a frame of a socket has at most. By HTTP all come in one body.

    Everything may be called from any thread while the simulator runs; `violations`, `requests` and `check` also later.
    """

    def __init__(  # noqa: PLR0913 - settings, by keyword
        self,
        port: int = 0,
        host: str = "127.0.0.1",
        *,
        fetch: str = "polling",
        ttwid_on_try: int = 1,
        slim: bool = False,
        flush_s: float = 0.005,
        limits: Limits | None = None,
        sign_key: str | None = None,
        history_frame: int = HISTORY_FRAME,
    ) -> None:
        if fetch not in _FETCH_WAYS:
            raise ValueError(f"fetch is one of {', '.join(_FETCH_WAYS)}, not {fetch!r}")
        self.host = host
        self.port = port
        self._behaviour = Behaviour(fetch, ttwid_on_try, slim, flush_s, limits or Limits(), sign_key, history_frame)
        self.journal = Journal()
        self._world = World()
        self._rooms: dict[str, Room] = {}
        self._loop = LoopThread("tiktok2mqtt simulator")
        self._shared: Shared | None = None
        self._provider: Provider | None = None
        self._runner: web.ServerRunner | None = None
        self._watcher: asyncio.Task[None] | None = None

    @property
    def web_url(self) -> str:
        """Stands for `https://www.tiktok.com`."""
        return f"http://{self.host}:{self.port}"

    @property
    def webcast_url(self) -> str:
        """Stands for `https://webcast.tiktok.com/webcast/`."""
        return f"{self.web_url}/webcast/"

    @property
    def socket_url(self) -> str:
        """Stands for the direct push socket."""
        return f"ws://{self.host}:{self.port}{SOCKET_PATH}"

    @property
    def sign_url(self) -> str:
        """Stands for `https://api.eulerstream.com`, a sign provider."""
        return f"{self.web_url}{PREFIX}"

    @property
    def requests(self) -> list[Request]:
        """The last 10,000 requests, including handshakes."""
        return self.journal.requests

    @property
    def violations(self) -> list[str]:
        """What clients did wrong, as sentences that name the room or the path."""
        return self.journal.violations

    def check(self) -> None:
        """Raise AssertionError if there were violations or exceptions within the simulator."""
        self.journal.check()

    def start(self) -> Self:
        """Start to listen. Raises OSError if the port is taken."""
        self._loop.start(self.journal.failure)
        try:
            self._loop.call(self._open())
        except BaseException:
            self._loop.stop()
            raise
        return self

    def stop(self) -> None:
        """Close all sockets and the port, and join the thread. Does nothing if it is not running."""
        if self._runner is not None:
            self._loop.call(self._close())
        self._loop.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def room(self, name: str) -> Room:
        """Return the room of a username; a new room is offline. Raises ValueError for an invalid username."""
        return self._loop.call(self._find_room(name))

    def remove_room(self, name: str) -> None:
        """Remove a user; its sockets are lost."""
        self._loop.call(self._remove_room(name))

    def fail_http(
        self,
        path_part: str,
        status: int | str = 500,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        times: int | None = 1,
    ) -> None:
        """Fail the next `times` requests whose path contains `path_part` ("api-live", "/live", "room/info").

        `status` is an HTTP status or the name of a fault of `fault_catalogue.FAULTS`, which has its own headers and
        body. `times` None means always.
        """
        self._loop.call(self._fail_http(path_part, fault_of(status, headers, body, times)))

    def fail_sign(self, how: str, times: int = 1) -> None:
        """Make the next `times` answers of the sign provider useless, although their status is 200.

        "stub": an empty body; "no cookies": none for the socket; "elsewhere": a socket on a host that is not
        TikTok's. For other statuses use `fail_http("/connect", ...)`.
        """
        if how not in PROVIDER_FAILURES:
            raise ValueError(f"the sign provider can fail with {', '.join(PROVIDER_FAILURES)}, not {how!r}")
        self._loop.call(self._fail_sign([how] * times))

    async def _open(self) -> None:
        shared = self._shared = Shared(self._behaviour, self._world, self.journal)
        service = Service(shared)
        self._provider = service.provider
        runner = web.ServerRunner(MaskCheckingServer(service.handle, access_log=None), shutdown_timeout=_SHUTDOWN_S)
        await runner.setup()
        try:
            await web.TCPSite(runner, self.host, self.port).start()
        except OSError:
            await runner.cleanup()
            raise
        self._runner = runner
        self.port = runner.addresses[0][1]
        shared.socket_url = self.socket_url
        self._watcher = asyncio.create_task(shared.hub.watch())

    async def _close(self) -> None:
        if self._runner is None or self._shared is None or self._watcher is None:
            return
        self._watcher.cancel()
        self._shared.faults.close()
        await self._shared.hub.close()
        await self._runner.cleanup()
        self._runner = None

    async def _find_room(self, name: str) -> Room:
        state = self._world.room(name)
        if self._shared is None:
            raise RuntimeError("the simulator is not running")
        if state.name not in self._rooms:
            self._rooms[state.name] = Room(state, self._shared, self._loop)
        return self._rooms[state.name]

    async def _remove_room(self, name: str) -> None:
        room = self._rooms.pop(name.removeprefix("@").lower(), None)
        if room is not None and self._shared is not None:
            self._world.remove(room.name)
            self._shared.hub.drop(room.state)

    async def _fail_http(self, path_part: str, fault: Fault) -> None:
        if self._shared is not None:
            self._shared.faults.fail_http(path_part, fault)

    async def _fail_sign(self, failures: list[str]) -> None:
        if self._provider is not None:
            self._provider.failures.extend(failures)
