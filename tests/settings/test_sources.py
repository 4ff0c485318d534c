import os
from pathlib import Path
from typing import Any

import pytest

from tiktok2mqtt.settings import Settings, SettingsError, load_settings
from tiktok2mqtt.settings.sources import Report, read_env_file

SECRET = "hunter2"
PASSWORD_FILE = "TIKTOK2MQTT_MQTT__PASSWORD_FILE"
NAMED = f"named by {PASSWORD_FILE} in the environment"


@pytest.fixture(autouse=True)
def _username(monkeypatch: pytest.MonkeyPatch) -> None:
    """A password needs one."""
    monkeypatch.setenv("TIKTOK2MQTT_MQTT__USERNAME", "alice")


def problems(**arguments: Any) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load_settings(**arguments)
    assert SECRET not in str(caught.value)
    return caught.value.problems


def password(settings: Settings) -> str | None:
    return settings.mqtt.password.get_secret_value() if settings.mqtt.password else None


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_only_variables_with_our_prefix_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, value in {"TIKTOK2MQTT_ROOMS": "alice", "TIKTOK2MQTT_MQTT__PORT": "1", "ROOMS": "bob"}.items():
        monkeypatch.setenv(variable, value)
    settings = load_settings()
    assert (settings.rooms, settings.mqtt.port) == (["alice"], 1)


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    write(folder / ".env", "TIKTOK2MQTT_MQTT__HOST=from.file\n")
    monkeypatch.setenv("TIKTOK2MQTT_MQTT__HOST", "")
    monkeypatch.setenv("TIKTOK2MQTT_MQTT__PORT", "")
    assert (load_settings().mqtt.host, load_settings().mqtt.port) == ("from.file", 1883)


@pytest.mark.parametrize(
    ("variable", "meant"),
    [
        ("TIKTOK2MQTT_MQTT_HOST", "TIKTOK2MQTT_MQTT__HOST"),
        ("tiktok2mqtt_rooms", "TIKTOK2MQTT_ROOMS"),
        ("TIKTOK2MQTT_MQTT__PASWORD", "TIKTOK2MQTT_MQTT__PASSWORD"),
        ("TIKTOK2MQTT_MQTT_PASSWORD_FILE", "TIKTOK2MQTT_MQTT__PASSWORD_FILE"),
        ("TIKTOK2MQTT_XYZZY", None),
    ],
)
def test_an_unknown_variable_is_refused_and_the_nearest_name_suggested(
    monkeypatch: pytest.MonkeyPatch, folder: Path, variable: str, meant: str | None
) -> None:
    suggestion = f"; did you mean {meant}?" if meant else ""
    write(folder / ".env", f"{variable}={SECRET}\n")
    assert problems() == [f"{variable}: no such setting (.env){suggestion}"]
    for value in (SECRET, ""):
        monkeypatch.setenv(variable, value)
        assert problems(env_file=None) == [f"{variable}: no such setting (the environment){suggestion}"]


@pytest.mark.parametrize(
    "variable", ["TIKTOK2MQTT_MQTT", "TIKTOK2MQTT_MQTT__HOST__X", "TIKTOK2MQTT_TIKTOK__PROXIES__ALICE"]
)
def test_a_variable_is_one_setting_and_no_more(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, SECRET)
    (line,) = problems()
    assert line.startswith(f"{variable}: no such setting (the environment)")


@pytest.mark.parametrize(
    ("toml", "problem"),
    [
        ('roms = "hunter2"', "roms: no such setting (x.toml); did you mean rooms?"),
        ('[mqtt]\nhots = "hunter2"', "mqtt.hots: no such setting (x.toml); did you mean mqtt.hosts?"),
        (
            '[mqtt]\npaswort_file = "hunter2"',
            "mqtt.paswort_file: no such setting (x.toml); did you mean mqtt.password_file?",
        ),
        ('[xyzzy]\na = "hunter2"', "xyzzy: no such setting (x.toml)"),
        ('log = "hunter2"', "log: must be a table of settings (x.toml)"),
    ],
)
def test_an_unknown_name_in_a_table_is_refused_without_its_value(folder: Path, toml: str, problem: str) -> None:
    write(folder / "x.toml", toml)
    assert problems(config=Path("x.toml")) == [problem]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "does not exist or is not a file"),
        (b"rooms = [\nmqtt", "is not valid TOML: "),
        (b"a = 1\na = 2\n", "line 2"),
        (b"\xff\xfe", "is not a text file: byte 1 is not UTF-8"),
    ],
)
def test_a_toml_file_that_cannot_be_used(folder: Path, content: bytes | None, problem: str) -> None:
    path = folder / "config.toml"
    if content is not None:
        write(path, content)
    (line,) = problems(config=path)
    assert line.startswith(f"--config: {path} ")
    assert problem in line


def test_files_may_begin_with_a_byte_order_mark(folder: Path) -> None:
    config = write(folder / "config.toml", '\ufeffrooms = ["alice"]\n')
    write(folder / ".env", "\ufeffTIKTOK2MQTT_MAX_ROOMS=5\n")
    settings = load_settings(config)
    assert (settings.rooms, settings.max_rooms) == (["alice"], 5)


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (b"hunter2\n", "hunter2"),
        (b"hunter2\r\n", "hunter2"),
        (b" hunter2 ", " hunter2 "),
        (b"two\nlines\n", "two\nlines"),
    ],
)
def test_a_secret_may_be_in_a_file(folder: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, value: str) -> None:
    write(folder / "password", content)
    assert password(load_settings(write(folder / "x.toml", '[mqtt]\npassword_file = "password"'))) == value
    write(folder / ".env", f"{PASSWORD_FILE}=password\n")
    assert password(load_settings()) == value
    monkeypatch.setenv(PASSWORD_FILE, "password")
    assert password(load_settings(env_file=None)) == value


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "cannot be read: No such file or directory"),
        (b"", "is empty"),
        (b"\n", "is empty"),
        (b"hunter2\xff", "is not a text file: byte 8 is not UTF-8"),
    ],
)
def test_a_secret_file_that_cannot_be_used(
    folder: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None, reason: str
) -> None:
    if content is not None:
        write(folder / "password", content)
    monkeypatch.setenv(PASSWORD_FILE, "password")
    assert problems() == [f"mqtt.password: the file password {reason} ({NAMED})"]


def test_a_secret_given_as_text_and_as_a_file_is_a_fault(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder / "password", "other")
    monkeypatch.setenv("TIKTOK2MQTT_MQTT__PASSWORD", SECRET)
    monkeypatch.setenv(PASSWORD_FILE, "password")
    (line,) = problems()
    assert line == (
        "mqtt.password: is set twice, by TIKTOK2MQTT_MQTT__PASSWORD in the environment and by "
        f"{PASSWORD_FILE} in the environment; remove one of them"
    )


def test_a_file_in_the_environment_precedes_a_value_in_a_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder / "password", "from the environment")
    write(folder / ".env", "TIKTOK2MQTT_MQTT__PASSWORD=weaker\n")
    monkeypatch.setenv(PASSWORD_FILE, "password")
    assert password(load_settings()) == "from the environment"


def test_the_key_file_of_tls_is_a_setting_of_its_own(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KEY", "CERT"):
        write(folder / f"{name}.pem", "")
        monkeypatch.setenv(f"TIKTOK2MQTT_MQTT__{name}_FILE", f"{name}.pem")
    monkeypatch.setenv("TIKTOK2MQTT_MQTT__TLS", "true")
    assert load_settings().mqtt.key_file == Path("KEY.pem")


def test_nothing_is_interpolated(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder / ".env", "export TIKTOK2MQTT_MQTT__PASSWORD='pa$$word${HOME} #'\nTIKTOK2MQTT_RAW=1 # note\n")
    settings = load_settings()
    assert (password(settings), settings.raw) == ("pa$$word${HOME} #", True)
    monkeypatch.setenv("TIKTOK2MQTT_MQTT__PASSWORD", "${HOME}")
    assert password(load_settings()) == "${HOME}"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"A=1\n\n\nTIKTOK2MQTT_ROOMS\n", ", line 4: must be NAME=value"),
        (b"A=1\n'hunter2 = x\n", ", line 2: must be NAME=value"),
        (b"\x89PNG\r\n\x1a\n", " is not a text file: byte 1 is not UTF-8"),
    ],
)
def test_garbage_in_an_env_file_is_a_fault_with_its_place(folder: Path, content: bytes, problem: str) -> None:
    write(folder / ".env", content)
    assert problems() == [f".env{problem}"]


def test_other_names_in_an_env_file_need_no_value(folder: Path) -> None:
    report = Report()
    assert read_env_file(write(folder / ".env", "FLAG\nA=1\n"), report) == {"A": "1"}
    assert report == Report()


@pytest.mark.parametrize("name", ["absent.env", "."])
def test_an_env_file_named_by_the_user_must_be_readable(name: str) -> None:
    (line,) = problems(env_file=Path(name))
    assert line.startswith(f"{name} cannot be read: ")


def test_the_first_secrets_directory_that_has_a_file_wins(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TIKTOK2MQTT_MQTT__USERNAME")
    files: dict[str, str | bytes] = {
        "named/mqtt__password": "first\n",
        "named/unrelated": b"\xff\xfe",
        "systemd/mqtt__password": "second",
        "systemd/mqtt__username": "alice",
        "container/mqtt__username": "bob",
        "container/rooms": "alice,bob",
        "container/MQTT__HOST": "ignored",
        "container/mqtt_port": "ignored",
    }
    for name, content in files.items():
        write(folder / name, content)
    monkeypatch.setenv("TIKTOK2MQTT_SECRETS_DIR", "named")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(folder / "systemd"))
    settings = load_settings()
    assert (password(settings), settings.mqtt.username, settings.rooms) == ("first", "alice", ["alice", "bob"])
    assert settings.mqtt.host == "localhost"


def test_a_fault_in_a_secrets_directory_names_the_file(folder: Path) -> None:
    path = write(folder / "container" / "mqtt__port", "0")
    assert problems() == [f"mqtt.port: must be a whole number from 1 to 65535; got '0' (the file {path})"]


def test_a_secret_may_be_a_link(folder: Path) -> None:
    write(folder / "container" / "unrelated", "x")
    (folder / "container" / "mqtt__port").symlink_to(write(folder / "elsewhere", "5"))
    assert load_settings().mqtt.port == 5


@pytest.mark.parametrize("variable", ["TIKTOK2MQTT_SECRETS_DIR", "CREDENTIALS_DIRECTORY"])
def test_a_named_secrets_directory_must_exist(folder: Path, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    path = folder / "absent"
    monkeypatch.setenv(variable, str(path))
    assert problems() == [f"{variable}: {path} must be a readable directory"]
    path.touch()
    assert len(problems()) == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_secret_without_permission_is_a_fault(folder: Path) -> None:
    path = write(folder / "container" / "mqtt__password", SECRET)
    path.chmod(0)
    assert problems() == [f"mqtt.password: the file {path} cannot be read: Permission denied"]


@pytest.mark.parametrize("secret", ["TIKTOK2MQTT_MQTT__PASSWORD", "TIKTOK2MQTT_TIKTOK__PROXIES"])
def test_an_env_file_with_secrets_that_all_users_may_read_is_a_warning(folder: Path, secret: str) -> None:
    value = "alice=http://a:b@host:1" if secret.endswith("PROXIES") else SECRET
    file = write(folder / ".env", f"TIKTOK2MQTT_ROOMS=alice\n{secret}={value}\n")
    file.chmod(0o644)
    assert load_settings().warnings == [".env contains secrets, and all users may read it: run chmod 600 .env"]
    for mode in (0o600, 0o640):
        file.chmod(mode)
        assert load_settings().warnings == []


def test_an_env_file_without_secrets_may_be_readable(folder: Path) -> None:
    write(folder / ".env", f"TIKTOK2MQTT_ROOMS=alice\nOTHER={SECRET}\n{PASSWORD_FILE}=password\n").chmod(0o644)
    write(folder / "password", SECRET).chmod(0o644)
    assert load_settings().warnings == []


def test_so_is_a_toml_file_with_secrets(folder: Path) -> None:
    config = write(folder / "settings.toml", f'[tiktok.proxies]\nalice = "http://a:{SECRET}@host:1"\n')
    config.chmod(0o604)
    assert load_settings(config).warnings == [
        f"{config} contains secrets, and all users may read it: run chmod 600 {config}"
    ]
    config.chmod(0o600)
    assert load_settings(config).warnings == []
