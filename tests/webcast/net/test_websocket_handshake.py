import base64
import socket
import time
from collections.abc import Callable

import pytest
import websocket

from tests.helpers import until
from tests.webcast.net.sockets import Sockets
from tests.webcast.raw_server import SWITCHING, OpenServer, accept_key, drips, read_request, switch
from tiktok2mqtt.webcast.net.dialer import MAX_HANDSHAKE_BYTES

HANDSHAKE_ERRORS = (OSError, websocket.WebSocketException)


def test_the_request_is_the_one_of_the_rfc(serve: OpenServer, sockets: Sockets) -> None:
    seen: list[str] = []
    port = serve(lambda peer: seen.append(switch(peer)))
    sockets.open(port, {"Cookie": "ttwid=abc", "Origin": "https://a.example", "X-Y": "z"})
    until(lambda: seen)
    lines = seen[0].split("\r\n")
    key = next(line for line in lines if line.startswith("Sec-WebSocket-Key: ")).split(": ")[1]
    assert len(base64.b64decode(key)) == 16
    assert lines[0] == "GET /path?x=1 HTTP/1.1"
    assert sorted(line for line in lines[1:] if key not in line) == [
        "",
        "",
        "Connection: Upgrade",
        "Cookie: ttwid=abc",
        f"Host: 127.0.0.1:{port}",
        "Origin: https://a.example",
        "Sec-WebSocket-Version: 13",
        "Upgrade: websocket",
        "X-Y: z",
    ]


def test_the_host_can_be_replaced(serve: OpenServer, sockets: Sockets) -> None:
    seen: list[str] = []
    sockets.open(serve(lambda peer: seen.append(switch(peer))), {"host": "www.example.org"})
    until(lambda: seen)
    assert [line for line in seen[0].split("\r\n") if line.startswith("Host:")] == ["Host: www.example.org"]


def test_a_refusal_has_status_and_headers(serve: OpenServer, sockets: Sockets) -> None:
    def refuse(peer: socket.socket) -> None:
        read_request(peer)
        peer.sendall(b"HTTP/1.1 415 No\r\nHandshake-Msg: DEVICE_BLOCKED\r\nContent-Length: 4\r\n\r\nbody")

    with pytest.raises(websocket.WebSocketBadStatusException) as caught:
        sockets.open(serve(refuse))
    assert caught.value.status_code == 415
    assert caught.value.resp_headers == {"handshake-msg": "DEVICE_BLOCKED", "content-length": "4"}


def accepted(peer: socket.socket) -> bytes:
    return b"Sec-WebSocket-Accept: " + accept_key(read_request(peer)) + b"\r\n"


@pytest.mark.parametrize(
    "answer",
    [
        lambda _: SWITCHING + b"Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n",
        lambda _: SWITCHING + b"\r\n",
        lambda accept: b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n" + accept + b"\r\n",
        lambda accept: b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n" + accept + b"\r\n",
        lambda accept: SWITCHING.replace(b": websocket", b": h2c") + accept + b"\r\n",
        lambda accept: SWITCHING.replace(b": Upgrade", b": close") + accept + b"\r\n",
        lambda accept: SWITCHING + accept + b"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
        lambda accept: SWITCHING + accept + b"Sec-WebSocket-Protocol: chat\r\n\r\n",
        lambda _: b"",
        lambda _: b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
        lambda _: b"\r\n\r\n",
        lambda _: b"HTTP/1.1 \xff\xff\r\n\r\n",
        lambda _: b"HTTP/1.1 200 OK\r\n" + b"X-Filler: y\r\n" * 10_000,
        lambda _: b"HTTP/1.1 200 OK\r\nX-Filler: " + b"y" * 70_000,
        lambda _: b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n" + bytes(70_000),
        lambda _: b"HTTP/1.1 200 OK\r\nContent-Length: -x\r\n\r\n",
    ],
    ids=[
        "another key",
        "no key",
        "no upgrade",
        "no connection",
        "another upgrade",
        "another connection",
        "an extension",
        "a protocol",
        "nothing",
        "another service",
        "empty lines",
        "no text",
        "very many headers",
        "a long header",
        "a long body",
        "no length",
    ],
)
def test_an_invalid_answer(serve: OpenServer, sockets: Sockets, answer: Callable[[bytes], bytes]) -> None:
    port = serve(lambda peer: peer.sendall(answer(accepted(peer))))
    made = sockets.new()
    with pytest.raises(HANDSHAKE_ERRORS):
        made.open(f"ws://127.0.0.1:{port}/", {})
    assert made.sock is None


def test_a_protocol_that_was_offered_may_be_answered(serve: OpenServer, sockets: Sockets) -> None:
    port = serve(lambda peer: switch(peer, b"Sec-WebSocket-Protocol: chat\r\n"))
    sockets.open(port, {"sec-websocket-protocol": "superchat, Chat"})


@pytest.mark.parametrize("name", ["Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions"])
@pytest.mark.parametrize("value", ["other", "chat, other", "chat;x, other;x"])
def test_another_than_was_offered_is_refused(serve: OpenServer, sockets: Sockets, name: str, value: str) -> None:
    port = serve(lambda peer: switch(peer, f"{name}: {value}\r\n".encode()))
    with pytest.raises(websocket.WebSocketProtocolException, match="not offered"):
        sockets.open(port, {name: "chat"})


def test_an_endless_answer_is_read_no_further_than_its_limit(serve: OpenServer, sockets: Sockets) -> None:
    sent: list[int] = []

    def flood(peer: socket.socket) -> None:
        read_request(peer)
        try:
            while True:
                sent.append(peer.send(b"X-Filler: y\r\n" * 1000))
        finally:
            sent.append(-1)

    with pytest.raises(HANDSHAKE_ERRORS):
        sockets.open(serve(flood))
    # The rest is in the buffers of the two sockets, some megabytes.
    until(lambda: sent and sent[-1] == -1)
    assert MAX_HANDSHAKE_BYTES < sum(sent) < 64 * 1024 * 1024


@pytest.mark.parametrize(
    "beginning",
    [b"", b"HTTP/1.1 101 Switching Protocols\r\nX-Drip: ", b"HTTP/1.1 403 No\r\nContent-Length: 9999\r\n\r\n"],
    ids=["at once", "in a header", "in the body"],
)
def test_a_handshake_that_drips_ends_at_the_deadline(serve: OpenServer, sockets: Sockets, beginning: bytes) -> None:
    port = serve(drips(beginning, after_request=True))
    started = time.monotonic()
    with pytest.raises(HANDSHAKE_ERRORS, match="timed out"):
        sockets.open(port, timeout_s=0.3)
    assert 0.25 < time.monotonic() - started < 5.0


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(serve: OpenServer, sockets: Sockets, status: int) -> None:
    """The library would send the cookie to the host that is named there."""
    requests: list[str] = []
    elsewhere = serve(lambda peer: requests.append(read_request(peer)))

    def redirect(peer: socket.socket) -> None:
        requests.append(read_request(peer))
        peer.sendall(f"HTTP/1.1 {status} Found\r\nLocation: ws://127.0.0.1:{elsewhere}/\r\n\r\n".encode())

    made = sockets.new()
    with pytest.raises(websocket.WebSocketException):
        made.open(f"ws://127.0.0.1:{serve(redirect)}/", {"Cookie": "sessionid=1"})
    assert made.status == status
    assert len(requests) == 1
    assert "sessionid" in requests[0]


@pytest.mark.parametrize("name", ["Set-Cookie", " set-cookie", "SET-COO\N{KELVIN SIGN}IE"])
def test_a_cookie_of_one_handshake_is_not_sent_in_another(serve: OpenServer, sockets: Sockets, name: str) -> None:
    requests: list[str] = []
    cookie = f"{name}: a=b; Domain=127.0.0.1\r\n".encode()
    port = serve(lambda peer: requests.append(switch(peer, cookie)))
    for _ in range(2):
        sockets.open(port)
    until(lambda: len(requests) == 2)
    assert not any("Cookie:" in request for request in requests)


@pytest.mark.parametrize("proxy", ["http://127.0.0.1:1", "socks5://127.0.0.1:1"])
def test_proxies_of_the_environment_are_ignored(
    serve: OpenServer, sockets: Sockets, monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy)
        monkeypatch.setenv(name.lower(), proxy)
    sockets.open(serve(switch))
