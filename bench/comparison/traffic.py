"""What is said in a busy room: a cycle of messages that are encoded once, then only ids and times are patched.

Sizes are near those of messages captured in 2023: whoever joins, follows or shares has no badge, whoever writes has one
or two, and of those who like, two in ten have.
"""

import random
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import count
from statistics import mean
from typing import Final

from tiktok2mqtt.simulator import Room, Viewer, messages
from tiktok2mqtt.simulator.envelope import Message
from tiktok2mqtt.simulator.gifts import as_gift
from tiktok2mqtt.simulator.messages import GiftSend, Head
from tiktok2mqtt.simulator.wire import varint

# So many of each in 200 messages. A streak is three gifts and its end.
MIX: Final = {
    "member": 60,
    "like": 60,
    "chat": 60,
    "room_user": 10,
    "streak": 4,
    "gift": 1,
    "follow": 3,
    "share": 2,
}
REGULARS: Final = 100
PASSERS_BY: Final = 900
_BLOCKS: Final = 10
_STREAK: Final = 3
_TOP: Final = 4
_BADGED_LIKES: Final = 0.2
_SHORT_PICTURE: Final = "https://p16-sign.tiktokcdn.com/avatar/{}.webp"
_TWO_BADGES: Final = 5
_MODERATORS: Final = 20
_TEXTS: Final = (
    "hello from far away",
    "what is the name of this song?",
    "so nice",
    "good evening to all of you",
    "wow",
)

# Stand-ins as long as what takes their place: 9 bytes of an id, 6 of a time in ms, 16 digits of a time in µs.
_ID, _GROUP, _TIME_MS, _TIME_US = 0x7A5A_5A5A_5A5A_5A5A, 0x7B5B_5B5B_5B5B_5B5B, 0x1A5_5A5A_A5A5, "time-in-the-text"
_MARKS: Final = varint(_ID), varint(_GROUP), varint(_TIME_MS), _TIME_US.encode()
_ANY_MARK: Final = re.compile(b"(" + b"|".join(map(re.escape, _MARKS)) + b")")
_FIRST_GROUP: Final = 7_300_000_000_000_000_000
_SENT_AT: Final = re.compile(rb"sent at (\d{16})")


def age_ms(payload: bytes, at: float) -> float:
    """Return how old a chat was when it arrived `at`, in seconds since 1970: its text says when it was sent."""
    found = _SENT_AT.search(payload)
    if found is None:
        raise ValueError(f"no time in {payload[:200]!r}")
    return at * 1000 - int(found[1]) / 1000


class Crowd:
    """The viewers of one room, and who does something next. The few who write do most of it, as in a real room."""

    def __init__(self, room: str, dice: random.Random) -> None:
        self._dice = dice
        self.regulars = [_regular(f"{room}.fan{number}", number) for number in range(REGULARS)]
        self.passers_by = [_passer_by(f"{room}.guest{number}") for number in range(PASSERS_BY)]
        self._weights = [1 / rank for rank in range(1, REGULARS + 1)]

    def regular(self) -> Viewer:
        """Return one with badges."""
        return self._dice.choices(self.regulars, self._weights)[0]

    def passer_by(self) -> Viewer:
        """Return one without."""
        return self._dice.choice(self.passers_by)

    def liker(self) -> Viewer:
        """Return one of both."""
        return self.regular() if self._dice.random() < _BADGED_LIKES else self.passer_by()


def _regular(name: str, number: int) -> Viewer:
    fans_level = 0 if (number + 1) % _TWO_BADGES else 1 + number % 50
    return replace(Viewer.named(name), fans_level=fans_level, is_moderator=number % _MODERATORS == 0)


def _passer_by(name: str) -> Viewer:
    return replace(Viewer.named(name), gifter_level=0, picture_url=_SHORT_PICTURE.format(name))


class Template:
    """An encoded message with gaps for ids and times."""

    def __init__(self, method: str, payload: bytes, *, new_group: bool = False) -> None:
        self.method = method
        self.size = len(payload)
        self.new_group = new_group
        self._parts = _ANY_MARK.split(Message(method, payload, _ID).encode())

    def fill(self, values: Mapping[bytes, bytes]) -> bytes:
        """Return the message with a value for each mark."""
        parts = self._parts.copy()
        for place in range(1, len(parts), 2):
            parts[place] = values[parts[place]]
        return b"".join(parts)


class Traffic:
    """The messages of one live room, in a cycle of 2,000."""

    def __init__(self, room: Room) -> None:
        self.room = room
        head = replace(room.head(), msg_id=_ID, now_ms=_TIME_MS)
        self.templates = list(_templates(head, random.Random(room.name)))  # noqa: S311 - no secret
        self._next = 0
        self._groups = count(_FIRST_GROUP)
        self._group = varint(_FIRST_GROUP)

    def frame(self, size: int) -> tuple[list[bytes], int]:
        """Return so many messages of this moment, and how many of them are chats."""
        now_us = time.time_ns() // 1000
        chats = 0
        frame = []
        for _ in range(size):
            template = self.templates[self._next]
            self._next = (self._next + 1) % len(self.templates)
            if template.new_group:
                self._group = varint(next(self._groups))
            chats += template.method == messages.CHAT
            msg_id = self.room.shared.world.new_id(now_us / 1e6)
            values = varint(msg_id), self._group, varint(now_us // 1000), str(now_us).encode()
            frame.append(template.fill(dict(zip(_MARKS, values, strict=True))))
        return frame, chats

    def sizes(self) -> dict[str, int]:
        """Return the mean size of a message, in bytes, by type."""
        sizes = defaultdict(list)
        for template in self.templates:
            sizes[template.method].append(template.size)
        return {method: round(mean(found)) for method, found in sizes.items()}


def _templates(head: Head, dice: random.Random) -> Iterator[Template]:
    crowd = Crowd(head.host.username, dice)
    streak = _streak(head, crowd)
    makers = _makers(head, crowd, dice)
    for _ in range(_BLOCKS):
        block = [kind for kind, times in MIX.items() for _ in range(times)]
        dice.shuffle(block)
        for kind in block:
            yield next(streak) if kind == "streak" else Template(*makers[kind]())


def _makers(head: Head, crowd: Crowd, dice: random.Random) -> dict[str, Callable[[], tuple[str, bytes]]]:
    """Return what makes the type and payload of each kind of message."""
    galaxy = GiftSend(as_gift("Galaxy"), 1, _GROUP, ended=False)
    likes = count(15, 15)

    def chat() -> bytes:
        return messages.chat(head, crowd.regular(), f"{dice.choice(_TEXTS)}, sent at {_TIME_US}")

    def room_user() -> bytes:
        top = [(viewer, 1000 - place) for place, viewer in enumerate(crowd.passers_by[:_TOP])]
        return messages.room_user(head, dice.randint(900, 1_100), 20_000, top)

    return {
        "member": lambda: (messages.MEMBER, messages.member(head, crowd.passer_by(), 1_000)),
        "like": lambda: (messages.LIKE, messages.like(head, crowd.liker(), 15, next(likes))),
        "chat": lambda: (messages.CHAT, chat()),
        "room_user": lambda: (messages.ROOM_USER, room_user()),
        "gift": lambda: (messages.GIFT, messages.gift(head, crowd.regular(), galaxy)),
        "follow": lambda: (messages.SOCIAL, messages.follow(head, crowd.passer_by(), 5_000)),
        "share": lambda: (messages.SOCIAL, messages.share(head, crowd.passer_by(), 50)),
    }


def _streak(head: Head, crowd: Crowd) -> Iterator[Template]:
    """Yield the messages of streaks, one streak after the other."""
    rose = as_gift("Rose")
    while True:
        giver = crowd.regular()
        for shown in range(1, _STREAK + 1):
            send = GiftSend(rose, shown, _GROUP, ended=False)
            yield Template(messages.GIFT, messages.gift(head, giver, send), new_group=shown == 1)
        yield Template(messages.GIFT, messages.gift(head, giver, GiftSend(rose, _STREAK, _GROUP, ended=True)))
