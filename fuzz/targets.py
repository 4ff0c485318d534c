"""The fuzz targets. Each takes arbitrary bytes and raises only if the product would crash or exceed a limit."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final, TypeVar

import orjson
from google.protobuf.message import DecodeError

from tiktok2mqtt.bridge.commands import COMMANDS, CommandError, parse_request, parse_set, response
from tiktok2mqtt.bridge.mqtt.payloads import MAX_EVENT_BYTES, encode, encode_event
from tiktok2mqtt.bridge.room_state import RoomState
from tiktok2mqtt.common.errors import WebcastError
from tiktok2mqtt.webcast.events.rows import REGISTRY
from tiktok2mqtt.webcast.lookup import pages
from tiktok2mqtt.webcast.memory import Drops
from tiktok2mqtt.webcast.net.frames import MAX_PAYLOAD_BYTES, FrameProtocol, gunzip
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchMessage, FetchResponse
from tiktok2mqtt.webcast.session import LiveSession

Body = TypeVar("Body")
Target = Callable[[bytes], None]
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


def page(data: bytes) -> None:
    """The body of an HTTP response: every page and every JSON document that is parsed."""
    for read in (pages.api_live, pages.room_info, pages.gift_list):
        _read(read, data)
    _read(pages.live_page, data.decode("utf-8", "replace"))


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
            orjson.loads(encode(response(None, error=str(error), transaction=error.transaction)))


TARGETS: Final[Mapping[str, Target]] = {target.__name__: target for target in (frame, message, unpack, page, command)}
