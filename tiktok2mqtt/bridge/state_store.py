"""`state.sqlite` in `state_dir`: messages that the broker has not acknowledged, and the sessions of the rooms."""

import time
from pathlib import Path
from typing import Any, Final

from tiktok2mqtt.bridge.mqtt.database import DEFAULT_MAX_MIB, Database
from tiktok2mqtt.bridge.mqtt.database_files import remove_set_aside
from tiktok2mqtt.bridge.mqtt.message_store import MESSAGE_TABLE, MessageStore
from tiktok2mqtt.bridge.mqtt.outbox import Outbox
from tiktok2mqtt.bridge.older_files import MakeMessage, import_older_files
from tiktok2mqtt.bridge.session_store import SqliteSessionStore
from tiktok2mqtt.bridge.session_tables import (
    FOLLOWERS_TABLES,
    RECENT_IDS,
    SESSION_TABLES,
    TOTALS_TABLES,
    delete_old_viewers,
)

Json = dict[str, Any]
STATE_FILE: Final = "state.sqlite"
# One entry for each version of the schema. Entries are appended, never changed.
MIGRATIONS: Final = ((MESSAGE_TABLE, *SESSION_TABLES), TOTALS_TABLES, FOLLOWERS_TABLES, RECENT_IDS)
_CONSEQUENCE: Final = (
    "gifts and other priority events are kept in memory only: a restart loses those that wait for the broker, "
    "and may miss or repeat gifts"
)
_DAY_S: Final = 24 * 3600.0
# A LIVE that is running has had gifts by then, if the clock was set before the start.
_FIRST_DELETION_S: Final = 3600.0


class StateStore:
    """The database in `folder`. `messages` is for the outbox; None, as all else, when `folder` is None.

    `make_message(room, event)` returns the message of an event that an earlier release has not published, None if it is
    excluded. The database has at most `max_mib` MiB. A damaged file is kept for `keep_damaged` days.
    """

    def __init__(
        self,
        folder: Path | None,
        make_message: MakeMessage,
        *,
        max_mib: int = DEFAULT_MAX_MIB,
        keep_damaged: int = 7,
    ) -> None:
        self.messages: MessageStore | None = None
        self._folder = folder
        self._keep_damaged_s = keep_damaged * _DAY_S
        self._next_clean_up = 0.0
        self._next_deletion: float | None = None
        self._last_replaced: str | None = None
        self._database: Database | None = None
        self._sessions: SqliteSessionStore | None = None
        self._damaged: list[str] = []
        if folder is not None:
            self._database = Database(folder / STATE_FILE, MIGRATIONS, consequence=_CONSEQUENCE, max_mib=max_mib)
            self._damaged = import_older_files(self._database, folder, make_message)
            self.messages = MessageStore(self._database)

    def sessions(self, outbox: Outbox) -> SqliteSessionStore | None:
        """Return the store of the sessions, which share their transactions with `outbox`."""
        if self._database is not None:
            self._sessions = SqliteSessionStore(self._database, outbox)
        return self._sessions

    def health(self) -> Json:
        """Return {"on_disk": whether priority events are on disk, "problem": what is or was wrong, or None}."""
        database = self._database
        if database is None:
            return {"on_disk": False, "problem": None}
        problems = [database.problem, database.replaced, *self._damaged]
        return {"on_disk": database.problem is None, "problem": next(filter(None, problems), None)}

    def clean_up(self, now: float) -> None:
        """Save what a failing disk has not taken, and delete what is no longer needed and names viewers.

        To be called often. Damaged files are deleted once a day, and when a file has been damaged. Once a day, so are
        the viewers of LIVEs whose end was not seen (the room was switched off or removed). `now` is monotonic, in
        seconds.
        """
        database = self._database
        if self._folder is None or database is None:
            return
        if self._sessions is not None:
            self._sessions.save_unsaved()
        if self._next_deletion is None:
            self._next_deletion = now + _FIRST_DELETION_S
        if now >= self._next_deletion:
            self._next_deletion = now + _DAY_S
            before = time.time() - _DAY_S
            database.erase(lambda connection: delete_old_viewers(connection, before))
        if now >= self._next_clean_up or database.replaced != self._last_replaced:
            self._next_clean_up, self._last_replaced = now + _DAY_S, database.replaced
            remove_set_aside(self._folder, self._keep_damaged_s)

    def close(self) -> None:
        """Close the file."""
        if self._database is not None:
            self._database.close()
