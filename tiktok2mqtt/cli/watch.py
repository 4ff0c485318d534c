"""`tiktok2mqtt watch`: shows the events of one room in the terminal, without a broker."""

import threading
import time
from typing import Final

from tiktok2mqtt.bridge.connector import RoomConnector
from tiktok2mqtt.bridge.mqtt.outbox import Message
from tiktok2mqtt.bridge.mqtt.policies import effective_policies
from tiktok2mqtt.bridge.mqtt.publisher import Publisher
from tiktok2mqtt.cli.signals import on_stop_signal
from tiktok2mqtt.cli.terminal import DONE
from tiktok2mqtt.cli.view import MessageQueue, show_messages
from tiktok2mqtt.common.topics import Topics
from tiktok2mqtt.settings import Settings, SettingsError
from tiktok2mqtt.webcast.watch import Watcher

STOP_TIMEOUT_S: Final = 2.0


def watch(settings: Settings, name: str, duration_s: float | None) -> int:
    """Show what the daemon would publish about a room, until Ctrl-C, SIGTERM or `duration_s`; return the exit status.

    Waits for an offline room to go live. Raises SettingsError.
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
    watcher.start()
    room.connection.enable()
    try:
        show_messages(f"@{name}", messages, stop, duration_s, lambda: room.flush(time.monotonic()))
    finally:
        room.connection.interrupt()
        watcher.stop(STOP_TIMEOUT_S)
        room.connection.close(STOP_TIMEOUT_S)
    return DONE
