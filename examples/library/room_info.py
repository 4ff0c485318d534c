"""Print what TikTok says about the room of a user: python room_info.py USER [--server URL]."""

import argparse
import sys

from tiktok2mqtt.webcast import RoomOffline, WebcastError, WebcastPushConnection, server_options

parser = argparse.ArgumentParser(description="Print what TikTok says about the room of a user.")
parser.add_argument("user", help="user name, @name or URL of a LIVE")
parser.add_argument("--server", help="URL of `tiktok2mqtt simulate`, in place of TikTok")
arguments = parser.parse_args()

try:
    with WebcastPushConnection(arguments.user, **server_options(arguments.server)) as connection:
        info = connection.get_room_info()
except RoomOffline as error:
    print(error)
except WebcastError as error:
    sys.exit(str(error))
else:
    print(f"{info.owner.nickname} (@{info.owner.unique_id}, {info.owner.followers} followers): {info.title}")
    print(f"live: {info.live}, since {info.started_at}, {info.viewers} viewers, {info.likes} likes")
    for quality, url in info.stream_urls.items():
        print(f"{quality}: {url}")
