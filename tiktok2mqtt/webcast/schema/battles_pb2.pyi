from tiktok2mqtt.webcast.schema import types_pb2 as _types_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class WebcastLinkLayerMessage(_message.Message):
    __slots__ = ("common", "message_type", "channel_id", "scene", "source", "centerized_idc", "rtc_room_id", "group_change_blob", "business_content")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_TYPE_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_ID_FIELD_NUMBER: _ClassVar[int]
    SCENE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    CENTERIZED_IDC_FIELD_NUMBER: _ClassVar[int]
    RTC_ROOM_ID_FIELD_NUMBER: _ClassVar[int]
    GROUP_CHANGE_BLOB_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_CONTENT_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    message_type: int
    channel_id: int
    scene: int
    source: str
    centerized_idc: str
    rtc_room_id: int
    group_change_blob: bytes
    business_content: LinkBusinessContent
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., message_type: _Optional[int] = ..., channel_id: _Optional[int] = ..., scene: _Optional[int] = ..., source: _Optional[str] = ..., centerized_idc: _Optional[str] = ..., rtc_room_id: _Optional[int] = ..., group_change_blob: _Optional[bytes] = ..., business_content: _Optional[_Union[LinkBusinessContent, _Mapping]] = ...) -> None: ...

class WebcastLinkMessage(_message.Message):
    __slots__ = ("common", "message_type", "linker_id", "scene", "leave", "list_change", "cohost_list_change")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_TYPE_FIELD_NUMBER: _ClassVar[int]
    LINKER_ID_FIELD_NUMBER: _ClassVar[int]
    SCENE_FIELD_NUMBER: _ClassVar[int]
    LEAVE_FIELD_NUMBER: _ClassVar[int]
    LIST_CHANGE_FIELD_NUMBER: _ClassVar[int]
    COHOST_LIST_CHANGE_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    message_type: int
    linker_id: int
    scene: int
    leave: LinkLeave
    list_change: LinkedUsers
    cohost_list_change: CohostList
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., message_type: _Optional[int] = ..., linker_id: _Optional[int] = ..., scene: _Optional[int] = ..., leave: _Optional[_Union[LinkLeave, _Mapping]] = ..., list_change: _Optional[_Union[LinkedUsers, _Mapping]] = ..., cohost_list_change: _Optional[_Union[CohostList, _Mapping]] = ...) -> None: ...

class WebcastLinkMicAnchorGuideMessage(_message.Message):
    __slots__ = ("common", "guide_type", "user")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    GUIDE_TYPE_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    guide_type: int
    user: _types_pb2.User
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., guide_type: _Optional[int] = ..., user: _Optional[_Union[_types_pb2.User, _Mapping]] = ...) -> None: ...

class WebcastLinkMicArmies(_message.Message):
    __slots__ = ("common", "battle_id", "armies", "channel_id", "gift_sent_time", "score_update_time", "trigger_reason", "from_user_id", "gift_id", "gift_count", "gift_icon", "total_diamond_count", "repeat_count", "team_armies", "trigger_critical_strike", "log_id", "battle_setting", "multiplier_type")
    class ArmiesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: int
        value: BattleArmies
        def __init__(self, key: _Optional[int] = ..., value: _Optional[_Union[BattleArmies, _Mapping]] = ...) -> None: ...
    COMMON_FIELD_NUMBER: _ClassVar[int]
    BATTLE_ID_FIELD_NUMBER: _ClassVar[int]
    ARMIES_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_ID_FIELD_NUMBER: _ClassVar[int]
    GIFT_SENT_TIME_FIELD_NUMBER: _ClassVar[int]
    SCORE_UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    TRIGGER_REASON_FIELD_NUMBER: _ClassVar[int]
    FROM_USER_ID_FIELD_NUMBER: _ClassVar[int]
    GIFT_ID_FIELD_NUMBER: _ClassVar[int]
    GIFT_COUNT_FIELD_NUMBER: _ClassVar[int]
    GIFT_ICON_FIELD_NUMBER: _ClassVar[int]
    TOTAL_DIAMOND_COUNT_FIELD_NUMBER: _ClassVar[int]
    REPEAT_COUNT_FIELD_NUMBER: _ClassVar[int]
    TEAM_ARMIES_FIELD_NUMBER: _ClassVar[int]
    TRIGGER_CRITICAL_STRIKE_FIELD_NUMBER: _ClassVar[int]
    LOG_ID_FIELD_NUMBER: _ClassVar[int]
    BATTLE_SETTING_FIELD_NUMBER: _ClassVar[int]
    MULTIPLIER_TYPE_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    battle_id: int
    armies: _containers.MessageMap[int, BattleArmies]
    channel_id: int
    gift_sent_time: int
    score_update_time: int
    trigger_reason: int
    from_user_id: int
    gift_id: int
    gift_count: int
    gift_icon: _types_pb2.Image
    total_diamond_count: int
    repeat_count: int
    team_armies: _containers.RepeatedCompositeFieldContainer[BattleTeamArmies]
    trigger_critical_strike: bool
    log_id: str
    battle_setting: BattleSetting
    multiplier_type: int
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., battle_id: _Optional[int] = ..., armies: _Optional[_Mapping[int, BattleArmies]] = ..., channel_id: _Optional[int] = ..., gift_sent_time: _Optional[int] = ..., score_update_time: _Optional[int] = ..., trigger_reason: _Optional[int] = ..., from_user_id: _Optional[int] = ..., gift_id: _Optional[int] = ..., gift_count: _Optional[int] = ..., gift_icon: _Optional[_Union[_types_pb2.Image, _Mapping]] = ..., total_diamond_count: _Optional[int] = ..., repeat_count: _Optional[int] = ..., team_armies: _Optional[_Iterable[_Union[BattleTeamArmies, _Mapping]]] = ..., trigger_critical_strike: _Optional[bool] = ..., log_id: _Optional[str] = ..., battle_setting: _Optional[_Union[BattleSetting, _Mapping]] = ..., multiplier_type: _Optional[int] = ...) -> None: ...

class WebcastLinkMicBattle(_message.Message):
    __slots__ = ("common", "battle_id", "battle_setting", "action", "battle_result", "armies", "anchor_info", "battle_combo", "team_member", "action_by_user_id", "team_battle_result", "team_armies", "league_info", "league_score_info", "match_punish_extra_info")
    class BattleResultEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: int
        value: BattleResult
        def __init__(self, key: _Optional[int] = ..., value: _Optional[_Union[BattleResult, _Mapping]] = ...) -> None: ...
    class ArmiesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: int
        value: BattleArmies
        def __init__(self, key: _Optional[int] = ..., value: _Optional[_Union[BattleArmies, _Mapping]] = ...) -> None: ...
    class BattleComboEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: int
        value: BattleCombo
        def __init__(self, key: _Optional[int] = ..., value: _Optional[_Union[BattleCombo, _Mapping]] = ...) -> None: ...
    class LeagueInfoEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: int
        value: BattleLeague
        def __init__(self, key: _Optional[int] = ..., value: _Optional[_Union[BattleLeague, _Mapping]] = ...) -> None: ...
    class LeagueScoreInfoEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: int
        value: BattleLeagueScore
        def __init__(self, key: _Optional[int] = ..., value: _Optional[_Union[BattleLeagueScore, _Mapping]] = ...) -> None: ...
    COMMON_FIELD_NUMBER: _ClassVar[int]
    BATTLE_ID_FIELD_NUMBER: _ClassVar[int]
    BATTLE_SETTING_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    BATTLE_RESULT_FIELD_NUMBER: _ClassVar[int]
    ARMIES_FIELD_NUMBER: _ClassVar[int]
    ANCHOR_INFO_FIELD_NUMBER: _ClassVar[int]
    BATTLE_COMBO_FIELD_NUMBER: _ClassVar[int]
    TEAM_MEMBER_FIELD_NUMBER: _ClassVar[int]
    ACTION_BY_USER_ID_FIELD_NUMBER: _ClassVar[int]
    TEAM_BATTLE_RESULT_FIELD_NUMBER: _ClassVar[int]
    TEAM_ARMIES_FIELD_NUMBER: _ClassVar[int]
    LEAGUE_INFO_FIELD_NUMBER: _ClassVar[int]
    LEAGUE_SCORE_INFO_FIELD_NUMBER: _ClassVar[int]
    MATCH_PUNISH_EXTRA_INFO_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    battle_id: int
    battle_setting: BattleSetting
    action: int
    battle_result: _containers.MessageMap[int, BattleResult]
    armies: _containers.MessageMap[int, BattleArmies]
    anchor_info: _containers.RepeatedCompositeFieldContainer[BattleAnchor]
    battle_combo: _containers.MessageMap[int, BattleCombo]
    team_member: _containers.RepeatedCompositeFieldContainer[BattleTeamMembers]
    action_by_user_id: int
    team_battle_result: _containers.RepeatedCompositeFieldContainer[BattleTeamResult]
    team_armies: _containers.RepeatedCompositeFieldContainer[BattleTeamArmies]
    league_info: _containers.MessageMap[int, BattleLeague]
    league_score_info: _containers.MessageMap[int, BattleLeagueScore]
    match_punish_extra_info: BattlePunishInfo
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., battle_id: _Optional[int] = ..., battle_setting: _Optional[_Union[BattleSetting, _Mapping]] = ..., action: _Optional[int] = ..., battle_result: _Optional[_Mapping[int, BattleResult]] = ..., armies: _Optional[_Mapping[int, BattleArmies]] = ..., anchor_info: _Optional[_Iterable[_Union[BattleAnchor, _Mapping]]] = ..., battle_combo: _Optional[_Mapping[int, BattleCombo]] = ..., team_member: _Optional[_Iterable[_Union[BattleTeamMembers, _Mapping]]] = ..., action_by_user_id: _Optional[int] = ..., team_battle_result: _Optional[_Iterable[_Union[BattleTeamResult, _Mapping]]] = ..., team_armies: _Optional[_Iterable[_Union[BattleTeamArmies, _Mapping]]] = ..., league_info: _Optional[_Mapping[int, BattleLeague]] = ..., league_score_info: _Optional[_Mapping[int, BattleLeagueScore]] = ..., match_punish_extra_info: _Optional[_Union[BattlePunishInfo, _Mapping]] = ...) -> None: ...

class WebcastLinkMicBattleItemCard(_message.Message):
    __slots__ = ("common", "battle_id", "msg_type", "use_critical_strike_card", "use_smoke_card", "award_card_notice", "use_extra_time_card", "use_special_effect_card", "use_potion_card", "use_wave_card", "special_effect_notice", "use_top2_card", "use_top3_card", "use_vault_glove_card", "award_reason", "use_music_card", "music_award_notice", "music_effect_notice", "card_queue", "anchor_left_card_refund_notice")
    class CardQueueEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: int
        value: CardQueue
        def __init__(self, key: _Optional[int] = ..., value: _Optional[_Union[CardQueue, _Mapping]] = ...) -> None: ...
    COMMON_FIELD_NUMBER: _ClassVar[int]
    BATTLE_ID_FIELD_NUMBER: _ClassVar[int]
    MSG_TYPE_FIELD_NUMBER: _ClassVar[int]
    USE_CRITICAL_STRIKE_CARD_FIELD_NUMBER: _ClassVar[int]
    USE_SMOKE_CARD_FIELD_NUMBER: _ClassVar[int]
    AWARD_CARD_NOTICE_FIELD_NUMBER: _ClassVar[int]
    USE_EXTRA_TIME_CARD_FIELD_NUMBER: _ClassVar[int]
    USE_SPECIAL_EFFECT_CARD_FIELD_NUMBER: _ClassVar[int]
    USE_POTION_CARD_FIELD_NUMBER: _ClassVar[int]
    USE_WAVE_CARD_FIELD_NUMBER: _ClassVar[int]
    SPECIAL_EFFECT_NOTICE_FIELD_NUMBER: _ClassVar[int]
    USE_TOP2_CARD_FIELD_NUMBER: _ClassVar[int]
    USE_TOP3_CARD_FIELD_NUMBER: _ClassVar[int]
    USE_VAULT_GLOVE_CARD_FIELD_NUMBER: _ClassVar[int]
    AWARD_REASON_FIELD_NUMBER: _ClassVar[int]
    USE_MUSIC_CARD_FIELD_NUMBER: _ClassVar[int]
    MUSIC_AWARD_NOTICE_FIELD_NUMBER: _ClassVar[int]
    MUSIC_EFFECT_NOTICE_FIELD_NUMBER: _ClassVar[int]
    CARD_QUEUE_FIELD_NUMBER: _ClassVar[int]
    ANCHOR_LEFT_CARD_REFUND_NOTICE_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    battle_id: int
    msg_type: int
    use_critical_strike_card: UseCriticalStrikeCard
    use_smoke_card: UseSmokeCard
    award_card_notice: CardAward
    use_extra_time_card: UseExtraTimeCard
    use_special_effect_card: UsePlainCard
    use_potion_card: UsePlainCard
    use_wave_card: UsePlainCard
    special_effect_notice: CardEffect
    use_top2_card: UseWrappedCard
    use_top3_card: UseWrappedCard
    use_vault_glove_card: UseVaultGloveCard
    award_reason: int
    use_music_card: UseMusicCard
    music_award_notice: MusicAward
    music_effect_notice: MusicEffect
    card_queue: _containers.MessageMap[int, CardQueue]
    anchor_left_card_refund_notice: CardRefund
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., battle_id: _Optional[int] = ..., msg_type: _Optional[int] = ..., use_critical_strike_card: _Optional[_Union[UseCriticalStrikeCard, _Mapping]] = ..., use_smoke_card: _Optional[_Union[UseSmokeCard, _Mapping]] = ..., award_card_notice: _Optional[_Union[CardAward, _Mapping]] = ..., use_extra_time_card: _Optional[_Union[UseExtraTimeCard, _Mapping]] = ..., use_special_effect_card: _Optional[_Union[UsePlainCard, _Mapping]] = ..., use_potion_card: _Optional[_Union[UsePlainCard, _Mapping]] = ..., use_wave_card: _Optional[_Union[UsePlainCard, _Mapping]] = ..., special_effect_notice: _Optional[_Union[CardEffect, _Mapping]] = ..., use_top2_card: _Optional[_Union[UseWrappedCard, _Mapping]] = ..., use_top3_card: _Optional[_Union[UseWrappedCard, _Mapping]] = ..., use_vault_glove_card: _Optional[_Union[UseVaultGloveCard, _Mapping]] = ..., award_reason: _Optional[int] = ..., use_music_card: _Optional[_Union[UseMusicCard, _Mapping]] = ..., music_award_notice: _Optional[_Union[MusicAward, _Mapping]] = ..., music_effect_notice: _Optional[_Union[MusicEffect, _Mapping]] = ..., card_queue: _Optional[_Mapping[int, CardQueue]] = ..., anchor_left_card_refund_notice: _Optional[_Union[CardRefund, _Mapping]] = ...) -> None: ...

class WebcastLinkMicBattlePunishFinish(_message.Message):
    __slots__ = ("common", "channel_id", "operator_user_id", "reason", "battle_id", "battle_setting", "match_punish_extra_info")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_ID_FIELD_NUMBER: _ClassVar[int]
    OPERATOR_USER_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    BATTLE_ID_FIELD_NUMBER: _ClassVar[int]
    BATTLE_SETTING_FIELD_NUMBER: _ClassVar[int]
    MATCH_PUNISH_EXTRA_INFO_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    channel_id: int
    operator_user_id: int
    reason: int
    battle_id: int
    battle_setting: BattleSetting
    match_punish_extra_info: BattlePunishInfo
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., channel_id: _Optional[int] = ..., operator_user_id: _Optional[int] = ..., reason: _Optional[int] = ..., battle_id: _Optional[int] = ..., battle_setting: _Optional[_Union[BattleSetting, _Mapping]] = ..., match_punish_extra_info: _Optional[_Union[BattlePunishInfo, _Mapping]] = ...) -> None: ...

class WebcastLinkMicFanTicketMethod(_message.Message):
    __slots__ = ("common", "fan_ticket_room_notice")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    FAN_TICKET_ROOM_NOTICE_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    fan_ticket_room_notice: FanTicketRoomNotice
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., fan_ticket_room_notice: _Optional[_Union[FanTicketRoomNotice, _Mapping]] = ...) -> None: ...

class WebcastLinkMicLayoutStateMessage(_message.Message):
    __slots__ = ("common", "channel_id", "scene", "version", "biz_spot_list")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_ID_FIELD_NUMBER: _ClassVar[int]
    SCENE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    BIZ_SPOT_LIST_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    channel_id: int
    scene: int
    version: int
    biz_spot_list: _containers.RepeatedCompositeFieldContainer[LinkMicSpot]
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., channel_id: _Optional[int] = ..., scene: _Optional[int] = ..., version: _Optional[int] = ..., biz_spot_list: _Optional[_Iterable[_Union[LinkMicSpot, _Mapping]]] = ...) -> None: ...

class WebcastLinkMicMethod(_message.Message):
    __slots__ = ("common", "message_type", "user_id", "fan_ticket", "total_fan_ticket", "channel_id", "layout", "vendor", "invite_user_id", "to_user_id", "from_user_id", "start_time_ms", "from_room_id", "anchor_link_mic_id_str", "rival_anchor_id", "rival_linkmic_id_str", "scene", "reply_type")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_TYPE_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    FAN_TICKET_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FAN_TICKET_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_ID_FIELD_NUMBER: _ClassVar[int]
    LAYOUT_FIELD_NUMBER: _ClassVar[int]
    VENDOR_FIELD_NUMBER: _ClassVar[int]
    INVITE_USER_ID_FIELD_NUMBER: _ClassVar[int]
    TO_USER_ID_FIELD_NUMBER: _ClassVar[int]
    FROM_USER_ID_FIELD_NUMBER: _ClassVar[int]
    START_TIME_MS_FIELD_NUMBER: _ClassVar[int]
    FROM_ROOM_ID_FIELD_NUMBER: _ClassVar[int]
    ANCHOR_LINK_MIC_ID_STR_FIELD_NUMBER: _ClassVar[int]
    RIVAL_ANCHOR_ID_FIELD_NUMBER: _ClassVar[int]
    RIVAL_LINKMIC_ID_STR_FIELD_NUMBER: _ClassVar[int]
    SCENE_FIELD_NUMBER: _ClassVar[int]
    REPLY_TYPE_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    message_type: int
    user_id: int
    fan_ticket: int
    total_fan_ticket: int
    channel_id: int
    layout: int
    vendor: int
    invite_user_id: int
    to_user_id: int
    from_user_id: int
    start_time_ms: int
    from_room_id: int
    anchor_link_mic_id_str: str
    rival_anchor_id: int
    rival_linkmic_id_str: str
    scene: int
    reply_type: int
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., message_type: _Optional[int] = ..., user_id: _Optional[int] = ..., fan_ticket: _Optional[int] = ..., total_fan_ticket: _Optional[int] = ..., channel_id: _Optional[int] = ..., layout: _Optional[int] = ..., vendor: _Optional[int] = ..., invite_user_id: _Optional[int] = ..., to_user_id: _Optional[int] = ..., from_user_id: _Optional[int] = ..., start_time_ms: _Optional[int] = ..., from_room_id: _Optional[int] = ..., anchor_link_mic_id_str: _Optional[str] = ..., rival_anchor_id: _Optional[int] = ..., rival_linkmic_id_str: _Optional[str] = ..., scene: _Optional[int] = ..., reply_type: _Optional[int] = ...) -> None: ...

class WebcastLinkScreenChangeMessage(_message.Message):
    __slots__ = ("common", "message_type")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_TYPE_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    message_type: int
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., message_type: _Optional[int] = ...) -> None: ...

class WebcastLinkStateMessage(_message.Message):
    __slots__ = ("common", "channel_id", "scene", "version")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_ID_FIELD_NUMBER: _ClassVar[int]
    SCENE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    channel_id: int
    scene: int
    version: int
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., channel_id: _Optional[int] = ..., scene: _Optional[int] = ..., version: _Optional[int] = ...) -> None: ...

class WebcastLinkmicBattleNoticeMessage(_message.Message):
    __slots__ = ("common", "notice_type", "gift_mode_notice")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    NOTICE_TYPE_FIELD_NUMBER: _ClassVar[int]
    GIFT_MODE_NOTICE_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    notice_type: int
    gift_mode_notice: BattleNotice
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., notice_type: _Optional[int] = ..., gift_mode_notice: _Optional[_Union[BattleNotice, _Mapping]] = ...) -> None: ...

class WebcastLinkmicBattleTaskMessage(_message.Message):
    __slots__ = ("common", "task_message_type", "start", "task_update", "task_settle", "reward", "battle_id")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    TASK_MESSAGE_TYPE_FIELD_NUMBER: _ClassVar[int]
    START_FIELD_NUMBER: _ClassVar[int]
    TASK_UPDATE_FIELD_NUMBER: _ClassVar[int]
    TASK_SETTLE_FIELD_NUMBER: _ClassVar[int]
    REWARD_FIELD_NUMBER: _ClassVar[int]
    BATTLE_ID_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    task_message_type: int
    start: BattleTaskStart
    task_update: BattleTaskUpdate
    task_settle: BattleTaskSettle
    reward: BattleRewardSettle
    battle_id: int
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., task_message_type: _Optional[int] = ..., start: _Optional[_Union[BattleTaskStart, _Mapping]] = ..., task_update: _Optional[_Union[BattleTaskUpdate, _Mapping]] = ..., task_settle: _Optional[_Union[BattleTaskSettle, _Mapping]] = ..., reward: _Optional[_Union[BattleRewardSettle, _Mapping]] = ..., battle_id: _Optional[int] = ...) -> None: ...

class LinkBusinessContent(_message.Message):
    __slots__ = ("cohost_content",)
    COHOST_CONTENT_FIELD_NUMBER: _ClassVar[int]
    cohost_content: CohostContent
    def __init__(self, cohost_content: _Optional[_Union[CohostContent, _Mapping]] = ...) -> None: ...

class CohostContent(_message.Message):
    __slots__ = ("list_change",)
    LIST_CHANGE_FIELD_NUMBER: _ClassVar[int]
    list_change: CohostListChange
    def __init__(self, list_change: _Optional[_Union[CohostListChange, _Mapping]] = ...) -> None: ...

class CohostListChange(_message.Message):
    __slots__ = ("infos",)
    class InfosEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: int
        value: CohostInfo
        def __init__(self, key: _Optional[int] = ..., value: _Optional[_Union[CohostInfo, _Mapping]] = ...) -> None: ...
    INFOS_FIELD_NUMBER: _ClassVar[int]
    infos: _containers.MessageMap[int, CohostInfo]
    def __init__(self, infos: _Optional[_Mapping[int, CohostInfo]] = ...) -> None: ...

class CohostInfo(_message.Message):
    __slots__ = ("nickname", "display_id", "avatar")
    NICKNAME_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_ID_FIELD_NUMBER: _ClassVar[int]
    AVATAR_FIELD_NUMBER: _ClassVar[int]
    nickname: str
    display_id: str
    avatar: _types_pb2.Image
    def __init__(self, nickname: _Optional[str] = ..., display_id: _Optional[str] = ..., avatar: _Optional[_Union[_types_pb2.Image, _Mapping]] = ...) -> None: ...

class LinkLeave(_message.Message):
    __slots__ = ("user_id", "leave_reason")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    LEAVE_REASON_FIELD_NUMBER: _ClassVar[int]
    user_id: int
    leave_reason: int
    def __init__(self, user_id: _Optional[int] = ..., leave_reason: _Optional[int] = ...) -> None: ...

class LinkedUsers(_message.Message):
    __slots__ = ("linked_users", "applied_users", "connecting_users")
    LINKED_USERS_FIELD_NUMBER: _ClassVar[int]
    APPLIED_USERS_FIELD_NUMBER: _ClassVar[int]
    CONNECTING_USERS_FIELD_NUMBER: _ClassVar[int]
    linked_users: _containers.RepeatedCompositeFieldContainer[LinkedUser]
    applied_users: _containers.RepeatedCompositeFieldContainer[LinkedUser]
    connecting_users: _containers.RepeatedCompositeFieldContainer[LinkedUser]
    def __init__(self, linked_users: _Optional[_Iterable[_Union[LinkedUser, _Mapping]]] = ..., applied_users: _Optional[_Iterable[_Union[LinkedUser, _Mapping]]] = ..., connecting_users: _Optional[_Iterable[_Union[LinkedUser, _Mapping]]] = ...) -> None: ...

class LinkedUser(_message.Message):
    __slots__ = ("user", "modify_time", "role_type", "fan_ticket")
    USER_FIELD_NUMBER: _ClassVar[int]
    MODIFY_TIME_FIELD_NUMBER: _ClassVar[int]
    ROLE_TYPE_FIELD_NUMBER: _ClassVar[int]
    FAN_TICKET_FIELD_NUMBER: _ClassVar[int]
    user: _types_pb2.User
    modify_time: int
    role_type: int
    fan_ticket: int
    def __init__(self, user: _Optional[_Union[_types_pb2.User, _Mapping]] = ..., modify_time: _Optional[int] = ..., role_type: _Optional[int] = ..., fan_ticket: _Optional[int] = ...) -> None: ...

class CohostList(_message.Message):
    __slots__ = ("users",)
    USERS_FIELD_NUMBER: _ClassVar[int]
    users: _containers.RepeatedCompositeFieldContainer[Cohost]
    def __init__(self, users: _Optional[_Iterable[_Union[Cohost, _Mapping]]] = ...) -> None: ...

class Cohost(_message.Message):
    __slots__ = ("user_id", "nickname", "avatar", "linked_time", "room_id", "display_id")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    NICKNAME_FIELD_NUMBER: _ClassVar[int]
    AVATAR_FIELD_NUMBER: _ClassVar[int]
    LINKED_TIME_FIELD_NUMBER: _ClassVar[int]
    ROOM_ID_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_ID_FIELD_NUMBER: _ClassVar[int]
    user_id: int
    nickname: str
    avatar: _types_pb2.Image
    linked_time: int
    room_id: int
    display_id: str
    def __init__(self, user_id: _Optional[int] = ..., nickname: _Optional[str] = ..., avatar: _Optional[_Union[_types_pb2.Image, _Mapping]] = ..., linked_time: _Optional[int] = ..., room_id: _Optional[int] = ..., display_id: _Optional[str] = ...) -> None: ...

class LinkMicSpot(_message.Message):
    __slots__ = ("spot_id", "pos_identity")
    SPOT_ID_FIELD_NUMBER: _ClassVar[int]
    POS_IDENTITY_FIELD_NUMBER: _ClassVar[int]
    spot_id: int
    pos_identity: LinkMicPosition
    def __init__(self, spot_id: _Optional[int] = ..., pos_identity: _Optional[_Union[LinkMicPosition, _Mapping]] = ...) -> None: ...

class LinkMicPosition(_message.Message):
    __slots__ = ("type", "value")
    TYPE_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    type: int
    value: str
    def __init__(self, type: _Optional[int] = ..., value: _Optional[str] = ...) -> None: ...

class FanTicketRoomNotice(_message.Message):
    __slots__ = ("user_fan_ticket", "total_linkmic_fan_ticket", "match_id", "event_time", "play_id", "play_scene", "score_type")
    USER_FAN_TICKET_FIELD_NUMBER: _ClassVar[int]
    TOTAL_LINKMIC_FAN_TICKET_FIELD_NUMBER: _ClassVar[int]
    MATCH_ID_FIELD_NUMBER: _ClassVar[int]
    EVENT_TIME_FIELD_NUMBER: _ClassVar[int]
    PLAY_ID_FIELD_NUMBER: _ClassVar[int]
    PLAY_SCENE_FIELD_NUMBER: _ClassVar[int]
    SCORE_TYPE_FIELD_NUMBER: _ClassVar[int]
    user_fan_ticket: _containers.RepeatedCompositeFieldContainer[UserFanTicket]
    total_linkmic_fan_ticket: int
    match_id: int
    event_time: int
    play_id: int
    play_scene: int
    score_type: int
    def __init__(self, user_fan_ticket: _Optional[_Iterable[_Union[UserFanTicket, _Mapping]]] = ..., total_linkmic_fan_ticket: _Optional[int] = ..., match_id: _Optional[int] = ..., event_time: _Optional[int] = ..., play_id: _Optional[int] = ..., play_scene: _Optional[int] = ..., score_type: _Optional[int] = ...) -> None: ...

class UserFanTicket(_message.Message):
    __slots__ = ("user_id", "fan_ticket", "match_total_score", "match_rank", "play_info", "top_guest_rank")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    FAN_TICKET_FIELD_NUMBER: _ClassVar[int]
    MATCH_TOTAL_SCORE_FIELD_NUMBER: _ClassVar[int]
    MATCH_RANK_FIELD_NUMBER: _ClassVar[int]
    PLAY_INFO_FIELD_NUMBER: _ClassVar[int]
    TOP_GUEST_RANK_FIELD_NUMBER: _ClassVar[int]
    user_id: int
    fan_ticket: int
    match_total_score: int
    match_rank: int
    play_info: UserPlayInfo
    top_guest_rank: int
    def __init__(self, user_id: _Optional[int] = ..., fan_ticket: _Optional[int] = ..., match_total_score: _Optional[int] = ..., match_rank: _Optional[int] = ..., play_info: _Optional[_Union[UserPlayInfo, _Mapping]] = ..., top_guest_rank: _Optional[int] = ...) -> None: ...

class UserPlayInfo(_message.Message):
    __slots__ = ("score", "rank", "target_score")
    SCORE_FIELD_NUMBER: _ClassVar[int]
    RANK_FIELD_NUMBER: _ClassVar[int]
    TARGET_SCORE_FIELD_NUMBER: _ClassVar[int]
    score: int
    rank: int
    target_score: int
    def __init__(self, score: _Optional[int] = ..., rank: _Optional[int] = ..., target_score: _Optional[int] = ...) -> None: ...

class BattleNotice(_message.Message):
    __slots__ = ("content",)
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    content: _types_pb2.Text
    def __init__(self, content: _Optional[_Union[_types_pb2.Text, _Mapping]] = ...) -> None: ...

class BattleTaskStart(_message.Message):
    __slots__ = ("battle_bonus_config",)
    BATTLE_BONUS_CONFIG_FIELD_NUMBER: _ClassVar[int]
    battle_bonus_config: BattleBonusConfig
    def __init__(self, battle_bonus_config: _Optional[_Union[BattleBonusConfig, _Mapping]] = ...) -> None: ...

class BattleBonusConfig(_message.Message):
    __slots__ = ("target_config", "reward_config")
    TARGET_CONFIG_FIELD_NUMBER: _ClassVar[int]
    REWARD_CONFIG_FIELD_NUMBER: _ClassVar[int]
    target_config: TaskPeriodConfig
    reward_config: RewardPeriodConfig
    def __init__(self, target_config: _Optional[_Union[TaskPeriodConfig, _Mapping]] = ..., reward_config: _Optional[_Union[RewardPeriodConfig, _Mapping]] = ...) -> None: ...

class TaskPeriodConfig(_message.Message):
    __slots__ = ("target_start_time", "duration", "target_start_timestamp", "progress_target", "target_type")
    TARGET_START_TIME_FIELD_NUMBER: _ClassVar[int]
    DURATION_FIELD_NUMBER: _ClassVar[int]
    TARGET_START_TIMESTAMP_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_TARGET_FIELD_NUMBER: _ClassVar[int]
    TARGET_TYPE_FIELD_NUMBER: _ClassVar[int]
    target_start_time: int
    duration: int
    target_start_timestamp: int
    progress_target: int
    target_type: int
    def __init__(self, target_start_time: _Optional[int] = ..., duration: _Optional[int] = ..., target_start_timestamp: _Optional[int] = ..., progress_target: _Optional[int] = ..., target_type: _Optional[int] = ...) -> None: ...

class RewardPeriodConfig(_message.Message):
    __slots__ = ("reward_start_time", "duration", "reward_multiple", "reward_start_timestamp")
    REWARD_START_TIME_FIELD_NUMBER: _ClassVar[int]
    DURATION_FIELD_NUMBER: _ClassVar[int]
    REWARD_MULTIPLE_FIELD_NUMBER: _ClassVar[int]
    REWARD_START_TIMESTAMP_FIELD_NUMBER: _ClassVar[int]
    reward_start_time: int
    duration: int
    reward_multiple: int
    reward_start_timestamp: int
    def __init__(self, reward_start_time: _Optional[int] = ..., duration: _Optional[int] = ..., reward_multiple: _Optional[int] = ..., reward_start_timestamp: _Optional[int] = ...) -> None: ...

class BattleTaskUpdate(_message.Message):
    __slots__ = ("progress", "from_user_id", "prompt_key")
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    FROM_USER_ID_FIELD_NUMBER: _ClassVar[int]
    PROMPT_KEY_FIELD_NUMBER: _ClassVar[int]
    progress: int
    from_user_id: int
    prompt_key: str
    def __init__(self, progress: _Optional[int] = ..., from_user_id: _Optional[int] = ..., prompt_key: _Optional[str] = ...) -> None: ...

class BattleTaskSettle(_message.Message):
    __slots__ = ("result", "reward_start_time", "reward_start_timestamp")
    RESULT_FIELD_NUMBER: _ClassVar[int]
    REWARD_START_TIME_FIELD_NUMBER: _ClassVar[int]
    REWARD_START_TIMESTAMP_FIELD_NUMBER: _ClassVar[int]
    result: int
    reward_start_time: int
    reward_start_timestamp: int
    def __init__(self, result: _Optional[int] = ..., reward_start_time: _Optional[int] = ..., reward_start_timestamp: _Optional[int] = ...) -> None: ...

class BattleRewardSettle(_message.Message):
    __slots__ = ("prompt", "status")
    PROMPT_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    prompt: BattlePrompt
    status: int
    def __init__(self, prompt: _Optional[_Union[BattlePrompt, _Mapping]] = ..., status: _Optional[int] = ...) -> None: ...

class BattlePrompt(_message.Message):
    __slots__ = ("prompt_key", "elements")
    PROMPT_KEY_FIELD_NUMBER: _ClassVar[int]
    ELEMENTS_FIELD_NUMBER: _ClassVar[int]
    prompt_key: str
    elements: _containers.RepeatedCompositeFieldContainer[BattlePromptElement]
    def __init__(self, prompt_key: _Optional[str] = ..., elements: _Optional[_Iterable[_Union[BattlePromptElement, _Mapping]]] = ...) -> None: ...

class BattlePromptElement(_message.Message):
    __slots__ = ("field", "value")
    FIELD_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    field: str
    value: str
    def __init__(self, field: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...

class BattleArmies(_message.Message):
    __slots__ = ("user_armies", "host_score", "anchor_id_str")
    USER_ARMIES_FIELD_NUMBER: _ClassVar[int]
    HOST_SCORE_FIELD_NUMBER: _ClassVar[int]
    ANCHOR_ID_STR_FIELD_NUMBER: _ClassVar[int]
    user_armies: _containers.RepeatedCompositeFieldContainer[BattleArmy]
    host_score: int
    anchor_id_str: str
    def __init__(self, user_armies: _Optional[_Iterable[_Union[BattleArmy, _Mapping]]] = ..., host_score: _Optional[int] = ..., anchor_id_str: _Optional[str] = ...) -> None: ...

class BattleArmy(_message.Message):
    __slots__ = ("user_id", "score", "nickname", "avatar", "diamond_score", "user_id_str")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    NICKNAME_FIELD_NUMBER: _ClassVar[int]
    AVATAR_FIELD_NUMBER: _ClassVar[int]
    DIAMOND_SCORE_FIELD_NUMBER: _ClassVar[int]
    USER_ID_STR_FIELD_NUMBER: _ClassVar[int]
    user_id: int
    score: int
    nickname: str
    avatar: _types_pb2.Image
    diamond_score: int
    user_id_str: str
    def __init__(self, user_id: _Optional[int] = ..., score: _Optional[int] = ..., nickname: _Optional[str] = ..., avatar: _Optional[_Union[_types_pb2.Image, _Mapping]] = ..., diamond_score: _Optional[int] = ..., user_id_str: _Optional[str] = ...) -> None: ...

class BattleTeamArmies(_message.Message):
    __slots__ = ("team_id", "team_user", "team_total_score", "user_armies", "host_rank")
    TEAM_ID_FIELD_NUMBER: _ClassVar[int]
    TEAM_USER_FIELD_NUMBER: _ClassVar[int]
    TEAM_TOTAL_SCORE_FIELD_NUMBER: _ClassVar[int]
    USER_ARMIES_FIELD_NUMBER: _ClassVar[int]
    HOST_RANK_FIELD_NUMBER: _ClassVar[int]
    team_id: int
    team_user: _containers.RepeatedCompositeFieldContainer[BattleTeamUser]
    team_total_score: int
    user_armies: BattleArmies
    host_rank: int
    def __init__(self, team_id: _Optional[int] = ..., team_user: _Optional[_Iterable[_Union[BattleTeamUser, _Mapping]]] = ..., team_total_score: _Optional[int] = ..., user_armies: _Optional[_Union[BattleArmies, _Mapping]] = ..., host_rank: _Optional[int] = ...) -> None: ...

class BattleTeamUser(_message.Message):
    __slots__ = ("user_id", "score", "user_id_str")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    USER_ID_STR_FIELD_NUMBER: _ClassVar[int]
    user_id: int
    score: int
    user_id_str: str
    def __init__(self, user_id: _Optional[int] = ..., score: _Optional[int] = ..., user_id_str: _Optional[str] = ...) -> None: ...

class BattleTeamMembers(_message.Message):
    __slots__ = ("team_id", "user_id")
    TEAM_ID_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    team_id: int
    user_id: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, team_id: _Optional[int] = ..., user_id: _Optional[_Iterable[int]] = ...) -> None: ...

class BattleTeamResult(_message.Message):
    __slots__ = ("team_id", "team_user", "result", "total_score")
    TEAM_ID_FIELD_NUMBER: _ClassVar[int]
    TEAM_USER_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    TOTAL_SCORE_FIELD_NUMBER: _ClassVar[int]
    team_id: int
    team_user: _containers.RepeatedCompositeFieldContainer[BattleTeamUser]
    result: int
    total_score: int
    def __init__(self, team_id: _Optional[int] = ..., team_user: _Optional[_Iterable[_Union[BattleTeamUser, _Mapping]]] = ..., result: _Optional[int] = ..., total_score: _Optional[int] = ...) -> None: ...

class BattleCombo(_message.Message):
    __slots__ = ("user_id", "combo_status", "combo_count", "combo_type")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    COMBO_STATUS_FIELD_NUMBER: _ClassVar[int]
    COMBO_COUNT_FIELD_NUMBER: _ClassVar[int]
    COMBO_TYPE_FIELD_NUMBER: _ClassVar[int]
    user_id: int
    combo_status: int
    combo_count: int
    combo_type: int
    def __init__(self, user_id: _Optional[int] = ..., combo_status: _Optional[int] = ..., combo_count: _Optional[int] = ..., combo_type: _Optional[int] = ...) -> None: ...

class BattleLeague(_message.Message):
    __slots__ = ("league_name",)
    LEAGUE_NAME_FIELD_NUMBER: _ClassVar[int]
    league_name: str
    def __init__(self, league_name: _Optional[str] = ...) -> None: ...

class BattleLeagueScore(_message.Message):
    __slots__ = ("estimated_score", "is_opt_out")
    ESTIMATED_SCORE_FIELD_NUMBER: _ClassVar[int]
    IS_OPT_OUT_FIELD_NUMBER: _ClassVar[int]
    estimated_score: int
    is_opt_out: bool
    def __init__(self, estimated_score: _Optional[int] = ..., is_opt_out: _Optional[bool] = ...) -> None: ...

class BattlePunishInfo(_message.Message):
    __slots__ = ("match_punish_effect_info",)
    MATCH_PUNISH_EFFECT_INFO_FIELD_NUMBER: _ClassVar[int]
    match_punish_effect_info: BattlePunishEffects
    def __init__(self, match_punish_effect_info: _Optional[_Union[BattlePunishEffects, _Mapping]] = ...) -> None: ...

class BattlePunishEffects(_message.Message):
    __slots__ = ("user_to_effect", "effects")
    class UserToEffectEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: int
        value: int
        def __init__(self, key: _Optional[int] = ..., value: _Optional[int] = ...) -> None: ...
    class EffectsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: int
        value: BattlePunishEffect
        def __init__(self, key: _Optional[int] = ..., value: _Optional[_Union[BattlePunishEffect, _Mapping]] = ...) -> None: ...
    USER_TO_EFFECT_FIELD_NUMBER: _ClassVar[int]
    EFFECTS_FIELD_NUMBER: _ClassVar[int]
    user_to_effect: _containers.ScalarMap[int, int]
    effects: _containers.MessageMap[int, BattlePunishEffect]
    def __init__(self, user_to_effect: _Optional[_Mapping[int, int]] = ..., effects: _Optional[_Mapping[int, BattlePunishEffect]] = ...) -> None: ...

class BattlePunishEffect(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class BattleSetting(_message.Message):
    __slots__ = ("battle_id", "start_time_ms", "duration", "channel_id", "status", "invite_type", "gift_mode_meta", "battle_type", "extra_duration_second", "end_time_ms", "scene")
    BATTLE_ID_FIELD_NUMBER: _ClassVar[int]
    START_TIME_MS_FIELD_NUMBER: _ClassVar[int]
    DURATION_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    INVITE_TYPE_FIELD_NUMBER: _ClassVar[int]
    GIFT_MODE_META_FIELD_NUMBER: _ClassVar[int]
    BATTLE_TYPE_FIELD_NUMBER: _ClassVar[int]
    EXTRA_DURATION_SECOND_FIELD_NUMBER: _ClassVar[int]
    END_TIME_MS_FIELD_NUMBER: _ClassVar[int]
    SCENE_FIELD_NUMBER: _ClassVar[int]
    battle_id: int
    start_time_ms: int
    duration: int
    channel_id: int
    status: int
    invite_type: int
    gift_mode_meta: GiftMode
    battle_type: int
    extra_duration_second: int
    end_time_ms: int
    scene: int
    def __init__(self, battle_id: _Optional[int] = ..., start_time_ms: _Optional[int] = ..., duration: _Optional[int] = ..., channel_id: _Optional[int] = ..., status: _Optional[int] = ..., invite_type: _Optional[int] = ..., gift_mode_meta: _Optional[_Union[GiftMode, _Mapping]] = ..., battle_type: _Optional[int] = ..., extra_duration_second: _Optional[int] = ..., end_time_ms: _Optional[int] = ..., scene: _Optional[int] = ...) -> None: ...

class GiftMode(_message.Message):
    __slots__ = ("gift_id", "gift_name_key", "gift_icon", "gift_mode_desc")
    GIFT_ID_FIELD_NUMBER: _ClassVar[int]
    GIFT_NAME_KEY_FIELD_NUMBER: _ClassVar[int]
    GIFT_ICON_FIELD_NUMBER: _ClassVar[int]
    GIFT_MODE_DESC_FIELD_NUMBER: _ClassVar[int]
    gift_id: int
    gift_name_key: str
    gift_icon: _types_pb2.Image
    gift_mode_desc: _types_pb2.Text
    def __init__(self, gift_id: _Optional[int] = ..., gift_name_key: _Optional[str] = ..., gift_icon: _Optional[_Union[_types_pb2.Image, _Mapping]] = ..., gift_mode_desc: _Optional[_Union[_types_pb2.Text, _Mapping]] = ...) -> None: ...

class BattleResult(_message.Message):
    __slots__ = ("user_id", "result", "score")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    user_id: int
    result: int
    score: int
    def __init__(self, user_id: _Optional[int] = ..., result: _Optional[int] = ..., score: _Optional[int] = ...) -> None: ...

class BattleAnchor(_message.Message):
    __slots__ = ("user_id", "user_info")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    USER_INFO_FIELD_NUMBER: _ClassVar[int]
    user_id: int
    user_info: BattlePersonInfo
    def __init__(self, user_id: _Optional[int] = ..., user_info: _Optional[_Union[BattlePersonInfo, _Mapping]] = ...) -> None: ...

class BattlePersonInfo(_message.Message):
    __slots__ = ("user",)
    USER_FIELD_NUMBER: _ClassVar[int]
    user: BattlePerson
    def __init__(self, user: _Optional[_Union[BattlePerson, _Mapping]] = ...) -> None: ...

class BattlePerson(_message.Message):
    __slots__ = ("user_id", "nickname", "avatar", "display_id", "room_id")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    NICKNAME_FIELD_NUMBER: _ClassVar[int]
    AVATAR_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_ID_FIELD_NUMBER: _ClassVar[int]
    ROOM_ID_FIELD_NUMBER: _ClassVar[int]
    user_id: int
    nickname: str
    avatar: _types_pb2.Image
    display_id: str
    room_id: int
    def __init__(self, user_id: _Optional[int] = ..., nickname: _Optional[str] = ..., avatar: _Optional[_Union[_types_pb2.Image, _Mapping]] = ..., display_id: _Optional[str] = ..., room_id: _Optional[int] = ...) -> None: ...

class UseCriticalStrikeCard(_message.Message):
    __slots__ = ("card_info", "anchor_id", "display_content")
    CARD_INFO_FIELD_NUMBER: _ClassVar[int]
    ANCHOR_ID_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_CONTENT_FIELD_NUMBER: _ClassVar[int]
    card_info: CriticalStrikeCardInfo
    anchor_id: int
    display_content: _types_pb2.Text
    def __init__(self, card_info: _Optional[_Union[CriticalStrikeCardInfo, _Mapping]] = ..., anchor_id: _Optional[int] = ..., display_content: _Optional[_Union[_types_pb2.Text, _Mapping]] = ...) -> None: ...

class CriticalStrikeCardInfo(_message.Message):
    __slots__ = ("card_name_key", "card_image", "send_time_sec", "send_user", "effect_last_duration", "critical_strike_rate_low", "critical_strike_rate_high", "multiple", "gift_name_key", "effect_time_sec", "to_anchor_id")
    CARD_NAME_KEY_FIELD_NUMBER: _ClassVar[int]
    CARD_IMAGE_FIELD_NUMBER: _ClassVar[int]
    SEND_TIME_SEC_FIELD_NUMBER: _ClassVar[int]
    SEND_USER_FIELD_NUMBER: _ClassVar[int]
    EFFECT_LAST_DURATION_FIELD_NUMBER: _ClassVar[int]
    CRITICAL_STRIKE_RATE_LOW_FIELD_NUMBER: _ClassVar[int]
    CRITICAL_STRIKE_RATE_HIGH_FIELD_NUMBER: _ClassVar[int]
    MULTIPLE_FIELD_NUMBER: _ClassVar[int]
    GIFT_NAME_KEY_FIELD_NUMBER: _ClassVar[int]
    EFFECT_TIME_SEC_FIELD_NUMBER: _ClassVar[int]
    TO_ANCHOR_ID_FIELD_NUMBER: _ClassVar[int]
    card_name_key: str
    card_image: _types_pb2.Image
    send_time_sec: int
    send_user: BattlePersonInfo
    effect_last_duration: int
    critical_strike_rate_low: int
    critical_strike_rate_high: int
    multiple: int
    gift_name_key: str
    effect_time_sec: int
    to_anchor_id: int
    def __init__(self, card_name_key: _Optional[str] = ..., card_image: _Optional[_Union[_types_pb2.Image, _Mapping]] = ..., send_time_sec: _Optional[int] = ..., send_user: _Optional[_Union[BattlePersonInfo, _Mapping]] = ..., effect_last_duration: _Optional[int] = ..., critical_strike_rate_low: _Optional[int] = ..., critical_strike_rate_high: _Optional[int] = ..., multiple: _Optional[int] = ..., gift_name_key: _Optional[str] = ..., effect_time_sec: _Optional[int] = ..., to_anchor_id: _Optional[int] = ...) -> None: ...

class UseSmokeCard(_message.Message):
    __slots__ = ("card_info", "anchor_id", "display_content")
    CARD_INFO_FIELD_NUMBER: _ClassVar[int]
    ANCHOR_ID_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_CONTENT_FIELD_NUMBER: _ClassVar[int]
    card_info: SmokeCardInfo
    anchor_id: int
    display_content: _types_pb2.Text
    def __init__(self, card_info: _Optional[_Union[SmokeCardInfo, _Mapping]] = ..., anchor_id: _Optional[int] = ..., display_content: _Optional[_Union[_types_pb2.Text, _Mapping]] = ...) -> None: ...

class SmokeCardInfo(_message.Message):
    __slots__ = ("card_name_key", "card_image", "send_time_sec", "send_user", "effect_last_duration", "effect_time_sec", "to_anchor_id")
    CARD_NAME_KEY_FIELD_NUMBER: _ClassVar[int]
    CARD_IMAGE_FIELD_NUMBER: _ClassVar[int]
    SEND_TIME_SEC_FIELD_NUMBER: _ClassVar[int]
    SEND_USER_FIELD_NUMBER: _ClassVar[int]
    EFFECT_LAST_DURATION_FIELD_NUMBER: _ClassVar[int]
    EFFECT_TIME_SEC_FIELD_NUMBER: _ClassVar[int]
    TO_ANCHOR_ID_FIELD_NUMBER: _ClassVar[int]
    card_name_key: str
    card_image: _types_pb2.Image
    send_time_sec: int
    send_user: BattlePersonInfo
    effect_last_duration: int
    effect_time_sec: int
    to_anchor_id: int
    def __init__(self, card_name_key: _Optional[str] = ..., card_image: _Optional[_Union[_types_pb2.Image, _Mapping]] = ..., send_time_sec: _Optional[int] = ..., send_user: _Optional[_Union[BattlePersonInfo, _Mapping]] = ..., effect_last_duration: _Optional[int] = ..., effect_time_sec: _Optional[int] = ..., to_anchor_id: _Optional[int] = ...) -> None: ...

class UseExtraTimeCard(_message.Message):
    __slots__ = ("card_info", "anchor_id", "display_content")
    CARD_INFO_FIELD_NUMBER: _ClassVar[int]
    ANCHOR_ID_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_CONTENT_FIELD_NUMBER: _ClassVar[int]
    card_info: ExtraTimeCardInfo
    anchor_id: int
    display_content: _types_pb2.Text
    def __init__(self, card_info: _Optional[_Union[ExtraTimeCardInfo, _Mapping]] = ..., anchor_id: _Optional[int] = ..., display_content: _Optional[_Union[_types_pb2.Text, _Mapping]] = ...) -> None: ...

class ExtraTimeCardInfo(_message.Message):
    __slots__ = ("card_name_key", "card_image", "send_time_sec", "send_user", "effect_last_duration", "effect_time_sec", "to_anchor_id", "extra_duration_sec")
    CARD_NAME_KEY_FIELD_NUMBER: _ClassVar[int]
    CARD_IMAGE_FIELD_NUMBER: _ClassVar[int]
    SEND_TIME_SEC_FIELD_NUMBER: _ClassVar[int]
    SEND_USER_FIELD_NUMBER: _ClassVar[int]
    EFFECT_LAST_DURATION_FIELD_NUMBER: _ClassVar[int]
    EFFECT_TIME_SEC_FIELD_NUMBER: _ClassVar[int]
    TO_ANCHOR_ID_FIELD_NUMBER: _ClassVar[int]
    EXTRA_DURATION_SEC_FIELD_NUMBER: _ClassVar[int]
    card_name_key: str
    card_image: _types_pb2.Image
    send_time_sec: int
    send_user: BattlePersonInfo
    effect_last_duration: int
    effect_time_sec: int
    to_anchor_id: int
    extra_duration_sec: int
    def __init__(self, card_name_key: _Optional[str] = ..., card_image: _Optional[_Union[_types_pb2.Image, _Mapping]] = ..., send_time_sec: _Optional[int] = ..., send_user: _Optional[_Union[BattlePersonInfo, _Mapping]] = ..., effect_last_duration: _Optional[int] = ..., effect_time_sec: _Optional[int] = ..., to_anchor_id: _Optional[int] = ..., extra_duration_sec: _Optional[int] = ...) -> None: ...

class UsePlainCard(_message.Message):
    __slots__ = ("card_info", "anchor_id", "display_content")
    CARD_INFO_FIELD_NUMBER: _ClassVar[int]
    ANCHOR_ID_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_CONTENT_FIELD_NUMBER: _ClassVar[int]
    card_info: PlainCardInfo
    anchor_id: int
    display_content: _types_pb2.Text
    def __init__(self, card_info: _Optional[_Union[PlainCardInfo, _Mapping]] = ..., anchor_id: _Optional[int] = ..., display_content: _Optional[_Union[_types_pb2.Text, _Mapping]] = ...) -> None: ...

class PlainCardInfo(_message.Message):
    __slots__ = ("card_name_key", "card_image", "send_time_sec", "send_user", "effect_last_duration", "effect_time_sec", "to_anchor_id")
    CARD_NAME_KEY_FIELD_NUMBER: _ClassVar[int]
    CARD_IMAGE_FIELD_NUMBER: _ClassVar[int]
    SEND_TIME_SEC_FIELD_NUMBER: _ClassVar[int]
    SEND_USER_FIELD_NUMBER: _ClassVar[int]
    EFFECT_LAST_DURATION_FIELD_NUMBER: _ClassVar[int]
    EFFECT_TIME_SEC_FIELD_NUMBER: _ClassVar[int]
    TO_ANCHOR_ID_FIELD_NUMBER: _ClassVar[int]
    card_name_key: str
    card_image: _types_pb2.Image
    send_time_sec: int
    send_user: BattlePersonInfo
    effect_last_duration: int
    effect_time_sec: int
    to_anchor_id: int
    def __init__(self, card_name_key: _Optional[str] = ..., card_image: _Optional[_Union[_types_pb2.Image, _Mapping]] = ..., send_time_sec: _Optional[int] = ..., send_user: _Optional[_Union[BattlePersonInfo, _Mapping]] = ..., effect_last_duration: _Optional[int] = ..., effect_time_sec: _Optional[int] = ..., to_anchor_id: _Optional[int] = ...) -> None: ...

class UseWrappedCard(_message.Message):
    __slots__ = ("card_info", "anchor_id", "display_content")
    CARD_INFO_FIELD_NUMBER: _ClassVar[int]
    ANCHOR_ID_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_CONTENT_FIELD_NUMBER: _ClassVar[int]
    card_info: WrappedCardInfo
    anchor_id: int
    display_content: _types_pb2.Text
    def __init__(self, card_info: _Optional[_Union[WrappedCardInfo, _Mapping]] = ..., anchor_id: _Optional[int] = ..., display_content: _Optional[_Union[_types_pb2.Text, _Mapping]] = ...) -> None: ...

class WrappedCardInfo(_message.Message):
    __slots__ = ("common",)
    COMMON_FIELD_NUMBER: _ClassVar[int]
    common: PlainCardInfo
    def __init__(self, common: _Optional[_Union[PlainCardInfo, _Mapping]] = ...) -> None: ...

class UseVaultGloveCard(_message.Message):
    __slots__ = ("card_info", "anchor_id", "display_content")
    CARD_INFO_FIELD_NUMBER: _ClassVar[int]
    ANCHOR_ID_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_CONTENT_FIELD_NUMBER: _ClassVar[int]
    card_info: VaultGloveCardInfo
    anchor_id: int
    display_content: _types_pb2.Text
    def __init__(self, card_info: _Optional[_Union[VaultGloveCardInfo, _Mapping]] = ..., anchor_id: _Optional[int] = ..., display_content: _Optional[_Union[_types_pb2.Text, _Mapping]] = ...) -> None: ...

class VaultGloveCardInfo(_message.Message):
    __slots__ = ("common", "gift_name_key", "multiple", "critical_strike_rate_low", "critical_strike_rate_high")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    GIFT_NAME_KEY_FIELD_NUMBER: _ClassVar[int]
    MULTIPLE_FIELD_NUMBER: _ClassVar[int]
    CRITICAL_STRIKE_RATE_LOW_FIELD_NUMBER: _ClassVar[int]
    CRITICAL_STRIKE_RATE_HIGH_FIELD_NUMBER: _ClassVar[int]
    common: PlainCardInfo
    gift_name_key: str
    multiple: int
    critical_strike_rate_low: int
    critical_strike_rate_high: int
    def __init__(self, common: _Optional[_Union[PlainCardInfo, _Mapping]] = ..., gift_name_key: _Optional[str] = ..., multiple: _Optional[int] = ..., critical_strike_rate_low: _Optional[int] = ..., critical_strike_rate_high: _Optional[int] = ...) -> None: ...

class UseMusicCard(_message.Message):
    __slots__ = ("card_info", "anchor_id", "display_content")
    CARD_INFO_FIELD_NUMBER: _ClassVar[int]
    ANCHOR_ID_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_CONTENT_FIELD_NUMBER: _ClassVar[int]
    card_info: MusicCardInfo
    anchor_id: int
    display_content: _types_pb2.Text
    def __init__(self, card_info: _Optional[_Union[MusicCardInfo, _Mapping]] = ..., anchor_id: _Optional[int] = ..., display_content: _Optional[_Union[_types_pb2.Text, _Mapping]] = ...) -> None: ...

class MusicCardInfo(_message.Message):
    __slots__ = ("common", "multiple", "critical_strike_rate_low", "critical_strike_rate_high")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    MULTIPLE_FIELD_NUMBER: _ClassVar[int]
    CRITICAL_STRIKE_RATE_LOW_FIELD_NUMBER: _ClassVar[int]
    CRITICAL_STRIKE_RATE_HIGH_FIELD_NUMBER: _ClassVar[int]
    common: PlainCardInfo
    multiple: int
    critical_strike_rate_low: int
    critical_strike_rate_high: int
    def __init__(self, common: _Optional[_Union[PlainCardInfo, _Mapping]] = ..., multiple: _Optional[int] = ..., critical_strike_rate_low: _Optional[int] = ..., critical_strike_rate_high: _Optional[int] = ...) -> None: ...

class CardAward(_message.Message):
    __slots__ = ("display_content", "awarded_users")
    DISPLAY_CONTENT_FIELD_NUMBER: _ClassVar[int]
    AWARDED_USERS_FIELD_NUMBER: _ClassVar[int]
    display_content: _types_pb2.Text
    awarded_users: _containers.RepeatedCompositeFieldContainer[BattlePersonInfo]
    def __init__(self, display_content: _Optional[_Union[_types_pb2.Text, _Mapping]] = ..., awarded_users: _Optional[_Iterable[_Union[BattlePersonInfo, _Mapping]]] = ...) -> None: ...

class CardEffect(_message.Message):
    __slots__ = ("score", "from_user_id", "to_anchor_id")
    SCORE_FIELD_NUMBER: _ClassVar[int]
    FROM_USER_ID_FIELD_NUMBER: _ClassVar[int]
    TO_ANCHOR_ID_FIELD_NUMBER: _ClassVar[int]
    score: int
    from_user_id: int
    to_anchor_id: int
    def __init__(self, score: _Optional[int] = ..., from_user_id: _Optional[int] = ..., to_anchor_id: _Optional[int] = ...) -> None: ...

class MusicAward(_message.Message):
    __slots__ = ("display_content", "to_anchor_id", "is_rewarded")
    DISPLAY_CONTENT_FIELD_NUMBER: _ClassVar[int]
    TO_ANCHOR_ID_FIELD_NUMBER: _ClassVar[int]
    IS_REWARDED_FIELD_NUMBER: _ClassVar[int]
    display_content: _types_pb2.Text
    to_anchor_id: int
    is_rewarded: bool
    def __init__(self, display_content: _Optional[_Union[_types_pb2.Text, _Mapping]] = ..., to_anchor_id: _Optional[int] = ..., is_rewarded: _Optional[bool] = ...) -> None: ...

class MusicEffect(_message.Message):
    __slots__ = ("to_anchor_id", "from_user_id", "gift_id")
    TO_ANCHOR_ID_FIELD_NUMBER: _ClassVar[int]
    FROM_USER_ID_FIELD_NUMBER: _ClassVar[int]
    GIFT_ID_FIELD_NUMBER: _ClassVar[int]
    to_anchor_id: int
    from_user_id: int
    gift_id: int
    def __init__(self, to_anchor_id: _Optional[int] = ..., from_user_id: _Optional[int] = ..., gift_id: _Optional[int] = ...) -> None: ...

class CardQueue(_message.Message):
    __slots__ = ("card_queue",)
    CARD_QUEUE_FIELD_NUMBER: _ClassVar[int]
    card_queue: _containers.RepeatedCompositeFieldContainer[CardQueueItem]
    def __init__(self, card_queue: _Optional[_Iterable[_Union[CardQueueItem, _Mapping]]] = ...) -> None: ...

class CardQueueItem(_message.Message):
    __slots__ = ("critical_strike_card", "smoke_card", "extra_time_card", "special_effect_card", "potion_card", "wave_card", "top2_card", "top3_card", "vault_glove_card", "music_card")
    CRITICAL_STRIKE_CARD_FIELD_NUMBER: _ClassVar[int]
    SMOKE_CARD_FIELD_NUMBER: _ClassVar[int]
    EXTRA_TIME_CARD_FIELD_NUMBER: _ClassVar[int]
    SPECIAL_EFFECT_CARD_FIELD_NUMBER: _ClassVar[int]
    POTION_CARD_FIELD_NUMBER: _ClassVar[int]
    WAVE_CARD_FIELD_NUMBER: _ClassVar[int]
    TOP2_CARD_FIELD_NUMBER: _ClassVar[int]
    TOP3_CARD_FIELD_NUMBER: _ClassVar[int]
    VAULT_GLOVE_CARD_FIELD_NUMBER: _ClassVar[int]
    MUSIC_CARD_FIELD_NUMBER: _ClassVar[int]
    critical_strike_card: CriticalStrikeCardInfo
    smoke_card: SmokeCardInfo
    extra_time_card: ExtraTimeCardInfo
    special_effect_card: PlainCardInfo
    potion_card: PlainCardInfo
    wave_card: PlainCardInfo
    top2_card: WrappedCardInfo
    top3_card: WrappedCardInfo
    vault_glove_card: VaultGloveCardInfo
    music_card: MusicCardInfo
    def __init__(self, critical_strike_card: _Optional[_Union[CriticalStrikeCardInfo, _Mapping]] = ..., smoke_card: _Optional[_Union[SmokeCardInfo, _Mapping]] = ..., extra_time_card: _Optional[_Union[ExtraTimeCardInfo, _Mapping]] = ..., special_effect_card: _Optional[_Union[PlainCardInfo, _Mapping]] = ..., potion_card: _Optional[_Union[PlainCardInfo, _Mapping]] = ..., wave_card: _Optional[_Union[PlainCardInfo, _Mapping]] = ..., top2_card: _Optional[_Union[WrappedCardInfo, _Mapping]] = ..., top3_card: _Optional[_Union[WrappedCardInfo, _Mapping]] = ..., vault_glove_card: _Optional[_Union[VaultGloveCardInfo, _Mapping]] = ..., music_card: _Optional[_Union[MusicCardInfo, _Mapping]] = ...) -> None: ...

class CardRefund(_message.Message):
    __slots__ = ("anchor_id",)
    ANCHOR_ID_FIELD_NUMBER: _ClassVar[int]
    anchor_id: int
    def __init__(self, anchor_id: _Optional[int] = ...) -> None: ...
