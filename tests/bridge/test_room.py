import threading
from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson
import pytest

from tests.bridge.doubles import FakeConnection, event, gift
from tiktok2mqtt.bridge.mqtt.outbox import Message
from tiktok2mqtt.bridge.mqtt.policies import effective_policies
from tiktok2mqtt.bridge.mqtt.publisher import Publisher
from tiktok2mqtt.bridge.room import Room
from tiktok2mqtt.bridge.room_state import LiveInfo
from tiktok2mqtt.common.topics import Topics
from tiktok2mqtt.webcast.lifecycle import Connection, FoundLive, State

LIVE = Connection(State.LIVE, None, "Connected", live=True, transport="direct", since=1_800_000_000.0)
ENDED = Connection(State.ENDED, "ended", "over", live=False, since=1_800_000_100.0)
COVER = "https://pictures.example/cover"


class Rig:
    """A room, the messages it published, and how often it requested a flush."""

    def __init__(
        self,
        retain: tuple[str, ...] = (),
        like_milestone: int = 0,
        *,
        restored: bool = True,
        state_interval_s: float = 0.0,
    ) -> None:
        self.sent: list[Message] = []
        self.flush_requests = 0
        publisher = Publisher(Topics(), effective_policies([], [], retain), self.sent.append)
        self.room = Room(
            "alice",
            publisher,
            self._request_flush,
            from_settings=True,
            like_milestone=like_milestone,
            state_interval_s=state_interval_s,
            url="https://www.tiktok.com/@alice/live",
        )
        self.connection = self.room.connection = FakeConnection()
        if restored:
            self.room.finish_restore()

    def _request_flush(self, _room: Room) -> None:
        self.flush_requests += 1

    def begin(self, session_id: str = "55", cover: str | None = COVER) -> None:
        self.room.begin_session(session_id, LiveInfo("Title", "2026-01-02T03:00:00.000Z", viewers=7), cover)
        self.change(LIVE)

    def change(self, connection: Connection) -> None:
        """Change the connection of the room, and report that."""
        self.connection.connection = connection
        self.room.on_connection(connection)

    def take(self) -> dict[str, Any]:
        """Return and clear what was published: the last payload by topic."""
        sent = {message.topic: message.payload for message in self.sent}
        self.sent.clear()
        return {
            topic: payload if topic.endswith(("/cover", "/goal")) or not payload else orjson.loads(payload)
            for topic, payload in sent.items()
        }


@pytest.fixture
def rig() -> Rig:
    return Rig()


@pytest.fixture
def starting() -> Rig:
    """A rig that still waits for the retained documents of an earlier run."""
    return Rig(restored=False)


def test_the_state_is_not_published_before_the_restore_is_finished(starting: Rig) -> None:
    starting.room.on_event(event("share"))
    starting.room.flush(100.0)
    starting.room.publish_all()
    assert "tiktok/alice/state" not in starting.take()
    starting.room.finish_restore()
    starting.room.publish_all()
    assert starting.take()["tiktok/alice/state"]["shares"] == 1


def test_live_started_is_held_back_until_the_restore_is_finished(starting: Rig) -> None:
    starting.begin()
    assert "tiktok/bridge/event" not in starting.take()
    starting.room.flush(100.0)
    assert "tiktok/bridge/event" not in starting.take()
    starting.room.finish_restore()
    starting.room.flush(102.0)
    assert starting.take()["tiktok/bridge/event"]["event_type"] == "live_started"


def test_live_started_is_not_published_again_after_a_restart(rig: Rig, starting: Rig) -> None:
    rig.begin()
    starting.begin()
    starting.room.restore_state(rig.room.state_document())
    starting.room.finish_restore()
    starting.room.flush(100.0)
    assert "tiktok/bridge/event" not in starting.take()
    starting.change(ENDED)
    assert starting.take()["tiktok/bridge/event"]["event_type"] == "live_ended"


def test_a_live_that_ends_during_the_restore_is_published_as_started_first(starting: Rig) -> None:
    starting.begin()
    starting.change(ENDED)
    published = [orjson.loads(one.payload)["event_type"] for one in starting.sent if one.topic == "tiktok/bridge/event"]
    assert published == ["live_started", "live_ended"]


def test_an_event_is_published_at_once_and_the_state_with_the_next_flush(rig: Rig) -> None:
    rig.room.on_event(event("share"))
    assert set(rig.take()) == {"tiktok/alice/share"}
    assert rig.flush_requests == 1
    assert not rig.room.flush(100.0)
    assert rig.take()["tiktok/alice/state"]["shares"] == 1
    assert rig.room.events == 1


def test_each_document_is_published_at_most_once_a_second(rig: Rig) -> None:
    for _ in range(3):
        rig.room.on_event(event("share"))
    assert rig.flush_requests == 1
    rig.room.flush(100.0)
    rig.room.on_event(event("share"))
    assert rig.flush_requests == 2
    rig.take()
    assert rig.room.flush(100.4)
    assert rig.take() == {}
    rig.change(replace(LIVE, live=None))
    assert rig.room.flush(100.5)
    assert set(rig.take()) == {"tiktok/alice/connection"}
    assert not rig.room.flush(101.0)
    assert rig.take()["tiktok/alice/state"]["shares"] == 4


def test_numbers_in_the_state_wait_for_the_interval_and_nothing_else_does() -> None:
    rig = Rig(state_interval_s=15)
    rig.room.on_event(event("share"))
    rig.room.flush(100.0)
    rig.take()
    rig.room.on_event(event("share"))
    assert rig.room.flush(102.0) == 115.0
    assert set(rig.take()) == {"tiktok/alice/share"}
    rig.change(LIVE)
    assert rig.flush_requests == 3
    assert not rig.room.flush(103.0)
    assert (taken := rig.take())["tiktok/alice/state"]["shares"] == 2
    assert taken["tiktok/alice/state"]["live"] is True
    rig.room.on_event(event("share"))
    assert rig.room.flush(104.0) == 118.0
    rig.take()
    rig.change(replace(LIVE, transport="polling"))
    assert rig.flush_requests == 5
    assert rig.room.flush(105.0) == 118.0
    assert set(rig.take()) == {"tiktok/alice/connection"}
    rig.room.set_goal(500)
    assert not rig.room.flush(106.0)
    assert rig.take()["tiktok/alice/state"]["goal"] == 500
    rig.room.begin_session("55", LiveInfo("Another title"), None)
    assert not rig.room.flush(107.5)
    assert rig.take()["tiktok/alice/state"]["title"] == "Another title"


def test_an_event_that_changes_no_state_causes_no_flush(rig: Rig) -> None:
    rig.room.on_event(event("member"))
    assert rig.flush_requests == 0
    rig.take()
    rig.room.flush(100.0)
    assert rig.take() == {}


def test_the_connection_document(rig: Rig) -> None:
    retry = replace(ENDED, state=State.BLOCKED, code="captcha", attempt=3, retry_at=1_800_000_160.5)
    rig.change(retry)
    rig.room.flush(100.0)
    assert rig.take()["tiktok/alice/connection"] == {
        "state": "blocked",
        "code": "captcha",
        "reason": "over",
        "transport": None,
        "completeness": None,
        "since": "2027-01-15T08:01:40.000Z",
        "attempt": 3,
        "retry_at": "2027-01-15T08:02:40.500Z",
        "confirmed_at": None,
        "paused": False,
    }


@pytest.mark.parametrize(
    ("transport", "has_account", "completeness"),
    [
        ("direct", False, "anonymous"),
        ("direct", True, "account"),
        ("polling", True, "account"),
        # The session cookies never go to a sign provider, nor to the socket that it has opened.
        ("signed", True, "anonymous"),
        ("browser", False, "browser"),
    ],
)
def test_the_completeness_of_a_connection(rig: Rig, transport: str, completeness: str, *, has_account: bool) -> None:
    rig.connection.has_account = has_account
    rig.change(replace(LIVE, transport=transport))
    assert rig.room.connection_document()["completeness"] == completeness


def test_the_start_and_the_end_of_a_session_are_published_once(rig: Rig) -> None:
    rig.begin()
    rig.room.flush(100.0)
    assert rig.take()["tiktok/bridge/event"] == {
        "event_type": "live_started",
        "room": "alice",
        "session_id": "55",
        "title": "Title",
        "cover_url": COVER,
        "room_url": "https://www.tiktok.com/@alice/live",
        "started_at": "2026-01-02T03:00:00.000Z",
    }
    rig.begin()
    rig.room.flush(102.0)
    assert "tiktok/bridge/event" not in rig.take()
    rig.room.on_event(gift(3, 3))
    rig.take()
    rig.change(ENDED)
    rig.change(ENDED)
    sent = [message.topic for message in rig.sent]
    assert sorted(sent) == ["tiktok/alice/summary", "tiktok/bridge/event"]
    ended = rig.take()
    assert ended["tiktok/bridge/event"] == {"event_type": "live_ended", "room": "alice", "session_id": "55"}
    summary = ended["tiktok/alice/summary"]
    assert (summary["session_id"], summary["diamonds"], summary["peak_viewers"]) == ("55", 15, 7)
    assert not {"live", "watch", "viewers"} & summary.keys()


def test_a_session_continues_while_the_live_status_is_unknown(rig: Rig) -> None:
    rig.begin()
    rig.take()
    rig.change(Connection(State.RECONNECTING, "network", "lost", live=True))
    rig.change(Connection(State.DEGRADED, "unknown", "no answer", live=None))
    rig.begin()
    rig.room.flush(100.0)
    events = [orjson.loads(message.payload) for message in rig.sent if message.topic == "tiktok/bridge/event"]
    assert [row["event_type"] for row in events] == ["live_started"]


FOUND = Connection(State.CONNECTING, None, "Live; connecting", live=True, found=FoundLive("56", "Next", paused=True))


def test_the_first_document_of_a_live_has_nothing_of_the_last_one(rig: Rig) -> None:
    rig.begin("55")
    rig.room.on_event(gift(3, 3))
    rig.change(ENDED)
    rig.room.flush(100.0)
    over = rig.take()["tiktok/alice/state"]
    assert (over["live"], over["gifts"], over["title"], over["started_at"]) == (False, 3, None, None)
    rig.change(FOUND)
    rig.room.flush(102.0)
    sent = rig.take()
    first = sent["tiktok/alice/state"]
    assert (first["live"], first["session_id"], first["gifts"], first["title"]) == (True, "56", 0, "Next")
    assert (first["paused"], first["stale"]) == (True, True)
    assert sent["tiktok/alice/connection"]["paused"]
    # It starts for automations once it is joined.
    assert "tiktok/bridge/event" not in sent
    rig.begin("56")
    rig.room.flush(104.0)
    assert rig.take()["tiktok/alice/state"]["stale"] is False


def test_live_started_comes_after_state_and_cover(rig: Rig) -> None:
    rig.change(FOUND)
    rig.room.flush(100.0)
    rig.take()
    rig.begin("56")
    # The state waits: it was published a moment ago.
    assert rig.room.flush(100.2)
    assert "tiktok/bridge/event" not in rig.take()
    rig.room.flush(101.0)
    topics = [message.topic for message in rig.sent]
    assert topics[-1] == "tiktok/bridge/event"
    assert {"tiktok/alice/state"} <= set(topics[:-1])


def test_a_room_that_was_live_a_moment_ago_is_live_after_a_restart(rig: Rig, starting: Rig) -> None:
    rig.begin()
    document = rig.room.state_document()
    assert document["confirmed_at"] is not None
    starting.room.restore_state(document)
    at = datetime.fromisoformat(document["confirmed_at"]).timestamp()
    assert starting.connection.calls == [f"presume_live {at:.0f}"]
    other = Rig(restored=False)
    other.room.restore_state(document | {"live": None})
    assert other.connection.calls == []


def test_a_live_that_is_over_before_the_restore_is_ended(rig: Rig, starting: Rig) -> None:
    rig.begin()
    starting.change(ENDED)
    starting.room.restore_state(rig.room.state_document())
    assert starting.take()["tiktok/bridge/event"]["event_type"] == "live_ended"


def test_a_live_that_was_wrongly_considered_over_starts_and_ends_once(rig: Rig) -> None:
    rig.begin("55")
    rig.room.on_event(event("share"))
    rig.room.flush(100.0)
    for now in (102.0, 104.0):
        rig.change(ENDED)
        rig.begin("55")
        rig.room.on_event(event("share"))
        rig.room.flush(now)
    assert rig.room.state_document()["title"] == "Title"
    rig.change(ENDED)
    events = [orjson.loads(message.payload) for message in rig.sent if message.topic == "tiktok/bridge/event"]
    assert [row["event_type"] for row in events] == ["live_started", "live_ended"]
    assert rig.take()["tiktok/alice/summary"]["shares"] == 3
    rig.begin("56")
    rig.room.flush(106.0)
    assert rig.take()["tiktok/bridge/event"]["event_type"] == "live_started"


def test_another_session_id_ends_the_session(rig: Rig) -> None:
    rig.begin("55")
    rig.room.on_event(event("share"))
    rig.room.flush(100.0)
    rig.take()
    rig.begin("56")
    rig.room.flush(102.0)
    events = [orjson.loads(message.payload) for message in rig.sent if message.topic == "tiktok/bridge/event"]
    assert [(row["event_type"], row["session_id"]) for row in events] == [("live_ended", "55"), ("live_started", "56")]
    assert rig.take()["tiktok/alice/summary"]["shares"] == 1
    assert rig.room.state_document()["shares"] == 0


def test_an_event_of_the_next_live_ends_the_session_even_if_the_start_is_reported_later(rig: Rig) -> None:
    rig.begin("55")
    rig.room.on_event(event("share"))
    rig.take()
    rig.room.on_event(event("share", session_id="56"))
    rig.room.on_event(gift(2, 2, session_id="56"))
    assert rig.take()["tiktok/alice/summary"]["shares"] == 1
    rig.begin("56")
    document = rig.room.state_document()
    assert (document["session_id"], document["shares"], document["gifts"]) == ("56", 1, 2)


def test_a_room_that_was_not_live_has_no_summary(rig: Rig) -> None:
    rig.change(Connection(State.OFFLINE, "offline", "Not live", live=False))
    assert rig.take() == {}


def test_a_cover_is_published_if_there_is_one_and_kept_otherwise(rig: Rig) -> None:
    rig.begin(cover=None)
    rig.room.flush(100.0)
    assert "tiktok/alice/cover" not in rig.take()
    rig.begin("56")
    rig.room.flush(102.0)
    assert rig.take()["tiktok/alice/cover"] == COVER.encode()
    rig.begin("57", cover=None)
    rig.room.flush(104.0)
    assert rig.take()["tiktok/alice/cover"] == COVER.encode()


@pytest.mark.parametrize(
    ("message_type", "level"), [("WebcastChatMessage", "WebcastChatMessage"), ("a/b+#", "other"), ("", "other")]
)
def test_a_raw_message_is_published_under_its_type(rig: Rig, message_type: str, level: str) -> None:
    rig.room.on_raw(message_type, b"\x0a\xff")
    assert [(message.topic, message.payload) for message in rig.sent] == [(f"tiktok/alice/raw/{level}", b"\x0a\xff")]


def test_publish_all(rig: Rig) -> None:
    rig.begin()
    # A battle of an earlier run is deleted, once.
    rig.room.publish_all()
    assert rig.take()["tiktok/alice/battle"] == b""
    rig.room.publish_all()
    published = rig.take()
    assert published.pop("tiktok/alice/availability") == {"state": "online"}
    assert set(published) == {"tiktok/alice/state", "tiktok/alice/connection", "tiktok/alice/cover"}


def test_the_battle_is_a_document_until_the_live_is_over(rig: Rig) -> None:
    rig.begin()
    rig.room.flush(100.0)
    rig.take()
    rig.room.on_event(event("battle", battle_id="9", status="running", hosts=[{"nickname": "Alice"}]))
    assert rig.take() == {}
    rig.room.flush(102.0)
    document: dict[str, Any] = {"ts": "2026-01-02T03:04:05.678Z", "room_id": "55", "session_id": "55"}
    document |= {"battle_id": "9", "status": "running", "hosts": [{"nickname": "Alice"}]}
    assert document.items() <= rig.take()["tiktok/alice/battle"].items()
    rig.room.publish_all()
    assert rig.take()["tiktok/alice/battle"]["status"] == "running"
    rig.change(ENDED)
    rig.room.flush(104.0)
    assert rig.take()["tiktok/alice/battle"] == b""
    rig.room.publish_all()
    assert "tiktok/alice/battle" not in rig.take()


def test_a_battle_is_cut_like_an_event(rig: Rig) -> None:
    rig.room.on_event(event("battle", battle_id="9", hosts=[{"nickname": "a" * 300} for _ in range(50)]))
    rig.room.flush(100.0)
    assert len(next(one.payload for one in rig.sent if one.topic == "tiktok/alice/battle")) <= 8_192


def test_a_room_is_live_only_if_that_is_known(rig: Rig) -> None:
    for live in (None, False, True):
        rig.change(replace(LIVE, live=live))
        assert rig.room.is_live is (live is True)


def test_publish_offline(rig: Rig) -> None:
    rig.room.publish_offline()
    assert rig.take() == {"tiktok/alice/availability": {"state": "offline"}}


def test_clear_retained_covers_every_retained_topic() -> None:
    rig = Rig(retain=("gift",))
    rig.room.clear_retained()
    assert all(message.retain and message.payload == b"" for message in rig.sent)
    subtopics = {message.topic.removeprefix("tiktok/alice/") for message in rig.sent}
    assert subtopics == {"state", "connection", "availability", "summary", "cover", "goal", "battle", "gift"}


def test_events_from_several_threads_are_all_counted(rig: Rig) -> None:
    def publish() -> None:
        for _ in range(200):
            rig.room.on_event(event("share"))

    threads = [threading.Thread(target=publish) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert rig.room.state_document()["shares"] == 800
    assert rig.flush_requests == 1


def test_a_goal_is_retained_on_its_own_topic_and_in_the_state(rig: Rig) -> None:
    rig.room.publish_all()
    assert "tiktok/alice/goal" not in rig.take()
    rig.room.set_goal(300)
    rig.room.flush(100.0)
    sent = rig.take()
    assert (sent["tiktok/alice/goal"], sent["tiktok/alice/state"]["goal"]) == (b"300", 300)
    rig.room.publish_all()
    assert rig.take()["tiktok/alice/goal"] == b"300"
    rig.room.set_goal(None)
    rig.room.flush(102.0)
    assert rig.take()["tiktok/alice/goal"] == b""


def test_a_retained_goal_is_restored_unless_one_has_been_set(rig: Rig) -> None:
    rig.room.restore_goal(300)
    assert rig.room.state_document()["goal"] == 300
    rig.room.restore_goal(200)
    assert rig.room.state_document()["goal"] == 300
    rig.room.set_goal(None)
    rig.room.restore_goal(300)
    assert rig.room.state_document()["goal"] is None


def test_a_like_milestone_is_published_with_the_keys_of_the_like() -> None:
    rig = Rig(like_milestone=1000)
    rig.begin()
    rig.take()
    for total in (1900, 1999, 2005, 2010):
        rig.room.on_event(event("like", like_count=5, total_like_count=total))
    milestones = [
        orjson.loads(message.payload) for message in rig.sent if message.topic == "tiktok/alice/like_milestone"
    ]
    assert [(one["event_type"], one["milestone"], one["total_like_count"], one["unique_id"]) for one in milestones] == [
        ("like_milestone", 2000, 2005, "bob")
    ]
    rig.room.on_event(event("like", like_count=5, total_like_count=9000, replayed=True))
    rig.begin("56")
    rig.take()
    rig.room.on_event(event("like", like_count=5, total_like_count=1000, session_id="56"))
    assert set(rig.take()) == {"tiktok/alice/like"}


def test_a_reached_goal_is_published_after_the_state_that_shows_it() -> None:
    rig = Rig(state_interval_s=15)
    rig.begin()
    rig.room.set_goal(10)
    rig.room.flush(100.0)
    rig.take()
    rig.room.on_event(gift(3, 3))
    assert not rig.room.flush(101.0)
    topics = [message.topic for message in rig.sent]
    assert topics == ["tiktok/alice/gift", "tiktok/alice/state", "tiktok/alice/goal_reached"]
    taken = rig.take()
    assert taken["tiktok/alice/state"]["goal_progress"] == 150.0
    reached = taken["tiktok/alice/goal_reached"]
    assert (reached["event_type"], reached["goal"], reached["diamonds"]) == ("goal_reached", 10, 15)
    rig.room.on_event(gift(3, 3))
    rig.room.flush(200.0)
    assert "tiktok/alice/goal_reached" not in rig.take()
