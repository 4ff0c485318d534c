"""The soak test detects lost, duplicated and miscounted events. test_durability runs the soak test itself."""

import random
import socket
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import orjson
import pytest

from bench.soak import run as program
from bench.soak.clock import set_clock
from bench.soak.daemon import ProcessStats
from bench.soak.disk import free
from bench.soak.ledger import Live
from bench.soak.machine_faults import MachineFaults
from bench.soak.mqtt_proxy import MqttProxy
from bench.soak.records import Records, Streak
from bench.soak.run import Plan
from tests.helpers import until
from tests.mqtt import free_port
from tests.small_disk import MIB, small_disk

BOB = Streak("alice", "bob")


def deliver(records: Records, name: str, event_id: int, **keys: Any) -> None:
    event = {"id": str(event_id), "room": "alice", "session_id": "55", "unique_id": "bob", "replayed": False, **keys}
    records.add_delivered(f"tiktok/alice/{name}", orjson.dumps(event))


def deliver_gift(records: Records, event_id: int, delta: int) -> None:
    deliver(records, "gift", event_id, delta=delta, gift={"diamond_count": 5, "group_id": "7"})


def deliver_health(records: Records, dropped: dict[str, int], priority: int, *, on_disk: bool = True) -> None:
    health = {"dropped_by_event": dropped, "queue": {"priority": priority}, "outbox": {"on_disk": on_disk}}
    records.add_delivered("tiktok/bridge/health", orjson.dumps(health))


@pytest.fixture
def records() -> Records:
    """Records of a follow, a chat and three gifts of 5 diamonds that were sent."""
    records = Records()
    records.add_sent("follow", 1)
    records.add_sent("chat", 2)
    for _ in range(3):
        records.add_sent_gift(BOB, 5)
    return records


def test_events_delivered_once_or_repeated_with_the_same_id_are_no_failure(records: Records) -> None:
    assert not records.is_complete()
    for _ in range(2):
        deliver(records, "follow", 1)
        deliver_gift(records, 10, 2)
        deliver_gift(records, 11, 1)
    assert records.is_complete()
    result = records.result()
    assert result.failures() == []
    assert result.repeated == {"follow": 1, "gift": 2}
    assert result.diamonds_sent == result.diamonds_delivered == {"alice": 15}


def test_events_that_were_not_delivered_are_lost(records: Records) -> None:
    deliver_gift(records, 10, 2)
    records.add_outbox([("tiktok/alice/gap", b'{"id":"7-gap-1"}'), ("tiktok/bridge/event", b"{}")])
    assert records.result().failures() == [
        "lost: follow 1",
        "lost: gap 7-gap-1",
        "lost: gift from bob in alice: 5 of 15 diamonds",
        "alice: 15 diamonds sent, 10 delivered",
    ]


def test_a_gift_with_two_ids_or_two_sizes_is_duplicated(records: Records) -> None:
    deliver(records, "follow", 1)
    for event_id in (10, 11):
        deliver_gift(records, event_id, 3)
    deliver_gift(records, 11, 2)
    assert records.result().failures() == [
        "duplicated: gift from bob in alice: 30 diamonds instead of 15",
        "duplicated: gift 11 arrived as (3, 'bob', '7') and as (2, 'bob', '7')",
        "alice: 15 diamonds sent, 30 delivered",
    ]


def test_dropped_priority_events_and_more_dropped_than_missing_events_are_failures(records: Records) -> None:
    deliver(records, "follow", 1)
    deliver_gift(records, 10, 3)
    deliver_health(records, {"chat": 1}, priority=4)
    assert records.queued == 4
    assert records.result().failures() == []
    records.daemon_ended()
    assert records.queued is None
    deliver_health(records, {"chat": 1, "gift": 1}, priority=0)
    assert records.result().failures() == ["2 chat reported as dropped, 1 missing", "1 gift dropped"]


LIVE = Live("alice", "55")
COUNTED = {"gifts": 3, "diamonds": 15, "new_followers": 1, "shares": 0, "comments": 2}


def deliver_document(records: Records, name: str, **keys: Any) -> None:
    records.add_delivered(f"tiktok/alice/{name}", orjson.dumps({"session_id": "55", **COUNTED, **keys}))


def test_the_ledger_compares_events_state_summary_and_the_simulator_for_each_live(records: Records) -> None:
    for _ in range(2):
        # A repetition does not count.
        deliver(records, "follow", 1)
        deliver_gift(records, 10, 2)
    deliver_gift(records, 11, 1)
    deliver_document(records, "state", gifts=2)
    deliver_document(records, "state")
    deliver_document(records, "summary")
    ledger = records.ledger
    assert ledger.differences({LIVE: COUNTED}) == []
    assert ["diamonds", "15", "15", "15", "15"] in [list(row) for row in ledger.totals({LIVE: COUNTED})]
    deliver_gift(records, 12, 1)
    deliver_document(records, "summary", comments=1)
    assert ledger.differences({LIVE: COUNTED}) == [
        "alice, LIVE 55: gifts: 4 in events, 3 in state, 3 in summary, 3 in simulator",
        "alice, LIVE 55: diamonds: 20 in events, 15 in state, 15 in summary, 15 in simulator",
        "alice, LIVE 55: comments: 2 in state, 1 in summary, 2 in simulator",
    ]
    missing = "none in state, none in summary"
    sentence = f"alice, LIVE 56: gifts: 0 in events, {missing}, 3 in simulator"
    assert sentence in ledger.differences({Live("alice", "56"): COUNTED})


def test_what_was_replayed_is_in_the_simulators_books_alone(records: Records) -> None:
    deliver(records, "gift", 9, delta=2, gift={"diamond_count": 5, "group_id": "7"}, replayed=True)
    deliver(records, "chat", 3, replayed=True)
    deliver(records, "follow", 1)
    deliver_gift(records, 10, 3)
    for name in ("state", "summary"):
        deliver_document(records, name)
    books = COUNTED | {"gifts": 5, "diamonds": 25, "comments": 3}
    assert records.ledger.differences({LIVE: books}) == []


def test_the_report_has_events_diamonds_and_process_stats(records: Records) -> None:
    deliver_gift(records, 10, 2)
    lines = program.report(records.result(), {"end": ProcessStats(3 * 2**20, 4, 5)}).splitlines()
    rows = [line.split() for line in lines]
    assert ["gift", "3", "1", "0", "0", "1"] in rows
    assert ["follow", "1", "0", "0", "0", "1"] in rows
    assert ["diamonds", "of", "alice", "15", "10", "5"] in rows
    assert ["end:", "RSS", "MiB,", "threads,", "files", "3", "4", "5"] in rows


@pytest.mark.parametrize(
    ("minutes", "kills", "reconnects", "expected"),
    [
        (None, None, None, (600.0, 20, None)),
        (1.0, 7, None, (60.0, 7, None)),
        (None, 200, None, (None, 200, None)),
        (None, None, 1000, (None, 0, 1000)),
    ],
)
def test_arguments_select_the_plan(
    minutes: float | None, kills: int | None, reconnects: int | None, expected: tuple[object, ...]
) -> None:
    plan = Plan.from_arguments(minutes, kills, reconnects)
    assert (plan.seconds, plan.kills, plan.reconnects) == expected


def test_the_exit_status_is_1_after_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    failures: list[str] = []
    monkeypatch.setattr(program, "soak", lambda _plan, _seed: failures)
    assert program.main(["--minutes", "0.1"]) == 0
    failures.append("lost: follow 1")
    assert program.main(["--kills", "1"]) == 1


def test_reports_of_a_working_disk_are_counted_until_one_says_otherwise(records: Records) -> None:
    for on_disk in (True, True):
        deliver_health(records, {}, priority=0, on_disk=on_disk)
    assert records.good_reports == 2
    records.forget_reports()
    deliver_health(records, {}, priority=0)
    assert records.good_reports == 1
    deliver_health(records, {}, priority=0, on_disk=False)
    assert records.good_reports == 0


class Machine:
    """Faults of a machine, all of them in a folder of the test."""

    def __init__(self, folder: Path, *, is_small_disk: bool = False) -> None:
        self.records = Records()
        self.count: Counter[str] = Counter()
        self.published: list[str] = []
        self.clock = folder / "clock"
        self.state = folder / "state"
        self.state.mkdir(exist_ok=True)
        self.create_files()
        self.faults = MachineFaults(
            random.Random(1),
            self.count,
            self.records,
            lambda topic, _payload: self.published.append(topic),
            Path.exists,
            state=self.state,
            clock=self.clock,
            is_small_disk=is_small_disk,
        )

    def create_files(self) -> None:
        for name in ("state.sqlite", "state.sqlite-wal"):
            (self.state / name).touch()


def test_the_machine_has_all_faults(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    for _ in range(30):
        machine.faults.inject(0.0)
        machine.create_files()
    assert machine.count.total() == 30
    assert machine.count.keys() == {"clock set", "database deleted", "1,000 commands at once"}
    assert len(machine.published) == 1_000 * machine.count["1,000 commands at once"]
    assert machine.clock.exists()


def test_the_daemon_is_not_killed_while_a_fault_would_lose_events(tmp_path: Path) -> None:
    with small_disk(tmp_path / "state", MIB) as folder:
        machine = Machine(tmp_path, is_small_disk=True)
        assert machine.faults.allows_kill()
        while machine.count["disk full"] == 0:
            machine.create_files()
            machine.faults.inject(100.0)
        machine.create_files()
        assert free(folder) == 0
        machine.faults.end_expired(100.0)
        assert not machine.faults.allows_kill()
        machine.faults.end_all()
        assert free(folder) > 0
        for _ in range(2):
            assert not machine.faults.allows_kill()
            deliver_health(machine.records, {}, priority=0)
        assert machine.faults.allows_kill()


def test_the_daemon_is_not_killed_before_it_has_created_its_database_again(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    while machine.count["database deleted"] == 0:
        assert machine.faults.allows_kill()
        machine.faults.inject(0.0)
    assert not machine.faults.allows_kill()
    # It is not deleted again before.
    for _ in range(20):
        machine.faults.inject(0.0)
    assert machine.count["database deleted"] == 1
    machine.create_files()
    assert machine.faults.allows_kill()


def test_a_clock_is_wrong_by_what_the_file_says(tmp_path: Path) -> None:
    path = tmp_path / "clock"
    code = "import time; from pathlib import Path; from bench.soak import clock; right = time.time(); "
    code += (
        f"clock.install(Path({str(path)!r})); print(round(time.time() - right), round(time.time_ns() / 1e9 - right))"
    )
    for seconds in (None, 86_400.0, -3_600.0):
        if seconds is not None:
            set_clock(path, seconds)
        output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        assert output.split() == [f"{seconds or 0:.0f}"] * 2


PUBLISH = b"\x32\x07\x00\x01t\x00\x09hi" + b"\x30\x05\x00\x01sch"


def test_the_proxy_reports_acknowledged_messages_however_the_packets_are_split() -> None:
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
        # The acknowledgement was not forwarded.
        assert client.recv(100) == b""


CONNECT_5 = b"\x10\x0d\x00\x04MQTT\x05\x02\x00\x3c\x00\x00\x00"
# With a property: the message expires after 1 s, or never.
PUBLISH_5 = b"\x32\x0d\x00\x01t\x00\x09\x05\x02\x00\x00\x00\x01hi" + b"\x32\x08\x00\x01u\x00\x0a\x00no"


def test_the_proxy_reports_messages_of_mqtt_5_that_were_not_refused() -> None:
    delivered = list[Any]()
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        MqttProxy(server.getsockname()[1], lambda *m: delivered.append(m)) as proxy,
        socket.create_connection(("127.0.0.1", proxy.port)) as client,
    ):
        broker, _ = server.accept()
        client.sendall(CONNECT_5 + PUBLISH_5)
        received = b""
        while len(received) < len(CONNECT_5 + PUBLISH_5):
            received += broker.recv(100)
        # The second one exceeds a quota.
        broker.sendall(b"\x40\x04\x00\x0a\x97\x00" + b"\x40\x02\x00\x09")
        until(lambda: delivered)
        assert delivered == [("t", b"hi")]
        broker.close()


def test_the_proxy_closes_connections_while_the_broker_is_not_running() -> None:
    port = free_port()
    with MqttProxy(port) as proxy:
        with socket.create_connection(("127.0.0.1", proxy.port)) as client:
            assert client.recv(1) == b""
        with socket.create_server(("127.0.0.1", port)) as server:
            with socket.create_connection(("127.0.0.1", proxy.port)):
                server.settimeout(5)
                server.accept()[0].close()
            until(lambda: proxy.connections == 1)
