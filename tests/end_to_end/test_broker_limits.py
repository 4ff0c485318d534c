"""The daemon and brokers that do not accept everything: no gift is lost, and none comes twice."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.daemon import DaemonClient, Tree, command, listening, running, tree
from tests.helpers import until
from tests.mqtt import MOSQUITTO, TIMEOUT_S, Mosquitto
from tiktok2mqtt.bridge.mqtt.outbox import Message, Outbox
from tiktok2mqtt.bridge.mqtt.policies import QueueClass
from tiktok2mqtt.bridge.mqtt.sender import MAX_TOPIC_BYTES
from tiktok2mqtt.bridge.state_store import StateStore
from tiktok2mqtt.common.topics import Topics
from tiktok2mqtt.simulator import Room, Simulator

pytestmark = [
    pytest.mark.skipif(MOSQUITTO is None, reason="mosquitto is not installed"),
    pytest.mark.unmeasured,
]
GIFTS = 20
ROOMS = ("alice", *(f"room{number}" for number in range(60)))


def gift_ids(client: DaemonClient) -> list[str]:
    """Return the ids of the gifts received so far."""
    return [message.json["id"] for message in client.listener.on(client.topics.room("alice", "gift"))]


def store(settings: Tree, bad: Message, count: int) -> None:
    """Store gifts as a killed daemon leaves them, with a bad message in their midst."""
    folder = Path(settings["state_dir"])
    folder.mkdir()
    topic = Topics(settings["mqtt"]["base_topic"]).room("alice", "gift")
    state = StateStore(folder, lambda _room, _event: None, keep_damaged=0)
    outbox = Outbox(store=state.messages)
    for number in range(count):
        if number == count // 2:
            outbox.put(bad)
        payload = b'{"event_type":"gift","id":"%d"}' % number
        outbox.put(Message(topic, payload, 1, False, QueueClass.PRIORITY, bad.created_at, "gift", "alice"))
    state.close()


def has_gifts(daemon: DaemonClient, count: int) -> bool:
    return len(gift_ids(daemon)) >= count


@pytest.mark.parametrize("protocol", ["3.1.1", "5"])
@pytest.mark.parametrize(
    ("topic", "size"), [("x" * (MAX_TOPIC_BYTES + 1), 2), ("tiktok/+/gift", 2), ("tiktok/\x01/x", 2), ("bad", 30_000)]
)
def test_a_stored_message_that_cannot_be_sent_costs_no_gift(
    sim: Simulator, tmp_path: Path, protocol: str, topic: str, size: int
) -> None:
    with Mosquitto(tmp_path, "max_packet_size 20000") as mosquitto:
        more: Any = {"mqtt": {"protocol": protocol}, "commands_per_minute": 6000}
        settings = tree(sim, mosquitto.port, state_dir=str(tmp_path / "state"), **more)
        bad = Message(topic, b"x" * size, 1, False, QueueClass.PRIORITY, 0.0, "bad", "alice")
        store(settings, bad, 80)
        for gifts, dropped in ((80, {"bad": 1}), (0, {})):
            with running(settings) as daemon:
                until(partial(has_gifts, daemon, gifts), 30)
                until(lambda: daemon.bridge.actions.health()["queue"]["priority"] == 0)
                assert daemon.bridge.actions.health()["dropped_by_event"] == dropped
                assert gift_ids(daemon) == [str(number) for number in range(gifts)]


@pytest.mark.parametrize("limit", [20_000, 10_000])
@pytest.mark.parametrize("protocol", ["3.1.1", "5"])
def test_all_gifts_arrive_though_documents_and_responses_are_too_large(
    sim: Simulator, room: Room, tmp_path: Path, protocol: str, limit: int
) -> None:
    with Mosquitto(tmp_path, f"max_packet_size {limit}") as mosquitto:
        more: Any = {"mqtt": {"protocol": protocol}, "max_rooms": len(ROOMS), "state_dir": str(tmp_path)}
        settings = tree(sim, mosquitto.port, ROOMS, **more)
        with listening(settings) as listener, command("run", settings=settings, folder=tmp_path) as process:
            client = DaemonClient(settings, listener)
            client.wait_until_online()
            room.wait_for_client()
            for _ in range(GIFTS):
                listener.publish(client.topics.request("status"), b"{}")
                room.gift("bob", "Galaxy")
            until(lambda: len(gift_ids(client)) >= GIFTS, 30)
            assert len(set(gift_ids(client))) == len(gift_ids(client)) == GIFTS
            assert process.poll() is None
            process.terminate()
            assert process.stderr is not None
            log = process.stderr.read()
            assert process.wait(TIMEOUT_S) == 0
    # With 3.1.1, two connections are lost for a document or response, and two more for a smaller one.
    assert log.count("the connection to the broker was lost") <= (0 if protocol == "5" else 6)


@pytest.mark.parametrize("line", ["retain_available false", "max_qos 0"])
def test_without_retained_messages_or_qos_1_events_and_documents_are_published(
    sim: Simulator, room: Room, tmp_path: Path, line: str
) -> None:
    with Mosquitto(tmp_path, line) as mosquitto:
        settings = tree(sim, mosquitto.port, mqtt={"protocol": "5"})
        with running(settings) as daemon:
            daemon.wait_until_online()
            room.wait_for_client()
            room.gift("bob", "Galaxy")
            assert daemon.received("gift").qos == (0 if line == "max_qos 0" else 1)
            daemon.event("state", diamonds=1000)
            daemon.discovery()
            # At QoS 0, as this broker closes the connection of a client that publishes at QoS 1.
            daemon.listener.send(daemon.topics.request("health_check"), b'{"transaction":"x"}')
            response = daemon.listener.wait(daemon.topics.response("health_check")).json
            assert (response["data"]["dropped"], response["data"]["queue"]["priority"]) == (0, 0)
        # A second subscriber receives what is retained.
        with listening(settings) as late:
            late.send(f"{daemon.topics.base}/done", b"")
            late.wait(f"{daemon.topics.base}/done")
            assert any(message.retain for message in late.messages) is (line == "max_qos 0")
