"""A simulated TikTok LIVE: an HTTP and WebSocket server that speaks the Webcast protocol, for tests, demos and users.

`state` holds the rooms, `service` and what it uses are the wire, `room` has the verbs. Nothing is shared with the
library or the bridge: the simulator writes its own wire bytes, so that no mistake is made twice.
"""

from tiktok2mqtt.simulator.checks import Limits
from tiktok2mqtt.simulator.gifts import Gift
from tiktok2mqtt.simulator.room import Room
from tiktok2mqtt.simulator.simulator import Simulator
from tiktok2mqtt.simulator.viewers import Viewer

__all__ = ["Gift", "Limits", "Room", "Simulator", "Viewer"]
