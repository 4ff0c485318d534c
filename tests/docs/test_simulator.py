"""docs/simulator.md: its tables are complete, and its examples work."""

import inspect
import json
import random
import re
import tomllib
from pathlib import Path

import pytest

from tiktok2mqtt.cli.main import main
from tiktok2mqtt.simulator import Simulator
from tiktok2mqtt.simulator.encoder import PLACEHOLDERS
from tiktok2mqtt.simulator.gifts import CATALOGUE
from tiktok2mqtt.simulator.room import Room
from tiktok2mqtt.simulator.scenario_file import VERBS, load, parameters_of
from tiktok2mqtt.simulator.scenarios import BUILT_IN, WAIT

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/simulator.md").read_text()


def table(title: str) -> dict[str, list[str]]:
    """Return the rows of a table by the word in their first column; `title` is that of the first column."""
    (found,) = re.findall(rf"^\| {title} \|.*\n\|[-|]+\n((?:\|.*\n)+)", TEXT, re.MULTILINE)
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in found.splitlines()]
    return {row[0].strip("`"): row[1:] for row in rows}


def blocks() -> list[str]:
    return re.findall(r"^```toml\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)


def test_every_scenario_is_described() -> None:
    assert list(table("scenario")) == list(BUILT_IN)


def test_every_verb_has_its_keys() -> None:
    rows = table("verb")
    assert list(rows) == [*VERBS, WAIT]
    for verb in VERBS:
        expected = [
            f"`{name}`" if parameter.default is inspect.Parameter.empty else f"[`{name}`]"
            for name, parameter in parameters_of(verb).items()
        ]
        assert rows[verb][0] == ", ".join(expected), verb
        assert hasattr(Room, verb)


def test_every_placeholder_is_explained() -> None:
    rows = table("placeholder")
    assert {name: row[0] for name, row in rows.items()} == {f"${name}": text for name, text in PLACEHOLDERS.items()}


def test_every_gift_is_listed_with_its_price() -> None:
    (listed,) = re.findall(r"A gift is a name or an id: (.*?)\.\n", TEXT, re.DOTALL)
    prices: dict[str, int] = {}
    names: list[str] = []
    for name, price in re.findall(
        r"([A-Z][A-Za-z ]*?)(?: \(([\d,]+)(?: diamond)?\))?(?:, |$)", listed.replace("\n", " ")
    ):
        names.append(name)
        if price:
            prices |= dict.fromkeys(names, int(price.replace(",", "")))
            names = []
    assert prices == {gift.name: gift.diamonds for gift in CATALOGUE}


def test_the_example_is_played(tmp_path: Path, sim: Simulator) -> None:
    path = tmp_path / "song.toml"
    path.write_text(blocks()[0] + blocks()[1])
    scenario = load(str(path))
    assert scenario.name == "song"
    room = sim.room("alice")
    room.go_live()
    for row in scenario.play(random.Random(1)):
        if row.verb != WAIT:
            getattr(room, row.verb)(**row.arguments)
    methods = [message.method for message in room.sent]
    assert methods[-1] == "WebcastBarrageMessage"
    assert methods[:2] == ["WebcastChatMessage", "WebcastGoalUpdateMessage"]
    assert methods.count("WebcastGiftMessage") == 21
    assert room.state.battle is not None


def test_the_json_form_is_the_same(tmp_path: Path) -> None:
    (text,) = re.findall(r"as JSON is `([^`]+)`", TEXT)
    data = json.loads(text.replace(", ...", ""))
    toml = tomllib.loads(blocks()[0])
    assert (data["name"], data["steps"]) == (toml["name"], toml["steps"][:1])
    path = tmp_path / "song.json"
    path.write_text(json.dumps(data))
    assert len(list(load(str(path)).play(random.Random(1)))) == 1


def test_the_error_is_as_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (shown,) = re.findall(r"^    (tiktok2mqtt simulate: .*)$", TEXT, re.MULTILINE)
    (tmp_path / "song.toml").write_text(blocks()[0].replace('gift = "Rose"', 'gfit = "Rose"'))
    monkeypatch.chdir(tmp_path)
    assert main(["simulate", "--port", "0", "--scenario", "song.toml"]) == 2
    assert capsys.readouterr().err == shown + "\n"
