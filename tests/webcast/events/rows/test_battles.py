from typing import Any

import pytest

from tests.webcast.battle_messages import setting, team_armies, team_results
from tests.webcast.events.decode import decoded
from tests.webcast.events.samples import picture
from tiktok2mqtt.webcast.schema import battles_pb2 as pb


@pytest.mark.parametrize(
    ("action", "name"),
    [
        (0, None),
        (1, "invite"),
        (2, "reject"),
        (3, "cancel"),
        (4, "open"),
        (5, "finish"),
        (6, "cut_short"),
        (7, "accept"),
        (8, None),
    ],
)
def test_the_action_of_a_battle_has_a_name(action: int, name: str | None) -> None:
    event = decoded(pb.WebcastLinkMicBattle(action=action))["link_mic_battle"]
    assert (event["action"], event["action_name"]) == (action or None, name)


@pytest.mark.parametrize(
    ("anchor", "user_id"),
    [
        (pb.BattleAnchor(user_id=5), "5"),
        (pb.BattleAnchor(user_info=pb.BattlePersonInfo(user=pb.BattlePerson(user_id=6))), "6"),
        (pb.BattleAnchor(user_id=5, user_info=pb.BattlePersonInfo(user=pb.BattlePerson(user_id=6))), "5"),
        (pb.BattleAnchor(), None),
    ],
)
def test_a_host_is_identified_by_either_id(anchor: Any, user_id: str | None) -> None:
    (host,) = decoded(pb.WebcastLinkMicBattle(anchor_info=[anchor]))["link_mic_battle"]["hosts"]
    assert host["user_id"] == user_id
    assert {host[key] for key in ("unique_id", "nickname", "profile_picture_url", "score", "result")} == {None}


def test_before_its_end_a_battle_has_no_scores_and_no_results() -> None:
    message = pb.WebcastLinkMicBattle(action=4, anchor_info=[pb.BattleAnchor(user_id=5)], battle_setting=setting())
    event = decoded(message)["link_mic_battle"]
    assert [(host["score"], host["result"]) for host in event["hosts"]] == [(None, None)]
    assert event["teams"] == event["results"] == event["armies"] == []
    assert (event["status_name"], event["battle_type_name"], event["extra_duration_s"]) == ("started", "normal", None)


@pytest.mark.parametrize(
    ("values", "ends_at"),
    [
        ({}, "2023-11-14T22:18:21.000Z"),
        ({"extra_duration_second": 60}, "2023-11-14T22:19:21.000Z"),
        ({"end_time_ms": 1_700_000_100_000}, "2023-11-14T22:15:00.000Z"),
        ({"end_time_ms": 1_600_000_000_000}, "2023-11-14T22:18:21.000Z"),
        ({"duration": 0}, None),
        ({"start_time_ms": 0}, None),
        ({"start_time_ms": 2**62}, None),
    ],
)
def test_the_end_of_a_battle_follows_from_its_settings(values: dict[str, int], ends_at: str | None) -> None:
    event = decoded(pb.WebcastLinkMicBattle(battle_setting=setting(**values)))["link_mic_battle"]
    assert event["ends_at"] == ends_at


def test_without_settings_the_state_of_a_battle_is_unknown() -> None:
    event = decoded(pb.WebcastLinkMicArmies(battle_id=7))["link_mic_armies"]
    assert {event[key] for key in ("status", "status_name", "battle_type", "ends_at", "started_at_ms")} == {None}


def test_armies_are_sorted_by_host_and_have_at_most_ten_supporters() -> None:
    army = [pb.BattleArmy(user_id=n, score=100 - n, nickname=f"n{n}", avatar=picture("n")) for n in range(1, 13)]
    message = pb.WebcastLinkMicArmies(
        armies={9: pb.BattleArmies(host_score=2), 7: pb.BattleArmies(host_score=1, user_armies=army)}
    )
    event = decoded(message)["link_mic_armies"]
    first, second = event["armies"]
    assert (first["user_id"], first["score"], len(first["supporters"])) == ("7", 1, 10)
    assert first["supporters"][0] == {
        "user_id": "1",
        "unique_id": None,
        "nickname": "n1",
        "profile_picture_url": "https://p16.example/n.webp",
        "score": 99,
    }
    assert second == {"user_id": "9", "score": 2, "supporters": []}
    assert event["hosts"] == [
        {"user_id": "7", "team_id": None, "score": 1},
        {"user_id": "9", "team_id": None, "score": 2},
    ]


def test_in_teams_the_scores_of_the_hosts_are_their_own() -> None:
    # As captured: the map has one host of each team, with the team's total and supporters.
    teams = team_armies({11: 0, 12: 3}, {13: 3, 14: 6})
    teams[1].user_armies.CopyFrom(pb.BattleArmies(user_armies=[pb.BattleArmy(user_id=5, score=9)], host_score=9))
    totals = {14: pb.BattleArmies(host_score=9), 11: pb.BattleArmies(host_score=3)}
    event = decoded(pb.WebcastLinkMicArmies(armies=totals, team_armies=teams))["link_mic_armies"]
    assert [(host["user_id"], host["team_id"], host["score"]) for host in event["hosts"]] == [
        ("11", "1", 0),
        ("12", "1", 3),
        ("13", "2", 3),
        ("14", "2", 6),
    ]
    assert [(team["team_id"], team["score"], team["user_ids"]) for team in event["teams"]] == [
        ("1", 3, ["11", "12"]),
        ("2", 9, ["13", "14"]),
    ]
    assert [[one["user_id"] for one in team["supporters"]] for team in event["teams"]] == [[], ["5"]]
    assert [(army["user_id"], army["score"], army["supporters"]) for army in event["armies"]] == [
        ("11", 0, []),
        ("12", 3, []),
        ("13", 3, []),
        ("14", 6, []),
    ]


def test_the_results_of_teams_are_those_of_their_hosts() -> None:
    message = pb.WebcastLinkMicBattle(
        action=5,
        anchor_info=[pb.BattleAnchor(user_id=14), pb.BattleAnchor(user_id=11)],
        battle_result={14: pb.BattleResult(user_id=14, score=9), 11: pb.BattleResult(user_id=11, result=1, score=3)},
        team_battle_result=team_results((1, {11: 0, 12: 3}), (0, {13: 3, 14: 6})),
    )
    event = decoded(message)["link_mic_battle"]
    own = {"11": (0, "lose"), "12": (3, "lose"), "13": (3, "win"), "14": (6, "win")}
    # The hosts in the order of the message; then those who are only in the teams.
    assert [host["user_id"] for host in event["hosts"]] == ["14", "11", "12", "13"]
    assert {host["user_id"]: (host["score"], host["result_name"]) for host in event["hosts"]} == own
    assert {one["user_id"]: (one["score"], one["result_name"]) for one in event["results"]} == own
    assert [(team["score"], team["result"], team["result_name"]) for team in event["teams"]] == [
        (3, 1, "lose"),
        (9, 0, "win"),
    ]


def test_a_member_of_a_team_may_have_its_id_as_a_text() -> None:
    team = pb.BattleTeamArmies(team_id=1, team_user=[pb.BattleTeamUser(user_id_str="11", score=2)])
    (host,) = decoded(pb.WebcastLinkMicArmies(team_armies=[team]))["link_mic_armies"]["hosts"]
    assert (host["user_id"], host["score"]) == ("11", 2)


def test_the_teams_are_known_from_the_start() -> None:
    message = pb.WebcastLinkMicBattle(
        action=4,
        anchor_info=[pb.BattleAnchor(user_id=11), pb.BattleAnchor(user_id=12)],
        team_member=[pb.BattleTeamMembers(team_id=2, user_id=[12]), pb.BattleTeamMembers(team_id=1, user_id=[11])],
    )
    event = decoded(message)["link_mic_battle"]
    assert [(host["user_id"], host["team_id"]) for host in event["hosts"]] == [("11", "1"), ("12", "2")]


def test_what_did_not_change_the_score_is_null() -> None:
    event = decoded(pb.WebcastLinkMicArmies(trigger_reason=4))["link_mic_armies"]
    gift = ("from_user_id", "gift_id", "gift_count", "repeat_count", "total_diamond_count", "gift_icon")
    assert {event[key] for key in gift} == {None}
    assert (event["trigger_reason_name"], event["is_critical_strike"]) == ("keep_alive", False)
