"""From a message on a command topic to what is done about it, and to its answer."""

import logging
from collections.abc import Callable
from typing import Any, Protocol

from tiktok2mqtt.bridge.background import Background
from tiktok2mqtt.bridge.commands import (
    CommandError,
    RateLimit,
    Request,
    parse_goal,
    parse_request,
    parse_set,
    response,
)
from tiktok2mqtt.bridge.room import Room
from tiktok2mqtt.bridge.rooms import ROOM_COMMANDS, RoomTable
from tiktok2mqtt.bridge.topics import Kind, Topics
from tiktok2mqtt.webcast.text import safe_text

logger = logging.getLogger(__name__)
Json = dict[str, Any]


class Acts(Protocol):
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
        acts: Acts,
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
