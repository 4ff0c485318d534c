"""What Home Assistant shows of the bridge itself: one row per entity."""

from typing import Any, Final

from tiktok2mqtt.bridge.homeassistant.entities import Entity, checked, sensor, value


def _health(key: str, name: str, icon: str, **options: Any) -> Entity:
    return sensor(key, name, icon, leaf="health", category="diagnostic", **options)


BRIDGE: Final = checked(
    [
        Entity(
            key="state",
            component="binary_sensor",
            template=value("value_json.state"),
            device_class="connectivity",
            category="diagnostic",
            # It is there to say that the bridge is away.
            available="always",
            extras={"payload_on": "online", "payload_off": "offline"},
        ),
        sensor("version", "Version", "mdi:tag", leaf="info", category="diagnostic"),
        _health("rooms", "Rooms", "mdi:account-multiple", unit="rooms", state_class="measurement"),
        _health("live_rooms", "Live rooms", "mdi:broadcast", unit="rooms", state_class="measurement"),
        _health(
            "uptime",
            "Uptime",
            "mdi:timer-outline",
            template=value("value_json.uptime_s"),
            device_class="duration",
            unit="s",
        ),
        _health(
            "memory",
            "Memory",
            "mdi:memory",
            template=value("value_json.rss_bytes"),
            device_class="data_size",
            state_class="measurement",
            unit="B",
        ),
        _health("events", "Events", "mdi:counter", unit="events", state_class="total_increasing"),
        _health("dropped", "Dropped events", "mdi:tray-remove", unit="events", state_class="total_increasing"),
        _health("decode_errors", "Decode errors", "mdi:alert-circle", unit="messages", state_class="total_increasing"),
    ]
)
"""The device of the bridge itself."""
