"""Who a User of the wire is. Each is read once, see `parts`; missing or masked keys become null, never an error.

Source: protocol reference, section 4, "User" and "Badges".
"""

import re
from dataclasses import dataclass
from typing import Any, Final

from tiktok2mqtt.webcast.events.parts import remembered
from tiktok2mqtt.webcast.schema.messages_pb2 import UserIdentity
from tiktok2mqtt.webcast.schema.types_pb2 import User

Json = dict[str, Any]
# With 2 kB each on the wire, and as much for what is made of them: some 8 MB when full, 30 MB at the very most.
_REMEMBERED_USERS: Final = 2_000
# Six flags make 64.
_REMEMBERED_IDENTITIES: Final = 64
# A level is the peer's text; int() refuses the longest ones.
_LEVEL: Final = re.compile(r"[0-9]{1,9}")
# BadgeStruct.badge_scene
_SCENE_MODERATOR: Final = 1
_SCENE_SUBSCRIBER: Final = 4
_SCENE_RANK_LIST: Final = 6
_SCENE_NEW_SUBSCRIBER: Final = 7
_SCENE_GIFTER: Final = 8
_SCENE_FANS: Final = 10


@dataclass(frozen=True, slots=True)
class KnownUser:
    """What a User says: `who` has the keys of WHO, `person` those of PERSON. Both are shared: copy them."""

    who: Json
    person: Json


@remembered(_REMEMBERED_USERS)
def known_user(user: bytes) -> KnownUser:
    """Return what a User says. Flags are true, or null when nothing says so. Raises DecodeError."""
    said = User.FromString(user)
    who = _who(said)
    return KnownUser(who, who | _traits(said))


def short_person(user: bytes) -> Json:
    """Return who a User is: the keys of WHO; each may be null. Raises DecodeError."""
    return known_user(user).who.copy()


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


def _who(user: User) -> Json:
    return {
        "user_id": user.id_str or as_id(user.id),
        "unique_id": user.unique_id or None,
        "nickname": user.nickname or None,
        "profile_picture_url": first_url(user.avatar_thumb),
    }


def _traits(user: User) -> Json:
    badges = [{"scene": badge.badge_scene, "level": _level(badge.log_extra.level)} for badge in user.badge_list]
    scenes = {badge["scene"]: badge["level"] for badge in badges}
    is_subscriber = _SCENE_SUBSCRIBER in scenes or _SCENE_NEW_SUBSCRIBER in scenes or user.is_subscribe
    return {
        "is_moderator": _SCENE_MODERATOR in scenes or user.user_attr.is_admin or None,
        "is_subscriber": is_subscriber or None,
        "is_follower": user.is_follower or bool(user.follow_info.follow_status) or None,
        "is_top_gifter": _SCENE_RANK_LIST in scenes or None,
        "gifter_level": scenes.get(_SCENE_GIFTER),
        "fans_level": scenes.get(_SCENE_FANS),
        "badges": badges,
    }


def _level(text: str) -> int | None:
    return int(text) if _LEVEL.fullmatch(text) else None


def as_id(value: Any) -> str | None:
    """Return a 64-bit number or a text as an id."""
    return str(value) if value else None


def first_url(picture: Any) -> str | None:
    """Return the first URL of a picture that is not empty, or None."""
    for url in picture.url_list:
        if url:
            return str(url)
    return None
