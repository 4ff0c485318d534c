"""TLS to the broker, with a certificate authority of our own."""

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
DISTRUST = "certificate verify failed"
# paho leaves the socket of a handshake that failed to the garbage collector.
socket_of_paho = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ca, server (of 127.0.0.1) and client, each as .pem and .key."""
    return make_certificates(tmp_path_factory.mktemp("tls"))


class Secure:
    """Mosquitto with TLS on one port and, for the listener, without on another."""

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
    """Run a daemon with TLS that is listened to without."""
    return running(tree(sim, secure.tls_port, mqtt={"tls": True} | mqtt), secure.port)


def test_with_the_authority_and_a_certificate_it_connects(
    sim: Simulator, room: Room, secure: Secure, certificates: Path
) -> None:
    client = {"cert_file": certificates / "client.pem", "key_file": certificates / "client.key"}
    with bridge(sim, secure, ca_file=certificates / "ca.pem", **client) as daemon:
        daemon.up()
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
def test_without_the_authority_it_refuses_the_broker(
    sim: Simulator, secure: Secure, caplog: pytest.LogCaptureFixture
) -> None:
    with bridge(sim, secure) as daemon:
        until(lambda: DISTRUST in caplog.text)
        assert not daemon.bridge._link.connected


@socket_of_paho
@pytest.mark.parametrize("secure", [[]], indirect=True, ids=["server"])
def test_a_certificate_for_another_name_is_refused(
    sim: Simulator, secure: Secure, certificates: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with bridge(sim, secure, ca_file=certificates / "ca.pem", host="localhost"):
        until(lambda: DISTRUST in caplog.text)
    assert "certificate is not valid for 'localhost'" in caplog.text


@pytest.mark.parametrize("secure", [["require_certificate true"]], indirect=True, ids=["both"])
def test_a_broker_that_wants_a_certificate_gets_none_unless_it_is_set(
    sim: Simulator, secure: Secure, certificates: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with bridge(sim, secure, ca_file=certificates / "ca.pem") as daemon:
        until(lambda: "before accepting it; does it require a client certificate (mqtt.cert_file)?" in caplog.text)
        assert not daemon.bridge._link.connected
    assert "connected to the broker" not in caplog.text


@pytest.mark.parametrize("secure", [[]], indirect=True, ids=["server"])
def test_insecure_accepts_any_certificate_and_warns(
    sim: Simulator, secure: Secure, caplog: pytest.LogCaptureFixture
) -> None:
    with bridge(sim, secure, insecure=True) as daemon:
        daemon.up()
    assert "mqtt.insecure is on: the broker's certificate is not verified" in caplog.text
