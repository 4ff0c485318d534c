"""What arrives and makes no event is counted, never fatal."""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

TYPE_NAME: Final = re.compile(r"[A-Za-z0-9_]{1,64}")
MAX_COUNTED_TYPES: Final = 500


@dataclass(slots=True)
class Drops:
    """Counters of one room: frames by cause; messages of unknown type, and undecodable ones, by type."""

    frames: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    undecodable: Counter[str] = field(default_factory=Counter)


def count_type(counter: Counter[str], method: str) -> None:
    """Count a message type. The names are the peer's: odd ones, and too many of them, are counted together."""
    known = method in counter or (len(counter) < MAX_COUNTED_TYPES and TYPE_NAME.fullmatch(method))
    counter[method if known else "other"] += 1
