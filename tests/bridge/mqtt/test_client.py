import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from tests.certificates import OPENSSL, make_certificates, server_context
from tiktok2mqtt.bridge.mqtt.client import authenticate
from tiktok2mqtt.settings import MqttSettings

pytestmark = pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed")


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificates(tmp_path_factory.mktemp("tls"))


def prepared(**mqtt: Any) -> Client:
    client = Client(CallbackAPIVersion.VERSION2)
    client.connect_timeout = 5
    authenticate(client, MqttSettings.model_validate({"tls": True} | mqtt))
    return client


@pytest.fixture
def server(certificates: Path) -> Iterator["LookingServer"]:
    server = LookingServer(certificates)
    yield server
    server.close()


class LookingServer:
    """Shakes hands once by TLS; `names` is what the client called it, `outcome` how it went."""

    def __init__(self, certificates: Path) -> None:
        self.names: list[str | None] = []
        self.outcome: list[str] = []
        self.context = server_context(certificates)
        self.context.sni_callback = lambda _sock, name, _context: self.names.append(name)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        raw, _ = self._listener.accept()
        raw.settimeout(5)
        with raw:
            try:
                with self.context.wrap_socket(raw, server_side=True) as secured:
                    self.outcome.append(str(secured.version()))
            except OSError as error:
                self.outcome.append(str(error))

    def close(self) -> None:
        self._thread.join(5)
        self._listener.close()


def connect(client: Client, host: str, port: int) -> None:
    """Connect, and leave no socket behind."""
    try:
        client.connect(host, port)
    finally:
        client.disconnect()
        client._sock_close()


def test_the_broker_hears_its_name(server: LookingServer) -> None:
    connect(prepared(insecure=True), "localhost", server.port)
    server.close()
    assert server.names == ["localhost"]
    assert server.outcome[0] in {"TLSv1.2", "TLSv1.3"}


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning", "ignore:ssl.TLSVersion:DeprecationWarning"
)
def test_tls_1_1_is_too_old_even_when_insecure(server: LookingServer) -> None:
    server.context.minimum_version = ssl.TLSVersion.TLSv1
    server.context.maximum_version = ssl.TLSVersion.TLSv1_1
    server.context.set_ciphers("DEFAULT:@SECLEVEL=0")
    client = prepared(insecure=True)
    assert client._ssl_context is not None
    client._ssl_context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with pytest.raises(ssl.SSLError, match=r"protocol version|unsupported protocol"):
        connect(client, "127.0.0.1", server.port)


def test_certificates_are_verified_unless_insecure(certificates: Path, caplog: pytest.LogCaptureFixture) -> None:
    context = prepared(ca_file=certificates / "ca.pem")._ssl_context
    assert context is not None
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert caplog.messages == []
    for _ in range(2):
        context = prepared(insecure=True)._ssl_context
        assert context is not None
        assert (context.verify_mode, context.check_hostname) == (ssl.CERT_NONE, False)
    assert caplog.messages == ["mqtt.insecure is on: the broker's certificate is not verified"] * 2


def test_files_that_cannot_be_used_are_named(certificates: Path, tmp_path: Path) -> None:
    rubbish = tmp_path / "rubbish.pem"
    rubbish.write_text("rubbish")
    with pytest.raises(ValueError, match=rf"^mqtt.ca_file: {rubbish} holds no certificates"):
        prepared(ca_file=rubbish)
    for cert, key in (("client.pem", "server.key"), ("ca.key", "client.key")):
        with pytest.raises(
            ValueError, match=rf"^mqtt.cert_file: {certificates / cert} and mqtt.key_file .*{key} are not"
        ):
            prepared(cert_file=certificates / cert, key_file=certificates / key)


def test_a_key_with_a_password_is_no_reason_to_ask_on_the_terminal(certificates: Path, tmp_path: Path) -> None:
    locked = tmp_path / "locked.key"
    command = ["openssl", "pkey", "-in", str(certificates / "client.key"), "-aes256", "-passout", "pass:x"]
    subprocess.run([*command, "-out", str(locked)], check=True, capture_output=True)
    with pytest.raises(ValueError, match=r"without a password$"):
        prepared(cert_file=certificates / "client.pem", key_file=locked)
