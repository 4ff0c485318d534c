"""What becomes of each event on MQTT: one table, event name -> QoS, retain, class of the outbox."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Final, Literal


class Box(IntEnum):
    """The classes of the outbox, in the order in which they are sent."""

    STATE = 0  # the latest value of a topic counts
    PRIORITY = 1  # nothing is dropped, order is kept
    STREAMING = 2  # the oldest is dropped first


@dataclass(frozen=True, slots=True)
class Policy:
    """How one event is published."""

    qos: Literal[0, 1] = 0
    box: Box = Box.STREAMING
    retain: bool = False


_STREAMING: Final = Policy()
_PRIORITY: Final = Policy(qos=1, box=Box.PRIORITY)

POLICIES: Final[dict[str, Policy]] = {
    "chat": _STREAMING,
    "member": _STREAMING,
    "gift": _PRIORITY,
    "gift_streak": _STREAMING,
    "like": _STREAMING,
    "room_user": _STREAMING,
    "social": _STREAMING,
    "follow": _PRIORITY,
    "share": _PRIORITY,
    "question_new": _PRIORITY,
    "stream_end": _PRIORITY,
    "connected": _PRIORITY,
    "disconnected": _PRIORITY,
    "error": Policy(qos=1),
}


def chosen(events: Collection[str], exclude: Collection[str], retain: Collection[str]) -> dict[str, Policy]:
    """Return the policies of the published events: all or `events`, less `exclude`; `retain` names those kept.

    Raises ValueError naming a setting that lists an event which does not exist.
    """
    for setting, names in (("events", events), ("exclude_events", exclude), ("retain", retain)):
        if unknown := sorted(set(names) - POLICIES.keys()):
            raise ValueError(f"{setting}: no such event: {', '.join(unknown)}; there are {', '.join(POLICIES)}")
    return {
        name: replace(policy, retain=name in retain)
        for name, policy in POLICIES.items()
        if (not events or name in events) and name not in exclude
    }
