"""All events: one row each. A new event is one row in one of these modules, and one test.

Source of every row: protocol reference, sections 4 and 5, and its field tables. Rows know nothing of MQTT: how an event
is published is decided in `bridge`.
"""

from tiktok2mqtt.webcast.events.registry import Registry
from tiktok2mqtt.webcast.events.rows import (
    barrages,
    battle_items,
    battle_states,
    battles,
    envelopes,
    gift_notices,
    gifts,
    links,
    notices,
    rankings,
    room,
    shopping,
    stream,
    subscriptions,
    viewers,
)

ROWS = (
    *viewers.ROWS,
    *gifts.ROWS,
    *stream.ROWS,
    *subscriptions.ROWS,
    *envelopes.ROWS,
    *barrages.ROWS,
    *room.ROWS,
    *battle_states.ROWS,
    *battles.ROWS,
    *battle_items.ROWS,
    *links.ROWS,
    *rankings.ROWS,
    *notices.ROWS,
    *gift_notices.ROWS,
    *shopping.ROWS,
)

REGISTRY = Registry(ROWS)
