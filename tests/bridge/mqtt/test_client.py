import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt.client import Client

from tests.certificates import OPENSSL, make_certificates, server_context
from tests.mqtt import TIMEOUT_S
from tiktok2mqtt.common.mqtt import new_client
from tiktok2mqtt.settings import MqttSettings

pytestmark = pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed")


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificates(tmp_path_factory.mktemp("tls"))


def tls_client(**mqtt: Any) -> Client:
    return new_client(MqttSettings.model_validate({"tls": True} | mqtt), "test")


class HandshakeServer:
    """Makes one TLS handshake, as a context manager.

    After the handshake, `names` has the server name that the client sent, and `outcome` the TLS version or the error.
    """

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
        raw.settimeout(TIMEOUT_S)
        with raw:
            try:
                with self.context.wrap_socket(raw, server_side=True) as secured:
                    self.outcome.append(str(secured.version()))
            except OSError as error:
                self.outcome.append(str(error))

    def wait(self) -> None:
        """Return when the handshake has succeeded or failed."""
        self._thread.join(TIMEOUT_S)
        self._listener.close()


@pytest.fixture
def server(certificates: Path) -> Iterator[HandshakeServer]:
    server = HandshakeServer(certificates)
    yield server
    server.wait()


def connect(client: Client, host: str, port: int) -> None:
    """Connect and close the connection."""
    client.connect_timeout = TIMEOUT_S
    client.connect(host, port)
    if (sock := client.socket()) is not None:
        sock.close()


def test_the_broker_gets_its_name_from_the_client(server: HandshakeServer) -> None:
    connect(tls_client(insecure=True), "localhost", server.port)
    server.wait()
    assert server.names == ["localhost"]
    assert server.outcome[0] in {"TLSv1.2", "TLSv1.3"}


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning", "ignore:ssl.TLSVersion:DeprecationWarning"
)
def test_tls_1_1_is_refused_even_when_insecure(server: HandshakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    # The defaults of OpenSSL may refuse it as well: allow its old ciphers on both sides.
    old_ciphers = "DEFAULT:@SECLEVEL=0"
    server.context.minimum_version = ssl.TLSVersion.TLSv1
    server.context.maximum_version = ssl.TLSVersion.TLSv1_1
    server.context.set_ciphers(old_ciphers)
    lenient = ssl.create_default_context()
    lenient.set_ciphers(old_ciphers)
    monkeypatch.setattr(ssl, "create_default_context", lambda **_: lenient)
    with pytest.raises(ssl.SSLError, match=r"protocol version|unsupported protocol"):
        connect(tls_client(insecure=True), "127.0.0.1", server.port)


def test_a_certificate_of_the_authority_for_this_host_is_accepted(
    server: HandshakeServer, certificates: Path, caplog: pytest.LogCaptureFixture
) -> None:
    connect(tls_client(ca_file=certificates / "ca.pem"), "127.0.0.1", server.port)
    assert caplog.messages == []


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    ("ca_file", "host", "problem"),
    [(None, "127.0.0.1", "certificate verify failed"), ("ca.pem", "localhost", "not valid for 'localhost'")],
)
def test_other_certificates_are_refused(
    server: HandshakeServer, certificates: Path, ca_file: str | None, host: str, problem: str
) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match=problem):
        connect(tls_client(ca_file=ca_file and certificates / ca_file), host, server.port)


def test_insecure_accepts_any_certificate_and_warns(server: HandshakeServer, caplog: pytest.LogCaptureFixture) -> None:
    connect(tls_client(insecure=True), "localhost", server.port)
    assert caplog.messages == ["mqtt.insecure is on: the broker's certificate is not verified"]


def test_the_error_names_the_setting_whose_file_cannot_be_used(certificates: Path, tmp_path: Path) -> None:
    rubbish = tmp_path / "rubbish.pem"
    rubbish.write_text("rubbish")
    with pytest.raises(ValueError, match=rf"^mqtt.ca_file: {rubbish} contains no certificates"):
        tls_client(ca_file=rubbish)
    for cert, key in (("client.pem", "server.key"), ("ca.key", "client.key")):
        with pytest.raises(
            ValueError, match=rf"^mqtt.cert_file: {certificates / cert} and mqtt.key_file .*{key} are not"
        ):
            tls_client(cert_file=certificates / cert, key_file=certificates / key)


def test_a_key_with_a_password_is_an_error_and_not_a_question_on_the_terminal(
    certificates: Path, tmp_path: Path
) -> None:
    locked = tmp_path / "locked.key"
    command = ["openssl", "pkey", "-in", str(certificates / "client.key"), "-aes256", "-passout", "pass:x"]
    subprocess.run([*command, "-out", str(locked)], check=True, capture_output=True)
    with pytest.raises(ValueError, match=r"without a password$"):
        tls_client(cert_file=certificates / "client.pem", key_file=locked)
