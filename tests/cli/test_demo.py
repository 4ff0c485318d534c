import os
import re
import signal
import socket
import subprocess
import time
from contextlib import AbstractContextManager
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.daemon import program
from tests.helpers import until
from tests.mqtt import TIMEOUT_S, Listener, free_port

Process = subprocess.Popen[str]


def demo(*arguments: str) -> AbstractContextManager[Process]:
    return program("demo", *arguments)


def descendants(pid: int) -> set[int]:
    """Return the ids of a process's children and theirs."""
    found: set[int] = set()
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found |= {child} | descendants(child)
    return found


def gone(pid: int) -> bool:
    """Return whether a process has ended. A zombie has: without an init, it may never be reaped."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_it_shows_both_rooms_and_leaves_no_process() -> None:
    port = free_port()
    with demo("--port", str(port), "--duration", "3", "--rate", "30") as process:
        until(lambda: descendants(process.pid))
        children = descendants(process.pid)
        out, errors = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 0
    assert errors == ""
    assert out.startswith(f"MQTT broker: mqtt://127.0.0.1:{port}   Ctrl-C ends the demo.\n")
    for room in ("alice", "bob"):
        shown = set(re.findall(rf"tiktok/{room}/([a-z_]+) ", out))
        assert {"chat", "gift", "gift_streak", "follow", "share", "like", "member", "question_new"} <= shown
        assert {"room_user", "social", "connected", "state", "connection", "availability"} <= shown
    assert "tiktok/bridge/state" in out
    assert not re.search(r"Traceback|\x1b|[Ee]xception", out)
    until(lambda: all(gone(pid) for pid in children))


@pytest.mark.unmeasured
def test_it_serves_the_page() -> None:
    with demo("--port", str(free_port()), "--rate", "30") as process:
        assert process.stdout is not None
        line = next(line for line in process.stdout if line.startswith("Page with charts"))
        url = line.split()[-1]
        with urlopen(url + "healthz") as answer:
            assert answer.read() == b"ok\n"
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 0


@pytest.mark.unmeasured
def test_other_machines_can_connect_if_asked_for() -> None:
    port = free_port()
    with demo("--listen", "0.0.0.0", "--port", str(port), "--duration", "0.1") as process:
        out, errors = process.communicate(timeout=TIMEOUT_S)
    assert (process.returncode, errors) == (0, "")
    first, second = out.splitlines()[:2]
    assert first == f"MQTT broker: mqtt://0.0.0.0:{port}   Ctrl-C ends the demo."
    assert second == "The broker has no password: everyone who can reach this address can read and send messages."


@pytest.mark.unmeasured
def test_a_taken_port_is_skipped() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = int(taken.getsockname()[1])
        with demo("--port", str(port), "--duration", "0.1") as process:
            out, errors = process.communicate(timeout=TIMEOUT_S)
    assert (process.returncode, errors) == (0, "")
    first, second, third = out.splitlines()[:3]
    said = re.fullmatch(rf"Port {port} is taken; the broker listens on (\d+) instead\.", first)
    assert said
    assert second.startswith(f"MQTT broker: mqtt://127.0.0.1:{said[1]} ")
    assert third == f"To subscribe: mosquitto_sub -p {said[1]} -v -t 'tiktok/#'"


@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.unmeasured)])
def test_a_signal_ends_it_within_two_seconds(number: signal.Signals) -> None:
    port = free_port()
    with demo("--port", str(port), "--rate", "30") as process:
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        assert any("tiktok/alice/chat" in line for line in lines)
        children = descendants(process.pid)
        with Listener(port, ["tiktok/bridge/state"]) as listener:
            began = time.monotonic()
            process.send_signal(number)
            _, errors = process.communicate(timeout=TIMEOUT_S)
            assert time.monotonic() - began < 2
            listener.wait("tiktok/bridge/state", lambda message: message.json == {"state": "offline"})
    assert (process.returncode, errors) == (0, "")
    assert children
    until(lambda: all(gone(pid) for pid in children))


@pytest.mark.unmeasured
def test_killed_it_leaves_no_broker_behind() -> None:
    with demo("--port", str(free_port())) as process:
        assert process.stdout is not None
        process.stdout.readline()
        children = descendants(process.pid)
        assert children
        os.kill(process.pid, signal.SIGKILL)
        until(lambda: all(gone(pid) for pid in children))
