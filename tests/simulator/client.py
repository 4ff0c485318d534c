"""A simple client with hand-written frames: requests for HTTP, websocket-client for the socket.

It shares no code with the simulator or the library: it reads and writes varints itself.
"""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Self

import requests
import websocket

if TYPE_CHECKING:
    from tiktok2mqtt.simulator import Simulator

HEADERS = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0",
    "Referer": "https://www.tiktok.com/",
    "Origin": "https://www.tiktok.com",
}
QUERY = (
    "version_code=180800&device_platform=web&cookie_enabled=true&screen_width=1920&screen_height=1080"
    "&browser_language=en-US&browser_platform=Linux+x86_64&browser_name=Mozilla&browser_version=5.0&browser_online=true"
    "&tz_name=Europe/Berlin&app_name=tiktok_web&sup_ws_ds_opt=1&update_version_code=2.0.0&compress=gzip"
    "&webcast_language=en&ws_direct=1&aid=1988&live_id=12&app_language=en&client_enter=1&identity=audience"
    "&history_comment_count=6&last_rtt=123&heartbeat_duration=10000&resp_content_type=protobuf&did_rule=3&room_id="
)


def varint(number: int) -> bytes:
    """Encode a number in base 128, least significant group first."""
    out = b""
    while number >= 128:
        out += bytes([number % 128 + 128])
        number //= 128
    return out + bytes([number])


def chunk(key: bytes, data: bytes) -> bytes:
    """Encode a length-delimited field; `key` is its key byte."""
    return key + varint(len(data)) + data


def fields(data: bytes) -> dict[int, list[int | bytes]]:
    """Decode a message with varint and length-delimited fields; return all values by field number."""
    out: dict[int, list[int | bytes]] = {}
    rest = memoryview(data)

    def number() -> int:
        nonlocal rest
        value = shift = 0
        while True:
            byte, rest = rest[0], rest[1:]
            value += (byte % 128) << shift
            shift += 7
            if byte < 128:
                return value

    while rest:
        key = number()
        if key % 8 == 0:
            out.setdefault(key // 8, []).append(number())
        else:
            assert key % 8 == 2
            length = number()
            out.setdefault(key // 8, []).append(bytes(rest[:length]))
            rest = rest[length:]
    return out


def blob(data: bytes, *path: int) -> bytes:
    """Return the first value at a path of field numbers, as bytes."""
    for step in path:
        value = fields(data)[step][0]
        assert isinstance(value, bytes)
        data = value
    return data


def integer(data: bytes, *path: int) -> int:
    """Return the first value at a path of field numbers, as an integer."""
    value = fields(blob(data, *path[:-1])).get(path[-1], [0])[0]
    assert isinstance(value, int)
    return value


def heartbeat(room_id: str) -> bytes:
    """Return a `hb` frame."""
    return b"\x32\x02pb\x3a\x02hb" + chunk(b"\x42", b"\x08" + varint(int(room_id)) + b"\x10\x01")


def enter_room(room_id: str) -> bytes:
    """Return an `im_enter_room` frame."""
    payload = b"\x08" + varint(int(room_id)) + b"\x20\x0c" + chunk(b"\x2a", b"audience") + chunk(b"\x4a", b"0")
    return b"\x32\x02pb" + chunk(b"\x3a", b"im_enter_room") + chunk(b"\x42", payload)


def ack(log_id: int, internal_ext: bytes) -> bytes:
    """Return an `ack` frame."""
    return b"\x10" + varint(log_id) + b"\x32\x02pb" + chunk(b"\x3a", b"ack") + chunk(b"\x42", internal_ext)


def mint(sim: Simulator, name: str = "tiktok") -> str | None:
    """Return the ttwid cookie that a profile page sets, or None."""
    response = requests.get(f"{sim.web_url}/@{name}", headers=HEADERS, timeout=5)
    return response.cookies.get("ttwid")


class Client:
    """A client of the push socket that does what the service expects, unless a test leaves something out."""

    def __init__(
        self,
        sim: Simulator,
        room_id: str,
        ttwid: str | None = None,
        query: str = QUERY,
        subprotocols: list[str] | None = None,
    ) -> None:
        self.room_id = room_id
        headers = {**HEADERS, "Cookie": f"ttwid={ttwid or mint(sim)}"}
        self.ws = websocket.create_connection(
            f"{sim.socket_url}?{query}{room_id}",
            header=headers,
            timeout=5,
            suppress_origin=True,
            subprotocols=subprotocols,
        )

    def enter(self) -> None:
        """Send heartbeat and enter-room, and receive the responses."""
        self.send(heartbeat(self.room_id))
        self.send(enter_room(self.room_id))
        assert blob(self.receive(), 7) == b"hb"
        assert blob(self.receive(), 7) == b"im_enter_room_resp"

    def send(self, data: bytes) -> None:
        """Send a binary message."""
        self.ws.send_binary(data)

    def send_raw(self, data: bytes) -> None:
        """Send bytes on the connection without the WebSocket library."""
        assert self.ws.sock is not None
        self.ws.sock.sendall(data)

    def abort(self) -> None:
        """Close the connection without a close frame."""
        assert self.ws.sock is not None
        self.ws.sock.close()

    def receive(self) -> bytes:
        """Return the next binary message."""
        data = self.ws.recv()
        assert isinstance(data, bytes)
        return data

    def fetch(self, *, acked: bool = True) -> bytes:
        """Return the next fetch response and acknowledge it if it asks for that; skip other frames."""
        while True:
            frame = self.receive()
            if blob(frame, 7) == b"msg":
                break
        payload = blob(frame, 8)
        fetch = gzip.decompress(payload) if payload[:3] == b"\x1f\x8b\x08" else payload
        if acked and integer(fetch, 9):
            self.send(ack(integer(frame, 2), blob(fetch, 5)))
        return fetch

    def messages(self, *, acked: bool = True) -> list[bytes]:
        """Return the messages of the next fetch response that has any."""
        while True:
            found = fields(self.fetch(acked=acked)).get(1)
            if found:
                return [message for message in found if isinstance(message, bytes)]

    def close(self) -> None:
        """Close the WebSocket, then the socket, even if the service has closed it already."""
        self.ws.close()
        self.ws.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()
