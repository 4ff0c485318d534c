"""The gift catalogue on MQTT and on disk: `<base>/<bridge>/gifts`, and `gifts.json` in `state_dir`."""

import logging
import time
from collections.abc import Callable
from math import inf
from pathlib import Path
from typing import Any, Final

from tiktok2mqtt.bridge.json_file import read_json, write_json
from tiktok2mqtt.bridge.mqtt.payloads import encode
from tiktok2mqtt.common.text import safe_text
from tiktok2mqtt.common.times import timestamp
from tiktok2mqtt.webcast.gift_catalogue import GiftCatalogue

logger = logging.getLogger(__name__)
Json = dict[str, Any]
DOCUMENT: Final = "gifts"
FILE: Final = "gifts.json"
VERSION: Final = 1
INTERVAL_S: Final = 60.0
# Limits of the document. Some brokers refuse messages of more than 128 KiB, others even smaller ones.
MAX_GIFTS: Final = 1_000
MAX_BYTES: Final = 120_000
# The size of a PUBLISH packet without the document: mostly the topic.
PACKET_BYTES: Final = 512
MAX_FILE_BYTES: Final = 32 << 20
# The size of the document without its list of gifts.
_HEAD_BYTES: Final = 200
_LAST_PRICE: Final = 2**31


class GiftsDocument:
    """Publishes and saves the known gifts when they have changed, at most once a minute.

    `publish(payload)` publishes it, retained. With `folder` None nothing is saved; a file that cannot be used is
    replaced. `language` is the language of the names; names in another language are not restored. Used by the control
    thread only, except for `catalogue`.
    """

    def __init__(self, folder: Path | None, language: str, publish: Callable[[bytes], object]) -> None:
        self.catalogue = GiftCatalogue()
        self._path = folder / FILE if folder is not None else None
        self._language = language
        self._publish = publish
        self._due = -inf
        self._max_bytes = MAX_BYTES
        if self._path is not None:
            self._load(self._path)
        self._saved_version = self.catalogue.version
        self._published_version = 0

    def update(self, now: float, max_packet_bytes: float) -> None:
        """Publish and save what has changed, if it is due. `now` is monotonic, in seconds.

        `max_packet_bytes` is the size of the largest packet that the broker accepts.
        """
        max_bytes = int(min(MAX_BYTES, max_packet_bytes - PACKET_BYTES))
        is_changed = self.catalogue.version != self._published_version
        if max_bytes == self._max_bytes and (now < self._due or not is_changed):
            return
        self._max_bytes = max_bytes
        self._due = now + INTERVAL_S
        self.publish()
        self.save()

    def publish(self) -> None:
        """Publish the document, unless no gift is known."""
        self._published_version = self.catalogue.version
        if len(self.catalogue):
            self._publish(encode(gifts_document(self.catalogue, self._language, self._max_bytes)))

    def save(self) -> None:
        """Write the file if something has changed; a failure is logged."""
        catalogue, version = self.catalogue, self.catalogue.version
        if self._path is None or version == self._saved_version:
            return
        document = {
            "version": VERSION,
            "language": self._language,
            "gifts": catalogue.entries(),
            "seen": catalogue.seen(),
            "lists_due": catalogue.lists_due(),
        }
        try:
            write_json(self._path, document)
        except OSError as error:
            logger.warning("%s cannot be written (%s)", self._path, error.strerror)
            return
        self._saved_version = version

    def _load(self, path: Path) -> None:
        try:
            document = _read(path)
        except FileNotFoundError:
            return
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else safe_text(error, 120)
            logger.warning("%s cannot be used (%s): the gifts are learned again", path, reason)
            return
        gifts = document["gifts"]
        if document["language"] != self._language:
            gifts = [gift | {"name": None, "describe": None} for gift in gifts if isinstance(gift, dict)]
        self.catalogue.restore(gifts, document["seen"], document["lists_due"])


def _read(path: Path) -> Json:
    """Raises OSError, and ValueError for a file of another format."""
    document = read_json(path, VERSION, MAX_FILE_BYTES)
    types = {"language": str, "gifts": list, "seen": list, "lists_due": dict}
    if wrong := [key for key, kind in types.items() if not isinstance(document.get(key), kind)]:
        raise ValueError(f"its {wrong[0]} is not a {types[wrong[0]].__name__}")
    return document


def gifts_document(catalogue: GiftCatalogue, language: str, max_bytes: int = MAX_BYTES) -> Json:
    """Return {gifts, total, truncated, language, updated_at}: the gifts by price, each {gift_id, name, ...}.

    If not all fit, those that were seen last in LIVEs are listed.
    """
    gifts: list[Json] = []
    size = _HEAD_BYTES
    entries = catalogue.entries()
    for entry in reversed(entries):
        gift = _shown(entry)
        size += len(encode(gift)) + 1
        if size > max_bytes or len(gifts) == MAX_GIFTS:
            break
        gifts.append(gift)
    gifts.sort(key=lambda gift: (gift["diamond_count"] or _LAST_PRICE, gift["name"] or "", gift["gift_id"]))
    return {
        "gifts": gifts,
        "total": len(entries),
        "truncated": len(gifts) < len(entries),
        "language": language,
        "updated_at": timestamp(time.time()),
    }


def _shown(entry: Json) -> Json:
    picture = entry["image"] or entry["icon"] or {}
    return {
        "gift_id": entry["id"],
        "name": entry["name"],
        "diamond_count": entry["diamond_count"],
        "gift_type": entry["type"],
        "image": next(iter(picture.get("url_list") or ()), None),
    }
