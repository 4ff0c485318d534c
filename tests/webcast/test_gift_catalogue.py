import threading
from typing import Any

import pytest

from tiktok2mqtt.webcast.gift_catalogue import MAX_GIFTS, GiftCatalogue, read_row

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
    "type_name": "streak",
    "duration_ms": 1000,
    "icon": {"url_list": ["https://p16.example/rose.png"], "avg_color": "#FFEBEB", "is_animated": False},
    "image": None,
    "is_broadcast_gift": False,
    "is_displayed_on_panel": True,
    "is_effect_befview": None,
    "item_type": 1,
}
STREAK = {"gift_type": 1, "gift_type_name": "streak"}
BARE = {"name": None, "diamond_count": None, "gift_type": None, "image": None}
# As a sign provider has it.
PROVIDER_ROW = {
    "giftId": 5655,
    "giftName": "Rose",
    "giftType": 1,
    "diamondCount": 1,
    "combo": True,
    "forLinkMic": True,
    "describe": "sent Rose",
    "duration": "1000",
    "imageUri": "https://assets.example.org/gifts/5655",
}
URL = "https://p16-webcast.tiktokcdn.com/img/rose.png"


def catalogue(*rows: Any) -> GiftCatalogue:
    gifts = GiftCatalogue()
    gifts.add_list(rows, replaces=True)
    return gifts


def completed(gifts: GiftCatalogue, gift_id: str | None, gift: dict[str, Any]) -> dict[str, Any]:
    event = {"gift_id": gift_id, "gift": dict(gift)}
    gifts.complete(event, extended=True)
    return event


def said(gift_id: str | None = "5655", **values: Any) -> dict[str, Any]:
    """Return the gift of an event."""
    return {"gift_id": gift_id} | BARE | values


def known(gifts: GiftCatalogue, gift_id: str = "5655") -> dict[str, Any]:
    """Return what is known of a gift, without what is not."""
    return {key: value for key, value in (gifts.get(gift_id) or {}).items() if value is not None}


# --- in events ---


def test_a_listed_gift_is_completed() -> None:
    event = completed(catalogue({"id": 1}, ROSE), "5655", BARE)
    assert event["extended_gift_info"] == EXTENDED
    assert event["gift"] == BARE | {"name": "Rose", "diamond_count": 1, "gift_type": 1, "gift_type_name": "streak"}


def test_values_of_the_message_take_precedence_over_the_list() -> None:
    values = {"name": "Rosa", "diamond_count": 2, "gift_type": 2, "image": URL}
    assert completed(catalogue(ROSE), "5655", values)["gift"] == values


def test_a_missing_picture_is_filled_in() -> None:
    gifts = catalogue(ROSE | {"image": {"url_list": ["https://p16.example/large.png"]}})
    assert completed(gifts, "5655", BARE)["gift"]["image"] == "https://p16.example/large.png"
    assert completed(catalogue(ROSE | {"image": {"url_list": []}}), "5655", BARE)["gift"]["image"] is None


@pytest.mark.parametrize("gift_id", ["1", None])
def test_a_gift_that_is_not_known_is_not_changed(gift_id: str | None) -> None:
    for gifts in (GiftCatalogue(), catalogue(ROSE, {"name": "no id"}, {"id": 0}, {"id": "0"}, "5655", None)):
        event = completed(gifts, gift_id, BARE)
        assert event == {"gift_id": gift_id, "gift": BARE, "extended_gift_info": None}


def test_the_extended_info_is_only_added_if_wanted() -> None:
    event = {"gift_id": "5655", "gift": dict(BARE)}
    catalogue(ROSE).complete(event, extended=False)
    assert event == {"gift_id": "5655", "gift": BARE | {"name": "Rose", "diamond_count": 1} | STREAK}


# --- learned from gifts ---


def test_a_gift_teaches_name_price_type_and_picture() -> None:
    gifts = GiftCatalogue()
    gifts.learn(said(name="Rose", diamond_count=1, gift_type=1, image=URL))
    picture = {"avg_color": None, "is_animated": None, "url_list": [URL]}
    expected = {"id": "5655", "name": "Rose", "diamond_count": 1, "type": 1, "type_name": "streak"}
    expected |= {"image": picture}
    assert {key: value for key, value in known(gifts).items() if value is not None} == expected
    assert (
        completed(gifts, "5655", BARE)["gift"]
        == {
            "name": "Rose",
            "diamond_count": 1,
            "image": URL,
        }
        | STREAK
    )


def test_what_a_later_gift_says_replaces_what_is_known_and_what_it_leaves_out_stays() -> None:
    gifts = catalogue(ROSE)
    version = gifts.version
    gifts.learn(said(name="Rosa", diamond_count=2, image=URL))
    assert known(gifts)["image"]["url_list"] == [URL]
    gifts.learn(said(name="Rosa", image="https://p77.example/other.png"))
    gifts.learn(said())
    assert gifts.version == version + 1
    assert known(gifts) == known(catalogue(ROSE)) | {"name": "Rosa", "diamond_count": 2} | {
        "image": {"avg_color": None, "is_animated": None, "url_list": [URL]}
    }


@pytest.mark.parametrize(
    "gift",
    [said(None, name="Rose"), said("5" * 30, name="Rose"), said(), said(name="x" * 2000), said(diamond_count=2**40)],
    ids=str,
)
def test_nothing_is_learned_from_what_is_no_gift_or_endless(gift: dict[str, Any]) -> None:
    gifts = GiftCatalogue()
    gifts.learn(gift)
    assert (len(gifts), gifts.version) == (0, 0)


def test_a_panel_teaches_prices_that_are_missing() -> None:
    gifts = catalogue(ROSE, {"id": 7, "name": "Lion"})
    prices = [{"gift_id": "5655", "diamond_count": 9}, {"gift_id": "7", "diamond_count": 29_999}]
    gifts.learn_prices([*prices, {"gift_id": None, "diamond_count": 1}, {"gift_id": "8", "diamond_count": 5}])
    assert [known(gifts, gift_id)["diamond_count"] for gift_id in ("5655", "7", "8")] == [1, 29_999, 5]


# --- lists ---


def test_a_list_replaces_what_is_known_or_adds_to_it() -> None:
    for replaces, name in ((True, "Rose"), (False, "Rosa")):
        gifts = GiftCatalogue()
        gifts.learn(said(name="Rosa"))
        assert gifts.add_list([ROSE], replaces=replaces) == 1
        assert known(gifts) == known(catalogue(ROSE)) | {"name": name}


def test_a_row_of_a_sign_provider_is_read_without_its_picture() -> None:
    row = read_row(PROVIDER_ROW)
    assert row is not None
    assert {key: value for key, value in row.items() if value is not None} == {
        "id": "5655",
        "name": "Rose",
        "describe": "sent Rose",
        "diamond_count": 1,
        "type": 1,
    }
    with_picture = read_row(PROVIDER_ROW | {"imageUri": URL})
    assert with_picture is not None
    assert with_picture["image"]["url_list"] == [URL]


@pytest.mark.parametrize("row", [{"id": 7, "combo": True}, {"id": 7, "type": 1}, {"gift_id": "7", "gift_type": 1}])
def test_a_combo_is_sent_in_streaks(row: dict[str, Any]) -> None:
    assert known(catalogue(row), "7") == {"id": "7", "type": 1, "type_name": "streak"}


def test_values_of_unexpected_types_become_null() -> None:
    odd = {"id": "5655", "name": 7, "diamond_count": "1", "type": [1], "icon": "rose.png", "duration": True}
    event = completed(catalogue(odd), "5655", BARE)
    assert event["gift"] == BARE
    assert event["extended_gift_info"] == dict.fromkeys(EXTENDED) | {"id": "5655"}


@pytest.mark.parametrize("price", [0, -1, 2**31, True, 1.0, "1"])
def test_an_unknown_price_is_null(price: Any) -> None:
    assert known(catalogue(ROSE | {"diamond_count": price})).get("diamond_count") is None


def test_unusable_parts_of_a_picture_become_null() -> None:
    picture = {"url_list": ["https://p16.example/rose.png", 7, None], "avg_color": 7, "is_animated": 0}
    event = completed(catalogue({"id": 1, "image": picture, "icon": {"url_list": "x"}}), "1", BARE)
    assert event["extended_gift_info"]["image"] == {
        "url_list": ["https://p16.example/rose.png"],
        "avg_color": None,
        "is_animated": None,
    }
    assert event["extended_gift_info"]["icon"] == {"url_list": None, "avg_color": None, "is_animated": None}


def test_what_is_kept_is_bounded() -> None:
    urls = ["x" * 5000, *["https://p16.example/rose.png"] * 100]
    gift = ROSE | {"describe": "x" * 100_000, "icon": {"url_list": urls}}
    gifts = catalogue(*(gift | {"id": gift_id} for gift_id in range(1, MAX_GIFTS + 11)))
    assert len(gifts) == MAX_GIFTS
    info = completed(gifts, str(MAX_GIFTS), BARE)["extended_gift_info"]
    assert info["describe"] is None
    assert info["icon"]["url_list"] == ["https://p16.example/rose.png"] * 8
    # Those that were learned first are forgotten.
    assert [gifts.get(str(gift_id)) is None for gift_id in (10, 11)] == [True, False]


def test_the_gifts_of_a_panel_are_noted_if_they_are_known() -> None:
    gifts = catalogue(ROSE)
    gifts.set_displayed({"5655": False, "7": True})
    assert known(gifts)["is_displayed_on_panel"] is False
    assert gifts.get("7") is None


def test_what_was_saved_is_restored_behind_what_was_learned_since() -> None:
    gifts = GiftCatalogue()
    gifts.learn(said(name="Rosa"))
    gifts.restore([EXTENDED, {"id": "7", "name": "Lion"}, {"no": "gift"}])
    assert known(gifts) == known(catalogue(ROSE)) | {"name": "Rosa"}
    assert known(gifts, "7") == {"id": "7", "name": "Lion"}


def test_a_gift_is_found_by_its_name() -> None:
    gifts = catalogue({"id": 7}, ROSE)
    found = gifts.find("rOSE")
    assert found is not None
    assert found["id"] == "5655"
    assert gifts.find("Lion") is None


# --- when lists are asked for ---


def test_a_list_is_claimed_by_one_room() -> None:
    gifts = GiftCatalogue()
    assert gifts.begin_listing("x", 1000.0, 3600.0)
    assert not gifts.begin_listing("x", 2000.0, 3600.0)
    assert gifts.begin_listing("y", 2000.0, 3600.0)
    assert gifts.begin_listing("x", 4600.0, 3600.0)
    gifts.end_listing("x", 90_000.0)
    assert not gifts.begin_listing("x", 89_999.0, 3600.0)
    assert gifts.begin_listing("x", 90_000.0, 3600.0)


def test_a_system_clock_that_was_set_back_does_not_postpone_a_list() -> None:
    gifts = GiftCatalogue()
    gifts.end_listing("x", 1e9)
    assert gifts.begin_listing("x", 1000.0, 3600.0)


def test_several_threads_may_learn_at_once() -> None:
    gifts = GiftCatalogue()

    def learn(first: int) -> None:
        for number in range(first, first + 500):
            gifts.learn(said(str(number), name=f"gift {number}"))
            gifts.entries()

    threads = [threading.Thread(target=learn, args=(1 + 500 * number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30.0)
    assert len(gifts) == gifts.version == 2000
