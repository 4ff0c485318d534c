"""From the outbox into one connection: what may go now, and how it is written. Used by one thread at a time.

What needs an acknowledgement goes by paho. What needs none is written past it, many packets in one system call.
"""

import time
from typing import Final

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from tiktok2mqtt.bridge.acks import Acks
from tiktok2mqtt.bridge.outbox import Message, Outbox
from tiktok2mqtt.bridge.packets import PacketWriter, publish_packet, publish_packet_5
from tiktok2mqtt.bridge.policies import Box

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
        return message.box is Box.STREAMING and self._knows_expiry


def _expiring() -> Properties:
    properties = Properties(PacketTypes.PUBLISH)
    properties.MessageExpiryInterval = STREAMING_EXPIRY_S
    return properties
