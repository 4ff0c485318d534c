"""The TLS context that HTTP requests and sockets share."""

import ssl
from functools import cache


@cache
def default_tls_context() -> ssl.SSLContext:
    """Return a context that checks certificates against the system's store."""
    return ssl.create_default_context()
