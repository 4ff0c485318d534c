"""From a message on a command topic to what is done about it, and to its answer."""

import logging
from collections.abc import Callable
from typing import Any

from tiktok2mqtt.bridge.commands import (
    CommandError,
    RateLimit,
    Request,
    parse_goal,
    parse_request,
    parse_set,
    response,
)
from tiktok2mqtt.bridge.rooms import ROOM_COMMANDS, RoomTable
from tiktok2mqtt.bridge.topics import Kind, Topics
from tiktok2mqtt.webcast.text import safe_text

logger = logging.getLogger(__name__)
Json = dict[str, Any]


class Dispatcher:
    """Carries out commands; used by the control thread only. `respond(command, answer)` publishes an answer."""

    def __init__(
        self,
        topics: Topics,
        rooms: RoomTable,
        limit: RateLimit,
        *,
        respond: Callable[[str, Json], object],
        health: Callable[[], Json],
    ) -> None:
        self._topics = topics
        self._rooms = rooms
        self._limit = limit
        self._respond = respond
        self._health = health

    def handle(self, topic: str, payload: bytes, now: float) -> None:
        """Take one message: a request is answered, a `set` obeyed; what is wrong with either is said."""
        address = self._topics.parse(topic)
        if address is None:
            return
        if address.kind is Kind.REQUEST:
            self._respond(address.leaf, self._answer(address.leaf, payload, now))
        elif address.kind is Kind.ROOM and payload:
            # An empty payload is somebody clearing a retained command, none itself.
            self._set(topic, now, lambda: self._execute(Request(parse_set(payload), address.room)))
        elif address.kind is Kind.GOAL and payload:
            self._set(topic, now, lambda: self._rooms.get(address.room).set_goal(parse_goal(payload)))

    def _answer(self, command: str, payload: bytes, now: float) -> Json:
        transaction = None
        allowed = self._limit.allows(now)
        try:
            request = parse_request(command, payload)
            transaction = request.transaction
            _require(allowed)
            return response(self._execute(request), transaction=transaction)
        except CommandError as error:
            logger.warning("refused the command %s: %s", safe_text(command, 40), safe_text(error))
            return response({}, error=str(error), transaction=error.transaction or transaction)

    def _set(self, topic: str, now: float, act: Callable[[], object]) -> None:
        try:
            _require(self._limit.allows(now))
            act()
        except CommandError as error:
            logger.warning("refused what came on %s: %s", safe_text(topic), safe_text(error))

    def _execute(self, request: Request) -> Any:
        if request.command == "health_check":
            return self._health()
        return ROOM_COMMANDS[request.command](self._rooms, request)


def _require(allowed: bool) -> None:
    if not allowed:
        raise CommandError("too many commands; commands_per_minute in the settings says how many are allowed")
