"""How events are published on MQTT: QoS, retain, class in the outbox. Events outside the table stream at QoS 0."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Final, Literal

from tiktok2mqtt.settings import Settings
from tiktok2mqtt.webcast.events.types import EVENT_NAMES, EventName, no_such_event


class QueueClass(IntEnum):
    """The classes of the outbox, in the order in which they are sent."""

    STATE = 0  # only the latest value of a topic is kept
    PRIORITY = 1  # nothing is dropped, the order is kept
    STREAMING = 2  # bounded; the oldest is dropped first


@dataclass(frozen=True, slots=True)
class Policy:
    """How one event is published."""

    qos: Literal[0, 1] = 0
    queue_class: QueueClass = QueueClass.STREAMING
    retain: bool = False


_STREAMING: Final = Policy()
# Rare, and worth an acknowledgement, but not worth keeping while the broker is away for long.
_ACKNOWLEDGED: Final = Policy(qos=1)
_PRIORITY: Final = Policy(qos=1, queue_class=QueueClass.PRIORITY)

POLICIES: Final[dict[EventName, Policy]] = {
    "gift": _PRIORITY,
    "follow": _PRIORITY,
    "share": _PRIORITY,
    "question_new": _PRIORITY,
    "subscribe": _PRIORITY,
    "paused": _PRIORITY,
    "resumed": _PRIORITY,
    "stream_end": _PRIORITY,
    "connected": _PRIORITY,
    "disconnected": _PRIORITY,
    "gap": _PRIORITY,
    "error": _ACKNOWLEDGED,
    "super_fan": _ACKNOWLEDGED,
    "envelope": _ACKNOWLEDGED,
    "link_mic_battle": _ACKNOWLEDGED,
    "battle_started": _ACKNOWLEDGED,
    "battle_ended": _ACKNOWLEDGED,
}
DOCUMENTS: Final[frozenset[EventName]] = frozenset({"battle", "envelopes"})
"""These are published in retained documents and not as events. See `Room` and `RoomState`."""


def effective_policies(events: Collection[str], exclude: Collection[str], retain: Collection[str]) -> dict[str, Policy]:
    """Return the policies of the published events: `events` (all if empty) without `exclude`; `retain` are retained.

    Raises ValueError for an event that does not exist, with the name of the setting and a suggestion.
    """
    for setting, names in (("events", events), ("exclude_events", exclude), ("retain", retain)):
        if problem := no_such_event(names):
            raise ValueError(f"{setting}: {problem}; `tiktok2mqtt schema --list` lists them")
    return {
        name: replace(POLICIES.get(name, _STREAMING), retain=name in retain)
        for name in EVENT_NAMES
        if (not events or name in events) and name not in exclude and name not in DOCUMENTS
    }


def room_policies(settings: Settings) -> dict[str, dict[str, Policy]]:
    """Return the policies of the rooms that publish other events than all the rest. Raises ValueError as above."""
    found = {}
    for room, own in settings.room.items():
        events = settings.events if own.events is None else own.events
        exclude = settings.exclude_events if own.exclude_events is None else own.exclude_events
        try:
            policies = effective_policies(events, exclude, settings.retain)
        except ValueError as error:
            raise ValueError(f"room {room}: {error}") from None
        if (own.events, own.exclude_events) != (None, None):
            found[room] = policies
    return found
