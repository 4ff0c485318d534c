"""`tiktok2mqtt simulate`: a server that speaks TikTok's protocol, with simulated rooms.

`tiktok2mqtt demo`: the same with an embedded broker, the daemon, and a live view of its messages.
"""

import argparse
import logging
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from tiktok2mqtt.bridge.bridge import Bridge
from tiktok2mqtt.cli.broker import BrokerError, EmbeddedBroker
from tiktok2mqtt.cli.progress import Progress, Stopwatch, counted
from tiktok2mqtt.cli.signals import on_stop_signal
from tiktok2mqtt.cli.terminal import DONE, FAILED, WRONG_USAGE, missing_extra
from tiktok2mqtt.cli.view import LINES, TICK_S, MessageQueue, ViewOptions, show_messages
from tiktok2mqtt.cli.web import PACKAGES, page
from tiktok2mqtt.settings import Settings

if TYPE_CHECKING:
    from tiktok2mqtt.simulator import Room

ROOMS: Final = ("alice", "bob")
LOOPBACK: Final = "127.0.0.1"
ALL_ADDRESSES: Final = "0.0.0.0"  # noqa: S104 - only if the user asks for it
JOIN_TIMEOUT_S: Final = 5.0


def simulate(arguments: argparse.Namespace) -> int:
    """Serve the rooms until SIGTERM or SIGINT; return the exit status."""
    try:
        from tiktok2mqtt.simulator.scenario_file import ScenarioError  # noqa: PLC0415
        from tiktok2mqtt.simulator.serve import serve  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if error.name != "aiohttp":
            raise
        return missing_extra("aiohttp", "demo")
    stop = threading.Event()
    on_stop_signal(stop.set)
    rooms: list[Room] = []
    stopwatch = Stopwatch()

    def describe() -> str:
        # The number of clients is not known any more once the simulator has stopped.
        with suppress(RuntimeError):
            sent = [f"{room.name} {counted(room.total_sent, 'message')}" for room in rooms]
            clients = sum(room.clients for room in rooms)
            return ", ".join((str(stopwatch), *sent, counted(clients, "client")))
        return str(stopwatch)

    try:
        with Progress(describe) as progress:
            serve(
                arguments.port,
                arguments.rooms or ["alice"],
                arguments.scenario,
                arguments.rate,
                seed=arguments.seed,
                flood=arguments.flood,
                flood_rate=arguments.flood_rate,
                faults=arguments.faults,
                stop=stop,
                echo=progress.print,
                on_start=rooms.extend,
            )
    except (ScenarioError, ValueError) as error:
        print(f"tiktok2mqtt simulate: {error}", file=sys.stderr)
        return WRONG_USAGE
    except OSError as error:
        print(f"tiktok2mqtt simulate: cannot listen on port {arguments.port}: {error.strerror}", file=sys.stderr)
        return FAILED
    return DONE


def demo(
    *,
    host: str = LOOPBACK,
    port: int,
    rate: float,
    view: ViewOptions = LINES,
) -> int:
    """Run the demo until Ctrl-C, SIGTERM or the end of the time; return the exit status."""
    stop = threading.Event()
    on_stop_signal(stop.set)
    try:
        with ExitStack() as stack:
            broker = stack.enter_context(EmbeddedBroker(port, host))
            if broker.port != port:
                print(f"Port {port} is taken; the broker listens on {broker.port} instead.")
            reachable = LOOPBACK if host == ALL_ADDRESSES else host
            settings = _settings(reachable, broker.port, stack.enter_context(_simulated_rooms(rate)))
            print(f"MQTT broker: mqtt://{host}:{broker.port}   Ctrl-C ends the demo.")
            if host != LOOPBACK:
                print("The broker has no password: everyone who can reach this address can read and send messages.")
            print(f"To subscribe: mosquitto_sub -p {broker.port} -v -t 'tiktok/#'", flush=True)
            messages = stack.enter_context(_subscription(reachable, broker.port))
            stack.enter_context(_running(Bridge(settings)))
            print(f"Page with charts, overlays and metrics: {stack.enter_context(page(settings))}", flush=True)
            show_messages(f"mqtt://{host}:{broker.port}", messages, stop, view)
    except BrokerError as error:
        print(f"tiktok2mqtt demo: {error}", file=sys.stderr)
        return FAILED
    except ModuleNotFoundError as error:
        if error.name not in ("aiohttp", *PACKAGES):
            raise
        return missing_extra(error.name, "demo")
    return DONE


def _settings(host: str, port: int, urls: dict[str, str]) -> Settings:
    """Return the settings of the demo, which reads neither the environment nor a file."""
    return Settings.model_validate(
        {
            "rooms": list(ROOMS),
            "state_interval": 1,
            "mqtt": {"host": host, "port": port},
            "tiktok": urls | {"watch_interval": 5},
        }
    )


@contextmanager
def _simulated_rooms(rate: float) -> Iterator[dict[str, str]]:
    """Play the scenario `party` in simulated rooms; yield the `tiktok` settings that lead to the simulator."""
    from tiktok2mqtt.simulator import Simulator  # noqa: PLC0415

    stop = threading.Event()
    with Simulator(port=0) as simulator:
        rooms = [simulator.room(name) for name in ROOMS]
        for room in rooms:
            room.go_live()
        threads = [
            threading.Thread(
                target=_party, args=(room, rate, stop), name=f"tiktok2mqtt simulator[{room.name}].scenario", daemon=True
            )
            for room in rooms
        ]
        for thread in threads:
            thread.start()
        try:
            yield {
                "web_url": simulator.web_url,
                "webcast_url": simulator.webcast_url,
                "socket_url": simulator.socket_url,
            }
        finally:
            stop.set()
            for thread in threads:
                thread.join(JOIN_TIMEOUT_S)


def _party(room: "Room", rate: float, stop: threading.Event) -> None:
    """Play the scenario whenever a client is connected."""
    from tiktok2mqtt.simulator.scenarios import BUILT_IN, run_scenario  # noqa: PLC0415

    while not stop.is_set():
        try:
            room.wait_for_client(TICK_S)
        except TimeoutError:
            continue
        run_scenario(room, BUILT_IN["party"], rate, stop)


@contextmanager
def _subscription(host: str, port: int) -> Iterator[MessageQueue]:
    """Subscribe to everything below the base topic of the daemon; yield the queue of messages."""
    messages = MessageQueue()
    client = mqtt.Client(CallbackAPIVersion.VERSION2, f"tiktok2mqtt-demo-{os.getpid()}")
    subscribed = threading.Event()
    client.on_subscribe = lambda *_: subscribed.set()

    def on_connect(client: mqtt.Client, *_: Any) -> None:
        client.subscribe("tiktok/#", 1)

    def on_message(_client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        messages.put((message.topic, bytes(message.payload), message.retain))

    client.on_connect, client.on_message = on_connect, on_message
    client.connect(host, port)
    client.loop_start()
    try:
        subscribed.wait(JOIN_TIMEOUT_S)
        yield messages
    finally:
        client.disconnect()
        client.loop_stop()


@contextmanager
def _running(bridge: Bridge) -> Iterator[None]:
    """Run the daemon in a thread. The view shows its log, as published on tiktok/bridge/logging."""
    logging.getLogger("tiktok2mqtt").setLevel(logging.INFO)
    thread = threading.Thread(target=bridge.run, name="tiktok2mqtt.control", daemon=True)
    thread.start()
    try:
        yield
    finally:
        bridge.stop()
        thread.join(JOIN_TIMEOUT_S)
