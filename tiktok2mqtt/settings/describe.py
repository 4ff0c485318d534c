"""The list of all settings, derived from the model: for the documentation, error messages and sources."""

from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Le, MaxLen
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from tiktok2mqtt.settings.fields import Kind
from tiktok2mqtt.settings.model import PREFIX, Settings


@dataclass(frozen=True, slots=True)
class Row:
    """One setting.

    `name` is dotted (`mqtt.port`), `variable` is its environment variable, `values` describes what it may be, `default`
    is written as in an environment variable (empty for none), and a `secret` is never shown.
    """

    name: str
    variable: str
    values: str
    default: str
    description: str
    secret: bool

    @property
    def section(self) -> str:
        """The table of the setting in a TOML file; empty for the top level."""
        return self.name.rpartition(".")[0]

    @property
    def secret_file(self) -> str:
        """The file name of the setting in a secrets directory."""
        return self.name.replace(".", "__")


def variable_name(name: str) -> str:
    """Return the environment variable of a dotted name."""
    return PREFIX + name.replace(".", "__").upper()


def _fields(model: type[BaseModel], prefix: str = "") -> dict[str, FieldInfo]:
    """Return the settings of a model by dotted name, those of the top level first."""
    found: dict[str, FieldInfo] = {}
    nested: dict[str, FieldInfo] = {}
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            nested |= _fields(field.annotation, f"{prefix}{name}.")
        else:
            found[prefix + name] = field
    return found | nested


def _values(field: FieldInfo) -> str:
    """Return what a setting may be, to complete the sentence "must be ..."."""
    if get_origin(field.annotation) is Literal:
        *first, last = get_args(field.annotation)
        return f"{', '.join(first)} or {last}"
    if field.annotation is bool:
        return "true or false"
    words = [item.text for item in field.metadata if isinstance(item, Kind)]
    for bound in field.metadata:
        match bound:
            case Ge(ge=least):
                words.append(f"from {least}")
            case Le(le=most):
                words.append(f"to {most}")
            case MaxLen(max_length=most):
                words.append(f"of at most {most} characters")
    return " ".join(words)


def _default(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case None | []:
            return ""
        case list():
            return ",".join(value)
        case _:
            return str(value)


def _row(name: str, field: FieldInfo) -> Row:
    return Row(
        name=name,
        variable=variable_name(name),
        values=_values(field),
        default=_default(field.default),
        description=field.description or "",
        secret=field.exclude is True,
    )


ROWS = {name: _row(name, field) for name, field in _fields(Settings).items()}
SECTIONS = {name: field.description or "" for name, field in Settings.model_fields.items() if name not in ROWS}
# `mqtt.password_file` is the path of a file that contains `mqtt.password`; all secrets are in a section.
SECRET_FILES = {f"{name}_file": name for name, row in ROWS.items() if row.secret}
