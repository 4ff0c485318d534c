"""Sends the outbox over one connection: what may be sent now, how it is written, and what cannot be sent at all."""

import logging
import re
import ssl
from functools import lru_cache
from math import inf
from typing import Final

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties, VariableByteIntegers
from paho.mqtt.reasoncodes import ReasonCode

from tiktok2mqtt.bridge.mqtt.in_flight import MAX_INFLIGHT, Delivery, InFlight
from tiktok2mqtt.bridge.mqtt.limits import CAUSED_BY_MESSAGE, MAX_LOSSES, PROMPT_S, BrokerLimits, Suspects
from tiktok2mqtt.bridge.mqtt.outbox import Message, Outbox
from tiktok2mqtt.bridge.mqtt.policies import QueueClass
from tiktok2mqtt.common.text import safe_text

logger = logging.getLogger(__name__)
BATCH: Final = 100
STREAMING_EXPIRY_S: Final = 60
MAX_TOPIC_BYTES: Final = 65_535
# With MQTT 3.1.1, a larger QoS 0 message may have to be acknowledged, see Sender.
SMALL_PACKET_BYTES: Final = 1_024
# MQTT 5 section 2.2.2: the length of the properties, here zero.
_NO_PROPERTIES: Final = b"\0"
_MAX_LOGGED_TOPICS: Final = 100
# Brokers may close the connection at control characters, and do (Mosquitto 2.0).
_FORBIDDEN: Final = re.compile("[+#\0-\x1f\x7f-\x9f]")


class Sender:
    """Takes messages out of the outbox and writes them to the socket of paho's client.

    QoS 1 goes through paho, which numbers it. QoS 0 packets are encoded here and written up to BATCH at a time; paho
    would make a system call for each. At 500 chats a second the whole daemon takes a third less processor time (68
    instead of 103 µs per chat). Neither side starts a packet while the other has an unfinished one.

    What was not acknowledged on one connection is sent again on the next one, by this class instead of paho. A message
    that the broker cannot accept is dropped, counted and logged; no other message is lost. With MQTT 3.1.1 only a lost
    connection shows that, see Suspects; a QoS 0 message that may be too large is therefore sent at QoS 1.

    Not thread-safe: callers hold the lock of the link.
    """

    def __init__(
        self, client: mqtt.Client, outbox: Outbox, protocol: str, *, max_qos: int = 1, retain: bool = True
    ) -> None:
        self.in_flight = InFlight()
        self.limits = BrokerLimits(max_qos, retain=retain)
        self._client = client
        self._outbox = outbox
        self._suspects = Suspects()
        # Taken from the outbox, to be sent before anything else, in this order.
        self._waiting: list[Delivery] = []
        # Whether nothing else may be in flight with the message that is.
        self._is_alone = False
        # How many may be in flight. After a connection was lost, this grows from 1 with each that is acknowledged: the
        # fewer are in flight with a message that ends the connection, the sooner it is found.
        self._window = MAX_INFLIGHT
        self._connected_at = -inf
        self._unsent = b""
        self._logged_topics: set[str] = set()
        self._is_mqtt_5 = protocol == "5"
        self._expiry = Properties(PacketTypes.PUBLISH)
        self._expiry.MessageExpiryInterval = STREAMING_EXPIRY_S
        self._packed_expiry = self._expiry.pack()

    @property
    def want_write(self) -> bool:
        """Whether a full socket has left something to write."""
        return bool(self._unsent) or self._client.want_write()

    @property
    def is_idle(self) -> bool:
        """Whether all that was taken from the outbox is delivered, or refused for now."""
        return not self._waiting and not self.in_flight

    @property
    def max_packet_bytes(self) -> int:
        """The largest packet that the broker accepts, as far as it is known."""
        return min(self.limits.max_packet_bytes, self._suspects.max_packet_bytes)

    def connected(self, now: float, properties: Properties | None) -> None:
        """Note that the broker has accepted the connection, with the properties of its CONNACK."""
        self.limits.announced(properties)
        self.in_flight.limit = min(self.limits.receive_maximum, MAX_INFLIGHT)
        self._suspects.connected(now)
        self._connected_at = now

    def disconnected(self, now: float, reason_code: int) -> bool:
        """Note why the connection has ended. What was not acknowledged waits for the next one.

        Returns whether a message was the reason, which is dropped now.
        """
        self._unsent = b""
        # paho would send them before it could be known what the broker accepts.
        self._client.drop_out_messages()
        self.limits.refused(reason_code)
        suspect = self.in_flight.only() if self._is_alone else None
        lost = self.in_flight.clear()
        if len(lost) > 1 and reason_code in CAUSED_BY_MESSAGE:
            self._window = 1
        is_rejected = (
            suspect is not None
            and reason_code in CAUSED_BY_MESSAGE
            and now - suspect.sent_at < PROMPT_S
            and self._suspects.lost(suspect.message, suspect.packet_bytes)
        )
        if suspect is not None and is_rejected:
            lost = [delivery for delivery in lost if delivery is not suspect]
            problem = f"the broker has closed the connection {MAX_LOSSES} times when it was sent"
            self._drop(suspect.message, suspect.packet_bytes, problem)
        self._wait(lost, self._waiting)
        return is_rejected

    def acknowledge(self, packet_id: int, reason: ReasonCode, now: float) -> None:
        """Take a PUBACK."""
        if (delivery := self.in_flight.acknowledge(packet_id, reason, now)) is not None:
            self._suspects.acknowledged(delivery.message.topic, delivery.packet_bytes)
            self._window = min(self._window + 1, MAX_INFLIGHT)

    def write(self) -> None:
        """Write what a full socket has left, as far as it goes now."""
        if self._unsent:
            self._write(b"")
        if not self._unsent:
            self._client.loop_write()

    def publish_batch(self, now: float) -> bool:
        """Send the messages that may go now, at most BATCH from the outbox; return whether there may be more there."""
        if self.want_write or self._client.socket() is None:
            return False
        self._wait(self.in_flight.take_due(now), self._waiting)
        # Topics whose QoS 0 messages have to wait, so that they stay in order.
        held = [delivery.message.topic for delivery in self._waiting if not delivery.message.qos]
        waiting = sum(not self._outbox.is_held(delivery.message, now) for delivery in self._waiting)
        free = 0 if self.in_flight.is_paused(now) else self.in_flight.room - waiting
        limit = BATCH if len(held) < BATCH else 0
        batch = self._outbox.take(limit, qos1_limit=max(0, free), now=now)
        packets: list[bytes] = []
        taken: list[Delivery] = []
        for message in batch:
            if not message.qos:
                if message.topic not in held and (packet := self._packet(message, now)) is not None:
                    packets.append(packet)
                    continue
                held.append(message.topic)
            taken.append(Delivery(message))
        self._wait(self._waiting, taken)
        if self._waiting:
            self._send_waiting(packets, now)
        self._write(b"".join(packets))
        if not self._unsent:
            self._client.loop_write()
        return len(batch) == BATCH

    def _wait(self, first: list[Delivery], then: list[Delivery]) -> None:
        """Let messages wait in this order, without state of which a later one waits."""
        if not first or not then:
            self._waiting = first or then
            return
        latest = {delivery.state_topic: delivery for delivery in (*first, *then)}
        self._waiting = [one for one in (*first, *then) if one.state_topic is None or latest[one.state_topic] is one]

    def _send_waiting(self, packets: list[bytes], now: float) -> None:
        """Send the messages that may be sent now, in order; add the packets of QoS 0 among them to `packets`."""
        waiting, self._waiting = self._waiting, []
        for position, delivery in enumerate(waiting):
            if self._outbox.is_held(delivery.message, now):
                self._waiting.append(delivery)
            elif not self.limits.max_qos:
                if packet := self._packet(delivery.message, now):
                    packets.append(packet)
                    self.in_flight.delivered(delivery.message)
            elif self._suspects.must_wait(delivery.message.topic, now):
                self._waiting.append(delivery)
            elif not self._publish(delivery, now):
                self._waiting += waiting[position:]
                break

    def _publish(self, delivery: Delivery, now: float) -> bool:
        """Queue a message in paho at QoS 1, or drop it if it cannot be sent; return False if it has to wait."""
        in_flight = len(self.in_flight)
        if self.in_flight.room <= 0 or in_flight >= self._window or (self._is_alone and in_flight):
            return False
        is_probing = self.in_flight.is_probing(now)
        if is_probing and self.in_flight.is_paused(now):
            return False
        message = delivery.message
        size = 0
        try:
            payload = message.payload_at(now, self._waited_until(message))
            size = packet_bytes(message.topic, payload, self._properties(message))
            if problem := self._problem(message, size, now):
                self._drop(message, size, problem)
                return True
            is_alone = is_probing or self._suspects.must_be_alone(message.topic, size)
            if is_alone and in_flight:
                return False
            properties = self._expiry if self._expires(message) else None
            info = self._client.publish(message.topic, payload, 1, self._retains(message), properties=properties)
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not cost the other messages
            self._drop(message, size, repr(error))
            return True
        delivery.packet_bytes = size
        self.in_flight.add(info.mid, delivery, now)
        self._is_alone = is_alone
        return True

    def _packet(self, message: Message, now: float) -> bytes | None:
        """Return the packet of a message at QoS 0; None if it has to be sent at QoS 1. Empty if it is dropped."""
        packet = b""
        try:
            packet = publish_packet(
                message.topic,
                message.payload_at(now, self._waited_until(message)),
                self._properties(message),
                retain=self._retains(message),
            )
            if problem := self._problem(message, len(packet), now):
                self._drop(message, len(packet), problem)
                return b""
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not cost the other messages
            self._drop(message, len(packet), repr(error))
            return b""
        may_be_too_large = not self._is_mqtt_5 and self.limits.max_qos > 0 and len(packet) > SMALL_PACKET_BYTES
        return None if may_be_too_large and self._suspects.is_unproven(len(packet)) else packet

    def _waited_until(self, message: Message) -> float:
        """Return since when a message like this one can be sent."""
        return max(self._connected_at, self._outbox.waited_until) if message.qos else self._connected_at

    def _problem(self, message: Message, size: int, now: float) -> str | None:
        """Return why a message cannot be sent, or None."""
        if problem := topic_problem(message.topic):
            return problem
        if size > self.limits.max_packet_bytes:
            return f"the broker accepts at most {self.limits.max_packet_bytes:,} bytes"
        if self._suspects.is_rejected(message, size):
            return "the broker has closed the connection when such a message was sent"
        return "it has waited for the broker for too long" if self._outbox.is_too_old(message, now) else None

    def _drop(self, message: Message, size: int, problem: str) -> None:
        self._outbox.drop((message,))
        is_new = message.topic not in self._logged_topics and len(self._logged_topics) < _MAX_LOGGED_TOPICS
        if is_new:
            self._logged_topics.add(message.topic)
        level = logging.ERROR if is_new else logging.DEBUG
        logger.log(level, "dropped a message of %s bytes on %s: %s", f"{size:,}", safe_text(message.topic), problem)

    def _expires(self, message: Message) -> bool:
        return self._is_mqtt_5 and message.queue_class is QueueClass.STREAMING

    def _retains(self, message: Message) -> bool:
        return message.retain and self.limits.retain

    def _properties(self, message: Message) -> bytes:
        if not self._is_mqtt_5:
            return b""
        return self._packed_expiry if self._expires(message) else _NO_PROPERTIES

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


def packet_bytes(topic: str, payload: bytes, properties: bytes) -> int:
    """Return the size of a PUBLISH packet of QoS 1, which has a packet identifier."""
    remaining = 2 + len(topic.encode()) + 2 + len(properties) + len(payload)
    return 1 + len(VariableByteIntegers.encode(remaining)) + remaining


@lru_cache(1_024)
def topic_problem(topic: str) -> str | None:
    """Return why no message can be published on a topic, or None. Source: MQTT 5 and 3.1.1, sections 1.5 and 4.7."""
    try:
        size = len(topic.encode())
    except UnicodeEncodeError:
        return "the topic is not valid Unicode"
    if not 0 < size <= MAX_TOPIC_BYTES:
        return f"the topic has {size:,} bytes"
    return "the topic contains a wildcard or a control character" if _FORBIDDEN.search(topic) else None
