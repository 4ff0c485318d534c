"""A User of the wire, flat, as events carry it. Missing, empty or masked parts become null, never an error.

Source: protocol reference, section 4, "User" and "Badges".
"""

import re
from collections.abc import Iterable
from typing import Any, Final

# A level is the peer's text; int() refuses the longest ones.
_LEVEL: Final = re.compile(r"[0-9]{1,9}")
# BadgeStruct.badge_scene
_SCENE_MODERATOR: Final = 1
_SCENE_SUBSCRIBER: Final = 4
_SCENE_NEW_SUBSCRIBER: Final = 7
_SCENE_GIFTER: Final = 8
_SCENE_FANS: Final = 10

PERSON_KEYS: Final = (
    "user_id",
    "unique_id",
    "nickname",
    "profile_picture_url",
    "is_moderator",
    "is_subscriber",
    "is_follower",
    "gifter_level",
    "fans_level",
    "badges",
)


def person(event: dict[str, Any], user: Any, identity: Any = None) -> None:
    """Write the acting user's keys (PERSON_KEYS) into `event`.

    `user` is a User, `identity` a UserIdentity or None. The flags are true, or null when nothing says so: the wire
    does not tell a "no" from a "not said".
    """
    badges = [_badge(badge) for badge in user.badge_list]
    scenes = {badge["scene"]: badge["level"] for badge in badges}
    event |= short_person(user)
    event["is_moderator"] = (
        bool(_SCENE_MODERATOR in scenes or user.user_attr.is_admin or (identity and identity.is_moderator_of_anchor))
        or None
    )
    event["is_subscriber"] = (
        bool(
            _SCENE_SUBSCRIBER in scenes
            or _SCENE_NEW_SUBSCRIBER in scenes
            or user.is_subscribe
            or (identity and identity.is_subscriber_of_anchor)
        )
        or None
    )
    event["is_follower"] = (
        bool(user.is_follower or user.follow_info.follow_status or (identity and identity.is_follower_of_anchor))
        or None
    )
    event["gifter_level"] = scenes.get(_SCENE_GIFTER)
    event["fans_level"] = scenes.get(_SCENE_FANS)
    event["badges"] = badges


def short_person(user: Any) -> dict[str, Any]:
    """Return who a User is: user_id, unique_id, nickname, profile_picture_url; each may be null."""
    return {
        "user_id": user.id_str or (str(user.id) if user.id else None),
        "unique_id": user.unique_id or None,
        "nickname": user.nickname or None,
        "profile_picture_url": first_url(user.avatar_thumb.url_list),
    }


def first_url(urls: Iterable[str]) -> str | None:
    """Return the first URL of a picture that is not empty, or None."""
    for url in urls:
        if url:
            return url
    return None


def _badge(badge: Any) -> dict[str, Any]:
    level = badge.log_extra.level
    return {"scene": badge.badge_scene, "level": int(level) if _LEVEL.fullmatch(level) else None}
