"""Payloads of a room's messages, as in `FetchResponse.messages[].payload`.

Pure functions: everything in a message is an argument. Display keys and patterns were seen on the real service
(captured 2023); the meaning of the fields: protocol reference, section 4.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tiktok2mqtt.simulator import fields as f
from tiktok2mqtt.simulator.gifts import encode_gift
from tiktok2mqtt.simulator.viewers import encode_identity, encode_user
from tiktok2mqtt.simulator.wire import build

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tiktok2mqtt.simulator.gifts import Gift
    from tiktok2mqtt.simulator.viewers import Viewer

CHAT: Final = "WebcastChatMessage"
MEMBER: Final = "WebcastMemberMessage"
GIFT: Final = "WebcastGiftMessage"
LIKE: Final = "WebcastLikeMessage"
SOCIAL: Final = "WebcastSocialMessage"
ROOM_USER: Final = "WebcastRoomUserSeqMessage"
QUESTION: Final = "WebcastQuestionNewMessage"
CONTROL: Final = "WebcastControlMessage"
ENVELOPE: Final = "WebcastEnvelopeMessage"

# Actions of a control message.
PAUSED, RESUMED, ENDED, SUSPENDED = 1, 2, 3, 4

_FOLLOWED, _SHARED, _JOINED = 1, 3, 1
_VIEWERS_BOX, _NEW, _HIDDEN = 1, 1, 2
_STRING_PIECE, _USER_PIECE, _GIFT_PIECE = 1, 11, 12


@dataclass(frozen=True)
class Head:
    """What every message of a room needs: room, time, id, and whether users are written slim."""

    room_id: int
    host: Viewer
    msg_id: int
    now_ms: int
    slim: bool = False

    def user(self, viewer: Viewer) -> bytes:
        """Return the viewer's wire form, slim or full."""
        return encode_user(viewer, slim=self.slim)


@dataclass(frozen=True)
class GiftSend:
    """One gift message of a streak, or a whole one-shot gift. `group_id` names the streak."""

    gift: Gift
    count: int
    group_id: int
    ended: bool


@dataclass(frozen=True)
class Box:
    """A treasure box: its id, what is in it, for how many viewers, and when it opens, in seconds since 1970."""

    box_id: int
    diamonds: int
    people: int
    opens_s: int


def chat(head: Head, viewer: Viewer, text: str, language: str = "en") -> bytes:
    """A comment."""
    return build(
        f.CHAT_MESSAGE,
        common=common(head, CHAT),
        user=head.user(viewer),
        content=text,
        content_language=language,
        user_identity=encode_identity(viewer),
    )


def member(head: Head, viewer: Viewer, viewers: int) -> bytes:
    """A viewer joined; `viewers` are in the room now."""
    text = text_of("live_room_enter_toast", "{0:user} joined", user_piece(head, viewer))
    return build(
        f.MEMBER_MESSAGE,
        common=common(head, MEMBER, text),
        user=head.user(viewer),
        member_count=viewers,
        action=_JOINED,
        anchor_display_text=text,
        client_enter_source="homepage_hot-live_cell",
        client_enter_type="click",
    )


def gift(head: Head, viewer: Viewer, sent: GiftSend) -> bytes:
    """A gift message; `monitor_extra` repeats the numbers as JSON, which the clients of 2022 read."""
    text = text_of(
        "webcast_aweme_gift_send_message",
        "{0:user} sent {1:gift} {2:string}",
        user_piece(head, viewer),
        gift_piece(sent.gift),
        build(f.TEXT_PIECE, type=_STRING_PIECE, string_value=f"x{sent.count}"),
    )
    describe = f"{viewer.username}: gifted the host {sent.count} {sent.gift.name}"
    return build(
        f.GIFT_MESSAGE,
        common=common(head, GIFT, text, describe),
        gift_id=sent.gift.gift_id,
        fan_ticket_count=sent.gift.diamonds,
        group_count=1,
        repeat_count=sent.count,
        combo_count=sent.count if sent.gift.streakable else None,
        user=head.user(viewer),
        repeat_end=sent.ended,
        group_id=sent.group_id,
        gift=encode_gift(sent.gift),
        send_type=1,
        monitor_extra=_monitor_extra(head, viewer, sent),
        gift_extra=build(
            f.GIFT_EXTRA, anchor_id=head.host.user_id, to_user_id=head.host.user_id, from_platform="android"
        ),
        user_identity=encode_identity(viewer),
    )


def like(head: Head, viewer: Viewer, count: int, total: int) -> bytes:
    """`count` likes of one viewer; `total` is the room's."""
    text = text_of("pm_mt_msg_viewer", "{0:user} liked the LIVE", user_piece(head, viewer))
    return build(
        f.LIKE_MESSAGE, common=common(head, LIKE, text), count=count, total=total, user=head.user(viewer), effect_cnt=1
    )


def follow(head: Head, viewer: Viewer, followers: int) -> bytes:
    """A viewer follows the host, who has `followers` now."""
    text = text_of("pm_main_follow_message_viewer_2", "{0:user} followed the LIVE creator", user_piece(head, viewer))
    return build(
        f.SOCIAL_MESSAGE,
        common=common(head, SOCIAL, text),
        user=head.user(viewer),
        action=_FOLLOWED,
        share_target=str(head.host.user_id),
        follow_count=followers,
    )


def share(head: Head, viewer: Viewer, shares: int) -> bytes:
    """A viewer shared the LIVE; `shares` of it so far."""
    text = text_of("pm_mt_guidance_share", "{0:user} shared the LIVE", user_piece(head, viewer))
    return build(
        f.SOCIAL_MESSAGE,
        common=common(head, SOCIAL, text),
        user=head.user(viewer),
        share_type=1,
        action=_SHARED,
        share_target="-1",
        share_count=shares,
    )


def room_user(head: Head, viewers: int, total: int, ranks: Sequence[tuple[Viewer, int]]) -> bytes:
    """The viewer counts, now and since the start, with the top viewers as (viewer, score), best first."""
    rows = [
        build(f.CONTRIBUTOR, score=score, user=head.user(viewer), rank=place)
        for place, (viewer, score) in enumerate(ranks, start=1)
    ]
    return build(
        f.ROOM_USER_MESSAGE, common=common(head, ROOM_USER), ranks_list=rows, viewer_count=viewers, total_user=total
    )


def question(head: Head, viewer: Viewer, text: str) -> bytes:
    """A question for the host."""
    details = build(
        f.QUESTION_DETAILS,
        question_id=head.msg_id,
        question_text=text,
        create_time=head.now_ms // 1000,
        user=head.user(viewer),
    )
    return build(f.QUESTION_MESSAGE, common=common(head, QUESTION), details=details)


def envelope(head: Head, viewer: Viewer, box: Box) -> bytes:
    """A viewer sends a treasure box."""
    text = text_of("pm_mt_treasure_box_sender_comment", "{0:user} sent a Treasure Box", user_piece(head, viewer))
    info = build(
        f.ENVELOPE_INFO,
        envelope_id=str(box.box_id),
        business_type=_VIEWERS_BOX,
        send_user_name=viewer.username,
        diamond_count=box.diamonds,
        people_count=box.people,
        unpack_at=box.opens_s,
        send_user_id=str(viewer.user_id),
        create_at=str(head.now_ms),
        room_id=str(head.room_id),
    )
    return build(f.ENVELOPE_MESSAGE, common=common(head, ENVELOPE, text), envelope_info=info, display=_NEW)


def envelope_hidden(head: Head, box_id: int) -> bytes:
    """A treasure box is hidden: the message says nothing else of it."""
    info = build(f.ENVELOPE_INFO, envelope_id=str(box_id), business_type=_VIEWERS_BOX, room_id=str(head.room_id))
    return build(f.ENVELOPE_MESSAGE, common=common(head, ENVELOPE), envelope_info=info, display=_HIDDEN)


def control(head: Head, action: int, tips: str = "") -> bytes:
    """The stream was paused, resumed, ended or suspended."""
    return build(f.CONTROL_MESSAGE, common=common(head, CONTROL), action=action, tips=tips)


def common(head: Head, method: str, text: bytes | None = None, describe: str = "") -> bytes:
    """What every message begins with."""
    return build(
        f.COMMON,
        method=method,
        msg_id=head.msg_id,
        room_id=head.room_id,
        create_time=head.now_ms,
        is_show_msg=True,
        describe=describe,
        display_text=text,
        fold_type=1,
        anchor_fold_type=2,
        from_idc="maliva",
        room_message_heat_level=4,
        fold_type_for_web=2,
        anchor_fold_type_for_web=2,
    )


def text_of(key: str, pattern: str, *pieces: bytes) -> bytes:
    """Return a Text: a pattern with placeholders, and the pieces that fill them."""
    form = build(f.TEXT_FORMAT, color="#ffffffff", weight=400)
    return build(f.TEXT, key=key, default_pattern=pattern, default_format=form, pieces=list(pieces))


def user_piece(head: Head, viewer: Viewer) -> bytes:
    """Return a piece that names a viewer."""
    value = build(f.PIECE_USER, user=head.user(viewer), with_colon=False)
    return build(f.TEXT_PIECE, type=_USER_PIECE, user_value=value)


def gift_piece(sent: Gift) -> bytes:
    """Return a piece that names a gift."""
    name = build(f.PATTERN_REF, key=f"live_gift_copywriting_{sent.gift_id}", default_pattern=sent.name)
    value = build(f.PIECE_GIFT, gift_id=sent.gift_id, name_ref=name, color_id=-1)
    return build(f.TEXT_PIECE, type=_GIFT_PIECE, gift_value=value)


def _monitor_extra(head: Head, viewer: Viewer, sent: GiftSend) -> str:
    extra = {
        "from_user_id": viewer.user_id,
        "to_user_id": head.host.user_id,
        "anchor_id": head.host.user_id,
        "room_id": head.room_id,
        "msg_id": head.msg_id,
        "gift_id": sent.gift.gift_id,
        "gift_type": sent.gift.gift_type,
        "repeat_count": sent.count,
        "repeat_end": int(sent.ended),
        "from_idc": "maliva",
        "send_gift_send_message_success_ms": head.now_ms,
    }
    return json.dumps(extra, separators=(",", ":"))
