"""Builds and parses every MQTT topic of the product.

With the base topic `tiktok` and the bridge segment `bridge`::

    tiktok/<room>/<event>              one LIVE event; also state, connection, availability, summary, battle, cover
    tiktok/<room>/set                  ON or OFF
    tiktok/<room>/goal                 retained number; changed by a number on tiktok/<room>/goal/set
    tiktok/<room>/raw/<type>           protobuf payload as received
    tiktok/bridge/<document>           state, info, health, gifts, rooms, logging, event, ignore
    tiktok/bridge/request/<command>    answered on tiktok/bridge/response/<command>, or .../error if it is unknown
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from tiktok2mqtt.common.text import escaped_name, unescaped_name

# The payloads of `tiktok/bridge/state` and of each room's availability.
ONLINE: Final = b'{"state":"online"}'
OFFLINE: Final = b'{"state":"offline"}'
# They come on `tiktok/bridge/request/<command>`, `goal` also on `tiktok/<room>/goal/set`; `tiktok/<room>/set` means
# connect or disconnect.
COMMANDS: Final = (
    "connect",
    "disconnect",
    "reconnect",
    "add",
    "remove",
    "list",
    "status",
    "room_info",
    "simulate",
    "health_check",
    "goal",
    "log_level",
    "restart",
)
# The setting `allowed_commands` has to list these.
OPTIONAL_COMMANDS: Final = ("restart",)
# Used as a command in the topic for answers to unknown requests.
UNKNOWN_COMMAND: Final = "error"


class Kind(Enum):
    """The kinds of topics below the base topic."""

    ROOM = "room"
    RAW = "raw"
    GOAL = "goal"
    BRIDGE = "bridge"
    REQUEST = "request"
    RESPONSE = "response"


@dataclass(frozen=True, slots=True)
class Address:
    """A parsed topic: its kind, the room (empty for the bridge's own topics) and the last level."""

    kind: Kind
    room: str
    subtopic: str


class Topics:
    """Builds and parses topics below one base topic.

    `base` may have several levels (`home/tiktok`). `bridge` is the level of the bridge's own topics; no room can have
    this name.
    """

    def __init__(self, base: str = "tiktok", bridge: str = "bridge", discovery_prefix: str = "homeassistant") -> None:
        self.base = base
        self.bridge_segment = bridge
        self.discovery_prefix = discovery_prefix
        self.bridge_state = self.bridge("state")
        # Home Assistant's birth message.
        self.birth = f"{discovery_prefix}/status"
        self.subscriptions = (
            self.request("+"),
            self.room("+", "set"),
            self.room("+", "goal/set"),
            self.room("+", "goal"),
            self.birth,
        )
        self.discovery_subscriptions = (self.device_discovery("+"), self.component_discovery("+", "+", "+"))
        # Subscribed to for a short time after the start, to read what an earlier run has retained.
        self.restore_subscriptions = (self.room("+", "state"), *self.discovery_subscriptions)
        # Kept as long as devices are announced: Home Assistant clears the message of a device that a user deletes.
        self.device_subscription = self.device_discovery("+")

    def room(self, room: str, subtopic: str) -> str:
        """Return the topic of an event or a retained document of a room."""
        return f"{self.base}/{escaped_name(room)}/{subtopic}"

    def raw(self, room: str, message_type: str) -> str:
        """Return the topic of undecoded messages of one type."""
        return f"{self.base}/{escaped_name(room)}/raw/{message_type}"

    def bridge(self, subtopic: str) -> str:
        """Return one of the bridge's own topics."""
        return f"{self.base}/{self.bridge_segment}/{subtopic}"

    def request(self, command: str) -> str:
        """Return the topic on which a command is received."""
        return self.bridge(f"request/{command}")

    def response(self, command: str) -> str:
        """Return the topic on which a command is answered."""
        return self.bridge(f"response/{command}")

    def device_discovery(self, object_id: str) -> str:
        """Return Home Assistant's discovery topic for a device with all its components."""
        return f"{self.discovery_prefix}/device/{object_id}/config"

    def component_discovery(self, component: str, object_id: str, key: str) -> str:
        """Return Home Assistant's discovery topic for a single component of a device."""
        return f"{self.discovery_prefix}/{component}/{object_id}/{key}/config"

    def discovery_object_id(self, topic: str) -> str | None:
        """Return the object id of the device in a discovery topic, or None for any other topic."""
        prefix = self.discovery_prefix + "/"
        if not topic.startswith(prefix):
            return None
        match topic[len(prefix) :].split("/"):
            case ["device", object_id, "config"] | [_, object_id, _, "config"]:
                return object_id
        return None

    def parse(self, topic: str) -> Address | None:
        """Parse a topic below the base topic; return None for any other topic."""
        prefix = self.base + "/"
        if not topic.startswith(prefix):
            return None
        match topic[len(prefix) :].split("/"):
            case [self.bridge_segment, "request" | "response" as kind, subtopic]:
                return Address(Kind(kind), "", subtopic)
            case [self.bridge_segment, subtopic]:
                return Address(Kind.BRIDGE, "", subtopic)
            case [room, "raw" | "goal" as kind, subtopic]:
                return Address(Kind(kind), unescaped_name(room), subtopic)
            case [room, subtopic]:
                return Address(Kind.ROOM, unescaped_name(room), subtopic)
        return None
