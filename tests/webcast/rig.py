"""What tests of the client share: the simulator's addresses as options, and a memory for what is heard."""

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
    """Return the options that lead to the simulator."""
    return {"web_url": sim.web_url, "webcast_url": sim.webcast_url, "socket_url": sim.socket_url}


class Heard:
    """Every event of a client, in order."""

    def __init__(self, client: WebcastPushConnection) -> None:
        self.events: list[Event] = []
        client.on("*", self.events.append)

    @property
    def names(self) -> list[str]:
        return [event["event_type"] for event in self.events]

    def all(self, name: str) -> list[Event]:
        return [event for event in self.events if event["event_type"] == name]

    def wait(self, name: str, count: int = 1, timeout: float = 5.0) -> Event:
        """Wait until `count` events of that name were heard; return the last of them."""
        until(lambda: len(self.all(name)) >= count, timeout)
        return self.all(name)[count - 1]


def live_page(room_id: str, status: int = 2) -> bytes:
    """Return a live page that says so."""
    info = f'{{"user":{{"roomId":"{room_id}"}},"liveRoom":{{"status":{status},"title":"Stale"}}}}'
    state = f'{{"LiveRoom":{{"liveRoomUserInfo":{info}}}}}'
    return f'<html><script id="SIGI_STATE" type="application/json">{state}</script></html>'.encode()


def api_answer(room_id: str, status: int = 2) -> bytes:
    """Return an answer of api-live that says so."""
    user = f'{{"roomId":"{room_id}","status":{status}}}'
    return f'{{"statusCode":0,"data":{{"user":{user},"liveRoom":{{"status":{status}}}}}}}'.encode()


def threads_of(room: str) -> list[str]:
    """Return the names of the room's threads that run."""
    return [thread.name for thread in threading.enumerate() if f"[{room}]" in thread.name]


@contextmanager
def deaf_server() -> Iterator[int]:
    """Yield a port where connections are accepted by the system and never answered."""
    with socket.create_server(("127.0.0.1", 0), backlog=16) as server:
        yield server.getsockname()[1]


def connected(client: WebcastPushConnection, room: Room) -> Heard:
    """Connect, and wait until the room's messages arrive."""
    heard = Heard(client)
    client.connect()
    room.wait_for_client()
    heard.wait("connected")
    return heard
