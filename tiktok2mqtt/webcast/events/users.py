"""The people in messages, and the display texts that name them.

Missing or masked values become null, never an error. A display text is a pattern with placeholders and the pieces that
fill them. Source: protocol reference, section 4, "User", "Badges" and "Display text".
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice
from types import MappingProxyType
from typing import Any, Final

from tiktok2mqtt.webcast.events.fields import Field, as_id, as_text, first_url, word_doc
from tiktok2mqtt.webcast.events.limits import MAX_CACHED_BYTES, cached, charge, lazy_type
from tiktok2mqtt.webcast.schema.messages_pb2 import UserIdentity
from tiktok2mqtt.webcast.schema.types_pb2 import User

Json = dict[str, Any]
MAX_RENDERED_CHARS: Final = 1_000
# A placeholder refers to its piece by a number of at most two digits.
_MAX_PIECES: Final = 100
# The cost of a piece, see `limits.charge`. TikTok's own texts have at most three.
_PIECE_VALUES: Final = 4
_USUAL_PIECES: Final = 4
# TextPiece.type of a heart and of an image (captured: 15).
_PICTURE_TYPES: Final = (13, 15)
_NO_BLANK_BEFORE: Final = " ,.!?"
_PLACEHOLDER: Final = re.compile(r"\{(\d{1,2}):([a-z_]{1,20})\}")
MISSING: Final = "…"
"""What stands for a piece that a text lacks."""
_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
_TIMES: Final = ("x", "\N{MULTIPLICATION SIGN}")
# About 5 kB each. One cache for the acting user and for display texts, since many messages name their user twice. A
# cache of thousands would be slower than parsing: see docs/performance.md.
_CACHED_USERS: Final = 512
# A UserIdentity has six flags.
_MAX_IDENTITY_BYTES: Final = 64
# Captured users have eight badges at most, and rarely more than four. What exceeds the limit is left out.
_MAX_BADGES: Final = 50
_USUAL_BADGES: Final = 5
# A user and each of its badges, see `limits.charge`.
_USER_VALUES: Final = 10
_BADGE_VALUES: Final = 4
_LAZY_USER: Final = lazy_type(User)
# A level is text from the peer; int() refuses very long ones.
_MAX_LEVEL_DIGITS: Final = 9
# BadgeStruct.badge_scene
_SCENE_MODERATOR: Final = 1
_SCENE_FRIENDS: Final = 3
_SCENE_SUBSCRIBER: Final = 4
_SCENE_RANK_LIST: Final = 6
_SCENE_NEW_SUBSCRIBER: Final = 7
_SCENE_GIFTER: Final = 8
_SCENE_FANS: Final = 10
_SCENE_ANCHOR: Final = 12
BADGE_NAMES: Final = {
    _SCENE_MODERATOR: "moderator",
    2: "new_gifter",
    _SCENE_FRIENDS: "friend",
    _SCENE_SUBSCRIBER: "subscriber",
    5: "activity",
    _SCENE_RANK_LIST: "ranking",
    _SCENE_NEW_SUBSCRIBER: "new_subscriber",
    _SCENE_GIFTER: "gifter",
    9: "state_media",
    _SCENE_FANS: "fan",
    11: "live_pro",
    _SCENE_ANCHOR: "host",
    13: "class_ranking",
}
# FollowInfo.follow_status of a user who follows the host and is followed by the host.
_MUTUAL: Final = 2


def render(text: Any, own: Mapping[str, str] = _NOTHING) -> str | None:
    """Return a Text in English with its placeholders filled, or None if it is empty.

    A missing piece becomes what `own` has for its kind, or else "…"; one that is a picture is left out. Raises
    DecodeError if the user in a piece cannot be decoded.
    """
    # Pattern and pieces are cut first: many placeholders for one long piece would fill the memory.
    pattern = text.default_pattern[:MAX_RENDERED_CHARS]
    if not pattern:
        return None
    first, rest = _split(pattern)
    if not rest:
        return as_text(first)
    pieces = text.pieces
    count = len(pieces)
    if len(rest) > _USUAL_PIECES:
        charge(_PIECE_VALUES * len(rest))
    parts = [first]
    # A piece is inserted as it is: placeholders in it are not filled.
    for number, kind, literal in rest:
        piece = pieces[number] if number < count else None
        filled = _piece_text(piece)[:MAX_RENDERED_CHARS] if piece is not None else ""
        if filled or piece is None or not _is_picture(piece):
            parts += (filled or _own_piece(kind, parts[-1], own), literal)
        else:
            # The blank before the picture goes with it, or else the one behind it.
            if not literal or literal[0] in _NO_BLANK_BEFORE:
                parts[-1] = parts[-1].removesuffix(" ")
            parts.append(literal if any(parts) else literal.lstrip(" "))
    return as_text("".join(parts)[:MAX_RENDERED_CHARS])


@lru_cache(512)
def _split(pattern: str) -> tuple[str, tuple[tuple[int, str, str], ...]]:
    """Split a pattern into the text before its first placeholder, and each placeholder with the text after it."""
    first, *rest = _PLACEHOLDER.split(pattern)
    parts = zip(rest[::3], rest[1::3], rest[2::3], strict=True)
    return first, tuple((int(number), kind, literal) for number, kind, literal in parts)


def own_pieces(event: Json) -> dict[str, str]:
    """Return what fills the placeholders of an event's text by their kind: its user, and its gift with the count."""
    gift = event.get("gift") or {}
    pieces = {"user": event.get("nickname") or event.get("unique_id"), "gift": gift.get("name")}
    if count := gift.get("repeat_count"):
        pieces["string"] = f"x{count}"
    return {kind: value for kind, value in pieces.items() if value}


def _own_piece(kind: str, before: str, own: Mapping[str, str]) -> str:
    piece = own.get(kind, MISSING)
    is_count = kind == "string" and before.rstrip().endswith(_TIMES)
    return piece.removeprefix("x") if is_count else piece


def _piece_text(piece: Any) -> str:
    if piece.HasField("user_value"):
        user = read_person(piece.user_value.user)
        return user["nickname"] or user["unique_id"] or ""
    if piece.HasField("gift_value"):
        return str(piece.gift_value.name_ref.default_pattern or piece.gift_value.gift_id)
    if piece.HasField("pattern_ref_value"):
        return str(piece.pattern_ref_value.default_pattern)
    return str(piece.string_value)


def _is_picture(piece: Any) -> bool:
    return piece.type in _PICTURE_TYPES or piece.HasField("image_value") or piece.HasField("heart_value")


def first_user(text: Any) -> bytes | None:
    """Return the first User among the first 100 pieces of a Text, or None."""
    return next(users_in(text), None)


def users_in(text: Any) -> Iterator[bytes]:
    """Yield the Users among the first 100 pieces of a Text."""
    for piece in islice(text.pieces, _MAX_PIECES):
        if piece.HasField("user_value"):
            yield piece.user_value.user


WHO: Final = (
    Field("user_id", "id", None, "User ID"),
    Field("unique_id", "string", None, "User name, without @"),
    Field("nickname", "string", None, "Display name"),
    Field("profile_picture_url", "string", None, "URL of the profile picture"),
)
"""The keys that identify a person, wherever people appear."""

PERSON: Final = (
    *WHO,
    Field("is_anchor", "boolean", None, "True if the user is the host; null if unknown"),
    Field("is_moderator", "boolean", None, "True if the user is a moderator of the room; null if unknown"),
    Field("is_subscriber", "boolean", None, "True if the user subscribes to the host; null if unknown"),
    Field("is_follower", "boolean", None, "True if the user follows the host; null if unknown"),
    Field("is_mutual", "boolean", None, "True if the user and the host follow each other; null if unknown"),
    Field("is_friend", "boolean", None, "As `is_mutual`, or true because a badge says so; null if unknown"),
    Field("is_gift_giver", "boolean", None, "True if the user has sent gifts to the host; null if unknown"),
    Field("is_top_gifter", "boolean", None, "True if the user is in the ranking of top gifters; null if unknown"),
    Field("gifter_level", "integer", None, "Gifter level, from the badge"),
    Field("fans_level", "integer", None, "Level in the host's fan club, from the badge"),
    Field(
        "badges",
        "array",
        None,
        "The user's badges, one of each kind",
        fields=(
            Field("scene", "integer", None, "TikTok's number for the kind of badge", zero=True),
            Field("scene_name", "string", None, word_doc("scene", BADGE_NAMES)),
            Field("level", "integer", None, "Level shown on the badge; null if there is none"),
        ),
    ),
)
"""The keys of the acting person of an event."""
_NOBODY: Final = {field.key: None for field in PERSON}


def write_person(event: Json, user: bytes | None, identity: bytes | None = None) -> None:
    """Write the keys of PERSON into `event`. Raises DecodeError.

    `user` is a User, or None for nobody. `identity` is a UserIdentity, or None if the message has none; then the flags
    are true or null, because in a User "no" looks the same as "not sent".
    """
    if user is None:
        event |= _NOBODY
        return
    if identity is None:
        person = read_person(user)
    elif len(user) <= MAX_CACHED_BYTES and len(identity) <= _MAX_IDENTITY_BYTES:
        person = _identified_cached(user, identity)
    else:
        person = _read_identified(user, identity)
    event |= person
    if badges := person["badges"]:
        if len(badges) > _USUAL_BADGES:
            charge(_BADGE_VALUES * len(badges))
        event["badges"] = list(map(dict.copy, badges))
    else:
        event["badges"] = []


def own_identity(message: Any) -> bytes | None:
    """Return the UserIdentity of a message, or None."""
    identity: bytes = message.user_identity
    # Empty bytes look like none.
    return identity if identity or message.HasField("user_identity") else None


@cached(_CACHED_USERS)
def read_person(raw: bytes) -> Json:
    """Return the keys of PERSON from a User. The result is shared: copy it. Raises DecodeError."""
    user: Any = _LAZY_USER.FromString(raw)
    shown = user.badge_list[:_MAX_BADGES]
    charge(_USER_VALUES + _BADGE_VALUES * len(shown))
    # Most badges come twice, in an old and a new form.
    levels: dict[int, int | None] = {}
    for badge in shown:
        level = badge_level(badge)
        levels[badge.badge_scene] = levels.get(badge.badge_scene) if level is None else level
    follow_status = user.follow_info.follow_status
    is_mutual = follow_status == _MUTUAL
    return {
        "user_id": as_id(user.id_str) or as_id(user.id),
        "unique_id": as_text(user.unique_id),
        "nickname": as_text(user.nickname),
        "profile_picture_url": first_url(user.avatar_thumb),
        "is_anchor": _SCENE_ANCHOR in levels or None,
        "is_moderator": _SCENE_MODERATOR in levels or user.user_attr.is_admin or None,
        "is_subscriber": _SCENE_SUBSCRIBER in levels or _SCENE_NEW_SUBSCRIBER in levels or user.is_subscribe or None,
        "is_follower": user.is_follower or bool(follow_status) or None,
        "is_mutual": is_mutual or None,
        "is_friend": is_mutual or _SCENE_FRIENDS in levels or None,
        "is_gift_giver": None,
        "is_top_gifter": _SCENE_RANK_LIST in levels or None,
        "gifter_level": levels.get(_SCENE_GIFTER),
        "fans_level": levels.get(_SCENE_FANS),
        "badges": [
            {"scene": scene, "scene_name": BADGE_NAMES.get(scene), "level": level} for scene, level in levels.items()
        ],
    }


def _read_identified(user: bytes, identity: bytes) -> Json:
    person = read_person(user)
    flags = UserIdentity.FromString(identity)
    return person | {
        "is_anchor": person["is_anchor"] or flags.is_anchor,
        "is_moderator": person["is_moderator"] or flags.is_moderator_of_anchor,
        "is_subscriber": person["is_subscriber"] or flags.is_subscriber_of_anchor,
        "is_follower": person["is_follower"] or flags.is_follower_of_anchor,
        "is_mutual": person["is_mutual"] or flags.is_mutual_following_with_anchor,
        "is_friend": person["is_friend"] or flags.is_mutual_following_with_anchor,
        "is_gift_giver": flags.is_gift_giver_of_anchor,
    }


_identified_cached: Final = lru_cache(_CACHED_USERS)(_read_identified)


def read_who(raw: bytes) -> Json:
    """Return the keys of WHO from a User. Raises DecodeError."""
    person = read_person(raw)
    return {
        "user_id": person["user_id"],
        "unique_id": person["unique_id"],
        "nickname": person["nickname"],
        "profile_picture_url": person["profile_picture_url"],
    }


def badge_level(badge: Any) -> int | None:
    """Return the level on a badge. Those without levels have level 0."""
    text: str = badge.log_extra.level
    is_number = text.isdigit() and text.isascii() and len(text) <= _MAX_LEVEL_DIGITS
    return int(text) or None if is_number else None
