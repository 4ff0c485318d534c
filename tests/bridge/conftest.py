from collections.abc import Callable

import pytest

from tests.bridge.doubles import FakeConnection
from tiktok2mqtt.bridge.mqtt.outbox import Message
from tiktok2mqtt.bridge.mqtt.policies import effective_policies
from tiktok2mqtt.bridge.mqtt.publisher import Publisher
from tiktok2mqtt.bridge.room import Room
from tiktok2mqtt.common.topics import Topics

MakeRoom = Callable[[str, bool], Room]


@pytest.fixture
def sent() -> list[Message]:
    """The messages that were put into the outbox."""
    return []


@pytest.fixture
def publisher(sent: list[Message]) -> Publisher:
    return Publisher(Topics(), effective_policies([], [], []), sent.append)


@pytest.fixture
def make_room(publisher: Publisher) -> MakeRoom:
    """Makes rooms with a FakeConnection."""

    def make(name: str, from_settings: bool) -> Room:
        room = Room(name, publisher, lambda _room: None, from_settings=from_settings)
        room.connection = FakeConnection()
        return room

    return make
