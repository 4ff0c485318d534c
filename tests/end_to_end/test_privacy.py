"""What PRIVACY.md and SECURITY.md promise about viewers, connections and files, tried on the whole daemon."""

import contextlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.daemon import DaemonClient, Tree, command, listening, running, tree
from tests.mqtt import TIMEOUT_S, Broker
from tiktok2mqtt.simulator import Room, Simulator, Viewer

pytestmark = pytest.mark.unmeasured
ZEBEDEE, YOLANDA = (Viewer.named(name) for name in ("zebedee.q", "yolanda_x"))
COMMENT, QUESTION = "what a marvellous teapot", "which glaze is that"
# Injected into the process of the daemon: it notes what the interpreter is asked to do.
AUDIT: Final = """
import json, os, sys
notes = open({path!r}, "a", buffering=1)
bound = []
def hook(event, arguments):
    if event == "socket.bind":
        bound.append(arguments[0])
    elif event == "socket.connect":
        # paho connects to itself, to be able to wake its thread.
        itself = [one.getsockname() for one in bound if one.fileno() >= 0]
        if arguments[1] not in itself:
            print(json.dumps([event, str(arguments[1])]), file=notes)
    elif event == "sqlite3.connect" or (event == "open" and isinstance(arguments[0], str) and writes(*arguments[1:])):
        print(json.dumps(["write", str(arguments[0])]), file=notes)
def writes(mode, flags):
    return bool(set(mode or "") & set("wax+")) or bool(mode is None and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
sys.addaudithook(hook)
"""


def visit(room: Room) -> None:
    """Let two viewers do whatever the simulator knows, until the LIVE is over."""
    for viewer in (ZEBEDEE, YOLANDA):
        room.member(viewer)
        room.chat(viewer, COMMENT)
        room.like(viewer, 15)
        room.follow(viewer)
        room.share(viewer)
        room.question(viewer, QUESTION)
        room.gift(viewer, "Galaxy")
        room.gift_streak(viewer, "Rose", 3)
        room.room_user(40)
    room.end()


def names(viewer: Viewer) -> list[str]:
    return [viewer.username, viewer.nickname]


def ids(viewer: Viewer) -> list[str]:
    return [str(viewer.user_id)]


def pictures(viewer: Viewer) -> list[str]:
    return [viewer.picture_url or ""]


def comments(_viewer: Viewer) -> list[str]:
    return [COMMENT, QUESTION]


@pytest.mark.parametrize(
    ("privacy", "hidden"),
    [
        ({"names": False}, (names,)),
        ({"user_ids": "none"}, (ids,)),
        ({"user_ids": "hashed", "salt": "s"}, (ids,)),
        ({"pictures": False}, (pictures,)),
        ({"comments": False}, (comments,)),
        (
            {"names": False, "pictures": False, "comments": False, "user_ids": "none"},
            (names, ids, pictures, comments),
        ),
    ],
    ids=["names", "user_ids", "hashed", "pictures", "comments", "all"],
)
def test_no_topic_shows_what_is_left_out(
    sim: Simulator, room: Room, broker: Broker, privacy: Tree, hidden: tuple[Callable[[Viewer], list[str]], ...]
) -> None:
    with running(tree(sim, broker.port, privacy=privacy)) as daemon:
        room.wait_for_client()
        visit(room)
        daemon.received("summary")
        daemon.received("disconnected")
        daemon.stop()
        published = b"\n".join(message.payload for message in list(daemon.listener.messages)).decode()
    shown = {
        what: [one for viewer in (ZEBEDEE, YOLANDA) for one in what(viewer) if one in published] for what in hidden
    }
    assert not any(shown.values())
    # The rest is still there.
    for what in {names, ids, pictures, comments} - set(hidden):
        if not (what is comments and names in hidden):
            assert all(one in published for one in what(ZEBEDEE)), what.__name__


@pytest.mark.parametrize("transport", ["direct", "polling"])
def test_no_log_line_shows_a_viewer(sim: Simulator, room: Room, broker: Broker, tmp_path: Path, transport: str) -> None:
    settings = tree(
        sim, broker.port, log={"level": "debug"}, tiktok={"transports": [transport]}, state_dir=tmp_path / "s"
    )
    with listening(settings) as listener, command("run", settings=settings, folder=tmp_path) as child:
        client = DaemonClient(settings, listener)
        client.wait_until_online()
        client.event("connected")
        if transport == "direct":
            # Garbage, a lost connection and history make log lines as well.
            room.wait_for_client()
            room.send_garbage("random")
            room.chat(ZEBEDEE, COMMENT)
            client.event("chat")
            room.drop_socket()
            room.wait_for_client()
        visit(room)
        client.received("summary")
        child.terminate()
        _, errors = child.communicate(timeout=TIMEOUT_S)
        logs = [message.payload.decode() for message in listener.messages if message.topic.endswith("/logging")]
    assert "DEBUG" in errors
    assert logs
    lines = errors + "\n".join(logs)
    assert "alice" in lines
    for viewer in (ZEBEDEE, YOLANDA):
        for value in (*names(viewer), *ids(viewer), *pictures(viewer), *comments(viewer)):
            assert value not in lines


@pytest.fixture
def audited(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[], Iterator[list[str]]]:
    """Make daemons note what they do; return a function that yields the notes."""
    notes = tmp_path / "notes"
    (tmp_path / "sitecustomize.py").write_text(AUDIT.format(path=str(notes)))
    monkeypatch.syspath_prepend(tmp_path)
    return lambda: (json.loads(line) for line in notes.read_text().splitlines())


def listening_sockets(pid: int) -> set[str]:
    """Return the inodes of the sockets with which a process waits for connections. Source: proc(5)."""
    own = set()
    for path in Path(f"/proc/{pid}/fd").iterdir():
        # It may have been closed meanwhile.
        with contextlib.suppress(FileNotFoundError):
            own.add(str(path.readlink()))
    rows = [
        line.split()
        for name in ("tcp", "tcp6")
        for line in Path(f"/proc/{pid}/net/{name}").read_text().splitlines()[1:]
    ]
    return {row[9] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in own}


@pytest.mark.parametrize("transport", ["direct", "signed", "polling"])
def test_it_connects_to_tiktok_and_the_broker_and_writes_to_its_folder_alone(  # noqa: PLR0913, PLR0917 - fixtures
    sim: Simulator,
    room: Room,
    broker: Broker,
    tmp_path: Path,
    audited: Callable[[], Iterator[list[str]]],
    transport: str,
) -> None:
    tiktok = {"transports": [transport], **({"sign_url": sim.sign_url} if transport == "signed" else {})}
    settings = tree(sim, broker.port, tiktok=tiktok, state_dir=tmp_path / "state")
    with listening(settings) as listener, command("run", settings=settings, folder=tmp_path) as child:
        client = DaemonClient(settings, listener)
        client.wait_until_online()
        client.event("connected")
        visit(room)
        client.received("summary")
        assert client.request("health_check", {})["status"] == "ok"
        assert not listening_sockets(child.pid)
        child.terminate()
        assert child.wait(TIMEOUT_S) == 0
    done = list(audited())
    connected = {address for event, address in done if event == "socket.connect"}
    assert connected == {str(("127.0.0.1", port)) for port in (sim.port, broker.port)}
    written = {path for event, path in done if event == "write" and not path.endswith(".pyc")}
    assert written
    state = tmp_path / "state"
    assert [path for path in (state, *state.iterdir()) if path.stat().st_mode & 0o077] == []
    assert [path for path in written if Path(path).parent != tmp_path / "state" and path != "/dev/null"] == []
