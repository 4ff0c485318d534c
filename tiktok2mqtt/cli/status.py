"""Exit status, and the sentence about a missing extra."""

import sys
from typing import Final

DONE: Final = 0
FAILED: Final = 1
WRONG_USAGE: Final = 2
INTERRUPTED: Final = 130


def missing_extra(package: str, extra: str) -> int:
    """Say which extra brings a package that is not installed; return the exit status."""
    print(f"tiktok2mqtt: this needs {package}: pip install 'tiktok2mqtt[{extra}]'", file=sys.stderr)
    return FAILED
