"""Waiting for conditions that other threads and processes bring about."""

import time
from collections.abc import Callable


def until(predicate: Callable[[], object], timeout: float = 30.0) -> None:
    """Return as soon as `predicate()` is true. Raises AssertionError after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while not predicate():
        assert time.monotonic() < deadline, f"still false after {timeout:g} s"
        time.sleep(0.01)
