"""From a username to a room id and its live status, and what else HTTP tells about a room.

Source: protocol reference, section 2. A call costs one request, unless it says otherwise.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from tiktok2mqtt.common.errors import (
    Blocked,
    Interrupted,
    NetworkError,
    PrivateOrBanned,
    RateLimited,
    RoomEnded,
    RoomError,
    RoomNotFound,
    StatusUnknown,
    WebcastError,
)
from tiktok2mqtt.webcast.lookup import pages
from tiktok2mqtt.webcast.lookup.gifts import GiftList
from tiktok2mqtt.webcast.net.http import HttpClient, Response, require_ok
from tiktok2mqtt.webcast.net.options import Options

logger = logging.getLogger(__name__)
TTWID_TRIES = 8
TTWID_PAUSE_S = 0.75
# What all requests of one look-up may take together, as a part of the connect timeout: there is an answer within that.
LOOKUP_SHARE: Final = 0.9
_LEAST_S: Final = 0.1
# So many sources must say that a LIVE is over, unless a message in it said so.
MIN_AGREEING_SOURCES: Final = 2


@dataclass(frozen=True, slots=True)
class Resolution:
    """What is known of a user's LIVE: `live` is True, False, or None when the sources failed or disagree.

    `agreeing` counts the sources that say so; `room_id` is None when no source named one.
    """

    room_id: str | None
    live: bool | None
    agreeing: int
    title: str | None = None


def merge_findings(findings: list[pages.Finding]) -> Resolution:
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

        Costs up to three requests. Raises RoomNotFound or PrivateOrBanned when api-live knows no such user, RateLimited
        as soon as one source says so, Interrupted at once, else the first source's error when both fail.
        """
        return self._resolve(name, self._patience())

    def look_up(self, name: str, heard_id: str | None = None) -> Resolution:
        """Decide whether a user is live, by a further source where those of `resolve` do not suffice.

        `heard_id` is the room id of a LIVE that was heard and that nobody has said to be over: that it is, two sources
        must agree on. The answer is True with a room id, or False; raises StatusUnknown and what `resolve` raises.
        Costs up to three requests.
        """
        patience = self._patience()
        found = self._resolve(name, patience)
        if found.live is False:
            if heard_id is not None and found.agreeing < MIN_AGREEING_SOURCES and not self._is_over(heard_id, patience):
                raise StatusUnknown("only one of TikTok's pages says that the LIVE is over")
            return found
        if found.room_id is None or not (found.live or self._is_live(found.room_id, patience)):
            raise StatusUnknown("TikTok's pages disagree whether the room is live")
        return replace(found, live=True)

    def _patience(self) -> "_Patience":
        return _Patience(LOOKUP_SHARE * self._options.connect_timeout_s)

    def _resolve(self, name: str, patience: "_Patience") -> Resolution:
        findings: list[pages.Finding] = []
        failures: list[WebcastError] = []
        for look, share in ((self.live_page, 0.5), (self.api_live, 1.0)):
            try:
                finding = look(name, patience.left_s(share))
            except RoomNotFound as error:
                raise self._why_not_found(name, error, patience) from error
            except (RateLimited, Interrupted):
                # Asked to stop asking.
                raise
            except WebcastError as error:
                failures.append(error)
                continue
            findings.append(finding)
            if finding.live and finding.room_id:
                break
        if not findings:
            raise failures[0]
        return merge_findings(findings)

    def live_page(self, name: str, timeout_s: float | None = None) -> pages.Finding:
        """Ask the user's live page. Raises CaptchaPage, SchemaError and the HTTP client's errors."""
        answer = self._http.get(f"{self._options.web_url}/@{name}/live", timeout_s=timeout_s)
        require_ok(answer, "the live page")
        return pages.live_page(answer.text)

    def api_live(self, name: str, timeout_s: float | None = None) -> pages.Finding:
        """Ask api-live. Raises RoomNotFound, SchemaError and the HTTP client's errors."""
        params = {"uniqueId": name, "sourceType": "54", "staleTime": "600000"} | self._http.params()
        answer = self._http.get(f"{self._options.web_url}/api-live/user/room", params, timeout_s=timeout_s)
        require_ok(answer, "api-live")
        return pages.api_live(answer.body)

    def _why_not_found(self, name: str, error: RoomNotFound, patience: "_Patience") -> WebcastError:
        """Return what the profile says of a user whom api-live does not know; that error when it says nothing."""
        try:
            answer = self._http.get(f"{self._options.web_url}/@{name}", timeout_s=patience.left_s())
            private = pages.is_private(answer.text)
        except WebcastError:
            return error
        return PrivateOrBanned("TikTok does not show this account: it is private or banned") if private else error

    def _is_live(self, room_id: str, patience: "_Patience") -> bool:
        """Let the room info decide when the first two sources contradict each other."""
        try:
            return self.room_info(room_id, patience.left_s()).live is True
        except RoomEnded:
            return False

    def _is_over(self, room_id: str, patience: "_Patience") -> bool:
        """Whether the alive check says that this LIVE is over; False as well when it says nothing."""
        try:
            return self.alive([room_id], patience.left_s()).get(room_id) is False
        except WebcastError as error:
            logger.info("room %s: the alive check says nothing (%s)", room_id, error)
            return False

    def alive(self, room_ids: Sequence[str], timeout_s: float | None = None) -> dict[str, bool]:
        """Return whether the LIVEs with these room ids go on; what is not said is missing.

        Says nothing of a LIVE under a new room id. Raises SchemaError and the HTTP client's errors.
        """
        answer = self._webcast("room/check_alive/", {"room_ids": ",".join(room_ids)}, timeout_s)
        return pages.check_alive(answer.body)

    def room_info(self, room_id: str, timeout_s: float | None = None) -> pages.RoomInfo:
        """Return the room info. Raises AgeRestricted, RoomEnded, SchemaError and the HTTP client's errors."""
        return pages.room_info(self._webcast("room/info/", {"room_id": room_id}, timeout_s).body)

    def info_to_connect(self, room_id: str) -> pages.RoomInfo | None:
        """Return the room info, or None when it cannot be had, which keeps no room from us.

        Raises RoomError when there is nothing to connect to: the LIVE is over, or shown to adults only. That it is over
        the alive check has to say as well, else StatusUnknown is raised. Costs up to two requests.
        """
        patience = self._patience()
        try:
            info = self.room_info(room_id, patience.left_s(0.5))
            if info.live is not False:
                return info
        except RoomEnded:
            pass
        except RoomError:
            raise
        except WebcastError as error:
            logger.info("room %s: no room info (%s); connecting without", room_id, error)
            return None
        if self._is_over(room_id, patience):
            raise RoomEnded("the LIVE of this room is over")
        raise StatusUnknown("only the room's info says that the LIVE is over")

    def gifts(self, room_id: str) -> GiftList:
        """Return the gift list; an empty one when it cannot be had, which keeps no room from us."""
        try:
            return GiftList(self.gift_list(room_id))
        except WebcastError as error:
            logger.warning("room %s: no gift list (%s)", room_id, error)
            return GiftList()

    def gift_list(self, room_id: str) -> list[dict[str, Any]]:
        """Return the gifts that can be sent in the room, as the service describes them."""
        return pages.gift_list(self._webcast("gift/list/", {"room_id": room_id}).body)

    def _webcast(self, path: str, about: dict[str, str], timeout_s: float | None = None) -> Response:
        url = self._options.webcast_url + path
        answer = self._http.get(url, about | self._http.params(), timeout_s=timeout_s)
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


class _Patience:
    """What is left of the time that several requests may take together."""

    def __init__(self, seconds: float) -> None:
        self._ends_at = time.monotonic() + seconds

    def left_s(self, share: float = 1.0) -> float:
        """Return the seconds that are left, or a share of them."""
        return max(_LEAST_S, share * (self._ends_at - time.monotonic()))
