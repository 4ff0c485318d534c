"""The settings of the TikTok side, as the client of a room takes them."""

from typing import Any

from pydantic import SecretStr

from tiktok2mqtt.settings.model import TiktokSettings
from tiktok2mqtt.webcast.cookies import parse_cookies


def client_options(tiktok: TiktokSettings, room: str) -> dict[str, Any]:
    """Return the keyword arguments of a WebcastPushConnection to a room. They hold the secrets in clear text."""
    cookies = _clear(tiktok.cookies)
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
        "sign_url": tiktok.sign_url,
        "sign_key": _clear(tiktok.sign_key),
        "sign_path": tiktok.sign_path,
        "proxy": _clear((tiktok.proxies or {}).get(room) or tiktok.proxy),
        "cookies": parse_cookies(cookies) if cookies else {},
        "impersonate": tiktok.impersonate,
        "connect_timeout_s": tiktok.connect_timeout,
        "stale_timeout_s": tiktok.stale_timeout,
    }


def _clear(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret is not None else None
