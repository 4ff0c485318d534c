"""The comparison of the daemon with scripts that use other clients runs. Nothing here depends on speed."""

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from time import time

import pytest

from bench.comparison import __main__ as program
from bench.comparison import candidates, report, rooms, traffic
from bench.comparison.candidates import CONNECTOR, DAEMON, TIKTOKLIVE, Candidate
from bench.comparison.measure import Baseline, Comparison, HighestRate, LoadRun, Round
from tiktok2mqtt.simulator import Simulator
from tiktok2mqtt.webcast.events.rows import REGISTRY
from tiktok2mqtt.webcast.memory import Drops
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchMessage, FetchResponse
from tiktok2mqtt.webcast.session import LiveSession

needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="processor times are read from /proc")
BLOCK = 200


@pytest.fixture(scope="module")
def alice() -> Iterator[traffic.Traffic]:
    with Simulator() as simulator:
        room = simulator.room("alice")
        room.go_live()
        yield traffic.Traffic(room)


def test_the_pipeline_makes_the_expected_events_of_the_traffic(alice: traffic.Traffic) -> None:
    session = LiveSession(REGISTRY, "alice", str(alice.room.state.room_id), wall=time, drops=Drops())
    for _ in range(2):
        frame, chats = alice.frame(BLOCK)
        messages = [FetchMessage.FromString(message) for message in frame]
        events = session.process(FetchResponse(messages=messages), "direct", 0.0)
        counts = Counter(event["event_type"] for event in events)
        many = {"member": 60, "like": 60, "chat": 60, "room_user": 10}
        # One streak of three with its end, and one single gift.
        few = {"gift_streak": 3, "gift": 2, "social": 5, "follow": 3, "share": 2}
        assert counts == {**many, **few}
        assert chats == 60
        assert [event["count"] for event in events if event["event_type"] == "gift"] in ([3, 1], [1, 3])


def test_the_latency_of_a_chat_is_computed_from_its_text(alice: traffic.Traffic) -> None:
    before = time()
    chat = next(message for message in alice.frame(BLOCK)[0] if b"sent at" in message)
    assert -1 <= traffic.latency_ms(chat, before) <= 0 or traffic.latency_ms(chat, time()) >= 0
    assert traffic.latency_ms(b'"so nice, sent at 1760000000000000"', 1_760_000_000.5) == pytest.approx(500)
    with pytest.raises(ValueError, match="no send time in b'hello'"):
        traffic.latency_ms(b"hello", before)


def test_messages_have_the_sizes_of_real_ones(alice: traffic.Traffic) -> None:
    assert {method: round(size, -3) for method, size in alice.sizes().items()} == {
        "WebcastChatMessage": 2000,
        "WebcastMemberMessage": 2000,
        "WebcastLikeMessage": 2000,
        "WebcastSocialMessage": 2000,
        "WebcastRoomUserSeqMessage": 3000,
        "WebcastGiftMessage": 6000,
    }


def test_frames_grow_with_the_rate_up_to_a_limit() -> None:
    assert [rooms.frame_size(rate) for rate in (10, 100, 500, 5_000, 0)] == [1, 2, 10, 20, 20]


def load_run(latencies_ms: list[float], chats: int = 10, sending_s: float = 1.0) -> LoadRun:
    return LoadRun(100, chats, sending_s, sending_s, 2_000.0, latencies_ms)


def test_a_rate_is_sustained_if_nothing_is_lost_and_latency_does_not_grow() -> None:
    assert load_run([5.0] * 10).sustains(100)
    assert not load_run([5.0] * 9).sustains(100), "one chat is lost"
    assert not load_run([5.0] * 10, sending_s=1.1).sustains(100), "sent too slowly"
    assert not load_run([100.0 * number for number in range(10)]).sustains(100), "latency grows"
    assert load_run([900.0, 900.0, *[5.0] * 8]).sustains(100), "high latency at the start is allowed"


def test_the_report_lists_better_candidates_and_missed_targets() -> None:
    def rounds(cpu_us: float, latency_ms: float) -> list[Round]:
        run = LoadRun(100, 10, 0.2, 0.2, cpu_us * 100, [latency_ms] * 10)
        return [Round(0.5, 90 * 2**20, 95 * 2**20, run, run)] * 2

    results: dict[Candidate, list[Round]] = {DAEMON: rounds(50, 9), CONNECTOR: rounds(75, 2)}
    measured = Comparison("mosquitto", {"WebcastChatMessage": 2_000}, results)
    measured.highest = {DAEMON: HighestRate(20_000, load_run([1.0])), CONNECTOR: HighestRate(None)}
    measured.socket, measured.loop = Baseline([5.0], [60_000.0]), Baseline([30.0], [90_000.0])
    printed = report.report(measured, 4, ["tiktok2mqtt 1"])
    assert printed.startswith("tiktok2mqtt 1; mosquitto.\n\nA busy room: ")
    assert "Chat 2,000." in printed
    assert "| tiktok-live-connector + mqtt | 75.0 (75.0 to 75.0) | 1.5 (1.5 to 1.5) | not found |" in printed
    assert "Better than tiktok2mqtt: median latency at 500/s: tiktok-live-connector + mqtt; p99 at 500/s:" in printed
    verdicts = [line.split(" | ")[-1].removesuffix(" |") for line in printed.splitlines()[-5:]]
    assert verdicts == ["missed", "missed", "met", "missed", "met"]


def test_a_script_that_is_not_installed_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TIKTOKLIVE, "_folder", Path("absent"))
    assert TIKTOKLIVE.missing == "TikTokLive + paho-mqtt is not installed: run `make peers`"


@needs_linux
@pytest.mark.unmeasured
def test_a_comparison_is_run_and_printed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    installed = [one for one in (DAEMON, CONNECTOR) if not one.missing]
    absent = candidates.PeerScript("a.py", "absent", "a", "b")
    monkeypatch.setattr(program, "CANDIDATES", (*installed, absent))
    program.main(["--rounds", "1", "--seconds", "0.1"])
    printed = capsys.readouterr()
    assert f"skipped: {absent.name} is not installed" in printed.err
    rows = [line.split(" | ")[0] for line in printed.out.splitlines() if "| " in line]
    assert rows[2 : 2 + len(installed)] == [f"| {one.name}" for one in installed]
    assert "| baseline: bare paho loop | " in printed.out
    assert "| start to first event | " in printed.out
