"""A User of the wire, flat, as events carry it. Missing, empty or masked parts become null, never an error.

Source: protocol reference, section 4, "User" and "Badges".
"""

import re
from functools import lru_cache
from typing import Any, Final

from tiktok2mqtt.webcast.events.fields import WHO, Field, short_person

# A level is the peer's text; int() refuses the longest ones.
_LEVEL: Final = re.compile(r"[0-9]{1,9}")
# BadgeStruct.badge_scene
_SCENE_MODERATOR: Final = 1
_SCENE_SUBSCRIBER: Final = 4
_SCENE_RANK_LIST: Final = 6
_SCENE_NEW_SUBSCRIBER: Final = 7
_SCENE_GIFTER: Final = 8
_SCENE_FANS: Final = 10

PERSON: Final = (
    *WHO,
    Field("is_moderator", "boolean", None, "True for a moderator; null when nothing says so"),
    Field("is_subscriber", "boolean", None, "True for a subscriber; null when nothing says so"),
    Field("is_follower", "boolean", None, "True for a follower of the host; null when nothing says so"),
    Field("is_top_gifter", "boolean", None, "True for somebody on the gifters' ranking; null when nothing says so"),
    Field("gifter_level", "integer", None, "Level as a gifter, from the badge"),
    Field("fans_level", "integer", None, "Level in the host's fan club, from the badge"),
    Field(
        "badges",
        "array",
        None,
        "All badges",
        fields=(
            Field("scene", "integer", None, "1 moderator, 4 subscriber, 6 ranking, 7 new subscriber, 8 gifter, 10 fan"),
            Field("level", "integer", None, "The level it shows, if any"),
        ),
    ),
)
"""The acting person of an event."""


def person(event: dict[str, Any], user: Any, identity: Any = None) -> None:
    """Write the keys of PERSON into `event`.

    `user` is a User or None for nobody, `identity` a UserIdentity or None. The flags are true, or null when nothing
    says so: the wire does not tell a "no" from a "not said".
    """
    if user is None:
        event |= _NOBODY
        return
    badges: list[dict[str, int | None]] = []
    scenes: dict[int, int | None] = {}
    for badge in user.badge_list:
        scene, level = badge.badge_scene, _level(badge.log_extra.level)
        badges.append({"scene": scene, "level": level})
        scenes[scene] = level
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
    event["is_top_gifter"] = True if _SCENE_RANK_LIST in scenes else None
    event["gifter_level"] = scenes.get(_SCENE_GIFTER)
    event["fans_level"] = scenes.get(_SCENE_FANS)
    event["badges"] = badges


_NOBODY: Final = {field.key: None for field in PERSON}


@lru_cache(1024)
def _level(text: str) -> int | None:
    """Return a badge's level; there are few, and each comes again and again."""
    return int(text) if _LEVEL.fullmatch(text) else None
