import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tests.mqtt import free_port
from tests.webcast.rig import deaf_server, urls
from tiktok2mqtt.common.checks import Step
from tiktok2mqtt.simulator import Room, Simulator
from tiktok2mqtt.webcast.check import probe
from tiktok2mqtt.webcast.net.options import Options

DIRECT = ["direct: cookie", "direct: connection", "direct: first message"]
POLLING = ["polling: connection", "polling: first message"]


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the pause before the second attempt with another identity."""
    monkeypatch.setattr("tiktok2mqtt.webcast.transports.direct._BLOCKED_PAUSE_S", 0.01)


@pytest.fixture
def sim() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def alice(sim: Simulator) -> Room:
    room = sim.room("alice")
    room.go_live(title="Cooking", viewers=12)
    room.chat("bob", "hello")
    room.remember(1)
    return room


def steps(sim: Simulator, room: str = "alice", **options: Any) -> dict[str, Step]:
    """Return the steps by name. No thread may remain."""
    before = set(threading.enumerate())
    given: dict[str, Any] = {"connect_timeout_s": 2.0, "transports": ("direct", "polling")} | urls(sim) | options
    found = {step.name: step for step in probe(room, Options(**given))}
    assert not set(threading.enumerate()) - before
    return found


def failed(found: dict[str, Step]) -> list[str]:
    return [step.name for step in found.values() if not step.ok]


def is_well(found: dict[str, Step]) -> bool:
    return all(step.ok for step in found.values() if step.decisive)


def test_a_live_room(sim: Simulator, alice: Room) -> None:
    found = steps(sim)
    assert list(found) == ["live page", "api-live", "status", "room info", *DIRECT, *POLLING, "connection"]
    assert failed(found) == []
    assert found["room info"].detail == "Cooking, 12 viewers"
    assert found["direct: first message"].detail == "1 messages"
    assert found["connection"].detail == "works with direct, polling"
    assert alice.clients == 0
    sim.check()


@pytest.mark.usefixtures("alice")
def test_only_the_configured_transports_are_tried(sim: Simulator) -> None:
    assert list(steps(sim, transports=("polling",)))[4:] == [*POLLING, "connection"]


def test_an_offline_room_is_no_failure(sim: Simulator) -> None:
    sim.room("alice")
    found = steps(sim)
    assert list(found) == ["live page", "api-live", "status"]
    assert failed(found) == []
    assert found["status"].detail == "not live; a connection can be tried only during a LIVE"


def test_a_user_who_does_not_exist(sim: Simulator) -> None:
    found = steps(sim, "nobody")
    assert failed(found) == ["live page", "api-live", "status"]
    assert found["status"].detail == "TikTok knows no user of that name; is the name right?"
    assert not is_well(found)


def test_a_failed_transport_is_no_failure_when_another_works(sim: Simulator, alice: Room) -> None:
    alice.refuse(415, times=9)
    found = steps(sim)
    assert failed(found) == ["direct: connection"]
    assert "(blocked)" in found["direct: connection"].detail
    assert found["connection"].detail == "works with polling"
    assert is_well(found)


def test_it_is_a_failure_when_no_transport_works(sim: Simulator, alice: Room) -> None:
    alice.refuse(415, times=9)
    found = steps(sim, transports=("direct",))
    assert found["connection"].detail == "no transport can connect to alice"
    assert not is_well(found)


def test_a_failed_page_is_no_failure_when_another_works(sim: Simulator, alice: Room) -> None:
    sim.fail_http("/@alice/live", 429)
    found = steps(sim, alice.name)
    assert failed(found) == ["live page"]
    assert "(rate_limited)" in found["live page"].detail
    assert is_well(found)


@pytest.mark.usefixtures("alice")
def test_an_age_restricted_room_is_a_failure(sim: Simulator) -> None:
    sim.room("alice").restrict_age()
    found = steps(sim)
    assert failed(found) == ["room info", "connection"]
    assert found["connection"].detail.startswith("not tried: the LIVE is age restricted")


def test_a_service_that_does_not_answer_takes_no_longer_than_the_timeout(sim: Simulator) -> None:
    with deaf_server() as port:
        found = steps(sim, web_url=f"http://127.0.0.1:{port}", connect_timeout_s=0.2)
    assert failed(found) == ["live page", "api-live", "status"]
    assert "timed out (network)" in found["live page"].detail
    assert found["live page"].seconds < 2


@pytest.mark.usefixtures("alice")
def test_a_broken_proxy_is_reported_without_its_url(sim: Simulator) -> None:
    found = steps(sim, proxy=f"http://u:s3cret@127.0.0.1:{free_port()}")
    assert failed(found) == ["live page", "api-live", "status"]
    assert "(proxy)" in found["live page"].detail
    assert "s3cret" not in str(found)
    assert sim.requests == []


def test_a_room_id_that_was_given(sim: Simulator, alice: Room) -> None:
    found = steps(sim, room_id=str(alice.state.room_id))
    assert list(found)[:2] == ["status", "room info"]
    assert found["status"].detail == "not looked up: the room id was given"
    assert is_well(found)


def test_the_rate_limits_of_a_sign_provider(sim: Simulator, alice: Room) -> None:
    assert alice.state.live
    found = steps(sim, transports=("signed",), sign_url=sim.sign_url)
    assert next(iter(found)) == "sign provider"
    assert found["sign provider"].detail.startswith("59 of 60 left this minute")
    sim.fail_http("rate_limits", 404)
    found = steps(sim, transports=("signed",), sign_url=sim.sign_url)
    assert failed(found) == ["sign provider"]
    assert is_well(found)
