"""What is played to the clients, and what each should hear of it."""

from dataclasses import replace

from tests.peers.clients import Event
from tiktok2mqtt.simulator import Gift, Room, Viewer

BOB = Viewer.named("bob")
CAROL = replace(Viewer.named("carol.ko"), nickname="Cårol 🎈", gifter_level=33, is_moderator=True, is_subscriber=True)
MASKED = Viewer(username="", nickname="d***e", user_id=0)
TEXT = 'Grüße aus Köln 👋 "quoted" <b>'
ROSE = Gift(5655, "Rose", 1)
GALAXY = Gift(11046, "Galaxy", 1_000, gift_type=2)


def by(viewer: Viewer, event: str, **keys: object) -> Event:
    return {
        "event": event,
        "user_id": str(viewer.user_id),
        "unique_id": viewer.username,
        "nickname": viewer.nickname,
        "picture": viewer.picture_url,
        "gifter_level": viewer.gifter_level,
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
    # In one frame: tiktok-live-connector unpacks frames side by side, and then tells of them in any order.
    with room.batch():
        return [*_talk(room), *_gifts(room), *_counts(room), *_goodbye(room)]


def _talk(room: Room) -> list[Event]:
    room.member(BOB)
    room.chat(BOB, TEXT)
    room.chat(MASKED, "hello")
    room.question(CAROL, "Why?")
    return [
        by(BOB, "member", present=room.counters.viewers),
        by(BOB, "chat", comment=TEXT),
        by(MASKED, "chat", comment="hello"),
        by(CAROL, "question", text="Why?"),
    ]


def _gifts(room: Room) -> list[Event]:
    room.gift(CAROL, ROSE, 3)
    streak = [(1, False), (2, False), (3, False), (3, True)]
    heard = [gift(room, CAROL, ROSE, count, end=end) for count, end in streak]
    room.gift(BOB, GALAXY)
    return [*heard, gift(room, BOB, GALAXY, 1, end=False)]


def _counts(room: Room) -> list[Event]:
    room.like(BOB, 15)
    room.like(CAROL, 4)
    room.room_user(1234)
    top = [["bob", GALAXY.diamonds], ["carol.ko", 3 * ROSE.diamonds]]
    return [
        by(BOB, "like", count=15, total=15),
        by(CAROL, "like", count=4, total=19),
        {"event": "room_user", "viewers": 1234, "total_users": 1234, "top": top},
    ]


def _goodbye(room: Room) -> list[Event]:
    room.follow(CAROL)
    room.share(BOB)
    room.end()
    return [
        by(CAROL, "follow", followers=room.state.followers),
        by(BOB, "share", shares=1),
        {"event": "end"},
    ]
