"""What the sign provider has issued, and whether a client uses all of it for its socket. No I/O."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_KEPT: Final = 1_000


@dataclass(frozen=True)
class Grant:
    """What opens one room's socket. `index` counts the session's messages that came with it or before it."""

    room_id: int
    index: int
    ttwid: str
    cursor: str
    internal_ext: str
    route: tuple[tuple[str, str], ...]

    def deviations(self, query: Mapping[str, str], ttwid: str | None) -> Iterator[str]:
        """Yield where a client deviates from what it was given. TikTokLive 7 leaves out cursor and internal_ext."""
        if ttwid != self.ttwid:
            yield "socket does not carry the cookie that the sign provider handed out"
        for name, value in self.route:
            if query.get(name) != value:
                yield f"socket query does not repeat the route parameter {name}"
        for name, value in (("cursor", self.cursor), ("internal_ext", self.internal_ext)):
            if query.get(name, "") not in ("", value):
                yield f"socket query has another {name} than the sign provider's"
        if query.get("room_id") != str(self.room_id):
            yield f"socket was signed for room id {self.room_id}, not {query.get('room_id', '')}"


class Grants:
    """The last 1,000 grants, found by the route parameter `imprp`."""

    def __init__(self) -> None:
        self._by_token: dict[str, Grant] = {}

    def new(self, room_id: int, index: int, ttwid: str, now_ms: int) -> Grant:
        """Issue a grant for a room."""
        route = (("imprp", secrets.token_urlsafe(16)), ("wrss", secrets.token_urlsafe(24)))
        cursor = f"t-{now_ms}_r-1_d-1_u-1_h-1"
        internal_ext = f"internal_src:pushserver|first_req_ms:{now_ms}|wss_info:0-{now_ms}-0-0|seq:{index}"
        grant = self._by_token[route[0][1]] = Grant(room_id, index, ttwid, cursor, internal_ext, route)
        while len(self._by_token) > _KEPT:
            del self._by_token[next(iter(self._by_token))]
        return grant

    def find(self, query: Mapping[str, str]) -> Grant | None:
        """Return the grant that a socket's query refers to."""
        return self._by_token.get(query.get("imprp", ""))
