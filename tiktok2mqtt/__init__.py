"""TikTok LIVE events on MQTT."""

__version__ = "0.1.0"
