"""Round numbers that a growing total passes. No I/O.

One room as the bridge has it: its events on their way out, its retained documents, its LIVE sessions.
"""

import threading
from collections.abc import Callable
from math import inf
from typing import Any, Final, Protocol

from tiktok2mqtt.bridge.mqtt.publisher import Publisher
from tiktok2mqtt.bridge.room_state import RoomFacts, RoomState
from tiktok2mqtt.common.times import timestamp
from tiktok2mqtt.common.topics import OFFLINE, ONLINE
from tiktok2mqtt.webcast.lifecycle import Connection, State
from tiktok2mqtt.webcast.memory import TYPE_NAME


class Milestones:
    """Watches a total that never goes back. Each multiple of `step` is a milestone; with 0 there are none."""

    def __init__(self, step: int) -> None:
        self._step = step
        self._reached: int | None = None

    def begin(self, total: int | None) -> None:
        """Begin anew at a total; None when it is not known yet: the first one that comes passes nothing."""
        self._reached = None if total is None else self._below(total)

    def passed(self, total: int) -> int | None:
        """Return the milestone that has been passed since the last call, the highest of several, or None."""
        below = self._below(total)
        is_new = self._reached is not None and below > self._reached
        self._reached = max(below, self._reached or 0)
        return below if is_new else None

    def _below(self, total: int) -> int:
        return total - total % self._step if self._step else 0


Json = dict[str, Any]
WRITE_INTERVAL_S: Final = 1.0
RETAINED_LEAVES: Final = ("state", "connection", "availability", "summary", "cover", "goal")


class Watched(Protocol):
    """What the bridge needs of a room on the TikTok side; the watcher's room has it."""

    connection: Connection

    @property
    def enabled(self) -> bool:
        """Whether the room is watched or heard at all."""
        ...

    def enable(self) -> None:
        """Watch the room, and hear it when it is live."""
        ...

    def disable(self) -> None:
        """Stop watching and hearing the room."""
        ...

    def interrupt(self) -> None:
        """Begin to let go of the room for good."""
        ...

    def close(self, timeout_s: float = ...) -> None:
        """Let go of the room for good; at most `timeout_s`."""
        ...


class Room:
    """Takes events and connection changes from any thread, and writes documents when its owner calls `flush`.

    `request_flush(room)` is called when there is something to write, once until the next flush. Each time the likes of
    a LIVE pass a multiple of `like_milestone`, that is told; 0 is never.
    """

    def __init__(
        self,
        name: str,
        publisher: Publisher,
        request_flush: Callable[["Room"], object],
        *,
        from_settings: bool,
        like_milestone: int = 0,
    ) -> None:
        self.name = name
        self.from_settings = from_settings
        self.events = 0
        self.watched: Watched
        self._publisher = publisher
        self._request_flush = request_flush
        self._lock = threading.Lock()
        self._state = RoomState()
        self._connection = Connection()
        self._session_id: str | None = None
        self._cover: str | None = None
        self._milestones = Milestones(like_milestone)
        self._has_set_goal = False
        self._has_recalled = False
        self._knows_the_past = False
        # What `live_started` would tell, while an earlier run may have told it.
        self._unsaid: Json | None = None
        self._dirty: set[str] = set()
        self._written_at: dict[str, float] = {}

    # --- from the reader's, the scheduler's or the control thread ---

    def on_event(self, event: Json) -> None:
        """Publish an event and count it in."""
        self.events += 1
        self._publisher.event(self.name, event)
        with self._lock:
            changed = self._state.apply(event)
        if not changed:
            return
        if "state" not in self._dirty:
            self._mark("state")
        if event["event_type"] == "like" and (likes := self._milestones.passed(event["total_like_count"])):
            self._publisher.milestone(self.name, event, likes)

    def on_simulated(self, event: Json, *, count_in_totals: bool) -> None:
        """Publish a made-up event; it counts only where it is asked to."""
        self._publisher.event(self.name, event)
        if not count_in_totals:
            return
        with self._lock:
            changed = self._state.apply(event, count_simulated=True)
        if changed:
            self._mark("state")

    def on_raw(self, message_type: str, payload: bytes) -> None:
        """Publish a message as it was received. The type is the peer's word: an odd one is no topic level."""
        self._publisher.raw(self.name, message_type if TYPE_NAME.fullmatch(message_type) else "other", payload)

    def on_connection(self, connection: Connection) -> None:
        """Take over a change of the link."""
        with self._lock:
            self._connection = connection
            watch = connection.state is not State.DISABLED
            changed = self._state.set_link(live=connection.live, watch=watch)
        if connection.live is False:
            self._end_session()
        self._mark("connection", *(["state"] if changed else []))

    def begin_session(self, session_id: str, facts: RoomFacts, cover: str | None) -> None:
        """A LIVE is being heard: set the counters back if it is a new one, and say so if no earlier run has."""
        if self._session_id not in (None, session_id):
            self._end_session()
        with self._lock:
            is_new = self._session_id is None
            self._session_id = session_id
            self._state.begin(session_id, facts)
            if is_new:
                self._milestones.begin(facts.likes)
                self._unsaid = {"session_id": session_id, "title": facts.title}
            self._cover = cover or self._cover
        if self._knows_the_past:
            self._say_started()
        self._mark("state", "cover")

    def _say_started(self) -> None:
        with self._lock:
            unsaid, self._unsaid = self._unsaid, None
        if unsaid is not None:
            self._publisher.bridge_event("live_started", self.name, **unsaid)

    def _end_session(self) -> None:
        """Publish the summary of the session and that it has ended, once."""
        with self._lock:
            session_id, self._session_id = self._session_id, None
            summary = self._state.snapshot()
        if session_id is None:
            return
        self._say_started()
        del summary["live"], summary["watch"], summary["viewers"]
        self._publisher.document(self._topic("summary"), summary)
        self._publisher.bridge_event("live_ended", self.name, session_id=session_id)

    def _mark(self, *documents: str) -> None:
        if self._dirty.issuperset(documents):
            # Whoever writes them takes them off first and looks at the room then.
            return
        with self._lock:
            is_first = not self._dirty
            self._dirty.update(documents)
        if is_first:
            self._request_flush(self)

    # --- from the control thread ---

    def set_goal(self, goal: int | None) -> None:
        """Set how many diamonds this and each further LIVE should bring; None for no goal."""
        self._has_set_goal = True
        with self._lock:
            self._state.set_goal(goal)
        self._mark("state", "goal")

    def recall_goal(self, goal: int | None) -> None:
        """Take over the goal that the broker has kept, unless another one has been set since the start."""
        if not self._has_set_goal:
            self.set_goal(goal)

    def recall_state(self, left: Json) -> None:
        """Take over the counters of the LIVE that an earlier run was hearing, as the broker has kept them; once.

        Raises ValueError, TypeError or KeyError when that is no document of ours.
        """
        if self._has_recalled:
            return
        self._has_recalled = True
        try:
            self._recall(left)
        finally:
            self.know_the_past()

    def _recall(self, left: Json) -> None:
        with self._lock:
            is_ours = self._state.recall(left)
            if is_ours and left["live"] is not False:
                # It has begun already, and is over only when TikTok says so.
                self._session_id = left["session_id"]
                self._unsaid = None
        if is_ours:
            self._mark("state")

    def know_the_past(self) -> None:
        """What an earlier run has left with the broker is known, if there is anything.

        Until then the state is not written, so that a run that ends early does not take the counters with it, and it is
        not said that a LIVE has started.
        """
        self._knows_the_past = True
        self._say_started()

    def flush(self, now: float) -> float | None:
        """Write what has changed, each document at most once a second; return when it is time for what has to wait."""
        with self._lock:
            due = {name for name in self._dirty if self._may_be_written_at(name) <= now}
            self._dirty -= due
            again = min(map(self._may_be_written_at, self._dirty), default=None)
        self._written_at |= dict.fromkeys(due, now)
        self._write(due)
        return again

    def _may_be_written_at(self, document: str) -> float:
        return self._written_at.get(document, -inf) + WRITE_INTERVAL_S

    def write_all(self) -> None:
        """Write every retained document, changed or not."""
        self._publisher.text(self._topic("availability"), ONLINE)
        # Until one is set, the broker may know a goal that we do not.
        self._write({"state", "connection", "cover", *(["goal"] if self._has_set_goal else [])})

    def _write(self, documents: set[str]) -> None:
        if "state" in documents and self._knows_the_past:
            self._publisher.document(self._topic("state"), self.state())
        if "connection" in documents:
            self._publisher.document(self._topic("connection"), self.connection())
        if "cover" in documents and self._cover is not None:
            self._publisher.text(self._topic("cover"), self._cover.encode("utf-8", "replace"))
        if "goal" in documents:
            goal = self.state()["goal"]
            self._publisher.text(self._topic("goal"), b"" if goal is None else str(goal).encode())

    def state(self) -> Json:
        """Return the room's document."""
        with self._lock:
            return self._state.snapshot()

    def connection(self) -> Json:
        """Return the link's document: state, code, reason, transport, since, attempt, retry_at."""
        link = self._connection
        return {
            "state": link.state.value,
            "code": link.code,
            "reason": link.reason,
            "transport": link.transport,
            "since": timestamp(link.since),
            "attempt": link.attempt,
            "retry_at": timestamp(link.retry_at) if link.retry_at is not None else None,
        }

    @property
    def is_live(self) -> bool:
        """Whether the room is known to be live."""
        return self._connection.live is True

    def say_offline(self) -> None:
        """Publish that nobody looks after the room any more."""
        self._publisher.text(self._topic("availability"), OFFLINE)

    def forget(self) -> None:
        """Make the broker forget every retained topic of the room."""
        for leaf in (*RETAINED_LEAVES, *self._publisher.retained_events()):
            self._publisher.text(self._topic(leaf), b"")

    def _topic(self, leaf: str) -> str:
        return self._publisher.topics.room(self.name, leaf)
