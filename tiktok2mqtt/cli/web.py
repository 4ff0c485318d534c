"""`tiktok2mqtt web`: the page, overlays, feed and metrics, as a client of the broker."""

import asyncio
import logging
import sys
from contextlib import suppress

from tiktok2mqtt.cli.logs import setup_logging
from tiktok2mqtt.cli.terminal import DONE, FAILED, missing_extra
from tiktok2mqtt.settings import Settings, SettingsError

logger = logging.getLogger(__name__)
_PACKAGES = ("aiohttp", "aiohttp_sse", "prometheus_client")


def web(settings: Settings) -> int:
    """Serve until SIGTERM or Ctrl-C; return the exit status. Raises SettingsError."""
    try:
        from tiktok2mqtt.web.server import serve  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if error.name not in _PACKAGES:
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
