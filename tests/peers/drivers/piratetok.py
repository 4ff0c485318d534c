"""Runs piratetok-live-py on the direct socket and prints one JSON line per event: piratetok.py USER WEB_URL."""

import json
import sys
from typing import Any

from curl_cffi import requests
from piratetok_live import TikTokLiveClient
from piratetok_live.connection import wss

USER, WEB_URL = sys.argv[1:3]
GIFTER_SCENE = 8  # the badge with this scene has the gifter level


def redirect() -> None:
    """Redirect its requests to the simulator: the hosts in its URLs are constants."""
    get, connect = requests.get, wss.ws_client.connect

    def get_redirected(url: str, **options: Any) -> Any:
        for host in ("https://www.tiktok.com", "https://webcast.tiktok.com"):
            url = url.replace(host, WEB_URL)
        return get(url, **options)

    requests.get = get_redirected
    wss.ws_client.connect = lambda url, **options: connect(url.replace("wss:", "ws:", 1), **options)


def report(event: str, **keys: Any) -> None:
    print(json.dumps({"event": event, **keys}), flush=True)


def user(data: dict[str, Any]) -> dict[str, Any]:
    """Return the user of an event. The client omits keys with a default value, and decodes 64-bit integers as text."""
    sender = data["user"]
    levels = [
        int(badge["logExtra"]["level"]) for badge in sender.get("badgeList", []) if badge["badgeScene"] == GIFTER_SCENE
    ]
    return {
        "user_id": sender.get("id", "0"),
        "unique_id": sender.get("uniqueId", ""),
        "nickname": sender.get("nickname", ""),
        "picture": sender["avatarThumb"]["urlList"][0] if "avatarThumb" in sender else None,
        "gifter_level": levels[0] if levels else 0,
    }


def room_user(data: dict[str, Any]) -> dict[str, Any]:
    return {
        "viewers": int(data["viewerCount"]),
        "total_users": int(data["totalUser"]),
        "top": [[viewer["user"]["uniqueId"], int(viewer["score"])] for viewer in data["ranksList"]],
    }


def gift(data: dict[str, Any]) -> dict[str, Any]:
    return {
        "gift_id": int(data["giftId"]),
        "name": data["gift"]["name"],
        "diamonds": data["gift"]["diamondCount"],
        "gift_type": data["gift"]["type"],
        "repeat_count": int(data["repeatCount"]),
        "repeat_end": bool(int(data.get("repeatEnd", 0))),
        "group_id": data["groupId"],
    }


def listen(client: TikTokLiveClient) -> None:
    """Report its events in the format of `play`."""

    def on(event: str, name: str, keys: Any) -> None:
        client.on(event)(lambda received: report(name, **keys(received.data)))

    on("connected", "connected", lambda data: {"room_id": data["room_id"]})
    on("chat", "chat", lambda data: {**user(data), "comment": data["content"]})
    on("member", "member", lambda data: {**user(data), "present": data["memberCount"]})
    on("gift", "gift", lambda data: {**user(data), **gift(data)})
    on("like", "like", lambda data: {**user(data), "count": data["count"], "total": int(data["total"])})
    on("room_user_seq", "room_user", room_user)
    on("follow", "follow", lambda data: {**user(data), "followers": int(data["followCount"])})
    on("share", "share", lambda data: {**user(data), "shares": data["shareCount"]})
    on("question_new", "question", lambda data: {**user(data["details"]), "text": data["details"]["questionText"]})
    on("live_ended", "end", lambda _: {})
    client.on("live_ended")(lambda _: client.disconnect())


redirect()
CLIENT = TikTokLiveClient(USER).cdn(WEB_URL.removeprefix("http://"))
listen(CLIENT)
try:
    CLIENT.run()
except Exception as error:  # noqa: BLE001 - its type is reported
    report("refused", reason=type(error).__name__)
