"""Commands that have to wait for TikTok, off the control thread.

From a message on a command topic to what is done about it, and to its answer.

What comes from the broker: commands, Home Assistant's birth message, and what an earlier run has left there.
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
from tiktok2mqtt.bridge.homeassistant.announcer import Announcer
from tiktok2mqtt.bridge.room import Room
from tiktok2mqtt.bridge.rooms import ROOM_COMMANDS, RoomTable
from tiktok2mqtt.common.text import safe_text
from tiktok2mqtt.common.topics import Kind, Topics

logger = logging.getLogger(__name__)
MAX_RUNNING: Final = 4


class Background:
    """Runs up to four jobs at once, each in a thread `tiktok2mqtt.command`, which blocks in the job's HTTP requests.

    Nobody joins them: they end with their job, or with the process.
    """

    def __init__(self) -> None:
        self._free = threading.Semaphore(MAX_RUNNING)

    def run(self, job: Callable[[], object]) -> None:
        """Begin a job and return at once. Raises CommandError when as many as may be are running."""
        if not self._free.acquire(blocking=False):
            raise CommandError(f"{MAX_RUNNING} requests of this kind wait for TikTok already; try again later")
        threading.Thread(target=self._run, args=(job,), name="tiktok2mqtt.command", daemon=True).start()

    def _run(self, job: Callable[[], object]) -> None:
        try:
            job()
        except Exception:
            logger.exception("a command failed")
        finally:
            self._free.release()


Json = dict[str, Any]


class CommandActions(Protocol):
    """What of the commands is not a matter of the room table."""

    def health(self) -> Json:
        """Return the answer to health_check."""
        ...

    def room_info(self, name: str) -> Json:
        """Ask TikTok about a room; blocks. Raises CommandError."""
        ...

    def simulate(self, room: Room, event: str, data: Json, *, count_in_totals: bool) -> list[Json]:
        """Send a made-up event and return what was sent. Raises CommandError."""
        ...


class Dispatcher:
    """Carries out commands; used by the control thread only.

    `respond(command, answer)` publishes an answer, from any thread: a request that waits for TikTok is answered when
    TikTok has answered, while others go on.
    """

    def __init__(
        self,
        topics: Topics,
        rooms: RoomTable,
        limit: RateLimit,
        acts: CommandActions,
        respond: Callable[[str, Json], object],
    ) -> None:
        self._topics = topics
        self._rooms = rooms
        self._limit = limit
        self._acts = acts
        self._respond = respond
        self._background = Background()

    def handle(self, topic: str, payload: bytes, now: float) -> None:
        """Take one message: a request is answered, a `set` obeyed; what is wrong with either is said."""
        address = self._topics.parse(topic)
        if address is None:
            return
        if address.kind is Kind.REQUEST:
            self._request(address.leaf, payload, now)
        elif address.kind is Kind.ROOM and payload:
            # An empty payload is somebody clearing a retained command, none itself.
            self._set(topic, now, lambda: self._execute(Request(parse_set(payload), address.room)))
        elif address.kind is Kind.GOAL and payload:
            self._set(topic, now, lambda: self._rooms.get(address.room).set_goal(parse_goal(payload)))

    def _request(self, command: str, payload: bytes, now: float) -> None:
        allowed = self._limit.allows(now)
        request = Request(command)
        try:
            request = parse_request(command, payload)
            _require(allowed)
            if command == "room_info":
                name = self._rooms.get(request.room).name
                self._background.run(lambda: self._answer(request, lambda: self._acts.room_info(name)))
                return
        except CommandError as error:
            self._refuse(request, error)
            return
        self._answer(request, lambda: self._execute(request))

    def _answer(self, request: Request, act: Callable[[], Any]) -> None:
        try:
            data = act()
        except CommandError as error:
            self._refuse(request, error)
        else:
            self._respond(request.command, response(data, transaction=request.transaction))

    def _refuse(self, request: Request, error: CommandError) -> None:
        logger.warning("refused the command %s: %s", safe_text(request.command, 40), safe_text(error))
        transaction = error.transaction or request.transaction
        self._respond(request.command, response({}, error=str(error), code=error.code, transaction=transaction))

    def _set(self, topic: str, now: float, act: Callable[[], object]) -> None:
        try:
            _require(self._limit.allows(now))
            act()
        except CommandError as error:
            logger.warning("refused what came on %s: %s", safe_text(topic), safe_text(error))

    def _execute(self, request: Request) -> Any:
        match request.command:
            case "health_check":
                return self._acts.health()
            case "simulate":
                return self._simulate(request)
        return ROOM_COMMANDS[request.command](self._rooms, request)

    def _simulate(self, request: Request) -> Json:
        room, arguments = self._rooms.get(request.room), request.arguments
        event, data = arguments.get("event", ""), arguments.get("data", {})
        sent = self._acts.simulate(room, event, data, count_in_totals=arguments.get("count_in_totals", False))
        return {"room": room.name, "events": [{"event_type": one["event_type"], "id": one["id"]} for one in sent]}


def _require(allowed: bool) -> None:
    if not allowed:
        raise CommandError("too many commands; commands_per_minute in the settings says how many are allowed")


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
