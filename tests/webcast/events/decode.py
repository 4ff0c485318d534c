"""Messages through a session, and through the rows alone."""

from typing import Any

from tests.webcast.events import samples
from tiktok2mqtt.webcast.events.parts import lazy
from tiktok2mqtt.webcast.events.rows import REGISTRY
from tiktok2mqtt.webcast.memory import Drops
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchMessage, FetchResponse
from tiktok2mqtt.webcast.session import LiveSession

Events = dict[str, dict[str, Any]]


def events_of(message: Any) -> Events:
    """What a session makes of one message, by event."""
    session = LiveSession(
        REGISTRY, "alice", samples.ROOM_ID, wall=lambda: 1_800_000_000.0, drops=Drops(), gifts=samples.GIFTS
    )
    fetched = FetchMessage(
        method=message.DESCRIPTOR.name, payload=message.SerializeToString(), msg_id=message.common.msg_id
    )
    events = session.process(FetchResponse(messages=[fetched]), "direct", now=0.0)
    return {event["event_type"]: event for event in events}


def decoded(message: Any) -> Events:
    """What the rows make of one message, without session or common keys."""
    return payload_decoded(message.DESCRIPTOR.name, message.SerializeToString())


def received(message: Any) -> Any:
    """A message as rows see it: its people and gifts are bytes."""
    return lazy(type(message)).FromString(message.SerializeToString())


def payload_decoded(method: str, payload: bytes) -> Events:
    events = REGISTRY.decode(method, payload, lambda name, _common: {"event_type": name})
    return {event.pop("event_type"): event for event in events}
