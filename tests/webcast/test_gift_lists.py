"""What a client learns from the lists of gifts of a sign provider."""

from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest

from tests.helpers import until
from tests.webcast.conftest import ClientOf
from tests.webcast.rig import connected, threads_of
from tests.webcast.site import Site
from tiktok2mqtt.common.errors import ProviderDown, ProviderLimited, SchemaError
from tiktok2mqtt.simulator import Room, Simulator
from tiktok2mqtt.webcast.gift_catalogue import GiftCatalogue
from tiktok2mqtt.webcast.gift_lists import RETRY_S, GiftLists
from tiktok2mqtt.webcast.lookup.provider import SignProvider
from tiktok2mqtt.webcast.net.http import HttpClient
from tiktok2mqtt.webcast.net.options import Options

KEY = "euler_hunter2"
CATALOGUE = "/webcast/gifts/catalog"
# A gift message of three roses that says nothing of the gift but its id.
BARE_ROSES = b"\x10\x97\x2c\x28\x03\x48\x01"


def row(gift_id: int, name: str) -> dict[str, Any]:
    return {"giftId": gift_id, "giftName": name, "giftType": 1, "diamondCount": 5}


def json(status: int = 200, **answer: Any) -> tuple[int, dict[str, str], bytes]:
    return status, {}, orjson.dumps({"code": status} | answer)


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


ListsOf = Callable[[GiftCatalogue], GiftLists]


@pytest.fixture
def lists_of(site: Site) -> Iterator[ListsOf]:
    """Make the lists of a room: `lists_of(catalogue)`."""
    options = Options(sign_url=site.url, sign_key=KEY, language="de")
    http = HttpClient(options)
    yield lambda gifts: GiftLists("alice", SignProvider(http, options), gifts, lambda: False)
    http.close()


def fetched(lists: GiftLists, room_id: str = "7") -> None:
    lists.start(room_id)
    lists.join(5.0)
    assert threads_of("alice") == []


def paths(site: Site) -> list[str]:
    return [path for path, _ in site.journal]


def test_the_catalogue_is_read_page_by_page(site: Site, lists_of: ListsOf) -> None:
    pages = iter([json(gifts=[row(7, "Lion")], totalPages=2), json(gifts=[row(8, "Rose")], totalPages=2)])

    def page(request: Any) -> None:
        site.answers[CATALOGUE] = next(pages)
        site.answer(request)
        site.answers[CATALOGUE] = page

    site.answers = {CATALOGUE: page}
    gifts = GiftCatalogue()
    fetched(lists_of(gifts))
    assert [entry["name"] for entry in gifts.entries()] == ["Lion", "Rose"]
    assert paths(site)[:2] == [f"{CATALOGUE}?pageSize=100&pageNumber={number}" for number in (1, 2)]
    assert all(headers["x-api-key"] == KEY for _, headers in site.journal)


def test_the_gifts_of_a_room_are_asked_for_in_the_language_of_the_settings(site: Site, lists_of: ListsOf) -> None:
    path = "/webcast/rooms/7/gifts"
    response = {
        "room_id": "7",
        "page_gifts": [8],
        "gift_overrides": {"7": {"is_displayed_on_panel": False, "is_gallery_gift": True}},
    }
    site.answers = {CATALOGUE: json(gifts=[row(7, "Lion"), row(8, "Rose")]), path: json(response=response)}
    gifts = GiftCatalogue()
    lists = lists_of(gifts)
    fetched(lists)
    assert paths(site)[-1] == f"{path}?webcast_language=de"
    displayed = {entry["name"]: entry["is_displayed_on_panel"] for entry in gifts.entries()}
    assert displayed == {"Lion": False, "Rose": True}
    # Once for each LIVE, and the catalogue once a day.
    fetched(lists)
    assert len(site.journal) == 2
    fetched(lists, "8")
    assert len(site.journal) == 3


@pytest.mark.parametrize("where", ["response", "data", None])
def test_a_list_of_a_room_may_describe_its_gifts(site: Site, lists_of: ListsOf, where: str | None) -> None:
    described: dict[str, Any] = {"gifts": [{"id": 7, "name": "Lion", "diamond_count": 29_999}]}
    site.answers = {"/webcast/rooms/7/gifts": json(**({where: described} if where else described))}
    gifts = GiftCatalogue()
    fetched(lists_of(gifts))
    assert [(entry["name"], entry["diamond_count"]) for entry in gifts.entries()] == [("Lion", 29_999)]


def test_what_a_live_has_said_is_not_replaced(site: Site, lists_of: ListsOf) -> None:
    site.answers = {CATALOGUE: json(gifts=[row(7, "Lion")])}
    gifts = GiftCatalogue()
    gifts.learn({"gift_id": "7", "name": "Löwe", "diamond_count": None, "gift_type": 2, "image": None})
    fetched(lists_of(gifts))
    assert [(entry["name"], entry["diamond_count"], entry["type"]) for entry in gifts.entries()] == [("Löwe", 5, 2)]


@pytest.mark.parametrize(
    "answer",
    [json(429, message="too many"), json(401), json(402), json(500), (200, {}, b"no JSON"), json(gifts={})],
    ids=lambda answer: str(answer[0]),
)
def test_after_a_failure_no_room_asks_again_for_an_hour(
    site: Site, lists_of: ListsOf, answer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.answers = {CATALOGUE: answer, "/webcast/rooms/7/gifts": answer, "/webcast/rooms/8/gifts": answer}
    gifts = GiftCatalogue()
    clock = [1e9]
    monkeypatch.setattr("time.time", lambda: clock[0])
    fetched(lists_of(gifts))
    assert len(site.journal) == 2
    fetched(lists_of(gifts), "8")
    assert len(site.journal) == 2
    clock[0] += RETRY_S
    fetched(lists_of(gifts), "8")
    assert len(site.journal) == 4


def test_the_errors_of_the_lists(site: Site) -> None:
    options = Options(sign_url=site.url, sign_key=KEY)
    http = HttpClient(options)
    provider = SignProvider(http, options)
    with pytest.raises(ProviderDown, match="404"):
        provider.gifts(1)
    site.answers = {CATALOGUE: json(429), "/webcast/rooms/7/gifts": json(response={})}
    with pytest.raises(ProviderLimited):
        provider.gifts(1)
    with pytest.raises(SchemaError, match="lists no gifts"):
        provider.room_gifts("7")
    http.close()


# --- a client and the simulator ---


def test_a_client_with_a_key_knows_gifts_that_no_message_has_described(
    sim: Simulator, client_of: ClientOf, room: Room
) -> None:
    client = client_of(sign_url=sim.sign_url, sign_key=KEY)
    log = connected(client, room)
    until(lambda: client.gift_catalogue.find("Rose") is not None)
    room.send("WebcastGiftMessage", BARE_ROSES)
    gift = log.wait("gift")
    assert (gift["gift"]["name"], gift["diamonds"], gift["gift"]["image"]) == ("Rose", 3, None)
    client.disconnect()
    assert threads_of(client.room) == []


def test_a_client_without_a_key_asks_no_provider(sim: Simulator, client_of: ClientOf, room: Room) -> None:
    log = connected(client_of(sign_url=sim.sign_url), room)
    room.gift("bob", "Rose")
    log.wait("gift")
    assert [request.path for request in sim.requests if "/gifts" in request.path] == []


def test_connections_may_share_a_catalogue(client_of: ClientOf, room: Room) -> None:
    gifts = GiftCatalogue()
    log = connected(client_of(gift_catalogue=gifts), room)
    room.gift("bob", "Galaxy")
    log.wait("gift")
    found = gifts.find("galaxy")
    assert found is not None
    assert (found["diamond_count"], found["type"]) == (1000, 2)
