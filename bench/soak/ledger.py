"""For each LIVE: what its events add up to, what `state` and `summary` say, and what the simulator has counted."""

import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Json = dict[str, Any]
# The counters that follow from events which must not be lost.
FROM_EVENTS: Final = ("gifts", "diamonds", "new_followers", "shares")
# Those of which an event may be lost on the way to the broker are compared without it.
COMPARED: Final = (*FROM_EVENTS, "comments")
_COUNTER_OF: Final = {"follow": "new_followers", "share": "shares", "chat": "comments"}
EVENTS: Final = ("gift", *_COUNTER_OF)
DOCUMENTS: Final = ("state", "summary")


@dataclass(frozen=True, slots=True)
class Live:
    """One LIVE of a room."""

    room: str
    session_id: str


class Ledger:
    """Adds up events, and keeps the latest documents. Thread-safe.

    What was replayed happened before the daemon joined the LIVE: it is subtracted from the simulator's books.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._events: dict[Live, Counter[str]] = {}
        self._replayed: dict[Live, Counter[str]] = {}
        self._documents: dict[tuple[str, Live], Json] = {}

    def add_event(self, name: str, event: Json) -> None:
        """Add an event that has not been added before; `name` is one of EVENTS."""
        live = Live(event["room"], event["session_id"])
        with self._lock:
            sums = (self._replayed if event["replayed"] else self._events).setdefault(live, Counter())
            if name == "gift":
                sums["gifts"] += event["delta"]
                sums["diamonds"] += event["delta"] * event["gift"]["diamond_count"]
            else:
                sums[_COUNTER_OF[name]] += 1

    def add_document(self, name: str, room: str, document: Json) -> None:
        """Replace the document of that name, one of DOCUMENTS, of the LIVE that it is about."""
        with self._lock:
            self._documents[name, Live(room, document["session_id"])] = document

    def rows(self, books: Mapping[Live, Mapping[str, int]]) -> Iterator[tuple[Live, str, dict[str, int | None]]]:
        """Yield, for each LIVE and counter, the numbers by source; None if the document is missing.

        `books` are the simulator's counters of each LIVE.
        """
        with self._lock:
            for live, counted in books.items():
                replayed = self._replayed.get(live, Counter())
                documents = {name: self._documents.get((name, live)) for name in DOCUMENTS}
                for counter in COMPARED:
                    told = self._events.get(live, Counter())[counter]
                    numbers: dict[str, int | None] = {"events": told} if counter in FROM_EVENTS else {}
                    numbers |= {name: one[counter] if one else None for name, one in documents.items()}
                    yield live, counter, numbers | {"simulator": counted[counter] - replayed[counter]}

    def differences(self, books: Mapping[Live, Mapping[str, int]]) -> list[str]:
        """Return one sentence for each counter of a LIVE whose sources do not agree."""
        return [
            f"{live.room}, LIVE {live.session_id}: {counter}: {_sentence(numbers)}"
            for live, counter, numbers in self.rows(books)
            if len(set(numbers.values())) > 1
        ]

    def totals(self, books: Mapping[Live, Mapping[str, int]]) -> list[Sequence[str]]:
        """Return a row for each counter: its name, and the sum over all LIVEs by events, state, summary, simulator."""
        sums: dict[str, Counter[str]] = {counter: Counter() for counter in COMPARED}
        for _, counter, numbers in self.rows(books):
            sums[counter].update({name: number or 0 for name, number in numbers.items()})
        names = ("events", *DOCUMENTS, "simulator")
        # An event that may be lost has no sum.
        return [
            (counter, *(f"{found[name]:,}" if name in found else "-" for name in names))
            for counter, found in sums.items()
        ]


def _sentence(numbers: Mapping[str, int | None]) -> str:
    return ", ".join(f"{'none' if number is None else f'{number:,}'} in {name}" for name, number in numbers.items())
