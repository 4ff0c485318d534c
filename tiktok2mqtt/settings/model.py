"""All settings of the daemon in one object, and the list of them.

The documentation, error messages and names of environment variables are derived from this class; nothing is listed
twice.
"""

from dataclasses import dataclass
from typing import Any, Final, Literal, get_args, get_origin

from annotated_types import Ge, Le, MaxLen
from pydantic import BaseModel, Field, PrivateAttr, ValidationInfo, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from tiktok2mqtt.common.topics import COMMANDS, OPTIONAL_COMMANDS
from tiktok2mqtt.settings.fields import CommandNames, EventNames, Kind, OptionalDirectory, RoomNames, Seconds, Whole
from tiktok2mqtt.settings.mqtt import MqttSettings
from tiktok2mqtt.settings.rooms import RoomSettings, SettingsByRoom
from tiktok2mqtt.settings.sections import HomeAssistantSettings, LogSettings, PrivacySettings, TiktokSettings
from tiktok2mqtt.settings.web import WebSettings

PREFIX: Final = "TIKTOK2MQTT_"
MAX_ROOMS: Final = 1_000


class Settings(BaseSettings):
    """All settings of the daemon.

    `Settings(...)` and `Settings.model_validate(...)` use only the values that they are given; `load_settings` reads
    the environment and the other sources too.
    """

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        env_ignore_empty=True,
        # Lists may be written as `a,b`, so their types decode the text.
        enable_decoding=False,
    )

    # First, because a validator sees only the fields above its own, and the rooms are compared with the bridge topic.
    mqtt: MqttSettings = Field(default_factory=MqttSettings, description="The MQTT broker.")

    rooms: RoomNames = Field(default=[], description="Rooms to connect to: user name, @name or TikTok URL.")
    max_rooms: Whole = Field(
        default=100,
        ge=1,
        le=MAX_ROOMS,
        description="Maximum number of rooms, including those added by command.",
    )
    allowed_rooms: RoomNames = Field(default=[], description="Rooms that a command may add; empty for any.")
    allowed_commands: CommandNames = Field(
        default=[name for name in COMMANDS if name not in OPTIONAL_COMMANDS],
        description="MQTT commands that are carried out; `[]` for none. `goal` is also `<room>/goal/set`; `<room>/set` "
        "is `connect` and `disconnect`. `tiktok2mqtt health` needs `health_check`. `restart` has to be listed, and a "
        "service manager has to start the daemon again.",
    )
    commands_per_minute: Whole = Field(
        default=60, ge=1, le=6000, description="Maximum number of MQTT commands per minute; further ones are refused."
    )
    state_dir: OptionalDirectory = Field(
        default=None,
        description="Directory for data that must survive a restart: rooms added by command, which rooms are "
        "disconnected, and gifts and other events that the broker has not acknowledged. Each daemon needs its own.",
    )
    max_state_mib: Whole = Field(
        default=256,
        ge=8,
        le=65_536,
        description="Maximum size of the database in `state_dir`, in MiB. Beyond it, events that wait for the broker "
        "are kept in memory only.",
    )
    max_event_age: Seconds = Field(
        default=86_400,
        ge=60,
        le=2_592_000,
        description="Gifts, follows and similar events that have waited for the broker longer than this are dropped.",
    )
    events: EventNames = Field(default=[], description="Events to publish; empty for all.")
    exclude_events: EventNames = Field(default=[], description="Events not to publish.")
    retain: EventNames = Field(default=[], description="Events whose last message the broker retains.")
    raw: bool = Field(default=False, description="Also publish each message undecoded, on `<base>/<room>/raw/<type>`.")
    state_interval: Seconds = Field(
        default=15,
        ge=0.1,
        le=3600,
        description="Shortest time between two updates of the numbers in a room's `state`. Events, the start and end "
        "of a LIVE, its title and the goal are published at once.",
    )
    health_interval: Seconds = Field(
        default=60, ge=0.1, le=86400, description="Time between two health reports of the bridge."
    )

    tiktok: TiktokSettings = Field(default_factory=TiktokSettings, description="The connection to TikTok.")
    homeassistant: HomeAssistantSettings = Field(
        default_factory=HomeAssistantSettings, description="Home Assistant discovery."
    )
    privacy: PrivacySettings = Field(default_factory=PrivacySettings, description="What is published about viewers.")
    log: LogSettings = Field(default_factory=LogSettings, description="Logging.")
    web: WebSettings = Field(default_factory=WebSettings, description="The page of `tiktok2mqtt web`.")

    # Below the settings that it is compared with.
    room: SettingsByRoom = Field(
        default={},
        description="Settings of single rooms, as a table `[room.alice]`, as variables such as "
        "`TIKTOK2MQTT_ROOM__ALICE__CHAT`, or as a JSON object. `user_id` is the number of the host, who is followed "
        "even if the name changes; `room_id` is that of one LIVE, which is then not looked up. `proxy`, `events`, "
        "`exclude_events`, `gift_medium`, `gift_large` and `chat` replace what is set for all rooms; `chat` is whether "
        "Home Assistant's entity for comments is enabled.",
    )

    # Sentences from `load_settings`, to be shown once.
    _warnings: list[str] = PrivateAttr(default_factory=list)

    @property
    def warnings(self) -> list[str]:
        """Settings that work but should be changed, one sentence each."""
        return self._warnings

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read no other source: tests and the demo must not depend on the environment they run in."""
        return (init_settings,)

    @field_validator("privacy")
    @classmethod
    def _not_with_raw(cls, value: PrivacySettings, info: ValidationInfo) -> PrivacySettings:
        hidden = [name for name in ("names", "pictures", "comments") if not getattr(value, name)]
        if value.user_ids != "plain":
            hidden.append("user_ids")
        if hidden and info.data.get("raw"):
            raise ValueError(f"hides {', '.join(hidden)}, which `raw` would publish; turn one of the two off")
        return value

    @field_validator("room")
    @classmethod
    def _large_above_medium(cls, value: dict[str, RoomSettings], info: ValidationInfo) -> dict[str, RoomSettings]:
        common = info.data.get("homeassistant")
        if common is None:
            return value
        for name, own in value.items():
            medium, large = own.gift_medium or common.gift_medium, own.gift_large or common.gift_large
            if large <= medium:
                raise ValueError(f"gift_large of {name} must be greater than gift_medium ({medium})")
        return value

    @field_validator("max_rooms")
    @classmethod
    def _enough_for_rooms(cls, value: int, info: ValidationInfo) -> int:
        configured = len(info.data.get("rooms", ()))
        if configured > MAX_ROOMS:
            raise ValueError(f"a daemon takes at most {MAX_ROOMS:,} rooms, and rooms lists {configured:,}")
        if configured > value:
            raise ValueError(f"must be at least {configured}, the number of rooms in the settings")
        return value

    def settings_of(self, room: str) -> RoomSettings:
        """Return what is different in a room."""
        return self.room.get(room) or RoomSettings()

    def public_dump(self) -> dict[str, Any]:
        """Return what may be shown to anyone, as JSON types: no secrets, and no user name for the broker."""
        return self.model_dump(mode="json", exclude={"mqtt": {"username"}, "web": True})


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
        case None | [] | {}:
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
# The variables of single rooms begin with this.
ROOM_PREFIX: Final = f"{PREFIX}ROOM__"
