import pytest

from tiktok2mqtt.simulator import Simulator
from tiktok2mqtt.webcast import server_options
from tiktok2mqtt.webcast.net.options import Options


def test_the_options_are_those_of_the_simulator(sim: Simulator) -> None:
    assert server_options(sim.web_url + "/") == {
        "web_url": sim.web_url,
        "webcast_url": sim.webcast_url,
        "socket_url": sim.socket_url,
        "sign_url": sim.sign_url,
    }


def test_tls() -> None:
    assert server_options("https://example.org")["socket_url"].startswith("wss://example.org/webcast/")


def test_without_a_server_it_is_tiktok() -> None:
    assert Options(**server_options(None)) == Options(**server_options("")) == Options()


@pytest.mark.parametrize("url", ["127.0.0.1:8500", "ftp://host", "http://"])
def test_another_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="must be a URL that begins with http:// or https://"):
        server_options(url)
