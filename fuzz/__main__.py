"""Runs the targets under atheris, which looks for inputs that take new ways through the code.

    python -m fuzz [--runs N] [TARGET ...]

Each target begins with the files in corpus/<target>. It fails at the first exception, at an input that takes longer
than a second, and when memory grows beyond 512 MiB; the input is then kept in `found` beside this file. Mended, it goes
into the corpus, which the tests run.
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
# Seconds for one input, MiB for the process, bytes of an input.
_LIMITS: Final = ("-timeout=1", "-rss_limit_mb=512", "-max_len=65536")
_LAST_CHARACTERS: Final = 4_000


def main() -> int:
    """Run the targets one after the other; return 1 when one of them failed."""
    parser = argparse.ArgumentParser(prog="fuzz", description="Looks for inputs that break what reads from a peer.")
    parser.add_argument("--runs", type=int, default=200_000, help="inputs for each target (%(default)s)")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"of {', '.join(NAMES)}; all of them by default")
    arguments = parser.parse_args()
    if unknown := set(arguments.targets) - set(NAMES):
        parser.error(f"there is no target {', '.join(sorted(unknown))}")
    FOUND.mkdir(exist_ok=True)
    failed = [name for name in arguments.targets or NAMES if not _run(name, arguments.runs)]
    print(f"failed: {', '.join(failed)}; see {FOUND}" if failed else f"no failure in {arguments.runs:,} inputs each")
    return 1 if failed else 0


def _run(name: str, runs: int) -> bool:
    """Fuzz one target in a process of its own, since libFuzzer ends the process it runs in."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as new:
        options = (f"-runs={runs}", *_LIMITS, f"-artifact_prefix={FOUND}/{name}-")
        command = [sys.executable, "-m", "fuzz.run", name, *options, new, str(CORPUS / name)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    print(f"{name:10} {runs:>10,} inputs in {time.monotonic() - began:.0f} s", flush=True)
    if done.returncode:
        print(done.stderr[-_LAST_CHARACTERS:])
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
