"""`tiktok2mqtt watch`: the events of one room in the terminal. No broker takes part."""

import signal
import threading
import time
from typing import Final

from tiktok2mqtt.bridge.connector import RoomConnector
from tiktok2mqtt.bridge.mqtt.outbox import Message
from tiktok2mqtt.bridge.mqtt.policies import effective_policies
from tiktok2mqtt.bridge.mqtt.publisher import Publisher
from tiktok2mqtt.cli.terminal import DONE
from tiktok2mqtt.cli.view import Lines, look_on
from tiktok2mqtt.common.topics import Topics
from tiktok2mqtt.settings import Settings, SettingsError
from tiktok2mqtt.webcast.watch import Watcher

LEAVE_S: Final = 2.0


def watch(settings: Settings, name: str, duration_s: float | None) -> int:
    """Show what the daemon would publish of a room, until Ctrl-C, SIGTERM or `duration_s`; return the exit status.

    A room that is offline is watched until it is live. Raises SettingsError.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    lines: Lines = Lines()

    def show(message: Message) -> None:
        lines.put((message.topic, bytes(message.payload), False))

    try:
        policies = effective_policies(settings.events, settings.exclude_events, [])
    except ValueError as error:
        raise SettingsError([str(error)]) from error
    watcher = Watcher(settings.tiktok.watch_interval)
    connector = RoomConnector(settings, Publisher(Topics(), policies, show), watcher, lambda _room: None)
    room = connector.add_room(name, from_settings=True)
    watcher.start()
    room.connection.enable()
    try:
        look_on(f"@{name}", lines, stop, duration_s, lambda: room.flush(time.monotonic()))
    finally:
        room.connection.interrupt()
        watcher.stop(LEAVE_S)
        room.connection.close(LEAVE_S)
    return DONE
