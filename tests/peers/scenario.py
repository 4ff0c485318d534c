"""The scenario that is played to the clients, and the events that each should report."""

from dataclasses import replace

from tests.peers.clients import Event
from tiktok2mqtt.simulator import Gift, Room, Viewer

BOB = Viewer.named("bob")
CAROL = replace(Viewer.named("carol.ko"), nickname="Cårol 🎈", gifter_level=33, is_moderator=True, is_subscriber=True)
MASKED = Viewer(username="", nickname="d***e", user_id=0)
TEXT = 'Grüße aus Köln 👋 "quoted" <b>'
ROSE = Gift(5655, "Rose", 1)
GALAXY = Gift(11046, "Galaxy", 1_000, gift_type=2)


def event_of(viewer: Viewer, event: str, **keys: object) -> Event:
    return {
        "event": event,
        "user_id": str(viewer.user_id),
        "unique_id": viewer.username,
        "nickname": viewer.nickname,
        "picture": viewer.picture_url,
        "gifter_level": viewer.gifter_level,
        **keys,
    }


def gift(room: Room, viewer: Viewer, kind: Gift, count: int, *, end: bool) -> Event:
    return event_of(
        viewer,
        "gift",
        gift_id=kind.gift_id,
        name=kind.name,
        diamonds=kind.diamonds,
        gift_type=kind.gift_type,
        repeat_count=count,
        repeat_end=end,
        group_id=str(room.state.last_group),
    )


def play(room: Room) -> list[Event]:
    """Play one event of each kind and the end of the LIVE; return the events that a client should report."""
    # In one frame: tiktok-live-connector decompresses frames concurrently, and then reports them in any order.
    with room.batch():
        return [*_chats(room), *_gifts(room), *_counts(room), *_end(room)]


def _chats(room: Room) -> list[Event]:
    room.member(BOB)
    room.chat(BOB, TEXT)
    room.chat(MASKED, "hello")
    room.question(CAROL, "Why?")
    return [
        event_of(BOB, "member", present=room.counters.viewers),
        event_of(BOB, "chat", comment=TEXT),
        event_of(MASKED, "chat", comment="hello"),
        event_of(CAROL, "question", text="Why?"),
    ]


def _gifts(room: Room) -> list[Event]:
    room.gift(CAROL, ROSE, 3)
    streak = [(1, False), (2, False), (3, False), (3, True)]
    expected = [gift(room, CAROL, ROSE, count, end=end) for count, end in streak]
    room.gift(BOB, GALAXY)
    return [*expected, gift(room, BOB, GALAXY, 1, end=False)]


def _counts(room: Room) -> list[Event]:
    room.like(BOB, 15)
    room.like(CAROL, 4)
    room.room_user(1234)
    top = [["bob", GALAXY.diamonds], ["carol.ko", 3 * ROSE.diamonds]]
    return [
        event_of(BOB, "like", count=15, total=15),
        event_of(CAROL, "like", count=4, total=19),
        {"event": "room_user", "viewers": 1234, "total_users": 1234, "top": top},
    ]


def _end(room: Room) -> list[Event]:
    room.follow(CAROL)
    room.share(BOB)
    room.end()
    return [
        event_of(CAROL, "follow", followers=room.state.followers),
        event_of(BOB, "share", shares=1),
        {"event": "end"},
    ]
