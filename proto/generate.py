"""Compile `proto/*.proto` into `tiktok2mqtt/webcast/schema`, or check that the generated files are up to date.

    python proto/generate.py            write the modules and their stubs
    python proto/generate.py --check    exit 1 if they differ from the .proto files

The compiler comes from the pinned grpcio-tools. It writes its protobuf version into the modules; the lower bound of
`protobuf` in pyproject.toml must be the same.
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
COMMAND = "python proto/generate.py"


def compile_into(folder: Path) -> None:
    """Compile every .proto file. Raises SystemExit with the status of the compiler if it fails."""
    sources = [f"{PACKAGE}/{path.name}" for path in sorted(PROTO.glob("*.proto"))]
    status = protoc.main(["protoc", f"-I{PACKAGE}={PROTO}", f"--python_out={folder}", f"--pyi_out={folder}", *sources])
    if status != 0:
        raise SystemExit(status)


def differences(fresh: Path) -> list[str]:
    """Return one line per generated file that is missing, left over or different."""
    expected = {path.name: path.read_text() for path in fresh.glob("*_pb2.py*")}
    found = {path.name: path.read_text() for path in (ROOT / PACKAGE).glob("*_pb2.py*")}
    names = sorted(expected.keys() | found.keys())
    return [f"{PACKAGE}/{name} does not match proto/" for name in names if expected.get(name) != found.get(name)]


def version_problems(fresh: Path) -> list[str]:
    """Return a line if the lower bound of protobuf in pyproject.toml is not the version of the compiler."""
    versions = {
        match for path in fresh.glob("*_pb2.py") for match in re.findall(r"Python Version: (\S+)", path.read_text())
    }
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    bound = next(line for line in project["dependencies"] if line.startswith("protobuf"))
    return [f"pyproject.toml: {bound!r} should have >={version}" for version in versions if f">={version}" not in bound]


def main() -> None:
    """Write the modules, or check them with --check."""
    if "--check" not in sys.argv[1:]:
        compile_into(ROOT)
        return
    with tempfile.TemporaryDirectory() as name:
        compile_into(Path(name))
        fresh = Path(name) / PACKAGE
        problems = differences(fresh) + version_problems(fresh)
    if problems:
        raise SystemExit("\n".join([*problems, f"Run: {COMMAND}"]))


if __name__ == "__main__":
    main()
