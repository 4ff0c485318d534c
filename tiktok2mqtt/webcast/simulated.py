"""Made-up events that are true in shape: messages of ours, taken through the same pipeline as those of a LIVE.

So that an automation can be built and tried before anybody is live. The events say `"source": "simulated"`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from zlib import crc32

from google.protobuf.message import Message

from tiktok2mqtt.webcast.events.registry import Event
from tiktok2mqtt.webcast.events.rows import REGISTRY
from tiktok2mqtt.webcast.memory import Drops
from tiktok2mqtt.webcast.schema import messages_pb2 as pb
from tiktok2mqtt.webcast.schema import notices_pb2, types_pb2
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchMessage, FetchResponse
from tiktok2mqtt.webcast.session import LiveSession

SOURCE: Final = "simulated"
MAX_TEXT_CHARS: Final = 300
MAX_NUMBER: Final = 1_000_000
# Ids of rooms are positive: this one is nobody's.
NO_ROOM_ID: Final = "0"
_ENDS_ITS_STREAK: Final = 1
_STREAKABLE: Final = 1
_FOLLOWED: Final = 1
_SHARED: Final = 3
_JOINED: Final = 1

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Context:
    """What a message says beside the data it is made from."""

    common: Any
    user: Any
    likes: int


@dataclass(frozen=True, slots=True)
class _Kind:
    """How an event is made: the text TikTok shows, its keys in `data` with their defaults, and the message."""

    make: Callable[[_Context, Data], Message]
    key: str = ""
    pattern: str = ""
    defaults: Data = field(default_factory=dict)


def _chat(context: _Context, data: Data) -> Message:
    return pb.WebcastChatMessage(common=context.common, user=context.user, content=data["comment"])


def _gift(context: _Context, data: Data) -> Message:
    name, count = data["name"], data["count"]
    pieces = context.common.display_text.pieces
    pieces.add().gift_value.name_ref.default_pattern = name
    pieces.add().string_value = f"x{count}"
    gift_id = crc32(name.encode()) >> 1
    return pb.WebcastGiftMessage(
        common=context.common,
        user=context.user,
        gift_id=gift_id,
        repeat_count=count,
        repeat_end=_ENDS_ITS_STREAK,
        group_id=context.common.create_time,
        gift=pb.GiftStruct(id=gift_id, name=name, type=_STREAKABLE, diamond_count=data["diamonds"]),
    )


def _like(context: _Context, data: Data) -> Message:
    total = context.likes + data["count"]
    return pb.WebcastLikeMessage(common=context.common, user=context.user, count=data["count"], total=total)


def _member(context: _Context, _data: Data) -> Message:
    return pb.WebcastMemberMessage(common=context.common, user=context.user, action=_JOINED)


def _follow(context: _Context, _data: Data) -> Message:
    return pb.WebcastSocialMessage(common=context.common, user=context.user, action=_FOLLOWED)


def _share(context: _Context, _data: Data) -> Message:
    return pb.WebcastSocialMessage(common=context.common, user=context.user, action=_SHARED)


def _subscribe(context: _Context, data: Data) -> Message:
    return notices_pb2.WebcastSubNotifyMessage(common=context.common, user=context.user, sub_month=data["months"])


def _question(context: _Context, data: Data) -> Message:
    details = pb.QuestionDetails(
        question_id=context.common.msg_id, question_text=data["question_text"], user=context.user
    )
    return pb.WebcastQuestionNewMessage(common=context.common, details=details)


_PERSON: Final[Data] = {"nickname": "A simulated viewer", "unique_id": "simulated_viewer"}
# Keys and patterns of the texts as the service sends them; source: protocol reference, section 4, "Display text".
_KINDS: Final[Mapping[str, _Kind]] = {
    "gift": _Kind(
        _gift,
        "webcast_aweme_gift_send_message",
        "{0:user} sent {1:gift} {2:string}",
        {"name": "Rose", "diamonds": 1, "count": 1},
    ),
    "chat": _Kind(_chat, defaults={"comment": "Hello!"}),
    "like": _Kind(_like, "pm_mt_msg_viewer", "{0:user} liked the LIVE", {"count": 15}),
    "member": _Kind(_member, "live_room_enter_toast", "{0:user} joined"),
    "follow": _Kind(_follow, "pm_main_follow_message_viewer_2", "{0:user} followed the LIVE creator"),
    "share": _Kind(_share, "pm_mt_guidance_share", "{0:user} shared the LIVE"),
    "subscribe": _Kind(_subscribe, "", "{0:user} subscribed", {"months": 1}),
    "question_new": _Kind(_question, defaults={"question_text": "How are you?"}),
}
NAMES: Final = tuple(_KINDS)
"""The events that can be simulated."""


def events(  # noqa: PLR0913 - one fact of the event each
    room: str, room_id: str | None, name: str, data: Data, *, wall_ns: int, likes: int = 0
) -> list[Event]:
    """Return the events that one made-up message makes: the one called `name`, and what comes with it.

    `data` may hold nickname and unique_id of the viewer; of a gift name, diamonds (the price of one) and count; comment
    of a chat; count of likes; months of a subscription; question_text. `likes` is the total so far. `wall_ns` is the
    time in nanoseconds since 1970, and makes the id: no two calls may have the same. `room_id` is None when unknown.

    Raises ValueError with a sentence for an event that cannot be simulated, and for data it does not take.
    """
    kind = _KINDS.get(name)
    if kind is None:
        raise ValueError(f"event must be one of {', '.join(NAMES)}")
    known = _checked(name, data, {**kind.defaults, **_PERSON})
    message = kind.make(_context(kind, known, wall_ns, likes), known)
    wire = FetchMessage(method=message.DESCRIPTOR.name, payload=message.SerializeToString(), msg_id=wall_ns)
    session = LiveSession(REGISTRY, room, room_id or NO_ROOM_ID, wall=lambda: wall_ns / 1e9, drops=Drops())
    made = session.process(FetchResponse(messages=[wire]), SOURCE, 0.0)
    return [event for event in made if event["event_type"] != "gift_streak"]


def _checked(name: str, data: Data, defaults: Data) -> dict[str, Any]:
    for key, value in data.items():
        if key not in defaults:
            raise ValueError(f"data of {name} does not know the key {key!r}; it takes {', '.join(defaults)}")
        default = defaults[key]
        if type(value) is not type(default):
            raise ValueError(f"data.{key} must be {'a text' if isinstance(default, str) else 'a whole number'}")
        if isinstance(value, str) and not 0 < len(value) <= MAX_TEXT_CHARS:
            raise ValueError(f"data.{key} must have 1 to {MAX_TEXT_CHARS} characters")
        if isinstance(value, int) and not 1 <= value <= MAX_NUMBER:
            raise ValueError(f"data.{key} must be from 1 to {MAX_NUMBER}")
    return dict(defaults) | dict(data)


def _context(kind: _Kind, data: Data, wall_ns: int, likes: int) -> _Context:
    # The same name is the same person.
    user = types_pb2.User(id=crc32(data["unique_id"].encode()), nickname=data["nickname"], unique_id=data["unique_id"])
    common = types_pb2.Common(msg_id=wall_ns, create_time=wall_ns // 1_000_000)
    if kind.pattern:
        common.display_text.key, common.display_text.default_pattern = kind.key, kind.pattern
        common.display_text.pieces.add().user_value.user.CopyFrom(user)
    return _Context(common, user, likes)
