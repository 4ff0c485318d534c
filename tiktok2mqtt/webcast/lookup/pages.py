"""Parses the pages and JSON answers of TikTok about a room and its gifts, and a sign provider's lists of gifts.

A room id and a live status count only from a structure that names their user, and only if that is the asked one: pages
also mention the rooms of other hosts. Pure: no I/O. Source: protocol reference, section 2; the answers of a provider
are known from its clients.
"""

import re
from dataclasses import dataclass, field, replace
from enum import Enum
from itertools import islice
from typing import Any, Final

import orjson

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
from tiktok2mqtt.webcast.lookup.room_info import PAUSED, RoomInfo, RoomOwner
from tiktok2mqtt.webcast.net.options import PICTURE_DOMAINS, is_tiktok_url, split_url

LIVE: Final = 2
ENDED: Final = 4
_NO_SUCH_USER: Final = 19881007
_AGE_RESTRICTED: Final = 4003110
_FINISHED: Final = (30003, 4)
_PRIVATE: Final = 10222

# An element takes up to 150 bytes of memory, and as little as two bytes of a document. A room info has a few thousand
# elements, a gift list some hundred gifts with a hundred elements each.
MAX_JSON_ELEMENTS: Final = 100_000
MAX_GIFT_LIST_ELEMENTS: Final = 300_000
MAX_TEXT_CHARS: Final = 1_000
MAX_URL_CHARS: Final = 4_000
# A LIVE has four qualities.
MAX_STREAMS: Final = 16
MAX_NAME_CHARS: Final = 40

# These match the start of a script only, with bounded repetition: the search is linear in the length of any page.
_SIGI = re.compile(r'<script[^<>]{0,400}\bid="SIGI_STATE"[^<>]{0,400}>')
_PROFILE = re.compile(r'<script[^<>]{0,400}\bid="__UNIVERSAL_DATA_FOR_REHYDRATION__"[^<>]{0,400}>')
_SCRIPT_END = "</script>"
_DIGITS = re.compile(r"[0-9]{1,19}")
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
        found = Host(name.lower() if isinstance(name, str) else "", _positive_id(user_id))
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
    state = _json(text, "the live page's SIGI_STATE")
    info = _dict(_dict(state.get("LiveRoom")).get("liveRoomUserInfo"))
    user, room = _dict(info.get("user")), _dict(info.get("liveRoom"))
    if not user:
        raise SchemaError("the live page contains no user")
    host = asked.check("the live page", user.get("uniqueId"), user.get("id"))
    return _finding(host, user.get("roomId"), room.get("title"), room.get("status"))


def api_live(body: bytes, asked: Host) -> Finding:
    """Parse the answer of api-live/user/room. Raises RoomNotFound, WrongRoom or SchemaError."""
    answer = _json(body, "api-live")
    code = answer.get("statusCode")
    if code == _NO_SUCH_USER:
        raise RoomNotFound("TikTok knows no user of that name")
    if code != 0:
        raise SchemaError(f"api-live returned code {_shown(code, 40)}: {_shown(answer.get('message'), 80)}")
    data = _dict(answer.get("data"))
    user, room = _dict(data.get("user")), _dict(data.get("liveRoom"))
    if not user:
        raise SchemaError("api-live contains no user")
    host = asked.check("api-live", user.get("uniqueId"), user.get("id"))
    statuses = [status for status in (room.get("status"), user.get("status")) if _int(status) is not None]
    finding = _finding(host, user.get("roomId"), room.get("title"), *statuses)
    # Who has never been live has no room.
    return replace(finding, live=False) if finding.room_id is None and not statuses else finding


def _finding(host: Host, room_id: Any, title: Any, *statuses: Any) -> Finding:
    """Return what an answer says of its user: no live status if it contradicts itself, or if a status is unknown."""
    room_id = _positive_id(room_id)
    said = {_live(status) for status in statuses}
    live = said.pop() if len(said) == 1 else None
    if live and room_id is None:
        live = None
    return Finding(room_id, live, _text(title), live is True and PAUSED in statuses, host)


def room_info(body: bytes, *, keep_raw: bool = False) -> RoomInfo:
    """Parse the answer of room/info. Raises AgeRestricted, RoomEnded or SchemaError."""
    answer = _json(body, "room/info")
    code, data = answer.get("status_code"), _dict(answer.get("data"))
    if code == _AGE_RESTRICTED:
        raise AgeRestricted("the LIVE is age restricted: TikTok shows it only to adults who are logged in")
    if code in _FINISHED:
        raise RoomEnded("the LIVE has ended")
    if code != 0:
        reason = _shown(data.get("prompts") or data.get("message") or "no reason given", 80)
        raise SchemaError(f"room/info returned code {_shown(code, 40)}: {reason}")
    stats = _dict(data.get("stats"))
    return RoomInfo(
        live=_live(data.get("status")),
        status=_int(data.get("status")),
        title=_text(data.get("title")),
        room_id=_positive_id(data.get("id_str") or data.get("id")),
        owner=_owner(_dict(data.get("owner"))),
        viewers=_int(data.get("user_count")),
        total_viewers=_int(stats.get("total_user")),
        likes=_int(stats.get("like_count")),
        started_at_s=_int(data.get("create_time")) or None,
        cover=_first_picture(_dict(data.get("cover")).get("url_list")),
        stream_urls=_streams(_dict(_dict(data.get("stream_url")).get("flv_pull_url"))),
        raw=data if keep_raw else None,
    )


def _owner(owner: dict[str, Any]) -> RoomOwner:
    return RoomOwner(
        user_id=_positive_id(owner.get("id_str") or owner.get("id")),
        unique_id=_text(owner.get("display_id")),
        nickname=_text(owner.get("nickname")),
        profile_picture_url=_first_picture(_dict(owner.get("avatar_thumb")).get("url_list")),
        followers=_int(_dict(owner.get("follow_info")).get("follower_count")),
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
    scope = _dict(_json(_script(html, _PROFILE) or "", "the profile page").get("__DEFAULT_SCOPE__"))
    detail = _dict(scope.get("webapp.user-detail"))
    if detail.get("statusCode") == _PRIVATE:
        return Profile.PRIVATE
    user = _dict(_dict(detail.get("userInfo")).get("user"))
    if detail.get("statusCode") != 0 or not user:
        return Profile.MISSING
    asked.check("the profile page", user.get("uniqueId"), user.get("id"))
    return Profile.SHOWN


def check_alive(body: bytes) -> dict[str, bool]:
    """Parse the answer of room/check_alive: live status by room id. Raises SchemaError."""
    answer = _json(body, "room/check_alive")
    rows = answer.get("data")
    if answer.get("status_code") != 0 or not isinstance(rows, list):
        raise SchemaError(f"room/check_alive returned code {_shown(answer.get('status_code'), 40)}")
    return {
        room_id: row["alive"]
        for row in rows
        if isinstance(row, dict)
        and isinstance(row.get("alive"), bool)
        and (room_id := _positive_id(row.get("room_id_str") or row.get("room_id")))
    }


def gift_list(body: bytes) -> list[dict[str, Any]]:
    """Parse the answer of gift/list: the gifts as received. Raises SchemaError."""
    gifts = _dict(_json(body, "gift/list", MAX_GIFT_LIST_ELEMENTS).get("data")).get("gifts")
    if not isinstance(gifts, list):
        raise SchemaError("gift/list contains no list of gifts")
    return [gift for gift in gifts if isinstance(gift, dict)]


def provider_gifts(body: bytes) -> tuple[list[Any], int]:
    """Parse a page of a sign provider's catalogue: the gifts as received, and the number of pages. Raises SchemaError.

    `gifts` has {giftId, giftName, diamondCount, giftType ...} each.
    """
    answer = _json(body, "the catalogue of the sign provider", MAX_GIFT_LIST_ELEMENTS)
    gifts = answer.get("gifts")
    if not isinstance(gifts, list):
        raise SchemaError("the catalogue of the sign provider contains no list of gifts")
    return gifts, _int(answer.get("totalPages")) or 1


def provider_room_gifts(body: bytes) -> tuple[list[Any], dict[str, bool]]:
    """Parse a sign provider's list of a room's gifts. Raises SchemaError.

    Returns the gifts that it describes, as received, and by gift ID whether the gift is in the room's panel. The answer
    is {response: {page_gifts: [ID], gift_overrides: {ID: {is_displayed_on_panel}}}}; some describe gifts in `gifts`.
    """
    answer = _json(body, "the gifts of the room", MAX_GIFT_LIST_ELEMENTS)
    result = _dict(answer.get("response")) or _dict(answer.get("data")) or answer
    gifts, page, overrides = result.get("gifts"), result.get("page_gifts"), _dict(result.get("gift_overrides"))
    if not (isinstance(gifts, list) or isinstance(page, list) or overrides):
        raise SchemaError("the sign provider lists no gifts of the room")
    displayed = {str(one): True for one in page if isinstance(one, int | str)} if isinstance(page, list) else {}
    for gift_id, override in overrides.items():
        if isinstance(shown := _dict(override).get("is_displayed_on_panel"), bool):
            displayed[gift_id] = shown
    return gifts if isinstance(gifts, list) else [], displayed


def _json(text: str | bytes, what: str, max_elements: int = MAX_JSON_ELEMENTS) -> dict[str, Any]:
    """Parse a JSON object of at most `max_elements`, counted before they are created. Raises SchemaError.

    Every element comes after a comma or an opening bracket. Those inside strings are counted as well. orjson refuses
    more than 1,024 levels.
    """
    data = text.encode("utf-8", "replace") if isinstance(text, str) else text
    if sum(data.count(mark) for mark in (b",", b"[", b"{")) > max_elements:
        raise SchemaError(f"{what} has more than {max_elements} elements")
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise SchemaError(f"{what} is not JSON: {safe_text(text, 60)}") from error
    if not isinstance(value, dict):
        raise SchemaError(f"{what} is not a JSON object")
    return value


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _int(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _text(value: Any) -> str | None:
    return clean_text(value[:MAX_TEXT_CHARS]) if isinstance(value, str) and value else None


def _shown(value: Any, limit: int) -> str:
    """Return a value for an error message; a container, which may be too deep for `str`, by its type alone."""
    return safe_text(type(value).__name__ if isinstance(value, dict | list) else value, limit)


def _live(status: Any) -> bool | None:
    return {LIVE: True, PAUSED: True, ENDED: False}.get(status) if _int(status) is not None else None


def _positive_id(value: Any) -> str | None:
    """Return an id as text; None unless it is a positive int64, the type in the messages of the socket."""
    text = str(value) if isinstance(value, str | int) else ""
    return text if _DIGITS.fullmatch(text) and 0 < int(text) < 2**63 else None


def is_room_id(text: str) -> bool:
    """Return whether a text is a room id as the service writes them."""
    return _positive_id(text) == text
