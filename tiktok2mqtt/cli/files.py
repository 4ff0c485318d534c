"""`tiktok2mqtt files`: lists or copies the files of the package, such as the systemd unit and the blueprints.

`tiktok2mqtt completion`: prints the script with which a shell completes the commands.
"""

import shutil
import sys
from pathlib import Path
from typing import Final

from argcomplete.shell_integration import shellcode

from tiktok2mqtt.cli.terminal import DONE, FAILED, WRONG_USAGE
from tiktok2mqtt.common.text import did_you_mean

SHELLS: Final = ("bash", "zsh", "fish")
# In the package after an installation (see pyproject.toml), in the repository otherwise.
_INSTALLED: Final = Path(__file__).parent.parent / "files"
_REPOSITORY: Final = Path(__file__).parent.parent.parent
FOLDERS: Final = ("examples", "systemd")
SINGLE: Final = (".env.example",)


def files(names: list[str], target: Path | None) -> int:
    """List the files, or copy those below `names`, or all, to the folder `target`; return the exit status.

    Existing files are not overwritten.
    """
    known = _files()
    chosen = [name for name in known if not names or any(_is_below(name, one) for one in names)]
    for one in names:
        if not any(_is_below(name, one) for name in known):
            hint = did_you_mean(one, known)
            print(f"tiktok2mqtt files: there is no {one}" + (f"; {hint}" if hint else ""), file=sys.stderr)
            return WRONG_USAGE
    if target is None:
        print("\n".join(chosen))
        return DONE
    try:
        for name in chosen:
            _copy(known[name], target / name)
    except FileExistsError as error:
        print(f"tiktok2mqtt files: {error.filename} exists already; nothing is overwritten", file=sys.stderr)
        return FAILED
    except OSError as error:
        print(f"tiktok2mqtt files: cannot write {error.filename}: {error.strerror}", file=sys.stderr)
        return FAILED
    return DONE


def _files() -> dict[str, Path]:
    root = _INSTALLED if _INSTALLED.is_dir() else _REPOSITORY
    paths = [root / name for name in SINGLE] + [path for name in FOLDERS for path in sorted((root / name).rglob("*"))]
    return {path.relative_to(root).as_posix(): path for path in paths if path.is_file() and path.suffix != ".pyc"}


def _is_below(name: str, folder: str) -> bool:
    folder = folder.rstrip("/")
    return name == folder or name.startswith(folder + "/")


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as read, target.open("xb") as written:
        shutil.copyfileobj(read, written)
    print(target)


def completion(shell: str) -> int:
    """Print the script that makes a shell complete `tiktok2mqtt`; return the exit status."""
    print(shellcode(["tiktok2mqtt"], shell=shell))
    return DONE
