from dataclasses import fields

from tiktok2mqtt.bridge.client_options import client_options
from tiktok2mqtt.settings import TiktokSettings
from tiktok2mqtt.webcast.options import Options


def test_every_option_exists_and_the_defaults_agree() -> None:
    given = client_options(TiktokSettings(), "alice")
    assert given.keys() <= {field.name for field in fields(Options)}
    options, default = Options(**given), Options()
    assert [getattr(options, key) for key in given if key != "transports"] == [
        getattr(default, key) for key in given if key != "transports"
    ]
    assert list(options.transports) == list(default.transports)


def test_a_room_has_its_own_proxy_or_that_of_all() -> None:
    own = {"proxy": "http://all.example:8080", "proxies": "alice=http://own.example:8080"}
    settings = TiktokSettings.model_validate(own)
    assert client_options(settings, "alice")["proxy"] == "http://own.example:8080"
    assert client_options(settings, "bob")["proxy"] == "http://all.example:8080"
    assert client_options(TiktokSettings(), "bob")["proxy"] is None
