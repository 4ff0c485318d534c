"""Who is in a battle between hosts, with which score.

In a battle of teams, the maps of a message have one host for each team, with the team's total; the scores of the hosts
themselves are in the lists of teams (captured 2023).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from tiktok2mqtt.webcast.events.fields import as_id, bounded, first_url

Json = dict[str, Any]
RESULT_NAMES: Final = {0: "win", 1: "lose", 2: "draw"}
"""The result of a host or a team (0 and 1 captured, 2 reported)."""
_MAX_SUPPORTERS: Final = 10


def who(user_id: int, unique_id: str, nickname: str, avatar: Any) -> Json:
    """Return the keys of WHO of a person who is not a User."""
    return {
        "user_id": as_id(user_id),
        "unique_id": unique_id or None,
        "nickname": nickname or None,
        "profile_picture_url": first_url(avatar),
    }


def person(info: Any, user_id: int = 0) -> Json:
    """Return the keys of WHO of a BattlePersonInfo."""
    user = info.user
    return who(user_id or user.user_id, user.display_id, user.nickname, user.avatar)


def entries(mapped: Any, values_each: int) -> list[tuple[int, Any]]:
    """Return the entries of a map in the order of their keys. Of entries with the same key, the last one counts."""
    return sorted({entry.key: entry.value for entry in bounded(mapped, values_each)}.items())


# --- hosts, teams and their scores ---


@dataclass(slots=True)
class _Scores:
    """What a message says about the scores, by host. `results` are of the host's team if there are teams."""

    scores: dict[str | None, int] = field(default_factory=dict)
    results: dict[str | None, int] = field(default_factory=dict)
    teams: dict[str | None, str | None] = field(default_factory=dict)


def _members(team: Any) -> list[tuple[str | None, int]]:
    users = bounded(team.team_user, 3)
    return [(as_id(user.user_id) or as_id(user.user_id_str), user.score) for user in users]


def _add_team(scores: _Scores, team: Any) -> None:
    for user_id, score in _members(team):
        scores.scores[user_id] = score
        scores.teams[user_id] = as_id(team.team_id)


def _battle_scores(message: Any) -> _Scores:
    scores = _Scores()
    for team in bounded(message.team_member, 2):
        scores.teams |= dict.fromkeys(map(as_id, bounded(team.user_id)), as_id(team.team_id))
    for team in message.team_battle_result or message.team_armies:
        _add_team(scores, team)
    for team in message.team_battle_result:
        scores.results |= dict.fromkeys((user_id for user_id, _ in _members(team)), team.result)
    if not scores.scores:
        results = entries(message.battle_result, 4)
        scores.scores = {as_id(host): result.score for host, result in results}
        scores.results = {as_id(host): result.result for host, result in results}
    if not scores.scores:
        scores.scores = {as_id(host): army.host_score for host, army in entries(message.armies, 4)}
    return scores


def _army_scores(message: Any) -> _Scores:
    scores = _Scores()
    for team in message.team_armies:
        _add_team(scores, team)
    if not scores.scores:
        scores.scores = {as_id(host): army.host_score for host, army in entries(message.armies, 4)}
    return scores


def _host(known: Json, scores: _Scores) -> Json:
    user_id = known["user_id"]
    result = scores.results.get(user_id)
    return known | {
        "team_id": scores.teams.get(user_id),
        "score": scores.scores.get(user_id),
        "result": result,
        "result_name": None if result is None else RESULT_NAMES.get(result),
    }


def _nobody(user_id: str | None) -> Json:
    return {"user_id": user_id, "unique_id": None, "nickname": None, "profile_picture_url": None}


def battle_hosts(message: Any) -> list[Json]:
    """Return the hosts in a LinkMicBattle, each with its own score."""
    scores = _battle_scores(message)
    known = [person(anchor.user_info, anchor.user_id) for anchor in bounded(message.anchor_info, 12)]
    rooms = {as_id(anchor.user_info.user.user_id): anchor.user_info.user.room_id for anchor in message.anchor_info}
    listed = {host["user_id"] for host in known}
    known += [_nobody(user_id) for user_id in (*scores.teams, *scores.scores) if user_id not in listed]
    streaks = {as_id(host): combo.combo_count for host, combo in entries(message.battle_combo, 3)}
    leagues = {as_id(host): league.league_name or None for host, league in entries(message.league_info, 2)}
    points = {as_id(host): league.estimated_score or None for host, league in entries(message.league_score_info, 2)}
    return [
        _host(host, scores)
        | {
            "host_room_id": as_id(rooms.get(host["user_id"])),
            "win_streak": streaks.get(host["user_id"]),
            "league": leagues.get(host["user_id"]),
            "league_score": points.get(host["user_id"]),
        }
        for host in _once(known)
    ]


def _once(hosts: Iterable[Json]) -> list[Json]:
    """Return the hosts without repetitions. One without an id is kept: it is none of the others."""
    listed: set[str] = set()
    once = []
    for host in hosts:
        if host["user_id"] not in listed:
            once.append(host)
            listed |= {host["user_id"]} - {None}
    return once


def army_hosts(message: Any) -> list[Json]:
    """Return the hosts in a LinkMicArmies, each with its own score."""
    scores = _army_scores(message)
    return [
        {"user_id": user_id, "team_id": scores.teams.get(user_id), "score": score}
        for user_id, score in scores.scores.items()
    ]


def battle_results(message: Any) -> list[Json]:
    """Return the result of each host in a LinkMicBattle; none before the end."""
    scores = _battle_scores(message)
    if not scores.results:
        return []
    return [
        {"user_id": user_id, "result": result, "result_name": RESULT_NAMES.get(result), "score": score}
        for user_id, score in scores.scores.items()
        if (result := scores.results.get(user_id)) is not None
    ]


def _team(team: Any, score: int, result: int | None, supporters: list[Json]) -> Json:
    return {
        "team_id": as_id(team.team_id),
        "score": score,
        "result": result,
        "result_name": None if result is None else RESULT_NAMES.get(result),
        "user_ids": [user_id for user_id, _ in _members(team) if user_id is not None],
        "supporters": supporters,
    }


def army_teams(message: Any) -> list[Json]:
    """Return the teams in a LinkMicArmies, or in a LinkMicBattle that has not ended."""
    return [
        _team(team, team.team_total_score, None, _supporters(team.user_armies))
        for team in bounded(message.team_armies, 6)
    ]


def battle_teams(message: Any) -> list[Json]:
    """Return the teams in a LinkMicBattle."""
    if not message.team_battle_result:
        return army_teams(message)
    supporters = {team.team_id: _supporters(team.user_armies) for team in bounded(message.team_armies, 6)}
    return [
        _team(team, team.total_score, team.result, supporters.get(team.team_id, []))
        for team in bounded(message.team_battle_result, 6)
    ]


def _supporters(army: Any) -> list[Json]:
    supporters = bounded(army.user_armies[:_MAX_SUPPORTERS], 6)
    return [who(s.user_id, "", s.nickname, s.avatar) | {"score": s.score} for s in supporters]


def armies_of(message: Any) -> list[Json]:
    """Return each host with its own score. The supporters of a host in a team are those of the team."""
    armies = entries(message.armies, 8)
    if not message.team_armies:
        return [
            {"user_id": as_id(host), "score": army.host_score, "supporters": _supporters(army)} for host, army in armies
        ]
    return [{"user_id": host, "score": score, "supporters": []} for host, score in _army_scores(message).scores.items()]


def punish_effects(message: Any) -> list[Json]:
    """Return the effects that hosts have to wear after a battle."""
    info = message.match_punish_extra_info.match_punish_effect_info
    names = {number: effect.name or None for number, effect in entries(info.effects, 2)}
    return [
        {"user_id": as_id(user), "effect_id": as_id(effect), "name": names.get(effect)}
        for user, effect in entries(info.user_to_effect, 3)
    ]
