"""The verbs of a room: what a host and the viewers do. Each changes the truth and sends what the service would send."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from tiktok2mqtt.simulator import flood, messages
from tiktok2mqtt.simulator.gifts import as_gift
from tiktok2mqtt.simulator.messages import Send
from tiktok2mqtt.simulator.stage import Stage, verb
from tiktok2mqtt.simulator.state import Streak
from tiktok2mqtt.simulator.viewers import as_viewer

if TYPE_CHECKING:
    import threading
    from collections.abc import Sequence

    from tiktok2mqtt.simulator.gifts import Gift
    from tiktok2mqtt.simulator.viewers import Viewer

_TOP_VIEWERS: Final = 5


class Room(Stage):
    """One host's room. Verbs may be called from any thread, return when done, and give the id of the last message.

    A user is a username (the viewer is made at first mention) or a `Viewer`; a gift is a name or id of the catalogue,
    or a `Gift`. Verbs that send need a room that has been live: RuntimeError otherwise.
    """

    @verb
    def go_live(self, title: str = "", viewers: int = 12) -> str:
        """Starts a new LIVE under a new room id, which is returned; counters start anew."""
        now = time.time()
        room_id = self.shared.world.new_room_id(self.state, now)
        self.state.start(room_id, title or f"{self.state.host.nickname} is live", viewers, now)
        return str(room_id)

    @verb
    def end(self, *, announce: bool = True) -> None:
        """The host ends the LIVE; without `announce` no control message says so."""
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
    def control(self, action: int, tips: str = "") -> int:
        """A control message alone: 1 paused, 2 resumed, 3 ended, 4 suspended. The truth stays as it is."""
        return self._post(messages.CONTROL, lambda head: messages.control(head, action, tips))

    @verb
    def restrict_age(self, *, restricted: bool = True) -> None:
        """The room's info is from now on only for clients with a session cookie."""
        self.state.age_restricted = restricted

    @verb
    def go_private(self, *, private: bool = True) -> None:
        """The host's account is from now on shown to nobody: its profile says so, its LIVE is not found."""
        self.state.private = private

    @verb
    def chat(self, user: str | Viewer, text: str) -> int:
        """A comment."""
        self.state.counters.comments += 1
        return self._post(messages.CHAT, lambda head: messages.chat(head, as_viewer(user), text))

    @verb
    def member(self, user: str | Viewer) -> int:
        """A viewer joins."""
        counters = self.state.counters
        counters.viewers += 1
        counters.total_users += 1
        return self._post(messages.MEMBER, lambda head: messages.member(head, as_viewer(user), counters.viewers))

    @verb
    def like(self, user: str | Viewer, count: int = 15, total: int | None = None) -> int:
        """A batch of likes. `total` is what the message claims; the truth always grows by `count`."""
        self.state.counters.likes += count
        claimed = self.state.counters.likes if total is None else total
        return self._post(messages.LIKE, lambda head: messages.like(head, as_viewer(user), count, claimed))

    @verb
    def room_user(self, viewers: int | None = None) -> int:
        """The viewer counts with the top gifters; `viewers` sets how many there are now."""
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
        return self._post(messages.SOCIAL, lambda head: messages.follow(head, as_viewer(user), self.state.followers))

    @verb
    def share(self, user: str | Viewer) -> int:
        """A viewer shares the LIVE."""
        counters = self.state.counters
        counters.shares += 1
        return self._post(messages.SOCIAL, lambda head: messages.share(head, as_viewer(user), counters.shares))

    @verb
    def question(self, user: str | Viewer, text: str) -> int:
        """A question for the host."""
        return self._post(messages.QUESTION, lambda head: messages.question(head, as_viewer(user), text))

    @verb
    def gift(self, user: str | Viewer, gift: str | int | Gift, count: int = 1) -> int:
        """Gifts from first to last: the whole streak and its end, or one message for a gift without streaks."""
        sort = as_gift(gift)
        if sort.streakable:
            self.gift_streak(user, sort, count)
            return self.gift_end(user, sort)
        self.state.count_gift(as_viewer(user), sort, count)
        return self._gift(user, Send(sort, count, self.state.new_group(time.time()), ended=False))

    @verb
    def gift_streak(self, user: str | Viewer, gift: str | int | Gift, upto: int) -> int:
        """Opens a streak, or carries it on, up to that count; it stays open. ValueError when it is there already."""
        viewer, sort = as_viewer(user), as_gift(gift)
        streak = self.state.streaks.setdefault((viewer, sort), Streak(self.state.new_group(time.time())))
        if not sort.streakable or upto <= streak.count:
            raise ValueError(f"no streak of {sort.name} from {streak.count} up to {upto}")
        last = 0
        for count in range(streak.count + 1, upto + 1):
            streak.count = count
            self.state.count_gift(viewer, sort, 1)
            last = self._gift(viewer, Send(sort, count, streak.group_id, ended=False))
        return last

    @verb
    def gift_end(self, user: str | Viewer, gift: str | int | Gift, count: int | None = None) -> int:
        """Ends the open streak; `count` claims more than was shown so far. ValueError when none is open."""
        viewer, sort = as_viewer(user), as_gift(gift)
        streak = self.state.streaks.pop((viewer, sort), None)
        if streak is None:
            raise ValueError(f"{viewer.username} has no open streak of {sort.name}")
        final = streak.count if count is None else count
        self.state.count_gift(viewer, sort, max(0, final - streak.count))
        return self._gift(viewer, Send(sort, final, streak.group_id, ended=True))

    @verb
    def gift_abandon(self, user: str | Viewer, gift: str | int | Gift) -> None:
        """The open streak's end never comes; the next streak has its own group id."""
        self.state.streaks.pop((as_viewer(user), as_gift(gift)), None)

    def _gift(self, user: str | Viewer, send: Send) -> int:
        return self._post(messages.GIFT, lambda head: messages.gift(head, as_viewer(user), send))

    def flood(
        self,
        count: int,
        rate: float | None = None,
        batch: int = 10,
        stop: threading.Event | None = None,
        viewers: Sequence[Viewer] = flood.FEW,
    ) -> float:
        """Sends `count` chats of `viewers` in turn, `batch` to a frame, at `rate` a second or as fast as clients read.

        Returns the seconds it took until all were written to the sockets; `stop` ends it early. Meant for load: the
        chats change only in id and time, and are kept neither for history nor for polling clients.
        """
        return self.loop.call(flood.flood(self, flood.Plan(count, rate, batch, viewers), stop))
