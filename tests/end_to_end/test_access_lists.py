"""The example access list for Mosquitto, enforced by a real Mosquitto: what each user may do and may not do."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from paho.mqtt import MQTTException, publish
from paho.mqtt.client import Client
from pydantic import SecretStr

from tests.daemon import Daemon, tree
from tests.helpers import until
from tests.mqtt import MOSQUITTO, Listener, Mosquitto
from tests.web.rig import serving, web_settings
from tiktok2mqtt.simulator import Room, Simulator

EXAMPLE = Path(__file__).parents[2] / "examples" / "mosquitto"
USERS = ("tiktok2mqtt", "homeassistant", "dashboard", "web")
PASSWD = shutil.which("mosquitto_passwd")

pytestmark = pytest.mark.skipif(MOSQUITTO is None or PASSWD is None, reason="mosquitto is not installed")


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Mosquitto]:
    """A Mosquitto configured as in the example, except for paths and listener, with a password for each user."""
    assert PASSWD is not None
    passwords = tmp_path / "passwords"
    for number, user in enumerate(USERS):
        create = ["-c"] if number == 0 else []
        subprocess.run([PASSWD, *create, "-b", str(passwords), user, f"secret of {user}"], check=True)
    access = tmp_path / "acl"
    shutil.copy(EXAMPLE / "acl", access)
    access.chmod(0o600)
    with Mosquitto(tmp_path, *_lines({"password_file": passwords, "acl_file": access})) as broker:
        yield broker


def _lines(paths: dict[str, Path]) -> list[str]:
    lines = [line for line in (EXAMPLE / "mosquitto.conf").read_text().splitlines() if line and line[0] != "#"]
    words = dict(line.split(" ", 1) for line in lines)
    assert words.keys() == {"listener", "allow_anonymous", "persistence", "persistence_location", *paths}
    return [f"allow_anonymous {words['allow_anonymous']}", *(f"{key} {path}" for key, path in paths.items())]


def login(user: str) -> Callable[[Client], object]:
    return lambda client: client.username_pw_set(user, f"secret of {user}")


@pytest.fixture
def daemon(sim: Simulator, room: Room, guarded: Mosquitto) -> Iterator[Daemon]:
    """A daemon with its own login, and a listener with that of Home Assistant; alice is live and joined."""
    mqtt = {"base_topic": "tiktok", "username": "tiktok2mqtt", "password": "secret of tiktok2mqtt"}
    settings = tree(sim, guarded.port, mqtt=mqtt, homeassistant={"prefix": "homeassistant"})
    with Listener(guarded.port, ["tiktok/#", "homeassistant/#"], prepare=login("homeassistant")) as listener:
        started = Daemon(settings, listener)
        started.start()
        try:
            started.wait_until_online()
            room.wait_for_client()
            yield started
        finally:
            started.stop()


def test_the_daemon_may_publish_its_topics(daemon: Daemon, room: Room) -> None:
    room.gift("bob", "Rose", 5)
    assert daemon.event("gift")["count"] == 5
    daemon.listener.wait("homeassistant/device/tiktok_alice/config", lambda message: message.payload)
    daemon.event("state", live=True)


def test_home_assistant_may_send_commands(daemon: Daemon) -> None:
    assert daemon.request("status", {"room": "alice"})["status"] == "ok"
    daemon.listener.publish("tiktok/alice/set", "OFF")
    daemon.event("connection", state="disabled")


def test_home_assistant_may_not_publish_events(daemon: Daemon) -> None:
    daemon.listener.publish("tiktok/alice/gift", b"forged")
    # The broker has handled the forged message before this request.
    assert daemon.request("status", {"room": "alice"})["status"] == "ok"
    assert b"forged" not in {message.payload for message in daemon.listener.messages}


def test_a_dashboard_may_read_and_not_publish(daemon: Daemon, room: Room, guarded: Mosquitto) -> None:
    with Listener(guarded.port, ["tiktok/#"], prepare=login("dashboard")) as dashboard:
        dashboard.wait("tiktok/alice/state", lambda message: message.json["live"] is True)
        dashboard.publish("tiktok/alice/set", "OFF")
        dashboard.publish("tiktok/bridge/request/remove", b'{"room": "alice"}')
        room.chat("bob", "still here")
        assert dashboard.wait("tiktok/alice/chat").json["comment"] == "still here"
    assert daemon.request("status", {"room": "alice"})["data"]["connection"]["state"] == "live"


def test_a_client_without_a_login_is_refused(guarded: Mosquitto) -> None:
    with pytest.raises(MQTTException, match=r"(?i)not authori"):
        publish.single("tiktok/alice/set", "OFF", hostname="127.0.0.1", port=guarded.port)


def test_the_web_program_may_do_its_work_and_no_more(daemon: Daemon, guarded: Mosquitto) -> None:
    settings = web_settings(guarded.port, "tiktok", client_id="web")
    mqtt = settings.mqtt.model_copy(update={"username": "web", "password": SecretStr("secret of web")})
    with serving(settings.model_copy(update={"mqtt": mqtt})) as web:
        until(lambda: web.rooms() == ["alice"])
        assert web.command({"command": "status", "room": "alice"})["status"] == "ok"
        web.command({"command": "goal", "room": "alice", "goal": 70})
        daemon.event("state", goal=70)
        csrf = web.get("/api/session").json()["csrf"]
        web.post("/api/ignore", json={"people": ["bot"]}, headers={"X-CSRF-Token": csrf})
        until(lambda: web.get("/api/session").json()["ignored"]["people"] == ["bot"])
        until(lambda: "round_trip" in web.get("/metrics").text)
    with Listener(guarded.port, ["tiktok/#"], prepare=login("web")) as listener:
        listener.publish("tiktok/alice/gift", b"forged")
        listener.publish("tiktok/bridge/state", b"forged")
        assert daemon.request("status", {"room": "alice"})["status"] == "ok"
        assert not [message for message in listener.messages if message.payload == b"forged"]
