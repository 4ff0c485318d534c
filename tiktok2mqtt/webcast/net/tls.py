"""The TLS settings of every connection to TikTok, to a sign provider and to an https:// proxy."""

import ssl
import threading
from functools import cache

_lock = threading.Lock()


def default_tls_context() -> ssl.SSLContext:
    """Return the context that HTTP requests and WebSockets share: certificates are checked by the system's store."""
    # Only one: the connection pool has connections for each context.
    with _lock:
        return _new_context()


@cache
def _new_context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    # The only protocol that we speak. Browsers offer it for a WebSocket as well.
    context.set_alpn_protocols(["http/1.1"])
    return context
