"""An asyncio loop on its own thread, called from other threads."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

T = TypeVar("T")
_STOP_TIMEOUT_S: Final = 5.0


class LoopThread:
    """The thread `tiktok2mqtt simulator`; its owner starts and joins it with `start` and `stop`.

    It blocks only in the loop's select. `call` may be used from any other thread.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    @property
    def inside(self) -> bool:
        """Whether the caller is on the loop's thread."""
        return threading.current_thread() is self._thread

    def start(self, on_error: Callable[[BaseException], None]) -> None:
        """Start the thread; `on_error` gets exceptions that no task awaited."""
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ready, on_error), name=self._name, daemon=True)
        self._thread.start()
        ready.wait()

    def call(self, work: Coroutine[Any, Any, T]) -> T:
        """Run `work` on the loop and wait for its result. Raises RuntimeError if the loop is not running."""
        # Work submitted before `stop` runs before the loop ends, or is cancelled by it.
        with self._lock:
            loop = self._loop
            if loop is None or self.inside:
                work.close()
                raise RuntimeError("called from its own thread" if self.inside else "the simulator is not running")
            submitted = asyncio.run_coroutine_threadsafe(work, loop)
        try:
            return submitted.result()
        except CancelledError:
            raise RuntimeError("the simulator was stopped") from None

    def stop(self) -> None:
        """Cancel what still runs, end the thread and join it. Does nothing if it is not running."""
        with self._lock:
            loop, self._loop = self._loop, None
            if loop is not None:
                loop.call_soon_threadsafe(loop.stop)
        if self._thread is not None:
            self._thread.join(_STOP_TIMEOUT_S)

    def _run(self, ready: threading.Event, on_error: Callable[[BaseException], None]) -> None:
        with asyncio.Runner() as runner:
            loop = runner.get_loop()
            loop.set_exception_handler(lambda _, context: _report(context, on_error))
            self._loop = loop
            ready.set()
            loop.run_forever()


def _report(context: dict[str, Any], on_error: Callable[[BaseException], None]) -> None:
    error = context.get("exception")
    # A peer that disconnects is not an error.
    if not isinstance(error, ConnectionError):
        on_error(error or RuntimeError(context["message"]))
