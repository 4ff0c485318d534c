"""The measurements still run, and count what they measure. Nothing here depends on how fast the machine is."""

import base64
import gzip
import re
import sys
from pathlib import Path

import orjson
import pytest

from bench import __main__ as program
from bench import check, codec, end_to_end, figures, flood, idle, samples, scale
from bench import isolation_service as crowd

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


def test_medians_and_percentiles() -> None:
    assert figures.spread([3.0, 1.0, 2000.0]) == "3.0 (1.0 to 2,000.0)"
    assert figures.p90([5.0]) == figures.p99([5.0]) == 5.0
    assert figures.p90([float(number) for number in range(11)]) == 9.0
    assert figures.p99([float(number) for number in range(101)]) == 99.0


def test_simulated_messages_are_those_of_the_party() -> None:
    heard = samples.simulated(30)
    assert len(heard) >= 30
    assert {"WebcastChatMessage", "WebcastGiftMessage", "WebcastLikeMessage"} <= {method for method, _ in heard}


def test_captured_messages_are_read_from_their_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    line = orjson.dumps({"method": "WebcastChatMessage", "payload": base64.b64encode(CHAT).decode()})
    (tmp_path / "some.jsonl.gz").write_bytes(gzip.compress(line + b"\n" + line + b"\n"))
    monkeypatch.setenv("TIKTOK2MQTT_CAPTURES", str(tmp_path))
    assert samples.captured(samples.captures_folder()) == CHATS[:2]
    assert samples.captured(tmp_path / "absent") == []


def test_every_message_that_makes_events_has_a_figure() -> None:
    measured = codec.measure([*CHATS, ("WebcastNobodyKnows", b""), ("WebcastChatMessage", b"\xff")], 3)
    assert [figure.events for figure in measured] == ["chat"] * 3
    assert all(figure.us > 0 and figure.orjson_us > 0 for figure in measured)
    head, _, chat, everything = codec.report("mine", measured).splitlines()
    assert head.split() == ["mine", "n", "median", "µs", "p90", "µs", "x", "orjson"]
    assert chat.split()[:2] == ["chat", "3"]
    assert everything.split()[:2] == ["all", "3"]


@needs_linux
@pytest.mark.unmeasured
def test_the_program_prints_its_tables_and_falls_back_to_the_embedded_broker(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIKTOK2MQTT_CAPTURES", "/nonexistent")
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
    assert re.search(r"^latency at 50 a second, .*: median \d+\.\d ms, p99 \d+\.\d ms", printed, re.MULTILINE)
    assert re.search(r"^memory of the daemon with one idle room: [1-9]\d+ MiB; ", printed, re.MULTILINE)
    assert "shed by the daemon in all floods: 0" in printed
    # Four rooms, 5 chats each, in one daemon and in two.
    troubled = [line.split("  ") for line in printed.splitlines() if " 40 of 40 " in line]
    assert [row[0].strip() for row in troubled] == list(crowd.TROUBLES)
    assert "p99 / p99 while it is quiet: " in printed


@needs_linux
@pytest.mark.unmeasured
def test_idle_rooms_are_measured() -> None:
    cost = idle.cost(rooms=3, interval_s=1.0)
    assert (cost.rooms, cost.interval_s) == (3, 1.0)
    assert cost.cpu_share >= 0
    printed = idle.report(cost, [idle.Pressure("403", 20.0, 1, 2000.0)])
    assert "3 rooms that are offline, looked up every 1 s" in printed
    assert "403" in printed
    assert "2,000" in printed


@needs_linux
@pytest.mark.unmeasured
def test_requests_are_counted_under_a_fault() -> None:
    (refused,) = idle.pressure(rooms=2, interval_s=1.0, seconds=1.5, faults=["403"])
    assert (refused.fault, refused.allowed) == ("403", 6)
    assert refused.requests <= 6


def test_a_crowd_has_more_viewers_with_more_badges() -> None:
    few, crowd = flood.viewers("few"), flood.viewers("crowd")
    assert len(set(crowd)) == flood.CROWD > 10 * len(few)
    assert all(viewer.is_moderator and viewer.fans_level for viewer in crowd)


# --- the budget ---


def test_a_ratio_may_be_over_its_budget_by_the_tolerance() -> None:
    lines = check.merge_findings(0.5, {"a": 2.0, "b": 2.0, "c": 2.0}, {"a": 3.0, "b": 3.01})
    assert [line.verdict for line in lines] == ["ok", "over", "not measured"]
    assert [row.split() for row in check.report(lines).splitlines()[2:]] == [
        ["a", "3.00", "2.00", "3.00", "ok"],
        ["b", "3.01", "2.00", "3.00", "over"],
        ["c", "-", "2.00", "3.00", "not", "measured"],
    ]


def test_what_has_no_budget_is_not_passed_over() -> None:
    with pytest.raises(KeyError, match="no budget for b"):
        check.merge_findings(0.5, {"a": 2.0}, {"a": 3.0, "b": 1.0})


@pytest.mark.parametrize(("over", "status"), [(1.0, 0), (1.2, 0), (1.4, 1)])
def test_the_check_fails_when_one_is_over(
    over: float, status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tolerance, ratios = check.read_budget()
    assert tolerance == 0.3
    monkeypatch.setattr(check, "measure", lambda *_arguments: ratios | {"chat": ratios["chat"] * over})
    assert check.main([]) == status
    assert ("over" in capsys.readouterr().out) == bool(status)


@needs_linux
def test_the_budget_names_all_that_is_measured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    line = orjson.dumps({"method": "WebcastChatMessage", "payload": base64.b64encode(CHAT).decode()})
    (tmp_path / "some.jsonl.gz").write_bytes(gzip.compress(line))
    monkeypatch.setenv("TIKTOK2MQTT_CAPTURES", str(tmp_path))
    runs = [end_to_end.Run(1, 1, 1.0, 1.0)]
    contest = end_to_end.Contest(runs, runs)
    result = end_to_end.Result("none", 0, contest, contest, contest, [], 0)
    monkeypatch.setattr(end_to_end, "measure", lambda *_arguments: result)
    assert check.measure(1, 1, 1.0).keys() == check.read_budget()[1].keys()


# --- scale ---


@needs_linux
@pytest.mark.unmeasured
def test_rooms_are_flooded_at_a_rate() -> None:
    (cell,) = scale.by_rooms([3], lambda _: 100, seconds=0.5, rounds=2)
    assert [(run.sent, run.arrived) for run in cell.runs] == [(50, 50)] * 2
    assert cell.rss_bytes > 2**20


def test_costs_are_compared_with_the_first_row() -> None:
    cells = [scale.Cell(rooms, 100, [end_to_end.Run(10, 10, 1.0, cpu)], 2**20) for rooms, cpu in ((1, 20), (2000, 30))]
    rows = [row.split("  ") for row in scale.report(cells).splitlines()[2:]]
    assert [[cell.strip() for cell in row if cell] for row in rows] == [
        ["1 room, 100 a second", "10 of 10", "2.0 (2.0 to 2.0)", "1", "1.00"],
        ["2,000 rooms, 100 a second", "10 of 10", "3.0 (3.0 to 3.0)", "1", "1.50"],
    ]
