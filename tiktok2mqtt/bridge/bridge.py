"""Owns the rooms and the MQTT connection; the only place that wires both sides."""

import logging
import queue
import random
import time
from collections.abc import Callable, Iterator
from math import inf
from typing import Any, Final

from tiktok2mqtt import __version__
from tiktok2mqtt.bridge import health
from tiktok2mqtt.bridge.commands import RateLimit
from tiktok2mqtt.bridge.dispatch import Dispatcher
from tiktok2mqtt.bridge.homeassistant import discovery
from tiktok2mqtt.bridge.link import OFFLINE, ONLINE, Link
from tiktok2mqtt.bridge.outbox import Outbox
from tiktok2mqtt.bridge.policies import chosen
from tiktok2mqtt.bridge.publisher import Publisher
from tiktok2mqtt.bridge.reloading import read_again
from tiktok2mqtt.bridge.room import Room
from tiktok2mqtt.bridge.room_state import RoomFacts
from tiktok2mqtt.bridge.rooms import RoomTable, identify
from tiktok2mqtt.bridge.topics import Topics
from tiktok2mqtt.bridge.watchdog import Watchdog
from tiktok2mqtt.settings import Settings
from tiktok2mqtt.webcast.client import WebcastPushConnection
from tiktok2mqtt.webcast.cookies import parse_cookies
from tiktok2mqtt.webcast.lifecycle import Connection, State
from tiktok2mqtt.webcast.pulse import Pulse
from tiktok2mqtt.webcast.text import safe_text
from tiktok2mqtt.webcast.times import timestamp
from tiktok2mqtt.webcast.watch import WatchedRoom, Watcher

logger = logging.getLogger(__name__)
Json = dict[str, Any]
Job = Callable[[], object]
OK: Final = 0
REFUSED_BY_BROKER: Final = 3
# Together with what the link takes to end, less than 5 s.
LEAVE_S: Final = 2.0
FLUSH_S: Final = 2.0
BIRTH_DELAY_S: Final = (0.5, 2.0)
# Of two clients with one name, the one that came later gives way.
NEWCOMER_S: Final = 60.0
MAX_WAITING_COMMANDS: Final = 1_000
TICK_S: Final = 1.0


class Bridge:
    """The daemon: rooms from the settings and by command, one MQTT connection, one control loop.

    `run()` is the control loop and returns the exit status; `stop()` ends it, from any thread or a signal handler. All
    that changes the set of rooms happens in the control loop, as jobs put into its queue.
    """

    def __init__(self, settings: Settings) -> None:
        """Raises ValueError naming the setting when events, exclude_events or retain name no event."""
        self._settings = settings
        mqtt = settings.mqtt
        self._topics = Topics(mqtt.base_topic, mqtt.bridge_topic, settings.homeassistant.prefix)
        self._outbox = Outbox()
        policies = chosen(settings.events, settings.exclude_events, settings.retain)
        self._link = Link(
            mqtt,
            self._topics,
            self._outbox,
            on_up=lambda: self._jobs.put(self._came_up),
            on_message=self._received,
            on_refused=lambda reason: self._jobs.put(lambda: self._refused(reason)),
            on_rival=lambda: self._jobs.put(self._displaced),
        )
        self._publisher = Publisher(self._topics, policies, self._link.send)
        self._watcher = Watcher(settings.tiktok.watch_interval)
        self._rooms = RoomTable(
            self._make_room,
            self._drop_room,
            max_rooms=settings.max_rooms,
            allowed=settings.allowed_rooms,
            bridge_segment=mqtt.bridge_topic,
        )
        self._clients: dict[str, WebcastPushConnection] = {}
        self._discovery = discovery.DiscoveryOptions(
            settings.homeassistant.gift_medium, settings.homeassistant.gift_large
        )
        self._dispatcher = Dispatcher(
            self._topics,
            self._rooms,
            RateLimit(settings.commands_per_minute),
            respond=self._publisher.response,
            health=lambda: {"healthy": self._healthy(), **self.health()},
        )
        self._watchdog = Watchdog(self._pulses)
        self._jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
        self._dirty: set[Room] = set()
        self._started_at = time.monotonic()
        self._health_due = 0.0
        self._announce_due: float | None = None
        self._was_up = False
        self._stopping = False
        self._status = OK

    # --- the control loop ---

    def run(self) -> int:
        """Serve until `stop`; return the exit status: 0, or 3 when the broker refuses our login at the start."""
        log_handler = health.LogToMqtt(self._publisher.log)
        root = logging.getLogger("tiktok2mqtt")
        root.addHandler(log_handler)
        try:
            self._start()
            while not self._stopping:
                self._run_jobs()
                self._do_what_is_due(time.monotonic())
        finally:
            root.removeHandler(log_handler)
            self._shut_down()
        return self._status

    def stop(self, status: int = OK) -> None:
        """End `run`, which then flushes and says goodbye; it returns within 5 s."""

        def leave() -> None:
            self._stopping = True
            self._status = status

        self._jobs.put(leave)

    def reload(self, load: Callable[[], Settings], then: Callable[[Settings], object]) -> None:
        """Follow the rooms of the settings that `load` returns, and tell `then` the settings that are now in force.

        From any thread or a signal handler. What needs a restart is logged; wrong settings are, and nothing changes.
        """
        self._jobs.put(lambda: self._reload(load, then))

    def _reload(self, load: Callable[[], Settings], then: Callable[[Settings], object]) -> None:
        settings = read_again(load, self._settings)
        if settings is not None:
            self._settings = settings
            then(settings)
            self._rooms.follow(settings.rooms)
            self._publish_info()

    def _start(self) -> None:
        logger.info("tiktok2mqtt %s starts", __version__)
        self._watcher.start()
        # Rooms point to the bridge's device, so it is announced first.
        self._announce_bridge()
        for name in self._settings.rooms:
            self._rooms.add_from_settings(name)
        self._link.start()
        health.notify_systemd("READY=1")

    def _run_jobs(self) -> None:
        try:
            job = self._jobs.get(timeout=TICK_S if not self._dirty else 0.1)
            while True:
                self._run_job(job)
                job = self._jobs.get_nowait()
        except queue.Empty:
            pass

    def _run_job(self, job: Job) -> None:
        try:
            job()
        except Exception:
            logger.exception("a job of the control loop failed")

    def _do_what_is_due(self, now: float) -> None:
        self._dirty = {room for room in self._dirty if room.flush(now)}
        if now >= self._health_due and self._link.connected:
            self._health_due = now + self._settings.health_interval
            self._publisher.document(self._topics.bridge("health"), self.health())
        if self._announce_due is not None and now >= self._announce_due:
            self._announce_due = None
            self._announce()
        self._watchdog.feed(now)

    def _shut_down(self) -> None:
        health.notify_systemd("STOPPING=1")
        deadline = time.monotonic() + LEAVE_S
        for room in self._rooms:
            room.watched.interrupt()
        self._watcher.stop(LEAVE_S)
        for room in self._rooms:
            # A thread that still waits for an HTTP answer is left behind.
            room.watched.close(max(0.0, deadline - time.monotonic()))
            room.flush(inf)
            room.say_offline()
        self._publisher.text(self._topics.bridge_state, OFFLINE)
        self._link.stop(FLUSH_S)
        logger.info("stopped")

    # --- rooms ---

    def _make_room(self, name: str, from_settings: bool) -> Room:
        tiktok = self._settings.tiktok
        client = self._clients[name] = WebcastPushConnection(
            name,
            process_initial_data=tiktok.process_initial_data,
            fetch_room_info_on_connect=tiktok.fetch_room_info,
            enable_extended_gift_info=tiktok.extended_gift_info,
            enable_websocket_upgrade=tiktok.websocket_upgrade,
            request_polling_interval_ms=1000 * tiktok.polling_interval,
            transports=tiktok.transports,
            web_url=tiktok.web_url,
            webcast_url=tiktok.webcast_url,
            socket_url=tiktok.socket_url,
            proxy=tiktok.proxy.get_secret_value() if tiktok.proxy else None,
            cookies=parse_cookies(tiktok.cookies.get_secret_value()) if tiktok.cookies else {},
            connect_timeout_s=tiktok.connect_timeout,
            stale_timeout_s=tiktok.stale_timeout,
        )
        room = Room(name, self._publisher, self._request_flush, from_settings=from_settings)

        def on_connection(connection: Connection) -> None:
            if connection.state is State.LIVE:
                _begin_session(room, client)
            room.on_connection(connection)

        client.on("*", room.on_event)
        if self._settings.raw:
            client.on("raw_data", room.on_raw)
        room.watched = WatchedRoom(client, self._watcher, on_connection)
        self._publisher.bridge_event("room_added", name)
        self._announce_room(room)
        room.write_all()
        room.watched.enable()
        # Later, when the room is in the table.
        self._jobs.put(self._publish_info)
        return room

    def _drop_room(self, room: Room) -> None:
        room.watched.close()
        del self._clients[room.name]
        self._dirty.discard(room)
        self._publisher.text(self._topics.discovery(discovery.object_id(self._topics, room.name)), b"")
        room.forget()
        self._publisher.bridge_event("room_removed", room.name)
        self._publish_info()

    def _request_flush(self, room: Room) -> None:
        def remember() -> None:
            # By now the room may have been removed, and its topics with it.
            if room in self._rooms:
                self._dirty.add(room)

        self._jobs.put(remember)

    # --- the broker's side ---

    def _came_up(self) -> None:
        """Publish all that is retained: the broker may have forgotten it."""
        self._was_up = True
        self._publisher.text(self._topics.bridge_state, ONLINE)
        self._publish_info()
        self._announce()
        self._health_due = 0.0

    def _refused(self, reason: str) -> None:
        if not self._was_up:
            logger.error("the broker refuses our login (%s): check mqtt.username and mqtt.password", reason)
            self.stop(REFUSED_BY_BROKER)

    def _displaced(self) -> None:
        name = self._settings.mqtt.client_id
        logger.error("another client of the broker uses the client id %r: give each its own mqtt.client_id", name)
        if time.monotonic() - self._started_at < NEWCOMER_S:
            self.stop(REFUSED_BY_BROKER)

    def _received(self, topic: str, payload: bytes, retained: bool) -> None:
        """Take a message from the link's thread."""
        if topic == self._topics.birth:
            if payload == b"online" and not retained:
                self._jobs.put(self._announce_soon)
            return
        if retained:
            logger.warning("ignored a retained command on %s: publish it without retain", safe_text(topic))
            return
        if self._jobs.qsize() > MAX_WAITING_COMMANDS:
            logger.warning("ignored a command on %s: too many are waiting", safe_text(topic))
            return
        self._jobs.put(lambda: self._dispatcher.handle(topic, payload, time.monotonic()))

    # --- Home Assistant and the bridge's own documents ---

    def _announce_soon(self) -> None:
        # Home Assistant greets every integration at once; a moment's delay spares it and the broker.
        self._announce_due = time.monotonic() + random.uniform(*BIRTH_DELAY_S)  # noqa: S311 - jitter, no secret

    def _announce(self) -> None:
        self._announce_bridge()
        for room in self._rooms:
            self._announce_room(room)
            room.write_all()

    def _announce_bridge(self) -> None:
        if self._settings.homeassistant.discovery == "device":
            self._publisher.document(*discovery.bridge_message(self._topics, __version__, self._discovery))

    def _announce_room(self, room: Room) -> None:
        if self._settings.homeassistant.discovery == "device":
            self._publisher.document(*discovery.room_message(self._topics, room.name, __version__, self._discovery))

    def _publish_info(self) -> None:
        rooms = [identify(room) for room in self._rooms]
        document = {"version": __version__, "rooms": rooms, "settings": self._settings.public_dump()}
        self._publisher.document(self._topics.bridge("info"), document)

    def health(self) -> Json:
        """Return the health document."""
        drops = [client.drops for client in self._clients.values()]
        now = time.monotonic()
        document = health.document(self._rooms, drops, self._outbox, now - self._started_at)
        return document | {"stuck_threads": self._watchdog.stuck(now)}

    def _healthy(self) -> bool:
        return self._link.connected and not self._watchdog.stuck(time.monotonic())

    def _pulses(self) -> Iterator[Pulse]:
        yield self._link.pulse
        yield self._watcher.pulse
        for client in self._clients.values():
            yield client.pulse


def _begin_session(room: Room, client: WebcastPushConnection) -> None:
    state = client.get_state()
    info = state.room_info
    facts = RoomFacts()
    if info is not None:
        facts = RoomFacts(
            title=info.title,
            started_at=timestamp(info.started_at_s) if info.started_at_s else None,
            viewers=info.viewers,
            likes=info.likes,
            followers=info.followers,
        )
    room.begin_session(str(state.room_id), facts, info.cover if info else None)
