from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.webcast.battle_messages import (
    ALICE,
    BATTLE_END,
    BATTLE_ID,
    BERTA,
    CARLA,
    CUT_SHORT,
    DORA,
    DRAW,
    END_S,
    FINISHED,
    LOSE,
    NAMES,
    PUNISHMENT,
    RELEASED,
    START_MS,
    WIN,
    Live,
    armies,
    battle,
    finished,
    named,
    opened,
    setting,
    team_armies,
    team_results,
)
from tests.webcast.events.shape import event_faults
from tiktok2mqtt.webcast.battle import MAX_CARDS, MAX_HOSTS
from tiktok2mqtt.webcast.battles import END_GRACE_S, MAX_CHARS, MAX_PEOPLE, PUNISHMENT_S, REFRESH_S, RESULTS_S
from tiktok2mqtt.webcast.events.registry import Event
from tiktok2mqtt.webcast.events.rows import REGISTRY
from tiktok2mqtt.webcast.schema import battles_pb2 as pb

STATES = ("battle_started", "battle_ended", "battle")


def told(events: list[Event]) -> list[str]:
    """Return the names of the events about battles as a whole."""
    return [event["event_type"] for event in named(events, *STATES)]


def last(events: list[Event]) -> Event:
    return named(events, "battle")[-1]


def by_host(event: Event, key: str) -> dict[str, Any]:
    return {NAMES[int(host["user_id"])]: host[key] for host in event["hosts"]}


# --- start and end ---


def test_a_battle_of_two_starts_once_and_ends_once() -> None:
    live = Live()
    started = live.receive(0, opened())
    assert told(started) == ["battle_started", "battle"]
    running = live.receive(60, opened(), armies({ALICE: 10, DORA: 4}))
    assert told(running) == ["battle"]
    ended = live.receive(305, finished({ALICE: (WIN, 10), DORA: (LOSE, 4)}))
    assert told(ended) == ["battle_ended", "battle"]
    assert told(live.receive(306, finished({ALICE: (WIN, 10), DORA: (LOSE, 4)}), armies({ALICE: 10, DORA: 4}))) == []
    assert live.wait(306 + PUNISHMENT_S - 2) == []
    for event in named(started + running + ended, *STATES):
        assert event_faults(event, REGISTRY.rows[event["event_type"]]) == []


def test_the_document_of_a_running_battle() -> None:
    live = Live()
    live.receive(0, opened(battle_combo={ALICE: pb.BattleCombo(user_id=ALICE, combo_count=3)}))
    document = last(live.receive(60.5, armies({ALICE: 10, DORA: 4})))
    assert {key: document[key] for key in ("battle_id", "status", "battle_type_name", "seconds_left", "ts")} == {
        "battle_id": str(BATTLE_ID),
        "status": "running",
        "battle_type_name": "normal",
        "seconds_left": END_S - 60,
        "ts": "2023-11-14T22:14:20.500Z",
    }
    assert (document["started_at"], document["ends_at"]) == ("2023-11-14T22:13:20.000Z", "2023-11-14T22:18:21.000Z")
    assert by_host(document, "score") == {"alice": 10, "dora": 4}
    assert by_host(document, "nickname") == {"alice": "Alice", "dora": "Dora"}
    assert by_host(document, "is_room_host") == {"alice": True, "dora": False}
    assert by_host(document, "win_streak") == {"alice": 3, "dora": None}
    assert (document["teams"], document["winner"], document["result_name"], document["ended_at"]) == (
        [],
        None,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("results", "winner", "own"),
    [
        ({ALICE: (WIN, 10), DORA: (LOSE, 4)}, "alice", "win"),
        ({ALICE: (LOSE, 1), DORA: (WIN, 4)}, "dora", "lose"),
        ({ALICE: (DRAW, 4), DORA: (DRAW, 4)}, None, "draw"),
        # A result of 0 looks like one that was not sent.
        ({ALICE: (WIN, 4), DORA: (WIN, 4)}, None, "draw"),
        ({ALICE: (WIN, 4), DORA: (WIN, 9)}, "dora", "lose"),
        ({ALICE: (LOSE, 0), BERTA: (LOSE, 1), CARLA: (WIN, 9), DORA: (LOSE, 3)}, "carla", "lose"),
    ],
)
def test_the_winner(results: dict[int, tuple[int, int]], winner: str | None, own: str) -> None:
    live = Live()
    live.receive(0, opened(*results))
    (ended,) = named(live.receive(305, finished(results)), "battle_ended")
    assert (ended["winner"] and [host["unique_id"] for host in ended["winner"]["hosts"]]) == (winner and [winner])
    assert (ended["result_name"], ended["end_reason"], ended["status"]) == (own, "finish", "punishment")
    assert (ended["seconds_left"], ended["ended_at"]) == (0, "2023-11-14T22:18:25.000Z")


def test_in_a_battle_of_teams_each_host_has_its_own_score() -> None:
    live = Live()
    hosts = (DORA, ALICE, BERTA, CARLA)
    live.receive(0, opened(*hosts, battle_setting=setting(battle_type=2)))
    teams = ({BERTA: 0, CARLA: 3}, {DORA: 3, ALICE: 6})
    # As captured: the maps have one host of each team, with the team's total.
    running = live.receive(60, armies({BERTA: 3, ALICE: 9}, team_armies=team_armies(*teams)))
    (scores,) = named(running, "link_mic_armies")
    own = {"alice": 6, "berta": 0, "carla": 3, "dora": 3}
    assert by_host(scores, "score") == own
    assert [(team["team_id"], team["score"], team["user_ids"]) for team in scores["teams"]] == [
        ("1", 3, [str(BERTA), str(CARLA)]),
        ("2", 9, [str(DORA), str(ALICE)]),
    ]
    assert by_host(last(running), "score") == own
    assert by_host(last(running), "team_id") == {"alice": "2", "berta": "1", "carla": "1", "dora": "2"}
    end = finished(
        {ALICE: (WIN, 9), BERTA: (LOSE, 3)},
        anchor_info=None,
        team_battle_result=team_results((LOSE, teams[0]), (WIN, teams[1])),
        team_armies=team_armies(*teams),
    )
    ended = live.receive(305, end)
    (result,) = named(ended, "link_mic_battle")
    assert {NAMES[int(one["user_id"])]: (one["score"], one["result_name"]) for one in result["results"]} == {
        "alice": (6, "win"),
        "berta": (0, "lose"),
        "carla": (3, "lose"),
        "dora": (3, "win"),
    }
    document = last(ended)
    assert by_host(document, "score") == own
    assert by_host(document, "result_name") == {"alice": "win", "berta": "lose", "carla": "lose", "dora": "win"}
    assert [(team["score"], team["result_name"]) for team in document["teams"]] == [(3, "lose"), (9, "win")]
    assert document["winner"]["team_id"] == "2"
    assert [host["unique_id"] for host in document["winner"]["hosts"]] == ["dora", "alice"]
    assert document["result_name"] == "win"


def test_teams_are_known_from_the_start() -> None:
    members = [
        pb.BattleTeamMembers(team_id=1, user_id=[BERTA, CARLA]),
        pb.BattleTeamMembers(team_id=2, user_id=[DORA, ALICE]),
    ]
    (started,) = named(Live().receive(0, opened(DORA, ALICE, BERTA, CARLA, team_member=members)), "battle_started")
    assert {team["team_id"]: set(team["user_ids"]) for team in started["teams"]} == {
        "1": {str(BERTA), str(CARLA)},
        "2": {str(DORA), str(ALICE)},
    }
    alone = [pb.BattleTeamMembers(team_id=number, user_id=[user]) for number, user in enumerate((ALICE, DORA), 1)]
    (started,) = named(Live().receive(0, opened(team_member=alone)), "battle_started")
    assert started["teams"] == []


def test_a_battle_that_was_running_when_the_room_was_joined_starts_with_its_first_message() -> None:
    live = Live()
    (started,) = named(live.receive(100, armies({ALICE: 1, DORA: 2})), "battle_started")
    assert by_host(started, "unique_id") == {"alice": None, "dora": None}
    assert by_host(started, "is_room_host") == {"alice": None, "dora": None}
    # Names come with messages about the link as well.
    info = {ALICE: pb.CohostInfo(display_id="Alice", nickname="A"), DORA: pb.CohostInfo(display_id="dora")}
    link = pb.WebcastLinkLayerMessage(
        business_content=pb.LinkBusinessContent(
            cohost_content=pb.CohostContent(list_change=pb.CohostListChange(infos=info))
        )
    )
    document = last(live.receive(101, link))
    assert by_host(document, "unique_id") == {"alice": "Alice", "dora": "dora"}
    assert by_host(document, "is_room_host") == {"alice": True, "dora": False}


def test_the_room_is_recognized_by_its_id_as_well() -> None:
    live = Live(room="formerly.alice")
    anchor = pb.BattleAnchor(
        user_id=ALICE,
        user_info=pb.BattlePersonInfo(user=pb.BattlePerson(user_id=ALICE, room_id=int(live.session.room_id))),
    )
    document = last(live.receive(0, battle(4, battle_setting=setting(), anchor_info=[anchor])))
    assert by_host(document, "is_room_host") == {"alice": True}


def test_only_the_end_of_an_unknown_battle_is_reported_if_it_is_over() -> None:
    assert told(Live().receive(305, finished({ALICE: (WIN, 1), DORA: (LOSE, 0)}))) == ["battle_ended", "battle"]


def test_a_battle_that_is_cut_short() -> None:
    live = Live()
    live.receive(0, opened())
    (ended,) = named(live.receive(50, battle(CUT_SHORT, ALICE, DORA)), "battle_ended")
    assert ended["end_reason"] == "cut_short"


@pytest.mark.parametrize("action", [1, 2, 3, 7])
def test_an_offer_starts_nothing_and_ends_nothing(action: int) -> None:
    live = Live()
    offer = battle(action, ALICE, DORA, battle_setting=setting(0))
    assert told(live.receive(0, offer)) == []
    live.receive(1, opened())
    assert told(live.receive(2, battle(action, ALICE, DORA, battle_id=BATTLE_ID + 1, battle_setting=setting(0)))) == []


def test_the_next_battle_ends_the_one_before_whose_late_messages_are_ignored() -> None:
    live = Live()
    live.receive(0, opened())
    later = setting(start_time_ms=START_MS + 400_000)
    events = live.receive(400, opened(battle_id=BATTLE_ID + 1, battle_setting=later))
    assert told(events) == ["battle_ended", "battle_started", "battle"]
    assert named(events, "battle_ended")[0]["end_reason"] == "next_battle"
    late = (armies({ALICE: 9, DORA: 9}), finished({ALICE: (WIN, 1), DORA: (LOSE, 0)}), opened())
    assert told(live.receive(401, *late)) == []


def test_the_last_scores_end_a_battle_if_no_result_follows() -> None:
    live = Live()
    live.receive(0, opened())
    scores = armies({ALICE: 7, DORA: 9}, trigger_reason=BATTLE_END, battle_setting=setting(FINISHED))
    assert told(live.receive(301, scores)) == ["battle"]
    assert [event["end_reason"] for event in named(live.wait(301 + RESULTS_S + 1), "battle_ended")] == ["finish"]


def test_a_battle_without_an_end_is_over_some_time_after_it() -> None:
    live = Live()
    live.receive(0, opened())
    live.receive(200, armies({ALICE: 7, DORA: 9}))
    assert named(live.wait(END_S + END_GRACE_S - 1), "battle_ended") == []
    (ended,) = named(live.wait(END_S + END_GRACE_S + 1), "battle_ended")
    # The last scores were not seen.
    assert (ended["end_reason"], ended["status"], ended["winner"]) == ("timeout", "over", None)
    assert ended["ended_at"] == ended["ends_at"]
    assert live.session.seconds_to_next_tick(0.0) == float("inf")


def test_what_was_taken_for_over_goes_on() -> None:
    live = Live()
    live.receive(0, opened())
    assert told(live.session.close()) == ["battle_ended", "battle"]
    document = last(live.receive(100, armies({ALICE: 7, DORA: 9})))
    assert (document["status"], document["end_reason"], document["ended_at"]) == ("running", None, None)
    # Each battle ends once.
    assert told(live.receive(305, finished({ALICE: (LOSE, 7), DORA: (WIN, 9)}))) == ["battle"]
    assert live.session.close() == []


def test_the_punishment_ends_with_its_message_or_after_some_time() -> None:
    release = pb.WebcastLinkMicBattlePunishFinish(battle_id=BATTLE_ID, battle_setting=setting(RELEASED))
    for is_released in (True, False):
        live = Live()
        live.receive(0, opened())
        live.receive(305, finished({ALICE: (WIN, 1), DORA: (LOSE, 0)}))
        events = live.receive(400, release) if is_released else live.wait(305 + PUNISHMENT_S + 1)
        assert told(events) == ["battle"]
        assert last(events)["status"] == "over"
        assert told(live.receive(600, armies({ALICE: 1, DORA: 0}, battle_setting=setting(PUNISHMENT)))) == []


def test_the_end_of_the_punishment_ends_the_battle_too() -> None:
    live = Live()
    live.receive(0, opened())
    events = live.receive(400, pb.WebcastLinkMicBattlePunishFinish(battle_id=BATTLE_ID))
    assert told(events) == ["battle_ended", "battle"]
    assert last(events)["status"] == "over"


# --- time ---


def test_the_time_left_is_by_the_clock_of_the_service_and_refreshed() -> None:
    live = Live(lag_s=10_000.0)
    live.receive(0, opened())
    assert last(live.receive(100, armies({ALICE: 1, DORA: 2})))["seconds_left"] == END_S - 100
    assert [event["seconds_left"] for event in live.wait(100 + 2 * REFRESH_S + 1)] == [
        END_S - 100 - REFRESH_S,
        END_S - 100 - 2 * REFRESH_S,
    ]


def test_many_changes_are_reported_once_a_second() -> None:
    live = Live()
    live.receive(0, opened())
    events = [
        event
        for step in range(1, 31)
        for event in live.wait(step / 10) + live.receive(step / 10, armies({ALICE: step}))
    ]
    assert [by_host(event, "score")["alice"] for event in named(events, "battle")] == [9, 19, 29]
    assert [by_host(event, "score")["alice"] for event in live.wait(4)] == [30]
    # What starts or ends is reported at once.
    assert told(live.receive(4.1, finished({ALICE: (WIN, 31), DORA: (LOSE, 0)}))) == ["battle_ended", "battle"]


def test_nothing_is_reported_if_nothing_changes() -> None:
    live = Live()
    live.receive(0, opened())
    live.receive(10, armies({ALICE: 1, DORA: 2}))
    assert told(live.receive(11, armies({ALICE: 1, DORA: 2}))) == []


def test_added_time_postpones_the_end() -> None:
    live = Live()
    live.receive(0, opened())
    card = pb.WebcastLinkMicBattleItemCard(
        battle_id=BATTLE_ID,
        msg_type=5,
        use_extra_time_card=pb.UseExtraTimeCard(
            card_info=pb.ExtraTimeCardInfo(
                send_time_sec=START_MS // 1000 + 10, effect_last_duration=30, to_anchor_id=ALICE, extra_duration_sec=60
            )
        ),
    )
    document = last(live.receive(10, card, card))
    assert (document["extra_duration_s"], document["seconds_left"]) == (60, END_S - 10 + 60)
    # The settings include it later.
    document = last(live.receive(20, armies({ALICE: 1}, battle_setting=setting(extra_duration_second=60))))
    assert (document["extra_duration_s"], document["seconds_left"]) == (60, END_S - 20 + 60)


def test_history_counts_by_the_clock_of_this_machine() -> None:
    live = Live()
    message = opened()
    message.common.create_time = START_MS
    events = live.receive(50, message, is_history=True)
    assert [(event["event_type"], event["replayed"]) for event in named(events, *STATES)] == [
        ("battle_started", True),
        ("battle", True),
    ]
    assert last(events)["seconds_left"] == END_S - 50


def test_history_of_a_battle_that_is_over_starts_nothing() -> None:
    live = Live()
    message = opened()
    message.common.create_time = START_MS
    events = live.receive(END_S + END_GRACE_S + 100, message, is_history=True)
    assert told(events) == ["battle"]
    assert last(events)["status"] == "over"


# --- cards and tasks ---


def glove(host: int, at: int) -> pb.WebcastLinkMicBattleItemCard:
    sender = pb.BattlePersonInfo(user=pb.BattlePerson(user_id=5, nickname="Bob", display_id="bob"))
    info = pb.CriticalStrikeCardInfo(
        send_time_sec=START_MS // 1000 + at,
        effect_time_sec=START_MS // 1000 + at + 3,
        effect_last_duration=30,
        send_user=sender,
        multiple=5,
        critical_strike_rate_low=20,
        critical_strike_rate_high=30,
        to_anchor_id=host,
    )
    use = pb.UseCriticalStrikeCard(card_info=info, anchor_id=host)
    return pb.WebcastLinkMicBattleItemCard(battle_id=BATTLE_ID, msg_type=2, use_critical_strike_card=use)


def test_a_card_is_in_force_for_its_host_until_it_ends() -> None:
    live = Live()
    live.receive(0, opened())
    (event,) = named(live.receive(50, glove(DORA, 50)), "battle")
    assert by_host(event, "cards")["alice"] == []
    (card,) = by_host(event, "cards")["dora"]
    assert (card["kind"], card["sent_by"]["unique_id"], card["multiplier"]) == ("critical_strike", "bob", 5)
    assert (card["min_chance_percent"], card["max_chance_percent"]) == (20, 30)
    assert card["ends_at"] == "2023-11-14T22:14:43.000Z"
    # It is the same card if it is sent again.
    assert told(live.receive(51, glove(DORA, 50))) == []
    assert by_host(live.wait(84)[-1], "cards") == {"alice": [], "dora": []}


def task(kind: int, **values: Any) -> pb.WebcastLinkmicBattleTaskMessage:
    return pb.WebcastLinkmicBattleTaskMessage(task_message_type=kind, **values)


# As captured: the task runs from 160 to 120 s before the end, the reward from 114 to 84 s before it.
TASK = task(
    0,
    start=pb.BattleTaskStart(
        battle_bonus_config=pb.BattleBonusConfig(
            target_config=pb.TaskPeriodConfig(target_start_time=160, duration=40, progress_target=3),
            reward_config=pb.RewardPeriodConfig(reward_start_time=114, duration=30, reward_multiple=2),
        )
    ),
)


@pytest.mark.parametrize(
    ("result", "name", "multipliers"),
    [
        (0, "succeeded", {"alice": 2, "dora": None}),
        (1, "failed", {"alice": None, "dora": None}),
        (2, "both_succeeded", {"alice": 2, "dora": 2}),
    ],
)
def test_a_task_multiplies_the_gifts_of_those_who_succeed(
    result: int, name: str, multipliers: dict[str, int | None]
) -> None:
    live = Live()
    live.receive(0, opened())
    live.receive(130, TASK, task(1, task_update=pb.BattleTaskUpdate(progress=2, from_user_id=5)))
    document = last(live.wait(131))
    assert document["task"] == {
        "target": 3,
        "progress": 2,
        "starts_at": "2023-11-14T22:15:41.000Z",
        "ends_at": "2023-11-14T22:16:21.000Z",
        "result_name": None,
        "multiplier": 2,
        "reward_starts_at": "2023-11-14T22:16:27.000Z",
        "reward_ends_at": "2023-11-14T22:16:57.000Z",
        "reward_score": None,
    }
    nobody = {"alice": None, "dora": None}
    document = last(live.receive(181, task(2, task_settle=pb.BattleTaskSettle(result=result))))
    assert (document["task"]["result_name"], by_host(document, "multiplier")) == (name, nobody)
    during = live.wait(200)
    assert by_host(during[-1], "multiplier") == multipliers
    assert by_host(live.wait(218)[-1], "multiplier") == nobody
    prompt = pb.BattlePrompt(elements=[pb.BattlePromptElement(field="sum", value="1809")])
    reward = task(3, reward=pb.BattleRewardSettle(prompt=prompt))
    assert last(live.receive(219, reward))["task"]["reward_score"] == 1809


def test_the_partners_in_a_team_share_its_reward() -> None:
    live = Live()
    live.receive(0, opened(ALICE, BERTA, CARLA, DORA))
    live.receive(1, armies({}, team_armies=team_armies({BERTA: 0, CARLA: 3}, {DORA: 3, ALICE: 6})))
    live.receive(130, TASK)
    live.receive(181, task(2, task_settle=pb.BattleTaskSettle(result=0)))
    assert by_host(live.wait(200)[-1], "multiplier") == {"alice": 2, "berta": None, "carla": None, "dora": 2}


def test_cards_and_tasks_without_a_battle_are_ignored() -> None:
    live = Live()
    assert told(live.receive(50, glove(DORA, 50), TASK)) == []
    live.receive(51, opened())
    live.receive(305, finished({ALICE: (WIN, 1), DORA: (LOSE, 0)}))
    assert told(live.receive(306, glove(DORA, 306), TASK)) == []


# --- bounds ---


def crowd(count: int) -> list[pb.BattleAnchor]:
    people = (pb.BattlePerson(user_id=1000 + n, display_id=f"host{n}") for n in range(count))
    return [pb.BattleAnchor(user_id=one.user_id, user_info=pb.BattlePersonInfo(user=one)) for one in people]


def test_a_battle_has_at_most_fifty_hosts() -> None:
    document = last(Live().receive(0, opened(anchor_info=crowd(60))))
    assert [host["unique_id"] for host in document["hosts"]] == [f"host{n}" for n in range(MAX_HOSTS)]


@pytest.mark.parametrize(("others", "name"), [(MAX_PEOPLE - 1, "dora"), (MAX_PEOPLE, None)])
def test_the_names_of_the_last_two_hundred_hosts_are_known(others: int, name: str | None) -> None:
    live = Live()
    live.receive(0, battle(1, DORA))
    live.receive(1, battle(1, anchor_info=crowd(others)))
    assert by_host(last(live.receive(2, armies({DORA: 1}))), "unique_id") == {"dora": name}


def test_very_long_names_are_not_kept() -> None:
    user = pb.BattlePerson(user_id=DORA, display_id="dora", nickname="d" * (MAX_CHARS + 1))
    anchor = pb.BattleAnchor(user_id=DORA, user_info=pb.BattlePersonInfo(user=user))
    document = last(Live().receive(0, opened(anchor_info=[anchor])))
    assert (by_host(document, "nickname"), by_host(document, "unique_id")) == ({"dora": None}, {"dora": "dora"})


def test_a_battle_has_at_most_twenty_cards() -> None:
    live = Live()
    live.receive(0, opened())
    live.receive(20, *(glove(ALICE, second) for second in range(25)))
    document = last(live.wait(21))
    assert len(by_host(document, "cards")["alice"]) == MAX_CARDS


ANY_MESSAGE = st.one_of(
    st.builds(
        lambda action, number, status, users: battle(
            action, *users, battle_id=BATTLE_ID + number, battle_setting=setting(status)
        ),
        st.integers(0, 8),
        st.integers(0, 2),
        st.integers(0, 4),
        st.lists(st.sampled_from(list(NAMES)), max_size=4),
    ),
    st.builds(
        lambda scores, number, reason: armies(scores, battle_id=BATTLE_ID + number, trigger_reason=reason),
        st.dictionaries(st.sampled_from(list(NAMES)), st.integers(0, 9), max_size=4),
        st.integers(0, 2),
        st.integers(0, 5),
    ),
    st.builds(lambda number: pb.WebcastLinkMicBattlePunishFinish(battle_id=BATTLE_ID + number), st.integers(0, 2)),
    st.just(TASK),
    st.builds(glove, st.sampled_from(list(NAMES)), st.integers(0, 300)),
)


@given(st.lists(st.tuples(ANY_MESSAGE, st.floats(0, 400)), max_size=25))
def test_in_any_order_each_battle_starts_and_ends_once_at_most(steps: list[tuple[Any, float]]) -> None:
    live = Live()
    at = 0.0
    events: list[Event] = []
    for message, seconds in steps:
        at += seconds
        events += live.wait(at)
        events += live.receive(at, message)
    events += live.wait(at + 2000) + live.session.close()
    reported = [(event["event_type"], event["battle_id"]) for event in named(events, "battle_started", "battle_ended")]
    assert len(set(reported)) == len(reported)
    started = {battle_id for name, battle_id in reported if name == "battle_started"}
    assert started <= {battle_id for name, battle_id in reported if name == "battle_ended"}
    for event in named(events, *STATES):
        assert event_faults(event, REGISTRY.rows[event["event_type"]]) == []
