"""From a username to a room id and its live status, and what else HTTP tells about a room.

Source: protocol reference, section 2. Every call costs one request of the room's budget, `resolve` up to two.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tiktok2mqtt.webcast import pages
from tiktok2mqtt.webcast.errors import (
    Blocked,
    Interrupted,
    NetworkError,
    RoomEnded,
    RoomError,
    RoomNotFound,
    WebcastError,
)
from tiktok2mqtt.webcast.gifts import GiftList
from tiktok2mqtt.webcast.http import Answer, HttpClient, require_ok
from tiktok2mqtt.webcast.options import Options

logger = logging.getLogger(__name__)
TTWID_TRIES = 8
TTWID_PAUSE_S = 0.75
# Of the time for a look-up; the answer of api-live is small.
_PAGE_SHARE = 0.75


@dataclass(frozen=True, slots=True)
class Resolution:
    """What is known of a user's LIVE: `live` is True, False, or None when the sources failed or disagree.

    `agreeing` counts the sources that say so; `room_id` is None when no source named one.
    """

    room_id: str | None
    live: bool | None
    agreeing: int
    title: str | None = None


def judge(findings: list[pages.Finding]) -> Resolution:
    """Join what the sources said. A contradiction is unknown, never False."""
    verdicts = {finding.live for finding in findings} - {None}
    live = verdicts.pop() if len(verdicts) == 1 else None
    room_id = next((f.room_id for f in sorted(findings, key=lambda f: f.live is not True) if f.room_id), None)
    title = next((f.title for f in findings if f.title), None)
    return Resolution(room_id, live, sum(f.live is live for f in findings if live is not None), title)


class Rooms:
    """HTTP look-ups of one room; keeps the cookies that the socket needs."""

    def __init__(self, http: HttpClient, options: Options) -> None:
        self._http = http
        self._options = options

    def resolve(self, name: str) -> Resolution:
        """Find a user's room id and live status: the live page first, then api-live unless the page says live.

        Both together have the time of one request, so that a service that drips is found out as soon as one that hangs.
        Raises RoomNotFound when api-live knows no such user, Interrupted at once, else the first source's error when
        both fail.
        """
        findings: list[pages.Finding] = []
        failures: list[WebcastError] = []
        deadline = time.monotonic() + self._options.connect_timeout_s
        for look, share in ((self._live_page, _PAGE_SHARE), (self._api_live, 1.0)):
            try:
                finding = look(name, (deadline - time.monotonic()) * share)
            except (RoomNotFound, Interrupted):
                raise
            except WebcastError as error:
                failures.append(error)
                continue
            findings.append(finding)
            if finding.live and finding.room_id:
                break
        if not findings:
            raise failures[0]
        return judge(findings)

    def _live_page(self, name: str, timeout_s: float) -> pages.Finding:
        answer = self._http.get(f"{self._options.web_url}/@{name}/live", timeout_s=timeout_s)
        require_ok(answer, "the live page")
        return pages.live_page(answer.text)

    def _api_live(self, name: str, timeout_s: float) -> pages.Finding:
        params = {"uniqueId": name, "sourceType": "54", "staleTime": "600000"} | self._http.params()
        answer = self._http.get(f"{self._options.web_url}/api-live/user/room", params, timeout_s=timeout_s)
        require_ok(answer, "api-live")
        return pages.api_live(answer.body)

    def room_info(self, room_id: str) -> pages.RoomInfo:
        """Return the room info. Raises AgeRestricted, RoomEnded, SchemaError and the HTTP client's errors."""
        return pages.room_info(self._webcast("room/info/", room_id).body)

    def info_to_connect(self, room_id: str) -> pages.RoomInfo | None:
        """Return the room info, or None when it cannot be had, which keeps no room from us.

        Raises RoomError when there is nothing to connect to: the LIVE is over, or shown to adults only.
        """
        try:
            info = self.room_info(room_id)
        except RoomError:
            raise
        except WebcastError as error:
            logger.info("room %s: no room info (%s); connecting without", room_id, error)
            return None
        if info.live is False:
            raise RoomEnded("the LIVE of this room is over")
        return info

    def gifts(self, room_id: str) -> GiftList:
        """Return the gift list; an empty one when it cannot be had, which keeps no room from us."""
        try:
            return GiftList(self.gift_list(room_id))
        except WebcastError as error:
            logger.warning("room %s: no gift list (%s)", room_id, error)
            return GiftList()

    def gift_list(self, room_id: str) -> list[dict[str, Any]]:
        """Return the gifts that can be sent in the room, as the service describes them."""
        return pages.gift_list(self._webcast("gift/list/", room_id).body)

    def _webcast(self, path: str, room_id: str) -> Answer:
        answer = self._http.get(self._options.webcast_url + path, {"room_id": room_id} | self._http.params())
        require_ok(answer, path)
        return answer

    def ttwid(self, name: str, interrupted: Callable[[float], bool]) -> str:
        """Return the anonymous cookie that the socket asks for; only some answers mint it.

        `interrupted` waits between two tries and says whether to give up. Raises Blocked, NetworkError.
        """
        for attempt in range(TTWID_TRIES + 1):
            if value := self._http.cookie("ttwid"):
                return value
            if attempt and interrupted(TTWID_PAUSE_S):
                raise NetworkError("interrupted while asking for a cookie")
            if attempt < TTWID_TRIES:
                self._http.get(f"{self._options.web_url}/@{name}")
        raise Blocked(f"TikTok gave us no ttwid cookie in {TTWID_TRIES} tries")
