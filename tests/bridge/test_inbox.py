"""Whatever arrives from the broker: floods, altered retained messages, any topic."""

import copy
import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bridge.doubles import FakeConnection, event, gift
from tiktok2mqtt.bridge.commands import COMMANDS, MAX_REQUEST_BYTES, RateLimit
from tiktok2mqtt.bridge.control_loop import MAX_WAITING_JOBS, ControlLoop, Job
from tiktok2mqtt.bridge.dispatch import Dispatcher, Refusals
from tiktok2mqtt.bridge.homeassistant.discovery_publisher import DiscoveryPublisher
from tiktok2mqtt.bridge.inbox import MAX_RETAINED_BYTES, REFUSALS_ANSWERED_PER_S, Inbox
from tiktok2mqtt.bridge.mqtt.outbox import Message
from tiktok2mqtt.bridge.mqtt.policies import QueueClass, effective_policies
from tiktok2mqtt.bridge.mqtt.publisher import MAX_RESPONSE_BYTES, Publisher
from tiktok2mqtt.bridge.room import Room
from tiktok2mqtt.bridge.room_state import LiveInfo
from tiktok2mqtt.bridge.rooms import RoomTable
from tiktok2mqtt.bridge.rooms_file import RoomsFile
from tiktok2mqtt.common.topics import COMMANDS as ALL_COMMANDS
from tiktok2mqtt.common.topics import Topics
from tiktok2mqtt.settings import HomeAssistantSettings

PER_MINUTE = 60
TOO_MANY = "too many commands in a minute; the limit is the setting commands_per_minute"
RESPONSES = {f"tiktok/bridge/response/{command}" for command in (*COMMANDS, "error")}


class Actions:
    """The bridge's own commands; none of them is reached in these tests."""

    def health(self) -> dict[str, Any]:
        return {}

    def room_info(self, name: str) -> dict[str, Any]:
        raise AssertionError(name)

    def set_log_level(self, level: str) -> dict[str, Any]:
        raise AssertionError(level)

    def restart(self) -> dict[str, Any]:
        raise AssertionError

    def simulate(self, room: Room, event: str, data: dict[str, Any], *, count_in_totals: bool) -> list[dict[str, Any]]:
        raise AssertionError(room, event, data, count_in_totals)


class StrictLoop(ControlLoop):
    """A loop that hides no error."""

    def attempt(self, _name: str, action: Job) -> None:
        action()


class Rig:
    """An inbox with all that its messages act on, and the room alice. `turn` does the work of the control thread."""

    def __init__(self, commands_per_minute: int = PER_MINUTE) -> None:
        self.now = 1_000.0
        self.sent: list[Message] = []
        topics, policies = Topics(), effective_policies([], [], [])
        self.publisher = Publisher(topics, policies, self.sent.append)
        self.rooms = RoomTable(
            self._make_room, lambda _room: None, max_rooms=5, allowed=[], bridge_segment="bridge", store=RoomsFile(None)
        )
        self.rooms.load(["alice"])
        self.loop = StrictLoop()
        refusals = Refusals(lambda: self.now)
        self.dispatcher = Dispatcher(self.rooms, Actions(), self.publisher.response, refusals, ALL_COMMANDS)
        self.discovery = DiscoveryPublisher(topics, self.publisher, HomeAssistantSettings(), "1.2.3")
        limit = RateLimit(commands_per_minute)
        self.inbox = Inbox(
            topics, self.loop, self.dispatcher, self.discovery, self.rooms, limit, refusals, lambda: self.now
        )
        self.sent.clear()

    def _make_room(self, name: str, from_settings: bool) -> Room:
        room = Room(name, self.publisher, lambda _room: None, from_settings=from_settings)
        room.connection = FakeConnection()
        return room

    @property
    def room(self) -> Room:
        return self.rooms.get("alice")

    def request(self, command: str, payload: bytes = b"", *, retained: bool = False) -> None:
        self.inbox.receive(f"tiktok/bridge/request/{command}", payload, retained)

    def turn(self) -> list[tuple[str, Any]]:
        """Run all jobs; return what was published since the last turn."""
        self.loop.put(lambda: None)
        while self.loop.waiting:
            self.loop.run_jobs()
        self.dispatcher.report_refusals()
        sent = [(message.topic, orjson.loads(message.payload)) for message in self.sent]
        self.sent.clear()
        return sent


@pytest.fixture
def rig() -> Rig:
    return Rig()


def test_too_many_commands_in_a_minute_are_refused_with_a_response() -> None:
    rig = Rig(commands_per_minute=3)
    answers: list[Any] = []
    for second in (0, 1, 2, 3, 60):
        rig.now = 1_000.0 + second
        rig.request("list", orjson.dumps({"transaction": second}))
        answers += rig.turn()
    assert [answer["status"] for _, answer in answers] == ["ok", "ok", "ok", "error", "ok"]
    error = {"status": "error", "data": {}, "error": TOO_MANY, "transaction": 3}
    assert answers[3] == ("tiktok/bridge/response/list", error)


def test_invalid_commands_and_settings_count_towards_the_limit(caplog: pytest.LogCaptureFixture) -> None:
    rig = Rig(commands_per_minute=3)
    rig.request("nonsense")
    rig.request("add", b"{")
    rig.inbox.receive("tiktok/alice/set", b"?", retained=False)
    rig.inbox.receive("tiktok/alice/set", b"OFF", retained=False)
    assert len(rig.turn()) == 2
    assert rig.room.connection.enabled
    rig.now += 1.0
    rig.dispatcher.report_refusals()
    assert caplog.messages[0] == f"refused the command on tiktok/alice/set: {TOO_MANY}"
    assert caplog.messages[1].startswith("refused 3 commands, the last one on tiktok/alice/set: set accepts ON or OFF")


def test_a_flood_of_commands_costs_a_bounded_number_of_jobs_responses_and_log_lines(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    """8,000 commands a second for 3 seconds, of which 60 are allowed."""
    published: list[tuple[str, Any]] = []
    for _second in range(3):
        for number in range(8_000):
            rig.request("list" if number % 2 else "x" * 200, b'{"transaction": "x1"}')
            rig.now += 1 / 8_000
        assert rig.loop.waiting <= PER_MINUTE + 2 * REFUSALS_ANSWERED_PER_S
        for message in rig.sent:
            # Not on disk, and dropped first if the broker is away.
            assert message.queue_class is QueueClass.STREAMING
        published += rig.turn()
    assert {topic for topic, _ in published} == {"tiktok/bridge/response/list", "tiktok/bridge/response/error"}
    summaries = [answer for _, answer in published if "requests" in answer["data"]]
    answered = len(published) - len(summaries)
    assert PER_MINUTE < answered <= PER_MINUTE + 4 * REFUSALS_ANSWERED_PER_S
    assert sum(summary["data"]["requests"] for summary in summaries) == 24_000 - answered
    assert len(summaries) <= 3
    assert summaries[0]["error"].endswith(" requests got no response: there were too many")
    assert len(caplog.messages) <= 4


def test_commands_are_refused_without_a_job_while_too_many_jobs_are_waiting(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(MAX_WAITING_JOBS + 1):
        rig.loop.put(lambda: None)
    for _ in range(5):
        rig.request("list")
    assert rig.loop.waiting == MAX_WAITING_JOBS + 1
    assert caplog.messages == ["refused the command on tiktok/bridge/request/list: too many commands are waiting"]
    [(topic, summary)] = rig.turn()
    assert (topic, summary["data"]) == ("tiktok/bridge/response/error", {"requests": 5})


def test_a_command_that_waits_takes_little_memory(rig: Rig) -> None:
    received = rig.inbox._command("tiktok/bridge/request/" + "x" * 65_000, b"x" * 1_000_000)
    assert received is not None
    assert len(received.payload) == MAX_REQUEST_BYTES + 1
    assert len(received.topic) + len(received.address.subtopic) < 300
    rig.inbox.receive("tiktok/bridge/request/" + "x" * 65_000, b"x" * 1_000_000, retained=False)
    [(topic, answer)] = rig.turn()
    assert topic == "tiktok/bridge/response/error"
    assert answer["error"].startswith("unknown command 'xxx")


def test_retained_commands_are_ignored(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    rig.request("add", b"bob", retained=True)
    rig.inbox.receive("tiktok/alice/set", b"OFF", retained=True)
    rig.inbox.receive("tiktok/alice/goal/set", b"100", retained=True)
    assert rig.turn() == []
    assert caplog.messages == [
        "refused the command on tiktok/bridge/request/add: it is retained; publish it without retain"
    ]
    assert ([room.name for room in rig.rooms], rig.room.connection.enabled) == (["alice"], True)
    # They do not count towards the limit of commands either.
    for _ in range(PER_MINUTE):
        rig.request("add", b"bob", retained=True)
    rig.request("list")
    assert [answer["status"] for _, answer in rig.turn()] == ["ok"]


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("tiktok/bridge/set", b"ON"),
        ("tiktok/bridge/response/list", b"{}"),
        ("elsewhere/alice/set", b"ON"),
        ("", b"ON"),
        ("tiktok/alice/set", b""),
        ("tiktok/alice/goal/set", b""),
        ("tiktok/alice/gift", b"{}"),
        ("tiktok/alice/goal/other", b"5"),
        ("tiktok/alice/raw/set", b"5"),
    ],
)
def test_other_messages_are_no_commands(rig: Rig, caplog: pytest.LogCaptureFixture, topic: str, payload: bytes) -> None:
    rig.inbox.receive(topic, payload, retained=False)
    assert not rig.loop.waiting
    assert caplog.messages == []


def encoded(value: Any) -> bytes:
    return json.dumps(value).encode()


LEVELS = st.text(max_size=8) | st.sampled_from(["+", "#", "x" * 65_535, "..", "alice", "error", "\0", *COMMANDS])
TOPICS = st.sampled_from(
    ["tiktok/bridge/request/{}", "tiktok/{}/set", "tiktok/{}/goal/set", "tiktok/{}/goal", "tiktok/{}/state", "{}"]
)
VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
JSON = st.recursive(
    VALUES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
)
ROOM = st.sampled_from(["alice", "bob", "BOB", "a/b", 7])
REQUESTS = st.fixed_dictionaries({}, optional={"room": ROOM, "offset": JSON, "transaction": JSON})


@given(TOPICS, LEVELS, st.binary(max_size=64) | (JSON | REQUESTS).map(encoded))
@pytest.mark.unmeasured
def test_no_topic_is_made_from_what_was_received(pattern: str, level: str, payload: bytes) -> None:
    rig = Rig()
    for retained in (False, True):
        rig.inbox.receive(pattern.format(level), payload, retained)
    for topic, document in rig.turn():
        assert topic in RESPONSES
        assert len(orjson.dumps(document)) <= MAX_RESPONSE_BYTES


# --- retained documents that were altered ---

SESSION = "7400000000000000001"


def saved_state() -> dict[str, Any]:
    """Return the `state` document of a LIVE as an earlier run has retained it."""
    room = Rig().room
    room.begin_session(SESSION, LiveInfo("Cooking", "2026-01-02T03:04:05.678Z", viewers=7, likes=100), None)
    for one in (gift(3, 3), event("chat", comment="hi"), event("follow", follower_count=1001), event("share")):
        room.on_event(one | {"session_id": SESSION})
    return room.state_document() | {"live": True, "watch": True}


SAVED = saved_state()
PATHS = [(key,) for key in SAVED] + [
    (key, inner) for key, value in SAVED.items() if isinstance(value, dict) for inner in value
]


def altered(path: tuple[str, ...], value: Any) -> dict[str, Any]:
    """Return the saved document with another value at one place; without the key for `...`."""
    document: dict[str, Any] = copy.deepcopy(SAVED)
    *outer, last = path
    inner = document[outer[0]] if outer else document
    if value is ...:
        del inner[last]
    else:
        inner[last] = value
    return document


ALTERED = st.builds(altered, st.sampled_from(PATHS), JSON | st.just(...))


def live_through(rig: Rig) -> dict[str, Any]:
    """Let alice go on with the LIVE, and with another one; return the summary of the first."""
    room = rig.room
    for session in (SESSION, "7400000000000000002"):
        room.begin_session(session, LiveInfo(viewers=1), None)
        for one in (gift(1, 1), event("like", like_count=1, total_like_count=1), event("room_user", viewer_count=3)):
            room.on_event(one | {"session_id": session})
        for one in (event("chat", comment="hi"), event("follow", follower_count=None), event("share")):
            room.on_event(one | {"session_id": session})
    assert (room.state_document()["gifts"], room.state_document()["diamonds"]) == (1, 5)
    room.flush(0.0)
    return next(orjson.loads(one.payload) for one in rig.sent if one.topic == "tiktok/alice/summary")


def test_a_retained_state_is_restored(rig: Rig) -> None:
    rig.inbox.receive("tiktok/alice/state", encoded(SAVED), retained=True)
    rig.turn()
    restored = rig.room.state_document()
    own = {"live", "watch", "viewers", "followers", "goal", "goal_progress"}
    assert {key: restored[key] for key in SAVED.keys() - own} == {key: SAVED[key] for key in SAVED.keys() - own}
    assert live_through(rig)["gifts"] == 4


def discovery_message(components: Any) -> bytes:
    return encoded({"origin": {"name": "tiktok2mqtt"}, "components": components})


@given((JSON | ALTERED).map(encoded) | st.binary(max_size=64))
@pytest.mark.unmeasured
def test_an_altered_retained_state_raises_nothing_and_corrupts_nothing(payload: bytes) -> None:
    """Whatever is retained there, the counters stay counters, and the LIVE that follows is counted from 0."""
    rig = Rig()
    rig.inbox.receive("tiktok/alice/state", payload, retained=True)
    rig.turn()
    before = rig.room.state_document()
    assert before.keys() == SAVED.keys()
    summary = live_through(rig)
    for key, value in SAVED.items():
        if type(value) is int and key not in {"viewers", "followers"}:
            number = before[key] or 0
            assert type(number) is int
            assert 0 <= number <= 10**15
    for key in ("title", "started_at", "session_id"):
        assert before[key] is None or type(before[key]) is str
    for key in ("last_gift", "last_gifter", "top_gifter", "last_follower", "last_comment"):
        assert before[key] is None or before[key].keys() == SAVED[key].keys()
    assert summary["gifts"] == before["gifts"] + 1


@given(JSON.map(encoded) | JSON.map(discovery_message))
@pytest.mark.unmeasured
def test_an_altered_retained_discovery_or_goal_raises_nothing(payload: bytes) -> None:
    rig = Rig()
    for topic in (
        "tiktok/alice/goal",
        "homeassistant/device/tiktok_alice/config",
        "homeassistant/device/tiktok-alice/config",
        "homeassistant/sensor/tiktok_alice/likes/config",
        "homeassistant/sensor/other/likes/config",
    ):
        rig.inbox.receive(topic, payload, retained=True)
    rig.turn()
    rig.discovery.publish_all(["alice"], rig.now)
    rig.discovery.publish_all(["alice"], rig.now)


def test_a_retained_message_that_is_too_long_is_ignored(rig: Rig) -> None:
    rig.inbox.receive("tiktok/alice/state", b"x" * (MAX_RETAINED_BYTES + 1), retained=True)
    assert not rig.loop.waiting


def test_a_flood_of_birth_messages_is_one_job_and_the_last_one_counts(rig: Rig) -> None:
    rig.discovery.publish_all(["alice"], rig.now)
    for _ in range(2):
        for _ in range(10_000):
            rig.inbox.receive("homeassistant/status", b"online", False)
        assert rig.loop.waiting == 1
        rig.turn()
        assert rig.discovery.is_due(rig.now + 20.0)
        rig.discovery.publish_all(["alice"], rig.now + 20.0)
        assert not rig.discovery.is_due(rig.now + 1_000.0)
        rig.now += 100.0
