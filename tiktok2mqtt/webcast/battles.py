"""The battles of a room, one after the other: when they start, change and end. Pure; time is an argument."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from math import inf
from typing import Any, Final

from tiktok2mqtt.common.times import timestamp_ms
from tiktok2mqtt.webcast.battle import OVER, PUNISHMENT, RUNNING, WHO_KEYS, Battle, ms_of
from tiktok2mqtt.webcast.events.registry import Event, derived_event

Json = dict[str, Any]
# The message about the end comes four to five seconds after it (captured 2023).
END_GRACE_S: Final = 30.0
# How long to wait for this message after the last scores: it has the results.
RESULTS_S: Final = 10.0
# A battle without a known end is over after this silence: messages come every few seconds.
SILENCE_S: Final = 600.0
# The punishment takes three minutes, unless the hosts cut it short (captured 2023).
PUNISHMENT_S: Final = 200.0
# Time between two reports of a running battle: at least, while scores change; at most, to update the time that is left.
REPORT_S: Final = 1.0
REFRESH_S: Final = 5.0
MAX_PEOPLE: Final = 200
# Longer names and URLs are not kept. TikTok's have some 30 and 300 characters.
MAX_CHARS: Final = 1_000
_OFFERS: Final = ("invite", "reject", "cancel", "accept")
_ENDS: Final = ("finish", "cut_short")
_FINISHED: Final = ("finished", "punishment", "punishment_finished")


def _short(text: str | None) -> str | None:
    return None if text is None or len(text) > MAX_CHARS else text


class Battles:
    """Follows the battles of one LIVE. Takes the events about them as decoded; returns those to report as well.

    There is one `battle_started` and one `battle_ended` for each battle. A `battle` with everything that is known comes
    whenever that has changed; while the battle runs, once a second at most and every five seconds at least. A battle
    that was running when the room was joined starts with the first message about it. One whose end is not reported ends
    30 s after its time is up, or when the next one starts.

    Ids of battles grow with time, so late events about an earlier battle are recognized and ignored. One battle and the
    names of 200 hosts are kept in memory.
    """

    def __init__(self, room: str, room_id: str) -> None:
        self._room = room
        self._room_id = room_id
        self._people: OrderedDict[str, Json] = OrderedDict()
        # The user id of the room's own host, once it is known.
        self._room_host: str | None = None
        self._battle: Battle | None = None
        self._has_started = self._has_ended = False
        self._reported: Json | None = None
        self._reported_at = -inf
        # The last event that was taken, for the common keys.
        self._last: Event = {}
        # Monotonic: the last call, the last event, when the last scores or the end came, the next report.
        self._now = self._fed_at = 0.0
        self._results_at = self._ended_at = self._refresh_at = inf
        # The service's clock minus the monotonic one, in ms.
        self._offset_ms = 0.0
        # The service's time of the event that is being handled.
        self._at_ms = 0

    def feed(self, event: Event, now: float, wall_s: float) -> list[Event]:
        """Take an event named in `TAKEN`; return what follows from it.

        `now` is monotonic, `wall_s` is since 1970; it is used for events that are history.
        """
        self._last, self._now, self._fed_at = event, now, now
        self._at_ms = ms_of(event["ts"]) or 0
        is_history = event["replayed"] or event["late"]
        self._offset_ms = 1000 * ((wall_s if is_history else self._at_ms / 1000) - now)
        events = TAKEN[event["event_type"]](self, event)
        return events if not events and self._is_too_soon() else events + self._changes()

    def tick(self, now: float) -> list[Event]:
        """End what is over by now; return what has changed."""
        if now < self._next_at():
            return []
        self._now, self._at_ms = now, round(1000 * now + self._offset_ms)
        events: list[Event] = []
        if self._battle is not None and now >= self._over_at():
            if self._battle.status == RUNNING:
                events = self._end("finish" if now >= self._results_at else "timeout")
            else:
                self._battle.status = OVER
        return events + self._changes(refresh=now >= self._reported_at + REFRESH_S)

    def seconds_to_next_tick(self, now: float) -> float:
        """Return for how long `tick` has nothing to do if no message comes."""
        return max(0.0, self._next_at() - now)

    def close(self) -> list[Event]:
        """End the battle that is running: nothing more will come."""
        if self._battle is None or self._battle.status != RUNNING:
            return []
        return self._end("disconnect") + self._changes()

    # --- what the messages say ---

    def _on_battle(self, event: Event) -> list[Event]:
        self._learn(event["hosts"])
        action = event["action_name"]
        is_end = action in _ENDS or event["status_name"] in _FINISHED
        if action in _OFFERS or not (is_end or action == "open" or event["status_name"] == "started"):
            return []
        events = self._enter(event)
        if not self._is_current(event):
            return []
        self._set(event)
        return events + (self._end("cut_short" if action == "cut_short" else "finish") if is_end else self._start())

    def _on_armies(self, event: Event) -> list[Event]:
        events = self._enter(event)
        if self._battle is None or self._battle.is_finished or not self._is_current(event):
            # The results of a finished battle have come already.
            return events
        self._set(event)
        if event["trigger_reason_name"] == "battle_end" or event["status_name"] in _FINISHED:
            self._results_at = min(self._results_at, self._now + RESULTS_S)
            return events
        return events + self._start()

    def _on_card(self, event: Event) -> list[Event]:
        if self._battle is not None and self._battle.status == RUNNING and self._is_current(event):
            for card in (*event["active_cards"], *([event["card"]] if event["card"] is not None else [])):
                self._battle.play_card(card)
        return []

    def _on_task(self, event: Event) -> list[Event]:
        if self._battle is not None and self._battle.status == RUNNING and self._is_current(event):
            self._battle.set_task(event)
        return []

    def _on_punish_finish(self, event: Event) -> list[Event]:
        if self._battle is None or not self._is_current(event):
            return []
        events = self._end("finish") if self._battle.status == RUNNING else []
        self._battle.status = OVER
        return events

    def _on_link(self, event: Event) -> list[Event]:
        self._learn(event["co_hosts"])
        return []

    def _learn(self, people: Iterable[Json]) -> None:
        """Remember the names of hosts, and which of them is the host of this room."""
        for who in people:
            if (user_id := who["user_id"]) is None:
                continue
            known = self._people.pop(user_id, {})
            self._people[user_id] = {key: _short(who[key]) or known.get(key) for key in WHO_KEYS}
            if len(self._people) > MAX_PEOPLE:
                self._people.popitem(last=False)
            if (who["unique_id"] or "").lower() == self._room or who.get("host_room_id") == self._room_id:
                self._room_host = user_id

    # --- the battle ---

    def _is_current(self, event: Event) -> bool:
        return self._battle is not None and event["battle_id"] in {self._battle.battle_id, None}

    def _enter(self, event: Event) -> list[Event]:
        """Begin the battle of an event if it is a new one; return the end of the one before."""
        battle_id = event["battle_id"]
        if battle_id is None or (self._battle is not None and int(battle_id) <= int(self._battle.battle_id)):
            return []
        events = []
        if self._battle is not None and self._battle.status == RUNNING:
            events = self._end("next_battle")
        self._battle = Battle(battle_id)
        self._has_started = self._has_ended = False
        self._results_at = self._ended_at = inf
        return events

    def _set(self, event: Event) -> None:
        assert self._battle is not None  # noqa: S101 - the battle of the event
        self._battle.set_settings(event)
        self._battle.set_scores(event)

    def _start(self) -> list[Event]:
        """Note that the battle is running; return its start unless it was reported, or its time was up long ago."""
        battle = self._battle
        assert battle is not None  # noqa: S101 - the battle of an event
        if battle.is_finished:
            return []
        end_ms = battle.end_ms
        if end_ms is not None and self._server_ms() > end_ms + 1000 * END_GRACE_S:
            battle.end(end_ms, "timeout")
            return []
        if battle.status != RUNNING:
            battle.resume()
        if self._has_started:
            return []
        self._has_started = True
        return [self._event("battle_started")]

    def _end(self, reason: str) -> list[Event]:
        battle = self._battle
        assert battle is not None  # noqa: S101 - it is running
        end_ms = battle.end_ms if reason == "timeout" else None
        if not battle.is_finished:
            self._ended_at = self._now
        battle.end(self._at_ms if end_ms is None else end_ms, reason)
        if self._has_ended:
            return []
        self._has_ended = True
        return [self._event("battle_ended")]

    # --- time ---

    def _server_ms(self) -> int:
        return round(1000 * self._now + self._offset_ms)

    def _monotonic(self, server_ms: int | None) -> float:
        return inf if server_ms is None else (server_ms - self._offset_ms) / 1000

    def _over_at(self) -> float:
        """Return when the battle ends, or its punishment, if no message says so."""
        if self._battle is None or self._battle.status == OVER:
            return inf
        if self._battle.status == PUNISHMENT:
            return self._ended_at + PUNISHMENT_S
        end_ms = self._battle.end_ms
        silent_at = self._fed_at + SILENCE_S if end_ms is None else inf
        return min(self._monotonic(end_ms) + END_GRACE_S, silent_at, self._results_at)

    def _next_at(self) -> float:
        if self._battle is None or self._battle.status == OVER:
            return inf
        change_ms = self._battle.next_change_ms(self._server_ms()) if self._battle.status == RUNNING else None
        return min(self._over_at(), self._refresh_at, self._monotonic(change_ms))

    # --- what is reported ---

    def _is_too_soon(self) -> bool:
        """Return whether the battle was reported less than a second ago; if so, the next report is scheduled."""
        at = self._reported_at + REPORT_S
        if self._now >= at or self._battle is None or self._battle.status != RUNNING:
            return False
        self._refresh_at = min(self._refresh_at, at)
        return True

    def _changes(self, *, refresh: bool = False) -> list[Event]:
        if self._battle is None:
            return []
        event = self._event("battle")
        document = {key: value for key, value in event.items() if key not in _UNCOMPARED}
        has_changed = document != self._reported
        if has_changed or refresh:
            self._reported, self._reported_at = document, self._now
        self._refresh_at = self._reported_at + REFRESH_S if self._battle.status == RUNNING else inf
        return [event] if has_changed or refresh else []

    def _event(self, name: str) -> Event:
        assert self._battle is not None  # noqa: S101 - callers check it
        server_ms = self._server_ms()
        event = derived_event(self._last, name, f"{self._battle.battle_id}-{name}")
        document = self._battle.document(server_ms, self._people, self._room_host)
        return event | {"ts": timestamp_ms(server_ms)} | document


_UNCOMPARED: Final = frozenset({*derived_event({}, "", ""), "ts", "replayed", "late", "source", "seconds_left"})
TAKEN: Final[Mapping[str, Callable[[Battles, Event], list[Event]]]] = {
    "link_mic_battle": Battles._on_battle,  # noqa: SLF001 - a table of its own methods
    "link_mic_armies": Battles._on_armies,  # noqa: SLF001
    "link_mic_battle_item_card": Battles._on_card,  # noqa: SLF001
    "link_mic_battle_task": Battles._on_task,  # noqa: SLF001
    "link_mic_battle_punish_finish": Battles._on_punish_finish,  # noqa: SLF001
    "link": Battles._on_link,  # noqa: SLF001
    "link_layer": Battles._on_link,  # noqa: SLF001
}
"""The events that `feed` takes."""
