"""Scenarios: what happens in a room, step by step; the built-in ones, and how one is played."""

from __future__ import annotations

import random
import re
import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from tiktok2mqtt.simulator.examples import find_example
from tiktok2mqtt.simulator.gifts import CATALOGUE

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator

    from tiktok2mqtt.simulator.room import Room

WAIT: Final = "wait"
# Verbs that send nothing; the next step follows at once.
_SILENT: Final = ("viewer",)
_ENDED_AFTER: Final = 30
_BREAK_S: Final = 10
_USERS: Final = ("bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy", "mallory")
# Two of three steps of the party are followed by what viewers do all the time.
_TOUR_STEPS: Final = 3
# Viewers and other hosts, and who comes in for one of them in their own room.
_NAMES: Final = frozenset({*_USERS, "berta", "carla", "dora", "frida"})
_STAND_IN: Final = "kate"
_TEXTS: Final = ("hello", "hi from far away", "what is this song?", "so nice", "good evening", "how are you?", "wow")


@dataclass(frozen=True)
class Step:
    """One verb of `Room` with its arguments by name; or `wait` with `seconds`.

    `where` begins the text of its errors: the file and the number of the step.
    """

    verb: str
    arguments: dict[str, object] = field(default_factory=dict)
    where: str = field(default="", compare=False)


@dataclass(frozen=True)
class Scenario:
    """A named source of steps. `play` gets its own random numbers, so that the same seed gives the same steps.

    The room goes live first unless `live` is false. When the steps end, the room stays as it is.
    """

    name: str
    description: str
    play: Callable[[random.Random], Iterator[Step]]
    live: bool = True


def step(verb: str, **arguments: object) -> Step:
    """Return a step with its arguments by name."""
    return Step(verb, arguments)


def prepare_room(room: Room, scenario: Scenario) -> None:
    """Make the room go live if the scenario needs it."""
    if scenario.live and not room.state.live:
        room.go_live()


def run_scenario(
    room: Room, scenario: Scenario, rate: float, stop_event: threading.Event, seed: int | None = None
) -> None:
    """Play a scenario at `rate` steps a second until `stop_event` is set. Blocks; raises what a step raises."""
    if rate <= 0:
        raise ValueError(f"the rate is a number of events a second above 0, not {rate}")
    prepare_room(room, scenario)
    for current in scenario.play(random.Random(seed)):  # noqa: S311 - no secret
        if stop_event.is_set():
            return
        if current.verb == WAIT:
            stop_event.wait(float(str(current.arguments["seconds"])))
            continue
        _act(room, current if current.where else _without_host(current, room.name))
        if current.verb not in _SILENT:
            stop_event.wait(1 / rate)
    stop_event.wait()


def _without_host(current: Step, host: str) -> Step:
    """Return a step of a built-in scenario with another name for the viewer or rival who would be the host."""
    if host not in _NAMES:
        return current
    word = re.compile(rf"(?<![\w.]){host}(?![\w.])")

    def renamed(value: Any) -> Any:
        match value:
            case str():
                return word.sub(_STAND_IN, value)
            case list():
                return [renamed(one) for one in value]
            case dict():
                return {renamed(key): renamed(one) for key, one in value.items()}
            case _:
                return value

    arguments = current.arguments
    if current.verb != "event":
        return Step(current.verb, renamed(arguments))
    example = find_example(str(arguments["event"]))
    changes: Any = arguments.get("fields", {})
    return step("message", type=example.type, fields=renamed(example.with_fields(changes)))


def _act(room: Room, current: Step) -> None:
    try:
        getattr(room, current.verb)(**current.arguments)
    except (ValueError, RuntimeError) as error:
        if not current.where:
            raise
        raise type(error)(f"{current.where}: {error}") from error


# Who is who at the party.
_GUESTS: Final = (
    step("viewer", user="bob", follower=True, gift_giver=True, fans_level=3),
    step("viewer", user="carol", moderator=True, follower=True, gift_giver=True, fans_level=18),
    step("viewer", user="dave", subscriber=True, follower=True, gift_giver=True, fans_level=12),
    step("viewer", user="erin", follower=True, gift_giver=True, top_gifter=True, gifter_level=36, fans_level=25),
    step("viewer", user="frank", follower=True, friend=True, gift_giver=True),
    step("viewer", user="grace", subscriber=True, follower=True, gift_giver=True, top_gifter=True, gifter_level=41),
    step("viewer", user="heidi", subscriber=True, follower=True, moderator=True, gift_giver=True, fans_level=30),
    step("viewer", user="ivan", gift_giver=True),
    step("viewer", user="judy", follower=True, gift_giver=True),
    step("viewer", user="mallory", follower=False, gifter_level=1),
)


def _streak(user: str, gift: str, count: int) -> list[Step]:
    shown = [step("gift_streak", user=user, gift=gift, upto=number) for number in range(1, count + 1)]
    return [*shown, step("gift_end", user=user, gift=gift)]


def _gift(dice: random.Random) -> list[Step]:
    user, gift = dice.choice(_USERS), dice.choice(CATALOGUE)
    if gift.streakable:
        return _streak(user, gift.name, dice.choice((1, 1, 1, 2, 3, 5, 10)))
    return [step("gift", user=user, gift=gift.name)]


def _talk(dice: random.Random) -> list[Step]:
    user = dice.choice(_USERS)
    return [
        dice.choice(
            (
                step("chat", user=user, text=dice.choice(_TEXTS)),
                step("chat", user=user, text=dice.choice(_TEXTS)),
                step("like", user=user, count=dice.randint(1, 15)),
                step("like", user=user, count=15),
                step("member", user=user),
                step("room_user", viewers=dice.randint(10, 60)),
                step("follow", user=user),
                step("share", user=user),
                step("question", user=user, text="Where are you from?"),
            )
        )
    ]


def _opening() -> Iterator[Step]:
    yield from (
        step("room_user", viewers=12),
        step("member", user="bob"),
        step("chat", user="bob", text="hello"),
        step("like", user="carol", count=15),
        *_streak("bob", "Rose", 1),
        step("follow", user="carol"),
        step("share", user="dave"),
        step("question", user="erin", text="Where are you from?"),
        *_streak("carol", "Rose", 5),
        step("gift", user="dave", gift="Galaxy"),
    )


def _busy_groups(dice: random.Random) -> Iterator[list[Step]]:
    while True:
        yield _gift(dice) if dice.random() < 0.25 else _talk(dice)  # noqa: PLR2004 - every fourth is a gift


def _busy(dice: random.Random) -> Iterator[Step]:
    yield from _opening()
    for group in _busy_groups(dice):
        yield from group


def _party(dice: random.Random) -> Iterator[Step]:
    """Yield the tour of all events again and again; after the first one, the host ends the LIVE and starts another."""
    yield from _GUESTS
    yield from _opening()
    yield from _tour(dice)
    yield step("end")
    yield step(WAIT, seconds=_BREAK_S)
    yield step("go_live", title="The party goes on")
    while True:
        yield from _tour(dice)


def _tour(dice: random.Random) -> Iterator[Step]:
    groups = _busy_groups(dice)
    rest: list[Step] = []
    for number, row in enumerate(party_steps()):
        yield row
        if number % _TOUR_STEPS:
            rest = rest or next(groups)
            yield rest[0]
            rest = rest[1:]
    # A streak that has begun is ended.
    yield from rest


@lru_cache(1)
def party_steps() -> tuple[Step, ...]:
    """Return the steps of `party.toml`, which is a scenario file."""
    text = files("tiktok2mqtt.simulator").joinpath("party.toml").read_text(encoding="utf-8")
    return tuple(Step(row.pop("verb"), row) for row in tomllib.loads(text)["steps"])


def _gifts(dice: random.Random) -> Iterator[Step]:
    while True:
        yield from _gift(dice)


def _battles(dice: random.Random) -> Iterator[Step]:
    """Yield a battle of two hosts and one of two teams, again and again, with a treasure box in between."""
    while True:
        for rivals, partners in (("dora",), ()), (("carla", "dora"), ("berta",)):
            others = (*rivals, *partners)
            yield step("battle_start", rivals=",".join(rivals), partners=",".join(partners), duration=60)
            for factor in range(1, 6):
                yield step("battle_score", score=factor * dice.randint(0, 9))
                yield from (step("battle_score", host=host, score=factor * dice.randint(0, 9)) for host in others)
                yield from _gift(dice)
            yield step("battle_end")
            yield step("envelope", user=dice.choice(_USERS), diamonds=20, people=5, opens_in=30)
            yield from _talk(dice)
            yield step("envelope_hide")


def _quiet(dice: random.Random) -> Iterator[Step]:
    while True:
        yield step("room_user", viewers=dice.randint(10, 20))


def _nothing(_dice: random.Random) -> Iterator[Step]:
    return iter(())


def _ended(dice: random.Random) -> Iterator[Step]:
    yield from islice(_busy(dice), _ENDED_AFTER)
    yield step("end")


BUILT_IN: Final = {
    row.name: row
    for row in (
        Scenario("party", "every event of TikTok within two minutes, then the next LIVE", _party),
        Scenario("busy", "comments, likes, gifts and other things that viewers do all the time", _busy),
        Scenario("gifts", "only gifts: single ones, streaks, big ones", _gifts),
        Scenario("battles", "battles of two hosts and of teams, with treasure boxes in between", _battles),
        Scenario("quiet", "live, only the viewer count changes", _quiet),
        Scenario("offline", "the user exists but is not live", _nothing, live=False),
        Scenario("ended", f"{_ENDED_AFTER} events, then the host ends the LIVE", _ended),
    )
}
