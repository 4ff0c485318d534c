"""What every way into a room looks like from above."""

from typing import ClassVar, Protocol

from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchResponse


class Transport(Protocol):
    """Yields the fetch responses of one room.

    Used by one thread; only `interrupt` may be called from another. Each failure is a WebcastError.
    """

    name: ClassVar[str]

    @property
    def has_socket(self) -> bool:
        """Whether the room is heard by a WebSocket now."""
        ...

    @property
    def has_more(self) -> bool:
        """Whether the next response is here already, and `receive` need not wait for it."""
        ...

    def open(self) -> None:
        """Do all that is needed until the room can be heard."""
        ...

    def receive(self, timeout_s: float) -> FetchResponse | None:
        """Return the next response, or None when none came within about `timeout_s` seconds."""
        ...

    def interrupt(self) -> None:
        """Make `open` or `receive` raise soon; called from another thread, before the owner closes."""
        ...

    def close(self) -> None:
        """Let go of the room. May be called twice."""
        ...
