"""A message to the broker, and the table that keeps priority messages until the broker has acknowledged them."""

import logging
import sqlite3
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any, Final

from tiktok2mqtt.bridge.mqtt.database import Database
from tiktok2mqtt.bridge.mqtt.database_connection import Write
from tiktok2mqtt.bridge.mqtt.policies import QueueClass

logger = logging.getLogger(__name__)
# Looking up a member of an enumeration costs as much as taking a lock (Python 3.11).
_STATE: Final = QueueClass.STATE
# The name of messages that answer a command.
RESPONSE: Final = "response"
DELAYED_AFTER_S: Final = 5.0
# Common keys come before anything a viewer can write, and a quote inside a text is escaped: this is the key itself.
_NOT_DELAYED: Final = b'"delayed":false'
_DELAYED: Final = b'"delayed":true'
MESSAGE_TABLE: Final = """
CREATE TABLE messages (
    number INTEGER PRIMARY KEY,
    topic TEXT NOT NULL,
    payload BLOB NOT NULL,
    qos INTEGER NOT NULL,
    retain INTEGER NOT NULL,
    name TEXT NOT NULL,
    room TEXT NOT NULL,
    created_at REAL NOT NULL
)
"""
MESSAGE_COLUMNS: Final = "topic, payload, qos, retain, name, room, created_at, number"
# A message that was saved although the disk reported a failure is saved again. Without a number it is the newest one.
INSERT_MESSAGE: Final = f"INSERT OR REPLACE INTO messages ({MESSAGE_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
_SIZE: Final = "SELECT count(*), coalesce(max(number), 0) FROM messages"
_SELECT: Final = f"""
SELECT {MESSAGE_COLUMNS} FROM messages WHERE number > ? AND number <= ? ORDER BY number LIMIT ?
"""  # noqa: S608 - column names of ours
# The system's clock is trusted if the newest message was created at most this long before the start, or at most the
# tolerance after it.
MAX_PAUSE_S: Final = 24 * 3600.0
CLOCK_TOLERANCE_S: Final = 60.0


@dataclass(slots=True)
class Message:
    """One PUBLISH. `created_at` is in monotonic seconds; dropped messages are counted by `name` and by `room`.

    `number` is the place of a priority message in the order of all of them, once it has one.
    """

    topic: str
    payload: bytes
    qos: int
    retain: bool
    queue_class: QueueClass
    created_at: float
    name: str = ""
    room: str = ""
    number: int | None = None

    @property
    def is_acknowledged_event(self) -> bool:
        """Whether this is an event of QoS 1, and neither state nor the response to a command."""
        return self.qos > 0 and self.queue_class is not _STATE and self.name != RESPONSE

    def payload_at(self, now: float, waited_until: float = -inf) -> bytes:
        """Return the payload to send at `now`: an event that has waited for more than 5 s says so.

        So does one that was created before `waited_until`, when nothing could be sent.
        """
        is_delayed = self.created_at < waited_until or now - self.created_at > DELAYED_AFTER_S
        if is_delayed and self.queue_class is not _STATE:
            return self.payload.replace(_NOT_DELAYED, _DELAYED, 1)
        return self.payload


class MessageStore:
    """The table `messages` of a Database. Thread-safe; every method says whether the disk took part."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # Read once: a clock that is set while messages wait makes none of them older or younger.
        self._wall_offset_s = time.time() - time.monotonic()
        database.write(self._correct_ages, frees_space=True)

    @property
    def is_well(self) -> bool:
        """Whether new messages can be saved, as far as is known."""
        return self._database.problem is None

    @property
    def replacements(self) -> int:
        """How often the file has been replaced, see Database: by an empty one if it was damaged."""
        return self._database.replacements

    def add(self, messages: Sequence[Message], writes: Sequence[Write] = ()) -> bool:
        """Save numbered messages, in one transaction with `writes`; return whether they were saved."""
        rows = [message_row(message, self._wall_offset_s) for message in messages]
        return self._database.write(lambda connection: connection.executemany(INSERT_MESSAGE, rows), *writes)

    def between(self, after: int, last: int, limit: int) -> list[Message] | None:
        """Return up to `limit` messages with a number above `after`, `last` at most; None if they cannot be read."""
        rows = self._database.read(lambda connection: connection.execute(_SELECT, (after, last, limit)).fetchall())
        if rows is None:
            return None if self._database.usable else []
        now = time.monotonic()
        return [self._message(row, now) for row in rows]

    def remove(self, numbers: Iterable[int]) -> bool:
        """Delete messages, in one transaction; return whether they were."""
        rows = [(number,) for number in numbers]
        return self._database.write(
            lambda connection: connection.executemany("DELETE FROM messages WHERE number = ?", rows), frees_space=True
        )

    def return_space(self) -> bool:
        """Return some of the space of deleted messages to the file system; return whether there is more."""
        return self._database.return_space()

    def repair(self, newest: int) -> tuple[int, int]:
        """See Database. Messages in a file that can only now be opened get numbers after `newest`.

        Returns how many these are, and the highest number.
        """
        found = (0, newest)

        def renumber(connection: sqlite3.Connection) -> None:
            nonlocal found
            self._correct_ages(connection)
            count, highest = connection.execute(_SIZE).fetchone()
            # So that no number is used twice.
            offset = max(newest, highest)
            connection.execute("UPDATE messages SET number = number + ?", (offset,))
            found = (count, offset + highest) if count else (0, newest)

        self._database.repair(renumber)
        return found

    def size(self) -> tuple[int, int]:
        """Return how many messages there are and the highest number; zeros if there are none."""
        count, newest = self._database.read(lambda connection: connection.execute(_SIZE).fetchone()) or (0, 0)
        return count, newest

    def _correct_ages(self, connection: sqlite3.Connection) -> None:
        """Correct the times of messages from earlier runs if the system's clock cannot be trusted.

        Within a run, age is counted by the monotonic clock. Only the system's clock can tell how long ago the run
        before ended, and on a board without a battery it may have been wrong by years. So if it says that the newest
        message was created more than a day ago, or in the future, that one counts as new, and the others keep their
        distance from it.
        """
        newest = connection.execute("SELECT created_at FROM messages ORDER BY number DESC LIMIT 1").fetchone()
        pause_s = time.monotonic() + self._wall_offset_s - newest[0] if newest else 0.0
        if not -CLOCK_TOLERANCE_S <= pause_s <= MAX_PAUSE_S:
            connection.execute("UPDATE messages SET created_at = created_at + ?", (pause_s,))
            logger.warning(
                "the clock has been set, or the daemon was stopped for more than a day: "
                "the last of the events that wait for the broker counts as new"
            )

    def _message(self, row: tuple[Any, ...], now: float) -> Message:
        topic, payload, qos, retain, name, room, created_at, number = row
        # Nothing was created in the future, whatever the clock has been set to since.
        at = min(created_at - self._wall_offset_s, now)
        return Message(topic, payload, qos, bool(retain), QueueClass.PRIORITY, at, name, room, number)


def message_row(message: Message, wall_offset_s: float) -> tuple[Any, ...]:
    """Return a message as INSERT_MESSAGE takes it; `wall_offset_s` is the time since 1970 less the monotonic time."""
    facts = (message.topic, message.payload, message.qos, message.retain, message.name, message.room)
    return (*facts, message.created_at + wall_offset_s, message.number)
