"""The HTTP server: pages, commands, and the rest of the routes."""

import asyncio
import html
import logging
import re
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import orjson
from aiohttp import web

from tiktok2mqtt import __version__
from tiktok2mqtt.common.text import is_room_name
from tiktok2mqtt.common.topics import COMMANDS
from tiktok2mqtt.settings import Settings
from tiktok2mqtt.web.app import WebProgram
from tiktok2mqtt.web.broker import CommandFailed
from tiktok2mqtt.web.ignore import IgnoreList
from tiktok2mqtt.web.metrics import metrics_page
from tiktok2mqtt.web.middleware import checks, error, json_body, peer_of
from tiktok2mqtt.web.security import COOKIE, LOGIN_LIFETIME_S
from tiktok2mqtt.web.streams import PROGRAM, events, stream

logger = logging.getLogger(__name__)
Json = dict[str, Any]
STATIC: Final = Path(__file__).parent / "static"
MAX_BODY_BYTES: Final = 16_384
SHUTDOWN_TIMEOUT_S: Final = 2.0
MAX_GOAL: Final = 1_000_000_000
_INGRESS_PATH: Final = re.compile(r"(/[A-Za-z0-9._~-]{1,100}){1,8}")
OVERLAYS: Final = ("chat", "gifts", "goal", "viewers", "likes", "top", "battle", "follower")
_TYPES: Final = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


def make_app(program: WebProgram) -> web.Application:
    """Return the application, below `web.base_path` if that is set."""
    base_path = program.settings.web.base_path
    app = web.Application(client_max_size=MAX_BODY_BYTES, middlewares=[checks(program.security, base_path)])
    app[PROGRAM] = program
    routes = [
        web.get("/", _page("index.html")),
        web.get("/overlays", _page("overlays.html")),
        web.get("/overlay/{room}/{kind}", overlay),
        web.get("/static/{name}", static),
        web.get("/login", _page("login.html")),
        web.post("/login", login),
        web.post("/logout", logout),
        web.get("/api/session", session),
        web.get("/api/stream", stream),
        web.get("/api/log.txt", log_file),
        web.post("/api/command", command),
        web.post("/api/ignore", save_ignored),
        web.get("/api/overlay", overlay_address),
        web.get("/events", events),
        web.get("/metrics", metrics),
        web.get("/healthz", healthz),
        web.get("/readyz", readyz),
    ]
    for route in routes:
        app.router.add_route(route.method, base_path + route.path, route.handler)
    if base_path:
        app.router.add_get(base_path, _to_the_page)
    return app


async def _to_the_page(request: web.Request) -> web.StreamResponse:
    raise web.HTTPSeeOther(location=request.path + "/")


def _page(name: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def show(request: web.Request) -> web.StreamResponse:
        return page(request, name)

    return show


def page(request: web.Request, name: str, status: int = 200, note: str = "") -> web.Response:
    """Return a page whose links begin at the path under which the browser sees this program."""
    prefix = request.headers.get("X-Ingress-Path", "")
    if not _INGRESS_PATH.fullmatch(prefix) or ".." in prefix:
        prefix = request.app[PROGRAM].settings.web.base_path
    text = (STATIC / name).read_text("utf-8")
    text = text.replace("{{base}}", html.escape(prefix + "/")).replace("{{note}}", html.escape(note))
    return web.Response(text=text, content_type="text/html", charset="utf-8", status=status)


async def overlay(request: web.Request) -> web.StreamResponse:
    """Return the page of an overlay; it asks for the events itself, with the token of its address."""
    if request.match_info["kind"] not in OVERLAYS or not is_room_name(request.match_info["room"]):
        raise web.HTTPNotFound
    return page(request, "overlay.html")


async def static(request: web.Request) -> web.StreamResponse:
    """Return a script, style sheet or icon."""
    path = STATIC / request.match_info["name"]
    if path.parent != STATIC or path.suffix not in _TYPES or not path.is_file():
        raise web.HTTPNotFound
    response = web.FileResponse(path)
    response.content_type = _TYPES[path.suffix]
    response.headers["Cache-Control"] = "no-cache"
    return response


async def login(request: web.Request) -> web.StreamResponse:
    """Check the token of the form and set the cookie."""
    program = request.app[PROGRAM]
    form = await request.post()
    token = form.get("token")
    now = time.monotonic()
    if not isinstance(token, str) or not program.security.is_token(token, peer_of(request).address, now):
        return page(request, "login.html", 401, "This is not the token.")
    response = web.Response(status=303, headers={"Location": "./"})
    is_secure = request.secure or request.headers.get("X-Forwarded-Proto") == "https"
    response.set_cookie(
        COOKIE,
        program.security.new_login(time.time()),
        max_age=LOGIN_LIFETIME_S,
        httponly=True,
        samesite="Strict",
        secure=is_secure,
        path=program.settings.web.base_path + "/",
    )
    return response


async def logout(request: web.Request) -> web.StreamResponse:
    """Delete the cookie."""
    response = web.Response(status=303, headers={"Location": "login"})
    response.del_cookie(COOKIE, path=request.app[PROGRAM].settings.web.base_path + "/")
    return response


async def session(request: web.Request) -> web.StreamResponse:
    """Return what the page needs to begin with, and its CSRF token."""
    program = request.app[PROGRAM]
    return web.json_response(
        {
            "csrf": program.security.csrf_token(request.cookies.get(COOKIE)),
            "version": __version__,
            "can_log_out": program.security.has_token,
            "pictures": program.settings.web.pictures,
            "bridge": program.state.configured,
            "commands": list(COMMANDS),
            "overlays": list(OVERLAYS),
            "rooms": sorted(program.state.rooms),
            "ignored": program.state.ignored.document(),
        }
    )


async def _body(request: web.Request) -> Json:
    """Return the JSON body of a request with a CSRF token. Raises HTTPBadRequest and HTTPForbidden."""
    security = request.app[PROGRAM].security
    if not security.is_csrf_token(request.headers.get("X-CSRF-Token", ""), request.cookies.get(COOKIE)):
        raise web.HTTPForbidden(reason="the CSRF token is missing or old: load the page again")
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(reason="the body must be application/json")
    try:
        return json_body(orjson.loads(await request.read()))
    except orjson.JSONDecodeError:
        raise web.HTTPBadRequest(reason="the body must be a JSON object") from None


async def command(request: web.Request) -> web.StreamResponse:
    """Send a command to the daemon that watches the room, and return its answer."""
    program = request.app[PROGRAM]
    body = await _body(request)
    name, room = body.pop("command", None), body.get("room")
    bridge = body.pop("bridge", None) or program.state.bridge_of(str(room))
    if name not in COMMANDS or bridge not in program.state.bridges:
        return error(400, "unknown command or bridge")
    try:
        if name == "goal":
            return _set_goal(program, room, body.get("goal"))
        answer = await program.broker.command(bridge, name, body)
    except CommandFailed as failed:
        return error(502, str(failed))
    return web.json_response(answer, dumps=lambda value: orjson.dumps(value).decode())


def _set_goal(program: WebProgram, room: Any, goal: Any) -> web.Response:
    if not isinstance(goal, int) or isinstance(goal, bool) or not 0 <= goal <= MAX_GOAL:
        return error(400, f"a goal is a whole number of diamonds from 0 to {MAX_GOAL}")
    program.broker.set_goal(str(room), goal)
    return web.json_response({"status": "ok", "data": {"room": room, "goal": goal or None}})


async def save_ignored(request: web.Request) -> web.StreamResponse:
    """Publish the list of whom overlays do not show; it comes back from the broker."""
    program = request.app[PROGRAM]
    document = IgnoreList.from_document(await _body(request)).document()
    try:
        program.broker.publish_retained(program.state.configured, "ignore", document)
    except CommandFailed as failed:
        return error(502, str(failed))
    return web.json_response({"status": "ok", "data": document})


async def overlay_address(request: web.Request) -> web.StreamResponse:
    """Return the token of a room's overlays."""
    room = request.query.get("room", "")
    if not is_room_name(room):
        return error(400, "room is not the name of a room")
    return web.json_response({"room": room, "token": request.app[PROGRAM].security.overlay_token(room)})


async def log_file(request: web.Request) -> web.StreamResponse:
    """Return the latest lines of the log as a text file."""
    lines = [
        f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(one['at']))} {one['bridge']} "
        f"{one.get('level')} {one.get('logger')}: {one.get('message')}\n"
        for one in request.app[PROGRAM].state.log
    ]
    headers = {"Content-Disposition": 'attachment; filename="tiktok2mqtt.log"'}
    return web.Response(text="".join(lines), content_type="text/plain", charset="utf-8", headers=headers)


async def metrics(request: web.Request) -> web.StreamResponse:
    """Return the metrics in the format of Prometheus."""
    body, content_type = metrics_page(request.app[PROGRAM])
    return web.Response(body=body, headers={"Content-Type": content_type})


async def healthz(_request: web.Request) -> web.StreamResponse:
    """Say that this process works."""
    return web.Response(text="ok\n")


async def readyz(request: web.Request) -> web.StreamResponse:
    """Say whether the broker is connected."""
    connected = request.app[PROGRAM].broker.connected
    return web.Response(text="ok\n" if connected else "not connected to the broker\n", status=200 if connected else 503)


async def serve(
    settings: Settings, started: Callable[[str], object] = lambda _url: None, stop: asyncio.Event | None = None
) -> None:
    """Serve until SIGTERM or SIGINT, or until `stop` is set; `started` gets the address.

    Raises OSError if the port is taken, and ValueError if the broker's certificates cannot be used.
    """
    stopped = stop or asyncio.Event()
    if stop is None and sys.platform != "win32":
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    program = WebProgram(settings)
    runner = web.AppRunner(
        make_app(program),
        access_log=None,
        # A stream ends when its client goes, not at the next message.
        handler_cancellation=True,
        shutdown_timeout=SHUTDOWN_TIMEOUT_S,
        max_line_size=8_190,
        keepalive_timeout=30,
    )
    await runner.setup()
    try:
        host, port = settings.web.listen, settings.web.port
        await web.TCPSite(runner, host, port).start()
        program.start()
        shown = f"[{host}]" if ":" in host else host
        started(f"http://{shown}:{port}{settings.web.base_path}/")
        await stopped.wait()
    finally:
        await program.stop()
        await runner.cleanup()
