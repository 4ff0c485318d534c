from typing import Any

import orjson
import pytest

from tests.web.rig import event
from tiktok2mqtt.common.counts import gift_diamonds
from tiktok2mqtt.web import state as state_module
from tiktok2mqtt.web.ignore import IgnoreList
from tiktok2mqtt.web.live import MAX_GIFTERS, Live
from tiktok2mqtt.web.state import WebState


@pytest.fixture
def state() -> WebState:
    return WebState("tiktok", "bridge")


def apply(state: WebState, topic: str, document: Any, *, retained: bool = False) -> Any:
    payload = document if isinstance(document, bytes) else orjson.dumps(document)
    return state.apply(f"tiktok/{topic}", payload, retained=retained, now=0.0)


def test_rooms_are_known_from_the_list_and_from_their_documents(state: WebState) -> None:
    entry = {"name": "alice", "state": "live", "reason": "connected", "transport": "direct", "since": "x"}
    apply(state, "bridge/rooms", {"rooms": [entry, "no object", {"name": "NOT A NAME"}]})
    apply(state, "bob/state", {"live": True, "viewers": 5})
    assert sorted(state.rooms) == ["alice", "bob"]
    assert state.rooms["alice"].summary()["connection"]["transport"] == "direct"
    assert state.changes() == ({"alice", "bob"}, {"bridge"})
    assert state.changes() == (set(), set())


def test_a_room_whose_name_is_escaped_in_topics_is_one_room(state: WebState) -> None:
    apply(state, "bridge/rooms", {"rooms": [{"name": "café", "state": "live"}]})
    apply(state, "cafXc3Xa9/state", {"live": True, "viewers": 5})
    assert apply(state, "cafXc3Xa9/gift", event("gift", 1))["room"] == "café"
    assert list(state.rooms) == ["café"]


def test_another_bridge_is_known_by_its_list(state: WebState) -> None:
    apply(state, "studio/rooms", {"rooms": [{"name": "carol", "state": "offline"}]})
    apply(state, "studio/state", {"state": "online"})
    assert state.bridges["studio"].online
    assert not state.bridges["bridge"].online
    assert (state.bridge_of("carol"), state.bridge_of("nobody")) == ("studio", "bridge")


def test_an_event_comes_once(state: WebState) -> None:
    assert apply(state, "alice/gift", event("gift", 1))["id"] == "gift1"
    assert apply(state, "alice/gift", event("gift", 1)) is None
    assert apply(state, "alice/gift", event("gift", 2)) is not None
    # The same message is also another event, and there are other rooms.
    assert apply(state, "alice/follow", event("follow", 1)) is not None
    assert apply(state, "bob/gift", event("gift", 1, room="bob")) is not None
    assert state.duplicates == 1


def test_a_retained_event_is_an_old_one(state: WebState) -> None:
    assert apply(state, "alice/gift", event("gift", 1), retained=True) is None


def test_the_topic_says_the_room(state: WebState) -> None:
    assert apply(state, "alice/chat", event("chat", 1, room="bob"))["room"] == "alice"


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("alice/chat", b"no json"),
        ("alice/chat", b"[]"),
        ("alice/chat", event("gift", 1)),
        ("<script>/chat", event("chat", 1)),
        ("alice/chat", b'{"event_type":"chat","comment":"' + b"x" * 100_000 + b'"}'),
        ("bridge/rooms", b'{"rooms":{}}'),
        ("bridge/health", b"\xff"),
        ("alice/state", b"7"),
        ("alice/chat/more", event("chat", 1)),
    ],
)
def test_what_makes_no_sense_is_left_out(state: WebState, topic: str, payload: bytes) -> None:
    assert apply(state, topic, payload) is None


def test_everything_is_bounded(state: WebState, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state_module, "MAX_ROOMS", 10)
    monkeypatch.setattr(state_module, "MAX_BRIDGES", 5)
    monkeypatch.setattr(state_module, "MAX_KNOWN_IDS", 100)
    monkeypatch.setattr(state_module, "MAX_EVENT_TYPES", 20)
    for number in range(300):
        apply(state, f"user{number}/chat", event("chat", number))
        apply(state, f"user1/type{number}", event(f"type{number}", number))
        apply(state, f"b{number}/rooms", {"rooms": []})
        apply(state, "bridge/logging", {"message": "x" * 10})
    assert (len(state.rooms), len(state.bridges), len(state.rooms["user1"].events)) == (10, 5, 21)
    assert len(state._known) == 100
    assert len(state.log) == 300
    assert state.refused > 0


def test_a_removed_room_is_gone(state: WebState) -> None:
    apply(state, "alice/state", {"live": True})
    state.changes()
    apply(state, "bridge/event", {"event_type": "room_removed", "room": "alice"})
    assert state.rooms == {}
    assert state.changes()[0] == {"alice"}


def test_a_deleted_document_is_gone(state: WebState) -> None:
    apply(state, "alice/battle", {"status": "running"})
    apply(state, "alice/battle", b"")
    assert state.rooms["alice"].summary()["battle"] is None


def gift(diamonds: int | None, count: int = 1, delta: int = 1, user: str = "7", **keys: Any) -> dict[str, Any]:
    base: dict[str, Any] = orjson.loads(event("gift", 1, diamonds=diamonds, count=count, delta=delta, user_id=user))
    return base | {"gift": {"name": "Rose"}} | keys


def test_gifters_and_charts_of_a_live() -> None:
    live = Live()
    live.apply(gift(10), 0.0)
    live.apply(gift(30, user="8"), 59.0)
    live.apply(gift(100, user="8", replayed=True), 59.0)
    live.apply(gift(5), 61.0)
    live.set_viewers(12, 62.0)
    document = live.document()
    assert [(one["user_id"], one["diamonds"]) for one in document["gifters"]] == [("8", 30), ("7", 15)]
    assert document["minutes"] == [[0, None, 40], [60, 12, 5]]
    live.apply(gift(1, session_id="2"), 70.0)
    assert len(live.document()["gifts"]) == 1


def test_only_what_is_new_of_a_streak_counts() -> None:
    assert gift_diamonds(gift(50, count=10, delta=4)) == 20
    for broken in (gift(None), gift(5, count=0), gift(5, count=True), gift(-5)):
        assert gift_diamonds(broken) == 0


def test_gifters_are_bounded_and_the_smallest_go() -> None:
    live = Live()
    for number in range(MAX_GIFTERS + 5):
        live.apply(gift(1000 + number, user=str(number)), 0.0)
    assert len(live.gifters) == MAX_GIFTERS
    assert str(MAX_GIFTERS + 4) in live.gifters
    assert "0" not in live.gifters


def test_the_ignore_list() -> None:
    ignored = IgnoreList.from_document({"people": ["@Bot", 7, ""], "words": ["Spam "], "host": True})
    assert ignored.document() == {"people": ["bot"], "words": ["spam"], "host": True}
    assert ignored.matches({"unique_id": "BOT"})
    assert ignored.matches({"unique_id": "bob", "comment": "buy SPAM now"})
    assert ignored.matches({"unique_id": "alice", "room": "alice"})
    assert not ignored.matches({"unique_id": "bob", "comment": "hello", "room": "alice"})
    assert IgnoreList.from_document({"people": "bot", "words": None}) == IgnoreList()
