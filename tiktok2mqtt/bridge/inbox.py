"""Receives every message from the broker in the link's thread, and queues jobs for the control thread."""

import logging
import time
from collections.abc import Callable, Collection
from typing import Final

import orjson

from tiktok2mqtt.bridge.birth import BirthWait
from tiktok2mqtt.bridge.commands import MAX_REQUEST_BYTES, CommandError, RateLimit, parse_goal
from tiktok2mqtt.bridge.control_loop import ControlLoop
from tiktok2mqtt.bridge.deletions import DeletedDevices
from tiktok2mqtt.bridge.dispatch import Dispatcher, Received, Refusals
from tiktok2mqtt.bridge.homeassistant.discovery_publisher import DiscoveryPublisher
from tiktok2mqtt.bridge.rooms import RoomTable
from tiktok2mqtt.common.text import safe_text
from tiktok2mqtt.common.topics import Address, Kind, Topics

logger = logging.getLogger(__name__)
# Requests over the rate limit that get their own response in a second; all others share one.
REFUSALS_ANSWERED_PER_S: Final = 10
# None of our retained messages is longer.
MAX_RETAINED_BYTES: Final = 65_536
# No room and no command has a longer name.
_MAX_NAME_CHARS: Final = 64
_MAX_FORMER_ROOMS: Final = 10_000
_RESTORED_ROOM_TOPICS: Final = frozenset({"goal", "state"})
_TOO_MANY: Final = "too many commands in a minute; the limit is the setting commands_per_minute"


class Inbox:
    """Sorts received messages: Home Assistant's birth message, retained messages of an earlier run, commands.

    Commands over the limit are refused before they become jobs: a flood costs the control thread nothing.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - what messages act on
        self,
        topics: Topics,
        loop: ControlLoop,
        dispatcher: Dispatcher,
        discovery: DiscoveryPublisher,
        rooms: RoomTable,
        limit: RateLimit,
        refusals: Refusals,
        clock: Callable[[], float] = time.monotonic,
        birth: BirthWait | None = None,
        commands: Collection[str] = (),
    ) -> None:
        """`commands` are those that are allowed."""
        self._topics = topics
        self._loop = loop
        self._dispatcher = dispatcher
        self._discovery = discovery
        self._rooms = rooms
        self._limit = limit
        self._answered_refusals = RateLimit(REFUSALS_ANSWERED_PER_S, window_s=1.0)
        self._refusals = refusals
        self._clock = clock
        self._birth = birth
        self._deleted = DeletedDevices(topics, discovery, rooms, commands)
        # Whether a job for a birth message is waiting: it answers all birth messages that arrive until it runs.
        self._has_birth_job = False
        # Rooms that an earlier run has left something of, and that are not in the table.
        self._former_rooms: set[str] = set()

    def receive(self, topic: str, payload: bytes, retained: bool) -> None:
        """Queue a job for one message. Called in the link's thread."""
        if topic == self._topics.birth:
            if payload == b"online" and not retained:
                self._receive_birth()
        elif self._is_restored(topic):
            if retained and len(payload) <= MAX_RETAINED_BYTES:
                self._loop.put(lambda: self._restore(topic, payload))
            elif not payload and self._topics.discovery_object_id(topic) is not None:
                self._loop.put(lambda: self._deleted.handle(topic, self._clock()))
        elif (received := self._command(topic, payload)) is not None:
            self._receive_command(received, retained)

    def _receive_birth(self) -> None:
        if self._birth is not None:
            self._birth.received(self._clock())
        if not self._has_birth_job:
            self._has_birth_job = True
            self._loop.put(self._schedule_discovery)

    def _schedule_discovery(self) -> None:
        # First: a birth message that comes now has its own job.
        self._has_birth_job = False
        if self._birth is not None:
            self._birth.save()
        self._discovery.schedule(self._clock())

    def _is_restored(self, topic: str) -> bool:
        """Return whether a topic is subscribed to only to restore what an earlier run has retained there."""
        address = self._topics.parse(topic)
        if address is None:
            return self._topics.discovery_object_id(topic) is not None
        # The subscription to the rooms' states also matches the state of the bridge.
        return (address.kind is Kind.ROOM and address.subtopic in _RESTORED_ROOM_TOPICS) or address.kind is Kind.BRIDGE

    def _restore(self, topic: str, payload: bytes) -> None:
        """Restore from a retained message. Called in the control thread."""
        address = self._topics.parse(topic)
        if address is None:
            self._discovery.on_retained(topic, payload, self._clock())
            return
        if address.kind is Kind.BRIDGE:
            return
        if self._rooms.is_former(address.room):
            if len(self._former_rooms) < _MAX_FORMER_ROOMS:
                self._former_rooms.add(address.room)
            return
        try:
            room = self._rooms.get(address.room)
            if address.subtopic == "goal":
                room.restore_goal(parse_goal(payload))
            else:
                room.restore_state(orjson.loads(payload))
        except (CommandError, ValueError) as error:
            logger.info("ignored the retained message on %s: %s", safe_text(topic), safe_text(error))

    def take_former_rooms(self) -> list[str]:
        """Return the rooms that only an earlier run has known, since the last call. Called in the control thread."""
        former, self._former_rooms = sorted(self._former_rooms), set()
        return former

    def _command(self, topic: str, payload: bytes) -> Received | None:
        """Return the message if it is a command."""
        address = self._topics.parse(topic)
        if address is None:
            return None
        is_setting = address.kind in {Kind.ROOM, Kind.GOAL} and address.subtopic == "set"
        # An empty payload is not a setting: it clears a retained one.
        if not (address.kind is Kind.REQUEST or (is_setting and payload)):
            return None
        # Anything too long is cut, so that a waiting command takes little memory.
        room, subtopic = address.room[:_MAX_NAME_CHARS], address.subtopic[:_MAX_NAME_CHARS]
        return Received(safe_text(topic), Address(address.kind, room, subtopic), payload[: MAX_REQUEST_BYTES + 1])

    def _receive_command(self, received: Received, retained: bool) -> None:
        now = self._clock()
        if retained:
            self._refusals.add(received.topic, "it is retained; publish it without retain")
        elif self._loop.is_overloaded:
            self._refusals.add(received.topic, "too many commands are waiting", unanswered=received.is_request)
        elif self._limit.allows(now):
            self._loop.put(lambda: self._dispatcher.handle(received))
        elif received.is_request and self._answered_refusals.allows(now):
            self._loop.put(lambda: self._dispatcher.refuse(received, CommandError(_TOO_MANY)))
        else:
            self._refusals.add(received.topic, _TOO_MANY, unanswered=received.is_request)
