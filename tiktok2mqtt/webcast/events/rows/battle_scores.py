"""Who is in a battle between hosts, with which score.

In a battle of teams, the maps of a message have one host for each team, with the team's total; the scores of the hosts
themselves are in the lists of teams (captured 2023).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from tiktok2mqtt.webcast.events.fields import as_id, as_text, bounded, first_url

Json = dict[str, Any]
RESULT_NAMES: Final = {0: "win", 1: "lose", 2: "draw"}
"""The result of a host or a team (0 and 1 captured, 2 reported)."""
_MAX_SUPPORTERS: Final = 10


def who(user_id: int, unique_id: str, nickname: str, avatar: Any) -> Json:
    """Return the keys of WHO of a person who is not a User."""
    return {
        "user_id": as_id(user_id),
        "unique_id": as_text(unique_id),
        "nickname": as_text(nickname),
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
class _Sides:
    """What a message says by host: scores, results and teams. Without teams, `teams` is empty."""

    scores: dict[str | None, int] = field(default_factory=dict)
    results: dict[str | None, int] = field(default_factory=dict)
    teams: dict[str | None, str | None] = field(default_factory=dict)

    def add_team(self, team: Any) -> None:
        """Take the scores of the hosts of a team."""
        team_id = as_id(team.team_id)
        for user_id, score in _members(team):
            self.scores[user_id] = score
            self.teams[user_id] = team_id

    def add_result(self, host: str | None, result: int) -> None:
        """Take the result of a host, which is that of its team."""
        team = self.teams.get(host)
        mates = [] if team is None else [user_id for user_id, its_team in self.teams.items() if its_team == team]
        self.results |= dict.fromkeys([host, *mates], result)


def _members(team: Any) -> list[tuple[str | None, int]]:
    return [(as_id(user.user_id) or as_id(user.user_id_str), user.score) for user in bounded(team.team_user, 3)]


def army_scores(message: Any) -> Json:
    """Return what a LinkMicArmies says of the scores: its keys `hosts`, `teams` and `armies`."""
    sides = _Sides()
    for team in message.team_armies:
        sides.add_team(team)
    armies = _armies(message, sides)
    return {
        "hosts": [
            {"user_id": user_id, "team_id": sides.teams.get(user_id), "score": score}
            for user_id, score in sides.scores.items()
        ],
        "teams": _running_teams(message),
        "armies": armies,
    }


def battle_scores(message: Any) -> Json:
    """Return what a LinkMicBattle says of the scores: its keys `hosts`, `teams`, `results` and `armies`."""
    sides = _Sides()
    for team in bounded(message.team_member, 2):
        sides.teams |= dict.fromkeys(map(as_id, bounded(team.user_id)), as_id(team.team_id))
    for team in message.team_battle_result or message.team_armies:
        sides.add_team(team)
    has_teams = bool(sides.scores)
    for user_id, result in entries(message.battle_result, 4):
        sides.add_result(as_id(user_id), result.result)
        if not has_teams:
            sides.scores[as_id(user_id)] = result.score
    for team in message.team_battle_result:
        sides.results |= dict.fromkeys((user_id for user_id, _ in _members(team)), team.result)
    armies = _armies(message, sides)
    return {
        "hosts": _hosts(message, sides),
        "teams": _finished_teams(message) if message.team_battle_result else _running_teams(message),
        "results": [
            {"user_id": user_id, "result": result, "result_name": RESULT_NAMES.get(result), "score": score}
            for user_id, score in sides.scores.items()
            if (result := sides.results.get(user_id)) is not None
        ],
        "armies": armies,
    }


def _hosts(message: Any, sides: _Sides) -> list[Json]:
    anchors = bounded(message.anchor_info, 12)
    known = [person(anchor.user_info, anchor.user_id) for anchor in anchors]
    listed = {host["user_id"] for host in known}
    known += [_nobody(user_id) for user_id in (*sides.teams, *sides.scores) if user_id not in listed]
    rooms = {as_id(anchor.user_info.user.user_id): as_id(anchor.user_info.user.room_id) for anchor in anchors}
    streaks = {as_id(host): combo.combo_count for host, combo in entries(message.battle_combo, 3)}
    leagues = {as_id(host): as_text(league.league_name) for host, league in entries(message.league_info, 2)}
    points = {as_id(host): league.estimated_score or None for host, league in entries(message.league_score_info, 2)}
    hosts = []
    for host in _once(known):
        user_id = host["user_id"]
        result = sides.results.get(user_id)
        host |= {
            "team_id": sides.teams.get(user_id),
            "score": sides.scores.get(user_id),
            "result": result,
            "result_name": None if result is None else RESULT_NAMES.get(result),
            "host_room_id": rooms.get(user_id),
            "win_streak": streaks.get(user_id),
            "league": leagues.get(user_id),
            "league_score": points.get(user_id),
        }
        hosts.append(host)
    return hosts


def _nobody(user_id: str | None) -> Json:
    return {"user_id": user_id, "unique_id": None, "nickname": None, "profile_picture_url": None}


def _once(hosts: Iterable[Json]) -> list[Json]:
    """Return the hosts without repetitions. One without an id is kept: it is none of the others."""
    listed: set[str] = set()
    once = []
    for host in hosts:
        if host["user_id"] not in listed:
            once.append(host)
            listed |= {host["user_id"]} - {None}
    return once


def _armies(message: Any, sides: _Sides) -> list[Json]:
    """Return each host with its own score and supporters. The supporters of a team are in the list of teams.

    The scores of hosts that are not known from elsewhere are taken from the armies.
    """
    if message.team_armies:
        return [{"user_id": user_id, "score": score, "supporters": []} for user_id, score in sides.scores.items()]
    armies = [(as_id(host), army) for host, army in entries(message.armies, 8)]
    if not sides.scores:
        sides.scores = {user_id: army.host_score for user_id, army in armies}
    return [{"user_id": user_id, "score": army.host_score, "supporters": _supporters(army)} for user_id, army in armies]


def _supporters(army: Any) -> list[Json]:
    supporters = bounded(army.user_armies[:_MAX_SUPPORTERS], 6)
    return [who(s.user_id, "", s.nickname, s.avatar) | {"score": s.score} for s in supporters]


def _running_teams(message: Any) -> list[Json]:
    return [
        _team(team, team.team_total_score, None, _supporters(team.user_armies))
        for team in bounded(message.team_armies, 6)
    ]


def _finished_teams(message: Any) -> list[Json]:
    supporters = {team.team_id: _supporters(team.user_armies) for team in bounded(message.team_armies, 6)}
    return [
        _team(team, team.total_score, team.result, supporters.get(team.team_id, []))
        for team in bounded(message.team_battle_result, 6)
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


def punish_effects(message: Any) -> list[Json]:
    """Return the effects that hosts have to wear after a battle."""
    info = message.match_punish_extra_info.match_punish_effect_info
    names = {number: as_text(effect.name) for number, effect in entries(info.effects, 2)}
    return [
        {"user_id": as_id(user), "effect_id": as_id(effect), "name": names.get(effect)}
        for user, effect in entries(info.user_to_effect, 3)
    ]
