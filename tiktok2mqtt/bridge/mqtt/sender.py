"""From the outbox into one connection: what may be sent now, how it is written, what is not acknowledged yet."""

import logging
import ssl
from collections import Counter
from typing import Final

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties, VariableByteIntegers
from paho.mqtt.reasoncodes import ReasonCode

from tiktok2mqtt.bridge.mqtt.outbox import Message, Outbox
from tiktok2mqtt.bridge.mqtt.policies import QueueClass

logger = logging.getLogger(__name__)
BATCH: Final = 100
MAX_INFLIGHT: Final = 500
# A healthy broker acknowledges at once, or as soon as its disk has written.
ACK_TIMEOUT_S: Final = 30.0
STREAMING_EXPIRY_S: Final = 60
# MQTT 5 section 2.2.2: the length of the properties, here zero.
_NO_PROPERTIES: Final = b"\0"


class InFlight:
    """QoS 1 messages that were sent and are not acknowledged yet, by packet identifier, the oldest first.

    `limit` is how many there may be. `denied` counts by topic the messages that the broker has refused, which only an
    MQTT 5 broker can say. Not thread-safe; times are monotonic seconds.
    """

    def __init__(self) -> None:
        self.denied: Counter[str] = Counter()
        self.limit = MAX_INFLIGHT
        self._sent: dict[int, tuple[Message, float]] = {}
        self._acknowledged: list[Message] = []

    def __len__(self) -> int:
        return len(self._sent)

    @property
    def free(self) -> int:
        """How many more messages may be sent now."""
        return self.limit - len(self._sent)

    def add(self, packet_id: int, message: Message, now: float) -> None:
        """Add a message that is being sent."""
        self._sent[packet_id] = (message, now)

    def acknowledge(self, packet_id: int, reason: ReasonCode) -> None:
        """Take a PUBACK. A refused message counts as acknowledged: sending it again would not help."""
        message, _ = self._sent.pop(packet_id, (None, 0.0))
        if message is None:
            return
        self._acknowledged.append(message)
        if reason.is_failure:
            if message.topic not in self.denied:
                logger.error("the broker does not allow us to publish on %s: %s", message.topic, reason)
            self.denied[message.topic] += 1

    def take_acknowledged(self) -> list[Message]:
        """Return the messages acknowledged since the last call, in the order of their PUBACKs."""
        acknowledged, self._acknowledged = self._acknowledged, []
        return acknowledged

    def is_overdue(self, now: float) -> bool:
        """Return whether the oldest message has waited longer than ACK_TIMEOUT_S."""
        return bool(self._sent) and now - next(iter(self._sent.values()))[1] > ACK_TIMEOUT_S

    def resend(self, now: float, limit: int) -> None:
        """Note that paho sends all of them again, on a new connection whose broker accepts `limit` at a time."""
        self.limit = min(limit, MAX_INFLIGHT)
        self._sent = {packet_id: (message, now) for packet_id, (message, _) in self._sent.items()}


class Sender:
    """Takes messages out of the outbox and writes them to the socket of paho's client.

    QoS 1 goes through paho, which numbers and resends. QoS 0 packets are encoded here and written up to BATCH at a
    time; paho would make a system call for each. At 500 chats a second the whole daemon takes a third less processor
    time (68 instead of 103 µs per chat). Neither side starts a packet while the other has an unfinished one.

    Not thread-safe: callers hold the lock of the link.
    """

    def __init__(self, client: mqtt.Client, outbox: Outbox, protocol: str) -> None:
        self.in_flight = InFlight()
        self._client = client
        self._outbox = outbox
        self._unsent = b""
        self._is_mqtt_5 = protocol == "5"
        self._expiry = Properties(PacketTypes.PUBLISH)
        self._expiry.MessageExpiryInterval = STREAMING_EXPIRY_S
        self._packed_expiry = self._expiry.pack()

    @property
    def want_write(self) -> bool:
        """Whether a full socket has left something to write."""
        return bool(self._unsent) or self._client.want_write()

    def reset(self) -> None:
        """Drop the rest of an unfinished packet: its connection is gone."""
        self._unsent = b""

    def write(self) -> None:
        """Write what a full socket has left, as far as it goes now."""
        if self._unsent:
            self._write(b"")
        if not self._unsent:
            self._client.loop_write()

    def publish_batch(self, now: float) -> bool:
        """Send the messages that may go now, at most BATCH; return whether there may be more."""
        if self.want_write or self._client.socket() is None:
            return False
        batch = self._outbox.take(BATCH, qos1_limit=self.in_flight.free, now=now)
        packets = []
        for message in batch:
            if message.qos:
                self._publish(message, now)
            else:
                packets.append(self._packet(message, now))
        self._write(b"".join(packets))
        if not self._unsent:
            self._client.loop_write()
        return len(batch) == BATCH

    def _publish(self, message: Message, now: float) -> None:
        """Queue a QoS 1 message in paho."""
        properties = self._expiry if self._expires(message) else None
        info = self._client.publish(
            message.topic, message.payload_at(now), message.qos, message.retain, properties=properties
        )
        self.in_flight.add(info.mid, message, now)

    def _packet(self, message: Message, now: float) -> bytes:
        properties = b""
        if self._is_mqtt_5:
            properties = self._packed_expiry if self._expires(message) else _NO_PROPERTIES
        return publish_packet(message.topic, message.payload_at(now), properties, retain=message.retain)

    def _expires(self, message: Message) -> bool:
        return self._is_mqtt_5 and message.queue_class is QueueClass.STREAMING

    def _write(self, data: bytes) -> None:
        """Write what is left over and then `data`, as far as the socket takes them."""
        sock = self._client.socket()
        data = self._unsent + data
        if sock is None or not data:
            return
        try:
            self._unsent = data[sock.send(data) :]
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            self._unsent = data
        except OSError:
            # The connection is lost; paho notices when it reads.
            self._unsent = b""


def publish_packet(topic: str, payload: bytes, properties: bytes = b"", *, retain: bool) -> bytes:
    """Return a PUBLISH packet of QoS 0. Source: section 3.3 of MQTT 3.1.1 and of MQTT 5, which adds `properties`."""
    name = topic.encode()
    length = VariableByteIntegers.encode(2 + len(name) + len(properties) + len(payload))
    first = b"\x31" if retain else b"\x30"
    return b"".join((first, length, len(name).to_bytes(2, "big"), name, properties, payload))
