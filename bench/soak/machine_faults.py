"""Faults of the machine that the daemon runs on, and of those who send it commands."""

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Final

from bench.soak.clock import set_clock
from bench.soak.disk import fill
from bench.soak.records import Records

_DAY_S: Final = 24 * 3600.0
# How fast the clock may be.
_CLOCKS_S: Final = (0.0, 60.0, -60.0, 3 * _DAY_S, -3 * _DAY_S, 400 * _DAY_S, -30 * 365 * _DAY_S)
_MAX_FULL_S: Final = 20.0
_FLOOD: Final = 1_000
_COMMANDS: Final = (
    ("list", b"{}"),
    ("x" * 200, b"{}"),
    ("add", b"[" * 5_000),
    ("connect", b"{"),
    ("status", b'{"a":1}'),
)
_FILES: Final = ("state.sqlite", "state.sqlite-wal")
# Health is published once a second.
_REPORTS: Final = 2


class MachineFaults:
    """Injects faults at random, and counts them in `count`.

    `state` is the folder of the daemon, on a file system of its own if `is_small_disk`; `is_open(path)` returns whether
    the daemon has a file open; `clock` is for bench.soak.clock; `publish(topic, payload)` sends a command.
    """

    def __init__(  # noqa: PLR0913 - what can fail
        self,
        rng: random.Random,
        count: Counter[str],
        records: Records,
        publish: Callable[[str, bytes], object],
        is_open: Callable[[Path], bool],
        *,
        state: Path,
        clock: Path,
        is_small_disk: bool,
    ) -> None:
        self._rng = rng
        self._count = count
        self._records = records
        self._publish = publish
        self._is_open = is_open
        self._state = state
        self._clock = clock
        self._filled: Path | None = None
        self._full_until = 0.0
        self._was_full = False
        self._is_deleted = False
        self._faults: list[tuple[str, Callable[[float], bool]]] = [
            ("clock set", self._set_clock),
            ("database deleted", self._delete),
            (f"{_FLOOD:,} commands at once", self._send_commands),
        ]
        if is_small_disk:
            self._faults.append(("disk full", self._fill))

    def inject(self, now: float) -> None:
        """Inject a fault, unless the disk is still full."""
        if self._filled is None:
            name, fault = self._rng.choice(self._faults)
            if fault(now):
                self._count[name] += 1

    def _set_clock(self, _now: float) -> bool:
        set_clock(self._clock, self._rng.choice(_CLOCKS_S))
        return True

    def _delete(self, _now: float) -> bool:
        if not self._all_open():
            # Nobody could know any more what was in it.
            return False
        for name in self._rng.choice((_FILES, _FILES[:1], _FILES[1:])):
            (self._state / name).unlink(missing_ok=True)
        self._is_deleted = True
        return True

    def _send_commands(self, _now: float) -> bool:
        for _ in range(_FLOOD):
            command, payload = self._rng.choice(_COMMANDS)
            self._publish(f"tiktok/bridge/request/{command}", payload)
        return True

    def _fill(self, now: float) -> bool:
        self._filled = fill(self._state)
        self._full_until = now + self._rng.uniform(1.0, _MAX_FULL_S)
        self._was_full = True
        return True

    def end_expired(self, now: float) -> None:
        """Empty the disk when it has been full for long enough."""
        if self._filled is not None and now >= self._full_until:
            self._filled.unlink()
            self._filled = None
            self._records.forget_reports()

    def end_all(self) -> None:
        """End all faults."""
        self.end_expired(float("inf"))

    def allows_kill(self) -> bool:
        """Return whether nothing may be lost now if the daemon is killed.

        While the disk is full, events wait in memory alone, and a deleted file is created again within seconds.
        """
        if self._filled is not None or (self._is_deleted and not self._all_open()):
            return False
        if self._was_full and self._records.good_reports < _REPORTS:
            return False
        self._was_full = self._is_deleted = False
        return True

    def _all_open(self) -> bool:
        return all(self._is_open(self._state / name) for name in _FILES)
