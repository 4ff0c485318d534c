"""The metrics in the format of Prometheus: what the retained documents and the events say, and this program itself."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from tiktok2mqtt import __version__
from tiktok2mqtt.common.counts import is_count
from tiktok2mqtt.web.state import RoomState, WebState, as_object

if TYPE_CHECKING:
    from tiktok2mqtt.web.app import WebProgram

# Rooms with labels of their own. Figures of further ones are in `other`.
MAX_LABELLED_ROOMS: Final = 100
_ROOM_GAUGES: Final = (
    ("viewers", "viewers", "Viewers of the LIVE now."),
    ("likes", "likes", "Likes of the LIVE."),
    ("diamonds", "diamonds", "Diamonds of the LIVE."),
)
_HEALTH_COUNTERS: Final = (
    ("decode_errors", "decode_errors", "Messages of TikTok that could not be decoded, since the daemon's start."),
    ("dropped", "dropped_messages", "Messages that the daemon has dropped, since its start."),
    ("events", "daemon_events", "Events that the daemon has received, since its start."),
)


def metrics_page(program: "WebProgram") -> tuple[bytes, str]:
    """Return the page and its content type."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector(program))
    return generate_latest(registry), CONTENT_TYPE_LATEST


class _Collector:
    def __init__(self, program: "WebProgram") -> None:
        self._program = program

    def collect(self) -> Iterator[Metric]:
        state = self._program.state
        yield from _rooms(state)
        yield from _bridges(state)
        yield from _own(self._program)


def _rooms(state: WebState) -> Iterator[Metric]:
    rooms = list(state.rooms.values())
    by_state = GaugeMetricFamily("tiktok2mqtt_rooms", "Rooms by the state of their connection.", labels=["state"])
    for name, count in Counter(_connection_state(room) for room in rooms).items():
        by_state.add_metric([name], count)
    yield by_state
    live = GaugeMetricFamily("tiktok2mqtt_room_live", "1 if the room is live, 0 if not.", labels=["room"])
    for room in rooms[:MAX_LABELLED_ROOMS]:
        if isinstance(is_live := as_object(room.documents.get("state")).get("live"), bool):
            live.add_metric([room.name], int(is_live))
    yield live
    for key, name, text in _ROOM_GAUGES:
        gauge = GaugeMetricFamily(f"tiktok2mqtt_room_{name}", text, labels=["room"])
        for room in rooms[:MAX_LABELLED_ROOMS]:
            if is_count(value := as_object(room.documents.get("state")).get(key)):
                gauge.add_metric([room.name], value)
        yield gauge
    yield _events(rooms)


def _connection_state(room: RoomState) -> str:
    value = as_object(room.documents.get("connection")).get("state")
    return value[:40] if isinstance(value, str) else "unknown"


def _events(rooms: list[RoomState]) -> Metric:
    events = CounterMetricFamily(
        "tiktok2mqtt_events", "Events received by this program, since its start.", labels=["room", "type"]
    )
    total: Counter[tuple[str, str]] = Counter()
    for number, room in enumerate(rooms):
        label = room.name if number < MAX_LABELLED_ROOMS else "other"
        for event_type, count in room.events.items():
            total[label, event_type] += count
    for labels, count in total.items():
        events.add_metric(labels, count)
    return events


def _bridges(state: WebState) -> Iterator[Metric]:
    online = GaugeMetricFamily("tiktok2mqtt_bridge_online", "1 if the daemon is online.", labels=["bridge"])
    memory = GaugeMetricFamily("tiktok2mqtt_bridge_memory_bytes", "Memory of the daemon.", labels=["bridge"])
    queue = GaugeMetricFamily(
        "tiktok2mqtt_outbox_messages", "Messages that wait for the broker, by class.", labels=["bridge", "class"]
    )
    counters = {
        key: CounterMetricFamily(f"tiktok2mqtt_{name}", text, labels=["bridge"]) for key, name, text in _HEALTH_COUNTERS
    }
    for bridge in state.bridges.values():
        online.add_metric([bridge.name], int(bridge.online))
        health = as_object(bridge.documents.get("health"))
        if is_count(rss := health.get("rss_bytes")):
            memory.add_metric([bridge.name], rss)
        for name, length in list(as_object(health.get("queue")).items())[:10]:
            if is_count(length):
                queue.add_metric([bridge.name, str(name)[:40]], length)
        for key, counter in counters.items():
            if is_count(value := health.get(key)):
                counter.add_metric([bridge.name], value)
    yield from (online, memory, queue, *counters.values())


def _own(program: "WebProgram") -> Iterator[Metric]:
    state, broker, feed = program.state, program.broker, program.feed
    info = GaugeMetricFamily("tiktok2mqtt_web_info", "The version of this program.", labels=["version"])
    info.add_metric([__version__], 1)
    yield info
    figures: tuple[tuple[type[Any], str, str, float | None], ...] = (
        (GaugeMetricFamily, "broker_connected", "1 if connected to the broker.", int(broker.connected)),
        (
            GaugeMetricFamily,
            "broker_round_trip_seconds",
            "Time of a message to the broker and back.",
            broker.round_trip_s,
        ),
        (
            CounterMetricFamily,
            "broker_reconnects",
            "Connections to the broker after the first.",
            max(0, broker.reconnects),
        ),
        (CounterMetricFamily, "dropped_messages", "Messages that came too fast and were left out.", broker.dropped),
        (CounterMetricFamily, "refused_messages", "Messages that made no sense.", state.refused),
        (CounterMetricFamily, "duplicate_events", "Events that came a second time.", state.duplicates),
        (GaugeMetricFamily, "clients", "Open pages, overlays and feeds.", feed.clients),
        (
            CounterMetricFamily,
            "slow_clients",
            "Clients that were dropped because they were too slow.",
            feed.slow_clients,
        ),
    )
    for kind, name, text, value in figures:
        if value is not None:
            yield kind(f"tiktok2mqtt_web_{name}", text, value=value)
