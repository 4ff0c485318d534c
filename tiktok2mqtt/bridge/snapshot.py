"""What a room's state keeps across restarts: which keys, and how they are checked when they come back. Pure."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson

from tiktok2mqtt.bridge.mqtt.payloads import encode, shortened

Json = dict[str, Any]
COUNTERS: Final = (
    *("likes", "diamonds", "host_diamonds", "guest_diamonds", "gifts", "unpriced_gifts"),
    *("comments", "shares", "new_followers", "subscriptions", "super_fans"),
)
# The documents within the document, and the types of their values.
_TEXT: Final = str | None
USER: Final = {"username": _TEXT, "nickname": _TEXT, "picture": _TEXT, "at": str}
_GIFT: Final = {"name": _TEXT, "gift_id": _TEXT, "image": _TEXT, "count": int, "diamonds": int | None}
LAST: Final[Mapping[str, Mapping[str, Any]]] = {
    "last_gift": {**_GIFT, **USER},
    "last_gifter": USER,
    "top_gifter": {"diamonds": int, **USER},
    "last_follower": USER,
    "last_comment": {"text": str, **USER},
}
# What the totals consist of. Comments are not stored, and the last gifter is who has sent the last gift.
VIEWERS: Final = ("last_gift", "top_gifter", "last_follower")
NUMBERS: Final = (*COUNTERS, "peak_viewers")
# More than any LIVE has, and far enough below 64 bits to continue counting.
_MAX_COUNT: Final = 10**15
_SESSION_ID: Final = re.compile(r"[0-9A-Za-z_-]{1,64}")
_MAX_TEXT_BYTES: Final = 1_024
_MAX_TOTALS_BYTES: Final = 8_192


@dataclass(slots=True)
class Totals:
    """What has been counted of one LIVE: `document` is JSON for `checked_snapshot`, `gifters` the diamonds by user.

    `changed` are the gifters whose diamonds have changed since the totals were saved, `new_followers` those of the
    `followers` who have followed since then.
    """

    session_id: str
    document: bytes
    gifters: Mapping[str, int]
    changed: tuple[str, ...]
    followers: Collection[str] = ()
    new_followers: tuple[str, ...] = ()


def encode_totals(document: Json) -> bytes:
    """Return JSON of a few KiB: long texts are cut."""
    try:
        payload = orjson.dumps(document)
    except orjson.JSONEncodeError:
        payload = encode(document)
    return payload if len(payload) <= _MAX_TOTALS_BYTES else encode(bounded(document))


def bounded(value: Any) -> Any:
    """Return a document with texts of at most 1 KiB each."""
    match value:
        case str():
            return shortened(value, _MAX_TEXT_BYTES)
        case dict():
            return {key: bounded(item) for key, item in value.items()}
        case list():
            return list(map(bounded, value))
    return value


def battle_summary(battle: Json) -> Json:
    """Return what `state` says about a battle: the scores of this side and of the best other one, and the winner."""
    hosts, teams = battle["hosts"], battle.get("teams")
    own: Json = next((host for host in hosts if host.get("is_room_host")), {})
    sides = teams or hosts
    ours = [side for side in sides if side.get("team_id") == own.get("team_id")] if teams else [own]
    winners = (battle.get("winner") or {}).get("hosts") or []
    return {
        "battle_id": battle["battle_id"],
        "status": battle.get("status"),
        "score": ours[0].get("score") if ours else None,
        "opponent_score": max((side.get("score") or 0 for side in sides if side not in ours), default=None),
        "winner": next((host["nickname"] or host["unique_id"] for host in winners), None),
        "result": battle.get("result_name"),
        "ends_at": battle.get("ends_at"),
    }


def checked_snapshot(saved: Any) -> Json:
    """Return what is restored of a snapshot: at the broker, where it is retained, others may have altered it.

    Raises ValueError if live, the session id or a counter is wrong. Other parts that are not as RoomState writes them
    become None.
    """
    if not isinstance(saved, dict):
        raise ValueError("not an object")  # noqa: TRY004 - one error for all
    session_id, live, since = saved.get("session_id"), saved.get("live"), saved.get("counting_since")
    if session_id is not None and not (isinstance(session_id, str) and _SESSION_ID.fullmatch(session_id)):
        raise ValueError("session_id is not an id")
    if not isinstance(live, bool | None):
        raise ValueError("live is not true, false or null")  # noqa: TRY004
    title, started_at, confirmed_at = saved.get("title"), saved.get("started_at"), saved.get("confirmed_at")
    return {
        "session_id": session_id,
        "live": live,
        "over": saved.get("over") is True,
        **{key: _checked_count(saved.get(key), key) for key in NUMBERS},
        "title": title if isinstance(title, str) else None,
        "started_at": started_at if _is_time(started_at) else None,
        "counting_since": since if _is_time(since) else None,
        "confirmed_at": confirmed_at if _is_time(confirmed_at) else None,
        **{key: saved.get(key) if _has_shape(saved.get(key), shape) else None for key, shape in LAST.items()},
    }


def _checked_count(value: Any, key: str) -> int:
    """Return a count. A counter that an earlier version did not have is missing."""
    if value is None:
        return 0
    if type(value) is not int or not 0 <= value <= _MAX_COUNT:
        raise ValueError(f"{key} is not a count")
    return value


def _is_time(value: Any) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _has_shape(value: Any, shape: Mapping[str, Any]) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == shape.keys()
        and all(isinstance(value[key], kind) and not isinstance(value[key], bool) for key, kind in shape.items())
        and all(abs(number) <= _MAX_COUNT for number in value.values() if isinstance(number, int))
    )
