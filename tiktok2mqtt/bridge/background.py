"""Commands that have to wait for TikTok, off the control thread."""

import logging
import threading
from collections.abc import Callable
from typing import Final

from tiktok2mqtt.bridge.commands import CommandError

logger = logging.getLogger(__name__)
MAX_RUNNING: Final = 4


class Background:
    """Runs up to four jobs at once, each in a thread `tiktok2mqtt.command`, which blocks in the job's HTTP requests.

    Nobody joins them: they end with their job, or with the process.
    """

    def __init__(self) -> None:
        self._free = threading.Semaphore(MAX_RUNNING)

    def run(self, job: Callable[[], object]) -> None:
        """Begin a job and return at once. Raises CommandError when as many as may be are running."""
        if not self._free.acquire(blocking=False):
            raise CommandError(f"{MAX_RUNNING} requests of this kind wait for TikTok already; try again later")
        threading.Thread(target=self._run, args=(job,), name="tiktok2mqtt.command", daemon=True).start()

    def _run(self, job: Callable[[], object]) -> None:
        try:
            job()
        except Exception:
            logger.exception("a command failed")
        finally:
            self._free.release()
