"""A running Node-RED through the API of its editor: deploys flows, clicks buttons, reads debug messages and states."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, Self

import requests
import websocket

from tests.helpers import until
from tests.mqtt import TIMEOUT_S

Nodes = list[dict[str, Any]]
_CONNECTED: Final = "node-red:common.status.connected"


class Editor:
    """A client of the Node-RED at `url`, which must not require a login. A context manager.

    `debugged` holds the messages of the debug sidebar, as (name of the node, value).
    """

    def __init__(self, url: str) -> None:
        self.debugged: list[tuple[str, Any]] = []
        self._url = url.rstrip("/")
        self._states: dict[str, dict[str, Any]] = {}
        self._nodes: Nodes = []
        self._socket = websocket.WebSocket()
        self._thread = threading.Thread(target=self._read, name="node-red editor")

    def __enter__(self) -> Self:
        self._socket.connect(f"ws{self._url.removeprefix('http')}/comms", timeout=TIMEOUT_S)
        self._socket.settimeout(None)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._socket.sock is not None
        self._socket.sock.shutdown(socket.SHUT_RDWR)
        self._thread.join(TIMEOUT_S)
        self._socket.shutdown()

    def _read(self) -> None:
        # Node-RED sends messages in a list, and a heartbeat alone.
        while text := self._receive():
            messages = json.loads(text)
            for message in messages if isinstance(messages, list) else [messages]:
                self._handle(message.get("topic", ""), message.get("data"))

    def _receive(self) -> str | bytes:
        try:
            return self._socket.recv()
        except (OSError, websocket.WebSocketException):
            return ""

    def _handle(self, topic: str, data: Any) -> None:
        if topic == "debug":
            is_text = data.get("format", "").startswith("string")
            self.debugged.append((data.get("name", ""), data["msg"] if is_text else json.loads(data["msg"])))
        elif topic.startswith("status/"):
            self._states[topic.removeprefix("status/")] = data

    @contextmanager
    def deployed(self, nodes: Nodes, mqtt_port: int) -> Iterator[Nodes]:
        """Deploy only these nodes, with their broker on 127.0.0.1, until the end of the block."""
        self._nodes = [_with_port(node, mqtt_port) if node["type"] == "mqtt-broker" else node for node in nodes]
        self.debugged.clear()
        self._states.clear()
        self._deploy(self._nodes)
        try:
            inputs = [node["id"] for node in nodes if node["type"] == "mqtt in"]
            until(lambda: all(self._states.get(key, {}).get("text") == _CONNECTED for key in inputs))
            yield self.deployed_nodes()
        finally:
            self._deploy([])

    def _deploy(self, nodes: Nodes) -> None:
        headers = {"Node-RED-Deployment-Type": "full"}
        requests.post(f"{self._url}/flows", json=nodes, headers=headers, timeout=TIMEOUT_S).raise_for_status()

    def deployed_nodes(self) -> Nodes:
        """Return the deployed nodes."""
        nodes: Nodes = requests.get(f"{self._url}/flows", timeout=TIMEOUT_S).json()
        return nodes

    def _named(self, name: str) -> dict[str, Any]:
        return next(node for node in self._nodes if node.get("name") == name)

    def click(self, name: str, payload: Any = None) -> None:
        """Click the button of an inject node, which sends its own payload or the given one."""
        node = self._named(name)
        props = [
            {"p": "payload", "v": json.dumps(payload), "vt": "json"},
            {"p": "topic", "v": node["topic"], "vt": "str"},
        ]
        body = {} if payload is None else {"__user_inject_props__": props}
        requests.post(f"{self._url}/inject/{node['id']}", json=body, timeout=TIMEOUT_S).raise_for_status()

    def debug_values(self, name: str) -> list[Any]:
        """Return the values of the debug node of that name so far."""
        return [value for node, value in list(self.debugged) if node == name]

    def status(self, name: str) -> str | None:
        """Return the status text of a node."""
        text: str | None = self._states.get(self._named(name)["id"], {}).get("text")
        return text


def _with_port(broker: dict[str, Any], port: int) -> dict[str, Any]:
    return broker | {"broker": "127.0.0.1", "port": str(port)}
