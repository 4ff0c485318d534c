"""What a program learns of the WebSocket through which messages arrive."""

import pytest
import websocket

from tests.helpers import until
from tests.webcast.conftest import ClientOf
from tests.webcast.rig import urls
from tiktok2mqtt.simulator import Room, Simulator
from tiktok2mqtt.webcast.client import WebcastPushConnection
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchResponse
from tiktok2mqtt.webcast.transports.base import ConnectedSocket
from tiktok2mqtt.webcast.transports.polling import PollingTransport


def test_a_direct_socket(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    sockets: list[ConnectedSocket] = []
    client.on("websocket_connected", sockets.append)
    client.connect()
    room.wait_for_client()
    (socket,) = sockets
    assert socket.url.startswith(client.options.socket_url)
    assert (socket.transport, socket.subprotocol) == ("direct", None)
    assert isinstance(socket.websocket, websocket.WebSocket)
    assert client.get_state().transport == "direct"


def test_a_socket_that_a_later_poll_offers(monkeypatch: pytest.MonkeyPatch) -> None:
    decoded = PollingTransport._decoded
    polls: list[FetchResponse] = []

    def without_the_first_offer(transport: PollingTransport, body: bytes) -> FetchResponse:
        response = decoded(transport, body)
        if not polls:
            response.push_server = ""
        polls.append(response)
        return response

    monkeypatch.setattr(PollingTransport, "_decoded", without_the_first_offer)
    with Simulator(fetch="upgrade") as sim:
        room = sim.room("alice")
        room.go_live()
        with WebcastPushConnection("alice", transports=("polling",), **urls(sim)) as client:
            sockets: list[ConnectedSocket] = []
            client.on("websocket_connected", sockets.append)
            assert client.connect().transport == "polling"
            room.wait_for_client()
            until(lambda: client.get_state().transport == "websocket")
            (socket,) = sockets
            assert socket.transport == "polling"
            assert socket.url.startswith("ws://127.0.0.1:")
            room.drop_socket()
            until(lambda: client.get_state().transport == "polling")
            assert client.get_state().connected
    sim.check()
