from dataclasses import fields

from pydantic import SecretStr

from tiktok2mqtt.bridge.connector import client_options
from tiktok2mqtt.settings import TiktokSettings
from tiktok2mqtt.webcast.net.options import Options

# What the daemon does not leave to its user.
LEFT_ALONE = {"client_params", "request_headers", "websocket_headers", "streak_timeout_s"}


def test_unless_told_otherwise_the_daemon_does_what_the_library_does() -> None:
    options = client_options(TiktokSettings(), "alice")
    assert set(options) == {option.name for option in fields(Options)} - LEFT_ALONE
    made = Options(**options | {"transports": tuple(options["transports"])})
    assert made == Options()


def test_secrets_arrive_in_clear_text() -> None:
    options = client_options(
        TiktokSettings(
            proxy=SecretStr("http://alice:hunter2@127.0.0.1:3128"),
            cookies=SecretStr("sessionid=hunter3; tt-target-idc=useast5"),
            sign_key=SecretStr("hunter4"),
        ),
        "alice",
    )
    assert options["proxy"] == "http://alice:hunter2@127.0.0.1:3128"
    assert options["cookies"] == {"sessionid": "hunter3", "tt-target-idc": "useast5"}
    assert options["sign_key"] == "hunter4"


def test_a_room_has_its_own_proxy_or_that_of_all() -> None:
    own = {"proxy": "http://all.example:8080", "proxies": "alice=http://own.example:8080"}
    settings = TiktokSettings.model_validate(own)
    assert client_options(settings, "alice")["proxy"] == "http://own.example:8080"
    assert client_options(settings, "bob")["proxy"] == "http://all.example:8080"
    assert client_options(TiktokSettings(), "bob")["proxy"] is None
