"""The measurements still run, and count what they measure. Nothing here depends on how fast the machine is."""

import base64
import gzip
import sys
from pathlib import Path

import orjson
import pytest

from bench import __main__ as program
from bench import codec, crowd, end_to_end, figures, idle, samples

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
def test_all_chats_arrive_by_both_ways() -> None:
    result = end_to_end.measure(count=300, rounds=2, rate=100)
    assert result.dropped == 0
    for runs, sent in (
        (result.flat_out.daemon, 300),
        (result.flat_out.bare, 300),
        (result.paced.daemon, 10),
        (result.paced.bare, 10),
    ):
        assert [(run.sent, run.arrived) for run in runs] == [(sent, sent)] * 2
    assert len(result.flat_out.ratios) == len(result.paced.ratios) == 2
    assert len(result.latencies_ms) == 20
    assert result.rss_bytes > 2**20


@needs_linux
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
    assert [row for row in rows if row[:1] == ["daemon"]] == [["daemon", "90", "of", "90"], ["daemon", "3", "of", "3"]]
    assert "shed by the daemon in all floods: 0" in printed
    # Four rooms, 5 chats each, in one daemon and in two.
    troubled = [line.split("  ") for line in printed.splitlines() if " 40 of 40 " in line]
    assert [row[0].strip() for row in troubled] == list(crowd.TROUBLES)
    assert "p99 / p99 while it is quiet: " in printed


@needs_linux
def test_idle_rooms_are_measured() -> None:
    cost = idle.cost(rooms=3, interval_s=1.0)
    assert (cost.rooms, cost.interval_s) == (3, 1.0)
    assert cost.cpu_share >= 0
    printed = idle.report(cost, [idle.Pressure("403", 20.0, 1, 2000.0)])
    assert "3 rooms that are offline, looked up every 1 s" in printed
    assert "403" in printed
    assert "2,000" in printed


@needs_linux
def test_requests_are_counted_under_a_fault() -> None:
    (refused,) = idle.pressure(rooms=2, interval_s=1.0, seconds=1.5, faults=["403"])
    assert (refused.fault, refused.allowed) == ("403", 6)
    assert 0 < refused.requests <= 6
