from collections.abc import Iterator

import pytest

from tests.bridge.doubles import Json
from tests.mqtt import free_port
from tests.webcast.rig import urls
from tiktok2mqtt.bridge.commands import CommandError
from tiktok2mqtt.bridge.connector import RoomConnector
from tiktok2mqtt.bridge.mqtt.outbox import Message
from tiktok2mqtt.bridge.mqtt.policies import effective_policies
from tiktok2mqtt.bridge.mqtt.publisher import Publisher
from tiktok2mqtt.bridge.room import Room
from tiktok2mqtt.common.topics import Topics
from tiktok2mqtt.settings import Settings
from tiktok2mqtt.simulator import Simulator
from tiktok2mqtt.webcast.watch import Watcher


@pytest.fixture
def following(sim: Simulator, publisher: Publisher) -> RoomConnector:
    settings = Settings.model_validate({"tiktok": urls(sim) | {"watch_interval": 1}})
    return RoomConnector(settings, publisher, Watcher(1.0), lambda _room: None)


@pytest.fixture
def room(following: RoomConnector) -> Iterator[Room]:
    room = following.begin("alice", from_settings=True)
    yield room
    following.end(room)


def on(sent: list[Message], leaf: str) -> list[Message]:
    return [message for message in sent if message.topic == f"tiktok/alice/{leaf}"]


def test_a_room_is_not_watched_before_it_is_enabled(room: Room, sim: Simulator) -> None:
    assert not room.watched.enabled
    assert sim.requests == []


def test_room_info_of_a_live_room(following: RoomConnector, room: Room, sim: Simulator) -> None:
    sim.room("alice").go_live(title="Cooking", viewers=12)
    info = following.room_info(room.name)
    assert (info["room"], info["live"], info["title"], info["viewers"]) == ("alice", True, "Cooking", 12)
    assert info.keys() == {"room", "live", "title", "viewers", "likes", "followers", "started_at", "cover"}
    assert info["started_at"].endswith("Z")


def test_room_info_of_an_offline_room_is_an_error_with_a_code(
    following: RoomConnector, room: Room, sim: Simulator
) -> None:
    sim.room("alice")
    with pytest.raises(CommandError, match=r"^alice is not live$") as caught:
        following.room_info(room.name)
    assert caught.value.code == "offline"


def test_room_info_of_a_room_that_was_removed_meanwhile(following: RoomConnector) -> None:
    with pytest.raises(CommandError, match=r"^there is no room alice any more$"):
        following.room_info("alice")


@pytest.mark.parametrize("count_in_totals", [False, True])
def test_a_simulated_event_counts_only_if_asked(
    following: RoomConnector, room: Room, sent: list[Message], count_in_totals: bool
) -> None:
    data: Json = {"name": "Galaxy", "diamonds": 1000, "count": 2}
    [gift] = following.simulate(room, "gift", data, count_in_totals=count_in_totals)
    following.simulate(room, "like", {"count": 5}, count_in_totals=count_in_totals)
    following.simulate(room, "like", {"count": 5}, count_in_totals=count_in_totals)
    assert (gift["diamonds"], gift["source"]) == (2000, "simulated")
    assert [message.qos for message in on(sent, "gift")] == [1]
    state = room.state()
    expected = (2000, 2, 10) if count_in_totals else (0, 0, 0)
    assert (state["diamonds"], state["gifts"], state["likes"]) == expected
    assert room.events == 0


def test_what_cannot_be_simulated_is_an_error_and_sends_nothing(
    following: RoomConnector, room: Room, sent: list[Message]
) -> None:
    before = len(sent)
    with pytest.raises(CommandError, match=r"^data\.count must be a whole number$"):
        following.simulate(room, "gift", {"count": "many"}, count_in_totals=False)
    assert len(sent) == before


def test_what_is_not_published_is_not_simulated(sim: Simulator, sent: list[Message]) -> None:
    publisher = Publisher(Topics(), effective_policies(["follow"], [], []), sent.append)
    following = RoomConnector(
        Settings.model_validate({"tiktok": urls(sim)}), publisher, Watcher(1.0), lambda _room: None
    )
    room = following.begin("alice", from_settings=True)
    with pytest.raises(CommandError, match=r"^gift is not published: see events and exclude_events in the settings$"):
        following.simulate(room, "gift", {}, count_in_totals=False)
    # Its `social` stays at home.
    events = following.simulate(room, "follow", {}, count_in_totals=False)
    assert [event["event_type"] for event in events] == ["follow"]
    assert [message.topic for message in sent] == ["tiktok/alice/follow"]
    following.end(room)


def test_a_room_with_a_proxy_of_its_own_goes_by_it_alone(sim: Simulator, publisher: Publisher) -> None:
    for name in ("alice", "bob"):
        sim.room(name).go_live()
    tiktok = urls(sim) | {"proxies": f"alice=http://u:s3cret@127.0.0.1:{free_port()}"}
    settings = Settings.model_validate({"tiktok": tiktok})
    following = RoomConnector(settings, publisher, Watcher(1.0), lambda _room: None)
    rooms = [following.begin(name, from_settings=True) for name in ("alice", "bob")]
    with pytest.raises(CommandError) as caught:
        following.room_info("alice")
    assert caught.value.code == "proxy"
    assert "s3cret" not in str(caught.value)
    assert sim.requests == []
    assert following.room_info("bob")["live"]
    for room in rooms:
        following.end(room)
