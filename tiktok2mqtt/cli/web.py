"""`tiktok2mqtt web`: the page, overlays, feed and metrics, as a client of the broker."""

import asyncio
import logging
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from typing import Final

from tiktok2mqtt.cli.logs import setup_logging
from tiktok2mqtt.cli.terminal import DONE, FAILED, missing_extra
from tiktok2mqtt.settings import Settings, SettingsError

logger = logging.getLogger(__name__)
PACKAGES: Final = ("aiohttp", "aiohttp_sse", "prometheus_client")
_PORTS_TRIED: Final = 20
_START_TIMEOUT_S: Final = 10.0


def web(settings: Settings) -> int:
    """Serve until SIGTERM or Ctrl-C; return the exit status. Raises SettingsError."""
    try:
        from tiktok2mqtt.web.server import serve  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if error.name not in PACKAGES:
            raise
        return missing_extra(error.name.replace("_", "-"), "web")
    setup_logging(settings.log.level, settings.log.format, sys.stderr)
    for warning in settings.warnings:
        logger.warning("%s", warning)
    try:
        with suppress(KeyboardInterrupt):
            asyncio.run(serve(settings, lambda url: logger.info("the page is at %s", url)))
    except OSError as error:
        where = f"{settings.web.listen}:{settings.web.port}"
        logger.error("cannot listen on %s: %s", where, error.strerror)  # noqa: TRY400 - not a bug
        return FAILED
    except ValueError as error:
        raise SettingsError([str(error)]) from error
    return DONE


@contextmanager
def page(settings: Settings) -> Iterator[str]:
    """Serve in a thread until the end of the block, on the first free port; yield the address. For the demo."""
    from tiktok2mqtt.web.server import serve  # noqa: PLC0415

    running: Future[tuple[str, asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def run() -> None:
        loop, stop = asyncio.get_running_loop(), asyncio.Event()
        for port in range(settings.web.port, settings.web.port + _PORTS_TRIED):
            web = settings.web.model_copy(update={"port": port})
            with suppress(OSError):
                started = settings.model_copy(update={"web": web})
                return await serve(started, lambda url: running.set_result((url, loop, stop)), stop)
        running.set_exception(OSError(f"no free port from {settings.web.port}"))
        return None

    thread = threading.Thread(target=asyncio.run, args=(run(),), name="tiktok2mqtt.web", daemon=True)
    thread.start()
    url, loop, stop = running.result(_START_TIMEOUT_S)
    try:
        yield url
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(_START_TIMEOUT_S)
