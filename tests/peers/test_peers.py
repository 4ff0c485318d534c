"""Clients of other projects, which work against the real service, hear from the simulator what was played."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers.clients import PEERS, Peer, running
from tests.peers.scene import play
from tiktok2mqtt.simulator import Simulator

DIRECT = [peer for peer in PEERS if peer.way == "direct"]
SIGNED = [peer for peer in PEERS if peer.way == "signed"]


@pytest.fixture(params=PEERS, ids=lambda peer: f"{peer.environment}-{peer.way}")
def peer(request: pytest.FixtureRequest) -> Peer:
    found: Peer = request.param
    if found.missing:
        pytest.skip(found.missing)
    return found


@pytest.fixture
def simulator(peer: Peer) -> Iterator[Simulator]:
    with Simulator(fetch=peer.fetch) as started:
        yield started
    started.check()


@pytest.fixture
def errors(tmp_path: Path) -> Iterator[Path]:
    """Where a client's standard error goes; pytest shows it when the test fails."""
    file = tmp_path / "errors"
    yield file
    sys.stderr.write(file.read_text())


def test_a_client_hears_what_is_played(peer: Peer, simulator: Simulator, errors: Path) -> None:
    room = simulator.room("alice")
    room_id = room.go_live()
    with running(peer, simulator, "alice", errors) as client:
        assert client.next() == {"event": "connected", "room_id": room_id}
        if peer.way != "polling":
            room.wait_for_client(20)
        expected = play(room)
        heard = client.rest()
    assert heard == [peer.told(event) for event in expected]


@pytest.mark.parametrize("user", ["offline", "ended", "unknown"])
def test_a_client_understands_that_there_is_no_live(peer: Peer, simulator: Simulator, errors: Path, user: str) -> None:
    simulator.room("offline")
    ended = simulator.room("ended")
    ended.go_live()
    ended.end()
    with running(peer, simulator, user, errors) as client:
        reason = peer.reasons[("offline", "ended", "unknown").index(user)]
        assert client.rest() == [{"event": "refused", "reason": reason}]


@pytest.mark.parametrize("peer", DIRECT, ids=lambda peer: peer.environment, indirect=True)
def test_a_blocked_client_comes_back_with_a_new_cookie(peer: Peer, simulator: Simulator, errors: Path) -> None:
    room = simulator.room("alice")
    room.go_live()
    room.refuse(415, {"Handshake-Msg": "DEVICE_BLOCKED"})
    with running(peer, simulator, "alice", errors) as client:
        room.wait_for_client(20)
        room.end()
        assert [event["event"] for event in client.rest()] == ["connected", "end"]


@pytest.mark.parametrize("peer", SIGNED, ids=lambda peer: peer.environment, indirect=True)
def test_a_client_is_told_to_ask_the_provider_later(peer: Peer, simulator: Simulator, errors: Path) -> None:
    simulator.room("alice").go_live()
    # TikTokLive takes RateLimit-Remaining for seconds, and does not bear its absence; the other reads Retry-After.
    headers = {"Retry-After": "7", "RateLimit-Remaining": "7"}
    simulator.fail_http(
        "/sign/", 429, headers, b'{"message": "Too many connections in this minute", "limit_label": "m"}'
    )
    with running(peer, simulator, "alice", errors) as client:
        assert client.rest() == [{"event": "refused", "reason": "SignatureRateLimitError"}]


@pytest.mark.parametrize("peer", SIGNED, ids=lambda peer: peer.environment, indirect=True)
def test_a_client_misses_the_provider_s_cookies(peer: Peer, simulator: Simulator, errors: Path) -> None:
    simulator.room("alice").go_live()
    simulator.fail_sign("no cookies")
    with running(peer, simulator, "alice", errors) as client:
        assert client.rest() == [{"event": "refused", "reason": "SignAPIError"}]
