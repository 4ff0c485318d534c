"""What Home Assistant shows of a room: one row per entity or device trigger."""

from typing import Any, Final

from tiktok2mqtt.bridge.homeassistant.entities import (
    Entity,
    Trigger,
    checked,
    counter,
    diagnostic,
    event,
    gauge,
    record,
    sensor,
    text,
    value,
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
MILESTONES: Final = "like"

_MAX_GOAL: Final = 1_000_000_000
# A key that is missing is a warning unless it is asked for by get.
_PERSON: Final = "it.get('nickname') or it.get('username')"

_GIFT_BY_DIAMONDS: Final = (
    "{% set diamonds = value_json.diamonds | int(0) %}"
    "{% set size = '_large' if diamonds >= $gift_large else '_medium' if diamonds >= $gift_medium else '' %}"
    "{{ dict(value_json, event_type='gift' ~ size) | to_json }}"
)

# An action that nobody knows has no name; what renders to nothing is ignored.
_BATTLE_BY_ACTION: Final = (
    "{{ dict(value_json, event_type=value_json.action_name) | to_json if value_json.action_name }}"
)

# All rooms share the topic. What is of another room renders to nothing, and Home Assistant ignores that.
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
        leaf=None,
        command_leaf=f"request/{request}",
        commands_bridge=True,
        available="bridge",
        extras={"payload_press": payload},
    )


def _own_count(key: str, name: str, icon: str, unit: str) -> Entity:
    """Return a counter of this room out of the bridge's health."""
    template = value(f"value_json.per_room.get('$room', {{}}).get('{key}')")
    return diagnostic(
        key, name, icon, template=template, leaf="health", on_bridge=True, unit=unit, state_class="total_increasing"
    )


def _stream_trigger(key: str, kind: str, event_type: str) -> Trigger:
    return Trigger(
        key=key,
        type=kind,
        subtype="live",
        leaf="event",
        on_bridge=True,
        template=_EVENT_OF_ROOM,
        payload=event_type,
    )


_WATCH: Final[dict[str, Any]] = {
    "template": value("value_json.watch"),
    "command_leaf": "set",
    "category": "config",
    # Whoever switches a room off must be able to switch it on again.
    "available": "bridge",
    "extras": {"state_on": "True", "state_off": "False"},
}
_GOAL: Final[dict[str, Any]] = {
    "leaf": "goal",
    # The text None is how a number becomes unknown again.
    "template": "{{ value or none }}",
    "command_leaf": "goal/set",
    "unit": "diamonds",
    "category": "config",
    "available": "bridge",
    "extras": {"min": 0, "max": _MAX_GOAL, "step": 1, "mode": "box", "command_template": "{{ value | int }}"},
}
_CONNECTION: Final[dict[str, Any]] = {
    "leaf": "connection",
    "template": value("value_json.state"),
    "attributes": value("value_json | to_json", empty="'{}'"),
    "device_class": "enum",
    "extras": {"options": list(CONNECTION_STATES)},
}
# Home Assistant logs an error for what is no URL, and it may see the topic of a removed room being emptied.
_COVER: Final = "{{ value or 'https://www.tiktok.com/@$room/live' }}"

ROOM: Final = checked(
    [
        Entity(
            key="live",
            component="binary_sensor",
            template=value("value_json.live"),
            name="Live",
            icon="mdi:broadcast",
            device_class="running",
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
        event("gift", "Gift", "mdi:gift-outline", ("gift", "gift_medium", "gift_large"), template=_GIFT_BY_DIAMONDS),
        event("chat", "Chat", "mdi:comment-text"),
        event("follow", "Follow", "mdi:account-plus"),
        event("share", "Share", "mdi:share"),
        event("subscription", "Subscription", "mdi:star-plus", ("subscribe",), leaf="subscribe"),
        event(MILESTONES, "Like milestone", "mdi:heart-plus", ("like_milestone",), leaf="like_milestone"),
        event(
            "battle",
            "Battle",
            "mdi:sword-cross",
            BATTLE_ACTIONS,
            leaf="link_mic_battle",
            template=_BATTLE_BY_ACTION,
        ),
        event(
            "stream",
            "Stream",
            "mdi:video",
            ("live_started", "live_ended"),
            leaf="event",
            on_bridge=True,
            template=_STREAM_OF_ROOM,
        ),
        record("last_gift", "Last gift", "mdi:gift-open", "it.get('name')"),
        record("last_gifter", "Last gifter", "mdi:account-heart", _PERSON),
        record("top_gifter", "Top gifter", "mdi:trophy", _PERSON),
        record("last_comment", "Last comment", "mdi:comment-quote", "it.get('text')"),
        record("last_follower", "Last follower", "mdi:account-check", _PERSON),
        sensor("title", "Title", "mdi:format-title", template=text("value_json.title")),
        sensor("started_at", "Started at", "mdi:clock-start", device_class="timestamp"),
        Entity(
            key="cover",
            component="image",
            name="Cover",
            icon="mdi:image",
            leaf="cover",
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
            "reason", "Reason", "mdi:information-outline", leaf="connection", template=text("value_json.reason")
        ),
        diagnostic(
            "next_retry",
            "Next retry",
            "mdi:timer-refresh-outline",
            leaf="connection",
            template=value("value_json.retry_at"),
            device_class="timestamp",
        ),
        _own_count("dropped", "Dropped events", "mdi:tray-remove", "events"),
        _own_count("decode_errors", "Decode errors", "mdi:alert-circle", "messages"),
        Trigger(key="on_gift", type="received", subtype="gift", leaf="gift"),
        Trigger(key="on_follow", type="received", subtype="follow", leaf="follow"),
        _stream_trigger("on_live_started", "started", "live_started"),
        _stream_trigger("on_live_ended", "ended", "live_ended"),
    ]
)
"""The device of a room."""
