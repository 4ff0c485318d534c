"""What a page or a JSON answer of TikTok says about a room. Pure: text in, facts out.

Source: protocol reference, section 2.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from tiktok2mqtt.common.errors import AgeRestricted, CaptchaPage, RoomEnded, RoomNotFound, SchemaError
from tiktok2mqtt.common.text import safe_text

LIVE: Final = 2
ENDED: Final = 4
_NO_SUCH_USER: Final = 19881007
_AGE_RESTRICTED: Final = 4003110
_FINISHED: Final = (30003, 4)
_PRIVATE: Final = 10222

# Bounded, and only where they begin: whatever the page, the search takes time in proportion to its length.
_SIGI = re.compile(r'<script[^<>]{0,400}\bid="SIGI_STATE"[^<>]{0,400}>')
_PROFILE = re.compile(r'<script[^<>]{0,400}\bid="__UNIVERSAL_DATA_FOR_REHYDRATION__"[^<>]{0,400}>')
_SCRIPT_END = "</script>"
_DIGITS = re.compile(r"[0-9]{1,19}")
_OLD_ROOM_IDS = (re.compile(r"room_id=(\d+)"), re.compile(r'"roomId":"(\d+)"'))


@dataclass(frozen=True, slots=True)
class Finding:
    """One source's answer about a user: the room id (None when there is none) and whether it is live.

    `live` is True, False or None for unknown.
    """

    room_id: str | None
    live: bool | None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class RoomInfo:
    """The service's room info; `raw` is its `data` as it came, the properties are what we use of it.

    A property is None when the service did not tell it, or told it in a form we do not know. Source: protocol
    reference, section 2, "room info".
    """

    raw: Mapping[str, Any] = field(repr=False)

    @property
    def live(self) -> bool | None:
        """True or False when the status says so, else None."""
        return _live(self.raw.get("status"))

    @property
    def title(self) -> str | None:
        """The title of the LIVE."""
        return _text(self.raw.get("title"))

    @property
    def viewers(self) -> int | None:
        """Viewers now."""
        return _int(self.raw.get("user_count"))

    @property
    def likes(self) -> int | None:
        """Likes since the LIVE began."""
        return _int(_dict(self.raw.get("stats")).get("like_count"))

    @property
    def followers(self) -> int | None:
        """Followers of the host."""
        return _int(_dict(_dict(self.raw.get("owner")).get("follow_info")).get("follower_count"))

    @property
    def started_at_s(self) -> int | None:
        """When the LIVE began, in seconds since 1970."""
        return _int(self.raw.get("create_time")) or None

    @property
    def cover(self) -> str | None:
        """URL of the cover picture."""
        urls = _dict(self.raw.get("cover")).get("url_list")
        return next((url for url in urls if isinstance(url, str) and url), None) if isinstance(urls, list) else None


def live_page(html: str) -> Finding:
    """Read the live page of a user.

    Raises CaptchaPage for a page that is no user page at all, SchemaError for one whose data we cannot read.
    """
    if (text := _script(html, _SIGI)) is not None:
        return _sigi(text)
    for pattern in _OLD_ROOM_IDS:
        if match := pattern.search(html):
            return Finding(_room_id(match[1]), live=None)
    if '"og:url"' in html:
        return Finding(None, live=False)
    raise CaptchaPage("TikTok sent a challenge page instead of the live page")


def _script(html: str, beginning: re.Pattern[str]) -> str | None:
    """Return the text of a script, or None when the page has no such one."""
    begin = beginning.search(html)
    end = html.find(_SCRIPT_END, begin.end()) if begin else -1
    return html[begin.end() : end] if begin and end >= 0 else None


def _sigi(text: str) -> Finding:
    state = _json(text, "the live page's SIGI_STATE")
    info = _dict(_dict(state.get("LiveRoom")).get("liveRoomUserInfo"))
    user, room = _dict(info.get("user")), _dict(info.get("liveRoom"))
    if not user:
        raise SchemaError("the live page names no user")
    return Finding(_room_id(user.get("roomId")), _live(room.get("status")), _text(room.get("title")))


def api_live(body: bytes) -> Finding:
    """Read the answer of api-live/user/room. Raises RoomNotFound or SchemaError."""
    answer = _json(body, "api-live")
    code = answer.get("statusCode")
    if code == _NO_SUCH_USER:
        raise RoomNotFound("TikTok knows no user of that name")
    if code != 0:
        raise SchemaError(f"api-live answered with code {safe_text(code, 40)}: {safe_text(answer.get('message'), 80)}")
    data = _dict(answer.get("data"))
    user, room = _dict(data.get("user")), _dict(data.get("liveRoom"))
    if not user:
        raise SchemaError("api-live names no user")
    room_id = _room_id(user.get("roomId"))
    return Finding(room_id, _api_verdict(room_id, room.get("status"), user.get("status")), _text(room.get("title")))


def _api_verdict(room_id: str | None, *statuses: Any) -> bool | None:
    if room_id is None:
        return False
    if LIVE in statuses:
        return True
    return False if any(_int(status) is not None for status in statuses) else None


def room_info(body: bytes) -> RoomInfo:
    """Read the answer of room/info. Raises AgeRestricted, RoomEnded or SchemaError."""
    answer = _json(body, "room/info")
    code, data = answer.get("status_code"), _dict(answer.get("data"))
    if code == _AGE_RESTRICTED:
        raise AgeRestricted("the LIVE is age restricted: TikTok shows it to logged-in adults only")
    if code in _FINISHED:
        raise RoomEnded("the LIVE has ended")
    if code != 0:
        words = safe_text(data.get("prompts") or data.get("message") or "no reason given", 80)
        raise SchemaError(f"room/info answered with code {safe_text(code, 40)}: {words}")
    return RoomInfo(data)


def is_private(html: str) -> bool:
    """Read a user's profile page: whether it says that the account is there and shown to nobody like us.

    Source: protocol reference, section 2, "profile". Raises SchemaError for a page whose data we cannot read.
    """
    scope = _dict(_json(_script(html, _PROFILE) or "", "the profile page").get("__DEFAULT_SCOPE__"))
    return _dict(scope.get("webapp.user-detail")).get("statusCode") == _PRIVATE


def check_alive(body: bytes) -> dict[str, bool]:
    """Read the answer of room/check_alive: whether each room, by its id, is live. Raises SchemaError."""
    answer = _json(body, "room/check_alive")
    rows = answer.get("data")
    if answer.get("status_code") != 0 or not isinstance(rows, list):
        raise SchemaError(f"room/check_alive answered with code {safe_text(answer.get('status_code'), 40)}")
    return {
        room_id: row["alive"]
        for row in rows
        if isinstance(row, dict)
        and isinstance(row.get("alive"), bool)
        and (room_id := _room_id(row.get("room_id_str") or row.get("room_id")))
    }


def gift_list(body: bytes) -> list[dict[str, Any]]:
    """Read the answer of gift/list: the gifts as they came. Raises SchemaError."""
    gifts = _dict(_json(body, "gift/list").get("data")).get("gifts")
    if not isinstance(gifts, list):
        raise SchemaError("gift/list holds no list of gifts")
    return [gift for gift in gifts if isinstance(gift, dict)]


def _json(text: str | bytes, what: str) -> dict[str, Any]:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise SchemaError(f"{what} is no JSON: {safe_text(text, 60)}") from error
    if not isinstance(value, dict):
        raise SchemaError(f"{what} is no JSON object")
    return value


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _int(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _live(status: Any) -> bool | None:
    return {LIVE: True, ENDED: False}.get(status) if isinstance(status, int) else None


def _room_id(value: Any) -> str | None:
    """Return a room id as text; None unless it is a positive int64, which is what the socket's messages hold."""
    text = str(value or "")
    return text if _DIGITS.fullmatch(text) and 0 < int(text) < 2**63 else None
