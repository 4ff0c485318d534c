"""Clients of other projects, which work with the real service, report what the simulator plays."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers.clients import PEERS, Peer, running
from tests.peers.scenario import play
from tiktok2mqtt.simulator import Simulator

DIRECT = [peer for peer in PEERS if peer.transport == "direct"]
SIGNED = [peer for peer in PEERS if peer.transport == "signed"]


@pytest.fixture(params=PEERS, ids=lambda peer: f"{peer.environment}-{peer.transport}")
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
    """A file for the standard error of a client; pytest prints it if the test fails."""
    file = tmp_path / "errors"
    yield file
    sys.stderr.write(file.read_text())


def test_a_client_reports_what_is_played(peer: Peer, simulator: Simulator, errors: Path) -> None:
    room = simulator.room("alice")
    room_id = room.go_live()
    with running(peer, simulator, "alice", errors) as client:
        assert client.next() == {"event": "connected", "room_id": room_id}
        if peer.transport != "polling":
            room.wait_for_client(20)
        expected = play(room)
        events = client.remaining()
    assert events == [peer.reported(event) for event in expected]


@pytest.mark.parametrize("user", ["offline", "ended", "unknown"])
def test_a_client_reports_that_a_room_is_not_live(peer: Peer, simulator: Simulator, errors: Path, user: str) -> None:
    simulator.room("offline")
    ended = simulator.room("ended")
    ended.go_live()
    ended.end()
    with running(peer, simulator, user, errors) as client:
        reason = peer.reasons[("offline", "ended", "unknown").index(user)]
        assert client.remaining() == [{"event": "refused", "reason": reason}]


@pytest.mark.parametrize("peer", DIRECT, ids=lambda peer: peer.environment, indirect=True)
def test_a_blocked_client_reconnects_with_a_new_cookie(peer: Peer, simulator: Simulator, errors: Path) -> None:
    room = simulator.room("alice")
    room.go_live()
    room.refuse(415, {"Handshake-Msg": "DEVICE_BLOCKED"})
    with running(peer, simulator, "alice", errors) as client:
        room.wait_for_client(20)
        room.end()
        assert [event["event"] for event in client.remaining()] == ["connected", "end"]


@pytest.mark.parametrize("peer", SIGNED, ids=lambda peer: peer.environment, indirect=True)
def test_a_client_reports_a_rate_limit_of_the_provider(peer: Peer, simulator: Simulator, errors: Path) -> None:
    simulator.room("alice").go_live()
    # TikTokLive reads RateLimit-Remaining as seconds and fails without it; the other client reads Retry-After.
    headers = {"Retry-After": "7", "RateLimit-Remaining": "7"}
    simulator.fail_http(
        "/sign/", 429, headers, b'{"message": "Too many connections in this minute", "limit_label": "m"}'
    )
    with running(peer, simulator, "alice", errors) as client:
        assert client.remaining() == [{"event": "refused", "reason": "SignatureRateLimitError"}]


@pytest.mark.parametrize("peer", SIGNED, ids=lambda peer: peer.environment, indirect=True)
def test_a_client_reports_a_response_of_the_provider_without_cookies(
    peer: Peer, simulator: Simulator, errors: Path
) -> None:
    simulator.room("alice").go_live()
    simulator.fail_sign("no cookies")
    with running(peer, simulator, "alice", errors) as client:
        assert client.remaining() == [{"event": "refused", "reason": "SignAPIError"}]
