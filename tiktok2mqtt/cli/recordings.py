"""`watch` shows the events of one room, `record` writes them to a file, and `replay` publishes such a file."""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import IO, Final

from tiktok2mqtt.bridge.connector import RoomConnector, client_options
from tiktok2mqtt.bridge.mqtt.link import Link
from tiktok2mqtt.bridge.mqtt.outbox import Message, Outbox
from tiktok2mqtt.bridge.mqtt.policies import effective_policies
from tiktok2mqtt.bridge.mqtt.publisher import Publisher
from tiktok2mqtt.bridge.privacy import PrivacyFilter
from tiktok2mqtt.cli.progress import Progress, Stopwatch, counted, size
from tiktok2mqtt.cli.signals import on_stop_signal
from tiktok2mqtt.cli.terminal import DONE, FAILED
from tiktok2mqtt.cli.view import LINES, MessageQueue, ViewOptions, show_messages
from tiktok2mqtt.common.errors import WebcastError
from tiktok2mqtt.common.topics import Topics
from tiktok2mqtt.settings import MqttSettings, Settings, SettingsError
from tiktok2mqtt.webcast.net.options import Options
from tiktok2mqtt.webcast.recording import Recorder, RecordingError, read_recording
from tiktok2mqtt.webcast.watch import Watcher

STOP_TIMEOUT_S: Final = 2.0
CONNECT_TIMEOUT_S: Final = 10.0
FLUSH_TIMEOUT_S: Final = 10.0
# Not the default bridge topic, so that a running daemon is not disturbed.
REPLAY_BRIDGE_TOPIC: Final = "replay"
Send = Callable[[Message], object]


def watch(
    settings: Settings,
    name: str,
    view: ViewOptions = LINES,
) -> int:
    """Show what the daemon would publish about a room, until Ctrl-C, SIGTERM or the end of the time.

    Returns the exit status. Waits for an offline room to go live. Raises SettingsError.
    """
    stop = threading.Event()
    on_stop_signal(stop.set)
    messages = MessageQueue()

    def show(message: Message) -> None:
        messages.put((message.topic, bytes(message.payload), False))

    try:
        policies = effective_policies(settings.events, settings.exclude_events, [])
    except ValueError as error:
        raise SettingsError([str(error)]) from error
    watcher = Watcher(settings.tiktok.watch_interval)
    connector = RoomConnector(settings, Publisher(Topics(), policies, show), watcher, lambda _room: None)
    room = connector.add_room(name, from_settings=True)
    # There is no broker that could have retained its state.
    room.finish_restore()
    watcher.start()
    room.connection.enable()
    try:
        show_messages(f"@{name}", messages, stop, view, lambda: room.flush(time.monotonic()))
    finally:
        room.connection.interrupt()
        watcher.stop(STOP_TIMEOUT_S)
        room.connection.close(STOP_TIMEOUT_S)
    return DONE


def record(settings: Settings, room: str, path: Path, duration_s: float | None) -> int:
    """Record a room to a new file, until Ctrl-C, SIGTERM or `duration_s`; return the exit status."""
    try:
        # Only the user may read what viewers write.
        path.touch(0o600, exist_ok=False)
        file = path.open("wb")
    except OSError as error:
        print(f"tiktok2mqtt record: cannot create {path}: {error.strerror}", file=sys.stderr)
        return FAILED
    with file:
        recorder = Recorder(room, Options(**client_options(settings.tiktok, room, settings.settings_of(room))), file)
        stopwatch = Stopwatch()
        on_stop_signal(recorder.interrupt)
        timer = threading.Timer(duration_s or 0, recorder.interrupt)
        timer.daemon = True
        if duration_s is not None:
            timer.start()
        try:
            with Progress(lambda: f"{stopwatch}, {counted(recorder.messages, 'message')}, {_size(path)}") as progress:
                recorder.run(lambda way: progress.print(f"recording {room} ({way}) to {path}; Ctrl-C to stop"))
        except WebcastError as error:
            print(f"tiktok2mqtt record: {error}", file=sys.stderr)
        finally:
            timer.cancel()
    if not recorder.messages:
        path.unlink()
        print("nothing was recorded", file=sys.stderr)
        return FAILED
    print(f"{counted(recorder.messages, 'message')} recorded")
    return DONE


def _size(path: Path) -> str:
    try:
        return size(path.stat().st_size)
    except OSError:
        return "deleted"


class _BrokerError(Exception):
    """The broker cannot be reached or refuses the connection; `str()` says so."""


def replay(settings: Settings, path: Path, *, room: str | None, speed: float, only_show: bool) -> int:
    """Publish the events of a recording, not retained; return the exit status.

    `only_show` shows them in the terminal instead. Raises SettingsError.
    """
    try:
        policies = effective_policies(settings.events, settings.exclude_events, [])
    except ValueError as error:
        raise SettingsError([str(error)]) from error
    stop = threading.Event()
    on_stop_signal(stop.set)
    mqtt = settings.mqtt
    topics = Topics() if only_show else Topics(mqtt.base_topic, REPLAY_BRIDGE_TOPIC, settings.homeassistant.prefix)
    output = _to_terminal(path.name) if only_show else _to_broker(mqtt, topics)
    try:
        with path.open("rb") as file, output as send:
            publisher, privacy = Publisher(topics, policies, send), PrivacyFilter(settings.privacy)
            recording = read_recording(file, room)
            with _replay_progress(file, only_show=only_show) as count:
                for event in recording.events(stop.wait, speed):
                    publisher.event(recording.room, privacy.redact(event))
                    count.add()
    except OSError as error:
        return _failed(f"cannot read {path}: {error.strerror}")
    except (RecordingError, _BrokerError) as error:
        return _failed(str(error))
    print(f"{count.events} events replayed")
    return DONE


def _failed(reason: str) -> int:
    print(f"tiktok2mqtt replay: {reason}", file=sys.stderr)
    return FAILED


class _Count:
    """The number of events so far."""

    def __init__(self) -> None:
        self.events = 0

    def add(self) -> None:
        self.events += 1


@contextmanager
def _replay_progress(file: IO[bytes], *, only_show: bool) -> Iterator[_Count]:
    """Show how much of the file has been read, unless the live view has the terminal."""
    count, stopwatch = _Count(), Stopwatch()
    total = max(os.fstat(file.fileno()).st_size, 1)

    def describe() -> str:
        return f"{100 * file.tell() // total} %, {stopwatch}, {counted(count.events, 'event')}"

    with nullcontext() if only_show else Progress(describe):
        yield count


@contextmanager
def _to_broker(mqtt: MqttSettings, topics: Topics) -> Iterator[Send]:
    """Connect to the broker, with a client id of its own; yield the function that sends. Raises _BrokerError."""
    answered, refusals = threading.Event(), list[str]()

    def refused(reason: str) -> None:
        refusals.append(f"the broker refused the connection: {reason}")
        answered.set()

    link = Link(
        mqtt.model_copy(update={"client_id": f"{mqtt.client_prefix}-replay"}),
        topics,
        Outbox(),
        on_connected=answered.set,
        on_message=lambda _topic, _payload, _retained: None,
        on_login_refused=refused,
        on_takeover=lambda: None,
    )
    link.start()
    try:
        if not answered.wait(CONNECT_TIMEOUT_S) or refusals:
            raise _BrokerError(next(iter(refusals), f"no broker at {mqtt.host}:{mqtt.port}"))
        yield link.send
    finally:
        link.stop(FLUSH_TIMEOUT_S)


@contextmanager
def _to_terminal(name: str) -> Iterator[Send]:
    """Start the live view; yield the function that shows a message."""
    messages, finished = MessageQueue(), threading.Event()
    viewer = threading.Thread(target=show_messages, args=(name, messages, finished), name="tiktok2mqtt.view")
    viewer.start()
    try:
        yield lambda message: messages.put((message.topic, bytes(message.payload), False))
    finally:
        finished.set()
        viewer.join()
