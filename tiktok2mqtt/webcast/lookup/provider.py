"""The sign provider: a third party that is told a room id and signs the way into the room.

It gets our key, and nothing of the user's or of TikTok's: no cookies, no Referer. Source: protocol reference, section
2, "Sign provider"; which statuses and headers occur is known from its clients.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Final

import orjson
from google.protobuf.message import DecodeError

from tiktok2mqtt import __version__
from tiktok2mqtt.common.errors import NetworkError, ProviderDown, ProviderKey, ProviderLimited, ProxyError, WebcastError
from tiktok2mqtt.common.text import safe_text
from tiktok2mqtt.webcast.net.cookies import cookie_header, provider_cookies
from tiktok2mqtt.webcast.net.frames import read_response
from tiktok2mqtt.webcast.net.http import MAX_RETRY_AFTER_S, HttpClient, Response, retry_after_s
from tiktok2mqtt.webcast.net.options import SIGN_URL, Options
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchResponse

_WAIT_HEADERS: Final = ("retry-after", "ratelimit-reset", "x-ratelimit-reset")
# From here on a number of seconds is a moment since 1970, and then one of milliseconds.
_FIRST_MOMENT_S: Final = 10**9
_FIRST_MOMENT_MS: Final = 10**12


@dataclass(frozen=True, slots=True)
class Grant:
    """What opens the socket: the first fetch response, which names it and has messages, and its Cookie header."""

    response: FetchResponse
    cookie: str


class SignProvider:
    """Asks the provider of the options, by the proxy if there is one."""

    def __init__(self, http: HttpClient, options: Options) -> None:
        self._http = http
        self._options = options

    def grant(self, room_id: str) -> Grant:
        """Ask for the way into a room. Raises ProviderDown, ProviderKey, ProviderLimited, ProxyError."""
        answer = self._ask(room_id)
        if answer.status != HTTPStatus.OK:
            raise self._fault(answer)
        cookies = provider_cookies(answer.headers.get("x-set-tt-cookie", ""))
        if not cookies:
            raise ProviderDown("the sign provider gave us no cookies for the socket")
        return Grant(_first_response(answer.body), cookie_header(cookies))

    def _ask(self, room_id: str) -> Response:
        options = self._options
        path = options.sign_path.replace("{room_id}", room_id)
        query = {
            "client": "ttlive-other",
            "user_agent": self._http.identity.user_agent,
            "client_enter": "true",
            "platform": "web",
        }
        if path == options.sign_path:
            query["room_id"] = room_id
        headers = {"User-Agent": f"tiktok2mqtt/{__version__}", "Accept": "application/protobuf,application/json"}
        if options.sign_key:
            headers["X-Api-Key"] = options.sign_key
        try:
            return self._http.ask((options.sign_url or SIGN_URL).rstrip("/") + path, query, headers)
        except ProxyError:
            raise
        except NetworkError as error:
            raise ProviderDown(f"the sign provider cannot be used: {error}") from error

    def _fault(self, answer: Response) -> WebcastError:
        status = answer.status
        said = self._said(answer.body)
        match status:
            case HTTPStatus.TOO_MANY_REQUESTS:
                reason = f"the sign provider says: too many requests{said}"
                return ProviderLimited(reason, status=status, retry_after_s=_wait_s(answer.headers))
            case HTTPStatus.PAYMENT_REQUIRED:
                return ProviderKey(f"the sign provider wants a paid plan for this (402){said}", status=status)
            case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN:
                refuses = "refuses our key" if self._options.sign_key else "wants a key"
                return ProviderKey(f"the sign provider {refuses} ({status}){said}", status=status)
        return ProviderDown(f"the sign provider failed with status {status}{said}")

    def _said(self, body: bytes) -> str:
        """Return what the JSON of a refusal says, as the end of a sentence; a provider may repeat our key in it."""
        try:
            data: Any = orjson.loads(body)
        except orjson.JSONDecodeError:
            return ""
        if not isinstance(data, dict):
            return ""
        parts = [data[name] for name in ("limit_label", "message") if isinstance(data.get(name), str) and data[name]]
        text = ": ".join(parts)
        if key := self._options.sign_key:
            text = text.replace(key, "***")
        return f": {safe_text(text, 160)}" if text else ""


def _first_response(body: bytes) -> FetchResponse:
    """Raises ProviderDown for what is no fetch response, and for a stub that names no socket (seen in an outage)."""
    try:
        response = read_response(body)
    except DecodeError as error:
        raise ProviderDown("the sign provider sent an answer that cannot be read") from error
    if not response.push_server or not response.cursor:
        raise ProviderDown("the sign provider signed nothing: its answer names no socket")
    return response


def _wait_s(headers: Mapping[str, str]) -> float | None:
    """Return how long we are to wait, in seconds: by the first header that says so."""
    date = headers.get("date")
    waits = (_delay_s(headers.get(name), date) for name in _WAIT_HEADERS)
    return next((wait for wait in waits if wait is not None), None)


def _delay_s(value: str | None, server_date: str | None) -> float | None:
    """Return a header in seconds from now: it may be that already, or a moment. Never more than MAX_RETRY_AFTER_S."""
    text = (value or "").strip()
    if not text.isdecimal() or (number := float(text)) < _FIRST_MOMENT_S:
        return retry_after_s(value, server_date)
    moment_s = number / 1000 if number >= _FIRST_MOMENT_MS else number
    return min(max(0.0, moment_s - _clock_s(server_date)), MAX_RETRY_AFTER_S)


def _clock_s(server_date: str | None) -> float:
    """Return the provider's time, in seconds since 1970; ours when it does not say."""
    try:
        return parsedate_to_datetime(server_date or "").timestamp()
    except (ValueError, OverflowError):
        return time.time()
