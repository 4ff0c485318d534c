from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError, create_model

from tiktok2mqtt.settings import TiktokSettings, fields

PROXY = "http://u:s3cret@proxy.example:8080"
NOT_PAIRS = "must be a table of proxies by room, alice=URL,bob=URL, or a JSON object"


def validated(kind: Any, value: Any) -> Any:
    """Return what a setting of this type makes of a value."""
    return create_model("Model", setting=(kind, ...)).model_validate({"setting": value}).setting  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("kind", "value", "result"),
    [
        (fields.RoomNames, "alice,bob", ["alice", "bob"]),
        (fields.EventNames, " chat , ,gift,", ["chat", "gift"]),
        (fields.EventNames, ' ["chat", "gift"]', ["chat", "gift"]),
        (fields.EventNames, "[]", []),
        (fields.EventNames, "", []),
        (fields.EventNames, ["question_new"], ["question_new"]),
        (fields.EventNames, ["b", "a", "b"], ["b", "a"]),
        (fields.EntityKeys, "top_gifter", ["top_gifter"]),
        (fields.CommandNames, "list,room_info, goal", ["list", "room_info", "goal"]),
        (fields.CommandNames, "[]", []),
        (fields.TransportNames, "Direct,polling", ["direct", "polling"]),
        (fields.Host, "broker.example.org", "broker.example.org"),
        (fields.Host, "::1", "::1"),
        (fields.Host, "192.0.2.1", "192.0.2.1"),
        (fields.Levels, "home/tik tok", "home/tik tok"),
        (fields.Level, "bridge", "bridge"),
        (fields.OptionalText, None, None),
        (fields.OptionalFile, None, None),
        (fields.OptionalFile, __file__, Path(__file__)),
        (fields.ProxyUrl, None, None),
        (fields.ProxyUrl, "http://a:b@c:1", SecretStr("http://a:b@c:1")),
        (fields.Cookies, None, None),
        (fields.Cookies, "a=1; b=2", SecretStr("a=1; b=2")),
        (fields.WebUrl, "http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        (fields.ApiUrl, "https://example.org/webcast", "https://example.org/webcast/"),
        (fields.ApiUrl, "https://example.org/webcast/", "https://example.org/webcast/"),
        (fields.SocketUrl, "ws://[::1]:1/x", "ws://[::1]:1/x"),
        (fields.SignUrl, None, None),
        (fields.SignUrl, "https://api.example.org/", "https://api.example.org"),
        (fields.SignKey, None, None),
        (fields.SignKey, "k:e=y", SecretStr("k:e=y")),
        (fields.SignPath, "/webcast/fetch/", "/webcast/fetch/"),
        (fields.SignPath, "/v2/{room_id}.pb", "/v2/{room_id}.pb"),
    ],
)
def test_a_good_value_is_accepted(kind: Any, value: Any, result: Any) -> None:
    assert validated(kind, value) == result


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (fields.EventNames, "[chat"),
        (fields.EventNames, "Gift"),
        (fields.EventNames, "9lives"),
        (fields.EventNames, ["gift\n"]),
        (fields.EventNames, "g" * 65),
        (fields.EntityKeys, "Top Gifter"),
        (fields.CommandNames, "conect"),
        (fields.CommandNames, ["reboot"]),
        (fields.TransportNames, "direct,pigeon"),
        (fields.Text, ""),
        (fields.Text, "a\0b"),
        (fields.Host, ""),
        (fields.Host, "mqtt://broker"),
        (fields.Host, "broker:1883"),
        (fields.Host, "[::1]"),
        (fields.Host, "bro ker"),
        (fields.Level, "a/b"),
        (fields.Level, ""),
        (fields.Level, "+"),
        (fields.ProxyUrl, "ftp://c:1"),
        (fields.ProxyUrl, ""),
        (fields.Cookies, "a"),
        (fields.Cookies, ""),
        (fields.Levels, ""),
        (fields.Levels, "/tiktok"),
        (fields.Levels, "tiktok/"),
        (fields.Levels, "a//b"),
        (fields.Levels, "a/#"),
        (fields.Levels, "a+b"),
        (fields.Levels, "$SYS/x"),
        (fields.Levels, "a\n"),
        (fields.WebUrl, "www.tiktok.com"),
        (fields.WebUrl, "wss://www.tiktok.com"),
        (fields.WebUrl, "https:///path"),
        (fields.WebUrl, "https://example.org/?x=y"),
        (fields.WebUrl, "https://example.org:99999"),
        (fields.WebUrl, "https://exa mple.org"),
        (fields.SocketUrl, "https://example.org"),
        (fields.SignUrl, "api.example.org"),
        (fields.SignUrl, "https://alice:key@api.example.org"),
        (fields.SignKey, ""),
        (fields.SignKey, "two words"),
        (fields.SignKey, "k\u00e9y"),
        (fields.SignKey, "key\n"),
        (fields.SignKey, "k" * 513),
        (fields.SignPath, ""),
        (fields.SignPath, "webcast/fetch"),
        (fields.SignPath, "/{name}"),
        (fields.SignPath, "/x?key=1"),
        (fields.SignPath, "/x\n"),
        (fields.OptionalFile, "absent.pem"),
        (fields.OptionalFile, "/"),
        (fields.OptionalDirectory, __file__),
    ],
)
def test_a_bad_value_is_refused_without_being_repeated(kind: Any, value: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        validated(kind, value)
    (fault,) = caught.value.errors()
    sentence = str(fault["ctx"]["error"])
    assert sentence.startswith("must ")
    assert len(str(value)) < 3 or str(value) not in sentence


@pytest.mark.parametrize("kind", [fields.WebUrl, fields.ApiUrl, fields.SocketUrl, fields.SignUrl])
@pytest.mark.parametrize(
    "rest", ["alice:key@host", "key@host", "a:p@ss/word@host", "a:p/w@host", "host/?k=key", "host/#k"]
)
def test_a_base_url_holds_no_secret(kind: Any, rest: str) -> None:
    scheme = "wss" if kind is fields.SocketUrl else "https"
    assert validated(kind, f"{scheme}://host/path")
    with pytest.raises(ValidationError):
        validated(kind, f"{scheme}://{rest}")


def test_a_directory_need_not_exist_yet(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "later", None):
        assert validated(fields.OptionalDirectory, path) == path


def test_paths_may_begin_with_the_home_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "ca.pem").touch()
    assert validated(fields.OptionalDirectory, "~/state") == tmp_path / "state"
    assert validated(fields.OptionalFile, "~/ca.pem") == tmp_path / "ca.pem"
    with pytest.raises(ValidationError, match="unknown user"):
        validated(fields.OptionalDirectory, "~nobody-has-this-name/state")


@pytest.mark.parametrize(
    "value",
    [
        f"alice={PROXY},@Bob=http://other.example:1",
        f" alice = {PROXY} , bob = http://other.example:1 ,",
        f'{{"alice": "{PROXY}", "bob": "http://other.example:1"}}',
        {"alice": PROXY, "Bob": "http://other.example:1"},
    ],
)
def test_proxies_by_room(value: object) -> None:
    proxies = TiktokSettings.model_validate({"proxies": value}).proxies
    assert proxies == {"alice": SecretStr(PROXY), "bob": SecretStr("http://other.example:1")}


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (PROXY, NOT_PAIRS),
        ("{", NOT_PAIRS),
        ([PROXY], NOT_PAIRS),
        (f"a b={PROXY}", "contains an invalid room name: "),
        (f"alice={PROXY},@Alice={PROXY}", "lists alice twice; remove one of the two"),
        ("alice=ftp://u:s3cret@proxy.example", "the proxy of alice must be http://"),
        ("alice=", "the proxy of alice must be http://"),
        ({"alice": 5}, "the proxy of alice must be text"),
    ],
)
def test_wrong_proxies_by_room_are_refused_without_being_repeated(value: object, reason: str) -> None:
    with pytest.raises(ValidationError) as caught:
        TiktokSettings.model_validate({"proxies": value})
    [fault] = caught.value.errors(include_input=False, include_url=False)
    assert fault["loc"] == ("proxies",)
    assert fault["msg"].startswith(f"Value error, {reason}")
    assert "s3cret" not in str(caught.value)


def test_proxies_by_room_are_in_no_dump_and_no_repr() -> None:
    settings = TiktokSettings.model_validate({"proxies": {"alice": PROXY}})
    assert "s3cret" not in repr(settings) + str(settings.model_dump())
    assert "proxies" not in settings.model_dump()
