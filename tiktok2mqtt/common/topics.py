"""Every MQTT topic of the product is built and parsed here.

With the base topic `tiktok` and the bridge segment `bridge`::

    tiktok/<room>/<event>              one LIVE event; also state, connection, availability, summary, cover
    tiktok/<room>/set                  ON or OFF
    tiktok/<room>/goal                 retained number; changed by a number on tiktok/<room>/goal/set
    tiktok/<room>/raw/<type>           protobuf payload as received
    tiktok/bridge/<leaf>               state, info, health, logging, event
    tiktok/bridge/request/<command>    answered on tiktok/bridge/response/<command>
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

# The payloads of `tiktok/bridge/state` and of each room's availability.
ONLINE: Final = b'{"state":"online"}'
OFFLINE: Final = b'{"state":"offline"}'


class Kind(Enum):
    """What a topic of ours is about."""

    ROOM = "room"
    RAW = "raw"
    GOAL = "goal"
    BRIDGE = "bridge"
    REQUEST = "request"
    RESPONSE = "response"


@dataclass(frozen=True, slots=True)
class Address:
    """A parsed topic: what it is about, the room (empty for the bridge's own), and the last level."""

    kind: Kind
    room: str
    leaf: str


class Topics:
    """Builds and parses topics below one base topic.

    `base` may have several levels (`home/tiktok`); `bridge` is the level that no room can be named after.
    """

    def __init__(self, base: str = "tiktok", bridge: str = "bridge", discovery_prefix: str = "homeassistant") -> None:
        self.base = base
        self.bridge_segment = bridge
        self.discovery_prefix = discovery_prefix
        self.bridge_state = self.bridge("state")
        self.birth = f"{discovery_prefix}/status"
        self.goals = self.room("+", "goal")
        self.subscriptions = (
            self.request("+"),
            self.room("+", "set"),
            self.room("+", "goal/set"),
            self.goals,
            self.birth,
        )
        self.discoveries = (self.discovery("+"), self.single_discovery("+", "+", "+"))
        # What an earlier run may have left: heard for a while after the start.
        self.past = (self.room("+", "state"), *self.discoveries)

    def room(self, room: str, leaf: str) -> str:
        """Return the topic of an event or of a retained document of a room."""
        return f"{self.base}/{room}/{leaf}"

    def raw(self, room: str, message_type: str) -> str:
        """Return the topic of undecoded messages of one type."""
        return f"{self.base}/{room}/raw/{message_type}"

    def bridge(self, leaf: str) -> str:
        """Return a topic of the bridge itself."""
        return f"{self.base}/{self.bridge_segment}/{leaf}"

    def request(self, command: str) -> str:
        """Return the topic on which a command is received."""
        return self.bridge(f"request/{command}")

    def response(self, command: str) -> str:
        """Return the topic on which a command is answered."""
        return self.bridge(f"response/{command}")

    def discovery(self, object_id: str) -> str:
        """Return Home Assistant's device discovery topic for one device."""
        return f"{self.discovery_prefix}/device/{object_id}/config"

    def single_discovery(self, component: str, object_id: str, key: str) -> str:
        """Return Home Assistant's discovery topic for one component of a device."""
        return f"{self.discovery_prefix}/{component}/{object_id}/{key}/config"

    def discovered(self, topic: str) -> str | None:
        """Return the id of the device that a discovery topic is about, or None when it is no such topic."""
        prefix = self.discovery_prefix + "/"
        if not topic.startswith(prefix):
            return None
        match topic[len(prefix) :].split("/"):
            case ["device", object_id, "config"] | [_, object_id, _, "config"]:
                return object_id
        return None

    def parse(self, topic: str) -> Address | None:
        """Return what a topic is about, or None when it is not one of ours below the base topic."""
        prefix = self.base + "/"
        if not topic.startswith(prefix):
            return None
        match topic[len(prefix) :].split("/"):
            case [self.bridge_segment, "request" | "response" as kind, leaf]:
                return Address(Kind(kind), "", leaf)
            case [self.bridge_segment, leaf]:
                return Address(Kind.BRIDGE, "", leaf)
            case [room, "raw" | "goal" as kind, leaf]:
                return Address(Kind(kind), room, leaf)
            case [room, leaf]:
                return Address(Kind.ROOM, room, leaf)
        return None
