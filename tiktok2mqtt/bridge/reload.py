"""Which settings change when they are read again while the daemon runs."""

import logging
from collections.abc import Callable
from operator import attrgetter
from typing import Final

from tiktok2mqtt.bridge.mqtt.policies import effective_policies, room_policies
from tiktok2mqtt.settings import Settings, SettingsError
from tiktok2mqtt.settings.model import ROWS

logger = logging.getLogger(__name__)
RELOADABLE: Final = ("rooms", "log.level")


def reloaded_settings(load: Callable[[], Settings], current: Settings) -> Settings | None:
    """Return the current settings with the values from `load` of those that are RELOADABLE; None if they are invalid.

    Invalid and changed settings are logged, the latter by their names only: values may be secret.
    """
    try:
        new = load()
        effective_policies(new.events, new.exclude_events, new.retain)
        room_policies(new)
    except (SettingsError, ValueError) as error:
        for problem in str(error).splitlines():
            logger.error("the new settings are invalid and were not applied: %s", problem)  # noqa: TRY400 - not a bug
        return None
    changed = [name for name in ROWS if attrgetter(name)(current) != attrgetter(name)(new)]
    if not_applied := [name for name in changed if name not in RELOADABLE and not name.startswith("web.")]:
        logger.warning("these settings have changed and need a restart: %s", ", ".join(not_applied))
    applied = [name for name in changed if name in RELOADABLE]
    logger.info("settings reloaded; changed: %s", ", ".join(applied) or "nothing")
    log = current.log.model_copy(update={"level": new.log.level})
    return current.model_copy(update={"rooms": new.rooms, "log": log})
