"""Renders MQTT messages of the product as short texts for the terminal.

Anyone may publish on the broker, and what viewers write is untrusted: no value is assumed to have its documented type,
and all text goes through `sanitize`.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

import orjson

from tiktok2mqtt.cli.terminal import sanitize
from tiktok2mqtt.common.topics import Address, Kind
from tiktok2mqtt.webcast.events.types import Common, Person

Document = Mapping[str, Any]

_NAME_LIMIT: Final = 40
_WORD_LIMIT: Final = 80
_TEXT_LIMIT: Final = 300

_DIM: Final = "\x1b[2m"
_RED: Final = "\x1b[31m"
_GREEN: Final = "\x1b[32m"
_YELLOW: Final = "\x1b[33m"
_BOLD_YELLOW: Final = "\x1b[1;33m"
_BLUE: Final = "\x1b[34m"
_MAGENTA: Final = "\x1b[35m"
_CYAN: Final = "\x1b[36m"

# Keys of every event, left out where a document is shown key by key.
_COMMON_KEYS: Final = Common.__annotations__.keys() | Person.__annotations__.keys() | {"event_type"}
# Parts of the text, so not shown again beside it.
_TEXT_KEYS: Final = frozenset({"text", "label", "display_type"})
_COUNTS: Final = ("viewers", "likes", "diamonds")


def _text(document: Document, key: str, limit: int = _WORD_LIMIT) -> str:
    value = document.get(key)
    return sanitize(value, limit) if isinstance(value, str) else ""


def number(document: Document, key: str) -> int:
    """Return a count; a value that is not a number counts as 0."""
    value = document.get(key)
    return int(value) if isinstance(value, int | float) else 0


def _count(document: Document, key: str, unit: str) -> str:
    count = number(document, key)
    return f"{count:,} {unit}{'' if count == 1 else 's'}"


def person_name(document: Document) -> str:
    """Return the name of the person who acts in an event."""
    for key in ("nickname", "unique_id", "user_id"):
        if name := _text(document, key, _NAME_LIMIT):
            return name
    return "somebody"


def _did(verb: str) -> Callable[[Document], str]:
    return lambda document: f"{person_name(document)} {verb}"


def _says(key: str, before: str) -> Callable[[Document], str]:
    return lambda document: f"{person_name(document)}{before}: {_text(document, key, _TEXT_LIMIT)}"


def _pieces(document: Document) -> str:
    gift = document.get("gift")
    name = _text(gift, "name") if isinstance(gift, dict) else ""
    return f"{number(document, 'count'):,} x {name or 'a gift without a name'}"


def _gift(document: Document) -> str:
    closed = ", closed by timeout" if document.get("closed_by") == "timeout" else ""
    price = "price unknown" if document.get("diamonds") is None else _count(document, "diamonds", "diamond")
    return f"{person_name(document)} sent {_pieces(document)} ({price}{closed})"


def _gift_streak(document: Document) -> str:
    return f"{person_name(document)} is sending {_pieces(document)} so far"


def _like(document: Document) -> str:
    total = number(document, "total_like_count")
    return f"{person_name(document)} gave {_count(document, 'like_count', 'like')} ({total:,} in all)"


def _room_user(document: Document) -> str:
    return f"{_count(document, 'viewer_count', 'viewer')} ({number(document, 'total_user_count'):,} in all)"


def _social(document: Document) -> str:
    label = _text(document, "label") or _text(document, "display_type") or "did something"
    return (
        label.replace("{0:user}", person_name(document)) if "{0:user}" in label else f"{person_name(document)}: {label}"
    )


def _sentence(verb: str) -> Callable[[Document], str]:
    """Return a function for events with a text of TikTok's: that text, or else the user and the verb."""
    return lambda document: _text(document, "text", _TEXT_LIMIT) or f"{person_name(document)} {verb}"


def _parts(document: Document, key: str) -> list[Document]:
    value = document.get(key)
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def _emote(document: Document) -> str:
    count = len(_parts(document, "emotes"))
    return f"{person_name(document)} sent {'an emote' if count == 1 else f'{count} emotes'}"


def _envelope(document: Document) -> str:
    if document.get("display_name") == "hidden":
        return "the treasure box is closed"
    content = f"{_count(document, 'diamond_count', 'diamond')} for {number(document, 'people_count'):,}"
    return f"{_text(document, 'text', _TEXT_LIMIT) or 'a treasure box'} ({content})"


def _poll(document: Document) -> str:
    options = [f"{_text(part, 'text')} {number(part, 'votes'):,}" for part in _parts(document, "options")]
    title, step = _text(document, "title", _TEXT_LIMIT), _text(document, "message_type_name")
    return f'poll "{title}" {step}'.rstrip() + (f": {', '.join(options)}" if options else "")


def _goal(document: Document) -> str:
    steps = [
        f"{number(part, 'progress'):,} of {number(part, 'target'):,} {_text(part, 'gift_name')}".rstrip()
        for part in _parts(document, "sub_goals")
    ]
    return f'goal "{_text(document, "description", _TEXT_LIMIT)}": {", ".join(steps) or "no numbers"}'


def _battle(document: Document) -> str:
    """Return who is in a battle, with the scores of hosts or teams, the time that is left, and who has won."""
    sides: dict[str, list[Document]] = {}
    for place, host in enumerate(_parts(document, "hosts")):
        sides.setdefault(_text(host, "team_id") or f"host {place}", []).append(host)
    teams = {_text(team, "team_id"): team for team in _parts(document, "teams")}
    told = [_side(hosts, teams.get(side, {} if len(hosts) > 1 else hosts[0])) for side, hosts in sides.items()]
    left = number(document, "seconds_left")
    winner = document.get("winner")
    names = " and ".join(map(person_name, _parts(winner, "hosts"))) if isinstance(winner, dict) else ""
    end = f"; won by {names}" if names else f", {left} s left" if left > 0 else ""
    return f"battle: {' against '.join(told) or 'nobody'}{end}"


def _side(members: list[Document], side: Document) -> str:
    score = "" if side.get("score") is None else f" {number(side, 'score'):,}"
    return " and ".join(map(person_name, members)) + score


def _control(document: Document) -> str:
    tips = _text(document, "tips", _TEXT_LIMIT)
    return f"the stream was {_text(document, 'state') or 'changed'}" + (f": {tips}" if tips else "")


def _deleted(document: Document) -> str:
    comments, users = document.get("message_ids"), document.get("user_ids")
    if isinstance(users, list) and users:
        return "all comments of a viewer were deleted"
    count = len(comments) if isinstance(comments, list) else 0
    return f"{count:,} comment{' was' if count == 1 else 's were'} deleted"


def _stream_end(document: Document) -> str:
    return f"the stream has ended: {_text(document, 'reason') or 'no reason given'}"


def _disconnected(document: Document) -> str:
    return _connection({**document, "state": "disconnected"})


def _summary(document: Document) -> str:
    counts = [_count(document, *pair) for pair in (("likes", "like"), ("diamonds", "diamond"), ("gifts", "gift"))]
    return f"at most {_count(document, 'peak_viewers', 'viewer')}, {', '.join(counts)}"


def _connection(document: Document) -> str:
    reason, code = _text(document, "reason", _TEXT_LIMIT), _text(document, "code")
    return (_text(document, "state") or "?") + (f": {reason}" if reason else "") + (f" ({code})" if code else "")


def _state(document: Document) -> str:
    match document.get("live"):
        case True:
            live = "live"
        case False:
            live = "not live"
        case _:
            live = "unknown whether live"
    title = _text(document, "title")
    counts = ", ".join(_count(document, key, key[:-1]) for key in _COUNTS)
    return f"{live}, {counts}" + (f', "{title}"' if title else "")


def _logging(document: Document) -> str:
    return f"{_text(document, 'level') or '?'}: {_text(document, 'message', _TEXT_LIMIT)}"


def _bridge_event(document: Document) -> str:
    what = _text(document, "event_type").replace("_", " ") or "something happened"
    title = _text(document, "title")
    return f"{_text(document, 'room') or '?'}: {what}" + (f', "{title}"' if title else "")


def _info(document: Document) -> str:
    rooms, omitted = document.get("rooms"), document.get("omitted")
    count = len(rooms) if isinstance(rooms, list) else 0
    count += number(omitted, "rooms") if isinstance(omitted, dict) else 0
    return f"version {_text(document, 'version') or '?'}, {count:,} rooms"


def _health(document: Document) -> str:
    live = f"{number(document, 'live_rooms')} of {_count(document, 'rooms', 'room')} live"
    events, dropped = _count(document, "events", "event"), number(document, "dropped")
    megabytes = number(document, "rss_bytes") / 1e6
    return f"up {number(document, 'uptime_s')} s, {live}, {events}, {dropped:,} dropped, {megabytes:.0f} MB"


def _listed(document: Document) -> str:
    """Return any other document: its text or its user, if it has one, then the keys that have a value.

    Of lists and objects, the length is shown; a number that has a word beside it is left out.
    """
    text = _text(document, "text", _TEXT_LIMIT)
    who = person_name(document) if document.keys() & {"nickname", "unique_id"} else ""
    hidden = _COMMON_KEYS | (_TEXT_KEYS if text else set())
    pairs = [
        f"{key}={_value(value)}"
        for key, value in document.items()
        if key not in hidden and value not in (None, [], {}) and document.get(f"{key}_name") is None
    ]
    return sanitize(" ".join((text or who, *pairs)), _TEXT_LIMIT)


def _value(value: object) -> str:
    match value:
        case dict() | list():
            return f"({len(value)})"
        case str():
            return sanitize(value, _WORD_LIMIT)
        case _:
            return orjson.dumps(value).decode()


class _Style(NamedTuple):
    """How one kind of message is shown: an SGR sequence, and a function that turns its document into text."""

    colour: str
    render: Callable[[Document], str]


_STYLES: Final[Mapping[Kind, Mapping[str, _Style]]] = {
    Kind.ROOM: {
        "chat": _Style(_CYAN, _says("comment", "")),
        "gift": _Style(_BOLD_YELLOW, _gift),
        "gift_streak": _Style(_YELLOW, _gift_streak),
        "like": _Style(_MAGENTA, _like),
        "member": _Style(_DIM, _did("joined")),
        "room_user": _Style(_DIM, _room_user),
        "social": _Style(_DIM, _social),
        "follow": _Style(_GREEN, _did("followed")),
        "share": _Style(_GREEN, _did("shared the stream")),
        "question_new": _Style(_CYAN, _says("question_text", " asks")),
        "question_selected": _Style(_CYAN, _says("question_text", " is answered")),
        "room_pin": _Style(_CYAN, _says("comment", " (pinned)")),
        "live_intro": _Style(_CYAN, _says("content", "")),
        "caption": _Style(_DIM, lambda document: _text(document, "text", _TEXT_LIMIT)),
        "emote": _Style(_CYAN, _emote),
        "subscribe": _Style(_GREEN, _sentence("subscribed")),
        "super_fan": _Style(_GREEN, _sentence("is a super fan")),
        "barrage": _Style(_DIM, _sentence("crosses the screen")),
        "unauthorized_member": _Style(_DIM, _sentence("joined")),
        "envelope": _Style(_YELLOW, _envelope),
        "poll": _Style(_MAGENTA, _poll),
        "goal_update": _Style(_MAGENTA, _goal),
        "battle": _Style(_MAGENTA, _battle),
        "battle_started": _Style(_MAGENTA, _battle),
        "battle_ended": _Style(_MAGENTA, _battle),
        "control": _Style(_BLUE, _control),
        "im_delete": _Style(_DIM, _deleted),
        "stream_end": _Style(_RED, _stream_end),
        "connected": _Style(_BLUE, _connection),
        "disconnected": _Style(_BLUE, _disconnected),
        "connection": _Style(_BLUE, _connection),
        "availability": _Style(_BLUE, _connection),
        "state": _Style(_BLUE, _state),
        "summary": _Style(_BLUE, _summary),
        "error": _Style(_RED, _listed),
    },
    Kind.BRIDGE: {
        "state": _Style(_BLUE, _connection),
        "event": _Style(_GREEN, _bridge_event),
        "info": _Style(_DIM, _info),
        "health": _Style(_DIM, _health),
        "logging": _Style(_DIM, _logging),
    },
}
_OTHER_STYLE: Final = _Style(_DIM, _listed)


def is_sentence(event: str, document: Document) -> bool:
    """Return whether an event is rendered as a sentence; others are shown key by key."""
    return event in _STYLES[Kind.ROOM] or bool(_text(document, "text"))


class RenderedMessage(NamedTuple):
    """A message as text, its colour (an SGR sequence), and its document, empty if it is not a JSON object."""

    text: str
    colour: str
    document: Document


def render_message(address: Address | None, payload: bytes) -> RenderedMessage:
    """Return a message as text. `address` is the parsed topic. Never raises, whatever the payload contains."""
    style = _STYLES.get(address.kind, {}).get(address.subtopic, _OTHER_STYLE) if address else _OTHER_STYLE
    if address and address.kind is Kind.RAW:
        return RenderedMessage(f"{len(payload):,} bytes", style.colour, {})
    document = _parse(payload)
    if document is None:
        return RenderedMessage(_as_text(payload), style.colour, {})
    marks = "".join(f" [{word}]" for word in ("replayed", "late", "delayed") if document.get(word) is True)
    return RenderedMessage(style.render(document) + marks, style.colour, document)


def _parse(payload: bytes) -> Document | None:
    try:
        document = orjson.loads(payload)
    except orjson.JSONDecodeError:
        return None
    return document if isinstance(document, dict) else None


def _as_text(payload: bytes) -> str:
    text = payload[: 4 * _TEXT_LIMIT].decode(errors="replace")
    return sanitize(text, _TEXT_LIMIT) or "(empty)"
