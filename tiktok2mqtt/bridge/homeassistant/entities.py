"""What Home Assistant shows of a room and of the bridge: one row per entity or device trigger.

A new entity is one row here; `discovery` makes everything else from it. `template` may name `$room`, `$gift_medium`
and `$gift_large`, which are filled in for each room. What people write in the chat reaches a template only as data
(`value_json`), never as template text.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

# No hyphen: it separates the device from the key in unique ids.
_KEY = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")

CONNECTION_STATES = (
    "disabled",
    "resolving",
    "offline",
    "connecting",
    "live",
    "reconnecting",
    "ended",
    "degraded",
    "blocked",
)
"""The values of `state` in a room's `connection` document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """One entity.

    `leaf` is the last level of its topic, below the room or, with `on_bridge`, below the bridge; the document there
    becomes the state by `template`. `attributes` makes a JSON object of the same document. `available` says when the
    entity can be used: while the whole `device` can, while the `bridge` runs, or `always`. Options that few entities
    have are in `extras`, under Home Assistant's names. Without a `name` Home Assistant names it after its device class.
    """

    key: str
    component: str
    template: str | None = None
    attributes: str | None = None
    leaf: str = "state"
    on_bridge: bool = False
    command_leaf: str | None = None
    name: str | None = None
    icon: str | None = None
    device_class: str | None = None
    state_class: str | None = None
    unit: str | None = None
    category: Literal["config", "diagnostic"] | None = None
    enabled: bool = True
    available: Literal["device", "bridge", "always"] = "device"
    extras: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """One device trigger, which Home Assistant shows as `"subtype" type`.

    Every message on the topic fires it or, with `payload`, those that `template` turns into just that.
    """

    key: str
    type: str
    subtype: str
    leaf: str
    on_bridge: bool = False
    template: str | None = None
    payload: str | None = None


Row = Entity | Trigger


def checked(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Return the rows.

    Raises ValueError for a key that is not snake_case or that two rows have.
    """
    by_key: dict[str, Row] = {}
    for row in rows:
        if not _KEY.fullmatch(row.key):
            raise ValueError(f"not snake_case: {row}")
        if row.key in by_key:
            raise ValueError(f"the same key twice: {by_key[row.key]} and {row}")
        by_key[row.key] = row
    return tuple(by_key.values())


def _value(expression: str, empty: str = "none") -> str:
    # Until Home Assistant has unsubscribed from a removed room, it sees the retained topics being emptied.
    return f"{{{{ {expression} if value else {empty} }}}}"


def _text(expression: str) -> str:
    # Home Assistant refuses states of more than 255 characters, and takes the text None for unknown.
    return _value(f"(({expression} or none) | string)[:255]")


def _sensor(key: str, name: str, icon: str, **options: Any) -> Entity:
    """Return a sensor that shows the value of its own name in the document, unless the options say otherwise."""
    options = {"template": _value(f"value_json.{key}"), **options}
    return Entity(key=key, component="sensor", name=name, icon=icon, **options)


def _gauge(key: str, name: str, icon: str, unit: str) -> Entity:
    return _sensor(key, name, icon, unit=unit, state_class="measurement")


def _counter(key: str, name: str, icon: str, unit: str) -> Entity:
    """Return a counter that starts again at 0 with each LIVE session."""
    # An empty text leaves the last reset as it is; None would be logged as a warning each time.
    last_reset = {"last_reset_value_template": _value("value_json.started_at or ''", empty="''")}
    return _sensor(key, name, icon, unit=unit, state_class="total", extras=last_reset)


def _object(key: str, name: str, icon: str, expression: str) -> Entity:
    """Return a sensor on an object, null until there is one: `expression` is of `it`, its keys become attributes."""
    template = "{% set it = value_json." + key + " or {} if value else {} %}" + _text(expression)
    attributes = _value(f"(value_json.{key} or {{}}) | to_json", empty="'{}'")
    return _sensor(key, name, icon, template=template, attributes=attributes)


def _event(key: str, name: str, icon: str, types: Iterable[str] = (), **options: Any) -> Entity:
    """Return an event entity; without `types` the only one is called like the entity."""
    options = {"leaf": key, "extras": {"event_types": list(types) or [key]}, **options}
    return Entity(key=key, component="event", name=name, icon=icon, **options)


def _diagnostic(key: str, name: str, icon: str, **options: Any) -> Entity:
    """Return a sensor that stays in reach while the room itself is unavailable, to say why it is."""
    return _sensor(key, name, icon, category="diagnostic", available="bridge", **options)


_PERSON = "it.get('nickname') or it.get('username')"

_GIFT_BY_DIAMONDS = (
    "{% set diamonds = value_json.diamonds | int(0) %}"
    "{% set size = '_large' if diamonds >= $gift_large else '_medium' if diamonds >= $gift_medium else '' %}"
    "{{ dict(value_json, event_type='gift' ~ size) | to_json }}"
)

# All rooms share the topic. What is of another room renders to nothing, and Home Assistant ignores that.
_STREAM_OF_ROOM = (
    "{{ value if value_json.room == '$room' and value_json.event_type in ('live_started', 'live_ended') else '' }}"
)
_EVENT_OF_ROOM = "{{ value_json.event_type if value_json.room == '$room' else '' }}"

ROOM = checked(
    [
        Entity(
            key="live",
            component="binary_sensor",
            template=_value("value_json.live"),
            name="Live",
            icon="mdi:broadcast",
            device_class="running",
            extras={"payload_on": "True", "payload_off": "False"},
        ),
        _gauge("viewers", "Viewers", "mdi:eye", "viewers"),
        _gauge("peak_viewers", "Peak viewers", "mdi:eye-plus", "viewers"),
        _gauge("followers", "Followers", "mdi:account-group", "followers"),
        _counter("likes", "Likes", "mdi:heart", "likes"),
        _counter("diamonds", "Diamonds", "mdi:diamond-stone", "diamonds"),
        _counter("gifts", "Gifts", "mdi:gift", "gifts"),
        _counter("comments", "Comments", "mdi:comment-multiple", "comments"),
        _counter("shares", "Shares", "mdi:share-variant", "shares"),
        _counter("new_followers", "New followers", "mdi:account-multiple-plus", "followers"),
        _counter("subscriptions", "Subscriptions", "mdi:star-circle", "subscriptions"),
        _event("gift", "Gift", "mdi:gift-outline", ("gift", "gift_medium", "gift_large"), template=_GIFT_BY_DIAMONDS),
        _event("follow", "Follow", "mdi:account-plus"),
        _event("share", "Share", "mdi:share"),
        _event("subscription", "Subscription", "mdi:star-plus", ("subscribe",), leaf="subscribe"),
        # Not enabled, since Home Assistant would write each comment into its database.
        _event("chat", "Chat", "mdi:comment-text", enabled=False),
        _event(
            "stream",
            "Stream",
            "mdi:video",
            ("live_started", "live_ended"),
            leaf="event",
            on_bridge=True,
            template=_STREAM_OF_ROOM,
        ),
        _object("last_gift", "Last gift", "mdi:gift-open", "it.get('name')"),
        _object("last_gifter", "Last gifter", "mdi:account-heart", _PERSON),
        _object("top_gifter", "Top gifter", "mdi:trophy", _PERSON),
        _object("last_comment", "Last comment", "mdi:comment-quote", "it.get('text')"),
        _object("last_follower", "Last follower", "mdi:account-check", _PERSON),
        _sensor("title", "Title", "mdi:format-title", template=_text("value_json.title")),
        _sensor("started_at", "Started at", "mdi:clock-start", device_class="timestamp"),
        Entity(
            key="watch",
            component="switch",
            template=_value("value_json.watch"),
            command_leaf="set",
            name="Watch",
            icon="mdi:television-play",
            category="config",
            # Whoever switches a room off must be able to switch it on again.
            available="bridge",
            extras={"state_on": "True", "state_off": "False"},
        ),
        _diagnostic(
            "connection",
            "Connection",
            "mdi:lan-connect",
            leaf="connection",
            template=_value("value_json.state"),
            attributes=_value("value_json | to_json", empty="'{}'"),
            device_class="enum",
            extras={"options": list(CONNECTION_STATES)},
        ),
        _diagnostic(
            "reason", "Reason", "mdi:information-outline", leaf="connection", template=_text("value_json.reason")
        ),
        _diagnostic(
            "next_retry",
            "Next retry",
            "mdi:timer-refresh-outline",
            leaf="connection",
            template=_value("value_json.retry_at"),
            device_class="timestamp",
        ),
        Trigger(key="on_gift", type="received", subtype="gift", leaf="gift"),
        Trigger(key="on_follow", type="received", subtype="follow", leaf="follow"),
        Trigger(
            key="on_live_started",
            type="started",
            subtype="live",
            leaf="event",
            on_bridge=True,
            template=_EVENT_OF_ROOM,
            payload="live_started",
        ),
        Trigger(
            key="on_live_ended",
            type="ended",
            subtype="live",
            leaf="event",
            on_bridge=True,
            template=_EVENT_OF_ROOM,
            payload="live_ended",
        ),
    ]
)
"""The device of a room."""


def _health(key: str, name: str, icon: str, **options: Any) -> Entity:
    return _sensor(key, name, icon, leaf="health", category="diagnostic", **options)


BRIDGE = checked(
    [
        Entity(
            key="state",
            component="binary_sensor",
            template=_value("value_json.state"),
            device_class="connectivity",
            category="diagnostic",
            # It is there to say that the bridge is away.
            available="always",
            extras={"payload_on": "online", "payload_off": "offline"},
        ),
        _sensor("version", "Version", "mdi:tag", leaf="info", category="diagnostic"),
        _health("rooms", "Rooms", "mdi:account-multiple", unit="rooms", state_class="measurement"),
        _health("live_rooms", "Live rooms", "mdi:broadcast", unit="rooms", state_class="measurement"),
        _health(
            "uptime",
            "Uptime",
            "mdi:timer-outline",
            template=_value("value_json.uptime_s"),
            device_class="duration",
            unit="s",
        ),
        _health(
            "memory",
            "Memory",
            "mdi:memory",
            template=_value("value_json.rss_bytes"),
            device_class="data_size",
            state_class="measurement",
            unit="B",
        ),
        _health("events", "Events", "mdi:counter", unit="events", state_class="total_increasing"),
        _health("dropped", "Dropped events", "mdi:tray-remove", unit="events", state_class="total_increasing"),
        _health("decode_errors", "Decode errors", "mdi:alert-circle", unit="messages", state_class="total_increasing"),
    ]
)
"""The device of the bridge itself."""
