import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests

from tests.simulator.client import HEADERS, QUERY, Client, blob, fields
from tiktok2mqtt.simulator.scenario_file import ScenarioError
from tiktok2mqtt.simulator.serve import serve


class Addresses:
    """The URLs that the simulator prints."""

    def __init__(self, lines: "queue.Queue[str]") -> None:
        self.greeting = lines.get(timeout=5)
        values = [lines.get(timeout=5).removeprefix("export ").split("=", 1) for _ in range(4)]
        self.variables = dict(values)
        self.web_url, self.webcast_url, self.socket_url, self.sign_url = (value for _, value in values)

    def room_id(self, name: str) -> str:
        while True:
            response = requests.get(f"{self.web_url}/api-live/user/room?uniqueId={name}", headers=HEADERS, timeout=5)
            room_id = str(response.json()["data"]["user"]["roomId"])
            if room_id:
                return room_id


@contextmanager
def serving(*rooms: str, **options: Any) -> Iterator[tuple[Addresses, "queue.Queue[str]"]]:
    lines: queue.Queue[str] = queue.Queue()
    stop = threading.Event()
    thread = threading.Thread(target=serve, args=(0, rooms), kwargs={**options, "stop": stop, "echo": lines.put})
    thread.start()
    try:
        yield Addresses(lines), lines
    finally:
        stop.set()
        thread.join(10)
        assert not thread.is_alive()


def test_scenarios_are_played_and_the_urls_are_printed() -> None:
    with serving("alice", "bob", scenario="party", rate=500, seed=1) as (addresses, lines):
        assert addresses.greeting.startswith("Simulated TikTok LIVE of alice, bob (party)")
        assert list(addresses.variables) == [
            "TIKTOK2MQTT_TIKTOK__WEB_URL",
            "TIKTOK2MQTT_TIKTOK__WEBCAST_URL",
            "TIKTOK2MQTT_TIKTOK__SOCKET_URL",
            "TIKTOK2MQTT_TIKTOK__SIGN_URL",
        ]
        for name in ("alice", "bob"):
            with Client(addresses, addresses.room_id(name)) as client:  # type: ignore[arg-type]
                client.enter()
                assert client.messages()
    assert lines.empty()


def test_a_flood_starts_with_the_first_client_and_client_errors_are_printed() -> None:
    with serving("alice", flood=30) as (addresses, lines):
        query = QUERY.replace("&aid=1988", "")
        with Client(addresses, addresses.room_id("alice"), query=query) as client:  # type: ignore[arg-type]
            client.enter()
            found: list[bytes] = []
            while len(found) < 30:
                found += client.messages()
            assert blob(found[0], 1) == b"WebcastChatMessage"
            assert len(fields(found[0])) == 3
            assert lines.get(timeout=5).startswith("alice: flood of 30 chats took 0.")
    assert lines.get(timeout=5) == "client error: alice: socket query lacks aid"


def test_a_failing_scenario_is_printed(tmp_path: Any) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text('[[steps]]\nverb = "gift_end"\nuser = "bob"\ngift = "Rose"\n')
    with serving("alice", scenario=str(path), rate=500) as (_, lines):
        assert lines.get(timeout=5) == f"alice: wrong failed: {path}: step 1 (gift_end): bob has no open streak of Rose"


def test_invalid_arguments_are_refused() -> None:
    with pytest.raises(ScenarioError):
        serve(0, ["alice"], scenario="none")
    with pytest.raises(ValueError, match="above 0"):
        serve(0, ["alice"], rate=0)
    with pytest.raises(ValueError, match="is not a username"):
        serve(0, ["a/b"])


def test_rooms_can_have_faults() -> None:
    faults = ["captcha:Alice", "age_restricted:bob", "device_blocked:bob"]
    with serving("alice", "bob", faults=faults) as (simulator, _):
        for _ in range(2):
            response = requests.get(f"{simulator.web_url}/@alice/live", headers=HEADERS, timeout=5)
            assert response.headers["X-TT-System-Error"] == "3"
        room_id = simulator.room_id("bob")
        info = requests.get(f"{simulator.webcast_url}room/info/?room_id={room_id}", headers=HEADERS, timeout=5).json()
        assert info["status_code"] == 4003110
        handshake = {**HEADERS, "Upgrade": "websocket"}
        url = simulator.socket_url.replace("ws://", "http://")
        assert requests.get(f"{url}?room_id={room_id}", headers=handshake, timeout=5).status_code == 415
