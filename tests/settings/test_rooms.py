"""The settings of single rooms."""

from pathlib import Path
from typing import Any

import pytest

from tiktok2mqtt.settings import RoomSettings, Settings, SettingsError, load_settings

TOML = """
[room."@Alice"]
room_id = 7400000000000000001
user_id = "42"
proxy = "socks5://me:secret@proxy.example:1080"
events = ["chat", "gift"]
exclude_events = []
gift_medium = 5
gift_large = 50
chat = true

[room.bob]
"""


def load(tmp_path: Path, toml: str) -> Settings:
    path = tmp_path / "t.toml"
    path.write_text(toml)
    path.chmod(0o600)
    return load_settings(path, env_file=None)


def test_a_table_for_each_room(tmp_path: Path) -> None:
    settings = load(tmp_path, TOML)
    alice = settings.settings_of("alice")
    assert (alice.room_id, alice.user_id, alice.gift_medium, alice.gift_large) == ("7400000000000000001", "42", 5, 50)
    assert (alice.events, alice.exclude_events, alice.chat) == (["chat", "gift"], [], True)
    assert alice.proxy is not None
    assert alice.proxy.get_secret_value() == "socks5://me:secret@proxy.example:1080"
    assert settings.settings_of("bob") == settings.settings_of("carol") == RoomSettings()
    assert "secret" not in str(settings.public_dump())
    assert settings.public_dump()["room"]["alice"]["user_id"] == "42"


def test_variables_for_each_room(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "ROOM__ALICE__CHAT": "false",
        "ROOM__ALICE__EVENTS": "chat,gift",
        "ROOM__ALICE__ROOM_ID": "7",
        "ROOM__A__B__USER_ID": "42",
        "ROOM__ALICE__PROXY": "",
    }.items():
        monkeypatch.setenv(f"TIKTOK2MQTT_{name}", value)
    settings = load_settings(env_file=None)
    assert settings.settings_of("alice") == RoomSettings(chat=False, events=["chat", "gift"], room_id="7")
    assert settings.settings_of("a__b") == RoomSettings(user_id="42")


def test_a_json_object(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIKTOK2MQTT_ROOM", '{"alice": {"gift_medium": 5}}')
    assert load_settings(env_file=None).settings_of("alice").gift_medium == 5


@pytest.mark.parametrize(
    ("toml", "problem"),
    [
        ('room = "alice"', "room: must be a table of settings for each room, or a JSON object"),
        ("room.alice = 1", "room: must be a table of settings for alice"),
        ("[room.alice]\nchats = true", "room: there is no setting chats for alice; did you mean chat?"),
        ("[room.alice]\nchat = 7", "room: chat of alice must be true or false"),
        ("[room.alice]\nroom_id = -1", "room: room_id of alice must be a number of at most 19 digits, as text"),
        ("[room.alice]\nuser_id = 1.5", "room: user_id of alice must be a number of TikTok"),
        ("[room.alice]\ngift_medium = 0", "room: gift_medium of alice must be a whole number from 1 to 10000000"),
        ("[room.alice]\ngift_medium = 1000", "room: gift_large of alice must be greater than gift_medium (1000)"),
        ('[room.alice]\nevents = ["A b"]', "room: events of alice must be event names: lower-case letters"),
        ("[room.alice]\nevents = 7", "room: events of alice must be a list of event names"),
        ('[room.alice]\nproxy = "ftp://me:secret@x"', "room: proxy of alice must be"),
        ('[room."a b"]\nchat = true', "room: contains an invalid room name: a room must be"),
        ('[room.alice]\n[room."@ALICE"]', "room: lists alice twice; remove one of the two"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, toml: str, problem: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, toml)
    (line,) = caught.value.problems
    assert line.startswith(problem)
    assert line.endswith("t.toml)")
    assert "secret" not in line


def test_a_problem_of_a_variable_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIKTOK2MQTT_ROOM__ALICE__CHATS", "true")
    with pytest.raises(SettingsError, match=r"\(TIKTOK2MQTT_ROOM__\.\.\. in the environment\)"):
        load_settings(env_file=None)


def test_a_list_of_rooms_belongs_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIKTOK2MQTT_ROOM", "alice,secret")
    with pytest.raises(SettingsError) as caught:
        load_settings(env_file=None)
    assert "`rooms` lists the rooms (TIKTOK2MQTT_ROOM in the environment)" in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("value", [None, {}, {"alice": {}}])
def test_settings_by_room_may_be_empty(value: Any) -> None:
    given = {} if value is None else {"room": value}
    assert Settings.model_validate(given).settings_of("alice") == RoomSettings()
