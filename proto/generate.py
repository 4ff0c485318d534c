"""Compile `proto/*.proto` into `tiktok2mqtt/webcast/schema`, or check that what is there matches.

    python proto/generate.py            write the modules and their stubs
    python proto/generate.py --check    exit 1 when they differ from the .proto files

The compiler is the one of the pinned grpcio-tools; it stamps its protobuf version into the modules, which is also the
lower bound of `protobuf` in pyproject.toml.
"""

import re
import sys
import tempfile
import tomllib
from pathlib import Path

from grpc_tools import protoc

ROOT = Path(__file__).resolve().parent.parent
PROTO = ROOT / "proto"
PACKAGE = "tiktok2mqtt/webcast/schema"
MEND = "python proto/generate.py"


def compile_into(folder: Path) -> None:
    """Run the compiler over every .proto file. Raises SystemExit with its status when it fails."""
    sources = [f"{PACKAGE}/{path.name}" for path in sorted(PROTO.glob("*.proto"))]
    status = protoc.main(["protoc", f"-I{PACKAGE}={PROTO}", f"--python_out={folder}", f"--pyi_out={folder}", *sources])
    if status != 0:
        raise SystemExit(status)


def differences(fresh: Path) -> list[str]:
    """Return one line per generated file that is missing, left over or different in the tree."""
    built = {path.name: path.read_text() for path in fresh.glob("*_pb2.py*")}
    there = {path.name: path.read_text() for path in (ROOT / PACKAGE).glob("*_pb2.py*")}
    names = sorted(built.keys() | there.keys())
    return [f"{PACKAGE}/{name} does not match proto/" for name in names if built.get(name) != there.get(name)]


def stamp_problem(fresh: Path) -> list[str]:
    """Return a line when pyproject's lower bound of protobuf is not the version stamped by the compiler."""
    stamps = {
        match for path in fresh.glob("*_pb2.py") for match in re.findall(r"Python Version: (\S+)", path.read_text())
    }
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    bound = next(line for line in project["dependencies"] if line.startswith("protobuf"))
    return [f"pyproject.toml: {bound!r} should begin at {stamp}" for stamp in stamps if f">={stamp}" not in bound]


def main() -> None:
    """Write the modules, or check them with --check."""
    if "--check" not in sys.argv[1:]:
        compile_into(ROOT)
        return
    with tempfile.TemporaryDirectory() as name:
        compile_into(Path(name))
        fresh = Path(name) / PACKAGE
        problems = differences(fresh) + stamp_problem(fresh)
    if problems:
        raise SystemExit("\n".join([*problems, f"To mend: {MEND}"]))


if __name__ == "__main__":
    main()
