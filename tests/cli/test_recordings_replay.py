import base64
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.daemon import retained
from tests.mqtt import MOSQUITTO, Broker, Listener, Mosquitto, free_port
from tiktok2mqtt.cli import recordings as module
from tiktok2mqtt.cli.recordings import replay
from tiktok2mqtt.common.topics import Topics
from tiktok2mqtt.settings import Settings, SettingsError
from tiktok2mqtt.webcast.schema import messages_pb2, types_pb2
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchMessage, FetchResponse

COUNT = 3


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    """Restore the signal handlers."""
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A recording of three comments, a hundredth of a second apart."""
    lines: list[dict[str, Any]] = [{"format": "tiktok2mqtt-recording", "version": 1, "room": "alice", "room_id": "55"}]
    for number in range(1, COUNT + 1):
        common = types_pb2.Common(msg_id=number, create_time=1_790_000_000_000)
        chat = messages_pb2.WebcastChatMessage(common=common, content=f"number {number}")
        wire = FetchMessage(method="WebcastChatMessage", payload=chat.SerializeToString(), msg_id=number)
        packed = base64.b64encode(FetchResponse(messages=[wire]).SerializeToString()).decode()
        lines.append({"at": number / 100, "response": packed})
    file = tmp_path / "recording"
    file.write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines))
    return file


def settings(port: int, **more: Any) -> Settings:
    mqtt = {"host": "127.0.0.1", "port": port, "base_topic": f"replayed{port}"}
    return Settings.model_validate({"mqtt": mqtt} | more)


def test_replay_to_the_broker(broker: Broker, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = settings(broker.port)
    topics = Topics(given.mqtt.base_topic)
    with Listener(broker.port, [f"{topics.base}/#"]) as listener:
        assert replay(given, path, room="bob", speed=1.0, only_show=False) == 0
        listener.wait(topics.room("bob", "chat"), lambda message: message.json["comment"] == f"number {COUNT}")
        assert {message.topic for message in listener.messages} == {topics.room("bob", "chat")}
        events = [message.json for message in listener.messages]
    assert [event["id"] for event in events] == ["1", "2", "3"]
    assert {(event["source"], event["room"]) for event in events} == {("replay", "bob")}
    assert retained(broker.port, topics) == []
    assert capsys.readouterr().out == "3 events replayed\n"


def test_the_privacy_settings_apply_to_what_was_recorded(broker: Broker, path: Path) -> None:
    given = settings(broker.port, privacy={"comments": False})
    topic = Topics(given.mqtt.base_topic).room("alice", "chat")
    with Listener(broker.port, [topic]) as listener:
        assert replay(given, path, room=None, speed=100.0, only_show=False) == 0
        listener.wait(topic, lambda message: message.json["id"] == str(COUNT))
        assert [message.json["comment"] for message in listener.messages] == [None] * COUNT


def test_replay_to_the_terminal(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert replay(settings(free_port()), path, room=None, speed=100.0, only_show=True) == 0
    *lines, last = capsys.readouterr().out.splitlines()
    assert [line.rpartition(" ")[2] for line in lines] == ["1", "2", "3"]
    assert all("/alice/chat" in line for line in lines)
    assert last == "3 events replayed"


def test_no_broker(path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CONNECT_TIMEOUT_S", 0.2)
    port = free_port()
    assert replay(settings(port), path, room=None, speed=1.0, only_show=False) == 1
    assert capsys.readouterr().err == f"tiktok2mqtt replay: no broker at 127.0.0.1:{port}\n"


@pytest.mark.skipif(MOSQUITTO is None, reason="needs mosquitto")
def test_a_refused_login(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Mosquitto(tmp_path, "allow_anonymous false") as refusing:
        assert replay(settings(refusing.port), path, room=None, speed=1.0, only_show=False) == 1
    assert capsys.readouterr().err == "tiktok2mqtt replay: the broker refused the connection: Not authorized\n"


def test_a_missing_file_and_a_file_that_is_not_a_recording(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    absent = tmp_path / "absent"
    assert replay(settings(free_port()), absent, room=None, speed=1.0, only_show=True) == 1
    assert capsys.readouterr().err == f"tiktok2mqtt replay: cannot read {absent}: No such file or directory\n"
    absent.write_bytes(b"hello\n")
    assert replay(settings(free_port()), absent, room=None, speed=1.0, only_show=True) == 1
    assert "this is not a recording" in capsys.readouterr().err


def test_an_unknown_event_in_the_settings(path: Path) -> None:
    with pytest.raises(SettingsError, match="no such event: gifts"):
        replay(settings(free_port(), events=["gifts"]), path, room=None, speed=1.0, only_show=True)
