"""The connection to the broker: paho's client, driven by our own thread and fed from the outbox."""

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from selectors import EVENT_READ, EVENT_WRITE, DefaultSelector
from typing import Any, Final

import paho.mqtt.client as mqtt
from paho.mqtt.reasoncodes import ReasonCode

from tiktok2mqtt.bridge.mqtt import limits
from tiktok2mqtt.bridge.mqtt.in_flight import MAX_INFLIGHT
from tiktok2mqtt.bridge.mqtt.outbox import Message, Outbox
from tiktok2mqtt.bridge.mqtt.sender import Sender
from tiktok2mqtt.common.mqtt import addresses, new_client, plain_socket, shown_address
from tiktok2mqtt.common.text import safe_text
from tiktok2mqtt.common.times import Backoff, Liveness
from tiktok2mqtt.common.topics import OFFLINE, Topics
from tiktok2mqtt.settings import MqttSettings

logger = logging.getLogger(__name__)
SELECT_TIMEOUT_S: Final = 1.0
CONNECT_TIMEOUT_S: Final = 10.0
# A broker without persistence has lost all retained messages when it restarts: reconnect soon.
MAX_BACKOFF_S: Final = 5.0
STOP_TIMEOUT_S: Final = 0.5
# Maximum time of one turn of the thread: while connected; and while connecting, with DNS lookup, all addresses, TLS
# handshake and backoff.
STUCK_S: Final = 30.0
STUCK_CONNECTING_S: Final = 90.0


class Link:
    """Keeps one MQTT session connected and sends what is in the outbox.

    Thread `tiktok2mqtt.mqtt` is started by `start` and joined by `stop`. It reads, reconnects, and writes what the
    socket could not take before. It blocks while connecting, in the selector, in the backoff, and where the outbox
    writes to disk. Messages are written by the thread that calls `flush`: at 500 a second that takes 1.6 times less
    processor time than paho's own network thread, which is woken for each. Only `stop` waits for the broker.

    The callbacks must not block, as they run with the lock held. `on_connected()` is called after each successful
    CONNACK, `on_message(topic, payload, retained)` for each PUBLISH received, `on_login_refused(reason)` when the
    broker refuses the login, all three by the link's thread. `on_takeover()` is called when an MQTT 5 broker says that
    another client has taken over the session, by the thread that notices that the connection is lost.
    """

    def __init__(  # noqa: PLR0913 - keyword arguments, one callback each
        self,
        settings: MqttSettings,
        topics: Topics,
        outbox: Outbox,
        *,
        on_connected: Callable[[], object],
        on_message: Callable[[str, bytes, bool], object],
        on_login_refused: Callable[[str], object],
        on_takeover: Callable[[], object],
        subscriptions: Iterable[str] = (),
    ) -> None:
        """Raises ValueError naming the setting when a certificate file or the key cannot be used."""
        self._settings = settings
        self._addresses = addresses(settings)
        self._broker = 0
        self._topics = topics
        self._outbox = outbox
        self._on_connected = on_connected
        self._on_message = on_message
        self._on_login_refused = on_login_refused
        self._was_accepted = False
        self._on_takeover = on_takeover
        self._subscriptions = set(subscriptions)
        self._requested_topics: list[str] = []
        self._client = self._new_client()
        self._sender = Sender(self._client, outbox, settings.protocol, max_qos=settings.qos, retain=settings.retain)
        self._backoff = Backoff(cap_s=MAX_BACKOFF_S)
        self._short_connections = limits.ShortConnections()
        self._last_problem = ""
        # Held while the client is used. Nothing waits for the broker under it.
        self._lock = threading.Lock()
        self._connected = False
        self._connack_received = False
        self._end_reason = limits.UNSPECIFIED_ERROR
        self._stopping = threading.Event()
        self._wake_reader, self._wake_writer = socket.socketpair()
        self._wake_writer.setblocking(False)
        # Not select(), which fails from descriptor 1,024 on: a thousand rooms use more.
        self._selector = DefaultSelector()
        self._selector.register(self._wake_reader, EVENT_READ)
        self.liveness = Liveness("tiktok2mqtt.mqtt")
        self._thread = threading.Thread(target=self._run, name=self.liveness.name, daemon=True)

    @property
    def connected(self) -> bool:
        """Whether the broker has accepted the connection, and it is not known to be lost."""
        return self._connected

    @property
    def denied(self) -> Mapping[str, int]:
        """How many messages the broker has refused, by topic. Only MQTT 5 brokers say so."""
        return self._sender.in_flight.denied

    @property
    def max_packet_bytes(self) -> int:
        """The largest packet that the broker accepts, as far as it is known."""
        return self._sender.max_packet_bytes

    @property
    def _address(self) -> str:
        """The broker that is used, or tried."""
        return shown_address(self._settings, self._addresses[self._broker])

    def _new_client(self) -> mqtt.Client:
        client = new_client(self._settings, self._settings.client_id or "", reconnect_on_failure=False)
        client.connect_timeout = CONNECT_TIMEOUT_S
        client.max_inflight_messages_set(MAX_INFLIGHT)
        client.on_connect = self._handle_connack
        client.on_disconnect = self._handle_disconnect
        client.on_message = self._handle_message
        client.on_publish = self._handle_puback
        client.on_subscribe = self._handle_suback
        # This tells paho to queue packets and to leave the writing to us.
        client.on_socket_register_write = lambda *_: None
        return client

    def start(self) -> None:
        """Start the thread, which connects and reconnects until `stop`."""
        self._thread.start()

    def send(self, message: Message) -> None:
        """Put one message into the outbox and flush it."""
        self._outbox.put(message)
        self.flush()

    def flush(self) -> None:
        """Write the outbox to the socket. The link's thread writes what does not fit, and everything after a CONNACK.

        Without a flush, messages are written within SELECT_TIMEOUT_S.
        """
        if not self._connected:
            return
        is_done = False
        if self._lock.acquire(blocking=False):
            try:
                # One batch only: a thread that reads a room has other work.
                more = self._sender.publish_batch(time.monotonic())
                is_done = not more and not self._sender.want_write and self._client.socket() is not None
            finally:
                self._lock.release()
        if not is_done:
            self._wake()

    def unsubscribe(self, topics: Iterable[str]) -> None:
        """End the temporary subscriptions to `topics`."""
        with self._lock:
            if ended := self._subscriptions.intersection(topics):
                self._subscriptions -= ended
                self._client.unsubscribe(list(ended))
        self._wake()

    def stop(self, flush_s: float) -> None:
        """Send what is in the outbox, for at most `flush_s`, then disconnect and join the thread."""
        deadline = time.monotonic() + flush_s
        self._outbox.release_unsaved(time.monotonic())
        while self._connected and (len(self._outbox) or not self._sender.is_idle) and time.monotonic() < deadline:
            self._wake()
            self._stopping.wait(0.01)
        self._stopping.set()
        self._wake()
        if self._thread.is_alive():
            self._thread.join(STOP_TIMEOUT_S)
        # A thread that is still connecting is left behind, with its descriptors.
        if not self._thread.is_alive():
            self._selector.close()
            self._wake_reader.close()
            self._wake_writer.close()

    def _wake(self) -> None:
        """End the current or next wait of the link's thread in the selector."""
        # A full socket pair wakes it as well; a closed one belongs to a link that has stopped.
        with suppress(OSError):
            self._wake_writer.send(b"\0")

    def _run(self) -> None:
        while not self._stopping.is_set():
            self.liveness.beat(STUCK_CONNECTING_S)
            self._connack_received, self._end_reason = False, limits.UNSPECIFIED_ERROR
            accepted = self._sender.limits
            self._client.will_set(self._topics.bridge_state, OFFLINE, accepted.max_qos, accepted.retain)
            try:
                self._client.connect(*self._addresses[self._broker], self._settings.keepalive)
                self._serve()
            except (OSError, ValueError) as error:
                self._log_problem(f"cannot reach the broker at {self._address}: {error}")
            except Exception as error:  # noqa: BLE001 - paho raises many on what is no MQTT
                self._log_problem(f"cannot understand the broker at {self._address}: {error!r}")
            with self._lock:
                self._connected = False
                if self._sender.disconnected(time.monotonic(), self._end_reason):
                    self._backoff.reset()
            # The next one, unless it was only lost: then it may be back at once.
            self._broker = 0 if self._connack_received else (self._broker + 1) % len(self._addresses)
            if not self._stopping.is_set():
                self._stopping.wait(self._backoff.next_delay_s(at_least_s=0.5))
        self.liveness.pause()
        with self._lock, suppress(OSError):
            self._client.disconnect()
            self._sender.write()

    def _serve(self) -> None:
        """Serve one connection until it ends."""
        sock = self._client.socket()
        if sock is None or self._stopping.is_set():
            return
        self._selector.register(sock, EVENT_READ)
        try:
            while not self._stopping.is_set() and self._is_open(sock):
                self.liveness.beat(STUCK_S)
                self._serve_once(sock)
        finally:
            self._selector.unregister(sock)

    def _is_open(self, sock: Any) -> bool:
        """Return whether paho still uses a socket; it closes one whose connection is lost."""
        return self._client.socket() is sock

    def _serve_once(self, sock: Any) -> None:
        """Write, wait until there is something to do, and read."""
        with self._lock:
            while self._connected and self._sender.publish_batch(time.monotonic()):
                pass
            if not self._is_open(sock):
                return
            # From here on, a thread that leaves something unwritten ends the wait by calling `_wake`.
            self._selector.modify(sock, EVENT_READ | EVENT_WRITE if self._sender.want_write else EVENT_READ)
            # TLS may have decrypted more than was read.
            readable = hasattr(sock, "pending") and sock.pending() > 0
            timeout_s = min(SELECT_TIMEOUT_S, self._sender.in_flight.seconds_to_retry(time.monotonic()))
        for key, events in self._selector.select(0 if readable else timeout_s):
            if key.fileobj is self._wake_reader:
                self._wake_reader.recv(4096)
            elif events & EVENT_READ:
                readable = True
        with self._lock:
            if readable:
                self._client.loop_read()
            if self._sender.want_write:
                self._sender.write()
            self._client.loop_misc()
            if self._connected and self._sender.in_flight.is_overdue(time.monotonic()):
                self._log_problem("the broker accepts messages but acknowledges none")
                with suppress(OSError), plain_socket(sock) as plain:
                    plain.shutdown(socket.SHUT_RDWR)
            acknowledged, returned = self._sender.in_flight.take_finished()
        # Not under the lock: the outbox may write to disk.
        self._outbox.done(acknowledged)
        self._outbox.put_again(returned)

    # --- paho's callbacks. paho may call on_connect and on_disconnect twice for one event; the second does nothing ---

    def _handle_connack(
        self, client: mqtt.Client, _data: Any, _flags: Any, reason: ReasonCode, properties: Any
    ) -> None:
        if self._connack_received:
            return
        self._connack_received = True
        if reason.is_failure:
            self._end_reason = reason.value
            is_login = reason.value in limits.LOGIN_REFUSED
            # At the start, a refused login is no reason to retry: who gets the callback gives up and says so.
            if self._was_accepted or not is_login:
                self._log_problem(f"the broker at {self._address} refused the connection: {reason}")
            if is_login:
                self._on_login_refused(str(reason))
            return
        self._was_accepted = True
        now = time.monotonic()
        self._sender.connected(now, properties)
        self._short_connections.connected(now)
        self._requested_topics = [*self._topics.subscriptions, *self._subscriptions]
        client.subscribe([(topic, 1) for topic in self._requested_topics])
        self._connected = True
        logger.info("connected to the broker at %s", self._address)
        self._on_connected()

    def _handle_disconnect(self, _client: Any, _data: Any, _flags: Any, reason: ReasonCode, _properties: Any) -> None:
        was_connected, self._connected = self._connected, False
        if self._stopping.is_set():
            return
        if was_connected:
            self._end_reason = reason.value
            self._handle_loss(reason)
        elif not self._connack_received:
            # With TLS 1.3 the handshake is over before the broker misses a client certificate.
            hint = "; does it require a client certificate (mqtt.cert_file)?" if self._settings.tls else ""
            self._log_problem(f"the broker closed the connection before accepting it{hint}")

    def _handle_loss(self, reason: ReasonCode) -> None:
        in_a_row = self._short_connections.disconnected(time.monotonic())
        if not in_a_row:
            self._last_problem = ""
            self._backoff.reset()
        # MQTT 3.1.1 has no reasons; paho calls that "Unspecified error".
        cause = "it was closed without a reason" if reason.value == limits.UNSPECIFIED_ERROR else reason
        self._log_problem(f"the connection to the broker was lost: {cause}")
        if reason.value == limits.SESSION_TAKEN_OVER:
            self._on_takeover()
        elif reason.value == limits.UNSPECIFIED_ERROR and in_a_row == limits.MAX_SHORT_CONNECTIONS:
            self._log_problem(
                f"{in_a_row} connections in a row were closed soon: another client uses the client id "
                f"{self._settings.client_id!r} (mqtt.client_id), or the broker does not accept what is sent"
            )

    def _handle_puback(self, _client: Any, _data: Any, packet_id: int, reason: ReasonCode, _properties: Any) -> None:
        self._sender.acknowledge(packet_id, reason, time.monotonic())

    def _handle_suback(self, _client: Any, _data: Any, _id: int, reasons: list[ReasonCode], _properties: Any) -> None:
        # One reason for each topic, in the order of the request.
        for topic, reason in zip(self._requested_topics, reasons, strict=False):
            if reason.is_failure:
                logger.error("the broker does not allow us to subscribe to %s: %s", topic, reason)

    def _handle_message(self, _client: Any, _data: Any, message: mqtt.MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            # Forbidden, but not every broker checks (MQTT 3.1.1, section 1.5.3).
            return
        try:
            self._on_message(topic, bytes(message.payload), message.retain)
        except Exception:
            logger.exception("cannot handle a message on %s", safe_text(topic))

    def _log_problem(self, problem: str) -> None:
        """Log a problem as a warning, and at DEBUG while it stays the same."""
        logger.log(logging.DEBUG if problem == self._last_problem else logging.WARNING, "%s; retrying", problem)
        self._last_problem = problem
