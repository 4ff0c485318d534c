"""The fuzz targets. Each takes arbitrary bytes and raises only if the product would crash or exceed a limit."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final, TypeVar

import orjson
from google.protobuf.message import DecodeError
from urllib3.util import parse_url

from fuzz import peers
from tiktok2mqtt.bridge.commands import COMMANDS, CommandError, error_response, parse_request, parse_set, transaction_of
from tiktok2mqtt.bridge.mqtt.payloads import MAX_EVENT_BYTES, encode, encode_event
from tiktok2mqtt.bridge.room_state import RoomState
from tiktok2mqtt.common.errors import SchemaError, WebcastError
from tiktok2mqtt.webcast.events.rows import REGISTRY
from tiktok2mqtt.webcast.gift_catalogue import GiftCatalogue
from tiktok2mqtt.webcast.lookup import pages, provider_answers
from tiktok2mqtt.webcast.memory import Drops
from tiktok2mqtt.webcast.net.frames import MAX_PAYLOAD_BYTES, FrameProtocol, gunzip
from tiktok2mqtt.webcast.net.options import Options
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchMessage, FetchResponse
from tiktok2mqtt.webcast.session import LiveSession
from tiktok2mqtt.webcast.transports.base import push_socket_url

Body = TypeVar("Body")
Target = Callable[[bytes], None]
ALICE: Final = pages.Host("alice")
METHODS: Final = sorted(REGISTRY.methods)


def frame(data: bytes) -> None:
    """A WebSocket frame: from the envelope to the JSON of its events."""
    protocol = FrameProtocol("7", 0.0)
    fetched = protocol.receive_bytes(data, 0.0)
    protocol.data_to_send()
    if fetched is not None:
        _process(fetched)


def message(data: bytes) -> None:
    """A message, whose type is chosen by the first byte: to the JSON of its events and the state of the room."""
    method = METHODS[data[0] % len(METHODS)] if data else ""
    _process(FetchResponse(messages=[FetchMessage(method=method, payload=data[1:], msg_id=7)]))


def _process(fetched: FetchResponse) -> None:
    session = LiveSession(REGISTRY, "alice", "7", wall=lambda: 1e9, drops=Drops())
    state = RoomState()
    for event in session.process(fetched, "direct", 0.0) + session.close():
        state.apply(event)
        payload = encode_event(event)
        orjson.loads(payload)
        if len(payload) > MAX_EVENT_BYTES:
            raise AssertionError(f"an event of {len(payload)} bytes")
    encode(state.snapshot())


def unpack(data: bytes) -> None:
    """A compressed payload, complete or not."""
    for packed in (data, b"\x1f\x8b\x08" + data):
        with suppress(DecodeError):
            if len(unpacked := gunzip(packed)) > MAX_PAYLOAD_BYTES:
                raise AssertionError(f"unpacked to {len(unpacked)} bytes")


def live_page(data: bytes) -> None:
    """The live page of a user."""
    _read(lambda page: pages.live_page(page, ALICE), data.decode("utf-8", "replace"))


def profile(data: bytes) -> None:
    """The profile page of a user."""
    _read(lambda page: pages.profile(page, ALICE), data.decode("utf-8", "replace"))


def api_live(data: bytes) -> None:
    """The room of a user, from the API."""
    _read(lambda body: pages.api_live(body, ALICE), data)


def room_info(data: bytes) -> None:
    """The room info."""
    _read(pages.room_info, data)
    _read(lambda body: pages.info_by_user(body, ALICE), data)
    _read(provider_answers.room, data)
    _read(provider_answers.limits, data)


def check_alive(data: bytes) -> None:
    """Which LIVEs go on."""
    _read(pages.check_alive, data)


def gift_list(data: bytes) -> None:
    """A list of gifts, TikTok's or a sign provider's, and the gifts that are kept of it."""
    gifts = GiftCatalogue()
    _read(lambda body: gifts.add_list(pages.gift_list(body), replaces=True), data)
    _read(lambda body: gifts.add_list(provider_answers.gifts(body)[0], replaces=False), data)
    _read(lambda body: gifts.set_displayed(provider_answers.room_gifts(body)[1]), data)
    orjson.dumps(gifts.entries())


def socket_url(data: bytes) -> None:
    """The URL of the socket that a fetch response offers: it leads to TikTok, by TLS, or is refused."""
    url = data.decode("utf-8", "replace")
    response = FetchResponse(push_server=url, route_params_map={"imprp": url})
    try:
        made = parse_url(push_socket_url(response, {}, Options()))
    except SchemaError as error:
        str(error).encode()
        return
    if made.scheme != "wss" or made.auth is not None or made.port not in (None, 443) or "@" in (made.netloc or ""):
        raise AssertionError(f"the socket is at {made}")
    if not f".{made.host}".lower().endswith(".tiktok.com"):
        raise AssertionError(f"the socket is on {made.host}")


def _read(read: Callable[[Body], object], body: Body) -> None:
    try:
        read(body)
    except WebcastError as error:
        str(error).encode()


def command(data: bytes) -> None:
    """An MQTT request, whose command is chosen by the first byte, and its response."""
    name = sorted(COMMANDS)[data[0] % len(COMMANDS)] if data else "list"
    for parse in (lambda: parse_request(name, data[1:]), lambda: parse_set(data)):
        try:
            parse()
        except CommandError as error:
            orjson.loads(encode(error_response(str(error), transaction=transaction_of(data[1:]))))


_PAGES: Final = (live_page, profile, api_live, room_info, check_alive, gift_list, socket_url)
TARGETS: Final[Mapping[str, Target]] = {
    **{target.__name__: target for target in (frame, message, unpack, *_PAGES, command)},
    **peers.TARGETS,
}
