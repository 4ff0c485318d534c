"""A self-signed certificate for 127.0.0.1 and localhost."""

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest

from tiktok2mqtt.webcast.net.dialer import _new_context

OPENSSL = shutil.which("openssl")
needs_openssl = pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed")


@cache
def _folder() -> Path:
    folder = Path(mkdtemp(prefix="tiktok2mqtt-tls-"))
    made = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -out cert.pem -days 2"
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"]
    subprocess.run([str(OPENSSL), *made.split(), *names], cwd=folder, check=True, capture_output=True)
    return folder


def certificate_file() -> Path:
    """Return the path of the certificate, which is also its own CA file."""
    return _folder() / "cert.pem"


def server_context() -> ssl.SSLContext:
    """Return the TLS context of a server with this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate_file(), _folder() / "key.pem")
    return context


@contextmanager
def trusted() -> Iterator[None]:
    """Make HTTP requests and WebSockets trust it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(certificate_file()))
        _new_context.cache_clear()
        yield
    _new_context.cache_clear()
