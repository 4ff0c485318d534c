"""Feeds systemd's watchdog only while every thread that carries events goes on."""

import logging
from collections.abc import Callable, Iterable
from typing import Final

from tiktok2mqtt.bridge.health import notify_systemd
from tiktok2mqtt.webcast.pulse import Pulse

logger = logging.getLogger(__name__)
LOOK_S: Final = 1.0


class Watchdog:
    """`pulses()` returns the signs of life of the threads; the control loop, which calls `feed`, needs none."""

    def __init__(self, pulses: Callable[[], Iterable[Pulse]]) -> None:
        self._pulses = pulses
        self._said: list[str] = []
        self._next_look = 0.0

    def stuck(self, now: float) -> list[str]:
        """Return the names of the threads that hang or have died, at `now` in monotonic seconds."""
        return sorted(pulse.name for pulse in self._pulses() if pulse.is_overdue(now))

    def feed(self, now: float) -> None:
        """Tell systemd that all is well, if it is; it ends and starts us anew when it does not hear that for long.

        May be called as often as one likes; it looks once a second.
        """
        if now < self._next_look:
            return
        self._next_look = now + LOOK_S
        stuck = self.stuck(now)
        if stuck != self._said:
            self._said = stuck
            if stuck:
                logger.error("these threads do not go on: %s", ", ".join(stuck))
            else:
                logger.info("all threads go on again")
        if not stuck:
            notify_systemd("WATCHDOG=1")
