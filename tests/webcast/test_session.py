from collections import Counter, defaultdict
from typing import Any

import pytest
from google.protobuf.message import Message
from hypothesis import given, settings
from hypothesis import strategies as st

from tiktok2mqtt.webcast.events.rows import REGISTRY
from tiktok2mqtt.webcast.gift_catalogue import GiftCatalogue
from tiktok2mqtt.webcast.memory import DEFAULT_CAPACITY, Drops, SavedSession, SessionChanges
from tiktok2mqtt.webcast.schema import gifts_pb2, notices_pb2
from tiktok2mqtt.webcast.schema import messages_pb2 as pb
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchMessage, FetchResponse
from tiktok2mqtt.webcast.schema.types_pb2 import Common, Text, User
from tiktok2mqtt.webcast.session import LiveSession

ROOM_ID = "7286184560900803334"
BOB = User(id=5, unique_id="bob")
CREATED_MS = 1_700_000_000_123


class Pipeline:
    """A session, its counters, and how the tests feed it."""

    def __init__(self, **options: Any) -> None:
        self.drops = Drops()
        self.raw: list[tuple[str, bytes]] = []
        self.session = LiveSession(
            REGISTRY, "alice", ROOM_ID, wall=lambda: 1_800_000_000.5, drops=self.drops, **options
        )

    def feed(
        self, *messages: FetchMessage, now: float = 0.0, at_ms: int = 0, is_first: bool = False
    ) -> list[dict[str, Any]]:
        """Process a response; `at_ms` is the time that the service gives it."""
        response = FetchResponse(messages=messages, now=at_ms, is_first=is_first)
        return self.session.process(response, "direct", now, lambda method, payload: self.raw.append((method, payload)))


def sent(message: Message, msg_id: int = 0, method: str = "", **envelope: Any) -> FetchMessage:
    name = method or message.DESCRIPTOR.name
    return FetchMessage(method=name, payload=message.SerializeToString(), msg_id=msg_id, **envelope)


def chat(text: str, msg_id: int = 0, created_ms: int = 0, **envelope: Any) -> FetchMessage:
    return sent(pb.WebcastChatMessage(common=Common(create_time=created_ms), content=text), msg_id, **envelope)


def rose(count: int, end: int = 0, msg_id: int = 0, created_ms: int = 0, **envelope: Any) -> FetchMessage:
    gift, common = pb.GiftStruct(id=5655, type=1, diamond_count=2), Common(create_time=created_ms)
    message = pb.WebcastGiftMessage(common=common, gift=gift, user=BOB, repeat_count=count, repeat_end=end, group_id=77)
    return sent(message, msg_id, **envelope)


def names(events: list[dict[str, Any]]) -> list[str]:
    return [event["event_type"] for event in events]


def deltas(events: list[dict[str, Any]]) -> list[tuple[str, int]]:
    return [(event["event_type"], event["delta"]) for event in events]


def test_an_event_carries_the_common_keys() -> None:
    common = Common(msg_id=8, create_time=CREATED_MS, room_id=999)
    (event,) = Pipeline().feed(sent(pb.WebcastMemberMessage(common=common, action=1), 9))
    assert {key: event[key] for key in list(event)[:11]} == {
        "v": 1,
        "event_type": "member",
        "id": "9",
        "ts": "2023-11-14T22:13:20.123Z",
        "room": "alice",
        "room_id": ROOM_ID,
        "session_id": ROOM_ID,
        "source": "direct",
        "replayed": False,
        "late": False,
        "delayed": False,
    }


@pytest.mark.parametrize(
    ("in_envelope", "in_message", "event_id"),
    [(9, 8, "9"), (0, 8, "8"), (0, 0, "0"), (2**63 - 1, 0, "9223372036854775807")],
)
def test_the_id_is_that_of_the_message(in_envelope: int, in_message: int, event_id: str) -> None:
    message = pb.WebcastChatMessage(common=Common(msg_id=in_message))
    assert Pipeline().feed(sent(message, in_envelope))[0]["id"] == event_id


@pytest.mark.parametrize(
    ("created", "ts"),
    [
        (CREATED_MS, "2023-11-14T22:13:20.123Z"),
        (CREATED_MS // 1000, "2023-11-14T22:13:20.000Z"),
        (CREATED_MS * 1000 + 999, "2023-11-14T22:13:20.123Z"),
    ],
)
def test_the_time_of_a_message_may_be_in_seconds_milliseconds_or_microseconds(created: int, ts: str) -> None:
    message = pb.WebcastChatMessage(common=Common(create_time=created))
    assert Pipeline().feed(sent(message))[0]["ts"] == ts


@pytest.mark.parametrize("created", [0, -1, 1, 10**12 - 1, CREATED_MS * 10**6, 2**63 - 1, -(2**63)])
def test_a_message_without_a_plausible_time_gets_the_wall_clocks(created: int) -> None:
    message = pb.WebcastChatMessage(common=Common(create_time=created))
    assert Pipeline().feed(sent(message))[0]["ts"] == "2027-01-15T08:00:00.500Z"


def test_events_come_in_the_order_of_the_messages() -> None:
    follow = pb.WebcastSocialMessage(action=1)
    events = Pipeline().feed(chat("a", 1), sent(follow, 2), chat("b", 3), sent(pb.WebcastControlMessage(action=4), 4))
    assert names(events) == ["chat", "social", "follow", "chat", "control", "stream_end"]
    assert [event["comment"] for event in events if event["event_type"] == "chat"] == ["a", "b"]


def test_a_repeated_message_makes_events_once() -> None:
    pipeline = Pipeline()
    assert len(pipeline.feed(chat("a", 1), chat("a", 1), chat("b", 2))) == 2
    assert pipeline.feed(chat("a", 1, is_history=True), chat("b", 2)) == []
    assert len(pipeline.feed(chat("c", 3))) == 1


def test_messages_without_an_id_are_all_processed() -> None:
    assert len(Pipeline().feed(chat("a"), chat("a"))) == 2


def test_without_an_id_in_the_envelope_that_of_the_message_counts() -> None:
    pipeline = Pipeline()
    share = sent(pb.WebcastSocialMessage(common=Common(msg_id=8), action=3))
    assert names(pipeline.feed(share, share)) == ["social", "share"]
    in_envelope = sent(pb.WebcastSocialMessage(action=3), 8)
    assert pipeline.feed(in_envelope) == []
    assert pipeline.feed(sent(pb.WebcastSocialMessage(common=Common(msg_id=9), action=3), 8)) == []


def test_a_flood_of_other_messages_does_not_push_out_gift_ids() -> None:
    pipeline = Pipeline()
    lion = sent(pb.WebcastGiftMessage(gift=pb.GiftStruct(id=6369, type=2), repeat_count=1), 1)
    assert names(pipeline.feed(lion)) == ["gift"]
    pipeline.feed(*[sent(pb.WebcastRoomUserSeqMessage(), 2 + number) for number in range(DEFAULT_CAPACITY + 1)])
    assert pipeline.feed(lion) == []
    assert len(pipeline.feed(sent(pb.WebcastRoomUserSeqMessage(), 2))) == 1


def test_a_message_skipped_as_history_is_processed_when_it_comes_live() -> None:
    pipeline = Pipeline(process_history=False)
    assert pipeline.feed(rose(2, 1, msg_id=1, is_history=True)) == []
    assert deltas(pipeline.feed(rose(2, 1, msg_id=1))) == [("gift", 2)]


def test_types_are_known_with_and_without_their_prefix() -> None:
    pipeline = Pipeline()
    assert names(pipeline.feed(sent(pb.WebcastChatMessage(), 1, "ChatMessage"))) == ["chat"]
    assert not pipeline.drops.unknown


def test_unknown_types_are_counted() -> None:
    pipeline = Pipeline()
    odd = [
        sent(pb.WebcastChatMessage(), 0, method) for method in ("WebcastNew", "WebcastNew", "a/b", "WebcastWebcastChat")
    ]
    assert pipeline.feed(*odd, chat("a")) != []
    assert pipeline.drops.unknown == {"WebcastNew": 2, "other": 1, "WebcastWebcastChat": 1}


def test_a_bad_message_drops_only_itself() -> None:
    pipeline = Pipeline()
    bad = FetchMessage(method="WebcastChatMessage", payload=b"\x0a", msg_id=2)
    assert [event["comment"] for event in pipeline.feed(chat("a", 1), bad, chat("b", 3))] == ["a", "b"]
    assert pipeline.drops.undecodable == {"WebcastChatMessage": 1}


def test_a_message_that_is_too_long_is_not_decoded() -> None:
    pipeline = Pipeline()
    # A comment of 128 KiB.
    too_long = FetchMessage(method="WebcastChatMessage", payload=b"\x1a\x80\x80\x08" + b"x" * 2**17, msg_id=2)
    assert [event["comment"] for event in pipeline.feed(too_long, chat("a", 3))] == ["a"]
    assert pipeline.drops == Drops(too_large=Counter(WebcastChatMessage=1))


def test_a_message_with_too_many_list_items_is_dropped_and_the_others_are_processed() -> None:
    pipeline = Pipeline()
    # WebcastRoomUserSeqMessage.ranks_list.
    too_many = [FetchMessage(method="WebcastRoomUserSeqMessage", payload=b"\x12\x00" * 1_000, msg_id=n) for n in (2, 3)]
    assert [event["comment"] for event in pipeline.feed(*too_many, chat("a", 4))] == ["a"]
    assert pipeline.drops == Drops(too_large=Counter(WebcastRoomUserSeqMessage=2))


def test_the_raw_handler_gets_every_message_as_it_came() -> None:
    pipeline = Pipeline(process_history=False)
    messages = [
        chat("a", 1),
        chat("a", 1),
        chat("old", 2, is_history=True),
        FetchMessage(method="WebcastChatMessage", payload=b"\x0a"),
        FetchMessage(method="Unknown", payload=b"\xff\x00"),
    ]
    pipeline.feed(*messages)
    assert pipeline.raw == [(message.method, message.payload) for message in messages]


def test_history_is_marked() -> None:
    events = Pipeline().feed(chat("old", 1, is_history=True), chat("new", 2))
    assert [event["replayed"] for event in events] == [True, False]


def test_history_can_be_left_out() -> None:
    events = Pipeline(process_history=False).feed(chat("old", 1, is_history=True), chat("new", 2))
    assert [event["comment"] for event in events] == ["new"]


def flags(events: list[dict[str, Any]]) -> list[tuple[str, bool, bool]]:
    """Return comment, replayed and late of each chat."""
    return [(event["comment"], event["replayed"], event["late"]) for event in events]


@pytest.mark.parametrize("process_history", [True, False])
def test_what_happened_after_the_first_response_is_late_and_no_replay(*, process_history: bool) -> None:
    pipeline = Pipeline(process_history=process_history)
    joined_ms = CREATED_MS
    first = pipeline.feed(chat("old", 1, joined_ms - 1, is_history=True), at_ms=joined_ms)
    assert flags(first) == ([("old", True, False)] if process_history else [])
    assert flags(pipeline.feed(chat("told", 2, joined_ms + 1), at_ms=joined_ms + 2)) == [("told", False, False)]
    # After a reconnect the history is longer at both ends.
    again = pipeline.feed(
        chat("older", 3, joined_ms - 2, is_history=True),
        chat("old", 1, joined_ms - 1, is_history=True),
        chat("told", 2, joined_ms + 1, is_history=True),
        chat("missed", 4, joined_ms + 3, is_history=True),
        at_ms=joined_ms + 4,
    )
    replayed = [("older", True, False)] if process_history else []
    assert flags(again) == [*replayed, ("missed", False, True)]


@pytest.mark.parametrize("process_history", [True, False])
def test_the_first_response_of_a_connection_is_history_as_a_whole(*, process_history: bool) -> None:
    pipeline = Pipeline(process_history=process_history)
    joined_ms = CREATED_MS
    first = (chat("old", 1, joined_ms - 1), chat("no time", 2), chat("neither"))
    replayed = [("old", True, False), ("no time", True, False), ("neither", True, False)]
    assert flags(pipeline.feed(*first, at_ms=joined_ms, is_first=True)) == (replayed if process_history else [])
    assert flags(pipeline.feed(chat("live", 3, joined_ms + 1))) == [("live", False, False)]
    # Of the next connection, what is new is no history.
    missed = (chat("older", 4, joined_ms - 2), chat("missed", 5, joined_ms + 2), chat("new", 6))
    again = pipeline.feed(*first[:2], chat("live", 3, joined_ms + 1), *missed, is_first=True)
    older = [("older", True, False)] if process_history else []
    assert flags(again) == [*older, ("missed", False, True), ("new", False, True)]


@pytest.mark.parametrize(("msg_id", "created_ms"), [(0, CREATED_MS + 1), (4, 0), (4, CREATED_MS // 1000)])
def test_history_without_an_id_or_a_time_is_a_replay(msg_id: int, created_ms: int) -> None:
    pipeline = Pipeline()
    pipeline.feed(at_ms=CREATED_MS)
    assert flags(pipeline.feed(chat("?", msg_id, created_ms, is_history=True))) == [("?", True, False)]


def test_a_streak_that_history_completes_is_late_and_exact() -> None:
    pipeline = Pipeline()
    pipeline.feed(rose(1, msg_id=1), rose(2, msg_id=2), at_ms=CREATED_MS)
    told = {"is_history": True, "created_ms": CREATED_MS + 1}
    events = pipeline.feed(rose(2, msg_id=2, **told), rose(4, msg_id=3, **told), rose(5, 1, msg_id=4, **told), now=9.0)
    assert deltas(events) == [("gift_streak", 2), ("gift", 5)]
    assert [(event["replayed"], event["late"]) for event in events] == [(False, True)] * 2
    assert events[1]["diamonds"] == 10


def test_a_streak_that_began_late_and_ends_now_is_not_late() -> None:
    pipeline = Pipeline()
    pipeline.feed(at_ms=CREATED_MS)
    (streak,) = pipeline.feed(rose(2, msg_id=1, created_ms=CREATED_MS + 1, is_history=True))
    assert streak["late"]
    (gift,) = pipeline.feed(rose(3, 1, msg_id=2, created_ms=CREATED_MS + 2))
    assert (gift["delta"], gift["replayed"], gift["late"]) == (3, False, False)


def test_only_a_streak_without_a_group_id_needs_the_ids_of_its_messages_at_once() -> None:
    pipeline = Pipeline(tracks_changes=True)
    pipeline.feed()
    pipeline.session.take_changes(0.0)
    for group, is_urgent in ((77, False), (0, True)):
        gift = pb.WebcastGiftMessage(gift=pb.GiftStruct(id=5655, type=1), user=BOB, repeat_count=1, group_id=group)
        pipeline.feed(sent(gift, 100 + group))
        changes = pipeline.session.take_changes(0.0)
        assert (changes.gift_ids, len(changes.streaks), changes.is_urgent) == ([100 + group], 1, is_urgent)
    assert not pipeline.session.take_changes(0.0).is_urgent


@pytest.mark.parametrize("was_received", [True, False])
def test_a_restored_session_knows_whether_the_live_was_received_before(*, was_received: bool) -> None:
    first = Pipeline(tracks_changes=True)
    changes = first.session.take_changes(0.0)
    assert not changes
    if was_received:
        first.feed(chat("told", 1, CREATED_MS + 1), at_ms=CREATED_MS)
        changes = first.session.take_changes(0.0)
        assert changes == SessionChanges(ROOM_ID, other_ids=[1], received_since_ms=CREATED_MS, is_urgent=True)
        assert not first.session.take_changes(0.0)
    second = Pipeline(tracks_changes=True)
    saved = SavedSession(ROOM_ID, [], {}, changes.other_ids, changes.received_since_ms)
    second.session.restore(saved, 0.0)
    history = [
        chat(text, number, CREATED_MS + number, is_history=True) for number, text in ((1, "told"), (2, "missed"))
    ]
    expected = [("missed", False, True)] if was_received else [("told", True, False), ("missed", True, False)]
    assert flags(second.feed(*history, at_ms=CREATED_MS + 9)) == expected
    assert second.session.take_changes(0.0).received_since_ms == (None if was_received else CREATED_MS + 9)


def test_a_gift_streak_gives_one_gift() -> None:
    pipeline = Pipeline()
    assert deltas(pipeline.feed(rose(1, msg_id=1), rose(2, msg_id=2))) == [("gift_streak", 1), ("gift_streak", 1)]
    (gift,) = pipeline.feed(rose(3, 1, msg_id=3), now=5.0)
    assert (gift["event_type"], gift["id"], gift["count"], gift["delta"], gift["diamonds"]) == ("gift", "3", 3, 3, 6)
    assert gift["closed_by"] == "end"
    assert pipeline.session.tick(1000.0) == []


def test_a_streak_whose_end_never_comes_is_closed_by_silence() -> None:
    pipeline = Pipeline(streak_timeout_s=60.0)
    pipeline.feed(rose(2, msg_id=1), now=10.0)
    assert pipeline.session.tick(70.0) == []
    (gift,) = pipeline.session.tick(70.1)
    assert (gift["event_type"], gift["count"], gift["closed_by"]) == ("gift", 2, "timeout")


def test_closing_returns_the_gifts_of_running_streaks() -> None:
    pipeline = Pipeline()
    pipeline.feed(rose(2, msg_id=1))
    (gift,) = pipeline.session.close()
    assert (gift["event_type"], gift["count"], gift["closed_by"]) == ("gift", 2, "disconnect")
    assert pipeline.session.close() == []


def test_a_reconnect_in_the_middle_of_a_streak_repeats_nothing() -> None:
    pipeline = Pipeline()
    before = pipeline.feed(rose(1, msg_id=1), rose(3, msg_id=2))
    history = pipeline.feed(rose(1, msg_id=1, is_history=True), rose(3, msg_id=2, is_history=True))
    # The same messages may be sent anew under other ids.
    anew = pipeline.feed(rose(1, msg_id=11, is_history=True), rose(3, msg_id=12, is_history=True))
    after = pipeline.feed(rose(4, 1, msg_id=3), rose(4, 1, msg_id=3))
    assert (history, anew) == ([], [])
    assert deltas(before + after) == [("gift_streak", 1), ("gift_streak", 2), ("gift", 4)]


def test_a_streak_is_marked_replayed_only_when_all_of_it_was_history() -> None:
    pipeline = Pipeline()
    pipeline.feed(rose(1, msg_id=1))
    (gift,) = pipeline.feed(rose(3, 1, msg_id=2, is_history=True))
    assert (gift["replayed"], gift["delta"]) == (False, 3)
    (gift,) = Pipeline().feed(rose(3, 1, msg_id=2, is_history=True))
    assert gift["replayed"]


def test_another_streak_of_the_same_user_supersedes_the_first() -> None:
    pipeline = Pipeline()
    other = pb.WebcastGiftMessage(gift=pb.GiftStruct(id=5655, type=1), user=BOB, repeat_count=1, group_id=78)
    pipeline.feed(rose(2, msg_id=1), sent(other, 2))
    (gift,) = pipeline.session.tick(5.1)
    assert (gift["gift"]["group_id"], gift["closed_by"], gift["delta"]) == ("77", "superseded", 2)


def test_what_is_known_of_a_gift_is_added_if_wanted() -> None:
    gifts = GiftCatalogue()
    gifts.add_list([{"id": 5655, "name": "Rose"}], replaces=True)
    (known,) = Pipeline(gifts=gifts, extended_gift_info=True).feed(rose(1, 1))
    assert (known["extended_gift_info"]["name"], known["gift"]["name"]) == ("Rose", "Rose")
    bare = sent(pb.WebcastGiftMessage(gift_id=7, user=BOB, repeat_count=1, repeat_end=1))
    assert Pipeline(extended_gift_info=True).feed(bare)[0]["extended_gift_info"] is None
    assert "extended_gift_info" not in Pipeline(gifts=gifts).feed(rose(1, 1))[0]


def given_to(user: User | None = None, **keys: Any) -> FetchMessage:
    message = pb.WebcastGiftMessage(gift_id=5, user=BOB, repeat_count=1, repeat_end=1, to_user=user, **keys)
    message.group_id = len(keys) + (user.id if user else 0)
    return sent(message)


HOST_IS_9: dict[str, Any] = {"gift_extra": pb.GiftMonitorInfo(anchor_id=9, to_user_id=9)}


@pytest.mark.parametrize(
    ("messages", "to_host"),
    [
        ([given_to(User(id=9, unique_id="Alice"))], [True]),
        ([given_to(User(id=8, unique_id="dora"))], [False]),
        ([given_to(User(id=8))], [None]),
        ([given_to()], [None]),
        ([given_to(**HOST_IS_9), given_to(User(id=8)), given_to(User(id=9))], [True, False, True]),
        # The user name says more than what the message says of the host.
        ([given_to(User(id=8, unique_id="alice"), gift_extra=pb.GiftMonitorInfo(anchor_id=9))], [True]),
        ([given_to(User(id=9, unique_id="dora"), gift_extra=pb.GiftMonitorInfo(anchor_id=9))], [False]),
    ],
)
def test_whether_a_gift_is_for_the_host(messages: list[FetchMessage], to_host: list[bool | None]) -> None:
    events = Pipeline().feed(*messages)
    assert [event["to_host"] for event in events] == to_host
    # The host's user name is known.
    assert all(event["recipient"]["unique_id"].lower() == "alice" for event in events if event["to_host"])


def test_the_host_may_be_known_from_elsewhere() -> None:
    pipeline = Pipeline()
    pipeline.session.host_id = "9"
    events = pipeline.feed(given_to(User(id=8)), given_to(User(id=9)))
    assert [event["to_host"] for event in events] == [False, True]
    assert [event["recipient"]["unique_id"] for event in events] == [None, "alice"]


def typeless(count: int, end: int = 0, gift_id: int = 6) -> FetchMessage:
    gift = pb.GiftStruct(id=gift_id, name="Lion", diamond_count=100)
    return sent(pb.WebcastGiftMessage(gift_id=gift_id, gift=gift, user=BOB, repeat_count=count, repeat_end=end))


def test_a_gift_whose_description_has_no_type_is_judged_by_its_counts() -> None:
    events = Pipeline().feed(typeless(1), typeless(2), typeless(3), typeless(3, 1))
    assert [(e["event_type"], e["count"], e["diamonds"]) for e in events if e["event_type"] == "gift"] == [
        ("gift", 3, 300)
    ]


def test_a_gift_whose_description_has_no_type_is_judged_by_earlier_gifts() -> None:
    pipeline = Pipeline()
    pipeline.feed(sent(pb.WebcastGiftMessage(gift=pb.GiftStruct(id=6, type=2), user=User(id=7), repeat_count=1)))
    (lion,) = pipeline.feed(typeless(1))
    assert (lion["event_type"], lion["closed_by"], lion["gift"]["gift_type"]) == ("gift", "end", 2)


def test_an_unknown_price_is_null_until_it_is_known() -> None:
    pipeline = Pipeline()
    bare = sent(pb.WebcastGiftMessage(gift=pb.GiftStruct(id=6, type=2), user=BOB, repeat_count=3))
    assert [event["diamonds"] for event in pipeline.feed(bare)] == [None]
    prices = {1: gifts_pb2.RoomBasedGifts(gift_info=[gifts_pb2.RoomBasedGift(id=6, price=20)])}
    panel = notices_pb2.WebcastGiftPanelUpdateMessage(
        room_based_gift_data=gifts_pb2.RoomBasedGiftData(room_based_gifts=prices)
    )
    pipeline.feed(sent(panel))
    (event,) = pipeline.feed(bare)
    assert (event["gift"]["diamond_count"], event["diamonds"]) == (20, 60)


def test_a_collection_describes_its_gift() -> None:
    pipeline = Pipeline()
    collection = notices_pb2.GiftCollection(gift=pb.GiftStruct(id=6, name="Tour", diamond_count=999, type=2))
    empty = notices_pb2.WebcastGiftCollectionUpdateMessage()
    pipeline.feed(sent(empty), sent(notices_pb2.WebcastGiftCollectionUpdateMessage(collection=collection)))
    (event,) = pipeline.feed(sent(pb.WebcastGiftMessage(gift_id=6, user=BOB, repeat_count=1)))
    assert (event["gift"]["name"], event["diamonds"], event["closed_by"]) == ("Tour", 999, "end")


def test_the_like_total_never_goes_back() -> None:
    likes = [pb.WebcastLikeMessage(count=5, total=total) for total in (100, 90, 0, 200)]
    events = Pipeline().feed(*[sent(like) for like in likes])
    assert [event["total_like_count"] for event in events] == [100, 100, 105, 200]
    assert [event["like_count"] for event in events] == [5, 5, 5, 5]


def test_likes_without_any_count_are_null() -> None:
    (event,) = Pipeline().feed(sent(pb.WebcastLikeMessage(user=BOB)))
    assert (event["like_count"], event["total_like_count"]) == (None, None)


def test_the_host_is_known_by_name_where_the_message_does_not_say_it() -> None:
    alice, bob = User(unique_id="alice"), User(unique_id="bob")
    unsaid = pb.UserIdentity()
    events = Pipeline().feed(
        sent(pb.WebcastChatMessage(user=alice, user_identity=unsaid)),
        sent(pb.WebcastChatMessage(user=bob, user_identity=unsaid)),
        sent(pb.WebcastChatMessage(user=bob, user_identity=pb.UserIdentity(is_anchor=True))),
        sent(pb.WebcastMemberMessage(user=alice)),
        sent(pb.WebcastMemberMessage(user=bob)),
    )
    assert [event["is_anchor"] for event in events] == [True, False, True, True, None]


GIFTS = st.tuples(st.just("rose"), st.sampled_from([70, 71, 72]), st.integers(1, 3), st.sampled_from([0, 0, 0, 1]))
STEPS = st.tuples(
    GIFTS | st.sampled_from([("lion",), ("chat",), ("like",), ("wait",), ("reconnect",)]),
    st.booleans(),
    st.booleans(),
    st.integers(0, 12),
)


class Evening:
    """What a room truly sends: roses in streaks, lions, chats, likes; each message under its own id."""

    def __init__(self) -> None:
        self.sent: list[FetchMessage] = []
        self.roses: dict[int, int] = {}
        self.likes = 0

    def message(self, kind: str, *details: int, in_envelope: bool) -> FetchMessage:
        number = len(self.sent) + 1
        message = self._compose(kind, *details)
        message.common.msg_id = 0 if in_envelope else number
        self.sent.append(sent(message, number if in_envelope else 0))
        return self.sent[-1]

    def _compose(self, kind: str, *details: int) -> Any:
        if kind == "rose":
            group, more, end = details
            self.roses[group] = self.roses.get(group, 0) + more
            struct = pb.GiftStruct(id=5655, type=1, diamond_count=2)
            return pb.WebcastGiftMessage(
                gift=struct, user=BOB, repeat_count=self.roses[group], repeat_end=end, group_id=group
            )
        if kind == "lion":
            return pb.WebcastGiftMessage(gift=pb.GiftStruct(id=6369, type=2, diamond_count=500), repeat_count=1)
        if kind == "like":
            self.likes += 5
            return pb.WebcastLikeMessage(count=5, total=self.likes if self.likes % 10 else 0)
        return pb.WebcastChatMessage(content="x")


@settings(max_examples=300)
@given(st.lists(STEPS, max_size=40))
@pytest.mark.unmeasured
def test_across_reconnects_with_history_every_event_comes_once(
    steps: list[tuple[tuple[Any, ...], bool, bool, int]],
) -> None:
    """A message may be lost until history brings it; at each reconnect the last ones are sent again."""
    pipeline, evening, now, told = Pipeline(), Evening(), 0.0, []
    heard: set[int] = set()
    for (kind, *details), is_lost, in_envelope, count in steps:
        if kind == "wait":
            now += 8.0 * count
            told += pipeline.session.tick(now)
        elif kind == "reconnect":
            for past in evening.sent[len(evening.sent) - min(count, len(evening.sent)) :]:
                again = FetchMessage()
                again.CopyFrom(past)
                again.is_history = True
                heard.add(evening.sent.index(past))
                told += pipeline.feed(again, now=now)
        else:
            message = evening.message(kind, *details, in_envelope=in_envelope)
            if not is_lost:
                heard.add(len(evening.sent) - 1)
                told += pipeline.feed(message, now=now)
    told += pipeline.session.close()
    check(told, [evening.sent[index] for index in sorted(heard)])


def check(told: list[dict[str, Any]], heard: list[FetchMessage]) -> None:
    """Compare what the events tell with the messages that arrived at least once."""
    roses: defaultdict[str, int] = defaultdict(int)
    others: defaultdict[str, int] = defaultdict(int)
    for envelope in heard:
        if envelope.method == "WebcastGiftMessage":
            message = pb.WebcastGiftMessage.FromString(envelope.payload)
            if message.gift.type == 1:
                roses[str(message.group_id)] = max(roses[str(message.group_id)], message.repeat_count)
                continue
        others[envelope.method] += 1
    gifts = [event for event in told if event["event_type"] == "gift"]
    finals: defaultdict[str, int] = defaultdict(int)
    for gift in gifts:
        if gift["gift"]["gift_type"] == 1:
            assert gift["count"] - gift["delta"] == finals[gift["gift"]["group_id"]]
            finals[gift["gift"]["group_id"]] = gift["count"]
    assert finals == roses
    assert sum(gift["gift"]["gift_type"] == 2 for gift in gifts) == others["WebcastGiftMessage"]
    assert names(told).count("chat") == others["WebcastChatMessage"]
    likes = [event["total_like_count"] for event in told if event["event_type"] == "like"]
    assert len(likes) == others["WebcastLikeMessage"]
    assert likes == sorted(likes)
    identities = [(event["event_type"], event["id"]) for event in told]
    assert len(set(identities)) == len(identities)


METHODS = st.sampled_from(sorted(REGISTRY.methods)) | st.text(max_size=5)
MESSAGES = st.builds(
    FetchMessage,
    method=METHODS,
    payload=st.binary(max_size=40),
    msg_id=st.integers(0, 3),
    is_history=st.booleans(),
)


@given(st.lists(MESSAGES, max_size=6))
def test_no_messages_raise(messages: list[FetchMessage]) -> None:
    pipeline = Pipeline()
    events = pipeline.feed(*messages)
    assert len(pipeline.raw) == len(messages)
    assert {event["event_type"] for event in events} <= set(REGISTRY.rows)
    pipeline.session.close()


def test_the_gifts_of_2022_have_nothing_but_the_user_and_json() -> None:
    pipeline = Pipeline()
    events = []
    for count, end in ((1, 0), (2, 0), (2, 1)):
        extra = f'{{"gift_id":5655,"gift_type":1,"repeat_count":{count},"repeat_end":{end},"to_user_id":"9"}}'
        events += pipeline.feed(sent(pb.WebcastGiftMessage(user=BOB, monitor_extra=extra), 10 * count + end))
    assert deltas(events) == [("gift_streak", 1), ("gift_streak", 1), ("gift", 2)]
    gift = events[-1]
    assert (gift["gift_id"], gift["closed_by"], gift["gift"]["to_user_id"]) == ("5655", "end", "9")
    assert gift["recipient"] == {"user_id": "9", "unique_id": None, "nickname": None}


def test_a_text_names_a_gift_that_is_known_from_earlier() -> None:
    pipeline = Pipeline()
    pipeline.feed(sent(pb.WebcastGiftMessage(gift=pb.GiftStruct(id=5655, name="Rose"), repeat_count=1), 1))
    common = Common(display_text=Text(key="k", default_pattern="{0:user} sent {1:gift}"))
    (event,) = pipeline.feed(sent(pb.WebcastGiftMessage(common=common, user=BOB, gift_id=5655, repeat_count=1), 2))
    assert event["text"] == "bob sent Rose"
