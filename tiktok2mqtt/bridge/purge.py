"""Clears the daemon's retained messages from the broker, and no others.

`clear_retained` is what `tiktok2mqtt purge` does. `clear_former_rooms` is for rooms that only an earlier run has
published. `clear_renamed` runs at each start: when the base topic, the bridge topic or the discovery prefix has
changed, it clears the messages retained under the old names.
"""

import logging
import threading
import uuid
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

import orjson
import paho.mqtt.client as mqtt
from paho.mqtt.reasoncodes import ReasonCode

from tiktok2mqtt.bridge.gifts import DOCUMENT as GIFTS
from tiktok2mqtt.bridge.homeassistant.discovery import ORIGIN, is_own_id
from tiktok2mqtt.bridge.json_file import write_json
from tiktok2mqtt.bridge.mqtt.publisher import Publisher
from tiktok2mqtt.bridge.room import RETAINED_SUBTOPICS
from tiktok2mqtt.common.mqtt import connect, new_client, shown_address
from tiktok2mqtt.common.text import is_room_name
from tiktok2mqtt.common.topics import ONLINE, Kind, Topics
from tiktok2mqtt.settings import MqttSettings, Settings
from tiktok2mqtt.webcast.events.types import EVENT_NAMES

logger = logging.getLogger(__name__)

TIMEOUT_S: Final = 10.0
# All retained messages have been received when none has come for this long.
QUIET_S: Final = 0.5
_BATCH: Final = 100
# In a log line.
_MAX_LISTED: Final = 10
# The file in `state_dir` with the topics of the last run.
TOPICS_FILE: Final = "topics.json"

_TOPIC_KEYS: Final = ("base_topic", "bridge_topic", "prefix")
# What a run restores from the retained messages of the one before.
_RESTORED: Final = frozenset({"state", "goal"})
_BRIDGE_LEAVES: Final = frozenset({"state", "info", "health", "rooms", "ignore", GIFTS})
# Events too: those that the setting `retain` lists are retained.
_ROOM_LEAVES: Final = frozenset({*RETAINED_SUBTOPICS, *EVENT_NAMES})


class PurgeError(Exception):
    """Nothing was cleared, or not all of it; `str()` says why."""


def clear_retained(
    settings: Settings,
    *,
    dry_run: bool = False,
    force: bool = False,
    progress: Callable[[int, int], object] = lambda _done, _total: None,
    moved_to: Topics | None = None,
) -> list[str]:
    """Clear the messages that a daemon with these settings has retained, unless `dry_run`; return their topics.

    Brokers drop what a subscriber does not take fast enough, so this reads again until nothing is left.
    Goals and counters of rooms are published again under the topics `moved_to`, before they are cleared.
    `progress(done, total)` is called for each message that is cleared, with the number of those found so far.

    Raises PurgeError: the broker cannot be reached, refuses us or does not confirm, or a daemon is running (unless
    `force`).
    """
    topics = Topics(settings.mqtt.base_topic, settings.mqtt.bridge_topic, settings.homeassistant.prefix)
    client = _RetainedClient(settings.mqtt, [f"{topics.base}/#", *topics.discovery_subscriptions])
    try:
        messages = client.read()
        if messages.get(topics.bridge_state) == ONLINE and not (dry_run or force):
            raise PurgeError(
                f"the daemon is running ({topics.bridge_state} says online) and would publish everything again; "
                "stop it first, or use --force"
            )
        cleared: set[str] = set()
        moved: dict[str, bytes] = {}
        while True:
            if moved_to is not None:
                moved |= (found := _moved(topics, moved_to, messages))
                client.publish(found)
            # What has moved may have the same topic as before.
            own = sorted(name for name, text in messages.items() if is_own(topics, name, text) and name not in moved)
            if dry_run or not own:
                break
            if cleared.issuperset(own):
                raise PurgeError(f"the broker keeps what was cleared, {own[0]} for example: who publishes it?")
            client.clear(own, partial(_report, progress, len(cleared), len(cleared) + len(own)))
            cleared.update(own)
            messages = client.read_again()
        return own if dry_run else sorted(cleared)
    finally:
        client.close()


def _moved(old: Topics, new: Topics, messages: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return what the next run restores, under its new topics."""
    addresses = ((old.parse(topic), payload) for topic, payload in messages.items())
    return {
        new.room(address.room, address.subtopic): payload
        for address, payload in addresses
        if address is not None and address.kind is Kind.ROOM and address.subtopic in _RESTORED
    }


def _report(progress: Callable[[int, int], object], before: int, total: int, number: int) -> None:
    progress(before + number, total)


class _RetainedClient:
    """An MQTT client that reads and clears retained messages."""

    def __init__(self, settings: MqttSettings, subscriptions: list[str]) -> None:
        self._settings = settings
        self._subscriptions = subscriptions
        self._messages: dict[str, bytes] = {}
        self._refusal: str | None = None
        self._subscribed = threading.Event()
        self._received = threading.Event()
        self._client = new_client(settings, f"{settings.client_prefix}-purge-{uuid.uuid4().hex[:8]}")
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = lambda *_: self._subscribed.set()
        self._client.on_message = self._on_message

    def read(self) -> dict[str, bytes]:
        """Connect and return the payloads of all retained messages by topic. Raises PurgeError."""
        try:
            connect(self._client, self._settings)
        except (OSError, ValueError) as error:
            raise PurgeError(f"cannot reach the broker at {shown_address(self._settings)}: {error}") from error
        self._client.loop_start()
        if not self._subscribed.wait(TIMEOUT_S):
            raise PurgeError(f"no answer from the broker within {TIMEOUT_S:g} s")
        if self._refusal:
            raise PurgeError(f"the broker refused the connection: {self._refusal}")
        return self._all_received()

    def read_again(self) -> dict[str, bytes]:
        """Return what is retained now. Raises PurgeError."""
        self._messages = {}
        self._subscribed.clear()
        # A new subscription gets all retained messages, also in place of the same one.
        self._subscribe(self._client)
        if not self._subscribed.wait(TIMEOUT_S):
            raise PurgeError(f"no answer from the broker within {TIMEOUT_S:g} s")
        return self._all_received()

    def _all_received(self) -> dict[str, bytes]:
        while self._received.wait(QUIET_S):
            self._received.clear()
        return self._messages

    def publish(self, messages: Mapping[str, bytes]) -> None:
        """Publish retained messages. Raises PurgeError unless the broker confirms them all."""
        sent = [self._client.publish(topic, payload, 1, retain=True) for topic, payload in messages.items()]
        for message in sent:
            message.wait_for_publish(TIMEOUT_S)
        if not all(message.is_published() for message in sent):
            raise PurgeError(f"the broker did not confirm within {TIMEOUT_S:g} s")

    def clear(self, topics: list[str], progress: Callable[[int], object]) -> None:
        """Publish an empty retained message on each topic; `progress` is called with the number of those confirmed.

        Raises PurgeError unless the broker confirms them all.
        """
        # Otherwise every one would come back.
        self._client.unsubscribe(self._subscriptions)
        for start in range(0, len(topics), _BATCH):
            batch = topics[start : start + _BATCH]
            self.publish(dict.fromkeys(batch, b""))
            progress(start + len(batch))

    def close(self) -> None:
        """Disconnect, if connected."""
        self._client.disconnect()
        self._client.loop_stop()

    def _on_connect(self, client: mqtt.Client, _data: Any, _flags: Any, reason: ReasonCode, _properties: Any) -> None:
        if reason.is_failure:
            self._refusal = str(reason)
            self._subscribed.set()
            return
        self._subscribe(client)

    def _subscribe(self, client: mqtt.Client) -> None:
        # Of QoS 1, Mosquitto 2.0 drops all but some 1,000 of the retained messages.
        client.subscribe([(topic, 0) for topic in self._subscriptions])

    def _on_message(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        if message.retain:
            self._messages[message.topic] = bytes(message.payload)
            self._received.set()


def is_own(topics: Topics, topic: str, payload: bytes) -> bool:
    """Return whether a retained message is one that a daemon with these topics publishes."""
    address = topics.parse(topic)
    if address is None:
        device = topics.discovery_object_id(topic)
        return device is not None and is_own_id(topics, device) and _origin(payload) == ORIGIN
    if address.kind is Kind.BRIDGE:
        return address.subtopic in _BRIDGE_LEAVES
    return address.kind is Kind.ROOM and address.subtopic in _ROOM_LEAVES and is_room_name(address.room)


def _origin(payload: bytes) -> Any:
    try:
        return orjson.loads(payload)["origin"]["name"]
    except (ValueError, LookupError, TypeError):
        return None


def clear_renamed(settings: Settings) -> None:
    """Clear what is retained under the topics of the last run, if they were others, and remember those of this run.

    Does nothing without `state_dir`. A failure is logged, and the next start tries again.
    """
    if settings.state_dir is None:
        return
    path = settings.state_dir / TOPICS_FILE
    names = (settings.mqtt.base_topic, settings.mqtt.bridge_topic, settings.homeassistant.prefix)
    current = dict(zip(_TOPIC_KEYS, names, strict=True))
    former = _read_topics(path)
    if former == current or (former and not _clear_former(settings, former)):
        return
    try:
        path.parent.mkdir(0o700, parents=True, exist_ok=True)
        write_json(path, current)
    except OSError as error:
        logger.warning("%s cannot be written: %s", path, error.strerror)


def _clear_former(settings: Settings, former: dict[str, str]) -> bool:
    topics = f"{former['base_topic']}/# and {former['prefix']}/#"
    mqtt_settings = settings.mqtt.model_copy(update={key: former[key] for key in ("base_topic", "bridge_topic")})
    homeassistant = settings.homeassistant.model_copy(update={"prefix": former["prefix"]})
    try:
        cleared = clear_retained(
            settings.model_copy(update={"mqtt": mqtt_settings, "homeassistant": homeassistant}),
            moved_to=Topics(settings.mqtt.base_topic, settings.mqtt.bridge_topic),
        )
    except PurgeError as error:
        logger.warning("cannot clear what an earlier run retained on %s: %s", topics, error)
        return False
    logger.info("the topics have changed: cleared %d retained messages on %s", len(cleared), topics)
    return True


def _read_topics(path: Path) -> dict[str, str] | None:
    try:
        names: Any = orjson.loads(path.read_bytes())
        return {key: str(names[key]) for key in _TOPIC_KEYS}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def clear_former_rooms(names: list[str], publisher: Publisher, *, has_state_dir: bool) -> None:
    """Clear what earlier runs have retained of these rooms, which are not watched any more.

    Without a `state_dir`, rooms that were added by command are forgotten at each restart: then only log them.
    """
    if not names:
        return
    listed = ", ".join(names[:_MAX_LISTED]) + (" ..." if len(names) > _MAX_LISTED else "")
    if not has_state_dir:
        message = "%d rooms that are not watched have retained messages (%s); `tiktok2mqtt purge` clears them"
        logger.info(message, len(names), listed)
        return
    logger.info("clearing the retained messages of %d rooms that are not watched: %s", len(names), listed)
    for name in names:
        publisher.clear_room(name, RETAINED_SUBTOPICS)
