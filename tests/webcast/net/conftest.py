from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib.util import find_spec
from typing import Any

import pytest

from tests.webcast.net.sockets import Sockets
from tests.webcast.site import Site
from tiktok2mqtt.webcast.net.http import HttpClient
from tiktok2mqtt.webcast.net.options import Options

HttpOf = Callable[..., HttpClient]
needs_curl = pytest.mark.skipif(find_spec("curl_cffi") is None, reason="needs the extra impersonate")


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


@pytest.fixture(params=[pytest.param("", id="requests"), pytest.param("chrome", id="curl_cffi", marks=needs_curl)])
def browser(request: pytest.FixtureRequest) -> str:
    """Run the test with each transport adapter: requests' own, and the one that impersonates."""
    return str(request.param)


@pytest.fixture
def http_of(site: Site, browser: str) -> Iterator[HttpOf]:
    """Make clients of the site, one for each room: `http_of(option=...)`."""
    with ExitStack() as stack:

        def make(**options: Any) -> HttpClient:
            urls: dict[str, Any] = {"web_url": site.url, "webcast_url": site.url + "/webcast/"}
            client = HttpClient(Options(impersonate=browser, **(urls | options)))
            stack.callback(client.close)
            return client

        yield make


@pytest.fixture
def client(http_of: HttpOf) -> HttpClient:
    return http_of(connect_timeout_s=5.0)


@pytest.fixture
def sockets() -> Iterator[Sockets]:
    with ExitStack() as stack:
        yield Sockets(stack)
