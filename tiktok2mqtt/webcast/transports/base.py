"""The interface of all transports, and the URL of a socket that a fetch response names."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final, Protocol
from urllib.parse import urlencode, urlsplit

from websocket import WebSocket

from tiktok2mqtt.common.errors import SchemaError
from tiktok2mqtt.common.text import safe_text
from tiktok2mqtt.webcast.net.options import TIKTOK_DOMAINS, Options, is_tiktok_url, split_url
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchResponse

# With all parameters, TikTok's has some 2,000.
MAX_SOCKET_URL_CHARS: Final = 16_384


@dataclass(frozen=True, slots=True)
class ConnectedSocket:
    """A WebSocket through which a room's messages now arrive: the argument of the handlers of `websocket_connected`.

    - `url`: where it leads, with all parameters. They identify the made-up device, and may be signed.
    - `transport`: the name of the transport that opened it. It is `polling` for a socket that a poll has offered.
    - `subprotocol`: what the service chose, None if nothing.
    - `websocket`: the websocket.WebSocket of the library websocket-client; None for one that a browser has opened. It
      belongs to the reader thread: only handlers may use it, and they must not receive from it.
    """

    url: str
    transport: str
    subprotocol: str | None
    websocket: WebSocket | None

    @property
    def name(self) -> str:
        """The same as `transport`."""
        return self.transport


class Transport(Protocol):
    """Receives the fetch responses of one room.

    All methods belong to one thread, except `interrupt`. Every failure is a WebcastError.
    """

    name: ClassVar[str]

    @property
    def has_socket(self) -> bool:
        """Whether messages now arrive through a WebSocket."""
        ...

    @property
    def socket(self) -> ConnectedSocket | None:
        """That WebSocket: the same object as long as it is the same socket. None if there is none."""
        ...

    @property
    def has_more(self) -> bool:
        """Whether the next response is already here, so that `receive` returns at once."""
        ...

    def open(self) -> None:
        """Connect to the room."""
        ...

    def receive(self, timeout_s: float) -> FetchResponse | None:
        """Return the next response, or None if none arrives within about `timeout_s` seconds."""
        ...

    def interrupt(self) -> None:
        """Make `open` or `receive` raise soon. Called from another thread, before the owner calls `close`."""
        ...

    def close(self) -> None:
        """Disconnect. May be called twice."""
        ...


def push_socket_url(response: FetchResponse, params: Mapping[str, str], options: Options) -> str:
    """Return the URL of the socket in a fetch response: its `push_server` with `params` and the route parameters.

    The user's session cookies may be sent there. Raises SchemaError unless it is wss on a TikTok host and the usual
    port, without user name and password, or exactly where one of the base URLs in `options` is.
    Source: protocol reference, section 3, "Signed" and "Seed's upgrade".
    """
    parts = split_url(response.push_server)
    server = parts.scheme, parts.netloc.lower()
    own_servers = map(_socket_server, (options.web_url, options.webcast_url, options.socket_url))
    if not is_tiktok_url(parts, "wss", TIKTOK_DOMAINS) and server not in own_servers:
        raise SchemaError(f"the socket is not on a TikTok host: {safe_text(response.push_server, 80)}")
    route_params = {name: value for name, value in response.route_params_map.items() if value}
    query = urlencode(dict(params) | route_params)
    url = parts._replace(query=f"{parts.query}&{query}" if parts.query else query, fragment="").geturl()
    if len(url) > MAX_SOCKET_URL_CHARS:
        raise SchemaError(f"the URL of the socket has {len(url)} characters")
    return url


def _socket_server(base_url: str) -> tuple[str, str]:
    """Return scheme, host and port of a socket on the server of a base URL."""
    parts = urlsplit(base_url)
    return parts.scheme.replace("http", "ws"), parts.netloc.lower()
