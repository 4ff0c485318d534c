"""`tiktok2mqtt schema`: prints the JSON Schemas of events."""

import json
import sys
from importlib.resources import files

from tiktok2mqtt.cli.terminal import DONE, WRONG_USAGE
from tiktok2mqtt.webcast.events.types import EVENT_NAMES, no_such_event


def schema(event: str | None = None, *, only_names: bool = False) -> int:
    """Print the JSON Schema of one event, of all events by name, or only the names; return the exit status."""
    if event is not None and (problem := no_such_event([event])):
        print(f"tiktok2mqtt: {problem}", file=sys.stderr)
        return WRONG_USAGE
    print("\n".join(EVENT_NAMES) if only_names else _text(event))
    return DONE


def _text(event: str | None) -> str:
    package = files("tiktok2mqtt.webcast.events")
    schemas = json.loads(package.joinpath("schemas.json").read_text(encoding="utf-8"))
    return json.dumps(schemas if event is None else schemas[event], indent=2)
