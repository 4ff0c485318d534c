"""Why a connection could not be made, in words: name resolution, TLS, a refusal, a timeout."""

import socket
import ssl
from typing import Final

from tiktok2mqtt.common.text import safe_text

NO_TLS: Final = "TLS failed: the port does not speak TLS"
# What OpenSSL says when the answer to its first message is no TLS.
_NO_TLS_REASONS: Final = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "RECORD_LAYER_FAILURE"})
_MAX_DEPTH: Final = 10


def connect_failure(error: BaseException) -> str | None:
    """Return why a connection could not be made; None if it is none of the causes that are told apart.

    Libraries wrap the error of the system in their own: it is looked for in their causes.
    """
    cause: BaseException | None = error
    for _ in range(_MAX_DEPTH):
        if cause is None:
            return None
        if isinstance(cause, socket.gaierror):
            return f"its name could not be resolved (DNS): {_strerror(cause)}"
        if isinstance(cause, ssl.SSLError):
            return _tls_failure(cause)
        if isinstance(cause, ConnectionRefusedError):
            return "the connection was refused"
        if isinstance(cause, TimeoutError):
            return "timed out"
        cause = _inner(cause)
    return None


def _inner(error: BaseException) -> BaseException | None:
    """Return what an error was raised from, or passes on as `reason` or as its last argument."""
    inner = getattr(error, "reason", None) or next(reversed(error.args), None)
    return inner if isinstance(inner, BaseException) else error.__cause__ or error.__context__


def _tls_failure(error: ssl.SSLError) -> str:
    if getattr(error, "reason", None) in _NO_TLS_REASONS:
        return NO_TLS
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"TLS failed: the certificate is not trusted ({safe_text(error.verify_message, 60)})"
    # `reason` is not set on an error that OpenSSL has not raised.
    reason = getattr(error, "reason", None) or "handshake failed"
    return f"TLS failed: {safe_text(reason, 40).replace('_', ' ').lower()}"


def _strerror(error: OSError) -> str:
    return safe_text(error.strerror or error, 60)
