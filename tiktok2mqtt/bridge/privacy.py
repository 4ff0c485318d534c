"""What the settings let through of the people in a room: names, pictures, ids, what they write. Pure.

The host's own words and pictures (title, cover, captions, polls) are not touched: they are what is broadcast.
"""

import hashlib
import hmac
from collections.abc import Callable
from typing import Any, Final

from tiktok2mqtt.settings import PrivacySettings

Json = dict[str, Any]
_Treat = Callable[[Any], Any]
NAMES: Final = frozenset({"nickname", "unique_id", "sender", "sender_unique_id", "contributor", "pinned_by"})
PICTURES: Final = frozenset({"profile_picture_url", "contributor_picture_url", "sender_avatar", "left_icon"})
USER_IDS: Final = frozenset(
    {
        "user_id",
        "user_ids",
        "to_user_id",
        "from_user_id",
        "sender_id",
        "contributor_id",
        "current_user_id",
        "operator_user_id",
    }
)
WRITTEN: Final = frozenset({"comment", "question_text", "word"})
# Sentences of TikTok's, with somebody's name in them, and sometimes with what they wrote.
SENTENCES: Final = frozenset(
    {"text", "body", "content", "content_str", "desc", "display_text", "message", "notify_text", "tips", "toast_text"}
)
_HOSTS_WORDS: Final = frozenset({"poll", "caption", "live_intro"})
_HASH_DIGITS: Final = 16


class Privacy:
    """Makes of an event the one to publish: the same keys, null where the settings say so."""

    def __init__(self, settings: PrivacySettings) -> None:
        self._treat: dict[str, _Treat] = {}
        self._sentences = settings.names and settings.comments
        if not settings.names:
            self._drop(NAMES)
        if not settings.pictures:
            self._drop(PICTURES)
        if not settings.comments:
            self._drop(WRITTEN)
        if settings.user_ids == "none":
            self._drop(USER_IDS)
        elif settings.user_ids == "hashed":
            salt = settings.salt.get_secret_value() if settings.salt else ""
            self._treat |= dict.fromkeys(USER_IDS, _hasher(salt.encode()))

    def _drop(self, keys: frozenset[str]) -> None:
        self._treat |= dict.fromkeys(keys, _nothing)

    def __bool__(self) -> bool:
        """Whether anything is held back at all."""
        return bool(self._treat) or not self._sentences

    def __call__(self, event: Json) -> Json:
        """Return the event to publish."""
        treat = self._treat
        if not self._sentences and event["event_type"] not in _HOSTS_WORDS:
            treat = treat | dict.fromkeys(SENTENCES, _nothing)
        cleaned: Json = _cleaned(event, treat)
        return cleaned


def _cleaned(value: Any, treat: dict[str, _Treat]) -> Any:
    match value:
        case dict():
            return {key: treat[key](part) if key in treat else _cleaned(part, treat) for key, part in value.items()}
        case list():
            return [_cleaned(part, treat) for part in value]
    return value


def _nothing(value: Any) -> Any:
    return [] if isinstance(value, list) else None


def _hasher(salt: bytes) -> _Treat:
    """Return what turns an id into 16 hexadecimal digits: the same for the same person, and no way back."""

    def hashed(value: Any) -> Any:
        if isinstance(value, list):
            return [hashed(part) for part in value]
        return hmac.new(salt, value.encode(), hashlib.sha256).hexdigest()[:_HASH_DIGITS] if value else None

    return hashed
