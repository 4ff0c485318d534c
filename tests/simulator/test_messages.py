import json

from tests.simulator.client import blob, fields, integer
from tiktok2mqtt.simulator import Viewer, messages
from tiktok2mqtt.simulator.gifts import as_gift
from tiktok2mqtt.simulator.messages import GiftSend, Head

HOST = Viewer(username="alice", nickname="Alice", user_id=9)
BOB = Viewer(username="bob", nickname="Bob", user_id=5)
HEAD = Head(room_id=7, host=HOST, msg_id=300, now_ms=1, slim=True)
FULL = Head(room_id=7, host=HOST, msg_id=300, now_ms=1_700_000_000_000)
USER = b"\x08\x05\x1a\x03Bob\xb2\x02\x03bob"


def test_control() -> None:
    common = (
        b"\x0a\x15WebcastControlMessage\x10\xac\x02\x18\x07\x20\x01\x30\x01\x48\x01\x50\x02\x7a\x06maliva"
        b"\xb0\x01\x04\xb8\x01\x02\xc0\x01\x02"
    )
    assert messages.control(HEAD, messages.ENDED) == b"\x0a\x35" + common + b"\x10\x03"


def test_chat() -> None:
    raw = messages.chat(HEAD, BOB, "hé")
    assert raw.endswith(b"\x12\x0d" + USER + b"\x1a\x03h\xc3\xa9" + b"\x72\x02en" + b"\x92\x01\x00")
    assert blob(raw, 1, 1) == b"WebcastChatMessage"


def test_a_chat_has_the_size_of_real_ones() -> None:
    assert 1_500 <= len(messages.chat(FULL, Viewer.named("bob"), "hello")) <= 2_500


def test_member() -> None:
    raw = messages.member(HEAD, BOB, 3)
    assert (integer(raw, 3), integer(raw, 10)) == (3, 1)
    assert blob(raw, 1, 8, 1) == b"live_room_enter_toast"
    assert blob(raw, 1, 8, 4, 21, 1) == USER


def test_gift() -> None:
    raw = messages.gift(HEAD, BOB, GiftSend(as_gift("Rose"), 4, group_id=77, ended=True))
    numbers = [integer(raw, number) for number in (2, 3, 4, 5, 6, 9, 11, 17)]
    assert numbers == [5655, 1, 1, 4, 4, 1, 77, 1]
    assert (blob(raw, 7), blob(raw, 15, 16)) == (USER, b"Rose")
    assert blob(raw, 1, 7) == b"bob: gifted the host 4 Rose"
    assert blob(raw, 1, 8, 1) == b"webcast_aweme_gift_send_message"
    assert blob(raw, 1, 8, 2) == b"{0:user} sent {1:gift} {2:string}"
    assert len(fields(blob(raw, 1, 8))[4]) == 3
    extra = json.loads(blob(raw, 22))
    assert [extra[key] for key in ("gift_id", "gift_type", "repeat_count", "repeat_end", "to_user_id")] == [
        5655,
        1,
        4,
        1,
        9,
    ]
    assert integer(raw, 23, 8) == 9


def test_gift_without_streak_has_no_combo() -> None:
    raw = messages.gift(HEAD, BOB, GiftSend(as_gift("Lion"), 2, group_id=77, ended=False))
    assert (integer(raw, 5), integer(raw, 6), integer(raw, 9), integer(raw, 15, 11)) == (2, 0, 0, 2)


def test_like() -> None:
    raw = messages.like(HEAD, BOB, 15, 90)
    assert (integer(raw, 2), integer(raw, 3), blob(raw, 5)) == (15, 90, USER)
    assert (blob(raw, 1, 8, 1), blob(raw, 1, 8, 2)) == (b"pm_mt_msg_viewer", b"{0:user} liked the LIVE")


def test_follow_and_share() -> None:
    follow = messages.follow(HEAD, BOB, 100)
    assert (integer(follow, 4), blob(follow, 5), integer(follow, 6)) == (1, b"9", 100)
    assert blob(follow, 1, 8, 1) == b"pm_main_follow_message_viewer_2"
    share = messages.share(HEAD, BOB, 13)
    assert (integer(share, 3), integer(share, 4), blob(share, 5), integer(share, 8)) == (1, 3, b"-1", 13)
    assert blob(share, 1, 8, 1) == b"pm_mt_guidance_share"


def test_room_user() -> None:
    raw = messages.room_user(HEAD, 12, 40, [(BOB, 6)])
    assert raw.endswith(b"\x12\x13\x08\x06\x12\x0d" + USER + b"\x18\x01" + b"\x18\x0c\x38\x28")


def test_question() -> None:
    raw = messages.question(FULL, BOB, "why?")
    assert (integer(raw, 2, 1), blob(raw, 2, 2), integer(raw, 2, 4)) == (300, b"why?", 1_700_000_000)
