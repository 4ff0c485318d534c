"""Who a User of the wire is. Each is read once, see `parts`; missing or masked keys become null, never an error.

Source: protocol reference, section 4, "User" and "Badges".
"""

from typing import Any, Final

from tiktok2mqtt.webcast.events.parts import remembered
from tiktok2mqtt.webcast.schema.messages_pb2 import UserIdentity
from tiktok2mqtt.webcast.schema.types_pb2 import User

Json = dict[str, Any]
# Some 5 kB each; one memory for all places, as many messages name their user twice. With thousands, it would be colder
# than a parser is slow: see docs/performance.md.
_REMEMBERED_USERS: Final = 512
# Six flags make 64.
_REMEMBERED_IDENTITIES: Final = 64
# A level is the peer's text; int() refuses the longest ones.
_MAX_LEVEL_DIGITS: Final = 9
# BadgeStruct.badge_scene
_SCENE_MODERATOR: Final = 1
_SCENE_SUBSCRIBER: Final = 4
_SCENE_RANK_LIST: Final = 6
_SCENE_NEW_SUBSCRIBER: Final = 7
_SCENE_GIFTER: Final = 8
_SCENE_FANS: Final = 10


@remembered(_REMEMBERED_USERS)
def known_user(user: bytes) -> Json:
    """Return the keys of PERSON as a User says them; shared, so copy it. Raises DecodeError.

    Flags are true, or null when nothing says so.
    """
    said = User.FromString(user)
    badges = []
    scenes: dict[int, int | None] = {}
    for badge in said.badge_list:
        scene, level = badge.badge_scene, _level(badge.log_extra.level)
        badges.append({"scene": scene, "level": level})
        scenes[scene] = level
    is_subscriber = _SCENE_SUBSCRIBER in scenes or _SCENE_NEW_SUBSCRIBER in scenes or said.is_subscribe
    return {
        "user_id": said.id_str or as_id(said.id),
        "unique_id": said.unique_id or None,
        "nickname": said.nickname or None,
        "profile_picture_url": first_url(said.avatar_thumb),
        "is_moderator": _SCENE_MODERATOR in scenes or said.user_attr.is_admin or None,
        "is_subscriber": is_subscriber or None,
        "is_follower": said.is_follower or bool(said.follow_info.follow_status) or None,
        "is_top_gifter": _SCENE_RANK_LIST in scenes or None,
        "gifter_level": scenes.get(_SCENE_GIFTER),
        "fans_level": scenes.get(_SCENE_FANS),
        "badges": badges,
    }


def short_person(user: bytes) -> Json:
    """Return who a User is: the keys of WHO. Each may be null. Raises DecodeError."""
    known = known_user(user)
    return {
        "user_id": known["user_id"],
        "unique_id": known["unique_id"],
        "nickname": known["nickname"],
        "profile_picture_url": known["profile_picture_url"],
    }


@remembered(_REMEMBERED_IDENTITIES)
def granted(identity: bytes) -> Json:
    """Return the keys of PERSON that a UserIdentity says are true. Shared: do not change it. Raises DecodeError."""
    said = UserIdentity.FromString(identity)
    flags = {
        "is_moderator": said.is_moderator_of_anchor,
        "is_subscriber": said.is_subscriber_of_anchor,
        "is_follower": said.is_follower_of_anchor,
    }
    return {key: True for key, value in flags.items() if value}


def _level(text: str) -> int | None:
    is_number = text.isdigit() and text.isascii() and len(text) <= _MAX_LEVEL_DIGITS
    return int(text) if is_number else None


def as_id(value: Any) -> str | None:
    """Return a 64-bit number or a text as an id."""
    return str(value) if value else None


def first_url(picture: Any) -> str | None:
    """Return the first URL of a picture that is not empty, or None."""
    for url in picture.url_list:
        if url:
            return str(url)
    return None
