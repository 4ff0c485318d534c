"""Writes the initial corpus: messages and pages from the simulator, and typical MQTT requests.

    python -m fuzz.seeds

Existing files are kept. The corpus also has inputs that once broke a target.
"""

import gzip
import hashlib
import socket
from pathlib import Path
from urllib.parse import urlsplit

from bench.samples import simulated
from fuzz.peers import ACCEPT
from fuzz.targets import METHODS
from tiktok2mqtt.bridge.commands import COMMANDS
from tiktok2mqtt.simulator import Simulator
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchMessage, FetchResponse, PushFrame

CORPUS = Path(__file__).parent / "corpus"
_MESSAGES = 400
_END = b"\r\n\r\n"
_OK_PROXY = b"HTTP/1.1 200 Connection established\r\n\r\n"


def main() -> None:
    """Write the files."""
    samples = dict(simulated(_MESSAGES))
    fetched = FetchResponse(
        messages=[FetchMessage(method=method, payload=payload, msg_id=7) for method, payload in samples.items()],
        needs_ack=True,
        internal_ext=b"ext",
    ).SerializeToString()
    for payload in (fetched, gzip.compress(fetched, mtime=0)):
        frame = PushFrame(payload_type="msg", payload_encoding="pb", log_id=9, payload=payload)
        _write("frame", frame.SerializeToString())
    for payload_type in ("hb", "close", "im_enter_room_resp"):
        _write("frame", PushFrame(payload_type=payload_type).SerializeToString())
    _write("unpack", gzip.compress(fetched[:500], mtime=0))
    for method, payload in samples.items():
        _write("message", bytes((METHODS.index(method),)) + payload)
    _write_answers()
    for url in ("wss://webcast-ws.tiktok.com/webcast/im/push/v2/", "wss://webcast-ws.eu.tiktok.com:443/im?x=1"):
        _write("socket_url", url.encode())
    for answer in (
        _OK_PROXY,
        b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
        b"\x05\x02\x01\x00\x05\x00\x00\x01" + bytes(6),
    ):
        _write("proxy", answer)
    for number, _ in enumerate(sorted(COMMANDS)):
        for payload in (b'{"room": "alice", "transaction": 1}', b"@alice", b"{}"):
            _write("command", bytes((number,)) + payload)
    _write("command", b"OFF")


def _write_answers() -> None:
    """Write what the simulator answers: the bodies alone, and short responses with their headers."""
    with Simulator() as simulator:
        room_id = simulator.room("alice").go_live()
        simulator.room("alice").gift("bob", "Rose")
        paths = {
            "live_page": "/@alice/live",
            "profile": "/@alice",
            "api_live": "/api-live/user/room?uniqueId=alice",
            "room_info": f"/webcast/room/info/?room_id={room_id}",
            "check_alive": f"/webcast/room/check_alive/?room_ids={room_id}",
            "gift_list": f"/webcast/gift/list/?room_id={room_id}",
        }
        for target, path in paths.items():
            _write(target, _answer(simulator, path).partition(_END)[2])
        connect = f"/sign/webcast/rooms/{room_id}/connect?client=fuzz&user_agent=fuzz"
        _write("provider", _answer(simulator, connect))
        _write("provider", _answer(simulator, connect.replace(str(room_id), "8")))
        for how in ("stub", "no cookies", "elsewhere"):
            simulator.fail_sign(how)
            _write("provider", _answer(simulator, connect))
        _write("response", _answer(simulator, paths["check_alive"]))
        _write("response", _answer(simulator, paths["profile"]).partition(_END)[0] + _END)
        for fault in ("rate_limited", "blocked", "redirect_loop", "redirect_elsewhere", "server_error"):
            simulator.fail_http("check_alive", fault)
            _write("response", _answer(simulator, paths["check_alive"]))
        _write("polling", _answer(simulator, f"/webcast/im/fetch/?room_id={room_id}"))
        for fault in ("device_blocked", "rate_limited", "redirect_elsewhere"):
            simulator.fail_http("check_alive", fault)
            _write("handshake", _answer(simulator, paths["check_alive"]))
    limits = b"Retry-After: Tue, 14 Nov 2023 22:14:20 GMT\r\nDate: Tue, 14 Nov 2023 22:13:20 GMT\r\n"
    for headers in (limits, b"RateLimit-Reset: 1700000060\r\n", b"X-RateLimit-Reset: 1700000060000\r\nDate: x\r\n"):
        body = b'{"message": "too many", "limit_label": "day"}'
        _write("provider", b"HTTP/1.1 429 No\r\n" + headers + b"Content-Length: %d\r\n\r\n" % len(body) + body)
    packed = gzip.compress(b'{"status_code":0}', mtime=0)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"
    cookie = b"Set-Cookie: ttwid=1%7Ca==; Path=/; Expires=Tue, 14 Nov 2034 22:13:20 GMT; Max-Age=60; HttpOnly\r\n"
    for start in (b"HTTP/1.1 302 Found\r\nLocation: /other?x=1\r\n", b"HTTP/1.1 200 OK\r\n"):
        _write("response", start + cookie + b"Content-Length: 2\r\n\r\nhi")
    _write("response", head + b"\r\n" + packed)
    _write("response", head + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(packed), packed))
    switch = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    frames = b"\x89\x02hi\x01\x01a\x80\x01b\x82\x04:\x02hb\x88\x02\x03\xe8"
    _write("handshake", switch + b"Sec-WebSocket-Accept: " + ACCEPT + _END + frames)


def _answer(simulator: Simulator, path: str) -> bytes:
    """Return a response as it is sent, with its headers."""
    parts = urlsplit(simulator.web_url)
    headers = {"User-Agent": "fuzz", "Referer": "https://www.tiktok.com/", "Origin": "https://www.tiktok.com"}
    sent = headers if not path.startswith("/sign") else {}
    lines = [f"GET {path} HTTP/1.1", f"Host: {parts.netloc}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in sent.items()]
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=10) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        with connection.makefile("rb") as file:
            return file.read()


def _write(target: str, data: bytes) -> None:
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)


if __name__ == "__main__":
    main()
