"""The event pipeline without a network: for tests, and for people who have captured messages.

This module offers exactly what is needed to turn messages into events and to validate them; everything else in
`tiktok2mqtt.webcast` may be moved. The events of one captured message::

    from tiktok2mqtt.webcast.testing import REGISTRY, Drops, FetchMessage, FetchResponse, LiveSession, event_schema

    drops = Drops()
    session = LiveSession(REGISTRY, "alice", "7286184560900803334", wall=lambda: 1_800_000_000.0, drops=drops)
    message = FetchMessage(method="WebcastChatMessage", payload=bytes.fromhex("1a026869"))
    events = session.process(FetchResponse(messages=[message]), "replay", now=0.0)
    # Gift streaks that did not end.
    events += session.close()

    assert [(event["event_type"], event["comment"]) for event in events] == [("chat", "hi")]
    # Nothing was unknown or could not be decoded.
    assert drops == Drops()
    # The JSON Schema of an event, here for the validator `jsonschema`.
    schema = event_schema(REGISTRY.rows["chat"])
    assert "comment" in schema["properties"]

`method` is the type name of a message on the wire, `payload` its protobuf encoding.
"""

from tiktok2mqtt.webcast.events.registry import event_schema
from tiktok2mqtt.webcast.events.rows import REGISTRY
from tiktok2mqtt.webcast.memory import Drops
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchMessage, FetchResponse
from tiktok2mqtt.webcast.session import LiveSession

__all__ = ["REGISTRY", "Drops", "FetchMessage", "FetchResponse", "LiveSession", "event_schema"]
