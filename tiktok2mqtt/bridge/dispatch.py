"""From a message by the broker to its effect.

`Inbox` receives every message in the link's thread and queues a job for the control thread. There, `Dispatcher` turns a
command into a request, carries it out and publishes the response. A request that has to wait for TikTok runs in one of
the threads of `BackgroundJobs`.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable
from typing import Any, Final, Protocol

import orjson

from tiktok2mqtt.bridge.commands import (
    CommandError,
    RateLimit,
    Request,
    parse_goal,
    parse_request,
    parse_set,
    response,
)
from tiktok2mqtt.bridge.homeassistant.discovery_publisher import DiscoveryPublisher
from tiktok2mqtt.bridge.room import Room
from tiktok2mqtt.bridge.rooms import ROOM_COMMANDS, RoomTable
from tiktok2mqtt.common.text import safe_text
from tiktok2mqtt.common.topics import Kind, Topics

logger = logging.getLogger(__name__)
Json = dict[str, Any]
Job = Callable[[], object]
MAX_QUEUED_JOBS: Final = 1_000
MAX_BACKGROUND_JOBS: Final = 4
_RESTORED_ROOM_TOPICS: Final = frozenset({"goal", "state"})


class Inbox:
    """Sorts received messages: Home Assistant's birth message, retained messages of an earlier run, commands."""

    def __init__(
        self,
        topics: Topics,
        jobs: "queue.SimpleQueue[Job]",
        dispatcher: "Dispatcher",
        discovery: DiscoveryPublisher,
        rooms: RoomTable,
    ) -> None:
        self._topics = topics
        self._jobs = jobs
        self._dispatcher = dispatcher
        self._discovery = discovery
        self._rooms = rooms

    def receive(self, topic: str, payload: bytes, retained: bool) -> None:
        """Queue a job for one message. Called in the link's thread."""
        if topic == self._topics.birth:
            if payload == b"online" and not retained:
                self._jobs.put(lambda: self._discovery.schedule(time.monotonic()))
        elif self._is_restored(topic):
            if retained:
                self._jobs.put(lambda: self._restore(topic, payload))
        elif retained:
            logger.warning("ignored a retained command on %s: publish it without retain", safe_text(topic))
        elif self._jobs.qsize() > MAX_QUEUED_JOBS:
            logger.warning("ignored a command on %s: too many commands are waiting", safe_text(topic))
        else:
            self._jobs.put(lambda: self._dispatcher.handle(topic, payload, time.monotonic()))

    def _is_restored(self, topic: str) -> bool:
        """Return whether a topic is subscribed to only for what an earlier run left retained there."""
        address = self._topics.parse(topic)
        if address is None:
            return self._topics.discovery_object_id(topic) is not None
        # The subscription to the rooms' states also matches the state of the bridge.
        return (address.kind is Kind.ROOM and address.subtopic in _RESTORED_ROOM_TOPICS) or address.kind is Kind.BRIDGE

    def _restore(self, topic: str, payload: bytes) -> None:
        """Restore from a retained message. Called in the control thread."""
        address = self._topics.parse(topic)
        if address is None:
            self._discovery.on_retained(topic, payload, time.monotonic())
            return
        if address.kind is Kind.BRIDGE:
            return
        try:
            room = self._rooms.get(address.room)
            if address.subtopic == "goal":
                room.restore_goal(parse_goal(payload))
            else:
                room.restore_state(orjson.loads(payload))
        except (CommandError, ValueError, TypeError, KeyError) as error:
            logger.info("ignored the retained message on %s: %s", safe_text(topic), safe_text(error))


class CommandActions(Protocol):
    """The commands that are not carried out by the room table. Bridge implements them."""

    def health(self) -> Json:
        """Return the data of the response to `health_check`."""
        ...

    def room_info(self, name: str) -> Json:
        """Ask TikTok about a room; called in a command thread, blocks. Raises CommandError."""
        ...

    def simulate(self, room: Room, event: str, data: Json, *, count_in_totals: bool) -> list[Json]:
        """Publish a simulated event and return the published events. Raises CommandError."""
        ...


class Dispatcher:
    """Carries out commands. Used by the control thread only.

    `respond(command, document)` publishes a response. It is called in the control thread, or in a command thread for a
    request that waited for TikTok.
    """

    def __init__(
        self,
        topics: Topics,
        rooms: RoomTable,
        limit: RateLimit,
        actions: CommandActions,
        respond: Callable[[str, Json], object],
    ) -> None:
        self._topics = topics
        self._rooms = rooms
        self._limit = limit
        self._actions = actions
        self._respond = respond
        self._background = BackgroundJobs()

    def handle(self, topic: str, payload: bytes, now: float) -> None:
        """Handle one message on a command topic. A failed request is answered, a failed `set` is logged."""
        address = self._topics.parse(topic)
        if address is None:
            return
        if address.kind is Kind.REQUEST:
            self._handle_request(address.subtopic, payload, now)
        elif address.kind is Kind.ROOM and payload:
            # An empty payload is not a command: it clears a retained one.
            self._handle_set(topic, now, lambda: self._execute(Request(parse_set(payload), address.room)))
        elif address.kind is Kind.GOAL and payload:
            self._handle_set(topic, now, lambda: self._rooms.get(address.room).set_goal(parse_goal(payload)))

    def _handle_request(self, command: str, payload: bytes, now: float) -> None:
        allowed = self._limit.allows(now)
        request = Request(command)
        try:
            request = parse_request(command, payload)
            _check_rate(allowed)
            if command == "room_info":
                name = self._rooms.get(request.room).name
                self._background.start(lambda: self._answer(request, lambda: self._actions.room_info(name)))
                return
        except CommandError as error:
            self._refuse(request, error)
            return
        self._answer(request, lambda: self._execute(request))

    def _handle_set(self, topic: str, now: float, action: Callable[[], object]) -> None:
        try:
            _check_rate(self._limit.allows(now))
            action()
        except CommandError as error:
            logger.warning("refused the command on %s: %s", safe_text(topic), safe_text(error))

    def _answer(self, request: Request, action: Callable[[], Any]) -> None:
        try:
            data = action()
        except CommandError as error:
            self._refuse(request, error)
        else:
            self._respond(request.command, response(data, transaction=request.transaction))

    def _refuse(self, request: Request, error: CommandError) -> None:
        logger.warning("refused the command %s: %s", safe_text(request.command, 40), safe_text(error))
        transaction = error.transaction or request.transaction
        self._respond(request.command, response({}, error=str(error), code=error.code, transaction=transaction))

    def _execute(self, request: Request) -> Any:
        match request.command:
            case "health_check":
                return self._actions.health()
            case "simulate":
                return self._simulate(request)
        return ROOM_COMMANDS[request.command](self._rooms, request)

    def _simulate(self, request: Request) -> Json:
        room, arguments = self._rooms.get(request.room), request.arguments
        event, data = arguments.get("event", ""), arguments.get("data", {})
        events = self._actions.simulate(room, event, data, count_in_totals=arguments.get("count_in_totals", False))
        return {"room": room.name, "events": [{"event_type": one["event_type"], "id": one["id"]} for one in events]}


def _check_rate(allowed: bool) -> None:
    if not allowed:
        raise CommandError("too many commands in a minute; the limit is the setting commands_per_minute")


class BackgroundJobs:
    """Runs a few jobs at once, each in a thread `tiktok2mqtt.command` that blocks in HTTP requests.

    The threads are daemonic and not joined: they end with their job or with the process.
    """

    def __init__(self) -> None:
        self._slots = threading.Semaphore(MAX_BACKGROUND_JOBS)

    def start(self, job: Job) -> None:
        """Start a job and return at once. Raises CommandError if too many are running."""
        if not self._slots.acquire(blocking=False):
            raise CommandError(f"{MAX_BACKGROUND_JOBS} requests to TikTok are already running; try again later")
        threading.Thread(target=self._run, args=(job,), name="tiktok2mqtt.command", daemon=True).start()

    def _run(self, job: Job) -> None:
        try:
            job()
        except Exception:
            logger.exception("a command failed")
        finally:
            self._slots.release()
