"""Topics that were renamed since the last run: what is retained under the old names is cleared.

The names of the last run are in `state_dir`. Without that setting there is `tiktok2mqtt purge --base-topic --prefix`.
"""

import logging
from pathlib import Path
from typing import Any, Final

import orjson

from tiktok2mqtt.bridge.store import write_whole
from tiktok2mqtt.cli.purge import NotPurgedError, clear
from tiktok2mqtt.settings import Settings

logger = logging.getLogger(__name__)
FILE: Final = "topics.json"
_KEYS: Final = ("base_topic", "bridge_topic", "prefix")


def clear_renamed(settings: Settings) -> None:
    """Clear the old topics if there are any, and note those of now. What goes wrong is logged; the next start tries."""
    if settings.state_dir is None:
        return
    path = settings.state_dir / FILE
    mqtt = settings.mqtt
    now = dict(zip(_KEYS, (mqtt.base_topic, mqtt.bridge_topic, settings.homeassistant.prefix), strict=True))
    old = _read(path)
    if old not in (None, now) and not _cleared(settings, old):
        return
    if old != now:
        try:
            path.parent.mkdir(0o700, parents=True, exist_ok=True)
            write_whole(path, now)
        except OSError as error:
            logger.warning("%s cannot be written: %s", path, error.strerror)


def _cleared(settings: Settings, old: dict[str, str]) -> bool:
    names = f"{old['base_topic']}/# and {old['prefix']}/#"
    mqtt = settings.mqtt.model_copy(update={key: old[key] for key in ("base_topic", "bridge_topic")})
    homeassistant = settings.homeassistant.model_copy(update={"prefix": old["prefix"]})
    try:
        topics = clear(settings.model_copy(update={"mqtt": mqtt, "homeassistant": homeassistant}))
    except NotPurgedError as error:
        logger.warning("what an earlier run has left on %s is not cleared: %s", names, error)
        return False
    logger.info("the topics were renamed: cleared %d retained messages on %s", len(topics), names)
    return True


def _read(path: Path) -> dict[str, str] | None:
    try:
        names: Any = orjson.loads(path.read_bytes())
        return {key: str(names[key]) for key in _KEYS}
    except (OSError, ValueError, KeyError, TypeError):
        return None
