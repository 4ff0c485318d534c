"""What surrounds the package: Makefile, .ci/run, Dockerfile, systemd unit."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tiktok2mqtt.bridge.connector import FILES_PER_IMPERSONATING_ROOM, RESERVED_FILES
from tiktok2mqtt.settings.model import ROWS

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

# A Python that is new enough, and makes virtual environments whose Python and command only note what they are asked.
FAKE_PYTHON = """#!/bin/sh
case "$1 $2" in
"-c "*) echo 3.12 ;;
"-m venv")
    mkdir -p .venv/bin
    printf '#!/bin/sh\\necho "$@" >>calls\\n' >.venv/bin/python
    printf '#!/bin/sh\\necho "command: $*"\\n' >.venv/bin/tiktok2mqtt
    chmod +x .venv/bin/* ;;
esac
"""


def executable(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o755)
    return path


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with what make looks at."""
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    # The variables of an outer make, under which the tests may run, must not reach the inner one.
    environ = {
        key: value for key, value in os.environ.items() if not key.startswith(("ARGS", "MAKE", "MFLAGS", "PYTHON"))
    }
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=folder,
        env=environ,
        text=True,
        capture_output=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("target", ["demo", "test", "check"])
@pytest.mark.parametrize(
    ("python", "sentence"),
    [
        ("echo 3.9", "tiktok2mqtt needs Python 3.11 or newer, but '{python}' is 3.9: name a newer one with PYTHON=..."),
        (
            "exit 127",
            (
                "tiktok2mqtt needs Python 3.11 or newer, but '{python}' does not run: "
                "install it, or name one with PYTHON=..."
            ),
        ),
        (
            "if [ $2 = venv ]; then echo 'ensurepip is not'; echo available; exit 1; fi; echo 3.11",
            "'{python}' lacks venv or ensurepip: install them (Debian and Ubuntu: apt install python3-venv)",
        ),
        (
            'if [ $2 = venv ]; then echo "$0: No module named venv" >&2; exit 1; fi; echo 3.13',
            "'{python}' lacks venv or ensurepip: install them (Debian and Ubuntu: apt install python3-venv)",
        ),
        (
            "if [ $2 = venv ]; then echo 'Error: no space left'; exit 1; fi; echo 3.11",
            "'{python} -m venv .venv' failed: Error: no space left",
        ),
    ],
)
def test_make_says_in_one_line_what_is_missing(checkout: Path, target: str, python: str, sentence: str) -> None:
    fake = executable(checkout / "fakepython", f"#!/bin/sh\n{python}\n")
    result = make(checkout, target, f"PYTHON={fake}")
    line, make_line = result.stderr.splitlines()
    assert line == sentence.format(python=fake)
    assert re.fullmatch(r"make: \*\*\* \[Makefile:\d+: \.venv/bin/python\] Error 1", make_line)
    assert (result.returncode, result.stdout) == (2, "")
    assert not (checkout / ".venv").exists()


def test_an_absent_python_is_named(checkout: Path) -> None:
    result = make(checkout, "demo", "PYTHON=no-such-python")
    assert result.stderr.startswith("tiktok2mqtt needs Python 3.11 or newer, but 'no-such-python' does not run")


def test_make_demo_installs_once_and_is_silent_afterwards(checkout: Path) -> None:
    fake = executable(checkout / "fakepython", FAKE_PYTHON)
    first = make(checkout, "demo", f"PYTHON={fake}", "ARGS=--speed 2")
    assert first.stdout.splitlines()[1:] == ["command: demo --speed 2"]
    assert first.stdout.startswith("Installing tiktok2mqtt[demo] into .venv")
    assert "--editable .[demo]" in (checkout / "calls").read_text()
    second = make(checkout, "demo", "PYTHON=not-needed-any-more")
    assert (second.stdout, second.stderr) == ("command: demo\n", "")


def test_make_test_installs_the_development_tools(checkout: Path) -> None:
    fake = executable(checkout / "fakepython", FAKE_PYTHON)
    make(checkout, "test", f"PYTHON={fake}")
    make(checkout, "test")
    install, *runs = (checkout / "calls").read_text().splitlines()
    assert install.endswith("--editable .[dev]")
    assert len(runs) == 2
    assert all(run.startswith("-m pytest ") and "--cov" in run for run in runs)


def test_a_changed_pyproject_or_a_lost_python_installs_again(checkout: Path) -> None:
    fake = executable(checkout / "fakepython", FAKE_PYTHON)
    make(checkout, "demo", f"PYTHON={fake}")
    later = (checkout / ".venv/.demo").stat().st_mtime + 10
    os.utime(checkout / "pyproject.toml", (later, later))
    assert "Installing" in make(checkout, "demo").stdout
    (checkout / ".venv/bin/python").unlink()
    os.utime(checkout / "pyproject.toml", (0, 0))
    assert "Installing" in make(checkout, "demo", f"PYTHON={fake}").stdout


def test_the_extras_and_the_command_that_make_uses_exist() -> None:
    assert {"demo", "dev"} <= PROJECT["optional-dependencies"].keys()
    assert "tiktok2mqtt" in PROJECT["scripts"]


def test_every_target_is_listed_by_help(checkout: Path) -> None:
    phony = re.search(r"^\.PHONY: help (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert phony
    listed = [line.split()[1] for line in make(checkout).stdout.splitlines()]
    assert listed == phony[1].split()


@pytest.mark.parametrize("name", ["run", "audit"])
def test_ci_script_is_executable_and_parses(name: str) -> None:
    script = ROOT / ".ci" / name
    assert os.access(script, os.X_OK)
    subprocess.run(["bash", "-n", script], check=True, timeout=60)


@pytest.mark.parametrize("dependency", PROJECT["dependencies"])
def test_a_dependency_has_a_lowest_version_and_one_that_is_too_high(dependency: str) -> None:
    assert re.fullmatch(r"[\w-]+(\[\w+\])?>=[\d.]+,<\d+(\.\d+)?", dependency)


FOUND = {
    "dependencies": [
        {"name": "good", "version": "1.0", "vulns": []},
        {"name": "bad", "version": "2.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.1"]}]},
        {"name": "tiktok2mqtt", "skip_reason": "editable"},
    ]
}


@pytest.mark.parametrize(
    ("report", "status", "result", "words"),
    [
        ({"dependencies": FOUND["dependencies"][::2]}, 0, 0, "0 findings; the advisory service knows 1 of 2 packages"),
        (FOUND, 1, 1, "1 findings; the advisory service knows 2 of 3 packages"),
        ({"dependencies": FOUND["dependencies"][2:]}, 0, 0, "skipped, the advisory service knows none of the packages"),
        (None, 1, 0, "skipped, the advisory service cannot be reached"),
    ],
)
def test_an_audit_fails_only_for_findings(tmp_path: Path, report: object, status: int, result: int, words: str) -> None:
    write = "" if report is None else f"while [ $1 != --output ]; do shift; done; cp {tmp_path}/report $2;"
    (tmp_path / "report").write_text(json.dumps(report))
    executable(tmp_path / "pip-audit", f"#!/bin/sh\n{write} exit {status}\n")
    (tmp_path / "python").symlink_to(sys.executable)
    run = subprocess.run([ROOT / ".ci/audit", tmp_path], capture_output=True, text=True, timeout=60, check=False)
    assert (run.returncode, run.stdout.splitlines()[-1]) == (result, f"pip-audit: {words}")
    assert ("bad 2.0: PYSEC-1, fixed in 2.1" in run.stdout) is (result == 1)


@pytest.mark.parametrize("name", ["Dockerfile", "examples/docker-compose.yml", "systemd/tiktok2mqtt.service"])
def test_the_settings_that_are_named_exist(name: str) -> None:
    known = set(re.findall(r"^#(TIKTOK2MQTT_\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    text = (ROOT / name).read_text()
    credentials = re.findall(r"LoadCredential(?:Encrypted)?=(\w+):", text)
    named = {*re.findall(r"TIKTOK2MQTT_\w+", text), *(f"TIKTOK2MQTT_{word.upper()}" for word in credentials)}
    assert named <= known


Instruction = tuple[str, str]


def dockerfile() -> list[Instruction]:
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in text.splitlines() if line)]


def test_the_image_is_built_in_stages_and_keeps_only_the_environment() -> None:
    instructions = dockerfile()
    stages = [rest for word, rest in instructions if word == "FROM"]
    assert len(stages) == 2
    last = instructions[max(index for index, (word, _) in enumerate(instructions) if word == "FROM") :]
    assert [rest for word, rest in last if word in {"COPY", "ADD"}] == [
        "--from=build /opt/tiktok2mqtt /opt/tiktok2mqtt"
    ]


def test_the_container_is_not_root_and_opens_no_port() -> None:
    instructions = dockerfile()
    words = [word for word, _ in instructions]
    assert "EXPOSE" not in words
    assert "VOLUME" not in words
    user = next(rest for word, rest in reversed(instructions) if word == "USER")
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user)


def test_the_container_runs_and_checks_the_installed_command() -> None:
    instructions = dict(dockerfile())
    assert json.loads(instructions["ENTRYPOINT"]) == ["tiktok2mqtt"]
    assert json.loads(instructions["CMD"]) == ["run"]
    assert json.loads(instructions["HEALTHCHECK"].partition(" CMD ")[2]) == ["tiktok2mqtt", "health"]
    assert json.loads(instructions["ENTRYPOINT"])[0] in PROJECT["scripts"]


def test_what_the_image_copies_is_let_through() -> None:
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    sources = {
        source for word, rest in dockerfile() if word == "COPY" and "--from" not in rest for source in rest.split()[:-1]
    }
    assert {source.removeprefix("./") for source in sources} == allowed
    assert {PROJECT["readme"], *PROJECT["license-files"]} <= allowed


def test_the_image_holds_to_what_linters_ask() -> None:
    instructions = dockerfile()
    for word, rest in instructions:
        assert word not in {"ADD", "ARG", "MAINTAINER", "SHELL"}
        assert word != "RUN" or "sudo" not in rest
        assert word != "RUN" or "pip install" not in rest or "--no-cache-dir" in rest
        assert word != "WORKDIR" or rest.startswith("/")
        if word == "FROM":
            assert re.match(r"\w+:\d", rest), "the version of a base image is named"
    names = [name for word, rest in instructions if word == "ENV" for name in re.findall(r"(\w+)=", rest)]
    secrets = {row.variable for row in ROWS.values() if row.secret}
    assert not secrets & set(names)


def compose_service(name: str) -> str:
    """Return the lines of a service, of an indentation below the service's name."""
    text = (ROOT / "examples/docker-compose.yml").read_text()
    (lines,) = re.findall(rf"^  {name}:\n((?:    .*\n|\n)+)", text, re.MULTILINE)
    return str(lines)


def test_the_compose_file_keeps_the_state_and_lets_nothing_else_be_written() -> None:
    lines = compose_service("tiktok2mqtt")
    assert f"- data:{dict(dockerfile())['WORKDIR']}\n" in lines
    assert "read_only: true" in lines
    assert re.search(r"cap_drop:\n\s+- ALL\n", lines)
    assert "no-new-privileges:true" in lines
    assert "ports:" not in lines
    # Nobody but this machine reaches the broker, which asks nobody for a password.
    assert re.findall(r'- "(.*1883)"', compose_service("mosquitto")) == ["127.0.0.1:1883:1883"]


UNIT = ROOT / "systemd" / "tiktok2mqtt.service"
UNITS = (UNIT, ROOT / "systemd" / "tiktok2mqtt-web.service")


def unit_setting(name: str) -> list[str]:
    return re.findall(rf"^{name}=(.*)$", UNIT.read_text(), re.MULTILINE)


def test_the_unit_notifies_and_restarts_unless_the_settings_are_wrong() -> None:
    assert unit_setting("Type") == ["notify"]
    assert unit_setting("WatchdogSec") == ["60"]
    assert unit_setting("Restart") == ["on-failure"]
    assert unit_setting("RestartPreventExitStatus") == ["2"]
    assert unit_setting("DynamicUser") == ["yes"]
    assert unit_setting("ExecStart")[0].split("/")[-1].split()[0] in PROJECT["scripts"]


def test_what_must_not_be_forgotten_is_kept_where_it_lasts() -> None:
    assert unit_setting("Environment") == ["TIKTOK2MQTT_STATE_DIR=%S/tiktok2mqtt"]
    assert unit_setting("StateDirectory") == ["tiktok2mqtt"]
    instructions = dict(dockerfile())
    assert f"TIKTOK2MQTT_STATE_DIR={instructions['WORKDIR']}" in instructions["ENV"]
    assert f"data:{instructions['WORKDIR']}" in (ROOT / "examples/docker-compose.yml").read_text()


def test_the_unit_waits_for_network_and_time() -> None:
    wanted, after = (set(unit_setting(name)[0].split()) for name in ("Wants", "After"))
    assert {"network-online.target", "time-sync.target"} == wanted
    assert wanted <= after
    running = (ROOT / "docs/running.md").read_text()
    assert "systemd-time-wait-sync" in running
    assert "a board that is offline" in running


def test_the_unit_limits_memory_files_and_core_dumps() -> None:
    (memory,) = unit_setting("MemoryMax")
    figures = (ROOT / "docs/performance.md").read_text()
    (peak,) = re.findall(r"peaks of up to (\d+) MiB", figures)
    assert re.fullmatch(r"\d+M", memory)
    assert 4 * int(peak) <= int(memory[:-1]) <= 1024
    assert f"{memory[:-1]} MiB of memory" in (ROOT / "docs/running.md").read_text()
    (files,) = unit_setting("LimitNOFILE")
    assert int(files) >= RESERVED_FILES + FILES_PER_IMPERSONATING_ROOM * 1_000
    assert ROWS["max_rooms"].values.endswith("to 1000")
    assert unit_setting("LimitCORE") == ["0"]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_systemd_understands_every_line_of_the_unit(tmp_path: Path, unit: Path) -> None:
    copy = tmp_path / unit.name
    # The program need not be installed here.
    copy.write_text(unit.read_text().replace("/opt/tiktok2mqtt/bin/tiktok2mqtt", "/bin/true"))
    command = ["systemd-analyze", "verify", "--man=no", str(copy)]
    result = subprocess.run(command, text=True, capture_output=True, timeout=60, check=False)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_the_unit_is_sandboxed(unit: Path) -> None:
    result = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", unit],
        text=True,
        capture_output=True,
        timeout=60,
        check=True,
    )
    exposure = re.search(r"Overall exposure level for tiktok2mqtt[a-z-]*.service: (\d+\.\d)", result.stdout)
    assert exposure, result.stdout
    assert float(exposure[1]) <= 2.0


def test_type_checkers_may_look_into_the_package() -> None:
    assert "Typing :: Typed" in PROJECT["classifiers"]
    assert (ROOT / "tiktok2mqtt/py.typed").is_file()
