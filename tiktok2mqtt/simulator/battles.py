"""Battles between hosts: who takes part with which score, and the payloads of their messages.

In a battle of teams, the maps of a message have one host for each team, with the team's total, as on the service
(captured 2023). The settings are those of captured messages too: a battle takes a second longer than announced.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tiktok2mqtt.simulator import fields as f
from tiktok2mqtt.simulator.messages import common
from tiktok2mqtt.simulator.viewers import encode_image
from tiktok2mqtt.simulator.wire import build

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tiktok2mqtt.simulator.messages import Head
    from tiktok2mqtt.simulator.viewers import Viewer

BATTLE: Final = "WebcastLinkMicBattle"
ARMIES: Final = "WebcastLinkMicArmies"
_OPEN, _FINISH = 4, 5
_STARTED, _PUNISHMENT = 1, 3
_ONE_TO_ONE, _TEAMS = 1, 2
_WIN, _LOSE, _DRAW = 0, 1, 2
_SCORE_CHANGED: Final = 1


@dataclass
class Battle:
    """A running battle: the sides with their hosts, and each host's own score. The first side is that of the room."""

    battle_id: int
    started_ms: int
    duration_s: int
    sides: list[list[Viewer]]
    scores: dict[Viewer, int] = field(default_factory=dict)

    @property
    def has_teams(self) -> bool:
        """Whether a side has more than one host."""
        return any(len(side) > 1 for side in self.sides)

    def total(self, side: list[Viewer]) -> int:
        """Return the sum of the scores of a side."""
        return sum(self.scores.get(host, 0) for host in side)

    def result(self, side: list[Viewer]) -> int:
        """Return the service's number for the result of a side."""
        totals = [self.total(one) for one in self.sides]
        if self.total(side) < max(totals):
            return _LOSE
        return _DRAW if totals.count(max(totals)) > 1 else _WIN


def opened(head: Head, battle: Battle) -> bytes:
    """The battle starts."""
    teams = [
        build(f.TEAM_MEMBERS, team_id=number, user_ids=[host.user_id for host in side])
        for number, side in enumerate(battle.sides, start=1)
    ]
    return build(
        f.BATTLE_MESSAGE,
        common=common(head, BATTLE),
        battle_id=battle.battle_id,
        settings=_settings(battle, _STARTED),
        action=_OPEN,
        anchors=[_anchor(host) for side in battle.sides for host in side],
        team_members=teams if battle.has_teams else None,
        action_by_user_id=head.host.user_id,
    )


def scores(head: Head, battle: Battle) -> bytes:
    """The scores have changed."""
    return build(
        f.ARMIES_MESSAGE,
        common=common(head, ARMIES),
        battle_id=battle.battle_id,
        armies=_armies(battle),
        trigger_reason=_SCORE_CHANGED,
        team_armies=_team_armies(battle),
        settings=_settings(battle, _STARTED),
    )


def finished(head: Head, battle: Battle) -> bytes:
    """The battle is over."""
    results = (
        (side, build(f.BATTLE_RESULT, user_id=side[0].user_id, result=battle.result(side), score=battle.total(side)))
        for side in battle.sides
    )
    team_results = [
        build(
            f.TEAM_RESULT,
            team_id=number,
            users=_members(battle, side),
            result=battle.result(side),
            total_score=battle.total(side),
        )
        for number, side in enumerate(battle.sides, start=1)
    ]
    return build(
        f.BATTLE_MESSAGE,
        common=common(head, BATTLE),
        battle_id=battle.battle_id,
        settings=_settings(battle, _PUNISHMENT),
        action=_FINISH,
        results=_by_host(results),
        armies=_armies(battle),
        anchors=[_anchor(host) for side in battle.sides for host in side],
        team_results=team_results if battle.has_teams else None,
        team_armies=_team_armies(battle),
    )


def _settings(battle: Battle, status: int) -> bytes:
    return build(
        f.BATTLE_SETTINGS,
        battle_id=battle.battle_id,
        start_time_ms=battle.started_ms,
        duration=battle.duration_s + 1,
        status=status,
        battle_type=_TEAMS if battle.has_teams else _ONE_TO_ONE,
    )


def _anchor(host: Viewer) -> bytes:
    avatar = encode_image([host.picture_url], "") if host.picture_url else None
    user = build(f.BATTLE_USER, user_id=host.user_id, nickname=host.nickname, avatar=avatar, display_id=host.username)
    return build(f.MAP_ENTRY, key=host.user_id, value=build(f.BATTLE_USER_INFO, user=user))


def _by_host(values: Iterable[tuple[list[Viewer], bytes]]) -> list[bytes]:
    return [build(f.MAP_ENTRY, key=side[0].user_id, value=value) for side, value in values]


def _armies(battle: Battle) -> list[bytes]:
    return _by_host((side, build(f.HOST_ARMIES, host_score=battle.total(side))) for side in battle.sides)


def _members(battle: Battle, side: list[Viewer]) -> list[bytes]:
    return [build(f.TEAM_USER, user_id=host.user_id, score=battle.scores.get(host, 0)) for host in side]


def _team_armies(battle: Battle) -> list[bytes] | None:
    if not battle.has_teams:
        return None
    return [
        build(f.TEAM_ARMIES, team_id=number, users=_members(battle, side), total_score=battle.total(side))
        for number, side in enumerate(battle.sides, start=1)
    ]
