"""Certificates for tests, created with openssl."""

import shutil
import ssl
import subprocess
from pathlib import Path
from typing import Final

OPENSSL: Final = shutil.which("openssl")


def make_certificates(folder: Path) -> Path:
    """Create a CA `ca`, and `server` (for 127.0.0.1) and `client` signed by it, as .pem and .key files."""
    _openssl(folder, "req -x509 -keyout ca.key -out ca.pem -subj /CN=test-authority -days 2")
    for name in ("server", "client"):
        _openssl(folder, f"req -keyout {name}.key -out {name}.csr -subj /CN={name}")
        alt_name = "IP:127.0.0.1" if name == "server" else "DNS:client"
        (folder / "extensions").write_text(f"subjectAltName={alt_name}")
        sign = f"x509 -req -in {name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out {name}.pem -days 2"
        subprocess.run(
            [str(OPENSSL), *sign.split(), "-extfile", "extensions"], cwd=folder, check=True, capture_output=True
        )
    return folder


def server_context(folder: Path) -> ssl.SSLContext:
    """Return the context of a server on 127.0.0.1, with the certificate of `make_certificates` in `folder`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    return context


def _openssl(folder: Path, arguments: str) -> None:
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    subprocess.run([str(OPENSSL), *arguments.split(), *key], cwd=folder, check=True, capture_output=True)
