import pytest

from tiktok2mqtt.settings.model import ROWS, SECTIONS, Settings


def test_every_setting_says_what_it_is_and_what_it_may_be() -> None:
    for row in ROWS.values():
        assert row.description.endswith("."), row
        assert row.values, row
    assert all(SECTIONS.values())


def test_the_settings_of_the_top_level_come_first_and_sections_stay_together() -> None:
    sections = [row.section for row in ROWS.values()]
    assert list(dict.fromkeys(sections)) == ["", *SECTIONS]
    assert sections == sorted(sections, key=["", *SECTIONS].index)


@pytest.mark.parametrize(
    ("name", "variable", "values", "default"),
    [
        ("rooms", "TIKTOK2MQTT_ROOMS", "a list of user names", ""),
        ("max_rooms", "TIKTOK2MQTT_MAX_ROOMS", "a whole number from 1 to 1000", "100"),
        ("mqtt.port", "TIKTOK2MQTT_MQTT__PORT", "a whole number from 1 to 65535", "1883"),
        ("mqtt.base_topic", "TIKTOK2MQTT_MQTT__BASE_TOPIC", "topic levels of at most 128 characters", "tiktok"),
        ("mqtt.protocol", "TIKTOK2MQTT_MQTT__PROTOCOL", "3.1.1 or 5", "3.1.1"),
        ("mqtt.tls", "TIKTOK2MQTT_MQTT__TLS", "true or false", "false"),
        ("mqtt.password", "TIKTOK2MQTT_MQTT__PASSWORD", "text", ""),
        ("tiktok.proxy", "TIKTOK2MQTT_TIKTOK__PROXY", "an http(s), socks5 or socks5h URL", ""),
        ("tiktok.cookies", "TIKTOK2MQTT_TIKTOK__COOKIES", "cookies as name=value; name=value", ""),
        (
            "tiktok.transports",
            "TIKTOK2MQTT_TIKTOK__TRANSPORTS",
            "a list of direct, signed, polling, browser",
            "direct,signed,polling",
        ),
        ("tiktok.sign_url", "TIKTOK2MQTT_TIKTOK__SIGN_URL", "an http(s) URL", ""),
        ("log.level", "TIKTOK2MQTT_LOG__LEVEL", "debug, info, warning or error", "info"),
    ],
)
def test_a_row(name: str, variable: str, values: str, default: str) -> None:
    row = ROWS[name]
    assert (row.variable, row.values, row.default) == (variable, values, default)


def test_what_is_secret() -> None:
    secret = [row.secret_file for row in ROWS.values() if row.secret]
    assert secret == [
        "mqtt__password",
        "tiktok__proxy",
        "tiktok__proxies",
        "tiktok__cookies",
        "tiktok__client_params",
        "tiktok__request_headers",
        "tiktok__websocket_headers",
        "tiktok__sign_key",
        "privacy__salt",
        "web__token",
    ]


def test_the_written_defaults_are_the_defaults() -> None:
    values: dict[str, object] = {}
    for row in ROWS.values():
        table = values.setdefault(row.section, {}) if row.section else values
        assert isinstance(table, dict)
        if row.default:
            table[row.name.rpartition(".")[2]] = row.default
    assert Settings.model_validate(values) == Settings()
