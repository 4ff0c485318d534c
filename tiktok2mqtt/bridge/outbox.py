"""What waits for the broker. Pure data structure, thread-safe; time is an argument.

Three classes (policies.Box): state topics keep only their latest value; priority messages are never dropped and keep
their order; streaming ones are bounded, and the oldest is dropped first and counted.
"""

import threading
from collections import Counter, deque
from dataclasses import dataclass
from typing import Final

from tiktok2mqtt.bridge.policies import Box

# Looking up a member of an enumeration costs as much as taking the lock (Python 3.11).
_STATE: Final = Box.STATE
_PRIORITY: Final = Box.PRIORITY
STREAMING_CAPACITY: Final = 10_000
DELAYED_AFTER_S: Final = 5.0
# Common keys come before anything a viewer can write, and a quote inside a text is escaped: this is the key itself.
_NOT_DELAYED: Final = b'"delayed":false'
_DELAYED: Final = b'"delayed":true'


@dataclass(slots=True)
class Message:
    """One PUBLISH to be. `at` is when it was made, in monotonic seconds; `name` is what drops are counted under."""

    topic: str
    payload: bytes
    qos: int
    retain: bool
    box: Box
    at: float
    name: str = ""

    def payload_at(self, now: float) -> bytes:
        """Return the payload as it goes out now: an event that waited for more than 5 s says so."""
        if now - self.at > DELAYED_AFTER_S and self.box is not _STATE:
            return self.payload.replace(_NOT_DELAYED, _DELAYED, 1)
        return self.payload


class Outbox:
    """Messages on their way to the broker. `dropped` counts shed streaming messages by name."""

    def __init__(self, streaming_capacity: int = STREAMING_CAPACITY) -> None:
        self._lock = threading.Lock()
        self._state: dict[str, Message] = {}
        self._priority: deque[Message] = deque()
        self._streaming: deque[Message] = deque()
        self._capacity = streaming_capacity
        self.dropped: Counter[str] = Counter()

    def put(self, message: Message) -> None:
        """Take a message; never blocks on the broker."""
        with self._lock:
            if message.box is _STATE:
                self._state[message.topic] = message
            elif message.box is _PRIORITY:
                self._priority.append(message)
            else:
                if len(self._streaming) >= self._capacity:
                    self.dropped[self._streaming.popleft().name] += 1
                self._streaming.append(message)

    def take(self, limit: int, *, qos1_limit: int) -> list[Message]:
        """Return up to `limit` messages, of which at most `qos1_limit` ask for an acknowledgement.

        State goes first, then priority, then streaming; within a class the order is that of `put`.
        """
        out: list[Message] = []
        with self._lock:
            while len(out) < limit:
                message = self._next(qos1_limit)
                if message is None:
                    break
                qos1_limit -= message.qos
                out.append(message)
        return out

    def _next(self, qos1_left: int) -> Message | None:
        """Requires holding the lock. A class whose head may not go now waits; the next class may pass it."""
        if self._state:
            topic, message = next(iter(self._state.items()))
            if message.qos <= qos1_left:
                del self._state[topic]
                return message
        for queue in (self._priority, self._streaming):
            if queue and queue[0].qos <= qos1_left:
                return queue.popleft()
        return None

    def __len__(self) -> int:
        with self._lock:
            return len(self._state) + len(self._priority) + len(self._streaming)

    def lengths(self) -> dict[str, int]:
        """Return how many messages wait, by class."""
        with self._lock:
            return {
                "state": len(self._state),
                "priority": len(self._priority),
                "streaming": len(self._streaming),
            }
