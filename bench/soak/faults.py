"""What goes wrong during the soak: on TikTok's side of the daemon, and on the broker's."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

from bench.soak.brokers import Mosquitto
from bench.soak.mqtt_proxy import MqttProxy
from tiktok2mqtt.cli.broker import EmbeddedBroker
from tiktok2mqtt.simulator import Room, Simulator

_GARBAGE: Final = ("cut", "oversized", "random", "text", "truncated_gzip", "undecodable")
_REFUSALS: Final = ("device_blocked", "blocked", "reset", "server_error")
_FAILS_TWICE: Final = 2
_RECENT: Final = 20
_LIMIT: Final = "rate limit"
# Each may hold up all rooms for a minute.
_MOST_LIMITS: Final = 2
Act = Callable[[], object]


class Disasters:
    """Strikes at random; what has to end later does so in `tend`. `count` says how often each has happened.

    `may_silence` says whether the history is long enough for what half-open sockets swallow.
    """

    def __init__(
        self,
        rng: random.Random,
        simulator: Simulator,
        broker: Mosquitto | EmbeddedBroker,
        proxy: MqttProxy,
        *,
        may_silence: bool,
    ) -> None:
        self.count: Counter[str] = Counter()
        self._rng = rng
        self._simulator = simulator
        self._broker = broker
        self._proxy = proxy
        self._later: list[tuple[float, Act]] = []
        self._silenced: list[Room] = []
        self._of_a_room: list[tuple[str, int, Callable[[Room], object]]] = [
            ("dropped socket", 10, Room.drop_socket),
            ("socket cut after some frames", 3, lambda room: room.close_after(rng.randint(1, 5))),
            ("half-open socket", 2 * may_silence, self._silence),
            ("garbage", 3, lambda room: room.send_garbage(rng.choice(_GARBAGE))),
            ("refused handshake", 3, self._refuse),
            (_LIMIT, 1, self._limit),
            ("useless answer of the sign provider", 2, self._stub),
        ]

    def strike_room(self, heard: Sequence[Room]) -> None:
        """Let something happen to one of the rooms that are heard; to the others enough has happened."""
        if not heard:
            return
        name, _, act = self._rng.choices(self._of_a_room, [weight for _, weight, _ in self._of_a_room])[0]
        if name == _LIMIT and self.count[_LIMIT] >= _MOST_LIMITS:
            return
        self.count[name] += 1
        act(self._rng.choice(heard))

    def _silence(self, room: Room) -> None:
        self._silenced.append(room)
        room.go_silent()

    def _refuse(self, room: Room) -> None:
        room.refuse(self._rng.choice(_REFUSALS))
        room.drop_socket()

    def _limit(self, room: Room) -> None:
        room.refuse(429, {"Retry-After": "1"})
        room.drop_socket()

    def _stub(self, room: Room) -> None:
        room.refuse("device_blocked", times=_FAILS_TWICE)
        self._simulator.fail_sign("stub")
        room.drop_socket()

    def strike_broker(self, now: float, longest_s: float) -> None:
        """Let something happen to the broker, or between it and the daemon, for at most so many seconds."""
        if self._later:
            return
        away_s = self._rng.uniform(0.1, longest_s)
        match self._rng.choice(("restart", "cut", "acks", "deaf")):
            case "restart":
                self.count["broker away, then without memory"] += 1
                self._broker.stop()
                self._later.append((now + away_s, self._broker.start))
            case "cut":
                self.count["connection cut in a packet"] += 1
                self._proxy.cut_after(self._rng.randint(1, 20_000))
            case "acks":
                self.count["acknowledgements lost"] += 1
                self._proxy.swallow_acks = True
                self._later.append((now + min(away_s, 3.0), self._give_acks))
            case _:
                self.count["broker that does not read"] += 1
                self._proxy.reading.clear()
                self._later.append((now + away_s, self._proxy.reading.set))

    def _give_acks(self) -> None:
        self._proxy.swallow_acks = False
        # A client that waits for what was lost would do so for half a minute.
        self._proxy.cut_after(1)

    def tend(self, now: float) -> None:
        """End what has lasted long enough."""
        over = [act for at, act in self._later if at <= now]
        self._later = [(at, act) for at, act in self._later if at > now]
        for act in over:
            act()

    def end(self) -> None:
        """End everything: a socket that may still be half-open is lost at last."""
        self.tend(float("inf"))
        for room in self._silenced[-_RECENT:]:
            room.drop_socket()
