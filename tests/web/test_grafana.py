"""The dashboard for Grafana and the alert rules, checked by promtool and against the metrics that there are."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.helpers import until
from tests.mqtt import Listener
from tests.web.rig import Web, event

FOLDER = Path(__file__).parents[2] / "examples/grafana"
PROMTOOL = shutil.which("promtool")
needs_promtool = pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed (Debian: prometheus)")


def promtool(*arguments: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    assert PROMTOOL is not None
    return subprocess.run(
        [PROMTOOL, *arguments], input=text, cwd=FOLDER, capture_output=True, text=True, timeout=60, check=False
    )


def expressions() -> list[str]:
    dashboard = json.loads((FOLDER / "dashboard.json").read_text())
    return [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]


def page(web: Web, daemon: Listener, base: str) -> str:
    health: dict[str, Any] = {"rss_bytes": 5, "queue": {"priority": 2}, "dropped": 3, "decode_errors": 4, "events": 9}
    daemon.publish(f"{base}/bridge/health", json.dumps(health))
    daemon.publish(f"{base}/alice/state", b'{"live":true,"viewers":7,"likes":1,"diamonds":1}')
    daemon.publish(f"{base}/alice/gift", event("gift", 1))
    until(lambda: "round_trip" in web.get("/metrics").text and web.rooms())
    return web.get("/metrics").text


def test_every_metric_that_is_used_exists(web: Web, daemon: Listener, base: str) -> None:
    there = set(re.findall(r"^(tiktok2mqtt_\w+)", page(web, daemon, base), re.MULTILINE))
    used = set(re.findall(r"tiktok2mqtt_\w+", " ".join([*expressions(), (FOLDER / "alerts.yml").read_text()])))
    assert len(used) > 10
    assert used - there == set()


@needs_promtool
def test_promtool_accepts_the_metrics(web: Web, daemon: Listener, base: str) -> None:
    result = promtool("check", "metrics", text=page(web, daemon, base))
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


@needs_promtool
def test_promtool_accepts_the_rules_and_they_fire() -> None:
    for arguments in (("check", "rules", "alerts.yml"), ("test", "rules", "alerts_test.yml")):
        result = promtool(*arguments)
        assert result.returncode == 0, result.stdout + result.stderr


@needs_promtool
def test_the_expressions_of_the_dashboard_are_valid(tmp_path: Path) -> None:
    rules = [
        {"record": f"panel:{number}", "expr": text.replace("$__rate_interval", "5m").replace("$room", ".*")}
        for number, text in enumerate(expressions())
    ]
    # JSON is YAML.
    (tmp_path / "rules.yml").write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))
    result = promtool("check", "rules", str(tmp_path / "rules.yml"))
    assert result.returncode == 0, result.stdout + result.stderr
