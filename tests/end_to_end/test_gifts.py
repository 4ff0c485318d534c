"""Gifts through the whole daemon: recipients, prices, the catalogue, and the language of their names."""

from pathlib import Path
from typing import Any

import pytest

from tests.daemon import Daemon, running, tree
from tests.helpers import until
from tests.mqtt import Broker, Received
from tiktok2mqtt.simulator import Room, Simulator
from tiktok2mqtt.webcast.schema import messages_pb2 as pb
from tiktok2mqtt.webcast.schema.types_pb2 import Common, User

# Independent of the broker.
pytestmark = [pytest.mark.unmeasured, pytest.mark.parametrize("broker", ["embedded"], indirect=True)]
GUESTS = {
    name: User(id=number, unique_id=name, nickname=name.title()) for number, name in enumerate(("dora", "eve"), 8)
}


def send_gift(room: Room, count: int, end: int = 0, to: User | None = None, **gift: Any) -> None:
    """Send a gift message as TikTok does; `gift` are the fields of its description."""
    message = pb.WebcastGiftMessage(
        common=Common(create_time=1_790_000_000_000),
        gift_id=77,
        user=User(id=5, unique_id="bob"),
        repeat_count=count,
        repeat_end=end,
        to_user=to,
    )
    if gift:
        message.gift.CopyFrom(pb.GiftStruct(id=77, **gift))
    room.send(message.DESCRIPTOR.name, message.SerializeToString())


def gifts_of(daemon: Daemon, count: int) -> list[Any]:
    topic = daemon.topics.room("alice", "gift")

    def received() -> list[Received]:
        return [message for message in daemon.listener.messages if message.topic == topic]

    until(lambda: len(received()) >= count)
    return [message.json for message in received()]


def known(daemon: Daemon, **keys: Any) -> Any:
    """Wait until the gifts document has a gift with these keys; return the document."""

    def has(message: Received) -> bool:
        return any(keys.items() <= gift.items() for gift in message.json["gifts"])

    return daemon.listener.wait(daemon.topics.bridge("gifts"), has).json


def test_gifts_to_two_guests_are_told_apart(joined: Room, daemon: Daemon) -> None:
    rose = {"name": "Rose", "type": 1, "diamond_count": 5}
    for count, end in ((1, 0), (2, 0), (3, 0), (3, 1)):
        for guest in GUESTS.values():
            send_gift(joined, count, end, guest, **rose)
    send_gift(joined, 1, 1, User(id=1, unique_id="alice"), **rose)
    gifts = gifts_of(daemon, 3)
    assert [(gift["recipient"]["unique_id"], gift["to_host"], gift["diamonds"]) for gift in gifts] == [
        ("dora", False, 15),
        ("eve", False, 15),
        ("alice", True, 5),
    ]
    state = daemon.event("state", diamonds=35)
    assert (state["host_diamonds"], state["guest_diamonds"], state["unpriced_gifts"]) == (5, 30, 0)
    joined.end()
    summary = daemon.event("summary")
    assert (summary["diamonds"], summary["host_diamonds"], summary["guest_diamonds"]) == (35, 5, 30)


def test_a_gift_without_type_and_price_is_counted_once_and_its_price_is_unknown(joined: Room, daemon: Daemon) -> None:
    for count, end in ((1, 0), (2, 0), (3, 0), (3, 1)):
        send_gift(joined, count, end, name="Lion")
    (gift,) = gifts_of(daemon, 1)
    assert (gift["count"], gift["diamonds"], gift["gift"]["gift_type"]) == (3, None, None)
    state = daemon.event("state", gifts=3)
    assert (state["diamonds"], state["unpriced_gifts"]) == (0, 3)
    joined.end()
    assert daemon.event("summary")["unpriced_gifts"] == 3


def test_a_streak_without_an_end_is_closed_after_the_timeout(sim: Simulator, room: Room, broker: Broker) -> None:
    with running(tree(sim, broker.port, tiktok={"streak_timeout": 0.3})) as daemon:
        room.wait_for_client()
        send_gift(room, 4, name="Rose", type=1, diamond_count=5)
        (gift,) = gifts_of(daemon, 1)
        assert (gift["closed_by"], gift["diamonds"]) == ("timeout", 20)


def test_the_catalogue_is_learned_published_and_used(joined: Room, daemon: Daemon) -> None:
    joined.gift("bob", "Galaxy")
    document = known(daemon, name="Galaxy", diamond_count=1000, gift_type=2)
    assert document["gifts"][0]["image"].startswith("https://")
    assert daemon.topics.bridge("gifts") in daemon.retained_payloads()
    # A message that says nothing of the gift but its id.
    joined.send("WebcastGiftMessage", pb.WebcastGiftMessage(gift_id=11046, repeat_count=1).SerializeToString())
    bare = gifts_of(daemon, 2)[1]
    assert (bare["gift"]["name"], bare["diamonds"], bare["closed_by"]) == ("Galaxy", 1000, "end")
    response = daemon.request("simulate", {"room": "alice", "event": "gift", "data": {"name": "galaxy", "count": 2}})
    assert response["status"] == "ok"
    simulated = gifts_of(daemon, 3)[2]
    assert (simulated["gift"]["name"], simulated["gift_id"], simulated["diamonds"]) == ("Galaxy", "11046", 2000)


def test_the_catalogue_survives_a_restart(sim: Simulator, room: Room, broker: Broker, tmp_path: Path) -> None:
    settings = tree(sim, broker.port, state_dir=str(tmp_path / "state"), tiktok={"extended_gift_info": True})
    sim.fail_http("gift/list", 403)
    with running(settings) as daemon:
        room.wait_for_client()
        room.gift("bob", "Galaxy")
        known(daemon, name="Galaxy")
    sim.fail_http("gift/list", 403)
    with running(settings) as daemon:
        room.wait_for_client()
        known(daemon, name="Galaxy")
        room.send("WebcastGiftMessage", pb.WebcastGiftMessage(gift_id=11046, repeat_count=3).SerializeToString())
        gift = daemon.listener.wait(
            daemon.topics.room("alice", "gift"), lambda message: message.json["unique_id"] is None
        ).json
        assert (gift["gift"]["name"], gift["diamonds"]) == ("Galaxy", 3000)
        assert gift["extended_gift_info"]["diamond_count"] == 1000


def test_with_a_key_the_gifts_of_the_sign_provider_are_known(broker: Broker) -> None:
    with Simulator(sign_key="s3cret") as sim:
        room = sim.room("alice")
        room.go_live()
        signing = {"sign_url": sim.sign_url, "sign_key": "s3cret"}
        with running(tree(sim, broker.port, tiktok=signing)) as daemon:
            room.wait_for_client()
            document = known(daemon, name="TikTok Universe", diamond_count=44_999)
            assert document["total"] == len(document["gifts"]) > 5
        paths = [request.path for request in sim.requests]
        assert paths.count("/sign/webcast/gifts/catalog") == 1
        assert paths.count(f"/sign/webcast/rooms/{room.state.room_id}/gifts") == 1


def test_language_region_and_time_zone_are_sent_with_every_request(sim: Simulator, room: Room, broker: Broker) -> None:
    place = {"language": "de", "region": "at", "timezone": "Europe/Vienna"}
    with running(tree(sim, broker.port, tiktok=place)):
        room.wait_for_client()
    asked = [request.query for request in sim.requests if request.query]
    assert len(asked) >= 2
    for query in asked:
        assert (query["webcast_language"], query["app_language"], query["browser_language"]) == ("de", "de", "de-AT")
        assert (query["tz_name"], query["region"]) == ("Europe/Vienna", "AT")
