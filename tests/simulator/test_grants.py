import pytest

from tiktok2mqtt.simulator.grants import Grant, Grants


def query_of(grant: Grant) -> dict[str, str]:
    """Return the socket query of a correct client."""
    query = {"room_id": str(grant.room_id), "cursor": grant.cursor, "internal_ext": grant.internal_ext}
    return query | dict(grant.route)


def test_a_grant_is_found_by_the_socket_query() -> None:
    grants = Grants()
    one, two = (grants.new(7, 3, "cookie", 1_700_000_000_000) for _ in range(2))
    assert grants.find(query_of(one)) is one
    assert grants.find(query_of(two)) is two
    assert one.cursor
    assert one.internal_ext
    assert grants.find({}) is None
    assert grants.find({"imprp": "made-up"}) is None


def test_only_the_last_thousand_grants_are_kept() -> None:
    grants = Grants()
    made = [grants.new(7, 0, "cookie", 0) for _ in range(1_001)]
    assert grants.find(query_of(made[0])) is None
    assert grants.find(query_of(made[1])) is made[1]


def test_a_correct_client_has_no_deviations() -> None:
    grant = Grants().new(7, 0, "cookie", 0)
    query = query_of(grant)
    assert list(grant.deviations(query, "cookie")) == []
    # One current client sends neither.
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
def test_deviations_are_found(wrong: dict[str, str], sentence: str) -> None:
    grant = Grants().new(7, 0, "cookie", 0)
    assert list(grant.deviations(query_of(grant) | wrong, "cookie")) == [sentence]


@pytest.mark.parametrize("ttwid", [None, "another"])
def test_the_cookie_must_be_the_one_from_the_provider(ttwid: str | None) -> None:
    grant = Grants().new(7, 0, "cookie", 0)
    assert list(grant.deviations(query_of(grant), ttwid)) == [
        "socket does not carry the cookie that the sign provider handed out"
    ]
