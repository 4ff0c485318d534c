"""What comes and goes, seen by a real Home Assistant."""

import time
from collections.abc import Callable
from functools import partial

import pytest

from tests.daemon import Daemon, running
from tests.homeassistant.api import HomeAssistant
from tests.homeassistant.house import Device, house, house_settings, may_restart, swept
from tests.mqtt import Broker, Listener, Mosquitto
from tiktok2mqtt.simulator import Room, Simulator

ROOMS = 100
ONLINE, OFFLINE = b'{"state":"online"}', b'{"state":"offline"}'


def is_back(device: Device) -> None:
    """Wait until the device lives: it is there, it knows its state, it hears of events."""
    device.wait("live", "viewers", "gift")
    device.wait_state("live", "on")
    device.wait_state("title", "Cooking")


def test_the_integration_is_loaded_anew(ha: HomeAssistant, daemon: Daemon, device: Device, alice: Room) -> None:
    is_back(device)
    ha.reload_mqtt()
    daemon.listener.wait("homeassistant/status", lambda message: message.payload == b"online")
    is_back(device)
    alice.gift("bob", "Rose")
    device.wait_event("gift", "gift", alice)


@pytest.mark.skipif(not may_restart(), reason="HA_RESTART does not say how to restart Home Assistant")
def test_home_assistant_restarts(ha: HomeAssistant, device: Device, alice: Room) -> None:
    is_back(device)
    ha.restart()
    is_back(device)
    alice.gift("bob", "Rose")
    device.wait_event("gift", "gift", alice)


def test_the_broker_restarts_and_has_forgotten_everything(ha_broker: Mosquitto, device: Device, alice: Room) -> None:
    is_back(device)
    ha_broker.stop()
    device.wait_state("viewers", "unavailable")
    ha_broker.start()
    is_back(device)
    alice.gift("bob", "Rose")
    device.wait_event("gift", "gift", alice)


def test_a_removed_room_is_gone(ha: HomeAssistant, ha_broker: Broker, sim: Simulator, alice: Room) -> None:
    with house(house_settings(sim, ha_broker, rooms=())) as daemon:
        daemon.announced(None)
        assert daemon.request("add", {"room": alice.name})["status"] == "ok"
        device = Device(ha, daemon)
        is_back(device)
        assert daemon.request("remove", {"room": alice.name})["status"] == "ok"
        device.wait_gone()
        assert Device(ha, daemon, None).entry


def test_an_upgrade_that_drops_an_entity_and_a_room(
    ha: HomeAssistant, ha_broker: Broker, sim: Simulator, alice: Room
) -> None:
    sim.room("bob")
    before = house_settings(sim, ha_broker, rooms=(alice.name, "bob"))
    with house(before) as daemon:
        device, bob = Device(ha, daemon).wait("battle", "top_gifter"), Device(ha, daemon, "bob").wait("live")
        assert ha.entities(device.id)["chat"]["disabled_by"]
        daemon.stop()
        after = before | {"rooms": [alice.name]}
        after["homeassistant"] = before["homeassistant"] | {"exclude_entities": "battle,top_gifter,chat"}
        with running(after):
            bob.wait_gone()
            ha.wait_for(lambda: not {"battle", "top_gifter"} & ha.entities(device.id).keys(), "they are still there")
            is_back(device)
            # Without a disabled one the device would go with it.
            assert ha.entities(device.id)["chat"]["disabled_by"]


def test_other_forms_of_discovery_leave_nothing_behind(
    ha: HomeAssistant, ha_broker: Broker, sim: Simulator, alice: Room
) -> None:
    settings = house_settings(sim, ha_broker, rooms=(alice.name,))
    ids: list[str] = []
    with swept(settings):
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
                    is_back(device)
                    ids.append(device.entity("viewers"))
                    entry = device.entry
                    assert entry is not None
                    assert len(ha.triggers(entry)) == 4
    assert len(set(ids)) == 1


def test_two_bridges_of_one_broker(ha: HomeAssistant, ha_broker: Broker, sim: Simulator, alice: Room) -> None:
    first, second = (house_settings(sim, ha_broker, rooms=(alice.name,)) for _ in range(2))
    with house(first) as one, house(second) as other:
        is_back(Device(ha, one))
        is_back(Device(ha, other))
        one.stop()
        with running(first | {"rooms": []}):
            Device(ha, one).wait_gone()
            is_back(Device(ha, other))
            assert Device(ha, one, None).entry


def test_availability_needs_bridge_and_room(
    ha: HomeAssistant, ha_broker: Broker, daemon: Daemon, device: Device
) -> None:
    is_back(device)
    daemon.stop()
    topics = daemon.topics
    entities = (Device(ha, daemon, None).entity("state"), device.entity("watch"), device.entity("viewers"))

    def available() -> list[bool]:
        states = ha.states()
        return [states[entity]["state"] != "unavailable" for entity in entities]

    with Listener(ha_broker.port, ["nothing"]) as hand:
        for bridge, room, expected in (
            (ONLINE, ONLINE, [True, True, True]),
            (ONLINE, OFFLINE, [True, True, False]),
            (OFFLINE, ONLINE, [True, False, False]),
            (OFFLINE, OFFLINE, [True, False, False]),
        ):
            hand.publish(topics.bridge_state, bridge, retain=True)
            hand.publish(topics.room("alice", "availability"), room, retain=True)
            ha.wait_for(partial(_same, available, expected), f"{bridge!r}, {room!r}: {available()}, not {expected}")


def _same(look: Callable[[], object], expected: object) -> bool:
    return look() == expected


def test_a_hundred_rooms_are_back_soon_after_a_birth(
    ha: HomeAssistant, ha_broker: Broker, sim: Simulator, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [f"room{number}" for number in range(ROOMS)]
    for name in names:
        sim.room(name)
    with house(house_settings(sim, ha_broker, rooms=names, tiktok={"watch_interval": 60})) as daemon:
        last = Device(ha, daemon, names[-1])
        ha.wait_for(lambda: last.entry, "the last room is not there", 60)
        seen = len(daemon.listener.messages)
        born = time.monotonic()
        ha.call("mqtt.publish", topic="homeassistant/status", payload="online")
        topics = {daemon.topics.device_discovery(Device(ha, daemon, name).id) for name in names}

        def announced() -> bool:
            return topics <= {message.topic for message in daemon.listener.messages[seen:]}

        ha.wait_for(announced, "not all rooms are announced again", 10)
        took = time.monotonic() - born
        largest = max(len(m.payload) for m in daemon.listener.messages[seen:] if m.topic in topics)
        assert largest <= 16 * 1024
        assert daemon.bridge.health()["queue"]["priority"] == 0
        with capsys.disabled():
            print(f"\n{ROOMS} rooms announced {took:.1f} s after the birth message, {largest} bytes at most")  # noqa: T201
