"""Commands over MQTT, valid and invalid."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.daemon import Daemon, running, tree
from tests.helpers import until
from tests.mqtt import Broker
from tiktok2mqtt.simulator import Room, Simulator


@pytest.fixture
def offline(sim: Simulator) -> Room:
    """The room of alice, offline."""
    return sim.room("alice")


@pytest.fixture
def up(offline: Room, daemon: Daemon) -> Daemon:  # noqa: ARG001 - it must be created first
    """A daemon that receives commands; alice is offline."""
    daemon.wait_until_online()
    until(lambda: daemon.request("list", {})["data"] == [alice()])
    return daemon


@pytest.fixture(scope="module")
def shared_daemon(broker: Broker) -> Iterator[Daemon]:
    """A daemon for all tests that do not change it."""
    with Simulator() as simulator:
        simulator.room("alice")
        with running(tree(simulator, broker.port, commands_per_minute=6000)) as daemon:
            daemon.wait_until_online()
            yield daemon


def alice(**keys: Any) -> dict[str, Any]:
    return {"room": "alice", "source": "settings", "watch": True, "live": False, "state": "offline"} | keys


def response(daemon: Daemon, command: str, payload: bytes, answered_as: str) -> Any:
    """Return the response to a request without a transaction."""
    topic = daemon.topics.response(answered_as)
    before = len(daemon.listener.on(topic))
    daemon.listener.publish(daemon.topics.request(command), payload)
    until(lambda: len(daemon.listener.on(topic)) > before)
    return daemon.listener.on(topic)[before].json


def test_list_status_and_health(up: Daemon) -> None:
    assert up.request("list", {}) == {"status": "ok", "data": [alice()]}
    status = up.request("status", {"room": "alice"})["data"]
    assert alice().items() <= status.items()
    assert (status["connection"]["code"], status["room_state"]["live"], status["events"]) == ("offline", False, 0)
    assert [row["room"] for row in up.request("status", {})["data"]] == ["alice"]
    health = up.request("health_check", {})["data"]
    assert (health["healthy"], health["rooms"], health["live_rooms"]) == (True, 1, 0)
    assert health["per_room"] == {"alice": {"events": 0, "state": "offline", "dropped": 0, "decode_errors": 0}}


def test_add_and_remove(up: Daemon, sim: Simulator) -> None:
    bob = sim.room("bob")
    bob.go_live()
    added = up.request("add", {"room": "@Bob"})
    assert added["data"] == {"room": "bob", "source": "command", "watch": True, "live": None, "state": "resolving"}
    up.bridge_event("room_added", "bob")
    up.bridge_event("live_started", "bob")
    bob.wait_for_client()
    bob.chat("carol", "hello")
    assert up.event("chat", room="bob")["comment"] == "hello"
    info = up.topics.bridge("info")
    up.listener.wait(info, lambda message: [room["room"] for room in message.json["rooms"]] == ["alice", "bob"])
    assert up.request("remove", {"room": "bob"})["status"] == "ok"
    up.bridge_event("room_removed", "bob")
    assert [row["room"] for row in up.request("list", {})["data"]] == ["alice"]
    assert bob.clients == 0


def test_disconnect_and_connect(joined: Room, daemon: Daemon) -> None:
    daemon.received("connected")
    off = daemon.request("disconnect", {"room": "alice"})
    assert off["data"] == alice(watch=False, live=None, state="disabled")
    assert daemon.event("disconnected")["code"] == "disabled"
    until(lambda: joined.clients == 0)
    assert daemon.event("connection", state="disabled")["reason"] == "Watching is switched off"
    assert daemon.event("state", watch=False)["live"] is None
    assert daemon.request("connect", {"room": "alice"})["data"]["watch"]
    joined.wait_for_client()


def test_reconnect(joined: Room, daemon: Daemon) -> None:
    daemon.wait_until_online()
    daemon.received("connected")
    assert daemon.request("reconnect", {"room": "alice"})["data"]["watch"]
    until(lambda: len(daemon.listener.on(daemon.topics.room("alice", "connected"))) == 2)
    joined.wait_for_client()
    joined.chat("bob", "still here")
    assert daemon.event("chat")["comment"] == "still here"


def test_room_info(joined: Room, daemon: Daemon, sim: Simulator) -> None:
    daemon.wait_until_online()
    info = daemon.request("room_info", {"room": joined.name})["data"]
    assert (info["room"], info["live"], info["title"], info["viewers"]) == ("alice", True, "Cooking", 12)
    assert info["owner"]["unique_id"] == "alice"
    sim.room("bob")
    daemon.request("add", {"room": "bob"})
    answer = daemon.request("room_info", {"room": "bob"})
    assert answer == {"status": "error", "data": {}, "error": "bob is not live", "code": "offline"}


def test_simulate_in_an_offline_room(up: Daemon) -> None:
    payload = {"room": "alice", "event": "gift", "data": {"name": "Galaxy", "diamonds": 1000, "count": 2}}
    answer = up.request("simulate", payload)
    gift = up.event("gift")
    assert answer["data"] == {"room": "alice", "events": [{"event_type": "gift", "id": gift["id"]}]}
    assert (gift["source"], gift["diamonds"], gift["gift"]["name"]) == ("simulated", 2000, "Galaxy")
    assert up.request("status", {"room": "alice"})["data"]["room_state"]["diamonds"] == 0
    up.request("simulate", payload | {"count_in_totals": True})
    assert up.event("state", diamonds=2000)["live"] is False


@pytest.mark.parametrize(("off", "on"), [("OFF", "ON"), ("disconnect", "connect")])
def test_set(joined: Room, daemon: Daemon, off: str, on: str) -> None:
    daemon.received("connected")
    topic = daemon.topics.room("alice", "set")
    daemon.listener.publish(topic, off)
    until(lambda: joined.clients == 0)
    daemon.listener.publish(topic, "whatever")
    daemon.listener.publish(topic, on)
    joined.wait_for_client()


@pytest.mark.parametrize(
    ("command", "payload", "reason"),
    [
        ("add", {"room": "bob", "url": "http://x"}, "add has no key 'url'; its keys are room, transaction"),
        ("add", {"room": 5}, "room must be a string"),
        ("add", {}, 'add needs a room: {"room": "name"}'),
        ("add", {"room": "a b"}, "a room must be a TikTok user name"),
        ("add", {"room": "bridge"}, "bridge is the bridge's own topic; change mqtt.bridge_topic"),
        ("connect", {"room": "bob"}, "unknown room bob; add it first. Known rooms: alice"),
        ("disconnect", {"room": "bob"}, "unknown room bob; add it first. Known rooms: alice"),
        ("remove", {"room": "bob"}, "unknown room bob; add it first. Known rooms: alice"),
        ("remove", {"room": "alice"}, "alice is listed in the setting rooms; it can be disconnected but not removed"),
        ("status", {"room": "bob"}, "unknown room bob; add it first. Known rooms: alice"),
        ("list", {"room": "alice"}, "list has no key 'room'; its keys are offset, transaction"),
        ("reconnect", {"room": "bob"}, "unknown room bob; add it first. Known rooms: alice"),
        ("room_info", {"room": "bob"}, "unknown room bob; add it first. Known rooms: alice"),
        ("simulate", {"room": "bob", "event": "gift"}, "unknown room bob; add it first. Known rooms: alice"),
        ("simulate", {"room": "alice"}, "event must be one of gift, chat, like, member, follow, share, subscribe, "),
        ("simulate", {"room": "alice", "event": "gift", "data": {"price": 1}}, "data of gift does not know the key"),
        ("simulate", {"room": "alice", "event": "gift", "data": 5}, "data must be a JSON object"),
        ("health_check", {"deep": True}, "health_check has no key 'deep'; its keys are transaction"),
    ],
)
def test_invalid_requests_are_answered_with_their_transaction(
    shared_daemon: Daemon, command: str, payload: dict[str, Any], reason: str
) -> None:
    answer = shared_daemon.request(command, payload)
    assert answer.pop("error").startswith(reason)
    assert answer == {"status": "error", "data": {}}


@pytest.mark.parametrize(
    ("command", "payload", "reason"),
    [
        ("reboot", b"", "unknown command 'reboot'; the commands are connect, disconnect, reconnect, add, remove, "),
        ("add", b"a" * 4097, "the request is longer than 4096 bytes"),
        ("list", b'{"transaction": ', "the request must be a JSON object"),
        ("add", b"\xff", "the request is neither JSON nor UTF-8 text"),
        (
            "add",
            b'{"room": "bob", "transaction": []}',
            "transaction must be a string of up to 256 characters or an integer",
        ),
    ],
)
def test_unreadable_requests_are_answered(shared_daemon: Daemon, command: str, payload: bytes, reason: str) -> None:
    answer = response(shared_daemon, command, payload, "error" if command == "reboot" else command)
    assert answer.pop("error").startswith(reason)
    assert answer == {"status": "error", "data": {}}


def test_a_retained_command_is_ignored_with_a_warning(sim: Simulator, broker: Broker) -> None:
    settings = tree(sim, broker.port, rooms=())
    with running(settings) as daemon:
        daemon.wait_until_online()
        topic = daemon.topics.request("add")
        daemon.stop()
        daemon.listener.publish(topic, b"alice", retain=True)
    with running(settings) as daemon:
        ignored = f"refused the command on {topic}: it is retained; publish it without retain"
        daemon.listener.wait(daemon.topics.bridge("logging"), lambda line: line.json["message"] == ignored)
        assert daemon.request("list", {})["data"] == []
        daemon.listener.publish(topic, b"", retain=True)


def test_too_many_commands_in_a_minute_are_refused(sim: Simulator, broker: Broker) -> None:
    with running(tree(sim, broker.port, rooms=(), commands_per_minute=2)) as daemon:
        daemon.wait_until_online()
        answers = [daemon.request("list", {}) for _ in range(3)]
    assert [answer["status"] for answer in answers] == ["ok", "ok", "error"]
    assert answers[2]["error"].startswith("too many commands in a minute; the limit is the setting commands_per_minute")


def test_a_flood_of_commands_holds_up_neither_gifts_nor_health_nor_other_answers(
    sim: Simulator, broker: Broker, tmp_path: Path
) -> None:
    room = sim.room("alice")
    room.go_live()
    flood = 10_000
    with running(tree(sim, broker.port, health_interval=0.1, state_dir=tmp_path)) as daemon:
        daemon.wait_until_online()
        room.wait_for_client()
        health = daemon.topics.bridge("health")
        for number in range(flood):
            daemon.listener.send(daemon.topics.request("list" if number % 2 else "x" * 300), b"{}")
        room.gift("bob", "Rose", 3)
        daemon.received("gift")
        before = len(daemon.listener.on(health))
        until(lambda: len(daemon.listener.on(health)) > before + 1)
        # The requests without a response are counted, and nothing of the flood waits on disk.
        error = daemon.topics.response("error")
        daemon.listener.wait(error, lambda one: one.json["data"].get("requests"))
        until(lambda: daemon.listener.on(health)[-1].json["queue"]["priority"] == 0)
        answers = [one for one in daemon.listener.messages if one.topic.startswith(daemon.topics.response(""))]
        lines = daemon.listener.on(daemon.topics.bridge("logging"))
    assert len(answers) < flood / 10
    assert len([one for one in lines if "refused" in one.json["message"]]) < flood / 100


def test_an_unknown_command_leaves_no_topic_of_its_name(daemon: Daemon) -> None:
    daemon.wait_until_online()
    daemon.listener.publish(daemon.topics.request("x" * 65_400), b'{"transaction": 0}')
    error = daemon.listener.wait(daemon.topics.response("error")).json
    assert (error["status"], error["transaction"]) == ("error", 0)
    assert len(error["error"]) < 300
    assert daemon.request("list", {})["status"] == "ok"
    assert {one.topic for one in daemon.listener.messages if one.topic.startswith(daemon.topics.response(""))} == {
        daemon.topics.response("error"),
        daemon.topics.response("list"),
    }


def test_commands_can_be_switched_off(sim: Simulator, broker: Broker) -> None:
    sim.room("alice")
    with running(tree(sim, broker.port, allowed_commands="list,connect")) as daemon:
        daemon.wait_until_online()
        assert daemon.request("list", {})["status"] == "ok"
        refused = daemon.request("simulate", {"room": "alice", "event": "gift"})
        assert refused["error"] == "the setting allowed_commands does not allow simulate"
        daemon.listener.publish(daemon.topics.room("alice", "set"), "OFF")
        assert daemon.request("list", {})["data"][0]["watch"] is True
        assert not {"goal", "watch", "reconnect"} & daemon.discovery()["components"].keys()


def test_max_rooms_and_allowed_rooms(sim: Simulator, broker: Broker) -> None:
    with running(tree(sim, broker.port, max_rooms=2, allowed_rooms=["bob", "carol"])) as daemon:
        daemon.wait_until_online()
        assert daemon.request("add", {"room": "eve"})["error"] == "eve is not listed in the setting allowed_rooms"
        assert daemon.request("add", {"room": "bob"})["status"] == "ok"
        full = "there are 2 rooms already; the setting max_rooms allows no more"
        assert daemon.request("add", {"room": "carol"})["error"] == full


def test_responses_have_the_order_of_the_requests(daemon: Daemon) -> None:
    daemon.wait_until_online()
    topic = daemon.topics.response("list")
    for number in range(20):
        daemon.listener.publish(daemon.topics.request("list"), orjson.dumps({"transaction": number}))
    until(lambda: len(daemon.listener.on(topic)) == 20)
    assert [message.json["transaction"] for message in daemon.listener.on(topic)] == list(range(20))


def test_a_goal_by_request(up: Daemon) -> None:
    assert up.request("goal", {"room": "alice", "goal": 500})["data"] == {"room": "alice", "goal": 500}
    up.event("state", goal=500)
    assert up.request("goal", {"room": "alice", "goal": 0})["data"] == {"room": "alice", "goal": None}
    for wrong in ({"room": "alice"}, {"room": "alice", "goal": 10**10}, {"room": "eve", "goal": 5}):
        assert up.request("goal", wrong)["status"] == "error"


def test_the_log_level(sim: Simulator, broker: Broker) -> None:
    with running(tree(sim, broker.port, ())) as daemon:
        levels: list[str] = []
        daemon.bridge.on_log_level = lambda settings: levels.append(settings.log.level)
        daemon.wait_until_online()
        assert daemon.request("log_level", {"level": "DEBUG"})["data"] == {"level": "debug"}
        info = daemon.topics.bridge("info")
        daemon.listener.wait(info, lambda message: message.json["settings"]["log"]["level"] == "debug")
        answer = response(daemon, "log_level", b"warning", "log_level")
        assert (answer["status"], levels) == ("ok", ["debug", "warning"])
        wrong = daemon.request("log_level", {"level": "loud"})
        assert wrong["error"] == "level must be debug, info, warning or error"


def test_restart_is_off_by_default(up: Daemon) -> None:
    assert up.request("restart", {})["error"] == "the setting allowed_commands does not allow restart"
