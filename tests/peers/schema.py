"""The newest public schema, that of TikTokLive, against ours: pairs of fields by their numbers, and what was reviewed.

What only one side has, or what has another name there, is listed here with the reason why it stays.
"""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from tiktok2mqtt.webcast.events.rows import ROWS
from tiktok2mqtt.webcast.schema.envelope_pb2 import EnterRoom, FetchMessage, FetchResponse

ENVIRONMENT: Final = Path(__file__).resolve().parents[2] / ".peers" / "tiktokliveproto"
_DRIVER: Final = Path(__file__).resolve().parent / "drivers" / "tiktokliveproto.py"
# Of our integer types and theirs: a wider one of ours reads theirs as well. Ids and times are never negative.
_BITS: Final = {"int32": 32, "uint32": 32, "enum": 32, "int64": 64, "uint64": 64}
Values = dict[str, Any]

CAPTURED_TYPES: Final = frozenset(
    {
        *("WebcastAnchorToolModificationMessage", "WebcastBALeadGenMessage", "WebcastDonationStickerModifyMethod"),
        *("WebcastEcShortItemRefreshMessage", "WebcastEcTaskRegisterMessage", "WebcastEnvelopePortalMessage"),
        *("WebcastGiftCollectionUpdateMessage", "WebcastGoodyBagMessage", "WebcastHashtagMessage"),
        *("WebcastHourlyRankMessage", "WebcastInRoomBannerRefreshMessage", "WebcastLinkMicAnchorGuideMessage"),
        *("WebcastLinkScreenChangeMessage", "WebcastLinkmicBattleNoticeMessage", "WebcastWeeklyRankRewardMessage"),
        *("WebcastPaidContentLiveShoppingMessage", "WebcastPartnershipCardChangeMessage"),
        *("WebcastPartnershipDownloadCountMessage", "WebcastPictionaryEndMessage", "WebcastPictionaryExitMessage"),
        *("WebcastPictionaryStartMessage", "WebcastPictionaryUpdateMessage", "WebcastQuestionDeleteMessage"),
        *("WebcastQuestionSelectedMessage", "WebcastQuestionSlideDownMessage", "WebcastQuestionSwitchMessage"),
        *("WebcastRoomStickerMessage", "WebcastSubTimerStickerMessage", "WebcastSubWaveMessage"),
        "WebcastSubscriptionGuideMessage",
    }
)
"""Message types that the newest schema lacks. They were captured in 2023; nothing newer says what is in them."""

REPORTED_TYPES: Final = frozenset(
    {
        *("WebcastAlertBoxAuditResultMessage", "WebcastBindingGiftMessage", "WebcastNotifyMessage"),
        *("WebcastSubCapsuleMessage", "WebcastSubscriptionNotifyMessage"),
    }
)
"""Message types that the newest schema lacks, and that were not captured: they are in older public schemas."""

ONLY_OURS: Final[dict[str, str]] = {
    "WebcastInRoomBannerMessage.raw_data_entries": "captured; older schemas have it as JSON",
    "LiveGoalContributor.badge": "in older schemas",
    "WebcastGoalUpdateMessage.pin": "in older schemas",
    "WebcastGoalUpdateMessage.unpin": "in older schemas",
    "WebcastInRoomBannerMessage.action_type": "in older schemas",
    "WebcastInRoomBannerMessage.position": "in older schemas",
    "WebcastSpeakerMessage.display_text": "in older schemas; the newest has no content at all",
    "WebcastSpeakerMessage.trigger_type": "in older schemas; the newest has no content at all",
    "WebcastSpeakerMessage.user": "in older schemas; the newest has no content at all",
    "WebcastToastMessage.button_schema": "in older schemas",
    "WebcastToastMessage.button_text": "in older schemas",
}
"""Fields whose number the newest schema does not have, and why we read them."""

NAMES: Final[dict[str, tuple[str, str]]] = {
    "BadgeStruct.schema_url": ("openweburl", "the page that a badge opens"),
    "BattleAnchor.user_id": ("key", "they have an entry of a map"),
    "BattleAnchor.user_info": ("value", "they have an entry of a map"),
    "BattlePrompt.elements": ("elems", "an abbreviation"),
    "CaptionContent.text": ("content", "the recognized words"),
    "EmoteData.place_in_comment": ("index", "the position in the comment: captured"),
    "Image.schema": ("open_web_url", "the page that a picture opens"),
    "QuestionDetails.question_text": ("content", "the question"),
    "SpecifiedDisplayText.user_id": ("uid", "an abbreviation"),
    "User.pay_scores": ("deprecated21", "no longer sent"),
    "User.user_badges": ("real_time_icons", "pictures beside the name"),
    "User.user_honor": ("pay_grade", "the level of a gifter"),
    "UserHonor.current_diamond": ("deprecated23", "no longer sent"),
    "UserHonor.total_diamond": ("deprecated20", "no longer sent"),
    "WebcastGiftMessage.gift_extra": ("monitor_info", "what TikTok measures about the gift"),
    "WebcastGiftPanelUpdateMessage.panel_ts_or_version": ("timestamp", "the time of the panel"),
    "WebcastLinkMicArmies.battle_status": ("trigger_reason", "why the scores are sent"),
    "WebcastLinkMicBattlePunishFinish.operator_user_id": ("op_uid", "an abbreviation"),
    "WebcastQuestionNewMessage.details": ("data", "the question"),
    "WebcastRankUpdate.title": ("default_content", "the text that is shown"),
    "WebcastRoomPinMessage.original_msg_type": ("method", "the type of the pinned message: captured"),
    "WebcastRoomPinMessage.timestamp": ("pin_time", "the time of the pin: captured"),
    "WebcastRoomUserSeqMessage.viewer_count": ("total", "the viewers now: captured"),
    "WebcastSubNotifyMessage.sender": ("user", "who subscribes, or gives a subscription"),
    "WebcastViewerPicksUpdateMessage.picks": ("info", "the state of the picks"),
}
"""Fields whose name there has no word in common with ours, with that name, and what they hold."""


ENVELOPE: Final = {
    "BaseProtoMessage": FetchMessage,
    "ProtoMessageFetchResult": FetchResponse,
    "WebcastImEnterRoomMessage": EnterRoom,
}
"""Types that have another name there. The push frame is left out: its headers are a map here and a list there."""


class Schema:
    """Their schema, in a program of its own: it describes, encodes and decodes messages. See the driver."""

    def __init__(self) -> None:
        command = [str(ENVIRONMENT / "bin/python"), str(_DRIVER)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.types: dict[str, dict[str, list[Any]]] = self._ask(do="describe")

    def encode(self, name: str, values: Values) -> bytes:
        return bytes.fromhex(self._ask(do="encode", type=name, values=values))

    def decode(self, name: str, payload: bytes) -> Values:
        values: Values = self._ask(do="decode", type=name, payload=payload.hex())
        return values

    def counterpart(self, field: Any, theirs: str) -> list[Any] | None:
        """Return their field with the number of ours; a list of entries as a map, if ours is one: it is the same."""
        other = self.types[theirs].get(str(field.number))
        if other is None or not is_map(field) or not other[2] or other[3] is None:
            return other
        key, value = self.types[other[3]]["1"], self.types[other[3]]["2"]
        return [other[0], f"map<{key[1]}, {value[1]}>", False, value[3]]

    def _ask(self, **request: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"the driver has ended at {request.get('type')}"
        return json.loads(line)

    def close(self) -> None:
        # Closes its standard input, whereupon it ends.
        self._process.communicate(timeout=10)


@dataclass(frozen=True)
class Pair:
    """A field of ours, as `Type.field`, and the field of theirs with the same number: [name, type, repeated, inner]."""

    name: str
    field: Any
    theirs: list[Any]

    @property
    def agrees(self) -> bool:
        """Whether both write the same bytes for the same value. Bytes of ours hold any message or text of theirs."""
        ours, theirs = type_name(self.field), str(self.theirs[1])
        is_list = bool(self.field.is_repeated) and not is_map(self.field)
        if is_list != self.theirs[2]:
            return False
        if ours in _BITS and theirs in _BITS:
            return _BITS[ours] >= _BITS[theirs]
        return ours == theirs or (ours == "bytes" and theirs in ("message", "string"))

    @property
    def has_similar_names(self) -> bool:
        """Whether the names share a word, or one contains the other."""
        ours, theirs = self.field.name, str(self.theirs[0])
        squeezed = sorted((ours.replace("_", ""), theirs.replace("_", "")), key=len)
        return squeezed[0] in squeezed[1] or bool(_words(ours) & _words(theirs))


def _words(name: str) -> set[str]:
    return {word.removesuffix("s") for word in name.split("_")}


def is_map(field: Any) -> bool:
    return field.message_type is not None and bool(field.message_type.GetOptions().map_entry)


def type_name(field: Any) -> str:
    """Return the type of a field, or of the values in a list, as the driver does."""
    if is_map(field):
        key, value = field.message_type.fields
        return f"map<{type_name(key)}, {type_name(value)}>"
    return _TYPE_NAMES[field.type]


_TYPE_NAMES: Final = {
    getattr(FieldDescriptor, name): name.removeprefix("TYPE_").lower()
    for name in dir(FieldDescriptor)
    if name.startswith("TYPE_")
}


def messages() -> dict[str, type[Message]]:
    """Return the message types that rows read, by name."""
    return {source.message.DESCRIPTOR.name: source.message for row in ROWS for source in row.sources}


def inner_of(field: Any) -> Any:
    """Return the descriptor of the message in a field, or of those in a map; None if there is none."""
    return field.message_type.fields_by_name["value"].message_type if is_map(field) else field.message_type


def types_in(descriptor: Any, theirs: str, schema: Schema, found: dict[tuple[str, str], Any]) -> None:
    """Find the message type and all types inside it, each with the type of theirs that has the same place."""
    if (descriptor.name, theirs) in found:
        return
    found[descriptor.name, theirs] = descriptor
    for field in descriptor.fields:
        other = schema.counterpart(field, theirs)
        if other is not None and other[3] is not None and (inner := inner_of(field)) is not None:
            types_in(inner, other[3], schema, found)


def common_types(schema: Schema) -> Iterator[tuple[Any, str]]:
    """Yield the descriptor of each type that both have, and its name there. A type of ours may be two of theirs."""
    found: dict[tuple[str, str], Any] = {}
    for name, kind in messages().items():
        if name in schema.types:
            types_in(kind.DESCRIPTOR, name, schema, found)
    for theirs, kind in ENVELOPE.items():
        types_in(kind.DESCRIPTOR, theirs, schema, found)
    return ((descriptor, theirs) for (_name, theirs), descriptor in found.items())


def pairs(schema: Schema) -> Iterator[Pair | str]:
    """Yield each pair of fields; of a field that has no counterpart, its name."""
    for descriptor, theirs in common_types(schema):
        for field in descriptor.fields:
            name, other = f"{descriptor.name}.{field.name}", schema.counterpart(field, theirs)
            yield name if other is None else Pair(name, field, other)


# --- values, by field number ---


def full(descriptor: Any, theirs: str, schema: Schema, *, is_inside: bool = False) -> Values:
    """Return a value for each field that both have, except bytes. In messages inside, no further ones are set."""
    values: Values = {}
    for field in descriptor.fields:
        # As it is: what they have as a list of entries is not written here.
        other = schema.types[theirs].get(str(field.number))
        if other is None or not Pair("", field, other).agrees or type_name(field) == "bytes":
            continue
        if (inner := inner_of(field)) is None:
            one = _scalar(field)
        elif is_inside:
            continue
        else:
            one = full(inner, other[3], schema, is_inside=True)
        values[str(field.number)] = _with_container(field, one)
    return values


def _scalar(field: Any) -> Any:
    match type_name(field):
        case "string":
            return f"{field.name} ✓"
        case "bool":
            return True
    return _scalar(field.message_type.fields_by_name["value"]) if is_map(field) else field.number


def _with_container(field: Any, one: Any) -> Any:
    if is_map(field):
        key = field.message_type.fields_by_name["key"]
        return {"key" if type_name(key) == "string" else "7": one}
    return [one, one] if field.is_repeated else one


def build(message: Any, values: Values) -> Any:
    """Set fields of a message by number, and return it."""
    for number, value in values.items():
        field = message.DESCRIPTOR.fields_by_number[int(number)]
        target = getattr(message, field.name)
        if is_map(field):
            for key, item in value.items():
                typed_key = int(key) if key.isdigit() else key
                if inner_of(field) is None:
                    target[typed_key] = item
                else:
                    build(target[typed_key], item)
        elif field.message_type is None:
            if field.is_repeated:
                target.extend(value)
            else:
                setattr(message, field.name, value)
        elif field.is_repeated:
            for item in value:
                build(target.add(), item)
        else:
            target.SetInParent()
            build(target, value)
    return message


def values_of(message: Any) -> Values:
    """Return what is set in a message, by number."""
    values: Values = {}
    for field, value in message.ListFields():
        inner = inner_of(field)
        if is_map(field):
            found: Any = {str(key): item if inner is None else values_of(item) for key, item in value.items()}
        elif field.is_repeated:
            found = [item if inner is None else values_of(item) for item in value]
        else:
            found = value if inner is None else values_of(value)
        values[str(field.number)] = found
    return values
