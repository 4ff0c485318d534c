"""The web program in a thread, and clients of it."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import orjson
import requests
from urllib3.exceptions import HTTPError

from tests.helpers import until
from tests.mqtt import free_port
from tiktok2mqtt.settings import Settings
from tiktok2mqtt.web.server import serve

TIMEOUT_S = 20.0
TOKEN = "correct horse battery staple"


def web_settings(port: int, base: str, **web: Any) -> Settings:
    """Return settings for a broker on this port of 127.0.0.1."""
    web = {"port": free_port(), "client_id": f"web-{base}"} | web
    return Settings.model_validate({"mqtt": {"host": "127.0.0.1", "port": port, "base_topic": base}, "web": web})


class Web:
    """The program in a thread of its own. It can be started again after `stop`, on the same port."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.url = f"http://127.0.0.1:{settings.web.port}{settings.web.base_path}"
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread: threading.Thread | None = None

    def start(self, *, wait: bool = True) -> None:
        """Start it, and wait until it is connected to the broker."""
        started = threading.Event()
        self._thread = threading.Thread(target=asyncio.run, args=(self._run(started),), daemon=True)
        self._thread.start()
        assert started.wait(TIMEOUT_S)
        if wait:
            until(lambda: self.get("/readyz").ok, TIMEOUT_S)

    async def _run(self, started: threading.Event) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        await serve(self.settings, lambda _url: started.set(), self._stop)

    def stop(self) -> None:
        """Stop it as a signal would. May be called twice."""
        thread, self._thread = self._thread, None
        if thread is not None:
            assert self._loop is not None
            assert self._stop is not None
            self._loop.call_soon_threadsafe(self._stop.set)
            thread.join(TIMEOUT_S)
            assert not thread.is_alive()

    def get(self, path: str, **options: Any) -> requests.Response:
        """Send a GET request; redirects are not followed."""
        return requests.get(self.url + path, timeout=TIMEOUT_S, allow_redirects=False, **options)

    def post(self, path: str, **options: Any) -> requests.Response:
        """Send a POST request; redirects are not followed."""
        return requests.post(self.url + path, timeout=TIMEOUT_S, allow_redirects=False, **options)

    def command(self, body: dict[str, Any]) -> Any:
        """Send a command as the page does; return the answer."""
        csrf = self.get("/api/session").json()["csrf"]
        return self.post("/api/command", json=body, headers={"X-CSRF-Token": csrf}).json()

    def rooms(self) -> list[str]:
        """Return the rooms that it knows."""
        return list(self.get("/api/session").json()["rooms"])


@contextmanager
def serving(settings: Settings) -> Iterator[Web]:
    web = Web(settings)
    web.start()
    try:
        yield web
    finally:
        web.stop()


class Stream:
    """A client of an SSE stream; reads in a thread of its own. `messages` are (event, id, data)."""

    def __init__(self, web: Web, path: str, **headers: str) -> None:
        self.response = requests.get(web.url + path, stream=True, timeout=TIMEOUT_S, headers=headers)
        self.messages: list[tuple[str, str | None, Any]] = []
        self.ended = False
        self._thread = threading.Thread(target=self._read, daemon=True)
        if self.response.ok:
            self._thread.start()

    def _read(self) -> None:
        buffer = b""
        with suppress(requests.RequestException, HTTPError, OSError, AttributeError, ValueError):
            for chunk in self.response.raw.read_chunked():
                *whole, buffer = (buffer + chunk).split(b"\r\n\r\n")
                for message in whole:
                    self._take(message.decode())
        self.ended = True

    def _take(self, message: str) -> None:
        fields = dict(line.partition(": ")[::2] for line in message.split("\r\n"))
        if "data" in fields:
            data = orjson.loads(fields["data"])
            self.messages.append((fields.get("event", "message"), fields.get("id"), data))

    def events(self) -> list[Any]:
        """Return the events so far."""
        return [data for name, _, data in list(self.messages) if name == "message"]

    def ids(self) -> list[str]:
        """Return the ids of the events so far."""
        return [event["id"] for event in self.events()]

    def close(self) -> None:
        """Hang up."""
        if not self.ended:
            # Otherwise `close` would wait for the thread that reads.
            self.response.raw.shutdown()
        self.response.close()


def event(event_type: str, number: int, room: str = "alice", **keys: Any) -> bytes:
    """Return an event as the daemon publishes it."""
    common = {"v": 1, "event_type": event_type, "id": f"{event_type}{number}", "ts": "2026-11-24T18:30:00.000Z"}
    who = {"user_id": "7", "unique_id": "bob", "nickname": "Bob", "profile_picture_url": None}
    flags = {"room": room, "session_id": "1", "source": "direct", "replayed": False, "late": False}
    return orjson.dumps(common | who | flags | keys)
