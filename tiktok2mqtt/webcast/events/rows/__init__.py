"""All events: one row each. A new event is one row in one of these modules, and one test.

Source of every row: protocol reference, sections 4 and 5, and its field tables. Rows know nothing of MQTT: how an event
is published is decided in `bridge`.
"""

from tiktok2mqtt.webcast.events.registry import Registry
from tiktok2mqtt.webcast.events.rows import battles, gift_notices, gifts, notices, room, stream, subscriptions, viewers

ROWS = (
    *viewers.ROWS,
    *gifts.ROWS,
    *stream.ROWS,
    *subscriptions.ROWS,
    *room.ROWS,
    *battles.ROWS,
    *notices.ROWS,
    *gift_notices.ROWS,
)

REGISTRY = Registry(ROWS)
