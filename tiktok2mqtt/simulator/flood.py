"""Chat at high rates: payloads are encoded once, then only ids and times are replaced."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from tiktok2mqtt.simulator import messages
from tiktok2mqtt.simulator.envelope import Message
from tiktok2mqtt.simulator.viewers import Viewer
from tiktok2mqtt.simulator.wire import varint

if TYPE_CHECKING:
    import threading
    from collections.abc import Sequence

    from tiktok2mqtt.simulator.channel import Channel
    from tiktok2mqtt.simulator.messages import Head

FEW: Final = tuple(Viewer.named(f"viewer{number}") for number in range(20))
_QUEUED: Final = 1_000
# Placeholders with the encoded length of real ids (9 bytes) and times in ms (6 bytes), so that lengths stay correct.
_ID_MARK: Final = 0x7A5A_5A5A_5A5A_5A5A
_TIME_MARK: Final = 0x1A5_5A5A_A5A5


@dataclass(frozen=True)
class Plan:
    """Number of chats, chats per second (None: as fast as they are read), chats per frame, and the authors in turn."""

    count: int
    rate: float | None = None
    batch: int = 10
    viewers: Sequence[Viewer] = FEW

    def __post_init__(self) -> None:
        if self.count < 0 or self.batch < 1 or (self.rate is not None and self.rate <= 0) or not self.viewers:
            raise ValueError("a flood needs a count of 0 or more, a batch of 1 or more, a rate above 0 and a viewer")


class Template:
    """An encoded chat with placeholders for id and time."""

    def __init__(self, head: Head, viewer: Viewer, text: str) -> None:
        marked = replace(head, msg_id=_ID_MARK, now_ms=_TIME_MARK)
        payload = messages.chat(marked, viewer, text)
        encoded = Message(messages.CHAT, payload, _ID_MARK).encode()
        before, rest = encoded.split(varint(_ID_MARK), 1)
        middle, rest = rest.split(varint(_TIME_MARK), 1)
        after, end = rest.split(varint(_ID_MARK), 1)
        self._parts = before, middle, after, end

    def fill(self, msg_id: int, now_ms: int) -> bytes:
        """Return the encoded message with this id and time."""
        before, middle, after, end = self._parts
        encoded_id = varint(msg_id)
        return b"".join((before, encoded_id, middle, varint(now_ms), after, encoded_id, end))


async def flood(channel: Channel, plan: Plan, stop: threading.Event | None = None) -> float:
    """Run a plan on the loop; see `Room.flood`."""
    head = channel.head()
    templates = [
        Template(head, viewer, f"message of viewer {number}, one of many") for number, viewer in enumerate(plan.viewers)
    ]
    hub, world = channel.shared.hub, channel.shared.world
    start = time.monotonic()
    for done in range(0, plan.count, plan.batch):
        if stop is not None and stop.is_set():
            break
        if plan.rate is not None:
            await asyncio.sleep(max(0.0, start + done / plan.rate - time.monotonic()))
        now = time.time()
        numbers = range(done, min(done + plan.batch, plan.count))
        frame = [templates[n % len(templates)].fill(world.new_id(now), int(now * 1000)) for n in numbers]
        channel.state.counters.comments += len(frame)
        sockets = hub.inside(channel.state)
        for socket in sockets:
            socket.offer_frame(frame)
        await hub.drain(sockets, _QUEUED)
    await hub.drain(hub.inside(channel.state), 1)
    return time.monotonic() - start
