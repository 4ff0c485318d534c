"""The books of the soak notice what is lost, doubled or miscounted. That the daemon loses nothing: test_durability."""

import socket
from typing import Any

import orjson
import pytest

from bench.soak import run as program
from bench.soak.daemon import Vitals
from bench.soak.ledger import Ledger, Streak
from bench.soak.mqtt_proxy import MqttProxy
from bench.soak.run import Plan
from tests.helpers import until
from tests.mqtt import free_port

BOB = Streak("alice", "bob")


def tell(ledger: Ledger, name: str, event_id: int, **keys: Any) -> None:
    event = {"id": str(event_id), "room": "alice", "unique_id": "bob", **keys}
    ledger.arrive(f"tiktok/alice/{name}", orjson.dumps(event))


def tell_gift(ledger: Ledger, event_id: int, delta: int) -> None:
    tell(ledger, "gift", event_id, delta=delta, gift={"diamond_count": 5, "group_id": "7"})


@pytest.fixture
def ledger() -> Ledger:
    """Books of a follow, three gifts of 5 diamonds and a chat, that were sent."""
    books = Ledger()
    books.send("follow", 1)
    books.send("chat", 2)
    for _ in range(3):
        books.send_gifts(BOB, 5)
    return books


def test_what_has_arrived_once_or_again_is_well(ledger: Ledger) -> None:
    assert not ledger.is_settled()
    for _ in range(2):
        tell(ledger, "follow", 1)
        tell_gift(ledger, 10, 2)
        tell_gift(ledger, 11, 1)
    assert ledger.is_settled()
    verdict = ledger.verdict()
    assert verdict.broken() == []
    assert verdict.repeated == {"follow": 1, "gift": 2}
    assert verdict.diamonds_sent == verdict.diamonds_told == {"alice": 15}


def test_what_has_not_arrived_is_lost(ledger: Ledger) -> None:
    tell_gift(ledger, 10, 2)
    ledger.promise([("tiktok/alice/gap", b'{"id":"7-gap-1"}'), ("tiktok/bridge/event", b"{}")])
    assert ledger.verdict().broken() == [
        "lost: follow 1",
        "lost: gap 7-gap-1",
        "lost: gift of bob in alice: 5 diamonds of 15",
        "alice: 15 diamonds sent, 10 told",
    ]


def test_a_gift_under_two_ids_or_of_two_sizes_is_doubled(ledger: Ledger) -> None:
    tell(ledger, "follow", 1)
    for event_id in (10, 11):
        tell_gift(ledger, event_id, 3)
    tell_gift(ledger, 11, 2)
    assert ledger.verdict().broken() == [
        "doubled: gift of bob in alice: 30 diamonds instead of 15",
        "doubled: gift 11 came as (3, 'bob', '7') and as (2, 'bob', '7')",
        "alice: 15 diamonds sent, 30 told",
    ]


def test_more_is_not_shed_than_is_missing_and_nothing_of_what_counts(ledger: Ledger) -> None:
    tell(ledger, "follow", 1)
    tell_gift(ledger, 10, 3)
    shed = {"chat": 1}
    ledger.arrive("tiktok/bridge/health", orjson.dumps({"dropped_by_event": shed, "queue": {"priority": 4}}))
    assert ledger.queued == 4
    assert ledger.verdict().broken() == []
    ledger.end_life()
    assert ledger.queued is None
    shed = {"chat": 1, "gift": 1}
    ledger.arrive("tiktok/bridge/health", orjson.dumps({"dropped_by_event": shed, "queue": {"priority": 0}}))
    assert ledger.verdict().broken() == ["2 chat said to be shed, 1 missing", "1 gift shed"]


def test_the_table_has_all_of_it(ledger: Ledger) -> None:
    tell_gift(ledger, 10, 2)
    lines = program.report(ledger.verdict(), {"end": Vitals(3 * 2**20, 4, 5)}).splitlines()
    rows = [line.split() for line in lines]
    assert ["gift", "3", "1", "0", "0", "1"] in rows
    assert ["follow", "1", "0", "0", "0", "1"] in rows
    assert ["diamonds", "of", "alice", "15", "10", "5"] in rows
    assert ["end:", "RSS", "MiB,", "threads,", "files", "3", "4", "5"] in rows


def test_the_plan_is_what_was_asked_for() -> None:
    assert (Plan.of(None, None, None).seconds, Plan.of(None, None, None).kills) == (600.0, 20)
    assert (Plan.of(1.0, 7, None).seconds, Plan.of(1.0, 7, None).kills) == (60.0, 7)
    assert (Plan.of(None, 200, None).seconds, Plan.of(None, 200, None).kills) == (None, 200)
    assert (Plan.of(None, None, 1000).reconnects, Plan.of(None, None, 1000).kills) == (1000, 0)


def test_the_exit_status_tells_whether_promises_were_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    broken: list[str] = []
    monkeypatch.setattr(program, "soak", lambda _plan, _seed: broken)
    assert program.main(["--minutes", "0.1"]) == 0
    broken.append("lost: follow 1")
    assert program.main(["--kills", "1"]) == 1


PUBLISH = b"\x32\x07\x00\x01t\x00\x09hi" + b"\x30\x05\x00\x01sch"


def test_the_proxy_tells_what_the_broker_has_acknowledged_in_whatever_pieces_it_came() -> None:
    delivered, streamed = list[Any](), list[Any]()
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        MqttProxy(server.getsockname()[1], lambda *m: delivered.append(m), lambda *m: streamed.append(m)) as proxy,
        socket.create_connection(("127.0.0.1", proxy.port)) as client,
    ):
        broker, _ = server.accept()
        proxy.swallow_acks = True
        for byte in PUBLISH:
            client.sendall(bytes([byte]))
        received = b""
        while len(received) < len(PUBLISH):
            received += broker.recv(100)
        assert received == PUBLISH
        until(lambda: streamed == [("s", b"ch")])
        assert delivered == []
        broker.sendall(b"\x40\x02\x00\x09")
        until(lambda: delivered == [("t", b"hi")])
        broker.close()
        # Nothing of the acknowledgement came through.
        assert client.recv(100) == b""


def test_while_the_broker_is_away_the_proxy_refuses_and_waits() -> None:
    port = free_port()
    with MqttProxy(port) as proxy:
        with socket.create_connection(("127.0.0.1", proxy.port)) as client:
            assert client.recv(1) == b""
        with socket.create_server(("127.0.0.1", port)) as server:
            with socket.create_connection(("127.0.0.1", proxy.port)):
                server.settimeout(5)
                server.accept()[0].close()
            until(lambda: proxy.connections == 1)
