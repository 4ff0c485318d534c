"""The known gifts: names, prices, types and pictures, learned from LIVEs and from lists. No I/O.

TikTok's own list (`gift/list`) is refused to clients that do not sign their requests (403 since March 2026), but each
gift message describes its gift.
"""

import threading
from collections.abc import Iterable, Mapping
from typing import Any, Final

from tiktok2mqtt.common.text import clean_text
from tiktok2mqtt.webcast.gift_types import type_name
from tiktok2mqtt.webcast.net.options import PICTURE_DOMAINS, is_tiktok_url, split_url

Json = dict[str, Any]
# TikTok's list has some 700 gifts, a sign provider's catalogue some 2,800. A gift takes about 1.5 kB.
MAX_GIFTS: Final = 5_000
MAX_TEXT_CHARS: Final = 1_000
MAX_URL_CHARS: Final = 4_000
MAX_NUMBER: Final = 10_000_000
MAX_LIST_INTERVAL_S: Final = 2 * 24 * 3600.0
_MAX_ID_CHARS: Final = 20
_MAX_URLS: Final = 8
# The keys of an `extended_gift_info`, and the types of their values. `id` and the pictures come in addition.
_TYPES: Final[Mapping[str, type]] = {
    "describe": str,
    "diamond_count": int,
    "duration_ms": int,
    "is_broadcast_gift": bool,
    "is_displayed_on_panel": bool,
    "is_effect_befview": bool,
    "item_type": int,
    "name": str,
    "type": int,
}
_PICTURES: Final = ("icon", "image")
_UNKNOWN: Final[Json] = dict.fromkeys((*_TYPES, "type_name", *_PICTURES))
_NOTHING: Final[Mapping[str, Any]] = {}
# Key -> other names for it: in TikTok's list, then in that of a sign provider.
_OTHER_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "id": ("giftId", "gift_id"),
    "name": ("giftName", "gift_name"),
    "diamond_count": ("diamondCount",),
    "type": ("giftType", "gift_type"),
    "duration_ms": ("duration",),
    "image": ("imageUri",),
}


class GiftCatalogue:
    """The known gifts by id. Shared by the readers of all rooms; thread-safe.

    An entry is an `extended_gift_info`: {describe, diamond_count, duration_ms, icon, id (text), image,
    is_broadcast_gift, is_displayed_on_panel, is_effect_befview, item_type, name, type, type_name}, with icon and image
    {avg_color, is_animated, url_list}. What is unknown is null: a price or type is never 0. Entries are shared and
    never changed.

    Up to MAX_GIFTS are kept; those that no LIVE has shown are forgotten first. `version` grows with each change.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._gifts: dict[str, Json] = {}
        # Those of them that were sent in a LIVE, or that a room's own list has.
        self._seen: set[str] = set()
        # When a list may be asked for again, in seconds since 1970.
        self._list_due: dict[str, float] = {}
        self.version = 0

    def __len__(self) -> int:
        return len(self._gifts)

    def get(self, gift_id: str | None) -> Json | None:
        """Return what is known of a gift."""
        return self._gifts.get(gift_id or "")

    def find(self, name: str) -> Json | None:
        """Return the gift of that name, the one seen last; upper and lower case are the same."""
        wanted = name.casefold()
        return next((gift for gift in reversed(self.entries()) if (gift["name"] or "").casefold() == wanted), None)

    def entries(self) -> list[Json]:
        """Return all gifts: those that no LIVE has shown, then the others, each in the order in which they changed."""
        with self._lock:
            gifts, seen = self._gifts.items(), self._seen
            return [gift for gift_id, gift in gifts if gift_id not in seen] + [
                gift for gift_id, gift in gifts if gift_id in seen
            ]

    # --- in events ---

    def complete(self, event: Json, *, extended: bool) -> None:
        """Fill in what a gift event does not say of its gift; with `extended`, add `extended_gift_info`."""
        info = self._gifts.get(event["gift_id"] or "")
        if extended:
            event["extended_gift_info"] = info
        if info is None:
            return
        gift = event["gift"]
        if gift["name"] is None:
            gift["name"] = info["name"]
        if gift["diamond_count"] is None:
            gift["diamond_count"] = info["diamond_count"]
        if gift["gift_type"] is None and info["type"] is not None:
            gift["gift_type"], gift["gift_type_name"] = info["type"], info["type_name"]
        if gift["image"] is None and info["image"] is not None:
            gift["image"] = next(iter(info["image"]["url_list"] or ()), None)

    def learn(self, gift: Mapping[str, Any]) -> None:
        """Learn from the `gift` of an event. What it says replaces what is known, except a picture."""
        gift_id = gift["gift_id"]
        known = self._gifts.get(gift_id or "")
        if known is not None and gift_id in self._seen and _says_nothing_new(gift, known):
            return
        if gift_id is None or len(gift_id) > _MAX_ID_CHARS:
            return
        new = {
            "name": _typed(gift["name"], str),
            "diamond_count": _typed(gift["diamond_count"], int),
            "type": _typed(gift["gift_type"], int),
        }
        if gift["image"] is not None and (known is None or known["image"] is None):
            new["image"] = _picture({"url_list": [gift["image"]]})
        if any(value is not None for value in new.values()):
            self._update(gift_id, new, is_seen=True)

    def learn_prices(self, prices: Iterable[Mapping[str, Any]]) -> None:
        """Learn the prices of a gift panel: {gift_id, diamond_count} each. They do not replace known ones."""
        for price in prices:
            gift_id = price["gift_id"]
            if gift_id is not None and (self._gifts.get(gift_id) or _UNKNOWN)["diamond_count"] is None:
                self._update(gift_id, {"diamond_count": _typed(price["diamond_count"], int)})

    # --- from lists ---

    def add_list(self, rows: Iterable[Any], *, replaces: bool) -> int:
        """Learn from the rows of a list, TikTok's or a sign provider's; return the number of gifts.

        What they say replaces what is known only if `replaces`. Rows of an unexpected format are ignored.
        """
        count = 0
        for row in rows:
            entry = read_row(row)
            if entry is None:
                continue
            gift_id = entry.pop("id")
            count += 1
            known = self._gifts.get(gift_id)
            if known is not None and not replaces:
                entry = {key: value for key, value in entry.items() if known[key] is None}
            self._update(gift_id, entry, is_seen=replaces)
        return count

    def begin_listing(self, what: str, now: float, retry_s: float) -> bool:
        """Return whether a list is due; if so, it is not due again for `retry_s`, for any room. `now` is since 1970."""
        with self._lock:
            # The system's clock may have been set back.
            if now < self._list_due.get(what, 0.0) <= now + MAX_LIST_INTERVAL_S:
                return False
            self._list_due[what] = now + retry_s
        return True

    def end_listing(self, what: str, due: float) -> None:
        """Note that a list was read: when it is due again."""
        with self._lock:
            self._list_due[what] = due

    def set_displayed(self, displayed: Mapping[str, bool]) -> None:
        """Note which of the known gifts are in the panel of a room."""
        for gift_id, is_displayed in displayed.items():
            if gift_id in self._gifts:
                self._update(gift_id, {"is_displayed_on_panel": is_displayed})

    # --- saving ---

    def seen(self) -> list[str]:
        """Return the ids of the gifts that a LIVE has shown."""
        with self._lock:
            return sorted(self._seen)

    def lists_due(self) -> dict[str, float]:
        """Return when each list is due again, in seconds since 1970."""
        with self._lock:
            return dict(self._list_due)

    def restore(
        self, entries: Iterable[Any], seen: Iterable[Any] = (), lists_due: Mapping[str, Any] = _NOTHING
    ) -> None:
        """Add what an earlier process has saved; what was learned since takes precedence."""
        self.add_list(entries, replaces=False)
        with self._lock:
            self._seen.update(gift_id for gift_id in seen if isinstance(gift_id, str) and gift_id in self._gifts)
            self._list_due |= {what: due for what, due in lists_due.items() if isinstance(due, float)}

    def _update(self, gift_id: str, new: Mapping[str, Any], *, is_seen: bool = False) -> None:
        """Set those values that are not None."""
        with self._lock:
            if is_seen:
                self._seen.add(gift_id)
            before = self._gifts.get(gift_id)
            entry = (before or _UNKNOWN) | {key: value for key, value in new.items() if value is not None}
            entry |= {"id": gift_id, "type_name": type_name(entry["type"])}
            if entry == before:
                return
            self._gifts.pop(gift_id, None)
            self._gifts[gift_id] = entry
            if len(self._gifts) > MAX_GIFTS:
                unseen = (one for one in self._gifts if one not in self._seen)
                forgotten = next(unseen, None) or next(iter(self._gifts))
                del self._gifts[forgotten]
                self._seen.discard(forgotten)
            self.version += 1


def _says_nothing_new(gift: Mapping[str, Any], known: Json) -> bool:
    name, price, kind = gift["name"], gift["diamond_count"], gift["gift_type"]
    return (
        (name is None or name == known["name"])
        and (price is None or price == known["diamond_count"])
        and (kind is None or kind == known["type"])
    )


def read_row(row: Any) -> Json | None:
    """Return the entry that a row of a list is about; None if it has no id. A value of an unexpected type is null."""
    if not isinstance(row, dict):
        return None
    gift_id = _value(row, "id")
    text = str(gift_id) if isinstance(gift_id, int | str) and gift_id else ""
    if not text or text == "0" or len(text) > _MAX_ID_CHARS:
        return None
    entry: Json = {key: _typed(_value(row, key), kind) for key, kind in _TYPES.items()}
    for key in ("diamond_count", "type", "duration_ms"):
        entry[key] = entry[key] or None
    if entry["type"] is None and row.get("combo") is True:
        entry["type"] = 1
    return {"id": text} | entry | {key: _picture(_value(row, key)) for key in _PICTURES}


def _value(row: Mapping[str, Any], key: str) -> Any:
    names = (key, *_OTHER_NAMES.get(key, ()))
    return next((row[name] for name in names if row.get(name) is not None), None)


def _picture(picture: Any) -> Json | None:
    if isinstance(picture, str):
        # A sign provider keeps copies, which only its own pages may show.
        return (
            _picture({"url_list": [picture]}) if is_tiktok_url(split_url(picture), "https", PICTURE_DOMAINS) else None
        )
    if not isinstance(picture, dict):
        return None
    urls = _typed(picture.get("url_list"), list)
    return {
        "avg_color": _typed(picture.get("avg_color"), str),
        "is_animated": _typed(picture.get("is_animated"), bool),
        "url_list": None if urls is None else [url for url in urls if _is_url(url)][:_MAX_URLS],
    }


def _is_url(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_URL_CHARS


def _typed(value: Any, kind: type) -> Any:
    """Return the value if it is of exactly this type (True is not a number) and neither endless nor out of range."""
    if type(value) is not kind:
        return None
    if isinstance(value, str):
        return clean_text(value) if 0 < len(value) <= MAX_TEXT_CHARS else None
    if isinstance(value, int) and not 0 <= value <= MAX_NUMBER:
        return None
    return value
