"""Bodies of the HTTP answers: HTML pages with their JSON scripts, and the JSON of the webcast endpoints."""

from __future__ import annotations

import html
import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from tiktok2mqtt.simulator.gifts import CATALOGUE, gift_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tiktok2mqtt.simulator.state import RoomState
    from tiktok2mqtt.simulator.viewers import Viewer

USER_NOT_FOUND: Final = 19881007
PROFILE_NOT_FOUND: Final = 10221
PROFILE_PRIVATE: Final = 10222
AGE_RESTRICTED: Final = 4003110
ROOM_FINISHED: Final = 30003


def live_page(name: str, state: RoomState | None) -> str:
    """`/@name/live`: with SIGI_STATE for a known user, without it for an unknown or private one."""
    if state is None or state.private:
        return _page(name, "TikTok", "")
    user = {**_user(state.host), "roomId": _room_id(state), "status": state.status}
    live_room = {
        "status": state.status,
        "title": state.title,
        "startTime": int(state.started_at),
        "liveRoomStats": {"userCount": state.counters.viewers, "enterCount": state.counters.total_users},
    }
    info = {"user": user, "liveRoom": live_room, "stats": {"followerCount": state.followers}}
    sigi = {"LiveRoom": {"loadingState": {"getRecommendLive": 0}, "liveRoomUserInfo": info}}
    scripts = _script("SIGI_STATE", sigi)
    if state.live:
        source = files("tiktok2mqtt.simulator").joinpath("live_page.js").read_text(encoding="utf-8")
        scripts += f'<script data-room-id="{_room_id(state)}">{source}</script>'
    return _page(name, f"{state.host.nickname} is LIVE", scripts)


def profile_page(name: str, state: RoomState | None) -> str:
    """`/@name`: the profile, with status code 10221 for an unknown user and 10222 for a private one."""
    status = PROFILE_PRIVATE if state is not None else PROFILE_NOT_FOUND
    detail: dict[str, Any] = {"statusCode": status, "statusMsg": "", "needFix": True}
    if state is not None and not state.private:
        user = {**_user(state.host), "secUid": state.host.sec_uid, "roomId": _room_id(state) if state.live else ""}
        stats = {"followerCount": state.followers, "followingCount": state.host.following}
        detail = {"statusCode": 0, "statusMsg": "", "userInfo": {"user": user, "stats": stats}}
    data = {"__DEFAULT_SCOPE__": {"webapp.user-detail": detail}}
    return _page(name, f"@{name} | TikTok", _script("__UNIVERSAL_DATA_FOR_REHYDRATION__", data))


def home_page() -> str:
    """`/`: names no user and sets no cookie."""
    return "<!DOCTYPE html><html><head><title>TikTok - Make Your Day</title></head><body></body></html>"


def api_room(state: RoomState | None) -> dict[str, Any]:
    """`/api-live/user/room`. After a LIVE its room id stays, with status 4. A private user is none (assumed)."""
    if state is None or state.private:
        return {"statusCode": USER_NOT_FOUND, "message": "user_not_found", "data": {}}
    user = {**_user(state.host), "roomId": _room_id(state), "status": state.status}
    live_room = {"status": state.status, "title": state.title, "startTime": int(state.started_at)}
    return {"statusCode": 0, "message": "", "data": {"user": user, "liveRoom": live_room}}


def room_info(state: RoomState | None, room_id: int, *, logged_in: bool) -> dict[str, Any]:
    """`room/info/`: complete for the current room id, ended for an earlier one, else an error code."""
    if state is None:
        return _error(ROOM_FINISHED, "room has finished")
    if state.age_restricted and not logged_in:
        return _error(AGE_RESTRICTED, "This LIVE is restricted to an audience over 18")
    if state.room_id != room_id:
        return {"status_code": 0, "data": {"id_str": str(room_id), "status": 4, "owner": _owner(state)}}
    return {"status_code": 0, "data": _room_data(state)}


def info_by_user(state: RoomState | None) -> dict[str, Any]:
    """`room/info_by_user/`: the room info of a LIVE that goes on, else an error (assumed)."""
    if state is None or state.private or not state.live or state.age_restricted:
        return _error(ROOM_FINISHED, "room has finished")
    return {"status_code": 0, "data": _room_data(state)}


def gift_list() -> dict[str, Any]:
    """`gift/list/`: the catalogue."""
    return {"status_code": 0, "data": {"gifts": [gift_json(gift) for gift in CATALOGUE]}}


def check_alive(rooms: Sequence[tuple[int, bool]]) -> dict[str, Any]:
    """`room/check_alive/`: (room id, alive) in the order asked."""
    rows = [{"alive": alive, "room_id": room_id, "room_id_str": str(room_id)} for room_id, alive in rooms]
    return {"status_code": 0, "data": rows}


def _room_data(state: RoomState) -> dict[str, Any]:
    counters = state.counters
    pull = f"https://pull-f5-va01.tiktokcdn.com/channel/stream-{state.room_id}"
    cover = f"https://p16-webcast.tiktokcdn.com/img/maliva/webcast-va/{state.room_id}~tplv-obj.webp"
    return {
        "id": state.room_id,
        "id_str": str(state.room_id),
        "status": state.status,
        "title": state.title,
        "user_count": counters.viewers,
        "like_count": counters.likes,
        "stats": {
            "total_user": counters.total_users,
            "like_count": counters.likes,
            "comment_count": counters.comments,
            "share_count": counters.shares,
        },
        "owner": _owner(state),
        "cover": {"url_list": [cover]},
        "create_time": int(state.started_at),
        "stream_url": {"flv_pull_url": {size: f"{pull}_{size}.flv" for size in ("FULL_HD1", "HD1", "SD1", "SD2")}},
    }


def _owner(state: RoomState) -> dict[str, Any]:
    host = state.host
    return {
        "id": host.user_id,
        "id_str": str(host.user_id),
        "display_id": host.username,
        "nickname": host.nickname,
        "sec_uid": host.sec_uid,
        "avatar_thumb": {"url_list": [host.picture_url]},
        "follow_info": {"following_count": host.following, "follower_count": state.followers},
    }


def _user(host: Viewer) -> dict[str, Any]:
    names = {"id": str(host.user_id), "uniqueId": host.username, "nickname": host.nickname}
    return {**names, "avatarLarger": host.picture_url}


def _room_id(state: RoomState) -> str:
    return str(state.claimed_id or state.room_id or "")


def _error(code: int, message: str) -> dict[str, Any]:
    return {"status_code": code, "data": {"message": message, "prompts": message}}


def _script(name: str, data: dict[str, Any]) -> str:
    # Compact, because some clients search the text; "<" is escaped so that no value ends the script.
    text = json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")
    return f'<script id="{name}" type="application/json">{text}</script>'


def _page(name: str, title: str, script: str) -> str:
    address = html.escape(f"https://www.tiktok.com/@{name}/live", quote=True)
    head = f'<meta property="og:url" content="{address}"><title>{html.escape(title)}</title>'
    return f"<!DOCTYPE html><html><head>{head}</head><body>{script}</body></html>"
