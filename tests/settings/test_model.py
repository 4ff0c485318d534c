from pathlib import Path
from typing import Any

import orjson
import pytest
from pydantic import SecretStr, ValidationError

from tiktok2mqtt.common.mqtt import addresses
from tiktok2mqtt.common.topics import COMMANDS
from tiktok2mqtt.settings import HomeAssistantSettings, MqttSettings, Settings, TiktokSettings

SECRET = "hunter2"


def _messages(**values: Any) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        Settings.model_validate(values)
    return [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in caught.value.errors()]


def test_more_rooms_than_a_daemon_takes_are_one_error() -> None:
    with pytest.raises(ValidationError) as caught:
        Settings.model_validate({"rooms": [f"user{number}" for number in range(5_000)]})
    (error,) = caught.value.errors()
    assert error["msg"] == "Value error, a daemon takes at most 1,000 rooms, and rooms lists 5,000"


def test_values_given_in_code_are_all_that_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIKTOK2MQTT_MAX_ROOMS", "5")
    assert Settings().max_rooms == Settings.model_validate({}).max_rooms == 100


def test_the_defaults() -> None:
    settings = Settings()
    assert settings.rooms == []
    assert settings.max_rooms == 100
    assert (settings.mqtt.host, settings.mqtt.port, settings.mqtt.protocol) == ("localhost", 1883, "3.1.1")
    assert (settings.mqtt.base_topic, settings.mqtt.bridge_topic) == ("tiktok", "bridge")
    assert settings.tiktok.webcast_url == "https://webcast.tiktok.com/webcast/"
    assert settings.homeassistant.discovery == "device"
    assert (settings.log.level, settings.log.format) == ("info", "text")


@pytest.mark.parametrize(
    ("values", "loc"),
    [
        ({"rooms": ["bridge"]}, "rooms.0: "),
        ({"allowed_rooms": ["@Bridge"]}, "allowed_rooms.0: "),
        ({"rooms": ["hub"], "mqtt": {"bridge_topic": "hub"}}, "rooms.0: "),
        ({"rooms": ["alice", "bob"], "max_rooms": 1}, "max_rooms: "),
        ({"rooms": [f"user{number}" for number in range(5_000)]}, "max_rooms: "),
        ({"mqtt": {"password": SECRET}}, "mqtt.password: "),
        ({"mqtt": {"insecure": True}}, "mqtt.insecure: "),
        ({"mqtt": {"ca_file": __file__}}, "mqtt.ca_file: "),
        ({"mqtt": {"tls": True, "cert_file": __file__}}, "mqtt.key_file: "),
        ({"mqtt": {"tls": True, "key_file": __file__}}, "mqtt.key_file: "),
        ({"mqtt": {"port": True}}, "mqtt.port: "),
        ({"homeassistant": {"gift_medium": 1000}}, "homeassistant.gift_large: "),
        ({"homeassistant": {"gift_medium": 5, "gift_large": 4}}, "homeassistant.gift_large: "),
        ({"tiktok": {"watch_interval": 0.5}}, "tiktok.watch_interval: "),
        ({"tiktok": {"stale_timeout": "nan"}}, "tiktok.stale_timeout: "),
        ({"tiktok": {"streak_timeout": 0}}, "tiktok.streak_timeout: "),
        ({"tiktok": {"language": "english"}}, "tiktok.language: "),
        ({"tiktok": {"region": "Austria"}}, "tiktok.region: "),
        ({"tiktok": {"timezone": "Europe/Nowhere"}}, "tiktok.timezone: "),
        ({"tiktok": {"transports": "direct,carrier"}}, "tiktok.transports.1: "),
        ({"tiktok": {"transports": []}}, "tiktok.transports: "),
        ({"tiktok": {"polling_interval": 0}}, "tiktok.polling_interval: "),
        ({"privacy": {"user_ids": "hashed"}}, "privacy.user_ids: "),
        ({"privacy": {"names": False}, "raw": True}, "privacy: "),
        ({"privacy": {"user_ids": "none"}, "raw": True}, "privacy: "),
        ({"nonsense": 1}, "nonsense: "),
        ({"mqtt": {"nonsense": 1}}, "mqtt.nonsense: "),
    ],
)
def test_what_does_not_go_together_is_refused(values: dict[str, Any], loc: str) -> None:
    (message,) = _messages(**values)
    assert message.startswith(loc)


@pytest.mark.parametrize(
    "values",
    [
        {"rooms": ["bridge"], "mqtt": {"bridge_topic": "hub"}},
        {"rooms": ["alice", "@ALICE"], "max_rooms": 1},
        {"mqtt": {"password": SECRET, "protocol": "5"}},
        {"mqtt": {"password": SECRET, "username": "alice"}},
        {"mqtt": {"tls": True, "cert_file": __file__, "key_file": __file__, "ca_file": __file__, "insecure": True}},
        {"log": {"level": "DEBUG"}},
        {"tiktok": {"language": "pt-BR", "region": "br", "timezone": "America/Sao_Paulo"}},
    ],
)
def test_what_goes_together_is_accepted(values: dict[str, Any]) -> None:
    Settings.model_validate(values)


def test_nothing_can_be_changed() -> None:
    settings = Settings()
    with pytest.raises(ValidationError):
        settings.max_rooms = 5
    with pytest.raises(ValidationError):
        settings.mqtt.port = 5


def test_secrets_appear_in_no_dump_and_no_repr() -> None:
    settings = Settings(
        mqtt=MqttSettings(username="alice", password=SecretStr(SECRET)),
        tiktok=TiktokSettings(
            proxy=SecretStr(f"http://alice:{SECRET}@127.0.0.1:3128"),
            cookies=SecretStr(f"sessionid={SECRET}"),
            sign_key=SecretStr(SECRET),
        ),
    )
    shown = [
        repr(settings),
        str(settings),
        repr(settings.tiktok),
        str(settings.model_dump()),
        settings.model_dump_json(),
    ]
    public = settings.public_dump()
    assert SECRET not in "".join([*shown, str(public)])
    assert not {"username", "password"} & public["mqtt"].keys()
    assert not {"proxy", "cookies", "sign_key"} & public["tiktok"].keys()
    assert settings.mqtt.password is not None
    assert settings.mqtt.password.get_secret_value() == SECRET


def test_a_validation_error_does_not_show_a_secret() -> None:
    with pytest.raises(ValidationError) as caught:
        MqttSettings.model_validate({"password": [SECRET], "port": SECRET})
    assert SECRET not in str(caught.value)
    with pytest.raises(ValidationError) as caught:
        TiktokSettings.model_validate({"proxy": f"http://a:{SECRET}@b", "cookies": SECRET, "sign_key": f"{SECRET} "})
    assert caught.value.error_count() == 3
    assert SECRET not in str(caught.value)


def test_the_public_dump_is_json(tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    path.touch()
    dump = Settings(mqtt=MqttSettings(tls=True, ca_file=path)).public_dump()
    assert orjson.loads(orjson.dumps(dump)) == dump
    assert dump["mqtt"]["ca_file"] == str(path)


def test_signed_or_browser_alone_requires_what_it_uses() -> None:
    for names in (["signed"], ["browser"], ["signed", "browser"]):
        with pytest.raises(ValidationError, match=r"must list direct or polling, unless tiktok.sign_key, "):
            TiktokSettings(transports=names)
    assert TiktokSettings(transports=["signed"], browser_url="http://127.0.0.1:9222/").browser_max_tabs == 3
    assert TiktokSettings(transports=["signed"], sign_url="https://api.example.org").sign_key is None
    assert TiktokSettings(transports=["signed"], sign_key=SecretStr(SECRET)).sign_url is None
    assert TiktokSettings(transports=["signed", "polling"]).transports == ["signed", "polling"]


@pytest.mark.parametrize(
    ("url", "secret", "value"),
    [
        ("sign_url", "sign_key", SECRET),
        ("web_url", "cookies", f"sessionid={SECRET}"),
        ("webcast_url", "cookies", f"sessionid={SECRET}"),
        ("socket_url", "cookies", f"sessionid={SECRET}"),
        ("webcast_url", "client_params", f'{{"token": "{SECRET}"}}'),
        ("web_url", "request_headers", f'{{"X-Token": "{SECRET}"}}'),
        ("socket_url", "websocket_headers", f'{{"X-Token": "{SECRET}"}}'),
    ],
)
def test_a_secret_is_sent_with_tls_or_to_this_machine(url: str, secret: str, value: str) -> None:
    plain, encrypted = ("ws", "wss") if url == "socket_url" else ("http", "https")
    for server in ("example.org", "192.168.1.5", "10.0.0.1:8080", "localhost.example.org", "[2001:db8::1]"):
        (message,) = _messages(tiktok={url: f"{plain}://{server}", secret: value})
        reason = f"must not be sent without TLS: tiktok.{url} must begin with https:// or wss://"
        assert message == f"tiktok.{secret}: Value error, {reason}"
        Settings.model_validate({"tiktok": {url: f"{plain}://{server}"}})
        Settings.model_validate({"tiktok": {url: f"{encrypted}://{server}", secret: value}})
    for server in ("localhost:8500", "127.0.0.1", "127.5.5.5", "[::1]:1"):
        Settings.model_validate({"tiktok": {url: f"{plain}://{server}", secret: value}})


def test_gifts_are_sorted_by_two_thresholds() -> None:
    assert HomeAssistantSettings(gift_medium=5, gift_large=6).gift_large == 6


def test_all_commands_are_allowed_by_default_and_a_misspelled_one_is_refused() -> None:
    assert Settings().allowed_commands == [name for name in COMMANDS if name != "restart"]
    assert Settings.model_validate({"allowed_commands": []}).allowed_commands == []
    (message,) = _messages(allowed_commands="list,simulat")
    assert message.startswith("allowed_commands.1: Value error, must be names of commands: connect, disconnect, ")
    assert message.endswith("; did you mean simulate?")


@pytest.mark.parametrize(
    ("mqtt", "problem"),
    [
        ({"transport": "unix"}, "must be the path of the broker's socket"),
        ({"path": "/mqtt"}, "has no effect; set mqtt.transport"),
        ({"transport": "websockets", "path": "mqtt"}, "must begin with /"),
        ({"hosts": "a.example,b.example:99999"}, "must be host or host:port"),
        ({"hosts": "mqtt://a.example"}, "must be"),
        ({"qos": 2}, "less than or equal to 1"),
    ],
)
def test_ways_to_a_broker_that_cannot_be(mqtt: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        Settings.model_validate({"mqtt": mqtt})


def test_addresses_of_brokers() -> None:
    mqtt = {"host": "a.example", "port": 8883, "hosts": "b.example,c.example:1884,[2001:db8::1]:1885,2001:db8::2"}
    assert addresses(Settings.model_validate({"mqtt": mqtt}).mqtt) == [
        ("a.example", 8883),
        ("b.example", 8883),
        ("c.example", 1884),
        ("2001:db8::1", 1885),
        ("2001:db8::2", 8883),
    ]
    unix = Settings.model_validate({"mqtt": {"transport": "unix", "path": "/run/mosquitto.sock"}}).mqtt
    assert addresses(unix) == [("/run/mosquitto.sock", 1883)]
