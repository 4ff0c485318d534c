"""The people in messages, and the display texts that name them.

Missing or masked values become null, never an error. A display text is a pattern with placeholders and the pieces that
fill them. Source: protocol reference, section 4, "User", "Badges" and "Display text".
"""

import re
from functools import lru_cache
from itertools import islice
from typing import Any, Final

from tiktok2mqtt.webcast.events.fields import Field, as_id, first_url
from tiktok2mqtt.webcast.events.limits import cached, charge, lazy_type
from tiktok2mqtt.webcast.schema.messages_pb2 import UserIdentity
from tiktok2mqtt.webcast.schema.types_pb2 import User

MAX_RENDERED_CHARS: Final = 1_000
# A placeholder refers to its piece by a number of at most two digits.
_MAX_PIECES: Final = 100
# The cost of a piece, see `limits.charge`. TikTok's own texts have at most three.
_PIECE_VALUES: Final = 4
_USUAL_PIECES: Final = 4
_PLACEHOLDER: Final = re.compile(r"\{(\d{1,2}):[a-z_]{1,20}\}")


def render(text: Any) -> str | None:
    """Return a Text in English with its placeholders filled, or None if it is empty. A missing piece becomes "…".

    Raises DecodeError if the user in a piece cannot be decoded.
    """
    # Pattern and pieces are cut first: many placeholders for one long piece would fill the memory.
    pattern = text.default_pattern[:MAX_RENDERED_CHARS]
    if not pattern:
        return None
    first, rest = _split(pattern)
    if not rest:
        return first
    pieces = text.pieces[:_MAX_PIECES]
    if len(rest) > _USUAL_PIECES:
        charge(_PIECE_VALUES * len(rest))
    parts = [first]
    # A piece is inserted as it is: placeholders in it are not filled.
    for number, literal in rest:
        piece = _piece_text(pieces[number])[:MAX_RENDERED_CHARS] if number < len(pieces) else ""
        parts += (piece or "…", literal)
    return "".join(parts)[:MAX_RENDERED_CHARS]


@lru_cache(512)
def _split(pattern: str) -> tuple[str, tuple[tuple[int, str], ...]]:
    """Split a pattern into the text before its first placeholder, and each placeholder with the text after it."""
    first, *rest = _PLACEHOLDER.split(pattern)
    return first, tuple((int(number), literal) for number, literal in zip(rest[::2], rest[1::2], strict=True))


def _piece_text(piece: Any) -> str:
    if piece.HasField("user_value"):
        user = read_person(piece.user_value.user)
        return user["nickname"] or user["unique_id"] or ""
    if piece.HasField("gift_value"):
        return str(piece.gift_value.name_ref.default_pattern or piece.gift_value.gift_id)
    if piece.HasField("pattern_ref_value"):
        return str(piece.pattern_ref_value.default_pattern)
    return str(piece.string_value)


def first_user(text: Any) -> bytes | None:
    """Return the first User among the first 100 pieces of a Text, or None."""
    for piece in islice(text.pieces, _MAX_PIECES):
        if piece.HasField("user_value"):
            user: bytes = piece.user_value.user
            return user
    return None


Json = dict[str, Any]
# About 5 kB each. One cache for the acting user and for display texts, since many messages name their user twice. A
# cache of thousands would be slower than parsing: see docs/performance.md.
_CACHED_USERS: Final = 512
# A UserIdentity has six flags: 64 combinations.
_CACHED_IDENTITIES: Final = 64
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
_SCENE_SUBSCRIBER: Final = 4
_SCENE_RANK_LIST: Final = 6
_SCENE_NEW_SUBSCRIBER: Final = 7
_SCENE_GIFTER: Final = 8
_SCENE_FANS: Final = 10

WHO: Final = (
    Field("user_id", "id", None, "User ID"),
    Field("unique_id", "string", None, "User name, without @"),
    Field("nickname", "string", None, "Display name"),
    Field("profile_picture_url", "string", None, "URL of the profile picture"),
)
"""The keys that identify a person, wherever people appear."""

PERSON: Final = (
    *WHO,
    Field("is_moderator", "boolean", None, "True if the user is a moderator of the room; null if unknown"),
    Field("is_subscriber", "boolean", None, "True if the user subscribes to the host; null if unknown"),
    Field("is_follower", "boolean", None, "True if the user follows the host; null if unknown"),
    Field("is_top_gifter", "boolean", None, "True if the user is in the ranking of top gifters; null if unknown"),
    Field("gifter_level", "integer", None, "Gifter level, from the badge"),
    Field("fans_level", "integer", None, "Level in the host's fan club, from the badge"),
    Field(
        "badges",
        "array",
        None,
        "All badges of the user",
        fields=(
            Field("scene", "integer", None, "1 moderator, 4 subscriber, 6 ranking, 7 new subscriber, 8 gifter, 10 fan"),
            Field("level", "integer", None, "Level shown on the badge, if any"),
        ),
    ),
)
"""The keys of the acting person of an event."""
_NOBODY: Final = {field.key: None for field in PERSON}


def write_person(event: Json, user: bytes | None, identity: bytes = b"") -> None:
    """Write the keys of PERSON into `event`. Raises DecodeError.

    `user` is a User, or None for nobody; `identity` is a UserIdentity. Flags are true or null: on the wire, "no" looks
    the same as "not sent".
    """
    if user is None:
        event |= _NOBODY
        return
    person = read_person(user)
    event |= person
    badges = person["badges"]
    if len(badges) > _USUAL_BADGES:
        charge(_BADGE_VALUES * len(badges))
    event["badges"] = list(map(dict.copy, badges))
    if identity:
        event |= identity_flags(identity)


@cached(_CACHED_USERS)
def read_person(raw: bytes) -> Json:
    """Return the keys of PERSON from a User. The result is shared: copy it. Raises DecodeError."""
    user: Any = _LAZY_USER.FromString(raw)
    shown = user.badge_list[:_MAX_BADGES]
    charge(_USER_VALUES + _BADGE_VALUES * len(shown))
    badges = []
    scenes: dict[int, int | None] = {}
    for badge in shown:
        scene, level = badge.badge_scene, _level(badge.log_extra.level)
        badges.append({"scene": scene, "level": level})
        scenes[scene] = level
    is_subscriber = _SCENE_SUBSCRIBER in scenes or _SCENE_NEW_SUBSCRIBER in scenes or user.is_subscribe
    return {
        "user_id": user.id_str or as_id(user.id),
        "unique_id": user.unique_id or None,
        "nickname": user.nickname or None,
        "profile_picture_url": first_url(user.avatar_thumb),
        "is_moderator": _SCENE_MODERATOR in scenes or user.user_attr.is_admin or None,
        "is_subscriber": is_subscriber or None,
        "is_follower": user.is_follower or bool(user.follow_info.follow_status) or None,
        "is_top_gifter": _SCENE_RANK_LIST in scenes or None,
        "gifter_level": scenes.get(_SCENE_GIFTER),
        "fans_level": scenes.get(_SCENE_FANS),
        "badges": badges,
    }


def read_who(raw: bytes) -> Json:
    """Return the keys of WHO from a User. Raises DecodeError."""
    person = read_person(raw)
    return {
        "user_id": person["user_id"],
        "unique_id": person["unique_id"],
        "nickname": person["nickname"],
        "profile_picture_url": person["profile_picture_url"],
    }


@cached(_CACHED_IDENTITIES)
def identity_flags(raw: bytes) -> Json:
    """Return the flags of PERSON that a UserIdentity sets. The result is shared: copy it. Raises DecodeError."""
    identity = UserIdentity.FromString(raw)
    flags = {
        "is_moderator": identity.is_moderator_of_anchor,
        "is_subscriber": identity.is_subscriber_of_anchor,
        "is_follower": identity.is_follower_of_anchor,
    }
    return {key: True for key, value in flags.items() if value}


def _level(text: str) -> int | None:
    is_number = text.isdigit() and text.isascii() and len(text) <= _MAX_LEVEL_DIGITS
    return int(text) if is_number else None
