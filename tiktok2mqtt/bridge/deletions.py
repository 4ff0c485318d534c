"""What happens when a user deletes one of our devices in Home Assistant, which then clears its discovery message.

Tested with core 2026.10. Used by the control thread only.
"""

import logging
from collections.abc import Collection
from math import inf
from typing import Final

from tiktok2mqtt.bridge.homeassistant.discovery import object_id
from tiktok2mqtt.bridge.homeassistant.discovery_publisher import DiscoveryPublisher
from tiktok2mqtt.bridge.rooms import RoomTable
from tiktok2mqtt.common.topics import Topics

logger = logging.getLogger(__name__)
# `tiktok2mqtt purge` clears the bridge's device first, and then all others.
PURGE_S: Final = 30.0


class DeletedDevices:
    """Removes the room of a deleted device, if a command may remove it; announces all other devices again."""

    def __init__(
        self, topics: Topics, discovery: DiscoveryPublisher, rooms: RoomTable, commands: Collection[str]
    ) -> None:
        """`commands` are those that are allowed."""
        self._topics = topics
        self._discovery = discovery
        self._rooms = rooms
        self._may_remove = "remove" in commands
        self._bridge_cleared_at = -inf

    def handle(self, topic: str, now: float) -> None:
        """Handle that a discovery topic was cleared; `now` is in monotonic seconds."""
        if not self._discovery.was_cleared_by_others(topic, now):
            return
        device = self._topics.discovery_object_id(topic)
        if device == object_id(self._topics):
            self._bridge_cleared_at = now
        is_purge = now - self._bridge_cleared_at < PURGE_S
        room = next((room for room in self._rooms if object_id(self._topics, room.name) == device), None)
        if room is None or room.from_settings or not self._may_remove or is_purge:
            name = "the bridge" if room is None else room.name
            reason = "it is listed in the setting rooms" if room and room.from_settings else "it is in use"
            logger.info("the device of %s was deleted in Home Assistant; it is announced again: %s", name, reason)
            self._discovery.schedule(now)
            return
        logger.info("the device of %s was deleted in Home Assistant: the room is removed", room.name)
        self._rooms.remove(room.name)
