import pytest

from tests.simulator.client import blob, integer
from tiktok2mqtt.simulator.gifts import CATALOGUE, Gift, as_gift, encode_gift, gift_json


def test_a_gift_is_found_by_name_or_id() -> None:
    rose = as_gift("rose")
    assert rose == as_gift(5655) == as_gift(rose) == Gift(5655, "Rose", 1)
    assert rose.streakable
    assert not as_gift("Lion").streakable


def test_the_error_for_an_unknown_gift_lists_the_catalogue() -> None:
    with pytest.raises(ValueError, match=r"no gift 'Tulip' in the catalogue .*Rose"):
        as_gift("Tulip")


def test_encoded_gift() -> None:
    raw = encode_gift(as_gift("Galaxy"))
    assert (integer(raw, 5), integer(raw, 10), integer(raw, 11), integer(raw, 12)) == (11046, 0, 2, 1000)
    assert blob(raw, 16) == b"Galaxy"
    assert blob(raw, 1, 1).startswith(b"https://")


def test_the_json_of_a_gift_has_the_same_values() -> None:
    for gift in CATALOGUE:
        row = gift_json(gift)
        assert (row["id"], row["type"], row["diamond_count"]) == (gift.gift_id, gift.gift_type, gift.diamonds)
        assert row["combo"] is gift.streakable


def test_names_and_ids_are_unique() -> None:
    assert len({gift.gift_id for gift in CATALOGUE}) == len({gift.name.lower() for gift in CATALOGUE}) == len(CATALOGUE)
