"""Every entity of a room and of the bridge in a real Home Assistant."""

import re
from dataclasses import replace
from typing import Any, Final

import pytest

from tests.daemon import Daemon
from tests.homeassistant.api import HomeAssistant
from tests.homeassistant.device import Device, daemon_settings, running_and_purging
from tests.mqtt import Broker
from tiktok2mqtt import __version__
from tiktok2mqtt.simulator import Room, Simulator, Viewer

# key: (component, category, state, device class, unit, state class)
Expected = tuple[str, str | None, str, str | None, str | None, str | None]
TIME: Final = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00"


def sensor(
    state: str, unit: str | None = None, state_class: str | None = None, device_class: str | None = None
) -> Expected:
    return ("sensor", None, state, device_class, unit, state_class)


def diagnostic(
    state: str, device_class: str | None = None, unit: str | None = None, state_class: str | None = None
) -> Expected:
    return ("sensor", "diagnostic", state, device_class, unit, state_class)


def config(component: str, state: str, unit: str | None = None) -> Expected:
    return (component, "config", state, None, unit, None)


EVENT: Final[Expected] = ("event", None, f"unknown|{TIME}", None, None, None)
ROOM: Final[dict[str, Expected]] = {
    "live": ("binary_sensor", None, "on", "running", None, None),
    "viewers": sensor("40", "viewers", "measurement"),
    "peak_viewers": sensor("50", "viewers", "measurement"),
    "followers": sensor(r"\d+", "followers", "measurement"),
    "likes": sensor("15", "likes", "total"),
    "diamonds": sensor("3", "diamonds", "total"),
    "gifts": sensor("3", "gifts", "total"),
    "comments": sensor("1", "comments", "total"),
    "shares": sensor("1", "shares", "total"),
    "new_followers": sensor("1", "followers", "total"),
    "subscriptions": sensor("0", "subscriptions", "total"),
    "super_fans": sensor("0", "fans", "total"),
    "paused": ("binary_sensor", None, "unknown|on|off", None, None, None),
    "super_fan": EVENT,
    "envelope": EVENT,
    "poll": EVENT,
    "goal_reached": EVENT,
    "battle_score": sensor("unknown", "points", "measurement"),
    "battle_opponent_score": sensor("unknown", "points", "measurement"),
    "battle_winner": sensor("unknown"),
    "battle_ends": sensor("unknown", device_class="timestamp"),
    "gift": EVENT,
    "chat": EVENT,
    "follow": EVENT,
    "share": EVENT,
    "subscription": EVENT,
    "like": EVENT,
    "battle": EVENT,
    "stream": EVENT,
    "last_gift": sensor("Rose"),
    "last_gifter": sensor("Bob"),
    "top_gifter": sensor("Bob"),
    "last_comment": sensor("hello"),
    "last_follower": sensor("Carol"),
    "title": sensor("Cooking"),
    "started_at": sensor(TIME, device_class="timestamp"),
    "cover": ("image", None, TIME, None, None, None),
    "watch": config("switch", "on"),
    "reconnect": config("button", "unknown"),
    "simulate_gift": config("button", "unknown"),
    "goal": config("number", "unknown", "diamonds"),
    "goal_progress": sensor("unknown", "%", "measurement"),
    "connection": diagnostic("live", "enum"),
    "reason": diagnostic("Connected"),
    "next_retry": diagnostic("unknown", "timestamp"),
}
BRIDGE: Final[dict[str, Expected]] = {
    "state": ("binary_sensor", "diagnostic", "on", "connectivity", None, None),
    "version": diagnostic(re.escape(__version__)),
    "rooms": diagnostic("1", None, "rooms", "measurement"),
    "live_rooms": diagnostic("1", None, "rooms", "measurement"),
    "uptime": diagnostic(TIME, "timestamp"),
    "memory": diagnostic(r"\d+", "data_size", "MiB", "measurement"),
    "events": diagnostic(r"\d+", None, "events", "total_increasing"),
    "dropped": diagnostic("0", None, "events", "total_increasing"),
    "decode_errors": diagnostic("0", None, "messages", "total_increasing"),
    "add_room": config("text", "unknown"),
    "log_level": config("select", "info"),
}


def actual(device: Device) -> dict[str, Any]:
    """Return the entities of a device in the form of the tables."""
    states = device.ha.states()
    found: dict[str, Any] = {}
    for key, entry in device.ha.entities(device.id).items():
        state = states[entry["entity_id"]]
        attributes = state["attributes"]
        found[key] = (
            entry["entity_id"].partition(".")[0],
            entry["entity_category"],
            state["state"],
            attributes.get("device_class"),
            attributes.get("unit_of_measurement"),
            attributes.get("state_class"),
        )
    return found


def differences(device: Device, expected: dict[str, Expected]) -> dict[str, Any]:
    """Return what differs from the expected entities; expected states are patterns."""
    found = actual(device)

    def same(key: str) -> bool:
        if key not in found or key not in expected:
            return False
        return bool(
            re.fullmatch(expected[key][2], found[key][2])
            and (*found[key][:2], *found[key][3:]) == (*expected[key][:2], *expected[key][3:])
        )

    return {key: (found.get(key), expected.get(key)) for key in found.keys() | expected.keys() if not same(key)}


def wait_until_expected(device: Device, expected: dict[str, Expected]) -> None:
    """Wait until the entities of a device are as expected."""
    try:
        device.ha.wait_for(lambda: not differences(device, expected), "")
    except AssertionError:
        assert differences(device, expected) == {}


def test_all_entities_of_a_room_and_the_bridge(ha: HomeAssistant, daemon: Daemon, alice: Room) -> None:
    # Before discovery, so that the event entities have no event yet.
    alice.gift("bob", "Rose", 3)
    alice.follow("carol")
    alice.share("bob")
    alice.chat("bob", "hello")
    alice.like("bob", 15)
    alice.room_user(50)
    alice.room_user(40)
    device = Device(ha, daemon).wait(*ROOM)
    wait_until_expected(device, ROOM)
    wait_until_expected(Device(ha, daemon, None), BRIDGE)
    entry = device.entry
    assert entry is not None
    assert entry["name"] == "TikTok alice"
    bridge = Device(ha, daemon, None).entry
    assert bridge is not None
    assert (entry["via_device_id"], bridge["sw_version"]) == (bridge["id"], __version__)
    assert ha.triggers(entry) == {
        ("received", "gift"),
        ("received", "follow"),
        ("started", "live"),
        ("ended", "live"),
    }
    assert device.attributes("last_gifter")["username"] == "bob"
    assert re.fullmatch(TIME, device.attributes("diamonds")["last_reset"])


def test_unknown_values(ha: HomeAssistant, ha_broker: Broker, sim: Simulator) -> None:
    sim.fail_http("/", 500, times=10_000)
    with running_and_purging(daemon_settings(sim, ha_broker)) as daemon:
        device = Device(ha, daemon).wait("live", "viewers", "title", "cover")
        device.wait_state("connection", "degraded")
        states = device.states()
        unknown = ("live", "viewers", "peak_viewers", "followers", "title", "started_at", "last_gift", "cover", "goal")
        assert {key: states[key] for key in unknown} == dict.fromkeys(unknown, "unknown")
        assert "chat" not in states
        entry = ha.entities(device.id)["chat"]
        assert entry["disabled_by"] == "integration"


def test_a_user_that_does_not_exist(ha: HomeAssistant, ha_broker: Broker, sim: Simulator) -> None:
    with running_and_purging(daemon_settings(sim, ha_broker, rooms=("nobody",))) as daemon:
        device = Device(ha, daemon, "nobody").wait("connection")
        device.wait_state("connection", "unknown user")
        entry = device.entry
        assert entry is not None
        assert ha.triggers(entry) == set()


def test_counters_of_a_live_whose_start_is_not_known(device: Device, alice: Room) -> None:
    alice.gift("bob", "Galaxy")
    device.wait_state("diamonds", "1000")
    first = device.attributes("diamonds")["last_reset"]
    alice.end()
    device.wait_state("live", "off")
    alice.go_live()
    alice.state.started_at = 0.0
    alice.wait_for_client()
    alice.gift("bob", "Rose", 20)
    device.wait_state("diamonds", "20")
    assert device.state("started_at") == "unknown"
    # For statistics this is another period: 1,000 and 20 are 1,020.
    assert device.attributes("diamonds")["last_reset"] > first


def test_live_rooms_are_counted_at_once(ha: HomeAssistant, ha_broker: Broker, sim: Simulator, alice: Room) -> None:
    with running_and_purging(daemon_settings(sim, ha_broker, health_interval=3600)) as daemon:
        bridge = Device(ha, daemon, None).wait("live_rooms")
        bridge.wait_state("live_rooms", "1")
        alice.end()
        bridge.wait_state("live_rooms", "0")


def test_event_entities(device: Device, alice: Room) -> None:
    alice.gift("bob", "Rose", 3)
    gift = device.wait_event("gift", "gift", alice)
    assert (gift["nickname"], gift["diamonds"], gift["gift"]["name"]) == ("Bob", 3, "Rose")
    alice.gift("bob", "Money Gun")
    device.wait_event("gift", "gift_medium", alice)
    alice.gift("bob", "Galaxy")
    device.wait_event("gift", "gift_large", alice)
    alice.follow("carol")
    assert device.wait_event("follow", "follow", alice)["unique_id"] == "carol"
    alice.share("carol")
    device.wait_event("share", "share", alice)
    alice.chat("bob", "hello")
    assert device.wait_event("chat", "chat", alice)["comment"] == "hello"
    alice.like("bob", 15, total=2003)
    assert device.wait_event("like", "like_milestone", alice)["milestone"] == 2000
    alice.end()
    device.wait_event("stream", "live_ended", alice)
    device.wait_state("live", "off")
    device.wait_state("viewers", "unknown")
    alice.go_live()
    started = device.wait_event("stream", "live_started", alice)
    assert started["room_url"].endswith("/@alice/live")


def test_a_battle_a_treasure_box_and_a_goal(ha: HomeAssistant, device: Device, alice: Room) -> None:
    alice.battle_start(rivals="dora", duration=60)
    alice.battle_score(score=7)
    alice.battle_score(host="dora", score=9)
    device.wait_state("battle_score", "7")
    device.wait_state("battle_opponent_score", "9")
    assert re.fullmatch(TIME, device.state("battle_ends") or "")
    alice.battle_end()
    device.wait_state("battle_winner", "Dora")
    alice.envelope("bob", diamonds=20, people=5, opens_in=30)
    device.wait_event("envelope", "envelope", alice)
    ha.call("number.set_value", entity_id=device.entity("goal"), value=500)
    device.wait_state("goal", "500")
    alice.gift("bob", "Galaxy")
    reached = device.wait_event("goal_reached", "goal_reached", alice)
    assert (reached["goal"], reached["diamonds"], device.state("diamonds")) == (500, 1000, "1000")


def test_the_switch_and_the_buttons(ha: HomeAssistant, daemon: Daemon, device: Device, alice: Room) -> None:
    device.wait_state("watch", "on")
    ha.call("switch.turn_off", entity_id=device.entity("watch"))
    device.wait_state("watch", "off")
    device.wait_state("connection", "disabled")
    ha.call("switch.turn_on", entity_id=device.entity("watch"))
    device.wait_state("connection", "live")
    for key, request in (
        ("reconnect", {"room": "alice"}),
        ("simulate_gift", {"room": "alice", "event": "gift"}),
    ):
        ha.call("button.press", entity_id=device.entity(key))
        command = key.removesuffix("_gift")
        assert daemon.listener.wait(daemon.topics.request(command)).json == request
        assert daemon.listener.wait(daemon.topics.response(command)).json["status"] == "ok"
        device.wait_state("connection", "live")
    assert device.wait_event("gift", "gift", alice)["source"] == "simulated"
    assert device.state("gifts") == "0"


def test_a_goal_and_its_progress_survive_a_restart(
    ha: HomeAssistant, ha_broker: Broker, sim: Simulator, alice: Room
) -> None:
    settings = daemon_settings(sim, ha_broker)
    with running_and_purging(settings) as first:
        device = Device(ha, first).wait("goal", "goal_progress")
        ha.call("number.set_value", entity_id=device.entity("goal"), value=30)
        device.wait_state("goal", "30")
        device.wait_state("goal_progress", "0.0")
        alice.gift("bob", "Rose", 15)
        device.wait_state("goal_progress", "50.0")
        first.stop()
        with running_and_purging(settings):
            device.wait_state("goal", "30")
            alice.wait_for_client()
            alice.gift("bob", "Doughnut", 2)
            device.wait_state("goal_progress", "250.0")
            ha.call("number.set_value", entity_id=device.entity("goal"), value=0)
            device.wait_state("goal", "unknown")
            device.wait_state("goal_progress", "unknown")


HOSTILE: Final = {
    "emoji": "\N{FIRE}" * 40,
    "template": "{{ 7 * 7 }}{% if true %}x{% endif %}",
    "quotes": """'"`$(reboot)`\\""",
    "right to left": "\u202bevil \N{HEBREW LETTER ALEF}\u202c",
    "newline": "a\nb\tc",
    "long": "x" * 8192,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=list(HOSTILE))
def test_hostile_texts_are_shown_as_they_are(device: Device, daemon: Daemon, alice: Room, text: str) -> None:
    bob = replace(Viewer.named("bob"), nickname=text)
    alice.chat(bob, text)
    alice.gift(bob, "Rose")
    chat = device.wait_event("chat", "chat", alice)
    device.wait_state("gifts", "1")
    for key in ("last_comment", "last_gifter", "top_gifter"):
        assert device.state(key) == device.attributes(key)[{"last_comment": "text"}.get(key, "nickname")][:255]
    assert device.state("last_comment") == text[:255]
    shown = chat["comment"]
    assert shown == text or (shown.endswith("…") and text.startswith(shown[:-1]))
    assert {message.topic.count("/") for message in daemon.listener.messages} <= {2, 3, 4}


def test_similar_room_names_have_different_devices(ha: HomeAssistant, ha_broker: Broker, sim: Simulator) -> None:
    names = ("a.b", "a_b", "a._b", "a__b")
    for name in names:
        sim.room(name).go_live(title=name)
    with running_and_purging(daemon_settings(sim, ha_broker, rooms=names)) as daemon:
        devices = [Device(ha, daemon, name).wait("title") for name in names]
        for name, device in zip(names, devices, strict=True):
            device.wait_state("title", name)
        assert len({device.entity("title") for device in devices}) == len(names)
