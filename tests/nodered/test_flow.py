"""The Node-RED flow of examples/nodered: what is in it, and what it does in a real Node-RED."""

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
Home = tuple[Room, Listener]
CONFIG = {"tab", "group", "mqtt-broker"}


def of(*types: str) -> list[dict[str, Any]]:
    return [node for node in NODES if node["type"] in types]


def test_it_has_core_nodes_only() -> None:
    assert {node["type"] for node in NODES} == CORE | CONFIG
    assert not any(node["libs"] for node in of("function"))


def test_its_only_broker_is_on_this_machine_and_has_no_login() -> None:
    (broker,) = of("mqtt-broker")
    assert (broker["broker"], broker["port"], broker["usetls"]) == ("localhost", "1883", False)
    assert {node["broker"] for node in of("mqtt in", "mqtt out")} == {broker["id"]}
    assert not any("credentials" in node for node in NODES)


def test_every_node_is_in_a_group_and_every_wire_leads_to_a_node() -> None:
    for node in of(*CORE):
        assert node["id"] in BY_ID[node["g"]]["nodes"], node
        assert all(BY_ID[target]["type"] in CORE for output in node["wires"] for target in output), node


def test_every_group_has_a_comment_with_more_to_read() -> None:
    assert sorted(node["g"] for node in of("comment")) == sorted(group["id"] for group in of("group"))
    assert all(node["name"] and node["info"] for node in of("comment"))


def test_its_topics_are_those_of_the_daemon() -> None:
    topics = Topics()
    rooms = {topics.room("+", leaf) for leaf in ("chat", "gift", "connection")}
    assert {node["topic"] for node in of("mqtt in")} == rooms | {topics.response("+"), topics.bridge_state}
    asked = {node["topic"] for node in of("inject")}
    assert asked <= {topics.request(command) for command in COMMANDS}


@pytest.fixture(scope="module")
def stage(mosquitto: Mosquitto) -> Iterator[tuple[Simulator, Daemon]]:
    """A daemon that hears alice, who has been commanded before; carol shows herself to adults alone."""
    with Simulator() as sim:
        alice, carol = sim.room("alice"), sim.room("carol")
        alice.go_live()
        alice.chat("bob", "!light off")
        carol.go_live()
        carol.restrict_age()
        more = {"mqtt": {"base_topic": "tiktok"}, "commands_per_minute": 6000}
        with running(tree(sim, mosquitto.port, ("alice", "carol"), **more)) as daemon:
            daemon.up()
            alice.wait_for_client()
            yield sim, daemon


@pytest.fixture(scope="module")
def daemon(stage: tuple[Simulator, Daemon]) -> Daemon:
    return stage[1]


@pytest.fixture(scope="module")
def room(stage: tuple[Simulator, Daemon]) -> Room:
    return stage[0].room("alice")


@pytest.fixture
def home(mosquitto: Mosquitto) -> Iterator[Listener]:
    with Listener(mosquitto.port, ["home/#"]) as listener:
        yield listener


@pytest.fixture
def flow(editor: Editor, mosquitto: Mosquitto, daemon: Daemon, home: Listener) -> Iterator[Editor]:  # noqa: ARG001 - must run
    """The flow at work: its requests are answered, so it has subscribed to all that it wants."""
    with editor.deployed(NODES, mosquitto.port) as imported:
        assert {node["id"] for node in imported} == set(BY_ID)
        editor.press("list rooms")
        until(lambda: editor.shown("done"))
        yield editor


@pytest.fixture
def at_home(flow: Editor, room: Room, home: Listener) -> Home:  # noqa: ARG001 - the flow must run
    """Where gifts come from, and where they are to lead."""
    return room, home


def test_a_command_in_the_chat_switches_the_lamp(flow: Editor, room: Room, home: Listener) -> None:
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
    # Neither what was said before the daemon came, nor what came too soon after.
    assert [message.payload for message in home.on("home/lamp/set")] == [b"ON"]
    until(lambda: flow.shown("lamp") == ["ON"])


@pytest.mark.parametrize(
    ("size", "gift", "count", "diamonds"),
    [("small", "Rose", 3, 3), ("medium", "Doughnut", 4, 120), ("large", "Galaxy", 1, 1000)],
)
def test_a_gift_goes_where_its_diamonds_lead(at_home: Home, size: str, gift: str, count: int, diamonds: int) -> None:
    room, home = at_home
    room.gift("bob", gift, count)
    wanted = {"room": "alice", "nickname": "Bob", "gift": gift, "count": count, "diamonds": diamonds}
    assert home.wait(f"home/gift/{size}").json == wanted


def test_an_answer_is_that_to_our_own_request(flow: Editor, daemon: Daemon) -> None:
    daemon.request("list", {})
    flow.press("list rooms")
    until(lambda: len(flow.shown("done")) > 1)
    answer = flow.shown("done")[1]
    assert answer["status"] == "ok"
    assert [row["room"] for row in answer["data"]] == ["alice", "carol"]
    assert not answer["transaction"].startswith("x"), "it is somebody else's"


def test_a_refused_request_says_why(flow: Editor) -> None:
    flow.press("connect alice", {"room": "dave"})
    until(lambda: flow.shown("refused"))
    assert "dave" in flow.shown("refused")[0]["error"]


def test_a_request_that_nobody_answers_is_told(editor: Editor, tmp_path: Path) -> None:
    patient = next(node["id"] for node in NODES if node.get("name") == "10 s")
    hasty = [node | {"timeout": "0.1"} if node["id"] == patient else node for node in NODES]
    with Mosquitto(tmp_path) as broker, editor.deployed(hasty, broker.port):
        editor.press("list rooms")
        until(lambda: editor.shown("refused"))
        assert editor.shown("refused")[0]["error"] == "no answer for 10 seconds: is tiktok2mqtt running?"


def test_the_link_tells_its_state_and_its_troubles(flow: Editor, home: Listener) -> None:
    until(lambda: "alice is live: Connected" in flow.shown("link"))
    until(lambda: flow.state("bridge") == "tiktok2mqtt is online")
    trouble = home.wait("home/notify").payload.decode()
    assert trouble.startswith("carol: ")
    assert trouble.endswith("(age_restricted)")
    flow.press("disconnect alice")
    until(lambda: any(said.startswith("alice is disabled: ") for said in flow.shown("link")))
    flow.press("connect alice")
    until(lambda: flow.shown("link")[-1].startswith("alice is live: "))
