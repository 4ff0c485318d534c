from typing import Any

import pytest
from google.protobuf.message import DecodeError

from tiktok2mqtt.webcast.events.users import PERSON, WHO, identity_flags, read_person, read_who, write_person
from tiktok2mqtt.webcast.schema.messages_pb2 import UserIdentity
from tiktok2mqtt.webcast.schema.types_pb2 import (
    BadgeStruct,
    FollowInfo,
    Image,
    PrivilegeLogExtra,
    User,
    UserAttr,
)

KEYS = tuple(field.key for field in PERSON)
WHO_KEYS = tuple(field.key for field in WHO)
BOB = User(id=5, unique_id="bob", nickname="Bob", avatar_thumb=Image(url_list=["https://bob"]))


def person_of(user: User | None, identity: UserIdentity | None = None) -> dict[str, Any]:
    event: dict[str, Any] = {}
    raw = None if user is None else user.SerializeToString()
    write_person(event, raw, b"" if identity is None else identity.SerializeToString())
    return event


def with_badge(scene: int, level: str = "") -> User:
    return User(badge_list=[BadgeStruct(badge_scene=scene, log_extra=PrivilegeLogExtra(level=level))])


def test_nobody_has_only_nulls() -> None:
    assert person_of(None) == dict.fromkeys(KEYS)
    assert person_of(None, UserIdentity(is_moderator_of_anchor=True)) == dict.fromkeys(KEYS)


def test_an_empty_user_has_nulls_and_no_badges() -> None:
    event = person_of(User())
    assert tuple(event) == KEYS
    assert event == dict.fromkeys(KEYS) | {"badges": []}
    assert person_of(User(), UserIdentity()) == event


def test_events_do_not_share_the_keys_of_nobody() -> None:
    event = person_of(None)
    event["nickname"] = "x"
    assert person_of(None)["nickname"] is None


def test_events_do_not_share_the_keys_of_a_person() -> None:
    before = person_of(with_badge(8, "5"), UserIdentity(is_moderator_of_anchor=True))
    event = person_of(with_badge(8, "5"), UserIdentity(is_moderator_of_anchor=True))
    event["nickname"] = event["is_moderator"] = "x"
    event["badges"][0]["level"] = 6
    event["badges"].append({})
    assert person_of(with_badge(8, "5"), UserIdentity(is_moderator_of_anchor=True)) == before
    assert person_of(with_badge(8, "5"))["is_moderator"] is None


def test_keys_that_the_event_already_has_are_kept() -> None:
    event: dict[str, Any] = {"v": 1}
    write_person(event, User(id=5).SerializeToString())
    assert (event["v"], event["user_id"]) == (1, "5")


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        (User(id=2**63 - 1), {"user_id": "9223372036854775807"}),
        (User(id=5, id_str="6800000000000000001"), {"user_id": "6800000000000000001"}),
        (User(nickname="a***b"), {"user_id": None, "unique_id": None, "nickname": "a***b"}),
        (User(unique_id="bob", nickname=""), {"unique_id": "bob", "nickname": None}),
        (User(avatar_thumb=Image(url_list=["", "https://b"])), {"profile_picture_url": "https://b"}),
        (User(avatar_thumb=Image(url_list=["", ""])), {"profile_picture_url": None}),
        (User(avatar_large=Image(url_list=["https://large"])), {"profile_picture_url": None}),
    ],
)
def test_the_keys_that_identify_a_user(user: User, expected: dict[str, Any]) -> None:
    event = person_of(user)
    assert tuple(event)[:4] == WHO_KEYS == KEYS[:4]
    assert {key: event[key] for key in expected} == expected


FLAGS = ("is_moderator", "is_subscriber", "is_follower", "is_top_gifter")


@pytest.mark.parametrize(
    ("user", "identity", "flag"),
    [
        (with_badge(1), None, "is_moderator"),
        (User(user_attr=UserAttr(is_admin=True)), None, "is_moderator"),
        (User(), UserIdentity(is_moderator_of_anchor=True), "is_moderator"),
        (with_badge(4), None, "is_subscriber"),
        (with_badge(7), None, "is_subscriber"),
        (User(is_subscribe=True), None, "is_subscriber"),
        (User(), UserIdentity(is_subscriber_of_anchor=True), "is_subscriber"),
        (User(is_follower=True), None, "is_follower"),
        (User(follow_info=FollowInfo(follow_status=2)), None, "is_follower"),
        (User(), UserIdentity(is_follower_of_anchor=True), "is_follower"),
        (User(user_attr=UserAttr(is_muted=True)), UserIdentity(is_anchor=True), None),
        (User(is_following=True, follow_info=FollowInfo(follower_count=9)), None, None),
        (with_badge(6), None, "is_top_gifter"),
        (User(), UserIdentity(is_gift_giver_of_anchor=True), None),
        (with_badge(99), None, None),
    ],
)
def test_flags_are_true_or_unknown(user: User, identity: UserIdentity | None, flag: str | None) -> None:
    event = person_of(user, identity)
    assert {name: event[name] for name in FLAGS} == {name: True if name == flag else None for name in FLAGS}


@pytest.mark.parametrize(
    ("level", "number"),
    [("31", 31), ("0", 0), ("", None), ("-1", None), ("x", None), ("1.5", None), ("٣", None), ("9" * 5000, None)],
)
def test_levels(level: str, number: int | None) -> None:
    gifter, fan = person_of(with_badge(8, level)), person_of(with_badge(10, level))
    assert (gifter["gifter_level"], gifter["fans_level"]) == (number, None)
    assert (fan["gifter_level"], fan["fans_level"]) == (None, number)
    assert gifter["badges"] == [{"scene": 8, "level": number}]


def test_badges_keep_their_order() -> None:
    user = User(badge_list=[*with_badge(10, "3").badge_list, *with_badge(1).badge_list, *with_badge(99).badge_list])
    assert person_of(user)["badges"] == [
        {"scene": 10, "level": 3},
        {"scene": 1, "level": None},
        {"scene": 99, "level": None},
    ]


def test_the_last_of_two_badges_of_a_kind_gives_the_level() -> None:
    user = User(badge_list=[*with_badge(8, "3").badge_list, *with_badge(8, "5").badge_list])
    assert person_of(user)["gifter_level"] == 5


def test_of_hostile_names_only_control_characters_are_replaced() -> None:
    hostile = "{0:user}\x00\u202e</script>${jndi}\n"
    event = person_of(User(id=5, nickname=hostile, unique_id=hostile))
    assert (event["nickname"], event["unique_id"]) == ("{0:user}  </script>${jndi}\n",) * 2


def test_a_user_can_be_read_without_the_flags() -> None:
    assert read_who(BOB.SerializeToString()) == dict(zip(WHO_KEYS, ("5", "bob", "Bob", "https://bob"), strict=True))
    assert read_who(b"") == dict.fromkeys(WHO_KEYS)
    assert read_who(User(id=5, id_str="6").SerializeToString())["user_id"] == "6"


def test_the_caller_may_change_what_read_who_returns() -> None:
    read_who(BOB.SerializeToString())["nickname"] = "x"
    assert read_who(BOB.SerializeToString())["nickname"] == "Bob"


def test_persons_are_cached() -> None:
    person = read_person(BOB.SerializeToString())
    assert tuple(person) == KEYS
    assert read_person(BOB.SerializeToString()) is person


def test_flags_of_an_identity() -> None:
    assert identity_flags(b"") == identity_flags(UserIdentity(is_anchor=True).SerializeToString()) == {}
    identity = UserIdentity(is_follower_of_anchor=True, is_moderator_of_anchor=True)
    assert identity_flags(identity.SerializeToString()) == {"is_moderator": True, "is_follower": True}


@pytest.mark.parametrize("read", [read_person, read_who, identity_flags])
def test_bytes_that_cannot_be_decoded_are_refused_each_time(read: Any) -> None:
    for _ in range(2):
        with pytest.raises(DecodeError):
            read(b"\xff")
