"""What the sources say together about a user's LIVE. Pure: no I/O."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tiktok2mqtt.common.errors import AccessError, StatusUnknown, WebcastError, WrongRoom
from tiktok2mqtt.webcast.lookup import pages

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Resolution:
    """What is known of a user's LIVE. `live` is None when the sources failed or contradict each other.

    `agreeing` is the number of sources that reported this status. `room_id` is None when no source named one. A paused
    LIVE is live. `host` is what the sources call the user, None if they do not say.
    """

    room_id: str | None
    live: bool | None
    agreeing: int
    title: str | None = None
    paused: bool = False
    host: pages.Host | None = field(default=None, compare=False)


def merge_findings(findings: list[pages.Finding]) -> Resolution:
    """Combine the answers of the sources. A contradiction gives None (unknown), never False."""
    statuses = {finding.live for finding in findings} - {None}
    live = statuses.pop() if len(statuses) == 1 else None
    room_id = next((f.room_id for f in sorted(findings, key=lambda f: f.live is not True) if f.room_id), None)
    title = next((f.title for f in findings if f.title), None)
    paused = live is True and any(f.paused for f in findings)
    host = next((f.host for f in findings if f.host), None)
    return Resolution(room_id, live, sum(f.live is live for f in findings if live is not None), title, paused, host)


def most_telling_first(failures: list[WebcastError]) -> None:
    """Put a room of another host first, and a refusal before a page that says nothing."""
    first, last = failures[0], failures[-1]
    if isinstance(last, WrongRoom) or (isinstance(first, StatusUnknown) and isinstance(last, AccessError)):
        failures.reverse()


@contextmanager
def internal_errors(room: str) -> Iterator[None]:
    """Log any exception that is not a WebcastError and raise it as one: a bug must not stop a room."""
    try:
        yield
    except WebcastError:
        raise
    except Exception as error:
        logger.exception("%s: a lookup failed", room)
        raise WebcastError(f"internal error: {type(error).__name__}") from error
