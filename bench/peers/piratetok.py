"""piratetok-live-py and paho-mqtt: the direct socket."""
# mypy: disable-error-code="untyped-decorator"

import json
import sys
from typing import Any

from curl_cffi import requests
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion
from piratetok_live import TikTokLiveClient
from piratetok_live.connection import wss

HOST, PORT, USER, WEB_URL = sys.argv[1:5]

# The hosts in its URLs are constants.
get, connect = requests.get, wss.ws_client.connect
requests.get = lambda url, **options: get(url.replace("https://www.tiktok.com", WEB_URL), **options)
wss.ws_client.connect = lambda url, **options: connect(url.replace("wss:", "ws:", 1), **options)

broker = Client(CallbackAPIVersion.VERSION2)
broker.connect(HOST, int(PORT))
broker.loop_start()
live = TikTokLiveClient(USER).cdn(WEB_URL.removeprefix("http://"))


def publish(event: str, data: dict[str, Any], **keys: Any) -> None:
    if sender := data.get("user"):
        names = {"unique_id": sender.get("uniqueId"), "nickname": sender.get("nickname")}
        keys |= {"user_id": sender.get("id", "0"), **names}
    broker.publish(f"tiktok/{USER}/{event}", json.dumps(keys))


@live.on("chat")
def on_chat(event: Any) -> None:
    publish("chat", event.data, comment=event.data.get("content", ""))


@live.on("gift")
def on_gift(event: Any) -> None:
    data = event.data
    gift = {"name": data["gift"].get("name"), "diamonds": data["gift"].get("diamondCount", 0)}
    publish("gift", data, gift=gift, count=data.get("repeatCount", 1), repeat_end=data.get("repeatEnd", 0))


@live.on("like")
def on_like(event: Any) -> None:
    publish("like", event.data, count=event.data.get("count", 0), total=int(event.data.get("total", 0)))


@live.on("member")
def on_member(event: Any) -> None:
    publish("member", event.data)


@live.on("room_user_seq")
def on_room_user(event: Any) -> None:
    publish("room_user", {}, viewers=int(event.data.get("viewerCount", 0)))


@live.on("social")
def on_social(event: Any) -> None:
    publish("social", event.data, display_type=event.data["common"]["displayText"]["key"])


@live.on("live_ended")
def on_end(_event: Any) -> None:
    live.disconnect()


live.run()
broker.disconnect()
broker.loop_stop()
