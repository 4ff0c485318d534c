"""A room's connection to TikTok, as the bridge sees and publishes it."""

import time
from typing import Any, Protocol

from tiktok2mqtt.common.times import timestamp
from tiktok2mqtt.webcast.lifecycle import Connection, State

Json = dict[str, Any]


class RoomConnection(Protocol):
    """The room's connection to TikTok, as far as the bridge uses it. webcast.watch.WatchedRoom implements it."""

    @property
    def connection(self) -> Connection:
        """The current state; changes of it are reported a moment later."""
        ...

    @property
    def has_account(self) -> bool:
        """Whether it sends the session cookies of an account to TikTok."""
        ...

    @property
    def enabled(self) -> bool:
        """Whether the room is watched; False after `disable`."""
        ...

    def enable(self) -> None:
        """Watch the room, and connect to it while it is live."""
        ...

    def disable(self) -> None:
        """Disconnect from the room and stop watching it. Blocks for up to 5 s."""
        ...

    def presume_live(self, confirmed_at: float) -> None:
        """Take over from an earlier run that the room was live at `confirmed_at`, seconds since 1970."""
        ...

    def interrupt(self) -> None:
        """Begin to close; does not block."""
        ...

    def close(self, timeout_s: float = ...) -> None:
        """Close permanently. Blocks for up to `timeout_s`."""
        ...


def connection_document(room: RoomConnection, paused: bool | None) -> Json:
    """Return the `connection` document. `paused` is what is known of a LIVE that goes on."""
    connection = room.connection
    return {
        "state": connection.state.value,
        "code": connection.code,
        "reason": connection.reason,
        "transport": connection.transport,
        "completeness": _completeness(connection, has_account=room.has_account),
        "since": timestamp(connection.since),
        "attempt": connection.attempt,
        "retry_at": timestamp(connection.retry_at) if connection.retry_at is not None else None,
        "confirmed_at": _confirmed_at(connection),
        "paused": paused if connection.live else connection.live,
    }


def _completeness(connection: Connection, *, has_account: bool) -> str | None:
    """Return as whom the room is watched, which decides what TikTok sends; None while it is not connected.

    The sign provider's socket is always anonymous, and a browser is logged in or not: that is not known.
    """
    if connection.state is not State.LIVE:
        return None
    if connection.transport == "browser":
        return "browser"
    return "account" if has_account and connection.transport != "signed" else "anonymous"


def live_keys(connection: Connection) -> Json:
    """Return the keys of the `state` document: live, watch, stale, confirmed_at.

    It is `stale` unless the room is connected: then it may have changed since.
    """
    return {
        "live": connection.live,
        "watch": connection.state is not State.DISABLED,
        "stale": connection.state is not State.LIVE,
        "confirmed_at": _confirmed_at(connection),
    }


def _confirmed_at(connection: Connection) -> str | None:
    """Return when the room was last known to be live, RFC 3339; while it is connected, that is now."""
    at = time.time() if connection.state is State.LIVE else connection.confirmed_at
    return timestamp(at) if at is not None else None


def is_unreachable(connection: Connection) -> bool:
    """Return whether the last look-up or connection failed; not if TikTok said that there is no such user."""
    return connection.state in (State.DEGRADED, State.BLOCKED) and connection.live is not False
