"""The whole daemon for tests: a bridge in a thread or a child process, between a simulator and a broker."""

import contextlib
import itertools
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import orjson

from tests.mqtt import TIMEOUT_S, Listener, Received
from tiktok2mqtt.bridge.bridge import Bridge
from tiktok2mqtt.bridge.homeassistant.discovery import object_id
from tiktok2mqtt.common.topics import Topics
from tiktok2mqtt.settings import Settings
from tiktok2mqtt.simulator import Simulator

_NUMBERS: Final = itertools.count()
Tree = dict[str, Any]


def tree(simulator: Simulator, port: int, rooms: tuple[str, ...] = ("alice",), **more: Any) -> Tree:
    """Return settings with unique topics, so that tests can share a broker. `more` overrides them."""
    number = next(_NUMBERS)
    name = f"t{os.getpid()}n{number}"
    mqtt = {"host": "127.0.0.1", "port": port, "base_topic": name, "client_id": name} | more.pop("mqtt", {})
    tiktok = {
        "web_url": simulator.web_url,
        "webcast_url": simulator.webcast_url,
        "socket_url": simulator.socket_url,
        "watch_interval": 1,
    } | more.pop("tiktok", {})
    homeassistant = {"prefix": f"ha{name}"} | more.pop("homeassistant", {})
    sections = {"mqtt": mqtt, "tiktok": tiktok, "homeassistant": homeassistant}
    return {"rooms": list(rooms), "state_interval": 0.1, **sections, **more}


class DaemonClient:
    """An MQTT client of a daemon in any thread or process: waits for its messages and sends requests."""

    def __init__(self, settings: Tree, listener: Listener) -> None:
        self.settings = Settings.model_validate(settings)
        mqtt = self.settings.mqtt
        self.topics = Topics(mqtt.base_topic, mqtt.bridge_topic, self.settings.homeassistant.prefix)
        self.listener = listener
        self._transactions = itertools.count(1)

    def event(self, name: str, room: str = "alice", **keys: Any) -> Any:
        """Wait for an event or document with these keys and return it."""
        return self.received(name, room, **keys).json

    def received(self, name: str, room: str = "alice", **keys: Any) -> Received:
        return self.listener.wait(self.topics.room(room, name), _has(keys))

    def bridge_event(self, event_type: str, room: str = "alice") -> Any:
        keys = {"event_type": event_type, "room": room}
        return self.listener.wait(self.topics.bridge("event"), _has(keys)).json

    def wait_until_online(self) -> None:
        """Wait until the bridge is online: from then on it receives commands."""
        self.listener.wait(self.topics.bridge_state, _has({"state": "online"}))

    def discovery(self, room: str | None = "alice") -> Any:
        """Wait for the discovery message of a room or the bridge and return it. State documents follow soon after."""
        return self.listener.wait(self.topics.device_discovery(object_id(self.topics, room))).json

    def request(self, command: str, payload: Tree) -> Any:
        """Send a request and return the response without its transaction."""
        transaction = f"x{next(self._transactions)}"
        self.listener.publish(self.topics.request(command), orjson.dumps(payload | {"transaction": transaction}))
        keys = {"transaction": transaction}
        response = self.listener.wait(self.topics.response(command), _has(keys)).json
        del response["transaction"]
        return response

    def retained_payloads(self) -> dict[str, bytes]:
        """Return the retained payloads of the daemon by topic, as a late subscriber receives them."""
        return {message.topic: message.payload for message in retained(self.settings.mqtt.port, self.topics)}


class Daemon(DaemonClient):
    """A bridge in a thread, and a client that subscribes to its topics and its discovery messages."""

    def __init__(self, settings: Tree, listener: Listener) -> None:
        super().__init__(settings, listener)
        self.bridge = Bridge(self.settings)
        self._statuses: list[int] = []
        self._thread = threading.Thread(target=lambda: self._statuses.append(self.bridge.run()), daemon=True)

    def start(self) -> None:
        self._thread.start()

    @property
    def is_running(self) -> bool:
        """Whether the bridge has not ended."""
        return self._thread.is_alive()

    def stop(self) -> int:
        """Stop the bridge and return its exit status."""
        self.bridge.stop()
        return self.join()

    def join(self) -> int:
        """Wait until the bridge has stopped; return its exit status."""
        self._thread.join(TIMEOUT_S)
        assert not self._thread.is_alive(), "the bridge does not stop"
        return self._statuses[0]


def _has(keys: Mapping[str, Any]) -> Any:
    def matches(message: Received) -> bool:
        document = message.json if message.payload else {}
        return all(key in document and document[key] == value for key, value in keys.items())

    return matches


def retained(port: int, topics: Topics) -> list[Received]:
    """Return the retained messages of a daemon; messages that are published meanwhile are left out."""
    with Listener(port, [f"{topics.base}/#", f"{topics.discovery_prefix}/#"]) as listener:
        # The broker sends retained messages before anything that is published after the subscription.
        listener.publish(f"{topics.base}/done", b"")
        listener.wait(f"{topics.base}/done")
        return [message for message in listener.messages if message.retain]


def listening(settings: Tree, port: int | None = None) -> Listener:
    """Return a listener on everything that a daemon publishes; `port` is another port of its broker."""
    mqtt, prefix = settings["mqtt"], settings["homeassistant"]["prefix"]
    return Listener(port or mqtt["port"], [f"{mqtt['base_topic']}/#", f"{prefix}/#"])


@contextmanager
def running(settings: Tree, port: int | None = None) -> Iterator[Daemon]:
    """Run a daemon until the end of the block. The listener uses the same port of the broker, or `port`."""
    with listening(settings, port) as listener:
        daemon = Daemon(settings, listener)
        daemon.start()
        try:
            yield daemon
        finally:
            daemon.stop()


def environment(settings: Tree) -> dict[str, str]:
    """Return environment variables for these settings and no others."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("TIKTOK2MQTT_")}
    for key, value in settings.items():
        for name, one in value.items() if isinstance(value, dict) else [(None, value)]:
            variable = f"TIKTOK2MQTT_{key}" + (f"__{name}" if name else "")
            variables[variable.upper()] = ",".join(one) if isinstance(one, list) else str(one)
    return variables


@contextmanager
def program(
    *arguments: str, module: str = "tiktok2mqtt", wrapper: Sequence[str] = (), **options: Any
) -> Iterator[subprocess.Popen[str]]:
    """Run `tiktok2mqtt`, or another module that runs it, as a child process; it is killed at the end of the block.

    `wrapper` is a command that runs the one behind it.
    """
    process = subprocess.Popen(
        [*wrapper, sys.executable, "-u", "-m", module, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=TIMEOUT_S)


def command(
    *arguments: str, settings: Tree, folder: Path, module: str = "tiktok2mqtt", wrapper: Sequence[str] = ()
) -> contextlib.AbstractContextManager[subprocess.Popen[str]]:
    """Run `tiktok2mqtt` in a folder, with these settings and no others."""
    path = {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    return program(*arguments, module=module, wrapper=wrapper, env=environment(settings) | path, cwd=folder)
