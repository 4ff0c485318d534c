"""What every request goes through: host, origin, login, headers, errors as JSON."""

import logging
import time
from typing import Any, Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from tiktok2mqtt.web.security import COOKIE, Peer, Security, TooManyFailures

logger = logging.getLogger(__name__)
# They show nothing of rooms, or check a token of their own.
# The path that is empty leads to the page.
OPEN_PATHS: Final = frozenset({"/healthz", "/readyz", "/login", ""})
OPEN_PREFIXES: Final = ("/static/", "/overlay/")
FEED: Final = "/events"
_SAFE_METHODS: Final = frozenset({"GET", "HEAD"})


def error(status: int, text: str, **headers: str) -> web.Response:
    """Return an error as JSON: {"status": "error", "error"}."""
    return web.json_response({"status": "error", "error": text}, status=status, headers=headers)


def peer_of(request: web.Request) -> Peer:
    """Return who sends a request."""
    names = {name.lower(): value for name, value in request.headers.items()}
    return Peer(request.remote or "", request.headers.get("Host", ""), names)


def path_of(request: web.Request, base_path: str) -> str:
    """Return the path below `base_path`."""
    return request.path.removeprefix(base_path) if base_path else request.path


def checks(security: Security, base_path: str) -> Middleware:
    """Return the middleware."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            response = _refusal(request, security, path_of(request, base_path)) or await handler(request)
        except web.HTTPException as raised:
            if raised.status < 400:  # noqa: PLR2004 - a redirect
                raised.headers.update(security.headers())
                raise
            response = error(raised.status, raised.reason)
        except TooManyFailures as failures:
            response = error(429, str(failures), **{"Retry-After": str(int(failures.retry_after_s) + 1)})
        except (ConnectionResetError, TimeoutError):
            raise
        except Exception:
            logger.exception("%s %s failed", request.method, request.path[:200])
            response = error(500, "internal error; the log says more")
        if not response.prepared:
            for name, value in security.headers().items():
                response.headers.setdefault(name, value)
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return check


def _refusal(request: web.Request, security: Security, path: str) -> web.StreamResponse | None:
    """Return why a request is refused, or None. Raises TooManyFailures."""
    peer, is_feed = peer_of(request), path == FEED
    if not security.allows_host(peer.host):
        return error(421, "this host name is not allowed; see the setting web.hosts")
    origin = request.headers.get("Origin")
    if not security.allows_origin(origin, peer, is_feed=is_feed):
        return error(403, "requests from other pages are not allowed")
    site = request.headers.get("Sec-Fetch-Site", "none")
    if request.method not in _SAFE_METHODS and site not in {"same-origin", "none"}:
        return error(403, "requests from other pages are not allowed")
    if path in OPEN_PATHS or path.startswith(OPEN_PREFIXES) or is_overlay_feed(request, is_feed):
        return None
    if security.is_let_in(peer, request.cookies.get(COOKIE), time.time(), time.monotonic()):
        return None
    if path == "/" and request.method == "GET" and security.has_token:
        raise web.HTTPSeeOther(location="login")
    return error(401, "log in first, or send the token: Authorization: Bearer ...")


def is_overlay_feed(request: web.Request, is_feed: bool) -> bool:
    """Return whether the handler of the feed checks the token of an overlay."""
    return is_feed and "token" in request.query


def json_body(document: Any) -> dict[str, Any]:
    """Return a body that must be a JSON object. Raises HTTPBadRequest."""
    if not isinstance(document, dict):
        raise web.HTTPBadRequest(reason="the body must be a JSON object")
    return document
