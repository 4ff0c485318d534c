import subprocess
import sys
from pathlib import Path

import pytest

from tiktok2mqtt.cli.main import main

UNIT = "systemd/tiktok2mqtt.service"


def test_the_files_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["files"]) == 0
    names = capsys.readouterr().out.splitlines()
    assert {UNIT, ".env.example", "examples/nodered/flow.json", "examples/homeassistant/dashboard.yaml"} <= set(names)
    assert main(["files", "examples/library/", UNIT]) == 0
    some = capsys.readouterr().out.splitlines()
    assert UNIT in some
    assert {name.rpartition("/")[0] for name in some} == {"examples/library", "systemd"}


def test_files_are_copied_and_never_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["files", UNIT, "--copy", str(tmp_path)]) == 0
    copy = tmp_path / UNIT
    assert capsys.readouterr().out == f"{copy}\n"
    assert "[Service]" in copy.read_text()
    copy.write_text("mine")
    assert main(["files", UNIT, "--copy", str(tmp_path)]) == 1
    assert copy.read_text() == "mine"
    assert "exists already; nothing is overwritten" in capsys.readouterr().err


def test_an_unknown_file_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["files", "systemd/tiktok2mqt.service"]) == 2
    assert capsys.readouterr().err == (
        f"tiktok2mqtt files: there is no systemd/tiktok2mqt.service; did you mean {UNIT}?\n"
    )


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_script_of_each_shell(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    assert "tiktok2mqtt" in capsys.readouterr().out


def test_a_shell_completes_commands_and_options(tmp_path: Path) -> None:
    script = tmp_path / "complete.bash"
    command = tmp_path / "tiktok2mqtt"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tiktok2mqtt "$@"\n')
    command.chmod(0o755)
    script.write_text(
        f"""PATH="{tmp_path}:$PATH"
eval "$(tiktok2mqtt completion bash)"
COMP_LINE="$1" COMP_POINT=${{#1}} COMP_TYPE=9 COMP_WORDS=($1) COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
_python_argcomplete tiktok2mqtt
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
    )

    def completed(line: str) -> set[str]:
        run = subprocess.run(
            ["bash", script, line], cwd=Path.cwd(), capture_output=True, text=True, timeout=60, check=False
        )
        return {word.strip() for word in run.stdout.splitlines()}

    assert completed("tiktok2mqtt sc") == {"schema"}
    assert completed("tiktok2mqtt run --log-f") == {"--log-format"}
