"""The simulator as a program: rooms that play a scenario until told to stop."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tiktok2mqtt.simulator.scenario_file import load
from tiktok2mqtt.simulator.scenarios import prepare_room, run_scenario
from tiktok2mqtt.simulator.simulator import Simulator

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tiktok2mqtt.simulator.room import Room
    from tiktok2mqtt.simulator.scenarios import Scenario

_JOIN_S: Final = 5.0
_LOOK_EVERY_S: Final = 0.5


@dataclass(frozen=True)
class _Plan:
    """What every room plays."""

    scenario: Scenario
    rate: float
    seed: int | None
    flood: int | None
    flood_rate: float | None


def serve(  # noqa: PLR0913 - one argument per option of the command line
    port: int,
    rooms: Sequence[str],
    scenario: str = "party",
    rate: float = 1.0,
    *,
    host: str = "127.0.0.1",
    seed: int | None = None,
    flood: int | None = None,
    flood_rate: float | None = None,
    faults: Sequence[str] = (),
    stop: threading.Event | None = None,
    echo: Callable[[str], object] = print,
    on_start: Callable[[Sequence[Room]], object] = lambda _rooms: None,
) -> None:
    """Serve until `stop` is set (without one, until interrupted).

    Args:
        port: to listen on; 0 picks a free port.
        rooms: usernames.
        scenario: a built-in name, or the path of a TOML or JSON file.
        rate: events a second in each room.
        host: address to listen on.
        seed: the same seed gives the same events.
        flood: instead of the scenario, send this many chats in each room once its first client has entered.
        flood_rate: chats per second of the flood; None means as fast as they are read.
        faults: `name` or `name:room`, from `fault_catalogue.FAULTS` or "age_restricted": what the room always gets.
        stop: ends it.
        echo: gets each line of output.
        on_start: gets the rooms once they are being served.

    Raises `ScenarioError` for a bad scenario, ValueError for a bad room, rate or fault, OSError when the port is taken.
    """
    if rate <= 0:
        raise ValueError(f"the rate is a number of events a second above 0, not {rate}")
    plan = _Plan(load(scenario), rate, seed, flood, flood_rate)
    stop = stop or threading.Event()
    with Simulator(port, host) as simulator:
        stages = [simulator.room(name) for name in rooms]
        # A client may connect as soon as the addresses are printed.
        for room in stages:
            prepare_room(room, plan.scenario)
        for order in faults:
            _plan_fault(stages, order)
        _print_addresses(simulator, stages, plan, echo)
        on_start(stages)
        threads = [_start(room, plan, stop, echo) for room in stages]
        try:
            stop.wait()
        finally:
            stop.set()
            for thread in threads:
                thread.join(_JOIN_S)
    for sentence in simulator.violations:
        echo(f"client error: {sentence}")


def _plan_fault(rooms: Sequence[Room], order: str) -> None:
    name, _, who = order.partition(":")
    meant = [room for room in rooms if room.name == who.removeprefix("@").lower() or not who]
    if not meant:
        raise ValueError(f"a fault is for one of the rooms, {', '.join(room.name for room in rooms)}, not {who!r}")
    for room in meant:
        if name == "age_restricted":
            room.restrict_age()
        elif name == "device_blocked":
            room.refuse(name, times=None)
        else:
            room.fail_http(name, times=None)


def _print_addresses(simulator: Simulator, rooms: Sequence[Room], plan: _Plan, echo: Callable[[str], object]) -> None:
    playing = f"{plan.flood} chats" if plan.flood is not None else plan.scenario.name
    echo(f"Simulated TikTok LIVE of {', '.join(room.name for room in rooms)} ({playing}); point the daemon at it with:")
    echo(f"export TIKTOK2MQTT_TIKTOK__WEB_URL={simulator.web_url}")
    echo(f"export TIKTOK2MQTT_TIKTOK__WEBCAST_URL={simulator.webcast_url}")
    echo(f"export TIKTOK2MQTT_TIKTOK__SOCKET_URL={simulator.socket_url}")
    echo(f"export TIKTOK2MQTT_TIKTOK__SIGN_URL={simulator.sign_url}")


def _start(room: Room, plan: _Plan, stop: threading.Event, echo: Callable[[str], object]) -> threading.Thread:
    """Start a thread for one room; it blocks in the stop event and in the room's verbs, and `serve` joins it."""

    def play() -> None:
        try:
            if plan.flood is None:
                run_scenario(room, plan.scenario, plan.rate, stop, plan.seed)
            else:
                _flood(room, plan.flood, plan.flood_rate, stop, echo)
        except Exception as error:  # noqa: BLE001 - other rooms continue
            echo(f"{room.name}: {plan.scenario.name} failed: {error}")

    thread = threading.Thread(target=play, name=f"tiktok2mqtt simulator[{room.name}].scenario", daemon=True)
    thread.start()
    return thread


def _flood(room: Room, count: int, rate: float | None, stop: threading.Event, echo: Callable[[str], object]) -> None:
    while not stop.is_set():
        try:
            room.wait_for_client(_LOOK_EVERY_S)
        except TimeoutError:
            continue
        seconds = room.flood(count, rate, stop=stop)
        echo(f"{room.name}: flood of {count} chats took {seconds:.3f} s")
        return
