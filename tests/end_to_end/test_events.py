"""Every event, from the simulator to an MQTT subscriber."""

import re
from dataclasses import replace
from typing import Any

import orjson
import pytest

from tests.daemon import Daemon, retained, running, tree
from tests.mqtt import Broker, Received, keeps_qos
from tiktok2mqtt.simulator import Gift, Room, Simulator, Viewer
from tiktok2mqtt.webcast.events.fields import COMMON_KEYS
from tiktok2mqtt.webcast.events.rows import REGISTRY
from tiktok2mqtt.webcast.events.users import WHO

# For each event its QoS.
EVENTS = {
    **dict.fromkeys(("gift", "follow", "share", "question_new", "stream_end", "connected", "disconnected"), 1),
    **dict.fromkeys(("chat", "member", "gift_streak", "like", "room_user", "social", "control"), 0),
}


def send_all_events(room: Room) -> None:
    room.chat("bob", "hello")
    room.member("bob")
    room.gift("bob", "Rose", 3)
    room.like("bob", 15)
    room.room_user(40)
    room.follow("carol")
    room.share("carol")
    room.question("dave", "why?")
    room.end()


def test_every_event_has_its_topic_keys_and_qos(joined: Room, daemon: Daemon, broker: Broker) -> None:
    room_id = str(joined.state.room_id)
    send_all_events(joined)
    daemon.received("disconnected")
    for name, qos in EVENTS.items():
        message = daemon.received(name)
        event = message.json
        fields = REGISTRY.rows[name].all_fields
        assert {field.key for field in fields if not field.optional} <= event.keys() - set(COMMON_KEYS), name
        assert event.keys() <= {*COMMON_KEYS, *(field.key for field in fields)}, name
        assert tuple(event)[: len(COMMON_KEYS)] == COMMON_KEYS
        assert (event["v"], event["event_type"], event["room"], event["source"]) == (1, name, "alice", "direct")
        assert (event["room_id"], event["session_id"]) == (room_id, room_id)
        assert (event["replayed"], event["late"], event["delayed"]) == (False, False, False)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", event["ts"])
        if keeps_qos(broker):
            assert message.qos == qos, name
    kept = {message.topic.rpartition("/")[2] for message in retained(broker.port, daemon.topics)}
    assert not kept & EVENTS.keys()


def test_the_content_of_events(joined: Room, daemon: Daemon) -> None:
    send_all_events(joined)
    bob = Viewer.named("bob")
    chat = daemon.event("chat")
    assert chat["comment"] == "hello"
    assert (chat["user_id"], chat["unique_id"], chat["nickname"]) == (str(bob.user_id), "bob", "Bob")
    assert (chat["profile_picture_url"], chat["gifter_level"]) == (bob.picture_url, bob.gifter_level)
    assert daemon.event("member")["viewer_count"] == 13
    assert (daemon.event("like")["like_count"], daemon.event("like")["total_like_count"]) == (15, 15)
    assert daemon.event("room_user")["viewer_count"] == 40
    assert daemon.event("room_user")["top_viewers"][0]["unique_id"] == "bob"
    assert daemon.event("follow")["unique_id"] == "carol"
    assert daemon.event("share")["share_count"] == 1
    assert daemon.event("question_new")["question_text"] == "why?"
    assert daemon.event("stream_end")["reason"] == "ended"
    assert daemon.event("connected")["title"] == "Cooking"
    assert daemon.event("disconnected")["code"] == "ended"
    social = [message.json["display_type"] for message in daemon.listener.on(daemon.topics.room("alice", "social"))]
    assert social == ["pm_main_follow_message_viewer_2", "pm_mt_guidance_share"]


@pytest.mark.parametrize("text", ["", "🦆" * 500, '","delayed":false,"x":"', "#/+ {{ value }}", "\u202bא\u202c\n"])
def test_a_comment_is_never_interpreted(joined: Room, daemon: Daemon, text: str) -> None:
    joined.chat("bob", text)
    assert daemon.event("chat")["comment"] == (text or None)
    assert not daemon.event("chat")["delayed"]


def test_masked_users_are_null(joined: Room, daemon: Daemon) -> None:
    joined.chat(Viewer("", "", 0), "who am I?")
    event = daemon.event("chat")
    assert [event[field.key] for field in WHO] == [None, None, None, None]


def summary(message: Received) -> tuple[Any, ...]:
    event = message.json
    return event["gift"]["name"], event["count"], event["delta"], event["diamonds"], event.get("closed_by")


def test_gifts_are_published_once_and_streaks_while_they_run(joined: Room, daemon: Daemon) -> None:
    joined.gift("bob", "Rose", 3)
    joined.gift("carol", "Galaxy")
    joined.gift_streak("dave", "Perfume", 2)
    joined.end()
    daemon.received("disconnected")
    gifts = [summary(message) for message in daemon.listener.on(daemon.topics.room("alice", "gift"))]
    assert gifts == [
        ("Rose", 3, 3, 3, "end"),
        ("Galaxy", 1, 1, 1000, "end"),
        ("Perfume", 2, 2, 40, "disconnect"),
    ]
    streaks = [summary(message)[:4] for message in daemon.listener.on(daemon.topics.room("alice", "gift_streak"))]
    assert streaks == [
        ("Rose", 1, 1, 1),
        ("Rose", 2, 1, 2),
        ("Rose", 3, 1, 3),
        ("Perfume", 1, 1, 20),
        ("Perfume", 2, 1, 40),
    ]


def test_history_after_a_reconnect_does_not_repeat_gifts(joined: Room, daemon: Daemon) -> None:
    joined.remember(100)
    joined.gift("bob", "Rose", 3)
    joined.drop_socket()
    joined.wait_for_client()
    joined.gift("carol", "Rose")
    daemon.received("gift", unique_id="carol")
    gifts = [message.json["unique_id"] for message in daemon.listener.on(daemon.topics.room("alice", "gift"))]
    assert gifts == ["bob", "carol"]


def test_history_is_marked_as_replayed_and_not_counted(sim: Simulator, room: Room, broker: Broker) -> None:
    room.gift("bob", Gift(99, "Cake", 7), 2)
    room.remember(100)
    with running(tree(sim, broker.port)) as daemon:
        assert daemon.event("gift")["replayed"]
        room.gift("bob", Gift(99, "Cake", 7), 1)
        daemon.received("gift", replayed=False)
        daemon.discovery()
        daemon.stop()
        assert orjson.loads(daemon.retained_payloads()[daemon.topics.room("alice", "state")])["diamonds"] == 7


def test_raw_messages_are_published_as_received(sim: Simulator, room: Room, broker: Broker) -> None:
    with running(tree(sim, broker.port, raw=True)) as daemon:
        room.wait_for_client()
        room.send("WebcastUnheardOfMessage", b"\x0a\x00\xff")
        topic = daemon.topics.raw("alice", "WebcastUnheardOfMessage")
        assert daemon.listener.wait(topic).payload == b"\x0a\x00\xff"
        assert daemon.request("health_check", {})["data"]["unknown_messages_by_type"] == {"WebcastUnheardOfMessage": 1}


def test_control_characters_are_replaced_except_in_raw(sim: Simulator, broker: Broker) -> None:
    hostile, clean = "a\u0000\u001b[2J\u007f\u0085\u202eb\u200d\n", "a  [2J   b\u200d\n"
    room = sim.room("alice")
    room.go_live(title=hostile)
    with running(tree(sim, broker.port, raw=True)) as daemon:
        room.wait_for_client()
        room.chat(replace(Viewer.named("bob"), nickname=hostile), hostile)
        event = daemon.event("chat")
        assert (event["comment"], event["nickname"]) == (clean, clean)
        assert hostile.encode() in daemon.listener.wait(daemon.topics.raw("alice", "WebcastChatMessage")).payload
        room.gift(replace(Viewer.named("bob"), nickname=hostile), Gift(5655, hostile, 1))
        assert daemon.event("gift")["gift"]["name"] == clean
        daemon.discovery()
        daemon.stop()
        documents = daemon.retained_payloads()
    assert orjson.loads(documents[daemon.topics.room("alice", "state")])["title"] == clean
    escaped_or_not = re.compile(rb"\\u00|\x7f|\xc2\x85|\xe2\x80\xae")
    assert [topic for topic, document in documents.items() if escaped_or_not.search(document)] == []


def test_a_bad_field_costs_that_field_and_is_counted(joined: Room, daemon: Daemon) -> None:
    # The text, in field 3, is not UTF-8; the language is in field 14.
    joined.send("WebcastChatMessage", b"\x1a\x03a\xffb" + b"\x72\x02en")
    event = daemon.event("chat")
    assert (event["comment"], event["language"]) == ("a\ufffdb", "en")
    health = daemon.request("health_check", {})["data"]
    assert (health["bad_fields_by_name"], health["decode_errors"]) == ({"WebcastChatMessage.content": 1}, 0)
