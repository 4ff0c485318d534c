"""Every setting of the daemon once: typed, described, and loaded from all its sources."""

from tiktok2mqtt.settings.load import SettingsError, load_settings
from tiktok2mqtt.settings.model import (
    HomeAssistantSettings,
    LogSettings,
    MqttSettings,
    PrivacySettings,
    Settings,
    TiktokSettings,
)

__all__ = [
    "HomeAssistantSettings",
    "LogSettings",
    "MqttSettings",
    "PrivacySettings",
    "Settings",
    "SettingsError",
    "TiktokSettings",
    "load_settings",
]
