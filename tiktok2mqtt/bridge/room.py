"""One room on the MQTT side: publishes its events, its retained documents, and the start and end of its LIVEs."""

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import Any, Final

from tiktok2mqtt.bridge.documents import ChangedDocuments
from tiktok2mqtt.bridge.mqtt.publisher import Publisher
from tiktok2mqtt.bridge.room_connection import RoomConnection, connection_document, live_keys
from tiktok2mqtt.bridge.room_state import LiveInfo, Milestones, RoomState
from tiktok2mqtt.bridge.session_store import SqliteSessionStore
from tiktok2mqtt.bridge.snapshot import Totals, checked_snapshot
from tiktok2mqtt.common.times import timestamp
from tiktok2mqtt.common.topics import OFFLINE, ONLINE
from tiktok2mqtt.webcast.lifecycle import Connection, State
from tiktok2mqtt.webcast.memory import TYPE_NAME

Json = dict[str, Any]
# Events whose change of `state` does not wait for the interval of the numbers.
_URGENT_EVENTS: Final = frozenset({"paused", "resumed"})
RETAINED_SUBTOPICS: Final = ("state", "connection", "availability", "summary", "cover", "goal", "battle")


class Room:
    """Publishes the events of one room at once, and its retained documents when `flush` is called.

    The `on_...` methods and `begin_session` are called from the room's reader thread, the watcher's threads or the
    control thread; the other methods from the control thread only. `request_flush(room)` is called from any of them,
    once until the next flush. Nothing is published while the lock is held.

    Numbers in `state` are published at most once in `state_interval_s`; other changes of it do not wait for that.
    With `like_milestone`, an event is published whenever the likes of a LIVE reach a multiple of it; 0 turns it off.
    With a `store`, the totals of a LIVE are saved with the events that they count, and continue after a restart. `url`
    is that of the live page, for `live_started`.
    """

    # Set by the connector after construction.
    connection: RoomConnection

    def __init__(  # noqa: PLR0913 - its name, what it acts on, and keyword arguments
        self,
        name: str,
        publisher: Publisher,
        request_flush: Callable[["Room"], object],
        *,
        from_settings: bool,
        like_milestone: int = 0,
        state_interval_s: float = 0.0,
        store: SqliteSessionStore | None = None,
        url: str | None = None,
    ) -> None:
        self.name = name
        self.from_settings = from_settings
        # Events received since the start.
        self.events = 0
        self._publisher = publisher
        self._request_flush = request_flush
        self._store = store
        self._url = url
        # Guards _state, and changes to _session_id, _over_id, _cover, _pending_live_started and _changed.
        self._lock = threading.Lock()
        self._state = RoomState()
        self._session_id: str | None = None
        # The last LIVE whose end was published. If it goes on after all, its start and end are not published again.
        self._over_id: str | None = None
        self._cover: str | None = None
        # The last event about the battle of the LIVE, and whether the broker may have retained a battle.
        self._battle: Json | None = None
        self._battle_retained = True
        self._milestones = Milestones(like_milestone)
        self._goal_set = False
        # Whether to publish that the goal was reached, after the next `state`: automations compare the two.
        self._goal_reached = False
        self._state_restored = False
        self._restore_finished = False
        # The keys of a `live_started` event that is held back until the restore is finished.
        self._pending_live_started: Json | None = None
        # Whether the last connection that was reported is open.
        self._is_open = False
        self._changed = ChangedDocuments(state_interval_s)
        if store is not None:
            self._restore_totals(store)

    def _restore_totals(self, store: SqliteSessionStore) -> None:
        store.totals_of[self.name] = self
        totals, gifters, followers = store.load_counted(self.name)
        if totals is not None:
            self._state.restore_totals(totals, gifters, followers)
            self._session_id = totals["session_id"] if totals["live"] else None
            self._over_id = totals["session_id"] if totals["over"] else None

    # --- called from any thread ---

    def on_event(self, event: Json) -> None:
        """Publish an event and apply it to the state. Called within a transaction of the store."""
        self.events += 1
        if self._session_id is not None and self._session_id != event["session_id"]:
            # The next LIVE has begun, and `begin_session` has not been called yet.
            self._end_session()
        if event["event_type"] == "battle":
            self._set_battle(event)
            return
        self._publisher.event(self.name, event)
        with self._lock:
            changed = self._state.apply(event)
        if not changed:
            return
        if event["event_type"] == "gift":
            self._check_goal()
        urgent = event["event_type"] in _URGENT_EVENTS
        if urgent or "state" not in self._changed:
            self._mark_dirty("state", urgent=urgent)
        if event["event_type"] == "like" and (likes := self._milestones.update(event["total_like_count"] or 0)):
            self._publisher.milestone(self.name, event, likes)

    def on_simulated_event(self, event: Json, *, count_in_totals: bool) -> None:
        """Publish a simulated event; with `count_in_totals` also apply it to the state."""
        with self._transaction():
            self._publisher.event(self.name, event)
            if not count_in_totals:
                return
            with self._lock:
                changed = self._state.apply(event, count_simulated=True)
        self._check_goal()
        if changed:
            self._mark_dirty("state", urgent=False)

    def _check_goal(self) -> None:
        with self._lock:
            is_reached = self._state.goal_reached()
            self._goal_reached |= is_reached
        if is_reached:
            self._mark_dirty("state")

    def on_raw(self, message_type: str, payload: bytes) -> None:
        """Publish a message as it was received. A type that is not safe as a topic level is published as `other`."""
        self._publisher.raw(self.name, message_type if TYPE_NAME.fullmatch(message_type) else "other", payload)

    def on_connection(self, connection: Connection) -> None:
        """Handle a change of the connection state. The session ends once the room is known not to be live.

        Called in the order of the changes. The documents show the current state, which may have changed again.
        """
        with self._lock:
            watch = connection.state is not State.DISABLED
            changed = self._state.set_connection(live=connection.live, watch=watch)
            changed |= self._is_open != (connection.state is State.LIVE)
            self._is_open = connection.state is State.LIVE
            if connection.live and (found := connection.found) is not None and self._session_id is None:
                # A document of the new LIVE must not have the counters of the last one.
                self._state.begin_session(
                    found.room_id, LiveInfo(found.title, paused=found.paused), timestamp(time.time())
                )
        if connection.live is False:
            self._end_session()
            with self._lock:
                self._state.end_live()
        self._mark_dirty("connection", *(["state"] if changed else []))

    def begin_session(self, session_id: str, info: LiveInfo, cover: str | None) -> None:
        """Handle that a LIVE was joined. A new session resets the counters.

        Its `live_started` is published by the flush that publishes the first state and cover, after them; not again if
        the LIVE was wrongly considered over.
        """
        if self._session_id not in (None, session_id):
            self._end_session()
        with self._transaction(), self._lock:
            is_new = self._session_id is None
            self._session_id = session_id
            self._state.begin_session(session_id, info, timestamp(time.time()))
            if is_new:
                self._milestones.reset(info.likes)
            if is_new and session_id != self._over_id:
                self._pending_live_started = info.start_keys(session_id, cover, self._url)
            self._cover = cover or self._cover
        self._mark_dirty("state", "cover")

    def _transaction(self) -> AbstractContextManager[object]:
        return self._store.transaction(self.name) if self._store is not None else nullcontext()

    def _publish_live_started(self) -> None:
        if self._pending_live_started is None:
            return
        with self._transaction():
            with self._lock:
                pending, self._pending_live_started = self._pending_live_started, None
            if pending is not None:
                self._publisher.bridge_event("live_started", self.name, **pending)

    def _end_session(self) -> None:
        """Publish the summary of the session, and `live_ended` the first time; does nothing without a session."""
        if self._session_id is None:
            return
        self._publish_live_started()
        with self._transaction():
            with self._lock:
                session_id, self._session_id = self._session_id, None
                if session_id is None:
                    return
                is_first = session_id != self._over_id
                self._over_id = session_id
                summary = self._state.snapshot()
            for key in ("live", "watch", "viewers", "envelopes", "battle", "paused"):
                del summary[key]
            self._publisher.summary(self.name, summary)
            if is_first:
                self._publisher.bridge_event("live_ended", self.name, session_id=session_id)
        if self._store is not None:
            self._store.end_live(self.name)
        if self._battle is not None:
            self._set_battle(None)

    def _set_battle(self, battle: Json | None) -> None:
        self._battle = battle
        with self._lock:
            urgent = self._state.set_battle(battle)
        self._mark_dirty("battle")
        self._mark_dirty("state", urgent=urgent)

    def totals(self) -> Totals | None:
        """Return what is to be saved of the current session; without viewers once it is over."""
        with self._lock:
            is_running = self._session_id is not None
            live = is_running and self._pending_live_started is None
            return self._state.totals(live=live, over_id=self._over_id, with_viewers=is_running, now=time.time())

    def totals_saved(self) -> None:
        """Note that what `totals` has returned last is on disk."""
        with self._lock:
            self._state.totals_saved()

    def _mark_dirty(self, *documents: str, urgent: bool = True) -> None:
        """Publish documents with the next flush; `state` waits for its interval unless the change is `urgent`."""
        if not self._changed.is_new(documents, urgent=urgent):
            # `flush` removes them before it reads the state, so it will publish this change too.
            return
        with self._lock:
            # `state` may wait for long: whatever else is new has to be flushed before.
            is_new = self._changed.is_new(documents, urgent=urgent)
            self._changed.add(documents, urgent=urgent)
        if is_new:
            self._request_flush(self)

    # --- called from the control thread ---

    def set_goal(self, goal: int | None) -> None:
        """Set the goal of this and all further LIVEs, in diamonds; None for no goal."""
        self._goal_set = True
        with self._lock:
            self._state.set_goal(goal)
        self._mark_dirty("state", "goal")

    def restore_goal(self, goal: int | None) -> None:
        """Restore the goal that the broker has retained, unless one has been set since the start."""
        if not self._goal_set:
            self.set_goal(goal)

    def restore_state(self, saved: Any) -> None:
        """Restore the counters from the `state` document that the broker has retained; only the first call counts.

        The totals in the store are at least as recent. Raises ValueError, and changes nothing, if `saved` is not such a
        document.
        """
        if self._state_restored:
            return
        self._state_restored = True
        try:
            self._restore_session(checked_snapshot(saved))
        finally:
            self.finish_restore()

    def _restore_session(self, saved: Json) -> None:
        with self._lock:
            had_totals = self._state.is_complete
            restored = self._state.restore(saved)
            if restored and not had_totals and saved["live"] is not False:
                # The earlier run has published its start, and it ends only when TikTok says so.
                self._session_id = saved["session_id"]
                self._pending_live_started = None
        if saved["live"] and saved["confirmed_at"] is not None:
            self.connection.presume_live(datetime.fromisoformat(saved["confirmed_at"]).timestamp())
        if self.connection.connection.live is False:
            # Found out before the earlier session was restored.
            self._end_session()
        if restored:
            self._mark_dirty("state")

    def finish_restore(self) -> None:
        """Stop waiting for retained documents of an earlier run.

        Until then `state` is not published, so that the retained counters survive if this run ends early, and
        `live_started` is held back, because the earlier run may have published it.
        """
        self._restore_finished = True
        if self._pending_live_started is not None:
            self._mark_dirty("state")

    def flush(self, now: float) -> float | None:
        """Publish the changed documents, each at most once a second, and `state` as said above.

        Returns the time of the next flush if a document has to wait, otherwise None. Times are monotonic, in seconds.
        """
        with self._lock:
            due, next_flush = self._changed.take_due(now), self._changed.next_due()
            starts = "state" not in self._changed and "cover" not in self._changed
        self._publish(due)
        if starts and self._restore_finished:
            self._publish_live_started()
        if self._goal_reached and "state" in due:
            self._goal_reached = False
            document = self.state_document()
            keys = {key: document[key] for key in ("session_id", "goal", "diamonds")}
            self._publisher.goal_reached(self.name, keys)
        return next_flush

    def publish_all(self) -> None:
        """Publish every retained document, changed or not."""
        self._publisher.text(self._topic("availability"), ONLINE)
        # A goal that was not set in this run may still be retained at the broker. A battle that is left is deleted.
        is_set = {"goal": self._goal_set, "battle": self._battle is not None or self._battle_retained}
        self._publish({"state", "connection", "cover", *(name for name, known in is_set.items() if known)})

    def _publish(self, documents: set[str]) -> None:
        if "state" in documents and self._restore_finished:
            self._publisher.document(self._topic("state"), self.state_document())
        if "connection" in documents:
            self._publisher.document(self._topic("connection"), self.connection_document())
        if "cover" in documents and self._cover is not None:
            self._publisher.text(self._topic("cover"), self._cover.encode("utf-8", "replace"))
        if "battle" in documents:
            battle = self._battle
            self._publisher.event_document(self._topic("battle"), battle)
            self._battle_retained = battle is not None
        if "goal" in documents:
            goal = self.state_document()["goal"]
            self._publisher.text(self._topic("goal"), b"" if goal is None else str(goal).encode())

    def state_document(self) -> Json:
        """Return the `state` document."""
        connection = self.connection.connection
        with self._lock:
            document = self._state.snapshot()
        return document | live_keys(connection)

    def connection_document(self) -> Json:
        """Return the `connection` document: how the room is connected, and if it is not, why."""
        # One value, read without the lock.
        return connection_document(self.connection, self._state.paused)

    @property
    def is_live(self) -> bool:
        """Whether the room is known to be live."""
        return self.connection.connection.live is True

    def publish_offline(self) -> None:
        """Mark the room as unavailable: the bridge is stopping."""
        self._publisher.text(self._topic("availability"), OFFLINE)

    def clear_retained(self) -> None:
        """Delete every retained topic of the room from the broker."""
        self._publisher.clear_room(self.name, RETAINED_SUBTOPICS)

    def _topic(self, subtopic: str) -> str:
        return self._publisher.topics.room(self.name, subtopic)
