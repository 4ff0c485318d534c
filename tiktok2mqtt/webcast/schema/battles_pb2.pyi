from tiktok2mqtt.webcast.schema import types_pb2 as _types_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class WebcastLinkLayerMessage(_message.Message):
    __slots__ = ("common", "message_type", "channel_id", "scene", "source", "centerized_idc", "rtc_room_id", "group_change_blob", "business_blob")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_TYPE_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_ID_FIELD_NUMBER: _ClassVar[int]
    SCENE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    CENTERIZED_IDC_FIELD_NUMBER: _ClassVar[int]
    RTC_ROOM_ID_FIELD_NUMBER: _ClassVar[int]
    GROUP_CHANGE_BLOB_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_BLOB_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    message_type: int
    channel_id: int
    scene: int
    source: str
    centerized_idc: str
    rtc_room_id: int
    group_change_blob: bytes
    business_blob: bytes
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., message_type: _Optional[int] = ..., channel_id: _Optional[int] = ..., scene: _Optional[int] = ..., source: _Optional[str] = ..., centerized_idc: _Optional[str] = ..., rtc_room_id: _Optional[int] = ..., group_change_blob: _Optional[bytes] = ..., business_blob: _Optional[bytes] = ...) -> None: ...

class WebcastLinkMessage(_message.Message):
    __slots__ = ("common", "message_type", "linker_id", "scene", "list_change_content_blob")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_TYPE_FIELD_NUMBER: _ClassVar[int]
    LINKER_ID_FIELD_NUMBER: _ClassVar[int]
    SCENE_FIELD_NUMBER: _ClassVar[int]
    LIST_CHANGE_CONTENT_BLOB_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    message_type: int
    linker_id: int
    scene: int
    list_change_content_blob: bytes
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., message_type: _Optional[int] = ..., linker_id: _Optional[int] = ..., scene: _Optional[int] = ..., list_change_content_blob: _Optional[bytes] = ...) -> None: ...

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
    __slots__ = ("common", "battle_id", "armies", "channel_id", "gift_sent_time", "score_update_time", "battle_status", "from_user_id", "gift_id", "gift_count", "gift_icon", "total_diamond_count", "repeat_count", "trigger_critical_strike", "log_id", "battle_setting")
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
    BATTLE_STATUS_FIELD_NUMBER: _ClassVar[int]
    FROM_USER_ID_FIELD_NUMBER: _ClassVar[int]
    GIFT_ID_FIELD_NUMBER: _ClassVar[int]
    GIFT_COUNT_FIELD_NUMBER: _ClassVar[int]
    GIFT_ICON_FIELD_NUMBER: _ClassVar[int]
    TOTAL_DIAMOND_COUNT_FIELD_NUMBER: _ClassVar[int]
    REPEAT_COUNT_FIELD_NUMBER: _ClassVar[int]
    TRIGGER_CRITICAL_STRIKE_FIELD_NUMBER: _ClassVar[int]
    LOG_ID_FIELD_NUMBER: _ClassVar[int]
    BATTLE_SETTING_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    battle_id: int
    armies: _containers.MessageMap[int, BattleArmies]
    channel_id: int
    gift_sent_time: int
    score_update_time: int
    battle_status: int
    from_user_id: int
    gift_id: int
    gift_count: int
    gift_icon: _types_pb2.Image
    total_diamond_count: int
    repeat_count: int
    trigger_critical_strike: bool
    log_id: str
    battle_setting: BattleSetting
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., battle_id: _Optional[int] = ..., armies: _Optional[_Mapping[int, BattleArmies]] = ..., channel_id: _Optional[int] = ..., gift_sent_time: _Optional[int] = ..., score_update_time: _Optional[int] = ..., battle_status: _Optional[int] = ..., from_user_id: _Optional[int] = ..., gift_id: _Optional[int] = ..., gift_count: _Optional[int] = ..., gift_icon: _Optional[_Union[_types_pb2.Image, _Mapping]] = ..., total_diamond_count: _Optional[int] = ..., repeat_count: _Optional[int] = ..., trigger_critical_strike: _Optional[bool] = ..., log_id: _Optional[str] = ..., battle_setting: _Optional[_Union[BattleSetting, _Mapping]] = ...) -> None: ...

class WebcastLinkMicBattle(_message.Message):
    __slots__ = ("common", "battle_id", "battle_setting", "action", "battle_result", "anchor_info", "action_by_user_id")
    class BattleResultEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: int
        value: BattleResult
        def __init__(self, key: _Optional[int] = ..., value: _Optional[_Union[BattleResult, _Mapping]] = ...) -> None: ...
    COMMON_FIELD_NUMBER: _ClassVar[int]
    BATTLE_ID_FIELD_NUMBER: _ClassVar[int]
    BATTLE_SETTING_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    BATTLE_RESULT_FIELD_NUMBER: _ClassVar[int]
    ANCHOR_INFO_FIELD_NUMBER: _ClassVar[int]
    ACTION_BY_USER_ID_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    battle_id: int
    battle_setting: BattleSetting
    action: int
    battle_result: _containers.MessageMap[int, BattleResult]
    anchor_info: _containers.RepeatedCompositeFieldContainer[BattleAnchor]
    action_by_user_id: int
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., battle_id: _Optional[int] = ..., battle_setting: _Optional[_Union[BattleSetting, _Mapping]] = ..., action: _Optional[int] = ..., battle_result: _Optional[_Mapping[int, BattleResult]] = ..., anchor_info: _Optional[_Iterable[_Union[BattleAnchor, _Mapping]]] = ..., action_by_user_id: _Optional[int] = ...) -> None: ...

class WebcastLinkMicBattleItemCard(_message.Message):
    __slots__ = ("common", "battle_id", "msg_type")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    BATTLE_ID_FIELD_NUMBER: _ClassVar[int]
    MSG_TYPE_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    battle_id: int
    msg_type: int
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., battle_id: _Optional[int] = ..., msg_type: _Optional[int] = ...) -> None: ...

class WebcastLinkMicBattlePunishFinish(_message.Message):
    __slots__ = ("common", "channel_id", "operator_user_id", "reason", "battle_id")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_ID_FIELD_NUMBER: _ClassVar[int]
    OPERATOR_USER_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    BATTLE_ID_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    channel_id: int
    operator_user_id: int
    reason: int
    battle_id: int
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., channel_id: _Optional[int] = ..., operator_user_id: _Optional[int] = ..., reason: _Optional[int] = ..., battle_id: _Optional[int] = ...) -> None: ...

class WebcastLinkMicFanTicketMethod(_message.Message):
    __slots__ = ("common", "fan_ticket_room_notice_blob")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    FAN_TICKET_ROOM_NOTICE_BLOB_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    fan_ticket_room_notice_blob: bytes
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., fan_ticket_room_notice_blob: _Optional[bytes] = ...) -> None: ...

class WebcastLinkMicLayoutStateMessage(_message.Message):
    __slots__ = ("common", "channel_id", "scene", "biz_spot_list")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_ID_FIELD_NUMBER: _ClassVar[int]
    SCENE_FIELD_NUMBER: _ClassVar[int]
    BIZ_SPOT_LIST_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    channel_id: int
    scene: int
    biz_spot_list: _containers.RepeatedCompositeFieldContainer[LinkMicSpot]
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., channel_id: _Optional[int] = ..., scene: _Optional[int] = ..., biz_spot_list: _Optional[_Iterable[_Union[LinkMicSpot, _Mapping]]] = ...) -> None: ...

class WebcastLinkMicMethod(_message.Message):
    __slots__ = ("common", "message_type", "user_id", "fan_ticket", "total_fan_ticket", "channel_id", "layout", "vendor", "to_user_id", "start_time_ms", "anchor_link_mic_id_str", "rival_anchor_id", "rival_linkmic_id_str")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_TYPE_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    FAN_TICKET_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FAN_TICKET_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_ID_FIELD_NUMBER: _ClassVar[int]
    LAYOUT_FIELD_NUMBER: _ClassVar[int]
    VENDOR_FIELD_NUMBER: _ClassVar[int]
    TO_USER_ID_FIELD_NUMBER: _ClassVar[int]
    START_TIME_MS_FIELD_NUMBER: _ClassVar[int]
    ANCHOR_LINK_MIC_ID_STR_FIELD_NUMBER: _ClassVar[int]
    RIVAL_ANCHOR_ID_FIELD_NUMBER: _ClassVar[int]
    RIVAL_LINKMIC_ID_STR_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    message_type: int
    user_id: int
    fan_ticket: int
    total_fan_ticket: int
    channel_id: int
    layout: int
    vendor: int
    to_user_id: int
    start_time_ms: int
    anchor_link_mic_id_str: str
    rival_anchor_id: int
    rival_linkmic_id_str: str
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., message_type: _Optional[int] = ..., user_id: _Optional[int] = ..., fan_ticket: _Optional[int] = ..., total_fan_ticket: _Optional[int] = ..., channel_id: _Optional[int] = ..., layout: _Optional[int] = ..., vendor: _Optional[int] = ..., to_user_id: _Optional[int] = ..., start_time_ms: _Optional[int] = ..., anchor_link_mic_id_str: _Optional[str] = ..., rival_anchor_id: _Optional[int] = ..., rival_linkmic_id_str: _Optional[str] = ...) -> None: ...

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
    __slots__ = ("common", "notice_type")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    NOTICE_TYPE_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    notice_type: int
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., notice_type: _Optional[int] = ...) -> None: ...

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

class LinkMicSpot(_message.Message):
    __slots__ = ("spot_id",)
    SPOT_ID_FIELD_NUMBER: _ClassVar[int]
    spot_id: int
    def __init__(self, spot_id: _Optional[int] = ...) -> None: ...

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
    __slots__ = ("progress_target",)
    PROGRESS_TARGET_FIELD_NUMBER: _ClassVar[int]
    progress_target: int
    def __init__(self, progress_target: _Optional[int] = ...) -> None: ...

class RewardPeriodConfig(_message.Message):
    __slots__ = ("reward_multiple",)
    REWARD_MULTIPLE_FIELD_NUMBER: _ClassVar[int]
    reward_multiple: int
    def __init__(self, reward_multiple: _Optional[int] = ...) -> None: ...

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
    __slots__ = ("result",)
    RESULT_FIELD_NUMBER: _ClassVar[int]
    result: int
    def __init__(self, result: _Optional[int] = ...) -> None: ...

class BattleRewardSettle(_message.Message):
    __slots__ = ("prompt", "status")
    PROMPT_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    prompt: BattlePrompt
    status: int
    def __init__(self, prompt: _Optional[_Union[BattlePrompt, _Mapping]] = ..., status: _Optional[int] = ...) -> None: ...

class BattlePrompt(_message.Message):
    __slots__ = ("prompt_key",)
    PROMPT_KEY_FIELD_NUMBER: _ClassVar[int]
    prompt_key: str
    def __init__(self, prompt_key: _Optional[str] = ...) -> None: ...

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
    __slots__ = ("user_id", "score", "nickname", "avatar")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    NICKNAME_FIELD_NUMBER: _ClassVar[int]
    AVATAR_FIELD_NUMBER: _ClassVar[int]
    user_id: int
    score: int
    nickname: str
    avatar: _types_pb2.Image
    def __init__(self, user_id: _Optional[int] = ..., score: _Optional[int] = ..., nickname: _Optional[str] = ..., avatar: _Optional[_Union[_types_pb2.Image, _Mapping]] = ...) -> None: ...

class BattleSetting(_message.Message):
    __slots__ = ("battle_id", "start_time_ms", "duration", "channel_id", "status")
    BATTLE_ID_FIELD_NUMBER: _ClassVar[int]
    START_TIME_MS_FIELD_NUMBER: _ClassVar[int]
    DURATION_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    battle_id: int
    start_time_ms: int
    duration: int
    channel_id: int
    status: int
    def __init__(self, battle_id: _Optional[int] = ..., start_time_ms: _Optional[int] = ..., duration: _Optional[int] = ..., channel_id: _Optional[int] = ..., status: _Optional[int] = ...) -> None: ...

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
    __slots__ = ("user_id", "nickname", "avatar", "display_id")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    NICKNAME_FIELD_NUMBER: _ClassVar[int]
    AVATAR_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_ID_FIELD_NUMBER: _ClassVar[int]
    user_id: int
    nickname: str
    avatar: _types_pb2.Image
    display_id: str
    def __init__(self, user_id: _Optional[int] = ..., nickname: _Optional[str] = ..., avatar: _Optional[_Union[_types_pb2.Image, _Mapping]] = ..., display_id: _Optional[str] = ...) -> None: ...
