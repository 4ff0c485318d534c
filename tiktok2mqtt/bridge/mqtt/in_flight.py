"""QoS 1 messages on their way: sent and not acknowledged yet, or refused for now and to be sent again.

Pure: times are monotonic seconds.
"""

import logging
from collections import Counter
from dataclasses import dataclass
from math import inf
from typing import Final

from paho.mqtt.reasoncodes import ReasonCode

from tiktok2mqtt.bridge.mqtt.message_store import Message
from tiktok2mqtt.bridge.mqtt.policies import QueueClass
from tiktok2mqtt.common.times import Backoff

logger = logging.getLogger(__name__)
MAX_INFLIGHT: Final = 500
# A healthy broker acknowledges at once, or as soon as its disk has written.
ACK_TIMEOUT_S: Final = 30.0
# Reason codes of a PUBACK (MQTT 5, section 3.4.2.1) that may be temporary: unspecified error, implementation specific
# error, packet identifier in use, quota exceeded.
TRANSIENT: Final = (0x80, 0x83, 0x91, 0x97)
MAX_RETRY_S: Final = 10.0
# For this long after a refusal, one message is retried at short intervals, and all others wait.
PROBING_S: Final = 5.0
MAX_PROBE_DELAY_S: Final = 0.5
# After this many refusals, a streaming message is dropped, and others make room if there are many.
MAX_REFUSALS: Final = 5


@dataclass(slots=True)
class Delivery:
    """One message, and how often the broker has refused it for now; `is_passed` if it has accepted a later one."""

    message: Message
    packet_bytes: int = 0
    sent_at: float = 0.0
    refusals: int = 0
    is_passed: bool = False

    @property
    def state_topic(self) -> str | None:
        """The topic of a state message, of which only the latest one counts; None for other messages."""
        return self.message.topic if self.message.queue_class is QueueClass.STATE else None


class InFlight:
    """Messages by packet identifier, the oldest first; at most `limit`, those that were refused for now included.

    When the broker refuses a message for now, nothing else is sent until that message is sent again, so that the order
    is kept: for PROBING_S that message alone, then it and all others. Once the broker has accepted a later one, the
    message does not hold up others any more.

    `denied` counts by topic the messages that the broker has refused, which only an MQTT 5 broker can. Not thread-safe.
    """

    def __init__(self) -> None:
        self.denied: Counter[str] = Counter()
        self.limit = MAX_INFLIGHT
        self._sent: dict[int, Delivery] = {}
        self._refused: list[Delivery] = []
        self._acknowledged: list[Message] = []
        self._returned: list[Message] = []
        self._backoff = Backoff(cap_s=MAX_RETRY_S)
        self._retry_at = inf
        self._paused_until = -inf
        # Until then, or until a message is accepted, one message is sent at a time.
        self._probing_until = -inf

    def __len__(self) -> int:
        return len(self._sent)

    def is_probing(self, now: float) -> bool:
        """Return whether a message has to be sent alone, to find out whether the broker accepts messages again."""
        return now < self._probing_until

    @property
    def room(self) -> int:
        """How many more messages may be in flight."""
        return self.limit - len(self._sent) - len(self._refused)

    def is_paused(self, now: float) -> bool:
        """Return whether no further messages should be taken, because the broker refuses messages for now."""
        return now < self._paused_until

    def add(self, packet_id: int, delivery: Delivery, now: float) -> None:
        """Add a message that is being sent."""
        delivery.sent_at = now
        self._sent[packet_id] = delivery
        if self._refused and (topic := delivery.state_topic) is not None:
            self._refused = [other for other in self._refused if other.state_topic != topic]

    def acknowledge(self, packet_id: int, reason: ReasonCode, now: float) -> Delivery | None:
        """Take a PUBACK; return what it acknowledges. A message that is refused for now is sent again, see `take_due`.

        Any other refused message counts as acknowledged: sending it again would not help.
        """
        delivery = self._sent.pop(packet_id, None)
        if delivery is None:
            return None
        if reason.value in TRANSIENT and self._is_kept(delivery):
            self._refuse_for_now(delivery, reason, now)
            return delivery
        self._acknowledged.append(delivery.message)
        if reason.is_failure:
            topic = delivery.message.topic
            if topic not in self.denied:
                logger.error("the broker refuses messages on %s: %s", topic, reason)
            self.denied[topic] += 1
        else:
            self._accept(delivery)
        return delivery

    @staticmethod
    def _is_kept(delivery: Delivery) -> bool:
        return delivery.refusals < MAX_REFUSALS or delivery.message.queue_class is not QueueClass.STREAMING

    def _refuse_for_now(self, delivery: Delivery, reason: ReasonCode, now: float) -> None:
        topic = delivery.state_topic
        if topic is not None and any(other.state_topic == topic for other in self._sent.values()):
            return
        if not self._backoff.attempt and not delivery.is_passed:
            logger.warning("the broker refuses messages for now: %s; retrying", reason)
            self._probing_until = now + PROBING_S
        if not self._refused:
            delay_s = self._backoff.next_delay_s(at_least_s=0.1)
            self._retry_at = now + (min(delay_s, MAX_PROBE_DELAY_S) if self.is_probing(now) else delay_s)
        delivery.refusals += 1
        self._refused.append(delivery)
        if not delivery.is_passed:
            self._paused_until = self._retry_at

    def _accept(self, delivery: Delivery) -> None:
        self._probing_until = -inf
        for other in self._refused:
            other.is_passed = True
        if delivery.refusals and not self._refused:
            self._backoff.reset()
            logger.info("the broker accepts messages again")

    def delivered(self, message: Message) -> None:
        """Note that a message was sent that the broker does not acknowledge, because it does not support QoS 1."""
        self._acknowledged.append(message)

    def seconds_to_retry(self, now: float) -> float:
        """Return the seconds until there is something for `take_due`; inf if nothing was refused for now."""
        return max(0.0, self._retry_at - now)

    def take_due(self, now: float) -> list[Delivery]:
        """Return the messages that are to be sent again now, in order. See `take_finished` for the others."""
        if now < self._retry_at:
            return []
        due, self._refused, self._retry_at = self._refused, [], inf
        if len(due) <= self.limit // 2:
            return due
        # They would leave no room for others.
        stubborn = [delivery for delivery in due if delivery.is_passed or delivery.refusals >= MAX_REFUSALS]
        self._returned += [delivery.message for delivery in stubborn]
        return [delivery for delivery in due if not (delivery.is_passed or delivery.refusals >= MAX_REFUSALS)]

    def take_finished(self) -> tuple[list[Message], list[Message]]:
        """Return the messages acknowledged since the last call, and those that are to be queued behind all others."""
        finished = self._acknowledged, self._returned
        self._acknowledged, self._returned = [], []
        return finished

    def is_overdue(self, now: float) -> bool:
        """Return whether the oldest message has waited longer than ACK_TIMEOUT_S."""
        return bool(self._sent) and now - next(iter(self._sent.values())).sent_at > ACK_TIMEOUT_S

    def only(self) -> Delivery | None:
        """Return the message in flight if there is exactly one."""
        return next(iter(self._sent.values())) if len(self._sent) == 1 else None

    def clear(self) -> list[Delivery]:
        """Remove and return all messages that are to be sent again on a new connection, in order."""
        lost = [*self._refused, *self._sent.values()]
        self._sent.clear()
        self._refused, self._retry_at, self._paused_until, self._probing_until = [], inf, -inf, -inf
        self._backoff.reset()
        return lost
