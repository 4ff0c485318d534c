"""Whom overlays do not show: one retained document, `<base>/<bridge>/ignore`, that anything on the broker may read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

Json = dict[str, Any]
MAX_ENTRIES: Final = 200
MAX_ENTRY_CHARS: Final = 100


@dataclass(frozen=True, slots=True)
class IgnoreList:
    """People by user name, words in comments and names (both in lower case), and whether the host is left out."""

    people: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    host: bool = False

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Read a document leniently: what is not as it should be counts as not there."""
        people = tuple(one.removeprefix("@") for one in _texts(document.get("people")))
        return cls(people, _texts(document.get("words")), document.get("host") is True)

    def document(self) -> Json:
        """Return the document."""
        return {"people": list(self.people), "words": list(self.words), "host": self.host}

    def matches(self, event: Mapping[str, Any]) -> bool:
        """Return whether overlays leave out an event."""
        name = event.get("unique_id")
        if isinstance(name, str) and name.lower() in self.people:
            return True
        if self.host and (event.get("is_anchor") is True or (name is not None and name == event.get("room"))):
            return True
        texts = [str(event.get(key) or "").lower() for key in ("comment", "nickname", "question_text")]
        return any(word in text for word in self.words for text in texts)


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        return ()
    texts = (one.strip().lower()[:MAX_ENTRY_CHARS] for one in value if isinstance(one, str))
    return tuple(dict.fromkeys(text for text in texts if text))[:MAX_ENTRIES]
