"""The sign provider, a service of its own below `/sign` on the same port: it hands out what opens the push socket.

Protocol reference, section 2, "Sign provider"; what else its clients ask for is known from them.
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

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tiktok2mqtt.simulator.grants import Grant
    from tiktok2mqtt.simulator.shared import Shared
    from tiktok2mqtt.simulator.state import RoomState

PREFIX: Final = "/sign"
KEY_HEADER: Final = "X-Api-Key"
WAYS_TO_FAIL: Final = ("stub", "no cookies", "elsewhere")
_ELSEWHERE: Final = "wss://push.example.org/webcast/im/"
_SESSION_COOKIES: Final = ("sessionid=", "sessionid_ss=", "sid_tt=", "sid_guard=")
_ID_BYTES: Final = 16


def asked_faults(headers: Mapping[str, str], query: Mapping[str, str]) -> Iterator[str]:
    """What a provider is told that is none of its business.

    The query's `tt_target_idc` is let pass: TikTokLive 7 sends a made-up one with every request.
    """
    cookies = headers.get("Cookie", "") + headers.get("X-Cookie-Header", "")
    if query.get("session_id") or any(name in cookies for name in _SESSION_COOKIES):
        yield "the sign provider was told a session cookie"
    for name, what in (("Referer", "a Referer"), ("Origin", "an Origin")):
        if headers.get(name):
            yield f"the sign provider was told {what}"


class Provider:
    """Answers what is asked of the provider. `failures` are orders for the next answers, of WAYS_TO_FAIL."""

    def __init__(self, shared: Shared) -> None:
        self.failures: deque[str] = deque()
        self._shared = shared

    async def handle(self, request: web.BaseRequest) -> web.Response:
        """A request below PREFIX."""
        for sentence in asked_faults(request.headers, request.query):
            self._report(request, sentence)
        key = self._shared.behaviour.sign_key
        if key is not None and request.headers.get(KEY_HEADER) != key:
            return _said(401, "The API key is missing or invalid.")
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
            case "POST", "tiktok" | "webcast", "sign_url":
                return await self._sign_url(request)
        return _said(404, "There is no such endpoint.")

    def _report(self, request: web.BaseRequest, sentence: str) -> None:
        self._shared.journal.violation(f"{request.method} {request.path}: {sentence}")

    def _room_id(self, name: str) -> web.Response:
        state = self._shared.world.find(name.removeprefix("@"))
        if state is None or not state.live:
            return _said(404, "The user is not live." if state else "There is no such user.", room_id=None)
        return _said(200, "ok", room_id=str(state.room_id))

    def _connect(self, request: web.BaseRequest, room_id: str) -> web.Response:
        lacking = [name for name in ("client", "user_agent") if not request.query.get(name)]
        if lacking:
            self._report(request, f"query lacks {', '.join(lacking)}")
        state = self._shared.world.by_id(int(room_id)) if room_id.isdecimal() else None
        if state is None or not state.live or str(state.room_id) != room_id:
            return _said(404, "There is no such room, or its LIVE is over.")
        ttwid = self._shared.cookies.mint()
        grant = self._shared.grants.new(state.room_id, state.sent_total, ttwid, time.time_ns() // 1_000_000)
        failure = self.failures.popleft() if self.failures else ""
        # The first pair alone is enough: some clients read no further (protocol reference, section 2).
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
            return _said(400, "The body must be JSON with a url.")
        tokens = {"X-Bogus": secrets.token_urlsafe(_ID_BYTES), "msToken": secrets.token_urlsafe(_ID_BYTES)}
        query = "&".join([*filter(None, [parts.query]), *(f"{name}={value}" for name, value in tokens.items())])
        signed = {"signedUrl": parts._replace(query=query).geturl(), "tokens": tokens}
        return _said(200, "ok", response=signed | {"userAgent": asked.get("userAgent", "")})


def _said(code: int, message: str, **data: Any) -> web.Response:
    body = {"code": code, "ok": code == web.HTTPOk.status_code, "message": message, **data}
    return web.Response(status=code, body=json.dumps(body).encode(), content_type="application/json")
