"""Encodes and decodes messages by the newest schema of TikTokLive.

Reads one JSON request per line and prints one JSON answer each:

    {"do": "describe"}                                    every type: {number: [name, type, list, type inside]}
    {"do": "encode", "type": NAME, "values": VALUES}      the message in hex
    {"do": "decode", "type": NAME, "payload": HEX}        VALUES

VALUES has what is set in a message, by field number: numbers, texts, VALUES of a message inside, lists, and dicts for
maps.
"""

import dataclasses
import importlib
import json
import pkgutil
import sys
import typing
from typing import Any

import betterproto2
from TikTokLiveProto import v3

Values = dict[str, Any]


def types() -> dict[str, type[Any]]:
    """Return all message types by name; one whose name another module uses as well has its module in front."""
    modules = sorted((found.name for found in pkgutil.walk_packages(v3.__path__, "TikTokLiveProto.v3.")), key=len)
    found: dict[str, type[Any]] = {}
    for module in map(importlib.import_module, modules):
        for name, kind in vars(module).items():
            if isinstance(kind, type) and issubclass(kind, betterproto2.Message) and kind.__module__ == module.__name__:
                found[f"{module.__name__}.{name}" if name in found else name] = kind
    return found


def fields(kind: type[Any]) -> dict[str, tuple[str, Any, type[Any] | None]]:
    """Return the attribute, the metadata and the message type of each field, by its number."""
    hints = typing.get_type_hints(kind, vars(sys.modules[kind.__module__]))
    found = {}
    for field in dataclasses.fields(kind):
        meta = field.metadata["betterproto"]
        found[str(meta.number)] = (field.name, meta, inner_type(hints[field.name]))
    return found


def inner_type(hint: Any) -> type[Any] | None:
    """Return the message type in `X`, `X | None`, `list[X]` or `dict[K, X]`."""
    if isinstance(hint, type) and issubclass(hint, betterproto2.Message):
        return hint
    return next((found for argument in typing.get_args(hint) if (found := inner_type(argument))), None)


TYPES = types()
NAMES = {kind: name for name, kind in TYPES.items()}
FIELDS = {kind: fields(kind) for kind in NAMES}


def describe() -> dict[str, dict[str, list[Any]]]:
    return {
        name: {
            number: [attribute, type_name(meta), bool(meta.repeated), NAMES[inner] if inner else None]
            for number, (attribute, meta, inner) in FIELDS[kind].items()
        }
        for name, kind in TYPES.items()
    }


def type_name(meta: Any) -> str:
    """Return "int64", "message" ..., and "map<int64, message>" for a map."""
    if meta.proto_type != "map":
        return str(meta.proto_type)
    key, value = meta.map_meta
    return f"map<{key.proto_type}, {value.proto_type}>"


def built(kind: type[Any], values: Values) -> Any:
    message = kind()
    for number, value in values.items():
        attribute, meta, inner = FIELDS[kind][number]
        setattr(message, attribute, converted(value, meta, inner, built))
    return message


def values_of(kind: type[Any], message: Any) -> Values:
    found = {}
    for number, (attribute, meta, inner) in FIELDS[kind].items():
        value = getattr(message, attribute)
        if value or (inner is not None and value is not None and not isinstance(value, list | dict)):
            found[number] = converted(value, meta, inner, values_of)
    return found


def converted(value: Any, meta: Any, inner: type[Any] | None, convert: Any) -> Any:
    def one(item: Any) -> Any:
        if inner is not None:
            return convert(inner, item)
        # An enum is a number.
        return item if isinstance(item, bool | str) else int(item)

    if meta.proto_type == "map":
        # In JSON, all keys are texts.
        return {int(key) if str(key).isdigit() else key: one(item) for key, item in value.items()}
    return [one(item) for item in value] if meta.repeated else one(value)


def answer(request: dict[str, Any]) -> Any:
    if request["do"] == "describe":
        return describe()
    kind = TYPES[request["type"]]
    if request["do"] == "encode":
        return bytes(built(kind, request["values"])).hex()
    return values_of(kind, kind.parse(bytes.fromhex(request["payload"])))


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
