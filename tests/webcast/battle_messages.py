"""Messages about battles, and a session that receives them: `alice` is the room, `dora` and others are the rivals."""

from typing import Any

from google.protobuf.message import Message

from tiktok2mqtt.webcast.events.registry import Event
from tiktok2mqtt.webcast.events.rows import REGISTRY
from tiktok2mqtt.webcast.memory import Drops
from tiktok2mqtt.webcast.schema import battles_pb2 as pb
from tiktok2mqtt.webcast.schema import types_pb2
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchMessage, FetchResponse
from tiktok2mqtt.webcast.session import LiveSession

ROOM_ID = "7286184560900803334"
BATTLE_ID = 7286184974634765044
START_MS = 1_700_000_000_000
DURATION_S = 300
END_S = DURATION_S + 1
ALICE, BERTA, CARLA, DORA = 11, 12, 13, 14
NAMES = {ALICE: "alice", BERTA: "berta", CARLA: "carla", DORA: "dora"}
OPEN, FINISH, CUT_SHORT = 4, 5, 6
STARTED, FINISHED, PUNISHMENT, RELEASED = 1, 2, 3, 4
SCORE, BATTLE_END = 1, 2
WIN, LOSE, DRAW = 0, 1, 2


def setting(status: int = STARTED, **values: Any) -> pb.BattleSetting:
    return pb.BattleSetting(
        **{"start_time_ms": START_MS, "duration": END_S, "status": status, "battle_type": 1, **values}
    )


def host(user_id: int) -> pb.BattleAnchor:
    name = NAMES[user_id]
    user = pb.BattlePerson(user_id=user_id, nickname=name.title(), display_id=name)
    return pb.BattleAnchor(user_id=user_id, user_info=pb.BattlePersonInfo(user=user))


def battle(action: int, *hosts: int, battle_id: int = BATTLE_ID, **values: Any) -> pb.WebcastLinkMicBattle:
    known: dict[str, Any] = {"battle_setting": setting(), "anchor_info": map(host, hosts), **values}
    return pb.WebcastLinkMicBattle(battle_id=battle_id, action=action, **known)


def opened(*hosts: int, **values: Any) -> pb.WebcastLinkMicBattle:
    return battle(OPEN, *(hosts or (ALICE, DORA)), **values)


def finished(scores: dict[int, tuple[int, int]], **values: Any) -> pb.WebcastLinkMicBattle:
    """Return the end of a battle; `scores` are result and score by host."""
    results = {user: pb.BattleResult(user_id=user, result=result, score=n) for user, (result, n) in scores.items()}
    known: dict[str, Any] = {"battle_setting": setting(PUNISHMENT), "battle_result": results, **values}
    return battle(FINISH, *scores, **known)


def armies(scores: dict[int, int], battle_id: int = BATTLE_ID, **values: Any) -> pb.WebcastLinkMicArmies:
    known: dict[str, Any] = {"trigger_reason": SCORE, "battle_setting": setting(), **values}
    totals = {user: pb.BattleArmies(host_score=score) for user, score in scores.items()}
    return pb.WebcastLinkMicArmies(battle_id=battle_id, armies=totals, **known)


def members(scores: dict[int, int]) -> list[pb.BattleTeamUser]:
    return [pb.BattleTeamUser(user_id=user, score=score) for user, score in scores.items()]


def team_armies(*teams: dict[int, int]) -> list[pb.BattleTeamArmies]:
    return [
        pb.BattleTeamArmies(team_id=number, team_user=members(scores), team_total_score=sum(scores.values()))
        for number, scores in enumerate(teams, 1)
    ]


def team_results(*teams: tuple[int, dict[int, int]]) -> list[pb.BattleTeamResult]:
    return [
        pb.BattleTeamResult(team_id=number, team_user=members(scores), result=result, total_score=sum(scores.values()))
        for number, (result, scores) in enumerate(teams, 1)
    ]


class Live:
    """A session whose clock starts with the battle: `at` is in seconds since then, on both sides."""

    def __init__(self, room: str = "alice", *, lag_s: float = 0.0) -> None:
        # How far the clock of this machine is ahead of the service's.
        self._lag_s = lag_s
        self._now = 1000.0
        self._number = 0
        self.session = LiveSession(REGISTRY, room, ROOM_ID, wall=self._wall, drops=Drops())

    def _wall(self) -> float:
        return START_MS / 1000 + self._now - 1000.0 + self._lag_s

    def receive(self, at: float, *messages: Message, **envelope: Any) -> list[Event]:
        """Return the events that a response makes, those of its messages included."""
        self._now = 1000.0 + at
        fetched = []
        for message in messages:
            self._number += 1
            common = types_pb2.Common(create_time=round(START_MS + 1000 * at), msg_id=self._number)
            stamped = type(message)()
            stamped.CopyFrom(message)
            if not stamped.common.create_time:  # type: ignore[attr-defined]
                stamped.common.CopyFrom(common)  # type: ignore[attr-defined]
            payload = stamped.SerializeToString()
            fetched.append(
                FetchMessage(method=message.DESCRIPTOR.name, payload=payload, msg_id=self._number, **envelope)
            )
        return self.session.process(FetchResponse(messages=fetched), "direct", self._now)

    def wait(self, until: float) -> list[Event]:
        """Return what happens without messages, as a reader that sleeps until it is due finds it."""
        events = []
        while (left := self.session.seconds_to_next_tick(self._now)) <= 1000.0 + until - self._now:
            self._now += left
            made = self.session.tick(self._now)
            assert made or left > 0
            events += made
        self._now = 1000.0 + until
        return events


def named(events: list[Event], *names: str) -> list[Event]:
    """Return the events of these names."""
    return [event for event in events if event["event_type"] in names]
