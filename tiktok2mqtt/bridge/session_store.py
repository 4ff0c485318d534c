"""The sessions of the rooms in the state database: what is known of each room's LIVE, and what was counted of it.

All that belongs to an event is saved in one transaction: its message, the id that makes it known, its streak, and the
totals that count it. So after a crash, an event that was published is known and counted, and one that is not known is
not counted either.
"""

import logging
import threading
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final, Protocol

from tiktok2mqtt.bridge.mqtt.database import Database
from tiktok2mqtt.bridge.mqtt.outbox import Outbox, Transaction
from tiktok2mqtt.bridge.session_tables import (
    DELETE_OLD_IDS,
    VIEWER_TABLES,
    Ids,
    delete,
    load_followers,
    load_session,
    load_totals,
    save,
    save_streaks,
)
from tiktok2mqtt.bridge.snapshot import Totals, checked_snapshot
from tiktok2mqtt.webcast.memory import DEFAULT_CAPACITY, SavedSession, SessionChanges

logger = logging.getLogger(__name__)
# At least this many ids of the last messages that are not gifts are known after a restart. The service repeats a few
# hundred at most.
MIN_OTHER_IDS: Final = 2_000
# This many ids of gifts, and as many of other messages, are kept in the row of the LIVE; about 1 KiB each.
MAX_RECENT_IDS: Final = 50
# Changed streaks that are kept while the disk fails, to be saved later: a session has no more streaks.
MAX_UNSAVED_STREAKS: Final = 6_000
# Changes that are not urgent are saved together with urgent ones, or after this time.
SAVE_INTERVAL_S: Final = 1.0
# After a failure of the disk.
RETRY_S: Final = 5.0


class TotalsSource(Protocol):
    """An object whose totals are saved: a Room."""

    def totals(self) -> Totals | None:
        """Return the totals of the current session, if there is one."""
        ...

    def totals_saved(self) -> None:
        """Note that what `totals` has returned last is on disk."""
        ...


@dataclass(slots=True)
class _Pending:
    """The changes of one room that are not on disk yet, and the rows on disk that the next changes are added to.

    `lock` is held during a transaction of the room, its handlers included.
    """

    lock: threading.RLock = field(default_factory=threading.RLock)
    depth: int = 0
    changes: SessionChanges | None = None
    # Whether they must not wait until `due_at`.
    is_urgent: bool = False
    due_at: float = 0.0
    has_failed: bool = False
    # The LIVE on disk, its recent ids there, and the last part of the others with its size.
    room_id: str | None = None
    recent: tuple[list[int], list[int]] = ([], [])
    part: int = 0
    part_size: int = 0

    def add(self, changes: SessionChanges) -> None:
        """Add changes; those of another LIVE replace the earlier ones."""
        kept = self.changes
        if kept is None or kept.room_id != changes.room_id:
            self.changes = changes
        else:
            kept.other_ids += changes.other_ids
            if len(kept.other_ids) > DEFAULT_CAPACITY:
                del kept.other_ids[:-DEFAULT_CAPACITY]
            if changes.gift_ids or changes.streaks or changes.is_urgent:
                _merge(kept, changes)
        self.is_urgent = self.is_urgent or changes.is_urgent or changes.room_id != self.room_id

    def is_due(self, transaction: Transaction, database: Database) -> bool:
        """Return whether to save now. While the disk fails, this is not tried for each event.

        Changes that are not urgent do not wait for a busy disk, which may be slow.
        """
        if database.problem is None and (self.is_urgent or transaction.messages):
            return True
        if time.monotonic() < self.due_at:
            return False
        return self.is_urgent or (self.changes is not None and not database.is_busy)

    def ids(self) -> Ids:
        """Return how the ids of the changes, and those in the row of the LIVE, are to be saved."""
        changes = self.changes
        if changes is None:
            return Ids()
        recent = self.recent if self.room_id == changes.room_id else ([], [])
        gifts, others = recent[0] + changes.gift_ids, recent[1] + changes.other_ids
        old_gifts = gifts if len(gifts) > MAX_RECENT_IDS else []
        old_others = others if len(others) > MAX_RECENT_IDS else []
        starts_part = bool(old_others) and self.part_size >= MIN_OTHER_IDS
        part = self.part + 1 if starts_part else self.part
        return Ids(([] if old_gifts else gifts, [] if old_others else others), old_gifts, old_others, part, starts_part)

    def saved(self, ids: Ids) -> None:
        """Note that the changes are on disk, with these ids."""
        self.is_urgent = False
        if self.changes is not None and ids.recent is not None:
            self.room_id, self.recent, self.part = self.changes.room_id, ids.recent, ids.part
            self.part_size = len(ids.old_others) + (0 if ids.starts_part else self.part_size)
        self.changes = None


def _merge(kept: SessionChanges, changes: SessionChanges) -> None:
    """Add everything but the ids of other messages, which is rare, to changes of the same LIVE."""
    kept.gift_ids += changes.gift_ids
    del kept.gift_ids[:-DEFAULT_CAPACITY]
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
        self.outbox = outbox
        self._database = database
        self._lock = threading.Lock()
        self._rooms: dict[str, _Pending] = {}
        # A long LIVE leaves more ids than a session keeps.
        database.write(lambda connection: connection.execute(DELETE_OLD_IDS, (DEFAULT_CAPACITY,)), frees_space=True)

    def load(self, room: str, room_id: str | None = None) -> SavedSession | None:
        """See SessionStore."""
        pending = self._pending_of(room)
        with pending.lock:
            loaded = self._database.read(lambda connection: load_session(connection, room, room_id))
            if loaded is None:
                return None
            saved, ids = loaded
            pending.room_id, pending.recent = saved.room_id, ids.recent or ([], [])
            pending.part, pending.part_size = ids.part, len(ids.old_others)
            return saved

    def load_totals(self, room: str) -> tuple[Any, dict[str, int]]:
        """Return the saved totals of the room's last LIVE, None if there are none, and the diamonds by gifter.

        Raises ValueError if they cannot be read.
        """
        return self._database.read(lambda connection: load_totals(connection, room)) or (None, {})

    def load_counted(self, room: str) -> tuple[Any, dict[str, int], set[str]]:
        """Return what was counted of the room's last LIVE: `load_totals`, checked, and `load_followers`.

        Without totals, or if they cannot be read, that is None and nobody.
        """
        try:
            saved, gifters = self.load_totals(room)
            if saved is not None:
                return checked_snapshot(saved), gifters, self.load_followers(room)
        except ValueError as error:
            logger.error("%s: the saved totals of the last LIVE cannot be read: %s", room, error)  # noqa: TRY400
        return None, {}, set()

    def load_followers(self, room: str) -> set[str]:
        """Return the users who have followed during the room's last LIVE."""
        return self._database.read(lambda connection: load_followers(connection, room)) or set()

    def transaction(self, room: str, changes: SessionChanges | None = None) -> AbstractContextManager[None]:
        """See SessionStore. Without `changes`, what is published and counted in the block is saved."""
        return _Saving(self, room, self._rooms.get(room) or self._pending_of(room), changes)

    def save_unsaved(self) -> None:
        """Save what a failing disk has not taken, if it works again."""
        if self._database.problem is not None:
            return
        with self._lock:
            rooms = [room for room, pending in self._rooms.items() if pending.has_failed]
        for room in rooms:
            with self.transaction(room):
                pass

    def _pending_of(self, room: str) -> _Pending:
        with self._lock:
            return self._rooms.setdefault(room, _Pending())

    def save(self, room: str, pending: _Pending, transaction: Transaction) -> "_Saved | None":
        """Add to a transaction what is to be saved now, if anything. Requires holding the room's lock."""
        changes = pending.changes
        if pending.is_due(transaction, self._database):
            source = self.totals_of.get(room)
            totals, ids = source.totals() if source is not None else None, pending.ids()
            if changes is not None or totals is not None:
                transaction.writes.append(lambda connection: save(connection, room, changes, ids, totals))
            return _Saved(ids, source, totals)
        if changes is not None and changes.streaks and self._database.problem is None:
            streaks = changes.streaks
            transaction.writes.append(lambda connection: save_streaks(connection, room, streaks))
            return _Saved()
        return None

    def finish(self, pending: _Pending, saved: "_Saved", *, succeeded: bool) -> None:
        """Note the end of a transaction. Requires holding the room's lock."""
        pending.has_failed = not succeeded
        if saved.ids is None:
            if succeeded and pending.changes is not None:
                pending.changes.streaks.clear()
            return
        pending.due_at = time.monotonic() + (SAVE_INTERVAL_S if succeeded else RETRY_S)
        if succeeded:
            pending.saved(saved.ids)
            if saved.source is not None and saved.totals is not None and saved.totals.session_id == pending.room_id:
                saved.source.totals_saved()

    def end_live(self, room: str) -> None:
        """See SessionStore."""
        pending = self._pending_of(room)
        with pending.lock:
            if pending.changes is not None:
                pending.changes.streaks.clear()
            self._database.erase(lambda connection: delete(connection, room, VIEWER_TABLES))

    def forget(self, room: str) -> None:
        """Delete the session of a room that was removed."""
        with self._lock:
            self.totals_of.pop(room, None)
            self._rooms.pop(room, None)
        self._database.erase(lambda connection: delete(connection, room))


@dataclass(slots=True)
class _Saved:
    """What a transaction saves: all, or without `ids` only the streaks."""

    ids: Ids | None = None
    source: TotalsSource | None = None
    totals: Totals | None = None


class _Saving:
    """A transaction of one room. A class, because a generator would be slower: there is one for each response."""

    __slots__ = ("_changes", "_context", "_pending", "_room", "_store", "_transaction")

    def __init__(self, store: SqliteSessionStore, room: str, pending: _Pending, changes: SessionChanges | None) -> None:
        self._store = store
        self._room = room
        self._pending = pending
        self._changes = changes

    def __enter__(self) -> None:
        self._pending.lock.acquire()
        self._pending.depth += 1
        self._context = self._store.outbox.transaction()
        self._transaction = self._context.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pending, changes, saved = self._pending, self._changes, None
        try:
            pending.depth -= 1
            if changes is None:
                pending.is_urgent = True
            elif changes:
                pending.add(changes)
            # A nested transaction is part of the outer one.
            if not pending.depth:
                saved = self._store.save(self._room, pending, self._transaction)
            self._context.__exit__(kind, error, trace)
            if saved is not None:
                self._store.finish(pending, saved, succeeded=self._transaction.saved)
        finally:
            pending.lock.release()
