import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.helpers import until
from tests.webcast.rig import deaf_server, urls
from tests.webcast.site import DATE, Site
from tests.webcast.transports.rig import TransportRig, asked, interrupted
from tiktok2mqtt.common.errors import Blocked, NetworkError, RateLimited, SchemaError
from tiktok2mqtt.simulator import Room, Simulator
from tiktok2mqtt.simulator.envelope import Message
from tiktok2mqtt.webcast.net.options import Options
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchResponse
from tiktok2mqtt.webcast.transports.polling import PollingTransport

ROOM_ID = "7286184560900803334"
FETCH_PATH = "/webcast/im/fetch/"
SOCKET_PATH = "/webcast/im/ws_proxy/ws_reuse_supplement/"
# One message of type "One" with id 7, then cursor "c1" and internal_ext "e1".
ONE = b"\x0a\x0a\x0a\x03One\x12\x01x\x18\x07" + b"\x12\x02c1" + b"\x2a\x02e1"
EMPTY = b"\x12\x02c2\x2a\x02e2"


class Rig(TransportRig):
    """A polling transport and its parts."""

    def __init__(self, room_id: str, options: Options) -> None:
        super().__init__(PollingTransport, room_id, options)

    def ids(self, *wanted: int) -> list[int]:
        """Receive until all these messages have arrived; return the ids of all messages, in order."""
        came: list[int] = []
        deadline = time.monotonic() + 5.0
        while not set(wanted) <= set(came):
            assert time.monotonic() < deadline, f"only {came} arrived"
            response = self.transport.receive(0.1)
            came += [message.msg_id for message in (response.messages if response else ())]
        return came


RigOf = Callable[..., Rig]


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    site.answers = {FETCH_PATH: (200, {}, ONE)}
    yield site
    site.close()


@pytest.fixture
def rig_of(site: Site) -> Iterator[RigOf]:
    """Make transports for a room of the site: `rig_of(option=...)`. They poll without pauses."""
    with ExitStack() as stack:

        def make(**options: Any) -> Rig:
            base: dict[str, Any] = {
                "web_url": site.url,
                "webcast_url": f"{site.url}/webcast/",
                "request_polling_interval_ms": 1,
            }
            rig = Rig(ROOM_ID, Options(**(base | options)))
            stack.callback(rig.close)
            return rig

        yield make


def queries(site: Site) -> list[dict[str, list[str]]]:
    """Return the queries of all fetch requests."""
    parts = [urlsplit(path) for path, _ in site.journal]
    return [parse_qs(part.query, keep_blank_values=True) for part in parts if part.path == FETCH_PATH]


# --- polling ---


def test_the_first_response_is_received(site: Site, rig_of: RigOf) -> None:
    rig = rig_of()
    rig.transport.open()
    assert len(queries(site)) == 1
    response = rig.transport.receive(0.0)
    assert response is not None
    assert response.is_first
    (message,) = response.messages
    assert (message.method, message.payload, message.msg_id) == ("One", b"x", 7)
    assert not rig.transport.has_socket


def test_the_request_looks_like_a_browser(site: Site, rig_of: RigOf) -> None:
    rig_of(client_params={"webcast_language": "de-DE", "live_id": "13"}).transport.open()
    (query,) = queries(site)
    assert query["room_id"] == [ROOM_ID]
    assert query["cursor"] == query["internal_ext"] == [""]
    assert (query["resp_content_type"], query["fetch_rule"], query["device_platform"]) == (["protobuf"], ["1"], ["web"])
    # Client parameters take precedence.
    assert (query["webcast_language"], query["live_id"]) == (["de-DE"], ["13"])


def test_cursor_and_internal_ext_are_taken_from_each_response(site: Site, rig_of: RigOf) -> None:
    rig = rig_of()
    rig.transport.open()
    rig.transport.receive(0.0)
    site.answers[FETCH_PATH] = (200, {}, EMPTY)
    assert rig.transport.receive(1.0) is not None
    # A response without them changes neither.
    site.answers[FETCH_PATH] = (200, {}, b"\x20\x01")
    rig.transport.receive(1.0)
    rig.transport.receive(1.0)
    where = [(query["cursor"][0], query["internal_ext"][0]) for query in queries(site)]
    assert where == [("", ""), ("c1", "e1"), ("c2", "e2"), ("c2", "e2")]


@pytest.mark.parametrize(
    ("ours_ms", "asked_ms", "expected_s"), [(200, 0, 0.2), (200, 50, 0.2), (1, 200, 0.2)], ids=["0", "less", "more"]
)
def test_the_longer_interval_is_used(site: Site, rig_of: RigOf, ours_ms: int, asked_ms: int, expected_s: float) -> None:
    site.answers[FETCH_PATH] = (200, {}, FetchResponse(cursor="c", fetch_interval=asked_ms).SerializeToString())
    rig = rig_of(request_polling_interval_ms=ours_ms)
    rig.transport.open()
    rig.transport.receive(0.0)
    began = time.monotonic()
    assert rig.transport.receive(5.0) is not None
    assert time.monotonic() - began > expected_s - 0.05


def test_an_absurd_interval_is_limited(site: Site, rig_of: RigOf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tiktok2mqtt.webcast.transports.polling.MAX_INTERVAL_S", 0.1)
    site.answers[FETCH_PATH] = (200, {}, FetchResponse(cursor="c", fetch_interval=2**62).SerializeToString())
    rig = rig_of()
    rig.transport.open()
    rig.transport.receive(0.0)
    assert rig.transport.receive(5.0) is not None


def test_receive_returns_none_after_its_timeout(site: Site, rig_of: RigOf) -> None:
    rig = rig_of(request_polling_interval_ms=5000)
    rig.transport.open()
    rig.transport.receive(0.0)
    began = time.monotonic()
    assert rig.transport.receive(0.2) is None
    assert 0.15 < time.monotonic() - began < 4.0
    assert len(queries(site)) == 1


# --- refusals ---

REFUSALS = [
    ((200, {}, b""), Blocked, r"TikTok refuses unsigned polling \(empty response\)"),
    ((200, {}, b"\xff\xff"), SchemaError, "the response of im/fetch cannot be decoded"),
    ((200, {}, b"<html>slide to continue</html>"), SchemaError, "the response of im/fetch cannot be decoded"),
    ((404, {}, b""), SchemaError, "im/fetch answered with status 404"),
    ((403, {}, b""), Blocked, "refused the request"),
    ((429, {"Retry-After": "120"}, b""), RateLimited, "too many requests"),
]


@pytest.mark.parametrize("at_open", [True, False], ids=["at first", "later"])
@pytest.mark.parametrize(("answer", "error", "sentence"), REFUSALS, ids=["empty", "junk", "page", "404", "403", "429"])
def test_each_refusal_has_its_error(  # noqa: PLR0913, PLR0917 - a table's columns
    site: Site,
    rig_of: RigOf,
    answer: tuple[int, dict[str, str], bytes],
    error: type[Exception],
    sentence: str,
    at_open: bool,
) -> None:
    rig = rig_of()
    if not at_open:
        rig.transport.open()
        rig.transport.receive(0.0)
    site.answers[FETCH_PATH] = answer
    with pytest.raises(error, match=sentence) as caught:
        rig.transport.open() if at_open else rig.transport.receive(1.0)
    if isinstance(caught.value, RateLimited):
        assert caught.value.retry_after_s == 120.0


def test_a_failed_request_is_an_error_at_first_and_retried_later(site: Site, rig_of: RigOf) -> None:
    rig = rig_of()
    rig.transport.open()
    rig.transport.receive(0.0)
    site.answers[FETCH_PATH] = (500, {}, b"")
    assert [rig.transport.receive(1.0) for _ in range(3)] == [None] * 3
    site.answers[FETCH_PATH] = (200, {}, ONE)
    assert rig.ids(7) == [7]
    assert {query["cursor"][0] for query in queries(site)[1:]} == {"c1"}
    site.answers[FETCH_PATH] = (500, {}, b"")
    with pytest.raises(NetworkError, match="failed with status 500"):
        rig_of().transport.open()


def test_failures_for_longer_than_the_stale_timeout_are_an_error(site: Site, rig_of: RigOf) -> None:
    rig = rig_of(stale_timeout_s=0.2)
    rig.transport.open()
    rig.transport.receive(0.0)
    site.answers[FETCH_PATH] = (500, {}, b"")
    began = time.monotonic()
    with pytest.raises(NetworkError, match="failed with status 500"):
        rig.ids(7)
    assert 0.15 < time.monotonic() - began < 10.0


# --- interrupts ---


def test_an_interrupt_ends_the_wait_at_once(rig_of: RigOf) -> None:
    rig = rig_of(request_polling_interval_ms=60_000)
    rig.transport.open()
    rig.transport.receive(0.0)
    failures: list[Exception] = []

    def read() -> None:
        try:
            rig.transport.receive(30.0)
        except NetworkError as error:
            failures.append(error)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    began = time.monotonic()
    rig.transport.interrupt()
    reader.join(20.0)
    assert time.monotonic() - began < 10.0
    assert [str(error) for error in failures] == ["polling was interrupted"]
    rig.transport.close()
    rig.transport.close()


# --- the upgrade, with the simulator ---


@pytest.fixture
def upgrading() -> Iterator[Simulator]:
    """A simulator that offers a socket."""
    with Simulator(fetch="upgrade") as simulator:
        yield simulator
    simulator.check()


@pytest.fixture
def room(upgrading: Simulator) -> Room:
    room = upgrading.room("alice")
    room.go_live()
    return room


@pytest.fixture
def upgraded_of(upgrading: Simulator, room: Room) -> Iterator[RigOf]:
    """Make transports for the simulated room."""
    with ExitStack() as stack:

        def make(**options: Any) -> Rig:
            rig = Rig(str(room.state.room_id), Options(**(urls(upgrading) | options)))
            stack.callback(rig.close)
            return rig

        yield make


def test_an_offered_socket_is_used(upgrading: Simulator, room: Room, upgraded_of: RigOf) -> None:
    before = room.chat("bob", "before")
    room.remember(1)
    rig = upgraded_of()
    rig.transport.open()
    assert rig.transport.has_socket
    query = upgrading.requests[-1].query
    assert (query["room_id"], query["aid"]) == (str(room.state.room_id), "1988")
    assert query["imprp"] == room.shared.upgrade_token
    assert rig.ids(before)[0] == before
    room.wait_for_client()
    rig.ids(room.chat("bob", "during"))
    polls = len(upgrading.requests)
    rig.ids(room.chat("bob", "after"))
    assert len(upgrading.requests) == polls
    assert rig.dropped == {}


def test_messages_sent_before_the_socket_is_open_are_not_lost(
    upgrading: Simulator, room: Room, upgraded_of: RigOf
) -> None:
    rig = upgraded_of()
    rig.transport.open()
    room.wait_for_client()
    # Recorded but not sent to the socket, as if it had not been open yet.
    room.loop.call(_record(room, 7))
    after = room.chat("bob", "after")
    assert rig.ids(7, after).index(7) == 0
    assert asked(upgrading, FETCH_PATH) == 2


async def _record(room: Room, message_id: int) -> None:
    room.state.record(Message("WebcastChatMessage", b"\x1a\x02hi", message_id))


def test_a_failed_catch_up_keeps_the_socket(upgrading: Simulator, room: Room, upgraded_of: RigOf) -> None:
    rig = upgraded_of()
    rig.transport.open()
    upgrading.fail_http("im/fetch", 429)
    room.wait_for_client()
    message_id = room.chat("bob", "hi")
    assert rig.ids(message_id) == [message_id]
    assert rig.transport.has_socket


@pytest.mark.parametrize("status", [415, 403, 200, 500, 302])
def test_polling_continues_after_a_refused_upgrade(
    upgrading: Simulator, room: Room, upgraded_of: RigOf, status: int
) -> None:
    room.refuse(status)
    rig = upgraded_of()
    first = room.chat("bob", "one")
    room.remember(10)
    rig.transport.open()
    assert not rig.transport.has_socket
    assert rig.ids(first) == [first]
    second = room.chat("bob", "two")
    assert rig.ids(second) == [second]
    # Once per connection.
    assert asked(upgrading, SOCKET_PATH) == 1


def test_polling_continues_after_the_socket_is_lost(upgrading: Simulator, room: Room, upgraded_of: RigOf) -> None:
    rig = upgraded_of()
    rig.transport.open()
    room.wait_for_client()
    first = room.chat("bob", "one")
    rig.ids(first)
    room.drop_socket()
    second = room.chat("bob", "two")
    assert rig.ids(second)[-1] == second
    assert not rig.transport.has_socket
    assert asked(upgrading, SOCKET_PATH) == 1


def test_polling_continues_after_the_socket_is_stale(room: Room, upgraded_of: RigOf) -> None:
    rig = upgraded_of(stale_timeout_s=0.3)
    rig.transport.open()
    room.wait_for_client()
    room.go_silent()
    second = room.chat("bob", "two")
    assert rig.ids(second)[-1] == second


def test_an_interrupt_ends_a_receive_from_the_socket(room: Room, upgraded_of: RigOf) -> None:
    rig = upgraded_of()
    rig.transport.open()
    room.wait_for_client()
    while rig.transport.receive(0.1) is not None:
        pass
    interrupted(rig.transport)
    rig.transport.close()
    until(lambda: room.clients == 0)


@pytest.mark.parametrize("push_server", ["ws://localhost:9/", "wss://www.tiktok.com:99999/", "ws://x@www.tiktok.com/"])
def test_a_socket_on_another_host_is_not_contacted(site: Site, rig_of: RigOf, push_server: str) -> None:
    elsewhere = FetchResponse(cursor="c1", push_server=push_server, messages=[{"method": "One", "msg_id": 7}])
    site.answers[FETCH_PATH] = (200, {}, elsewhere.SerializeToString())
    rig = rig_of()
    rig.transport.open()
    assert not rig.transport.has_socket
    assert rig.ids(7) == [7]


def test_an_offered_socket_that_never_answers_costs_one_timeout(site: Site, rig_of: RigOf) -> None:
    with deaf_server() as port:
        answer = FetchResponse(cursor="c1", push_server=f"ws://127.0.0.1:{port}/").SerializeToString()
        site.answers[FETCH_PATH] = (200, {}, answer)
        rig = rig_of(connect_timeout_s=1.0, socket_url=f"ws://127.0.0.1:{port}/")
        began = time.monotonic()
        rig.transport.open()
        for _ in range(3):
            assert rig.transport.receive(1.0) is not None
        assert 0.95 < time.monotonic() - began < 3.5


def test_the_upgrade_sends_the_cookies(site: Site, rig_of: RigOf) -> None:
    seen: list[str | None] = []

    def refuse(request: BaseHTTPRequestHandler) -> None:
        seen.append(request.headers["Cookie"])
        request.send_response_only(403)
        request.send_header("Date", DATE)
        request.send_header("Content-Length", "0")
        request.end_headers()

    push_server = f"{site.url.replace('http:', 'ws:')}/socket/"
    answer = FetchResponse(cursor="c1", push_server=push_server).SerializeToString()
    site.answers = {FETCH_PATH: (200, {"Set-Cookie": "ttwid=1; Path=/"}, answer), "/socket/": refuse}
    rig_of(cookies={"sessionid": "abc"}).transport.open()
    assert seen == ["ttwid=1; sessionid=abc"]
