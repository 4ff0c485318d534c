"""THE registry: one row per event. Adding an event is one row here and one test.

Source of every row: protocol reference, sections 4 and 5, and its field tables. Rows speak neutral words; what becomes
of an event on MQTT is the bridge's business.
"""

from tiktok2mqtt.webcast.events.registry import Registry
from tiktok2mqtt.webcast.events.rows import battles, community, core, notices, shop

ROWS = (*core.ROWS, *community.ROWS, *battles.ROWS, *shop.ROWS, *notices.ROWS)

REGISTRY = Registry(ROWS)
