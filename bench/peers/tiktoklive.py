"""TikTokLive and paho-mqtt: the signed socket."""
# mypy: disable-error-code="untyped-decorator"

import json
import sys
from typing import Any

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion
from TikTokLive.client.client import TikTokLiveClient
from TikTokLive.client.web.web_settings import WebDefaults
from TikTokLive.events import proto_events as events

HOST, PORT, USER, WEB_URL, SIGN_URL = sys.argv[1:6]

WebDefaults.tiktok_app_url = WEB_URL
WebDefaults.tiktok_webcast_url = f"{WEB_URL}/webcast"
WebDefaults.tiktok_sign_url = SIGN_URL

broker = Client(CallbackAPIVersion.VERSION2)
broker.connect(HOST, int(PORT))
broker.loop_start()
live = TikTokLiveClient(USER)


def publish(event: str, sender: Any, **keys: Any) -> None:
    if sender:
        keys |= {"user_id": str(sender.id), "unique_id": sender.display_id, "nickname": sender.nickname}
    broker.publish(f"tiktok/{USER}/{event}", json.dumps(keys))


@live.on(events.CommentEvent)
async def on_chat(event: Any) -> None:
    publish("chat", event.user, comment=event.content)


@live.on(events.GiftEvent)
async def on_gift(event: Any) -> None:
    gift = {"name": event.gift.name, "diamonds": event.gift.diamond_count}
    publish("gift", event.user, gift=gift, count=event.repeat_count, repeat_end=event.repeat_end)


@live.on(events.LikeEvent)
async def on_like(event: Any) -> None:
    publish("like", event.user, count=event.count, total=event.total)


@live.on(events.JoinEvent)
async def on_member(event: Any) -> None:
    publish("member", event.user)


@live.on(events.RoomUserSeqEvent)
async def on_room_user(event: Any) -> None:
    publish("room_user", None, viewers=event.total)


@live.on(events.SocialEvent)
async def on_social(event: Any) -> None:
    publish("social", event.user, display_type=event.common.display_text.key)


live.run()
broker.disconnect()
broker.loop_stop()
