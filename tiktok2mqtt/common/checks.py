"""One step of a check, and how long it took."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """What was tried and what came of it, in plain words. `seconds` is how long it took.

    A failed step that is not `decisive` is one way of several.
    """

    name: str
    ok: bool
    seconds: float
    detail: str = ""
    decisive: bool = True


def step(
    name: str,
    act: Callable[[], str],
    failures: tuple[type[Exception], ...],
    words: Callable[[Exception], str] = str,
    *,
    decisive: bool = True,
) -> Step:
    """Do `act`, which returns its detail; one of `failures` makes a failed step, told by `words`."""
    began = time.perf_counter()
    try:
        ok, detail = True, act()
    except failures as error:
        ok, detail = False, words(error)
    return Step(name, ok, time.perf_counter() - began, detail, decisive)
