import random
from math import inf
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.webcast.events import samples
from tiktok2mqtt.bridge.gifts import (
    DOCUMENT,
    FILE,
    INTERVAL_S,
    MAX_BYTES,
    MAX_FILE_BYTES,
    MAX_GIFTS,
    PACKET_BYTES,
    GiftsDocument,
    gifts_document,
)
from tiktok2mqtt.bridge.mqtt.payloads import encode
from tiktok2mqtt.bridge.mqtt.policies import effective_policies
from tiktok2mqtt.bridge.room import RETAINED_SUBTOPICS
from tiktok2mqtt.webcast.gift_catalogue import GiftCatalogue
from tiktok2mqtt.webcast.testing import REGISTRY, Drops, FetchMessage, FetchResponse, LiveSession

Json = dict[str, Any]
URL = "https://p16-webcast.tiktokcdn.com/img/maliva/webcast-va/eba3a9bb85c33e017f3648eaf88d7189~tplv-obj.png"


def said(gift_id: int, name: str | None = "Rose", price: int | None = 1) -> Json:
    """Return the gift of an event."""
    return {"gift_id": str(gift_id), "name": name, "diamond_count": price, "gift_type": 1, "image": URL}


class Documents:
    """Makes documents in a folder and stores what they publish."""

    def __init__(self, folder: Path | None) -> None:
        self.published: list[Json] = []
        self._folder = folder

    def open(self, language: str = "en") -> GiftsDocument:
        return GiftsDocument(self._folder, language, lambda payload: self.published.append(orjson.loads(payload)))


@pytest.fixture
def documents(tmp_path: Path) -> Documents:
    return Documents(tmp_path)


def test_the_document_lists_the_gifts_by_price(documents: Documents) -> None:
    gifts = documents.open()
    for gift in (said(7, "Lion", 29_999), said(5655), said(8, "Unknown", None), said(9, "Finger Heart", 5)):
        gifts.catalogue.learn(gift)
    gifts.update(0.0, inf)
    (document,) = documents.published
    assert document.keys() == {"gifts", "total", "truncated", "language", "updated_at"}
    assert (document["total"], document["truncated"], document["language"]) == (4, False, "en")
    assert [gift["name"] for gift in document["gifts"]] == ["Rose", "Finger Heart", "Lion", "Unknown"]
    assert document["gifts"][0] == {
        "gift_id": "5655",
        "name": "Rose",
        "diamond_count": 1,
        "gift_type": 1,
        "image": URL,
    }


def test_a_changed_document_is_published_at_most_once_a_minute(documents: Documents) -> None:
    gifts = documents.open()
    gifts.update(0.0, inf)
    assert documents.published == []
    gifts.catalogue.learn(said(7))
    gifts.update(1.0, inf)
    gifts.catalogue.learn(said(8))
    gifts.update(INTERVAL_S, inf)
    assert [len(document["gifts"]) for document in documents.published] == [1]
    gifts.update(1.0 + INTERVAL_S, inf)
    gifts.update(1.0 + 5 * INTERVAL_S, inf)
    assert [len(document["gifts"]) for document in documents.published] == [1, 2]
    # The broker may have lost it.
    gifts.publish()
    assert [len(document["gifts"]) for document in documents.published] == [1, 2, 2]


def test_the_document_is_bounded_and_lists_the_gifts_of_lives_first() -> None:
    catalogue = GiftCatalogue()
    for number in range(1, 100):
        catalogue.learn(said(number, name="x" * 100))
    catalogue.add_list(({"id": number, "name": f"gift {number}"} for number in range(1000, 4000)), replaces=False)
    document = gifts_document(catalogue, "en")
    assert len(document["gifts"]) == MAX_GIFTS
    assert (document["total"], document["truncated"]) == (3099, True)
    assert {str(number) for number in range(1, 100)} <= {gift["gift_id"] for gift in document["gifts"]}
    dice = random.Random(5)
    for number in range(1, 3000):
        catalogue.learn(said(number, name="🌹" * dice.randint(1, 300)))
    document = gifts_document(catalogue, "en")
    assert MAX_BYTES * 0.9 < len(encode(document)) <= MAX_BYTES
    assert document["truncated"]


def test_the_document_heeds_what_the_broker_accepts(documents: Documents) -> None:
    gifts = documents.open()
    for number in range(1, 101):
        gifts.catalogue.learn(said(number))
    gifts.update(0.0, inf)
    gifts.update(1.0, 10_000)
    gifts.update(2.0, 10_000)
    gifts.update(3.0, inf)
    assert [document["truncated"] for document in documents.published] == [False, True, False]
    assert 8_000 < len(encode(documents.published[1])) < 10_000 - PACKET_BYTES


def test_what_is_known_survives_a_restart(documents: Documents, tmp_path: Path) -> None:
    before = documents.open()
    before.catalogue.learn(said(7))
    before.catalogue.add_list([{"id": 8, "name": "Lion"}], replaces=False)
    assert before.catalogue.begin_listing("x", 1000.0, 500.0)
    before.save()
    after = documents.open()
    assert after.catalogue.entries() == before.catalogue.entries()
    assert after.catalogue.seen() == ["7"]
    assert not after.catalogue.begin_listing("x", 1499.0, 500.0)
    # Published again, but not written again.
    (tmp_path / FILE).unlink()
    after.update(0.0, inf)
    assert len(documents.published) == 1
    assert not (tmp_path / FILE).exists()


def test_the_file_says_nothing_about_viewers(documents: Documents, tmp_path: Path) -> None:
    gifts = documents.open()
    session = LiveSession(REGISTRY, "alice", "7", wall=lambda: 1.8e9, drops=Drops(), gifts=gifts.catalogue)
    message = samples.gift(5, end=1)
    fetched = FetchMessage(method=message.DESCRIPTOR.name, payload=message.SerializeToString())
    (event,) = session.process(FetchResponse(messages=[fetched]), "direct", now=0.0)
    gifts.save()
    text = (tmp_path / FILE).read_text()
    assert event["gift"]["name"] in text
    people = [event[key] for key in ("user_id", "unique_id", "nickname", "profile_picture_url")]
    assert [one for one in (*people, *event["recipient"].values()) if one in text] == []


def test_names_in_another_language_are_not_restored(documents: Documents) -> None:
    before = documents.open()
    before.catalogue.learn(said(7))
    before.save()
    (entry,) = documents.open("de").catalogue.entries()
    assert (entry["name"], entry["diamond_count"]) == (None, 1)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{",
        b'{"version":2}',
        b'{"version":1,"language":"en","gifts":{},"seen":[],"lists_due":{}}',
        b'{"version":1,"language":5,"gifts":[],"seen":[],"lists_due":{}}',
        b" " * (MAX_FILE_BYTES + 1),
    ],
    ids=lambda content: content[:20].decode(),
)
def test_a_file_that_cannot_be_used_is_replaced(documents: Documents, tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    gifts = documents.open()
    assert len(gifts.catalogue) == 0
    gifts.catalogue.learn(said(7))
    gifts.save()
    assert orjson.loads((tmp_path / FILE).read_bytes())["gifts"][0]["id"] == "7"


def test_odd_parts_of_a_file_are_left_out(documents: Documents, tmp_path: Path) -> None:
    parts: Json = {"gifts": [7, {"id": "7", "name": 5}, {"name": "x"}], "seen": [7, "7", "8"], "lists_due": {"x": "y"}}
    (tmp_path / FILE).write_bytes(orjson.dumps({"version": 1, "language": "de"} | parts))
    catalogue = documents.open().catalogue
    assert [entry["id"] for entry in catalogue.entries()] == ["7"]
    assert (catalogue.seen(), catalogue.lists_due()) == (["7"], {})


def test_a_folder_that_cannot_be_written_loses_nothing_but_the_file(tmp_path: Path) -> None:
    documents = Documents(tmp_path / "missing")
    gifts = documents.open()
    gifts.catalogue.learn(said(7))
    gifts.update(0.0, inf)
    assert len(documents.published) == 1


def test_without_a_folder_nothing_is_saved() -> None:
    documents = Documents(None)
    gifts = documents.open()
    gifts.catalogue.learn(said(7))
    gifts.save()
    assert len(documents.open().catalogue) == 0


def test_the_names_of_documents_and_of_events_are_apart() -> None:
    """They share their topics: `<base>/<room>/<name>`. Those of the bridge are told apart in filters and in purge."""
    of_rooms = {*RETAINED_SUBTOPICS, "set", "raw", "like_milestone"}
    of_the_bridge = {"state", "info", "health", "logging", "event", "request", "response", DOCUMENT}
    assert not (of_rooms | of_the_bridge) & effective_policies([], [], []).keys()
