"""Connects each room to TikTok: creates the client of a room from the settings, and passes its events to the room.

Besides `bridge`, this is the only module of the bridge that uses the webcast client.
"""

import logging
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any, Final
from urllib.parse import quote

from pydantic import SecretStr

from tiktok2mqtt.bridge.commands import CommandError
from tiktok2mqtt.bridge.mqtt.publisher import Publisher
from tiktok2mqtt.bridge.privacy import PrivacyFilter
from tiktok2mqtt.bridge.room import Room
from tiktok2mqtt.bridge.room_state import LiveInfo
from tiktok2mqtt.bridge.session_store import SqliteSessionStore
from tiktok2mqtt.common.errors import WebcastError
from tiktok2mqtt.common.times import Liveness, timestamp
from tiktok2mqtt.settings import RoomSettings, Settings, TiktokSettings
from tiktok2mqtt.webcast import simulated
from tiktok2mqtt.webcast.client import State as ClientState
from tiktok2mqtt.webcast.client import WebcastPushConnection
from tiktok2mqtt.webcast.gift_catalogue import GiftCatalogue
from tiktok2mqtt.webcast.lifecycle import Connection, State
from tiktok2mqtt.webcast.lookup.room_info import RoomInfo
from tiktok2mqtt.webcast.memory import Drops
from tiktok2mqtt.webcast.net.cookies import parse_cookies
from tiktok2mqtt.webcast.watch import WatchedRoom, Watcher

logger = logging.getLogger(__name__)
Json = dict[str, Any]
# File descriptors of a connected room: its socket, and connections to the web, webcast and sign provider hosts. With
# curl_cffi each room has its own connections, and each of its sessions two more.
FILES_PER_ROOM: Final = 4
FILES_PER_IMPERSONATING_ROOM: Final = 8
# Reserved for the broker, the database, lookups and commands; idle, the daemon uses 11 of them.
RESERVED_FILES: Final = 32


class RoomConnector:
    """Creates and closes rooms together with their clients.

    Used by the control thread, except `room_info`, which is called from a command thread. Events and connection changes
    reach a room in the threads that `Room` names.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - the parts of the daemon that it joins
        self,
        settings: Settings,
        publisher: Publisher,
        watcher: Watcher,
        request_flush: Callable[[Room], object],
        sessions: SqliteSessionStore | None = None,
        gifts: GiftCatalogue | None = None,
    ) -> None:
        self._settings = settings
        self._publisher = publisher
        self._watcher = watcher
        self._request_flush = request_flush
        self._sessions = sessions
        self._gifts = gifts if gifts is not None else GiftCatalogue()
        self._privacy = PrivacyFilter(settings.privacy)
        self._clients: dict[str, WebcastPushConnection] = {}

    def add_room(self, name: str, *, from_settings: bool) -> Room:
        """Create a room with its client. It sends no request to TikTok before `room.connection.enable()`."""
        client = WebcastPushConnection(
            name,
            session_store=self._sessions,
            gift_catalogue=self._gifts,
            **client_options(self._settings.tiktok, name, self._settings.settings_of(name)),
        )
        self._clients[name] = client
        room = Room(
            name,
            self._publisher.for_room(name),
            self._request_flush,
            from_settings=from_settings,
            like_milestone=self._settings.homeassistant.like_milestone,
            state_interval_s=self._settings.state_interval,
            store=self._sessions,
            url=f"{self._settings.tiktok.web_url}/@{quote(name)}/live",
        )
        self._subscribe(client, room)
        client.on_renamed = lambda new_name: self._publisher.bridge_event("room_renamed", name, name=new_name)
        # After the handlers are in place: it may emit gifts that an earlier run has not published.
        client.restore()

        def on_connection(connection: Connection, known: ClientState) -> None:
            if connection.state is State.LIVE:
                _begin_session(room, known)
            room.on_connection(connection)

        live_grace_s = self._settings.tiktok.live_grace
        room.connection = WatchedRoom(client, self._watcher, on_connection, live_grace_s=live_grace_s)
        return room

    def _subscribe(self, client: WebcastPushConnection, room: Room) -> None:
        privacy = self._privacy
        client.on("*", (lambda event: room.on_event(privacy.redact(event))) if privacy.is_active else room.on_event)
        client.on("caught_up", self._publisher.flush)
        if self._settings.raw:
            client.on("raw_data", room.on_raw)

    def remove_room(self, room: Room) -> None:
        """Close the connection of a room. Blocks for up to 5 s."""
        room.connection.close()
        del self._clients[room.name]

    def drops(self) -> dict[str, Drops]:
        """Return, by room, the counters of frames and messages that could not be decoded."""
        return {name: client.drops for name, client in self._clients.items()}

    def liveness_of_threads(self) -> Iterator[Liveness]:
        """Yield the liveness of each reader thread."""
        for client in self._clients.values():
            yield client.liveness

    def room_info(self, name: str) -> Json:
        """Ask TikTok about the LIVE of a room. Blocks for up to three requests. Raises CommandError with a code."""
        client = self._clients.get(name)
        if client is None:
            raise CommandError(f"the room {name} has been removed")
        try:
            info = client.get_room_info()
        except WebcastError as error:
            raise CommandError(str(error), code=error.code) from error
        answer = {"room": name, "live": info.live, "cover": info.cover, "owner": asdict(info.owner)}
        return self._privacy.redact_document(answer | asdict(_live_info(info)))

    def simulate(self, room: Room, event: str, data: Json, *, count_in_totals: bool) -> list[Json]:
        """Publish a simulated event, and those that always come with it; return the events that were published.

        Raises CommandError.
        """
        state = self._clients[room.name].get_state()
        likes = room.state_document()["likes"]
        try:
            events = simulated.events(
                room.name, state.room_id, event, data, wall_ns=time.time_ns(), likes=likes, gifts=self._gifts
            )
        except ValueError as error:
            raise CommandError(str(error)) from error
        publisher = self._publisher.for_room(room.name)
        if not publisher.publishes(event):
            raise CommandError(f"{event} is not published: see events and exclude_events in the settings")
        for one in events:
            room.on_simulated_event(self._privacy.redact(one), count_in_totals=count_in_totals)
        return [one for one in events if publisher.publishes(one["event_type"])]


def connectable_rooms(settings: Settings) -> int:
    """Return how many rooms may be connected at the same time, so that the process never runs out of files.

    Raises the soft limit of open files as far as it is needed and allowed.
    """
    per_room = FILES_PER_IMPERSONATING_ROOM if settings.tiktok.impersonate else FILES_PER_ROOM
    files = _raised_file_limit(RESERVED_FILES + per_room * settings.max_rooms)
    rooms = min(settings.max_rooms, max(1, (files - RESERVED_FILES) // per_room))
    if rooms < len(settings.rooms):
        logger.warning("the process may open %d files: no more than %d rooms are connected at a time", files, rooms)
    return rooms


def _raised_file_limit(needed: int) -> int:
    """Raise the soft limit to `needed`, or as far as it may be; return it, or `needed` if it is higher."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if _is_enough(soft, needed):
        return needed
    raised = needed if _is_enough(hard, needed) else hard
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (raised, hard))
    except (OSError, ValueError):
        # A sandbox may forbid it.
        return soft
    return raised


def _is_enough(limit: int, needed: int) -> bool:
    return limit == resource.RLIM_INFINITY or limit >= needed


def client_options(tiktok: TiktokSettings, room: str, own: RoomSettings | None = None) -> dict[str, Any]:
    """Return the keyword arguments of the WebcastPushConnection to a room. They contain the secrets in clear text.

    `own` are the settings of this room alone.
    """
    own = own or RoomSettings()
    cookies = _secret_value(tiktok.cookies)
    return {
        "process_initial_data": tiktok.process_initial_data,
        "fetch_room_info_on_connect": tiktok.fetch_room_info,
        "enable_extended_gift_info": tiktok.extended_gift_info,
        "enable_websocket_upgrade": tiktok.websocket_upgrade,
        "request_polling_interval_ms": 1000 * tiktok.polling_interval,
        "transports": tiktok.transports,
        "client_params": _secret_values(tiktok.client_params),
        "request_headers": _secret_values(tiktok.request_headers),
        "websocket_headers": _secret_values(tiktok.websocket_headers),
        "web_url": tiktok.web_url,
        "webcast_url": tiktok.webcast_url,
        "socket_url": tiktok.socket_url,
        "sign_url": tiktok.sign_url,
        "sign_key": _secret_value(tiktok.sign_key),
        "sign_path": tiktok.sign_path,
        "proxy": _secret_value(own.proxy or (tiktok.proxies or {}).get(room) or tiktok.proxy),
        "user_id": own.user_id,
        "room_id": own.room_id,
        "cookies": parse_cookies(cookies) if cookies else {},
        "impersonate": tiktok.impersonate,
        "browser_url": tiktok.browser_url,
        "browser_max_tabs": tiktok.browser_max_tabs,
        "connect_timeout_s": tiktok.connect_timeout,
        "stale_timeout_s": tiktok.stale_timeout,
        "streak_timeout_s": tiktok.streak_timeout,
        "language": tiktok.language,
        "region": tiktok.region,
        "timezone": tiktok.timezone,
    }


def _secret_value(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret is not None else None


def _secret_values(secrets: dict[str, SecretStr] | None) -> dict[str, str]:
    return {name: secret.get_secret_value() for name, secret in (secrets or {}).items()}


def _begin_session(room: Room, known: ClientState) -> None:
    info = known.room_info
    room.begin_session(str(known.room_id), _live_info(info) if info else LiveInfo(), info.cover if info else None)


def _live_info(info: RoomInfo) -> LiveInfo:
    return LiveInfo(
        title=info.title,
        started_at=timestamp(info.started_at_s) if info.started_at_s else None,
        viewers=info.viewers,
        likes=info.likes,
        followers=info.followers,
        paused=info.paused,
    )
