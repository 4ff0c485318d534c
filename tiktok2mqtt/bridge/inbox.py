"""What comes from the broker: commands, Home Assistant's birth message, and what an earlier run has left there."""

import logging
import queue
import time
from collections.abc import Callable
from typing import Final

import orjson

from tiktok2mqtt.bridge.commands import CommandError, parse_goal
from tiktok2mqtt.bridge.dispatch import Dispatcher
from tiktok2mqtt.bridge.homeassistant.announcer import Announcer
from tiktok2mqtt.bridge.rooms import RoomTable
from tiktok2mqtt.bridge.topics import Kind, Topics
from tiktok2mqtt.webcast.text import safe_text

logger = logging.getLogger(__name__)
MAX_WAITING: Final = 1_000
_KEPT_BY_ROOM: Final = frozenset({"goal", "state"})


class Inbox:
    """Takes messages in the link's thread and makes jobs of them for the control loop, which owns all the rest."""

    def __init__(
        self,
        topics: Topics,
        jobs: "queue.SimpleQueue[Callable[[], object]]",
        dispatcher: Dispatcher,
        announcer: Announcer,
        rooms: RoomTable,
    ) -> None:
        self._topics = topics
        self._jobs = jobs
        self._dispatcher = dispatcher
        self._announcer = announcer
        self._rooms = rooms

    def take(self, topic: str, payload: bytes, retained: bool) -> None:
        """Take one message."""
        if topic == self._topics.birth:
            if payload == b"online" and not retained:
                self._jobs.put(lambda: self._announcer.announce_soon(time.monotonic()))
        elif self._is_kept(topic):
            if retained:
                self._jobs.put(lambda: self._recall(topic, payload))
        elif retained:
            logger.warning("ignored a retained command on %s: publish it without retain", safe_text(topic))
        elif self._jobs.qsize() > MAX_WAITING:
            logger.warning("ignored a command on %s: too many are waiting", safe_text(topic))
        else:
            self._jobs.put(lambda: self._dispatcher.handle(topic, payload, time.monotonic()))

    def _is_kept(self, topic: str) -> bool:
        """Return whether a topic is heard for the sake of what an earlier run has left there."""
        address = self._topics.parse(topic)
        if address is None:
            return self._topics.discovered(topic) is not None
        # The bridge's own state comes with those of the rooms.
        return (address.kind is Kind.ROOM and address.leaf in _KEPT_BY_ROOM) or address.kind is Kind.BRIDGE

    # --- in the control loop ---

    def _recall(self, topic: str, payload: bytes) -> None:
        address = self._topics.parse(topic)
        if address is None:
            self._announcer.heard(topic, payload, time.monotonic())
            return
        if address.kind is Kind.BRIDGE:
            return
        try:
            room = self._rooms.get(address.room)
            if address.leaf == "goal":
                room.recall_goal(parse_goal(payload))
            else:
                room.recall_state(orjson.loads(payload))
        except (CommandError, ValueError, TypeError, KeyError) as error:
            logger.info("ignored what the broker has kept on %s: %s", safe_text(topic), safe_text(error))
