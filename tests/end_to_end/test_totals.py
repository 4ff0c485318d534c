"""Totals agree with what was published: across lost connections, restarts and kills, in `state` and in `summary`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.daemon import DaemonClient, Tree, command, listening, tree
from tests.end_to_end.test_durability import on_disk
from tests.helpers import until
from tests.mqtt import MOSQUITTO, TIMEOUT_S, Mosquitto
from tiktok2mqtt.simulator import Room, Simulator

pytestmark = [
    pytest.mark.unmeasured,
    pytest.mark.skipif(MOSQUITTO is None, reason="mosquitto is not installed"),
]


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    """Mosquitto for this test alone: what an earlier test has retained must not be found."""
    with Mosquitto(tmp_path, "max_queued_messages 0") as started:
        yield started


@pytest.fixture
def settings(sim: Simulator, broker: Mosquitto, tmp_path: Path) -> Tree:
    return tree(sim, broker.port, state_dir=str(tmp_path / "state"))


@contextmanager
def life(settings: Tree, folder: Path, room: Room) -> Iterator[tuple[DaemonClient, Any]]:
    """Run the daemon as a process until the end of the block, when it is killed; yield when it is in the room."""
    with listening(settings) as listener, command("run", settings=settings, folder=folder) as child:
        room.wait_for_client(TIMEOUT_S)
        yield DaemonClient(settings, listener), child


def kill(child: Any, room: Room) -> None:
    child.kill()
    child.wait(TIMEOUT_S)
    until(lambda: room.clients == 0)


def fresh_state(client: DaemonClient, **keys: Any) -> Any:
    """Wait for a `state` of this life with these keys; that of the last one is retained."""

    def matches(message: Any) -> bool:
        return not message.retain and all(message.json[key] == value for key, value in keys.items())

    return client.listener.wait(client.topics.room("alice", "state"), matches).json


def flags(client: DaemonClient, name: str) -> dict[str, tuple[bool, bool]]:
    """Return `replayed` and `late` of each event of that name, by its viewer; each viewer sends one."""
    events = [message.json for message in client.listener.on(client.topics.room("alice", name))]
    by_viewer = {event["unique_id"]: (event["replayed"], event["late"]) for event in events}
    assert len(by_viewer) == len(events)
    return by_viewer


def counted_before(room: Room, client: DaemonClient) -> None:
    """Let 1,000 diamonds be sent, and return when `state` will not be published again for a second."""
    room.gift("bob", "Perfume", 49)
    # This one is published when the daemon has started, and may be published again at once.
    client.received("state", diamonds=980)
    room.gift("erin", "Perfume", 1)
    client.received("state", diamonds=1000)


LATE, LIVE, REPLAYED = (False, True), (False, False), (True, False)


def test_a_gift_that_was_published_just_before_a_kill_is_counted(room: Room, settings: Tree, tmp_path: Path) -> None:
    with life(settings, tmp_path, room) as (client, child):
        counted_before(room, client)
        room.gift("carol", "Galaxy")
        room.follow("carol")
        client.event("follow", unique_id="carol")
        told = client.event("gift", unique_id="carol")["id"]
        kill(child, room)
    with life(settings, tmp_path, room) as (client, _):
        state = fresh_state(client)
        assert (state["gifts"], state["diamonds"], state["new_followers"]) == (51, 2000, 1)
        assert state["last_gifter"]["username"] == state["last_follower"]["username"] == "carol"
        room.gift("dave", "Galaxy")
        fresh_state(client, diamonds=3000)
        room.end()
        summary = client.event("summary")
        assert (summary["gifts"], summary["diamonds"], summary["new_followers"]) == (52, 3000, 1)
        assert (summary["gifts"], summary["diamonds"]) == (room.counters.gifts, room.counters.diamonds)
        # Its acknowledgement may have been lost with the process: then it is repeated as it was.
        repeated = [gift.json["id"] for gift in client.listener.on(client.topics.room("alice", "gift"))][:-1]
        assert repeated in ([], [told])


def test_a_live_that_ends_just_after_a_kill_has_the_gift_in_its_summary(
    room: Room, settings: Tree, tmp_path: Path
) -> None:
    with life(settings, tmp_path, room) as (client, child):
        counted_before(room, client)
        room.gift("carol", "Galaxy")
        client.event("gift", unique_id="carol")
        kill(child, room)
    room.end()
    with listening(settings) as listener, command("run", settings=settings, folder=tmp_path):
        client = DaemonClient(settings, listener)
        summary = client.event("summary")
        assert (summary["gifts"], summary["diamonds"]) == (51, 2000)
        assert client.bridge_event("live_ended")["session_id"] == summary["session_id"]


def test_what_was_missed_before_a_reconnect_is_late_and_counted(room: Room, settings: Tree, tmp_path: Path) -> None:
    room.remember(100)
    room.gift("early", "Galaxy")
    with life(settings, tmp_path, room) as (client, _):
        room.gift("bob", "Rose", 2)
        room.gift_streak("carol", "Rose", 2)
        client.event("gift_streak", unique_id="carol", count=2)
        # The connection is lost, which nobody notices at first.
        room.go_silent()
        room.gift("dave", "Galaxy")
        room.gift_streak("carol", "Rose", 5)
        room.gift_end("carol", "Rose")
        room.follow("dave")
        room.share("dave")
        room.chat("dave", "hi")
        room.like("dave", 15)
        room.drop_socket()
        room.wait_for_client(TIMEOUT_S)
        room.gift("erin", "Rose", 3)
        client.event("gift", unique_id="erin")
        assert flags(client, "gift") == {"early": REPLAYED, "bob": LIVE, "carol": LATE, "dave": LATE, "erin": LIVE}
        assert (client.event("gift", unique_id="carol")["count"], client.event("gap")["late"]) == (5, False)
        for name in ("follow", "share", "chat", "like"):
            assert flags(client, name) == {"dave": LATE}, name
        counted = {"gifts": 11, "diamonds": 1010, "new_followers": 1, "shares": 1, "comments": 1, "likes": 15}
        fresh_state(client, **counted)
        # The one that was replayed happened before, and counts nowhere.
        assert (room.counters.gifts, room.counters.diamonds) == (1 + 11, 1000 + 1010)
        room.end()
        assert {key: client.event("summary")[key] for key in counted} == counted


def test_what_happened_while_the_daemon_was_down_is_late_and_counted(
    room: Room, settings: Tree, tmp_path: Path
) -> None:
    room.remember(100)
    with life(settings, tmp_path, room) as (client, child):
        room.chat("bob", "hi")
        room.gift("bob", "Galaxy")
        room.gift_streak("carol", "Rose", 2)
        room.follow("bob")
        client.event("follow", unique_id="bob")
        until(lambda: on_disk(tmp_path) == 0)
        kill(child, room)
    room.gift("dave", "Galaxy")
    room.gift_streak("carol", "Rose", 4)
    room.gift_end("carol", "Rose")
    room.follow("dave")
    room.chat("dave", "hi")
    with life(settings, tmp_path, room) as (client, child):
        room.gift("erin", "Rose", 3)
        client.event("gift", unique_id="erin")
        # Of what the first life has published nothing comes again.
        assert flags(client, "gift") == {"carol": LATE, "dave": LATE, "erin": LIVE}
        assert flags(client, "follow") == flags(client, "chat") == {"dave": LATE}
        counted = {"gifts": 9, "diamonds": 2007, "new_followers": 2, "comments": 2}
        fresh_state(client, **counted)
        assert (room.counters.gifts, room.counters.diamonds) == (counted["gifts"], counted["diamonds"])
        until(lambda: on_disk(tmp_path) == 0)
        kill(child, room)
    with life(settings, tmp_path, room) as (client, _):
        fresh_state(client, **counted)
        room.end()
        assert {key: client.event("summary")[key] for key in counted} == counted
        assert flags(client, "gift") == flags(client, "follow") == {}


def test_without_a_state_dir_the_retained_state_is_what_there_is(room: Room, settings: Tree, tmp_path: Path) -> None:
    del settings["state_dir"]
    room.remember(100)
    with life(settings, tmp_path, room) as (client, child):
        room.gift("bob", "Galaxy")
        client.received("state", diamonds=1000)
        kill(child, room)
    room.gift("dave", "Galaxy")
    with life(settings, tmp_path, room) as (client, _):
        room.gift("erin", "Rose", 3)
        # What was published before is not known, so nothing of the history is counted.
        fresh_state(client, gifts=4, diamonds=1003)
        assert flags(client, "gift") == {"bob": REPLAYED, "dave": REPLAYED, "erin": LIVE}
