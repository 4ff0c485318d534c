import itertools
import threading
from collections.abc import Iterator
from dataclasses import fields

import orjson
import pytest
from pydantic import SecretStr

from tests.bridge.doubles import Json
from tests.helpers import until
from tests.mqtt import free_port
from tests.webcast.rig import urls
from tiktok2mqtt.bridge.commands import CommandError
from tiktok2mqtt.bridge.connector import RoomConnector, client_options
from tiktok2mqtt.bridge.mqtt.outbox import Message
from tiktok2mqtt.bridge.mqtt.policies import effective_policies
from tiktok2mqtt.bridge.mqtt.publisher import Publisher
from tiktok2mqtt.bridge.room import Room
from tiktok2mqtt.common.topics import Topics
from tiktok2mqtt.settings import RoomSettings, Settings, TiktokSettings
from tiktok2mqtt.simulator import Simulator
from tiktok2mqtt.webcast.net.options import Options
from tiktok2mqtt.webcast.watch import Watcher

# Options of the library that are not settings of the daemon.
NOT_SETTINGS = {"reconnect", "watch_interval_s"}


@pytest.fixture
def connector(sim: Simulator, publisher: Publisher) -> RoomConnector:
    settings = Settings.model_validate({"tiktok": urls(sim) | {"watch_interval": 1}})
    return RoomConnector(settings, publisher, Watcher(1.0), lambda _room: None)


@pytest.fixture
def room(connector: RoomConnector) -> Iterator[Room]:
    room = connector.add_room("alice", from_settings=True)
    yield room
    connector.remove_room(room)


def on(sent: list[Message], subtopic: str) -> list[Message]:
    return [message for message in sent if message.topic == f"tiktok/alice/{subtopic}"]


def test_a_new_room_sends_no_requests_before_it_is_enabled(room: Room, sim: Simulator) -> None:
    assert not room.connection.enabled
    assert sim.requests == []


def test_room_info_of_a_live_room(connector: RoomConnector, room: Room, sim: Simulator) -> None:
    sim.room("alice").go_live(title="Cooking", viewers=12)
    info = connector.room_info(room.name)
    assert (info["room"], info["live"], info["title"], info["viewers"]) == ("alice", True, "Cooking", 12)
    keys = {"live", "paused", "title", "viewers", "likes", "followers", "started_at", "cover", "owner"}
    assert info.keys() == {"room", *keys}
    assert info["started_at"].endswith("Z")
    host = sim.room("alice").state.host
    assert info["owner"] == {
        "user_id": str(host.user_id),
        "unique_id": "alice",
        "nickname": host.nickname,
        "profile_picture_url": host.picture_url,
        "followers": sim.room("alice").state.followers,
    }


def test_the_owner_in_a_room_info_is_subject_to_the_privacy_settings(sim: Simulator, publisher: Publisher) -> None:
    privacy = {"names": False, "pictures": False, "user_ids": "none"}
    settings = Settings.model_validate({"tiktok": urls(sim), "privacy": privacy})
    connector = RoomConnector(settings, publisher, Watcher(1.0), lambda _room: None)
    room = connector.add_room("alice", from_settings=True)
    sim.room("alice").go_live(title="Cooking")
    info = connector.room_info("alice")
    connector.remove_room(room)
    owner = info["owner"]
    assert (owner["user_id"], owner["unique_id"], owner["nickname"], owner["profile_picture_url"]) == (None,) * 4
    assert (info["title"], owner["followers"]) == ("Cooking", sim.room("alice").state.followers)


def test_room_info_of_an_offline_room_is_an_error_with_a_code(
    connector: RoomConnector, room: Room, sim: Simulator
) -> None:
    sim.room("alice")
    with pytest.raises(CommandError, match=r"^alice is not live$") as caught:
        connector.room_info(room.name)
    assert caught.value.code == "offline"


def test_room_info_of_a_removed_room_is_an_error(connector: RoomConnector) -> None:
    with pytest.raises(CommandError, match=r"^the room alice has been removed$"):
        connector.room_info("alice")


def test_a_room_that_is_disconnected_while_its_live_starts_does_not_stay_live(sim: Simulator) -> None:
    starting, release, sent = threading.Event(), threading.Event(), list[Message]()
    clock = itertools.count(0.0, 10.0)

    def put(message: Message) -> None:
        if b"live_started" in message.payload:
            starting.set()
            assert release.wait(5)
        sent.append(message)

    watcher = Watcher(1.0)
    connector = RoomConnector(
        Settings.model_validate({"tiktok": urls(sim)}),
        Publisher(Topics(), effective_policies([], [], []), put),
        watcher,
        # At once and in the same thread, as if seconds had passed.
        lambda room: room.flush(next(clock)),
    )
    sim.room("alice").go_live()
    watcher.start()
    room = connector.add_room("alice", from_settings=True)
    room.finish_restore()
    room.connection.enable()
    assert starting.wait(5)
    # In its own thread: it waits for the reader to end.
    disconnecting = threading.Thread(target=room.connection.disable)
    disconnecting.start()
    until(lambda: not room.connection.enabled)
    # What is written in this window shows the present state already, and nothing overtakes it afterwards.
    for _ in range(2):
        room.publish_all()
        document = orjson.loads(on(sent, "state")[-1].payload)
        assert (document["live"], document["watch"]) == (None, False)
        assert orjson.loads(on(sent, "connection")[-1].payload)["state"] == "disabled"
        release.set()
        disconnecting.join(5)
    connector.remove_room(room)
    watcher.stop()


@pytest.mark.parametrize("count_in_totals", [False, True])
def test_a_simulated_event_is_counted_only_on_request(
    connector: RoomConnector, room: Room, sent: list[Message], count_in_totals: bool
) -> None:
    data: Json = {"name": "Galaxy", "diamonds": 1000, "count": 2}
    [gift] = connector.simulate(room, "gift", data, count_in_totals=count_in_totals)
    connector.simulate(room, "like", {"count": 5}, count_in_totals=count_in_totals)
    connector.simulate(room, "like", {"count": 5}, count_in_totals=count_in_totals)
    assert (gift["diamonds"], gift["source"]) == (2000, "simulated")
    assert [message.qos for message in on(sent, "gift")] == [1]
    state = room.state_document()
    expected = (2000, 2, 10) if count_in_totals else (0, 0, 0)
    assert (state["diamonds"], state["gifts"], state["likes"]) == expected
    assert room.events == 0


def test_an_event_that_cannot_be_simulated_is_an_error(
    connector: RoomConnector, room: Room, sent: list[Message]
) -> None:
    before = len(sent)
    with pytest.raises(CommandError, match=r"^data\.count must be a whole number$"):
        connector.simulate(room, "gift", {"count": "many"}, count_in_totals=False)
    assert len(sent) == before


def test_an_event_that_is_not_published_cannot_be_simulated(sim: Simulator, sent: list[Message]) -> None:
    publisher = Publisher(Topics(), effective_policies(["follow"], [], []), sent.append)
    connector = RoomConnector(
        Settings.model_validate({"tiktok": urls(sim)}), publisher, Watcher(1.0), lambda _room: None
    )
    room = connector.add_room("alice", from_settings=True)
    with pytest.raises(CommandError, match=r"^gift is not published: see events and exclude_events in the settings$"):
        connector.simulate(room, "gift", {}, count_in_totals=False)
    # Its `social` event is not published.
    events = connector.simulate(room, "follow", {}, count_in_totals=False)
    assert [event["event_type"] for event in events] == ["follow"]
    assert [message.topic for message in sent] == ["tiktok/alice/follow"]
    connector.remove_room(room)


def test_a_room_with_its_own_proxy_connects_only_through_it(sim: Simulator, publisher: Publisher) -> None:
    for name in ("alice", "bob"):
        sim.room(name).go_live()
    tiktok = urls(sim) | {"proxies": f"alice=http://u:s3cret@127.0.0.1:{free_port()}"}
    settings = Settings.model_validate({"tiktok": tiktok})
    connector = RoomConnector(settings, publisher, Watcher(1.0), lambda _room: None)
    rooms = [connector.add_room(name, from_settings=True) for name in ("alice", "bob")]
    with pytest.raises(CommandError) as caught:
        connector.room_info("alice")
    assert caught.value.code == "proxy"
    assert "s3cret" not in str(caught.value)
    assert sim.requests == []
    assert connector.room_info("bob")["live"]
    for room in rooms:
        connector.remove_room(room)


def test_the_defaults_of_the_settings_are_those_of_the_library() -> None:
    options = client_options(TiktokSettings(), "alice")
    assert set(options) == {option.name for option in fields(Options)} - NOT_SETTINGS
    made = Options(**options | {"transports": tuple(options["transports"])})
    assert made == Options()


def test_client_options_contain_the_secrets_in_clear_text() -> None:
    options = client_options(
        TiktokSettings(
            proxy=SecretStr("http://alice:hunter2@127.0.0.1:3128"),
            cookies=SecretStr("sessionid=hunter3; tt-target-idc=useast5"),
            sign_key=SecretStr("hunter4"),
            client_params={"aid": SecretStr("7")},
            request_headers={"X-Mine": SecretStr("1")},
            websocket_headers={"User-Agent": SecretStr("Mine/1")},
        ),
        "alice",
    )
    assert options["proxy"] == "http://alice:hunter2@127.0.0.1:3128"
    assert options["cookies"] == {"sessionid": "hunter3", "tt-target-idc": "useast5"}
    assert options["sign_key"] == "hunter4"
    assert options["client_params"] == {"aid": "7"}
    assert options["request_headers"] == {"X-Mine": "1"}
    assert options["websocket_headers"] == {"User-Agent": "Mine/1"}


def test_a_room_has_its_own_proxy_or_the_common_one() -> None:
    own = {"proxy": "http://all.example:8080", "proxies": "alice=http://own.example:8080"}
    settings = TiktokSettings.model_validate(own)
    assert client_options(settings, "alice")["proxy"] == "http://own.example:8080"
    assert client_options(settings, "bob")["proxy"] == "http://all.example:8080"
    assert client_options(TiktokSettings(), "bob")["proxy"] is None
    alone = RoomSettings(proxy=SecretStr("http://alone.example:8080"), user_id="42", room_id="7")
    options = client_options(settings, "alice", alone)
    assert (options["proxy"], options["user_id"], options["room_id"]) == ("http://alone.example:8080", "42", "7")
