"""The users in a room and their wire form: pictures, follow counts and badges as the service sends them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from tiktok2mqtt.simulator.fields import (
    BADGE,
    BADGE_BACKGROUND,
    BADGE_LOG,
    COMBINE_BADGE,
    FOLLOW_INFO,
    IMAGE,
    USER,
    USER_ATTR,
    USER_IDENTITY,
)
from tiktok2mqtt.simulator.wire import build

# Badge scenes (protocol reference, section 4).
SCENE_ADMIN: Final = 1
SCENE_SUBSCRIBER: Final = 4
SCENE_RANKING: Final = 6
SCENE_GIFTER: Final = 8
SCENE_FANS: Final = 10

_COMBINED_BADGE: Final = 4
_LEVEL_BADGES: Final = 20
# FollowInfo.follow_status of a viewer and a host who follow each other.
_MUTUAL: Final = 2
_AVATAR_HOST: Final = "https://p16-sign.tiktokcdn.com"
_BADGE_POPUP: Final = (
    "sslocal://webcast_lynxview_popup?use_spark=1&url=https%3A%2F%2Flf16-webcast.tiktokcdn.com%2Fobj%2Fwebcast"
    "%2Ftiktok_live_revenue_user_level_main%2Fsrc%2Fpages%2Fprivilege%2Fpanel%2Ftemplate.js&hide_status_bar=0"
    "&hide_nav_bar=1&container_bg_color=00000000&height=90%25&bdhm_bid=tiktok_live_revenue_user_level_main&use_forest=1"
)


@dataclass(frozen=True)
class Viewer:
    """One user of the service. `user_id` 0, an empty `username` or no `picture_url` make anonymised users.

    `Viewer.named("bob")` returns the same user every time; use `dataclasses.replace` to change a field.
    """

    username: str
    nickname: str
    user_id: int
    sec_uid: str = ""
    picture_url: str | None = None
    following: int = 0
    followers: int = 0
    gifter_level: int = 0
    fans_level: int = 0
    is_moderator: bool = False
    is_subscriber: bool = False
    is_follower: bool = False
    is_friend: bool = False
    is_gift_giver: bool = False
    is_top_gifter: bool = False

    @classmethod
    def named(cls, username: str) -> Viewer:
        """Return the viewer of that username, with all fields derived from the name."""
        digest = hashlib.sha256(username.encode()).digest()
        number = int.from_bytes(digest[:8], "big")
        return cls(
            username=username,
            nickname=username.replace("_", " ").replace(".", " ").title(),
            user_id=6_500_000_000_000_000_000 + number % 800_000_000_000_000_000,
            sec_uid="MS4wLjABAAAA" + digest.hex(),
            picture_url=f"{_AVATAR_HOST}/tos-maliva-avt-0068/{digest[:16].hex()}~c5_100x100.webp?x-expires=1760000000",
            following=number % 900,
            followers=number // 900 % 5_000,
            gifter_level=1 + number % 30,
            is_follower=number % 2 == 0,
        )


def as_viewer(user: str | Viewer) -> Viewer:
    """Return a viewer as given, or the one of that username (with or without `@`)."""
    return user if isinstance(user, Viewer) else _named(user.removeprefix("@"))


_named = lru_cache(maxsize=10_000)(Viewer.named)


@lru_cache(maxsize=10_000)
def encode_user(viewer: Viewer, *, slim: bool = False) -> bytes:
    """Encode a User: about 2 kB, or about 100 bytes if `slim` (only id, names and picture)."""
    thumb = _avatar(viewer, slim=slim)
    if slim:
        return build(
            USER, id=viewer.user_id, nickname=viewer.nickname, avatar_thumb=thumb, display_id=viewer.username or None
        )
    return build(
        USER,
        id=viewer.user_id,
        nickname=viewer.nickname,
        avatar_thumb=thumb,
        avatar_medium=thumb,
        follow_info=build(
            FOLLOW_INFO,
            following_count=viewer.following,
            follower_count=viewer.followers,
            follow_status=_MUTUAL if viewer.is_friend else int(viewer.is_follower),
        ),
        user_honor=b"",
        user_attr=build(USER_ATTR, is_admin=viewer.is_moderator),
        display_id=viewer.username,
        sec_uid=viewer.sec_uid,
        badges=_badges(viewer),
        id_str=str(viewer.user_id) if viewer.user_id else None,
        is_follower=viewer.is_follower,
        is_subscribe=viewer.is_subscriber,
    )


def encode_identity(viewer: Viewer) -> bytes:
    """Encode a UserIdentity: the viewer's relation to the host."""
    return build(
        USER_IDENTITY,
        is_gift_giver_of_anchor=viewer.is_gift_giver,
        is_subscriber_of_anchor=viewer.is_subscriber,
        is_mutual_following_with_anchor=viewer.is_friend,
        is_follower_of_anchor=viewer.is_follower,
        is_moderator_of_anchor=viewer.is_moderator,
    )


def encode_image(urls: list[str], uri: str, *, avg_color: str = "", schema: str = "") -> bytes:
    """Encode an Image."""
    return build(IMAGE, url_list=urls, uri=uri, avg_color=avg_color, schema=schema)


def _avatar(viewer: Viewer, *, slim: bool) -> bytes | None:
    if viewer.picture_url is None:
        return None
    if slim:
        return encode_image([viewer.picture_url], "")
    stem, _, query = viewer.picture_url.partition("?")
    signed = f"{query}&x-signature=c2ltdWxhdGVk" if query else "x-signature=c2ltdWxhdGVk"
    urls = [viewer.picture_url, f"{stem}?{signed}", f"{stem.replace('.webp', '.jpeg')}?{signed}"]
    return encode_image(urls, "100x100/" + stem.rpartition("/")[2])


def _badges(viewer: Viewer) -> list[bytes]:
    levels = ((SCENE_GIFTER, viewer.gifter_level), (SCENE_FANS, viewer.fans_level))
    roles = (
        (SCENE_ADMIN, viewer.is_moderator),
        (SCENE_SUBSCRIBER, viewer.is_subscriber),
        (SCENE_RANKING, viewer.is_top_gifter),
    )
    return [
        *(_badge(scene, level) for scene, level in levels if level),
        *(build(BADGE, display_type=1, badge_scene=scene, display=True) for scene, holds in roles if holds),
    ]


def _badge(scene: int, level: int) -> bytes:
    grade = max(1, level // 5 * 5)
    uri = f"webcast-va/grade_badge_icon_lite_lv{grade}_v1.png"
    hosts = ("https://p16-webcast.tiktokcdn.com", "https://p19-webcast.tiktokcdn.com")
    icon = encode_image([f"{host}/{uri}~tplv-obj.image" for host in hosts], uri, schema=_BADGE_POPUP)
    background = build(BADGE_BACKGROUND, image=b"", background_color_code="#995F90EF")
    log = build(
        BADGE_LOG,
        data_version="2",
        privilege_id=f"71383811767875{scene:02d}748",
        privilege_version="0",
        privilege_order_id=f"mock_fix_width_transparent_71383811767875{scene:02d}748",
        level=str(level),
    )
    combined = build(
        COMBINE_BADGE,
        badge_display_type=_COMBINED_BADGE,
        icon=icon,
        str_value=str(level),
        background=background,
        background_dark_mode=background,
        public_screen_show_style=14,
        personal_card_show_style=15,
    )
    return build(
        BADGE,
        display_type=_COMBINED_BADGE,
        priority_type=_LEVEL_BADGES,
        badge_scene=scene,
        position=1,
        schema_url=_BADGE_POPUP,
        display=True,
        log_extra=log,
        combine_badge=combined,
    )
