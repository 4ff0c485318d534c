import pytest

from tiktok2mqtt.bridge.retained import is_own
from tiktok2mqtt.common.topics import Topics

OURS = b'{"origin":{"name":"tiktok2mqtt"}}'


@pytest.mark.parametrize(
    "topic",
    [
        "tiktok/bridge/state",
        "tiktok/bridge/info",
        "tiktok/bridge/health",
        "tiktok/alice/state",
        "tiktok/a.b_c/cover",
        "tiktok/alice/goal",
        "tiktok/alice/summary",
        "tiktok/alice/gift",
        "homeassistant/device/tiktok_alice/config",
        "homeassistant/device/tiktok-bridge/config",
        "homeassistant/sensor/tiktok_alice/viewers/config",
    ],
)
def test_ours(topic: str) -> None:
    assert is_own(Topics(), topic, OURS)


@pytest.mark.parametrize(
    "topic",
    [
        "tiktok/bridge/request/list",
        "tiktok/bridge/other",
        "tiktok/alice/other",
        "tiktok/alice/set",
        "tiktok/alice/goal/set",
        "tiktok/Not a room/state",
        "tiktok/alice",
        "tiktok2/alice/state",
        "homeassistant/device/tiktok2_alice/config",
        "homeassistant/sensor/tiktok_alice/viewers/state",
        "homeassistant/status",
    ],
)
def test_not_ours(topic: str) -> None:
    assert not is_own(Topics(), topic, OURS)


@pytest.mark.parametrize("payload", [b"", b"{", b"[]", b"{}", b'{"origin":1}', b'{"origin":{"name":"other"}}'])
def test_a_device_of_another_origin_is_not_ours(payload: bytes) -> None:
    assert not is_own(Topics(), "homeassistant/device/tiktok_alice/config", payload)
