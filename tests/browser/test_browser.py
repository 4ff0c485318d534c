"""The transport `browser`, with a real Chromium and the simulator's live page."""

import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, cast

import pytest

from tests.browser.conftest import Browser
from tests.helpers import until
from tests.webcast.rig import EventLog, urls
from tests.webcast.transports.rig import TransportRig
from tiktok2mqtt.common.errors import BrowserError, CaptchaPage
from tiktok2mqtt.simulator import Room, Simulator
from tiktok2mqtt.simulator.scenarios import BUILT_IN, run_scenario
from tiktok2mqtt.webcast.check import probe
from tiktok2mqtt.webcast.client import WebcastPushConnection
from tiktok2mqtt.webcast.net.options import Options
from tiktok2mqtt.webcast.transports.browser import BrowserTransport
from tiktok2mqtt.webcast.watch import WatchedRoom, Watcher


@pytest.fixture
def room(sim: Simulator) -> Room:
    room = sim.room("alice")
    room.go_live()
    return room


def options(sim: Simulator, browser: Browser, **more: Any) -> Options:
    return Options(**urls(sim), browser_url=browser.url, **({"connect_timeout_s": 15.0} | more))


@pytest.fixture
def rig(sim: Simulator, room: Room, browser: Browser) -> Iterator[TransportRig]:
    rig = TransportRig(BrowserTransport, str(room.state.room_id), options(sim, browser))
    yield rig
    rig.close()


def receive_all(rig: TransportRig) -> None:
    """Receive until there is an error, for 10 s."""
    deadline = time.monotonic() + 10.0
    while time.monotonic() < deadline:
        rig.transport.receive(1.0)


def navigate(rig: TransportRig, url: str) -> None:
    """Open another page in the tab, as a script of the page could."""
    tab = cast("BrowserTransport", rig.transport)._tab
    assert tab is not None
    tab.send("Page.navigate", url=url)


def test_it_receives_what_the_page_receives(room: Room, rig: TransportRig) -> None:
    rig.transport.open()
    room.wait_for_client()
    assert rig.transport.has_socket
    sent = [room.chat("bob", str(number)) for number in range(50)]
    received: list[int] = []
    while len(received) < 50:
        response = rig.response()
        received += [message.msg_id for message in response.messages if message.msg_id in sent]
    assert received == sent
    assert rig.dropped == Counter()
    rig.transport.close()
    until(lambda: room.clients == 0)


def test_the_tab_is_closed_and_no_other_is_touched(rig: TransportRig, browser: Browser) -> None:
    before = browser.pages()
    rig.transport.open()
    assert len(browser.pages()) == len(before) + 1
    rig.transport.close()
    until(lambda: browser.pages() == before)


def test_polls_of_the_page_are_read(room: Room, rig: TransportRig) -> None:
    room.refuse(403, times=None)
    rig.transport.open()
    assert not rig.transport.has_socket
    sent = room.chat("bob", "hello")
    rig.response(lambda response: sent in {message.msg_id for message in response.messages})


def test_a_tab_that_the_user_closes_is_an_error(rig: TransportRig, browser: Browser) -> None:
    rig.transport.open()
    browser.close_pages("/@alice/live")
    with pytest.raises(BrowserError, match="the tab was closed in the browser"):
        receive_all(rig)


def test_a_tab_that_goes_elsewhere_is_an_error(rig: TransportRig, sim: Simulator) -> None:
    rig.transport.open()
    navigate(rig, sim.web_url)
    with pytest.raises(BrowserError, match="the tab shows / instead of the LIVE"):
        receive_all(rig)


def test_a_tab_that_crashes_is_an_error(rig: TransportRig) -> None:
    rig.transport.open()
    navigate(rig, "chrome://crash")
    with pytest.raises(BrowserError, match="the tab has crashed"):
        receive_all(rig)


def test_a_page_without_the_room_is_an_error(sim: Simulator, browser: Browser) -> None:
    sim.room("alice")
    rig = TransportRig(BrowserTransport, "7", options(sim, browser, connect_timeout_s=1.5))
    with pytest.raises(BrowserError, match=r"the page did not enter the room within 1\.5 s"):
        rig.transport.open()
    rig.close()


def test_a_captcha_in_the_page_is_said(sim: Simulator, room: Room, browser: Browser) -> None:
    page = '<!DOCTYPE html><html><body><div id="captcha-verify-container">Drag the slider</div></body></html>'
    sim.fail_http("/live", 200, {"Content-Type": "text/html"}, page.encode())
    rig = TransportRig(BrowserTransport, str(room.state.room_id), options(sim, browser, connect_timeout_s=1.5))
    with pytest.raises(CaptchaPage, match="solve it in the browser"):
        rig.transport.open()
    rig.close()


def test_a_room_more_than_there_may_be_tabs_waits(
    sim: Simulator, room: Room, rig: TransportRig, browser: Browser
) -> None:
    rig.transport.open()
    more = TransportRig(BrowserTransport, str(room.state.room_id), options(sim, browser, browser_max_tabs=1))
    with pytest.raises(BrowserError, match=r"the browser has 1 tabs already"):
        more.transport.open()
    more.close()
    rig.transport.close()
    more = TransportRig(BrowserTransport, str(room.state.room_id), options(sim, browser, browser_max_tabs=1))
    more.transport.open()
    more.close()


def test_what_is_no_browser_is_an_error(sim: Simulator) -> None:
    with Simulator(port=0) as other:
        rig = TransportRig(BrowserTransport, "7", Options(**urls(sim), browser_url=other.web_url))
        with pytest.raises(BrowserError, match="does not speak the DevTools protocol"):
            rig.transport.open()
        rig.close()


def test_the_room_is_back_after_the_browser_was_killed(sim: Simulator, room: Room, browser: Browser) -> None:
    client = WebcastPushConnection(
        "alice", **urls(sim), browser_url=browser.url, transports=("browser",), connect_timeout_s=15.0
    )
    log, watcher = EventLog(client), Watcher(1.0)
    watched = WatchedRoom(client, watcher, lambda *_: None)
    watcher.start()
    watched.enable()
    try:
        log.wait("connected", timeout=30)
        room.gift("bob", "Rose", 3)
        assert log.wait("gift")["source"] == "browser"
        browser.kill()
        until(lambda: watched.connection.code == "browser", 15)
        browser.start()
        log.wait("connected", 2, timeout=30)
        room.gift("bob", "Rose", 5)
        assert [gift["count"] for gift in (log.wait("gift"), log.wait("gift", 2))] == [3, 5]
    finally:
        watcher.stop()
        watched.close()


def test_its_events_are_those_of_the_direct_socket(sim: Simulator, room: Room, browser: Browser) -> None:
    logs = []
    for transport in ("browser", "direct"):
        client = WebcastPushConnection(
            "alice", **urls(sim), browser_url=browser.url, transports=(transport,), connect_timeout_s=15.0
        )
        logs.append(EventLog(client))
        client.connect()
    # connect() returns when the socket is open, and the room may not know yet who is in it.
    until(lambda: room.clients == len(logs))
    stop = threading.Event()
    timer = threading.Timer(float(os.environ.get("PARTY_S", "5")), stop.set)
    timer.start()
    run_scenario(room, BUILT_IN["busy"], 50.0, stop)
    last = str(room.chat("bob", "the end"))
    for log in logs:
        until(partial(has_chat, log, last), 20)
    ours, direct = (
        [without_source(event) for event in log.events if event["event_type"] != "connected"] for log in logs
    )
    assert len(ours) > 100
    assert ours == direct


def is_of_the_live(event: dict[str, Any]) -> bool:
    return bool(event["event_type"] != "connected")


def has_chat(log: EventLog, event_id: str) -> bool:
    return event_id in {event["id"] for event in log.all("chat")}


def without_source(event: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in event.items() if key != "source"}


def test_check_tries_the_browser(sim: Simulator, room: Room, browser: Browser) -> None:
    room.chat("bob", "hello")
    room.remember(1)
    steps = {step.name: step for step in probe("alice", options(sim, browser, transports=("direct",)))}
    assert [name for name in steps if name.startswith("browser")] == ["browser: connection", "browser: first message"]
    assert steps["connection"].detail == "works with direct, browser"
    until(lambda: not any(url.endswith("/live") for url in browser.pages().values()))
    browser.kill()
    steps = {step.name: step for step in probe("alice", options(sim, browser, transports=("direct",)))}
    assert not steps["browser: connection"].ok
    assert steps["browser: connection"].detail.endswith("(browser)")
    assert steps["connection"].detail == "works with direct"


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="needs /proc of Linux")
def test_the_memory_of_a_tab(room: Room, rig: TransportRig, browser: Browser) -> None:
    """The page of the simulator, which shows no video: the least that a tab takes."""
    readings = [browser.memory_mib()]

    def is_settled() -> bool:
        readings.append(browser.memory_mib())
        return abs(readings[-1] - readings[max(0, len(readings) - 20)]) < 1.0 and len(readings) > 20

    until(is_settled, 30)
    before = readings[-1]
    rig.transport.open()
    room.wait_for_client()
    taken = browser.memory_mib() - before
    print(f"Chromium: {before:.0f} MiB; the tab: {taken:.0f} MiB")  # noqa: T201 - for the documentation
    assert 0 < taken < 100
