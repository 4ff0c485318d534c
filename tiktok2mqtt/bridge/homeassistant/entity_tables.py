"""The entities and device triggers of a room and of the bridge in Home Assistant: one row each."""

from typing import Any, Final

from tiktok2mqtt.bridge.homeassistant.entities import (
    DeviceTrigger,
    Entity,
    counter,
    diagnostic,
    event,
    gauge,
    object_sensor,
    sensor,
    text_template,
    validated,
    value_template,
)

CONNECTION_STATES: Final = (
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

BATTLE_ACTIONS: Final = ("invite", "reject", "cancel", "open", "finish", "cut_short", "accept")
"""The values of `action_name` in the event link_mic_battle."""

SIMULATE_BUTTON: Final = "simulate_gift"
LIKE_MILESTONE: Final = "like"
GOAL_REACHED: Final = "goal_reached"

_MAX_GOAL: Final = 1_000_000_000
# With get: Home Assistant logs a warning for a missing key.
_USER: Final = "it.get('nickname') or it.get('username')"

_GIFT_BY_DIAMONDS: Final = (
    "{% set diamonds = value_json.diamonds | int(0) %}"
    "{% set size = '_large' if diamonds >= $gift_large else '_medium' if diamonds >= $gift_medium else '' %}"
    "{{ dict(value_json, event_type='gift' ~ size) | to_json }}"
)

# An unknown action has no name. Home Assistant ignores a template that renders to nothing.
_BATTLE_BY_ACTION: Final = (
    "{{ dict(value_json, event_type=value_json.action_name) | to_json if value_json.action_name }}"
)

_POLL_BY_KIND: Final = (
    "{{ dict(value_json, event_type=value_json.message_type_name) | to_json if value_json.message_type_name }}"
)

# All rooms share the topic. Home Assistant ignores a template that renders to nothing, as it does for other rooms.
_STREAM_OF_ROOM: Final = (
    "{{ value if value_json.room == '$room' and value_json.event_type in ('live_started', 'live_ended') }}"
)
_EVENT_OF_ROOM: Final = "{{ value_json.event_type if value_json.room == '$room' }}"


def _button(key: str, name: str, icon: str, request: str, payload: str) -> Entity:
    """Return a button that sends a request to the bridge."""
    return Entity(
        key=key,
        component="button",
        name=name,
        icon=icon,
        category="config",
        subtopic=None,
        command_subtopic=f"request/{request}",
        command_on_bridge=True,
        available="bridge",
        extras={"payload_press": payload},
    )


def _battle_sensor(key: str, name: str, icon: str, value: str, **options: Any) -> Entity:
    """Return a sensor for a value of the present battle, or the last one of the LIVE."""
    return sensor(
        key, name, icon, template=value_template(f"(value_json.get('battle') or {{}}).get('{value}')"), **options
    )


def _stream_trigger(key: str, kind: str, event_type: str) -> DeviceTrigger:
    return DeviceTrigger(
        key=key,
        type=kind,
        subtype="live",
        subtopic="event",
        on_bridge=True,
        template=_EVENT_OF_ROOM,
        payload=event_type,
    )


_WATCH: Final[dict[str, Any]] = {
    "template": value_template("value_json.watch"),
    "command_subtopic": "set",
    "category": "config",
    # Not with the device: a room that was switched off must stay switchable.
    "available": "bridge",
    "extras": {"state_on": "True", "state_off": "False"},
}
_GOAL: Final[dict[str, Any]] = {
    "subtopic": "goal",
    # The text None makes a number unknown.
    "template": "{{ value or none }}",
    "command_subtopic": "goal/set",
    "unit": "diamonds",
    "category": "config",
    "available": "bridge",
    "extras": {"min": 0, "max": _MAX_GOAL, "step": 1, "mode": "box", "command_template": "{{ value | int }}"},
}
_CONNECTION: Final[dict[str, Any]] = {
    "subtopic": "connection",
    # A name that TikTok does not know is a mistake of the user's, and nothing that gets better.
    "template": value_template("'unknown user' if value_json.code == 'not_found' else value_json.state"),
    # Home Assistant writes each change of an attribute to its database, and a room is checked once a minute.
    "attributes": value_template(
        "dict(value_json.items() | rejectattr('0', 'eq', 'retry_at')) | to_json", empty="'{}'"
    ),
    "device_class": "enum",
    "extras": {"options": [*CONNECTION_STATES, "unknown user"]},
}
# Home Assistant logs an error for an empty URL, and the topic of a removed room is cleared.
_COVER: Final = "{{ value or 'https://www.tiktok.com/@$room_in_url/live' }}"

ROOM_ENTITIES: Final = validated(
    [
        Entity(
            key="live",
            component="binary_sensor",
            template=value_template("value_json.live"),
            name="Live",
            icon="mdi:broadcast",
            device_class="running",
            extras={"payload_on": "True", "payload_off": "False"},
        ),
        Entity(
            key="paused",
            component="binary_sensor",
            template=value_template("value_json.get('paused')"),
            name="Paused",
            icon="mdi:pause-circle",
            extras={"payload_on": "True", "payload_off": "False"},
        ),
        gauge("viewers", "Viewers", "mdi:eye", "viewers"),
        gauge("peak_viewers", "Peak viewers", "mdi:eye-plus", "viewers"),
        gauge("followers", "Followers", "mdi:account-group", "followers"),
        counter("likes", "Likes", "mdi:heart", "likes"),
        counter("diamonds", "Diamonds", "mdi:diamond-stone", "diamonds"),
        counter("gifts", "Gifts", "mdi:gift", "gifts"),
        counter("comments", "Comments", "mdi:comment-multiple", "comments"),
        counter("shares", "Shares", "mdi:share-variant", "shares"),
        counter("new_followers", "New followers", "mdi:account-multiple-plus", "followers"),
        counter("subscriptions", "Subscriptions", "mdi:star-circle", "subscriptions"),
        counter("super_fans", "Super fans", "mdi:account-star", "fans"),
        event("gift", "Gift", "mdi:gift-outline", ("gift", "gift_medium", "gift_large"), template=_GIFT_BY_DIAMONDS),
        event("chat", "Chat", "mdi:comment-text"),
        event("follow", "Follow", "mdi:account-plus"),
        event("share", "Share", "mdi:share"),
        event("subscription", "Subscription", "mdi:star-plus", ("subscribe",), subtopic="subscribe"),
        event(LIKE_MILESTONE, "Like milestone", "mdi:heart-plus", ("like_milestone",), subtopic="like_milestone"),
        event(
            "battle",
            "Battle",
            "mdi:sword-cross",
            BATTLE_ACTIONS,
            subtopic="link_mic_battle",
            template=_BATTLE_BY_ACTION,
        ),
        event(
            "stream",
            "Stream",
            "mdi:video",
            ("live_started", "live_ended"),
            subtopic="event",
            on_bridge=True,
            template=_STREAM_OF_ROOM,
        ),
        event("super_fan", "Super fan", "mdi:account-star-outline"),
        event("envelope", "Treasure box", "mdi:treasure-chest"),
        event("poll", "Poll", "mdi:poll", ("started", "changed", "ended"), template=_POLL_BY_KIND),
        event(GOAL_REACHED, "Goal reached", "mdi:flag-checkered"),
        _battle_sensor("battle_score", "Battle score", "mdi:sword", "score", unit="points", state_class="measurement"),
        _battle_sensor(
            "battle_opponent_score",
            "Battle opponent score",
            "mdi:shield-sword",
            "opponent_score",
            unit="points",
            state_class="measurement",
        ),
        _battle_sensor("battle_winner", "Battle winner", "mdi:trophy-award", "winner"),
        _battle_sensor("battle_ends", "Battle ends", "mdi:timer-sand", "ends_at", device_class="timestamp"),
        object_sensor("last_gift", "Last gift", "mdi:gift-open", "it.get('name')"),
        object_sensor("last_gifter", "Last gifter", "mdi:account-heart", _USER),
        object_sensor("top_gifter", "Top gifter", "mdi:trophy", _USER),
        object_sensor("last_comment", "Last comment", "mdi:comment-quote", "it.get('text')"),
        object_sensor("last_follower", "Last follower", "mdi:account-check", _USER),
        sensor("title", "Title", "mdi:format-title", template=text_template("value_json.title")),
        sensor("started_at", "Started at", "mdi:clock-start", device_class="timestamp"),
        Entity(
            key="cover",
            component="image",
            name="Cover",
            icon="mdi:image",
            subtopic="cover",
            reads="url",
            template=_COVER,
        ),
        Entity(key="watch", component="switch", name="Watch", icon="mdi:television-play", **_WATCH),
        _button("reconnect", "Reconnect", "mdi:restart", "reconnect", '{"room":"$room"}'),
        _button(SIMULATE_BUTTON, "Simulate gift", "mdi:gift-off", "simulate", '{"room":"$room","event":"gift"}'),
        Entity(key="goal", component="number", name="Goal", icon="mdi:bullseye-arrow", **_GOAL),
        sensor(
            "goal_progress",
            "Goal progress",
            "mdi:progress-star",
            unit="%",
            state_class="measurement",
            extras={"suggested_display_precision": 0},
        ),
        diagnostic("connection", "Connection", "mdi:lan-connect", **_CONNECTION),
        diagnostic(
            "reason",
            "Reason",
            "mdi:information-outline",
            subtopic="connection",
            template=text_template("value_json.reason"),
        ),
        diagnostic(
            "next_retry",
            "Next retry",
            "mdi:timer-refresh-outline",
            subtopic="connection",
            template=value_template("value_json.retry_at"),
            device_class="timestamp",
        ),
        DeviceTrigger(key="on_gift", type="received", subtype="gift", subtopic="gift"),
        DeviceTrigger(key="on_follow", type="received", subtype="follow", subtopic="follow"),
        _stream_trigger("on_live_started", "started", "live_started"),
        _stream_trigger("on_live_ended", "ended", "live_ended"),
    ]
)
"""The device of a room."""

FORMER_ENTITIES: Final = frozenset({"dropped", "decode_errors"})
"""Entities that rooms no longer have: settings may still list them."""


def _health_sensor(key: str, name: str, icon: str, **options: Any) -> Entity:
    """Return a sensor on the `health` document."""
    return sensor(key, name, icon, subtopic="health", category="diagnostic", **options)


BRIDGE_ENTITIES: Final = validated(
    [
        Entity(
            key="state",
            component="binary_sensor",
            template=value_template("value_json.state"),
            device_class="connectivity",
            category="diagnostic",
            # It shows whether the bridge is online.
            available="always",
            extras={"payload_on": "online", "payload_off": "offline"},
        ),
        sensor("version", "Version", "mdi:tag", subtopic="info", category="diagnostic"),
        _health_sensor("rooms", "Rooms", "mdi:account-multiple", unit="rooms", state_class="measurement"),
        _health_sensor("live_rooms", "Live rooms", "mdi:broadcast", unit="rooms", state_class="measurement"),
        _health_sensor(
            "uptime",
            "Uptime",
            "mdi:timer-outline",
            template=value_template("value_json.started_at"),
            # Home Assistant shows how long ago that is, and a number of seconds would fill its database.
            device_class="timestamp",
        ),
        _health_sensor(
            "memory",
            "Memory",
            "mdi:memory",
            template=value_template("(value_json.rss_bytes / 1048576) | round if value_json.rss_bytes else none"),
            device_class="data_size",
            state_class="measurement",
            unit="MiB",
        ),
        _health_sensor("events", "Events", "mdi:counter", unit="events", state_class="total_increasing"),
        _health_sensor("dropped", "Dropped events", "mdi:tray-remove", unit="events", state_class="total_increasing"),
        _health_sensor(
            "decode_errors", "Decode errors", "mdi:alert-circle", unit="messages", state_class="total_increasing"
        ),
        Entity(
            key="add_room",
            component="text",
            name="Add room",
            icon="mdi:account-plus",
            category="config",
            # It shows what became of the last name.
            subtopic="response/add",
            template=value_template(
                "(value_json.data.room if value_json.status == 'ok' else value_json.error)[:100]", "''"
            ),
            command_subtopic="request/add",
            extras={"max": 100, "command_template": "{{ dict(room=value) | to_json }}"},
        ),
        Entity(
            key="log_level",
            component="select",
            name="Log level",
            icon="mdi:text-box-search",
            category="config",
            subtopic="info",
            template=value_template("value_json.settings.log.level"),
            command_subtopic="request/log_level",
            extras={
                "options": ["debug", "info", "warning", "error"],
                "command_template": "{{ dict(level=value) | to_json }}",
            },
        ),
        _button("restart", "Restart", "mdi:restart", "restart", "{}"),
    ]
)
"""The device of the bridge."""
