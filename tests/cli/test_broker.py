import importlib.util
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from tiktok2mqtt.cli import broker as broker_module
from tiktok2mqtt.cli.broker import BrokerError, EmbeddedBroker

TIMEOUT_S = 30.0


def until(predicate: Callable[[], bool]) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while not predicate():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.01)


def alive(pid: int) -> bool:
    """Return whether a process runs. A zombie does not: without an init, it may never be reaped."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@contextmanager
def connected(port: int) -> Iterator[tuple[Client, list[MQTTMessage]]]:
    """Connect a client that is subscribed to everything; yield it and the messages it receives."""
    messages: list[MQTTMessage] = []
    subscribed = threading.Event()
    client = Client(CallbackAPIVersion.VERSION2)
    client.on_message = lambda _client, _data, message: messages.append(message)
    client.on_subscribe = lambda *_: subscribed.set()
    client.connect("127.0.0.1", port)
    client.loop_start()
    try:
        client.subscribe("#", qos=1)
        assert subscribed.wait(TIMEOUT_S)
        yield client, messages
    finally:
        client.disconnect()
        client.loop_stop()


def test_large_retained_documents_reach_later_subscribers() -> None:
    document = b"x" * (128 << 10)
    with EmbeddedBroker(port=0) as broker:
        with connected(broker.port) as (client, _):
            client.publish("homeassistant/device/x/config", document, qos=1, retain=True).wait_for_publish(TIMEOUT_S)
        with connected(broker.port) as (_, messages):
            until(lambda: bool(messages))
            assert messages[0].payload == document
            assert messages[0].retain


def test_the_last_will_is_published() -> None:
    with EmbeddedBroker(port=0) as broker, connected(broker.port) as (_, messages):
        victim = Client(CallbackAPIVersion.VERSION2)
        victim.will_set("will", b"gone")
        victim.connect("127.0.0.1", broker.port)
        until(lambda: victim.loop(0.01) == 0 and victim.is_connected())
        raw = victim.socket()
        assert raw is not None
        raw.close()
        until(lambda: [message.payload for message in messages] == [b"gone"])
        victim.loop_misc()


def test_it_listens_on_loopback_only() -> None:
    with EmbeddedBroker(port=0) as broker:
        wanted = f":{broker.port:04X}"
        tables = Path("/proc/net/tcp").read_text() + Path("/proc/net/tcp6").read_text()
        rows = [line.split() for line in tables.splitlines()]
        addresses = [row[1] for row in rows if row[1].endswith(wanted) and row[3] == "0A"]
        assert addresses == ["0100007F" + wanted]


def test_a_taken_port_gives_the_next_free_one() -> None:
    with EmbeddedBroker(port=0) as first, EmbeddedBroker(port=first.port) as second:
        assert second.port > first.port
        with connected(second.port):
            pass


def test_a_port_taken_on_all_addresses_is_taken() -> None:
    with socket.create_server(("0.0.0.0", 0)) as other, EmbeddedBroker(port=other.getsockname()[1]) as broker:
        assert broker.port != other.getsockname()[1]


def test_its_port_is_reserved_while_it_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    spawn = broker_module._spawn

    def contested(host: str, port: int, errors: IO[bytes]) -> subprocess.Popen[bytes]:
        with socket.socket() as other, pytest.raises(OSError, match="in use"):
            other.bind((host, port))
        return spawn(host, port, errors)

    monkeypatch.setattr(broker_module, "_spawn", contested)
    with EmbeddedBroker(port=0) as broker, connected(broker.port):
        pass


def test_no_free_port_is_an_error() -> None:
    with pytest.raises(BrokerError, match=r"no free port on 192\.0\.2\.1 at or above 1883"):
        EmbeddedBroker(host="192.0.2.1").start()


def test_without_iotcore_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(BrokerError, match=r"pip install '\.\[demo\]'"):
        EmbeddedBroker(port=0).start()


def test_a_child_that_ends_immediately_is_an_error_with_its_last_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "broken.py"
    program.write_text("raise SystemExit('out of order')")
    monkeypatch.setattr(broker_module, "__file__", str(program))
    broker = EmbeddedBroker(port=0)
    with pytest.raises(BrokerError, match="ended immediately: out of order"):
        broker.start()
    assert broker.pid is None


DEAF_AND_SILENT = """
import os, pathlib, signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path(__file__ + ".pid").write_text(str(os.getpid()))
input()
"""


def test_a_child_that_never_listens_is_an_error_and_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "silent.py"
    program.write_text(DEAF_AND_SILENT)
    monkeypatch.setattr(broker_module, "__file__", str(program))
    monkeypatch.setattr(broker_module, "_READY_TIMEOUT_S", 1.0)
    monkeypatch.setattr(broker_module, "_STOP_TIMEOUT_S", 0.2)
    with pytest.raises(BrokerError, match=r"does not answer on 127\.0\.0\.1:\d+"):
        EmbeddedBroker(port=0).start()
    assert not alive(int((tmp_path / "silent.py.pid").read_text()))


def test_stop_ends_the_child_and_may_be_called_again() -> None:
    broker = EmbeddedBroker(port=0)
    broker.start()
    pid = broker.pid
    assert pid is not None
    began = time.monotonic()
    broker.stop()
    broker.stop()
    assert time.monotonic() - began < 10
    assert not alive(pid)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", broker.port), 1)


PARENT = """
import sys
from tiktok2mqtt.cli.broker import EmbeddedBroker
with EmbeddedBroker(port=0) as broker:
    try:
        print(broker.pid, broker.port, flush=True)
        sys.stdin.read()
    except KeyboardInterrupt:
        print("interrupted", flush=True)
        sys.stdin.read()
"""


@contextmanager
def parent() -> Iterator[tuple[subprocess.Popen[str], int, int]]:
    """Start a process with a broker, as the leader of a process group; yield it, the broker's pid and port."""
    process = subprocess.Popen(
        [sys.executable, "-c", PARENT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        pid, port = map(int, process.stdout.readline().split())
        yield process, pid, port
    finally:
        process.kill()
        process.communicate(timeout=TIMEOUT_S)


def test_the_child_ends_when_its_parent_is_killed() -> None:
    with parent() as (process, pid, _):
        assert alive(pid)
        process.send_signal(signal.SIGKILL)
        process.wait(TIMEOUT_S)
        until(lambda: not alive(pid))


def test_ctrl_c_reaches_only_the_parent() -> None:
    with parent() as (process, pid, port):
        os.killpg(process.pid, signal.SIGINT)
        assert process.stdout is not None
        assert process.stdout.readline() == "interrupted\n"
        with connected(port):
            assert alive(pid)
        assert os.getsid(pid) == pid


def test_it_prints_nothing() -> None:
    with parent() as (process, _, port):
        with connected(port) as (client, messages):
            for index in range(200):
                client.publish(f"t/{index}", b"x", qos=1)
            until(lambda: len(messages) == 200)
        stdout, _ = process.communicate(timeout=TIMEOUT_S)
        assert stdout == ""
        assert process.returncode == 0
