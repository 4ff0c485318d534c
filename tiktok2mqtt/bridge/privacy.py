"""Removes or hashes personal data of viewers, as the privacy settings say: names, pictures, ids, comments. Pure.

What the host publishes (title, cover, captions, polls) is left as it is: it is the broadcast itself.
"""

import hashlib
import hmac
from collections.abc import Callable
from typing import Any, Final

from tiktok2mqtt.settings import PrivacySettings

Json = dict[str, Any]
_Redaction = Callable[[Any], Any]
NAMES: Final = frozenset({"nickname", "unique_id", "sender", "sender_unique_id", "contributor"})
PICTURES: Final = frozenset(
    {"profile_picture_url", "contributor_picture_url", "sender_picture_url", "sender_avatar", "left_icon"}
)
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
        "sponsor_user_id",
        "pinned_by",
        "target_user_id",
        "to_anchor_id",
        "violation_user_id",
        "anchor_uid",
        "rival_anchor_id",
        "action_by_user_id",
        "host_user_id",
        "invite_user_id",
        # Those of hosts in a link.
        "anchor_link_mic_id_str",
        "rival_linkmic_id_str",
        "link_mic_id",
        "host_room_id",
    }
)
COMMENTS: Final = frozenset({"comment", "question_text", "word"})
# Texts by TikTok that contain a viewer's name and sometimes what the viewer wrote.
DISPLAY_TEXTS: Final = frozenset(
    {
        *("text", "body", "content", "content_str", "content_text", "desc", "display_text", "message", "notify_text"),
        *("audience_text", "float_text", "not_allowed_text", "notice", "notice_content", "reason_info", "tips"),
        *("text_for_sender", "toast", "toast_text", "violation_reason"),
    }
)
_HOST_EVENTS: Final = frozenset({"poll", "caption", "live_intro"})
_HASH_DIGITS: Final = 16


class PrivacyFilter:
    """Redacts events. The keys stay; values become null (lists become empty), or a hash for user ids."""

    def __init__(self, settings: PrivacySettings) -> None:
        self._redactions: dict[str, _Redaction] = {}
        self._keeps_display_texts = settings.names and settings.comments
        if not settings.names:
            self._remove(NAMES)
        if not settings.pictures:
            self._remove(PICTURES)
        if not settings.comments:
            self._remove(COMMENTS)
        if settings.user_ids == "none":
            self._remove(USER_IDS)
        elif settings.user_ids == "hashed":
            salt = settings.salt.get_secret_value() if settings.salt else ""
            self._redactions |= dict.fromkeys(USER_IDS, _hasher(salt.encode()))

    def _remove(self, keys: frozenset[str]) -> None:
        self._redactions |= dict.fromkeys(keys, _removed)

    @property
    def is_active(self) -> bool:
        """Whether the settings remove or hash anything."""
        return bool(self._redactions) or not self._keeps_display_texts

    def redact(self, event: Json) -> Json:
        """Return the event to publish; `event` is not changed."""
        redactions = self._redactions
        if not self._keeps_display_texts and event["event_type"] not in _HOST_EVENTS:
            redactions = redactions | dict.fromkeys(DISPLAY_TEXTS, _removed)
        redacted: Json = _redacted(event, redactions)
        return redacted

    def redact_document(self, document: Json) -> Json:
        """Return what to publish of something that is no event, such as a room info; texts by TikTok stay."""
        redacted: Json = _redacted(document, self._redactions)
        return redacted


def _redacted(value: Any, redactions: dict[str, _Redaction]) -> Any:
    match value:
        case dict():
            return {
                key: redactions[key](part) if key in redactions else _redacted(part, redactions)
                for key, part in value.items()
            }
        case list():
            return [_redacted(part, redactions) for part in value]
    return value


def _removed(value: Any) -> Any:
    return [] if isinstance(value, list) else None


def _hasher(salt: bytes) -> _Redaction:
    """Return a function that replaces a user id by 16 hexadecimal digits of a keyed hash (HMAC-SHA-256)."""

    def hashed(value: Any) -> Any:
        if isinstance(value, list):
            return [hashed(part) for part in value]
        return hmac.new(salt, value.encode(), hashlib.sha256).hexdigest()[:_HASH_DIGITS] if value else None

    return hashed
