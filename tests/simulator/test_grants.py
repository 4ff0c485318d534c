import pytest

from tiktok2mqtt.simulator.grants import Grant, Grants


def query_of(grant: Grant) -> dict[str, str]:
    """What a right client brings to the socket."""
    where = {"room_id": str(grant.room_id), "cursor": grant.cursor, "internal_ext": grant.internal_ext}
    return where | dict(grant.route)


def test_a_grant_is_found_by_what_the_client_repeats() -> None:
    grants = Grants()
    one, two = (grants.new(7, 3, "cookie", 1_700_000_000_000) for _ in range(2))
    assert grants.find(query_of(one)) is one
    assert grants.find(query_of(two)) is two
    assert one.cursor
    assert one.internal_ext
    assert grants.find({}) is None
    assert grants.find({"imprp": "made-up"}) is None


def test_only_the_last_thousand_are_kept() -> None:
    grants = Grants()
    made = [grants.new(7, 0, "cookie", 0) for _ in range(1_001)]
    assert grants.find(query_of(made[0])) is None
    assert grants.find(query_of(made[1])) is made[1]


def test_a_right_client_has_no_departures() -> None:
    grant = Grants().new(7, 0, "cookie", 0)
    query = query_of(grant)
    assert list(grant.deviations(query, "cookie")) == []
    # One client of today brings neither.
    del query["cursor"]
    query["internal_ext"] = ""
    assert list(grant.deviations(query, "cookie")) == []


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"wrss": "x"}, "socket query does not repeat the route parameter wrss"),
        ({"cursor": "x"}, "socket query has another cursor than the sign provider's"),
        ({"internal_ext": "x"}, "socket query has another internal_ext than the sign provider's"),
        ({"room_id": "8"}, "socket was signed for room id 7, not 8"),
    ],
)
def test_departures(wrong: dict[str, str], sentence: str) -> None:
    grant = Grants().new(7, 0, "cookie", 0)
    assert list(grant.deviations(query_of(grant) | wrong, "cookie")) == [sentence]


@pytest.mark.parametrize("ttwid", [None, "another"])
def test_the_cookie_has_to_be_the_one_handed_out(ttwid: str | None) -> None:
    grant = Grants().new(7, 0, "cookie", 0)
    assert list(grant.deviations(query_of(grant), ttwid)) == [
        "socket does not carry the cookie that the sign provider handed out"
    ]
