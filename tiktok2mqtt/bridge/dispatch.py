"""From a received command to its effect.

`Dispatcher` turns a command into a request, carries it out and publishes the response. A request that has to wait for
TikTok runs in one of the threads of `BackgroundJobs`. `Refusals` keeps a flood of refused commands out of the log.
"""

import logging
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from math import inf
from typing import Any, Final, Protocol

from tiktok2mqtt.bridge.commands import (
    COMMANDS,
    CommandError,
    Request,
    error_response,
    parse_goal,
    parse_request,
    parse_set,
    response,
    transaction_of,
)
from tiktok2mqtt.bridge.control_loop import Job
from tiktok2mqtt.bridge.room import Room
from tiktok2mqtt.bridge.rooms import ROOM_COMMANDS, Page, RoomTable
from tiktok2mqtt.common.text import safe_text
from tiktok2mqtt.common.topics import UNKNOWN_COMMAND, Address, Kind

logger = logging.getLogger(__name__)
INTERVAL_S: Final = 1.0


class Refusals:
    """Logs refused commands in at most one line per second, with their number, and counts requests without a response.

    The first one after a pause is logged at once. Thread-safe; `clock` returns monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        # Guards the attributes below.
        self._lock = threading.Lock()
        self._number = 0
        self._last = ""
        self._logged_at = -inf
        self._unanswered = 0
        self._counted_at = -inf

    def add(self, topic: str, reason: object, *, unanswered: bool = False) -> None:
        """Add a refused command; `unanswered` if its sender expects a response and gets none."""
        with self._lock:
            self._number += 1
            self._last = f"{safe_text(topic)}: {safe_text(reason)}"
            self._unanswered += unanswered
        self.log()

    def log(self) -> None:
        """Log the refusals that were not logged yet, unless there was a line less than a second ago."""
        now = self._clock()
        with self._lock:
            if not self._number or now - self._logged_at < INTERVAL_S:
                return
            number, self._number, self._logged_at = self._number, 0, now
            last = self._last
        # Not under the lock: log handlers may take other locks.
        if number == 1:
            logger.warning("refused the command on %s", last)
        else:
            logger.warning("refused %d commands, the last one on %s", number, last)

    def take_unanswered(self) -> int:
        """Return the number of requests without a response since the last call; 0 within a second of it."""
        now = self._clock()
        with self._lock:
            if not self._unanswered or now - self._counted_at < INTERVAL_S:
                return 0
            unanswered, self._unanswered, self._counted_at = self._unanswered, 0, now
        return unanswered


Json = dict[str, Any]
MAX_BACKGROUND_JOBS: Final = 4


@dataclass(frozen=True, slots=True)
class Received:
    """A command as it was received; see Inbox. `topic` is made safe for logs."""

    topic: str
    address: Address
    payload: bytes

    @property
    def is_request(self) -> bool:
        """Whether its sender expects a response."""
        return self.address.kind is Kind.REQUEST


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

    def set_log_level(self, level: str) -> Json:
        """Log messages of this level and above; return what is in effect. Raises CommandError."""
        ...

    def restart(self) -> Json:
        """End the daemon with the exit status that asks for a restart."""
        ...


class Dispatcher:
    """Carries out commands. Used by the control thread only.

    `respond(command, document)` publishes a response; `command` is one of COMMANDS or UNKNOWN_COMMAND, whatever was
    received. It is called in the control thread, or in a command thread for a request that waited for TikTok.
    """

    def __init__(
        self,
        rooms: RoomTable,
        actions: CommandActions,
        respond: Callable[[str, Json], object],
        refusals: Refusals,
        allowed: Collection[str],
    ) -> None:
        self._rooms = rooms
        self._actions = actions
        self._respond = respond
        self._refusals = refusals
        self._allowed = frozenset(allowed)
        self._background = BackgroundJobs()

    def handle(self, received: Received) -> None:
        """Handle one command. A failed request is answered and logged, a failed setting is logged."""
        room, payload = received.address.room, received.payload
        if received.is_request:
            self._handle_request(received)
        elif received.address.kind is Kind.ROOM:
            self._handle_setting(received, lambda: self._set(Request(parse_set(payload), room)))
        else:
            self._handle_setting(received, lambda: self._set_goal(room, parse_goal(payload)))

    def refuse(self, received: Received, error: CommandError) -> None:
        """Answer a request with an error, and log it."""
        self._refuse(received, transaction_of(received.payload), error)

    def report_refusals(self) -> None:
        """Log refused commands, and publish how many requests got no response. Call it once a second."""
        self._refusals.log()
        if number := self._refusals.take_unanswered():
            answer = error_response(f"{number} requests got no response: there were too many")
            self._respond(UNKNOWN_COMMAND, answer | {"data": {"requests": number}})

    def _handle_request(self, received: Received) -> None:
        command, transaction = received.address.subtopic, transaction_of(received.payload)
        try:
            request = parse_request(command, received.payload)
            self._check_allowed(command)
            if command == "room_info":
                name = self._rooms.get(request.room).name
                self._background.start(lambda: self._answer(received, request, lambda: self._actions.room_info(name)))
                return
        except CommandError as error:
            self._refuse(received, transaction, error)
            return
        self._answer(received, request, lambda: self._execute(request))

    def _handle_setting(self, received: Received, action: Callable[[], object]) -> None:
        try:
            action()
        except CommandError as error:
            self._refusals.add(received.topic, error)

    def _set(self, request: Request) -> None:
        self._check_allowed(request.command)
        self._execute(request)

    def _set_goal(self, room: str, goal: int | None) -> None:
        self._check_allowed("goal")
        self._rooms.get(room).set_goal(goal)

    def _check_allowed(self, command: str) -> None:
        if command not in self._allowed:
            raise CommandError(f"the setting allowed_commands does not allow {command}")

    def _answer(self, received: Received, request: Request, action: Callable[[], Any]) -> None:
        try:
            data = action()
        except CommandError as error:
            self._refuse(received, request.transaction, error)
            return
        page = data if isinstance(data, Page) else Page(data)
        answer = response(page.data, next_offset=page.next_offset, transaction=request.transaction)
        self._respond(request.command, answer)

    def _refuse(self, received: Received, transaction: Any, error: CommandError) -> None:
        self._refusals.add(received.topic, error)
        command = received.address.subtopic
        answer = error_response(str(error), code=error.code, transaction=transaction)
        self._respond(command if command in COMMANDS else UNKNOWN_COMMAND, answer)

    def _execute(self, request: Request) -> Any:
        match request.command:
            case "health_check":
                return self._actions.health()
            case "log_level":
                return self._actions.set_log_level(request.arguments.get("level", ""))
            case "restart":
                return self._actions.restart()
            case "simulate":
                return self._simulate(request)
        return ROOM_COMMANDS[request.command](self._rooms, request)

    def _simulate(self, request: Request) -> Json:
        room, arguments = self._rooms.get(request.room), request.arguments
        event, data = arguments.get("event", ""), arguments.get("data", {})
        events = self._actions.simulate(room, event, data, count_in_totals=arguments.get("count_in_totals", False))
        return {"room": room.name, "events": [{"event_type": one["event_type"], "id": one["id"]} for one in events]}


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
