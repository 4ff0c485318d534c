"""`tiktok2mqtt purge`: makes the broker forget every retained message of the daemon, and no other.

Topics that were renamed since the last run: what is retained under the old names is cleared.

The names of the last run are in `state_dir`. Without that setting there is `tiktok2mqtt purge --base-topic --prefix`.
"""

import logging
import sys
import threading
import uuid
from pathlib import Path
from typing import Any, Final

import orjson
import paho.mqtt.client as mqtt
from paho.mqtt.reasoncodes import ReasonCode

from tiktok2mqtt.bridge.mqtt.client import authenticate, new_client
from tiktok2mqtt.bridge.mqtt.link import ONLINE
from tiktok2mqtt.bridge.retained import is_own
from tiktok2mqtt.bridge.rooms_file import write_json
from tiktok2mqtt.cli.terminal import DONE, FAILED
from tiktok2mqtt.common.topics import Topics
from tiktok2mqtt.settings import Settings

TIMEOUT_S: Final = 10.0
# So long after the last retained message nothing more is expected.
QUIET_S: Final = 0.5


class NotPurgedError(Exception):
    """The sentence says why: the broker cannot be reached, refuses us or does not confirm, or the daemon is running."""


def purge(settings: Settings, *, dry_run: bool, force: bool) -> int:
    """Print the topics and clear them, unless `dry_run`; return 0, or 1 when the broker or a running daemon objects."""
    try:
        own = clear(settings, dry_run=dry_run, force=force)
    except NotPurgedError as error:
        print(f"tiktok2mqtt: {error}", file=sys.stderr)
        return FAILED
    for topic in own:
        print(topic)
    print(f"{len(own)} retained messages {'would be cleared' if dry_run else 'cleared'}")
    return DONE


def clear(settings: Settings, *, dry_run: bool = False, force: bool = False) -> list[str]:
    """Clear what is retained for the topics of these settings, unless `dry_run`; return the topics.

    Raises NotPurgedError; unless `force`, also when the bridge's state says that a daemon is running.
    """
    topics = Topics(settings.mqtt.base_topic, settings.mqtt.bridge_topic, settings.homeassistant.prefix)
    collector = _Collector(settings, topics)
    try:
        if trouble := collector.collect():
            raise NotPurgedError(trouble)
        if collector.kept.get(topics.bridge_state) == ONLINE and not (dry_run or force):
            raise NotPurgedError(
                f"the daemon is running ({topics.bridge_state} says online) and would publish all that again: "
                "stop it first; --force clears nevertheless"
            )
        own = sorted(topic for topic, payload in collector.kept.items() if is_own(topics, topic, payload))
        if not dry_run and not collector.clear(own):
            raise NotPurgedError(f"the broker has not confirmed within {TIMEOUT_S:g} s")
        return own
    finally:
        collector.leave()


class _Collector:
    """A client that hears what the broker has retained below our topics and the discovery prefix."""

    def __init__(self, settings: Settings, topics: Topics) -> None:
        self.kept: dict[str, bytes] = {}
        self._mqtt = settings.mqtt
        self._topics = [f"{topics.base}/#", *topics.discoveries]
        self._refusal: str | None = None
        self._subscribed = threading.Event()
        self._heard = threading.Event()
        self._client = new_client(self._mqtt, f"{self._mqtt.client_id}-purge-{uuid.uuid4().hex[:8]}")
        authenticate(self._client, self._mqtt)
        self._client.on_connect = self._connected
        self._client.on_subscribe = lambda *_: self._subscribed.set()
        self._client.on_message = self._received

    def collect(self) -> str | None:
        """Hear all that is retained; return what went wrong, if anything did."""
        try:
            self._client.connect(self._mqtt.host, self._mqtt.port)
        except (OSError, ValueError) as error:
            return f"cannot reach the broker at {self._mqtt.host}:{self._mqtt.port}: {error}"
        self._client.loop_start()
        if not self._subscribed.wait(TIMEOUT_S):
            return f"no answer from the broker within {TIMEOUT_S:g} s"
        if self._refusal:
            return f"the broker refuses us: {self._refusal}"
        while self._heard.wait(QUIET_S):
            self._heard.clear()
        return None

    def clear(self, topics: list[str]) -> bool:
        """Publish an empty message on each topic; return whether the broker has taken them all."""
        sent = [self._client.publish(topic, b"", 1, retain=True) for topic in topics]
        for one in sent:
            one.wait_for_publish(TIMEOUT_S)
        return all(one.is_published() for one in sent)

    def leave(self) -> None:
        """End the connection. May be called without one."""
        self._client.disconnect()
        self._client.loop_stop()

    def _connected(self, client: mqtt.Client, _data: Any, _flags: Any, reason: ReasonCode, _properties: Any) -> None:
        if reason.is_failure:
            self._refusal = str(reason)
            self._subscribed.set()
            return
        client.subscribe([(topic, 1) for topic in self._topics])

    def _received(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        if message.retain:
            self.kept[message.topic] = bytes(message.payload)
            self._heard.set()


logger = logging.getLogger(__name__)
FILE: Final = "topics.json"
_KEYS: Final = ("base_topic", "bridge_topic", "prefix")


def clear_renamed(settings: Settings) -> None:
    """Clear the old topics if there are any, and note those of now. What goes wrong is logged; the next start tries."""
    if settings.state_dir is None:
        return
    path = settings.state_dir / FILE
    mqtt = settings.mqtt
    now = dict(zip(_KEYS, (mqtt.base_topic, mqtt.bridge_topic, settings.homeassistant.prefix), strict=True))
    old = _read(path)
    if old not in (None, now) and not _cleared(settings, old):
        return
    if old != now:
        try:
            path.parent.mkdir(0o700, parents=True, exist_ok=True)
            write_json(path, now)
        except OSError as error:
            logger.warning("%s cannot be written: %s", path, error.strerror)


def _cleared(settings: Settings, old: dict[str, str]) -> bool:
    names = f"{old['base_topic']}/# and {old['prefix']}/#"
    mqtt = settings.mqtt.model_copy(update={key: old[key] for key in ("base_topic", "bridge_topic")})
    homeassistant = settings.homeassistant.model_copy(update={"prefix": old["prefix"]})
    try:
        topics = clear(settings.model_copy(update={"mqtt": mqtt, "homeassistant": homeassistant}))
    except NotPurgedError as error:
        logger.warning("what an earlier run has left on %s is not cleared: %s", names, error)
        return False
    logger.info("the topics were renamed: cleared %d retained messages on %s", len(topics), names)
    return True


def _read(path: Path) -> dict[str, str] | None:
    try:
        names: Any = orjson.loads(path.read_bytes())
        return {key: str(names[key]) for key in _KEYS}
    except (OSError, ValueError, KeyError, TypeError):
        return None
