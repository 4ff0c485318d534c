"""TLS to the broker, with a test certificate authority."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from tests.certificates import OPENSSL, make_certificates
from tests.daemon import Daemon, running, tree
from tests.helpers import until
from tests.mqtt import MOSQUITTO, Mosquitto, free_port
from tiktok2mqtt.simulator import Room, Simulator

pytestmark = pytest.mark.skipif(None in (OPENSSL, MOSQUITTO), reason="openssl or mosquitto is not installed")
VERIFY_FAILED = "certificate verify failed"
# paho leaves the socket of a failed handshake to the garbage collector.
socket_of_paho = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the certificates ca, server (for 127.0.0.1) and client, each as .pem and .key."""
    return make_certificates(tmp_path_factory.mktemp("tls"))


class Secure:
    """Mosquitto with TLS on one port and, for the listener of the tests, without on another."""

    def __init__(self, folder: Path, certificates: Path, *lines: str) -> None:
        self.tls_port = free_port()
        files = [f"{key} {certificates / name}" for key, name in FILES.items()]
        self.broker = Mosquitto(folder, f"listener {self.tls_port} 127.0.0.1", *files, *lines)
        self.port = self.broker.port


FILES = {"cafile": "ca.pem", "certfile": "server.pem", "keyfile": "server.key"}


@pytest.fixture(params=[[], ["require_certificate true"]], ids=["server", "both"])
def secure(request: pytest.FixtureRequest, tmp_path: Path, certificates: Path) -> Iterator[Secure]:
    secured = Secure(tmp_path, certificates, *request.param)
    with secured.broker:
        yield secured


def bridge(sim: Simulator, secure: Secure, **mqtt: Any) -> AbstractContextManager[Daemon]:
    """Run a daemon with TLS; the listener connects without."""
    return running(tree(sim, secure.tls_port, mqtt={"tls": True} | mqtt), secure.port)


def test_it_connects_with_the_ca_and_a_client_certificate(
    sim: Simulator, room: Room, secure: Secure, certificates: Path
) -> None:
    client = {"cert_file": certificates / "client.pem", "key_file": certificates / "client.key"}
    with bridge(sim, secure, ca_file=certificates / "ca.pem", **client) as daemon:
        daemon.wait_until_online()
        room.wait_for_client()
        for number in range(200):
            room.chat("bob", f"{number}" + "x" * 1000)
        room.gift("bob", "Rose")
        daemon.received("gift")
        until(lambda: len(daemon.listener.on(daemon.topics.room("alice", "chat"))) == 200)
        assert daemon.request("list", {})["status"] == "ok"
        assert daemon.stop() == 0


@socket_of_paho
@pytest.mark.parametrize("secure", [[]], indirect=True, ids=["server"])
def test_without_the_ca_the_broker_is_refused(sim: Simulator, secure: Secure, caplog: pytest.LogCaptureFixture) -> None:
    with bridge(sim, secure) as daemon:
        until(lambda: VERIFY_FAILED in caplog.text)
        assert not daemon.bridge.link.connected


@socket_of_paho
@pytest.mark.parametrize("secure", [[]], indirect=True, ids=["server"])
def test_a_certificate_for_another_host_name_is_refused(
    sim: Simulator, secure: Secure, certificates: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with bridge(sim, secure, ca_file=certificates / "ca.pem", host="localhost"):
        until(lambda: VERIFY_FAILED in caplog.text)
    assert "certificate is not valid for 'localhost'" in caplog.text


@pytest.mark.parametrize("secure", [["require_certificate true"]], indirect=True, ids=["both"])
def test_a_broker_that_requires_a_certificate_is_reported(
    sim: Simulator, secure: Secure, certificates: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with bridge(sim, secure, ca_file=certificates / "ca.pem") as daemon:
        until(lambda: "before accepting it; does it require a client certificate (mqtt.cert_file)?" in caplog.text)
        assert not daemon.bridge.link.connected
    assert "connected to the broker" not in caplog.text


@pytest.mark.parametrize("secure", [[]], indirect=True, ids=["server"])
def test_insecure_accepts_any_certificate_and_logs_a_warning(
    sim: Simulator, secure: Secure, caplog: pytest.LogCaptureFixture
) -> None:
    with bridge(sim, secure, insecure=True) as daemon:
        daemon.wait_until_online()
    assert "mqtt.insecure is on: the broker's certificate is not verified" in caplog.text
