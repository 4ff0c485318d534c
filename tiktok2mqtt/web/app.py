"""The parts of the web program, and the messages between them."""

import asyncio
import contextlib
import time
from typing import Any, Final

from tiktok2mqtt.settings import Settings
from tiktok2mqtt.web.broker import BrokerClient
from tiktok2mqtt.web.dashboard import INTERVAL_S, Dashboard
from tiktok2mqtt.web.feed import Feed
from tiktok2mqtt.web.security import Security
from tiktok2mqtt.web.state import WebState

Json = dict[str, Any]
STOP_TIMEOUT_S: Final = 2.0


class WebProgram:
    """State, feed, dashboards and the connection to the broker. Created and used in the event loop."""

    def __init__(self, settings: Settings) -> None:
        """Raises ValueError naming the setting when a certificate file or the key cannot be used."""
        self.settings = settings
        self.security = Security(settings.web)
        self.state = WebState(settings.mqtt.base_topic, settings.mqtt.bridge_topic)
        self.feed = Feed(settings.web.max_clients)
        self.dashboards: set[Dashboard] = set()
        # Overlays, each with the rooms that have changed since it looked.
        self.watchers: set[Dashboard] = set()
        self.broker = BrokerClient(settings, self._on_message)
        self.stopping = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Connect to the broker and begin to pass on what comes."""
        self.broker.start()
        self._tasks = [asyncio.create_task(self.broker.ping()), asyncio.create_task(self._pass_on_changes())]

    async def stop(self) -> None:
        """Stop receiving, let clients get what is queued, and end everything."""
        await self.broker.stop()
        self.stopping.set()
        self.feed.close()
        for task in self._tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def connection(self) -> Json:
        """Return whether the broker is connected, and if not, why."""
        return {"connected": self.broker.connected, "problem": self.broker.problem}

    def _on_message(self, topic: str, payload: bytes, retained: bool) -> None:
        lines = len(self.state.log), self.state.log[-1] if self.state.log else None
        event = self.state.apply(topic, payload, retained=retained, now=time.time())
        if event is not None:
            self.feed.publish(event, ignored=self.state.ignored.matches(event))
            for dashboard in self.dashboards:
                dashboard.event(event)
            if event["event_type"] == "gift":
                for watcher in self.watchers:
                    watcher.changed({event["room"]} & {watcher.room}, set())
        elif self.state.log and (len(self.state.log), self.state.log[-1]) != lines:
            for dashboard in self.dashboards:
                dashboard.line(self.state.log[-1])

    async def _pass_on_changes(self) -> None:
        was = None
        while True:
            await asyncio.sleep(INTERVAL_S)
            rooms, bridges = self.state.changes()
            if was != self.connection():
                was = self.connection()
                bridges = set(self.state.bridges)
            if rooms or bridges:
                for one in self.dashboards:
                    one.changed(rooms, bridges)
                for watcher in self.watchers:
                    watcher.changed(rooms & {watcher.room}, set())
