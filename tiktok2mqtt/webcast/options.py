"""How a connection behaves, once, typed, with its defaults."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Options:
    """Options of one connection; times are seconds.

    The base URLs exist for the simulator. `client_params`, `request_headers` and `websocket_headers` are laid over what
    the library sends by itself.
    """

    process_initial_data: bool = True
    fetch_room_info_on_connect: bool = True
    enable_extended_gift_info: bool = False
    client_params: Mapping[str, str] = field(default_factory=dict)
    request_headers: Mapping[str, str] = field(default_factory=dict)
    websocket_headers: Mapping[str, str] = field(default_factory=dict)
    web_url: str = "https://www.tiktok.com"
    webcast_url: str = "https://webcast.tiktok.com/webcast/"
    socket_url: str = "wss://webcast-ws.tiktok.com/webcast/im/ws_proxy/ws_reuse_supplement/"
    connect_timeout_s: float = 10.0
    stale_timeout_s: float = 60.0
    streak_timeout_s: float = 60.0
