"""Signals: SIGTERM and SIGINT stop a command; SIGHUP makes the daemon reload its settings.

The daemon takes seconds to import its modules, read its settings and ask the broker for another daemon. A SIGHUP in
that time must not end it, so the signals are held from the start; this module imports nothing that takes time.
"""

import signal
import sys
from collections.abc import Callable
from typing import NoReturn


def on_stop_signal(stop: Callable[[], object]) -> None:
    """Call `stop` on SIGTERM and SIGINT (Ctrl-C)."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop())


def hold_signals() -> None:
    """Until `handle_signals`, let SIGTERM and SIGINT end the process at once, with status 0, and let SIGHUP wait."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _exit)
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})


def _exit(*_: object) -> NoReturn:
    raise SystemExit(0)


def handle_signals(stop: Callable[[], object], reload: Callable[[], object]) -> None:
    """Call `stop` on SIGTERM and SIGINT, and `reload` on SIGHUP, including one that was held.

    Neither may log: the code that a handler interrupts may hold the lock that publishing a log line needs.
    """
    on_stop_signal(stop)
    if sys.platform != "win32":
        signal.signal(signal.SIGHUP, lambda *_: reload())
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP})
