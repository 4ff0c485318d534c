"""What the endpoints of the simulated service share: the rooms, the open sockets, what has been handed out."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from tiktok2mqtt.simulator.checks import Limits
from tiktok2mqtt.simulator.cookies import Cookies
from tiktok2mqtt.simulator.faults import Faults
from tiktok2mqtt.simulator.grants import Grants
from tiktok2mqtt.simulator.hub import HISTORY_FRAME, Hub
from tiktok2mqtt.simulator.journal import Journal
from tiktok2mqtt.simulator.state import World


@dataclass(frozen=True)
class Behaviour:
    """How the service behaves.

    Args:
        fetch: what `im/fetch/` does. "polling" answers with messages, "upgrade" also offers a socket, "empty" is the
            empty 200 that an unsigned request gets.
        ttwid_on_try: only every n-th request for the anonymous cookie gets one.
        slim: users are written with id, names and picture only.
        flush_s: how long messages are collected into one frame, in seconds.
        limits: how long clients may take for their duties.
        sign_key: the only key that the sign provider accepts; None: it accepts any, and none.
        history_frame: how many messages of history a frame of a socket has at most. By HTTP all come in one body.
    """

    fetch: str = "polling"
    ttwid_on_try: int = 1
    slim: bool = False
    flush_s: float = 0.005
    limits: Limits = field(default_factory=Limits)
    sign_key: str | None = None
    history_frame: int = HISTORY_FRAME


class Shared:
    """Used on the loop's thread only. `upgrade_token` is the route parameter of an offered socket."""

    def __init__(self, behaviour: Behaviour, world: World, journal: Journal) -> None:
        self.behaviour = behaviour
        self.world = world
        self.journal = journal
        self.hub = Hub(behaviour.history_frame)
        self.faults = Faults()
        self.cookies = Cookies(behaviour.ttwid_on_try)
        self.grants = Grants()
        self.upgrade_token = secrets.token_urlsafe(16)
        self.socket_url = ""
