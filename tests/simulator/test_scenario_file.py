import json
import random
from itertools import islice
from pathlib import Path

import pytest

from tiktok2mqtt.simulator.scenario_file import ScenarioError, load, parse
from tiktok2mqtt.simulator.scenarios import BUILT_IN, Step

TOML = """
name = "roses"
[[steps]]
verb = "chat"
user = "bob"
text = "hello"
[[steps]]
verb = "wait"
seconds = 0.5
[[steps]]
verb = "gift"
user = "bob"
gift = "Rose"
count = 5
"""
STEPS = [
    Step("chat", {"user": "bob", "text": "hello"}),
    Step("wait", {"seconds": 0.5}),
    Step("gift", {"user": "bob", "gift": "Rose", "count": 5}),
]


def test_built_in_scenarios_are_found_by_name() -> None:
    assert load("party") is BUILT_IN["party"]
    with pytest.raises(ScenarioError, match="no scenario 'partey': it is one of party, busy, gifts"):
        load("partey")


def test_toml_and_json_files_are_equivalent(tmp_path: Path) -> None:
    toml, as_json = tmp_path / "a.toml", tmp_path / "b.json"
    toml.write_text(TOML)
    steps = [{"verb": row.verb, **row.arguments} for row in STEPS]
    as_json.write_text(json.dumps({"steps": steps}))
    first, second = load(str(toml)), load(str(as_json))
    assert list(first.play(random.Random(1))) == list(second.play(random.Random(1))) == STEPS
    assert (first.name, second.name, first.live) == ("roses", "b", True)


def test_a_scenario_can_repeat_and_start_the_live_itself() -> None:
    data = {"repeat": True, "steps": [{"verb": "go_live", "viewers": 3}, {"verb": "end", "announce": False}]}
    scenario = parse("x", data, "x.json")
    assert not scenario.live
    assert [row.verb for row in islice(scenario.play(random.Random(1)), 4)] == ["go_live", "end"] * 2


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ([], "f: a table with the key steps is expected"),
        ({"step": []}, "f: unknown key 'step' (known: name, repeat, steps; did you mean steps?)"),
        ({"steps": []}, "f: steps is a list of at least one step"),
        ({"steps": [{"verb": "end"}], "repeat": 1}, "f: repeat is true or false, not 1"),
        ({"steps": [{}]}, "f: step 1: the key verb is missing"),
        ({"steps": [{"verb": "end"}, {"verb": "dance"}]}, "f: step 2: verb 'dance' is not one of go_live, end"),
        ({"steps": [{"verb": "chat", "user": "b"}]}, "f: step 1 (chat): the key text is missing"),
        (
            {"steps": [{"verb": "chat", "usr": "b", "text": "x"}]},
            "f: step 1 (chat): unknown key 'usr' (known: user, text, language; did you mean user?)",
        ),
        (
            {"steps": [{"verb": "like", "user": "b", "count": "3"}]},
            "f: step 1 (like): count is '3', expected a whole",
        ),
        (
            {"steps": [{"verb": "like", "user": "b", "count": True}]},
            "f: step 1 (like): count is True, expected a whole",
        ),
        ({"steps": [{"verb": "gift", "user": "b", "gift": "Tulip"}]}, "f: step 1 (gift): gift: no gift 'Tulip' in the"),
        ({"steps": [{"verb": "end"}], "name": 3}, "f: name is a text, not 3"),
        ({"steps": [{"verb": "chta"}]}, "f: step 1: verb 'chta' is not one of "),
        ({"steps": [{"verb": ["chat"]}]}, "f: step 1: verb ['chat'] is not one of "),
        ({"steps": [{"verb": "chat", "user": "", "text": "x"}]}, "f: step 1 (chat): user is empty"),
        ({"steps": [{"verb": "chat", "user": "b", "text": " "}]}, "f: step 1 (chat): text is empty"),
        ({"steps": [{"verb": "battle_start", "rivals": " , "}]}, "f: step 1 (battle_start): rivals is empty"),
        (
            {"steps": [{"verb": "like", "user": "b", "count": 0}]},
            "f: step 1 (like): count is 0, expected 1 to 10000",
        ),
        ({"steps": [{"verb": "room_user", "viewers": -1}]}, "f: step 1 (room_user): viewers is -1, expected 0 to"),
        ({"steps": [{"verb": "control", "action": 5}]}, "f: step 1 (control): action is 5, expected 1 to 4"),
        (
            {"steps": [{"verb": "viewer", "user": "b", "fans_level": 0}]},
            "f: step 1 (viewer): fans_level is 0, expected 1",
        ),
        (
            {"steps": [{"verb": "viewer", "user": "b", "moderator": "yes"}]},
            "f: step 1 (viewer): moderator is 'yes', expected true or false",
        ),
        ({"steps": [{"verb": "refuse", "status": "captca"}]}, "f: step 1 (refuse): status: there is no fault 'captca'"),
        ({"steps": [{"verb": "refuse", "status": 9}]}, "f: step 1 (refuse): status is 9, expected 100 to 599"),
        ({"steps": [{"verb": "event"}]}, "f: step 1 (event): the key event is missing"),
        ({"steps": [{"verb": "event", "event": "pol"}]}, "f: step 1 (event): there is no event 'pol' to send; did you"),
        ({"steps": [{"verb": "event", "event": "chat"}]}, "f: step 1 (event): chat is made by the verb chat"),
        (
            {"steps": [{"verb": "event", "event": "poll", "fields": {"pol_id": 1}}]},
            "f: step 1 (event): fields.pol_id: WebcastPollMessage has no such field",
        ),
        (
            {"steps": [{"verb": "event", "event": "poll", "fields": []}]},
            "f: step 1 (event): fields is [], expected a table",
        ),
        (
            {"steps": [{"verb": "message", "type": "WebcastPollMessage"}]},
            "f: step 1 (message): the key fields is missing",
        ),
        (
            {"steps": [{"verb": "message", "type": "WebcastPollMessage", "fields": {"poll_id": "a"}}]},
            "f: step 1 (message): fields.poll_id: a number or one of",
        ),
        (
            {"steps": [{"verb": "message", "type": "PollMessage", "fields": {}}]},
            "f: step 1 (message): there is no message 'PollMessage'; did you mean WebcastPollMessage?",
        ),
        ({"steps": [{"verb": "wait", "seconds": float("nan")}]}, "f: step 1 (wait): seconds is a number of 0 or more"),
        ({"steps": [{"verb": "wait"}]}, "f: step 1 (wait): seconds is a number of 0 or more"),
        ({"steps": [{"verb": "wait", "s": 1}]}, "f: step 1 (wait): unknown key 's' (known: seconds)"),
        ({"steps": [{"verb": "go_silent", "user": "b"}]}, "f: step 1 (go_silent): unknown key 'user' (known: none)"),
    ],
)
def test_errors_contain_file_step_and_key(data: object, text: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        parse("x", data, "f")
    assert str(caught.value).startswith(text)


@pytest.mark.parametrize(
    ("name", "content"), [("a.toml", "steps = ["), ("a.json", "{"), ("a.json", "\xff"), ("a.json", "[" * 100_000)]
)
def test_a_file_that_cannot_be_parsed_is_an_error(tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="latin-1")
    with pytest.raises(ScenarioError, match=rf"{name}: "):
        load(str(path))


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"none\.toml: No such file"):
        load(str(tmp_path / "none.toml"))
