"""The LIVE and the connection to it: paused, ended, connected, disconnected."""

from typing import Any

from tiktok2mqtt.webcast.events.fields import Field
from tiktok2mqtt.webcast.events.registry import EventRow, Source
from tiktok2mqtt.webcast.events.rows.common import PERCEPTION_WORDS, PUNISH_WORDS, generic_fields, simple_row
from tiktok2mqtt.webcast.events.users import render
from tiktok2mqtt.webcast.schema import messages_pb2 as pb
from tiktok2mqtt.webcast.schema import types_pb2

_STATES = {1: "paused", 2: "resumed", 3: "ended", 4: "suspended"}
_PAUSE_ACTION = 1
_RESUME_ACTION = 2
_END_ACTIONS = (3, 4)


def _state(message: Any) -> str | None:
    return _STATES.get(message.action)


_TIPS = Field("tips", "string", "tips", "Text that TikTok shows about it")
_TRIGGER = Field("trigger", "string", "extra.source", "What caused it, for example anchor_pause or app_pause")
_REASON = (
    Field("code", "string", None, "Reason as a code"),
    Field("reason", "string", None, "Reason in plain words"),
)

ROWS = (
    simple_row(
        "control",
        pb.WebcastControlMessage,
        "The host paused, resumed or ended the LIVE, or TikTok suspended it.",
        fields=(
            Field("action", "integer", "action", "1 paused, 2 resumed, 3 ended, 4 suspended"),
            Field("state", "string", _state, "The action as a word; null if unknown"),
            _TIPS,
            _TRIGGER,
            Field(
                "reason_number", "integer", "extra.reason_no", "TikTok's number for the reason; its words are not known"
            ),
            Field("title", "string", lambda m: render(m.extra.title), "Title of the notice to the host"),
            Field("content", "string", lambda m: render(m.extra.content), "Text of the notice to the host"),
            Field(
                "violation_reason",
                "string",
                lambda m: render(m.extra.violation_reason),
                "Why TikTok suspended the LIVE, as the host reads it",
            ),
            Field(
                "audience_text",
                "string",
                lambda m: render(m.perception_audience_text),
                "What TikTok tells the viewers about it",
            ),
            Field("float_text", "string", lambda m: render(m.float_text), "Text in a floating notice"),
            Field(
                "perception_dialog",
                "object",
                "perception_dialog",
                "Warning that the host must confirm",
                fields=generic_fields(types_pb2.PerceptionDialog.DESCRIPTOR, words=PERCEPTION_WORDS),
            ),
            Field(
                "punish_info",
                "object",
                "punish_info",
                "Penalty of the host",
                fields=generic_fields(types_pb2.PunishInfo.DESCRIPTOR, words=PUNISH_WORDS),
            ),
        ),
    ),
    EventRow(
        "paused",
        "The host paused the LIVE. It goes on, and so do its events.",
        kind="lifecycle",
        priority=True,
        sources=(Source(("WebcastControlMessage",), pb.WebcastControlMessage, lambda m: m.action == _PAUSE_ACTION),),
        fields=(Field("state", "string", _state, "Always paused"), _TIPS, _TRIGGER),
    ),
    EventRow(
        "resumed",
        "The host resumed the LIVE.",
        kind="lifecycle",
        priority=True,
        sources=(Source(("WebcastControlMessage",), pb.WebcastControlMessage, lambda m: m.action == _RESUME_ACTION),),
        fields=(Field("state", "string", _state, "Always resumed"), _TIPS, _TRIGGER),
    ),
    EventRow(
        "stream_end",
        "The LIVE ended.",
        kind="lifecycle",
        priority=True,
        sources=(Source(("WebcastControlMessage",), pb.WebcastControlMessage, lambda m: m.action in _END_ACTIONS),),
        fields=(
            Field("reason", "string", _state, "ended (by the host) or suspended (by TikTok)"),
            Field("action", "integer", "action", "3 ended, 4 suspended"),
        ),
    ),
    EventRow(
        "connected",
        "Connected to the LIVE of the room.",
        kind="lifecycle",
        priority=True,
        fields=(
            Field("state", "string", None, "Always live"),
            Field("transport", "string", None, "Transport in use: direct, signed, polling or browser"),
            Field("title", "string", None, "Title of the LIVE; null if unknown"),
        ),
    ),
    EventRow(
        "gap",
        "Connected again after the connection to a LIVE was lost. Events in between are missing, except those that "
        "TikTok sends again.",
        kind="lifecycle",
        priority=True,
        fields=(
            Field("seconds", "number", None, "Time from the last message received to the reconnection, in seconds"),
            Field("since", "string", None, "Time of the last message received: RFC 3339"),
        ),
    ),
    EventRow("disconnected", "Disconnected from the room.", kind="lifecycle", priority=True, fields=_REASON),
    EventRow(
        "error",
        "An error that does not end the connection. It is about a handler that fails, frames or messages that cannot "
        "be read, heartbeats without an answer, or a transport that fails before another one works. There is one event "
        "of each kind in 10 s.",
        kind="lifecycle",
        fields=(
            *_REASON,
            Field("count", "integer", None, "How often it has happened since the last such event"),
        ),
    ),
)
