"""The scripts in `bench/peers` publish what the simulator plays."""

import subprocess
from pathlib import Path
from typing import Final

import pytest

from tests.mqtt import TIMEOUT_S, Broker, Listener
from tests.peers.clients import PEERS, Peer
from tests.peers.scenario import play
from tiktok2mqtt.simulator import Simulator

_SCRIPTS: Final = Path(__file__).resolve().parents[2] / "bench" / "peers"


@pytest.mark.parametrize("peer", PEERS[:3], ids=lambda peer: peer.environment)
def test_a_script_publishes_what_is_played(peer: Peer, broker: Broker) -> None:
    if peer.missing:
        pytest.skip(peer.missing)
    with Simulator() as simulator, Listener(broker.port, ["tiktok/#"]) as listener:
        room = simulator.room("alice")
        room.go_live()
        addresses = ["127.0.0.1", str(broker.port), "alice", simulator.web_url, simulator.sign_url]
        command = [peer.interpreter, str(_SCRIPTS / peer.driver), *addresses]
        with subprocess.Popen(command, cwd=peer.folder) as script:
            try:
                room.wait_for_client(TIMEOUT_S)
                play(room)
                assert script.wait(TIMEOUT_S) == 0
            finally:
                script.kill()
        listener.publish("tiktok/alice/done", b"")
        listener.wait("tiktok/alice/done")
    events = [message.topic.removeprefix("tiktok/alice/") for message in listener.messages]
    gifts, others = ["gift"] * 5, ["like", "like", "room_user", "social", "social", "done"]
    assert events == ["member", "chat", "chat", *gifts, *others]
    chat = listener.on("tiktok/alice/chat")[0].json
    assert (chat["unique_id"], chat["comment"][:5]) == ("bob", "Grüße")
    assert [message.json["count"] for message in listener.on("tiktok/alice/gift")] == [1, 2, 3, 3, 1]
    simulator.check()
