from collections.abc import Sequence

import pytest

from tiktok2mqtt.bridge.policies import POLICIES, Box, chosen
from tiktok2mqtt.webcast.events.rows import REGISTRY

# The documentation's column "QoS".
QOS = {
    "chat": 0,
    "member": 0,
    "gift": 1,
    "gift_streak": 0,
    "like": 0,
    "room_user": 0,
    "social": 0,
    "follow": 1,
    "share": 1,
    "question_new": 1,
    "stream_end": 1,
    "connected": 1,
    "disconnected": 1,
    "error": 1,
}


def test_every_event_has_a_policy_and_every_policy_an_event() -> None:
    without_policy = sorted(REGISTRY.rows.keys() - POLICIES.keys())
    without_row = sorted(POLICIES.keys() - REGISTRY.rows.keys())
    assert (without_policy, without_row) == ([], []), f"no policy: {without_policy}; no row: {without_row}"


def test_priority_events_are_exactly_those_that_are_never_shed() -> None:
    priority = {name for name, row in REGISTRY.rows.items() if row.priority}
    assert {name for name, policy in POLICIES.items() if policy.box is Box.PRIORITY} == priority


def test_qos_is_as_documented_and_nothing_is_retained() -> None:
    assert {name: policy.qos for name, policy in POLICIES.items()} == QOS
    assert not any(policy.retain for policy in POLICIES.values())


@pytest.mark.parametrize(
    ("events", "exclude", "published"),
    [
        ([], [], set(QOS)),
        (["gift", "chat"], [], {"gift", "chat"}),
        ([], ["chat", "like"], set(QOS) - {"chat", "like"}),
        (["gift", "chat"], ["chat"], {"gift"}),
    ],
)
def test_the_settings_choose_what_is_published(
    events: Sequence[str], exclude: Sequence[str], published: set[str]
) -> None:
    assert set(chosen(events, exclude, [])) == published


def test_retain_changes_nothing_but_retain() -> None:
    policies = chosen([], [], ["gift"])
    assert [name for name, policy in policies.items() if policy.retain] == ["gift"]
    assert (policies["gift"].qos, policies["gift"].box) == (1, Box.PRIORITY)
    assert not POLICIES["gift"].retain


@pytest.mark.parametrize("setting", ["events", "exclude_events", "retain"])
def test_an_unknown_event_is_refused_by_the_name_of_its_setting(setting: str) -> None:
    lists = {name: ["gifts", "chat"] if name == setting else [] for name in ("events", "exclude_events", "retain")}
    with pytest.raises(ValueError, match=rf"^{setting}: no such event: gifts; there are chat, member, gift, "):
        chosen(*lists.values())
