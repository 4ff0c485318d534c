"""The interface of all transports, and the URL of a socket that a fetch response names."""

import re
from collections.abc import Mapping
from typing import ClassVar, Final, Protocol
from urllib.parse import SplitResult, urlencode, urlsplit

from tiktok2mqtt.common.errors import SchemaError
from tiktok2mqtt.common.text import safe_text
from tiktok2mqtt.webcast.net.options import Options
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchResponse

_URL_CHARACTERS: Final = re.compile(r"[!-\[\]-~]+")  # visible ASCII without the backslash
_TIKTOK_HOST: Final = re.compile(r"(?:[a-z0-9-]+\.)*tiktok\.com(?::\d+)?", re.IGNORECASE)


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

    Raises SchemaError unless the server is wss on a TikTok host, or on the host of one of the base URLs in `options`.
    Source: protocol reference, section 3, "Signed" and "Seed's upgrade".
    """
    parts = _split(response.push_server)
    own_hosts = {urlsplit(url).hostname for url in (options.web_url, options.webcast_url, options.socket_url)}
    if _TIKTOK_HOST.fullmatch(parts.netloc):
        is_allowed = parts.scheme == "wss"
    else:
        is_allowed = parts.scheme in ("ws", "wss") and parts.hostname in own_hosts
    if not is_allowed:
        raise SchemaError(f"the socket is not on a TikTok host: {safe_text(response.push_server, 80)}")
    route_params = {name: value for name, value in response.route_params_map.items() if value}
    query = urlencode(dict(params) | route_params)
    return parts._replace(query=f"{parts.query}&{query}" if parts.query else query, fragment="").geturl()


def _split(url: str) -> SplitResult:
    """Return the parts of a URL; all are empty if it is not valid."""
    try:
        return urlsplit(url if _URL_CHARACTERS.fullmatch(url) else "")
    except ValueError:
        return urlsplit("")
