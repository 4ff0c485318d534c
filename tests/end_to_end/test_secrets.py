"""Secrets of the settings appear in no log line, message, topic or traceback, whatever fails."""

import base64
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.daemon import DaemonClient, Tree, command, environment, listening, program, tree
from tests.mqtt import MOSQUITTO, TIMEOUT_S, Listener, Mosquitto, free_port
from tests.webcast.proxies import Proxy
from tiktok2mqtt.settings import Settings
from tiktok2mqtt.settings.model import ROWS
from tiktok2mqtt.simulator import Room, Simulator

pytestmark = [pytest.mark.unmeasured, pytest.mark.skipif(MOSQUITTO is None, reason="needs mosquitto")]
SEED: Final = "s33d"
LOGIN: Final = ("alice", f"{SEED}-proxy")
SHAPES: Final = {
    "tiktok.cookies": "sessionid={seed}; tt-target-idc=useast5",
    "tiktok.proxy": "{proxy}",
    "tiktok.proxies": "alice={proxy}",
    "tiktok.client_params": '{{"token": "{seed}"}}',
    "tiktok.request_headers": '{{"X-Token": "{seed}"}}',
    "tiktok.websocket_headers": '{{"X-Token": "{seed}"}}',
    "web.token": "{seed}-0123456789",
}
# Injected into the process of the daemon, for failures that no setting can cause.
BROKEN_HANDLER: Final = """
from tiktok2mqtt.bridge.room import Room
real = Room.on_event
def on_event(self, event):
    real(self, event)
    if event["event_type"] == "chat":
        raise RuntimeError("the handler of a chat failed")
Room.on_event = on_event
"""
CRASH: Final = """
from tiktok2mqtt.bridge.bridge import Bridge
class Crash(BaseException):
    pass
def crash(self, now):
    if any(room.connection.connection.code == "proxy" for room in self.rooms) and self.link._last_problem:
        raise Crash("the control loop crashed")
Bridge._publish_health_if_due = crash
"""


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    made = Proxy("http", LOGIN)
    yield made
    made.close()


@pytest.fixture
def inject(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """Return a function that makes daemons run some code at their start."""

    def inject_code(code: str) -> None:
        (tmp_path / "sitecustomize.py").write_text(code)
        monkeypatch.syspath_prepend(tmp_path)

    return inject_code


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Mosquitto]:
    """A broker that accepts bob with his password, and clients without a login."""
    passwords = tmp_path / "passwords"
    create = ["mosquitto_passwd", "-b", "-c", str(passwords), "bob", f"{SEED}-mqtt.password"]
    subprocess.run(create, check=True, capture_output=True)
    passwords.chmod(0o644)
    with Mosquitto(tmp_path, f"password_file {passwords}") as broker:
        yield broker


def seeded(sim: Simulator, port: int, proxy: Proxy, **mqtt: object) -> Tree:
    """Return settings with a seed in every secret."""
    settings = tree(sim, port, mqtt={"username": "bob"} | mqtt, log={"level": "debug"}, privacy={"user_ids": "hashed"})
    for name in (name for name, row in ROWS.items() if row.secret):
        section, _, key = name.rpartition(".")
        shape = SHAPES.get(name, "{seed}")
        settings.setdefault(section, {}).setdefault(
            key, shape.format(seed=f"{SEED}-{name}", proxy=proxy.url(":".join(LOGIN) + "@"))
        )
    return settings


def check_no_seed(output: str | bytes) -> None:
    """Fail if the output contains the seed, in plain text or as in an Authorization header."""
    text = output if isinstance(output, str) else output.decode("utf-8", "replace")
    encoded = [base64.b64encode(f"{user}:{SEED}".encode())[:-4].decode() for user in ("alice", "bob")]
    for trace in (SEED, *encoded):
        assert trace not in text, f"{trace} in {text[max(0, text.find(trace) - 500) :][:1000]}"


def ended(child: subprocess.Popen[str], listener: Listener | None = None) -> tuple[int, str]:
    """Wait for the end of the process and check its output and messages; return exit status and standard error."""
    output, errors = child.communicate(timeout=TIMEOUT_S)
    check_no_seed(output)
    check_no_seed(errors)
    for message in list(listener.messages) if listener else []:
        check_no_seed(message.topic)
        check_no_seed(message.payload)
    return child.returncode, errors


def test_settings_do_not_show_secrets(sim: Simulator, proxy: Proxy) -> None:
    settings = Settings.model_validate(seeded(sim, 1883, proxy))
    check_no_seed(f"{settings!r} {settings} {settings.public_dump()} {settings.model_dump()} {settings.tiktok!r}")


def test_normal_operation_a_failing_handler_and_a_reload(  # noqa: PLR0913, PLR0917 - fixtures
    sim: Simulator, room: Room, guarded: Mosquitto, proxy: Proxy, tmp_path: Path, inject: Callable[[str], None]
) -> None:
    settings = seeded(sim, guarded.port, proxy)
    inject(BROKEN_HANDLER)
    config = tmp_path / "more.toml"
    config.write_text("")
    with (
        listening(settings) as listener,
        command("run", "--config", str(config), settings=settings, folder=tmp_path) as child,
    ):
        client = DaemonClient(settings, listener)
        client.wait_until_online()
        room.wait_for_client()
        room.chat("bob", "hello")
        client.received("error", code="handler")
        assert client.request("health_check", {})["status"] == "ok"
        config.write_text(f'[privacy]\nsalt = "{SEED}-other"\n[mqtt]\npasswort = "{SEED}"\n')
        child.send_signal(signal.SIGHUP)
        logs = client.topics.bridge("logging")
        listener.wait(logs, lambda message: "mqtt.passwort: no such setting" in message.json["message"])
        child.terminate()
        status, errors = ended(child, listener)
    assert status == 0
    assert "the handler of a chat failed" in errors
    assert "DEBUG" in errors
    assert proxy.journal


@pytest.mark.usefixtures("room")
def test_the_broker_refuses_the_login(sim: Simulator, guarded: Mosquitto, proxy: Proxy, tmp_path: Path) -> None:
    settings = seeded(sim, guarded.port, proxy, password=f"{SEED}-wrong")
    with command("run", settings=settings, folder=tmp_path) as child:
        status, errors = ended(child)
    assert status == 3
    assert "the broker refuses our login" in errors


@pytest.mark.usefixtures("room")
def test_a_tls_error_a_refusing_proxy_and_a_crash(
    sim: Simulator, guarded: Mosquitto, proxy: Proxy, tmp_path: Path, inject: Callable[[str], None]
) -> None:
    proxy.login = ("alice", "another")
    inject(CRASH)
    with command("run", settings=seeded(sim, guarded.port, proxy, tls=True), folder=tmp_path) as child:
        status, errors = ended(child)
    assert status == 1
    assert "cannot reach the broker" in errors
    assert "(status 407)" in errors
    assert "Crash: the control loop crashed" in errors


def test_broker_and_proxy_cannot_be_reached(sim: Simulator, proxy: Proxy, tmp_path: Path) -> None:
    proxy.close()
    with command("run", settings=seeded(sim, free_port(), proxy), folder=tmp_path) as child:
        assert child.stderr is not None
        printed: list[str] = []
        for line in child.stderr:
            printed.append(line)
            if "the proxy cannot be reached" in line:
                break
        check_no_seed("".join(printed))
        child.terminate()
        assert ended(child)[0] == 0


def test_invalid_settings(sim: Simulator, proxy: Proxy, tmp_path: Path) -> None:
    settings = seeded(sim, 0, proxy, username="")
    settings["tiktok"] |= {"proxy": f"ftp://alice:{SEED}@host", "cookies": f"{SEED} {SEED}", "web_url": f"x://{SEED}@"}
    with command("run", settings=settings, folder=tmp_path) as child:
        status, errors = ended(child)
    assert status == 2
    for name in ("mqtt.port", "mqtt.password", "tiktok.proxy", "tiktok.cookies", "tiktok.web_url"):
        assert f"tiktok2mqtt: {name}: " in errors


@pytest.mark.parametrize("source", ["file", "folder", "systemd"])
def test_secrets_from_files(sim: Simulator, guarded: Mosquitto, tmp_path: Path, source: str) -> None:
    settings = tree(sim, guarded.port, mqtt={"username": "bob"})
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    file = secrets / "mqtt__password"
    file.write_text(f"{SEED}-mqtt.password\n")
    variable, value = {
        "file": ("TIKTOK2MQTT_MQTT__PASSWORD_FILE", file),
        "folder": ("TIKTOK2MQTT_SECRETS_DIR", secrets),
        "systemd": ("CREDENTIALS_DIRECTORY", secrets),
    }[source]
    env = environment(settings) | {variable: str(value), "PYTHONPATH": os.pathsep.join(sys.path)}
    with listening(settings) as listener, program("run", env=env, cwd=tmp_path) as child:
        DaemonClient(settings, listener).wait_until_online()
        child.terminate()
        assert ended(child, listener)[0] == 0
    file.write_text("wrong")
    with program("run", env=env, cwd=tmp_path) as child:
        assert ended(child)[0] == 3
