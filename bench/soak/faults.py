"""Injects faults during the soak test: between the daemon and TikTok, and between the daemon and the broker."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

from bench.soak.brokers import Broker, Mosquitto
from bench.soak.mqtt_proxy import MqttProxy
from tiktok2mqtt.simulator import Room, Simulator

_GARBAGE: Final = ("cut", "oversized", "random", "text", "truncated_gzip", "undecodable")
_REFUSALS: Final = ("device_blocked", "blocked", "reset", "server_error")
_FALLBACK_REFUSALS: Final = 2
_MAX_SILENCED: Final = 20
_RATE_LIMIT: Final = "rate limit"
# Each rate limit can hold up all rooms for a minute.
_MAX_RATE_LIMITS: Final = 2
_MAX_ACK_LOSS_S: Final = 3.0
# Every event fits, and no discovery message of a room.
_MAX_PACKET_BYTES: Final = 10_000


class FaultInjector:
    """Injects faults at random. A fault that lasts is ended by `end_expired`. `count` is the number of each fault.

    `half_open_sockets` allows silent sockets; the history must be long enough to replay what they lose.
    """

    def __init__(
        self,
        rng: random.Random,
        simulator: Simulator,
        broker: Broker,
        proxy: MqttProxy,
        *,
        half_open_sockets: bool,
    ) -> None:
        self.count: Counter[str] = Counter()
        self._rng = rng
        self._simulator = simulator
        self._broker = broker
        self._proxy = proxy
        self._ends: list[tuple[float, Callable[[], object]]] = []
        self._silenced: list[Room] = []
        # Name, weight, action.
        self._room_faults: list[tuple[str, int, Callable[[Room], object]]] = [
            ("dropped socket", 10, Room.drop_socket),
            ("socket closed after some frames", 3, lambda room: room.close_after(rng.randint(1, 5))),
            ("half-open socket", 2 * half_open_sockets, self._silence),
            ("garbage", 3, lambda room: room.send_garbage(rng.choice(_GARBAGE))),
            ("refused handshake", 3, self._refuse),
            (_RATE_LIMIT, 1, self._limit_rate),
            ("unusable response from the sign provider", 2, self._fail_sign),
        ]

    def inject_room_fault(self, connected: Sequence[Room]) -> None:
        """Inject a fault into one of the connected rooms. The others are already affected by one."""
        if not connected:
            return
        weights = [weight for _, weight, _ in self._room_faults]
        name, _, inject = self._rng.choices(self._room_faults, weights)[0]
        if name == _RATE_LIMIT and self.count[_RATE_LIMIT] >= _MAX_RATE_LIMITS:
            return
        self.count[name] += 1
        inject(self._rng.choice(connected))

    def _silence(self, room: Room) -> None:
        self._silenced.append(room)
        room.go_silent()

    def _refuse(self, room: Room) -> None:
        room.refuse(self._rng.choice(_REFUSALS))
        room.drop_socket()

    def _limit_rate(self, room: Room) -> None:
        room.refuse(429, {"Retry-After": "1"})
        room.drop_socket()

    def _fail_sign(self, room: Room) -> None:
        # The daemon tries the sign provider after two refusals of the direct socket.
        room.refuse("device_blocked", times=_FALLBACK_REFUSALS)
        self._simulator.fail_sign("stub")
        room.drop_socket()

    def inject_broker_fault(self, now: float, max_outage_s: float) -> None:
        """Inject a fault into the broker or the connection to it, unless another one still lasts."""
        if self._ends:
            return
        outage_s = self._rng.uniform(0.1, max_outage_s)
        faults = ("restart", "cut", "acks", "stall", *(["limit"] if isinstance(self._broker, Mosquitto) else []))
        match self._rng.choice(faults):
            case "limit":
                self.count["packets limited by the broker"] += 1
                self._limit_packets(_MAX_PACKET_BYTES)
                self._ends.append((now + outage_s, self._limit_packets))
            case "restart":
                self.count["broker restarted without its state"] += 1
                self._broker.stop()
                self._ends.append((now + outage_s, self._broker.start))
            case "cut":
                self.count["connection cut within a packet"] += 1
                self._proxy.cut_after(self._rng.randint(1, 20_000))
            case "acks":
                self.count["acknowledgements lost"] += 1
                self._proxy.swallow_acks = True
                self._ends.append((now + min(outage_s, _MAX_ACK_LOSS_S), self._restore_acks))
            case _:
                self.count["broker not reading"] += 1
                self._proxy.reading.clear()
                self._ends.append((now + outage_s, self._proxy.reading.set))

    def _limit_packets(self, max_bytes: int | None = None) -> None:
        if isinstance(self._broker, Mosquitto):
            self._broker.stop()
            self._broker.start(max_bytes)

    def _restore_acks(self) -> None:
        self._proxy.swallow_acks = False
        # Without a new connection, the client would wait half a minute for the lost acknowledgements.
        self._proxy.cut_after(1)

    def end_expired(self, now: float) -> None:
        """End the faults whose time is over."""
        expired = [end for at, end in self._ends if at <= now]
        self._ends = [(at, end) for at, end in self._ends if at > now]
        for end in expired:
            end()

    def end_all(self) -> None:
        """End all faults, and drop the sockets that may still be half-open."""
        self.end_expired(float("inf"))
        for room in self._silenced[-_MAX_SILENCED:]:
            room.drop_socket()
