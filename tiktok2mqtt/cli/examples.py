"""An example of each command, for its --help and for the manual page."""

from collections.abc import Mapping
from typing import Final

EXAMPLES: Final[Mapping[str, str]] = {
    "run": "tiktok2mqtt run alice bob --mqtt-host 192.168.1.10",
    "check": "tiktok2mqtt check --room alice --mqtt-host 192.168.1.10",
    "health": "tiktok2mqtt health --config tiktok2mqtt.toml",
    "purge": "tiktok2mqtt purge --dry-run --mqtt-host 192.168.1.10",
    "watch": "tiktok2mqtt watch alice --only gift,chat",
    "record": "tiktok2mqtt record alice live.jsonl --duration 3600",
    "replay": "tiktok2mqtt replay live.jsonl --speed 10 --mqtt-host 192.168.1.10",
    "report": "tiktok2mqtt report live.jsonl -o report.html",
    "demo": "tiktok2mqtt demo --rate 10",
    "simulate": "tiktok2mqtt simulate --room alice --scenario gifts --fault captcha:alice",
    "schema": "tiktok2mqtt schema gift",
    "files": "tiktok2mqtt files examples/homeassistant --copy blueprints",
    "completion": 'eval "$(tiktok2mqtt completion bash)"',
}
