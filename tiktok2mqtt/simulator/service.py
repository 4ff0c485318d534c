"""The HTTP side of the service: one handler for all endpoints and for the handshake of the push socket.

Paths and bodies: protocol reference, section 2. An endpoint is one row of the table; everything below `/sign` belongs
to the sign provider.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from tiktok2mqtt.simulator import pages
from tiktok2mqtt.simulator.checks import missing_headers
from tiktok2mqtt.simulator.envelope import Delivery, encode_fetch
from tiktok2mqtt.simulator.handshake import HandshakeHandler
from tiktok2mqtt.simulator.journal import Request
from tiktok2mqtt.simulator.provider import KEY_HEADER, PREFIX, Provider

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tiktok2mqtt.simulator.shared import Shared


SOCKET_PATH: Final = "/webcast/im/ws_proxy/ws_reuse_supplement/"
_MAX_PROFILE_SEGMENTS: Final = 2


class Service:
    """Answers requests from the state of the rooms; writes them, and what is wrong with them, to the journal."""

    def __init__(self, shared: Shared) -> None:
        self.provider = Provider(shared)
        self._shared = shared
        self._handshake_handler = HandshakeHandler(shared)
        self._routes = {
            "/": self._home,
            "/api-live/user/room": self._api_room,
            "/webcast/room/info": self._room_info,
            "/webcast/room/info_by_user": self._info_by_user,
            "/webcast/gift/list": self._gift_list,
            "/webcast/im/fetch": self._fetch,
            "/webcast/room/check_alive": self._check_alive,
            SOCKET_PATH.rstrip("/"): self._handshake_handler.handle,
        }

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Handle any request. An exception within the simulator is recorded and answered with 500."""
        try:
            return await self._answer(request)
        except Exception as error:  # noqa: BLE001 - reported by Simulator.check()
            self._shared.journal.failure(error)
            return web.Response(status=500)

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        self._shared.journal.request(Request(request.method, request.path, dict(request.query), time.monotonic()))
        is_socket = "Upgrade" in request.headers
        to_provider = request.path.startswith(f"{PREFIX}/")
        if KEY_HEADER in request.headers and not to_provider:
            self._shared.journal.violation(
                f"{request.method} {request.path}: the sign provider's key was sent to TikTok"
            )
        if not is_socket:
            if not to_provider:
                self._check_headers(request)
            fault = self._shared.faults.http(request.path, self._room_name(request))
            if fault is not None:
                return await self._shared.faults.answer(fault, request)
        if to_provider:
            return await self.provider.handle(request)
        if request.path.startswith("/@"):
            return self._user_page(request)
        route = self._routes.get(request.path.rstrip("/") or "/")
        return await route(request) if route else web.Response(status=404)

    def _room_name(self, request: web.BaseRequest) -> str | None:
        """Return the room that a request is about, if it is about one."""
        name = _page_owner(request.path) or request.query.get("uniqueId") or request.query.get("unique_id", "")
        state = self._shared.world.find(name) or self._shared.world.by_id(asked_room_id(request.query))
        return state.name if state else None

    def _check_headers(self, request: web.BaseRequest) -> None:
        # Some clients request pages and `/api-live/` without a Referer.
        referer = request.path.startswith("/webcast/")
        for sentence in missing_headers(request.headers, referer=referer):
            self._shared.journal.violation(f"{request.method} {request.path}: {sentence}")

    def _user_page(self, request: web.BaseRequest) -> web.Response:
        name, *rest = request.path.removeprefix("/@").rstrip("/").split("/")
        state = self._shared.world.find(name) or self._shared.world.by_user_id(name)
        if rest == ["live"]:
            return _html(pages.live_page(name, state))
        if rest:
            return web.Response(status=404)
        answer = _html(pages.profile_page(name, state))
        cookie = self._shared.cookies.offer(request.headers.get("Cookie", ""))
        if cookie:
            answer.headers.add("Set-Cookie", cookie)
        return answer

    async def _home(self, _request: web.BaseRequest) -> web.Response:
        return _html(pages.home_page())

    async def _api_room(self, request: web.BaseRequest) -> web.Response:
        return _json(pages.api_room(self._shared.world.find(request.query.get("uniqueId", ""))))

    async def _room_info(self, request: web.BaseRequest) -> web.Response:
        room_id = asked_room_id(request.query)
        logged_in = "sessionid=" in request.headers.get("Cookie", "")
        return _json(pages.room_info(self._shared.world.by_id(room_id), room_id, logged_in=logged_in))

    async def _info_by_user(self, request: web.BaseRequest) -> web.Response:
        return _json(pages.info_by_user(self._shared.world.find(request.query.get("unique_id", ""))))

    async def _gift_list(self, _request: web.BaseRequest) -> web.Response:
        return _json(pages.gift_list())

    async def _check_alive(self, request: web.BaseRequest) -> web.Response:
        asked = [int(part) for part in request.query.get("room_ids", "").split(",") if part.isdecimal()]
        return _json(pages.check_alive([(room_id, self._alive(room_id)) for room_id in asked]))

    def _alive(self, room_id: int) -> bool:
        state = self._shared.world.by_id(room_id)
        return state is not None and state.live and state.room_id == room_id

    async def _fetch(self, request: web.BaseRequest) -> web.Response:
        room_id = asked_room_id(request.query)
        state = self._shared.world.by_id(room_id)
        if self._shared.behaviour.fetch == "empty" or state is None or state.room_id != room_id:
            return _protobuf(b"")
        index = _cursor_index(request.query.get("cursor", ""))
        first = index is None
        fresh = state.replay() if index is None else state.since(index)
        now_ms = time.time_ns() // 1_000_000
        delivery = Delivery(
            cursor=f"{now_ms}_{state.sent_total}_1_1_0_0",
            internal_ext=f"fetch_time:{now_ms}|start_time:0|flag:0|seq:{state.sent_total}",
            now_ms=now_ms,
            is_first=first,
            push_server=self._shared.socket_url if self._shared.behaviour.fetch == "upgrade" else "",
            route=(("imprp", self._shared.upgrade_token),) if self._shared.behaviour.fetch == "upgrade" else (),
        )
        return _protobuf(encode_fetch([message.encode(history=first) for message in fresh], delivery))


def _page_owner(path: str) -> str:
    return path.removeprefix("/@").split("/")[0] if path.startswith("/@") else ""


def asked_room_id(query: Mapping[str, str]) -> int:
    """Return the `room_id` of a query; 0 if there is none."""
    text = query.get("room_id", "")
    return int(text) if text.isdecimal() else 0


def _cursor_index(cursor: str) -> int | None:
    parts = cursor.split("_")
    return int(parts[1]) if len(parts) > 1 and parts[1].isdecimal() else None


def _html(text: str) -> web.Response:
    return web.Response(text=text, content_type="text/html")


def _json(data: dict[str, Any]) -> web.Response:
    return web.Response(body=json.dumps(data, separators=(",", ":")).encode(), content_type="application/json")


def _protobuf(body: bytes) -> web.Response:
    return web.Response(body=body, content_type="application/protobuf")
