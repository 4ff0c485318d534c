"""Which part knows of which library, proved by import in a fresh interpreter."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

# Imports alone.
pytestmark = pytest.mark.unmeasured

ROOT = Path(__file__).parent.parent
BRIDGE = ROOT / "tiktok2mqtt" / "bridge"
# The only places that wire both sides.
WIRING = {"tiktok2mqtt.bridge.bridge", "tiktok2mqtt.bridge.connector"}
WIRE = {"google.protobuf", "urllib3", "websocket"}
MQTT = {"paho", "pydantic", "dotenv", "tiktok2mqtt.bridge", "tiktok2mqtt.settings"}
SIMULATED = {"aiohttp", "tiktok2mqtt.simulator"}
PROBE = "import importlib, json, sys; importlib.import_module(sys.argv[1]); print(json.dumps(sorted(sys.modules)))"


def loaded(module: str) -> set[str]:
    """Return the modules that importing this one brings in."""
    answer = subprocess.run(
        [sys.executable, "-c", PROBE, module], cwd=ROOT, capture_output=True, text=True, check=True, timeout=30
    )
    return set(json.loads(answer.stdout))


def modules_in(folder: Path) -> list[str]:
    files = sorted(folder.rglob("*.py"))
    return [".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for file in files]


BRIDGE_MODULES = [module for module in modules_in(BRIDGE) if module not in WIRING]


def test_the_bridge_was_found() -> None:
    assert {"tiktok2mqtt.bridge", "tiktok2mqtt.bridge.commands", "tiktok2mqtt.bridge.homeassistant.entities"} <= set(
        BRIDGE_MODULES
    )
    assert set(modules_in(BRIDGE)) >= WIRING


def test_the_bridge_knows_neither_protobuf_nor_http() -> None:
    """All of it in one interpreter; when that fails, the test below says which module it was."""
    probe = f"import importlib, json, sys; [importlib.import_module(m) for m in {BRIDGE_MODULES!r}]; "
    answer = subprocess.run(
        [sys.executable, "-c", probe + "print(json.dumps(sorted(sys.modules)))"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    found = set(json.loads(answer.stdout))
    assert set(BRIDGE_MODULES) <= found
    culprits = [module for module in BRIDGE_MODULES if WIRE & loaded(module)] if WIRE & found else []
    assert culprits == []
    assert not SIMULATED & found


def test_the_probe_sees_what_is_loaded() -> None:
    assert WIRE | {"paho"} <= loaded("tiktok2mqtt.bridge.bridge")


@pytest.mark.parametrize("module", ["tiktok2mqtt.webcast", "tiktok2mqtt.webcast.client", "tiktok2mqtt.webcast.watch"])
def test_the_library_knows_nothing_of_mqtt(module: str) -> None:
    assert not (MQTT | SIMULATED) & loaded(module)


def test_naming_a_room_costs_neither_protobuf_nor_http() -> None:
    assert not WIRE & loaded("tiktok2mqtt.common.text")


def test_the_simulator_shares_nothing_with_what_it_tests() -> None:
    found = loaded("tiktok2mqtt.simulator")
    assert "aiohttp" in found
    assert not (WIRE | MQTT | {"tiktok2mqtt.webcast"}) & found


def test_the_daemon_loads_no_web_server() -> None:
    assert not {"aiohttp", "prometheus_client", "tiktok2mqtt.web"} & loaded("tiktok2mqtt.cli.run")


def test_the_web_program_loads_nothing_of_the_daemon() -> None:
    found = loaded("tiktok2mqtt.web.server")
    assert {"aiohttp", "paho"} <= found
    assert not ({"google.protobuf", "websocket", "tiktok2mqtt.bridge"} | {"tiktok2mqtt.simulator"}) & found


@pytest.mark.parametrize("package", ["", ".webcast", ".bridge", ".cli", ".bridge.homeassistant"])
def test_packages_hold_no_wiring(package: str) -> None:
    assert not (WIRE | MQTT - {"tiktok2mqtt.bridge"} | SIMULATED) & loaded("tiktok2mqtt" + package)


def test_the_import_contracts_hold() -> None:
    answer = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "0 broken" in answer.stdout
