"""Writes what is made from the code.

That is what README.md and .env.example say about settings, docs/events.md, and the events' JSON Schemas and types.

python docs/generate.py            # write all
python docs/generate.py --check    # write nothing; exit 1 with the differences when a file is out of date
"""

import argparse
import difflib
import json
import sys
import textwrap
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import Final

# Run as a script, Python looks beside it and not here.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from docs.generate_events import events_page
from docs.generate_types import types_module
from tiktok2mqtt.settings.describe import ROWS, SECTIONS, Row
from tiktok2mqtt.webcast.events.rows import REGISTRY

BEGIN = "<!-- settings:begin -->"
END = "<!-- settings:end -->"
MEND = "python docs/generate.py"

INTRO = """\
`mqtt.port` is the variable `TIKTOK2MQTT_MQTT__PORT` in the environment and in `.env`, `port` below `[mqtt]` in the TOML
file, and the file `mqtt__port` in a secrets folder. Lists are comma separated or JSON. An empty variable counts as not
set. A setting marked *secret* may also be named by a file: the same variable with `_FILE` at its end.
"""

EXAMPLE_HEAD = """\
# Settings of tiktok2mqtt. Copy to .env and remove the # before what you change; the values shown are the defaults.
# Taken literally: a $ means itself. Lists are comma separated or JSON.
# Written by `python docs/generate.py`.
"""


class MarkersError(Exception):
    """The README does not hold the two markers, each once and in order."""


def cell(text: str) -> str:
    """Return a text that cannot break a row of a Markdown table."""
    return text.replace("|", "\\|")


def table_row(row: Row) -> str:
    """Return one setting as a row of the README's table."""
    values = f"{row.values}, *secret*" if row.secret else row.values
    default = f"`{row.default}`" if row.default else ""
    return f"| `{row.name}` | {cell(values)} | {cell(default)} | {cell(row.description)} |"


def table() -> str:
    """Return what stands between the markers."""
    head = ["| Setting | Values | Default | Meaning |", "|---|---|---|---|"]
    return "\n".join([INTRO, *head, *map(table_row, ROWS.values())])


def readme(text: str) -> str:
    """Return the README with the present table. Raises MarkersError."""
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise MarkersError(f"must hold the line {BEGIN} once and below it the line {END} once")
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def example_lines(row: Row) -> list[str]:
    """Return one setting as a comment and a variable that is commented out."""
    note = f"{row.description} ({row.values})"
    lines = [*textwrap.wrap(note, 116, initial_indent="# ", subsequent_indent="# "), f"#{row.variable}={row.default}"]
    if row.secret:
        lines.append(f"#{row.variable}_FILE=")
    return [*lines, ""]


def env_example() -> str:
    """Return the whole of .env.example."""
    lines = [EXAMPLE_HEAD]
    for section, rows in groupby(ROWS.values(), key=lambda row: row.section):
        if section:
            lines += [f"## {section}: {SECTIONS[section]}", ""]
        for row in rows:
            lines += example_lines(row)
    return "\n".join(lines)


def schemas_json() -> str:
    """Return the whole of events/schemas.json: an event a line, so that a difference names it."""
    schemas = REGISTRY.schemas()
    lines = [f"{json.dumps(name)}: {json.dumps(schema, ensure_ascii=False)}" for name, schema in schemas.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


WHOLE: Final[dict[str, Callable[[], str]]] = {
    ".env.example": env_example,
    "docs/events.md": events_page,
    "tiktok2mqtt/webcast/events/schemas.json": schemas_json,
    "tiktok2mqtt/webcast/events/types.py": types_module,
}
"""The files that are generated as a whole, and what makes them."""


def difference(path: Path, old: str, new: str) -> str:
    """Return a unified diff from the file as it is to the file as it should be; empty when they are equal."""
    lines = difflib.unified_diff(
        old.splitlines(keepends=True), new.splitlines(keepends=True), f"{path.name} (found)", f"{path.name} (expected)"
    )
    return "".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Return the exit status: 0 done or up to date, 1 out of date, 2 the README is absent or lacks the markers."""
    parser = argparse.ArgumentParser(description="Write the generated documents, and the events' schemas and types.")
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 when a file is out of date")
    parser.add_argument("--root", type=Path, default=Path(__file__).parent.parent, help="folder of README.md")
    options = parser.parse_args(arguments)
    readme_path = options.root / "README.md"
    try:
        old_readme = readme_path.read_text(encoding="utf-8")
        files = [(readme_path, old_readme, readme(old_readme))]
    except (OSError, MarkersError) as error:
        sys.stderr.write(f"{readme_path}: {error}\n")
        return 2
    for name, make in WHOLE.items():
        path = options.root / name
        files.append((path, path.read_text(encoding="utf-8") if path.exists() else "", make()))
    return check(files) if options.check else write(files)


def check(files: list[tuple[Path, str, str]]) -> int:
    """Report the differences of (path, old text, new text)."""
    differences = "".join(difference(*file) for file in files)
    if differences:
        sys.stdout.write(f"{differences}\nOut of date. To mend it: {MEND}\n")
    return 1 if differences else 0


def write(files: list[tuple[Path, str, str]]) -> int:
    """Write those of (path, old text, new text) that differ."""
    for path, old, new in files:
        if old != new:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
