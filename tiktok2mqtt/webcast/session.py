"""The event pipeline of one room: fetch responses in, finished events out. Pure; time is an argument.

A session outlives connections: dedup, streaks and the like total continue across reconnects. A new room id starts a new
session.
"""

from collections.abc import Callable
from typing import Any, Final

from tiktok2mqtt.common.times import instant_ms, timestamp, timestamp_ms
from tiktok2mqtt.webcast.battles import TAKEN as BATTLE_EVENTS
from tiktok2mqtt.webcast.battles import Battles
from tiktok2mqtt.webcast.envelopes import Envelopes
from tiktok2mqtt.webcast.events.limits import response_allowance
from tiktok2mqtt.webcast.events.registry import DecodeError, Event, Registry, TooLargeError
from tiktok2mqtt.webcast.events.users import MISSING, own_pieces, render
from tiktok2mqtt.webcast.gift_catalogue import GiftCatalogue
from tiktok2mqtt.webcast.memory import Dedup, Drops, LikeTotal, SavedSession, SessionChanges, count_type
from tiktok2mqtt.webcast.reports import REPORTED_EVENTS, ReportDedup
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchMessage, FetchResponse
from tiktok2mqtt.webcast.schema.types_pb2 import Text
from tiktok2mqtt.webcast.streaks import Streaks

EVENT_VERSION: Final = 1
RawHandler = Callable[[str, bytes], None]
_ALIAS_PREFIX: Final = "Webcast"
_GIFT_METHOD: Final = "WebcastGiftMessage"
# Events that the like total or the gift catalogue learns from.
_WITH_MEMORY: Final = frozenset({"like", "gift_panel_update", "gift_collection_update"})


def common_keys(room: str, room_id: str, name: str, event_id: str, ts: str, source: str) -> Event:  # noqa: PLR0913, PLR0917
    """Return a new event with the keys that all events have."""
    return {
        "v": EVENT_VERSION,
        "event_type": name,
        "id": event_id,
        "ts": ts,
        "room": room,
        "room_id": room_id,
        "session_id": room_id,
        "source": source,
        "replayed": False,
        "late": False,
        "delayed": False,
    }


class LiveSession:
    """The pipeline of one room during one LIVE.

    `wall` returns seconds since 1970, for events whose message has no time. Messages that make no event are counted in
    `drops`. `gifts` learns from each gift and fills in what a message leaves out; with `extended_gift_info`, all that
    it knows is added to each gift. `host_id` is the user ID of the host, None while it is unknown.

    A message makes events once, however often it is repeated: it is known by its id, among the last 20,000 gifts or
    the last 20,000 messages of other types. So of the history that the service sends at each connect, only what is new
    makes events. History is what is marked as such, and all of the first response of a connection. What happened before
    the first response of the LIVE is marked `replayed`, and left out unless `process_history`; what happened later, and
    was missed, is marked `late`. An action that several messages report is one event, see ReportDedup.

    Memory when full: some 13 MB, see Dedup and Streaks. With `tracks_changes`, `take_changes` returns what has to be
    saved to continue the session in another process.
    """

    def __init__(  # noqa: PLR0913 - keyword arguments, one setting each
        self,
        registry: Registry,
        room: str,
        room_id: str,
        *,
        wall: Callable[[], float],
        drops: Drops,
        gifts: GiftCatalogue | None = None,
        extended_gift_info: bool = False,
        process_history: bool = True,
        streak_timeout_s: float = 15.0,
        tracks_changes: bool = False,
    ) -> None:
        self.room = room
        self.room_id = room_id
        self._common: Final = common_keys(room, room_id, "", "", "", "")
        self._registry = registry
        self._methods = registry.methods
        self._wall = wall
        self._drops = drops
        self._gifts = gifts if gifts is not None else GiftCatalogue()
        self._extended_gift_info = extended_gift_info
        self.host_id: str | None = None
        self._process_history = process_history
        self._ids = Dedup()
        # Separate, so that a flood of chat does not push out the ids of gifts.
        self._gift_ids = Dedup()
        self._streaks = Streaks(streak_timeout_s, track_changes=tracks_changes)
        self._tracks_changes = tracks_changes
        # Ids of messages processed since the last `take_changes`.
        self._new_gift_ids: list[int] = []
        self._new_other_ids: list[int] = []
        # A streak without a group id does not know its messages.
        self._has_urgent_ids = False
        self._likes = LikeTotal()
        self._reports = ReportDedup()
        self._battles = Battles(room, room_id)
        self._envelopes = Envelopes()
        # The service's time of the first response, in ms since 1970; 0 if that had none, None before it.
        self._received_since_ms: int | None = None
        self._is_first_response = False
        # The response is the first one of a connection.
        self._is_initial = False
        # Of the first response, without `process_history`.
        self._skipped_ids: set[int] = set()
        # Without a store there is nothing to be saved.
        self._is_start_saved = not tracks_changes

    def process(
        self, response: FetchResponse, source: str, now: float, on_raw: RawHandler | None = None
    ) -> list[Event]:
        """Return the events of one fetch response, in order. `now` is monotonic, in seconds."""
        events: list[Event] = []
        self._is_first_response = self._received_since_ms is None
        if self._is_first_response:
            self._received_since_ms = response.now
        self._is_initial = response.is_first
        with response_allowance:
            for message in response.messages:
                if on_raw is not None:
                    on_raw(message.method, message.payload)
                self._complete(self._message(message, source), events, now)
        return events

    def _complete(self, decoded: list[Event], events: list[Event], now: float) -> None:
        """Append what becomes of the events of one message: some kinds need more than their row."""
        for event in decoded:
            if event["replayed"] and not self._process_history:
                continue
            if event.get("unique_id") == self.room:
                # Most messages do not say that their user is the host.
                event["is_anchor"] = True
            name = event["event_type"]
            if name == "gift":
                events += self._gift(event, now)
            elif name in _WITH_MEMORY:
                events.append(self._remembered(event))
            elif name in BATTLE_EVENTS:
                events += (event, *self._battles.feed(event, now, self._wall()))
            elif name == "envelope":
                reported = self._envelopes.feed(event, now, self._wall())
                events += reported
                if event not in reported:
                    # Everything else in the message is known too.
                    break
            elif name not in REPORTED_EVENTS or self._reports.is_new(event):
                events.append(event)

    def tick(self, now: float) -> list[Event]:
        """Return the events that are due by now: streaks of gifts, battles and treasure boxes end."""
        return self._streaks.tick(now) + self._battles.tick(now) + self._envelopes.tick(now)

    def seconds_to_next_tick(self, now: float) -> float:
        """Return how long `tick` has nothing to do unless a message arrives; infinite when nothing is running."""
        parts = (self._streaks, self._battles, self._envelopes)
        return min(part.seconds_to_next_tick(now) for part in parts)

    def close(self) -> list[Event]:
        """Return the gifts of all running streaks, and the end of the battle: nothing more will come."""
        return self._streaks.close_all("disconnect") + self._battles.close()

    def restore(self, saved: SavedSession, now: float) -> None:
        """Continue the session of an earlier process; to be called before the first message.

        Raises ValueError, KeyError, TypeError when `saved` does not come from `take_changes`.
        """
        self._streaks.restore(saved.streaks, self._wall() - now, now)
        self._gift_ids.restore(saved.gift_ids)
        self._ids.restore(saved.other_ids)
        self._received_since_ms = saved.received_since_ms
        self._is_start_saved = self._is_start_saved or saved.received_since_ms is not None

    def take_changes(self, now: float) -> SessionChanges:
        """Return what has changed since the last call; nothing without `tracks_changes`."""
        gift_ids, self._new_gift_ids = self._new_gift_ids, []
        other_ids, self._new_other_ids = self._new_other_ids, []
        is_urgent, self._has_urgent_ids = self._has_urgent_ids, False
        since_ms = None if self._is_start_saved else self._received_since_ms
        if since_ms is not None:
            self._is_start_saved = is_urgent = True
        streaks = self._streaks.changes(self._wall() - now)
        return SessionChanges(self.room_id, gift_ids, streaks, other_ids, since_ms, is_urgent)

    def _message(self, message: FetchMessage, source: str) -> list[Event]:
        """Return the events that the rows make of one message; none when it is unknown, undecodable or not new."""
        is_history, message_id = message.is_history or self._is_initial, message.msg_id
        if is_history and not self._process_history and (self._is_first_response or message_id in self._skipped_ids):
            self._skipped_ids.add(message_id)
            return []
        method = message.method
        if method not in self._methods:
            # A few types come with and without the prefix.
            method = _ALIAS_PREFIX + method
            if method not in self._methods:
                count_type(self._drops.unknown, message.method)
                return []
        dedup = self._gift_ids if method == _GIFT_METHOD else self._ids
        if not dedup.is_new(message_id):
            return []

        def start(name: str, common: Any) -> Event:
            created_ms = instant_ms(common.create_time)
            ts = timestamp(self._wall()) if created_ms is None else timestamp_ms(created_ms)
            event = self.common_keys(name, str(message_id or common.msg_id), ts, source)
            if is_history:
                event["replayed"] = is_replay = self._is_replay(message, created_ms, message_id or common.msg_id)
                event["late"] = not is_replay
            return event

        try:
            events = self._registry.decode(method, message.payload, start, self._drops.bad_fields)
        except DecodeError as error:
            is_too_large = isinstance(error, TooLargeError)
            count_type(self._drops.too_large if is_too_large else self._drops.undecodable, message.method)
            return []
        # A message without an id in its envelope has one in its Common.
        if not message_id and events and not dedup.is_new(int(events[0]["id"])):
            return []
        if self._tracks_changes and events:
            new_ids = self._new_gift_ids if dedup is self._gift_ids else self._new_other_ids
            new_ids.append(message_id or int(events[0]["id"]))
        return events

    def _is_replay(self, message: FetchMessage, created_ms: int | None, message_id: int) -> bool:
        """Return whether a message of the history is from before the first response of this LIVE.

        Both times are the service's. So are messages whose time or id is missing: they may have been processed before.
        One of a connection's first response that is not marked as history is new if its id is.
        """
        if self._is_first_response or not message_id:
            return True
        if created_ms is None:
            return message.is_history
        return created_ms < (self._received_since_ms or 0)

    def common_keys(self, name: str, event_id: str, ts: str, source: str) -> Event:
        """Return a new event with the keys that all events have."""
        event = self._common.copy()
        event["event_type"] = name
        event["id"] = event_id
        event["ts"] = ts
        event["source"] = source
        return event

    def _remembered(self, event: Event) -> Event:
        match event["event_type"]:
            case "like":
                total = self._likes.add(event["like_count"] or 0, event["total_like_count"] or 0)
                event["total_like_count"] = total or None
            case "gift_panel_update":
                self._gifts.learn_prices(event["prices"])
            case "gift_collection_update" if event["gift"] is not None:
                self._gifts.learn(event["gift"])
        return event

    def _gift(self, event: Event, now: float) -> list[Event]:
        gift = event["gift"]
        if gift["group_id"] is None:
            self._has_urgent_ids = True
        is_type_sent, has_name = gift["gift_type"] is not None, gift["name"] is not None
        self._gifts.learn(gift)
        self._gifts.complete(event, extended=self._extended_gift_info)
        if not has_name and gift["name"] is not None and MISSING in (event["text"] or ""):
            event["text"] = render(Text(default_pattern=event["label"]), own_pieces(event))
        if event["recipient"] is not None:
            self._identify_host(event, event["recipient"])
        return self._streaks.feed(event, now, is_type_sent=is_type_sent)

    def _identify_host(self, event: Event, recipient: Event) -> None:
        """Set whether a gift is for the host, whose user name is that of the room."""
        if recipient["unique_id"] is not None:
            event["to_host"] = recipient["unique_id"].lower() == self.room
        elif self.host_id is not None and recipient["user_id"] is not None:
            event["to_host"] = recipient["user_id"] == self.host_id
        if event["to_host"]:
            recipient["unique_id"] = recipient["unique_id"] or self.room
            self.host_id = recipient["user_id"] or self.host_id
