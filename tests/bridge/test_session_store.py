import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import orjson
import pytest

from tests.bridge.doubles import FakeConnection, Json, event, gift, person
from tests.bridge.mqtt.state_rig import after_kill, traced
from tests.bridge.mqtt.state_rig import gift as gift_message
from tiktok2mqtt.bridge import session_store
from tiktok2mqtt.bridge.mqtt.database import Database
from tiktok2mqtt.bridge.mqtt.message_store import MessageStore
from tiktok2mqtt.bridge.mqtt.outbox import Message, Outbox
from tiktok2mqtt.bridge.mqtt.policies import effective_policies
from tiktok2mqtt.bridge.mqtt.publisher import Publisher
from tiktok2mqtt.bridge.room import Room
from tiktok2mqtt.bridge.room_state import LiveInfo
from tiktok2mqtt.bridge.session_store import SqliteSessionStore
from tiktok2mqtt.bridge.session_tables import delete_old_viewers
from tiktok2mqtt.bridge.state_store import MIGRATIONS
from tiktok2mqtt.common.topics import Topics
from tiktok2mqtt.webcast.lifecycle import Connection, State
from tiktok2mqtt.webcast.memory import SavedSession, SessionChanges


class Process:
    """What one process has open."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.database = Database(path, MIGRATIONS, consequence="a restart may repeat gifts")
        self.messages = MessageStore(self.database)
        self.outbox = Outbox(store=self.messages)
        self.sessions = SqliteSessionStore(self.database, self.outbox)

    def save(self, room: str, changes: SessionChanges, *texts: str) -> None:
        """Save changes, at once if they have gifts."""
        with self.sessions.transaction(room, replace(changes, is_urgent=bool(changes.gift_ids))):
            for text in texts:
                self.outbox.put(gift_message(text, room=room))

    def load(self, room: str) -> SavedSession | None:
        return self.sessions.load(room)

    def fail(self) -> None:
        """Let every write fail from now on, as when the disk is full."""
        self.database.read(lambda connection: connection.execute("PRAGMA query_only = ON"))

    def heal(self) -> None:
        self.database.read(lambda connection: connection.execute("PRAGMA query_only = OFF"))

    def repair(self) -> None:
        assert self.database.repair(lambda _connection: None)


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Callable[..., Process]]:
    """Opens a file, and then what is left of it when a process, by default the one before, is killed."""
    opened: list[Process] = []

    def open_it(killed: Process | None = None) -> Process:
        before = killed or (opened[-1] if opened else None)
        opened.append(Process(after_kill(before.path) if before else tmp_path / "state.sqlite"))
        return opened[-1]

    yield open_it
    for one in opened:
        one.database.close()


def test_nothing_is_saved_of_a_room_without_changes(process: Callable[..., Process]) -> None:
    one = process()
    one.save("alice", SessionChanges("55"))
    assert one.load("alice") is None


def test_the_next_process_loads_what_was_saved(process: Callable[..., Process]) -> None:
    ids = [7, 2**64 - 1, 5]
    first = process()
    first.save("alice", SessionChanges("55", ids[:2], {"a": {"count": 1}, "b": {"count": 2}}))
    first.save("bob", SessionChanges("66", [1]))
    first.save("alice", SessionChanges("55", ids[2:], {"a": None, "b": {"count": 3}}))
    second = process()
    assert second.load("alice") == SavedSession("55", ids, {"b": {"count": 3}})
    assert second.load("bob") == SavedSession("66", [1], {})


def test_changes_and_messages_are_one_transaction(process: Callable[..., Process]) -> None:
    one = process()
    with traced(one.database) as begun:
        one.save("alice", SessionChanges("55", [7], {"a": {"count": 1}}), "rose", "galaxy")
        assert len(begun) == 1
        one.save("alice", SessionChanges("55"))
        assert len(begun) == 1
    assert one.messages.size()[0] == 2


@pytest.fixture
def retries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the store try again at once when the disk has failed."""
    monkeypatch.setattr(session_store, "RETRY_S", 0.0)


@pytest.mark.usefixtures("retries")
def test_of_a_transaction_that_fails_nothing_is_saved_until_the_disk_is_well(process: Callable[..., Process]) -> None:
    one = process()
    one.save("alice", SessionChanges("55", [1], {"a": {"count": 1}, "b": {"count": 1}}))
    one.fail()
    one.save("alice", SessionChanges("55", [2], {"a": {"count": 2}, "b": {"count": 2}}), "rose")
    one.save("alice", SessionChanges("55", [3], {"a": {"count": 3}}), "galaxy")
    one.save("bob", SessionChanges("66", [1]))
    assert process(one).load("alice") == SavedSession("55", [1], {"a": {"count": 1}, "b": {"count": 1}})
    one.heal()
    # What it has missed comes with the next change.
    one.save("alice", SessionChanges("55", [4], {"b": None}))
    assert process(one).load("alice") == SavedSession("55", [1, 2, 3, 4], {"a": {"count": 3}})
    one.repair()
    one.save("alice", SessionChanges("55", [5], {"c": {"count": 1}}))
    assert process(one).load("alice") == SavedSession("55", [1, 2, 3, 4, 5], {"a": {"count": 3}, "c": {"count": 1}})
    assert process(one).load("bob") is None


def test_what_the_disk_has_missed_is_saved_without_a_further_event(process: Callable[..., Process]) -> None:
    one = process()
    one.fail()
    one.save("alice", SessionChanges("55", [1], {"a": {"count": 1}}), "rose")
    one.heal()
    one.sessions.save_unsaved()
    assert one.load("alice") is None
    one.repair()
    one.sessions.save_unsaved()
    assert process(one).load("alice") == SavedSession("55", [1], {"a": {"count": 1}})
    with traced(one.database) as begun:
        one.sessions.save_unsaved()
        assert begun == []


def test_while_the_disk_fails_changes_are_not_tried_with_each_event(process: Callable[..., Process]) -> None:
    one = process()
    one.fail()
    one.save("alice", SessionChanges("55", [1]))
    with traced(one.database) as begun:
        one.save("alice", SessionChanges("55", [2]))
        assert begun == []
        one.heal()
        # A message is always tried.
        one.save("alice", SessionChanges("55", [3]), "rose")
        assert len(begun) == 1
    assert one.load("alice") is None
    one.repair()
    one.save("alice", SessionChanges("55", [4]))
    assert one.load("alice") == SavedSession("55", [1, 2, 3, 4], {})


@pytest.mark.usefixtures("retries")
def test_changes_that_wait_for_the_disk_are_bounded(
    process: Callable[..., Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_store, "MAX_UNSAVED_STREAKS", 3)
    monkeypatch.setattr(session_store, "DEFAULT_CAPACITY", 3)
    one = process()
    one.fail()
    for number in range(6):
        one.save("alice", SessionChanges("55", [number], {str(number): {"count": 1}}))
    one.heal()
    one.save("bob", SessionChanges("66", [1]))
    one.save("alice", SessionChanges("55", [6], {"6": {"count": 1}}))
    assert one.load("alice") == SavedSession("55", [4, 5, 6], {key: {"count": 1} for key in ("4", "5", "6")})


@pytest.mark.usefixtures("retries")
@pytest.mark.parametrize("works", [True, False])
def test_another_live_replaces_what_was_saved(process: Callable[..., Process], *, works: bool) -> None:
    one = process()
    if not works:
        one.fail()
    one.save("alice", SessionChanges("55", [7], {"a": {"count": 1}}))
    one.heal()
    one.repair()
    one.save("alice", SessionChanges("56", [8]))
    one.save("alice", SessionChanges("56", [9]))
    assert one.load("alice") == SavedSession("56", [8, 9], {})


def test_a_long_live_leaves_no_more_ids_than_a_session_keeps(
    process: Callable[..., Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_store, "DEFAULT_CAPACITY", 3)
    monkeypatch.setattr(session_store, "MAX_RECENT_IDS", 0)
    first = process()
    first.save("bob", SessionChanges("66", [1, 2]))
    first.save("alice", SessionChanges("55", [1, 2, 3]))
    first.save("bob", SessionChanges("66", [3, 4]))
    first.save("alice", SessionChanges("55", [4, 5]))
    second = process()
    assert second.load("alice") == SavedSession("55", [3, 4, 5], {})
    assert second.load("bob") == SavedSession("66", [2, 3, 4], {})


@pytest.mark.usefixtures("retries")
@pytest.mark.parametrize("works", [True, False])
def test_who_has_sent_gifts_is_deleted_when_the_live_is_over(process: Callable[..., Process], *, works: bool) -> None:
    one = process()
    one.save("bob", SessionChanges("66", [8], {"b": {"count": 1}}))
    one.save("alice", SessionChanges("55", [7], {"a": {"count": 1}} if works else {}))
    if not works:
        one.fail()
        one.save("alice", SessionChanges("55", [9], {"a": {"count": 1}}))
    one.sessions.end_live("alice")
    one.heal()
    one.repair()
    # What was not saved while the disk failed is saved now.
    one.save("alice", SessionChanges("55", [11]))
    one.save("bob", SessionChanges("66", [10]))
    loaded = one.load("alice")
    assert loaded is not None
    assert (loaded.streaks, set(loaded.gift_ids) >= {7, 11}) == ({}, True)
    assert one.load("bob") == SavedSession("66", [8, 10], {"b": {"count": 1}})


def test_a_room_can_be_forgotten(process: Callable[..., Process]) -> None:
    one = process()
    one.save("alice", SessionChanges("55", [7], {"a": {"count": 1}}))
    one.save("bob", SessionChanges("66", [8]))
    one.sessions.forget("alice")
    assert one.load("alice") is None
    assert one.load("bob") is not None


def test_a_value_that_json_cannot_hold_costs_no_gift(process: Callable[..., Process]) -> None:
    one = process()
    one.save("alice", SessionChanges("55", [7], {"a": {"last": {"nickname": "\ud800", "total": 2**70}}}), "rose")
    assert one.load("alice") == SavedSession("55", [7], {"a": {"last": {"nickname": "\ufffd", "total": None}}})
    assert one.messages.size()[0] == 1


def test_a_file_that_cannot_be_used_saves_nothing_and_raises_nothing(tmp_path: Path) -> None:
    # A folder is no file.
    one = Process(tmp_path)
    one.save("alice", SessionChanges("55", [7]), "rose")
    assert one.load("alice") is None
    assert [message.name for message in one.outbox.take(10, qos1_limit=10, now=0.0)] == ["rose"]
    one.sessions.forget("alice")


def test_of_the_progress_of_a_streak_only_the_streak_is_saved(process: Callable[..., Process]) -> None:
    one = process()
    one.save("alice", SessionChanges("55", [1], {"a": {"count": 1}}))
    with one.sessions.transaction("alice", SessionChanges("55", [2], {"a": {"count": 2}})):
        pass
    assert one.load("alice") == SavedSession("55", [1], {"a": {"count": 2}})
    # The id follows with the gift.
    with one.sessions.transaction("alice", SessionChanges("55", [3], {"a": {"count": 3}})):
        one.outbox.put(gift_message("gift"))
    assert process(one).load("alice") == SavedSession("55", [1, 2, 3], {"a": {"count": 3}})


# --- the ids of other messages ---


def test_ids_of_other_messages_are_saved_with_a_message_or_after_a_second(
    process: Callable[..., Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = process()
    with one.sessions.transaction("alice", SessionChanges("55", received_since_ms=1_800_000_000_000, is_urgent=True)):
        pass
    with traced(one.database) as begun:
        one.save("alice", SessionChanges("55", other_ids=[1]))
        one.save("alice", SessionChanges("55", other_ids=[2]))
        assert begun == []
        one.save("alice", SessionChanges("55", other_ids=[3]), "follow")
        assert len(begun) == 1
        monkeypatch.setattr(session_store, "SAVE_INTERVAL_S", 0.0)
        one.save("alice", SessionChanges("55", other_ids=[4]), "share")
        one.save("alice", SessionChanges("55", other_ids=[5]))
        assert len(begun) == 3
        # Nothing has changed.
        one.save("alice", SessionChanges("55"))
        assert len(begun) == 3
    assert process().load("alice") == SavedSession("55", [], {}, [1, 2, 3, 4, 5], 1_800_000_000_000)


def test_the_last_ids_of_other_messages_are_kept_and_their_number_is_bounded(
    process: Callable[..., Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_store, "MIN_OTHER_IDS", 10)
    monkeypatch.setattr(session_store, "MAX_RECENT_IDS", 4)
    ids = list(range(1, 101))
    kept: list[int] = []
    one = process()
    for first in range(0, 100, 3):
        one.save("alice", SessionChanges("55", other_ids=ids[first : first + 3]), "follow")
        if first % 12 == 0:
            # Killed and started again.
            one = process()
        loaded = one.load("alice")
        assert loaded is not None
        kept, saved = loaded.other_ids, ids[: first + 3]
        assert kept == saved[-len(kept) :]
        assert min(10, len(saved)) <= len(kept) <= 2 * (10 + 6) + 4
    assert kept[-1] == 100


def test_of_a_session_only_the_asked_live_is_loaded(process: Callable[..., Process]) -> None:
    one = process()
    one.save("alice", SessionChanges("55", [7]))
    assert one.sessions.load("alice", "55") is not None
    assert one.sessions.load("alice", "56") is None


# --- totals ---


class Live:
    """The room alice in one process."""

    def __init__(self, process: Process, session_id: str = "55") -> None:
        self.process = process
        self.session_id = session_id
        self.published: list[Message] = []
        publisher = Publisher(Topics(), effective_policies([], [], []), self._put)
        self.room = Room("alice", publisher, lambda _room: None, from_settings=True, store=process.sessions)
        self.connection = self.room.connection = FakeConnection()

    def _put(self, message: Message) -> None:
        self.published.append(message)
        self.process.outbox.put(message)

    def join(self) -> None:
        self.room.finish_restore()
        self.room.begin_session(self.session_id, LiveInfo("Title"), None)
        self.room.flush(100.0)
        self.receive(event("connected"), since_ms=1)

    def receive(self, *events: Json, gift_ids: tuple[int, ...] = (), since_ms: int | None = None) -> None:
        """Receive a response with these events, as the reader passes it on."""
        changes = SessionChanges(self.session_id, list(gift_ids), {}, [], since_ms, is_urgent=since_ms is not None)
        with self.process.sessions.transaction("alice", changes):
            for one in events:
                self.room.on_event(one | {"session_id": self.session_id})

    def end(self) -> None:
        self.connection.connection = Connection(State.ENDED, "ended", "over", live=False)
        self.room.on_connection(self.connection.connection)

    def counted(self) -> tuple[int, ...]:
        document = self.room.state_document()
        return tuple(document[key] for key in ("gifts", "diamonds", "new_followers", "comments"))

    def bridge_events(self) -> list[str]:
        sent = [orjson.loads(one.payload) for one in self.published if one.topic == "tiktok/bridge/event"]
        return [one["event_type"] for one in sent]


def test_totals_are_saved_with_the_events_that_they_count(process: Callable[..., Process]) -> None:
    first = Live(process())
    first.join()
    first.receive(gift(3, 3), event("follow", follower_count=None), gift_ids=(1,))
    # Its id waits for the next transaction, and so does its count.
    first.receive(event("chat", comment="hi"))
    with traced(first.process.database) as begun:
        first.receive(gift(2, 2) | person("carol"), gift_ids=(2,))
        assert len(begun) == 1
    # Killed: nothing but the file remains.
    second = Live(process())
    assert second.counted() == first.counted() == (5, 25, 1, 1)
    assert second.room.state_document()["last_gifter"]["username"] == "carol"
    second.join()
    second.receive(gift(2, 2) | person("carol"), gift_ids=(3,))
    assert second.room.state_document()["top_gifter"] == {"diamonds": 20} | first.room.state_document()["last_gifter"]
    # Its start was published by the first.
    assert (first.bridge_events(), second.bridge_events()) == (["live_started"], [])


def test_of_a_transaction_that_was_not_committed_nothing_is_counted(process: Callable[..., Process]) -> None:
    first = Live(process())
    first.join()
    first.receive(gift(3, 3), gift_ids=(1,))
    first.process.fail()
    first.receive(gift(4, 4), gift_ids=(2,))
    second = Live(process())
    assert second.counted()[0] == 3
    assert second.process.load("alice") == SavedSession("55", [1], {}, [], 1)


@pytest.mark.usefixtures("retries")
def test_after_a_failure_of_the_disk_ids_and_totals_are_saved_together(process: Callable[..., Process]) -> None:
    first = Live(process())
    first.join()
    first.process.fail()
    first.receive(gift(3, 3), gift_ids=(1,))
    first.process.heal()
    first.receive(gift(4, 4) | person("carol"), gift_ids=(2,))
    second = Live(process())
    assert second.counted()[0] == 7
    assert second.process.load("alice") == SavedSession("55", [1, 2], {}, [], 1)
    assert second.process.sessions.load_totals("alice")[1] == {"id of bob": 15, "id of carol": 20}


def test_a_summary_is_not_lost_with_the_process(process: Callable[..., Process]) -> None:
    first = Live(process())
    first.join()
    first.receive(gift(3, 3), gift_ids=(1,))
    first.end()
    second = Live(process())
    waiting = {one.topic: one for one in second.process.outbox.take(99, qos1_limit=99, now=0.0)}
    summary = waiting["tiktok/alice/summary"]
    assert summary.retain
    assert orjson.loads(summary.payload)["gifts"] == 3
    assert orjson.loads(waiting["tiktok/bridge/event"].payload)["event_type"] == "live_ended"
    # It is over: the next LIVE begins with a start of its own, and no second end.
    next_live = Live(process(), "56")
    next_live.join()
    assert next_live.bridge_events() == ["live_started"]
    assert next_live.counted() == (0, 0, 0, 0)


def test_a_live_that_was_wrongly_considered_over_before_a_restart_does_not_start_again(
    process: Callable[..., Process],
) -> None:
    first = Live(process())
    first.join()
    first.end()
    assert first.bridge_events() == ["live_started", "live_ended"]
    second = Live(process())
    second.join()
    second.end()
    assert second.bridge_events() == []


def test_a_live_that_ended_while_the_daemon_was_not_running_has_its_summary(process: Callable[..., Process]) -> None:
    first = Live(process())
    first.join()
    first.receive(gift(3, 3), gift_ids=(1,))
    second = Live(process(), "56")
    second.join()
    second.receive(gift(1, 1), gift_ids=(2,))
    summary = next(orjson.loads(one.payload) for one in second.published if one.topic == "tiktok/alice/summary")
    assert (summary["session_id"], summary["gifts"]) == ("55", 3)
    assert second.bridge_events() == ["live_ended", "live_started"]
    assert Live(process()).counted()[0] == 1


def test_totals_of_a_live_that_is_over_name_no_viewer(process: Callable[..., Process]) -> None:
    first = Live(process())
    first.join()
    first.receive(gift(3, 3), event("follow", follower_count=None), gift_ids=(1,))
    totals, gifters = first.process.sessions.load_totals("alice")
    assert (totals["last_gift"]["username"], gifters) == ("bob", {"id of bob": 15})
    first.end()
    totals, gifters = first.process.sessions.load_totals("alice")
    assert b"bob" not in orjson.dumps(totals).lower()
    assert (totals["gifts"], totals["live"], gifters) == (3, False, {})
    assert first.process.sessions.load_followers("alice") == set()


def test_who_has_followed_is_known_after_a_restart(process: Callable[..., Process]) -> None:
    bob, carol = event("follow", follower_count=None), event("follow", follower_count=None, **person("carol"))
    first = Live(process())
    first.join()
    first.receive(bob, gift_ids=(1,))
    first.receive(bob, carol, gift_ids=(2,))
    assert first.process.sessions.load_followers("alice") == {"id of bob", "id of carol"}
    second = Live(process())
    second.join()
    second.receive(carol, bob, gift_ids=(3,))
    assert second.room.state_document()["new_followers"] == 2


def test_a_simulated_gift_that_counts_is_saved_as_well(process: Callable[..., Process]) -> None:
    first = Live(process())
    first.join()
    first.room.on_simulated_event(gift(2, 2, source="simulated", session_id="0"), count_in_totals=True)
    assert Live(process()).counted()[0] == 2


@pytest.mark.parametrize("totals", ["no json", "[]", '{"session_id": "55", "gifts": -1}'])
def test_totals_that_cannot_be_read_are_ignored(
    process: Callable[..., Process], totals: str, caplog: pytest.LogCaptureFixture
) -> None:
    first = Live(process())
    first.join()
    first.process.database.write(lambda connection: connection.execute("UPDATE lives SET totals = ?", (totals,)))
    second = Live(process())
    assert second.counted() == (0, 0, 0, 0)
    assert "totals of the last LIVE cannot be read" in caplog.text
    # The retained document is what there is.
    second.room.restore_state(first.room.state_document() | {"gifts": 3})
    assert second.counted()[0] == 3


def test_viewers_in_the_totals_of_a_live_without_an_end_are_deleted_after_some_time(
    process: Callable[..., Process],
) -> None:
    one = Live(process())
    one.join()
    one.receive(gift(3, 3), gift_ids=(1,))
    for before, is_kept in ((time.time() - 60, True), (time.time() + 60, False)):
        one.process.database.write(partial(delete_old_viewers, before=before))
        totals, gifters = one.process.sessions.load_totals("alice")
        assert ("last_gift" in totals, bool(gifters), totals["gifts"]) == (is_kept, is_kept, 3)


def test_transactions_of_one_room_exclude_each_other(process: Callable[..., Process]) -> None:
    one = Live(process())
    one.join()
    simulated = threading.Thread(
        target=one.room.on_simulated_event,
        args=(gift(1, 1, source="simulated"),),
        kwargs={"count_in_totals": True},
    )
    with one.process.sessions.transaction("alice", SessionChanges("55", [1], is_urgent=True)):
        one.room.on_event(gift(3, 3))
        simulated.start()
        simulated.join(0.1)
        # Otherwise it would save the gift that is not committed yet as counted.
        assert simulated.is_alive()
        assert Live(process(one.process)).counted()[0] == 0
    simulated.join(5)
    assert Live(process(one.process)).counted()[0] == 4
