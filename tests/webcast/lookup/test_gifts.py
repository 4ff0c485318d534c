from typing import Any

import pytest

from tiktok2mqtt.webcast.lookup.pages import GiftList

ROSE: dict[str, Any] = {
    "id": 5655,
    "name": "Rose",
    "describe": "sent Rose",
    "diamond_count": 1,
    "type": 1,
    "combo": True,
    "duration": 1000,
    "icon": {"url_list": ["https://p16.example/rose.png"], "avg_color": "#FFEBEB", "is_animated": False, "uri": "rose"},
    "image": None,
    "is_broadcast_gift": False,
    "is_displayed_on_panel": True,
    "item_type": 1,
}
EXTENDED = {
    "id": "5655",
    "name": "Rose",
    "describe": "sent Rose",
    "diamond_count": 1,
    "type": 1,
    "duration": 1000,
    "icon": {"url_list": ["https://p16.example/rose.png"], "avg_color": "#FFEBEB", "is_animated": False},
    "image": None,
    "is_broadcast_gift": False,
    "is_displayed_on_panel": True,
    "is_effect_befview": None,
    "item_type": 1,
}
BARE = {"name": None, "diamond_count": None, "gift_type": None}


def completed(gifts: GiftList, gift_id: str | None, gift: dict[str, Any]) -> dict[str, Any]:
    event = {"gift_id": gift_id, "gift": dict(gift)}
    gifts.complete(event)
    return event


def test_a_listed_gift_is_completed() -> None:
    event = completed(GiftList([{"id": 1}, ROSE]), "5655", BARE)
    assert event["extended_gift_info"] == EXTENDED
    assert event["gift"] == {"name": "Rose", "diamond_count": 1, "gift_type": 1}


def test_values_of_the_message_take_precedence_over_the_list() -> None:
    values = {"name": "Rosa", "diamond_count": 0, "gift_type": 2}
    assert completed(GiftList([ROSE]), "5655", values)["gift"] == values


@pytest.mark.parametrize("gift_id", ["1", None])
def test_a_gift_that_is_not_listed_is_not_changed(gift_id: str | None) -> None:
    for gifts in (GiftList(), GiftList([ROSE, {"name": "no id"}, {"id": 0}])):
        event = completed(gifts, gift_id, BARE)
        assert event == {"gift_id": gift_id, "gift": BARE, "extended_gift_info": None}


def test_values_of_unexpected_types_become_null() -> None:
    odd = {"id": "5655", "name": 7, "diamond_count": "1", "type": [1], "icon": "rose.png", "duration": True}
    event = completed(GiftList([odd]), "5655", BARE)
    assert event["gift"] == BARE
    assert event["extended_gift_info"] == dict.fromkeys(EXTENDED) | {"id": "5655"}


def test_unusable_parts_of_a_picture_become_null() -> None:
    picture = {"url_list": ["https://p16.example/rose.png", 7, None], "avg_color": 7, "is_animated": 0}
    event = completed(GiftList([{"id": 1, "image": picture, "icon": {"url_list": "x"}}]), "1", BARE)
    assert event["extended_gift_info"]["image"] == {
        "url_list": ["https://p16.example/rose.png"],
        "avg_color": None,
        "is_animated": None,
    }
    assert event["extended_gift_info"]["icon"] == {"url_list": None, "avg_color": None, "is_animated": None}


def test_what_is_kept_of_a_list_is_bounded() -> None:
    urls = ["x" * 5000, *["https://p16.example/rose.png"] * 100]
    gift = ROSE | {"describe": "x" * 100_000, "icon": {"url_list": urls}}
    gifts = GiftList(gift | {"id": gift_id} for gift_id in range(1, 5000))
    info = completed(gifts, "1", BARE)["extended_gift_info"]
    assert info["describe"] is None
    assert info["icon"]["url_list"] == ["https://p16.example/rose.png"] * 8
    assert completed(gifts, "2000", BARE)["extended_gift_info"] is not None
    assert completed(gifts, "2001", BARE)["extended_gift_info"] is None
