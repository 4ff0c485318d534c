"""Decode messages with a session, or with the rows alone."""

from typing import Any

from tests.webcast.events import samples
from tiktok2mqtt.webcast.events.limits import lazy_type
from tiktok2mqtt.webcast.events.rows import REGISTRY
from tiktok2mqtt.webcast.memory import Drops
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchMessage, FetchResponse
from tiktok2mqtt.webcast.session import LiveSession

Events = dict[str, dict[str, Any]]
# The time of samples and of full messages.
TS = "2023-11-14T22:13:20.123Z"


def events_of(message: Any) -> Events:
    """Return the events that a session makes from one message, by name."""
    session = LiveSession(
        REGISTRY,
        "alice",
        samples.ROOM_ID,
        wall=lambda: 1_800_000_000.0,
        drops=Drops(),
        gifts=samples.GIFTS,
        extended_gift_info=True,
    )
    fetched = FetchMessage(
        method=message.DESCRIPTOR.name, payload=message.SerializeToString(), msg_id=message.common.msg_id
    )
    events = session.process(FetchResponse(messages=[fetched]), "direct", now=0.0)
    return {event["event_type"]: event for event in events}


def decoded(message: Any) -> Events:
    """Return the events that the rows make from one message, by name, without the common keys."""
    return payload_decoded(message.DESCRIPTOR.name, message.SerializeToString())


def received(message: Any) -> Any:
    """Return a message as rows read it: its users and gifts are bytes."""
    return lazy_type(type(message)).FromString(message.SerializeToString())


def payload_decoded(method: str, payload: bytes) -> Events:
    events = REGISTRY.decode(method, payload, start)
    return {event["event_type"]: without_common_keys(event) for event in events}


def without_common_keys(event: dict[str, Any]) -> dict[str, Any]:
    """Return an event without what `start` has put in it."""
    return {key: event[key] for key in event if key not in ("event_type", "ts")}


def start(name: str, _common: Any) -> dict[str, Any]:
    """Return the only common keys that the rows need."""
    return {"event_type": name, "ts": TS}
