"""Greet viewers and thank for gifts, with asyncio: python asyncio_bot.py USER [--server URL]."""

import argparse
import asyncio
import sys

from tiktok2mqtt.webcast import AsyncWebcastPushConnection, WebcastError, server_options

parser = argparse.ArgumentParser(description="Greet viewers and thank for gifts.")
parser.add_argument("user", help="user name, @name or URL of a LIVE")
parser.add_argument("--server", help="URL of `tiktok2mqtt simulate`, in place of TikTok")
arguments = parser.parse_args()


async def main() -> None:
    """Answer each event as it comes."""
    async with AsyncWebcastPushConnection(arguments.user, **server_options(arguments.server)) as connection:
        async for event in connection:
            if event["event_type"] == "member":
                print(f"Welcome, {event['nickname']}!", flush=True)
            elif event["event_type"] == "gift":
                print(f"Thank you for {event['count']} x {event['gift']['name']}, {event['nickname']}!", flush=True)
            elif event["event_type"] == "disconnected":
                print(event["reason"], flush=True)


try:
    asyncio.run(main())
except WebcastError as error:
    sys.exit(str(error))
except KeyboardInterrupt:
    pass
