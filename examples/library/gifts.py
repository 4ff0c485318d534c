"""Print the gifts of a LIVE and the diamonds of each sender: python gifts.py USER [--server URL]."""

import argparse
import sys
from collections import Counter

from tiktok2mqtt.webcast import WebcastError, WebcastPushConnection, server_options
from tiktok2mqtt.webcast.events.types import GiftEvent

parser = argparse.ArgumentParser(description="Print the gifts of a LIVE.")
parser.add_argument("user", help="user name, @name or URL of a LIVE")
parser.add_argument("--server", help="URL of `tiktok2mqtt simulate`, in place of TikTok")
arguments = parser.parse_args()

diamonds: Counter[str | None] = Counter()
connection = WebcastPushConnection(
    arguments.user,
    enable_extended_gift_info=True,
    process_initial_data=False,
    **server_options(arguments.server),
)


@connection.on("gift")
def on_gift(event: GiftEvent) -> None:
    """Print a gift and the total of its sender. `delta` is the number of gifts that no earlier event has counted."""
    sender, gift, info = event["nickname"], event["gift"], event.get("extended_gift_info")
    diamonds[sender] += (event["delta"] or 0) * (gift["diamond_count"] or 0)
    about = info["describe"] if info else None
    print(f"{sender}: {event['count']} x {gift['name']} ({about}), {diamonds[sender]} diamonds so far")
    if gift["image"]:
        print(f"  picture: {gift['image']}", flush=True)


try:
    connection.run()
except WebcastError as error:
    sys.exit(str(error))
print(f"{diamonds.total()} diamonds")
