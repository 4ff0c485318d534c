import logging
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.helpers import until
from tests.webcast.conftest import ClientOf
from tests.webcast.proxies import Proxy
from tests.webcast.rig import EventLog, connected, urls
from tests.webcast.site import Site
from tests.webcast.transports.rig import TransportRig, asked, interrupted
from tiktok2mqtt.common.errors import Blocked, NetworkError, ProviderDown, WebcastError
from tiktok2mqtt.simulator import Room, Simulator
from tiktok2mqtt.webcast.net.http import HttpClient
from tiktok2mqtt.webcast.net.options import Options
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchResponse
from tiktok2mqtt.webcast.transports.signed import SignedTransport

SOCKET_PATH = "/webcast/im/ws_proxy/ws_reuse_supplement/"
KEY = "euler_hunter2"
COOKIES = {"sessionid": "hunter3", "tt-target-idc": "useast5"}


@pytest.fixture
def sim() -> Iterator[Simulator]:
    """A simulator with a sign provider that accepts only one key."""
    with Simulator(sign_key=KEY) as simulator:
        yield simulator
    simulator.check()


@pytest.fixture
def signing(sim: Simulator) -> dict[str, Any]:
    """The options for the sign provider."""
    return {"sign_url": sim.sign_url, "sign_key": KEY, "transports": ["signed"], "cookies": COOKIES}


@pytest.fixture
def signed_of(client_of: ClientOf, signing: dict[str, Any]) -> ClientOf:
    """Make clients that use the provider: `signed_of(option=...)`."""
    return lambda **options: client_of(**signing | options)


RigOf = Callable[..., TransportRig]


@pytest.fixture
def rig_of(sim: Simulator, room: Room, signing: dict[str, Any]) -> Iterator[RigOf]:
    """Make transports for the room: `rig_of(option=...)`."""
    with ExitStack() as stack:

        def make(**options: Any) -> TransportRig:
            rig = TransportRig(SignedTransport, str(room.state.room_id), Options(**(urls(sim) | signing | options)))
            stack.callback(rig.close)
            return rig

        yield make


def connect_path(room: Room) -> str:
    return f"/sign/webcast/rooms/{room.state.room_id}/connect"


# --- the good case ---


def test_the_response_of_the_provider_comes_before_those_of_the_socket(room: Room, rig_of: RigOf) -> None:
    room.remember(10)
    old = room.chat("bob", "old")
    rig = rig_of()
    assert rig.transport.has_socket
    rig.transport.open()
    meanwhile = room.chat("bob", "meanwhile")
    assert rig.transport.has_more
    first = rig.transport.receive(0.0)
    assert first is not None
    assert first.is_first
    assert [(message.msg_id, message.is_history) for message in first.messages] == [(old, True)]
    room.wait_for_client()
    assert [message.msg_id for message in rig.response().messages] == [meanwhile]
    new = room.chat("bob", "new")
    assert [message.msg_id for message in rig.response().messages] == [new]
    assert rig.dropped == {}


@pytest.mark.parametrize("path", ["/webcast/rooms/{room_id}/connect", "/webcast/fetch/"])
def test_both_forms_of_the_path(sim: Simulator, room: Room, rig_of: RigOf, path: str) -> None:
    rig = rig_of(sign_path=path)
    rig.transport.open()
    room.wait_for_client()
    assert asked(sim, "/sign" + path.replace("{room_id}", str(room.state.room_id))) == 1


def test_nothing_but_the_socket_is_requested_from_tiktok(sim: Simulator, room: Room, rig_of: RigOf) -> None:
    rig_of().transport.open()
    assert [request.path for request in sim.requests] == [connect_path(room), SOCKET_PATH]


def test_the_socket_url_has_the_parameters_of_the_provider() -> None:
    options = Options(sign_key=KEY, client_params={"tz_name": "Europe/Berlin", "room_id": "8"})
    http = HttpClient(options)
    response = FetchResponse(
        push_server="wss://webcast-ws.eu.tiktok.com/webcast/im/push/v2/",
        cursor="t-1_r-2",
        internal_ext=b"a:1|b:2",
        route_params_map={"imprp": "x&y", "wrss": "z", "empty": ""},
    )
    url = SignedTransport("alice", "7", http, options, Counter())._url(response)
    http.close()
    parts = urlsplit(url)
    assert (parts.scheme, parts.netloc, parts.path) == ("wss", "webcast-ws.eu.tiktok.com", "/webcast/im/push/v2/")
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    query = dict(reversed(pairs))
    expected = http.identity.socket_params("7") | {
        "ws_direct": "0",
        "heartbeat_duration": "0",
        "tz_name": "Europe/Berlin",
        "room_id": "7",
        "internal_ext": "a:1|b:2",
        "cursor": "t-1_r-2",
        "compress": "gzip",
        "imprp": "x&y",
        "wrss": "z",
    }
    assert query | {"last_rtt": ""} == expected | {"last_rtt": ""}
    # A second version comes last.
    assert pairs[-1] == ("version_code", "270000")
    assert [value for name, value in pairs if name == "version_code"] == ["180800", "270000"]


# --- what goes where ---


def test_the_socket_gets_only_the_cookies_of_the_provider() -> None:
    with closing(Site()) as site:
        push_server = site.url.replace("http:", "ws:") + "/push"
        body = FetchResponse(push_server=push_server, cursor="c").SerializeToString()
        cookies = {"X-Set-TT-Cookie": "ttwid=a; odin_tt=b; Max-Age=1"}
        site.answers = {"/fetch": (200, cookies, body), "/push": (403, {}, b"")}
        rig = TransportRig(
            SignedTransport,
            "7",
            Options(web_url=site.url, sign_url=site.url, sign_key=KEY, sign_path="/fetch", cookies=COOKIES),
        )
        with pytest.raises(Blocked, match="refused the socket with status 403"):
            rig.transport.open()
        rig.transport.close()
        rig.http.close()
    (_, provider), (_, handshake) = site.journal
    assert (provider.get("cookie"), provider["x-api-key"]) == (None, KEY)
    assert handshake["cookie"] == "ttwid=a; odin_tt=b"
    assert "x-api-key" not in handshake
    assert handshake["user-agent"] == rig.http.identity.user_agent


@pytest.mark.parametrize(
    ("push_server", "elsewhere"),
    [
        ("wss://push.example.org/webcast/im/", "wss://push.example.org/webcast/im/"),
        ("ws://webcast-ws.tiktok.com/", "ws://webcast-ws.tiktok.com/"),
        ("wss://www.tiktok.com:99999/", "wss://www.tiktok.com:99999/"),
        ("nonsense", "nonsense"),
    ],
)
def test_a_socket_on_another_host_is_refused(push_server: str, elsewhere: str) -> None:
    options = Options(sign_key=KEY)
    http = HttpClient(options)
    transport = SignedTransport("alice", "7", http, options, Counter())
    with pytest.raises(ProviderDown, match=f"the socket is not on a TikTok host: {elsewhere}"):
        transport._url(FetchResponse(push_server=push_server, cursor="c"))
    http.close()


def test_provider_and_socket_are_reached_through_the_proxy(sim: Simulator, room: Room, rig_of: RigOf) -> None:
    with closing(Proxy("http")) as between:
        rig_of(proxy=between.url()).transport.open()
        room.wait_for_client()
        service = sim.web_url.removeprefix("http://")
        asked_for, socket = between.journal
    assert asked_for.startswith(f"GET {sim.web_url}{connect_path(room)}?")
    assert socket == f"CONNECT {service}"


def test_no_secret_is_logged(sim: Simulator, room: Room, signed_of: ClientOf, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client = signed_of()
    heard = connected(client, room)
    room.chat("bob", "hi")
    heard.wait("chat")
    client.disconnect()
    for status in (401, 402, 500, 429):
        sim.fail_http("/connect", status, body=f'{{"message":"{KEY}"}}'.encode())
        with pytest.raises(WebcastError) as caught:
            client.connect()
        assert "hunter" not in str(caught.value)
    assert "/connect" in caplog.text
    assert "hunter" not in caplog.text + repr(client.options) + repr(client.get_state())


# --- the client ---


def test_events_name_their_transport(room: Room, signed_of: ClientOf) -> None:
    room.remember(10)
    room.chat("bob", "old")
    client = signed_of()
    heard = EventLog(client)
    assert client.connect().transport == "signed"
    room.wait_for_client()
    room.chat("bob", "new")
    heard.wait("chat", 2)
    assert [(chat["comment"], chat["replayed"], chat["source"]) for chat in heard.all("chat")] == [
        ("old", True, "signed"),
        ("new", False, "signed"),
    ]


def test_a_reconnect_repeats_no_gift(room: Room, signed_of: ClientOf) -> None:
    room.remember(100)
    client = signed_of()
    heard = connected(client, room)
    for count in (1, 2, 3):
        room.gift("bob", "Rose", 2)
        heard.wait("gift", count)
        room.drop_socket()
        heard.wait("disconnected", count)
        client.disconnect()
        client.connect()
        room.wait_for_client()
    room.chat("bob", "done")
    heard.wait("chat")
    assert [gift["delta"] for gift in heard.all("gift")] == [2] * 3


FAILS: list[tuple[Callable[[Simulator], object], str]] = [
    (lambda sim: sim.fail_http("/connect", 500), "provider_down"),
    (lambda sim: sim.fail_sign("stub"), "provider_down"),
    (lambda sim: sim.fail_sign("no cookies"), "provider_down"),
    (lambda sim: sim.fail_sign("elsewhere"), "provider_down"),
    (lambda sim: sim.fail_http("/connect", 200, {"X-Set-TT-Cookie": "ttwid=1"}, b"\xff"), "provider_down"),
    (lambda sim: sim.fail_http("/connect", 401), "provider_key"),
    (lambda sim: sim.fail_http("/connect", 402), "provider_key"),
    (lambda sim: sim.fail_http("/connect", 403), "provider_key"),
    (lambda sim: sim.fail_http("/connect", 429, {"Retry-After": "0"}), "rate_limited"),
]


@pytest.mark.parametrize(("fail", "code"), FAILS)
def test_each_failure_of_the_provider_has_its_code(
    sim: Simulator,
    room: Room,
    signed_of: ClientOf,
    fail: Callable[[Simulator], object],
    code: str,
) -> None:
    fail(sim)
    client = signed_of()
    with pytest.raises(WebcastError) as caught:
        client.connect()
    assert (caught.value.code, room.clients) == (code, 0)


def test_a_wrong_key_is_refused(sim: Simulator, room: Room, signed_of: ClientOf) -> None:
    with pytest.raises(WebcastError, match=r"refuses our key \(401\): The API key is missing or invalid") as caught:
        signed_of(sign_key="wrong").connect()
    assert (caught.value.code, asked(sim, connect_path(room))) == ("provider_key", 1)


@pytest.mark.usefixtures("short_pauses")
def test_signed_is_tried_after_direct_and_kept_while_it_works(sim: Simulator, room: Room, signed_of: ClientOf) -> None:
    room.refuse(403, times=2)
    client = signed_of(transports=("direct", "signed", "polling"))
    heard = connected(client, room)
    assert client.get_state().transport == "signed"
    client.disconnect()
    assert client.connect().transport == "signed"
    assert asked(sim, connect_path(room)) == 2
    # If the provider fails, the next transport is tried.
    room.wait_for_client()
    client.disconnect()
    until(lambda: room.clients == 0)
    room.go_live()
    room.refuse(403, times=2)
    sim.fail_sign("stub")
    assert client.connect().transport == "polling"
    assert [event["transport"] for event in heard.all("connected")] == ["signed", "signed", "polling"]


@pytest.mark.usefixtures("short_pauses")
def test_signed_is_skipped_without_key_and_url(sim: Simulator, room: Room, client_of: ClientOf) -> None:
    room.refuse(403, times=2)
    assert client_of().connect().transport == "polling"
    assert not any(request.path.startswith("/sign") for request in sim.requests)


# --- the end ---


def test_a_refused_socket_is_not_retried(sim: Simulator, room: Room, rig_of: RigOf) -> None:
    room.refuse(200, {"Handshake-Msg": "TRY_LATER"})
    with pytest.raises(Blocked, match="TRY_LATER"):
        rig_of().transport.open()
    assert asked(sim, connect_path(room)) == 1


def test_an_interrupt_during_the_request_opens_no_socket(sim: Simulator, rig_of: RigOf) -> None:
    rig = rig_of()
    rig.transport.interrupt()
    with pytest.raises(NetworkError, match="disconnected while connecting"):
        rig.transport.open()
    assert asked(sim, SOCKET_PATH) == 0


def test_an_interrupt_ends_a_receive(room: Room, rig_of: RigOf) -> None:
    rig = rig_of()
    rig.transport.open()
    room.wait_for_client()
    interrupted(rig.transport)
    rig.transport.close()
    rig.transport.close()
