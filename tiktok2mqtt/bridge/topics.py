"""Every MQTT topic of the product is built and parsed here.

With the base topic `tiktok` and the bridge segment `bridge`::

    tiktok/<room>/<event>              one LIVE event; also state, connection, availability, summary, cover
    tiktok/<room>/set                  ON or OFF
    tiktok/<room>/raw/<type>           protobuf payload as received
    tiktok/bridge/<leaf>               state, info, health, logging, event
    tiktok/bridge/request/<command>    answered on tiktok/bridge/response/<command>
"""

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What a topic of ours is about."""

    ROOM = "room"
    RAW = "raw"
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
        self.subscriptions = (self.request("+"), self.room("+", "set"), self.birth)

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
            case [room, "raw", leaf]:
                return Address(Kind.RAW, room, leaf)
            case [room, leaf]:
                return Address(Kind.ROOM, room, leaf)
        return None
