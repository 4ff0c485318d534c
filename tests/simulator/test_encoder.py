from typing import Any

import pytest

from tiktok2mqtt.simulator.encoder import Context, FieldError, encode, message_types
from tiktok2mqtt.simulator.messages import Head
from tiktok2mqtt.simulator.viewers import Viewer
from tiktok2mqtt.webcast.schema import battles_pb2, messages_pb2, notices_pb2

HEAD = Head(room_id=5, host=Viewer.named("alice"), msg_id=7, now_ms=1_700_000_000_123)
CONTEXT = Context(HEAD, started=3, comment_id=9, battle_id=11)
BOB = Viewer.named("bob")


def test_a_message_is_encoded_as_the_library_reads_it() -> None:
    fields = {
        "message_type": 2,
        "poll_id": 7254846131453119513,
        "start_content": {
            "title": "Tea?",
            "operator": "bob",
            "option_list": [{"option_index": 1, "votes": 3}, {"display_content": "No"}],
        },
    }
    poll = notices_pb2.WebcastPollMessage.FromString(encode("WebcastPollMessage", fields, CONTEXT))
    assert (poll.message_type, poll.poll_id) == (2, 7254846131453119513)
    assert (poll.start_content.title, poll.start_content.operator.unique_id) == ("Tea?", "bob")
    first, second = poll.start_content.option_list
    assert (first.option_index, first.votes, second.display_content) == (1, 3, "No")


def test_texts_name_users_and_gifts_and_pictures_are_urls() -> None:
    fields = {"content": "{user:bob} sent {gift:Rose}!", "icon": "https://x.example/i.webp", "user": "$host"}
    barrage = notices_pb2.WebcastBarrageMessage.FromString(encode("WebcastBarrageMessage", fields, CONTEXT))
    assert barrage.content.default_pattern == "{0:user} sent {1:gift}!"
    assert barrage.content.pieces[0].user_value.user.unique_id == "bob"
    assert barrage.content.pieces[1].gift_value.name_ref.default_pattern == "Rose"
    assert list(barrage.icon.url_list) == ["https://x.example/i.webp"]
    assert barrage.user.unique_id == "alice"
    with_key = {"content": {"key": "k", "default_pattern": "{user:bob} joined"}}
    barrage = notices_pb2.WebcastBarrageMessage.FromString(encode("WebcastBarrageMessage", with_key, CONTEXT))
    assert (barrage.content.key, barrage.content.default_pattern) == ("k", "{0:user} joined")
    plain = {"content": {"default_pattern": "{0:string}", "pieces": [{"string_value": "x"}]}}
    barrage = notices_pb2.WebcastBarrageMessage.FromString(encode("WebcastBarrageMessage", plain, CONTEXT))
    assert barrage.content.pieces[0].string_value == "x"


@pytest.mark.parametrize(
    ("placeholder", "number"),
    [
        ("$now", 1_700_000_000),
        ("$now+60", 1_700_000_060),
        ("$now_ms-23", 1_700_000_000_100),
        ("$started+2", 5),
        ("$msg_id", 7),
        ("$room_id", 5),
        ("$host_id", HEAD.host.user_id),
        ("$comment_id", 9),
        ("$battle_id", 11),
        ("$user_id:bob", BOB.user_id),
    ],
)
def test_placeholders_stand_for_numbers(placeholder: str, number: int) -> None:
    guest = messages_pb2.WebcastChatMessage.FromString(
        encode("WebcastChatMessage", {"quick_chat_scene": 1, "content": placeholder}, CONTEXT)
    )
    assert guest.content == str(number)
    deleted = encode("WebcastImDeleteMessage", {"delete_user_ids_list": [placeholder]}, CONTEXT)
    assert list(notices_pb2.WebcastImDeleteMessage.FromString(deleted).delete_user_ids_list) == [number]


def test_maps_have_numbers_or_placeholders_as_keys() -> None:
    infos = {"$user_id:bob": {"nickname": "Bob"}, "12": {"nickname": "Dora"}}
    fields = {"business_content": {"cohost_content": {"list_change": {"infos": infos}}}}
    link = battles_pb2.WebcastLinkLayerMessage.FromString(encode("WebcastLinkLayerMessage", fields, CONTEXT))
    decoded = link.business_content.cohost_content.list_change.infos
    assert {key: info.nickname for key, info in decoded.items()} == {BOB.user_id: "Bob", 12: "Dora"}


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"pol_id": 1}, "fields.pol_id: WebcastPollMessage has no such field (it has common, message_type,"),
        ({"poll_id": "x"}, "fields.poll_id: a number or one of $now, $now_ms,"),
        ({"poll_id": "$nwo"}, "fields.poll_id: a number or one of $now, $now_ms,"),
        ({"poll_id": "$user_id"}, "fields.poll_id: a number or one of $now, $now_ms,"),
        ({"poll_id": 1.5}, "fields.poll_id: a whole number is expected, not 1.5"),
        ({"poll_id": True}, "fields.poll_id: a whole number is expected, not True"),
        ({"poll_id": 1 << 64}, "fields.poll_id: 18446744073709551616 does not fit 64 bits"),
        ({"start_content": []}, "fields.start_content: a table is expected, not []"),
        ({"start_content": {"title": 3}}, "fields.start_content.title: a text is expected, not 3"),
        ({"start_content": {"option_list": {}}}, "fields.start_content.option_list: a list is expected, not {}"),
        (
            {"start_content": {"option_list": [{}, {"votes": "many"}]}},
            "fields.start_content.option_list[1].votes: a number or one of",
        ),
        ({"start_content": {"operator": ""}}, "fields.start_content.operator: a user name is expected, not ''"),
    ],
)
def test_errors_begin_with_the_path_of_the_field(fields: dict[str, Any], text: str) -> None:
    with pytest.raises(FieldError) as caught:
        encode("WebcastPollMessage", fields, CONTEXT)
    assert str(caught.value).startswith(text)


@pytest.mark.parametrize(
    ("name", "fields", "text"),
    [
        ("WebcastQuestionSwitchMessage", {"is_on": 1}, "fields.is_on: true or false is expected, not 1"),
        ("WebcastBarrageMessage", {"content": "{gift:Tulip}"}, "fields.content: no gift 'Tulip' in the catalogue"),
        ("WebcastBarrageMessage", {"event": {"params": 3}}, "fields.event.params: a table is expected, not 3"),
    ],
)
def test_other_types_are_checked_as_well(name: str, fields: dict[str, Any], text: str) -> None:
    with pytest.raises(FieldError) as caught:
        encode(name, fields, CONTEXT)
    assert str(caught.value).startswith(text)


def test_the_types_of_a_room_are_those_with_a_common() -> None:
    types = message_types()
    assert {"WebcastChatMessage", "WebcastPollMessage", "WebcastBALeadGenMessage"} <= set(types)
    assert not {"WebcastRankUpdate", "Text", "User"} & set(types)
