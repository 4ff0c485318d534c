"""The script works on copies in a temporary folder."""

import io
import os
import shutil
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

import pytest

from docs.generate import WHOLE, main
from tiktok2mqtt.settings.model import ROWS

pytestmark = pytest.mark.unmeasured
ROOT = Path(__file__).parents[2]
PAGE = "# Title\n\n<!-- settings:begin -->\nformer table\n<!-- settings:end -->\n\nThe end.\n"


class Done(NamedTuple):
    status: int
    stdout: str
    stderr: str


def generate(root: Path, *arguments: str) -> Done:
    with redirect_stdout(io.StringIO()) as stdout, redirect_stderr(io.StringIO()) as stderr:
        status = main(["--root", str(root), *arguments])
    return Done(status, stdout.getvalue(), stderr.getvalue())


def generate_as_a_user(root: Path, *arguments: str) -> Done:
    command = [sys.executable, str(ROOT / "docs" / "generate.py"), "--root", str(root), *arguments]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)
    return Done(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def written(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/settings.md").write_text(PAGE)
    assert generate(tmp_path) == (0, "", "")
    return tmp_path


def test_the_script_does_the_same(written: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    root = tmp_path_factory.mktemp("script")
    without_page = generate(root)
    assert without_page.status == 2
    assert generate_as_a_user(root) == without_page
    (root / "docs").mkdir()
    (root / "docs/settings.md").write_text(PAGE)
    out_of_date = generate(root, "--check")
    assert out_of_date.status == 1
    assert generate_as_a_user(root, "--check") == out_of_date
    assert generate_as_a_user(root) == (0, "", "")
    for file in ("docs/settings.md", *WHOLE):
        assert (root / file).read_text() == (written / file).read_text()


def test_text_outside_the_markers_is_kept(written: Path) -> None:
    text = (written / "docs/settings.md").read_text()
    assert text.startswith("# Title\n\n<!-- settings:begin -->\n")
    assert text.endswith(" |\n<!-- settings:end -->\n\nThe end.\n")
    assert "former table" not in text


def test_what_is_generated_as_a_whole(written: Path) -> None:
    found = {str(path.relative_to(written)) for path in written.rglob("*") if path.is_file()}
    assert found == {"docs/settings.md", *WHOLE}


def test_both_files_name_every_setting_once(written: Path) -> None:
    page = (written / "docs/settings.md").read_text()
    example = (written / ".env.example").read_text().splitlines()
    for row in ROWS.values():
        assert page.count(f"\n| `{row.name}` | ") == 1
        assert example.count(f"#{row.variable}={row.default}") == 1
    assert "#TIKTOK2MQTT_MQTT__PASSWORD_FILE=" in example


def test_the_example_changes_nothing_until_it_is_edited(written: Path) -> None:
    lines = (written / ".env.example").read_text().splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == []
    assert max(map(len, lines)) <= 130


def test_the_check_accepts_what_was_written(written: Path) -> None:
    assert generate(written, "--check") == (0, "", "")


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("docs/settings.md", "1883", "1884"),
        (".env.example", "1883", "1884"),
        ("docs/events.md", "## chat", "## talk"),
        ("tiktok2mqtt/webcast/events/schemas.json", "boolean", "bool"),
        ("tiktok2mqtt/webcast/events/types.py", "class ", "klass "),
        ("tiktok2mqtt/webcast/events/handlers.py", "class ", "klass "),
    ],
)
def test_the_check_shows_the_difference_and_the_command_that_updates_the_file(
    written: Path, file: str, old: str, new: str
) -> None:
    path = written / file
    changed = path.read_text().replace(old, new)
    path.write_text(changed)
    done = generate(written, "--check")
    assert done.status == 1
    assert f"--- {path.name} (found)\n+++ {path.name} (expected)\n" in done.stdout
    assert "\n-" in done.stdout
    assert done.stdout.endswith("To update: python docs/generate.py\n")
    assert path.read_text() == changed
    assert generate(written).status == 0
    assert generate(written, "--check").status == 0


@pytest.mark.parametrize("file", sorted(WHOLE))
def test_an_absent_file_is_out_of_date(written: Path, file: str) -> None:
    (written / file).unlink()
    assert generate(written, "--check").status == 1


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (None, "No such file or directory"),
        (
            "# Title\n",
            "must contain the line <!-- settings:begin --> once, and below it the line <!-- settings:end --> once",
        ),
        ("<!-- settings:begin -->\n", "must contain the line"),
        ("<!-- settings:end -->\n<!-- settings:begin -->\n", "must contain the line"),
        (PAGE + PAGE, "must contain the line"),
    ],
)
def test_a_page_without_the_markers_is_refused_and_nothing_is_written(
    tmp_path: Path, page: str | None, reason: str
) -> None:
    if page is not None:
        (tmp_path / "docs").mkdir()
        (tmp_path / "docs/settings.md").write_text(page)
    done = generate(tmp_path)
    assert done.status == 2
    assert reason in done.stderr
    assert str(tmp_path / "docs/settings.md") in done.stderr
    assert not (tmp_path / ".env.example").exists()
    assert page is None or (tmp_path / "docs/settings.md").read_text() == page


@pytest.mark.parametrize("file", sorted(WHOLE))
def test_the_files_in_the_repository_are_up_to_date(written: Path, file: str) -> None:
    assert (ROOT / file).read_text() == (written / file).read_text()


def test_broken_types_can_be_regenerated(tmp_path: Path) -> None:
    """As after a merge with conflict markers: the script must not import what it writes."""
    for name in ("tiktok2mqtt", "docs"):
        source = ROOT / name
        shutil.copytree(source, tmp_path / name) if source.is_dir() else shutil.copy(source, tmp_path)
    types = tmp_path / "tiktok2mqtt" / "webcast" / "events" / "types.py"
    types.write_text("<<<<<<<\n")
    command = [sys.executable, "docs/generate.py"]
    subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=30, check=True)
    assert types.read_text() == (ROOT / "tiktok2mqtt" / "webcast" / "events" / "types.py").read_text()
