"""The README and the first pages of the documentation do what they say."""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

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
PAGES = {name: (ROOT / "docs" / f"{name}.md").read_text() for name in ("getting-started", "topics")}
EVERYTHING = "\n".join([README, *PAGES.values()])


def blocks(language: str, page: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)


def commands(program: str) -> Iterator[list[str]]:
    """Yield the pages' calls of a program, from their blocks and their lines of code."""
    prose = re.sub(r"^```.*?^```$", "", EVERYTHING, flags=re.DOTALL | re.MULTILINE)
    lines = "\n".join(blocks("sh", EVERYTHING)).splitlines() + re.findall(r"^    (.+)$", prose, re.MULTILINE)
    for line in lines + re.findall(r"`([^`]+)`", prose.replace("\n", " ")):
        if line.startswith(f"{program} "):
            yield shlex.split(line.removesuffix("&"))[1:]


def test_every_call_of_the_program_is_understood() -> None:
    calls = list(commands("tiktok2mqtt"))
    assert len(calls) > 4
    for call in calls:
        if call not in (["simulate"], ["--version"]):
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
    (text,) = blocks("toml", PAGES["getting-started"])
    config = tmp_path / "tiktok2mqtt.toml"
    config.write_text(text)
    assert load_settings(config, env_file=None).rooms == ["alice", "bob"]


def test_the_example_of_a_gift_has_the_keys_of_a_gift() -> None:
    (text,) = blocks("json", PAGES["topics"])
    event = json.loads(text)
    session = LiveSession(REGISTRY, "alice", "1", wall=lambda: 0.0, drops=Drops())
    keys = set(session.common_keys("gift", "1", "", "direct")) | set(REGISTRY.rows["gift"].keys)
    assert set(event) == keys - {"extended_gift_info"}


def test_the_automation_names_what_is_announced() -> None:
    (text,) = blocks("yaml", README)
    (message,) = room_messages(Topics(), "alice", "0", DiscoveryOptions()).values()
    gift = message["components"]["gift"]
    # Home Assistant makes the entity's id of both names.
    slug = f"{message['device']['name']} {gift['name']}".lower().replace(" ", "_")
    assert f"entity_id: event.{slug}\n" in text
    assert any(f"event_type: [{name}]" in text for name in gift["event_types"])


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) <= 120
