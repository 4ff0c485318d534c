"""TikTokLive: the signed socket. Usage: tiktoklive.py USER WEB_URL SIGN_URL; prints one JSON line per event."""

import json
import sys
from typing import Any

from TikTokLive.client.client import TikTokLiveClient
from TikTokLive.client.web.web_settings import WebDefaults
from TikTokLive.events import custom_events, proto_events

USER, WEB_URL, SIGN_URL = sys.argv[1:4]


def report(event: str, **keys: Any) -> None:
    print(json.dumps({"event": event, **keys}), flush=True)


def user(event: Any) -> dict[str, str]:
    return {"user_id": str(event.user.id), "unique_id": event.user.display_id, "nickname": event.user.nickname}


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
    """Report what it says in the words of `play`."""

    def on(kind: Any, name: str, keys: Any) -> None:
        async def handle(event: Any) -> None:
            report(name, **keys(event))

        client.add_listener(kind, handle)

    on(custom_events.ConnectEvent, "connected", lambda event: {"room_id": str(event.room_id)})
    on(proto_events.CommentEvent, "chat", lambda event: {**user(event), "comment": event.content})
    on(proto_events.JoinEvent, "member", user)
    on(proto_events.GiftEvent, "gift", gift)
    on(proto_events.LikeEvent, "like", lambda event: {**user(event), "count": event.count, "total": event.total})
    on(
        proto_events.RoomUserSeqEvent,
        "room_user",
        lambda event: {"viewers": event.total, "total_users": event.total_user},
    )
    on(custom_events.FollowEvent, "follow", user)
    on(custom_events.ShareEvent, "share", user)
    on(
        proto_events.QuestionNewEvent,
        "question",
        lambda event: {**user(event.data), "text": event.data.content},
    )
    on(custom_events.LiveEndEvent, "end", lambda _: {})


WebDefaults.tiktok_app_url = WEB_URL
WebDefaults.tiktok_webcast_url = f"{WEB_URL}/webcast"
WebDefaults.tiktok_sign_url = SIGN_URL
LISTENER = TikTokLiveClient(USER)
listen(LISTENER)
try:
    LISTENER.run()
except Exception as error:  # noqa: BLE001 - which one it is, is the answer
    report("refused", reason=type(error).__name__)
