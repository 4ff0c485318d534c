"""What tests of the client share: the simulator's URLs as options, an event log, answers of TikTok's pages."""

import random
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.helpers import until
from tiktok2mqtt.simulator import Room, Simulator
from tiktok2mqtt.webcast.client import WebcastPushConnection
from tiktok2mqtt.webcast.events.registry import Event


def urls(sim: Simulator) -> dict[str, Any]:
    """Return the options for a client of the simulator."""
    return {"web_url": sim.web_url, "webcast_url": sim.webcast_url, "socket_url": sim.socket_url}


class EventLog:
    """Every event of a client, in order."""

    def __init__(self, client: WebcastPushConnection) -> None:
        self.events: list[Event] = []
        client.on("*", self.events.append)

    @property
    def names(self) -> list[str]:
        return [event["event_type"] for event in self.events]

    def all(self, name: str) -> list[Event]:
        return [event for event in self.events if event["event_type"] == name]

    def wait(self, name: str, count: int = 1, timeout: float = 30.0) -> Event:
        """Wait until there are `count` events of that name; return the last of them."""
        until(lambda: len(self.all(name)) >= count, timeout)
        return self.all(name)[count - 1]


class Shortest(random.Random):
    """No jitter: always the shortest delay."""

    def uniform(self, a: float, b: float) -> float:  # noqa: ARG002 - the interface of Random
        return a


def live_page(room_id: str, status: int = 2, name: str = "alice") -> bytes:
    """Return a user's live page with this room id and status."""
    info = f'{{"user":{{"uniqueId":"{name}","roomId":"{room_id}"}},"liveRoom":{{"status":{status},"title":"Stale"}}}}'
    state = f'{{"LiveRoom":{{"liveRoomUserInfo":{info}}}}}'
    return f'<html><script id="SIGI_STATE" type="application/json">{state}</script></html>'.encode()


def api_answer(room_id: str, status: int = 2, name: str = "alice") -> bytes:
    """Return an answer of api-live about a user with this room id and status."""
    user = f'{{"uniqueId":"{name}","roomId":"{room_id}","status":{status}}}'
    return f'{{"statusCode":0,"data":{{"user":{user},"liveRoom":{{"status":{status}}}}}}}'.encode()


def threads_of(room: str) -> list[str]:
    """Return the names of the room's running threads."""
    return [thread.name for thread in threading.enumerate() if f"[{room}]" in thread.name]


@contextmanager
def deaf_server() -> Iterator[int]:
    """Yield a port where the system accepts connections and nothing answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=16) as server:
        yield server.getsockname()[1]


def connected(client: WebcastPushConnection, room: Room) -> EventLog:
    """Connect, and wait until the client receives the room's messages."""
    log = EventLog(client)
    client.connect()
    room.wait_for_client()
    log.wait("connected")
    return log
