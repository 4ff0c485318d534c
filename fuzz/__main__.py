"""Runs the targets under atheris, a coverage-guided fuzzer.

    python -m fuzz [--runs N] [TARGET ...]

Each target starts from the files in corpus/<target>. It fails on the first exception, on an input that takes longer
than a second, and if memory exceeds 512 MiB; the input is then saved in `found`, next to this file. Once the bug is
fixed, add the input to the corpus, which the tests run.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
CORPUS: Final = HERE / "corpus"
FOUND: Final = HERE / "found"
NAMES: Final = sorted(path.name for path in CORPUS.iterdir())
# Seconds per input, MiB for the process, bytes per input.
_LIMITS: Final = ("-timeout=1", "-rss_limit_mb=512", "-max_len=65536")
_MAX_ERROR_CHARACTERS: Final = 4_000


def main() -> int:
    """Run the targets one after the other; return 1 if one of them failed."""
    parser = argparse.ArgumentParser(prog="fuzz", description="Fuzz the parsers of input from peers.")
    parser.add_argument("--runs", type=int, default=200_000, help="inputs for each target (default: %(default)s)")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"one of {', '.join(NAMES)} (default: all)")
    arguments = parser.parse_args()
    if unknown := set(arguments.targets) - set(NAMES):
        parser.error(f"unknown target: {', '.join(sorted(unknown))}")
    FOUND.mkdir(exist_ok=True)
    failed = [name for name in arguments.targets or NAMES if not _run(name, arguments.runs)]
    print(f"failed: {', '.join(failed)}; see {FOUND}" if failed else f"no failure in {arguments.runs:,} inputs each")
    return 1 if failed else 0


def _run(name: str, runs: int) -> bool:
    """Fuzz one target in a child process, because libFuzzer ends the process it runs in."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as new:
        options = (f"-runs={runs}", *_LIMITS, f"-artifact_prefix={FOUND}/{name}-")
        command = [sys.executable, "-m", "fuzz.run", name, *options, new, str(CORPUS / name)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    print(f"{name:10} {runs:>10,} inputs in {time.monotonic() - start:.0f} s", flush=True)
    if done.returncode:
        print(done.stderr[-_MAX_ERROR_CHARACTERS:])
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
