"""A room's connection to TikTok, as the bridge sees and publishes it."""

from typing import Any, Protocol

from tiktok2mqtt.common.times import timestamp
from tiktok2mqtt.webcast.lifecycle import Connection


class RoomConnection(Protocol):
    """The room's connection to TikTok, as far as the bridge uses it. webcast.watch.WatchedRoom implements it."""

    @property
    def connection(self) -> Connection:
        """The current state; changes of it are reported a moment later."""
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

    def interrupt(self) -> None:
        """Begin to close; does not block."""
        ...

    def close(self, timeout_s: float = ...) -> None:
        """Close permanently. Blocks for up to `timeout_s`."""
        ...


def connection_document(connection: Connection) -> dict[str, Any]:
    """Return the `connection` document: state, code, reason, transport, since, attempt, retry_at."""
    return {
        "state": connection.state.value,
        "code": connection.code,
        "reason": connection.reason,
        "transport": connection.transport,
        "since": timestamp(connection.since),
        "attempt": connection.attempt,
        "retry_at": timestamp(connection.retry_at) if connection.retry_at is not None else None,
    }
