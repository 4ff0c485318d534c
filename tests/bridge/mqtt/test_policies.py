from collections.abc import Sequence

import pytest

from tiktok2mqtt.bridge.mqtt.policies import DOCUMENTS, POLICIES, Policy, QueueClass, effective_policies
from tiktok2mqtt.webcast.events.rows import REGISTRY

ALL = set(REGISTRY.rows) - DOCUMENTS
# The documentation's column "QoS", where it is not 0.
QOS_1 = {
    "gift",
    "follow",
    "share",
    "question_new",
    "subscribe",
    "paused",
    "resumed",
    "stream_end",
    "connected",
    "disconnected",
    "error",
}
QOS_1 |= {"gap", "super_fan", "envelope", "link_mic_battle", "battle_started", "battle_ended"}


def test_every_policy_is_of_an_event_and_every_event_has_one() -> None:
    assert sorted(POLICIES.keys() - ALL) == []
    assert sorted(ALL ^ effective_policies([], [], []).keys()) == []


def test_documents_are_the_events_that_say_what_a_state_is_now() -> None:
    assert {name for name, row in REGISTRY.rows.items() if row.kind == "state"} == DOCUMENTS
    assert effective_policies(["battle", "chat"], [], ["battle"]).keys() == {"chat"}


def test_priority_events_are_exactly_those_that_are_never_dropped() -> None:
    priority = {name for name, row in REGISTRY.rows.items() if row.priority}
    assert {
        name for name, policy in effective_policies([], [], []).items() if policy.queue_class is QueueClass.PRIORITY
    } == priority


def test_qos_is_as_documented_and_nothing_is_retained() -> None:
    policies = effective_policies([], [], [])
    assert {name for name, policy in policies.items() if policy.qos == 1} == QOS_1
    assert not any(policy.retain for policy in policies.values())


def test_the_table_has_only_events_that_do_not_just_stream() -> None:
    assert Policy() not in POLICIES.values()
    assert effective_policies(["chat"], [], []) == {
        "chat": Policy(qos=0, queue_class=QueueClass.STREAMING, retain=False)
    }


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
    assert set(effective_policies(events, exclude, [])) == published


def test_retain_changes_nothing_but_retain() -> None:
    policies = effective_policies([], [], ["gift", "chat"])
    assert [name for name, policy in policies.items() if policy.retain] == ["chat", "gift"]
    assert (policies["gift"].qos, policies["gift"].queue_class) == (1, QueueClass.PRIORITY)
    assert not POLICIES["gift"].retain


@pytest.mark.parametrize("setting", ["events", "exclude_events", "retain"])
def test_an_unknown_event_is_refused_by_the_name_of_its_setting(setting: str) -> None:
    lists = {name: ["gifts", "chat"] if name == setting else [] for name in ("events", "exclude_events", "retain")}
    with pytest.raises(ValueError, match=rf"^{setting}: no such event: gifts \(did you mean gift\?\); `tiktok2mqtt s"):
        effective_policies(*lists.values())


def test_raw_messages_are_no_event() -> None:
    with pytest.raises(ValueError, match="no such event: raw"):
        effective_policies(["raw"], [], [])
