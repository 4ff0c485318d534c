"""Print the gifts of a LIVE with what is known of them: python gifts.py USER."""

import sys
import threading
from collections import Counter
from typing import Any

from tiktok2mqtt.webcast import WebcastError, WebcastPushConnection

diamonds: Counter[str] = Counter()


def on_gift(event: dict[str, Any]) -> None:
    """Print a gift and the total of its sender. `delta` is the number of gifts that no earlier event has counted."""
    sender, gift, info = event["nickname"], event["gift"], event["extended_gift_info"] or {}
    diamonds[sender] += event["delta"] * (gift["diamond_count"] or 0)
    print(f"{sender}: {event['count']} x {gift['name']} ({info.get('describe')}), {diamonds[sender]} diamonds so far")
    if gift["image"]:
        print(f"  picture: {gift['image']}", flush=True)


disconnected = threading.Event()
connection = WebcastPushConnection(sys.argv[1], enable_extended_gift_info=True, process_initial_data=False)
connection.on("gift", on_gift)
connection.on("disconnected", lambda _event: disconnected.set())
try:
    with connection:
        connection.connect()
        disconnected.wait()
except WebcastError as error:
    sys.exit(str(error))
except KeyboardInterrupt:
    print("bye")
