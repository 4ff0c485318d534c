"""Simulated events: messages made here, processed by the same pipeline as those of a LIVE.

They let users build and try automations while no one is live. The events have `"source": "simulated"`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from zlib import crc32

from google.protobuf.message import Message

from tiktok2mqtt.webcast.events.registry import Event
from tiktok2mqtt.webcast.events.rows import REGISTRY
from tiktok2mqtt.webcast.gift_catalogue import GiftCatalogue
from tiktok2mqtt.webcast.gift_types import STREAKABLE
from tiktok2mqtt.webcast.memory import Drops
from tiktok2mqtt.webcast.schema import messages_pb2 as pb
from tiktok2mqtt.webcast.schema import notices_pb2, types_pb2
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchMessage, FetchResponse
from tiktok2mqtt.webcast.session import LiveSession

SOURCE: Final = "simulated"
MAX_TEXT_CHARS: Final = 300
MAX_NUMBER: Final = 1_000_000
# No room has this id: real ones are positive.
UNKNOWN_ROOM_ID: Final = "0"
_REPEAT_END: Final = 1
_ACTION_FOLLOW: Final = 1
_ACTION_SHARE: Final = 3
_ACTION_JOINED: Final = 1

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Context:
    """What every message contains, the number of likes so far, and the gifts that are known."""

    common: Any
    user: Any
    likes: int
    gifts: GiftCatalogue


@dataclass(frozen=True, slots=True)
class _Template:
    """How to make the message of an event: TikTok's display text, and the keys of `data` with their defaults."""

    make: Callable[[_Context, Data], Message]
    key: str = ""
    pattern: str = ""
    defaults: Data = field(default_factory=dict)


def _chat(context: _Context, data: Data) -> Message:
    return pb.WebcastChatMessage(common=context.common, user=context.user, content=data["comment"])


def _gift(context: _Context, data: Data) -> Message:
    known = context.gifts.find(data["name"]) or {}
    name, count = known.get("name") or data["name"], data["count"]
    pieces = context.common.display_text.pieces
    pieces.add().gift_value.name_ref.default_pattern = name
    pieces.add().string_value = f"x{count}"
    gift_id = known.get("id", "")
    gift_id = int(gift_id) if gift_id.isdecimal() else crc32(name.encode()) >> 1
    picture = known.get("image") or known.get("icon") or {}
    return pb.WebcastGiftMessage(
        common=context.common,
        user=context.user,
        gift_id=gift_id,
        repeat_count=count,
        repeat_end=_REPEAT_END,
        group_id=context.common.create_time,
        gift=pb.GiftStruct(
            id=gift_id,
            name=name,
            type=known.get("type") or STREAKABLE,
            diamond_count=data["diamonds"] or known.get("diamond_count") or 1,
            image=types_pb2.Image(url_list=picture.get("url_list") or ()),
        ),
    )


def _like(context: _Context, data: Data) -> Message:
    total = context.likes + data["count"]
    return pb.WebcastLikeMessage(common=context.common, user=context.user, count=data["count"], total=total)


def _member(context: _Context, _data: Data) -> Message:
    return pb.WebcastMemberMessage(common=context.common, user=context.user, action=_ACTION_JOINED)


def _follow(context: _Context, _data: Data) -> Message:
    return pb.WebcastSocialMessage(common=context.common, user=context.user, action=_ACTION_FOLLOW)


def _share(context: _Context, _data: Data) -> Message:
    return pb.WebcastSocialMessage(common=context.common, user=context.user, action=_ACTION_SHARE)


def _subscribe(context: _Context, data: Data) -> Message:
    return notices_pb2.WebcastSubNotifyMessage(common=context.common, sender=context.user, sub_month=data["months"])


def _question(context: _Context, data: Data) -> Message:
    details = pb.QuestionDetails(
        question_id=context.common.msg_id, question_text=data["question_text"], user=context.user
    )
    return pb.WebcastQuestionNewMessage(common=context.common, details=details)


_VIEWER: Final[Data] = {"nickname": "A simulated viewer", "unique_id": "simulated_viewer"}
# Keys and patterns are those of TikTok's display texts; source: protocol reference, section 4, "Display text".
_TEMPLATES: Final[Mapping[str, _Template]] = {
    "gift": _Template(
        _gift,
        "webcast_aweme_gift_send_message",
        "{0:user} sent {1:gift} {2:string}",
        {"name": "Rose", "diamonds": 0, "count": 1},
    ),
    "chat": _Template(_chat, defaults={"comment": "Hello!"}),
    "like": _Template(_like, "pm_mt_msg_viewer", "{0:user} liked the LIVE", {"count": 15}),
    "member": _Template(_member, "live_room_enter_toast", "{0:user} joined"),
    "follow": _Template(_follow, "pm_main_follow_message_viewer_2", "{0:user} followed the LIVE creator"),
    "share": _Template(_share, "pm_mt_guidance_share", "{0:user} shared the LIVE"),
    "subscribe": _Template(_subscribe, "", "{0:user} subscribed", {"months": 1}),
    "question_new": _Template(_question, defaults={"question_text": "How are you?"}),
}
NAMES: Final = tuple(_TEMPLATES)
"""The events that can be simulated."""


def events(  # noqa: PLR0913 - the details of an event
    room: str,
    room_id: str | None,
    name: str,
    data: Data,
    *,
    wall_ns: int,
    likes: int = 0,
    gifts: GiftCatalogue | None = None,
) -> list[Event]:
    """Return the events of one simulated message: the one called `name`, and those that accompany it.

    `data` may contain, for all events, nickname and unique_id of the viewer; name, diamonds (the price of one) and
    count of a gift; comment of a chat; count of likes; months of a subscription; question_text. A gift that is in
    `gifts` has the price, ID, type and picture there. `room_id` is None when unknown. `wall_ns` is the time in
    nanoseconds since 1970, used as the id: each call needs another one. `likes` is the total so far.

    Raises ValueError, with a sentence, for an event that cannot be simulated and for invalid data.
    """
    template = _TEMPLATES.get(name)
    if template is None:
        raise ValueError(f"event must be one of {', '.join(NAMES)}")
    complete = _validated(name, data, {**template.defaults, **_VIEWER})
    message = template.make(_context(template, complete, wall_ns, likes, gifts), complete)
    wire = FetchMessage(method=message.DESCRIPTOR.name, payload=message.SerializeToString(), msg_id=wall_ns)
    session = LiveSession(REGISTRY, room, room_id or UNKNOWN_ROOM_ID, wall=lambda: wall_ns / 1e9, drops=Drops())
    made = session.process(FetchResponse(messages=[wire]), SOURCE, 0.0)
    return [event for event in made if event["event_type"] != "gift_streak"]


def _validated(name: str, data: Data, defaults: Data) -> dict[str, Any]:
    for key, value in data.items():
        if key not in defaults:
            raise ValueError(f"data of {name} does not know the key {key!r}; it takes {', '.join(defaults)}")
        default = defaults[key]
        if type(value) is not type(default):
            raise ValueError(f"data.{key} must be a {'string' if isinstance(default, str) else 'whole number'}")
        if isinstance(value, str) and not 0 < len(value) <= MAX_TEXT_CHARS:
            raise ValueError(f"data.{key} must have 1 to {MAX_TEXT_CHARS} characters")
        if isinstance(value, int) and not 1 <= value <= MAX_NUMBER:
            raise ValueError(f"data.{key} must be from 1 to {MAX_NUMBER}")
    return dict(defaults) | dict(data)


def _context(template: _Template, data: Data, wall_ns: int, likes: int, gifts: GiftCatalogue | None) -> _Context:
    # The same name is always the same user.
    user = types_pb2.User(id=crc32(data["unique_id"].encode()), nickname=data["nickname"], unique_id=data["unique_id"])
    common = types_pb2.Common(msg_id=wall_ns, create_time=wall_ns // 1_000_000)
    if template.pattern:
        common.display_text.key, common.display_text.default_pattern = template.key, template.pattern
        common.display_text.pieces.add().user_value.user.CopyFrom(user)
    return _Context(common, user, likes, gifts if gifts is not None else GiftCatalogue())
