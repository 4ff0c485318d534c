"""Restarts, removals and upgrades with a real Home Assistant."""

import time
from collections.abc import Callable
from functools import partial

import pytest

from tests.daemon import Daemon, running
from tests.homeassistant.api import HomeAssistant
from tests.homeassistant.device import Device, daemon_settings, may_restart, purging, running_and_purging
from tests.mqtt import Broker, Listener, Mosquitto
from tiktok2mqtt.common.topics import COMMANDS as ALL_COMMANDS
from tiktok2mqtt.simulator import Room, Simulator

ROOMS = 100
ONLINE, OFFLINE = b'{"state":"online"}', b'{"state":"offline"}'


def wait_until_complete(device: Device) -> None:
    """Wait until the device exists and its entities have their states."""
    device.wait("live", "viewers", "gift")
    device.wait_state("live", "on")
    device.wait_state("title", "Cooking")


def test_the_integration_is_reloaded(ha: HomeAssistant, daemon: Daemon, device: Device, alice: Room) -> None:
    wait_until_complete(device)
    ha.reload_mqtt()
    daemon.listener.wait("homeassistant/status", lambda message: message.payload == b"online")
    wait_until_complete(device)
    alice.gift("bob", "Rose")
    device.wait_event("gift", "gift", alice)


@pytest.mark.skipif(not may_restart(), reason="HA_RESTART does not say how to restart Home Assistant")
def test_home_assistant_restarts(ha: HomeAssistant, device: Device, alice: Room) -> None:
    wait_until_complete(device)
    ha.restart()
    wait_until_complete(device)
    alice.gift("bob", "Rose")
    device.wait_event("gift", "gift", alice)


def test_the_broker_restarts_without_its_retained_messages(ha_broker: Mosquitto, device: Device, alice: Room) -> None:
    wait_until_complete(device)
    ha_broker.stop()
    device.wait_state("viewers", "unavailable")
    ha_broker.start()
    wait_until_complete(device)
    alice.gift("bob", "Rose")
    device.wait_event("gift", "gift", alice)


def test_the_device_of_a_removed_room_is_removed(
    ha: HomeAssistant, ha_broker: Broker, sim: Simulator, alice: Room
) -> None:
    with running_and_purging(daemon_settings(sim, ha_broker, rooms=())) as daemon:
        daemon.discovery(None)
        assert daemon.request("add", {"room": alice.name})["status"] == "ok"
        device = Device(ha, daemon)
        wait_until_complete(device)
        assert daemon.request("remove", {"room": alice.name})["status"] == "ok"
        device.wait_gone()
        assert Device(ha, daemon, None).entry


def test_an_upgrade_that_removes_entities_and_a_room(
    ha: HomeAssistant, ha_broker: Broker, sim: Simulator, alice: Room
) -> None:
    sim.room("bob")
    before = daemon_settings(sim, ha_broker, rooms=(alice.name, "bob"))
    with running_and_purging(before) as daemon:
        device, bob = Device(ha, daemon).wait("battle", "top_gifter"), Device(ha, daemon, "bob").wait("live")
        assert ha.entities(device.id)["chat"]["disabled_by"]
        daemon.stop()
        after = before | {"rooms": [alice.name]}
        after["homeassistant"] = before["homeassistant"] | {"exclude_entities": "battle,top_gifter,chat"}
        with running(after):
            bob.wait_gone()
            ha.wait_for(lambda: not {"battle", "top_gifter"} & ha.entities(device.id).keys(), "they still exist")
            wait_until_complete(device)
            # Home Assistant would remove the device along with a disabled entity.
            assert ha.entities(device.id)["chat"]["disabled_by"]


def test_changing_the_form_of_discovery(ha: HomeAssistant, ha_broker: Broker, sim: Simulator, alice: Room) -> None:
    settings = daemon_settings(sim, ha_broker, rooms=(alice.name,), homeassistant={"device_triggers": True})
    ids: list[str] = []
    with purging(settings):
        for form in ("device", "components", "device", "components", "off"):
            settings["homeassistant"]["discovery"] = form
            with running(settings) as daemon:
                device = Device(ha, daemon)
                if form == "off":
                    device.wait_gone()
                    Device(ha, daemon, None).wait_gone()
                else:
                    daemon_topics = daemon.topics
                    topic = daemon_topics.device_discovery(device.id)
                    if form == "components":
                        topic = daemon_topics.component_discovery("sensor", device.id, "viewers")
                    daemon.listener.wait(topic, lambda message: message.payload)
                    time.sleep(1)
                    wait_until_complete(device)
                    ids.append(device.entity("viewers"))
                    entry = device.entry
                    assert entry is not None
                    assert len(ha.triggers(entry)) == 4
    assert len(set(ids)) == 1


def test_two_bridges_on_one_broker(ha: HomeAssistant, ha_broker: Broker, sim: Simulator, alice: Room) -> None:
    first, second = (daemon_settings(sim, ha_broker, rooms=(alice.name,)) for _ in range(2))
    with running_and_purging(first) as one, running_and_purging(second) as other:
        wait_until_complete(Device(ha, one))
        wait_until_complete(Device(ha, other))
        one.stop()
        with running(first | {"rooms": []}):
            Device(ha, one).wait_gone()
            wait_until_complete(Device(ha, other))
            assert Device(ha, one, None).entry


def test_availability_depends_on_bridge_and_room(
    ha: HomeAssistant, ha_broker: Broker, daemon: Daemon, device: Device
) -> None:
    wait_until_complete(device)
    daemon.stop()
    topics = daemon.topics
    entities = (Device(ha, daemon, None).entity("state"), device.entity("watch"), device.entity("viewers"))

    def available() -> list[bool]:
        states = ha.states()
        return [states[entity]["state"] != "unavailable" for entity in entities]

    with Listener(ha_broker.port, ["nothing"]) as publisher:
        for bridge, room, expected in (
            (ONLINE, ONLINE, [True, True, True]),
            (ONLINE, OFFLINE, [True, True, False]),
            (OFFLINE, ONLINE, [True, False, False]),
            (OFFLINE, OFFLINE, [True, False, False]),
        ):
            publisher.publish(topics.bridge_state, bridge, retain=True)
            publisher.publish(topics.room("alice", "availability"), room, retain=True)
            ha.wait_for(partial(_equals, available, expected), f"{bridge!r}, {room!r}: {available()}, not {expected}")


def _equals(read: Callable[[], object], expected: object) -> bool:
    return read() == expected


def test_a_hundred_rooms_are_published_soon_after_a_birth_message(
    ha: HomeAssistant, ha_broker: Broker, sim: Simulator, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [f"room{number}" for number in range(ROOMS)]
    for name in names:
        sim.room(name)
    with running_and_purging(daemon_settings(sim, ha_broker, rooms=names, tiktok={"watch_interval": 60})) as daemon:
        last = Device(ha, daemon, names[-1])
        ha.wait_for(lambda: last.entry, "the last room does not exist", 60)
        before = len(daemon.listener.messages)
        started = time.monotonic()
        ha.call("mqtt.publish", topic="homeassistant/status", payload="online")
        topics = {daemon.topics.device_discovery(Device(ha, daemon, name).id) for name in names}

        def is_published() -> bool:
            return topics <= {message.topic for message in daemon.listener.messages[before:]}

        ha.wait_for(is_published, "not all rooms are published again", 10)
        took = time.monotonic() - started
        largest = max(len(m.payload) for m in daemon.listener.messages[before:] if m.topic in topics)
        assert largest <= 16 * 1024
        assert daemon.bridge.actions.health()["queue"]["priority"] == 0
        with capsys.disabled():
            print(f"\n{ROOMS} rooms published {took:.1f} s after the birth message, {largest} bytes at most")  # noqa: T201


def test_gifts_during_an_outage_of_the_broker_reach_an_automation(
    ha: HomeAssistant, ha_broker: Mosquitto, daemon: Daemon, device: Device, alice: Room
) -> None:
    wait_until_complete(device)
    # The daemon has to know that there is a Home Assistant.
    ha.reload_mqtt()
    daemon.listener.wait("homeassistant/status", lambda message: message.payload == b"online")
    wait_until_complete(device)
    heard = "{{ trigger.to_state.attributes.id }} {{ trigger.to_state.attributes.delayed }}"
    body = {
        "triggers": [
            {
                "trigger": "event.received",
                "target": {"entity_id": device.entity("gift")},
                "options": {"event_type": ["gift"]},
            }
        ],
        "actions": [{"event": "tiktok_heard", "event_data": {"gift": heard}}],
        "mode": "queued",
        "max": 50,
    }
    ha.add_automation("outage", body)
    try:
        with ha.events("tiktok_heard") as events:
            ha_broker.stop()
            device.wait_state("viewers", "unavailable")
            for number in range(10):
                alice.gift(f"user{number}", "Rose")
            ha_broker.start()
            found = [next(events)["gift"] for _ in range(10)]
            alice.gift("bob", "Rose")
            last = next(events)["gift"]
    finally:
        ha.remove_automation("outage")
    assert len(set(found)) == 10
    assert {text.partition(" ")[2] for text in found} == {"True"}
    assert last not in found
    assert last.endswith("False")


def test_the_bridge_is_used_by_mouse(ha: HomeAssistant, ha_broker: Broker, sim: Simulator, alice: Room) -> None:
    sim.room("bob")
    settings = daemon_settings(sim, ha_broker, rooms=(alice.name,), allowed_commands=ALL_COMMANDS)
    with running_and_purging(settings) as daemon:
        bridge = Device(ha, daemon, None).wait("add_room", "log_level", "restart")
        ha.call("text.set_value", entity_id=bridge.entity("add_room"), value="https://www.tiktok.com/@Bob/live")
        bob = Device(ha, daemon, "bob").wait("connection")
        bridge.wait_state("add_room", "bob")
        bridge.wait_state("log_level", "info")
        ha.call("select.select_option", entity_id=bridge.entity("log_level"), option="warning")
        bridge.wait_state("log_level", "warning")
        ha.delete_device(bob.id)
        bob.wait_gone()
        daemon.bridge_event("room_removed", "bob")
        room = Device(ha, daemon).wait("live")
        ha.delete_device(room.id)
        room.wait("live", "viewers")
        ha.call("button.press", entity_id=bridge.entity("restart"))
        assert daemon.join() == 4
