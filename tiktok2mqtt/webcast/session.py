"""One room's event pipeline: fetch responses in, finished events out. Pure; time is an argument.

It outlives sockets: dedup, streaks and the like total go on across reconnects, and begin anew with a new room id.
"""

from collections.abc import Callable
from typing import Any, Final

from tiktok2mqtt.common.times import timestamp, timestamp_ms
from tiktok2mqtt.webcast.events.registry import DecodeError, Event, Registry
from tiktok2mqtt.webcast.lookup.gifts import GiftList
from tiktok2mqtt.webcast.memory import Dedup, Drops, GiftChanges, GiftMemory, LikeTotal, Remembered, count_type
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchMessage, FetchResponse
from tiktok2mqtt.webcast.streaks import Streaks

EVENT_VERSION: Final = 1
RawHandler = Callable[[str, bytes], None]
_ALIAS_PREFIX: Final = "Webcast"
_GIFT_METHOD: Final = "WebcastGiftMessage"
# The longest messages that were seen have some ten thousand.
MAX_MESSAGE_BYTES: Final = 256 * 1024
# A create_time before this is no time in milliseconds (2001-09-09).
_FIRST_PLAUSIBLE_MS: Final = 10**12


class LiveSession:
    """The pipeline of one room while one LIVE lasts.

    `wall` tells the time in seconds since 1970, for events that bring none. What makes no event is counted in `drops`.
    `gifts`, when set, completes each gift. `process_history` says whether what the service sends again at connect
    makes events; they are then marked `replayed`.

    A message makes events once, whatever repeats it: it is known by its id, among the last 20,000 gifts or the last
    20,000 messages of other types. Memory when full: some 13 MB, see Dedup and Streaks. With a `memory`, gifts are
    told once beyond the life of the process: what `process`, `tick` and `close` return goes through `remember`, then to
    whoever hears it, then `passed_on` is called.
    """

    def __init__(  # noqa: PLR0913 - keyword arguments, one setting each
        self,
        registry: Registry,
        room: str,
        room_id: str,
        *,
        wall: Callable[[], float],
        drops: Drops,
        gifts: GiftList | None = None,
        process_history: bool = True,
        streak_timeout_s: float = 60.0,
        memory: GiftMemory | None = None,
    ) -> None:
        self.room = room
        self.room_id = room_id
        self._registry = registry
        self._methods = registry.methods
        self._wall = wall
        self._drops = drops
        self.gifts = gifts
        self._process_history = process_history
        self._ids = Dedup()
        # Kept apart, so that no flood of chat makes us forget which gifts were counted.
        self._gift_ids = Dedup()
        self._streaks = Streaks(streak_timeout_s, track_changes=memory is not None)
        self._memory = memory
        # Gift messages counted since the memory was told.
        self._counted: list[int] = []
        self._likes = LikeTotal()
        # Events that are not finished when their rows have made them.
        self._finishers = {"gift": self._gift, "like": self._like}

    def process(
        self, response: FetchResponse, source: str, now: float, on_raw: RawHandler | None = None
    ) -> list[Event]:
        """Return the events of one fetch response, in order. `now` is monotonic, in seconds."""
        events: list[Event] = []
        for message in response.messages:
            if on_raw is not None:
                on_raw(message.method, message.payload)
            for event in self._message(message, source):
                if (finish := self._finishers.get(event["event_type"])) is None:
                    events.append(event)
                else:
                    events += finish(event, now)
        return events

    def tick(self, now: float) -> list[Event]:
        """Return the gifts whose streaks ended by silence."""
        return self._streaks.tick(now)

    def seconds_to_next_tick(self, now: float) -> float:
        """Return how long `tick` has nothing to do unless something is heard; for ever is infinite."""
        return self._streaks.seconds_to_next_tick(now)

    def close(self) -> list[Event]:
        """Return the gifts of all running streaks: nothing more will come."""
        return self._streaks.close_all("disconnect")

    def restore(self, remembered: Remembered, now: float) -> list[Event]:
        """Go on where an earlier life ended, before the first message; return the gifts it may not have passed on.

        Raises ValueError, KeyError, TypeError when that is not what a session has saved.
        """
        self._streaks.restore(remembered.streaks, self._wall() - now, now)
        self._gift_ids.restore(remembered.message_ids)
        return remembered.undelivered

    def remember(self, events: list[Event], now: float) -> bool:
        """Save what has changed with these events; return whether the memory waits to hear that they are passed on."""
        if self._memory is None:
            return False
        counted, self._counted = self._counted, []
        gifts = [event for event in events if event["event_type"] == "gift"]
        changes = GiftChanges(self.room_id, counted, self._streaks.changes(self._wall() - now), gifts)
        if changes:
            self._memory.save(self.room, changes)
        return bool(gifts)

    def passed_on(self) -> None:
        """What was remembered last has been passed on."""
        if self._memory is not None:
            self._memory.delivered(self.room)

    def _message(self, message: FetchMessage, source: str) -> list[Event]:
        """Return the events of one message as its rows make them; none when it is unknown, broken or not new."""
        is_history, message_id = message.is_history, message.msg_id
        if is_history and not self._process_history:
            return []
        method = message.method
        if method not in self._methods:
            # A few types come with and without their prefix.
            method = _ALIAS_PREFIX + method
            if method not in self._methods:
                count_type(self._drops.unknown, message.method)
                return []
        dedup = self._gift_ids if method == _GIFT_METHOD else self._ids
        if not dedup.is_new(message_id):
            return []

        def start(name: str, common: Any) -> Event:
            created_ms = common.create_time
            ts = timestamp_ms(created_ms) if created_ms >= _FIRST_PLAUSIBLE_MS else timestamp(self._wall())
            return self.common_keys(name, str(message_id or common.msg_id), ts, source, replayed=is_history)

        try:
            events = self._registry.decode(method, _bounded(message.payload), start)
        except DecodeError:
            count_type(self._drops.undecodable, message.method)
            return []
        # What has no id in its envelope has one in its Common.
        if not message_id and events and not dedup.is_new(int(events[0]["id"])):
            return []
        if dedup is self._gift_ids and self._memory is not None:
            self._counted.append(message_id or int(events[0]["id"]))
        return events

    def common_keys(self, name: str, event_id: str, ts: str, source: str, *, replayed: bool = False) -> Event:
        """Return a new event that holds the keys all events share."""
        return {
            "v": EVENT_VERSION,
            "event_type": name,
            "id": event_id,
            "ts": ts,
            "room": self.room,
            "room_id": self.room_id,
            "session_id": self.room_id,
            "source": source,
            "replayed": replayed,
            "delayed": False,
        }

    def _gift(self, event: Event, now: float) -> list[Event]:
        if self.gifts is not None:
            self.gifts.complete(event)
        return self._streaks.feed(event, now)

    def _like(self, event: Event, _now: float) -> list[Event]:
        event["total_like_count"] = self._likes.add(event["like_count"], event["total_like_count"])
        return [event]


def _bounded(payload: bytes) -> bytes:
    """Raise DecodeError for a payload that is too long to be of use: in memory it would be a hundred times as long."""
    if len(payload) > MAX_MESSAGE_BYTES:
        raise DecodeError(f"{len(payload)} bytes")
    return payload
