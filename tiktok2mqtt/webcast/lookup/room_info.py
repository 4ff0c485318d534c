"""What TikTok says about a room: the LIVE, its host and its streams."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

PAUSED: Final = 3
"""The status of a LIVE that its host has paused."""


@dataclass(frozen=True, slots=True)
class RoomOwner:
    """The host of a room. A value is None when it is missing or has an unknown format.

    - `user_id`, `unique_id` (the user name, without @), `nickname` (the display name).
    - `profile_picture_url`: https and on a host of TikTok.
    - `followers`: number of followers.
    """

    user_id: str | None = None
    unique_id: str | None = None
    nickname: str | None = None
    profile_picture_url: str | None = None
    followers: int | None = None


@dataclass(frozen=True, slots=True)
class RoomInfo:
    """The room info. A value is None, or empty, when it is missing or has an unknown format.

    - `live`: whether the LIVE goes on; None when the status does not say. A paused one goes on.
    - `status`: TikTok's number for it: 2 live, 3 paused, 4 ended.
    - `title` of the LIVE.
    - `room_id` of the LIVE.
    - `owner`: the host.
    - `viewers`: current number of viewers; `total_viewers`: number of viewers since the LIVE started.
    - `likes` since the LIVE started.
    - `started_at_s`: start of the LIVE, in seconds since 1970.
    - `cover`: URL of the cover picture. Home Assistant fetches it, so it is https and on a host of TikTok.
    - `stream_urls`: URLs of the video (FLV) by quality: FULL_HD1, HD1, SD1, SD2.
    - `raw`: the `data` of the answer as received. It can take megabytes, so it is there only if it was asked for.

    Source: protocol reference, section 2, "room info".
    """

    live: bool | None = None
    status: int | None = None
    title: str | None = None
    room_id: str | None = None
    owner: RoomOwner = field(default_factory=RoomOwner)
    viewers: int | None = None
    total_viewers: int | None = None
    likes: int | None = None
    started_at_s: int | None = None
    cover: str | None = None
    stream_urls: Mapping[str, str] = field(default_factory=dict, hash=False)
    raw: Mapping[str, Any] | None = field(default=None, repr=False, compare=False)

    @property
    def paused(self) -> bool:
        """Whether the host has paused the LIVE."""
        return self.status == PAUSED

    @property
    def host_name(self) -> str | None:
        """User name of the host, in lower case."""
        return self.owner.unique_id.lower() if self.owner.unique_id else None

    @property
    def host_id(self) -> str | None:
        """User ID of the host."""
        return self.owner.user_id

    @property
    def followers(self) -> int | None:
        """Number of followers of the host."""
        return self.owner.followers

    @property
    def started_at(self) -> datetime | None:
        """Start of the LIVE, in UTC."""
        try:
            return datetime.fromtimestamp(self.started_at_s, UTC) if self.started_at_s is not None else None
        except (OverflowError, ValueError, OSError):
            return None
