import pytest

from tests.webcast.events import samples
from tests.webcast.events.decode import received
from tiktok2mqtt.webcast.events.registry import COMMON_KEYS, Field, Registry
from tiktok2mqtt.webcast.events.rows.common import plain, rendered
from tiktok2mqtt.webcast.schema import battles_pb2
from tiktok2mqtt.webcast.schema import notices_pb2 as pb


def test_a_plain_row_is_called_and_read_as_its_message_is() -> None:
    row = plain("notice", pb.WebcastNoticeMessage, "A notice.", also=("NoticeMessage",), priority=True)
    assert (row.event, row.doc, row.kind, row.priority) == ("notice", "A notice.", "streaming", True)
    assert not row.has_person
    assert row.keys == ("text", "content", "notice_type")
    assert Registry([row]).methods == {"WebcastNoticeMessage", "NoticeMessage"}


def test_the_person_is_not_told_twice() -> None:
    row = plain("speaker", pb.WebcastSpeakerMessage, "x.", person="user")
    assert row.has_person
    assert [field.key for field in row.fields] == ["text", "display_text", "trigger_type"]
    unspoken = plain("speaker", pb.WebcastSpeakerMessage, "x.")
    assert unspoken.keys == ("text", "user", "display_text", "trigger_type")


def test_given_fields_are_all_there_is() -> None:
    field = Field("content", "string", "content", "x")
    assert plain("notice", pb.WebcastNoticeMessage, "x.", fields=(field,)).fields == (field,)


@pytest.mark.parametrize(
    ("message", "key"),
    [
        (battles_pb2.WebcastLinkLayerMessage, "message_source"),
        (battles_pb2.WebcastLinkMicLayoutStateMessage, "message_room_id"),
        (pb.WebcastPictionaryExitMessage, "message_session_id"),
    ],
)
def test_keys_of_every_event_are_left_to_them(message: type, key: str) -> None:
    row = plain("x", message, "x.")
    assert key in row.keys
    assert not set(COMMON_KEYS) & set(row.keys)


def test_the_text_is_that_of_the_message_with_its_holes_filled() -> None:
    assert rendered(received(samples.FOLLOW)) == "Bob 🌹 followed the LIVE creator"
    assert rendered(pb.WebcastNoticeMessage()) is None
