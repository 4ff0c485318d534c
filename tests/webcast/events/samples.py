"""Messages that fill every key of their events, built by hand; `golden/<event>.json` is what must come of them."""

from google.protobuf.message import Message

from tiktok2mqtt.webcast.gifts import GiftList
from tiktok2mqtt.webcast.schema import messages_pb2 as pb
from tiktok2mqtt.webcast.schema import types_pb2 as types

ROOM_ID = "7286184560900803334"


def common(key: str = "", pattern: str = "") -> types.Common:
    text = types.Text(key=key, default_pattern=pattern) if key else None
    return types.Common(msg_id=7286184974634765062, create_time=1700000000123, display_text=text)


def picture(name: str) -> types.Image:
    return types.Image(url_list=["", f"https://p16.example/{name}.webp", f"https://p77.example/{name}.webp"])


def badge(scene: int, level: str = "") -> types.BadgeStruct:
    return types.BadgeStruct(badge_scene=scene, log_extra=types.PrivilegeLogExtra(level=level) if level else None)


BOB = types.User(
    id=6800000000000000001,
    unique_id="bob",
    nickname="Bob 🌹",
    avatar_thumb=picture("bob"),
    badge_list=[badge(1), badge(4), badge(8, "31"), badge(10, "12")],
    follow_info=types.FollowInfo(following_count=3, follower_count=4, follow_status=1),
)
CAROL = types.User(id=6800000000000000002, unique_id="carol", nickname="Carol", avatar_thumb=picture("carol"))
ROSE = pb.GiftStruct(id=5655, name="Rose", type=1, diamond_count=1, combo=True, image=picture("rose"))
GIFTS = GiftList(
    [
        {
            "id": 5655,
            "name": "Rose",
            "describe": "sent Rose",
            "diamond_count": 1,
            "type": 1,
            "duration": 1000,
            "icon": {"url_list": ["https://p16.example/icon.webp"], "avg_color": "#FFEBEB", "is_animated": False},
            "is_displayed_on_panel": True,
        }
    ]
)


def gift(count: int, end: int) -> pb.WebcastGiftMessage:
    return pb.WebcastGiftMessage(
        common=common(),
        gift_id=5655,
        repeat_count=count,
        combo_count=count,
        repeat_end=end,
        user=BOB,
        to_user=types.User(id=6800000000000000009),
        group_id=1696447170769,
        gift=ROSE,
    )


def social(key: str, pattern: str, action: int) -> pb.WebcastSocialMessage:
    return pb.WebcastSocialMessage(
        common=common(key, pattern), user=BOB, action=action, share_target="-1", follow_count=1201, share_count=13
    )


FOLLOW = social("pm_main_follow_message_viewer_2", "{0:user} followed the LIVE creator", 1)
SHARE = social("pm_mt_guidance_share", "{0:user} shared the LIVE", 3)

# Event -> the message that makes it.
MESSAGES: dict[str, Message] = {
    "chat": pb.WebcastChatMessage(
        common=common(),
        user=BOB,
        content="hello @carol 🎉",
        at_user=CAROL,
        emotes=[pb.EmoteData(place_in_comment=6, emote=pb.Emote(emote_id="e1", image=picture("emote")))],
        content_language="en",
    ),
    "member": pb.WebcastMemberMessage(common=common(), user=BOB, action=1, member_count=120),
    "gift": gift(5, end=1),
    "gift_streak": gift(4, end=0),
    "like": pb.WebcastLikeMessage(
        common=common("pm_mt_msg_viewer", "{0:user} liked the LIVE"), user=BOB, count=15, total=2900
    ),
    "room_user": pb.WebcastRoomUserSeqMessage(
        common=common(),
        viewer_count=120,
        total_user=3400,
        ranks_list=[pb.Contributor(rank=1, score=500, user=BOB), pb.Contributor(rank=2, score=20, user=CAROL)],
    ),
    "social": FOLLOW,
    "follow": FOLLOW,
    "share": SHARE,
    "question_new": pb.WebcastQuestionNewMessage(
        common=common(), details=pb.QuestionDetails(question_id=3, question_text="why?", user=BOB)
    ),
    "stream_end": pb.WebcastControlMessage(common=common(), action=3),
}
