import pytest
from pydantic import ValidationError

from tiktok2mqtt.settings import TiktokSettings

PROXY = "http://u:s3cret@proxy.example:8080"


@pytest.mark.parametrize(
    "given",
    [
        f"alice={PROXY},@Bob=http://other.example:1",
        f" alice = {PROXY} , bob = http://other.example:1 ,",
        f'{{"alice": "{PROXY}", "bob": "http://other.example:1"}}',
        {"alice": PROXY, "Bob": "http://other.example:1"},
    ],
)
def test_proxies_by_room(given: object) -> None:
    proxies = TiktokSettings.model_validate({"proxies": given}).proxies
    assert proxies is not None
    assert {room: proxy.get_secret_value() for room, proxy in proxies.items()} == {
        "alice": PROXY,
        "bob": "http://other.example:1",
    }


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (PROXY, "must be a table of proxies by room, alice=URL,bob=URL, or a JSON object"),
        ("{", "must be a table of proxies by room, alice=URL,bob=URL, or a JSON object"),
        ([PROXY], "must be a table of proxies by room, alice=URL,bob=URL, or a JSON object"),
        (f"a b={PROXY}", "names a room wrongly: a room must be a TikTok user name"),
        (f"alice={PROXY},@Alice={PROXY}", "names alice twice; keep one of them"),
        ("alice=ftp://u:s3cret@proxy.example", "the proxy of alice must be http://"),
        ("alice=", "the proxy of alice must be http://"),
        ({"alice": 5}, "the proxy of alice must be a text"),
    ],
)
def test_wrong_proxies_by_room_are_said_without_them(given: object, reason: str) -> None:
    with pytest.raises(ValidationError) as caught:
        TiktokSettings.model_validate({"proxies": given})
    [fault] = caught.value.errors(include_input=False, include_url=False)
    assert fault["loc"] == ("proxies",)
    assert fault["msg"].startswith(f"Value error, {reason}")
    assert "s3cret" not in str(caught.value)


def test_proxies_by_room_are_in_no_dump_and_no_repr() -> None:
    settings = TiktokSettings.model_validate({"proxies": {"alice": PROXY}})
    assert "s3cret" not in repr(settings) + str(settings.model_dump())
    assert "proxies" not in settings.model_dump()
