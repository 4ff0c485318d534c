import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any

import pytest

from tiktok2mqtt.web.feed import MAX_QUEUE, MEMORY, Feed, FeedFull, Filter


def asynchronous(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    @wraps(test)
    def run(*arguments: Any, **named: Any) -> None:
        asyncio.run(test(*arguments, **named))

    return run


def put(feed: Feed, *numbers: int, room: str = "alice", event_type: str = "gift", ignored: bool = False) -> None:
    for number in numbers:
        feed.publish({"room": room, "event_type": event_type, "id": str(number)}, ignored=ignored)


def ids(entries: Any) -> list[str]:
    return [entry.data.partition('"id":"')[2].partition('"')[0] for entry in entries or []]


@asynchronous
async def test_a_client_gets_what_it_wants() -> None:
    feed = Feed(10)
    client = feed.open(Filter("alice", frozenset({"gift"}), with_ignored=False), None)
    put(feed, 1)
    put(feed, 2, room="bob")
    put(feed, 3, event_type="chat")
    put(feed, 4, ignored=True)
    put(feed, 5)
    assert ids(await client.next()) == ["1", "5"]


@asynchronous
async def test_a_client_that_comes_back_gets_what_it_has_missed() -> None:
    feed = Feed(10)
    client = feed.open(Filter(), None)
    put(feed, 1, 2)
    entries = await client.next()
    assert entries is not None
    feed.remove(client)
    put(feed, 3, 4)
    assert ids(await feed.open(Filter(), entries[-1].id).next()) == ["3", "4"]
    # Of a run before this one: everything.
    assert ids(await feed.open(Filter(), "00000000-7").next()) == ["1", "2", "3", "4"]
    assert ids(await feed.open(Filter(), "<nonsense>").next()) == ["1", "2", "3", "4"]


@asynchronous
async def test_a_new_client_gets_the_last_seconds_if_it_asks() -> None:
    now = 0.0
    feed = Feed(10, lambda: now)
    put(feed, 1)
    now = 100.0
    put(feed, 2)
    assert ids(await feed.open(Filter(), None, 60.0).next()) == ["2"]
    client = feed.open(Filter(), None)
    put(feed, 3)
    assert ids(await client.next()) == ["3"]


@asynchronous
async def test_a_client_that_does_not_keep_up_is_closed_and_holds_nobody_up() -> None:
    feed = Feed(10)
    slow, other = feed.open(Filter(), None), feed.open(Filter(), None)
    for number in range(MAX_QUEUE + 1):
        put(feed, number)
        if number % 100 == 0:
            await other.next()
    assert slow.is_slow
    assert await slow.next() is None
    assert not other.is_slow
    assert (feed.slow_clients, feed.clients) == (1, 1)


@asynchronous
async def test_clients_are_limited() -> None:
    feed = Feed(2)
    client = feed.open(Filter(), None)
    feed.reserve()
    with pytest.raises(FeedFull, match=r"web\.max_clients"):
        feed.open(Filter(), None)
    feed.remove(client)
    feed.release()
    feed.open(Filter(), None)


@asynchronous
async def test_the_memory_is_bounded() -> None:
    feed = Feed(2)
    put(feed, *range(MEMORY + 10))
    assert len(feed._memory) == MEMORY
    assert len(await feed.open(Filter(), "other-1").next() or ()) < MAX_QUEUE


@asynchronous
async def test_at_the_end_clients_get_what_is_queued() -> None:
    feed = Feed(2)
    client = feed.open(Filter(), None)
    put(feed, 1)
    feed.close()
    assert ids(await client.next()) == ["1"]
    assert await client.next() is None
