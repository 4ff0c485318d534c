"""Compile `proto/*.proto` into `tiktok2mqtt/webcast/schema`, or check that the generated files are up to date.

The simulator, which shares no code with the library, gets a table of all fields instead: `simulator/schema.json`.

    python proto/generate.py            write the modules and their stubs
    python proto/generate.py --check    exit 1 if they differ from the .proto files

The compiler comes from the pinned grpcio-tools. It writes its protobuf version into the modules; the lower bound of
`protobuf` in pyproject.toml must be the same.
"""

import json
import re
import sys
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto, FileDescriptorSet
from grpc_tools import protoc

ROOT = Path(__file__).resolve().parent.parent
PROTO = ROOT / "proto"
PACKAGE = "tiktok2mqtt/webcast/schema"
TABLE = "tiktok2mqtt/simulator/schema.json"
COMMAND = "python proto/generate.py"
_KINDS = {
    FieldDescriptorProto.TYPE_INT32: "int",
    FieldDescriptorProto.TYPE_INT64: "int",
    FieldDescriptorProto.TYPE_UINT64: "int",
    FieldDescriptorProto.TYPE_BOOL: "bool",
    FieldDescriptorProto.TYPE_STRING: "string",
    FieldDescriptorProto.TYPE_BYTES: "bytes",
}


def compile_into(folder: Path) -> None:
    """Compile every .proto file. Raises SystemExit with the status of the compiler if it fails."""
    sources = [f"{PACKAGE}/{path.name}" for path in sorted(PROTO.glob("*.proto"))]
    with tempfile.NamedTemporaryFile() as descriptors:
        outputs = [f"--python_out={folder}", f"--pyi_out={folder}", f"--descriptor_set_out={descriptors.name}"]
        status = protoc.main(["protoc", f"-I{PACKAGE}={PROTO}", *outputs, *sources])
        if status != 0:
            raise SystemExit(status)
        files = FileDescriptorSet.FromString(descriptors.read()).file
    table = folder / TABLE
    table.parent.mkdir(parents=True, exist_ok=True)
    table.write_text(field_table([message for file in files for message in file.message_type]))


def field_table(messages: list[DescriptorProto]) -> str:
    """Return JSON with one line per message: its fields by name, each with its number and its type.

    The type is int, bool, string, bytes or the name of a message; "*" follows that of a repeated field. A map has the
    types of its keys and values, as in "int:Name".
    """
    lines = []
    for message in sorted(messages, key=lambda message: message.name):
        entries = {entry.name: entry.field for entry in message.nested_type}
        fields = {field.name: [field.number, _type(field, entries)] for field in message.field}
        lines.append(f"{json.dumps(message.name)}: {json.dumps(fields)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _type(field: FieldDescriptorProto, entries: Mapping[str, Sequence[FieldDescriptorProto]]) -> str:
    name = _KINDS.get(field.type) or field.type_name.rpartition(".")[2]
    if name in entries:
        key, value = entries[name]
        return f"{_type(key, entries)}:{_type(value, entries)}"
    return name + "*" * (field.label == FieldDescriptorProto.LABEL_REPEATED)


def differences(fresh: Path) -> list[str]:
    """Return one line per generated file that is missing, left over or different."""
    expected, found = _generated(fresh), _generated(ROOT)
    names = sorted(expected.keys() | found.keys())
    return [f"{name} does not match proto/" for name in names if expected.get(name) != found.get(name)]


def _generated(folder: Path) -> dict[str, str]:
    paths = [*(folder / PACKAGE).glob("*_pb2.py*"), folder / TABLE]
    return {path.relative_to(folder).as_posix(): path.read_text() for path in paths if path.is_file()}


def version_problems(fresh: Path) -> list[str]:
    """Return a line if the lower bound of protobuf in pyproject.toml is not the version of the compiler."""
    versions = {
        match
        for path in (fresh / PACKAGE).glob("*_pb2.py")
        for match in re.findall(r"Python Version: (\S+)", path.read_text())
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
        fresh = Path(name)
        problems = differences(fresh) + version_problems(fresh)
    if problems:
        raise SystemExit("\n".join([*problems, f"Run: {COMMAND}"]))


if __name__ == "__main__":
    main()
