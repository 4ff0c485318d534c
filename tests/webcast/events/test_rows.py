import json
from pathlib import Path
from typing import Any

import pytest

from tests.webcast.events import samples
from tiktok2mqtt.webcast.drops import Drops
from tiktok2mqtt.webcast.events.rows import REGISTRY, ROWS
from tiktok2mqtt.webcast.schema import messages_pb2 as pb
from tiktok2mqtt.webcast.schema import types_pb2 as types
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchMessage, FetchResponse
from tiktok2mqtt.webcast.session import LiveSession

GOLDEN = Path(__file__).parent / "golden"
COMMON = {"v", "event_type", "id", "ts", "room", "room_id", "session_id", "source", "replayed", "delayed"}
# Made by the client, not from messages.
OF_THE_CLIENT = {"connected", "disconnected", "error"}
NOBODY: dict[str, Any] = {
    "user_id": None,
    "unique_id": None,
    "nickname": None,
    "profile_picture_url": None,
    "is_moderator": None,
    "is_subscriber": None,
    "is_follower": None,
    "gifter_level": None,
    "fans_level": None,
    "badges": [],
}
LABEL: dict[str, Any] = {"display_type": None, "label": None}
# Method -> what its row makes of an empty message, beside the common keys.
EMPTY: dict[str, dict[str, dict[str, Any]]] = {
    "WebcastChatMessage": {
        "chat": NOBODY | {"comment": None, "emotes": [], "mentioned_user": None, "language": None},
    },
    "WebcastMemberMessage": {"member": NOBODY | {"action": 0, "viewer_count": None}},
    "WebcastGiftMessage": {
        "gift": NOBODY
        | {
            "gift_id": None,
            "gift": {
                "gift_id": None,
                "name": None,
                "gift_type": None,
                "diamond_count": None,
                "repeat_count": 0,
                "repeat_end": 0,
                "group_id": None,
                "to_user_id": None,
                "image": None,
            },
        },
    },
    "WebcastLikeMessage": {"like": NOBODY | LABEL | {"like_count": 0, "total_like_count": 0}},
    "WebcastRoomUserSeqMessage": {"room_user": {"viewer_count": 0, "total_user_count": 0, "top_viewers": []}},
    "WebcastSocialMessage": {"social": NOBODY | LABEL | {"action": 0}},
    "WebcastQuestionNewMessage": {"question_new": NOBODY | {"question_text": None}},
    "WebcastControlMessage": {},
}


def events_of(message: Any) -> dict[str, dict[str, Any]]:
    """What a session makes of one message, by event."""
    session = LiveSession(
        REGISTRY, "alice", samples.ROOM_ID, wall=lambda: 1_800_000_000.0, drops=Drops(), gifts=samples.GIFTS
    )
    fetched = FetchMessage(
        method=message.DESCRIPTOR.name, payload=message.SerializeToString(), msg_id=message.common.msg_id
    )
    events = session.process(FetchResponse(messages=[fetched]), "direct", now=0.0)
    return {event["event_type"]: event for event in events}


def decoded(message: Any) -> dict[str, dict[str, Any]]:
    """What the rows make of one message, without session or common keys."""
    return payload_decoded(message.DESCRIPTOR.name, message.SerializeToString())


def payload_decoded(method: str, payload: bytes) -> dict[str, dict[str, Any]]:
    events = REGISTRY.decode(method, payload, lambda name, _common: {"event_type": name})
    return {event.pop("event_type"): event for event in events}


def test_every_event_that_a_message_makes_has_a_sample_and_a_golden() -> None:
    names = {row.event for row in ROWS} - OF_THE_CLIENT
    assert names == set(samples.MESSAGES)
    assert names == {file.stem for file in GOLDEN.iterdir()}


@pytest.mark.parametrize("event", samples.MESSAGES)
def test_golden(event: str) -> None:
    golden = json.loads((GOLDEN / f"{event}.json").read_text("utf-8"))
    assert events_of(samples.MESSAGES[event])[event] == golden


@pytest.mark.parametrize("event", samples.MESSAGES)
def test_a_golden_has_every_key_and_fills_it(event: str) -> None:
    golden = json.loads((GOLDEN / f"{event}.json").read_text("utf-8"))
    assert golden.keys() == COMMON | set(REGISTRY.rows[event].keys)
    assert [key for key, value in golden.items() if value is None or value in ("", [])] == []


def test_each_method_has_its_empty_message() -> None:
    assert set(EMPTY) == REGISTRY.methods


@pytest.mark.parametrize("method", EMPTY)
def test_an_empty_message_gives_the_defaults(method: str) -> None:
    assert payload_decoded(method, b"") == EMPTY[method]


@pytest.mark.parametrize("method", EMPTY)
def test_an_empty_message_passes_the_session(method: str) -> None:
    message = getattr(pb, method)()
    for name, event in events_of(message).items():
        assert (event["event_type"], event["ts"], event["id"]) == (name, "2027-01-15T08:00:00.000Z", "0")
        assert json.dumps(event)


JSON_TYPES: dict[str, tuple[type, ...]] = {
    "id": (str,),
    "integer": (int,),
    "number": (int, float),
    "string": (str,),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.event)
def test_values_have_the_types_their_rows_say(row: Any) -> None:
    if row.event in OF_THE_CLIENT:
        return
    event = events_of(samples.MESSAGES[row.event])[row.event]
    for field in row.fields:
        assert type(event[field.key]) in JSON_TYPES[field.type], field.key


def test_every_row_is_documented() -> None:
    for row in ROWS:
        assert row.doc.endswith(".")
        assert all(field.doc for field in row.fields)


def test_what_must_not_be_lost_has_priority() -> None:
    assert {row.event for row in ROWS if row.priority} == {
        "gift",
        "follow",
        "share",
        "question_new",
        "stream_end",
        "connected",
        "disconnected",
    }


def test_a_chat_of_typed_bytes() -> None:
    user = b"\x08\x05\x1a\x03Bob\xb2\x02\x03bob"
    payload = b"\x0a\x04\x10\x07\x20\x01" + b"\x12\x0d" + user + b"\x1a\x03h\xc3\xa9" + b"\x72\x02en"
    assert payload_decoded("WebcastChatMessage", payload) == {
        "chat": NOBODY
        | {"user_id": "5", "unique_id": "bob", "nickname": "Bob", "comment": "hé", "language": "en"}
        | {"emotes": [], "mentioned_user": None}
    }


@pytest.mark.parametrize(
    ("key", "action", "verbs"),
    [
        ("pm_main_follow_message_viewer_2", 1, {"follow"}),
        ("pm_mt_guidance_share", 3, {"share"}),
        ("pm_main_follow_message_viewer_2", 3, {"follow"}),
        ("pm_mt_guidance_share", 1, {"share"}),
        ("pm_mt_something_else", 1, set()),
        ("", 1, {"follow"}),
        ("", 2, {"share"}),
        ("", 3, {"share"}),
        ("", 4, {"share"}),
        ("", 5, {"share"}),
        ("", 0, set()),
        ("", 6, set()),
    ],
)
def test_a_social_message_is_a_follow_or_a_share_by_its_key_then_by_its_action(
    key: str, action: int, verbs: set[str]
) -> None:
    message = pb.WebcastSocialMessage(common=samples.common(key, "x"), action=action)
    assert set(decoded(message)) == {"social"} | verbs


def test_an_emote_without_content_is_null() -> None:
    assert decoded(pb.WebcastChatMessage(emotes=[pb.EmoteData()]))["chat"]["emotes"] == [
        {"emote_id": None, "image": None, "place_in_comment": 0}
    ]


def test_counts_that_are_not_sent_are_null() -> None:
    assert decoded(pb.WebcastSocialMessage(action=1))["follow"]["follower_count"] is None
    assert decoded(pb.WebcastSocialMessage(action=3))["share"]["share_count"] is None


@pytest.mark.parametrize(
    ("action", "reason"), [(0, None), (1, None), (2, None), (3, "ended"), (4, "suspended"), (5, None)]
)
def test_only_two_control_messages_end_the_stream(action: int, reason: str | None) -> None:
    events = decoded(pb.WebcastControlMessage(action=action))
    assert events == ({"stream_end": {"reason": reason, "action": action}} if reason else {})


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (pb.WebcastGiftMessage(gift=pb.GiftStruct(id=7)), {"gift_id": "7", "gift_type": 0, "diamond_count": 0}),
        (pb.WebcastGiftMessage(gift=pb.GiftStruct(name="Rose")), {"name": "Rose", "gift_id": None}),
        (pb.WebcastGiftMessage(gift=pb.GiftStruct()), {"name": None, "image": None}),
        (pb.WebcastGiftMessage(gift_id=5, gift=pb.GiftStruct(id=7)), {"gift_id": "5"}),
        (pb.WebcastGiftMessage(gift_extra=pb.GiftMonitorInfo(to_user_id=9)), {"to_user_id": "9"}),
        (
            pb.WebcastGiftMessage(to_user=types.User(id=8), gift_extra=pb.GiftMonitorInfo(to_user_id=9)),
            {"to_user_id": "8"},
        ),
        (
            pb.WebcastGiftMessage(gift=pb.GiftStruct(icon=types.Image(url_list=["https://icon"]))),
            {"image": "https://icon"},
        ),
        (pb.WebcastGiftMessage(group_id=2**64 - 1), {"group_id": "18446744073709551615"}),
    ],
)
def test_the_parts_of_a_gift_come_from_where_they_are(message: Any, expected: dict[str, Any]) -> None:
    event = decoded(message)["gift"]
    assert {key: event["gift"][key] for key in expected} == expected
    assert event["gift_id"] == event["gift"]["gift_id"]
