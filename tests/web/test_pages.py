"""The pages in a real Chromium, driven by Playwright. Run by `make test-web`."""

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.daemon import running, tree
from tests.helpers import until
from tests.mqtt import Listener, Mosquitto
from tests.web.rig import TOKEN, Web, event, serving, web_settings
from tiktok2mqtt.simulator import Simulator

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
if CHROMIUM is None and "REQUIRE_CHROMIUM" not in os.environ:
    pytest.skip("Chromium is not installed", allow_module_level=True)
if "REQUIRE_CHROMIUM" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed: make test-web")

from axe_playwright_python.sync_playwright import Axe  # noqa: E402
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, sync_playwright  # noqa: E402

OPTIONS: dict[str, Any] = {"executable_path": CHROMIUM, "args": ["--no-sandbox"] if os.geteuid() == 0 else []}
TIMEOUT_MS = 30_000
# What a name or a comment could try. Each would set `hacked`, load something, or break out of its element.
HOSTILE = (
    "<script>hacked=1</script>",
    "<img src=x onerror=hacked=1>",
    '"><svg onload=hacked=1>',
    "' autofocus onfocus=hacked=1 x='",
    "javascript:hacked=1",
    "</span></li></ul></main><h1>other page</h1>",
    "<iframe srcdoc='<script>parent.hacked=1</script>'>",
    "<style>body{display:none}</style>",
    "{{constructor.constructor('hacked=1')()}} ${hacked=1}",
    "<base href=//evil.example><a href=x>",
    "&lt;b&gt;&#x3C;img src=x onerror=hacked=1&#x3E;",
    "\u202egnp.exe\u202c \u2066x\u2069",
    "a" * 2_000,
    "Z\u0334\u0321a\u0310l\u0334g\u0306o" * 50,
    "<!--",
    "]]><math><mtext></mtext></math>",
    "\x00\x1b[31m\r\n",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 20,
)


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running_one:
        yield running_one


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(**OPTIONS)
    yield browser
    browser.close()


class Watched:
    """A page, and what went wrong in it."""

    def __init__(self, context: BrowserContext) -> None:
        self.page: Page = context.new_page()
        self.page.set_default_timeout(TIMEOUT_MS)
        self.errors: list[str] = []
        self.requests: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("dialog", lambda dialog: self.errors.append(dialog.message))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", self._line)

    def _line(self, line: ConsoleMessage) -> None:
        if line.type == "error":
            self.errors.append(line.text)


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    context = browser.new_context()
    yield Watched(context)
    context.close()


def state(**keys: Any) -> bytes:
    figures = {"viewers": 5, "likes": 7, "diamonds": 9, "gifts": 1, "comments": 2, "new_followers": 3, "goal": 100}
    return orjson.dumps({"live": True, "session_id": "1", "title": "Hello", "last_follower": None} | figures | keys)


def connection() -> bytes:
    document = {"state": "live", "reason": "Connected", "transport": "direct", "since": "2026-11-24T18:30:00Z"}
    return orjson.dumps(document)


def test_the_dashboard_shows_a_gift_of_a_real_room(mosquitto: Mosquitto, sim: Simulator, watched: Watched) -> None:
    room = sim.room("alice")
    room.go_live()
    settings = tree(sim, mosquitto.port)
    with running(settings), serving(web_settings(mosquitto.port, settings["mqtt"]["base_topic"])) as web:
        room.wait_for_client()
        until(lambda: web.rooms() == ["alice"])
        page = watched.page
        page.goto(web.url + "/")
        page.get_by_role("heading", name="@alice").wait_for()
        page.locator(".head .badge", has_text="live").wait_for()
        room.gift("bob", "Rose", 3)
        page.locator(".log li", has_text="sent 3 \u00d7 Rose").wait_for()
        page.get_by_label("Top gifters").get_by_text("3").wait_for()
        page.get_by_label("Goal").fill("500")
        page.get_by_role("button", name="Set").click()
        page.get_by_text("3 of 500 diamonds").wait_for()
        page.get_by_label("User name, @name or TikTok URL").fill("@carol")
        page.get_by_role("button", name="Add").click()
        page.get_by_role("heading", name="@carol").wait_for()
        page.get_by_role("button", name="Disconnect").click()
        page.get_by_role("button", name="Connect", exact=True).wait_for()
        page.get_by_role("button", name="Remove").click()
        page.locator('[data-room="carol"]').wait_for(state="detached")
        page.goto(web.url + "/#/bridge")
        page.get_by_text("Waiting for the broker").wait_for()
    assert [one for one in watched.errors if "net::" not in one] == []
    assert all(url.startswith(web.url) for url in watched.requests)


def publish_hostile(daemon: Listener, base: str, text: str, number: int) -> None:
    who = {"nickname": text, "unique_id": text, "user_id": str(number), "profile_picture_url": f"https://x/{text}"}
    gift = {"name": text, "gift_type": 2, "image": "javascript:hacked=1", "group_id": "1"}
    for event_type in ("chat", "follow", "question_new", "member", "other_event"):
        more = {"comment": text, "question_text": text, "text": text, "reason": text}
        daemon.send(f"{base}/alice/{event_type}", event(event_type, number, **who, **more))
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    payload = event("gift", number, **who, gift=gift, gift_id="1", count=1, delta=1, diamonds=1000, ts=now)
    daemon.publish(f"{base}/alice/gift", payload)
    daemon.send(f"{base}/bridge/logging", orjson.dumps({"level": text, "message": text, "logger": text}))


def hostile_documents(daemon: Listener, base: str) -> None:
    text = "".join(HOSTILE[:6])
    person = {"nickname": text, "username": text, "unique_id": text}
    hosts = [{**person, "is_room_host": True, "score": 5}, {**person, "score": 7}]
    daemon.publish(f"{base}/alice/state", state(title=text, last_follower=person))
    daemon.publish(f"{base}/alice/battle", orjson.dumps({"status": "running", "hosts": hosts, "ends_at": text}))
    daemon.publish(f"{base}/alice/cover", "javascript:hacked=1")
    daemon.publish(f"{base}/alice/connection", orjson.dumps({"state": text, "reason": text, "transport": text}))
    daemon.publish(f"{base}/bridge/info", orjson.dumps({"version": text, "settings": {"allowed_commands": ["list"]}}))
    daemon.publish(f"{base}/bridge/health", orjson.dumps({"queue": {text: 1}, "stuck_threads": [text]}))


def assert_harmless(watched: Watched, web: Web) -> None:
    assert watched.page.evaluate("window.hacked") is None
    assert watched.errors == []
    foreign = "main script, main iframe, main style, main svg, #overlay script, #overlay iframe, #overlay svg"
    assert watched.page.locator(foreign).count() == 0
    assert watched.page.locator("h1", has_text="other page").count() == 0
    assert [url for url in watched.requests if not url.startswith(web.url)] == []


@pytest.mark.parametrize("pictures", [False, True])
def test_hostile_names_are_text(
    mosquitto: Mosquitto, base: str, daemon: Listener, browser: Browser, pictures: bool
) -> None:
    with serving(web_settings(mosquitto.port, base, pictures=pictures)) as web:
        hostile_documents(daemon, base)
        kinds = ("chat", "gifts", "top", "battle", "follower", "goal")
        context = browser.new_context()
        pages = {"dashboard": Watched(context)} | {kind: Watched(context) for kind in kinds}
        for name, one in pages.items():
            query = f"?seconds={int(name == 'gifts')}&max=50&pictures={int(pictures)}"
            one.page.goto(web.url + ("/#/room/alice" if name == "dashboard" else f"/overlay/alice/{name}{query}"))
        pages["dashboard"].page.get_by_role("heading", name="@alice").wait_for()
        until(lambda: len(stream_clients(web)) == len(pages))
        for number, text in enumerate(HOSTILE):
            publish_hostile(daemon, base, text, number)
            # A batch for the dashboard is bounded.
            pages["dashboard"].page.wait_for_timeout(300)
        log = pages["dashboard"].page.locator(".log")
        chat = pages["chat"].page.locator(".chat")
        # Word for word.
        for text in (*HOSTILE[:5], HOSTILE[10]):
            log.get_by_text(f"{text}: {text}", exact=False).first.wait_for()
            chat.get_by_text(text, exact=False).first.wait_for()
        pages["gifts"].page.locator(".alert .name", has_text="hacked").first.wait_for()
        pages["top"].page.locator("li", has_text="hacked").first.wait_for()
        pages["battle"].page.locator(".sides", has_text="hacked").first.wait_for()
        pages["follower"].page.locator(".follower", has_text="hacked").first.wait_for()
        dashboard = pages["dashboard"].page
        dashboard.set_viewport_size({"width": 390, "height": 800})
        assert dashboard.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        dashboard.evaluate("location.hash = '#/bridge'")
        dashboard.get_by_role("heading", name="Log").wait_for()
        dashboard.locator(".log li", has_text="hacked").first.wait_for()
        assert dashboard.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        for one in pages.values():
            one.errors = [line for line in one.errors if not (pictures and "https://x/" in line)]
            assert_harmless(one, web)
        context.close()


def stream_clients(web: Web) -> range:
    (line,) = [one for one in web.get("/metrics").text.splitlines() if one.startswith("tiktok2mqtt_web_clients ")]
    return range(int(float(line.split()[1])))


# Notes the ids of the gifts that an overlay shows, also those that it shows only for a moment.
NOTE_SHOWN = """
window.shownIds = [];
new MutationObserver(() => {
  for (const id of (document.querySelector(".alert")?.dataset.ids ?? "").split(" "))
    if (id && window.shownIds.at(-1) !== id) window.shownIds.push(id);
}).observe(document, { subtree: true, childList: true, attributes: true });
"""


def test_an_overlay_shows_each_gift_once_across_restarts(tmp_path: Path, base: str, playwright: Playwright) -> None:
    shown: list[str] = []

    def send(broker: Mosquitto, *numbers: int) -> None:
        with Listener(broker.port, [f"{base}/none"]) as daemon:
            now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            for number in numbers:
                keys: dict[str, Any] = {
                    "user_id": str(number),
                    "gift_id": "1",
                    "gift": {"name": "Rose", "gift_type": 2},
                    "ts": now,
                }
                payload = event("gift", number, **keys, count=1, delta=1, diamonds=5)
                daemon.publish(f"{base}/alice/gift", payload)

    def opened(web: Web) -> tuple[BrowserContext, Page]:
        context = playwright.chromium.launch_persistent_context(tmp_path / "profile", **OPTIONS)
        context.add_init_script(NOTE_SHOWN)
        page = context.new_page()
        page.goto(f"{web.url}/overlay/alice/gifts?seconds=0.5")
        until(lambda: page.evaluate("document.querySelector('.alerts') !== null"))
        return context, page

    def shows(page: Page, *numbers: int) -> None:
        until(lambda: len(page.evaluate("window.shownIds")) >= len(numbers))
        assert page.evaluate("window.shownIds") == [f"gift{number}" for number in numbers]

    with Mosquitto(tmp_path, "persistence true", f"persistence_location {tmp_path}/", "autosave_interval 1") as broker:
        web = Web(web_settings(broker.port, base))
        web.start()
        context, page = opened(web)
        send(broker, 1, 2)
        shows(page, 1, 2)
        # The program restarts; a gift comes while it is away.
        web.stop()
        send(broker, 3)
        web.start()
        shows(page, 1, 2, 3)
        shown += page.evaluate("window.shownIds")
        # The browser restarts; a gift comes while it is away.
        context.close()
        send(broker, 4)
        context, page = opened(web)
        shows(page, 4)
        # The broker restarts.
        broker.stop()
        until(lambda: web.get("/readyz").status_code == 503)
        broker.start()
        until(lambda: web.get("/readyz").ok)
        send(broker, 5)
        shows(page, 4, 5)
        shown += page.evaluate("window.shownIds")
        context.close()
        web.stop()
    assert shown == [f"gift{number}" for number in range(1, 6)]


def test_a_streak_grows_in_one_alert_and_small_gifts_are_left_out(
    web: Web, daemon: Listener, base: str, watched: Watched
) -> None:
    watched.page.goto(f"{web.url}/overlay/alice/gifts?min=10&seconds=2")
    until(lambda: stream_clients(web))
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    keys: dict[str, Any] = {"gift_id": "1", "gift": {"name": "Rose", "gift_type": 1, "group_id": "9"}, "ts": now}
    daemon.publish(f"{base}/alice/gift", event("gift", 7, **keys, count=1, delta=1, diamonds=9))
    for count in (1, 2, 3):
        payload = event("gift_streak", count, **keys, count=count, delta=1, diamonds=count * 10)
        daemon.publish(f"{base}/alice/gift_streak", payload)
    watched.page.get_by_text("\u00d7 3").wait_for()
    daemon.publish(f"{base}/alice/gift", event("gift", 8, **keys, count=4, delta=4, diamonds=40))
    watched.page.get_by_text("\u00d7 4").wait_for()
    assert watched.page.locator(".alert").get_attribute("data-ids") == "gift8"
    # Too late to be shown: it is counted.
    old = {**keys, "ts": "2020-01-01T00:00:00Z", "user_id": "99"}
    daemon.publish(f"{base}/alice/gift", event("gift", 9, **old, count=1, delta=1, diamonds=50))
    watched.page.get_by_text("+1 earlier").wait_for()
    watched.page.locator(".alert").wait_for(state="detached")
    assert watched.errors == []


def test_an_overlay_without_its_token_says_so(mosquitto: Mosquitto, base: str, watched: Watched) -> None:
    with serving(web_settings(mosquitto.port, base, token=TOKEN)) as web:
        page = watched.page
        page.goto(f"{web.url}/overlay/alice/chat?token=wrong")
        page.get_by_text("This overlay is refused").wait_for()
        page.goto(web.url + "/")
        page.get_by_label("Token").fill(TOKEN)
        page.get_by_role("button", name="Log in").click()
        page.get_by_role("heading", name="No rooms yet").wait_for()
        page.goto(web.url + "/overlays")
        page.get_by_label("Room", exact=True).fill("alice")
        until(lambda: "token=" in page.get_by_label("Address of the overlay").input_value())
        address = page.get_by_label("Address of the overlay").input_value()
        page.context.clear_cookies()
        page.goto(address)
        until(lambda: stream_clients_with(web))
        assert page.locator(".notice").count() == 0


def stream_clients_with(web: Web) -> bool:
    text = web.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    return "tiktok2mqtt_web_clients 1.0" in text


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1366])
def test_accessibility(  # noqa: PLR0913, PLR0917 - fixtures
    web: Web, daemon: Listener, base: str, browser: Browser, width: int, scheme: Any
) -> None:
    daemon.publish(f"{base}/bridge/state", b'{"state":"online"}')
    for room in ("alice", "bob"):
        daemon.publish(f"{base}/{room}/state", state())
        daemon.publish(f"{base}/{room}/connection", connection())
    daemon.publish(f"{base}/bridge/health", b'{"queue":{"state":0},"uptime_s":7}')
    for level in ("info", "warning", "error"):
        daemon.publish(f"{base}/bridge/logging", orjson.dumps({"level": level, "message": "x", "logger": "y"}))
    for number in range(30):
        keys: dict[str, Any] = {"gift": {"name": "Rose"}, "count": 1, "delta": 1, "diamonds": 5, "user_id": str(number)}
        daemon.publish(f"{base}/alice/gift", event("gift", number, **keys))
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    for path, ready in (
        ("/#/room/alice", "Top gifters"),
        ("/#/bridge", "Waiting for the broker"),
        ("/#/", "Rooms"),
        ("/overlays", "Address for the browser source"),
        ("/login", "Token"),
    ):
        page.goto("about:blank")
        page.goto(web.url + path)
        page.get_by_text(ready).first.wait_for()
        page.wait_for_timeout(500)
        violations = [one for one in Axe().run(page).response["violations"] if one["impact"] in {"serious", "critical"}]
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in violations] == [], path
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
    context.close()


def test_a_long_flood_does_not_make_the_page_grow(
    web: Web, daemon: Listener, base: str, watched: Watched, record_property: Any
) -> None:
    """500 events/s in one of 100 rooms; FLOOD_S=60 for a minute."""
    for number in range(100):
        daemon.publish(f"{base}/user{number}/state", state())
    page, seconds = watched.page, float(os.environ.get("FLOOD_S", "12"))
    page.goto(web.url + "/#/room/user0")
    page.get_by_role("heading", name="@user0").wait_for()
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")

    def measured() -> dict[str, float]:
        devtools.send("HeapProfiler.collectGarbage")
        return {one["name"]: one["value"] for one in devtools.send("Performance.getMetrics")["metrics"]}

    def flood(duration_s: float, first: int) -> int:
        began, sent = time.monotonic(), 0
        while (elapsed := time.monotonic() - began) < duration_s:
            while sent < elapsed * 500:
                event_type, room = ("chat", "like", "gift", "member")[sent % 4], f"user{sent % 100 if sent % 2 else 0}"
                keys: dict[str, Any] = {"comment": "hello", "gift": {"name": "Rose"}, "count": 1, "delta": 1}
                keys |= {"diamonds": 1, "user_id": str(sent % 1000)}
                daemon.send(f"{base}/{room}/{event_type}", event(event_type, first + sent, **keys))
                sent += 1
            page.wait_for_timeout(20)
        return sent

    sent = flood(seconds / 3, 0)
    before = measured()
    began = time.monotonic()
    flood(seconds * 2 / 3, sent)
    after = measured()
    share = (after["TaskDuration"] - before["TaskDuration"]) / (time.monotonic() - began)
    record_property("share_of_a_core", share)
    heap = f"{before['JSHeapUsedSize']:,.0f} -> {after['JSHeapUsedSize']:,.0f}"
    print(f"\nthe tab used {share:.0%} of a core; heap {heap}")  # noqa: T201 - a figure that is not asserted
    assert after["JSHeapUsedSize"] < before["JSHeapUsedSize"] + 5_000_000
    assert after["Nodes"] < before["Nodes"] + 3_000
    assert page.locator(".log li").count() <= 200
    assert watched.errors == []
