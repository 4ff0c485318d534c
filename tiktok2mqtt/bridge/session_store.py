"""The sessions of the rooms in the state database: what is known of each room's LIVE, and what was counted of it.

All that belongs to an event is saved in one transaction: its message, the id that makes it known, its streak, and the
totals that count it. So after a crash, an event that was published is known and counted, and one that is not known is
not counted either.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from tiktok2mqtt.bridge.mqtt.database import Database
from tiktok2mqtt.bridge.mqtt.outbox import Outbox, Transaction
from tiktok2mqtt.bridge.session_tables import DELETE_OLD_IDS, delete, load_last_part, load_session, load_totals, save
from tiktok2mqtt.bridge.snapshot import Totals
from tiktok2mqtt.webcast.memory import DEFAULT_CAPACITY, SavedSession, SessionChanges

# Messages that are no gifts are known after a restart if they are among so many of the last ones. The service repeats
# some hundred at most.
MIN_OTHER_IDS: Final = 2_000
# Of the changes that a failing disk has not taken, the last ones are saved later: a session has no more streaks.
MAX_UNSAVED_STREAKS: Final = 6_000
# What is not urgent is saved together with something that is, or after this time.
SAVE_INTERVAL_S: Final = 1.0
# After a failure of the disk.
RETRY_S: Final = 5.0


class TotalsSource(Protocol):
    """Whose totals are saved: a Room."""

    def totals(self) -> Totals | None:
        """Return the totals of the present session, if there is one."""
        ...

    def totals_saved(self) -> None:
        """Take note that what `totals` has returned last is on disk."""
        ...


@dataclass(slots=True)
class _Unsaved:
    """What of one room is not on disk yet. `lock` is held during a transaction of the room, handlers included."""

    lock: threading.RLock = field(default_factory=threading.RLock)
    depth: int = 0
    changes: SessionChanges | None = None
    due_at: float = 0.0
    has_failed: bool = False
    # Other ids are saved in parts of at least MIN_OTHER_IDS, of which the last two are kept.
    part: int = 0
    part_size: int = 0

    def is_due(self, *, is_urgent: bool, disk_works: bool) -> bool:
        """Return whether to save now. While the disk fails, that is not tried with each event."""
        if disk_works and (is_urgent or (self.changes is not None and self.changes.is_urgent)):
            return True
        return self.changes is not None and time.monotonic() >= self.due_at

    def add(self, changes: SessionChanges) -> None:
        """Add changes; those of another LIVE replace the earlier ones."""
        kept = self.changes
        if kept is None or kept.room_id != changes.room_id:
            self.changes = changes
            return
        kept.other_ids += changes.other_ids
        kept.gift_ids += changes.gift_ids
        del kept.other_ids[:-DEFAULT_CAPACITY], kept.gift_ids[:-DEFAULT_CAPACITY]
        if changes.received_since_ms is not None:
            kept.received_since_ms = changes.received_since_ms
        for key, value in changes.streaks.items():
            # The latest change comes last.
            kept.streaks.pop(key, None)
            kept.streaks[key] = value
        while len(kept.streaks) > MAX_UNSAVED_STREAKS:
            del kept.streaks[next(iter(kept.streaks))]


class SqliteSessionStore:
    """See webcast.memory.SessionStore. What is put into `outbox` during a transaction is part of it.

    The totals of the rooms in `totals_of` are saved with each transaction about the room.
    """

    def __init__(self, database: Database, outbox: Outbox) -> None:
        self.totals_of: dict[str, TotalsSource] = {}
        self._database = database
        self._outbox = outbox
        self._lock = threading.Lock()
        self._unsaved: dict[str, _Unsaved] = {}
        # A long LIVE leaves more ids than a session keeps.
        database.write(lambda connection: connection.execute(DELETE_OLD_IDS, (DEFAULT_CAPACITY,)), frees_space=True)

    def load(self, room: str, room_id: str | None = None) -> SavedSession | None:
        """See SessionStore."""
        unsaved = self._unsaved_of(room)
        with unsaved.lock:
            saved = self._database.read(lambda connection: load_session(connection, room, room_id))
            if saved is not None:
                last_part = self._database.read(lambda connection: load_last_part(connection, room))
                unsaved.part, unsaved.part_size = last_part or (0, 0)
            return saved

    def load_totals(self, room: str) -> tuple[Any, dict[str, int]]:
        """Return the saved totals of the room's last LIVE, None if there are none, and the diamonds by gifter.

        Raises ValueError if they cannot be read.
        """
        return self._database.read(lambda connection: load_totals(connection, room)) or (None, {})

    @contextmanager
    def transaction(self, room: str, changes: SessionChanges | None = None) -> Iterator[None]:
        """See SessionStore. Without `changes`, only what is published and counted is saved."""
        unsaved = self._unsaved_of(room)
        with unsaved.lock:
            with self._outbox.transaction() as transaction:
                unsaved.depth += 1
                try:
                    yield
                finally:
                    unsaved.depth -= 1
                    if changes:
                        unsaved.add(changes)
                    is_urgent = changes is None or bool(transaction.messages)
                    is_saving = not unsaved.depth and self._prepare(room, unsaved, transaction, is_urgent=is_urgent)
            if is_saving:
                self._finish(room, unsaved, saved=transaction.saved)

    def save_unsaved(self) -> None:
        """Save what a failing disk has not taken, if it works again."""
        if self._database.problem is not None:
            return
        with self._lock:
            rooms = [room for room, unsaved in self._unsaved.items() if unsaved.has_failed]
        for room in rooms:
            with self.transaction(room):
                pass

    def _unsaved_of(self, room: str) -> _Unsaved:
        with self._lock:
            return self._unsaved.setdefault(room, _Unsaved())

    def _prepare(self, room: str, unsaved: _Unsaved, transaction: Transaction, *, is_urgent: bool) -> bool:
        """Add what is to be saved now to a transaction; return whether there is anything. Requires holding the lock."""
        if not unsaved.is_due(is_urgent=is_urgent, disk_works=self._database.problem is None):
            return False
        changes = unsaved.changes
        source = self.totals_of.get(room)
        totals = source.totals() if source is not None else None
        if changes is None and totals is None:
            return False
        if unsaved.part_size >= MIN_OTHER_IDS:
            unsaved.part, unsaved.part_size = unsaved.part + 1, 0
        part, starts_part = unsaved.part, not unsaved.part_size
        transaction.writes.append(
            lambda connection: save(connection, room, changes, totals, part, starts_part=starts_part)
        )
        return True

    def _finish(self, room: str, unsaved: _Unsaved, *, saved: bool) -> None:
        """Requires holding the lock."""
        unsaved.due_at = time.monotonic() + (SAVE_INTERVAL_S if saved else RETRY_S)
        unsaved.has_failed = not saved
        if not saved:
            return
        if unsaved.changes is not None:
            unsaved.part_size += len(unsaved.changes.other_ids)
            unsaved.changes = None
        if (source := self.totals_of.get(room)) is not None:
            source.totals_saved()

    def end_live(self, room: str) -> None:
        """See SessionStore."""
        unsaved = self._unsaved_of(room)
        with unsaved.lock:
            if unsaved.changes is not None:
                unsaved.changes.streaks.clear()
            self._database.erase(lambda connection: delete(connection, room, ("streaks", "gifters")))

    def forget(self, room: str) -> None:
        """Delete the session of a room that was removed."""
        with self._lock:
            self.totals_of.pop(room, None)
            self._unsaved.pop(room, None)
        self._database.erase(lambda connection: delete(connection, room))
