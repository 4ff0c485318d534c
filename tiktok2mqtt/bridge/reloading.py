"""Settings that are read again while the daemon runs: which of them can change, and what is said of the others."""

import logging
from collections.abc import Callable
from operator import attrgetter
from typing import Final

from tiktok2mqtt.bridge.mqtt.policies import effective_policies
from tiktok2mqtt.settings import Settings, SettingsError
from tiktok2mqtt.settings.describe import ROWS

logger = logging.getLogger(__name__)
CHANGEABLE: Final = ("rooms", "log.level")


def read_again(load: Callable[[], Settings], old: Settings) -> Settings | None:
    """Return the settings from now on: what `load` returns where it can change, `old` for the rest.

    None when they are wrong; that, and what needs a restart, is logged by the settings' names alone.
    """
    try:
        new = load()
        effective_policies(new.events, new.exclude_events, new.retain)
    except (SettingsError, ValueError) as error:
        for problem in str(error).splitlines():
            logger.error("the settings are wrong and stay as they were: %s", problem)  # noqa: TRY400 - no fault of ours
        return None
    changed = [name for name in ROWS if attrgetter(name)(old) != attrgetter(name)(new)]
    if late := [name for name in changed if name not in CHANGEABLE]:
        logger.warning("these settings have changed and need a restart: %s", ", ".join(late))
    at_once = [name for name in changed if name in CHANGEABLE]
    logger.info("the settings were read again; changed: %s", ", ".join(at_once) or "nothing")
    log = old.log.model_copy(update={"level": new.log.level})
    return old.model_copy(update={"rooms": new.rooms, "log": log})
