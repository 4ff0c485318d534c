"""The TikTok side: connects to LIVE rooms. A separate library that knows nothing of MQTT or Home Assistant.

::

    from tiktok2mqtt.webcast import WebcastPushConnection
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tiktok2mqtt.common.errors import (
        AccessError,
        AgeRestricted,
        AlreadyConnected,
        Blocked,
        BrowserError,
        CaptchaPage,
        ConnectionLimit,
        Interrupted,
        NetworkError,
        PrivateOrBanned,
        ProviderDown,
        ProviderKey,
        ProviderLimited,
        ProxyError,
        RateLimited,
        RoomEnded,
        RoomError,
        RoomNotFound,
        RoomOffline,
        RoomSuspended,
        SchemaError,
        StaleConnection,
        StatusUnknown,
        WebcastError,
        WrongRoom,
    )
    from tiktok2mqtt.webcast.async_connection import AsyncWebcastPushConnection
    from tiktok2mqtt.webcast.client import State, WebcastPushConnection
    from tiktok2mqtt.webcast.gift_catalogue import GiftCatalogue
    from tiktok2mqtt.webcast.lookup.room_info import RoomInfo, RoomOwner
    from tiktok2mqtt.webcast.server import server_options

__all__ = [
    "AccessError",
    "AgeRestricted",
    "AlreadyConnected",
    "AsyncWebcastPushConnection",
    "Blocked",
    "BrowserError",
    "CaptchaPage",
    "ConnectionLimit",
    "GiftCatalogue",
    "Interrupted",
    "NetworkError",
    "PrivateOrBanned",
    "ProviderDown",
    "ProviderKey",
    "ProviderLimited",
    "ProxyError",
    "RateLimited",
    "RoomEnded",
    "RoomError",
    "RoomInfo",
    "RoomNotFound",
    "RoomOffline",
    "RoomOwner",
    "RoomSuspended",
    "SchemaError",
    "StaleConnection",
    "State",
    "StatusUnknown",
    "WebcastError",
    "WebcastPushConnection",
    "WrongRoom",
    "server_options",
]
_MODULES = {
    "AsyncWebcastPushConnection": "tiktok2mqtt.webcast.async_connection",
    "GiftCatalogue": "tiktok2mqtt.webcast.gift_catalogue",
    "RoomInfo": "tiktok2mqtt.webcast.lookup.room_info",
    "RoomOwner": "tiktok2mqtt.webcast.lookup.room_info",
    "State": "tiktok2mqtt.webcast.client",
    "server_options": "tiktok2mqtt.webcast.server",
    "WebcastPushConnection": "tiktok2mqtt.webcast.client",
}


def __getattr__(name: str) -> Any:
    """Import a name on first use: a light module of this package can be imported without protobuf and HTTP."""
    if name in __all__:
        return getattr(import_module(_MODULES.get(name, "tiktok2mqtt.common.errors")), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
