"""Messages that fill every key of their events; `golden/<event>.json` is the expected event."""

from google.protobuf.message import Message

from tiktok2mqtt.webcast.gift_catalogue import GiftCatalogue
from tiktok2mqtt.webcast.schema import gifts_pb2, notices_pb2, shop_pb2
from tiktok2mqtt.webcast.schema import messages_pb2 as pb
from tiktok2mqtt.webcast.schema import types_pb2 as types

ROOM_ID = "7286184560900803334"


def text(key: str, pattern: str, *pieces: types.TextPiece) -> types.Text:
    return types.Text(key=key, default_pattern=pattern, pieces=pieces)


def common(key: str = "", pattern: str = "", *pieces: types.TextPiece) -> types.Common:
    return types.Common(
        msg_id=7286184974634765062,
        create_time=1700000000123,
        display_text=text(key, pattern, *pieces) if key else None,
    )


def naming(user: types.User) -> types.TextPiece:
    return types.TextPiece(user_value=types.TextPieceUser(user=user))


def picture(name: str) -> types.Image:
    return types.Image(url_list=["", f"https://p16.example/{name}.webp", f"https://p77.example/{name}.webp"])


def badge(scene: int, level: str = "") -> types.BadgeStruct:
    return types.BadgeStruct(badge_scene=scene, log_extra=types.PrivilegeLogExtra(level=level) if level else None)


BOB = types.User(
    id=6800000000000000001,
    unique_id="bob",
    nickname="Bob 🌹",
    avatar_thumb=picture("bob"),
    # Some badges come twice.
    badge_list=[badge(1), badge(4), badge(6), badge(8, "31"), badge(10, "12"), badge(1)],
    follow_info=types.FollowInfo(following_count=3, follower_count=4, follow_status=2),
)
CAROL = types.User(id=6800000000000000002, unique_id="carol", nickname="Carol", avatar_thumb=picture("carol"))
NAMES_BOB = naming(BOB)
IDENTITY = pb.UserIdentity(is_gift_giver_of_anchor=True)
ROSE = pb.GiftStruct(id=5655, name="Rose", type=1, diamond_count=1, combo=True, image=picture("rose"))
# With all that a gift can have.
SONG_ROSE = pb.GiftStruct(
    gift_sub_type=4,
    is_gallery_gift=True,
    gift_skins=[gifts_pb2.GiftSkin(gift_skin_id=71, gift_skin_name="White rose")],
    batch_gift_info=gifts_pb2.GiftBatch(can_batch_send=True, available_counts=[1, 10, 99]),
    series_info=gifts_pb2.GiftSeries(series_name="Spring", gift_ids=[5655, 5656], end_time_sec=1700600000),
    music_info=gifts_pb2.GiftMusic(artist_name="Dora", song_id=81, song_name="Roses"),
)
SONG_ROSE.MergeFrom(ROSE)
TOUR_ROSE = pb.GiftStruct(
    random_effect_info=gifts_pb2.GiftRandomEffect(banner=gifts_pb2.GiftRandomBanner(target_num=9, collect_num=8))
)
TOUR_ROSE.MergeFrom(SONG_ROSE)
ROSE_PIECE = types.TextPiece(
    gift_value=types.TextPieceGift(gift_id=5655, name_ref=types.PatternRef(key="rose", default_pattern="Rose"))
)
GIFTS = GiftCatalogue()
GIFTS.add_list(
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
    ],
    replaces=True,
)


EMOTE = pb.Emote(emote_id="7286184974634765033", image=picture("emote"))
PENALTY = types.PunishInfo(
    punish_type="short_nr",
    punish_reason="Co-host_NR",
    punish_id="7286184974634765011",
    violation_user_id=6800000000000000001,
    punish_kind=55,
    duration_s=600,
    perception_code="c1",
    end_time=1700000600,
    show_reason="Why",
)
QUESTION = pb.QuestionDetails(question_id=7286184974634765088, question_text="why?", user=BOB)


def gift(count: int, end: int) -> pb.WebcastGiftMessage:
    return pb.WebcastGiftMessage(
        common=common("pm_mt_gift", "{0:user} sent {1:gift}", NAMES_BOB, ROSE_PIECE),
        gift_id=5655,
        repeat_count=count,
        combo_count=count,
        repeat_end=end,
        user=BOB,
        to_user=types.User(id=6800000000000000009, unique_id="dora", nickname="Dora"),
        group_id=1696447170769,
        gift=SONG_ROSE,
        gifts_in_box=gifts_pb2.GiftsInBox(gifts=[gifts_pb2.GiftInBox(gift_id=5656, remain_times=2)]),
        display_duration_ms=3000,
        display_text_for_sender=text("pm_mt_gift_self", "You sent {0:gift}", ROSE_PIECE),
        gift_variant_id=3,
    )


def social(key: str, pattern: str, action: int) -> pb.WebcastSocialMessage:
    return pb.WebcastSocialMessage(
        common=common(key, pattern, NAMES_BOB),
        user=BOB,
        action=action,
        target_user_id=6800000000000000009,
        follow_type=2,
        scene="live_detail",
        follow_count=1201,
        share_count=13,
    )


FOLLOW = social("pm_main_follow_message_viewer_2", "{0:user} followed the LIVE creator", 1)
SHARE = social("pm_mt_guidance_share", "{0:user} shared the LIVE", 3)

# By event: a message that makes it.
MESSAGES: dict[str, Message] = {
    "chat": pb.WebcastChatMessage(
        common=common(),
        user=BOB,
        content="hello @carol 🎉",
        at_user=CAROL,
        emotes=[pb.EmoteData(place_in_comment=6, emote=EMOTE)],
        content_language="en",
        user_identity=IDENTITY,
        mention_users=[CAROL],
        is_on_comment_tray=True,
    ),
    "member": pb.WebcastMemberMessage(
        common=common("live_room_enter_toast", "{0:user} joined", NAMES_BOB),
        user=BOB,
        action=3,
        member_count=120,
        operator=CAROL,
        admin_permissions={2: 1, 5: 0},
        wave_algorithm_data=pb.WaveAlgorithmData(is_rewatch=True),
    ),
    "gift": gift(5, end=1),
    "gift_streak": gift(4, end=0),
    "like": pb.WebcastLikeMessage(
        common=common("pm_mt_msg_viewer", "{0:user} liked the LIVE", NAMES_BOB),
        user=BOB,
        count=15,
        total=2900,
        like_effect=[pb.LikeEffect(effect_count=1), pb.LikeEffect(version=5, effect_count=2, effect_interval_ms=250)],
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
    "question_new": pb.WebcastQuestionNewMessage(common=common(), details=QUESTION),
    "control": pb.WebcastControlMessage(
        common=common(),
        action=4,
        tips="The host will be back soon",
        extra=pb.WebcastControlExtra(
            reason_no=7,
            source="anchor_pause",
            title=text("t", "Your LIVE was suspended"),
            content=text("c", "You broke a rule"),
            violation_reason=text("v", "Sale of animals"),
        ),
        perception_audience_text=text("a", "The LIVE was suspended"),
        float_text=text("f", "Suspended"),
        perception_dialog=types.PerceptionDialog(icon_type=4, title=text("d", "Take care")),
        punish_info=PENALTY,
    ),
    "stream_end": pb.WebcastControlMessage(common=common(), action=3),
    "paused": pb.WebcastControlMessage(common=common(), action=1, tips="Back soon", extra={"source": "anchor_pause"}),
    "resumed": pb.WebcastControlMessage(
        common=common(), action=2, tips="Here again", extra={"source": "anchor_resume"}
    ),
    "subscribe": notices_pb2.WebcastSubNotifyMessage(
        common=common("pm_mt_sub", "{0:user} subscribed", NAMES_BOB),
        sender=BOB,
        sub_month=3,
        subscribe_type=1,
        message_type=8,
        gift_source=3,
        event_tracking=notices_pb2.SubscriptionGift(sender_id=6800000000000000002, receiver_id=6800000000000000001),
    ),
    "sub_notify": notices_pb2.WebcastSubNotifyMessage(
        common=common("pm_mt_gift_sub", "{0:user} gifted {1:user}", naming(CAROL), NAMES_BOB),
        sender=CAROL,
        message_type=10,
        is_send=True,
        gift_source=2,
    ),
    "super_fan": notices_pb2.WebcastBarrageMessage(
        common=common(),
        msg_type=21,
        content=text("ttlive_superFan_commentNotif_joined", "{0:user} joined as a super fan", NAMES_BOB),
    ),
    "barrage": notices_pb2.WebcastBarrageMessage(
        common=common(),
        msg_type=9,
        icon=picture("icon"),
        content=text("webcast_live_gifter_joined", "{0:user} joined", naming(CAROL)),
        user=BOB,
        user_grade_param=notices_pb2.BarrageGrade(current_grade=31, user=CAROL),
        badge=badge(8, "31"),
        duration_ms=4000,
        scene="enter",
    ),
    "emote": notices_pb2.WebcastEmoteChatMessage(
        common=common(), user=BOB, emote_list=[EMOTE, EMOTE], user_identity=IDENTITY
    ),
    "goal_update": notices_pb2.WebcastGoalUpdateMessage(
        common=common(),
        goal=notices_pb2.LiveGoal(
            id=7286184974634765077,
            description="A song",
            status=2,
            start_time=1700000000,
            expire_time=1700003600,
            sub_goals=[
                notices_pb2.LiveSubGoal(
                    id=5655, type=1, progress=40, target=100, gift=notices_pb2.LiveSubGoalGift(name="Rose")
                )
            ],
            contributors=[
                notices_pb2.LiveGoalContributor(
                    user_id=6800000000000000001, display_id="bob", score=30, avatar=picture("bob")
                )
            ],
            contributors_length=4,
        ),
        update_source=2,
        contributor_id=6800000000000000001,
        contributor_display_id="bob",
        contributor_avatar=picture("bob"),
        contribute_count=5,
        contribute_score=5,
    ),
    "poll": notices_pb2.WebcastPollMessage(
        common=common(),
        poll_id=7286184974634765055,
        message_type=1,
        poll_kind=2,
        poll_basic_info=notices_pb2.PollBasicInfo(user_count=3),
        end_content=notices_pb2.PollEndContent(end_type=1),
        start_content=notices_pb2.PollStartContent(
            title="Tea or coffee?",
            start_time=1700000000000,
            end_time=1700000060000,
            operator=CAROL,
            option_list=[
                notices_pb2.PollOption(option_index=1, display_content="Tea", votes=3),
                notices_pb2.PollOption(option_index=2, display_content="Coffee"),
            ],
        ),
    ),
    "live_intro": notices_pb2.WebcastLiveIntroMessage(
        common=common(), user=BOB, content="Welcome, be kind", content_language="en"
    ),
    "room_message": notices_pb2.WebcastRoomMessage(
        common=common("pm_mt_welcome", "Welcome, {0:user}", NAMES_BOB),
        content="Welcome",
        scene="welcome",
        is_welcome=True,
    ),
    "room_pin": notices_pb2.WebcastRoomPinMessage(
        common=common(),
        chat_message=pb.WebcastChatMessage(user=BOB, content="first!", user_identity=IDENTITY),
        gift_message=pb.WebcastGiftMessage(gift=ROSE),
        original_msg_type="WebcastChatMessage",
        operator=CAROL,
        action=1,
        pin_id=7286184974634765066,
        timestamp=1700000000456,
        display_duration_s=60,
    ),
    "caption": notices_pb2.WebcastCaptionMessage(
        common=common(),
        content=[
            notices_pb2.CaptionContent(language="en", text="and now"),
            notices_pb2.CaptionContent(language="en", text="a song"),
        ],
        timestamp_ms=1700000000456,
        duration_ms=2500,
        definite=True,
    ),
    "im_delete": notices_pb2.WebcastImDeleteMessage(
        common=common(), delete_msg_ids_list=[7286184974634765061], delete_user_ids_list=[6800000000000000002]
    ),
    "unauthorized_member": notices_pb2.WebcastUnauthorizedMemberMessage(
        common=common(),
        action=1,
        nick_name_prefix=text("web_nonlogin_im_1", "Viewer%s"),
        nick_name="123456",
        enter_text=text("pm_mt_enter", "{0:user} joined"),
    ),
    "question_selected": notices_pb2.WebcastQuestionSelectedMessage(common=common(), question=QUESTION),
    "shop": shop_pb2.WebcastOecLiveShoppingMessage(
        common=common(),
        product=shop_pb2.OecProduct(
            title="Mug",
            price="$12.00",
            image_url="https://p16.example/mug.webp",
            product_id=1729384756574839201,
            source="Mugs",
            open_url="https://shop.example/mug",
        ),
        live_product_number=12,
        action_type=1,
        card_type=2,
        trace_info=shop_pb2.ShopTrace(operate_time=1700000000100, send_time=1700000000200),
    ),
    "rank_text": notices_pb2.WebcastRankTextMessage(
        common=common("pm_mt_rank", "{0:user} is now No. {1:string}", NAMES_BOB, types.TextPiece(string_value="2")),
        cur_user_id=6800000000000000001,
        owner_idx_before_update=4,
        owner_idx_after_update=2,
    ),
    "bottom": notices_pb2.WebcastBottomMessage(
        common=common("pm_mt_bottom", "Take care of {0:string}", types.TextPiece(string_value="yourself")),
        content="Take care",
        duration_s=600,
        biz_type=6,
        violation_user_id=6800000000000000001,
        detail_url="https://www.tiktok.example/rules",
        punish_info=PENALTY,
    ),
    "binding_gift": notices_pb2.WebcastBindingGiftMessage(
        common=common("pm_mt_gift", "{0:user} sent {1:gift}", NAMES_BOB, ROSE_PIECE), gift_message=gift(2, end=1)
    ),
    "gift_broadcast": notices_pb2.WebcastGiftBroadcastMessage(
        common=common(),
        from_user_id=6800000000000000001,
        left_icon=picture("announcement"),
        notify=notices_pb2.WebcastRoomNotifyMessage(
            common=common(
                "pm_mt_live_gift_platform_announcement",
                "{0:user} sent {1:gift} to {2:user}",
                NAMES_BOB,
                ROSE_PIECE,
                naming(CAROL),
            )
        ),
    ),
    "gift_collection_update": notices_pb2.WebcastGiftCollectionUpdateMessage(
        common=common("pm_mt_random_gift_message_complete_tour_viewer", "The creator has completed a tour!"),
        collection=notices_pb2.GiftCollection(
            round=2,
            gift=TOUR_ROSE,
        ),
    ),
    "gift_dynamic_restriction": notices_pb2.WebcastGiftDynamicRestrictionMessage(
        common=common("pm_mt_gift_restriction", "Some gifts cannot be sent"),
        dynamic_restriction=gifts_pb2.GiftRestriction(
            scenes=gifts_pb2.GiftSceneRestriction(
                normal_hidden_gids=[5655, 5656],
                match_hidden_gids=[5657],
                cohost_hidden_gids=[5658],
                multiguest_hidden_gids=[5659],
            ),
            receivers=[gifts_pb2.GiftReceiverRestriction(user_id=6800000000000000002, hidden_gids=[5660])],
        ),
    ),
    "gift_panel_update": notices_pb2.WebcastGiftPanelUpdateMessage(
        common=common("pm_mt_gift_panel", "The gift panel has changed"),
        room_id=7286184560900803334,
        timestamp=1700000000456,
        gallery_data=gifts_pb2.GiftGalleryData(
            progress={5655: gifts_pb2.GiftGalleryProgress(goal_count=10, current_sponsor_id=6800000000000000002)},
            end_time_in_ms=1700600000000,
        ),
        goal_data=gifts_pb2.GiftGoalData(
            goal_progress={
                5656: gifts_pb2.GiftGoalProgress(current_progress=3, target=20, expired_timestamp_in_ms=1700003600000)
            }
        ),
        room_based_gift_data=gifts_pb2.RoomBasedGiftData(
            room_based_gifts={1: gifts_pb2.RoomBasedGifts(gift_info=[gifts_pb2.RoomBasedGift(id=5655, price=1)])}
        ),
    ),
    "gift_prompt": notices_pb2.WebcastGiftPromptMessage(
        common=common("pm_mt_gift_prompt", "A notice"),
        title="Take a break",
        body="You have sent many gifts today",
        block_num_days=1,
        order_id="7286184974634765011",
        order_timestamp=1700000000,
    ),
}
