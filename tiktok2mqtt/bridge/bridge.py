"""Owns the rooms and the MQTT connection. Here and in `following` both sides are wired, and nowhere else."""

import logging
import queue
import time
from collections.abc import Callable, Iterator
from math import inf
from typing import Any, Final

from tiktok2mqtt import __version__
from tiktok2mqtt.bridge import health
from tiktok2mqtt.bridge.commands import RateLimit
from tiktok2mqtt.bridge.connector import RoomConnector
from tiktok2mqtt.bridge.dispatch import Dispatcher, Inbox
from tiktok2mqtt.bridge.flush_scheduler import FlushScheduler
from tiktok2mqtt.bridge.health import Watchdog
from tiktok2mqtt.bridge.homeassistant.announcer import Announcer
from tiktok2mqtt.bridge.mqtt.link import OFFLINE, ONLINE, Link
from tiktok2mqtt.bridge.mqtt.outbox import Outbox
from tiktok2mqtt.bridge.mqtt.policies import effective_policies
from tiktok2mqtt.bridge.mqtt.publisher import Publisher, event_message
from tiktok2mqtt.bridge.privacy import Privacy
from tiktok2mqtt.bridge.reloading import read_again
from tiktok2mqtt.bridge.room import Room
from tiktok2mqtt.bridge.rooms import RoomTable, identify
from tiktok2mqtt.bridge.rooms_file import RoomsFile
from tiktok2mqtt.bridge.state_store import StateStore
from tiktok2mqtt.common.times import Liveness
from tiktok2mqtt.common.topics import Topics
from tiktok2mqtt.settings import Settings
from tiktok2mqtt.webcast.watch import Watcher

logger = logging.getLogger(__name__)
Json = dict[str, Any]
Job = Callable[[], object]
OK: Final = 0
REFUSED_BY_BROKER: Final = 3
# Together with what the link takes to end, less than 5 s.
LEAVE_S: Final = 2.0
FLUSH_S: Final = 2.0
# Of two clients with one name, the one that came later gives way.
NEWCOMER_S: Final = 60.0
TICK_S: Final = 1.0


class Bridge:
    """The daemon: rooms from the settings and by command, one MQTT connection, one control loop.

    `run()` is the control loop and returns the exit status; `stop()` ends it, from any thread or a signal handler. All
    that changes the set of rooms happens in the control loop, as jobs put into its queue.
    """

    def __init__(self, settings: Settings) -> None:
        """Raises ValueError naming a setting: one that names no event, or state_dir when another daemon has it."""
        self._settings = settings
        mqtt = settings.mqtt
        self._topics = Topics(mqtt.base_topic, mqtt.bridge_topic, settings.homeassistant.prefix)
        policies = effective_policies(settings.events, settings.exclude_events, settings.retain)
        privacy = Privacy(settings.privacy)
        # The lock of the folder first.
        self._rooms_file = RoomsFile(settings.state_dir)
        self._state = StateStore(
            settings.state_dir, lambda room, event: event_message(self._topics, policies, room, privacy(event))
        )
        self._outbox = Outbox(store=self._state.messages, max_age_s=settings.max_event_age)
        self._sessions = self._state.sessions(self._outbox)
        self._link = Link(
            mqtt,
            self._topics,
            self._outbox,
            on_up=lambda: self._jobs.put(self._came_up),
            on_message=self._received,
            on_refused=lambda reason: self._jobs.put(lambda: self._refused(reason)),
            on_rival=lambda: self._jobs.put(self._displaced),
            subscriptions=self._topics.past,
        )
        self._publisher = Publisher(self._topics, policies, self._outbox.put, self._link.flush)
        self._watcher = Watcher(settings.tiktok.watch_interval)
        self._flush_scheduler = FlushScheduler(lambda: self._jobs.put(lambda: None))
        self._connector = RoomConnector(
            settings, self._publisher, self._watcher, self._flush_scheduler.request, self._sessions
        )
        self._rooms = RoomTable(
            self._make_room,
            self._drop_room,
            max_rooms=settings.max_rooms,
            allowed=settings.allowed_rooms,
            bridge_segment=mqtt.bridge_topic,
            store=self._rooms_file,
        )
        self._announcer = Announcer(self._topics, self._publisher, settings.homeassistant, __version__)
        limit = RateLimit(settings.commands_per_minute)
        self._dispatcher = Dispatcher(self._topics, self._rooms, limit, self, self._publisher.response)
        self._watchdog = Watchdog(self._liveness_of_threads)
        self._jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
        self._inbox = Inbox(self._topics, self._jobs, self._dispatcher, self._announcer, self._rooms)
        self._started_at = time.monotonic()
        self._health_due = 0.0
        self._was_up = False
        self._stopping = False
        self._status = OK

    # --- the control loop ---

    def run(self) -> int:
        """Serve until `stop`; return the exit status: 0, or 3 when the broker refuses our login at the start."""
        # Later: whoever logs may hold the lock of the outbox, as when the disk is full.
        log_handler = health.LogToMqtt(lambda line: self._jobs.put(lambda: self._publisher.log(line)))
        root = logging.getLogger("tiktok2mqtt")
        root.addHandler(log_handler)
        try:
            self._start()
            while not self._stopping:
                self._run_jobs()
                self._do_what_is_due(time.monotonic())
                self._publisher.flush()
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
        self._rooms.begin(self._settings.rooms)
        if absent := (self._settings.tiktok.proxies or {}).keys() - {room.name for room in self._rooms}:
            logger.warning("tiktok.proxies names rooms that are not followed: %s", ", ".join(sorted(absent)))
        self._outbox.start(self._link.flush)
        self._link.start()
        health.notify_systemd("READY=1")

    def _run_jobs(self) -> None:
        try:
            job = self._jobs.get(timeout=min(TICK_S, self._flush_scheduler.seconds_to_next(time.monotonic())))
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
        self._flush_scheduler.flush(now, self._rooms)
        if now >= self._health_due and self._link.connected:
            self._health_due = now + self._settings.health_interval
            self._publisher.document(self._topics.bridge("health"), self._health())
        if self._announcer.is_due(now):
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
        self._outbox.stop()
        self._state.close()
        self._rooms_file.close()
        logger.info("stopped")

    # --- rooms ---

    def _make_room(self, name: str, from_settings: bool) -> Room:
        room = self._connector.begin(name, from_settings=from_settings)
        if self._announcer.knows_the_past:
            room.know_the_past()
        self._publisher.bridge_event("room_added", name)
        self._announcer.announce_room(name)
        room.write_all()
        # Later, when the room is in the table.
        self._jobs.put(self._publish_info)
        return room

    def _drop_room(self, room: Room) -> None:
        self._connector.end(room)
        self._announcer.withdraw(room.name)
        room.forget()
        if self._sessions is not None:
            self._sessions.forget(room.name)
        self._publisher.bridge_event("room_removed", room.name)
        self._publish_info()

    # --- the broker's side ---

    def _came_up(self) -> None:
        """Publish all that is retained: the broker may have forgotten it."""
        self._was_up = True
        self._publisher.text(self._topics.bridge_state, ONLINE)
        self._publish_info()
        if self._announcer.knows_the_past:
            self._announce()
        else:
            self._announcer.listen(time.monotonic())
            self._write_rooms()
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
        self._inbox.take(topic, payload, retained)

    # --- Home Assistant and the bridge's own documents ---

    def _announce(self) -> None:
        self._link.unsubscribe(self._topics.past)
        for room in self._rooms:
            room.know_the_past()
        self._announcer.announce((room.name for room in self._rooms), time.monotonic())
        self._write_rooms()

    def _write_rooms(self) -> None:
        for room in self._rooms:
            room.write_all()

    def _publish_info(self) -> None:
        rooms = [identify(room) for room in self._rooms]
        document = {"version": __version__, "rooms": rooms, "settings": self._settings.public_dump()}
        self._publisher.document(self._topics.bridge("info"), document)

    # --- commands that are no matter of the room table ---

    def health(self) -> Json:
        """Return the health document, and whether we are healthy."""
        return {"healthy": self._healthy(), **self._health()}

    def _healthy(self) -> bool:
        return self._link.connected and not self._watchdog.stuck(time.monotonic())

    def _health(self) -> Json:
        now = time.monotonic()
        document = health.document(self._rooms, self._connector.drops(), self._outbox, now - self._started_at)
        return document | {
            "denied_by_topic": dict(self._link.denied),
            "stuck_threads": self._watchdog.stuck(now),
            "store": self._rooms_file.health(),
            "outbox": self._state.health(),
        }

    def _liveness_of_threads(self) -> Iterator[Liveness]:
        yield self._link.liveness
        yield self._outbox.liveness
        yield self._watcher.liveness
        yield from self._connector.liveness_of_threads()

    def room_info(self, name: str) -> Json:
        """See RoomConnector."""
        return self._connector.room_info(name)

    def simulate(self, room: Room, event: str, data: Json, *, count_in_totals: bool) -> list[Json]:
        """See RoomConnector."""
        return self._connector.simulate(room, event, data, count_in_totals=count_in_totals)
