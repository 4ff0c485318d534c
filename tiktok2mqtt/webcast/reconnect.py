"""The option `reconnect`: the watch that the daemon uses, for one connection of the library."""

from tiktok2mqtt.webcast.client import WebcastPushConnection
from tiktok2mqtt.webcast.scheduler import Watcher
from tiktok2mqtt.webcast.watch import WatchedRoom


class Reconnect:
    """Keeps a client connected from its first connection, which it must have at this moment, until `stop`.

    Created in the reader thread. `generation` is that of the connection.

    Threads: those of Watcher. stop() joins them.
    """

    def __init__(self, client: WebcastPushConnection, generation: int) -> None:
        self._watcher = Watcher(client.options.watch_interval_s)
        self._room = WatchedRoom(client, self._watcher, lambda _connection, _state: None)
        self._watcher.start()
        self._room.adopt(generation)

    def stop(self, timeout_s: float) -> None:
        """Connect no more. The connection that is open stays. Takes up to `timeout_s`."""
        self._room.stop()
        self._watcher.stop(timeout_s)
