from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from tiktok2mqtt.settings import fields


@pytest.mark.parametrize(
    ("function", "value", "result"),
    [
        (fields.split_list, "alice,bob", ["alice", "bob"]),
        (fields.split_list, " alice , ,bob,", ["alice", "bob"]),
        (fields.split_list, ' ["alice", "bob"]', ["alice", "bob"]),
        (fields.split_list, "[]", []),
        (fields.split_list, "", []),
        (fields.split_list, ["alice"], ["alice"]),
        (fields.split_list, 5, 5),
        (fields.fold_duplicates, ["b", "a", "b"], ["b", "a"]),
        (fields.lower, "DEBUG", "debug"),
        (fields.lower, 5, 5),
        (fields.event_name, "question_new", "question_new"),
        (fields.broker_host, "broker.example.org", "broker.example.org"),
        (fields.broker_host, "::1", "::1"),
        (fields.broker_host, "192.0.2.1", "192.0.2.1"),
        (fields.topic_levels, "home/tik tok", "home/tik tok"),
        (fields.topic_level, "bridge", "bridge"),
        (fields.optional_text, None, None),
        (fields.readable_file, None, None),
        (fields.proxy_url, None, None),
        (fields.proxy_url, SecretStr("http://a:b@c:1"), SecretStr("http://a:b@c:1")),
        (fields.cookie_text, None, None),
        (fields.cookie_text, SecretStr("a=1; b=2"), SecretStr("a=1; b=2")),
        (fields.web_url, "http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        (fields.api_url, "https://example.org/webcast", "https://example.org/webcast/"),
        (fields.api_url, "https://example.org/webcast/", "https://example.org/webcast/"),
        (fields.socket_url, "ws://[::1]:1/x", "ws://[::1]:1/x"),
        (fields.sign_url, None, None),
        (fields.sign_url, "https://api.example.org/", "https://api.example.org"),
        (fields.sign_key, None, None),
        (fields.sign_key, SecretStr("k:e=y"), SecretStr("k:e=y")),
        (fields.sign_path, "/webcast/fetch/", "/webcast/fetch/"),
        (fields.sign_path, "/v2/{room_id}.pb", "/v2/{room_id}.pb"),
    ],
)
def test_a_good_value_passes(function: Callable[[Any], Any], value: Any, result: Any) -> None:
    assert function(value) == result


@pytest.mark.parametrize(
    ("function", "value"),
    [
        (fields.split_list, "[alice"),
        (fields.event_name, "Gift"),
        (fields.event_name, "9lives"),
        (fields.event_name, "gift\n"),
        (fields.event_name, "g" * 65),
        (fields.plain_text, ""),
        (fields.plain_text, "a\0b"),
        (fields.broker_host, ""),
        (fields.broker_host, "mqtt://broker"),
        (fields.broker_host, "broker:1883"),
        (fields.broker_host, "[::1]"),
        (fields.broker_host, "bro ker"),
        (fields.topic_level, "a/b"),
        (fields.proxy_url, SecretStr("ftp://c:1")),
        (fields.proxy_url, SecretStr("")),
        (fields.cookie_text, SecretStr("a")),
        (fields.cookie_text, SecretStr("")),
        (fields.topic_level, ""),
        (fields.topic_level, "+"),
        (fields.topic_levels, ""),
        (fields.topic_levels, "/tiktok"),
        (fields.topic_levels, "tiktok/"),
        (fields.topic_levels, "a//b"),
        (fields.topic_levels, "a/#"),
        (fields.topic_levels, "a+b"),
        (fields.topic_levels, "$SYS/x"),
        (fields.topic_levels, "a\n"),
        (fields.web_url, "www.tiktok.com"),
        (fields.web_url, "wss://www.tiktok.com"),
        (fields.web_url, "https:///path"),
        (fields.web_url, "https://example.org/?x=y"),
        (fields.web_url, "https://example.org:99999"),
        (fields.web_url, "https://exa mple.org"),
        (fields.socket_url, "https://example.org"),
        (fields.sign_url, "api.example.org"),
        (fields.sign_url, "https://alice:key@api.example.org"),
        (fields.sign_key, SecretStr("")),
        (fields.sign_key, SecretStr("two words")),
        (fields.sign_key, SecretStr("k\u00e9y")),
        (fields.sign_key, SecretStr("key\n")),
        (fields.sign_key, SecretStr("k" * 513)),
        (fields.sign_path, ""),
        (fields.sign_path, "webcast/fetch"),
        (fields.sign_path, "/{name}"),
        (fields.sign_path, "/x?key=1"),
        (fields.sign_path, "/x\n"),
        (fields.readable_file, Path("absent.pem")),
        (fields.readable_file, Path("/")),
    ],
)
def test_a_bad_value_is_refused_without_being_repeated(function: Callable[[Any], Any], value: Any) -> None:
    with pytest.raises(ValueError, match=r"^(must|an event's name) ") as caught:
        function(value)
    assert len(str(value)) < 3 or str(value) not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("https://alice:secret@example.org/x", "https://example.org/x"),
        ("mqtt://alice:p@ss/word@broker:1883", "mqtt://broker:1883"),
        ("https://token@example.org", "https://example.org"),
        ("https://www.tiktok.com/@alice/live", "https://www.tiktok.com/@alice/live"),
        ("alice@example.org", "alice@example.org"),
        ("plain", "plain"),
    ],
)
def test_credentials_are_cut_out_of_urls(text: str, cleaned: str) -> None:
    assert fields.without_credentials(text) == cleaned


def test_a_folder_may_be_made_later_but_not_be_a_file(tmp_path: Path) -> None:
    assert fields.folder(tmp_path) == tmp_path
    assert fields.folder(tmp_path / "later") == tmp_path / "later"
    assert fields.folder(None) is None
    (tmp_path / "file").touch()
    with pytest.raises(ValueError, match=r"^must be a folder, and there is something else of that name$"):
        fields.folder(tmp_path / "file")
