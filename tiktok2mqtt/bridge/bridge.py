"""The daemon: creates all its parts and runs the control loop.

This module and `connector` are the only ones of the bridge that know both the MQTT side and the TikTok side.
"""

import logging
import time
from collections.abc import Callable, Iterator
from functools import partial
from math import inf
from typing import Any, Final

from tiktok2mqtt import __version__
from tiktok2mqtt.bridge.actions import Actions
from tiktok2mqtt.bridge.birth import BirthWait
from tiktok2mqtt.bridge.client_id import default_client_id, takeover_advice
from tiktok2mqtt.bridge.commands import RateLimit
from tiktok2mqtt.bridge.connector import RoomConnector, connectable_rooms
from tiktok2mqtt.bridge.control_loop import ControlLoop, FlushScheduler
from tiktok2mqtt.bridge.dispatch import Dispatcher, Refusals
from tiktok2mqtt.bridge.gifts import DOCUMENT as GIFTS
from tiktok2mqtt.bridge.gifts import GiftsDocument
from tiktok2mqtt.bridge.health import HealthSchedule, LogToMqtt, Watchdog, notify_systemd
from tiktok2mqtt.bridge.homeassistant.discovery_publisher import DiscoveryPublisher
from tiktok2mqtt.bridge.inbox import Inbox
from tiktok2mqtt.bridge.mqtt.link import Link
from tiktok2mqtt.bridge.mqtt.outbox import Outbox
from tiktok2mqtt.bridge.mqtt.policies import effective_policies, room_policies
from tiktok2mqtt.bridge.mqtt.publisher import Publisher, event_message
from tiktok2mqtt.bridge.privacy import PrivacyFilter
from tiktok2mqtt.bridge.purge import clear_former_rooms
from tiktok2mqtt.bridge.reload import reloaded_settings
from tiktok2mqtt.bridge.room import Room
from tiktok2mqtt.bridge.rooms import RoomListDocument, RoomTable, info_document
from tiktok2mqtt.bridge.rooms_file import RoomsFile
from tiktok2mqtt.bridge.state_store import StateStore
from tiktok2mqtt.common.times import Liveness
from tiktok2mqtt.common.topics import OFFLINE, ONLINE, Topics
from tiktok2mqtt.settings import LogSettings, Settings
from tiktok2mqtt.webcast.watch import Watcher

logger = logging.getLogger(__name__)
Json = dict[str, Any]
OK: Final = 0
REFUSED: Final = 3
# Together with the time that the link needs to disconnect, these are less than 5 s.
CLOSE_ROOMS_TIMEOUT_S: Final = 2.0
FLUSH_TIMEOUT_S: Final = 2.0
# Of two daemons with one client id, the one that started later exits, if the broker says that this is the reason.
TAKEOVER_EXIT_S: Final = 60.0


class Bridge:
    """The daemon: rooms from the settings and by command, one MQTT connection, one control loop.

    The thread that calls `run` is the control thread, see ControlLoop. `stop` and `reload` may be called from any
    thread or a signal handler. The set of rooms is changed in the control thread only. No message on MQTT ends the
    daemon. The public attributes have their own rules about threads.
    """

    def __init__(self, settings: Settings) -> None:
        """Raises ValueError naming a setting that lists an unknown event, or state_dir if another daemon uses it."""
        self.settings = settings
        self.loop = ControlLoop()
        mqtt = settings.mqtt
        self._topics = Topics(mqtt.base_topic, mqtt.bridge_topic, settings.homeassistant.prefix)
        policies = effective_policies(settings.events, settings.exclude_events, settings.retain)
        by_room = room_policies(settings)
        privacy = PrivacyFilter(settings.privacy)
        # First, because it locks the folder.
        self._rooms_file = RoomsFile(settings.state_dir)
        self._state = StateStore(
            settings.state_dir,
            lambda room, event: event_message(self._topics, by_room.get(room, policies), room, privacy.redact(event)),
            max_mib=settings.max_state_mib,
            keep_damaged=settings.privacy.keep_damaged,
        )
        self.outbox = Outbox(store=self._state.messages, max_age_s=settings.max_event_age)
        self._sessions = self._state.sessions(self.outbox)
        self._birth = BirthWait(self.outbox, settings)
        self.link = self._create_link()
        self._publisher = Publisher(self._topics, policies, self.outbox.put, self.link.flush, by_room)
        self._gifts = GiftsDocument(
            settings.state_dir,
            settings.tiktok.language,
            lambda payload: self._publisher.text(self._topics.bridge(GIFTS), payload),
        )
        self.watcher = Watcher(settings.tiktok.watch_interval, connectable_rooms(settings))
        self._flush_scheduler = FlushScheduler(wake=lambda: self.loop.put(lambda: None))
        self.connector = RoomConnector(
            settings,
            self._publisher,
            self.watcher,
            self._flush_scheduler.request,
            self._sessions,
            self._gifts.catalogue,
        )
        self.rooms = RoomTable(
            self._create_room,
            self._discard_room,
            max_rooms=settings.max_rooms,
            allowed=settings.allowed_rooms,
            bridge_segment=mqtt.bridge_topic,
            store=self._rooms_file,
        )
        self._room_list = RoomListDocument(
            self.rooms, lambda document: self._publisher.document(self._topics.bridge("rooms"), document)
        )
        commands, limit, refusals = settings.allowed_commands, RateLimit(settings.commands_per_minute), Refusals()
        self._discovery = DiscoveryPublisher(
            self._topics, self._publisher, settings.homeassistant, __version__, commands, by_room=settings.room
        )
        self._watchdog = Watchdog(self.liveness_of_threads)
        self.actions = Actions(self, self._watchdog, {"store": self._rooms_file.health, "outbox": self._state.health})
        self._dispatcher = Dispatcher(self.rooms, self.actions, self._publisher.response, refusals, commands)
        parts = (self._topics, self.loop, self._dispatcher, self._discovery, self.rooms, limit, refusals)
        self.inbox = Inbox(*parts, birth=self._birth, commands=commands)
        self.started_at = time.monotonic()
        # Called with the settings after the command log_level; whoever has set up the log sets this.
        self.on_log_level: Callable[[Settings], object] = lambda _settings: None
        self._health_schedule = HealthSchedule(settings.health_interval)
        self._has_info_job = False
        self.was_connected = False
        self.status = OK
        self._set_tasks()

    def _set_tasks(self) -> None:
        self.loop.set_tasks(
            {
                "publish the documents of rooms": lambda now: self._flush_scheduler.flush(now, self.rooms),
                "publish the health": self._publish_health_if_due,
                "publish the discovery": self._publish_discovery_if_due,
                "publish the list of rooms": lambda now: self._room_list.update(now, connected=self.link.connected),
                "publish the gifts": lambda now: self._gifts.update(now, self.link.max_packet_bytes),
                "report refused commands": lambda _now: self._dispatcher.report_refusals(),
                "clean up the state database": self._state.clean_up,
                "flush the outbox": lambda _now: self._publisher.flush(),
                "feed the watchdog": self._watchdog.feed,
            },
            self._flush_scheduler.seconds_to_next,
        )

    def _create_link(self) -> Link:
        # The callbacks are called in other threads, so they only queue jobs.
        settings = self.settings.mqtt
        self._client_id = settings.client_id or default_client_id(self.settings.state_dir)
        return Link(
            settings.model_copy(update={"client_id": self._client_id}),
            self._topics,
            self.outbox,
            on_connected=self._on_connack,
            on_message=lambda *message: self.inbox.receive(*message),  # noqa: PLW0108 - it is created later
            on_login_refused=lambda reason: self.loop.put(lambda: self.on_login_refused(reason)),
            on_takeover=lambda: self.loop.put(self._on_takeover),
            subscriptions=self._topics.restore_subscriptions,
        )

    def _on_connack(self) -> None:
        # At once: nothing has been sent yet.
        self._birth.connected(time.monotonic())
        self.loop.put(self.on_connected)

    # --- the control loop ---

    def run(self) -> int:
        """Run until `stop`; return the exit status.

        It is 0, 3 if the broker refuses the login or the client id, or 4 after the command restart.

        Blocks; the calling thread becomes the control thread.
        """
        log_handler = LogToMqtt(self._log)
        root = logging.getLogger("tiktok2mqtt")
        root.addHandler(log_handler)
        try:
            self._start()
            self.loop.run()
        finally:
            root.removeHandler(log_handler)
            self.shut_down()
        return self.status

    def stop(self, status: int = OK) -> None:
        """Make `run` publish what is left, disconnect and return `status`, within 5 s."""
        self.status = status
        self.loop.stop()

    def reload(self, load: Callable[[], Settings], on_reloaded: Callable[[Settings], object]) -> None:
        """Read the settings again with `load` and apply those that can change while the daemon runs.

        `on_reloaded` is called with the settings that are then in effect. Both are called in the control thread.
        Settings that need a restart are logged; invalid settings are logged and change nothing.
        """
        self.loop.put(lambda: self._reload(load, on_reloaded))

    def _start(self) -> None:
        logger.info("tiktok2mqtt %s starts", __version__)
        self.watcher.start()
        self.rooms.load(self.settings.rooms)
        if not len(self.rooms):
            add = self._topics.request("add")
            logger.warning('there are no rooms: name some after "run", set rooms, or send {"room": "NAME"} to %s', add)
        if unknown := (self.settings.tiktok.proxies or {}).keys() - {room.name for room in self.rooms}:
            logger.warning("tiktok.proxies lists unknown rooms: %s", ", ".join(sorted(unknown)))
        if unknown := self.settings.room.keys() - {room.name for room in self.rooms}:
            logger.warning("there are settings for unknown rooms: %s", ", ".join(sorted(unknown)))
        self.outbox.start(self.link.flush)
        self.link.start()
        notify_systemd("READY=1")

    def _log(self, record: Json) -> None:
        # As a job: the thread that logs may hold the lock of the outbox, for example when the disk is full.
        if not self.loop.is_overloaded:
            self.loop.put(lambda: self._publisher.log(record))

    def _publish_health_if_due(self, now: float) -> None:
        self._health_schedule.check_live(now, self.rooms)
        if self.link.connected and self._health_schedule.take_due(now):
            self._publisher.document(self._topics.bridge("health"), self.actions.health_document())

    def _publish_discovery_if_due(self, now: float) -> None:
        # The limit may also become known while connected: see Link.
        self._discovery.limit_packets(self.link.max_packet_bytes, now)
        if self._discovery.is_due(now):
            self._publish_discovery(now)

    def shut_down(self) -> None:
        """Close everything; a failure is logged, and the rest is closed anyway."""
        attempt, deadline = self.loop.attempt, time.monotonic() + CLOSE_ROOMS_TIMEOUT_S
        attempt("notify systemd", lambda: notify_systemd("STOPPING=1"))
        for room in self.rooms:
            attempt(f"interrupt {room.name}", room.connection.interrupt)
        attempt("stop the watcher", lambda: self.watcher.stop(CLOSE_ROOMS_TIMEOUT_S))
        for room in self.rooms:
            attempt(f"close {room.name}", partial(self._close_room, room, deadline))
        attempt("publish the state", lambda: self._publisher.text(self._topics.bridge_state, OFFLINE))
        attempt("disconnect from the broker", lambda: self.link.stop(FLUSH_TIMEOUT_S))
        attempt("stop the outbox", self.outbox.stop)
        attempt("save the gifts", self._gifts.save)
        attempt("close the state database", self._state.close)
        attempt("close the file of the rooms", self._rooms_file.close)
        logger.info("stopped")

    def _close_room(self, room: Room, deadline: float) -> None:
        # A reader that still waits for an HTTP response is abandoned; its thread is daemonic.
        room.connection.close(max(0.0, deadline - time.monotonic()))
        room.flush(inf)
        room.publish_offline()

    # --- callbacks of the link, as jobs in the control thread ---

    def on_connected(self) -> None:
        """Publish all retained documents: the broker may have lost them."""
        self.was_connected = True
        self._publisher.text(self._topics.bridge_state, ONLINE)
        self._publish_info()
        self._room_list.publish_again()
        self._gifts.publish()
        now = time.monotonic()
        self._discovery.limit_packets(self.link.max_packet_bytes, now)
        if self._discovery.is_ready:
            self._publish_discovery(now)
        else:
            self._discovery.wait_for_retained(now)
            self._publish_rooms()
        self._health_schedule.request()

    def on_login_refused(self, reason: str) -> None:
        """End the daemon, unless the broker has accepted the login before: then it may accept it again."""
        if not self.was_connected:
            logger.error("the broker refuses our login (%s): check mqtt.username and mqtt.password", reason)
            self.stop(REFUSED)

    def _on_takeover(self) -> None:
        advice = takeover_advice(is_set=bool(self.settings.mqtt.client_id))
        logger.error("another client uses the client id %r: %s", self._client_id, advice)
        if time.monotonic() - self.started_at < TAKEOVER_EXIT_S:
            self.stop(REFUSED)

    # --- callbacks of the room table ---

    def _create_room(self, name: str, from_settings: bool) -> Room:
        room = self.connector.add_room(name, from_settings=from_settings)
        if self._discovery.is_ready:
            room.finish_restore()
        self._publisher.bridge_event("room_added", name)
        self._discovery.publish_room(name)
        room.publish_all()
        # As a job: the room is not in the table yet, and others may follow.
        if not self._has_info_job:
            self._has_info_job = True
            self.loop.put(self._publish_info)
        return room

    def _discard_room(self, room: Room) -> None:
        self.connector.remove_room(room)
        self._discovery.remove_room(room.name)
        room.clear_retained()
        if self._sessions is not None:
            self._sessions.forget(room.name)
        self._publisher.bridge_event("room_removed", room.name)
        self._publish_info()

    # --- documents of the bridge, and of all rooms ---

    def _publish_discovery(self, now: float) -> None:
        # By now all retained messages of an earlier run have arrived.
        is_on = self.settings.homeassistant.discovery == "device"
        kept = {self._topics.device_subscription} if is_on else set()
        self.link.unsubscribe(set(self._topics.restore_subscriptions) - kept)
        for room in self.rooms:
            room.finish_restore()
        former = [name for name in self.inbox.take_former_rooms() if self.rooms.is_former(name)]
        clear_former_rooms(former, self._publisher, has_state_dir=self.settings.state_dir is not None)
        self._discovery.publish_all((room.name for room in self.rooms), now)
        self._publish_rooms()

    def _publish_rooms(self) -> None:
        for room in self.rooms:
            self.loop.attempt(f"publish {room.name}", room.publish_all)

    def _publish_info(self) -> None:
        self._has_info_job = False
        self._publisher.document(self._topics.bridge("info"), info_document(self.rooms, self.settings))

    def liveness_of_threads(self) -> Iterator[Liveness]:
        """Yield the liveness of each thread that carries events."""
        yield self.link.liveness
        yield self.outbox.liveness
        yield self.watcher.liveness
        yield from self.connector.liveness_of_threads()

    def set_log_level(self, log: LogSettings) -> None:
        """Log at another level until the settings are reloaded. Called in the control thread."""
        self.settings = self.settings.model_copy(update={"log": log})
        self.on_log_level(self.settings)
        self._publish_info()

    # --- reloading the settings ---

    def _reload(self, load: Callable[[], Settings], on_reloaded: Callable[[Settings], object]) -> None:
        settings = reloaded_settings(load, self.settings)
        if settings is not None:
            self.settings = settings
            on_reloaded(settings)
            self.rooms.replace_configured(settings.rooms)
            self._publish_info()
