from typing import Any

import pytest

from tiktok2mqtt.webcast.events.decoders import PERSON, person
from tiktok2mqtt.webcast.events.fields import WHO
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
SHORT_KEYS = tuple(field.key for field in WHO)


def described(user: User | None, identity: UserIdentity | None = None) -> dict[str, Any]:
    event: dict[str, Any] = {}
    raw = None if user is None else user.SerializeToString()
    person(event, raw, b"" if identity is None else identity.SerializeToString())
    return event


def wearing(scene: int, level: str = "") -> User:
    return User(badge_list=[BadgeStruct(badge_scene=scene, log_extra=PrivilegeLogExtra(level=level))])


def test_nobody_is_null() -> None:
    assert described(None) == dict.fromkeys(KEYS)
    assert described(None, UserIdentity(is_moderator_of_anchor=True)) == dict.fromkeys(KEYS)


def test_a_person_of_whom_nothing_is_said() -> None:
    event = described(User())
    assert tuple(event) == KEYS
    assert event == dict.fromkeys(KEYS) | {"badges": []}
    assert described(User(), UserIdentity()) == event


def test_what_one_event_says_of_nobody_is_not_shared_with_the_next() -> None:
    event = described(None)
    event["nickname"] = "x"
    assert described(None)["nickname"] is None


def test_what_one_event_says_of_somebody_is_not_shared_with_the_next() -> None:
    before = described(wearing(8, "5"), UserIdentity(is_moderator_of_anchor=True))
    event = described(wearing(8, "5"), UserIdentity(is_moderator_of_anchor=True))
    event["nickname"] = event["is_moderator"] = "x"
    event["badges"][0]["level"] = 6
    event["badges"].append({})
    assert described(wearing(8, "5"), UserIdentity(is_moderator_of_anchor=True)) == before
    assert described(wearing(8, "5"))["is_moderator"] is None


def test_what_the_event_has_already_is_kept() -> None:
    event: dict[str, Any] = {"v": 1}
    person(event, User(id=5).SerializeToString())
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
def test_who_a_user_is(user: User, expected: dict[str, Any]) -> None:
    event = described(user)
    assert tuple(event)[:4] == SHORT_KEYS == KEYS[:4]
    assert {key: event[key] for key in expected} == expected


FLAGS = ("is_moderator", "is_subscriber", "is_follower", "is_top_gifter")


@pytest.mark.parametrize(
    ("user", "identity", "flag"),
    [
        (wearing(1), None, "is_moderator"),
        (User(user_attr=UserAttr(is_admin=True)), None, "is_moderator"),
        (User(), UserIdentity(is_moderator_of_anchor=True), "is_moderator"),
        (wearing(4), None, "is_subscriber"),
        (wearing(7), None, "is_subscriber"),
        (User(is_subscribe=True), None, "is_subscriber"),
        (User(), UserIdentity(is_subscriber_of_anchor=True), "is_subscriber"),
        (User(is_follower=True), None, "is_follower"),
        (User(follow_info=FollowInfo(follow_status=2)), None, "is_follower"),
        (User(), UserIdentity(is_follower_of_anchor=True), "is_follower"),
        (User(user_attr=UserAttr(is_muted=True)), UserIdentity(is_anchor=True), None),
        (User(is_following=True, follow_info=FollowInfo(follower_count=9)), None, None),
        (wearing(6), None, "is_top_gifter"),
        (User(), UserIdentity(is_gift_giver_of_anchor=True), None),
        (wearing(99), None, None),
    ],
)
def test_flags_are_true_or_unknown(user: User, identity: UserIdentity | None, flag: str | None) -> None:
    event = described(user, identity)
    assert {name: event[name] for name in FLAGS} == {name: True if name == flag else None for name in FLAGS}


@pytest.mark.parametrize(
    ("level", "number"),
    [("31", 31), ("0", 0), ("", None), ("-1", None), ("x", None), ("1.5", None), ("٣", None), ("9" * 5000, None)],
)
def test_levels(level: str, number: int | None) -> None:
    gifter, fan = described(wearing(8, level)), described(wearing(10, level))
    assert (gifter["gifter_level"], gifter["fans_level"]) == (number, None)
    assert (fan["gifter_level"], fan["fans_level"]) == (None, number)
    assert gifter["badges"] == [{"scene": 8, "level": number}]


def test_badges_keep_their_order() -> None:
    user = User(badge_list=[*wearing(10, "3").badge_list, *wearing(1).badge_list, *wearing(99).badge_list])
    assert described(user)["badges"] == [
        {"scene": 10, "level": 3},
        {"scene": 1, "level": None},
        {"scene": 99, "level": None},
    ]


def test_of_two_badges_of_a_kind_the_last_gives_the_level() -> None:
    user = User(badge_list=[*wearing(8, "3").badge_list, *wearing(8, "5").badge_list])
    assert described(user)["gifter_level"] == 5


def test_text_of_any_kind_is_kept_as_it_is() -> None:
    hostile = "{0:user}\x00\u202e</script>${jndi}\n"
    event = described(User(id=5, nickname=hostile, unique_id=hostile))
    assert (event["nickname"], event["unique_id"]) == (hostile, hostile)
