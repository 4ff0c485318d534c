"""The TikTok side: hears LIVE rooms. Usable alone; knows nothing of MQTT or Home Assistant.

from tiktok2mqtt.webcast import WebcastPushConnection
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tiktok2mqtt.common.errors import WebcastError
    from tiktok2mqtt.webcast.client import WebcastPushConnection

__all__ = ["WebcastError", "WebcastPushConnection"]


def __getattr__(name: str) -> Any:
    """Load the client when it is asked for, so that `webcast.names` alone costs no protobuf and no HTTP."""
    if name == "WebcastPushConnection":
        from tiktok2mqtt.webcast.client import WebcastPushConnection  # noqa: PLC0415

        return WebcastPushConnection
    if name == "WebcastError":
        from tiktok2mqtt.common.errors import WebcastError  # noqa: PLC0415

        return WebcastError
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
