"""`tiktok2mqtt record`: a LIVE into a file.

`tiktok2mqtt replay`: a recording back through the pipeline, onto the broker or the terminal.
"""

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tiktok2mqtt.bridge.connector import client_options
from tiktok2mqtt.bridge.mqtt.link import Link
from tiktok2mqtt.bridge.mqtt.outbox import Message, Outbox
from tiktok2mqtt.bridge.mqtt.policies import effective_policies
from tiktok2mqtt.bridge.mqtt.publisher import Publisher
from tiktok2mqtt.bridge.privacy import Privacy
from tiktok2mqtt.cli.terminal import DONE, FAILED
from tiktok2mqtt.cli.view import Lines, look_on
from tiktok2mqtt.common.errors import WebcastError
from tiktok2mqtt.common.topics import Topics
from tiktok2mqtt.settings import MqttSettings, Settings, SettingsError
from tiktok2mqtt.webcast.net.options import Options
from tiktok2mqtt.webcast.recording import Recorder, Recording, RecordingError, read_recording


def record(settings: Settings, room: str, path: Path, duration_s: float | None) -> int:
    """Write what is heard of a room into a new file, until Ctrl-C, SIGTERM or `duration_s`; return the exit status."""
    try:
        # What viewers write is nobody else's business.
        path.touch(0o600, exist_ok=False)
        file = path.open("wb")
    except OSError as error:
        print(f"tiktok2mqtt record: cannot make {path}: {error.strerror}", file=sys.stderr)
        return FAILED
    with file:
        recorder = Recorder(room, Options(**client_options(settings.tiktok, room)), file)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: recorder.interrupt())
        clock = threading.Timer(duration_s or 0, recorder.interrupt)
        clock.daemon = True
        if duration_s is not None:
            clock.start()
        try:
            recorder.run(lambda way: print(f"recording {room} by {way} into {path}; Ctrl-C ends it", flush=True))
        except WebcastError as error:
            print(f"tiktok2mqtt record: {error}", file=sys.stderr)
        finally:
            clock.cancel()
    if not recorder.responses:
        path.unlink()
        print("nothing was recorded", file=sys.stderr)
        return FAILED
    print(f"{recorder.responses} responses recorded")
    return DONE


CONNECT_S: Final = 10.0
FLUSH_S: Final = 10.0
# Topics of its own for what a daemon says of itself: one that runs is not disturbed.
BRIDGE_TOPIC: Final = "replay"
Send = Callable[[Message], object]


class _Refused(Exception):
    """The broker does not take us."""


def replay(settings: Settings, path: Path, *, room: str | None, speed: float, only_show: bool) -> int:
    """Publish the events of a recording, nothing else and nothing retained; return the exit status.

    `only_show` prints them instead, without a broker. Raises SettingsError.
    """
    try:
        policies = effective_policies(settings.events, settings.exclude_events, [])
    except ValueError as error:
        raise SettingsError([str(error)]) from error
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    mqtt = settings.mqtt
    topics = Topics() if only_show else Topics(mqtt.base_topic, BRIDGE_TOPIC, settings.homeassistant.prefix)
    way = _shown(path.name) if only_show else _linked(mqtt, topics)
    try:
        with path.open("rb") as file, way as send:
            publisher, privacy = Publisher(topics, policies, send), Privacy(settings.privacy)
            count = _publish(read_recording(file, room), publisher, privacy, stop, speed)
    except OSError as error:
        return _failed(f"cannot read {path}: {error.strerror}")
    except (RecordingError, _Refused) as error:
        return _failed(str(error))
    print(f"{count} events replayed")
    return DONE


def _failed(words: str) -> int:
    print(f"tiktok2mqtt replay: {words}", file=sys.stderr)
    return FAILED


def _publish(recording: Recording, publisher: Publisher, privacy: Privacy, stop: threading.Event, speed: float) -> int:
    count = 0
    for event in recording.events(stop.wait, speed):
        publisher.event(recording.room, privacy(event))
        count += 1
    return count


@contextmanager
def _linked(mqtt: MqttSettings, topics: Topics) -> Iterator[Send]:
    """Connect to the broker as another client than the daemon. Raises _Refused."""
    answered, refusals = threading.Event(), list[str]()

    def refused(reason: str) -> None:
        refusals.append(f"the broker refused the connection: {reason}")
        answered.set()

    link = Link(
        mqtt.model_copy(update={"client_id": f"{mqtt.client_id}-replay"}),
        topics,
        Outbox(),
        on_connected=answered.set,
        on_message=lambda _topic, _payload, _retained: None,
        on_login_refused=refused,
        on_takeover=lambda: None,
    )
    link.start()
    try:
        if not answered.wait(CONNECT_S) or refusals:
            raise _Refused(next(iter(refusals), f"no broker at {mqtt.host}:{mqtt.port}"))
        yield link.send
    finally:
        link.stop(FLUSH_S)


@contextmanager
def _shown(name: str) -> Iterator[Send]:
    lines, over = Lines(), threading.Event()
    viewer = threading.Thread(target=look_on, args=(name, lines, over), name="tiktok2mqtt.view")
    viewer.start()
    try:
        yield lambda message: lines.put((message.topic, bytes(message.payload), False))
    finally:
        over.set()
        viewer.join()
