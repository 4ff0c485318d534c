"""What the tests of the transports share."""

import time
from collections.abc import Callable

from tiktok2mqtt.simulator import Simulator
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchResponse

Wanted = Callable[[FetchResponse], bool]


def has_messages(response: FetchResponse) -> bool:
    return bool(response.messages)


def next_response(receive: Callable[[float], FetchResponse | None], wanted: Wanted) -> FetchResponse:
    """Return the next response that is wanted; AssertionError when none comes within 5 s."""
    deadline = time.monotonic() + 5.0
    while time.monotonic() < deadline:
        response = receive(0.1)
        if response is not None and wanted(response):
            return response
    raise AssertionError("no response came")


def asked(sim: Simulator, path: str) -> int:
    """Return how often a path was asked for."""
    return sum(request.path == path for request in sim.requests)
