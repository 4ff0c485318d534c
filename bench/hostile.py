"""Frames that are as expensive as possible for their size, and what each costs from the socket's bytes to JSON.

    python -m bench.hostile

Set PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION=python to measure protobuf in pure Python.
"""

import gzip
import resource
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import count, islice
from random import Random
from time import process_time, time
from typing import Final

from google.protobuf.internal import api_implementation

from bench.figures import table
from tiktok2mqtt.bridge.mqtt.payloads import encode_event
from tiktok2mqtt.webcast.events.limits import LARGE_MESSAGE_BYTES, MAX_MESSAGE_BYTES
from tiktok2mqtt.webcast.events.rows import REGISTRY
from tiktok2mqtt.webcast.memory import Drops
from tiktok2mqtt.webcast.net.frames import MAX_MESSAGES, MAX_PAYLOAD_BYTES, FrameProtocol
from tiktok2mqtt.webcast.session import LiveSession

# Bytes, or a function that returns those of a part by its number, so that no two are the same.
Part = bytes | Callable[[int], bytes]
_ROUNDS: Final = 3
_ROOM_ID: Final = "7000000000000000001"
_BUDGET_MS: Final = 100
_MIB: Final = 2**20
# Parts with smaller numbers are not longer.
_LAST_NUMBER: Final = 2**19
_RANKS: Final = "WebcastRoomUserSeqMessage"
_CHAT: Final = "WebcastChatMessage"
_MEMBER: Final = "WebcastMemberMessage"
_ARMIES: Final = "WebcastLinkMicArmies"
_DELETE: Final = "WebcastImDeleteMessage"
_GOAL: Final = "WebcastGoalUpdateMessage"
_RANK: Final = "WebcastRankUpdateMessage"


# --- the wire, written by hand ---


def varint(number: int) -> bytes:
    """Return a number as protobuf writes it."""
    out = bytearray()
    while number > 0x7F:  # noqa: PLR2004 - seven bits to a byte
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes((*out, number))


def field(number: int, content: bytes) -> bytes:
    """Return a field that has a length: a message, a text, packed numbers."""
    return varint(number << 3 | 2) + varint(len(content)) + content


def message(method: str, payload: bytes, message_id: int) -> bytes:
    """Return one message of a fetch response."""
    return field(1, field(1, method.encode()) + field(2, payload) + b"\x18" + varint(message_id))


def frame(response: bytes) -> bytes:
    """Return a push frame with a compressed fetch response."""
    return field(7, b"msg") + field(8, gzip.compress(response, 1))


def filled(method: str, part: Part, size: int) -> bytes:
    """Return the largest fetch response: messages of up to `size` bytes each, all of them made of such parts."""
    out, numbers = bytearray(), count(1)
    for _ in range(MAX_MESSAGES):
        if isinstance(part, bytes):
            payload = part * (size // len(part))
        else:
            parts = map(part, islice(numbers, size // len(part(_LAST_NUMBER))))
            payload = b"".join(parts)
        one = message(method, payload, next(numbers))
        if len(out) + len(one) > MAX_PAYLOAD_BYTES:
            break
        out += one
    return bytes(out)


# --- what is expensive ---

# Parts of messages by their name, with the message type.
_PARTS: Final[Mapping[str, tuple[str, Part]]] = {
    "empty ranks": (_RANKS, b"\x12\x00"),
    "ranks of users": (_RANKS, lambda n: field(2, field(2, _user(n, badges=0)))),
    "ranks of users with badges": (_RANKS, lambda n: field(2, field(2, _user(n, badges=5)))),
    "entries of a map": (_ARMIES, lambda n: field(3, b"\x08" + varint(n << 32 | n) + field(2, field(1, b"") * 10))),
    "entries of a map with one hash": (_ARMIES, lambda n: field(3, b"\x08" + varint(n << 32 | n))),
    "numbers": (_DELETE, b"\x10\x01"),
    "packed numbers": (_DELETE, field(2, b"\x01" * 100)),
    "unknown fields": (_CHAT, b"\xf8\x07\x7f"),
    "badges of one user": (_CHAT, lambda _: field(2, _badge(8) * 140)),
    "users in texts": (_MEMBER, lambda n: field(1, field(8, _text(n, 20)))),
    "long texts": (_CHAT, field(3, b"\xf0\x9f\x8c\xb9" * 200)),
    "texts that are not UTF-8": (_CHAT, field(3, b"\xff")),
    "long texts that are not UTF-8": (_CHAT, field(3, b"\xff" * 800)),
    "users that are no messages": (_RANKS, field(2, field(2, b"\xff"))),
    "users with a bad name": (_RANKS, lambda n: field(2, field(2, _user(n, badges=5) + field(3, b"\xff")))),
    "a text that is not UTF-8, and unknown fields": (_CHAT, field(3, b"\xff") + b"\xf8\x07\x7f" * 200),
    "empty emotes": (_CHAT, b"\x6a\x00"),
    "empty URLs": (_GOAL, field(5, b"\x0a\x00" * 100)),
    "parts of a goal": (_GOAL, field(3, b"\x22\x00" * 100)),
    "rankings": (_RANK, b"\x12\x00"),
    "lines of a caption": ("WebcastCaptionMessage", field(2, b"\x12\x01x")),
}
_SIZES: Final = {
    "of 128 KiB": MAX_MESSAGE_BYTES,
    "of 16 KiB": LARGE_MESSAGE_BYTES,
    # As many as there may be, of the size with which they fill a response.
    "of 2 KiB": MAX_PAYLOAD_BYTES // MAX_MESSAGES - 60,
}


def _badge(scene: int) -> bytes:
    """Return a badge for the list of a user."""
    return field(64, b"\x18" + varint(scene))


def _user(number: int, badges: int) -> bytes:
    return b"\x08" + varint(number) + b"".join(map(_badge, range(badges)))


def _text(number: int, pieces: int) -> bytes:
    """Return a text that shows all of its pieces; each is a user that no other text has."""
    pattern = "".join(f"{{{n}:u}}" for n in range(pieces)).encode()
    users = (_user(number * pieces + n, badges=1) for n in range(pieces))
    return field(2, pattern) + b"".join(field(4, field(21, field(1, user))) for user in users)


def _text_of_long_user() -> bytes:
    """Return a text that shows one user of 15 kB many times."""
    return field(2, b"{0:u}" * 200) + field(4, field(21, field(1, _badge(1) * 3_000)))


def _nested_user(depth: int) -> bytes:
    """Return a user whose top fan has a top fan, and so on."""
    user = b""
    for _ in range(depth):
        user = field(45, user)
    return user


def cases() -> dict[str, Callable[[], bytes]]:
    """Return functions that make a push frame each, by the name of the case."""
    made: dict[str, Callable[[], bytes]] = {}
    made["as reported: 31 x 131,072 empty ranks"] = lambda: frame(message(_RANKS, b"\x12\x00" * 2**17, 1) * 31)
    for size_name, size in _SIZES.items():
        for name, (method, part) in _PARTS.items():
            made[f"{name}, messages {size_name}"] = partial(_frame_of, method, part, size)
    return made | _FURTHER_CASES


def _frame_of(method: str, part: Part, size: int) -> bytes:
    return frame(filled(method, part, size))


def _chats(payload: Callable[[int], bytes]) -> bytes:
    return frame(b"".join(message(_CHAT, payload(n), n) for n in range(1, 2_001)))


def _noise(size: int) -> bytes:
    return Random(1).randbytes(size)  # noqa: S311 - the same each time


_FURTHER_CASES: Final[dict[str, Callable[[], bytes]]] = {
    "2,000 chats of users with 50 badges": lambda: _chats(lambda n: field(2, _user(n, badges=50))),
    "2,000 chats with a text that is not UTF-8": lambda: _chats(lambda n: field(2, _user(n, 1)) + field(3, b"\xff")),
    "a bad name in a user in a user, 2,000 times": lambda: frame(
        message(_CHAT, field(2, field(3, b"\xff") + _nested_user(2_000)), 1)
    ),
    "bad texts and noise": lambda: (
        field(7, b"msg") + field(8, message(_CHAT, field(3, b"\xff") * 9_000 + _noise(2**16), 0) * 11)
    ),
    "a response with a bad text in each message": lambda: frame(field(1, field(1, b"\xff") + field(2, b"")) * 2_000),
    "2,000 chats without anything": lambda: _chats(lambda _: b""),
    "a megabyte of chats without anything": lambda: frame(message(_CHAT, b"", 0) * 37_000),
    "messages without anything, as many bytes as may be": lambda: frame(b"\x0a\x00" * (MAX_PAYLOAD_BYTES // 2)),
    "64 KiB of messages without anything": lambda: frame(b"\x0a\x00" * 2**15),
    "2,000 messages without anything": lambda: frame(b"\x0a\x00" * 2_000),
    "a user in a user, 2,000 times": lambda: frame(message(_CHAT, field(2, _nested_user(2_000)), 1)),
    "a long user, shown 200 times": lambda: frame(message(_MEMBER, field(1, field(8, _text_of_long_user())), 1)),
    "groups in groups": lambda: frame(message(_CHAT, b"\xc3\x3e" * 2**13, 1)),
    "headers": lambda: field(7, b"msg") + field(5, b"") * 2**18,
    "noise": lambda: field(7, b"msg") + field(8, _noise(MAX_PAYLOAD_BYTES)),
    "noise in messages": lambda: field(7, b"msg") + field(8, message(_CHAT, _noise(2**16), 0) * 15),
    "a gzip bomb": lambda: field(7, b"msg") + field(8, gzip.compress(bytes(2**27), 1)),
}


# --- what it costs ---


@dataclass(frozen=True, slots=True)
class Cost:
    """One frame: its size, the processor time to its events and to their JSON, the events, and what was dropped."""

    name: str
    frame_bytes: int
    events_ms: float
    json_ms: float
    events: int
    dropped: dict[str, int]


def cost(name: str, data: bytes) -> Cost:
    """Process a frame in a new session."""
    drops = Drops()
    protocol = FrameProtocol(_ROOM_ID, 0.0, dropped=drops.frames)
    session = LiveSession(REGISTRY, "alice", _ROOM_ID, wall=time, drops=drops)
    begin = process_time()
    response = protocol.receive_bytes(data, 0.0)
    events = session.process(response, "direct", 0.0) if response is not None else []
    between = process_time()
    for event in events:
        encode_event(event)
    end = process_time()
    counts = dict(drops.frames + drops.too_large + drops.undecodable + drops.unknown)
    return Cost(name, len(data), (between - begin) * 1e3, (end - between) * 1e3, len(events), counts)


def report(costs: list[Cost]) -> str:
    """Return the table."""
    rows = [
        (
            one.name,
            f"{one.frame_bytes:,}",
            f"{one.events_ms:.1f}",
            f"{one.json_ms:.1f}",
            f"{one.events:,}",
            ", ".join(f"{number:,} {cause}" for cause, number in one.dropped.items()),
        )
        for one in costs
    ]
    return table(("frame", "bytes", "ms to events", "ms to JSON", "events", "dropped"), rows)


def main() -> None:
    print(f"Frames that are as expensive as possible; protobuf: {api_implementation.Type()}\n")
    costs = []
    for name, make in cases().items():
        data = make()
        rounds = [cost(name, data) for _ in range(_ROUNDS)]
        costs.append(sorted(rounds, key=lambda one: one.events_ms + one.json_ms)[_ROUNDS // 2])
    print(report(costs))
    worst = max(costs, key=lambda one: one.events_ms)
    print(f"\nmost: {worst.events_ms:.0f} ms to events ({worst.name}); target {_BUDGET_MS} ms at most")
    print(f"memory at most: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / _MIB:.0f} MiB")


if __name__ == "__main__":
    main()
