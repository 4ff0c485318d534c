"""The browser that the requests of a room claim to come from: its headers and client parameters.

Source: protocol reference, section 2 (HTTP) and section 3 (socket).
"""

import random
import secrets
from dataclasses import dataclass, field

# One common desktop browser per entry; a new device after DEVICE_BLOCKED picks another.
USER_AGENTS = tuple(
    f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{major}.0.0.0 Safari/537.36"
    for major in (138, 139, 140, 141, 142)
)


def _device_id() -> str:
    return str(10**18 + secrets.randbelow(9 * 10**18))


@dataclass(frozen=True, slots=True)
class Identity:
    """One made-up browser: its User-Agent and its 19-digit device id."""

    user_agent: str = field(default_factory=lambda: secrets.choice(USER_AGENTS))
    device_id: str = field(default_factory=_device_id)

    def headers(self, web_url: str) -> dict[str, str]:
        """Return the headers of every HTTP request to TikTok."""
        return {
            "User-Agent": self.user_agent,
            "Accept": "text/html,application/json,application/protobuf",
            "Accept-Language": "en-US,en;q=0.9",
            "Accept-Encoding": "gzip, deflate",
            "Referer": web_url + "/",
            "Origin": web_url,
        }

    def _browser(self) -> dict[str, str]:
        return {
            "aid": "1988",
            "app_name": "tiktok_web",
            "app_language": "en",
            "browser_language": "en-US",
            "browser_name": "Mozilla",
            "browser_online": "true",
            "browser_platform": "Linux x86_64",
            "browser_version": self.user_agent.removeprefix("Mozilla/"),
            "cookie_enabled": "true",
            "screen_width": "1920",
            "screen_height": "1080",
            "tz_name": "Etc/UTC",
            "webcast_language": "en",
        }

    def http_params(self) -> dict[str, str]:
        """Return the client parameters of a webcast call."""
        return self._browser() | {
            "device_platform": "web_pc",
            "device_id": self.device_id,
            "channel": "tiktok_web",
            "focus_state": "true",
            "from_page": "user",
            "history_len": "4",
            "is_fullscreen": "false",
            "is_page_visible": "true",
            "os": "linux",
            "region": "US",
            "priority_region": "",
            "user_is_login": "false",
            "data_collection_enabled": "false",
            "referer": "",
            "root_referer": "",
        }

    def socket_params(self, room_id: str) -> dict[str, str]:
        """Return the query of the direct socket of a room."""
        return self._browser() | {
            "version_code": "180800",
            "device_platform": "web",
            "sup_ws_ds_opt": "1",
            "update_version_code": "2.0.0",
            "compress": "gzip",
            "ws_direct": "1",
            "live_id": "12",
            "client_enter": "1",
            "room_id": room_id,
            "identity": "audience",
            "history_comment_count": "6",
            "last_rtt": str(random.randint(100, 200)),  # noqa: S311 - a plausible round trip in ms, no secret
            "heartbeat_duration": "10000",
            "resp_content_type": "protobuf",
            "did_rule": "3",
        }
