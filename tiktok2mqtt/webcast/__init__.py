"""The TikTok side: connects to LIVE rooms. A separate library that knows nothing of MQTT or Home Assistant.

::

    from tiktok2mqtt.webcast import WebcastPushConnection
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tiktok2mqtt.common.errors import WebcastError
    from tiktok2mqtt.webcast.client import WebcastPushConnection

__all__ = ["WebcastError", "WebcastPushConnection"]


def __getattr__(name: str) -> Any:
    """Import the client on first use: a light module of this package can be imported without protobuf and HTTP."""
    if name == "WebcastPushConnection":
        from tiktok2mqtt.webcast.client import WebcastPushConnection  # noqa: PLC0415

        return WebcastPushConnection
    if name == "WebcastError":
        from tiktok2mqtt.common.errors import WebcastError  # noqa: PLC0415

        return WebcastError
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
