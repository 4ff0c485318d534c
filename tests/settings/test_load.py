import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tiktok2mqtt.settings import Settings, SettingsError, load_settings
from tiktok2mqtt.settings.model import ROWS

SECRET = "hunter2"


def problems(*arguments: Any, **named: Any) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load_settings(*arguments, **named)
    assert str(caught.value) == "\n".join(caught.value.problems)
    return caught.value.problems


def test_without_any_source_there_are_the_defaults() -> None:
    assert load_settings() == Settings()


def test_the_source_with_the_higher_precedence_wins(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sources are added in order of precedence, each with another port."""
    secrets = folder / "container"
    secrets.mkdir()
    (secrets / "mqtt__port").write_text("1")
    assert load_settings().mqtt.port == 1

    config = folder / "config.toml"
    config.write_text('[mqtt]\nport = 2\nbase_topic = "kept"\n')
    assert load_settings(config).mqtt.port == 2

    (folder / ".env").write_text("TIKTOK2MQTT_MQTT__PORT=3\n")
    assert load_settings(config).mqtt.port == 3
    assert load_settings(config, env_file=None).mqtt.port == 2

    monkeypatch.setenv("TIKTOK2MQTT_MQTT__PORT", "4")
    assert load_settings(config).mqtt.port == 4

    settings = load_settings(config, overrides={"mqtt.port": 5})
    assert settings.mqtt.port == 5
    assert settings.mqtt.base_topic == "kept"


@pytest.mark.parametrize(
    ("text", "rooms"),
    [
        ("alice,bob", ["alice", "bob"]),
        ('["@Alice", "https://www.tiktok.com/@bob/live"]', ["alice", "bob"]),
        ("alice, @ALICE,bob", ["alice", "bob"]),
        ("[]", []),
    ],
)
def test_rooms_in_the_environment(monkeypatch: pytest.MonkeyPatch, text: str, rooms: list[str]) -> None:
    monkeypatch.setenv("TIKTOK2MQTT_ROOMS", text)
    assert load_settings().rooms == rooms


def test_a_stronger_list_replaces_a_weaker_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = folder / "config.toml"
    config.write_text('events = ["gift"]\nrooms = ["alice"]\n')
    monkeypatch.setenv("TIKTOK2MQTT_EVENTS", "[]")
    settings = load_settings(config, overrides={"rooms": ["bob"]})
    assert (settings.events, settings.rooms) == ([], ["bob"])


def test_the_env_file_may_name_the_secrets_directory(folder: Path) -> None:
    (folder / "named").mkdir()
    (folder / "named" / "mqtt__password").write_text(SECRET)
    (folder / ".env").write_text("TIKTOK2MQTT_SECRETS_DIR=named\nTIKTOK2MQTT_MQTT__USERNAME=alice\n")
    password = load_settings().mqtt.password
    assert password is not None
    assert password.get_secret_value() == SECRET


@pytest.mark.parametrize(
    ("name", "value"),
    [("proxy", f"http://alice:{SECRET}@127.0.0.1:3128"), ("cookies", f"sessionid={SECRET}; tt-target-idc=useast5")],
)
def test_proxy_and_cookies_may_come_from_files(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    (folder / "named").mkdir()
    path = folder / "named" / f"tiktok__{name}"
    path.write_text(value + "\n")
    for variable, given in ((f"TIKTOK2MQTT_TIKTOK__{name.upper()}_FILE", path), ("TIKTOK2MQTT_SECRETS_DIR", "named")):
        with monkeypatch.context() as patch:
            patch.setenv(variable, str(given))
            assert getattr(load_settings().tiktok, name).get_secret_value() == value


VARIABLE_FAULTS = [
    ("MQTT__PORT", "abc", "mqtt.port: must be a whole number from 1 to 65535; got 'abc'"),
    ("MQTT__PORT", "65536", "mqtt.port: must be a whole number from 1 to 65535; got '65536'"),
    ("MQTT__TLS", "maybe", "mqtt.tls: must be true or false; got 'maybe'"),
    ("MQTT__PROTOCOL", "4", "mqtt.protocol: must be 3.1.1 or 5; got '4'"),
    ("MQTT__BASE_TOPIC", "a/#", "mqtt.base_topic: must be topic levels without + or #, .*; got 'a/#'"),
    ("MQTT__CLIENT_ID", "x" * 129, f"mqtt.client_id: must be text of at most 128 characters; got '{'x' * 79}..."),
    (
        "MQTT__HOST",
        f"mqtt://a:{SECRET}@b",
        "mqtt.host: must be a host name or an address, without mqtt:// and without a port",
    ),
    ("TIKTOK__WEB_URL", f"ftp://a:{SECRET}@b", "tiktok.web_url: must be a URL .* without ? or #"),
    (
        "TIKTOK__PROXY",
        f"http://a:{SECRET}@b",
        "tiktok.proxy: must be http://, https://, socks5:// or socks5h:// with .*",
    ),
    ("TIKTOK__IMPERSONATE", "lynx", "tiktok.impersonate: must be empty or chrome; got 'lynx'"),
    ("TIKTOK__PROXIES", f"alice=ftp://a:{SECRET}@b:1", "tiktok.proxies: the proxy of alice must be http://, .*"),
    ("TIKTOK__COOKIES", SECRET, "tiktok.cookies: must be names and values .*; number 1 is not"),
    ("TIKTOK__COOKIES", f"a={SECRET}; a=1", "tiktok.cookies: must be cookies as name=value; name=value, each .*"),
    ("TIKTOK__STALE_TIMEOUT", "inf", "tiktok.stale_timeout: must be a number of seconds from 0.1 to 3600; got 'inf'"),
    ("LOG__LEVEL", "loud", "log.level: must be debug, info, warning or error; got 'loud'"),
    ("ROOMS", "alice,no/room", "rooms: the URL of a room must begin .*; got 'no/room'"),
    ("ROOMS", "[1]", "rooms: must be a list of user names; got 1"),
    ("ROOMS", "[oops", "rooms: must be a comma-separated list or a JSON list; got '[oops'"),
    ("ROOMS", "@Bridge", "rooms: must not contain the name in mqtt.bridge_topic; .*; got '@Bridge'"),
    ("EVENTS", "Gift", "events: must be event names: .*; got 'Gift'"),
    (
        "MQTT__CA_FILE",
        "absent",
        "mqtt.ca_file: must be a readable file (No such file or directory); got 'absent'",
    ),
]


@pytest.mark.parametrize(("variable", "value", "problem"), VARIABLE_FAULTS)
def test_a_fault_names_the_setting_its_origin_its_value_and_what_is_allowed(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, problem: str
) -> None:
    monkeypatch.setenv(f"TIKTOK2MQTT_{variable}", value)
    (line,) = problems()
    pattern = re.escape(problem).replace(r"\.\*", ".*")
    assert re.fullmatch(rf"{pattern} \(TIKTOK2MQTT_{variable} in the environment\)", line)
    assert SECRET not in line


@pytest.mark.parametrize(
    ("toml", "problem"),
    [
        ("[mqtt]\nport = true", "mqtt.port: must be a whole number from 1 to 65535; got True"),
        ("[mqtt]\nusername = 5", "mqtt.username: must be text; got 5"),
        ("[mqtt]\npassword = 5", "mqtt.password: must be text"),
        (f"[mqtt]\npassword = ['{SECRET}']", "mqtt.password: must be text"),
        (f"[mqtt]\npassword = '{SECRET}'", "mqtt.password: requires mqtt.username, unless mqtt.protocol is 5"),
        ("rooms = 5", "rooms: must be a list of user names; got 5"),
        ("max_rooms = 1.5", "max_rooms: must be a whole number from 1 to 1000; got 1.5"),
    ],
)
def test_a_fault_in_the_file(folder: Path, toml: str, problem: str) -> None:
    config = folder / "config.toml"
    config.write_text(toml)
    assert problems(config) == [f"{problem} ({config})"]


@pytest.mark.parametrize("content", ['[tiktok.proxies]\nalice = "{0}"', "[tiktok]\nproxies = 'alice={0}'"])
def test_proxies_by_room_in_the_file(folder: Path, content: str) -> None:
    config = folder / "settings.toml"
    proxy = f"http://a:{SECRET}@127.0.0.1:3128"
    config.write_text(content.format(proxy))
    settings = load_settings(config)
    assert settings.tiktok.proxies is not None
    assert settings.tiktok.proxies["alice"].get_secret_value() == proxy
    assert SECRET not in repr(settings) + str(settings.public_dump())


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if not row.secret])
@pytest.mark.parametrize(
    "value",
    [
        f"https://alice:{SECRET}@example.org",
        f"https://{SECRET}@example.org/",
        f"https://alice:{SECRET}/x@example.org",
        f"alice:{SECRET}@example.org",
        f"https://example.org/?key={SECRET}",
        f"https://example.org/#{SECRET}",
        [f"https://alice:{SECRET}@example.org"],
        {"url": f"https://example.org/?key={SECRET}"},
    ],
)
def test_no_fault_shows_a_login_or_a_query(name: str, value: object) -> None:
    """Whatever setting it was put into by mistake."""
    found: list[str] = []
    try:
        load_settings(overrides={name: value})
    except SettingsError as error:
        found = error.problems
    assert all(line.startswith(f"{name}: ") and SECRET not in line for line in found)
    # A name that broker or disk may really have.
    assert (
        found
        or name == "state_dir"
        or name.startswith("mqtt.")
        or name.endswith("client_id")
        or name == "homeassistant.prefix"
    )


def test_a_default_that_does_not_go_with_a_setting_is_called_the_default() -> None:
    assert problems(overrides={"homeassistant.gift_medium": 2000}) == [
        "homeassistant.gift_large: must be greater than homeassistant.gift_medium (2000); got 1000 (the default)"
    ]


def test_a_bad_password_file_does_not_show_its_content(folder: Path) -> None:
    (folder / "password").write_text(SECRET)
    named = folder / ".env"
    named.write_text("TIKTOK2MQTT_MQTT__PASSWORD_FILE=password\n")
    assert problems() == [
        (
            "mqtt.password: requires mqtt.username, unless mqtt.protocol is 5 "
            "(the file password, named by TIKTOK2MQTT_MQTT__PASSWORD_FILE in .env)"
        )
    ]


def test_all_faults_of_all_sources_are_reported_together(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIKTOK2MQTT_MQTT_HOST", SECRET)
    monkeypatch.setenv("TIKTOK2MQTT_MQTT__PORT", "0")
    monkeypatch.setenv("TIKTOK2MQTT_SECRETS_DIR", "absent")
    monkeypatch.setenv("TIKTOK2MQTT_MQTT__PASSWORD_FILE", "absent")
    (folder / ".env").write_text(f"TIKTOK2MQTT_TLS={SECRET}\nTIKTOK2MQTT_ROOMS=bad room\n")
    config = folder / "config.toml"
    config.write_text(f"secret = '{SECRET}'\n[log]\nformat = 'xml'\n")
    lines = problems(config, overrides={"max_rooms": 0})
    assert sorted(line.partition(": ")[0] for line in lines) == [
        "TIKTOK2MQTT_MQTT_HOST",
        "TIKTOK2MQTT_SECRETS_DIR",
        "TIKTOK2MQTT_TLS",
        "log.format",
        "max_rooms",
        "mqtt.password",
        "mqtt.port",
        "rooms",
        "secret",
    ]
    assert SECRET not in "\n".join(lines)
    assert not any("\n" in line for line in lines)


def test_a_rule_about_a_section_is_a_fault_of_the_section() -> None:
    assert problems(overrides={"raw": True, "privacy.names": False}) == [
        "privacy: hides names, which `raw` would publish; turn one of the two off"
    ]


def test_an_override_that_does_not_exist_is_a_fault() -> None:
    assert problems(overrides={"mqtt.hots": "x"}) == [
        "mqtt.hots: no such setting (the command line); did you mean mqtt.hosts?"
    ]


@pytest.mark.parametrize(
    ("overrides", "names"),
    [
        ({"mqtt.username": "a\0", "mqtt.password": SECRET}, ["mqtt.username"]),
        ({"mqtt.tls": "maybe", "mqtt.ca_file": __file__}, ["mqtt.tls"]),
        ({"mqtt.tls": True, "mqtt.cert_file": "absent"}, ["mqtt.cert_file"]),
        ({"mqtt.tls": True, "mqtt.cert_file": "absent", "mqtt.key_file": __file__}, ["mqtt.cert_file"]),
        ({"mqtt.tls": True, "mqtt.cert_file": __file__, "mqtt.key_file": "absent"}, ["mqtt.key_file"]),
        ({"rooms": ["bridge"], "mqtt.bridge_topic": "a/b"}, ["mqtt.bridge_topic"]),
        ({"homeassistant.gift_medium": 0, "homeassistant.gift_large": 50}, ["homeassistant.gift_medium"]),
        ({"homeassistant.gift_medium": 2000, "homeassistant.gift_large": 0}, ["homeassistant.gift_large"]),
    ],
)
def test_nothing_is_compared_with_a_value_that_is_wrong_itself(overrides: dict[str, Any], names: list[str]) -> None:
    assert [line.partition(": ")[0] for line in problems(overrides=overrides)] == names


@pytest.mark.parametrize(
    "overrides",
    [
        {"homeassistant.gift_large": None, "homeassistant.gift_medium": 2000},
        {"mqtt.tls": True, "mqtt.cert_file": __file__},
        {"rooms": [f"user{number}" for number in range(101)]},
    ],
)
@pytest.mark.parametrize("wrong", ["mqtt.port", "homeassistant.discovery", "health_interval"])
def test_a_comparison_is_made_though_another_setting_is_wrong(overrides: dict[str, Any], wrong: str) -> None:
    alone = problems(overrides=overrides)
    assert len(alone) == 1
    both = problems(overrides=overrides | {wrong: "x"})
    assert len(both) == 2
    assert set(alone) < set(both)


def test_settings_load_without_the_bridge_the_simulator_or_protobuf() -> None:
    code = (
        "import sys, tiktok2mqtt.settings as s; s.load_settings(env_file=None); "
        "print([m for m in ('paho', 'google.protobuf', 'urllib3', 'tiktok2mqtt.bridge') if m in sys.modules])"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, timeout=30, check=False
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")
