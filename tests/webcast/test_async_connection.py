import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from tests.webcast.rig import threads_of, urls
from tiktok2mqtt import AsyncWebcastPushConnection
from tiktok2mqtt.common.errors import AlreadyConnected, NetworkError, RoomOffline
from tiktok2mqtt.simulator import Room, Simulator
from tiktok2mqtt.webcast.events.types import ChatEvent, ErrorEvent


def client_of(sim: Simulator, **options: Any) -> AsyncWebcastPushConnection:
    return AsyncWebcastPushConnection("alice", **urls(sim), **options)


async def has_client(room: Room) -> None:
    await asyncio.to_thread(room.wait_for_client)


async def until(predicate: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not predicate():  # noqa: ASYNC110 - another thread brings it about
            await asyncio.sleep(0.01)


def test_a_loop_has_all_events_and_ends_with_the_live(sim: Simulator, room: Room) -> None:
    async def main() -> list[str]:
        names: list[str] = []
        async with client_of(sim) as client:
            async for event in client:
                names.append(event["event_type"])
                if names == ["connected"]:
                    await has_client(room)
                    room.chat("bob", "hi")
                elif event["event_type"] == "chat":
                    assert event["comment"] == "hi"
                    room.end()
        return names

    assert asyncio.run(main()) == ["connected", "chat", "control", "stream_end", "disconnected"]
    assert threads_of("alice") == []


def test_a_loop_after_connect_misses_nothing(sim: Simulator, room: Room) -> None:
    async def main() -> list[str]:
        async with client_of(sim) as client:
            assert (await client.connect()).connected
            await has_client(room)
            room.chat("bob", "hi")
            room.end()
            await until(lambda: not client.connection.busy)
            assert not client.get_state().connected
            return [event["event_type"] async for event in client]

    assert asyncio.run(main()) == ["connected", "chat", "control", "stream_end", "disconnected"]


def test_handlers_run_in_the_event_loop(sim: Simulator, room: Room) -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        plain: list[str | None] = []
        awaited: list[str | None] = []
        async with client_of(sim) as client:

            @client.on("chat")
            def on_chat(event: ChatEvent) -> None:
                assert asyncio.get_running_loop() is loop
                plain.append(event["comment"])

            @client.on("chat")
            async def on_chat_later(event: ChatEvent) -> None:
                await asyncio.sleep(0.01)
                awaited.append(event["comment"])

            await client.connect()
            await has_client(room)
            for number in range(3):
                room.chat("bob", str(number))
            await until(lambda: len(awaited) == 3)
            client.off("chat", on_chat)
            room.chat("bob", "last")
            await until(lambda: len(awaited) == 4)
            with pytest.raises(ValueError, match="this handler of chat was not added"):
                client.off("chat", on_chat)
        assert plain == ["0", "1", "2"]
        assert awaited == ["0", "1", "2", "last"]

    asyncio.run(main())


@pytest.mark.parametrize("is_coroutine", [False, True])
def test_a_handler_that_raises_is_reported(
    sim: Simulator, room: Room, caplog: pytest.LogCaptureFixture, is_coroutine: bool
) -> None:
    def fail(_event: ChatEvent) -> None:
        raise RuntimeError("my mistake")

    async def fail_later(_event: ChatEvent) -> None:
        raise RuntimeError("my mistake")

    async def main() -> ErrorEvent:
        errors: list[ErrorEvent] = []
        async with client_of(sim) as client:
            client.on("chat", fail_later if is_coroutine else fail).on("error", errors.append)
            await client.connect()
            await has_client(room)
            room.chat("bob", "hi")
            await until(lambda: errors)
            assert client.get_state().connected
        return errors[0]

    error = asyncio.run(main())
    assert (error["code"], error["reason"]) == ("handler", "a handler of chat failed")
    assert "my mistake" in caplog.text


def test_closing_waits_for_the_last_handlers(sim: Simulator, room: Room) -> None:
    async def main() -> list[str]:
        done: list[str] = []

        async def on_disconnected(_event: object) -> None:
            await asyncio.sleep(0.05)
            done.append("disconnected")

        async with client_of(sim) as client:
            client.on("disconnected", on_disconnected)
            await client.connect()
            await has_client(room)
        return done

    assert asyncio.run(main()) == ["disconnected"]


def test_run_returns_when_the_live_ends(sim: Simulator, room: Room) -> None:
    async def main() -> None:
        async def end(_event: object) -> None:
            await has_client(room)
            room.end()

        async with client_of(sim) as client:
            client.on("connected", end)
            await client.run()
            assert not client.connection.busy

    asyncio.run(main())


def test_run_raises_the_error_of_a_lost_connection(sim: Simulator, room: Room) -> None:
    async def main() -> None:
        async with client_of(sim) as client:
            task = asyncio.create_task(client.run())
            await has_client(room)
            room.drop_socket()
            with pytest.raises(NetworkError):
                await task

    asyncio.run(main())


def test_an_offline_room_raises(sim: Simulator) -> None:
    sim.room("alice")

    async def main() -> None:
        async with client_of(sim) as client:
            with pytest.raises(RoomOffline):
                await client.connect()
            with pytest.raises(RoomOffline):
                await anext(aiter(client))
            with pytest.raises(RoomOffline):
                await client.get_available_gifts()
            assert not client.connection._queues

    asyncio.run(main())


def test_connecting_twice_is_an_error_that_changes_nothing(sim: Simulator, room: Room) -> None:
    async def main() -> None:
        async with client_of(sim) as client:
            await client.connect()
            with pytest.raises(AlreadyConnected):
                await client.connect()
            await has_client(room)
            room.chat("bob", "hi")
            async for event in client:
                if event["event_type"] == "chat":
                    await client.disconnect()
            assert not client.get_state().connected

    asyncio.run(main())


def test_a_cancelled_connect_leaves_no_thread(sim: Simulator, room: Room) -> None:
    async def main() -> None:
        async with client_of(sim) as client:
            task = asyncio.create_task(client.connect())
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        assert not client.connection._queues

    asyncio.run(main())
    assert room.state.live
    assert threads_of("alice") == []


def test_room_info_and_gifts(sim: Simulator, room: Room) -> None:
    async def main() -> None:
        async with client_of(sim) as client:
            info = await client.get_room_info()
            assert info.title == "Pottery"
            assert client.get_state().room_info is not None
            assert {gift["name"] for gift in await client.get_available_gifts()} >= {"Rose"}

    asyncio.run(main())
    assert room.state.live


def test_what_is_kept_before_a_loop_is_bounded(sim: Simulator, room: Room) -> None:
    async def main() -> list[str]:
        async with client_of(sim, max_events=10) as client:
            await client.connect()
            await has_client(room)
            for number in range(20):
                room.chat("bob", f"comment {number}")
            room.end()
            await until(lambda: not client.connection.busy)
            return [event["event_type"] async for event in client]

    names = asyncio.run(main())
    assert names[0] == "error"
    assert len(names) == 11
    assert names[-2:] == ["stream_end", "disconnected"]


@pytest.mark.parametrize("value", [0, "5", None])
def test_a_bound_that_lets_nothing_wait_is_refused_at_once(value: Any) -> None:
    with pytest.raises(ValueError, match=f"max_events must be at least 1, not {value!r}"):
        AsyncWebcastPushConnection("alice", max_events=value)


def test_lookups(sim: Simulator, room: Room) -> None:
    async def main() -> None:
        async with client_of(sim) as client:
            for found in (await client.resolve(), await client.live_status()):
                assert (found.live, found.room_id) == (True, str(room.state.room_id))

    asyncio.run(main())
