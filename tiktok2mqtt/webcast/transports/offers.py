"""The socket that a fetch response offers: whether it is TikTok's, and its URL.

Source: protocol reference, section 3, "Signed" and "Seed's upgrade".
"""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import SplitResult, urlencode, urlsplit

from tiktok2mqtt.webcast.errors import SchemaError
from tiktok2mqtt.webcast.options import Options
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchResponse
from tiktok2mqtt.webcast.text import safe_text

_VISIBLE: Final = re.compile(r"[!-\[\]-~]+")  # ASCII but blanks and backslash
_TIKTOK_HOST: Final = re.compile(r"(?:[a-z0-9-]+\.)*tiktok\.com(?::\d+)?", re.IGNORECASE)


def socket_url(offer: FetchResponse, params: Mapping[str, str], options: Options) -> str:
    """Return the URL of an offered socket: its server with `params` and each route parameter that has a value.

    Raises SchemaError unless the server is one of TikTok's, by TLS, or on a host that the options name.
    """
    parts = _split(offer.push_server)
    named = {urlsplit(url).hostname for url in (options.web_url, options.webcast_url, options.socket_url)}
    is_tiktoks = _TIKTOK_HOST.fullmatch(parts.netloc) is not None
    if not (parts.scheme == "wss" if is_tiktoks else parts.scheme in ("ws", "wss") and parts.hostname in named):
        raise SchemaError(f"the socket is not one of TikTok's: {safe_text(offer.push_server, 80)}")
    route = {name: value for name, value in offer.route_params_map.items() if value}
    query = urlencode(dict(params) | route)
    return parts._replace(query=f"{parts.query}&{query}" if parts.query else query, fragment="").geturl()


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url if _VISIBLE.fullmatch(url) else "")
    except ValueError:
        return urlsplit("")
