"""The program with a real broker: feed, commands, metrics, restarts."""

import socket
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

import orjson
import pytest
import requests
import websocket
from prometheus_client.parser import text_string_to_metric_families

from tests.daemon import command, running, tree
from tests.helpers import until
from tests.mqtt import Listener, Mosquitto
from tests.web.rig import Stream, Web, event, serving, web_settings
from tiktok2mqtt.simulator import Simulator
from tiktok2mqtt.web import metrics
from tiktok2mqtt.web.feed import MAX_QUEUE


def test_an_event_reaches_the_feed(web: Web, daemon: Listener, base: str) -> None:
    stream = Stream(web, "/events?room=alice&only=gift,chat")
    other = Stream(web, "/events?room=bob")
    until(lambda: stream.messages)
    daemon.publish(f"{base}/alice/gift", event("gift", 1))
    daemon.publish(f"{base}/alice/follow", event("follow", 2))
    daemon.publish(f"{base}/alice/chat", event("chat", 3, comment="line\nbreak\r\nand \u2028 more"))
    until(lambda: len(stream.ids()) == 2)
    assert stream.ids() == ["gift1", "chat3"]
    assert stream.events()[1]["comment"] == "line\nbreak\r\nand \u2028 more"
    assert other.ids() == []
    stream.close()
    other.close()


def test_a_websocket_gets_the_same(web: Web, daemon: Listener, base: str) -> None:
    url = web.url.replace("http", "ws") + "/events?room=alice"
    client = websocket.create_connection(url, timeout=20, suppress_origin=True)
    daemon.publish(f"{base}/alice/gift", event("gift", 1))
    assert orjson.loads(client.recv())["id"] == "gift1"
    client.close()
    until(lambda: "tiktok2mqtt_web_clients 0.0" in web.get("/metrics").text)


def test_last_event_id(web: Web, daemon: Listener, base: str) -> None:
    stream = Stream(web, "/events")
    until(lambda: stream.messages)
    for number in range(3):
        daemon.publish(f"{base}/alice/gift", event("gift", number))
    until(lambda: len(stream.ids()) == 3)
    first = next(last_id for name, last_id, _ in stream.messages if name == "message")
    stream.close()
    again = Stream(web, "/events", **{"Last-Event-ID": str(first)})
    until(lambda: len(again.ids()) == 2)
    assert again.ids() == ["gift1", "gift2"]
    again.close()


def test_nothing_is_missed_or_doubled_across_restarts_of_web_and_broker(tmp_path: Path, base: str) -> None:
    with Mosquitto(tmp_path, "persistence true", f"persistence_location {tmp_path}/", "autosave_interval 1") as broker:
        web = Web(web_settings(broker.port, base))
        web.start()
        stream = Stream(web, "/events")
        until(lambda: stream.messages)
        received: list[str] = []
        with Listener(broker.port, [f"{base}/none"]) as daemon:
            daemon.publish(f"{base}/alice/gift", event("gift", 1))
            until(lambda: stream.ids() == ["gift1"])
            last_id = stream.messages[-1][1]
            web.stop()
            until(lambda: stream.ended)
            received += stream.ids()
            # While it is away. The second one comes again, as after a lost acknowledgement.
            for number in (2, 3, 3):
                daemon.publish(f"{base}/alice/gift", event("gift", number))
        web.start()
        until(lambda: web.rooms() == ["alice"])
        stream = Stream(web, "/events", **{"Last-Event-ID": str(last_id)})
        until(lambda: len(stream.ids()) == 2)
        broker.stop()
        until(lambda: web.get("/readyz").status_code == 503)
        broker.start()
        until(lambda: web.get("/readyz").ok)
        with Listener(broker.port, [f"{base}/none"]) as daemon:
            daemon.publish(f"{base}/alice/gift", event("gift", 4))
        until(lambda: "gift4" in stream.ids())
        received += stream.ids()
        stream.close()
        web.stop()
    assert received == ["gift1", "gift2", "gift3", "gift4"]


def has_more_than(stream: Stream, count: int) -> bool:
    return len(stream.messages) > count


def accepts_a_client(web: Web) -> bool:
    stream = Stream(web, "/events")
    stream.close()
    return stream.response.ok


def test_a_client_that_reads_nothing_is_dropped(web: Web, daemon: Listener, base: str) -> None:
    with socket.create_connection(("127.0.0.1", web.settings.web.port)) as lazy:
        lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        lazy.sendall(b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        quick = Stream(web, "/events")
        until(lambda: quick.messages)
        text = "x" * 5_000
        for number in range(2 * MAX_QUEUE):
            daemon.send(f"{base}/alice/chat", event("chat", number, comment=text))
            if number % 100 == 99:
                until(partial(has_more_than, quick, number - 200))
        until(lambda: "tiktok2mqtt_web_slow_clients_total 1.0" in web.get("/metrics").text)
        until(lambda: f"chat{2 * MAX_QUEUE - 1}" in quick.ids())
        quick.close()


def test_commands_of_a_real_daemon(mosquitto: Mosquitto, sim: Simulator) -> None:
    sim.room("alice").go_live()
    settings = tree(sim, mosquitto.port)
    with (
        running(settings) as daemon,
        serving(web_settings(mosquitto.port, settings["mqtt"]["base_topic"])) as web,
    ):
        daemon.wait_until_online()
        until(lambda: web.rooms() == ["alice"])
        assert web.command({"command": "add", "room": "@Bob"})["data"]["room"] == "bob"
        until(lambda: web.rooms() == ["alice", "bob"])
        assert web.command({"command": "disconnect", "room": "bob"})["data"]["watch"] is False
        assert web.command({"command": "connect", "room": "bob"})["data"]["watch"] is True
        assert web.command({"command": "reconnect", "room": "bob"})["status"] == "ok"
        refused = web.command({"command": "remove", "room": "alice"})
        assert (refused["status"], "setting rooms" in refused["error"]) == ("error", True)
        assert web.command({"command": "remove", "room": "bob"})["status"] == "ok"
        until(lambda: web.rooms() == ["alice"])
        assert web.command({"command": "goal", "room": "alice", "goal": 500})["status"] == "ok"
        daemon.event("state", goal=500)
        stream = Stream(web, "/events?room=alice&only=gift")
        until(lambda: stream.messages)
        assert web.command({"command": "simulate", "room": "alice", "event": "gift"})["status"] == "ok"
        until(stream.events)
        assert stream.events()[0]["source"] == "simulated"
        stream.close()


@pytest.mark.parametrize(
    "body",
    [
        {"command": "shutdown"},
        {"command": "add", "room": "x", "bridge": "../other"},
        {"command": "goal", "room": "alice", "goal": -1},
        {"command": "goal", "room": "alice", "goal": True},
        {"command": ["add"]},
        {},
    ],
)
def test_commands_that_do_not_exist(web: Web, body: dict[str, object]) -> None:
    csrf = web.get("/api/session").json()["csrf"]
    answer = web.post("/api/command", json=body, headers={"X-CSRF-Token": csrf})
    assert answer.status_code == 400
    assert answer.json()["status"] == "error"


def test_the_goal_of_a_made_up_topic_is_refused(web: Web, daemon: Listener, base: str) -> None:
    assert web.command({"command": "goal", "room": "a/b", "goal": 5})["error"] == "this is not the name of a room"
    assert [one.topic for one in daemon.messages if one.topic.startswith(f"{base}/a/")] == []


def test_the_ignore_list_is_retained_and_kept_from_overlays(web: Web, daemon: Listener, base: str) -> None:
    csrf = web.get("/api/session").json()["csrf"]
    body = {"people": ["@Bot"], "words": ["spam"], "host": False}
    assert web.post("/api/ignore", json=body, headers={"X-CSRF-Token": csrf}).json()["status"] == "ok"
    until(lambda: web.get("/api/session").json()["ignored"]["people"] == ["bot"])
    overlay, program = Stream(web, "/events?room=alice&all=0"), Stream(web, "/events?room=alice")
    until(lambda: overlay.messages and program.messages)
    daemon.publish(f"{base}/alice/chat", event("chat", 1, unique_id="bot"))
    daemon.publish(f"{base}/alice/chat", event("chat", 2, comment="SPAM"))
    daemon.publish(f"{base}/alice/chat", event("chat", 3, comment="hello"))
    until(lambda: "chat3" in overlay.ids() and "chat3" in program.ids())
    assert (overlay.ids(), program.ids()) == (["chat3"], ["chat1", "chat2", "chat3"])
    overlay.close()
    program.close()
    with Listener(web.settings.mqtt.port, [f"{base}/bridge/ignore"]) as late:
        assert late.wait(f"{base}/bridge/ignore").retain


def test_the_dashboard_gets_a_picture_and_then_what_changes(web: Web, daemon: Listener, base: str) -> None:
    daemon.publish(f"{base}/alice/state", b'{"live":true,"viewers":5,"session_id":"1"}', retain=True)
    until(lambda: web.rooms() == ["alice"])
    stream = Stream(web, "/api/stream?room=alice")
    until(lambda: stream.messages)
    first = stream.messages[0][2]
    assert first["first"] is True
    assert first["rooms"][0]["state"]["viewers"] == 5
    daemon.publish(f"{base}/alice/gift", event("gift", 1, count=1, delta=1, diamonds=5, gift={"name": "Rose"}))
    until(lambda: any(batch["events"] for _, _, batch in stream.messages[1:]))
    batch = next(batch for _, _, batch in stream.messages[1:] if batch["events"])
    assert batch["events"][0]["gift"] == "Rose"
    assert batch["detail"]["gifters"][0]["diamonds"] == 5
    stream.close()
    # An event of a retained topic is no news.
    daemon.publish(f"{base}/alice/state", b"", retain=True)


def test_a_flood_reaches_the_dashboard_in_batches(web: Web, daemon: Listener, base: str) -> None:
    stream = Stream(web, "/api/stream?room=alice")
    until(lambda: stream.messages)
    began = time.monotonic()
    for number in range(2_000):
        daemon.send(f"{base}/alice/like", event("like", number))
    daemon.publish(f"{base}/alice/gift", event("gift", 1))
    batches = [batch for _, _, batch in stream.messages[1:]]
    until(lambda: "gift1" in {one["id"] for _, _, batch in stream.messages for one in batch["events"]})
    batches = [batch for _, _, batch in list(stream.messages)[1:]]
    assert len(batches) <= (time.monotonic() - began) / 0.25 + 2
    assert all(len(batch["events"]) <= 50 for batch in batches)
    assert sum(len(batch["events"]) + batch["skipped"] for batch in batches) == 2_001
    stream.close()


def test_there_are_at_most_as_many_clients_as_set(mosquitto: Mosquitto, base: str) -> None:
    with serving(web_settings(mosquitto.port, base, max_clients=1)) as web:
        stream = Stream(web, "/events")
        until(lambda: stream.messages)
        assert web.get("/events").status_code == web.get("/api/stream").status_code == 503
        stream.close()
        until(partial(accepts_a_client, web))


def test_metrics(web: Web, daemon: Listener, base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "MAX_LABELLED_ROOMS", 2)
    health = {"rss_bytes": 5, "queue": {"state": 1, "priority": 2}, "dropped": 3, "decode_errors": 4, "events": 9}
    daemon.publish(f"{base}/bridge/rooms", b'{"rooms":[]}')
    daemon.publish(f"{base}/bridge/state", b'{"state":"online"}')
    daemon.publish(f"{base}/bridge/health", orjson.dumps(health))
    for number, room in enumerate(("alice", "bob", "carol", "dave")):
        daemon.publish(f"{base}/{room}/state", orjson.dumps({"live": number == 0, "viewers": 7, "diamonds": 1}))
        daemon.publish(f"{base}/{room}/gift", event("gift", number))
    until(lambda: len(web.rooms()) == 4)
    until(lambda: "round_trip" in web.get("/metrics").text)
    values = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(web.get("/metrics").text)
        for sample in family.samples
    }
    assert values["tiktok2mqtt_room_live", "alice"] == 1
    assert ("tiktok2mqtt_room_live", "carol") not in values
    assert values["tiktok2mqtt_events_total", "gift", "other"] == 2
    assert values["tiktok2mqtt_outbox_messages", "bridge", "priority"] == 2
    assert values["tiktok2mqtt_dropped_messages_total", "bridge"] == 3
    assert values["tiktok2mqtt_web_broker_connected",] == 1
    assert values["tiktok2mqtt_web_broker_round_trip_seconds",] >= 0


def test_without_a_broker_it_says_so(base: str) -> None:
    web = Web(web_settings(1, base))
    web.start(wait=False)
    try:
        assert web.get("/healthz").ok
        assert web.get("/readyz").status_code == 503
        assert web.command({"command": "list"})["error"] == "not connected to the broker"
    finally:
        web.stop()


@pytest.mark.parametrize("query", ["room=alice", "room=alice&documents=1"])
def test_it_stops_with_clients_and_clients_go_without_an_error(
    mosquitto: Mosquitto, base: str, caplog: pytest.LogCaptureFixture, query: str
) -> None:
    with serving(web_settings(mosquitto.port, base)) as web:
        url = web.url.replace("http", "ws") + "/events?" + query
        gone = websocket.create_connection(url, timeout=20, suppress_origin=True)
        streams = [Stream(web, "/events"), Stream(web, "/api/stream")]
        sockets = [websocket.create_connection(url, timeout=20, suppress_origin=True) for _ in range(2)]
        until(lambda: all(one.messages for one in streams))
        assert gone.sock is not None
        gone.sock.close()
        until(lambda: "tiktok2mqtt_web_clients 4.0" in web.get("/metrics").text)
        began = time.monotonic()
        web.stop()
        assert time.monotonic() - began < 5
    for one in sockets:
        one.close()
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []


def test_a_gift_survives_a_kill(mosquitto: Mosquitto, base: str, daemon: Listener, tmp_path: Path) -> None:
    settings = web_settings(mosquitto.port, base)
    mqtt: dict[str, object] = {"host": "127.0.0.1", "port": mosquitto.port, "base_topic": base}
    tree_of = {"mqtt": mqtt, "web": {"port": settings.web.port, "client_id": settings.web.client_id}}
    web = Web(settings)
    with command("web", settings=tree_of, folder=tmp_path) as process:
        until(lambda: answers(web))
        daemon.publish(f"{base}/alice/gift", event("gift", 1))
        until(lambda: web.rooms() == ["alice"])
        process.kill()
        process.wait(10)
    daemon.publish(f"{base}/alice/gift", event("gift", 2))
    with command("web", settings=tree_of, folder=tmp_path) as process:
        until(lambda: answers(web))
        stream = Stream(web, "/events?replay=60")
        until(lambda: "gift2" in stream.ids())
        stream.close()
        process.terminate()
        assert process.wait(10) == 0


def answers(web: Web) -> bool:
    with suppress(requests.ConnectionError):
        return web.get("/readyz").ok
    return False
