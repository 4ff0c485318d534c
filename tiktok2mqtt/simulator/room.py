"""The verbs of a room: what the host and the viewers do. Each changes the state and sends the service's messages."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from tiktok2mqtt.simulator import battles, flood, messages
from tiktok2mqtt.simulator.battles import Battle
from tiktok2mqtt.simulator.channel import Channel, verb
from tiktok2mqtt.simulator.encoder import Context
from tiktok2mqtt.simulator.examples import compose_message, find_example
from tiktok2mqtt.simulator.gifts import as_gift
from tiktok2mqtt.simulator.messages import Box, GiftSend
from tiktok2mqtt.simulator.state import Streak
from tiktok2mqtt.simulator.viewers import as_viewer

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Mapping, Sequence

    from tiktok2mqtt.simulator.gifts import Gift
    from tiktok2mqtt.simulator.messages import Head
    from tiktok2mqtt.simulator.viewers import Viewer

_TOP_VIEWERS: Final = 5


class Room(Channel):
    """One host's room. Verbs may be called from any thread and return the id of the last message when done.

    A user is a username or a `Viewer`; a gift is a name or id of the catalogue, or a `Gift`. Verbs that send raise
    RuntimeError if the room has never been live.
    """

    @verb
    def go_live(self, title: str = "", viewers: int = 12) -> str:
        """Start a new LIVE with new counters; return its room id."""
        now = time.time()
        room_id = self.shared.world.new_room_id(self.state, now)
        self.state.start(room_id, title or f"{self.state.host.nickname} is live", viewers, now)
        return str(room_id)

    @verb
    def end(self, *, announce: bool = True) -> None:
        """The host ends the LIVE; without `announce`, no control message is sent."""
        self._finish(messages.ENDED if announce else None)

    @verb
    def suspend(self) -> None:
        """The service ends the LIVE."""
        self._finish(messages.SUSPENDED)

    def _finish(self, action: int | None) -> None:
        self.state.stop(time.time())
        if action is not None:
            self.control(action)

    @verb
    def pause(self) -> None:
        """The host pauses the LIVE: it goes on, with another status."""
        self.state.paused = True
        self.control(messages.PAUSED)

    @verb
    def unpause(self) -> None:
        """The host resumes a paused LIVE."""
        self.state.paused = False
        self.control(messages.RESUMED)

    @verb
    def control(self, action: int, tips: str = "") -> int:
        """Send only a control message: 1 paused, 2 resumed, 3 ended, 4 suspended. The state does not change."""
        return self._post(messages.CONTROL, lambda head: messages.control(head, action, tips))

    @verb
    def restrict_age(self, *, restricted: bool = True) -> None:
        """Return room info only to clients with a session cookie."""
        self.state.age_restricted = restricted

    @verb
    def go_private(self, *, private: bool = True) -> None:
        """Make the account private: its profile says so, its LIVE is not found."""
        self.state.private = private

    @verb
    def viewer(  # noqa: PLR0913 - one argument per fact
        self,
        user: str,
        *,
        nickname: str | None = None,
        gifter_level: int | None = None,
        fans_level: int | None = None,
        moderator: bool | None = None,
        subscriber: bool | None = None,
        follower: bool | None = None,
        friend: bool | None = None,
        gift_giver: bool | None = None,
        top_gifter: bool | None = None,
    ) -> None:
        """Change what a viewer is in this room, from now on. Sends nothing."""
        given = {
            "nickname": nickname,
            "gifter_level": gifter_level,
            "fans_level": fans_level,
            "is_moderator": moderator,
            "is_subscriber": subscriber,
            "is_follower": follower,
            "is_friend": friend,
            "is_gift_giver": gift_giver,
            "is_top_gifter": top_gifter,
        }
        viewer = self._viewer(user)
        changes: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        self.state.viewers[viewer.username] = replace(viewer, **changes)

    def _viewer(self, user: str | Viewer) -> Viewer:
        """Return the viewer of a username, as `viewer` has changed it."""
        known = as_viewer(user)
        return self.state.viewers.get(known.username, known) if isinstance(user, str) else known

    def _hosts(self, names: str) -> list[Viewer]:
        return [self._viewer(name.strip()) for name in names.split(",") if name.strip()]

    @verb
    def event(self, event: str, fields: Mapping[str, object] | None = None) -> int:
        """Send the example of an event, with these fields changed; see `events.toml`.

        Raises ValueError if there is no example of this event, or a field is wrong.
        """
        example = find_example(event)
        return self.message(example.type, example.with_fields(fields or {}))

    @verb
    def message(self, type: str, fields: Mapping[str, object]) -> int:  # noqa: A002 - the key of scenario files
        """Send a message of any type with these fields, see `encoder`. Raises ValueError if a field is wrong."""

        def compose(head: Head) -> bytes:
            battle = self.state.battle
            battle_id = battle.battle_id if battle else self.state.last_battle_id
            started = int(self.state.started_at)
            context = Context(head, self._viewer, started, self.state.comment_id, battle_id)
            return compose_message(type, fields, context)

        return self._post(type, compose)

    @verb
    def chat(self, user: str | Viewer, text: str, language: str = "en") -> int:
        """A comment."""
        self.state.counters.comments += 1
        self.state.comment_id = self._post(
            messages.CHAT, lambda head: messages.chat(head, self._viewer(user), text, language)
        )
        return self.state.comment_id

    @verb
    def member(self, user: str | Viewer) -> int:
        """A viewer joins."""
        counters = self.state.counters
        counters.viewers += 1
        counters.total_users += 1
        return self._post(messages.MEMBER, lambda head: messages.member(head, self._viewer(user), counters.viewers))

    @verb
    def like(self, user: str | Viewer, count: int = 15, total: int | None = None) -> int:
        """A batch of likes. `total` is what the message says; the state always grows by `count`."""
        self.state.counters.likes += count
        claimed = self.state.counters.likes if total is None else total
        return self._post(messages.LIKE, lambda head: messages.like(head, self._viewer(user), count, claimed))

    @verb
    def room_user(self, viewers: int | None = None) -> int:
        """The viewer counts with the top gifters; `viewers` sets the current number."""
        counters = self.state.counters
        if viewers is not None:
            counters.viewers = viewers
            counters.total_users = max(counters.total_users, viewers)
        ranks = counters.scores.most_common(_TOP_VIEWERS)
        return self._post(
            messages.ROOM_USER, lambda head: messages.room_user(head, counters.viewers, counters.total_users, ranks)
        )

    @verb
    def follow(self, user: str | Viewer) -> int:
        """A viewer follows the host."""
        self.state.followers += 1
        return self._post(messages.SOCIAL, lambda head: messages.follow(head, self._viewer(user), self.state.followers))

    @verb
    def share(self, user: str | Viewer) -> int:
        """A viewer shares the LIVE."""
        counters = self.state.counters
        counters.shares += 1
        return self._post(messages.SOCIAL, lambda head: messages.share(head, self._viewer(user), counters.shares))

    @verb
    def question(self, user: str | Viewer, text: str) -> int:
        """A question for the host."""
        return self._post(messages.QUESTION, lambda head: messages.question(head, self._viewer(user), text))

    @verb
    def gift(self, user: str | Viewer, gift: str | int | Gift, count: int = 1) -> int:
        """Send a whole streak with its end, or one message for a gift that has no streaks."""
        sort = as_gift(gift)
        if sort.streakable:
            self.gift_streak(user, sort, count)
            return self.gift_end(user, sort)
        self.state.count_gift(self._viewer(user), sort, count)
        return self._gift(user, GiftSend(sort, count, self.state.new_group(time.time()), ended=False))

    @verb
    def gift_streak(self, user: str | Viewer, gift: str | int | Gift, upto: int) -> int:
        """Start or continue a streak up to this count; it stays open. Raises ValueError if it is there already."""
        viewer, sort = self._viewer(user), as_gift(gift)
        streak = self.state.streaks.setdefault((viewer, sort), Streak(self.state.new_group(time.time())))
        if not sort.streakable or upto <= streak.count:
            raise ValueError(f"no streak of {sort.name} from {streak.count} up to {upto}")
        last = 0
        for count in range(streak.count + 1, upto + 1):
            streak.count = count
            self.state.count_gift(viewer, sort, 1)
            last = self._gift(viewer, GiftSend(sort, count, streak.group_id, ended=False))
        return last

    @verb
    def gift_end(self, user: str | Viewer, gift: str | int | Gift, count: int | None = None) -> int:
        """End the open streak, with a higher `count` if given. Raises ValueError if none is open."""
        viewer, sort = self._viewer(user), as_gift(gift)
        streak = self.state.streaks.pop((viewer, sort), None)
        if streak is None:
            raise ValueError(f"{viewer.username} has no open streak of {sort.name}")
        final = streak.count if count is None else count
        self.state.count_gift(viewer, sort, max(0, final - streak.count))
        return self._gift(viewer, GiftSend(sort, final, streak.group_id, ended=True))

    @verb
    def gift_abandon(self, user: str | Viewer, gift: str | int | Gift) -> None:
        """Leave the open streak without an end; the next streak has its own group id."""
        self.state.streaks.pop((self._viewer(user), as_gift(gift)), None)

    def _gift(self, user: str | Viewer, sent: GiftSend) -> int:
        return self._post(messages.GIFT, lambda head: messages.gift(head, self._viewer(user), sent))

    @verb
    def battle_start(self, rivals: str, partners: str = "", duration: int = 300) -> int:
        """Start a battle of `duration` seconds against these hosts; with `partners`, the host is in a team with them.

        Several names are separated by commas. Several rivals are a team; each host has a score of 0.
        """
        sides = [[self.state.host, *self._hosts(partners)], self._hosts(rivals)]
        now_ms = time.time_ns() // 1_000_000
        self.state.battle = Battle(self._new_id(), now_ms, duration, sides)
        return self._battle(battles.BATTLE, battles.opened)

    @verb
    def battle_score(self, score: int, host: str = "") -> int:
        """Set the score of a host, by default of this room's, in the battle.

        Raises ValueError if there is no battle, or not with this host.
        """
        battle = self._running_battle()
        viewer = self._viewer(host) if host else self.state.host
        if not any(viewer in side for side in battle.sides):
            raise ValueError(f"{viewer.username} is not in the battle")
        battle.scores[viewer] = score
        return self._battle(battles.ARMIES, battles.scores)

    @verb
    def battle_end(self) -> int:
        """End the battle: the side with the higher score wins. Raises ValueError if there is none."""
        self._running_battle()
        last = self._battle(battles.BATTLE, battles.finished)
        self.state.last_battle_id, self.state.battle = self._running_battle().battle_id, None
        return last

    def _running_battle(self) -> Battle:
        if self.state.battle is None:
            raise ValueError(f"{self.name} has no battle")
        return self.state.battle

    def _battle(self, method: str, compose: Callable[[Head, Battle], bytes]) -> int:
        battle = self._running_battle()
        return self._post(method, lambda head: compose(head, battle))

    @verb
    def envelope(self, user: str | Viewer, diamonds: int = 20, people: int = 5, opens_in: int = 180) -> int:
        """A viewer sends a treasure box that opens in so many seconds. Returns the id of the box."""
        box = Box(self._new_id(), diamonds, people, int(time.time()) + opens_in)
        self._post(messages.ENVELOPE, lambda head: messages.envelope(head, self._viewer(user), box))
        self.state.boxes.append(box.box_id)
        return box.box_id

    @verb
    def envelope_hide(self) -> int:
        """Hide the treasure box that was sent first. Raises ValueError if there is none."""
        if not self.state.boxes:
            raise ValueError(f"{self.name} has no treasure box")
        box_id = self.state.boxes.pop(0)
        return self._post(messages.ENVELOPE, lambda head: messages.envelope_hidden(head, box_id))

    def flood(
        self,
        count: int,
        rate: float | None = None,
        batch: int = 10,
        stop: threading.Event | None = None,
        viewers: Sequence[Viewer] = flood.FEW,
    ) -> float:
        """Send `count` chats of `viewers` in turn, `batch` to a frame, at `rate` a second or as fast as clients read.

        Returns the seconds until all were written to the sockets; `stop` ends it early. For load tests: the chats
        differ only in id and time, and are not kept for history or for polling clients.
        """
        return self.loop.call(flood.flood(self, flood.Plan(count, rate, batch, viewers), stop))
