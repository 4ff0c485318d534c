import socket
import ssl
from collections.abc import Iterator

import pytest
import requests
import urllib3

from tests.mqtt import free_port
from tests.webcast.certificates import needs_openssl
from tests.webcast.net.conftest import HttpOf
from tests.webcast.rig import deaf_server
from tests.webcast.site import SecureSite, Site
from tiktok2mqtt.common.errors import NetworkError
from tiktok2mqtt.webcast.net.causes import connect_failure

only_requests = pytest.mark.parametrize("browser", [""], ids=["requests"])
UNRESOLVED = "its name could not be resolved (DNS): Name or service not known"
NO_NAME = socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def raised_from(outer: Exception, inner: Exception) -> Exception:
    outer.__cause__ = inner
    return outer


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (NO_NAME, UNRESOLVED),
        (raised_from(ValueError("x"), NO_NAME), UNRESOLVED),
        (
            requests.ConnectionError(ValueError(NO_NAME)),
            "its name could not be resolved (DNS): Name or service not known",
        ),
        (ConnectionRefusedError(111, "Connection refused"), "the connection was refused"),
        (urllib3.exceptions.SSLError(ConnectionRefusedError()), "the connection was refused"),
        (TimeoutError(), "timed out"),
        (ssl.SSLError(1, "[SSL: X] x"), "TLS failed: handshake failed"),
        (ConnectionResetError(), None),
        (ValueError("x"), None),
    ],
)
def test_causes(error: Exception, words: str | None) -> None:
    assert connect_failure(error) == words


def test_an_error_that_causes_itself_ends() -> None:
    error = ValueError()
    error.__cause__ = error
    assert connect_failure(error) is None


@pytest.fixture
def plain() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


@only_requests
def test_http_says_what_failed(http_of: HttpOf, plain: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    client = http_of(connect_timeout_s=0.3)
    with pytest.raises(NetworkError, match=r"did not answer: the connection was refused$"):
        client.get(f"http://127.0.0.1:{free_port()}/")
    with pytest.raises(NetworkError, match=r"did not answer: TLS failed: the port does not speak TLS$"):
        client.get(plain.url.replace("http", "https"))
    with deaf_server() as port, pytest.raises(NetworkError, match=r"did not answer: timed out$"):
        client.get(f"http://127.0.0.1:{port}/")

    def resolve(*_args: object, **_options: object) -> list[object]:
        raise NO_NAME

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(NetworkError, match=r"resolved \(DNS\): Name or service not known$"):
        client.get("http://nowhere.invalid/")


@needs_openssl
@only_requests
def test_a_certificate_that_is_not_trusted_is_named(http_of: HttpOf) -> None:
    with SecureSite() as site, pytest.raises(NetworkError, match="TLS failed: the certificate is not trusted"):
        http_of().get(site.url + "/x")
