import base64
import gzip
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from google.protobuf.message import Message as ProtobufMessage

from tests.bridge.doubles import event, gift, person
from tests.webcast.events.decode import start
from tests.webcast.test_captures import FILE
from tiktok2mqtt.bridge.privacy import COMMENTS, DISPLAY_TEXTS, NAMES, PICTURES, USER_IDS, PrivacyFilter
from tiktok2mqtt.settings import PrivacySettings
from tiktok2mqtt.webcast.events.fields import Field
from tiktok2mqtt.webcast.events.rows import REGISTRY

# Texts and ids that say nothing about a viewer: gifts, goals, battles, shops, the host, TikTok's own codes.
HARMLESS = {
    *("artist", "avg_color", "batch_counts"),
    *("hidden_gift_ids", "order_id", "skin_id", "song_id", "variant_id"),
    *("battle_id", "button_schema", "button_text", "capsule_scene", "card_id", "centerized_idc"),
    *("channel_id", "closed_by", "code", "cta_text", "describe", "description", "display_type", "drops_id", "emote_id"),
    *("envelope_id", "event_id", "from_region", "game_id", "gift_id", "goal_id", "group_id"),
    *("id", "idc", "label", "language", "linker_id", "message_ids", "message_room_id"),
    *("message_scene", "message_session_id", "message_source", "original_msg_type", "page_id", "pin_id"),
    *("poll_id", "price"),
    *("product_id", "product_source", "question_id", "reason", "round_id", "rtc_room_id"),
    *("scene", "schema", "since", "state", "task_id", "transport", "what"),
    *("admin_permissions", "advice_action_text", "background_color", "campaign_id", "captcha_record_id"),
    *("close_action_text", "default_action_text", "effect_id", "ended_by", "goody_bag_id", "hashtag_id", "item_type"),
    *("list_schema", "not_allowed_title", "notice_title", "organization", "perception_code", "punish_id"),
    *("punish_reason", "punish_type", "rank_types", "ranking", "reason_title", "resource_id", "room_id", "series_id"),
    *("show_reason", "sticker_id", "style", "sub_title", "tab", "target_room_id", "timer_id", "tips_title"),
    *("title_text", "toast_title", "trigger", "picks_id", "wave_id"),
    *(
        "awarded_card",
        "end_reason",
        "from_room_id",
        "kind",
        "league",
        "match_id",
        "required_gift_id",
        "status",
        "team_id",
    ),
}
# Keys that look like names or pictures of people, and why they are not.
REASONS = {
    "btn_name": "the label of a button",
    "button_name": "the label of a button",
    "gift_name": "of a gift",
    "gift_icon": "of a gift",
    "result_name": "the result of a battle or a task",
    "name": "of a gift",
    "series_name": "of gifts",
    "title": "of a product, a gift, a ranking, a LIVE or a poll",
    "border": "of the picture of a host who won",
    "btn_url": "a page of TikTok",
    "detail_url": "a page of TikTok",
    "donation_url": "a page of an organization",
    "tips_url": "a page of TikTok",
    "url": "a page of a product or an organization",
    "violation_detail_url": "a page of TikTok",
    "entrance_icon": "of a ranking",
    "button_url": "a page of TikTok",
    "icon": "a badge, a gift or a logo",
    "image": "a gift, an emote or a product",
    "url_list": "a gift",
}
PEOPLE = re.compile(
    r"user|uid|anchor|host|viewer|sender|owner|creator|author|gifter|supporter|contributor|recipient|operator|member"
    r"|follower|friend|people|person|rival|guest|player|winner"
)
IDS = re.compile(r"(^|[_ ])(u?ids?)($|[_ .])", re.IGNORECASE)
NAME_WORDS = re.compile(r"nick|name", re.IGNORECASE)
PICTURE_WORDS = re.compile(r"picture|avatar|icon|image|portrait|photo|url", re.IGNORECASE)


def fields(of: tuple[Field, ...]) -> Iterator[Field]:
    """Yield each field that may be about a person: not the times, and not the words for numbers."""
    keys = {field.key for field in of}
    for field in of:
        if not field.instant and field.key.removesuffix("_name") not in keys - {field.key}:
            yield field
        yield from fields(field.fields)


def test_every_key_of_every_event_is_classified_as_personal_or_harmless() -> None:
    keys = {
        field.key
        for row in REGISTRY.rows.values()
        for field in fields(row.all_fields)
        if field.type in ("string", "id") or (field.type == "array" and not field.fields)
    }
    personal = NAMES | PICTURES | USER_IDS | COMMENTS | DISPLAY_TEXTS
    harmless = HARMLESS | REASONS.keys()
    assert keys - personal == harmless
    assert not personal & harmless
    assert personal <= keys


def leaves() -> Iterator[tuple[Field, str]]:
    """Yield each field that has a value of its own, with its description and where in the message it comes from."""
    for row in REGISTRY.rows.values():
        for field in fields(row.all_fields):
            if field.type in ("id", "string", "integer", "number") or (field.type == "array" and not field.fields):
                yield field, f"{field.doc} {field.source if isinstance(field.source, str) else ''}"


def test_every_id_of_a_person_is_a_user_id() -> None:
    found = {
        field.key
        for field, text in leaves()
        if IDS.search(f"{field.key} {text}") and PEOPLE.search(f"{field.key} {text}".lower())
    }
    assert found - NAMES == USER_IDS


@pytest.mark.parametrize(("words", "personal"), [(NAME_WORDS, NAMES), (PICTURE_WORDS, PICTURES)])
def test_what_looks_like_a_name_or_a_picture_is_personal_or_has_a_reason(
    words: re.Pattern[str], personal: frozenset[str]
) -> None:
    found = {
        field.key
        for field, text in leaves()
        if field.type != "integer" and (words.search(field.key) or (words.search(text) and PEOPLE.search(text.lower())))
    }
    assert found - personal <= REASONS.keys()
    assert found & personal


def redacted(value: dict[str, Any], **settings: Any) -> dict[str, Any]:
    return PrivacyFilter(PrivacySettings(**settings)).redact(value)


CHAT = event("chat", comment="hello", mentioned_user=person("carol"), text="Bob: hello", language="en")


def test_by_default_nothing_is_redacted() -> None:
    privacy = PrivacyFilter(PrivacySettings())
    assert not privacy.is_active
    assert privacy.redact(CHAT) == CHAT


@pytest.mark.parametrize(
    ("settings", "redacted_keys"),
    [
        ({"names": False}, {"nickname", "unique_id", "text"}),
        ({"pictures": False}, {"profile_picture_url"}),
        ({"comments": False}, {"comment", "text"}),
        ({"user_ids": "none"}, {"user_id"}),
    ],
)
def test_redacted_keys_are_null_at_any_depth(settings: dict[str, Any], redacted_keys: set[str]) -> None:
    assert PrivacyFilter(PrivacySettings(**settings)).is_active
    out = redacted(CHAT, **settings)
    assert out.keys() == CHAT.keys()
    assert {key for key, value in out.items() if value is None} == redacted_keys
    mentioned = out["mentioned_user"]
    assert {key for key, value in mentioned.items() if value is None} == redacted_keys & person("carol").keys()


def test_hashes_differ_between_users_and_between_salts() -> None:
    bob, again, carol = (
        redacted(event("chat", **person(name)), user_ids="hashed", salt="s")["user_id"]
        for name in ("bob", "bob", "carol")
    )
    assert bob == again != carol
    assert len(bob) == 16
    assert redacted(event("chat", **person("bob")), user_ids="hashed", salt="other")["user_id"] != bob
    assert redacted(event("chat", user_id=None), user_ids="hashed", salt="s")["user_id"] is None
    assert redacted(event("im_delete", user_ids=["1", "2"]), user_ids="none")["user_ids"] == []
    assert len(set(redacted(event("im_delete", user_ids=["1", "2"]), user_ids="hashed", salt="s")["user_ids"])) == 2


def test_a_redacted_gift_keeps_what_automations_need() -> None:
    before = gift(3, 3)
    after = redacted(before, names=False, pictures=False, comments=False, user_ids="none")
    assert {key for key in before if before[key] != after[key]} == person("bob").keys()


def test_texts_by_the_host_are_not_redacted() -> None:
    assert redacted(event("caption", text="good evening"), names=False, comments=False)["text"] == "good evening"


def test_the_original_event_is_not_changed() -> None:
    before = event("chat", mentioned_user=person("carol"))
    redacted(before, names=False)
    assert before["mentioned_user"]["nickname"] == "Carol"


# --- captured messages ---


def people(message: Any) -> Iterator[tuple[str, str]]:
    """Yield what a decoded message says about people: ("id", "name" or "picture", value)."""
    if message.DESCRIPTOR.name == "User":
        yield from (("id", str(value)) for value in (message.id, message.id_str))
        yield from (("name", value) for value in (message.unique_id, message.nickname))
        yield from (("picture", url) for url in message.avatar_thumb.url_list)
    for field, value in message.ListFields():
        parts = value if isinstance(value, Sequence) and not isinstance(value, str | bytes) else [value]
        if IDS.search(field.name) and PEOPLE.search(field.name):
            yield from (("id", str(part)) for part in parts)
        for part in value.values() if isinstance(value, Mapping) else parts:
            if isinstance(part, ProtobufMessage):
                yield from people(part)


def texts(value: Any) -> Iterator[str]:
    """Yield the values in an event, without its keys."""
    match value:
        case dict():
            yield from (text for part in value.values() for text in texts(part))
        case list():
            yield from (text for part in value for text in texts(part))
        case _:
            yield str(value)


@pytest.mark.skipif(not FILE.exists(), reason=f"no captured messages: {FILE} is missing")
@pytest.mark.parametrize("user_ids", ["none", "hashed"])
def test_no_captured_event_shows_a_person(user_ids: str) -> None:
    sources = [source for row in REGISTRY.rows.values() for source in row.sources]
    messages = {method: source.message for source in sources for method in source.methods}
    privacy = PrivacyFilter(
        PrivacySettings.model_validate(
            {"names": False, "pictures": False, "comments": False, "user_ids": user_ids, "salt": "s"}
        )
    )
    found, published = set(), []
    for line in gzip.decompress(FILE.read_bytes()).splitlines():
        row = json.loads(line)
        payload = base64.b64decode(row["payload"])
        method = row["method"] if row["method"] in messages else f"Webcast{row['method']}"
        found |= set(people(messages[method].FromString(payload)))
        events = REGISTRY.decode(method, payload, start)
        published += [text for one in events for text in texts(privacy.redact(one))]
    # Shorter ones are also parts of other words and numbers.
    values = [value for kind, value in found if len(value) > (3 if kind == "name" else 5)]
    assert len(values) > 500
    shown = "\n".join(set(published))
    assert [value for value in values if value in shown] == []
