"""The benchmarks run and count correctly. Nothing here depends on the speed of the machine."""

import base64
import gzip
import re
import sys
from pathlib import Path

import orjson
import pytest

from bench import __main__ as program
from bench import check, codec, end_to_end, figures, flood, hostile, idle, lives, samples, scale
from bench import isolation_service as service
from tiktok2mqtt.simulator import Simulator

needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="processor times are read from /proc")
CHAT = b"\x0a\x02\x10\x07\x1a\x05hello"  # common.msg_id 7, content
CHATS = [("WebcastChatMessage", CHAT)] * 3


def test_a_table_is_aligned() -> None:
    assert figures.table(("name", "n"), [("a", "1,000"), ("bcdefg", "2")]).splitlines() == [
        "name        n",
        "------  -----",
        "a       1,000",
        "bcdefg      2",
    ]


def test_spread_and_percentiles() -> None:
    assert figures.spread([3.0, 1.0, 2000.0]) == "3.0 (1.0 to 2,000.0)"
    assert figures.p90([5.0]) == figures.p99([5.0]) == 5.0
    assert figures.p90([float(number) for number in range(11)]) == 9.0
    assert figures.p99([float(number) for number in range(101)]) == 99.0


def test_simulated_messages_come_from_the_scenario_busy() -> None:
    messages = samples.simulated(30)
    assert len(messages) >= 30
    assert {"WebcastChatMessage", "WebcastGiftMessage", "WebcastLikeMessage"} <= {method for method, _ in messages}


def test_captured_messages_are_read_from_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    line = orjson.dumps({"method": "WebcastChatMessage", "payload": base64.b64encode(CHAT).decode()})
    (tmp_path / "some.jsonl.gz").write_bytes(gzip.compress(line + b"\n" + line + b"\n"))
    monkeypatch.setenv("CAPTURES", str(tmp_path))
    assert samples.captured(samples.captures_folder()) == CHATS[:2]
    assert samples.captured(tmp_path / "absent") == []


def test_every_message_with_events_is_measured() -> None:
    measured = codec.measure([*CHATS, ("WebcastUnknownMessage", b""), ("WebcastChatMessage", b"\xff")], 3)
    assert [figure.events for figure in measured] == ["chat"] * 3
    assert all(figure.us > 0 and figure.orjson_us > 0 for figure in measured)
    head, _, chat, everything = codec.report("mine", measured).splitlines()
    assert head.split() == ["mine", "n", "median", "µs", "p90", "µs", "x", "orjson"]
    assert chat.split()[:2] == ["chat", "3"]
    assert everything.split()[:2] == ["all", "3"]


@needs_linux
@pytest.mark.unmeasured
def test_the_program_prints_its_tables_and_uses_the_embedded_broker_without_mosquitto(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAPTURES", "/nonexistent")
    monkeypatch.setattr("shutil.which", lambda *_args, **_keywords: None)
    program.main(["--messages", "30", "--chats", "90", "--rounds", "1", "--rate", "50", "--seconds", "0.2"])
    printed = capsys.readouterr().out
    assert "embedded broker (no mosquitto found)" in printed
    assert "captured" not in printed
    rows = [line.split()[:4] for line in printed.splitlines()]
    fast, slow = ["90", "of", "90"], ["3", "of", "3"]
    assert [row[1:] for row in rows if row[:1] == ["daemon"]] == [fast, fast, slow]
    bare = [line.split()[2:5] for line in printed.splitlines() if line.startswith("bare paho ")]
    assert bare == [fast, fast, slow]
    assert re.search(r"^latency at 50 per second, .*: median \d+\.\d ms, p99 \d+\.\d ms", printed, re.MULTILINE)
    assert re.search(r"^memory of the daemon with one idle room: [1-9]\d+ MiB; ", printed, re.MULTILINE)
    assert "dropped by the daemon in all runs: 0" in printed
    # Four rooms with 5 chats each, with one daemon and with two.
    isolated = [line.split("  ") for line in printed.splitlines() if " 40 of 40 " in line]
    assert [row[0].strip() for row in isolated] == list(service.SCENARIOS)
    assert "p99 / p99 next to a quiet room: " in printed
    assert re.search(r"^no commands +0 +20 ", printed, re.MULTILINE)
    assert re.search(r"^8,000 commands/s +[1-9][\d,]* +20 ", printed, re.MULTILINE)


@needs_linux
@pytest.mark.unmeasured
def test_idle_rooms_are_measured() -> None:
    cost = idle.measure_cost(rooms=3, interval_s=1.0)
    assert (cost.rooms, cost.interval_s) == (3, 1.0)
    assert cost.cpu_share >= 0
    printed = idle.report(cost, [idle.RequestCount("403", 20.0, 1, 2000.0)])
    assert "3 offline rooms, looked up every 1 s" in printed
    assert "403" in printed
    assert "2,000" in printed


@needs_linux
@pytest.mark.unmeasured
def test_requests_are_counted_while_the_service_returns_a_fault() -> None:
    (refused,) = idle.count_requests(rooms=2, interval_s=1.0, seconds=1.5, faults=["403"])
    assert (refused.fault, refused.allowed) == ("403", 6)
    assert refused.requests <= 6


def test_the_many_viewers_have_more_badges_than_the_few() -> None:
    few, many = flood.viewers("few"), flood.viewers("many")
    assert len(set(many)) == flood.MANY_VIEWERS > 10 * len(few)
    assert all(viewer.is_moderator and viewer.fans_level for viewer in many)
    assert not any(viewer.is_moderator for viewer in few)


def test_hostile_frames_are_measured(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    names = ("as reported: 31 x 131,072 empty ranks", "2,000 chats without anything")
    some = {name: hostile.cases()[name] for name in names}
    monkeypatch.setattr(hostile, "cases", lambda: some)
    hostile.main()
    printed = capsys.readouterr().out
    rows = [re.split(r"\s{2,}", line) for line in printed.splitlines()]
    assert [(row[0], row[4], row[5:]) for row in rows if row[0] in names] == [
        (names[0], "0", ["1 too_large"]),
        (names[1], "2,000", []),
    ]
    assert re.search(r"^most: \d+ ms to events \(.*\); target 100 ms at most$", printed, re.MULTILINE)


# --- the budget ---


def test_a_ratio_may_exceed_its_budget_by_the_tolerance() -> None:
    checks = check.compare(0.5, {"a": 2.0, "b": 2.0, "c": 2.0}, {"a": 3.0, "b": 3.01})
    assert [one.status for one in checks] == ["ok", "over", "not measured"]
    assert [row.split() for row in check.report(checks).splitlines()[2:]] == [
        ["a", "3.00", "2.00", "3.00", "ok"],
        ["b", "3.01", "2.00", "3.00", "over"],
        ["c", "-", "2.00", "3.00", "not", "measured"],
    ]


def test_a_measured_ratio_without_a_budget_is_an_error() -> None:
    with pytest.raises(KeyError, match="no budget for b"):
        check.compare(0.5, {"a": 2.0}, {"a": 3.0, "b": 1.0})


@pytest.mark.parametrize(("over", "status"), [(1.0, 0), (1.2, 0), (1.4, 1)])
def test_the_exit_status_is_1_if_a_ratio_is_over_its_limit(
    over: float, status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tolerance, ratios = check.read_budget()
    assert tolerance == 0.3
    monkeypatch.setattr(
        check, "measure", lambda *_arguments: ratios | {"chat_max_rate": ratios["chat_max_rate"] * over}
    )
    assert check.main([]) == status
    assert ("over" in capsys.readouterr().out) == bool(status)


@needs_linux
def test_the_budget_has_every_measured_ratio(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    line = orjson.dumps({"method": "WebcastChatMessage", "payload": base64.b64encode(CHAT).decode()})
    (tmp_path / "some.jsonl.gz").write_bytes(gzip.compress(line))
    monkeypatch.setenv("CAPTURES", str(tmp_path))
    runs = [end_to_end.Run(1, 1, 1.0, 1.0)]
    comparison = end_to_end.Comparison(runs, runs)
    result = end_to_end.Result("none", 0, comparison, comparison, comparison, [], 0)
    monkeypatch.setattr(end_to_end, "measure", lambda *_arguments: result)
    assert check.measure(1, 1, 1.0).keys() == check.read_budget()[1].keys()


# --- scale ---


@needs_linux
@pytest.mark.unmeasured
def test_rooms_are_measured_at_a_fixed_rate() -> None:
    (measured,) = scale.by_rooms([3], lambda _: 100, seconds=0.5, rounds=2)
    assert [(run.sent, run.arrived) for run in measured.runs] == [(50, 50)] * 2
    assert measured.rss_bytes > 2**20


def test_costs_are_compared_with_the_first_row() -> None:
    measurements = [
        scale.Measurement(rooms, 100, [end_to_end.Run(10, 10, 1.0, cpu)], 2**20) for rooms, cpu in ((1, 20), (2000, 30))
    ]
    rows = [row.split("  ") for row in scale.report(measurements).splitlines()[2:]]
    assert [[cell.strip() for cell in row if cell] for row in rows] == [
        ["1 room, 100 per second", "10 of 10", "2.0 (2.0 to 2.0)", "1", "1.00"],
        ["2,000 rooms, 100 per second", "10 of 10", "3.0 (3.0 to 3.0)", "1", "1.50"],
    ]


# --- memory ---


@needs_linux
@pytest.mark.unmeasured
def test_memory_is_measured_after_some_lives() -> None:
    measured = list(lives.measure(lives.Plan(lives=2, events=20, rate=200, every=1)))
    assert [number for number, _ in measured] == [0, 1, 2]
    for number, stats in measured:
        # The heap is a part of all memory, and neither is that of this process.
        assert 2**20 < stats.heap_bytes < stats.rss_bytes
        assert stats.threads > 1
        cells = lives.row(number, stats)
        assert cells[0] == f"{number}"
        assert float(cells[1]) > float(cells[2]) > 1


def test_a_live_has_events_of_all_kinds() -> None:
    with Simulator() as simulator:
        room = simulator.room("alice")
        room.go_live()
        assert len(list(lives.play(room, 1, 100))) == 100
        counters = room.state.counters
        assert min(counters.comments, counters.likes, counters.shares, counters.total_users, counters.gifts) > 0
