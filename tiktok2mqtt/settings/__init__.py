"""Every setting of the daemon, typed, described, and loaded from all its sources."""

from tiktok2mqtt.settings.load import SettingsError, load_settings
from tiktok2mqtt.settings.model import Settings
from tiktok2mqtt.settings.mqtt import MqttSettings
from tiktok2mqtt.settings.rooms import RoomSettings
from tiktok2mqtt.settings.sections import HomeAssistantSettings, LogSettings, PrivacySettings, TiktokSettings
from tiktok2mqtt.settings.web import WebSettings

__all__ = [
    "HomeAssistantSettings",
    "LogSettings",
    "MqttSettings",
    "PrivacySettings",
    "RoomSettings",
    "Settings",
    "SettingsError",
    "TiktokSettings",
    "WebSettings",
    "load_settings",
]
