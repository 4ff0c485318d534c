"""The Node-RED flow in examples/nodered: its nodes, and its behaviour in a real Node-RED."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.daemon import Daemon, running, tree
from tests.helpers import until
from tests.mqtt import Listener, Mosquitto
from tests.nodered.editor import Editor
from tiktok2mqtt.bridge.commands import COMMANDS
from tiktok2mqtt.common.topics import Topics
from tiktok2mqtt.simulator import Room, Simulator

NODES = json.loads((Path(__file__).parents[2] / "examples/nodered/flow.json").read_text())
BY_ID = {node["id"]: node for node in NODES}
CORE = {"change", "comment", "debug", "delay", "function", "inject", "mqtt in", "mqtt out", "rbe", "switch"}
RoomAndHome = tuple[Room, Listener]
CONFIG = {"tab", "group", "mqtt-broker"}


def of(*types: str) -> list[dict[str, Any]]:
    return [node for node in NODES if node["type"] in types]


def test_it_uses_core_nodes_only() -> None:
    assert {node["type"] for node in NODES} == CORE | CONFIG
    assert not any(node["libs"] for node in of("function"))


def test_its_only_broker_is_local_and_has_no_login() -> None:
    (broker,) = of("mqtt-broker")
    assert (broker["broker"], broker["port"], broker["usetls"]) == ("localhost", "1883", False)
    assert {node["broker"] for node in of("mqtt in", "mqtt out")} == {broker["id"]}
    assert not any("credentials" in node for node in NODES)


def test_every_node_is_in_a_group_and_every_wire_ends_at_a_node() -> None:
    for node in of(*CORE):
        assert node["id"] in BY_ID[node["g"]]["nodes"], node
        assert all(BY_ID[target]["type"] in CORE for output in node["wires"] for target in output), node


def test_every_group_has_a_comment() -> None:
    assert sorted(node["g"] for node in of("comment")) == sorted(group["id"] for group in of("group"))
    assert all(node["name"] and node["info"] for node in of("comment"))


def test_its_topics_are_those_of_the_daemon() -> None:
    topics = Topics()
    rooms = {topics.room("+", leaf) for leaf in ("chat", "gift", "connection")}
    assert {node["topic"] for node in of("mqtt in")} == rooms | {topics.response("+"), topics.bridge_state}
    requests = {node["topic"] for node in of("inject")}
    assert requests <= {topics.request(command) for command in COMMANDS}


@pytest.fixture(scope="module")
def simulator_and_daemon(mosquitto: Mosquitto) -> Iterator[tuple[Simulator, Daemon]]:
    """A daemon with the rooms alice, with a chat command in its history, and carol, whose LIVE is age restricted."""
    with Simulator() as sim:
        alice, carol = sim.room("alice"), sim.room("carol")
        alice.go_live()
        alice.chat("bob", "!light off")
        carol.go_live()
        carol.restrict_age()
        more = {"mqtt": {"base_topic": "tiktok"}, "commands_per_minute": 6000}
        with running(tree(sim, mosquitto.port, ("alice", "carol"), **more)) as daemon:
            daemon.wait_until_online()
            alice.wait_for_client()
            yield sim, daemon


@pytest.fixture(scope="module")
def daemon(simulator_and_daemon: tuple[Simulator, Daemon]) -> Daemon:
    return simulator_and_daemon[1]


@pytest.fixture(scope="module")
def room(simulator_and_daemon: tuple[Simulator, Daemon]) -> Room:
    return simulator_and_daemon[0].room("alice")


@pytest.fixture
def home(mosquitto: Mosquitto) -> Iterator[Listener]:
    with Listener(mosquitto.port, ["home/#"]) as listener:
        yield listener


@pytest.fixture
def flow(editor: Editor, mosquitto: Mosquitto, daemon: Daemon, home: Listener) -> Iterator[Editor]:  # noqa: ARG001 - they must exist
    """The deployed flow. It has subscribed to all its topics: a request has been answered."""
    with editor.deployed(NODES, mosquitto.port) as imported:
        assert {node["id"] for node in imported} == set(BY_ID)
        editor.click("list rooms")
        until(lambda: editor.debug_values("done"))
        yield editor


@pytest.fixture
def room_and_home(flow: Editor, room: Room, home: Listener) -> RoomAndHome:  # noqa: ARG001 - the flow must be deployed
    """A room, and a listener for what the flow publishes."""
    return room, home


def test_a_chat_command_switches_the_lamp(flow: Editor, room: Room, home: Listener) -> None:
    for text in (
        "hello",
        "!light",
        "I say !light off",
        "!light {{ states }}",
        "!lights off",
        "!LIGHT  on",
        "!light off",
    ):
        room.chat("bob", text)
    assert home.wait("home/lamp/set").payload == b"ON"
    room.gift("bob", "GG")
    home.wait("home/gift/small", lambda message: message.json["gift"] == "GG")
    # Neither the command in the history nor the one that came too soon.
    assert [message.payload for message in home.on("home/lamp/set")] == [b"ON"]
    until(lambda: flow.debug_values("lamp") == ["ON"])


@pytest.mark.parametrize(
    ("size", "gift", "count", "diamonds"),
    [("small", "Rose", 3, 3), ("medium", "Doughnut", 4, 120), ("large", "Galaxy", 1, 1000)],
)
def test_a_gift_is_published_by_its_diamonds(
    room_and_home: RoomAndHome, size: str, gift: str, count: int, diamonds: int
) -> None:
    room, home = room_and_home
    room.gift("bob", gift, count)
    expected = {"room": "alice", "nickname": "Bob", "gift": gift, "count": count, "diamonds": diamonds}
    assert home.wait(f"home/gift/{size}").json == expected


def test_responses_to_other_clients_are_ignored(flow: Editor, daemon: Daemon) -> None:
    daemon.request("list", {})
    flow.click("list rooms")
    until(lambda: len(flow.debug_values("done")) > 1)
    answer = flow.debug_values("done")[1]
    assert answer["status"] == "ok"
    assert [row["room"] for row in answer["data"]] == ["alice", "carol"]
    assert not answer["transaction"].startswith("x"), "the response to another client"


def test_a_refused_request_has_a_reason(flow: Editor) -> None:
    flow.click("connect alice", {"room": "dave"})
    until(lambda: flow.debug_values("refused"))
    assert "dave" in flow.debug_values("refused")[0]["error"]


def test_a_request_without_an_answer_times_out(editor: Editor, tmp_path: Path) -> None:
    timeout_id = next(node["id"] for node in NODES if node.get("name") == "10 s")
    nodes = [node | {"timeout": "0.1"} if node["id"] == timeout_id else node for node in NODES]
    with Mosquitto(tmp_path) as broker, editor.deployed(nodes, broker.port):
        editor.click("list rooms")
        until(lambda: editor.debug_values("refused"))
        assert editor.debug_values("refused")[0]["error"] == "no answer for 10 seconds: is tiktok2mqtt running?"


def test_the_connection_state_and_notifications(flow: Editor, home: Listener) -> None:
    until(lambda: "alice is live: Connected" in flow.debug_values("link"))
    until(lambda: flow.status("bridge") == "tiktok2mqtt is online")
    notification = home.wait("home/notify").payload.decode()
    assert notification.startswith("carol: ")
    assert notification.endswith("(age_restricted)")
    flow.click("disconnect alice")
    until(lambda: any(text.startswith("alice is disabled: ") for text in flow.debug_values("link")))
    flow.click("connect alice")
    until(lambda: flow.debug_values("link")[-1].startswith("alice is live: "))
