"""A running Home Assistant: its REST and WebSocket APIs, and its log.

Environment variables describe it: HA_URL, HA_TOKEN (of an administrator), HA_MQTT_PORT (of the broker on loopback
that its MQTT integration uses), HA_LOG (its log file), HA_CONFIG_DIR (its configuration folder, for the recorder's
database) and, if tests may restart it, HA_RESTART (the shell command).
"""

import itertools
import json
import os
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import requests
import websocket

from tests.helpers import until
from tests.mqtt import Listener

TIMEOUT_S: Final = 20.0
BIRTH: Final = "homeassistant/status"
Json = dict[str, Any]


class HomeAssistant:
    """One Home Assistant. Every method raises if it returns an error."""

    def __init__(self, url: str, token: str, log: Path) -> None:
        self.url = url
        self._token = token
        self._log = log
        self._http = requests.Session()
        self._http.headers["Authorization"] = f"Bearer {token}"

    @classmethod
    def from_environment(cls) -> "HomeAssistant":
        """Return the one that the environment variables describe. Raises KeyError."""
        return cls(os.environ["HA_URL"], os.environ["HA_TOKEN"], Path(os.environ["HA_LOG"]))

    # --- REST ---

    def get(self, path: str) -> Any:
        """Return the JSON at a path below /api/."""
        return self._checked(self._http.get(f"{self.url}/api/{path}", timeout=TIMEOUT_S))

    def post(self, path: str, body: Json | None = None) -> Any:
        """Post JSON to a path below /api/ and return the response."""
        return self._checked(self._http.post(f"{self.url}/api/{path}", json=body or {}, timeout=TIMEOUT_S))

    def _checked(self, answer: requests.Response) -> Any:
        assert answer.ok, f"{answer.url}: {answer.status_code} {answer.text[:500]}"
        return answer.json()

    def call(self, service: str, **data: Any) -> None:
        """Call a service, for example `call("switch.turn_on", entity_id="switch.lamp")`; returns when it is done."""
        self.post(f"services/{service.replace('.', '/')}", data)

    def add_automation(self, name: str, body: Json) -> None:
        """Add or replace an automation; it is enabled when this returns."""
        self.post(f"config/automation/config/{name}", {"alias": name, **body})
        self.wait_for(lambda: self.state(f"automation.{name}") == "on", f"automation.{name} is not on")

    def remove_state(self, entity_id: str) -> None:
        """Remove the state of an entity that `post` has made."""
        self._checked(self._http.delete(f"{self.url}/api/states/{entity_id}", timeout=TIMEOUT_S))

    def remove_automation(self, name: str) -> None:
        """Remove an automation."""
        self._checked(self._http.delete(f"{self.url}/api/config/automation/config/{name}", timeout=TIMEOUT_S))

    # --- WebSocket ---

    @contextmanager
    def _socket(self) -> Iterator[websocket.WebSocket]:
        socket = websocket.create_connection(self.url.replace("http", "ws", 1) + "/api/websocket", timeout=TIMEOUT_S)
        try:
            json.loads(socket.recv())
            socket.send(json.dumps({"type": "auth", "access_token": self._token}))
            assert json.loads(socket.recv())["type"] == "auth_ok"
            yield socket
        finally:
            socket.close()

    def command(self, kind: str, **keys: Any) -> Any:
        """Send one WebSocket command and return its result."""
        with self._socket() as socket:
            return _ask(socket, kind, keys)

    @contextmanager
    def changes(self, entity_id: str) -> Iterator[Iterator[tuple[float, str]]]:
        """Yield an iterator over the next states of an entity, each with its time of arrival in monotonic seconds."""
        with self._socket() as socket:
            _ask(socket, "subscribe_events", {"event_type": "state_changed"})

            def states() -> Iterator[tuple[float, str]]:
                while True:
                    data = json.loads(socket.recv()).get("event", {}).get("data", {})
                    if data.get("entity_id") == entity_id and data.get("new_state"):
                        yield time.monotonic(), data["new_state"]["state"]

            yield states()

    @contextmanager
    def calls(self, domain: str) -> Iterator[Iterator[Json]]:
        """Yield an iterator over the data of the next calls of a domain's services."""
        with self._socket() as socket:
            _ask(socket, "subscribe_events", {"event_type": "call_service"})

            def data() -> Iterator[Json]:
                while True:
                    called = json.loads(socket.recv())["event"]["data"]
                    if called["domain"] == domain:
                        yield called["service_data"]

            yield data()

    @contextmanager
    def events(self, event_type: str) -> Iterator[Iterator[Json]]:
        """Yield an iterator over the data of the next events of a type."""
        with self._socket() as socket:
            socket.settimeout(60)
            _ask(socket, "subscribe_events", {"event_type": event_type})
            yield (json.loads(socket.recv())["event"]["data"] for _ in itertools.count())

    # --- states and registries ---

    def states(self) -> dict[str, Json]:
        """Return every state object by entity id."""
        return {state["entity_id"]: state for state in self.get("states")}

    def state(self, entity_id: str) -> str | None:
        """Return the state of an entity, or None if it does not exist."""
        found = self.states().get(entity_id)
        return found["state"] if found else None

    def attributes(self, entity_id: str) -> Json:
        """Return the attributes of an entity."""
        attributes: Json = self.states()[entity_id]["attributes"]
        return attributes

    def device(self, object_id: str) -> Json | None:
        """Return the registry entry of one of our devices, or None if it does not exist."""
        devices: list[Json] = self.command("config/device_registry/list")
        return next((d for d in devices if ["mqtt", object_id] in d["identifiers"]), None)

    def delete_device(self, object_id: str) -> None:
        """Delete a device, as a user does."""
        device = self.device(object_id)
        assert device is not None
        keys = {"device_id": device["id"], "config_entry_id": self.mqtt_entry()}
        self.command("config/device_registry/remove_config_entry", **keys)

    def entities(self, object_id: str) -> dict[str, Json]:
        """Return the registry entries of a device's entities, by the key in their unique id."""
        entries: list[Json] = self.command("config/entity_registry/list")
        prefix = object_id + "-"
        ours = [entry for entry in entries if entry["platform"] == "mqtt" and entry["unique_id"].startswith(prefix)]
        return {entry["unique_id"].removeprefix(prefix): entry for entry in ours}

    def triggers(self, device: Json) -> set[tuple[str, str]]:
        """Return type and subtype of the MQTT triggers of a device."""
        triggers: list[Json] = self.command("device_automation/trigger/list", device_id=device["id"])
        return {(t["type"], t["subtype"]) for t in triggers if t["domain"] == "mqtt"}

    def wait_for(self, predicate: Callable[[], object], otherwise: str, timeout: float = TIMEOUT_S) -> None:
        """Wait until `predicate()` is true; AssertionError with the text `otherwise` after `timeout` seconds."""
        try:
            until(predicate, timeout)
        except AssertionError:
            raise AssertionError(otherwise) from None

    def wait_state(self, entity_id: str, expected: str, timeout: float = TIMEOUT_S) -> None:
        """Wait until an entity has a state."""
        seen: list[str | None] = [None]

        def is_expected() -> bool:
            seen[0] = self.state(entity_id)
            return seen[0] == expected

        try:
            self.wait_for(is_expected, "", timeout)
        except AssertionError:
            raise AssertionError(f"{entity_id} is {seen[0]!r}, not {expected!r}, after {timeout:g} s") from None

    # --- configuration, restart, log ---

    def confirm_address(self) -> None:
        """Confirm a new address in its configuration: otherwise it is reverted after 5 minutes."""
        if self.command("http/config")["pending"]:
            self.command("http/config/promote")

    def mqtt_entry(self) -> str:
        """Return the id of the MQTT integration's config entry."""
        entries = self.get("config/config_entries/entry?domain=mqtt")
        return str(entries[0]["entry_id"])

    def use_broker(self, port: int) -> None:
        """Reconfigure the MQTT integration for another broker on loopback; returns when it is connected."""
        with Listener(port, [BIRTH]) as listener:
            flow = self.post("config/config_entries/flow", {"handler": "mqtt", "entry_id": self.mqtt_entry()})
            other = {"set_client_cert": False, "set_ca_cert": "off"}
            answers = {"broker": "127.0.0.1", "port": port, "other_settings": other}
            flow = self.post(f"config/config_entries/flow/{flow['flow_id']}", answers)
            assert flow.get("reason") == "reconfigure_successful", flow
            listener.wait(BIRTH, lambda message: message.payload == b"online" and not message.retain, timeout=60)

    def reload_mqtt(self) -> None:
        """Reload the MQTT integration: it discards everything it has discovered and sends its birth message."""
        self.post(f"config/config_entries/entry/{self.mqtt_entry()}/reload")

    def restart(self) -> None:
        """Restart it with the command in HA_RESTART."""
        subprocess.run(os.environ["HA_RESTART"], shell=True, check=True, timeout=180)
        self.wait_for(self._is_running, "Home Assistant is not running again", 60)

    def _is_running(self) -> bool:
        try:
            return bool(self.get("config")["state"] == "RUNNING")
        except (requests.RequestException, AssertionError):
            return False

    def log_size(self) -> int:
        """Return the size of the log, for `complaints`."""
        return self._log.stat().st_size

    def complaints(self, since: int = 0) -> list[str]:
        """Return the warnings and errors of the MQTT integration since a size of the log."""
        return [line for line in self.lines(since, (" WARNING ", " ERROR ")) if _is_complaint(line)]

    def lines(self, since: int, words: Iterable[str]) -> list[str]:
        """Return the lines of the log since a size of it that have one of these words."""
        with self._log.open("rb") as log:
            log.seek(since)
            lines = log.read().decode(errors="replace").splitlines()
        return [line for line in lines if any(word in line for word in words)]


def _ask(socket: websocket.WebSocket, kind: str, keys: Json) -> Any:
    socket.send(json.dumps({"id": 1, "type": kind, **keys}))
    answer = json.loads(socket.recv())
    assert answer["success"], answer
    return answer["result"]


# Warnings that do not depend on what we publish:
_HARMLESS: Final = (
    # when it receives the removal of a device twice
    "No device components to cleanup",
    # when the integration is unloaded after a device with triggers was removed
    "Unable to remove unknown dispatcher <bound method MqttDiscoveryDeviceUpdateMixin",
    # when its log level is debug
    "is logging too frequently",
    # when a test stops the broker
    "Error returned from MQTT server: The connection was lost",
    "No ACK from MQTT server in 10 seconds",
)


def _is_complaint(line: str) -> bool:
    about_mqtt = "mqtt" in line.lower() or "template" in line.lower()
    return about_mqtt and not any(one in line for one in _HARMLESS)
