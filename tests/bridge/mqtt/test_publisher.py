import sys
import tracemalloc

import orjson
import pytest

from tests.bridge.doubles import event
from tiktok2mqtt.bridge.mqtt.outbox import Message, Outbox
from tiktok2mqtt.bridge.mqtt.payloads import encode_event
from tiktok2mqtt.bridge.mqtt.policies import QueueClass, effective_policies
from tiktok2mqtt.bridge.mqtt.publisher import MAX_RESPONSE_BYTES, Publisher
from tiktok2mqtt.common.topics import Topics


def shape(message: Message) -> tuple[str, bytes, int, bool, QueueClass]:
    return message.topic, message.payload, message.qos, message.retain, message.queue_class


def test_an_event_is_json_on_its_own_topic(publisher: Publisher, sent: list[Message]) -> None:
    publisher.event("alice", {"v": 1, "event_type": "chat", "delayed": False, "comment": 'é "quoted" \n'})
    payload = '{"v":1,"event_type":"chat","delayed":false,"comment":"é \\"quoted\\" \\n"}'.encode()
    assert shape(sent[0]) == ("tiktok/alice/chat", payload, 0, False, QueueClass.STREAMING)
    assert sent[0].name == "chat"


def test_an_event_that_is_too_large_is_cut(publisher: Publisher, sent: list[Message]) -> None:
    publisher.event("alice", event("chat", comment="🌹" * 5_000))
    told = orjson.loads(sent[0].payload)
    assert len(sent[0].payload) <= 8_192
    assert told["comment"].endswith("🌹…")
    assert told == event("chat", comment=told["comment"], truncated=True)


@pytest.mark.unmeasured
def test_events_that_wait_for_the_broker_take_little_more_memory_than_their_json() -> None:
    """orjson returns objects with room for some kilobytes more, which sys.getsizeof does not show."""
    outbox = Outbox(streaming_capacity=10_000)
    publisher = Publisher(Topics(), effective_policies([], [], []), outbox.put)
    waiting = event("chat", comment="x" * 600)
    tracemalloc.start()
    try:
        for _ in range(10_000):
            publisher.event("alice", waiting)
        traced, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(outbox) == 10_000
    (message,) = outbox.take(1, qos1_limit=0, now=0.0)
    # The rest is the message's topic, class, time and place in the queue.
    assert traced / 10_000 < sys.getsizeof(message.payload) + 400


def test_a_payload_that_had_to_be_cut_takes_no_more_memory_than_its_size() -> None:
    tracemalloc.start()
    try:
        payload = encode_event(event("chat", comment="x" * 100_000))
        traced, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert traced < sys.getsizeof(payload) + 2_000


@pytest.mark.parametrize(("text", "told"), [("a\ud800b", "a\ufffdb"), ("\0\x1b[2J", "\0\x1b[2J")])
def test_any_text_can_be_published(publisher: Publisher, sent: list[Message], text: str, told: str) -> None:
    publisher.event("alice", event("chat", comment=text))
    publisher.document("tiktok/alice/state", {"title": text})
    publisher.response("add", {"error": text})
    publisher.bridge_event("live_started", "alice", title=text)
    publisher.log({"message": text})
    values = [orjson.loads(message.payload) for message in sent]
    shown = [next(value[key] for key in ("comment", "title", "error", "message") if key in value) for value in values]
    assert shown == [told] * 5


@pytest.mark.parametrize("name", ["gift", "follow", "share", "question_new", "stream_end", "connected"])
def test_priority_events_go_at_qos_1(publisher: Publisher, sent: list[Message], name: str) -> None:
    publisher.event("alice", event(name))
    assert (sent[0].topic, sent[0].qos, sent[0].queue_class) == (f"tiktok/alice/{name}", 1, QueueClass.PRIORITY)


def test_an_event_that_the_settings_exclude_is_not_sent(sent: list[Message]) -> None:
    publisher = Publisher(Topics(), effective_policies(["gift"], [], ["gift"]), sent.append)
    publisher.event("alice", event("chat"))
    assert sent == []
    publisher.event("alice", event("gift"))
    assert sent[0].retain
    assert publisher.retained_events() == ["gift"]


def test_a_document_is_retained_and_replaces_the_one_before(publisher: Publisher, sent: list[Message]) -> None:
    publisher.document("tiktok/alice/state", {"live": None})
    publisher.text("tiktok/alice/cover", b"https://pictures.example/cover")
    assert [shape(message) for message in sent] == [
        ("tiktok/alice/state", b'{"live":null}', 1, True, QueueClass.STATE),
        ("tiktok/alice/cover", b"https://pictures.example/cover", 1, True, QueueClass.STATE),
    ]


def test_bridge_events_are_kept_until_they_are_delivered(publisher: Publisher, sent: list[Message]) -> None:
    publisher.bridge_event("live_started", "alice", session_id="55", title=None)
    started = b'{"event_type":"live_started","room":"alice","session_id":"55","title":null}'
    assert [shape(one) for one in sent] == [("tiktok/bridge/event", started, 1, False, QueueClass.PRIORITY)]


def test_responses_are_acknowledged_but_not_kept_on_disk(publisher: Publisher, sent: list[Message]) -> None:
    publisher.response("add", {"status": "ok"})
    response = ("tiktok/bridge/response/add", b'{"status":"ok"}', 1, False, QueueClass.STREAMING)
    assert [shape(one) for one in sent] == [response]


def test_a_response_that_is_too_large_is_cut(publisher: Publisher, sent: list[Message]) -> None:
    texts = {f"text_{number}": "🌹" * 1_000 for number in range(20)}
    publisher.response("status", {"status": "ok", "data": {"room": "alice", "last": texts}, "transaction": 7})
    assert MAX_RESPONSE_BYTES - 1_000 < len(sent[0].payload) <= MAX_RESPONSE_BYTES
    document = orjson.loads(sent[0].payload)
    assert (document["status"], document["transaction"], document["truncated"]) == ("ok", 7, True)
    assert document["data"]["last"].keys() == texts.keys()


def test_raw_messages_and_log_lines_stream(publisher: Publisher, sent: list[Message]) -> None:
    publisher.raw("alice", "WebcastChatMessage", b"\x0a\x00\xff")
    publisher.log({"level": "info"})
    assert [shape(message) for message in sent] == [
        ("tiktok/alice/raw/WebcastChatMessage", b"\x0a\x00\xff", 0, False, QueueClass.STREAMING),
        ("tiktok/bridge/logging", b'{"level":"info"}', 0, False, QueueClass.STREAMING),
    ]
    assert [message.name for message in sent] == ["raw", "logging"]
