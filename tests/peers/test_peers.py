"""Clients of other projects, which work against the real service, hear from the simulator what was played."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.peers.clients import PEERS, Event, Peer, running
from tiktok2mqtt.simulator import Gift, Room, Simulator, Viewer

BOB = Viewer.named("bob")
CAROL = replace(Viewer.named("carol.ko"), nickname="Cårol 🎈", gifter_level=33, is_moderator=True, is_subscriber=True)
MASKED = Viewer(username="", nickname="d***e", user_id=0)
ROSE = Gift(5655, "Rose", 1)
GALAXY = Gift(11046, "Galaxy", 1_000, gift_type=2)


def by(viewer: Viewer, event: str, **keys: object) -> Event:
    return {
        "event": event,
        "user_id": str(viewer.user_id),
        "unique_id": viewer.username,
        "nickname": viewer.nickname,
        **keys,
    }


def gift(room: Room, viewer: Viewer, sort: Gift, count: int, *, end: bool) -> Event:
    return by(
        viewer,
        "gift",
        gift_id=sort.gift_id,
        name=sort.name,
        diamonds=sort.diamonds,
        gift_type=sort.gift_type,
        repeat_count=count,
        repeat_end=end,
        group_id=str(room.state.last_group),
    )


def play(room: Room) -> list[Event]:
    """Play a bit of everything and the end; return what a client should hear."""
    room.member(BOB)
    room.chat(BOB, 'Grüße aus Köln 👋 "quoted" <b>')
    room.chat(MASKED, "hello")
    said = [
        by(BOB, "member"),
        by(BOB, "chat", comment='Grüße aus Köln 👋 "quoted" <b>'),
        by(MASKED, "chat", comment="hello"),
    ]
    room.gift(CAROL, ROSE, 3)
    said += [gift(room, CAROL, ROSE, count, end=end) for count, end in ((1, False), (2, False), (3, False), (3, True))]
    room.gift(BOB, GALAXY)
    said.append(gift(room, BOB, GALAXY, 1, end=False))
    room.like(BOB, 15)
    room.like(CAROL, 4)
    room.room_user(1234)
    room.follow(CAROL)
    room.share(BOB)
    room.question(CAROL, "Why?")
    room.end()
    return [
        *said,
        by(BOB, "like", count=15, total=15),
        by(CAROL, "like", count=4, total=19),
        {"event": "room_user", "viewers": 1234, "total_users": 1234},
        by(CAROL, "follow"),
        by(BOB, "share"),
        by(CAROL, "question", text="Why?"),
        {"event": "end"},
    ]


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
            room.wait_for_client()
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


@pytest.mark.parametrize("peer", PEERS[:1], ids=["piratetok-direct"], indirect=True)
def test_a_blocked_client_comes_back_with_a_new_cookie(peer: Peer, simulator: Simulator, errors: Path) -> None:
    room = simulator.room("alice")
    room.go_live()
    room.refuse(415, {"Handshake-Msg": "DEVICE_BLOCKED"})
    with running(peer, simulator, "alice", errors) as client:
        room.wait_for_client(timeout=10)
        room.end()
        assert [event["event"] for event in client.rest()] == ["connected", "end"]
