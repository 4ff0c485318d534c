from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from tiktok2mqtt.settings import TiktokSettings, load_settings

SECRET = "s3cret"
NOT_AN_OBJECT = "must be a JSON object or a table"
TEXTS = "must have texts as values: put numbers in quotes"
CONTROL = "must not contain line breaks or other control characters"
NAMES = "must have names of headers as keys, such as Accept-Language"


@pytest.mark.parametrize("name", ["client_params", "request_headers", "websocket_headers"])
@pytest.mark.parametrize("value", ['{"X-A": "1", "b": ""}', {"X-A": "1", "b": SecretStr("")}])
def test_an_object_of_texts_is_accepted(name: str, value: object) -> None:
    read = getattr(TiktokSettings.model_validate({name: value}), name)
    assert read == {"X-A": SecretStr("1"), "b": SecretStr("")}


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("client_params", SECRET, NOT_AN_OBJECT),
        ("client_params", f'["{SECRET}"]', NOT_AN_OBJECT),
        ("client_params", f'{{"a": "{SECRET}"', NOT_AN_OBJECT),
        ("client_params", {"": SECRET}, "must not have an empty name"),
        ("client_params", '{"aid": 1988}', TEXTS),
        ("request_headers", {"X-A": True}, TEXTS),
        ("request_headers", {f"X {SECRET}": "1"}, NAMES),
        ("request_headers", {f"{SECRET}:": "1"}, NAMES),
        ("websocket_headers", {"X-A": f"{SECRET}\r\nX-B: 1"}, CONTROL),
        ("websocket_headers", {"X-A": f"{SECRET}\0"}, CONTROL),
        ("websocket_headers", {"User-Agent": SECRET, "user-agent": SECRET}, "lists a header twice; remove one"),
    ],
)
def test_anything_else_is_refused_without_being_repeated(name: str, value: object, reason: str) -> None:
    with pytest.raises(ValidationError) as caught:
        TiktokSettings.model_validate({name: value})
    [fault] = caught.value.errors(include_input=False, include_url=False)
    assert fault["loc"] == (name,)
    assert fault["msg"].startswith(f"Value error, {reason}")
    assert SECRET not in str(caught.value)


def test_the_values_are_in_no_dump_and_no_repr() -> None:
    names = ("client_params", "request_headers", "websocket_headers")
    settings = TiktokSettings.model_validate({name: {"a": SECRET} for name in names})
    assert SECRET not in repr(settings) + str(settings.model_dump())
    assert not set(names) & settings.model_dump().keys()


def test_a_table_in_the_file_and_a_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "settings.toml"
    config.write_text('[tiktok.client_params]\nwebcast_language = "de-DE"\n')
    config.chmod(0o600)
    monkeypatch.setenv("TIKTOK2MQTT_TIKTOK__REQUEST_HEADERS", '{"Accept-Language": "de"}')
    tiktok: Any = load_settings(config, env_file=None).tiktok
    assert tiktok.client_params == {"webcast_language": SecretStr("de-DE")}
    assert tiktok.request_headers == {"Accept-Language": SecretStr("de")}
