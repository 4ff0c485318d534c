"""Shared by the tests of the transports."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Protocol

from tiktok2mqtt.common.errors import NetworkError
from tiktok2mqtt.simulator import Simulator
from tiktok2mqtt.webcast.net.http import HttpClient
from tiktok2mqtt.webcast.net.options import Options
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchResponse
from tiktok2mqtt.webcast.transports.base import Transport

Wanted = Callable[[FetchResponse], bool]


def has_messages(response: FetchResponse) -> bool:
    return bool(response.messages)


def next_response(receive: Callable[[float], FetchResponse | None], wanted: Wanted) -> FetchResponse:
    """Return the next response that is wanted; AssertionError if none arrives within 5 s."""
    deadline = time.monotonic() + 5.0
    while time.monotonic() < deadline:
        response = receive(0.1)
        if response is not None and wanted(response):
            return response
    raise AssertionError("no response arrived")


def asked(sim: Simulator, path: str) -> int:
    """Return how often a path was requested."""
    return sum(request.path == path for request in sim.requests)


class MakeTransport(Protocol):
    """The class of a transport."""

    def __call__(
        self, room: str, room_id: str, http: HttpClient, options: Options, dropped: Counter[str]
    ) -> Transport: ...


class TransportRig:
    """A transport for the room of alice, and its parts."""

    def __init__(self, make: MakeTransport, room_id: str, options: Options) -> None:
        self.http = HttpClient(options)
        self.dropped: Counter[str] = Counter()
        self.transport = make("alice", room_id, self.http, options, self.dropped)

    def response(self, wanted: Wanted = has_messages) -> FetchResponse:
        """Return the next response that is wanted."""
        return next_response(self.transport.receive, wanted)

    def close(self) -> None:
        self.transport.close()
        self.http.close()


def interrupted(transport: Transport) -> float:
    """Interrupt a transport while another thread receives from it; return how long that thread took to end, in seconds.

    AssertionError if it takes longer than 5 s.
    """
    failures: list[NetworkError] = []

    def read() -> None:
        try:
            while True:
                transport.receive(30.0)
        except NetworkError as error:
            failures.append(error)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    began = time.monotonic()
    transport.interrupt()
    reader.join(5.0)
    assert not reader.is_alive()
    assert len(failures) == 1
    return time.monotonic() - began
