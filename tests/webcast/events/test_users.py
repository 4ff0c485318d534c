from typing import Any

import pytest
from google.protobuf.message import DecodeError

from tiktok2mqtt.webcast.events.decoders import PERSON
from tiktok2mqtt.webcast.events.fields import WHO
from tiktok2mqtt.webcast.events.users import as_id, first_url, granted, known_user, short_person
from tiktok2mqtt.webcast.schema import types_pb2 as types
from tiktok2mqtt.webcast.schema.messages_pb2 import UserIdentity

WHO_KEYS = tuple(field.key for field in WHO)
BOB = types.User(id=5, unique_id="bob", nickname="Bob", avatar_thumb=types.Image(url_list=["https://bob"]))


@pytest.mark.parametrize(
    ("value", "text"), [(0, None), ("", None), (5, "5"), ("5", "5"), (2**64 - 1, "18446744073709551615"), ("0", "0")]
)
def test_ids(value: Any, text: str | None) -> None:
    assert as_id(value) == text


@pytest.mark.parametrize(("urls", "url"), [([], None), (["", ""], None), (["a", "b"], "a"), (["", "b"], "b")])
def test_first_url(urls: list[str], url: str | None) -> None:
    assert first_url(types.Image(url_list=urls)) == url


def test_who_a_person_is() -> None:
    assert short_person(BOB.SerializeToString()) == dict(zip(WHO_KEYS, ("5", "bob", "Bob", "https://bob"), strict=True))
    assert short_person(b"") == dict.fromkeys(WHO_KEYS)
    assert short_person(types.User(id=5, id_str="6").SerializeToString())["user_id"] == "6"


def test_who_a_person_is_may_be_changed_by_whoever_asked() -> None:
    short_person(BOB.SerializeToString())["nickname"] = "x"
    assert short_person(BOB.SerializeToString())["nickname"] == "Bob"


def test_a_known_user_has_all_the_keys_of_a_person() -> None:
    known = known_user(BOB.SerializeToString())
    assert tuple(known) == tuple(field.key for field in PERSON)
    assert known_user(BOB.SerializeToString()) is known


def test_what_an_identity_grants() -> None:
    assert granted(b"") == granted(UserIdentity(is_anchor=True).SerializeToString()) == {}
    said = UserIdentity(is_follower_of_anchor=True, is_moderator_of_anchor=True)
    assert granted(said.SerializeToString()) == {"is_moderator": True, "is_follower": True}


@pytest.mark.parametrize("read", [known_user, short_person, granted])
def test_bytes_that_are_nobody_are_refused_each_time(read: Any) -> None:
    for _ in range(2):
        with pytest.raises(DecodeError):
            read(b"\xff")
