"""The connection to the broker: messages into the event loop, and commands with their answers."""

import asyncio
import logging
import time
import uuid
from collections.abc import Callable
from typing import Any, Final

import orjson
import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from tiktok2mqtt.common.mqtt import addresses, new_client, shown_address
from tiktok2mqtt.common.text import escaped_name, is_room_name
from tiktok2mqtt.settings import Settings
from tiktok2mqtt.web.state import parse_object

logger = logging.getLogger(__name__)
Json = dict[str, Any]
OnMessage = Callable[[str, bytes, bool], None]
ANSWER_TIMEOUT_S: Final = 15.0
SESSION_EXPIRY_S: Final = 3_600
PING_INTERVAL_S: Final = 15.0
MAX_WAITING_COMMANDS: Final = 100
# Messages that the event loop has not processed; beyond it, what may be lost is dropped.
MAX_BACKLOG: Final = 20_000


class CommandFailed(Exception):
    """A command could not be sent or was not answered. The message is shown to the user."""


class BrokerClient:
    """Receives everything below the base topic, in a session that the broker keeps while this program is away.

    paho's thread reads; everything public is called in the event loop. A message of QoS 1 is acknowledged when
    `on_message` has returned, so that one which this program had no time for comes again.
    """

    def __init__(self, settings: Settings, on_message: OnMessage) -> None:
        """Raises ValueError naming the setting when a certificate file or the key cannot be used."""
        self._settings = settings.mqtt
        self._base = settings.mqtt.base_topic
        self._on_message = on_message
        self._loop = asyncio.get_running_loop()
        self._waiting: dict[str, asyncio.Future[Json]] = {}
        self._backlog = 0
        self.connected = False
        self.problem: str | None = None
        self.dropped = 0
        self.reconnects = -1
        self.round_trip_s: float | None = None
        # One topic for all: the session keeps its subscriptions, and other programs like this one are told apart.
        self._ping_topic = f"{self._base}/{settings.mqtt.bridge_topic}/web/ping"
        self._ping_id = uuid.uuid4().hex
        is_v5 = settings.mqtt.protocol == "5"
        options: Json = {"manual_ack": True} | ({} if is_v5 else {"clean_session": False})
        self._client = new_client(settings.mqtt, settings.web.client_id, **options)
        self._client.max_queued_messages_set(1_000)
        self._client.reconnect_delay_set(1, 30)
        self._client.on_connect = self._handle_connack
        self._client.on_disconnect = self._handle_disconnect
        self._client.on_message = self._handle_message
        self._connect_options: Json = {}
        if is_v5:
            properties = Properties(PacketTypes.CONNECT)
            properties.SessionExpiryInterval = SESSION_EXPIRY_S
            self._connect_options = {"clean_start": False, "properties": properties}

    def start(self) -> None:
        """Begin to connect; paho's thread tries again until `stop`."""
        host, port = addresses(self._settings)[0]
        self._client.connect_async(host, port, self._settings.keepalive, **self._connect_options)
        self._client.loop_start()

    async def stop(self) -> None:
        """Disconnect; the broker keeps the session."""
        self._client.disconnect()
        await self._loop.run_in_executor(None, self._client.loop_stop)
        for waiting in self._waiting.values():
            waiting.cancel()

    # --- in paho's thread ---

    def _handle_connack(
        self, client: mqtt.Client, _data: Any, _flags: Any, reason: ReasonCode, _properties: Any
    ) -> None:
        if reason.is_failure:
            self._call(self._set_connection, False, f"the broker refuses the connection: {reason}")
            return
        # First the lists of rooms: they say which levels are bridges.
        client.subscribe(f"{self._base}/+/rooms", 1)
        client.subscribe([(f"{self._base}/+/+", 1), (f"{self._base}/+/response/+", 1), (self._ping_topic, 0)])
        self._call(self._set_connection, True, None)

    def _handle_disconnect(self, _client: mqtt.Client, _data: Any, _flags: Any, reason: ReasonCode, _more: Any) -> None:
        self._call(self._set_connection, False, f"not connected to the broker ({reason})")

    def _handle_message(self, client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        self._backlog += 1
        if message.qos == 0 and self._backlog > MAX_BACKLOG:
            self.dropped += 1
            self._backlog -= 1
            return
        self._call(self._receive, client, message)

    def _call(self, function: Callable[..., None], *arguments: Any) -> None:
        try:
            self._loop.call_soon_threadsafe(function, *arguments)
        except RuntimeError:
            logger.debug("the event loop is closed")

    # --- in the event loop ---

    def _set_connection(self, connected: bool, problem: str | None) -> None:
        if connected and not self.connected:
            self.reconnects += 1
            logger.info("connected to the broker at %s", shown_address(self._settings))
        elif problem and problem != self.problem:
            logger.warning("%s", problem)
        self.connected, self.problem = connected, problem

    def _receive(self, client: mqtt.Client, message: mqtt.MQTTMessage) -> None:
        self._backlog -= 1
        try:
            self._dispatch(message.topic, bytes(message.payload), message.retain)
        except Exception:
            logger.exception("a message on %r could not be processed", message.topic[:200])
        if message.qos:
            client.ack(message.mid, message.qos)

    def _dispatch(self, topic: str, payload: bytes, retained: bool) -> None:
        if topic == self._ping_topic:
            self._handle_pong(payload)
        elif topic.startswith(self._base + "/") and topic[len(self._base) + 1 :].split("/")[1:2] == ["response"]:
            self._handle_response(payload)
        else:
            self._on_message(topic, payload, retained)

    def _handle_pong(self, payload: bytes) -> None:
        sender, _, sent_at = payload.partition(b" ")
        if sender == self._ping_id.encode():
            self.round_trip_s = max(0.0, time.monotonic() - float(sent_at))

    def _handle_response(self, payload: bytes) -> None:
        answer = parse_object(payload) or {}
        waiting = self._waiting.get(str(answer.get("transaction")))
        if waiting is not None and not waiting.done():
            waiting.set_result(answer)

    async def ping(self) -> None:
        """Measure the broker's round trip now and then; runs until it is cancelled."""
        while True:
            if self.connected:
                self._client.publish(self._ping_topic, f"{self._ping_id} {time.monotonic()!r}", 0)
            await asyncio.sleep(PING_INTERVAL_S if self.connected else 0.5)

    async def command(self, bridge: str, command: str, body: Json) -> Json:
        """Send a command and return the answer of the daemon. Raises CommandFailed."""
        if not self.connected:
            raise CommandFailed("not connected to the broker")
        if len(self._waiting) >= MAX_WAITING_COMMANDS:
            raise CommandFailed("too many commands wait for an answer")
        transaction = f"web-{uuid.uuid4().hex}"
        waiting = self._waiting[transaction] = self._loop.create_future()
        try:
            payload = orjson.dumps(body | {"transaction": transaction})
            self._client.publish(f"{self._base}/{bridge}/request/{command}", payload, 1)
            answer = await asyncio.wait_for(waiting, ANSWER_TIMEOUT_S)
        except TimeoutError:
            raise CommandFailed(f"no answer from the daemon within {ANSWER_TIMEOUT_S:g} s: is it running?") from None
        finally:
            del self._waiting[transaction]
        return {key: value for key, value in answer.items() if key != "transaction"}

    def set_goal(self, room: str, goal: int) -> None:
        """Set the goal of a room, in diamonds; 0 for none. The room's `state` is the answer. Raises CommandFailed."""
        self._publish(f"{escaped_name(room)}/goal/set", str(goal).encode(), room=room)

    def publish_retained(self, bridge: str, leaf: str, document: Json) -> None:
        """Publish a retained document of a bridge. Raises CommandFailed."""
        self._publish(f"{bridge}/{leaf}", orjson.dumps(document), retain=True)

    def _publish(self, subtopic: str, payload: bytes, *, room: str | None = None, retain: bool = False) -> None:
        if room is not None and not is_room_name(room):
            raise CommandFailed("this is not the name of a room")
        if not self.connected:
            raise CommandFailed("not connected to the broker")
        self._client.publish(f"{self._base}/{subtopic}", payload, 1, retain)
