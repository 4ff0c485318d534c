"""The blueprints of examples/homeassistant in a real Home Assistant, with the configuration in `demo.yaml`.

Gifts and comments take the whole path: simulator, daemon, broker, Home Assistant, blueprint.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from tests.homeassistant.api import HomeAssistant, Json
from tests.homeassistant.device import Device
from tiktok2mqtt.simulator import Room, Viewer

BLUEPRINTS: Final = Path(__file__).parents[2] / "examples/homeassistant/blueprints/automation/tiktok2mqtt"
LIGHT: Final = "light.bed_light"
HOSTILE: Final = "{{ states.light | list }}{% set x = 6 * 7 %}"
GIFTS: Final = 200

UseBlueprint = Callable[..., str]


@pytest.fixture(scope="module")
def home(ha: HomeAssistant) -> HomeAssistant:
    """A Home Assistant that has imported all blueprints."""
    states = ha.states()
    if not {LIGHT, "scene.tiktok_on", "scene.tiktok_off"} <= states.keys():
        pytest.skip("this Home Assistant is not configured with tests/homeassistant/demo.yaml")
    for path in BLUEPRINTS.glob("*.yaml"):
        keys = {"domain": "automation", "path": f"tiktok2mqtt/{path.name}", "allow_override": True}
        ha.command("blueprint/save", yaml=path.read_text(), **keys)
    return ha


@pytest.fixture
def use(home: HomeAssistant) -> Iterator[UseBlueprint]:
    """Creates automations from a blueprint and its inputs; they are removed after the test."""
    created: list[str] = []

    def create(blueprint: str, **inputs: Any) -> str:
        name = f"use_{blueprint}_{time.monotonic_ns()}"
        created.append(name)
        home.add_automation(name, {"use_blueprint": {"path": f"tiktok2mqtt/{blueprint}.yaml", "input": inputs}})
        return f"automation.{name}"

    home.call("light.turn_off", entity_id=LIGHT)
    yield create
    for name in created:
        home.remove_automation(name)


def notifications(home: HomeAssistant) -> dict[str, str]:
    """Return the messages of the notifications titled TikTok LIVE, by id."""
    shown: list[Json] = home.command("persistent_notification/get")
    return {one["notification_id"]: one["message"] for one in shown if one["title"] == "TikTok LIVE"}


def test_all_blueprints_are_imported(home: HomeAssistant) -> None:
    known = home.command("blueprint/list", domain="automation")
    ours = {path.removeprefix("tiktok2mqtt/") for path in known if path.startswith("tiktok2mqtt/")}
    assert ours == {path.name for path in BLUEPRINTS.iterdir()}
    assert ours == {"gift_light.yaml", "gift_scene.yaml", "read_chat.yaml", "live.yaml", "goal.yaml"}
    assert not [path for path in known if "error" in known[path]]


def test_every_input_has_a_name_and_a_selector(home: HomeAssistant) -> None:
    for path, blueprint in home.command("blueprint/list", domain="automation").items():
        if path.startswith("tiktok2mqtt/"):
            metadata = blueprint["metadata"]
            assert metadata["description"], path
            assert all(one["name"] and one["selector"] for one in metadata["input"].values()), path


def test_a_gift_changes_the_colour_of_a_light(
    home: HomeAssistant, alice: Room, use: UseBlueprint, device: Device
) -> None:
    automation = use(
        "gift_light", gift_event=device.entity("gift"), diamonds=100, lights=[LIGHT], color=[0, 0, 255], duration=1
    )
    with home.changes(LIGHT) as changes:
        alice.gift("bob", "Rose", 3)
        alice.gift(replace(Viewer.named("mallory"), nickname=HOSTILE), "Galaxy")
        assert [next(changes)[1], home.attributes(LIGHT)["rgb_color"]] == ["on", [0, 0, 255]]
        assert next(changes)[1] == "off"
    gift = home.attributes(device.entity("gift"))
    assert (gift["nickname"], gift["diamonds"]) == (HOSTILE, 1000)
    assert home.attributes(automation)["last_triggered"]


def test_a_gift_that_was_missed_reaches_the_light_and_the_counter(
    home: HomeAssistant, alice: Room, use: UseBlueprint, device: Device
) -> None:
    use("gift_light", gift_event=device.entity("gift"), diamonds=100, lights=[LIGHT], color=[0, 0, 255], duration=1)
    alice.remember(100)
    alice.go_silent()
    with home.changes(LIGHT) as changes:
        alice.gift("bob", "Galaxy")
        alice.drop_socket()
        assert next(changes)[1] == "on"
    gift = home.attributes(device.entity("gift"))
    assert (gift["late"], gift["replayed"], gift["diamonds"]) == (True, False, 1000)
    home.wait_state(device.entity("diamonds"), "1000")


def test_a_gift_flashes_a_light(home: HomeAssistant, alice: Room, use: UseBlueprint, device: Device) -> None:
    use("gift_light", gift_event=device.entity("gift"), diamonds=5, lights=[LIGHT], effect="flash", duration=1)
    with home.calls("light") as called, home.changes(LIGHT) as changes:
        alice.gift("bob", "Rose", 4)
        alice.gift("bob", "Rose", 5)
        assert next(called) == {"entity_id": [LIGHT], "flash": "short"}
        assert next(changes)[1] == "on"
        assert next(changes)[1] == "off"


def test_a_gift_activates_its_scene(home: HomeAssistant, alice: Room, use: UseBlueprint, device: Device) -> None:
    scenes = [{"gift": "galaxy ", "scene": "scene.tiktok_on"}, {"gift": "Lion", "scene": "scene.tiktok_off"}]
    use("gift_scene", gift_event=device.entity("gift"), scenes=scenes)
    with home.changes(LIGHT) as changes:
        for gift in ("Rose", "Galaxy", "Lion"):
            alice.gift("bob", gift)
        assert [next(changes)[1], next(changes)[1]] == ["on", "off"]


@pytest.fixture
def reader(use: UseBlueprint, device: Device) -> UseBlueprint:
    """Creates automations that read the chat of alice aloud."""
    speaker = {"tts": "tts.demo", "player": "media_player.bedroom"}
    return lambda **inputs: use("read_chat", chat_event=device.entity("chat"), **speaker, **inputs)


def test_the_chat_is_read_aloud(home: HomeAssistant, alice: Room, reader: UseBlueprint) -> None:
    for said, spoken in (
        (HOSTILE, "states.light list set x 6 7."),
        ("hi there!", "hi there."),
        ("None", "None."),
        ("1e5", "1e5."),
        ("['a', \"b\"]", "'a' b."),
        ("__import__('os')", "import 'os'."),
        ("grüße aus Köln 🌹", "grüße aus Köln."),
        ("so " * 30, "so so so so so so."),
    ):
        # Each automation speaks once; the former ones are in their pause.
        reader(length=20 if said.startswith("so") else 100, pause=600)
        with home.calls("tts") as called:
            # Not spoken: it has no letters.
            alice.chat("bob", "12 !!!")
            alice.chat("bob", said)
            assert next(called)["message"] == spoken, said


def test_only_allowed_words_are_spoken(home: HomeAssistant, alice: Room, reader: UseBlueprint) -> None:
    reader(words=["Hello", "Alice", "hi"])
    with home.calls("tts") as called:
        for text in ("buy followers", "hello bob", "hello, ALICE!"):
            alice.chat("bob", text)
        spoken = next(called)
    assert spoken["message"] == "hello ALICE."
    assert (spoken["entity_id"], spoken["media_player_entity_id"]) == (["tts.demo"], "media_player.bedroom")


def test_comments_during_the_pause_are_skipped(home: HomeAssistant, alice: Room, reader: UseBlueprint) -> None:
    automation = reader(pause=1)
    with home.calls("tts") as called:
        for text in ("one", "two", "three"):
            alice.chat("bob", text)
        assert next(called)["message"] == "one."
        home.wait_for(lambda: home.attributes(automation)["current"] == 0, "the pause does not end")
        alice.chat("bob", "four")
        assert next(called)["message"] == "four."


def test_start_and_end_of_a_live(home: HomeAssistant, alice: Room, use: UseBlueprint, device: Device) -> None:
    use("live", stream_event=device.entity("stream"))
    alice.end()
    home.wait_state(device.entity("live"), "off")
    alice.go_live(title=HOSTILE)
    home.wait_for(
        lambda: notifications(home).get("tiktok2mqtt_alice") == f"alice is live. {HOSTILE}",
        "no notification about the start",
    )
    alice.end()
    home.wait_for(lambda: "tiktok2mqtt_alice" not in notifications(home), "the notification is not dismissed")


def test_a_goal_is_reached_once(home: HomeAssistant, alice: Room, use: UseBlueprint, device: Device) -> None:
    diamonds = device.entity("diamonds")
    turn_on = [{"action": "light.toggle", "target": {"entity_id": LIGHT}}]
    use("goal", counter=diamonds, goal=1000, reached=turn_on)
    for gift, total in (("Money Gun", "500"), ("Money Gun", "1000"), ("Galaxy", "2000")):
        alice.gift("bob", gift)
        home.wait_state(diamonds, total)
    home.wait_state(LIGHT, "on")


def test_no_blueprint_logs_what_is_missing(home: HomeAssistant, use: UseBlueprint, device: Device) -> None:
    tts, player = "tts.demo", "media_player.bedroom"
    gift, stream, chat = (device.entity(key) for key in ("gift", "stream", "chat"))
    since = home.log_size()
    automations = [
        use("goal", counter="sensor.not_there_yet", goal=10, reached=[]),
        use("gift_light", gift_event=gift, lights=[LIGHT], duration=1),
        use("gift_scene", gift_event=gift, scenes=[{"gift": "Galaxy", "scene": "scene.tiktok_on"}]),
        use("live", stream_event=stream, started=[], ended=[]),
        use("read_chat", chat_event=chat, tts=tts, player=player),
    ]
    for state in ("5", "20", "unavailable", "30"):
        home.post("states/sensor.not_there_yet", {"state": state})
    home.wait_for(lambda: home.attributes(automations[0])["last_triggered"], "the goal is not reached")
    home.remove_state("sensor.not_there_yet")
    for automation in automations:
        # Run by hand, the conditions are not met, and there is no trigger.
        home.call("automation.trigger", entity_id=automation, skip_condition=False)
    assert home.lines(since, (" WARNING ", " ERROR ")) == []


def test_the_latency_from_a_gift_to_a_light(
    home: HomeAssistant, alice: Room, use: UseBlueprint, device: Device, capsys: pytest.CaptureFixture[str]
) -> None:
    scenes = [{"gift": "Galaxy", "scene": "scene.tiktok_on"}, {"gift": "Lion", "scene": "scene.tiktok_off"}]
    use("gift_scene", gift_event=device.entity("gift"), scenes=scenes)
    times_ms = []
    with home.changes(LIGHT) as changes:
        for number in range(GIFTS):
            began = time.monotonic()
            alice.gift("bob", ("Galaxy", "Lion")[number % 2])
            times_ms.append((next(changes)[0] - began) * 1000)
    median, p99 = statistics.median(times_ms), statistics.quantiles(times_ms, n=100)[98]
    with capsys.disabled():
        figures = f"median {median:.0f} ms, p99 {p99:.0f} ms"
        print(f"\nfrom the gift in the simulator to the light, {GIFTS} times: {figures}")  # noqa: T201 - a measurement
    assert median < 1000
