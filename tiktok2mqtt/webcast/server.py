"""The addresses of a server in TikTok's place."""

from typing import Any


def server_options(url: str | None) -> dict[str, Any]:
    """Return the options of a connection for a server in TikTok's place, such as `tiktok2mqtt simulate`.

    ::

        connection = WebcastPushConnection("alice", **server_options("http://127.0.0.1:8500"))

    Without a URL there are none: the connection is to TikTok. Raises ValueError unless it is an http(s) URL.
    """
    if not url:
        return {}
    scheme, separator, rest = url.rstrip("/").partition("://")
    if scheme not in ("http", "https") or not separator or not rest:
        raise ValueError(f"must be a URL that begins with http:// or https://, not {url!r}")
    base = f"{scheme}://{rest}"
    return {
        "web_url": base,
        "webcast_url": f"{base}/webcast/",
        "socket_url": f"{'wss' if scheme == 'https' else 'ws'}://{rest}/webcast/im/ws_proxy/ws_reuse_supplement/",
        "sign_url": f"{base}/sign",
    }
