import logging
import signal
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    """Restore signal handlers and logging, which commands set up for the whole process."""
    root, websocket = logging.getLogger(), logging.getLogger("websocket")
    handlers, levels = root.handlers[:], (root.level, websocket.level)
    signals = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    yield
    root.handlers[:] = handlers
    for logger, level in zip((root, websocket), levels, strict=True):
        logger.setLevel(level)
    for number, handler in signals.items():
        signal.signal(number, handler)
