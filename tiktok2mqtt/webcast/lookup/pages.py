"""Parses the pages and JSON answers of TikTok about a room and its gifts.

A room id and a live status count only from a structure that names their user, and only if that is the asked one: pages
also mention the rooms of other hosts. Pure: no I/O. Source: protocol reference, section 2.
"""

import re
from dataclasses import dataclass, field, replace
from enum import Enum
from itertools import islice
from typing import Any, Final

from tiktok2mqtt.common.errors import (
    AgeRestricted,
    CaptchaPage,
    RoomEnded,
    RoomNotFound,
    SchemaError,
    StatusUnknown,
    WrongRoom,
)
from tiktok2mqtt.common.text import clean_text, safe_text
from tiktok2mqtt.webcast.lookup.answers import (
    MAX_GIFT_LIST_ELEMENTS,
    as_id,
    as_int,
    as_object,
    as_text,
    parse_object,
    shown,
)
from tiktok2mqtt.webcast.lookup.room_info import PAUSED, RoomInfo, RoomOwner
from tiktok2mqtt.webcast.net.options import PICTURE_DOMAINS, is_tiktok_url, split_url

LIVE: Final = 2
ENDED: Final = 4
_NO_SUCH_USER: Final = 19881007
_AGE_RESTRICTED: Final = 4003110
_FINISHED: Final = (30003, 4)
_PRIVATE: Final = 10222

MAX_URL_CHARS: Final = 4_000
# A LIVE has four qualities.
MAX_STREAMS: Final = 16
MAX_NAME_CHARS: Final = 40

# These match the start of a script only, with bounded repetition: the search is linear in the length of any page.
_SIGI = re.compile(r'<script[^<>]{0,400}\bid="SIGI_STATE"[^<>]{0,400}>')
_PROFILE = re.compile(r'<script[^<>]{0,400}\bid="__UNIVERSAL_DATA_FOR_REHYDRATION__"[^<>]{0,400}>')
_SCRIPT_END = "</script>"
_TITLE = re.compile(r"<title[^<>]{0,200}>([^<>]{1,200})</title>")


@dataclass(frozen=True, slots=True)
class Host:
    """The host that is asked for: the user name in lower case, and the user id if it is known.

    A known user id decides: names change, and a name that was given up may be taken by somebody else.
    """

    name: str
    user_id: str | None = None

    def check(self, source: str, name: Any, user_id: Any) -> "Host":
        """Return the host that an answer names. Raises WrongRoom if it is another one, SchemaError if there is none."""
        found = Host(name.lower() if isinstance(name, str) else "", as_id(user_id))
        if self.user_id is not None and found.user_id is not None:
            if self.user_id != found.user_id:
                raise WrongRoom(f"{source} is about the user {found.user_id} and not about {self.user_id}")
        elif not found.name:
            raise SchemaError(f"{source} does not name its user")
        elif found.name != self.name:
            raise WrongRoom(f"{source} is about @{safe_text(found.name, 40)} and not about @{self.name}")
        return found


@dataclass(frozen=True, slots=True)
class Finding:
    """One source's answer about a user: the room id, None without one, and the live status, None when unknown.

    A paused LIVE is live. `host` is what the source calls the user.
    """

    room_id: str | None
    live: bool | None
    title: str | None = None
    paused: bool = False
    host: Host | None = field(default=None, compare=False)


def live_page(html: str, asked: Host) -> Finding:
    """Parse the live page of a user.

    Raises WrongRoom when it is another user's, StatusUnknown when it is a page without a room, CaptchaPage when it is
    not a page of the site, SchemaError when its data cannot be parsed.
    """
    if (text := _script(html, _SIGI)) is not None:
        return _sigi(text, asked)
    title = _TITLE.search(html)
    if '"og:url"' in html or _PROFILE.search(html):
        # Users that do not exist get such a page, and so does who has to log in or consent, or is in another country.
        name = f" ({safe_text(title[1].strip(), 60)})" if title else ""
        raise StatusUnknown(f"TikTok sent a page that does not show the room{name}")
    raise CaptchaPage("TikTok sent a challenge page instead of the live page")


def _script(html: str, start_tag: re.Pattern[str]) -> str | None:
    """Return the text of a script, or None when the page has no such script."""
    start = start_tag.search(html)
    end = html.find(_SCRIPT_END, start.end()) if start else -1
    return html[start.end() : end] if start and end >= 0 else None


def _sigi(text: str, asked: Host) -> Finding:
    state = parse_object(text, "the live page's SIGI_STATE")
    info = as_object(as_object(state.get("LiveRoom")).get("liveRoomUserInfo"))
    user, room = as_object(info.get("user")), as_object(info.get("liveRoom"))
    if not user:
        raise SchemaError("the live page contains no user")
    host = asked.check("the live page", user.get("uniqueId"), user.get("id"))
    return _finding(host, user.get("roomId"), room.get("title"), room.get("status"))


def api_live(body: bytes, asked: Host) -> Finding:
    """Parse the answer of api-live/user/room. Raises RoomNotFound, WrongRoom or SchemaError."""
    answer = parse_object(body, "api-live")
    code = answer.get("statusCode")
    if code == _NO_SUCH_USER:
        raise RoomNotFound("TikTok knows no user of that name")
    if code != 0:
        raise SchemaError(f"api-live returned code {shown(code, 40)}: {shown(answer.get('message'), 80)}")
    data = as_object(answer.get("data"))
    user, room = as_object(data.get("user")), as_object(data.get("liveRoom"))
    if not user:
        raise SchemaError("api-live contains no user")
    host = asked.check("api-live", user.get("uniqueId"), user.get("id"))
    statuses = [status for status in (room.get("status"), user.get("status")) if as_int(status) is not None]
    finding = _finding(host, user.get("roomId"), room.get("title"), *statuses)
    # Who has never been live has no room.
    return replace(finding, live=False) if finding.room_id is None and not statuses else finding


def _finding(host: Host, room_id: Any, title: Any, *statuses: Any) -> Finding:
    """Return what an answer says of its user: no live status if it contradicts itself, or if a status is unknown."""
    room_id = as_id(room_id)
    said = {_live(status) for status in statuses}
    live = said.pop() if len(said) == 1 else None
    if live and room_id is None:
        live = None
    return Finding(room_id, live, as_text(title), live is True and PAUSED in statuses, host)


def room_info(body: bytes, *, keep_raw: bool = False) -> RoomInfo:
    """Parse the answer of room/info. Raises AgeRestricted, RoomEnded or SchemaError."""
    answer = parse_object(body, "room/info")
    code, data = answer.get("status_code"), as_object(answer.get("data"))
    if code == _AGE_RESTRICTED:
        raise AgeRestricted("the LIVE is age restricted: TikTok shows it only to adults who are logged in")
    if code in _FINISHED:
        raise RoomEnded("the LIVE has ended")
    if code != 0:
        reason = shown(data.get("prompts") or data.get("message") or "no reason given", 80)
        raise SchemaError(f"room/info returned code {shown(code, 40)}: {reason}")
    stats = as_object(data.get("stats"))
    return RoomInfo(
        live=_live(data.get("status")),
        status=as_int(data.get("status")),
        title=as_text(data.get("title")),
        room_id=as_id(data.get("id_str") or data.get("id")),
        owner=_owner(as_object(data.get("owner"))),
        viewers=as_int(data.get("user_count")),
        total_viewers=as_int(stats.get("total_user")),
        likes=as_int(stats.get("like_count")),
        started_at_s=as_int(data.get("create_time")) or None,
        cover=_first_picture(as_object(data.get("cover")).get("url_list")),
        stream_urls=_streams(as_object(as_object(data.get("stream_url")).get("flv_pull_url"))),
        raw=data if keep_raw else None,
    )


def _owner(owner: dict[str, Any]) -> RoomOwner:
    return RoomOwner(
        user_id=as_id(owner.get("id_str") or owner.get("id")),
        unique_id=as_text(owner.get("display_id")),
        nickname=as_text(owner.get("nickname")),
        profile_picture_url=_first_picture(as_object(owner.get("avatar_thumb")).get("url_list")),
        followers=as_int(as_object(owner.get("follow_info")).get("follower_count")),
    )


def _streams(urls: dict[str, Any]) -> dict[str, str]:
    """Return the URLs of the streams by quality."""
    return {
        clean_text(name[:MAX_NAME_CHARS]): url
        for name, url in islice(urls.items(), MAX_STREAMS)
        if isinstance(url, str) and len(url) <= MAX_URL_CHARS and split_url(url).scheme in ("http", "https")
    }


def _first_picture(urls: Any) -> str | None:
    """Return the first URL of a list that is one of a picture at TikTok."""
    if not isinstance(urls, list):
        return None
    texts = (url for url in urls if isinstance(url, str) and len(url) <= MAX_URL_CHARS)
    return next((url for url in texts if is_tiktok_url(split_url(url), "https", PICTURE_DOMAINS)), None)


class Profile(Enum):
    """What a profile page says about an account."""

    SHOWN = "shown"
    PRIVATE = "private"
    MISSING = "missing"


def profile(html: str, asked: Host) -> Profile:
    """Parse a user's profile page: return whether the account exists, and whether it is shown to us.

    Source: protocol reference, section 2, "profile". Raises WrongRoom or SchemaError.
    """
    scope = as_object(parse_object(_script(html, _PROFILE) or "", "the profile page").get("__DEFAULT_SCOPE__"))
    detail = as_object(scope.get("webapp.user-detail"))
    if detail.get("statusCode") == _PRIVATE:
        return Profile.PRIVATE
    user = as_object(as_object(detail.get("userInfo")).get("user"))
    if detail.get("statusCode") != 0 or not user:
        return Profile.MISSING
    asked.check("the profile page", user.get("uniqueId"), user.get("id"))
    return Profile.SHOWN


def profile_name(html: str, user_id: str) -> str:
    """Parse the profile page of a user who was asked for by number: return the user name.

    Raises WrongRoom or SchemaError. Known from a client of 2026.
    """
    scope = as_object(parse_object(_script(html, _PROFILE) or "", "the profile page").get("__DEFAULT_SCOPE__"))
    user = as_object(as_object(as_object(scope.get("webapp.user-detail")).get("userInfo")).get("user"))
    host = Host("", user_id).check("the profile page", user.get("uniqueId"), user.get("id"))
    if host.user_id is None:
        raise SchemaError("the profile page does not name the user's number")
    return host.name


def check_alive(body: bytes) -> dict[str, bool]:
    """Parse the answer of room/check_alive: live status by room id. Raises SchemaError."""
    answer = parse_object(body, "room/check_alive")
    rows = answer.get("data")
    if answer.get("status_code") != 0 or not isinstance(rows, list):
        raise SchemaError(f"room/check_alive returned code {shown(answer.get('status_code'), 40)}")
    return {
        room_id: row["alive"]
        for row in rows
        if isinstance(row, dict)
        and isinstance(row.get("alive"), bool)
        and (room_id := as_id(row.get("room_id_str") or row.get("room_id")))
    }


def gift_list(body: bytes) -> list[dict[str, Any]]:
    """Parse the answer of gift/list: the gifts as received. Raises SchemaError."""
    gifts = as_object(parse_object(body, "gift/list", MAX_GIFT_LIST_ELEMENTS).get("data")).get("gifts")
    if not isinstance(gifts, list):
        raise SchemaError("gift/list contains no list of gifts")
    return [gift for gift in gifts if isinstance(gift, dict)]


def info_by_user(body: bytes, asked: Host) -> Finding:
    """Parse the answer of room/info_by_user, known from clients of 2026. Raises as `room_info` does, and WrongRoom."""
    info = room_info(body)
    host = asked.check("room/info_by_user", info.host_name, info.host_id)
    return _finding(host, info.room_id, info.title, info.status)


def _live(status: Any) -> bool | None:
    return {LIVE: True, PAUSED: True, ENDED: False}.get(status) if as_int(status) is not None else None
