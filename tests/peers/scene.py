"""What is played to the clients, and what each should hear of it."""

from dataclasses import replace

from tests.peers.clients import Event
from tiktok2mqtt.simulator import Gift, Room, Viewer

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
