"""What a broken or malicious service does, by name: answers, endless streams, and frames."""

from __future__ import annotations

import asyncio
import gzip
import secrets
import struct
import zlib
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from tiktok2mqtt.simulator.envelope import encode_frame
from tiktok2mqtt.simulator.faults import DEVICE_BLOCKED, LOOK_EVERY_S, Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tiktok2mqtt.simulator.faults import RawConnection

_DRIP_EVERY_S: Final = 0.05
_BOMB_BYTES: Final = 64 * 1024 * 1024
_GIGABYTE: Final = 1024**3
_CHALLENGE: Final = b"<!DOCTYPE html><html><head><title>Slide to continue</title></head><body></body></html>"
# Pages of the site that show no room; the last names rooms of other hosts.
_PAGE: Final = (
    '<!DOCTYPE html><html><head><meta property="og:url" content="https://www.tiktok.com/%s"><title>%s</title>%s'
)
_LOGIN: Final = (_PAGE % ("login", "Log in | TikTok", "</head></html>")).encode()
_CONSENT: Final = (_PAGE % ("", "Before you continue", "</head></html>")).encode()
_ABOUT: Final = (_PAGE % ("about", "About TikTok", "</head></html>")).encode()
_SUGGESTIONS: Final = (
    _PAGE % ("live", "TikTok LIVE", '</head><a href="/live?room_id=7300000000000000001">"roomId":"7300000000000000002"')
).encode()
_BROKEN_PAGE: Final = b'<html><script id="SIGI_STATE" type="application/json">{"LiveRoom":</script></html>'
_DEEP_PAGE: Final = b'<html><script id="SIGI_STATE">' + b"[" * 1_000_000 + b"</script></html>"


async def _hang(connection: RawConnection) -> None:
    while connection.is_open:  # noqa: ASYNC110 - a transport has no event for this
        await asyncio.sleep(LOOK_EVERY_S)


async def _drip(connection: RawConnection, beginning: bytes) -> None:
    await connection.write(beginning)
    while connection.is_open:
        await connection.write(b".")
        await asyncio.sleep(_DRIP_EVERY_S)


async def _flood(connection: RawConnection, beginning: bytes, chunk: bytes, count: int) -> None:
    await connection.write(beginning)
    while connection.is_open and count > 0:
        await connection.write(chunk)
        count -= 1


async def _reset(connection: RawConnection) -> None:
    connection.reset()


_OK: Final = b"HTTP/1.1 200 OK\r\n"
_BODY: Final = _OK + b"Content-Length: %d\r\n\r\n" % _GIGABYTE
_HEADER: Final = b"X-Filler: " + b"x" * 1000 + b"\r\n"
_MIB: Final = bytes(1024 * 1024)


@cache
def _bomb() -> bytes:
    """Zeros, compressed a thousand to one."""
    packer = zlib.compressobj(9, wbits=31)
    return b"".join(packer.compress(_MIB) for _ in range(_BOMB_BYTES // len(_MIB))) + packer.flush()


# By name: wrong answers for HTTP requests (`fail_http`) and handshakes (`refuse`).
FAULTS: Final[Mapping[str, Callable[[], Fault]]] = MappingProxyType(
    {
        # Refusals as the service sends them.
        "blocked": lambda: Fault(403),
        "captcha": lambda: Fault(200, {"X-TT-System-Error": "3", "Content-Type": "text/html"}, _CHALLENGE),
        "device_blocked": lambda: Fault(415, {"Handshake-Msg": DEVICE_BLOCKED}),
        "empty": lambda: Fault(200),
        "rate_limited": lambda: Fault(429, {"Retry-After": "120"}),
        "server_error": lambda: Fault(503),
        # Pages that say nothing about the room.
        "login": lambda: Fault(200, body=_LOGIN),
        "consent": lambda: Fault(200, body=_CONSENT),
        "about": lambda: Fault(200, body=_ABOUT),
        "suggestions": lambda: Fault(200, body=_SUGGESTIONS),
        # Unreadable answers and useless redirects.
        "broken": lambda: Fault(200, body=_BROKEN_PAGE),
        "deep": lambda: Fault(200, body=_DEEP_PAGE),
        "redirect_elsewhere": lambda: Fault(302, {"Location": "https://www.example.org/"}),
        "redirect_loop": lambda: Fault(302, {"Location": ""}),
        # Endless answers, until the client gives up.
        "bomb": lambda: Fault(200, {"Content-Encoding": "gzip"}, _bomb()),
        "drip": lambda: Fault(200, act=lambda connection: _drip(connection, _OK + b"X-Drip: ")),
        "drip_body": lambda: Fault(200, act=lambda connection: _drip(connection, _BODY)),
        "endless_headers": lambda: Fault(200, act=lambda connection: _flood(connection, _OK, _HEADER, _GIGABYTE)),
        "hang": lambda: Fault(200, act=_hang),
        "huge_body": lambda: Fault(200, act=lambda connection: _flood(connection, _BODY, _MIB, _GIGABYTE // len(_MIB))),
        "reset": lambda: Fault(200, act=_reset),
    }
)


def fault_of(
    status: int | str, headers: Mapping[str, str] | None = None, body: bytes = b"", times: int | None = 1
) -> Fault:
    """Return a status with headers and body, or one of FAULTS by name. Raises ValueError for an unknown name."""
    if isinstance(status, int):
        return Fault(status, dict(headers or {}), body, times)
    if status not in FAULTS:
        raise ValueError(f"there is no fault {status!r}; there are {', '.join(FAULTS)}")
    return replace(FAULTS[status](), times=times)


@dataclass(frozen=True)
class Wire:
    """Bytes to write to a socket's connection without the WebSocket library."""

    data: bytes


def _length(first: int, size: int) -> bytes:
    """The header of a WebSocket frame of `size` bytes (RFC 6455, section 5.2)."""
    return struct.pack("!BBQ", first, 127, size)


# By name: what `send_garbage` sends to a room's sockets, as a binary or text message or as plain bytes.
GARBAGE: Final[Mapping[str, Callable[[], bytes | str | Wire]]] = MappingProxyType(
    {
        "bomb": lambda: encode_frame("msg", _bomb()),
        "cut": lambda: Wire(_length(0x82, 1000) + b"the rest never comes"),
        "endless": lambda: Wire(_length(0x02, len(_MIB)) + _MIB + (_length(0x00, len(_MIB)) + _MIB) * 8),
        "oversized": lambda: Wire(_length(0x82, 100_000_000)),
        "random": lambda: secrets.token_bytes(200),
        "text": lambda: "hello",
        "truncated_gzip": lambda: encode_frame("msg", gzip.compress(bytes(1000))[:-9]),
        "undecodable": lambda: encode_frame("msg", b"\x0a\xff\xff\xff\x7f"),
    }
)


def garbage_named(name: str) -> bytes | str | Wire:
    """Return one of GARBAGE. Raises ValueError for an unknown name."""
    if name not in GARBAGE:
        raise ValueError(f"there is no garbage {name!r}; there is {', '.join(GARBAGE)}")
    return GARBAGE[name]()
