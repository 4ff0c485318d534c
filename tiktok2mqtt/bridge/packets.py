"""PUBLISH packets of QoS 0, made and written without paho: many of them in one system call.

paho makes one call, one lock and one condition per message, which is most of what publishing costs. What needs no
answer from the broker needs nothing of that. Pure data and one `send`; no thread, no clock.
"""

import ssl
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, Protocol

_STREAMED: Final = b"\x30"
_RETAINED: Final = b"\x31"
_REMEMBERED: Final = 2_048
_EXPIRY: Final = b"\x05\x02"  # MQTT 5 section 3.3.2.3: 5 bytes of properties, message expiry interval
_NO_PROPERTIES: Final = b"\0"


class Sender(Protocol):
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

    def write(self, sock: Sender, packets: Iterable[bytes] = ()) -> None:
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
