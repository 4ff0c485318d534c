"""One battle: its hosts and teams, scores, item cards, task and result. Pure.

All times are in ms since 1970, by the service's clock. Source: captured messages of 2023, and the newest public schema
for what they do not have.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any, Final

from tiktok2mqtt.common.times import timestamp_ms

Json = dict[str, Any]
MAX_HOSTS: Final = 50
MAX_CARDS: Final = 20
RUNNING, PUNISHMENT, OVER = "running", "punishment", "over"
WIN, LOSE, DRAW = "win", "lose", "draw"
WHO_KEYS: Final = ("user_id", "unique_id", "nickname", "profile_picture_url")
_HOST_KEYS: Final = ("team_id", "score", "result_name", "win_streak")
_TEAM_KEYS: Final = ("team_id", "score", "result_name", "user_ids")
_CARD_KEYS: Final = ("kind", "sent_by", "multiplier", "min_chance_percent", "max_chance_percent", "ends_at")
_FINISHES: Final = ("finish", "cut_short")
_SUCCESSES: Final = ("succeeded", "both_succeeded")


def ms_of(text: str | None) -> int | None:
    """Return RFC 3339 text as ms since 1970."""
    return None if text is None else round(datetime.fromisoformat(text).timestamp() * 1000)


def _text(ms: int | None) -> str | None:
    return None if ms is None else timestamp_ms(ms)


@dataclass(slots=True)
class _Task:
    target: int | None = None
    progress: int | None = None
    starts_ms: int | None = None
    ends_ms: int | None = None
    result_name: str | None = None
    multiplier: int | None = None
    reward_starts_ms: int | None = None
    reward_ends_ms: int | None = None
    reward_score: int | None = None

    def multiplier_at(self, now_ms: int) -> int | None:
        """Return the factor for the hosts who succeeded, while it is in force."""
        if self.result_name not in _SUCCESSES or self.reward_starts_ms is None or self.reward_ends_ms is None:
            return None
        return self.multiplier if self.reward_starts_ms <= now_ms < self.reward_ends_ms else None

    def document(self) -> Json:
        return {
            "target": self.target,
            "progress": self.progress,
            "starts_at": _text(self.starts_ms),
            "ends_at": _text(self.ends_ms),
            "result_name": self.result_name,
            "multiplier": self.multiplier,
            "reward_starts_at": _text(self.reward_starts_ms),
            "reward_ends_at": _text(self.reward_ends_ms),
            "reward_score": self.reward_score,
        }


class Battle:
    """What is known of one battle. It takes events as decoded."""

    def __init__(self, battle_id: str) -> None:
        self.battle_id = battle_id
        self.status = RUNNING
        self._type: Json = {"battle_type": None, "battle_type_name": None}
        self._starts_ms: int | None = None
        self._planned_end_ms: int | None = None
        self._duration_s: int | None = None
        # Time added by the settings in the messages, and by the cards that were played.
        self._setting_extra_s = self._card_extra_s = 0
        self._hosts: dict[str, Json] = {}
        self._teams: dict[str, Json] = {}
        # By host, kind and end, so that a card that is sent again is the same.
        self._cards: dict[tuple[Any, ...], Json] = {}
        self._task: _Task | None = None
        self._ended_ms: int | None = None
        self._end_reason: str | None = None

    # --- what the messages say ---

    def set_settings(self, event: Json) -> None:
        """Take the settings in an event: the kind of battle, and its times."""
        if event["battle_type"] is not None:
            self._type = {key: event[key] for key in self._type}
        self._starts_ms = event["started_at_ms"] or self._starts_ms
        self._planned_end_ms = ms_of(event["ends_at"]) or self._planned_end_ms
        self._duration_s = event["duration_s"] or self._duration_s
        self._setting_extra_s = max(self._setting_extra_s, event["extra_duration_s"] or 0)

    def set_scores(self, event: Json) -> None:
        """Take the hosts and the teams in an event. What it does not say stays as it is."""
        for seen in event["hosts"]:
            _update(self._hosts, seen["user_id"], {key: seen.get(key) for key in _HOST_KEYS})
        for seen in event["teams"]:
            _update(self._teams, seen["team_id"], {key: seen[key] for key in _TEAM_KEYS})

    def play_card(self, card: Json) -> None:
        """Take an item card in use. One without an end is ignored: it may be over."""
        if card["ends_at"] is None:
            return
        key = (card["host_user_id"], card["kind"], card["ends_at"])
        if key not in self._cards and card["extra_duration_s"]:
            self._card_extra_s += card["extra_duration_s"]
        self._cards[key] = {name: card[name] for name in _CARD_KEYS}
        if len(self._cards) > MAX_CARDS:
            del self._cards[next(iter(self._cards))]

    def set_task(self, event: Json) -> None:
        """Take what a message says about the task: its start, progress, result or reward."""
        task = self._task = self._task or _Task()
        task.target = event["target"] or task.target
        task.multiplier = event["reward_multiplier"] or task.multiplier
        task.starts_ms = self._instant(event, "task_starts_at", "task_starts_before_end_s") or task.starts_ms
        if task.starts_ms is not None and event["task_duration_s"]:
            task.ends_ms = task.starts_ms + 1000 * event["task_duration_s"]
        reward_ms = self._instant(event, "reward_starts_at", "reward_starts_before_end_s") or task.reward_starts_ms
        if reward_ms is not None and task.reward_starts_ms is not None and task.reward_ends_ms is not None:
            task.reward_ends_ms += reward_ms - task.reward_starts_ms
        elif reward_ms is not None and event["reward_duration_s"]:
            task.reward_ends_ms = reward_ms + 1000 * event["reward_duration_s"]
        task.reward_starts_ms = reward_ms
        if event["progress"] is not None:
            task.progress = max(event["progress"], task.progress or 0)
        task.result_name = event["result_name"] or task.result_name
        if event["reward_status"] is not None:
            task.reward_ends_ms, task.reward_score = ms_of(event["ts"]), event["reward_score"]

    def _instant(self, event: Json, key: str, key_before_end: str) -> int | None:
        """Return an instant that is given as such, or in seconds before the end of the battle."""
        if event[key] is not None:
            return ms_of(event[key])
        before_s, end_ms = event[key_before_end], self.end_ms
        return None if before_s is None or end_ms is None else end_ms - 1000 * int(before_s)

    def end(self, at_ms: int, reason: str) -> None:
        """End the battle, once. If it is finished, results that were not sent follow from the scores."""
        if not self.is_finished:
            self._ended_ms, self._end_reason = at_ms, reason
            self.status = PUNISHMENT if reason in _FINISHES else OVER
        if reason not in _FINISHES:
            return
        _set_results((self._teams or self._hosts).values())
        for team in self._teams.values():
            for user_id in team["user_ids"]:
                if (host := self._hosts.get(user_id)) is not None:
                    host["result_name"] = team["result_name"]

    def resume(self) -> None:
        """Let the battle run again: it was taken for over."""
        self.status = RUNNING
        self._ended_ms = self._end_reason = None
        for side in (*self._hosts.values(), *self._teams.values()):
            side["result_name"] = None

    # --- what follows from it ---

    @property
    def is_finished(self) -> bool:
        """Whether a message has said that the battle is over."""
        return self._end_reason in _FINISHES

    @property
    def end_ms(self) -> int | None:
        """The planned end, with the time that cards have added."""
        if self._planned_end_ms is None:
            return None
        return self._planned_end_ms + 1000 * max(0, self._card_extra_s - self._setting_extra_s)

    def next_change_ms(self, now_ms: int) -> int | None:
        """Return when a card or a multiplier begins or ends, if no message comes."""
        instants = [ms_of(card["ends_at"]) for card in self._cards.values()]
        if self._task is not None:
            instants += [self._task.reward_starts_ms, self._task.reward_ends_ms]
        return min((ms for ms in instants if ms is not None and ms > now_ms), default=None)

    def document(self, now_ms: int, people: Mapping[str, Json], room_host: str | None) -> Json:
        """Return the keys of the event `battle`. `people` are hosts by user id; `room_host` is the one of this room."""
        end_ms = self.end_ms
        left_s = None if end_ms is None else max(0, ceil((end_ms - now_ms) / 1000))
        own = self._hosts.get(room_host) if room_host is not None else None
        return {
            "battle_id": self.battle_id,
            "status": self.status,
            **self._type,
            "started_at": _text(self._starts_ms),
            "ends_at": _text(end_ms),
            "duration_s": self._duration_s,
            "extra_duration_s": max(self._setting_extra_s, self._card_extra_s) or None,
            "seconds_left": left_s if self.status == RUNNING else 0,
            "hosts": [self._host_document(user_id, now_ms, people, room_host) for user_id in self._hosts],
            "teams": [dict(team) for team in self._teams.values()] or self._teams_of_hosts(),
            "winner": self._winner(people),
            "result_name": own["result_name"] if own is not None else None,
            "task": self._task.document() if self._task is not None else None,
            "ended_at": _text(self._ended_ms),
            "end_reason": self._end_reason,
        }

    def _teams_of_hosts(self) -> list[Json]:
        """Return the teams as the hosts name them, until a message describes them; none if each host is alone."""
        teams: dict[str, Json] = {}
        for user_id, host in self._hosts.items():
            if (team_id := host["team_id"]) is not None:
                team = {"team_id": team_id, "score": None, "result_name": None, "user_ids": []}
                teams.setdefault(team_id, team)["user_ids"].append(user_id)
        return list(teams.values()) if 1 < len(teams) < len(self._hosts) else []

    def _host_document(self, user_id: str, now_ms: int, people: Mapping[str, Json], room_host: str | None) -> Json:
        host = self._hosts[user_id]
        cards = [
            card
            for (host_id, _, ends_at), card in self._cards.items()
            if host_id == user_id and self.status == RUNNING and (ms_of(ends_at) or 0) > now_ms
        ]
        return {
            **_who(user_id, people),
            "is_room_host": None if room_host is None else user_id == room_host,
            **host,
            "multiplier": self._multiplier(user_id, now_ms, room_host),
            "cards": cards,
        }

    def _multiplier(self, user_id: str, now_ms: int, room_host: str | None) -> int | None:
        """Return the factor for a host. The messages about the task are those of this room's side."""
        multiplier = self._task.multiplier_at(now_ms) if self._task is not None and self.status == RUNNING else None
        if self._task is None or multiplier is None or self._task.result_name == "both_succeeded":
            return multiplier
        own, host = self._hosts.get(room_host or ""), self._hosts[user_id]
        is_own_team = own is not None and host["team_id"] is not None and host["team_id"] == own["team_id"]
        return multiplier if user_id == room_host or is_own_team else None

    def _winner(self, people: Mapping[str, Json]) -> Json | None:
        sides = (self._teams or self._hosts).items()
        winners = [(side_id, side) for side_id, side in sides if side["result_name"] == WIN]
        if self.status == RUNNING or len(winners) != 1:
            return None
        side_id, side = winners[0]
        user_ids = side["user_ids"] if self._teams else [side_id]
        return {"team_id": side_id if self._teams else None, "hosts": [_who(user_id, people) for user_id in user_ids]}


def _who(user_id: str, people: Mapping[str, Json]) -> Json:
    known = people.get(user_id, {})
    return {key: known.get(key) for key in WHO_KEYS} | {"user_id": user_id}


def _update(known: dict[str, Json], key: str | None, seen: Json) -> None:
    if key is None or (key not in known and len(known) >= MAX_HOSTS):
        return
    before = known.get(key, seen)
    known[key] = {name: before[name] if value is None else value for name, value in seen.items()}


def _set_results(sides: Iterable[Json]) -> None:
    """Set the results of the sides from their scores, unless exactly one has won or all are even.

    On the wire, a result that was not sent looks like one that was won.
    """
    sides = list(sides)
    results = [side["result_name"] for side in sides]
    if results.count(WIN) == 1 or (sides and results == [DRAW] * len(sides)):
        return
    scores = [side["score"] or 0 for side in sides]
    best = max(scores, default=0)
    for side, score in zip(sides, scores, strict=True):
        side["result_name"] = LOSE if score < best else WIN if scores.count(best) == 1 else DRAW
