"""The room id and live status of a user, and what else HTTP tells about a room.

Source: protocol reference, section 2. A call costs one request unless its docstring says otherwise.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
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
    RoomOffline,
    SchemaError,
    StatusUnknown,
    WebcastError,
    WrongRoom,
)
from tiktok2mqtt.common.text import clean_room_name
from tiktok2mqtt.common.times import Deadline
from tiktok2mqtt.webcast.lookup import pages
from tiktok2mqtt.webcast.lookup.further_sources import MIN_TIMEOUT_S, FurtherSources
from tiktok2mqtt.webcast.lookup.resolution import Resolution, merge_findings, most_telling_first
from tiktok2mqtt.webcast.lookup.room_info import RoomInfo
from tiktok2mqtt.webcast.net.http import HttpClient, Response, require_ok
from tiktok2mqtt.webcast.net.options import Options

logger = logging.getLogger(__name__)
TTWID_TRIES = 8
TTWID_PAUSE_S = 0.75
# Its page sets the cookie when those of others do not.
_OWN_ACCOUNT: Final = "tiktok"
# All requests of one lookup share a deadline: this part of the connect timeout, so that a result is there within it.
LOOKUP_SHARE: Final = 0.9
# Unless a message in the LIVE itself said that it is over, this many sources must say so.
MIN_AGREEING_SOURCES: Final = 2


class RoomLookup:
    """The HTTP lookups of one room. Their cookies stay in `http`, where the socket finds them.

    `user_id` is that of the host, from the options or once a source has named it. From then on it decides whose room an
    answer is about. If the host has another name then, `on_renamed(name)` is called once, and that name is asked for.
    """

    def __init__(self, http: HttpClient, options: Options) -> None:
        self.user_id: str | None = options.user_id
        self.new_name: str | None = None
        self.on_renamed: Callable[[str], object] = lambda _name: None
        self._http = http
        self._options = options
        self._further = FurtherSources(http, options)

    # --- room id and live status ---

    def resolve(self, name: str) -> Resolution:
        """Find a user's room id and live status: from the live page, then from api-live unless the page says live.

        If both fail, from FurtherSources. Costs up to three requests, and up to two to a sign provider. Raises
        RoomNotFound or PrivateOrBanned when api-live knows no such user and no other page shows one, RateLimited and
        Interrupted at once, and an error of the first two sources when all fail.
        """
        return self._resolve(name, self._deadline())

    def live_room_id(self, name: str) -> str:
        """Return the room id of a user's LIVE.

        Costs up to three requests. Raises RoomOffline, StatusUnknown, and the errors of `resolve`.
        """
        resolution = self.resolve(name)
        if resolution.live is False:
            raise RoomOffline(f"{name} is not live")
        if resolution.room_id is None:
            raise StatusUnknown(f"TikTok returned no room id for {name}")
        return resolution.room_id

    def room_id(self, name: str) -> str:
        """Return the room id of a user's LIVE, or of the last one. Costs and raises as `live_room_id` does."""
        resolution = self.resolve(name)
        if resolution.room_id is not None:
            return resolution.room_id
        if resolution.live is False:
            raise RoomOffline(f"{name} is not live")
        raise StatusUnknown(f"TikTok returned no room id for {name}")

    def room_id_to_connect(self, name: str) -> str:
        """Return the room id to connect to: that of a LIVE, if `fetch_room_info_on_connect`.

        Otherwise also that of a LIVE that pages take for over: only the transport decides. Costs and raises as
        `live_room_id` does.
        """
        return self.live_room_id(name) if self._options.fetch_room_info_on_connect else self.room_id(name)

    def live_status(self, name: str, last_room_id: str | None = None) -> Resolution:
        """Decide whether a user is live, with a third source where the two of `resolve` are not enough.

        `last_room_id` is the room id of a LIVE that we were connected to and that has not been reported as over: to
        consider it over, two sources must agree. The result is True with a room id, or False. Raises StatusUnknown, and
        the errors of `resolve`. Costs up to three requests.
        """
        deadline = self._deadline()
        try:
            found = self._resolve(name, deadline)
        except RoomNotFound:
            if last_room_id is not None:
                self._confirm_over(last_room_id, deadline, "only one of TikTok's pages says that there is no such user")
            raise
        if found.live is False:
            if last_room_id is not None and found.agreeing < MIN_AGREEING_SOURCES:
                self._confirm_over(last_room_id, deadline, "only one of TikTok's pages says that the LIVE is over")
            return found
        if found.room_id is None:
            raise StatusUnknown("TikTok's pages disagree whether the room is live")
        if not found.live:
            info = self._room_info_if_live(found.room_id, name, deadline)
            if info is None:
                raise StatusUnknown("TikTok's pages disagree whether the room is live")
            found = replace(found, live=True, paused=info.paused)
        return found

    def _deadline(self) -> Deadline:
        return Deadline(LOOKUP_SHARE * self._options.connect_timeout_s)

    def _resolve(self, name: str, deadline: Deadline) -> Resolution:
        if self._options.room_id is not None:
            return self._given(self._options.room_id, name, deadline)
        name = self.new_name or name
        try:
            return self._resolve_named(name, deadline)
        except (RoomNotFound, WrongRoom):
            if self.user_id is None or not self._find_new_name(self.user_id, name, deadline):
                raise
        return self._resolve_named(self.new_name or name, deadline)

    def _given(self, room_id: str, name: str, deadline: Deadline) -> Resolution:
        """Return what is known of the LIVE whose room id was given instead of being looked up."""
        try:
            info = self.room_info(room_id, _timeout_s(deadline, 0.5))
        except RoomEnded:
            return Resolution(room_id, live=False, agreeing=MIN_AGREEING_SOURCES)
        except (RoomError, RateLimited, Interrupted):
            raise
        except WebcastError as error:
            logger.info("room %s: no room info (%s)", room_id, error)
            alive = self.check_alive([room_id], _timeout_s(deadline)).get(room_id)
            return Resolution(room_id, alive, agreeing=int(alive is not None))
        self.check_host(info, name)
        return Resolution(room_id, info.live, int(info.live is not None), info.title, info.paused)

    def _find_new_name(self, user_id: str, name: str, deadline: Deadline) -> bool:
        """Ask for the profile of a user by the number; return whether it has another name."""
        try:
            answer = self._http.get(f"{self._options.web_url}/@{user_id}", timeout_s=_timeout_s(deadline, 0.5))
            found = pages.profile_name(answer.text, user_id)
        except WebcastError as error:
            logger.info("%s: no profile of the user %s (%s)", name, user_id, error)
            return False
        return self._note_name(found, name)

    def _note_name(self, found: str, asked: str) -> bool:
        """Note how the host is called now; return whether that is new."""
        try:
            found = clean_room_name(found)
        except ValueError:
            return False
        if found == asked:
            return False
        self.new_name = found
        self.on_renamed(found)
        return True

    def _resolve_named(self, name: str, deadline: Deadline) -> Resolution:
        findings: list[pages.Finding] = []
        failures: list[WebcastError] = []
        for fetch, share in ((self.live_page, 0.5), (self.api_live, 1.0)):
            try:
                finding = fetch(name, _timeout_s(deadline, share))
            except RoomNotFound as error:
                if findings:
                    raise StatusUnknown("TikTok's pages disagree whether the user exists") from error
                self._check_profile(name, deadline)
                raise
            except (RateLimited, Interrupted):
                # No further requests now.
                raise
            except WebcastError as error:
                failures.append(error.without_traceback())
                continue
            findings.append(finding)
            if finding.live and finding.room_id:
                break
        if not findings and (further := self._further.find(self._asked(name), failures, deadline)) is not None:
            findings.append(self._learn(further, name))
        if not findings:
            most_telling_first(failures)
            # Not kept in the list: its traceback refers to this frame.
            raise failures.pop(0)
        return merge_findings(findings)

    def _asked(self, name: str) -> pages.Host:
        return pages.Host(self.new_name or name, self.user_id)

    def _learn(self, finding: pages.Finding, name: str) -> pages.Finding:
        host = finding.host
        if host is not None and host.user_id is not None:
            self.user_id = host.user_id
            if host.name:
                self._note_name(host.name, self.new_name or name)
        return finding

    def live_page(self, name: str, timeout_s: float | None = None) -> pages.Finding:
        """Fetch the user's live page. Raises the errors of pages.live_page and those of the HTTP client."""
        answer = self._http.get(f"{self._options.web_url}/@{name}/live", timeout_s=timeout_s)
        require_ok(answer, "the live page")
        return self._learn(pages.live_page(answer.text, self._asked(name)), name)

    def api_live(self, name: str, timeout_s: float | None = None) -> pages.Finding:
        """Fetch api-live. Raises the errors of pages.api_live and those of the HTTP client."""
        params = {"uniqueId": name, "sourceType": "54", "staleTime": "600000"} | self._http.params()
        answer = self._http.get(f"{self._options.web_url}/api-live/user/room", params, timeout_s=timeout_s)
        require_ok(answer, "api-live")
        return self._learn(pages.api_live(answer.body, self._asked(name)), name)

    def _check_profile(self, name: str, deadline: Deadline) -> None:
        """Raise PrivateOrBanned or StatusUnknown if the profile page says that an account that is not found exists."""
        try:
            answer = self._http.get(f"{self._options.web_url}/@{name}", timeout_s=_timeout_s(deadline))
            profile = pages.profile(answer.text, self._asked(name))
        except WebcastError:
            return
        if profile is pages.Profile.PRIVATE:
            raise PrivateOrBanned("TikTok does not show this account: it is private or banned")
        if profile is pages.Profile.SHOWN:
            raise StatusUnknown("TikTok's pages disagree whether the user exists")

    def _room_info_if_live(self, room_id: str, name: str, deadline: Deadline) -> RoomInfo | None:
        """Return the room info, None unless it says that the LIVE goes on. Raises WrongRoom if it is another host's."""
        try:
            info = self.room_info(room_id, _timeout_s(deadline))
        except RoomEnded:
            return None
        self.check_host(info, name)
        return info if info.live else None

    def check_host(self, info: RoomInfo, name: str) -> bool:
        """Return whether a room info names the host, who must be the asked one. Raises WrongRoom if it is another."""
        try:
            self._asked(name).check("the room info", info.host_name, info.host_id)
        except SchemaError:
            return False
        return True

    def _confirm_over(self, room_id: str, deadline: Deadline, doubt: str) -> None:
        """Raise StatusUnknown with the sentence `doubt` unless the alive check as well says that this LIVE is over."""
        try:
            if self.check_alive([room_id], _timeout_s(deadline)).get(room_id) is False:
                return
        except WebcastError as error:
            logger.info("room %s: the alive check failed (%s)", room_id, error)
        raise StatusUnknown(doubt)

    def check_alive(self, room_ids: Sequence[str], timeout_s: float | None = None) -> dict[str, bool]:
        """Return, by room id, whether these LIVEs go on; those that the answer does not mention are left out.

        A new LIVE of the same user has a new room id. Raises SchemaError and the HTTP client's errors.
        """
        answer = self._webcast("room/check_alive/", {"room_ids": ",".join(room_ids)}, timeout_s)
        return pages.check_alive(answer.body)

    # --- more about a LIVE ---

    def room_info(self, room_id: str, timeout_s: float | None = None, *, keep_raw: bool = False) -> RoomInfo:
        """Return the room info, with its `raw` data if wanted.

        Raises AgeRestricted, RoomEnded, SchemaError and the HTTP client's errors.
        """
        body = self._webcast("room/info/", {"room_id": room_id}, timeout_s).body
        return pages.room_info(body, keep_raw=keep_raw)

    def room_info_to_connect(self, room_id: str, name: str) -> RoomInfo | None:
        """Return the room info before connecting, or None when it is not available: that is no reason not to connect.

        Raises WrongRoom when it names another host than `name`, and RoomError when there is nothing to connect to: the
        LIVE is over or age restricted. It counts as over only if the alive check says so too; otherwise StatusUnknown
        is raised. Costs up to two requests.
        """
        deadline = self._deadline()
        try:
            info = self.room_info(room_id, _timeout_s(deadline, 0.5))
            self.check_host(info, name)
            if info.live is not False:
                return info
        except RoomEnded:
            pass
        except (RoomError, WrongRoom):
            raise
        except WebcastError as error:
            logger.info("room %s: no room info (%s); connecting without it", room_id, error)
            return None
        self._confirm_over(room_id, deadline, "only the room info says that the LIVE is over")
        raise RoomEnded("the LIVE of this room is over")

    def gift_list(self, room_id: str) -> list[dict[str, Any]]:
        """Return the gift list, empty when it is not available: that is no reason not to connect.

        TikTok refuses it to clients that do not sign their requests.
        """
        try:
            return self.available_gifts(room_id)
        except WebcastError as error:
            logger.info("room %s: no gift list from TikTok (%s); using the gifts that are known", room_id, error)
            return []

    def available_gifts(self, room_id: str) -> list[dict[str, Any]]:
        """Return the gifts that can be sent in the room, as the service describes them."""
        return pages.gift_list(self._webcast("gift/list/", {"room_id": room_id}).body)

    def _webcast(self, path: str, params: dict[str, str], timeout_s: float | None = None) -> Response:
        url = self._options.webcast_url + path
        answer = self._http.get(url, params | self._http.params(), timeout_s=timeout_s)
        require_ok(answer, path)
        return answer

    def ttwid(self, name: str, wait: Callable[[float], bool]) -> str:
        """Return the anonymous cookie that the socket requires. TikTok sets it in some answers only: up to 8 requests.

        They ask for the user's page and for that of TikTok's own account in turn. `wait(seconds)` waits between two
        requests and returns whether to give up. Raises Blocked, NetworkError.
        """
        for attempt in range(TTWID_TRIES + 1):
            if value := self._http.cookie("ttwid"):
                return value
            if attempt and wait(TTWID_PAUSE_S):
                raise NetworkError("interrupted while asking for a cookie")
            if attempt < TTWID_TRIES:
                page = (self.new_name or name) if attempt % 2 == 0 else _OWN_ACCOUNT
                self._http.get(f"{self._options.web_url}/@{page}", timeout_s=self._options.connect_timeout_s)
        raise Blocked(f"TikTok set no ttwid cookie in {TTWID_TRIES} tries")


def _timeout_s(deadline: Deadline, share: float = 1.0) -> float:
    """Return the timeout of the next request: a share of the time that is left."""
    return max(MIN_TIMEOUT_S, share * deadline.remaining_s())
