"""TikTok LIVE events on MQTT."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tiktok2mqtt.webcast import AsyncWebcastPushConnection, WebcastError, WebcastPushConnection

__version__ = "0.1.0"
__all__ = ["AsyncWebcastPushConnection", "WebcastError", "WebcastPushConnection", "__version__"]


def __getattr__(name: str) -> Any:
    """Import the library on first use: the command line imports this package, too."""
    if name in __all__:
        return getattr(import_module("tiktok2mqtt.webcast"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
