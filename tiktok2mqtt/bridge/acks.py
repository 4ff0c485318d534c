"""What the broker has not acknowledged yet. Used by one thread at a time; time is an argument."""

import logging
from collections import Counter
from collections.abc import Callable
from typing import Final

from tiktok2mqtt.bridge.outbox import Message

logger = logging.getLogger(__name__)
MAX_UNACKED: Final = 500
# A broker that is well answers at once, or when its disk has written; one that never does is lost to us.
PATIENCE_S: Final = 30.0


class Acks:
    """Messages of QoS 1 on their way, by packet identifier, the earliest first; at most `limit` should be.

    `done(messages)` is told what has arrived, by `tell`. `denied` counts, by topic, what the broker has refused: only
    one that speaks MQTT 5 says so.
    """

    def __init__(self, done: Callable[[list[Message]], object]) -> None:
        self.denied: Counter[str] = Counter()
        self.limit = MAX_UNACKED
        self._done = done
        self._waiting: dict[int, tuple[Message, float]] = {}
        self._arrived: list[Message] = []

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def room(self) -> int:
        """How many more may be sent before some are acknowledged."""
        return self.limit - len(self._waiting)

    def sent(self, packet_id: int, message: Message, now: float) -> None:
        """Note that a message was handed over."""
        self._waiting[packet_id] = (message, now)

    def acknowledged(self, packet_id: int, refusal: str | None) -> None:
        """Note an answer of the broker: a message that it refuses is as good as delivered, and nobody heard it."""
        message, _ = self._waiting.pop(packet_id, (None, 0.0))
        if message is None:
            return
        self._arrived.append(message)
        if refusal is not None:
            if message.topic not in self.denied:
                logger.error("the broker does not let us publish on %s: %s", message.topic, refusal)
            self.denied[message.topic] += 1

    def tell(self) -> None:
        """Pass on what has arrived since the last time."""
        if self._arrived:
            arrived, self._arrived = self._arrived, []
            self._done(arrived)

    def overdue(self, now: float) -> bool:
        """Return whether the earliest message has waited for too long."""
        return bool(self._waiting) and now - next(iter(self._waiting.values()))[1] > PATIENCE_S

    def sent_again(self, now: float, limit: int) -> None:
        """All of them are on their way anew, on a connection that takes at most `limit` at once."""
        self.limit = min(limit, MAX_UNACKED)
        self._waiting = {packet_id: (message, now) for packet_id, (message, _) in self._waiting.items()}
