"""Print the gifts of a LIVE, with what the gift list says of each: python gifts.py USER."""

import sys
import threading
from collections import Counter
from typing import Any

from tiktok2mqtt.webcast import WebcastError, WebcastPushConnection

diamonds: Counter[str] = Counter()


def on_gift(event: dict[str, Any]) -> None:
    """Print a gift, and what its sender has given so far: each `delta` is what no earlier `gift` has told."""
    who, gift, info = event["nickname"], event["gift"], event["extended_gift_info"] or {}
    diamonds[who] += event["delta"] * (gift["diamond_count"] or 0)
    print(f"{who}: {event['count']} x {gift['name']} ({info.get('describe')}), {diamonds[who]} diamonds so far")
    if picture := info.get("image"):
        print(f"  picture: {picture['url_list'][0]}", flush=True)


over = threading.Event()
connection = WebcastPushConnection(sys.argv[1], enable_extended_gift_info=True, process_initial_data=False)
connection.on("gift", on_gift)
connection.on("disconnected", lambda _event: over.set())
try:
    with connection:
        connection.connect()
        over.wait()
except WebcastError as error:
    sys.exit(str(error))
except KeyboardInterrupt:
    print("bye")
