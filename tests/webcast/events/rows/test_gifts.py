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
        (pb.WebcastGiftMessage(gift=pb.GiftStruct(id=7)), {"gift_id": "7", "gift_type": 0, "diamond_count": 0}),
        (pb.WebcastGiftMessage(gift=pb.GiftStruct(name="Rose")), {"name": "Rose", "gift_id": None}),
        (pb.WebcastGiftMessage(gift=pb.GiftStruct()), {"name": None, "image": None}),
        (pb.WebcastGiftMessage(gift_id=5), {"gift_id": "5", "name": None, "gift_type": None, "diamond_count": None}),
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
def test_where_the_values_of_a_gift_come_from(message: Any, expected: dict[str, Any]) -> None:
    event = decoded(message)["gift"]
    assert {key: event["gift"][key] for key in expected} == expected
    assert event["gift_id"] == event["gift"]["gift_id"]


def test_events_do_not_share_their_gift() -> None:
    event = decoded(samples.gift(5, end=1))["gift"]
    event["gift"]["name"] = "x"
    assert decoded(samples.gift(5, end=1))["gift"]["gift"]["name"] == "Rose"


def test_details_of_a_missing_gift_are_null() -> None:
    assert set(gift_details(received(pb.WebcastGiftMessage())).values()) == {None}
    details = gift_details(received(pb.WebcastGiftMessage(gift=samples.ROSE)))
    assert details == {
        "gift_id": "5655",
        "name": "Rose",
        "gift_type": 1,
        "diamond_count": 1,
        "image": "https://p16.example/rose.webp",
    }
