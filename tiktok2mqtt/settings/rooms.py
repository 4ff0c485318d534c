"""The settings of single rooms: `[room.alice]` in TOML, `TIKTOK2MQTT_ROOM__ALICE__...` in the environment."""

from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from tiktok2mqtt.common.text import did_you_mean, safe_text
from tiktok2mqtt.settings.fields import EventNames, Kind, ProxyUrl, Whole, read_object, with_room_names
from tiktok2mqtt.webcast.net.checks import check_id

_MOST_DIAMONDS: Final = 10_000_000
_NO_TABLES: Final = "must be a table of settings for each room, or a JSON object; `rooms` lists the rooms"


def _id(text: str) -> str:
    check_id(text)
    return text


def _id_text(value: Any) -> Any:
    """Return an id as text: TOML has integers."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Id = Annotated[Annotated[str, AfterValidator(_id)] | None, BeforeValidator(_id_text), Kind("a number of TikTok")]
Diamonds = Annotated[
    Annotated[Whole, Field(ge=1, le=_MOST_DIAMONDS)] | None, Kind(f"a whole number from 1 to {_MOST_DIAMONDS}")
]


class RoomSettings(BaseModel):
    """What is different in one room; None is as in all rooms.

    `chat` is whether Home Assistant's entity for comments is enabled.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    room_id: Id = None
    user_id: Id = None
    proxy: ProxyUrl = None
    events: EventNames | None = None
    exclude_events: EventNames | None = None
    gift_medium: Diamonds = None
    gift_large: Diamonds = None
    chat: Annotated[bool | None, Kind("true or false")] = None


def _by_room(value: Any) -> dict[str, RoomSettings]:
    """Read a table of tables, or a JSON object; return settings by clean room name."""
    tables = read_object(value, _NO_TABLES).items()
    rooms: dict[str, RoomSettings] = {}
    for name, table in with_room_names(tables):
        try:
            rooms[name] = RoomSettings.model_validate(table)
        except ValidationError as error:
            raise ValueError(_problem(name, error)) from None
    return rooms


def _problem(room: str, error: ValidationError) -> str:
    """Return the first fault as a sentence without the value, which may be secret."""
    fault = error.errors(include_url=False)[0]
    if not fault["loc"]:
        return f"must be a table of settings for {room}"
    key, fields = str(fault["loc"][0]), RoomSettings.model_fields
    if key not in fields:
        hint = did_you_mean(key, fields)
        return f"there is no setting {safe_text(key, 40)} for {room}" + (f"; {hint}" if hint else "")
    cause = fault.get("ctx", {}).get("error")
    kinds = [item.text for item in fields[key].metadata if isinstance(item, Kind)] or ["a list of event names"]
    return f"{key} of {room} {cause if isinstance(cause, ValueError) else f'must be {kinds[0]}'}"


SettingsByRoom = Annotated[dict[str, RoomSettings], BeforeValidator(_by_room), Kind("settings by room")]
