"""More samples: battles, guests, treasure boxes; see `samples`."""

from google.protobuf.message import Message

from tests.webcast.events.samples import BOB, NAMES_BOB, common, picture, text
from tiktok2mqtt.webcast.schema import battles_pb2, notices_pb2, types_pb2

ALICE_ID, BERTA_ID, CARLA_ID, DORA_ID = (6800000000000000000 + number for number in (11, 13, 14, 12))
NAMES = {ALICE_ID: "alice", BERTA_ID: "berta", CARLA_ID: "carla", DORA_ID: "dora"}
BATTLE_ID = 7286184974634765044
BOB_ID = 6800000000000000001


def person(user_id: int, name: str) -> battles_pb2.BattlePersonInfo:
    return battles_pb2.BattlePersonInfo(
        user=battles_pb2.BattlePerson(
            user_id=user_id,
            nickname=name.title(),
            display_id=name,
            avatar=picture(name),
            room_id=7286184560900803300 + user_id % 100,
        )
    )


def host(user_id: int) -> battles_pb2.BattleAnchor:
    return battles_pb2.BattleAnchor(user_id=user_id, user_info=person(user_id, NAMES[user_id]))


def supporters(score: int) -> battles_pb2.BattleArmies:
    bob = battles_pb2.BattleArmy(user_id=BOB_ID, score=score, nickname="Bob 🌹", avatar=picture("bob"))
    return battles_pb2.BattleArmies(host_score=score, user_armies=[bob])


def users(*scores: tuple[int, int]) -> list[battles_pb2.BattleTeamUser]:
    return [battles_pb2.BattleTeamUser(user_id=user_id, score=score) for user_id, score in scores]


SETTING = battles_pb2.BattleSetting(
    battle_id=BATTLE_ID,
    start_time_ms=1700000000456,
    duration=301,
    status=1,
    invite_type=1,
    battle_type=2,
    extra_duration_second=60,
    gift_mode_meta=battles_pb2.GiftMode(gift_id=5655),
)
PUNISHED = battles_pb2.BattlePunishInfo(
    match_punish_effect_info=battles_pb2.BattlePunishEffects(
        user_to_effect={DORA_ID: 7}, effects={7: battles_pb2.BattlePunishEffect(name="Moustache")}
    )
)
ALICES = users((ALICE_ID, 450), (BERTA_ID, 0))
DORAS = users((DORA_ID, 100), (CARLA_ID, 20))
TEAMS = [
    battles_pb2.BattleTeamArmies(team_id=1, team_user=ALICES, team_total_score=450, user_armies=supporters(450)),
    battles_pb2.BattleTeamArmies(team_id=2, team_user=DORAS, team_total_score=120, user_armies=supporters(120)),
]
GLOVE = battles_pb2.CriticalStrikeCardInfo(
    card_image=picture("glove"),
    send_time_sec=1700000000,
    send_user=person(BOB_ID, "bob"),
    effect_last_duration=30,
    critical_strike_rate_low=20,
    critical_strike_rate_high=30,
    multiple=5,
    effect_time_sec=1700000003,
    to_anchor_id=ALICE_ID,
)

MESSAGES: dict[str, Message] = {
    "link_mic_battle": battles_pb2.WebcastLinkMicBattle(
        common=common(),
        battle_id=BATTLE_ID,
        action=5,
        action_by_user_id=ALICE_ID,
        battle_setting=SETTING,
        anchor_info=[host(ALICE_ID), host(BERTA_ID), host(CARLA_ID), host(DORA_ID)],
        battle_result={
            DORA_ID: battles_pb2.BattleResult(result=1, score=120),
            ALICE_ID: battles_pb2.BattleResult(score=450),
        },
        battle_combo={ALICE_ID: battles_pb2.BattleCombo(user_id=ALICE_ID, combo_count=3)},
        league_info={ALICE_ID: battles_pb2.BattleLeague(league_name="B1")},
        league_score_info={ALICE_ID: battles_pb2.BattleLeagueScore(estimated_score=1200)},
        team_battle_result=[
            battles_pb2.BattleTeamResult(team_id=1, team_user=ALICES, total_score=450),
            battles_pb2.BattleTeamResult(team_id=2, team_user=DORAS, result=1, total_score=120),
        ],
        team_armies=TEAMS,
        match_punish_extra_info=PUNISHED,
    ),
    "link_mic_armies": battles_pb2.WebcastLinkMicArmies(
        common=common(),
        battle_id=BATTLE_ID,
        trigger_reason=1,
        battle_setting=SETTING,
        armies={ALICE_ID: supporters(450), DORA_ID: supporters(120)},
        team_armies=TEAMS,
        from_user_id=BOB_ID,
        gift_id=5655,
        gift_count=5,
        repeat_count=5,
        gift_icon=picture("rose"),
        total_diamond_count=5,
        trigger_critical_strike=True,
        multiplier_type=1,
    ),
    "link_mic_battle_item_card": battles_pb2.WebcastLinkMicBattleItemCard(
        common=common(),
        battle_id=BATTLE_ID,
        msg_type=2,
        use_critical_strike_card=battles_pb2.UseCriticalStrikeCard(
            card_info=GLOVE,
            display_content=text("pm_mt_boost_send_crit_comment", "{0:user} sent 1 boosting glove", NAMES_BOB),
        ),
        card_queue={
            DORA_ID: battles_pb2.CardQueue(
                card_queue=[
                    battles_pb2.CardQueueItem(
                        extra_time_card=battles_pb2.ExtraTimeCardInfo(
                            card_image=picture("hourglass"),
                            send_time_sec=1700000000,
                            send_user=person(BOB_ID, "bob"),
                            effect_last_duration=30,
                            extra_duration_sec=60,
                        )
                    )
                ]
            )
        },
        # A message has one of these parts.
        award_card_notice=battles_pb2.CardAward(
            display_content=text("pm_mt_mvp_getItem_mist", "{0:string} got a magic mist."),
            awarded_users=[person(BOB_ID, "bob")],
        ),
        award_reason=1,
        special_effect_notice=battles_pb2.CardEffect(score=30, from_user_id=BOB_ID, to_anchor_id=DORA_ID),
    ),
    "link_mic_battle_task": battles_pb2.WebcastLinkmicBattleTaskMessage(
        common=common("pm_mt_task", "Send 3 gifts"),
        battle_id=BATTLE_ID,
        task_message_type=0,
        # A message has one of these parts.
        start=battles_pb2.BattleTaskStart(
            battle_bonus_config=battles_pb2.BattleBonusConfig(
                target_config=battles_pb2.TaskPeriodConfig(
                    target_start_time=160, duration=40, target_start_timestamp=1700000141, progress_target=3
                ),
                reward_config=battles_pb2.RewardPeriodConfig(
                    reward_start_time=114, duration=30, reward_multiple=2, reward_start_timestamp=1700000187
                ),
            )
        ),
        task_update=battles_pb2.BattleTaskUpdate(progress=2, from_user_id=BOB_ID),
        task_settle=battles_pb2.BattleTaskSettle(result=2),
        reward=battles_pb2.BattleRewardSettle(
            prompt=battles_pb2.BattlePrompt(elements=[battles_pb2.BattlePromptElement(field="sum", value="1809")])
        ),
    ),
    "link_mic_battle_notice": battles_pb2.WebcastLinkmicBattleNoticeMessage(
        common=common(),
        notice_type=6,
        gift_mode_notice=battles_pb2.BattleNotice(
            content=text("", "Only the number of {0:string} counts.", types_pb2.TextPiece(string_value="Roses"))
        ),
    ),
    "link_mic_battle_punish_finish": battles_pb2.WebcastLinkMicBattlePunishFinish(
        common=common(),
        channel_id=7286184974634765055,
        operator_user_id=ALICE_ID,
        reason=1,
        battle_id=BATTLE_ID,
        battle_setting=SETTING,
        match_punish_extra_info=PUNISHED,
    ),
    "link_mic_fan_ticket": battles_pb2.WebcastLinkMicFanTicketMethod(
        common=common("pm_mt_tickets", "The scores changed"),
        fan_ticket_room_notice=battles_pb2.FanTicketRoomNotice(
            user_fan_ticket=[
                battles_pb2.UserFanTicket(
                    user_id=BOB_ID,
                    fan_ticket=12,
                    match_total_score=40,
                    match_rank=1,
                    play_info=battles_pb2.UserPlayInfo(score=7),
                    top_guest_rank=1,
                ),
                battles_pb2.UserFanTicket(user_id=BOB_ID + 1),
            ],
            total_linkmic_fan_ticket=12,
            match_id=7286184974634765066,
            event_time=1700000000,
            score_type=1,
        ),
    ),
    "link_mic_layout_state": battles_pb2.WebcastLinkMicLayoutStateMessage(
        common=common("pm_mt_layout", "The layout changed"),
        channel_id=7286184974634765055,
        scene=4,
        version=3,
        biz_spot_list=[
            battles_pb2.LinkMicSpot(
                spot_id=1, pos_identity=battles_pb2.LinkMicPosition(type=3, value="6800000000000000001")
            ),
            battles_pb2.LinkMicSpot(
                spot_id=2, pos_identity=battles_pb2.LinkMicPosition(type=1, value="7286184974634765055_7")
            ),
        ],
    ),
    "link": battles_pb2.WebcastLinkMessage(
        common=common("pm_mt_link", "A guest joined"),
        message_type=20,
        linker_id=7286184974634765055,
        scene=4,
        leave=battles_pb2.LinkLeave(user_id=BOB_ID),
        list_change=battles_pb2.LinkedUsers(
            linked_users=[battles_pb2.LinkedUser(user=BOB, modify_time=1700000000, fan_ticket=12)],
            applied_users=[battles_pb2.LinkedUser(user=BOB, modify_time=1700000000)],
        ),
        cohost_list_change=battles_pb2.CohostList(
            users=[
                battles_pb2.Cohost(
                    user_id=DORA_ID,
                    nickname="Dora",
                    avatar=picture("dora"),
                    linked_time=1700000000,
                    room_id=7286184560900803312,
                    display_id="dora",
                )
            ]
        ),
    ),
    "link_layer": battles_pb2.WebcastLinkLayerMessage(
        common=common("pm_mt_link", "The group changed"),
        message_type=18,
        channel_id=7286184974634765055,
        scene=2,
        source="invite",
        centerized_idc="maliva",
        rtc_room_id=7286184974634765077,
        business_content=battles_pb2.LinkBusinessContent(
            cohost_content=battles_pb2.CohostContent(
                list_change=battles_pb2.CohostListChange(
                    infos={DORA_ID: battles_pb2.CohostInfo(nickname="Dora", display_id="dora", avatar=picture("dora"))}
                )
            )
        ),
    ),
    "envelope": notices_pb2.WebcastEnvelopeMessage(
        common=common("pm_mt_envelope", "{0:user} sent a treasure box", NAMES_BOB),
        envelope_info=notices_pb2.EnvelopeInfo(
            envelope_id="7286184974634765099",
            business_type=1,
            send_user_name="Bob",
            send_user_id="6800000000000000001",
            send_user_avatar=picture("bob"),
            diamond_count=100,
            people_count=20,
            unpack_at=1700000180,
            create_at="1700000000123",
            super_fan_count=3,
            reward_pool=notices_pb2.EnvelopeRewardPool(
                rewards=[notices_pb2.EnvelopeReward(type=1, count=5, gift_id=5655, price=1)]
            ),
            gift_infos=[
                notices_pb2.EnvelopeGift(
                    gift_id=5655, gift_price=1, gift_name=text("rose", "Rose"), gift_image=picture("rose")
                )
            ],
        ),
        display=1,
    ),
}
# Those that the session makes.
MESSAGES |= {
    "battle_started": battles_pb2.WebcastLinkMicBattle(
        common=common(),
        battle_id=BATTLE_ID,
        action=4,
        battle_setting=SETTING,
        anchor_info=[host(ALICE_ID), host(DORA_ID)],
        battle_combo={ALICE_ID: battles_pb2.BattleCombo(user_id=ALICE_ID, combo_count=3)},
    ),
    "battle_ended": MESSAGES["link_mic_battle"],
    "battle": MESSAGES["link_mic_battle"],
    "envelopes": MESSAGES["envelope"],
}
