"""The race between the daemon and what people would build instead still runs. Nothing here depends on speed."""

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from time import time

import pytest

from bench.comparison import __main__ as program
from bench.comparison import contenders, report, rooms, traffic
from bench.comparison.contenders import CONNECTOR, OURS, TIKTOKLIVE
from bench.comparison.race import Flood, Floor, Highest, Race, Round
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


def test_the_mix_comes_out_of_the_pipeline(alice: traffic.Traffic) -> None:
    session = LiveSession(REGISTRY, "alice", str(alice.room.state.room_id), wall=time, drops=Drops())
    for _ in range(2):
        frame, chats = alice.frame(BLOCK)
        messages = [FetchMessage.FromString(message) for message in frame]
        events = session.process(FetchResponse(messages=messages), "direct", 0.0)
        heard = Counter(event["event_type"] for event in events)
        many = {"member": 60, "like": 60, "chat": 60, "room_user": 10}
        # One streak of three and its end, and one gift that comes alone.
        few = {"gift_streak": 3, "gift": 2, "social": 5, "follow": 3, "share": 2}
        assert heard == {**many, **few}
        assert chats == 60
        assert [event["count"] for event in events if event["event_type"] == "gift"] in ([3, 1], [1, 3])


def test_a_chat_says_when_it_was_sent(alice: traffic.Traffic) -> None:
    before = time()
    chat = next(message for message in alice.frame(BLOCK)[0] if b"sent at" in message)
    assert -1 <= traffic.age_ms(chat, before) <= 0 or traffic.age_ms(chat, time()) >= 0
    assert traffic.age_ms(b'"so nice, sent at 1760000000000000"', 1_760_000_000.5) == pytest.approx(500)
    with pytest.raises(ValueError, match="no time in b'hello'"):
        traffic.age_ms(b"hello", before)


def test_messages_are_as_big_as_those_of_a_real_room(alice: traffic.Traffic) -> None:
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


def flood(ages_ms: list[float], chats: int = 10, sending_s: float = 1.0) -> Flood:
    return Flood(100, chats, sending_s, sending_s, 2_000.0, ages_ms)


def test_a_rate_is_held_when_all_comes_and_lag_does_not_grow() -> None:
    assert flood([5.0] * 10).holds(100)
    assert not flood([5.0] * 9).holds(100), "one is lost"
    assert not flood([5.0] * 10, sending_s=1.1).holds(100), "sent too slowly"
    assert not flood([100.0 * number for number in range(10)]).holds(100), "lag grows"
    assert flood([900.0, 900.0, *[5.0] * 8]).holds(100), "a slow start is no growing lag"


def test_the_report_says_who_is_better_and_what_was_missed() -> None:
    def rounds(cpu_us: float, age_ms: float) -> list[Round]:
        busy = Flood(100, 10, 0.2, 0.2, cpu_us * 100, [age_ms] * 10)
        return [Round(0.5, 90 * 2**20, 95 * 2**20, busy, busy)] * 2

    measured = Race("mosquitto", {"WebcastChatMessage": 2_000}, {OURS: rounds(50, 9), CONNECTOR: rounds(75, 2)})
    measured.highest = {OURS: Highest(20_000, flood([1.0])), CONNECTOR: Highest(None)}
    measured.socket, measured.loop = Floor([5.0], [60_000.0]), Floor([30.0], [90_000.0])
    printed = report.report(measured, 4, ["tiktok2mqtt 1"])
    assert printed.startswith("tiktok2mqtt 1; mosquitto.\n\nA busy room: ")
    assert "Chat 2,000." in printed
    assert "| tiktok-live-connector + mqtt | 75.0 (75.0 to 75.0) | 1.5 (1.5 to 1.5) | not found |" in printed
    assert "Better than tiktok2mqtt: median latency at 500: tiktok-live-connector + mqtt; p99 at 500:" in printed
    verdicts = [line.split(" | ")[-1].removesuffix(" |") for line in printed.splitlines()[-5:]]
    assert verdicts == ["missed", "missed", "met", "missed", "met"]


def test_who_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TIKTOKLIVE, "_folder", Path("absent"))
    assert TIKTOKLIVE.missing == "TikTokLive + paho-mqtt is not installed: `make peers` does it"


@needs_linux
@pytest.mark.unmeasured
def test_a_race_is_run_and_printed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    present = [one for one in (OURS, CONNECTOR) if not one.missing]
    monkeypatch.setattr(program, "CONTENDERS", (*present, absent := contenders.Peer("a.py", "absent", "a", "b")))
    program.main(["--rounds", "1", "--seconds", "0.1"])
    printed = capsys.readouterr()
    assert f"going on without {absent.name} is not installed" in printed.err
    rows = [line.split(" | ")[0] for line in printed.out.splitlines() if "| " in line]
    assert rows[2 : 2 + len(present)] == [f"| {one.name}" for one in present]
    assert "| floor: bare paho loop | " in printed.out
    assert "| start to first event | " in printed.out
