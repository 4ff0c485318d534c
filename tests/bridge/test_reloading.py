import logging
from typing import Any

import pytest

from tiktok2mqtt.bridge.reloading import CHANGEABLE, read_again
from tiktok2mqtt.settings import Settings, SettingsError
from tiktok2mqtt.settings.describe import ROWS

OLD = Settings.model_validate({"rooms": ["alice"], "mqtt": {"username": "bob", "password": "hunter2"}})


def settings(**more: Any) -> Settings:
    return Settings.model_validate({"rooms": ["alice"], "mqtt": {"username": "bob", "password": "hunter2"}} | more)


@pytest.fixture(autouse=True)
def _every_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)


def test_there_are_settings_of_these_names() -> None:
    assert set(CHANGEABLE) <= ROWS.keys()


def test_rooms_and_level_change_at_once(caplog: pytest.LogCaptureFixture) -> None:
    fresh = read_again(lambda: settings(rooms=["bob"], log={"level": "debug"}), OLD)
    assert fresh is not None
    assert (fresh.rooms, fresh.log.level) == (["bob"], "debug")
    assert caplog.messages == ["the settings were read again; changed: rooms, log.level"]


def test_what_needs_a_restart_is_named_and_stays(caplog: pytest.LogCaptureFixture) -> None:
    new = {"mqtt": {"username": "bob", "password": "hunter3", "port": 1884}, "log": {"format": "json"}}
    fresh = read_again(lambda: settings(**new), OLD)
    assert fresh == OLD
    assert caplog.messages == [
        "these settings have changed and need a restart: mqtt.port, mqtt.password, log.format",
        "the settings were read again; changed: nothing",
    ]
    assert "hunter" not in caplog.text


def wrong() -> Settings:
    raise SettingsError(["mqtt.port: must be a number", "max_rooms: must be from 1"])


@pytest.mark.parametrize(
    ("load", "problems"),
    [
        (wrong, ["mqtt.port: must be a number", "max_rooms: must be from 1"]),
        (lambda: settings(retain=["gifts"], rooms=["bob"]), ["retain: no such event: gifts"]),
    ],
)
def test_wrong_settings_are_said_and_change_nothing(
    load: Any, problems: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    assert read_again(load, OLD) is None
    assert len(caplog.messages) == len(problems)
    for message, problem in zip(caplog.messages, problems, strict=True):
        assert message.startswith(f"the settings are wrong and stay as they were: {problem}")
