"""The README's commands and examples do what it says."""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers import until
from tests.mqtt import MOSQUITTO, Mosquitto, free_port
from tiktok2mqtt.bridge.commands import parse_request
from tiktok2mqtt.bridge.homeassistant.discovery import DiscoveryOptions, room_messages
from tiktok2mqtt.cli.main import build_parser
from tiktok2mqtt.common.topics import Topics
from tiktok2mqtt.settings import load_settings
from tiktok2mqtt.webcast.events.rows import REGISTRY
from tiktok2mqtt.webcast.memory import Drops
from tiktok2mqtt.webcast.session import LiveSession

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


def commands(program: str) -> Iterator[list[str]]:
    """Yield the README's calls of a program, from its blocks and its lines of code."""
    prose = re.sub(r"^```.*?^```$", "", README, flags=re.DOTALL | re.MULTILINE)
    lines = "\n".join(blocks("sh")).splitlines() + re.findall(r"^    (.+)$", prose, re.MULTILINE)
    for line in lines + re.findall(r"`([^`]+)`", prose.replace("\n", " ")):
        if line.startswith(f"{program} "):
            yield shlex.split(line.removesuffix("&"))[1:]


def test_every_call_of_the_program_is_understood() -> None:
    calls = list(commands("tiktok2mqtt"))
    assert len(calls) > 4
    for call in calls:
        if call != ["simulate"]:
            build_parser().parse_args(call)


def test_every_make_target_exists() -> None:
    targets = [target for call in commands("make") for target in call]
    assert "demo" in targets
    for target in targets:
        assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


def test_the_command_for_the_broker_is_a_request() -> None:
    (call,) = commands("mosquitto_pub")
    topic, payload = call[call.index("-t") + 1], call[call.index("-m") + 1]
    address = Topics().parse(topic)
    assert address is not None
    assert parse_request(address.subtopic, payload.encode()).room == "bob"


def test_the_settings_file_is_valid(tmp_path: Path) -> None:
    (text,) = blocks("toml")
    config = tmp_path / "tiktok2mqtt.toml"
    config.write_text(text)
    assert load_settings(config, env_file=None).rooms == ["alice", "bob"]


def test_the_example_of_a_gift_has_the_keys_of_a_gift() -> None:
    (text,) = blocks("json")
    event = json.loads(text)
    session = LiveSession(REGISTRY, "alice", "1", wall=lambda: 0.0, drops=Drops())
    keys = set(session.common_keys("gift", "1", "", "direct")) | set(REGISTRY.rows["gift"].keys)
    assert set(event) == keys - {"extended_gift_info"}


def test_the_automation_names_what_is_announced() -> None:
    (text,) = blocks("yaml")
    (message,) = room_messages(Topics(), "alice", "0", DiscoveryOptions()).values()
    gift = message["components"]["gift"]
    # Home Assistant makes the entity's id of both names.
    slug = f"{message['device']['name']} {gift['name']}".lower().replace(" ", "_")
    assert f"entity_id: event.{slug}\n" in text
    assert any(f"event_type: [{name}]" in text for name in gift["event_types"])


@pytest.mark.skipif(
    MOSQUITTO is None or shutil.which("mosquitto_sub") is None, reason="needs mosquitto and its clients"
)
def test_the_simulated_room_reaches_mosquitto_sub(tmp_path: Path) -> None:
    with Mosquitto(tmp_path) as broker:
        # The README says ports that may be taken here, and everybody's default broker.
        (tmp_path / "mosquitto_sub").write_text(f"-p {broker.port}\n")
        script = blocks("sh")[1].replace("8500", str(free_port())).replace("pip install '.[demo]'", "true")
        environment = os.environ | {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "XDG_CONFIG_HOME": str(tmp_path),
            "TIKTOK2MQTT_MQTT__PORT": str(broker.port),
            "TIKTOK2MQTT_TIKTOK__WATCH_INTERVAL": "1",
        }
        process = subprocess.Popen(
            ["bash", "-e", "-c", script],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            assert process.wait(30) == 0
            os.killpg(process.pid, signal.SIGTERM)
            output, _ = process.communicate(timeout=10)
        finally:
            until(lambda: _ended(process.pid))
        assert "tiktok/alice/state" in output
        events = {row.event for row in REGISTRY.rows.values() if row.kind != "lifecycle"}
        assert any(f"tiktok/alice/{event} " in output for event in events)
        assert "Traceback" not in output


def _ended(group: int) -> bool:
    """Kill what is left of a process group; return whether nothing is."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.skipif("CI" not in os.environ, reason="fetches packages: set CI=1 to run it")
def test_the_steps_of_the_installation(tmp_path: Path) -> None:
    source = tmp_path / "tiktok2mqtt"
    ignore = shutil.ignore_patterns(".git", ".venv", "*_cache", "__pycache__")
    shutil.copytree(ROOT, source, ignore=ignore)
    script = blocks("sh")[0].replace("python3 ", f"{sys.executable} ")
    result = subprocess.run(
        ["bash", "-e", "-c", script], cwd=source, capture_output=True, text=True, timeout=300, check=False
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines()[-1].startswith("tiktok2mqtt ")
