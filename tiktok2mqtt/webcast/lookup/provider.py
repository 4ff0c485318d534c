"""The sign provider: a third party that receives a room id and returns what is needed to open the room's socket.

It also has lists of gifts. It receives our API key, but no cookies and no Referer. Source: protocol reference, section
2, "Sign provider"; its statuses, headers and lists are known from its clients.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

import orjson
from google.protobuf.message import DecodeError

from tiktok2mqtt import __version__
from tiktok2mqtt.common.errors import NetworkError, ProviderDown, ProviderKey, ProviderLimited, ProxyError, WebcastError
from tiktok2mqtt.common.text import safe_text
from tiktok2mqtt.webcast.lookup import provider_answers
from tiktok2mqtt.webcast.lookup.answers import is_room_id
from tiktok2mqtt.webcast.lookup.pages import Finding
from tiktok2mqtt.webcast.net.cookies import cookie_header, provider_cookies
from tiktok2mqtt.webcast.net.frames import read_response
from tiktok2mqtt.webcast.net.http import MAX_RETRY_AFTER_S, HttpClient, Response, retry_after_s
from tiktok2mqtt.webcast.net.options import SIGN_URL, Options
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchResponse

_WAIT_HEADERS: Final = ("retry-after", "ratelimit-reset", "x-ratelimit-reset")
# A number from here on is a time since 1970 and not a delay: in seconds, then in milliseconds.
_MIN_EPOCH_S: Final = 10**9
_MIN_EPOCH_MS: Final = 10**12
# Routes of the provider of 2026, by its public specification. By name, `connect` is for large customers.
_ROOM_ID_PATH: Final = "/webcast/anchors/{unique_id}/room_id"
_CONNECT_BY_NAME_PATH: Final = "/webcast/rooms/0/connect"
_RATE_LIMITS_PATH: Final = "/webcast/rate_limits"
_CATALOGUE_PATH: Final = "/webcast/gifts/catalog"
_ROOM_GIFTS_PATH: Final = "/webcast/rooms/{room_id}/gifts"
# The provider allows no more.
_GIFTS_PER_PAGE: Final = 100
# Limit of an error, which has two short texts.
_MAX_ERROR_BYTES: Final = 65_536


@dataclass(frozen=True, slots=True)
class Grant:
    """What opens the socket: its Cookie header, and the first fetch response, with its URL and the first messages."""

    response: FetchResponse
    cookie: str


class SignProvider:
    """Client of the sign provider in the options; uses the proxy in the options, if there is one."""

    def __init__(self, http: HttpClient, options: Options) -> None:
        self._http = http
        self._options = options

    def grant(self, room_id: str) -> Grant:
        """Request what opens the socket of a room.

        Raises ProviderDown, also if it is the socket of another room, ProviderKey, ProviderLimited, ProxyError.
        """
        options = self._options
        path = options.sign_path.replace("{room_id}", room_id)
        query = self._connect_query()
        if path == options.sign_path:
            query["room_id"] = room_id
        answer = self._ask(path, query)
        if (opened := answer.headers.get("x-room-id")) not in (None, "", room_id):
            raise ProviderDown(
                f"the sign provider opened room {safe_text(opened, 40)} and not {room_id}{_trace(answer)}"
            )
        cookies = provider_cookies(answer.headers.get("x-set-tt-cookie", ""))
        if not cookies:
            raise ProviderDown(f"the sign provider returned no cookies for the socket{_trace(answer)}")
        try:
            return Grant(_first_response(answer.body), cookie_header(cookies))
        except ProviderDown as error:
            raise ProviderDown(f"{error}{_trace(answer)}") from error

    def _connect_query(self) -> dict[str, str]:
        return {
            "client": "ttlive-other",
            "user_agent": self._http.identity.user_agent,
            "client_enter": "true",
            "platform": "web",
        }

    def room_of(self, name: str) -> Finding:
        """Request the room id and live status of a user: by name, or as that of a socket opened by name.

        Which of the two a key may use depends on the plan. It is the room that the provider has found for the name: the
        answer does not name its host. Costs up to two requests. Raises SchemaError, and as `grant` does.
        """
        try:
            return provider_answers.room(self._ask(_ROOM_ID_PATH.replace("{unique_id}", quote(name)), {}).body)
        except ProviderKey:
            answer = self._ask(_CONNECT_BY_NAME_PATH, self._connect_query() | {"unique_id": name})
        room_id = answer.headers.get("x-room-id", "")
        if not is_room_id(room_id):
            raise ProviderDown(f"the sign provider did not say which room it has opened{_trace(answer)}")
        return Finding(room_id, live=True)

    def rate_limits(self) -> str:
        """Return in plain words how many requests the provider still allows us. Raises as `room_of` does."""
        return provider_answers.limits(self._ask(_RATE_LIMITS_PATH, {}).body)

    def gifts(self, page: int) -> tuple[list[Any], int]:
        """Request a page of the catalogue of gifts, from 1. See provider_answers.gifts. Raises as `grant` does."""
        answer = self._ask(_CATALOGUE_PATH, {"pageSize": str(_GIFTS_PER_PAGE), "pageNumber": str(page)})
        return provider_answers.gifts(answer.body)

    def room_gifts(self, room_id: str) -> tuple[list[Any], dict[str, bool]]:
        """Request the gifts of a room. See provider_answers.room_gifts. Raises as `grant` does."""
        path = _ROOM_GIFTS_PATH.replace("{room_id}", room_id)
        return provider_answers.room_gifts(self._ask(path, {"webcast_language": self._options.language}).body)

    def _ask(self, path: str, query: Mapping[str, str]) -> Response:
        options = self._options
        headers = {"User-Agent": f"tiktok2mqtt/{__version__}", "Accept": "application/protobuf,application/json"}
        if options.sign_key:
            headers["X-Api-Key"] = options.sign_key
        try:
            url = (options.sign_url or SIGN_URL).rstrip("/") + path
            answer = self._http.ask(url, query, headers, timeout_s=options.connect_timeout_s)
        except ProxyError:
            raise
        except NetworkError as error:
            raise ProviderDown(f"the sign provider cannot be used: {error}") from error
        if answer.status != HTTPStatus.OK:
            raise self._error(answer)
        return answer

    def _error(self, answer: Response) -> WebcastError:
        status = answer.status
        detail = self._error_detail(answer.body) + _trace(answer)
        match status:
            case HTTPStatus.TOO_MANY_REQUESTS:
                reason = f"too many requests to the sign provider{detail}"
                return ProviderLimited(reason, status=status, retry_after_s=_retry_after_s(answer.headers))
            case HTTPStatus.PAYMENT_REQUIRED:
                return ProviderKey(f"the sign provider requires a paid plan for this (402){detail}", status=status)
            case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN:
                problem = "refuses our key" if self._options.sign_key else "requires a key"
                return ProviderKey(f"the sign provider {problem} ({status}){detail}", status=status)
        return ProviderDown(f"the sign provider failed with status {status}{detail}")

    def _error_detail(self, body: bytes) -> str:
        """Return the message in the JSON of an error, as the end of a sentence. It may repeat our key: masked."""
        try:
            data: Any = orjson.loads(body) if len(body) <= _MAX_ERROR_BYTES else None
        except orjson.JSONDecodeError:
            return ""
        if not isinstance(data, dict):
            return ""
        parts = [data[name] for name in ("limit_label", "message") if isinstance(data.get(name), str) and data[name]]
        text = ": ".join(parts)
        if key := self._options.sign_key:
            text = text.replace(key, "***")
        return f": {safe_text(text, 160)}" if text else ""


def _trace(answer: Response) -> str:
    """Return what the provider can find the request by, as the end of a sentence; empty if it names nothing."""
    names = {"request id": "x-request-id", "log code": "x-log-code"}
    parts = [f"{what} {safe_text(value, 64)}" for what, name in names.items() if (value := answer.headers.get(name))]
    return f" ({', '.join(parts)})" if parts else ""


def _first_response(body: bytes) -> FetchResponse:
    """Raises ProviderDown when it is not a fetch response, or a stub without a socket URL (seen in an outage)."""
    try:
        response = read_response(body)
    except DecodeError as error:
        raise ProviderDown("the sign provider sent an answer that cannot be decoded") from error
    if not response.push_server or not response.cursor:
        raise ProviderDown("the sign provider returned no socket URL")
    return response


def _retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Return the requested delay in seconds, from the first header that states one."""
    date = headers.get("date")
    delays = (_delay_s(headers.get(name), date) for name in _WAIT_HEADERS)
    return next((delay for delay in delays if delay is not None), None)


def _delay_s(value: str | None, server_date: str | None) -> float | None:
    """Return a header as a delay in seconds: it is one, or a point in time. Never more than MAX_RETRY_AFTER_S."""
    text = (value or "").strip()
    if not text.isdecimal() or (number := float(text)) < _MIN_EPOCH_S:
        return retry_after_s(value, server_date)
    epoch_s = number / 1000 if number >= _MIN_EPOCH_MS else number
    return min(max(0.0, epoch_s - _server_time_s(server_date)), MAX_RETRY_AFTER_S)


def _server_time_s(server_date: str | None) -> float:
    """Return the provider's time in seconds since 1970, or ours when it does not state one."""
    try:
        return parsedate_to_datetime(server_date or "").timestamp()
    except (ValueError, OverflowError):
        return time.time()
