import pytest

from tests.webcast.events.decode import decoded
from tiktok2mqtt.webcast.schema import notices_pb2 as pb


@pytest.mark.parametrize(
    ("business_type", "kind"), [(0, None), (1, "viewer"), (4, "portal"), (19, "super_fan"), (8, None)]
)
def test_the_kind_of_a_box(business_type: int, kind: str | None) -> None:
    info = pb.EnvelopeInfo(envelope_id="7", business_type=business_type)
    event = decoded(pb.WebcastEnvelopeMessage(envelope_info=info))["envelope"]
    assert (event["business_type"], event["kind"]) == (business_type or None, kind)


@pytest.mark.parametrize(
    ("created", "created_at"),
    [
        ("1700000000123", "2023-11-14T22:13:20.123Z"),
        ("1700000000", "2023-11-14T22:13:20.000Z"),
        ("", None),
        ("soon", None),
        ("٣", None),
        ("1" * 30, None),
    ],
)
def test_the_time_of_a_box_is_a_text(created: str, created_at: str | None) -> None:
    info = pb.EnvelopeInfo(envelope_id="7", create_at=created)
    assert decoded(pb.WebcastEnvelopeMessage(envelope_info=info))["envelope"]["created_at"] == created_at


def test_what_a_box_does_not_say_is_null() -> None:
    event = decoded(pb.WebcastEnvelopeMessage(display=2))["envelope"]
    assert (event["display"], event["display_name"]) == (2, "hidden")
    for key in ("envelope_id", "sender", "diamond_count", "people_count", "opens_at", "created_at", "super_fan_count"):
        assert event[key] is None
    assert event["gifts"] == event["rewards"] == []


def test_what_is_in_a_box() -> None:
    info = pb.EnvelopeInfo(
        gift_infos=[pb.EnvelopeGift(gift_id=5655, gift_price=1)] * 25,
        reward_pool=pb.EnvelopeRewardPool(rewards=[pb.EnvelopeReward(type=2, count=3)]),
    )
    event = decoded(pb.WebcastEnvelopeMessage(envelope_info=info))["envelope"]
    assert event["gifts"] == [{"gift_id": "5655", "name": None, "diamond_count": 1, "image": None}] * 20
    assert event["rewards"] == [{"type": 2, "count": 3, "gift_id": None, "diamond_count": None}]
