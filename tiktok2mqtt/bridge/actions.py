"""The commands that act on the daemon as a whole or ask TikTok; those on rooms are in `rooms`."""

import logging
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from tiktok2mqtt.bridge.commands import CommandError
from tiktok2mqtt.bridge.health import Watchdog, health_document
from tiktok2mqtt.bridge.room import Room
from tiktok2mqtt.common.times import timestamp
from tiktok2mqtt.settings import LogSettings

if TYPE_CHECKING:
    from tiktok2mqtt.bridge.bridge import Bridge

logger = logging.getLogger(__name__)
Json = dict[str, Any]
# The exit status after the command `restart`.
RESTART = 4


class Actions:
    """See dispatch.CommandActions. `stores` return the health of what is on disk, by their key in `health`."""

    def __init__(self, bridge: "Bridge", watchdog: Watchdog, stores: Mapping[str, Callable[[], Json]]) -> None:
        self._bridge = bridge
        self._watchdog = watchdog
        self._stores = stores
        self._started = timestamp(time.time())

    def health_document(self) -> Json:
        """Return the `health` document."""
        bridge, now = self._bridge, time.monotonic()
        more = {
            "started_at": self._started,
            "denied_by_topic": dict(bridge.link.denied),
            "stuck_threads": self._watchdog.stuck_threads(now),
            **{key: health() for key, health in self._stores.items()},
        }
        drops = bridge.connector.drops()
        return health_document(bridge.rooms, drops, bridge.outbox, now - bridge.started_at, more)

    def health(self) -> Json:
        """Return the health document, and whether the daemon is healthy."""
        document = self.health_document()
        healthy = self._bridge.link.connected and not document["stuck_threads"]
        return {"healthy": healthy, **document}

    def room_info(self, name: str) -> Json:
        """See RoomConnector."""
        return self._bridge.connector.room_info(name)

    def simulate(self, room: Room, event: str, data: Json, *, count_in_totals: bool) -> list[Json]:
        """See RoomConnector."""
        return self._bridge.connector.simulate(room, event, data, count_in_totals=count_in_totals)

    def set_log_level(self, level: str) -> Json:
        """Log messages of this level and above, until the settings are reloaded or the daemon restarts."""
        current = self._bridge.settings.log
        try:
            log = LogSettings.model_validate(current.model_dump() | {"level": level})
        except ValidationError:
            raise CommandError("level must be debug, info, warning or error") from None
        self._bridge.set_log_level(log)
        return {"level": log.level}

    def restart(self) -> Json:
        """End the daemon with an exit status that asks the service manager for a restart."""
        logger.warning("restarting, by command")
        # As a job: the response is published first.
        self._bridge.loop.put(lambda: self._bridge.stop(RESTART))
        return {"exit_status": RESTART}
