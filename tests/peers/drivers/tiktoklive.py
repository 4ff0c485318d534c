"""Runs TikTokLive on the signed socket and prints one JSON line per event: tiktoklive.py USER WEB_URL SIGN_URL."""

import json
import sys
from typing import Any

from TikTokLive.client.client import TikTokLiveClient
from TikTokLive.client.web.web_settings import WebDefaults
from TikTokLive.events import custom_events, proto_events

USER, WEB_URL, SIGN_URL = sys.argv[1:4]
GIFTER_SCENE = 8  # the badge with this scene has the gifter level


def report(event: str, **keys: Any) -> None:
    print(json.dumps({"event": event, **keys}), flush=True)


def user(event: Any) -> dict[str, Any]:
    sender = event.user
    levels = [int(badge.privilege_log_extra.level) for badge in sender.badge_list if badge.scene_type == GIFTER_SCENE]
    return {
        "user_id": str(sender.id),
        "unique_id": sender.display_id,
        "nickname": sender.nickname,
        "picture": sender.avatar_thumb.url_list[0] if sender.avatar_thumb else None,
        "gifter_level": levels[0] if levels else 0,
    }


def room_user(event: Any) -> dict[str, Any]:
    top = [[viewer.user.display_id, viewer.score] for viewer in event.ranks]
    return {"viewers": event.total, "total_users": event.total_user, "top": top}


def gift(event: Any) -> dict[str, Any]:
    return {
        **user(event),
        "gift_id": event.gift_id,
        "name": event.gift.name,
        "diamonds": event.gift.diamond_count,
        "gift_type": event.gift.type,
        "repeat_count": event.repeat_count,
        "repeat_end": bool(event.repeat_end),
        "group_id": str(event.group_id),
    }


def listen(client: TikTokLiveClient) -> None:
    """Report its events in the format of `play`."""

    def on(kind: Any, name: str, keys: Any) -> None:
        async def handle(event: Any) -> None:
            report(name, **keys(event))

        client.add_listener(kind, handle)

    on(custom_events.ConnectEvent, "connected", lambda event: {"room_id": str(event.room_id)})
    on(proto_events.CommentEvent, "chat", lambda event: {**user(event), "comment": event.content})
    on(proto_events.JoinEvent, "member", lambda event: {**user(event), "present": event.member_count})
    on(proto_events.GiftEvent, "gift", gift)
    on(proto_events.LikeEvent, "like", lambda event: {**user(event), "count": event.count, "total": event.total})
    on(proto_events.RoomUserSeqEvent, "room_user", room_user)
    on(custom_events.FollowEvent, "follow", lambda event: {**user(event), "followers": event.follow_count})
    on(custom_events.ShareEvent, "share", lambda event: {**user(event), "shares": event.share_count})
    on(
        proto_events.QuestionNewEvent,
        "question",
        lambda event: {**user(event.data), "text": event.data.content},
    )
    on(custom_events.LiveEndEvent, "end", lambda _: {})


WebDefaults.tiktok_app_url = WEB_URL
WebDefaults.tiktok_webcast_url = f"{WEB_URL}/webcast"
WebDefaults.tiktok_sign_url = SIGN_URL
CLIENT = TikTokLiveClient(USER)
listen(CLIENT)
try:
    CLIENT.run()
except Exception as error:  # noqa: BLE001 - its type is reported
    report("refused", reason=type(error).__name__)
