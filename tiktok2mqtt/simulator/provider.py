"""The sign provider, a separate service below `/sign` on the same port: it issues what opens the push socket.

Source: protocol reference, section 2, "Sign provider"; further endpoints are known from its clients.
"""

from __future__ import annotations

import json
import secrets
import time
from collections import deque
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from aiohttp import web

from tiktok2mqtt.simulator.envelope import Delivery, encode_fetch
from tiktok2mqtt.simulator.gifts import CATALOGUE, provider_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tiktok2mqtt.simulator.grants import Grant
    from tiktok2mqtt.simulator.shared import Shared
    from tiktok2mqtt.simulator.state import RoomState

PREFIX: Final = "/sign"
KEY_HEADER: Final = "X-Api-Key"
PROVIDER_FAILURES: Final = ("stub", "no cookies", "elsewhere")
_ELSEWHERE: Final = "wss://push.example.org/webcast/im/"
_SESSION_COOKIES: Final = ("sessionid=", "sessionid_ss=", "sid_tt=", "sid_guard=")
_ID_BYTES: Final = 16
# Gifts on a page of the catalogue.
_USUAL_PAGE: Final = 50
_MAX_PAGE: Final = 100
# Users in one bulk check.
_MAX_BULK: Final = 50


def request_faults(headers: Mapping[str, str], query: Mapping[str, str]) -> Iterator[str]:
    """Yield what must not be sent to a provider.

    The query's `tt_target_idc` is accepted: TikTokLive 7 sends a made-up one with every request.
    """
    cookies = headers.get("Cookie", "") + headers.get("X-Cookie-Header", "")
    if query.get("session_id") or any(name in cookies for name in _SESSION_COOKIES):
        yield "a session cookie was sent to the sign provider"
    for name, what in (("Referer", "a Referer"), ("Origin", "an Origin")):
        if headers.get(name):
            yield f"{what} was sent to the sign provider"


class Provider:
    """Answers requests to the provider. `failures` are planned for the next answers, from PROVIDER_FAILURES."""

    def __init__(self, shared: Shared) -> None:
        self.failures: deque[str] = deque()
        self._shared = shared

    async def handle(self, request: web.BaseRequest) -> web.Response:
        """Handle a request below PREFIX."""
        for sentence in request_faults(request.headers, request.query):
            self._report(request, sentence)
        key = self._shared.behaviour.sign_key
        if key is not None and request.headers.get(KEY_HEADER) != key:
            return _json_answer(401, "The API key is missing or invalid.")
        return await self._route(request)

    async def _route(self, request: web.BaseRequest) -> web.Response:
        match request.method, *request.path.removeprefix(PREFIX).strip("/").split("/"):
            case "GET", "webcast", "rooms", room_id, "connect":
                return self._connect(request, room_id)
            case "GET", "webcast", "fetch":
                return self._connect(request, request.query.get("room_id", ""))
            case "GET", "webcast", "anchors", name, "room_id":
                return self._room_id(name)
            case "GET", "webcast", "room_id":
                return self._room_id(request.query.get("unique_id", ""))
            case "GET", "webcast", "rate_limits":
                return self._rate_limits()
        return await self._post(request) if request.method == "POST" else self._gifts(request)

    async def _post(self, request: web.BaseRequest) -> web.Response:
        match request.path.removeprefix(PREFIX).strip("/").split("/"):
            case ["webcast", "bulk_live_check"]:
                return await self._bulk_live_check(request)
            case ["tiktok" | "webcast", "sign_url"]:
                return await self._sign_url(request)
        return _json_answer(404, "There is no such endpoint.")

    def _gifts(self, request: web.BaseRequest) -> web.Response:
        match request.method, *request.path.removeprefix(PREFIX).strip("/").split("/"):
            case "GET", "webcast", "gifts", "catalog":
                return self._catalogue(request)
            case "GET", "webcast", "rooms", room_id, "gifts":
                return self._room_gifts(room_id)
        return _json_answer(404, "There is no such endpoint.")

    def _report(self, request: web.BaseRequest, sentence: str) -> None:
        self._shared.journal.violation(f"{request.method} {request.path}: {sentence}")

    def _room_id(self, name: str) -> web.Response:
        state = self._shared.world.find(name.removeprefix("@"))
        if state is None or not state.live:
            return _json_answer(404, "The user is not live." if state else "There is no such user.", room_id=None)
        return _json_answer(200, "ok", room_id=str(state.room_id), is_live=True, routes_attempted=["room_info"])

    def _rate_limits(self) -> web.Response:
        used = sum(one.path.startswith(PREFIX) for one in self._shared.journal.requests)
        limits = {"minute": 60, "hour": 1_000, "day": 2_500}
        rows = {
            name: {"max": most, "remaining": max(0, most - used), "reset_at": None} for name, most in limits.items()
        }
        return _json_answer(200, "ok", **rows)

    async def _bulk_live_check(self, request: web.BaseRequest) -> web.Response:
        """Answer for up to 50 user ids; it wants an account at TikTok, by a token or by its cookies."""
        if not (request.headers.get("X-OAuth-Token") or request.headers.get("X-Cookie-Header")):
            return _json_answer(401, "Provide a token or the cookies of an account.")
        try:
            ids = [int(one) for one in json.loads(await request.read())["user_numeric_ids"]]
        except (ValueError, TypeError, KeyError):
            return _json_answer(400, "The body must be JSON with user_numeric_ids.")
        if len(ids) > _MAX_BULK:
            return _json_answer(400, f"At most {_MAX_BULK} users can be checked at once.")
        found = {state.host.user_id: state for state in self._shared.world.rooms.values()}
        data = {
            str(one): {"room_id": str(state.room_id) if state.live else None, "is_live": state.live}
            for one in ids
            if (state := found.get(one)) is not None
        }
        return _json_answer(200, "ok", response={"data": data})

    @staticmethod
    def _catalogue(request: web.BaseRequest) -> web.Response:
        query = request.query
        size = min(int(query.get("pageSize", _USUAL_PAGE)), _MAX_PAGE)
        number = int(query.get("pageNumber", 1))
        gifts = [provider_json(gift) for gift in CATALOGUE[(number - 1) * size : number * size]]
        total = len(CATALOGUE)
        pages = {"total": total, "pageSize": size, "pageNumber": number, "totalPages": -(-total // size)}
        return _json_answer(200, "ok", gifts=gifts, **pages)

    def _room_gifts(self, room_id: str) -> web.Response:
        state = self._shared.world.by_id(int(room_id)) if room_id.isdecimal() else None
        if state is None or not state.live:
            return _json_answer(404, "There is no such room, or its LIVE is over.")
        ids = [gift.gift_id for gift in CATALOGUE]
        overrides = {str(ids[-1]): {"is_displayed_on_panel": False, "is_gallery_gift": True}}
        return _json_answer(200, "ok", response={"room_id": room_id, "page_gifts": ids, "gift_overrides": overrides})

    def _connect(self, request: web.BaseRequest, room_id: str) -> web.Response:
        lacking = [name for name in ("client", "user_agent") if not request.query.get(name)]
        if lacking:
            self._report(request, f"query lacks {', '.join(lacking)}")
        if room_id in ("", "0") and (named := self._shared.world.find(request.query.get("unique_id", ""))) is not None:
            room_id = str(named.room_id)
        state = self._shared.world.by_id(int(room_id)) if room_id.isdecimal() else None
        if state is None or not state.live or str(state.room_id) != room_id:
            return _json_answer(404, "There is no such room, or its LIVE is over.")
        ttwid = self._shared.cookies.mint()
        grant = self._shared.grants.new(state.room_id, state.sent_total, ttwid, time.time_ns() // 1_000_000)
        failure = self.failures.popleft() if self.failures else ""
        # The first pair is sufficient: some clients read only that (protocol reference, section 2).
        cookies = f"ttwid={ttwid}; msToken={secrets.token_urlsafe(_ID_BYTES)}; Path=/; Domain=tiktok.com; Secure"
        headers = {
            "X-Room-Id": room_id,
            "X-Request-Id": secrets.token_hex(_ID_BYTES),
            "X-Agent-Id": "simulator",
        } | ({} if failure == "no cookies" else {"X-Set-TT-Cookie": cookies})
        body = b"" if failure == "stub" else self._first_response(grant, state, elsewhere=failure == "elsewhere")
        return web.Response(body=body, headers=headers, content_type="application/protobuf")

    def _first_response(self, grant: Grant, state: RoomState, *, elsewhere: bool) -> bytes:
        delivery = Delivery(
            cursor=grant.cursor,
            internal_ext=grant.internal_ext,
            now_ms=time.time_ns() // 1_000_000,
            is_first=True,
            push_server=_ELSEWHERE if elsewhere else self._shared.socket_url,
            route=grant.route,
        )
        return encode_fetch([message.encode(history=True) for message in state.replay()], delivery)

    async def _sign_url(self, request: web.BaseRequest) -> web.Response:
        try:
            asked = json.loads(await request.read())
            parts = urlsplit(asked["url"])
        except (ValueError, TypeError, KeyError, AttributeError):
            return _json_answer(400, "The body must be JSON with a url.")
        tokens = {"X-Bogus": secrets.token_urlsafe(_ID_BYTES), "msToken": secrets.token_urlsafe(_ID_BYTES)}
        query = "&".join([*filter(None, [parts.query]), *(f"{name}={value}" for name, value in tokens.items())])
        signed = {"signedUrl": parts._replace(query=query).geturl(), "tokens": tokens}
        return _json_answer(200, "ok", response=signed | {"userAgent": asked.get("userAgent", "")})


def _json_answer(code: int, message: str, **data: Any) -> web.Response:
    body = {"code": code, "ok": code == web.HTTPOk.status_code, "message": message, **data}
    return web.Response(status=code, body=json.dumps(body).encode(), content_type="application/json")
