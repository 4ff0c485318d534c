"""The messages of a busy room: a cycle that is encoded once; after that only ids and times are replaced.

Message sizes are close to those captured in 2023: viewers who join, follow or share have no badge, those who chat have
one or two, and two in ten of those who like have some.
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

# Number of each in a block of 200 messages. A streak is three gift messages and its end.
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
OCCASIONAL: Final = 900
_BLOCKS: Final = 10
_STREAK_LENGTH: Final = 3
_TOP_VIEWERS: Final = 4
_BADGED_LIKES: Final = 0.2
_SHORT_PICTURE: Final = "https://p16-sign.tiktokcdn.com/avatar/{}.webp"
_TWO_BADGES_EVERY: Final = 5
_MODERATOR_EVERY: Final = 20
_TEXTS: Final = (
    "hello from far away",
    "what is the name of this song?",
    "so nice",
    "good evening to all of you",
    "wow",
)

# Placeholders with the encoded length of the real values: 9 bytes for an id, 6 for a time in ms, 16 digits for a time
# in µs.
_ID, _GROUP, _TIME_MS, _TIME_US = 0x7A5A_5A5A_5A5A_5A5A, 0x7B5B_5B5B_5B5B_5B5B, 0x1A5_5A5A_A5A5, "time-in-the-text"
_PLACEHOLDERS: Final = varint(_ID), varint(_GROUP), varint(_TIME_MS), _TIME_US.encode()
_ANY_PLACEHOLDER: Final = re.compile(b"(" + b"|".join(map(re.escape, _PLACEHOLDERS)) + b")")
_FIRST_GROUP: Final = 7_300_000_000_000_000_000
_SENT_AT: Final = re.compile(rb"sent at (\d{16})")


def latency_ms(payload: bytes, at: float) -> float:
    """Return the milliseconds from the time in the text of a chat until it was received `at` (seconds since 1970)."""
    found = _SENT_AT.search(payload)
    if found is None:
        raise ValueError(f"no send time in {payload[:200]!r}")
    return at * 1000 - int(found[1]) / 1000


class Viewers:
    """Chooses viewers of one room at random. A few regulars send most of the chats, as in a real room."""

    def __init__(self, room: str, rng: random.Random) -> None:
        self._rng = rng
        self.regulars = [_regular(f"{room}.fan{number}", number) for number in range(REGULARS)]
        self.occasional = [_occasional(f"{room}.guest{number}") for number in range(OCCASIONAL)]
        self._weights = [1 / rank for rank in range(1, REGULARS + 1)]

    def any_regular(self) -> Viewer:
        """Return a regular viewer, who has badges."""
        return self._rng.choices(self.regulars, self._weights)[0]

    def any_occasional(self) -> Viewer:
        """Return an occasional viewer, who has no badges."""
        return self._rng.choice(self.occasional)

    def any_liker(self) -> Viewer:
        """Return a viewer of either kind."""
        return self.any_regular() if self._rng.random() < _BADGED_LIKES else self.any_occasional()


def _regular(name: str, number: int) -> Viewer:
    fans_level = 0 if (number + 1) % _TWO_BADGES_EVERY else 1 + number % 50
    return replace(Viewer.named(name), fans_level=fans_level, is_moderator=number % _MODERATOR_EVERY == 0)


def _occasional(name: str) -> Viewer:
    return replace(Viewer.named(name), gifter_level=0, picture_url=_SHORT_PICTURE.format(name))


class Template:
    """An encoded message with placeholders for ids and times."""

    def __init__(self, method: str, payload: bytes, *, new_group: bool = False) -> None:
        self.method = method
        self.size = len(payload)
        self.new_group = new_group
        self._parts = _ANY_PLACEHOLDER.split(Message(method, payload, _ID).encode())

    def fill(self, values: Mapping[bytes, bytes]) -> bytes:
        """Return the message with a value for each placeholder."""
        parts = self._parts.copy()
        for index in range(1, len(parts), 2):
            parts[index] = values[parts[index]]
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
        """Return `size` messages with the current time, and the number of chats among them."""
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
            frame.append(template.fill(dict(zip(_PLACEHOLDERS, values, strict=True))))
        return frame, chats

    def sizes(self) -> dict[str, int]:
        """Return the mean size of a message, in bytes, by type."""
        sizes = defaultdict(list)
        for template in self.templates:
            sizes[template.method].append(template.size)
        return {method: round(mean(found)) for method, found in sizes.items()}


def _templates(head: Head, rng: random.Random) -> Iterator[Template]:
    viewers = Viewers(head.host.username, rng)
    streak = _streak(head, viewers)
    makers = _makers(head, viewers, rng)
    for _ in range(_BLOCKS):
        block = [kind for kind, times in MIX.items() for _ in range(times)]
        rng.shuffle(block)
        for kind in block:
            yield next(streak) if kind == "streak" else Template(*makers[kind]())


def _makers(head: Head, viewers: Viewers, rng: random.Random) -> dict[str, Callable[[], tuple[str, bytes]]]:
    """Return a function for each kind of message; it returns type and payload."""
    galaxy = GiftSend(as_gift("Galaxy"), 1, _GROUP, ended=False)
    likes = count(15, 15)

    def chat() -> bytes:
        return messages.chat(head, viewers.any_regular(), f"{rng.choice(_TEXTS)}, sent at {_TIME_US}")

    def room_user() -> bytes:
        top = [(viewer, 1000 - place) for place, viewer in enumerate(viewers.occasional[:_TOP_VIEWERS])]
        return messages.room_user(head, rng.randint(900, 1_100), 20_000, top)

    return {
        "member": lambda: (messages.MEMBER, messages.member(head, viewers.any_occasional(), 1_000)),
        "like": lambda: (messages.LIKE, messages.like(head, viewers.any_liker(), 15, next(likes))),
        "chat": lambda: (messages.CHAT, chat()),
        "room_user": lambda: (messages.ROOM_USER, room_user()),
        "gift": lambda: (messages.GIFT, messages.gift(head, viewers.any_regular(), galaxy)),
        "follow": lambda: (messages.SOCIAL, messages.follow(head, viewers.any_occasional(), 5_000)),
        "share": lambda: (messages.SOCIAL, messages.share(head, viewers.any_occasional(), 50)),
    }


def _streak(head: Head, viewers: Viewers) -> Iterator[Template]:
    """Yield the messages of one streak after the other."""
    rose = as_gift("Rose")
    while True:
        sender = viewers.any_regular()
        for shown in range(1, _STREAK_LENGTH + 1):
            send = GiftSend(rose, shown, _GROUP, ended=False)
            yield Template(messages.GIFT, messages.gift(head, sender, send), new_group=shown == 1)
        yield Template(messages.GIFT, messages.gift(head, sender, GiftSend(rose, _STREAK_LENGTH, _GROUP, ended=True)))
