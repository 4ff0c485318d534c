from typing import Any

import pytest

from tests.webcast.events import samples
from tests.webcast.events.decode import decoded, received
from tiktok2mqtt.webcast.events.rows.gifts import gift_details
from tiktok2mqtt.webcast.schema import messages_pb2 as pb
from tiktok2mqtt.webcast.schema import types_pb2 as types


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (pb.WebcastGiftMessage(gift=pb.GiftStruct(id=7)), {"gift_id": "7", "gift_type": None, "diamond_count": None}),
        (pb.WebcastGiftMessage(gift=pb.GiftStruct(name="Rose")), {"name": "Rose", "gift_id": None}),
        (pb.WebcastGiftMessage(gift=pb.GiftStruct()), {"name": None, "image": None}),
        (pb.WebcastGiftMessage(gift_id=5), {"gift_id": "5", "name": None, "gift_type": None, "diamond_count": None}),
        (pb.WebcastGiftMessage(gift_id=5, gift=pb.GiftStruct(id=7)), {"gift_id": "5"}),
        (pb.WebcastGiftMessage(gift=pb.GiftStruct(combo=True)), {"gift_type": 1}),
        (pb.WebcastGiftMessage(gift=pb.GiftStruct(combo=True, type=2, diamond_count=-1)), {"gift_type": 2}),
        (pb.WebcastGiftMessage(gift=pb.GiftStruct(diamond_count=-1)), {"diamond_count": None}),
        (pb.WebcastGiftMessage(monitor_extra='{"gift_type": 2}'), {"gift_type": 2}),
        (pb.WebcastGiftMessage(monitor_extra='{"gift_type": 2}', gift=pb.GiftStruct(type=1)), {"gift_type": 1}),
        (pb.WebcastGiftMessage(monitor_extra='{"gift_type": "2"}'), {"gift_type": 2}),
        (pb.WebcastGiftMessage(monitor_extra='{"gift_type": "x"}'), {"gift_type": None}),
        (pb.WebcastGiftMessage(monitor_extra='{"gift_type": 99999999999999999999}'), {"gift_type": None}),
        (pb.WebcastGiftMessage(monitor_extra='{"gift_type": true}'), {"gift_type": None}),
        (pb.WebcastGiftMessage(monitor_extra="[1"), {"gift_type": None}),
        (pb.WebcastGiftMessage(monitor_extra='{"gift_type": 2' + " " * 5000 + "}"), {"gift_type": None}),
        (pb.WebcastGiftMessage(monitor_extra='{"to_user_id": 9}'), {"to_user_id": "9"}),
        (
            pb.WebcastGiftMessage(monitor_extra='{"to_user_id": "6812345678901234567"}'),
            {"to_user_id": "6812345678901234567"},
        ),
        (
            pb.WebcastGiftMessage(monitor_extra='{"gift_id": 5655, "repeat_count": 3, "repeat_end": 1}'),
            {"gift_id": "5655", "repeat_count": 3, "repeat_end": 1, "repeat_end_name": "ended"},
        ),
        (
            pb.WebcastGiftMessage(gift_id=7, repeat_count=2, monitor_extra='{"gift_id": 8, "repeat_end": 1}'),
            {"gift_id": "7", "repeat_count": 2, "repeat_end": 0},
        ),
        (pb.WebcastGiftMessage(to_member_id="7", to_member_id_int=8), {"to_user_id": "7"}),
        (pb.WebcastGiftMessage(to_member_id="0", to_member_id_int=8), {"to_user_id": "8"}),
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
def test_where_the_values_of_a_gift_come_from(message: Any, expected: dict[str, Any]) -> None:
    event = decoded(message)["gift"]
    assert {key: event["gift"][key] for key in expected} == expected
    assert event["gift_id"] == event["gift"]["gift_id"]


def test_events_do_not_share_their_gift() -> None:
    event = decoded(samples.gift(5, end=1))["gift"]
    event["gift"]["name"] = "x"
    assert decoded(samples.gift(5, end=1))["gift"]["gift"]["name"] == "Rose"


def test_details_of_a_missing_gift_are_null() -> None:
    missing = gift_details(received(pb.WebcastGiftMessage()))
    assert not any(missing.values())
    details = gift_details(received(pb.WebcastGiftMessage(gift=samples.ROSE)))
    assert details == dict(missing) | {
        "gift_id": "5655",
        "name": "Rose",
        "gift_type": 1,
        "gift_type_name": "streak",
        "diamond_count": 1,
        "image": "https://p16.example/rose.webp",
        "is_gallery_gift": False,
    }


GUEST = types.User(id=8, unique_id="dora", nickname="Dora")


@pytest.mark.parametrize(
    ("message", "recipient", "to_host"),
    [
        (pb.WebcastGiftMessage(), None, None),
        (pb.WebcastGiftMessage(to_user=GUEST), ("8", "dora", "Dora"), None),
        (
            pb.WebcastGiftMessage(to_user=GUEST, gift_extra=pb.GiftMonitorInfo(anchor_id=9)),
            ("8", "dora", "Dora"),
            False,
        ),
        (pb.WebcastGiftMessage(gift_extra=pb.GiftMonitorInfo(anchor_id=9, to_user_id=9)), ("9", None, None), True),
        (pb.WebcastGiftMessage(monitor_extra='{"anchor_id": 9, "to_user_id": 8}'), ("8", None, None), False),
        (pb.WebcastGiftMessage(monitor_extra='{"anchor_id": "9", "to_user_id": "9"}'), ("9", None, None), True),
        (pb.WebcastGiftMessage(to_member_id="8", to_member_nickname="Dora"), ("8", None, "Dora"), None),
        (pb.WebcastGiftMessage(to_user=types.User(nickname="D***a")), (None, None, "D***a"), None),
    ],
)
def test_the_recipient_and_whether_it_is_the_host(message: Any, recipient: Any, to_host: bool | None) -> None:
    event = decoded(message)["gift"]
    expected = None if recipient is None else dict(zip(("user_id", "unique_id", "nickname"), recipient, strict=True))
    assert (event["recipient"], event["to_host"]) == (expected, to_host)


def test_events_share_no_part_of_their_gift() -> None:
    for event in (decoded(samples.gift(5, end=1))["gift"]["gift"] for _ in range(2)):
        assert (event["skins"], event["batch_counts"]) == ([{"skin_id": "71", "name": "White rose"}], [1, 10, 99])
        event["skins"][0]["name"] = "x"
        event["batch_counts"].clear()
        event["music"]["title"] = "x"
    assert decoded(samples.gift(5, end=1))["gift"]["gift"]["music"]["title"] == "Roses"


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("{0:user} sent {1:gift} {2:string}", "Bob 🌹 sent Rose x3"),
        ("{0:user} sent {1:gift} x {2:string}", "Bob 🌹 sent Rose x 3"),
        ("{0:user} sent {1:gift} \u00d7{2:string} to {3:team}", "Bob 🌹 sent Rose \u00d73 to …"),
    ],
)
def test_a_text_without_pieces_is_filled_with_what_the_event_has(pattern: str, text: str) -> None:
    message = samples.gift(3, end=0)
    message.common.display_text.CopyFrom(types.Text(key="k", default_pattern=pattern))
    assert decoded(message)["gift"]["text"] == text
