"""What the broker has not acknowledged yet. Used by one thread at a time; time is an argument.

PUBLISH packets of QoS 0, made and written without paho: many of them in one system call.

paho makes one call, one lock and one condition per message, which is most of what publishing costs. What needs no
answer from the broker needs nothing of that. Pure data and one `send`; no thread, no clock.

From the outbox into one connection: what may go now, and how it is written. Used by one thread at a time.

What needs an acknowledgement goes by paho. What needs none is written past it, many packets in one system call.
"""

import logging
import ssl
import time
from collections import Counter
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final, Protocol

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from tiktok2mqtt.bridge.mqtt.outbox import Message, Outbox
from tiktok2mqtt.bridge.mqtt.policies import QueueClass

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


_STREAMED: Final = b"\x30"
_RETAINED: Final = b"\x31"
_REMEMBERED: Final = 2_048
_EXPIRY: Final = b"\x05\x02"  # MQTT 5 section 3.3.2.3: 5 bytes of properties, message expiry interval
_NO_PROPERTIES: Final = b"\0"


class WritableSocket(Protocol):
    """A socket, as far as it is needed here."""

    def send(self, data: bytes, /) -> int:
        """Write some of the bytes and return how many."""
        ...


def publish_packet(topic: str, payload: bytes, *, retain: bool) -> bytes:
    """Return a PUBLISH of QoS 0. Source: MQTT 3.1.1 section 3.3."""
    return _packet(topic, b"", payload, retain=retain)


def publish_packet_5(topic: str, payload: bytes, *, retain: bool, expiry_s: int | None) -> bytes:
    """Return a PUBLISH of QoS 0 for MQTT 5, which the broker forgets after `expiry_s`. Source: MQTT 5 section 3.3."""
    properties = _NO_PROPERTIES if expiry_s is None else _EXPIRY + expiry_s.to_bytes(4, "big")
    return _packet(topic, properties, payload, retain=retain)


def _packet(topic: str, properties: bytes, payload: bytes, *, retain: bool) -> bytes:
    name = _name(topic)
    length = _remaining_length(len(name) + len(properties) + len(payload))
    return b"".join((_RETAINED if retain else _STREAMED, length, name, properties, payload))


@lru_cache(_REMEMBERED)
def _name(topic: str) -> bytes:
    """Return a topic as the packet has it. They come again and again, as lengths do."""
    name = topic.encode()
    return len(name).to_bytes(2, "big") + name


@lru_cache(_REMEMBERED)
def _remaining_length(length: int) -> bytes:
    """Source: MQTT 3.1.1 section 2.2.3."""
    out = bytearray()
    while length > 0x7F:  # noqa: PLR2004 - seven bits to a byte
        out.append(length & 0x7F | 0x80)
        length >>= 7
    out.append(length)
    return bytes(out)


class PacketWriter:
    """Writes packets whole, and keeps what a full socket leaves over. Truthy while something waits to be written."""

    def __init__(self) -> None:
        self._rest = b""

    def __bool__(self) -> bool:
        return bool(self._rest)

    def write(self, sock: WritableSocket, packets: Iterable[bytes] = ()) -> None:
        """Write what is left over and then `packets`, as far as the socket takes them."""
        data = b"".join((self._rest, *packets))
        try:
            self._rest = data[sock.send(data) :] if data else b""
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            self._rest = data
        except OSError:
            # The connection is lost, and so are they; paho finds out when it reads.
            self._rest = b""

    def clear(self) -> None:
        """Forget what is left over: its connection is gone."""
        self._rest = b""


BATCH: Final = 100
STREAMING_EXPIRY_S: Final = 60


class Sender:
    """Hands messages to the client's socket. Ours and paho's packets take turns: none begins within another."""

    def __init__(self, client: mqtt.Client, outbox: Outbox, protocol: str) -> None:
        self.acks = Acks(outbox.done)
        self._client = client
        self._outbox = outbox
        self._knows_expiry = protocol == "5"
        self._writer = PacketWriter()

    @property
    def wants_to_write(self) -> bool:
        """Whether something is left over from a full socket."""
        return bool(self._writer) or self._client.want_write()

    def begin_anew(self) -> None:
        """Forget what was left over: its connection is gone."""
        self._writer.clear()

    def write(self) -> None:
        """Write what is left over, as far as the socket takes it."""
        sock = self._client.socket()
        if self._writer and sock is not None:
            self._writer.write(sock)
        if not self._writer:
            self._client.loop_write()

    def publish_batch(self) -> bool:
        """Hand over what can go now, full socket and missing acks heeded, up to BATCH; return whether more may wait."""
        if self.wants_to_write or (sock := self._client.socket()) is None:
            return False
        now = time.monotonic()
        batch = self._outbox.take(BATCH, qos1_limit=self.acks.room, now=now)
        for message in batch:
            if message.qos:
                self._publish(message, now)
        self._writer.write(sock, [self._packet(message, now) for message in batch if not message.qos])
        if not self._writer:
            self._client.loop_write()
        return len(batch) == BATCH

    def _publish(self, message: Message, now: float) -> None:
        properties = _expiring() if self._expires(message) else None
        info = self._client.publish(
            message.topic, message.payload_at(now), message.qos, message.retain, properties=properties
        )
        self.acks.sent(info.mid, message, now)

    def _packet(self, message: Message, now: float) -> bytes:
        payload = message.payload_at(now)
        if self._knows_expiry:
            expiry_s = STREAMING_EXPIRY_S if self._expires(message) else None
            return publish_packet_5(message.topic, payload, retain=message.retain, expiry_s=expiry_s)
        return publish_packet(message.topic, payload, retain=message.retain)

    def _expires(self, message: Message) -> bool:
        return message.queue_class is QueueClass.STREAMING and self._knows_expiry


def _expiring() -> Properties:
    properties = Properties(PacketTypes.PUBLISH)
    properties.MessageExpiryInterval = STREAMING_EXPIRY_S
    return properties
