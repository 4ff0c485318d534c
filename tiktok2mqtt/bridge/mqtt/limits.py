"""What a broker accepts: as it announces with MQTT 5, and as the connections show that it has closed.

Pure: times are monotonic seconds.
"""

import logging
from typing import Final

from paho.mqtt.properties import Properties

from tiktok2mqtt.bridge.mqtt.message_store import Message
from tiktok2mqtt.bridge.mqtt.payloads import MAX_EVENT_BYTES
from tiktok2mqtt.bridge.mqtt.policies import QueueClass
from tiktok2mqtt.common.mqtt import max_qos

logger = logging.getLogger(__name__)
# The longest packet of MQTT: a byte, four of the remaining length, and what they can count (MQTT 5, section 1.5.5).
MAX_PACKET_BYTES: Final = 1 + 4 + 268_435_455
MAX_RECEIVE_MAXIMUM: Final = 65_535
# Reason codes of MQTT 5, section 2.4; paho translates the return codes of MQTT 3.1.1 to them.
UNSPECIFIED_ERROR: Final = 0x80
SESSION_TAKEN_OVER: Final = 0x8E
# Client identifier not valid, bad user name or password, not authorized, banned.
LOGIN_REFUSED: Final = (0x85, 0x86, 0x87, 0x8A)
RETAIN_NOT_SUPPORTED: Final = 0x9A
QOS_NOT_SUPPORTED: Final = 0x9B
# Reasons to close a connection that may lie in a message: unspecified error (also of a connection that ends without a
# reason), malformed packet, protocol error, implementation specific error, not authorized, topic name invalid, packet
# too large, payload format invalid.
CAUSED_BY_MESSAGE: Final = (UNSPECIFIED_ERROR, 0x81, 0x82, 0x83, 0x87, 0x90, 0x95, 0x99)
# No event, with its topic, makes a larger packet; only documents, responses and raw messages do.
MAX_EVENT_PACKET_BYTES: Final = MAX_EVENT_BYTES + 1_024
# A broker closes the connection as soon as it has read what it does not accept.
PROMPT_S: Final = 10.0
MAX_LOSSES: Final = 2
MAX_WAIT_S: Final = 10.0
SHORT_CONNECTION_S: Final = 5.0
MAX_SHORT_CONNECTIONS: Final = 3


class BrokerLimits:
    """The limits of one broker: those of its last CONNACK, and what it has refused since the start.

    `max_qos` is 0 or 1, as nothing is sent at QoS 2; `retain` says whether messages may be retained.
    """

    def __init__(self, max_qos: int = 1, *, retain: bool = True) -> None:
        """The arguments are what the settings allow."""
        self.max_packet_bytes = MAX_PACKET_BYTES
        self.receive_maximum = MAX_RECEIVE_MAXIMUM
        self.max_qos = max_qos
        self.retain = retain

    def announced(self, properties: Properties | None) -> None:
        """Note the properties of a CONNACK. Source: MQTT 5, section 3.2.2.3, also for the defaults."""
        self.max_packet_bytes = getattr(properties, "MaximumPacketSize", MAX_PACKET_BYTES)
        self.receive_maximum = getattr(properties, "ReceiveMaximum", MAX_RECEIVE_MAXIMUM)
        self._restrict(max_qos(properties), bool(getattr(properties, "RetainAvailable", 1)))

    def refused(self, reason_code: int) -> None:
        """Note the reason of a failed CONNACK or a DISCONNECT: a broker may say only then what it does not support."""
        self._restrict(int(reason_code != QOS_NOT_SUPPORTED), reason_code != RETAIN_NOT_SUPPORTED)

    def _restrict(self, qos: int, retain: bool) -> None:
        if qos < self.max_qos:
            self.max_qos = qos
            logger.warning("the broker does not support QoS 1: messages that a connection loses are not sent again")
        if self.retain and not retain:
            self.retain = False
            logger.warning("the broker does not support retained messages: only connected clients receive documents")


class Suspects:
    """Finds the messages whose sending makes the broker close the connection: MQTT 3.1.1 has no other refusal.

    A message is sent alone, with nothing else in flight until it is acknowledged, if its packet is larger than all that
    were acknowledged on the same connection, or if a connection has ended with a message on its topic. If the
    connection ends before, then it was probably because of this message. The second time it is rejected, provided that
    the broker has acknowledged another message on that connection: a broker that accepts nothing has another problem.
    For the same reason such a message lets others go first on a new connection.

    `max_packet_bytes` says that larger packets were rejected; it is never less than an event may have.
    """

    def __init__(self) -> None:
        self.max_packet_bytes = MAX_PACKET_BYTES
        # By topic: messages of at least this many bytes have ended the connection.
        self._rejected: dict[str, int] = {}
        # By topic: connections in a row that ended with a message on it.
        self._losses: dict[str, int] = {}
        self._connected_at = 0.0
        self._largest_acknowledged = 0

    def connected(self, now: float) -> None:
        """Note that the broker has accepted a new connection, and nothing on it yet."""
        self._connected_at = now
        self._largest_acknowledged = 0

    def acknowledged(self, topic: str, packet_bytes: int) -> None:
        """Note that the broker has taken a message, even if it was to refuse it by a PUBACK."""
        self._largest_acknowledged = max(self._largest_acknowledged, packet_bytes)
        self._losses.pop(topic, None)

    def is_unproven(self, packet_bytes: int) -> bool:
        """Return whether nothing as large was acknowledged on this connection."""
        return packet_bytes > self._largest_acknowledged

    def must_be_alone(self, topic: str, packet_bytes: int) -> bool:
        """Return whether nothing else may be in flight with a message."""
        return self.is_unproven(packet_bytes) or topic in self._losses

    def must_wait(self, topic: str, now: float) -> bool:
        """Return whether a message has to let others go first: it waits for the first acknowledgement, but not long."""
        wait_s = min(self._losses.get(topic, 0), MAX_WAIT_S)
        return not self._largest_acknowledged and now - self._connected_at < wait_s

    def lost(self, message: Message, packet_bytes: int) -> bool:
        """Note that the connection has ended with a message that was sent alone; return whether it is rejected."""
        topic = message.topic
        losses = self._losses[topic] = self._losses.get(topic, 0) + 1
        if losses < MAX_LOSSES or not self._largest_acknowledged:
            return False
        del self._losses[topic]
        # A priority event must not be dropped, so a rejected one does not reject later ones.
        if message.queue_class is not QueueClass.PRIORITY:
            self._rejected[topic] = packet_bytes
        if packet_bytes > MAX_EVENT_PACKET_BYTES:
            self.max_packet_bytes = min(self.max_packet_bytes, packet_bytes - 1)
        return True

    def is_rejected(self, message: Message, packet_bytes: int) -> bool:
        """Return whether a message like this one was rejected."""
        if packet_bytes > self.max_packet_bytes:
            return True
        smallest = self._rejected.get(message.topic)
        return smallest is not None and packet_bytes >= smallest and message.queue_class is not QueueClass.PRIORITY


class ShortConnections:
    """Counts connections in a row that ended soon after the broker had accepted them."""

    def __init__(self) -> None:
        self._connected_at = 0.0
        self._in_a_row = 0

    def connected(self, now: float) -> None:
        """Note that the broker has accepted the connection."""
        self._connected_at = now

    def disconnected(self, now: float) -> int:
        """Note that the connection was lost; return how many short ones there were in a row, 0 if it was not short."""
        self._in_a_row = self._in_a_row + 1 if now - self._connected_at < SHORT_CONNECTION_S else 0
        return self._in_a_row
