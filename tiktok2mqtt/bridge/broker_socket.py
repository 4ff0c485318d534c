"""What the link wants of the socket that paho has opened, beyond reading and writing."""

import contextlib
import socket
import ssl
from typing import Any, Final

# The shortest PUBACK (MQTT 3.1.1 section 3.4), and what a PUBLISH has beside topic and payload (section 3.3).
_PUBACK_BYTES: Final = 4
_PUBLISH_BYTES: Final = 4


def send_at_once(sock: Any) -> None:
    """Let no packet wait for the acknowledgement of the one before (Nagle's algorithm): it costs up to 40 ms."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def gather_acks(sock: Any, shortest_topic: int, max_unacked: int) -> None:
    """Let the socket become readable for a PUBLISH, and when the connection ends, but not for each PUBACK.

    Acknowledgements make it readable when they are together as long as the shortest PUBLISH that can be received, whose
    topic has `shortest_topic` characters; who needs fewer of them has to read without being told. Does nothing when
    `max_unacked` of them are shorter than that. With TLS each of them is longer.
    """
    at_least = _PUBLISH_BYTES + shortest_topic
    if max_unacked * _PUBACK_BYTES >= at_least:
        # Where the system does not know that option, each acknowledgement wakes its reader.
        with contextlib.suppress(OSError, AttributeError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, at_least)


def has_read_ahead(sock: Any) -> bool:
    """Return whether TLS holds bytes that select cannot see."""
    return isinstance(sock, ssl.SSLSocket) and sock.pending() > 0


def cut(sock: Any) -> None:
    """End a connection; paho finds out when it reads."""
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
