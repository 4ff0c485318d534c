from collections.abc import Iterator
from typing import Any

import pytest

from tests.bridge.doubles import event, gift, person
from tiktok2mqtt.bridge.privacy import NAMES, PICTURES, SENTENCES, USER_IDS, WRITTEN, Privacy
from tiktok2mqtt.settings import PrivacySettings
from tiktok2mqtt.webcast.events.fields import Field
from tiktok2mqtt.webcast.events.rows import REGISTRY

# Texts and ids that tell nothing of a viewer: of gifts, goals, battles, shops, the host, and TikTok's own codes.
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


def test_every_key_of_every_event_is_known_to_be_personal_or_harmless() -> None:
    keys = {
        field.key
        for row in REGISTRY.rows.values()
        for field in fields(row.all_fields)
        if field.type in ("string", "id") or (field.type == "array" and not field.fields)
    }
    personal = NAMES | PICTURES | USER_IDS | WRITTEN | SENTENCES
    assert keys - personal == HARMLESS & keys
    assert not personal & HARMLESS
    assert personal <= keys


def cleaned(value: dict[str, Any], **settings: Any) -> dict[str, Any]:
    return Privacy(PrivacySettings(**settings))(value)


CHAT = event("chat", comment="hello", mentioned_user=person("carol"), text="Bob: hello", language="en")


def test_without_settings_nothing_is_held_back() -> None:
    privacy = Privacy(PrivacySettings())
    assert not privacy
    assert privacy(CHAT) == CHAT


@pytest.mark.parametrize(
    ("settings", "gone"),
    [
        ({"names": False}, {"nickname", "unique_id", "text"}),
        ({"pictures": False}, {"profile_picture_url"}),
        ({"comments": False}, {"comment", "text"}),
        ({"user_ids": "none"}, {"user_id"}),
    ],
)
def test_what_a_setting_holds_back_is_null_at_any_depth(settings: dict[str, Any], gone: set[str]) -> None:
    assert Privacy(PrivacySettings(**settings))
    out = cleaned(CHAT, **settings)
    assert out.keys() == CHAT.keys()
    assert {key for key, value in out.items() if value is None} == gone
    mentioned = out["mentioned_user"]
    assert {key for key, value in mentioned.items() if value is None} == gone & person("carol").keys()


def test_hashes_tell_people_apart_and_nothing_else() -> None:
    bob, again, carol = (
        cleaned(event("chat", **person(name)), user_ids="hashed", salt="s")["user_id"]
        for name in ("bob", "bob", "carol")
    )
    assert bob == again != carol
    assert len(bob) == 16
    assert cleaned(event("chat", **person("bob")), user_ids="hashed", salt="other")["user_id"] != bob
    assert cleaned(event("chat", user_id=None), user_ids="hashed", salt="s")["user_id"] is None
    assert cleaned(event("im_delete", user_ids=["1", "2"]), user_ids="none")["user_ids"] == []
    assert len(set(cleaned(event("im_delete", user_ids=["1", "2"]), user_ids="hashed", salt="s")["user_ids"])) == 2


def test_a_gift_keeps_what_automations_need() -> None:
    before = gift(3, 3)
    after = cleaned(before, names=False, pictures=False, comments=False, user_ids="none")
    assert {key for key in before if before[key] != after[key]} == person("bob").keys()


def test_the_hosts_own_words_are_what_is_broadcast() -> None:
    assert cleaned(event("caption", text="good evening"), names=False, comments=False)["text"] == "good evening"


def test_the_event_itself_is_left_as_it_is() -> None:
    before = event("chat", mentioned_user=person("carol"))
    cleaned(before, names=False)
    assert before["mentioned_user"]["nickname"] == "Carol"
