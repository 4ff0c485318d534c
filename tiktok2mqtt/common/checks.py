"""One step of `tiktok2mqtt check`: what was tried, the result, and how long it took."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """The result of one step. `seconds` is its duration, `detail` the result in plain words.

    A failure makes the whole check fail only if the step is `decisive`; otherwise there are alternatives to it.
    """

    name: str
    ok: bool
    seconds: float
    detail: str = ""
    decisive: bool = True


def step(
    name: str,
    action: Callable[[], str],
    failures: tuple[type[Exception], ...],
    describe: Callable[[Exception], str] = str,
    *,
    decisive: bool = True,
) -> Step:
    """Run `action`, which returns the detail of the step. An exception of `failures` makes a failed step.

    The detail of a failed step is `describe(exception)`. Other exceptions are raised.
    """
    started = time.perf_counter()
    try:
        ok, detail = True, action()
    except failures as error:
        ok, detail = False, describe(error)
    return Step(name, ok, time.perf_counter() - started, detail, decisive)
