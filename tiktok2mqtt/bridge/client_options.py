"""From the settings to the options of a room's connection to TikTok."""

from typing import Any

from tiktok2mqtt.settings import TiktokSettings
from tiktok2mqtt.webcast.cookies import parse_cookies


def client_options(tiktok: TiktokSettings, room: str) -> dict[str, Any]:
    """Return the options of the connection to one room, see webcast.options.Options; some of them are secrets."""
    proxy = (tiktok.proxies or {}).get(room) or tiktok.proxy
    return {
        "process_initial_data": tiktok.process_initial_data,
        "fetch_room_info_on_connect": tiktok.fetch_room_info,
        "enable_extended_gift_info": tiktok.extended_gift_info,
        "enable_websocket_upgrade": tiktok.websocket_upgrade,
        "request_polling_interval_ms": 1000 * tiktok.polling_interval,
        "transports": tiktok.transports,
        "web_url": tiktok.web_url,
        "webcast_url": tiktok.webcast_url,
        "socket_url": tiktok.socket_url,
        "proxy": proxy.get_secret_value() if proxy else None,
        "cookies": parse_cookies(tiktok.cookies.get_secret_value()) if tiktok.cookies else {},
        "connect_timeout_s": tiktok.connect_timeout,
        "stale_timeout_s": tiktok.stale_timeout,
    }
