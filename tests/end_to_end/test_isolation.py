"""Faults in one room do not affect the others."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.daemon import running, tree
from tests.helpers import until
from tests.mqtt import Broker
from tiktok2mqtt.bridge.room import Json
from tiktok2mqtt.bridge.room import Room as BridgeRoom
from tiktok2mqtt.simulator import Room, Simulator

pytestmark = pytest.mark.unmeasured
Fault = Callable[[Room, threading.Event], object]
CHATS = 50


def flood(noisy: Room, over: threading.Event) -> None:
    noisy.flood(10_000_000, 20_000, 100, over)


def send_invalid_messages(noisy: Room, over: threading.Event) -> None:
    while not over.wait(0.005):
        with noisy.batch():
            for _ in range(20):
                noisy.send("WebcastChatMessage", b"\xff")


def reconnect(noisy: Room, over: threading.Event) -> None:
    while not over.wait(0.02):
        noisy.drop_socket()


@contextmanager
def injected(fault: Fault, noisy: Room) -> Iterator[None]:
    over = threading.Event()
    thread = threading.Thread(target=fault, args=(noisy, over))
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(10)


def fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the handler of the noisy room raise for every event."""
    real = BridgeRoom.on_event

    def on_event(self: BridgeRoom, event: Json) -> None:
        if self.name == "noisy":
            raise RuntimeError("no")
        real(self, event)

    monkeypatch.setattr(BridgeRoom, "on_event", on_event)


@pytest.mark.parametrize("broker", ["embedded"], indirect=True)
@pytest.mark.parametrize(
    ("fault", "fails"),
    [(flood, False), (flood, True), (send_invalid_messages, False), (reconnect, False)],
    ids=["floods", "floods and fails", "sends invalid messages", "reconnects"],
)
def test_other_rooms_lose_no_events(  # noqa: PLR0913, PLR0917 - fixtures
    sim: Simulator, room: Room, broker: Broker, monkeypatch: pytest.MonkeyPatch, fault: Fault, fails: bool
) -> None:
    noisy = sim.room("noisy")
    noisy.go_live()
    if fails:
        fail(monkeypatch)
    with running(tree(sim, broker.port, rooms=("alice", "noisy"))) as daemon:
        for one in (room, noisy):
            one.wait_for_client()
        texts = [f"chat {number}" for number in range(CHATS)]
        topic = daemon.topics.room("alice", "chat")
        with injected(fault, noisy):
            for text in texts:
                room.chat("bob", text)
            room.gift("bob", "Rose", 3)
            # Published while the fault lasts, not only afterwards.
            daemon.received("gift", count=3)
            until(lambda: len(daemon.listener.on(topic)) >= CHATS)
        assert [message.json["comment"] for message in daemon.listener.on(topic)] == texts
        assert room.clients == 1
