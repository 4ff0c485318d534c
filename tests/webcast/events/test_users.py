from typing import Any

import pytest
from google.protobuf.message import DecodeError

from tests.webcast.events.decode import received
from tiktok2mqtt.webcast.events.limits import MAX_CACHED_BYTES
from tiktok2mqtt.webcast.events.users import PERSON, WHO, own_identity, read_person, read_who, write_person
from tiktok2mqtt.webcast.schema.messages_pb2 import UserIdentity, WebcastChatMessage
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
    write_person(event, raw, None if identity is None else identity.SerializeToString())
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


FLAGS = (
    *("is_anchor", "is_moderator", "is_subscriber", "is_follower", "is_mutual", "is_friend", "is_gift_giver"),
    "is_top_gifter",
)


@pytest.mark.parametrize(
    ("user", "flags"),
    [
        (with_badge(12), {"is_anchor"}),
        (with_badge(1), {"is_moderator"}),
        (User(user_attr=UserAttr(is_admin=True)), {"is_moderator"}),
        (with_badge(4), {"is_subscriber"}),
        (with_badge(7), {"is_subscriber"}),
        (User(is_subscribe=True), {"is_subscriber"}),
        (User(is_follower=True), {"is_follower"}),
        (User(follow_info=FollowInfo(follow_status=1)), {"is_follower"}),
        (User(follow_info=FollowInfo(follow_status=2)), {"is_follower", "is_mutual", "is_friend"}),
        (User(follow_info=FollowInfo(follow_status=3)), {"is_follower"}),
        (with_badge(3), {"is_friend"}),
        (User(user_attr=UserAttr(is_muted=True)), set()),
        (User(is_following=True, follow_info=FollowInfo(follower_count=9)), set()),
        (with_badge(6), {"is_top_gifter"}),
        (with_badge(99), set()),
    ],
)
def test_flags_of_a_user_are_true_or_unknown(user: User, flags: set[str]) -> None:
    event = person_of(user)
    assert {name: event[name] for name in FLAGS} == {name: True if name in flags else None for name in FLAGS}


@pytest.mark.parametrize(
    ("identity", "flags"),
    [
        (UserIdentity(), set()),
        (UserIdentity(is_anchor=True), {"is_anchor"}),
        (UserIdentity(is_moderator_of_anchor=True), {"is_moderator"}),
        (UserIdentity(is_subscriber_of_anchor=True), {"is_subscriber"}),
        (UserIdentity(is_follower_of_anchor=True), {"is_follower"}),
        (UserIdentity(is_mutual_following_with_anchor=True), {"is_mutual", "is_friend"}),
        (UserIdentity(is_gift_giver_of_anchor=True), {"is_gift_giver"}),
    ],
)
def test_an_identity_says_yes_or_no(identity: UserIdentity, flags: set[str]) -> None:
    event = person_of(BOB, identity)
    expected: dict[str, bool | None] = {name: name in flags for name in FLAGS} | {"is_top_gifter": None}
    assert {name: event[name] for name in FLAGS} == expected


def test_a_badge_outweighs_an_identity() -> None:
    assert person_of(with_badge(1), UserIdentity())["is_moderator"] is True
    assert person_of(with_badge(3), UserIdentity())["is_friend"] is True


def test_the_identity_of_a_message_may_be_empty_or_missing() -> None:
    assert own_identity(received(WebcastChatMessage())) is None
    assert own_identity(received(WebcastChatMessage(user_identity=UserIdentity()))) == b""
    identity = UserIdentity(is_anchor=True)
    assert own_identity(received(WebcastChatMessage(user_identity=identity))) == identity.SerializeToString()


@pytest.mark.parametrize(
    ("level", "number"),
    [("31", 31), ("0", None), ("", None), ("-1", None), ("x", None), ("1.5", None), ("٣", None), ("9" * 5000, None)],
)
def test_levels(level: str, number: int | None) -> None:
    gifter, fan = person_of(with_badge(8, level)), person_of(with_badge(10, level))
    assert (gifter["gifter_level"], gifter["fans_level"]) == (number, None)
    assert (fan["gifter_level"], fan["fans_level"]) == (None, number)
    assert gifter["badges"] == [{"scene": 8, "scene_name": "gifter", "level": number}]


def test_badges_keep_their_order() -> None:
    user = User(badge_list=[*with_badge(10, "3").badge_list, *with_badge(1).badge_list, *with_badge(99).badge_list])
    assert person_of(user)["badges"] == [
        {"scene": 10, "scene_name": "fan", "level": 3},
        {"scene": 1, "scene_name": "moderator", "level": None},
        {"scene": 99, "scene_name": None, "level": None},
    ]


def test_badges_of_a_kind_are_listed_once_with_the_last_level() -> None:
    badges = [*with_badge(8, "3").badge_list, *with_badge(1, "0").badge_list, *with_badge(8, "5").badge_list]
    event = person_of(User(badge_list=[*badges, *with_badge(1, "0").badge_list, *with_badge(8, "0").badge_list]))
    assert event["gifter_level"] == 5
    assert [(badge["scene"], badge["level"]) for badge in event["badges"]] == [(8, 5), (1, None)]


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


def test_persons_with_an_identity_are_cached_and_not_shared() -> None:
    identity = UserIdentity(is_anchor=True)
    person_of(BOB, identity)["nickname"] = "x"
    assert person_of(BOB, identity)["nickname"] == "Bob"
    assert person_of(BOB)["is_anchor"] is None
    long = User(id=5, bio_description="x" * MAX_CACHED_BYTES)
    assert person_of(long, identity)["is_anchor"] is True


@pytest.mark.parametrize("read", [read_person, read_who, lambda raw: write_person({}, b"", raw)])
def test_bytes_that_cannot_be_decoded_are_refused_each_time(read: Any) -> None:
    for _ in range(2):
        with pytest.raises(DecodeError):
            read(b"\xff")
