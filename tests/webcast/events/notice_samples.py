"""More samples: notices, rankings, stickers, subscriptions; see `samples`."""

from google.protobuf.message import Message

from tests.webcast.events.samples import BOB, NAMES_BOB, PENALTY, common, picture, text
from tiktok2mqtt.webcast.schema import notices_pb2

SUBSCRIBER = notices_pb2.SubWaveSubscriber(user_id=6800000000000000001, unique_id="bob", avatar=picture("bob"))
BANNERS = (
    b'{"spring": {"activity_time": {"start_time": 1699900000, "end_time": 1700100000},'
    b' "banner_data": {"rank_lists": [{"rank": 31, "nickname": "Alice"}]}}}'
)

MESSAGES: dict[str, Message] = {
    "access_recall": notices_pb2.WebcastAccessRecallMessage(
        common=common("pm_mt_recall", "Access was restricted"),
        status=1,
        scene="CONTENT_CLASSIFICATION",
        notice=text("n", "For adults"),
        content=text("c", "This LIVE is for adults"),
        duration_s=600,
        end_time=1700000600,
        punish_info=PENALTY,
    ),
    "room_notify": notices_pb2.WebcastRoomNotifyMessage(
        common=common("pm_mt_mvp", "The MVP is {0:user}", NAMES_BOB),
        content="MVP",
        notify_type=3,
        source="gift_broadcast",
        user=BOB,
        from_user_id=6800000000000000001,
        to_anchor_id=6800000000000000009,
        schema="sslocal://webcast_room",
        extra=notices_pb2.RoomNotifyExtra(duration_s=5),
    ),
    "marquee_announcement": notices_pb2.WebcastMarqueeAnnouncementMessage(
        common=common(),
        message_scene="start_room_event",
        entity_list=[
            notices_pb2.MarqueeEntity(
                notify=notices_pb2.WebcastRoomNotifyMessage(
                    common=common("pm_mt_no_1", "Weekly No. 1: {0:user} is LIVE", NAMES_BOB),
                    source="weekly_rank",
                    from_user_id=6800000000000000001,
                    schema="sslocal://webcast_room",
                )
            )
        ],
    ),
    "in_room_banner": notices_pb2.WebcastInRoomBannerMessage(
        common=common(),
        position=1,
        action_type=2,
        raw_data_entries=[BANNERS],
    ),
    "anchor_tool_modification": notices_pb2.WebcastAnchorToolModificationMessage(
        common=common(),
        modification=notices_pb2.AnchorToolModification(
            user_id=6800000000000000009,
            effect_id=28019345,
            name="Paper Hat",
            resource_id="7225677077779845633",
            start_time=1699999946,
            end_time=1700000000,
            duration_s=54,
            tab="trending",
            scene="video_anchor",
        ),
    ),
    "room_sticker": notices_pb2.WebcastRoomStickerMessage(
        common=common(),
        stickers=[
            notices_pb2.RoomSticker(sticker_id=2269957, name="Welcome", content="Be kind", image=picture("sticker"))
        ],
    ),
    "hashtag": notices_pb2.WebcastHashtagMessage(
        common=common("pm_mt_live_topic5", "Gaming"),
        hashtag=notices_pb2.Hashtag(id=5, title="Gaming", image=picture("gaming")),
    ),
    "goody_bag": notices_pb2.WebcastGoodyBagMessage(
        common=common(),
        type=3,
        bag=notices_pb2.GoodyBag(
            goody_bag_id="7286184974634765022",
            detail=notices_pb2.GoodyBagDetail(
                winner_count=5, joined_count=65, participate_text="go", open_at=1700000600, countdown_min=10
            ),
            coin_detail=notices_pb2.GoodyBagCoins(coins=20),
        ),
        winners=[
            notices_pb2.GoodyBagWinner(
                user=notices_pb2.GoodyBagUser(user_id="6800000000000000001", unique_id="bob", avatar=picture("bob")),
                coins=4,
            )
        ],
    ),
    "pictionary_start": notices_pb2.WebcastPictionaryStartMessage(
        common=common(),
        round=notices_pb2.PictionaryRound(
            round_id=7286184974634765023,
            session_id=7286184974634765024,
            start_time=1700000000,
            end_time=1700000120,
            word="moon",
        ),
    ),
    "question_switch": notices_pb2.WebcastQuestionSwitchMessage(common=common(), is_on=True),
    "donation_sticker_modify": notices_pb2.WebcastDonationStickerModifyMethod(
        common=common(),
        sticker=notices_pb2.DonationSticker(
            id=82677,
            organization=notices_pb2.DonationOrganization(
                name="Good Deeds",
                description="Helps",
                url="https://deeds.example",
                donation_url="https://deeds.example/give",
                icon=picture("deeds"),
            ),
        ),
    ),
    "hourly_rank": notices_pb2.WebcastHourlyRankMessage(
        common=common(), rank_container=notices_pb2.RankContainer(rank_type=1, title=text("t", "Weekly Ranking"))
    ),
    "hourly_rank_reward": notices_pb2.WebcastHourlyRankRewardMessage(
        common=common(),
        winners=[
            notices_pb2.RankWinner(
                user_id=6800000000000000009,
                notify=notices_pb2.WebcastRoomNotifyMessage(common=common("n", "Alice is No. 1 of the last hour")),
                border=notices_pb2.RankBorder(icon=picture("border"), source="hourly_rank"),
            )
        ],
    ),
    "weekly_rank_reward": notices_pb2.WebcastWeeklyRankRewardMessage(
        common=common(),
        user_id=6800000000000000009,
        border=notices_pb2.RankBorder(icon=picture("border"), source="weekly_rank"),
        notify=notices_pb2.WebcastRoomNotifyMessage(common=common("n", "Alice is No. 3 in Weekly Ranking")),
    ),
    "sub_pin_event": notices_pb2.WebcastSubPinEventMessage(
        common=common(),
        action_type=1,
        operator_user_id=6800000000000000009,
        card=notices_pb2.SubPinCard(
            id=7286184974634765025,
            type=2,
            goal_pin_card=notices_pb2.SubGoalPinCard(
                goal_id=7286184974634765026,
                time_to_live=1700000030,
                desc=notices_pb2.SubPinCardText(type=1, content="Help me"),
                target=91,
                progress=90,
            ),
        ),
    ),
    "sub_timer_sticker": notices_pb2.WebcastSubTimerStickerMessage(
        common=common(),
        timer=notices_pb2.SubTimer(
            timer_id=7286184974634765027, title="Dance", total_s=14400, remaining_s=11646, timestamp=1700000000
        ),
    ),
    "sub_wave": notices_pb2.WebcastSubWaveMessage(
        common=common(),
        sub_wave=notices_pb2.SubWave(
            subscriber=SUBSCRIBER,
            info=notices_pb2.SubWaveInfo(
                record_id=7286184974634765028,
                wave_count=2,
                target_count=5,
                total_count=17,
                start_time=1699999990,
                end_time=1700000000,
                subscribers=[SUBSCRIBER],
            ),
        ),
    ),
}
