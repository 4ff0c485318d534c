import os
from pathlib import Path
from typing import Any

import pytest

from tiktok2mqtt.settings import sources
from tiktok2mqtt.settings.sources import Layer

SECRET = "hunter2"


def values(layer: Layer) -> dict[str, Any]:
    return {name: entry.value for name, entry in layer.entries.items()}


@pytest.mark.parametrize(
    ("tree", "result"),
    [
        ({"rooms": ["alice"]}, {"rooms": ["alice"]}),
        ({"mqtt": {"port": 1}}, {"mqtt.port": 1}),
        ({"mqtt.port": 1, "mqtt.host": None}, {"mqtt.port": 1}),
        ({"mqtt": {}}, {}),
    ],
)
def test_tables_may_be_nested_or_dotted(tree: dict[str, Any], result: dict[str, Any]) -> None:
    layer = sources.from_tree(tree, "here")
    assert values(layer) == result
    assert layer.problems == []
    assert {entry.origin for entry in layer.entries.values()} <= {"here"}


@pytest.mark.parametrize(
    ("tree", "problem"),
    [
        ({"roms": SECRET}, "roms: no such setting (here); did you mean rooms?"),
        ({"mqtt": {"hots": SECRET}}, "mqtt.hots: no such setting (here); did you mean mqtt.host?"),
        ({"xyzzy": {"a": SECRET}}, "xyzzy: no such setting (here)"),
        ({"mqtt": SECRET}, "mqtt: must be a table of settings (here)"),
        ({"mqtt.port": 1, "mqtt": {"port": 2}}, "mqtt.port: is given twice, by here and by here; keep one of them"),
    ],
)
def test_what_is_wrong_in_a_table_is_named_without_its_value(tree: dict[str, Any], problem: str) -> None:
    assert sources.from_tree(tree, "here").problems == [problem]


def test_variables_are_known_by_their_exact_names() -> None:
    layer = sources.from_variables(
        {
            "TIKTOK2MQTT_ROOMS": "alice",
            "TIKTOK2MQTT_MQTT__PORT": "1",
            "TIKTOK2MQTT_MQTT__HOST": "",
            "TIKTOK2MQTT_SECRETS_DIR": "/x",
            "HOME": "/root",
        },
        "here",
    )
    assert values(layer) == {"rooms": "alice", "mqtt.port": "1"}
    assert layer.entries["mqtt.port"].origin == "TIKTOK2MQTT_MQTT__PORT in here"
    assert layer.problems == []


@pytest.mark.parametrize(
    ("variable", "meant"),
    [
        ("TIKTOK2MQTT_MQTT_HOST", "TIKTOK2MQTT_MQTT__HOST"),
        ("TIKTOK2MQTT_ROOM", "TIKTOK2MQTT_ROOMS"),
        ("tiktok2mqtt_rooms", "TIKTOK2MQTT_ROOMS"),
        ("TIKTOK2MQTT_MQTT__PASWORD", "TIKTOK2MQTT_MQTT__PASSWORD"),
        ("TIKTOK2MQTT_MQTT_PASSWORD_FILE", "TIKTOK2MQTT_MQTT__PASSWORD_FILE"),
        ("TIKTOK2MQTT_XYZZY", None),
    ],
)
def test_an_unknown_variable_is_reported_with_the_nearest_name(variable: str, meant: str | None) -> None:
    layer = sources.from_variables({variable: SECRET}, "here")
    hint = f"; did you mean {meant}?" if meant else ""
    assert layer.problems == [f"{variable}: no such setting (here){hint}"]
    assert layer.entries == {}


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (b"hunter2\n", "hunter2"),
        (b"hunter2\r\n", "hunter2"),
        (b" hunter2 ", " hunter2 "),
        (b"two\nlines\n", "two\nlines"),
    ],
)
def test_a_secret_may_be_in_a_file(folder: Path, content: bytes, value: str) -> None:
    (folder / "password").write_bytes(content)
    layer = sources.from_variables({"TIKTOK2MQTT_MQTT__PASSWORD_FILE": "password"}, "here")
    assert values(layer) == {"mqtt.password": value}
    assert values(sources.from_tree({"mqtt": {"password_file": "password"}}, "here")) == {"mqtt.password": value}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "password cannot be read (No such file or directory)"),
        (b"", "password is empty"),
        (b"\n", "password is empty"),
        (b"hunter2\xff", "password is not a text file (byte 8 is not UTF-8)"),
        (b"hunter2\0", "password is not a text file (it holds a zero byte)"),
        (b"x" * (sources.MAX_FILE_BYTES + 1), "password is longer than 1048576 bytes"),
    ],
)
def test_a_secret_file_that_is_no_use_is_named(folder: Path, content: bytes | None, reason: str) -> None:
    if content is not None:
        (folder / "password").write_bytes(content)
    layer = sources.from_variables({"TIKTOK2MQTT_MQTT__PASSWORD_FILE": "password"}, "here")
    assert layer.problems == [f"mqtt.password: {reason}, named by TIKTOK2MQTT_MQTT__PASSWORD_FILE in here"]


def test_a_secret_given_as_text_and_as_a_file_is_a_fault(folder: Path) -> None:
    (folder / "password").write_text("other")
    variables = {"TIKTOK2MQTT_MQTT__PASSWORD": SECRET, "TIKTOK2MQTT_MQTT__PASSWORD_FILE": "password"}
    (problem,) = sources.from_variables(variables, "here").problems
    assert problem.startswith("mqtt.password: is given twice, by TIKTOK2MQTT_MQTT__PASSWORD in here and by ")
    assert SECRET not in problem


def test_the_key_file_of_tls_is_a_setting_of_its_own() -> None:
    layer = sources.from_variables({"TIKTOK2MQTT_MQTT__KEY_FILE": "key.pem"}, "here")
    assert values(layer) == {"mqtt.key_file": "key.pem"}


def test_env_files_are_taken_literally(folder: Path) -> None:
    (folder / ".env").write_text(
        "\ufeffexport A='x y'\nTIKTOK2MQTT_MQTT__PASSWORD=pa$$word${HOME}\n# note\nB=1 # note\nFLAG\n"
    )
    variables, problems = sources.read_env_file(folder / ".env")
    assert variables == {"A": "x y", "TIKTOK2MQTT_MQTT__PASSWORD": "pa$$word${HOME}", "B": "1"}
    assert problems == []


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"A=1\n\n\nTIKTOK2MQTT_ROOMS\n", ", line 4: must be NAME=value"),
        (b"A=1\n'hunter2 = x\n", ", line 2: must be NAME=value"),
        (b"\x89PNG\r\n\x1a\n", " is not a text file (byte 1 is not UTF-8)"),
        (b"A=1\0", " is not a text file (it holds a zero byte)"),
    ],
)
def test_garbage_in_an_env_file_is_a_fault_with_its_place(folder: Path, content: bytes, problem: str) -> None:
    (folder / ".env").write_bytes(content)
    assert sources.read_env_file(folder / ".env")[1] == [f"{folder / '.env'}{problem}"]


def test_toml_names_the_file_as_the_origin(folder: Path) -> None:
    path = folder / "config.toml"
    path.write_text('\ufeffrooms = ["alice"]\n[mqtt]\nport = 1\n')
    layer = sources.from_toml(path)
    assert values(layer) == {"rooms": ["alice"], "mqtt.port": 1}
    assert layer.entries["mqtt.port"].origin == str(path)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "cannot be read (No such file or directory)"),
        (b"rooms = [\nmqtt", "is not TOML: "),
        (b"a = 1\na = 2\n", "line 2"),
        (b"\xff\xfe", "is not a text file"),
    ],
)
def test_a_toml_file_that_is_no_use_is_named(folder: Path, content: bytes | None, problem: str) -> None:
    path = folder / "config.toml"
    if content is not None:
        path.write_bytes(content)
    (line,) = sources.from_toml(path).problems
    assert line.startswith(f"--config: {path} ")
    assert problem in line


def _secrets(folder: Path, **files: str) -> Path:
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_text(content)
    return folder


def test_the_first_secrets_folder_that_has_a_file_wins(folder: Path) -> None:
    named = _secrets(folder / "named", mqtt__password="first\n", unrelated="x")
    systemd = _secrets(folder / "systemd", mqtt__password="second", mqtt__username="alice")
    _secrets(folder / "container", mqtt__username="bob", rooms="alice,bob", MQTT__HOST="ignored", mqtt_port="ignored")
    layer = sources.from_secrets({"TIKTOK2MQTT_SECRETS_DIR": str(named), "CREDENTIALS_DIRECTORY": str(systemd)})
    assert values(layer) == {"mqtt.password": "first", "mqtt.username": "alice", "rooms": "alice,bob"}
    assert layer.entries["mqtt.password"].origin == f"the file {named / 'mqtt__password'}"
    assert layer.problems == []


def test_without_any_secrets_folder_there_are_no_secrets() -> None:
    assert sources.from_secrets({}) == Layer()


@pytest.mark.parametrize("variable", ["TIKTOK2MQTT_SECRETS_DIR", "CREDENTIALS_DIRECTORY"])
def test_a_named_secrets_folder_must_exist(folder: Path, variable: str) -> None:
    path = folder / "absent"
    assert sources.from_secrets({variable: str(path)}).problems == [
        f"{variable}: {path} must be a folder that can be read"
    ]
    path.touch()
    assert len(sources.from_secrets({variable: str(path)}).problems) == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_secret_without_permission_is_a_fault(folder: Path) -> None:
    path = _secrets(folder / "container", mqtt__password=SECRET) / "mqtt__password"
    path.chmod(0)
    assert sources.from_secrets({}).problems == [f"mqtt.password: {path} cannot be read (Permission denied)"]
