from typing import Any

import pytest

from tests.webcast.events.decode import decoded, payload_decoded
from tests.webcast.events.samples import common, text
from tiktok2mqtt.webcast.events.limits import TooLargeError, response_allowance
from tiktok2mqtt.webcast.schema import notices_pb2 as pb
from tiktok2mqtt.webcast.schema import shop_pb2


def campaigns(*texts: bytes) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = decoded(pb.WebcastInRoomBannerMessage(raw_data_entries=texts))["in_room_banner"][
        "campaigns"
    ]
    return found


EMPTY = {"start_time": None, "end_time": None, "rank": None}


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (b'{"spring": {}}', [{"name": "spring"} | EMPTY]),
        (
            b'{"a": {"activity_time": {"end_time": 1700000000}}}',
            [{"name": "a"} | EMPTY | {"end_time": "2023-11-14T22:13:20.000Z"}],
        ),
        (b'{"a": {"activity_time": [], "banner_data": 5}}', [{"name": "a"} | EMPTY]),
        (b'{"a": {"activity_time": {"start_time": "1700000000"}}}', [{"name": "a"} | EMPTY]),
        (b'{"a": {"banner_data": {"rank_lists": [{"rank": 3}, {"rank": 1}]}}}', [{"name": "a"} | EMPTY | {"rank": 3}]),
        (b'{"a": {"banner_data": {"rank_lists": [5]}}}', [{"name": "a"} | EMPTY]),
        (b'{"a": {"banner_data": {"rank_lists": [{"rank": true}]}}}', [{"name": "a"} | EMPTY]),
        (b'{"a": {"banner_data": {"rank_lists": [{"rank": 99999999999999999999}]}}}', [{"name": "a"} | EMPTY]),
        (b'{" ": {}}', [{"name": None} | EMPTY]),
        (b'{"debug": false, "user": "5"}', []),
        (b"[1]", []),
        (b"{", []),
        (b"\xff", []),
        (b"[" * 5_000, []),
        (b"", []),
    ],
)
def test_campaigns_in_a_banner(entry: bytes, expected: list[dict[str, Any]]) -> None:
    assert campaigns(entry) == expected


def test_campaigns_are_bounded() -> None:
    assert len(campaigns(b"{" + b",".join(b'"%d": {}' % number for number in range(50)) + b"}")) == 10
    (long,) = campaigns(b'{"' + b"x" * 5_000 + b'": {}}')
    assert long["name"] == "x" * 200
    payload = pb.WebcastInRoomBannerMessage(raw_data_entries=[b" " * 100_000]).SerializeToString()
    with response_allowance, pytest.raises(TooLargeError):
        _ = [payload_decoded("WebcastInRoomBannerMessage", payload) for _ in range(100)]


@pytest.mark.parametrize(
    ("message", "count"),
    [
        (shop_pb2.WebcastOecLiveShoppingMessage(live_product_number=3), 3),
        (shop_pb2.WebcastOecLiveShoppingMessage(), 0),
        (shop_pb2.WebcastOecLiveShoppingMessage(product=shop_pb2.OecProduct(title="Mug")), None),
        (shop_pb2.WebcastOecLiveShoppingMessage(product=shop_pb2.OecProduct(), live_product_number=3), 3),
    ],
)
def test_the_number_of_products(message: Any, count: int | None) -> None:
    assert decoded(message)["shop"]["product_count"] == count


def test_the_end_of_a_restriction_is_the_newer_field() -> None:
    recall = pb.WebcastAccessRecallMessage(common=common(), end_time=1_700_000_000, end_time_v2=1_700_000_060)
    assert decoded(recall)["access_recall"]["end_time"] == "2023-11-14T22:14:20.000Z"
    recall = pb.WebcastAccessRecallMessage(common=common(), end_time=1_700_000_000)
    assert decoded(recall)["access_recall"]["end_time"] == "2023-11-14T22:13:20.000Z"


def test_texts_of_notifications_inside_messages() -> None:
    def notified(words: str) -> pb.WebcastRoomNotifyMessage:
        return pb.WebcastRoomNotifyMessage(common=common("k", words))

    marquee = pb.WebcastMarqueeAnnouncementMessage(
        entity_list=[pb.MarqueeEntity(notify=notified("first")), pb.MarqueeEntity(notify=notified("second"))]
    )
    event = decoded(marquee)["marquee_announcement"]
    assert event["text"] == "first"
    assert [entry["text"] for entry in event["announcements"]] == ["first", "second"]
    shown = pb.WebcastMarqueeAnnouncementMessage(common=common("k", "shown"))
    assert decoded(shown)["marquee_announcement"]["text"] == "shown"
    reward = pb.WebcastHourlyRankRewardMessage(winners=[pb.RankWinner(notify=notified("won"))])
    assert decoded(reward)["hourly_rank_reward"]["text"] == "won"


@pytest.mark.parametrize(("rank", "name"), [(1, "weekly"), (8, "daily"), (101, "campaign_league"), (99, None)])
def test_rankings_have_names(rank: int, name: str | None) -> None:
    update = pb.WebcastRankUpdate(
        rank_type=rank, title=text("t", "Daily Ranking"), class_info=pb.RankClass(class_type=1100)
    )
    (event,) = decoded(pb.WebcastRankUpdateMessage(updates_list=[update]))["rank_update"]["updates_list"]
    assert (event["rank_type"], event["rank_type_name"], event["title"]) == (rank, name, "Daily Ranking")
    assert event["class_info"]["class_type_name"] == "B5"
    assert event["owner_rank"] is None
    # Not sent.
    assert (event["related_tab_rank_type"], event["related_tab_rank_type_name"]) == (None, None)


def test_a_goody_bag_is_drawn_when_it_has_winners() -> None:
    assert decoded(pb.WebcastGoodyBagMessage(type=1))["goody_bag"]["type_name"] == "open"
    drawn = pb.WebcastGoodyBagMessage(type=3, winners=[pb.GoodyBagWinner(coins=4)])
    assert decoded(drawn)["goody_bag"]["type_name"] == "drawn"
