"""Waiting for what other threads and processes do."""

import time
from collections.abc import Callable


def until(predicate: Callable[[], object], timeout: float = 10.0) -> None:
    """Return as soon as `predicate()` is true; AssertionError after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while not predicate():
        assert time.monotonic() < deadline, f"waited {timeout:g} s in vain"
        time.sleep(0.01)
