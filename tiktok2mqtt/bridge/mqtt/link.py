"""Notices that another client uses our client id: the broker then throws out the one to let in the other, in turns.

Pure; time is an argument.

What the link wants of the socket that paho has opened, beyond reading and writing.

The connection to the broker: paho driven by a thread of ours, fed by the outbox.

paho's own network thread would be woken for each message. Here whoever has put messages into the outbox writes them as
well, all at once, and nobody is woken; our thread reads, reconnects, and writes what a full socket left over.
"""

import contextlib
import logging
import select
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import paho.mqtt.client as mqtt
from paho.mqtt.reasoncodes import ReasonCode

from tiktok2mqtt.bridge.mqtt.client import authenticate, new_client
from tiktok2mqtt.bridge.mqtt.outbox import Message, Outbox
from tiktok2mqtt.bridge.mqtt.sender import MAX_UNACKED, Sender
from tiktok2mqtt.common.times import Backoff, Liveness
from tiktok2mqtt.common.topics import Topics
from tiktok2mqtt.settings import MqttSettings

# MQTT 5 says so (section 4.13, reason code 0x8E); before, all that can be seen is that we never last.
_TAKEN_OVER: Final = "Session taken over"
SHORT_S: Final = 5.0
MANY: Final = 3


class TakeoverDetector:
    """Told of every connection, says when it looks as if somebody else wanted our place."""

    def __init__(self) -> None:
        self._up_at = 0.0
        self._short_ones = 0

    def came_up(self, now: float) -> None:
        """The broker has let us in."""
        self._up_at = now

    def lost(self, now: float, reason: str) -> bool:
        """The broker has ended the connection; return whether a rival is the likely reason."""
        self._short_ones = self._short_ones + 1 if now - self._up_at < SHORT_S else 0
        return reason == _TAKEN_OVER or self._short_ones >= MANY


# The shortest PUBACK (MQTT 3.1.1 section 3.4), and what a PUBLISH has beside topic and payload (section 3.3).
_PUBACK_BYTES: Final = 4
_PUBLISH_BYTES: Final = 4


def send_at_once(sock: Any) -> None:
    """Let no packet wait for the acknowledgement of the one before (Nagle's algorithm): it costs up to 40 ms."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def gather_acks(sock: Any, shortest_topic: int, max_unacked: int) -> None:
    """Let the socket become readable for a PUBLISH, and when the connection ends, but not for each PUBACK.

    Acknowledgements make it readable when they are together as long as the shortest PUBLISH that can be received, whose
    topic has `shortest_topic` characters; who needs fewer of them has to read without being told. Does nothing when
    `max_unacked` of them are shorter than that. With TLS each of them is longer.
    """
    at_least = _PUBLISH_BYTES + shortest_topic
    if max_unacked * _PUBACK_BYTES >= at_least:
        # Where the system does not know that option, each acknowledgement wakes its reader.
        with contextlib.suppress(OSError, AttributeError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, at_least)


def has_read_ahead(sock: Any) -> bool:
    """Return whether TLS holds bytes that select cannot see."""
    return isinstance(sock, ssl.SSLSocket) and sock.pending() > 0


def cut(sock: Any) -> None:
    """End a connection; paho finds out when it reads."""
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


logger = logging.getLogger(__name__)
ONLINE: Final = b'{"state":"online"}'
OFFLINE: Final = b'{"state":"offline"}'
# How long the thread waits for something to read, if nobody wakes it.
PATIENCE_S: Final = 1.0
# The same while there are messages that the broker has not acknowledged: a few of these wake nobody.
ACKS_GATHER_S: Final = 0.25
CONNECT_TIMEOUT_S: Final = 10.0
# A restarted broker has forgotten everything retained if it keeps nothing on disk: it should not wait for us.
MAX_BACKOFF_S: Final = 5.0
STOP_S: Final = 0.5
# What a turn may take: one that serves, and one that looks up a name, tries its addresses, waits to try again.
STUCK_S: Final = 30.0
STUCK_CONNECTING_S: Final = 90.0
_REFUSED_LOGIN: Final = ("Bad user name or password", "Not authorized", "Banned", "Client identifier not valid")


class Link:
    """Keeps one MQTT session up and empties the outbox into it.

    Thread `tiktok2mqtt.mqtt`: blocks in the TCP connect and in select; stop() joins it. `on_up` is called in that
    thread after each CONNACK, `on_message(topic, payload, retained)` for each PUBLISH received, `on_refused(reason)`
    when the broker refuses our login, `on_rival` when it seems to give our place to another client of the same name:
    this one, as all that is called when a connection is lost, perhaps in a thread that flushes. None may block.
    """

    def __init__(  # noqa: PLR0913 - keyword arguments, one callback each
        self,
        settings: MqttSettings,
        topics: Topics,
        outbox: Outbox,
        *,
        on_up: Callable[[], object],
        on_message: Callable[[str, bytes, bool], object],
        on_refused: Callable[[str], object],
        on_rival: Callable[[], object],
        subscriptions: Iterable[str] = (),
    ) -> None:
        self._settings = settings
        self._topics = topics
        self._outbox = outbox
        self._on_up = on_up
        self._on_message = on_message
        self._on_refused = on_refused
        self._on_rival = on_rival
        self._subscriptions = frozenset(subscriptions)
        self._asked_for: list[str] = []
        self._client = self._new_client()
        self._sender = Sender(self._client, outbox, settings.protocol)
        self._backoff = Backoff(cap_s=MAX_BACKOFF_S)
        self._rival = TakeoverDetector()
        self._stopping = threading.Event()
        self._up = False
        self._answered = False
        self._waiting = False
        # Held by whoever uses the connection; nobody who holds it waits for anything.
        self._io = threading.Lock()
        self._wake_r, self._wake_w = socket.socketpair()
        self._wake_r.setblocking(False)
        self._wake_w.setblocking(False)
        self.liveness = Liveness("tiktok2mqtt.mqtt")
        self._thread = threading.Thread(target=self._run, name=self.liveness.name, daemon=True)
        self._last_trouble = ""

    @property
    def connected(self) -> bool:
        """Whether the broker has accepted us and the connection stands, as far as is known."""
        return self._up

    @property
    def denied(self) -> Mapping[str, int]:
        """How many messages the broker has refused, by topic; only one that speaks MQTT 5 says so."""
        return self._sender.acks.denied

    def _new_client(self) -> mqtt.Client:
        settings = self._settings
        client = new_client(settings, settings.client_id)
        authenticate(client, settings)
        client.will_set(self._topics.bridge_state, OFFLINE, qos=1, retain=True)
        client.connect_timeout = CONNECT_TIMEOUT_S
        client.max_inflight_messages_set(MAX_UNACKED)
        client.on_connect = self._connected
        client.on_disconnect = self._disconnected
        client.on_message = self._received
        client.on_publish = self._acknowledged
        client.on_subscribe = self._subscribed
        # With a write callback registered, paho queues every packet and leaves the writing to our loop.
        client.on_socket_register_write = lambda *_: None
        client.on_socket_open = lambda _client, _data, sock: send_at_once(sock)
        return client

    def start(self) -> None:
        """Begin to connect."""
        self._thread.start()

    def send(self, message: Message) -> None:
        """Put one message into the outbox and write it. Never blocks on the broker."""
        self._outbox.put(message)
        self.flush()

    def flush(self) -> None:
        """Write what was put into the outbox, or see to it that it is written soon. Never blocks on the broker.

        What nobody flushes goes out within a second.
        """
        left = True
        if self._io.acquire(blocking=False):
            try:
                # No more than that: who reads a room has other things to do.
                left = self._up and self._sender.publish_batch()
                left = left or self._sender.wants_to_write or self._client.socket() is None
            finally:
                self._io.release()
        if left and self._waiting:
            self._wake()

    def unsubscribe(self, topics: Iterable[str]) -> None:
        """Hear no more of topics that were subscribed to for a while; the others stay."""
        if gone := self._subscriptions.intersection(topics):
            self._subscriptions -= gone
            self._client.unsubscribe(list(gone))
            self._wake()

    def stop(self, flush_s: float) -> None:
        """Send what is in the outbox, for at most `flush_s`, then leave; returns when the thread has ended."""
        deadline = time.monotonic() + flush_s
        while self._up and (len(self._outbox) or self._sender.acks) and time.monotonic() < deadline:
            self._wake()
            self._stopping.wait(0.01)
        self._stopping.set()
        self._wake()
        if self._thread.is_alive():
            self._thread.join(STOP_S)
        self._wake_r.close()
        self._wake_w.close()

    def _wake(self) -> None:
        self._waiting = False
        with contextlib.suppress(BlockingIOError, OSError):
            self._wake_w.send(b"\0")

    # --- the thread ---

    def _run(self) -> None:
        while not self._stopping.is_set():
            self.liveness.beat(STUCK_CONNECTING_S)
            try:
                self._answered = False
                self._client.connect(self._settings.host, self._settings.port, self._settings.keepalive)
                self._serve()
            except (OSError, ValueError) as error:
                self._trouble(f"cannot reach the broker at {self._settings.host}:{self._settings.port}: {error}")
            with self._io:
                self._up = False
                self._sender.begin_anew()
            if not self._stopping.is_set():
                self._stopping.wait(self._backoff.next_delay_s(at_least_s=0.5))
        self.liveness.pause()
        with self._io, contextlib.suppress(OSError):
            self._client.disconnect()
            self._sender.write()

    def _serve(self) -> None:
        """Drive one connection until it ends."""
        client = self._client
        while not self._stopping.is_set() and (sock := client.socket()) is not None:
            self.liveness.beat(STUCK_S)
            with self._io:
                while self._up and self._sender.publish_batch():
                    pass
                want_write = self._sender.wants_to_write
            # From here on we are woken when something is left for us; what came before is seen now.
            self._waiting = True
            writable = self._wait(sock, want_write=want_write)
            self._waiting = False
            with self._io:
                # Whatever woke us: there may be acknowledgements, which wake nobody.
                client.loop_read()
                self._sender.acks.tell()
                if writable:
                    self._sender.write()
                client.loop_misc()
                overdue = self._up and self._sender.acks.overdue(time.monotonic())
            if overdue:
                self._trouble("the broker takes messages and acknowledges none; connecting anew")
                cut(sock)

    def _wait(self, sock: Any, *, want_write: bool) -> bool:
        """Wait until there is something to do; return whether the socket can be written, if that is wanted."""
        try:
            readable, writable, _ = select.select(
                [sock, self._wake_r], [sock] if want_write else [], [], self._patience_s(sock)
            )
        except (OSError, ValueError):
            if self._client.socket() is sock:
                raise
            # Whoever wrote to it has found it lost, and closed it.
            return False
        if self._wake_r in readable:
            with contextlib.suppress(BlockingIOError):
                self._wake_r.recv(4096)
        return bool(writable)

    def _patience_s(self, sock: Any) -> float:
        acks = self._sender.acks
        can_publish = self._up and not self._sender.wants_to_write and acks.room > 0
        if (can_publish and len(self._outbox)) or has_read_ahead(sock):
            return 0.0
        return ACKS_GATHER_S if acks else PATIENCE_S

    # --- paho's callbacks; on_connect and on_disconnect can each come twice for one event, so both are idempotent ---

    def _connected(self, client: mqtt.Client, _data: Any, _flags: Any, reason: ReasonCode, properties: Any) -> None:
        self._answered = True
        if reason.is_failure:
            words = str(reason)
            self._trouble(f"the broker at {self._settings.host}:{self._settings.port} refuses us: {words}")
            if words in _REFUSED_LOGIN:
                self._on_refused(words)
            return
        if self._up:
            return
        # Only with MQTT 5 does a broker say how many it takes at once.
        self._sender.acks.sent_again(time.monotonic(), limit=getattr(properties, "ReceiveMaximum", MAX_UNACKED))
        self._rival.came_up(time.monotonic())
        self._asked_for = [*self._topics.subscriptions, *self._subscriptions]
        client.subscribe([(topic, 1) for topic in self._asked_for])
        self._up = True
        self._last_trouble = ""
        self._backoff.reset()
        logger.info("connected to the broker at %s:%d", self._settings.host, self._settings.port)
        self._on_up()

    def _disconnected(
        self, _client: mqtt.Client, _data: Any, _flags: Any, reason: ReasonCode, _properties: Any
    ) -> None:
        if self._up and not self._stopping.is_set():
            self._trouble(f"the connection to the broker was lost: {reason}")
            if self._rival.lost(time.monotonic(), str(reason)):
                self._on_rival()
        elif not self._answered and not self._stopping.is_set():
            # With TLS 1.3 a broker that misses our certificate says so only after the handshake.
            wants = "; does it want a client certificate (mqtt.cert_file)?" if self._settings.tls else ""
            self._trouble(f"the broker closed the connection before it let us in{wants}")
        self._up = False

    def _acknowledged(
        self, _client: mqtt.Client, _data: Any, packet_id: int, reason: ReasonCode, _properties: Any
    ) -> None:
        self._sender.acks.acknowledged(packet_id, str(reason) if reason.is_failure else None)

    def _subscribed(
        self, client: mqtt.Client, _data: Any, _id: int, reasons: list[ReasonCode], _properties: Any
    ) -> None:
        # From here on, nothing short is worth being woken for.
        gather_acks(client.socket(), min(map(len, self._asked_for)), self._sender.acks.limit)
        # One answer for each topic, in the order asked.
        for topic, reason in zip(self._asked_for, reasons, strict=False):
            if reason.is_failure:
                logger.error("the broker does not let us subscribe to %s: %s", topic, reason)

    def _received(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        try:
            self._on_message(message.topic, bytes(message.payload), message.retain)
        except Exception:
            logger.exception("a message on %s could not be handled", message.topic)

    def _trouble(self, words: str) -> None:
        """Log a trouble once, until it changes."""
        level = logging.DEBUG if words == self._last_trouble else logging.WARNING
        self._last_trouble = words
        logger.log(level, "%s; trying again", words)
