"""docs/architecture.md names files, folders, classes and threads that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "tiktok2mqtt"
TEXT = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
SOURCE = "\n".join(path.read_text(encoding="utf-8") for path in sorted(PACKAGE.rglob("*.py")))


def test_every_file_exists() -> None:
    files = re.findall(r"`([\w/]+\.py)`", TEXT)
    assert len(files) > 15
    # A name without a folder is a file of the folder that its sentence is about.
    missing = [name for name in files if not (PACKAGE / name).exists() and ("/" in name or not _anywhere(name))]
    assert missing == []


def _anywhere(name: str) -> bool:
    return any(PACKAGE.rglob(name))


def test_every_folder_is_listed() -> None:
    folders = {path.parent.relative_to(ROOT).as_posix() + "/" for path in PACKAGE.rglob("__init__.py")}
    listed = set(re.findall(r"^\| `(tiktok2mqtt/[\w/]+)` \|", TEXT, re.MULTILINE))
    # The rows of the registry belong to it.
    assert listed == folders - {"tiktok2mqtt/", "tiktok2mqtt/webcast/events/rows/"}


@pytest.mark.parametrize("lock", sorted(set(re.findall(r"`(\w+\._\w+)`", TEXT))))
def test_every_lock_exists(lock: str) -> None:
    owner, _, attribute = lock.partition(".")
    body = re.search(rf"^class {owner}\b.*?(?=^class |\Z)", SOURCE, re.DOTALL | re.MULTILINE)
    assert body, owner
    assert re.search(rf"self\.{attribute} = threading\.(Lock|Condition)\(\)", body[0]), lock


def test_every_thread_exists() -> None:
    for name in ("tiktok2mqtt.mqtt", "tiktok2mqtt.watcher", "tiktok2mqtt.lookup-", "].reader", "tiktok2mqtt.command"):
        assert name in TEXT
        assert f'{name}"' in SOURCE or f"{name}{{" in SOURCE, name
