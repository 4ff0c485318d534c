from collections.abc import Iterator
from typing import Any

import pytest

from tests.bridge.doubles import event, gift, person
from tiktok2mqtt.bridge.privacy import COMMENTS, DISPLAY_TEXTS, NAMES, PICTURES, USER_IDS, PrivacyFilter
from tiktok2mqtt.settings import PrivacySettings
from tiktok2mqtt.webcast.events.fields import Field
from tiktok2mqtt.webcast.events.rows import REGISTRY

# Texts and ids that say nothing about a viewer: gifts, goals, battles, shops, the host, TikTok's own codes.
HARMLESS = {
    *("action_name", "anchor_link_mic_id_str", "anchor_uid", "avg_color", "battle_id", "btn_name", "btn_url"),
    *("button_name", "button_schema", "button_text", "button_url", "capsule_scene", "centerized_idc", "channel_id"),
    *("closed_by", "code", "cta_text", "describe", "description", "display_type", "drops_id", "emote_id"),
    *("envelope_id", "event_id", "from_region", "game_id", "gift_id", "gift_name", "goal_id", "group_id", "icon"),
    *("id", "id1", "idc", "image", "label", "language", "layout_key", "linker_id", "message_ids", "message_room_id"),
    *("message_session_id", "message_source", "name", "original_msg_type", "page_id", "pin_id", "poll_id", "price"),
    *("product_id", "question_id", "reason", "rival_anchor_id", "rival_linkmic_id_str", "round_id", "rtc_room_id"),
    *("scene", "schema", "shop_name", "since", "state", "task_id", "title", "transport", "url_list", "what"),
}


def fields(of: tuple[Field, ...]) -> Iterator[Field]:
    for field in of:
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
    assert keys - personal == HARMLESS & keys
    assert not personal & HARMLESS
    assert personal <= keys


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
