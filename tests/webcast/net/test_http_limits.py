"""What a broken or hostile service costs, with both transport adapters."""

import gzip
import os
import random
import socket
import time
import zlib
from collections import Counter
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Final

import pytest

from fuzz.mutations import mutated
from tests.webcast.net.conftest import HttpOf
from tests.webcast.raw_server import OpenServer, read_request
from tests.webcast.site import Site
from tiktok2mqtt.common.errors import NetworkError, WebcastError
from tiktok2mqtt.simulator import Simulator
from tiktok2mqtt.webcast.net.http import MAX_BODY_BYTES, HttpClient

CORPUS: Final = Path(__file__).parents[3] / "fuzz" / "corpus" / "response"
MUTATIONS: Final = 5_000 if os.environ.get("FUZZ") == "full" else 300


def test_a_body_is_capped(site: Site, client: HttpClient) -> None:
    site.answers["/fits"] = (200, {}, bytes(MAX_BODY_BYTES))
    assert len(client.get(site.url + "/fits").body) == MAX_BODY_BYTES
    site.answers["/large"] = (200, {}, bytes(MAX_BODY_BYTES + 1))
    with pytest.raises(NetworkError, match="more than 8388608 bytes"):
        client.get(site.url + "/large")


def test_a_body_without_end_is_capped(site: Site, client: HttpClient) -> None:
    def endless(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n")
        while not site.released.is_set():
            request.wfile.write(bytes(1024 * 1024))

    site.answers["/x"] = endless
    with pytest.raises(NetworkError, match="more than 8388608 bytes"):
        client.get(site.url + "/x")


def test_a_compressed_body_is_capped(site: Site, client: HttpClient) -> None:
    site.answers["/x"] = (200, {"Content-Encoding": "gzip"}, gzip.compress(bytes(MAX_BODY_BYTES * 4), 1))
    with pytest.raises(NetworkError, match="more than 8388608 bytes"):
        client.get(site.url + "/x")


def test_data_that_decompresses_to_nothing_is_capped(site: Site, client: HttpClient) -> None:
    def endless(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Encoding: deflate\r\n\r\n")
        packer = zlib.compressobj()
        request.wfile.write(packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH))
        while not site.released.is_set():
            # Empty stored blocks (RFC 1951, section 3.2.4).
            request.wfile.write(b"\x00\x00\x00\xff\xff" * 100_000)

    site.answers["/x"] = endless
    with pytest.raises(NetworkError, match=r"more than 8388608 bytes|timed out"):
        client.get(site.url + "/x", timeout_s=1.0)


def test_a_service_that_does_not_respond_times_out(site: Site, http_of: HttpOf) -> None:
    site.answers["/x"] = lambda _request: site.released.wait(10.0)
    client = http_of(connect_timeout_s=0.1)
    with pytest.raises(NetworkError, match=r"^127\.0\.0\.1:\d+ did not answer: timed out$"):
        client.get(site.url + "/x")


def test_a_body_that_stops_in_the_middle_times_out(site: Site, http_of: HttpOf) -> None:
    def half(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
        site.released.wait(10.0)

    site.answers["/x"] = half
    client = http_of(connect_timeout_s=0.1)
    with pytest.raises(NetworkError, match="did not answer"):
        client.get(site.url + "/x")


PACKED = gzip.compress(b"whole" * 100, mtime=0)
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
GZIP = b"HTTP/1.0 200 OK\r\nContent-Encoding: gzip\r\n\r\n"
DEFLATE = b"HTTP/1.0 200 OK\r\nContent-Encoding: deflate\r\n\r\n"
BROKEN = {
    "nothing": b"",
    "no HTTP": b"SSH-2.0-OpenSSH_9.6\r\n",
    "cut short": b"HTTP/1.0 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
    "chunk of zz bytes": CHUNKED + b"zz\r\nhalf",
    "chunk of -5 bytes": CHUNKED + b"-5\r\nhello\r\n0\r\n\r\n",
    "chunk of too many bytes": CHUNKED + b"ffffffffffffffffffff\r\nhello\r\n0\r\n\r\n",
    "no last chunk": CHUNKED + b"5\r\nhello\r\n",
    "no gzip": b"HTTP/1.0 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nhalf",
    # No length says that the rest is missing.
    "gzip without its end": GZIP + PACKED[:-1],
    "half of a gzip": GZIP + PACKED[:20],
    "gzip and more": GZIP + PACKED + b"more",
    "deflate without its end": DEFLATE + zlib.compress(b"whole")[:-1],
    "unknown coding": b"HTTP/1.0 200 OK\r\nContent-Encoding: compress\r\n\r\nwhole",
}


def test_a_whole_body_without_a_length(site: Site, client: HttpClient) -> None:
    answers = (GZIP + PACKED, DEFLATE + zlib.compress(b"whole" * 100), CHUNKED + b"1f4\r\n%b\r\n0\r\n\r\n")
    for raw in answers:
        site.answers["/x"] = lambda request, raw=raw: request.wfile.write(raw.replace(b"%b", b"whole" * 100))  # type: ignore[misc]
        assert client.get(site.url + "/x").body == b"whole" * 100


@pytest.mark.parametrize("raw", BROKEN.values(), ids=BROKEN)
def test_a_broken_response_is_a_network_error(site: Site, client: HttpClient, raw: bytes) -> None:
    site.answers["/x"] = lambda request: request.wfile.write(raw)
    with pytest.raises(NetworkError, match="did not answer"):
        client.get(site.url + "/x")


def test_a_closed_port_is_a_network_error(site: Site, client: HttpClient) -> None:
    closed = Site()
    closed.close()
    with pytest.raises(NetworkError, match=r"connection failed|connection was refused"):
        client.get(closed.url + "/x")
    assert site.journal == []


@pytest.mark.parametrize(
    "line",
    [b"Set-Cookie: " + b"a;" * 25_000, b"Set-Cookie: x=1\r\nSet-Cookie2: " + b"a;" * 25_000, b"X: " + b"y" * 50_000],
    ids=["cookie", "old cookie", "other"],
)
def test_long_headers_are_refused_before_they_are_parsed(site: Site, client: HttpClient, line: bytes) -> None:
    """http.cookiejar takes time that grows with the square of their length."""
    site.answers["/x"] = lambda request: request.wfile.write(b"HTTP/1.0 200 OK\r\n" + line + b"\r\n\r\nhi")
    with pytest.raises(NetworkError, match=r"^127\.0\.0\.1:\d+ sent more than 32768 bytes of headers$"):
        client.get(site.url + "/x")


@pytest.mark.unmeasured
# urllib3 leaves the file of a response open when its length is contradictory, until the error is deleted.
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
def test_mutated_responses_raise_nothing_but_our_errors(serve: OpenServer, http_of: HttpOf, browser: str) -> None:
    seeds = [path.read_bytes() for path in sorted(CORPUS.iterdir())]
    rng = random.Random(browser)  # the same each time
    sent = b""

    def answer(peer: socket.socket) -> None:
        read_request(peer)
        peer.sendall(sent)

    url = f"http://127.0.0.1:{serve(answer)}"
    client = http_of(web_url=url, connect_timeout_s=5.0)
    outcomes: Counter[str] = Counter()
    for _ in range(MUTATIONS):
        sent = mutated(rng, seeds)
        try:
            client.get(url + "/x")
        except WebcastError as error:
            outcomes[error.code] += 1
        else:
            outcomes["whole"] += 1
    assert outcomes.keys() == {"whole", "network", "blocked", "rate_limited"}


# --- a hostile service ---


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("bomb", "sent more than 8388608 bytes"),
        ("huge_body", "sent more than 8388608 bytes"),
        ("endless_headers", "did not answer: (its response is broken|connection failed)"),
        ("drip_body", "did not answer: timed out"),
        ("hang", "did not answer: timed out"),
        ("reset", "did not answer: connection failed"),
        ("redirect_loop", "redirected us more than 5 times"),
        ("redirect_elsewhere", "redirected us to another host: https://www.example.org"),
    ],
)
def test_a_response_is_bounded_in_time_and_size(http_of: HttpOf, fault: str, words: str) -> None:
    timeout_s = 0.3 if "timed out" in words else 5.0
    with Simulator() as sim:
        sim.fail_http("/", fault, times=None)
        client = http_of(web_url=sim.web_url)
        began = time.monotonic()
        with pytest.raises(NetworkError, match=words):
            client.get(sim.web_url + "/@alice", timeout_s=timeout_s)
        assert time.monotonic() - began < 4.0


def test_all_redirects_share_one_timeout(site: Site, client: HttpClient) -> None:
    def slow(request: BaseHTTPRequestHandler) -> None:
        site.released.wait(0.15)
        request.wfile.write(b"HTTP/1.0 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n")

    site.answers["/x"] = slow
    with pytest.raises(NetworkError, match="did not answer: timed out"):
        client.get(site.url + "/x", timeout_s=0.4)
    assert 2 <= len(site.journal) <= 4


def test_a_body_that_is_compressed_twice_is_capped(site: Site, client: HttpClient) -> None:
    once = gzip.compress(bytes(MAX_BODY_BYTES * 8))
    site.answers["/x"] = (200, {"Content-Encoding": "gzip, gzip"}, gzip.compress(once))
    with pytest.raises(NetworkError, match=r"more than 8388608 bytes|did not answer"):
        client.get(site.url + "/x")
