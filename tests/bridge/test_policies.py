from collections.abc import Sequence

import pytest

from tiktok2mqtt.bridge.policies import POLICIES, Box, Policy, chosen
from tiktok2mqtt.webcast.events.rows import REGISTRY

ALL = set(REGISTRY.rows)
# The documentation's column "QoS", where it is not 0.
QOS_1 = {"gift", "follow", "share", "question_new", "subscribe", "stream_end", "connected", "disconnected", "error"}
QOS_1 |= {"gap", "super_fan", "envelope", "link_mic_battle"}


def test_every_policy_is_of_an_event_and_every_event_has_one() -> None:
    assert sorted(POLICIES.keys() - ALL) == []
    assert sorted(ALL ^ chosen([], [], []).keys()) == []


def test_priority_events_are_exactly_those_that_are_never_shed() -> None:
    priority = {name for name, row in REGISTRY.rows.items() if row.priority}
    assert {name for name, policy in chosen([], [], []).items() if policy.box is Box.PRIORITY} == priority


def test_qos_is_as_documented_and_nothing_is_retained() -> None:
    policies = chosen([], [], [])
    assert {name for name, policy in policies.items() if policy.qos == 1} == QOS_1
    assert not any(policy.retain for policy in policies.values())


def test_the_table_names_only_what_does_not_just_stream() -> None:
    assert Policy() not in POLICIES.values()
    assert chosen(["chat"], [], []) == {"chat": Policy(qos=0, box=Box.STREAMING, retain=False)}


@pytest.mark.parametrize(
    ("events", "exclude", "published"),
    [
        ([], [], ALL),
        (["gift", "chat"], [], {"gift", "chat"}),
        ([], ["chat", "like"], ALL - {"chat", "like"}),
        (["gift", "chat"], ["chat"], {"gift"}),
    ],
)
def test_the_settings_choose_what_is_published(
    events: Sequence[str], exclude: Sequence[str], published: set[str]
) -> None:
    assert set(chosen(events, exclude, [])) == published


def test_retain_changes_nothing_but_retain() -> None:
    policies = chosen([], [], ["gift", "chat"])
    assert [name for name, policy in policies.items() if policy.retain] == ["chat", "gift"]
    assert (policies["gift"].qos, policies["gift"].box) == (1, Box.PRIORITY)
    assert not POLICIES["gift"].retain


@pytest.mark.parametrize("setting", ["events", "exclude_events", "retain"])
def test_an_unknown_event_is_refused_by_the_name_of_its_setting(setting: str) -> None:
    lists = {name: ["gifts", "chat"] if name == setting else [] for name in ("events", "exclude_events", "retain")}
    with pytest.raises(ValueError, match=rf"^{setting}: no such event: gifts \(did you mean gift\?\); `tiktok2mqtt s"):
        chosen(*lists.values())


def test_raw_messages_are_no_event() -> None:
    with pytest.raises(ValueError, match="no such event: raw"):
        chosen(["raw"], [], [])
