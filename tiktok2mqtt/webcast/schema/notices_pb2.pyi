from tiktok2mqtt.webcast.schema import gifts_pb2 as _gifts_pb2
from tiktok2mqtt.webcast.schema import messages_pb2 as _messages_pb2
from tiktok2mqtt.webcast.schema import types_pb2 as _types_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class WebcastAccessControlMessage(_message.Message):
    __slots__ = ("common", "captcha")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    CAPTCHA_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    captcha: AccessControlCaptcha
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., captcha: _Optional[_Union[AccessControlCaptcha, _Mapping]] = ...) -> None: ...

class WebcastAccessRecallMessage(_message.Message):
    __slots__ = ("common", "status", "duration_s", "end_time", "scene", "notice", "content", "punish_info", "end_time_v2")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    DURATION_S_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    SCENE_FIELD_NUMBER: _ClassVar[int]
    NOTICE_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    PUNISH_INFO_FIELD_NUMBER: _ClassVar[int]
    END_TIME_V2_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    status: int
    duration_s: int
    end_time: int
    scene: str
    notice: _types_pb2.Text
    content: _types_pb2.Text
    punish_info: _types_pb2.PunishInfo
    end_time_v2: int
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., status: _Optional[int] = ..., duration_s: _Optional[int] = ..., end_time: _Optional[int] = ..., scene: _Optional[str] = ..., notice: _Optional[_Union[_types_pb2.Text, _Mapping]] = ..., content: _Optional[_Union[_types_pb2.Text, _Mapping]] = ..., punish_info: _Optional[_Union[_types_pb2.PunishInfo, _Mapping]] = ..., end_time_v2: _Optional[int] = ...) -> None: ...

class WebcastAlertBoxAuditResultMessage(_message.Message):
    __slots__ = ("common", "user_id", "scene")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    SCENE_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    user_id: int
    scene: int
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., user_id: _Optional[int] = ..., scene: _Optional[int] = ...) -> None: ...

class WebcastAnchorToolModificationMessage(_message.Message):
    __slots__ = ("common", "modification")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    MODIFICATION_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    modification: AnchorToolModification
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., modification: _Optional[_Union[AnchorToolModification, _Mapping]] = ...) -> None: ...

class WebcastBarrageMessage(_message.Message):
    __slots__ = ("common", "event", "msg_type", "icon", "content", "duration_ms", "background", "display_config", "gallery_gift_id", "scene", "badge", "schema", "sub_type", "common_barrage_content", "user", "user_grade_param", "fans_level_param", "subscribe_gift_param")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    EVENT_FIELD_NUMBER: _ClassVar[int]
    MSG_TYPE_FIELD_NUMBER: _ClassVar[int]
    ICON_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    DURATION_MS_FIELD_NUMBER: _ClassVar[int]
    BACKGROUND_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_CONFIG_FIELD_NUMBER: _ClassVar[int]
    GALLERY_GIFT_ID_FIELD_NUMBER: _ClassVar[int]
    SCENE_FIELD_NUMBER: _ClassVar[int]
    BADGE_FIELD_NUMBER: _ClassVar[int]
    SCHEMA_FIELD_NUMBER: _ClassVar[int]
    SUB_TYPE_FIELD_NUMBER: _ClassVar[int]
    COMMON_BARRAGE_CONTENT_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    USER_GRADE_PARAM_FIELD_NUMBER: _ClassVar[int]
    FANS_LEVEL_PARAM_FIELD_NUMBER: _ClassVar[int]
    SUBSCRIBE_GIFT_PARAM_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    event: BarrageEvent
    msg_type: int
    icon: _types_pb2.Image
    content: _types_pb2.Text
    duration_ms: int
    background: _types_pb2.Image
    display_config: int
    gallery_gift_id: int
    scene: str
    badge: _types_pb2.BadgeStruct
    schema: str
    sub_type: str
    common_barrage_content: _types_pb2.Text
    user: _types_pb2.User
    user_grade_param: BarrageGrade
    fans_level_param: BarrageGrade
    subscribe_gift_param: BarrageSubscribeGift
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., event: _Optional[_Union[BarrageEvent, _Mapping]] = ..., msg_type: _Optional[int] = ..., icon: _Optional[_Union[_types_pb2.Image, _Mapping]] = ..., content: _Optional[_Union[_types_pb2.Text, _Mapping]] = ..., duration_ms: _Optional[int] = ..., background: _Optional[_Union[_types_pb2.Image, _Mapping]] = ..., display_config: _Optional[int] = ..., gallery_gift_id: _Optional[int] = ..., scene: _Optional[str] = ..., badge: _Optional[_Union[_types_pb2.BadgeStruct, _Mapping]] = ..., schema: _Optional[str] = ..., sub_type: _Optional[str] = ..., common_barrage_content: _Optional[_Union[_types_pb2.Text, _Mapping]] = ..., user: _Optional[_Union[_types_pb2.User, _Mapping]] = ..., user_grade_param: _Optional[_Union[BarrageGrade, _Mapping]] = ..., fans_level_param: _Optional[_Union[BarrageGrade, _Mapping]] = ..., subscribe_gift_param: _Optional[_Union[BarrageSubscribeGift, _Mapping]] = ...) -> None: ...

class WebcastBindingGiftMessage(_message.Message):
    __slots__ = ("gift_message", "common")
    GIFT_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    COMMON_FIELD_NUMBER: _ClassVar[int]
    gift_message: _messages_pb2.WebcastGiftMessage
    common: _types_pb2.Common
    def __init__(self, gift_message: _Optional[_Union[_messages_pb2.WebcastGiftMessage, _Mapping]] = ..., common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ...) -> None: ...

class WebcastBoostCardMessage(_message.Message):
    __slots__ = ("common", "cards")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    CARDS_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    cards: _containers.RepeatedCompositeFieldContainer[BoostCard]
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., cards: _Optional[_Iterable[_Union[BoostCard, _Mapping]]] = ...) -> None: ...

class WebcastBottomMessage(_message.Message):
    __slots__ = ("common", "content", "show_type", "text_type", "duration_s", "biz_type", "violation_user_id", "punish_info", "style", "detail_url", "float_style", "float_icon_type")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    SHOW_TYPE_FIELD_NUMBER: _ClassVar[int]
    TEXT_TYPE_FIELD_NUMBER: _ClassVar[int]
    DURATION_S_FIELD_NUMBER: _ClassVar[int]
    BIZ_TYPE_FIELD_NUMBER: _ClassVar[int]
    VIOLATION_USER_ID_FIELD_NUMBER: _ClassVar[int]
    PUNISH_INFO_FIELD_NUMBER: _ClassVar[int]
    STYLE_FIELD_NUMBER: _ClassVar[int]
    DETAIL_URL_FIELD_NUMBER: _ClassVar[int]
    FLOAT_STYLE_FIELD_NUMBER: _ClassVar[int]
    FLOAT_ICON_TYPE_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    content: str
    show_type: int
    text_type: int
    duration_s: int
    biz_type: int
    violation_user_id: int
    punish_info: _types_pb2.PunishInfo
    style: int
    detail_url: str
    float_style: int
    float_icon_type: int
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., content: _Optional[str] = ..., show_type: _Optional[int] = ..., text_type: _Optional[int] = ..., duration_s: _Optional[int] = ..., biz_type: _Optional[int] = ..., violation_user_id: _Optional[int] = ..., punish_info: _Optional[_Union[_types_pb2.PunishInfo, _Mapping]] = ..., style: _Optional[int] = ..., detail_url: _Optional[str] = ..., float_style: _Optional[int] = ..., float_icon_type: _Optional[int] = ...) -> None: ...

class WebcastCapsuleMessage(_message.Message):
    __slots__ = ("common", "icon", "desc", "button_text", "schema", "capsule_type", "scene")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    ICON_FIELD_NUMBER: _ClassVar[int]
    DESC_FIELD_NUMBER: _ClassVar[int]
    BUTTON_TEXT_FIELD_NUMBER: _ClassVar[int]
    SCHEMA_FIELD_NUMBER: _ClassVar[int]
    CAPSULE_TYPE_FIELD_NUMBER: _ClassVar[int]
    SCENE_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    icon: _types_pb2.Image
    desc: _types_pb2.Text
    button_text: _types_pb2.Text
    schema: str
    capsule_type: int
    scene: str
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., icon: _Optional[_Union[_types_pb2.Image, _Mapping]] = ..., desc: _Optional[_Union[_types_pb2.Text, _Mapping]] = ..., button_text: _Optional[_Union[_types_pb2.Text, _Mapping]] = ..., schema: _Optional[str] = ..., capsule_type: _Optional[int] = ..., scene: _Optional[str] = ...) -> None: ...

class WebcastCaptionMessage(_message.Message):
    __slots__ = ("common", "timestamp_ms", "duration_ms", "content", "sentence_id", "sequence_id", "definite")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    TIMESTAMP_MS_FIELD_NUMBER: _ClassVar[int]
    DURATION_MS_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    SENTENCE_ID_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_ID_FIELD_NUMBER: _ClassVar[int]
    DEFINITE_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    timestamp_ms: int
    duration_ms: int
    content: _containers.RepeatedCompositeFieldContainer[CaptionContent]
    sentence_id: int
    sequence_id: int
    definite: bool
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., timestamp_ms: _Optional[int] = ..., duration_ms: _Optional[int] = ..., content: _Optional[_Iterable[_Union[CaptionContent, _Mapping]]] = ..., sentence_id: _Optional[int] = ..., sequence_id: _Optional[int] = ..., definite: _Optional[bool] = ...) -> None: ...

class WebcastDonationStickerModifyMethod(_message.Message):
    __slots__ = ("common", "sticker")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    STICKER_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    sticker: DonationSticker
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., sticker: _Optional[_Union[DonationSticker, _Mapping]] = ...) -> None: ...

class WebcastEmoteChatMessage(_message.Message):
    __slots__ = ("common", "user", "emote_list", "msg_filter", "user_identity")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    EMOTE_LIST_FIELD_NUMBER: _ClassVar[int]
    MSG_FILTER_FIELD_NUMBER: _ClassVar[int]
    USER_IDENTITY_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    user: _types_pb2.User
    emote_list: _containers.RepeatedCompositeFieldContainer[_messages_pb2.Emote]
    msg_filter: _messages_pb2.MsgFilter
    user_identity: _messages_pb2.UserIdentity
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., user: _Optional[_Union[_types_pb2.User, _Mapping]] = ..., emote_list: _Optional[_Iterable[_Union[_messages_pb2.Emote, _Mapping]]] = ..., msg_filter: _Optional[_Union[_messages_pb2.MsgFilter, _Mapping]] = ..., user_identity: _Optional[_Union[_messages_pb2.UserIdentity, _Mapping]] = ...) -> None: ...

class WebcastEnvelopeMessage(_message.Message):
    __slots__ = ("common", "envelope_info", "display")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    ENVELOPE_INFO_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    envelope_info: EnvelopeInfo
    display: int
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., envelope_info: _Optional[_Union[EnvelopeInfo, _Mapping]] = ..., display: _Optional[int] = ...) -> None: ...

class WebcastEnvelopePortalMessage(_message.Message):
    __slots__ = ("common", "portal_info", "portal_view", "portal_display")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    PORTAL_INFO_FIELD_NUMBER: _ClassVar[int]
    PORTAL_VIEW_FIELD_NUMBER: _ClassVar[int]
    PORTAL_DISPLAY_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    portal_info: EnvelopePortalInfo
    portal_view: int
    portal_display: int
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., portal_info: _Optional[_Union[EnvelopePortalInfo, _Mapping]] = ..., portal_view: _Optional[int] = ..., portal_display: _Optional[int] = ...) -> None: ...

class WebcastGameRankNotifyMessage(_message.Message):
    __slots__ = ("common", "msg_type", "notify_text")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    MSG_TYPE_FIELD_NUMBER: _ClassVar[int]
    NOTIFY_TEXT_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    msg_type: int
    notify_text: _types_pb2.Text
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., msg_type: _Optional[int] = ..., notify_text: _Optional[_Union[_types_pb2.Text, _Mapping]] = ...) -> None: ...

class WebcastGiftBroadcastMessage(_message.Message):
    __slots__ = ("common", "from_user_id", "left_icon", "notify")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    FROM_USER_ID_FIELD_NUMBER: _ClassVar[int]
    LEFT_ICON_FIELD_NUMBER: _ClassVar[int]
    NOTIFY_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    from_user_id: int
    left_icon: _types_pb2.Image
    notify: WebcastRoomNotifyMessage
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., from_user_id: _Optional[int] = ..., left_icon: _Optional[_Union[_types_pb2.Image, _Mapping]] = ..., notify: _Optional[_Union[WebcastRoomNotifyMessage, _Mapping]] = ...) -> None: ...

class WebcastGiftCollectionUpdateMessage(_message.Message):
    __slots__ = ("common", "collection")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    COLLECTION_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    collection: GiftCollection
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., collection: _Optional[_Union[GiftCollection, _Mapping]] = ...) -> None: ...

class WebcastGiftDynamicRestrictionMessage(_message.Message):
    __slots__ = ("common", "dynamic_restriction")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    DYNAMIC_RESTRICTION_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    dynamic_restriction: _gifts_pb2.GiftRestriction
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., dynamic_restriction: _Optional[_Union[_gifts_pb2.GiftRestriction, _Mapping]] = ...) -> None: ...

class WebcastGiftPanelUpdateMessage(_message.Message):
    __slots__ = ("common", "room_id", "timestamp", "gallery_data", "goal_data", "room_based_gift_data", "strategy_context")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    ROOM_ID_FIELD_NUMBER: _ClassVar[int]
    TIMESTAMP_FIELD_NUMBER: _ClassVar[int]
    GALLERY_DATA_FIELD_NUMBER: _ClassVar[int]
    GOAL_DATA_FIELD_NUMBER: _ClassVar[int]
    ROOM_BASED_GIFT_DATA_FIELD_NUMBER: _ClassVar[int]
    STRATEGY_CONTEXT_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    room_id: int
    timestamp: int
    gallery_data: _gifts_pb2.GiftGalleryData
    goal_data: _gifts_pb2.GiftGoalData
    room_based_gift_data: _gifts_pb2.RoomBasedGiftData
    strategy_context: str
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., room_id: _Optional[int] = ..., timestamp: _Optional[int] = ..., gallery_data: _Optional[_Union[_gifts_pb2.GiftGalleryData, _Mapping]] = ..., goal_data: _Optional[_Union[_gifts_pb2.GiftGoalData, _Mapping]] = ..., room_based_gift_data: _Optional[_Union[_gifts_pb2.RoomBasedGiftData, _Mapping]] = ..., strategy_context: _Optional[str] = ...) -> None: ...

class WebcastGiftPromptMessage(_message.Message):
    __slots__ = ("common", "title", "body", "block_num_days", "order_id", "order_timestamp", "in_user_gifting_addiction_expr", "pop_up_schema")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    BODY_FIELD_NUMBER: _ClassVar[int]
    BLOCK_NUM_DAYS_FIELD_NUMBER: _ClassVar[int]
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_TIMESTAMP_FIELD_NUMBER: _ClassVar[int]
    IN_USER_GIFTING_ADDICTION_EXPR_FIELD_NUMBER: _ClassVar[int]
    POP_UP_SCHEMA_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    title: str
    body: str
    block_num_days: int
    order_id: str
    order_timestamp: int
    in_user_gifting_addiction_expr: bool
    pop_up_schema: str
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., title: _Optional[str] = ..., body: _Optional[str] = ..., block_num_days: _Optional[int] = ..., order_id: _Optional[str] = ..., order_timestamp: _Optional[int] = ..., in_user_gifting_addiction_expr: _Optional[bool] = ..., pop_up_schema: _Optional[str] = ...) -> None: ...

class WebcastGoalUpdateMessage(_message.Message):
    __slots__ = ("common", "indicator", "goal", "contributor_id", "contributor_avatar", "contributor_display_id", "contribute_subgoal", "contribute_count", "contribute_score", "gift_repeat_count", "contributor_id_str", "pin", "unpin", "pin_info", "update_source", "goal_extra")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    INDICATOR_FIELD_NUMBER: _ClassVar[int]
    GOAL_FIELD_NUMBER: _ClassVar[int]
    CONTRIBUTOR_ID_FIELD_NUMBER: _ClassVar[int]
    CONTRIBUTOR_AVATAR_FIELD_NUMBER: _ClassVar[int]
    CONTRIBUTOR_DISPLAY_ID_FIELD_NUMBER: _ClassVar[int]
    CONTRIBUTE_SUBGOAL_FIELD_NUMBER: _ClassVar[int]
    CONTRIBUTE_COUNT_FIELD_NUMBER: _ClassVar[int]
    CONTRIBUTE_SCORE_FIELD_NUMBER: _ClassVar[int]
    GIFT_REPEAT_COUNT_FIELD_NUMBER: _ClassVar[int]
    CONTRIBUTOR_ID_STR_FIELD_NUMBER: _ClassVar[int]
    PIN_FIELD_NUMBER: _ClassVar[int]
    UNPIN_FIELD_NUMBER: _ClassVar[int]
    PIN_INFO_FIELD_NUMBER: _ClassVar[int]
    UPDATE_SOURCE_FIELD_NUMBER: _ClassVar[int]
    GOAL_EXTRA_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    indicator: LiveGoalIndicator
    goal: LiveGoal
    contributor_id: int
    contributor_avatar: _types_pb2.Image
    contributor_display_id: str
    contribute_subgoal: LiveSubGoal
    contribute_count: int
    contribute_score: int
    gift_repeat_count: int
    contributor_id_str: str
    pin: bool
    unpin: bool
    pin_info: GoalPinInfo
    update_source: int
    goal_extra: str
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., indicator: _Optional[_Union[LiveGoalIndicator, _Mapping]] = ..., goal: _Optional[_Union[LiveGoal, _Mapping]] = ..., contributor_id: _Optional[int] = ..., contributor_avatar: _Optional[_Union[_types_pb2.Image, _Mapping]] = ..., contributor_display_id: _Optional[str] = ..., contribute_subgoal: _Optional[_Union[LiveSubGoal, _Mapping]] = ..., contribute_count: _Optional[int] = ..., contribute_score: _Optional[int] = ..., gift_repeat_count: _Optional[int] = ..., contributor_id_str: _Optional[str] = ..., pin: _Optional[bool] = ..., unpin: _Optional[bool] = ..., pin_info: _Optional[_Union[GoalPinInfo, _Mapping]] = ..., update_source: _Optional[int] = ..., goal_extra: _Optional[str] = ...) -> None: ...

class WebcastGoodyBagMessage(_message.Message):
    __slots__ = ("common", "bag", "winners", "type")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    BAG_FIELD_NUMBER: _ClassVar[int]
    WINNERS_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    bag: GoodyBag
    winners: _containers.RepeatedCompositeFieldContainer[GoodyBagWinner]
    type: int
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., bag: _Optional[_Union[GoodyBag, _Mapping]] = ..., winners: _Optional[_Iterable[_Union[GoodyBagWinner, _Mapping]]] = ..., type: _Optional[int] = ...) -> None: ...

class WebcastGuideMessage(_message.Message):
    __slots__ = ("common", "guide_type", "gift_id", "description", "duration_ms", "display_style", "scene")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    GUIDE_TYPE_FIELD_NUMBER: _ClassVar[int]
    GIFT_ID_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    DURATION_MS_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_STYLE_FIELD_NUMBER: _ClassVar[int]
    SCENE_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    guide_type: int
    gift_id: int
    description: str
    duration_ms: int
    display_style: int
    scene: str
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., guide_type: _Optional[int] = ..., gift_id: _Optional[int] = ..., description: _Optional[str] = ..., duration_ms: _Optional[int] = ..., display_style: _Optional[int] = ..., scene: _Optional[str] = ...) -> None: ...

class WebcastHashtagMessage(_message.Message):
    __slots__ = ("common", "hashtag")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    HASHTAG_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    hashtag: Hashtag
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., hashtag: _Optional[_Union[Hashtag, _Mapping]] = ...) -> None: ...

class WebcastHourlyRankMessage(_message.Message):
    __slots__ = ("common", "rank_container")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    RANK_CONTAINER_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    rank_container: RankContainer
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., rank_container: _Optional[_Union[RankContainer, _Mapping]] = ...) -> None: ...

class WebcastHourlyRankRewardMessage(_message.Message):
    __slots__ = ("common", "winners")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    WINNERS_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    winners: _containers.RepeatedCompositeFieldContainer[RankWinner]
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., winners: _Optional[_Iterable[_Union[RankWinner, _Mapping]]] = ...) -> None: ...

class WebcastImDeleteMessage(_message.Message):
    __slots__ = ("common", "delete_msg_ids_list", "delete_user_ids_list")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    DELETE_MSG_IDS_LIST_FIELD_NUMBER: _ClassVar[int]
    DELETE_USER_IDS_LIST_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    delete_msg_ids_list: _containers.RepeatedScalarFieldContainer[int]
    delete_user_ids_list: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., delete_msg_ids_list: _Optional[_Iterable[int]] = ..., delete_user_ids_list: _Optional[_Iterable[int]] = ...) -> None: ...

class WebcastInRoomBannerMessage(_message.Message):
    __slots__ = ("common", "raw_data_entries", "position", "action_type")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    RAW_DATA_ENTRIES_FIELD_NUMBER: _ClassVar[int]
    POSITION_FIELD_NUMBER: _ClassVar[int]
    ACTION_TYPE_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    raw_data_entries: _containers.RepeatedScalarFieldContainer[bytes]
    position: int
    action_type: int
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., raw_data_entries: _Optional[_Iterable[bytes]] = ..., position: _Optional[int] = ..., action_type: _Optional[int] = ...) -> None: ...

class WebcastInRoomBannerRefreshMessage(_message.Message):
    __slots__ = ("common", "delay_s")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    DELAY_S_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    delay_s: int
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., delay_s: _Optional[int] = ...) -> None: ...

class WebcastLiveGameIntroMessage(_message.Message):
    __slots__ = ("common", "content", "has_rank_info")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    HAS_RANK_INFO_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    content: _types_pb2.Text
    has_rank_info: bool
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., content: _Optional[_Union[_types_pb2.Text, _Mapping]] = ..., has_rank_info: _Optional[bool] = ...) -> None: ...

class WebcastLiveIntroMessage(_message.Message):
    __slots__ = ("common", "id", "audit_status", "content", "user", "intro_mode", "badges", "content_language")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    AUDIT_STATUS_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    INTRO_MODE_FIELD_NUMBER: _ClassVar[int]
    BADGES_FIELD_NUMBER: _ClassVar[int]
    CONTENT_LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    id: int
    audit_status: int
    content: str
    user: _types_pb2.User
    intro_mode: int
    badges: _containers.RepeatedCompositeFieldContainer[_types_pb2.BadgeStruct]
    content_language: str
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., id: _Optional[int] = ..., audit_status: _Optional[int] = ..., content: _Optional[str] = ..., user: _Optional[_Union[_types_pb2.User, _Mapping]] = ..., intro_mode: _Optional[int] = ..., badges: _Optional[_Iterable[_Union[_types_pb2.BadgeStruct, _Mapping]]] = ..., content_language: _Optional[str] = ...) -> None: ...

class WebcastMarqueeAnnouncementMessage(_message.Message):
    __slots__ = ("common", "message_scene", "entity_list")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_SCENE_FIELD_NUMBER: _ClassVar[int]
    ENTITY_LIST_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    message_scene: str
    entity_list: _containers.RepeatedCompositeFieldContainer[MarqueeEntity]
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., message_scene: _Optional[str] = ..., entity_list: _Optional[_Iterable[_Union[MarqueeEntity, _Mapping]]] = ...) -> None: ...

class WebcastMsgDetectMessage(_message.Message):
    __slots__ = ("common", "detect_type", "trigger_condition", "time_info", "trigger_by", "from_region")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    DETECT_TYPE_FIELD_NUMBER: _ClassVar[int]
    TRIGGER_CONDITION_FIELD_NUMBER: _ClassVar[int]
    TIME_INFO_FIELD_NUMBER: _ClassVar[int]
    TRIGGER_BY_FIELD_NUMBER: _ClassVar[int]
    FROM_REGION_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    detect_type: int
    trigger_condition: MsgDetectTriggerCondition
    time_info: MsgDetectTimeInfo
    trigger_by: int
    from_region: str
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., detect_type: _Optional[int] = ..., trigger_condition: _Optional[_Union[MsgDetectTriggerCondition, _Mapping]] = ..., time_info: _Optional[_Union[MsgDetectTimeInfo, _Mapping]] = ..., trigger_by: _Optional[int] = ..., from_region: _Optional[str] = ...) -> None: ...

class WebcastNoticeMessage(_message.Message):
    __slots__ = ("common", "content", "notice_type", "style", "title", "violation_reason", "display_text", "tips_title", "tips_url", "notice_title", "notice_content", "scene")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    NOTICE_TYPE_FIELD_NUMBER: _ClassVar[int]
    STYLE_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    VIOLATION_REASON_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_TEXT_FIELD_NUMBER: _ClassVar[int]
    TIPS_TITLE_FIELD_NUMBER: _ClassVar[int]
    TIPS_URL_FIELD_NUMBER: _ClassVar[int]
    NOTICE_TITLE_FIELD_NUMBER: _ClassVar[int]
    NOTICE_CONTENT_FIELD_NUMBER: _ClassVar[int]
    SCENE_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    content: str
    notice_type: int
    style: str
    title: _types_pb2.Text
    violation_reason: _types_pb2.Text
    display_text: _types_pb2.Text
    tips_title: _types_pb2.Text
    tips_url: str
    notice_title: _types_pb2.Text
    notice_content: _types_pb2.Text
    scene: str
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., content: _Optional[str] = ..., notice_type: _Optional[int] = ..., style: _Optional[str] = ..., title: _Optional[_Union[_types_pb2.Text, _Mapping]] = ..., violation_reason: _Optional[_Union[_types_pb2.Text, _Mapping]] = ..., display_text: _Optional[_Union[_types_pb2.Text, _Mapping]] = ..., tips_title: _Optional[_Union[_types_pb2.Text, _Mapping]] = ..., tips_url: _Optional[str] = ..., notice_title: _Optional[_Union[_types_pb2.Text, _Mapping]] = ..., notice_content: _Optional[_Union[_types_pb2.Text, _Mapping]] = ..., scene: _Optional[str] = ...) -> None: ...

class WebcastNotifyMessage(_message.Message):
    __slots__ = ("common", "schema", "notify_type", "content_str")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    SCHEMA_FIELD_NUMBER: _ClassVar[int]
    NOTIFY_TYPE_FIELD_NUMBER: _ClassVar[int]
    CONTENT_STR_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    schema: str
    notify_type: int
    content_str: str
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., schema: _Optional[str] = ..., notify_type: _Optional[int] = ..., content_str: _Optional[str] = ...) -> None: ...

class WebcastPerceptionMessage(_message.Message):
    __slots__ = ("common", "dialog", "punish_info", "end_time", "show_violation_warning", "toast", "float_style", "float_text", "sheet", "float_icon_type")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    DIALOG_FIELD_NUMBER: _ClassVar[int]
    PUNISH_INFO_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    SHOW_VIOLATION_WARNING_FIELD_NUMBER: _ClassVar[int]
    TOAST_FIELD_NUMBER: _ClassVar[int]
    FLOAT_STYLE_FIELD_NUMBER: _ClassVar[int]
    FLOAT_TEXT_FIELD_NUMBER: _ClassVar[int]
    SHEET_FIELD_NUMBER: _ClassVar[int]
    FLOAT_ICON_TYPE_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    dialog: _types_pb2.PerceptionDialog
    punish_info: _types_pb2.PunishInfo
    end_time: int
    show_violation_warning: bool
    toast: _types_pb2.Text
    float_style: int
    float_text: _types_pb2.Text
    sheet: PerceptionSheet
    float_icon_type: int
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., dialog: _Optional[_Union[_types_pb2.PerceptionDialog, _Mapping]] = ..., punish_info: _Optional[_Union[_types_pb2.PunishInfo, _Mapping]] = ..., end_time: _Optional[int] = ..., show_violation_warning: _Optional[bool] = ..., toast: _Optional[_Union[_types_pb2.Text, _Mapping]] = ..., float_style: _Optional[int] = ..., float_text: _Optional[_Union[_types_pb2.Text, _Mapping]] = ..., sheet: _Optional[_Union[PerceptionSheet, _Mapping]] = ..., float_icon_type: _Optional[int] = ...) -> None: ...

class WebcastPictionaryEndMessage(_message.Message):
    __slots__ = ("common", "round_id", "word", "end_type")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    ROUND_ID_FIELD_NUMBER: _ClassVar[int]
    WORD_FIELD_NUMBER: _ClassVar[int]
    END_TYPE_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    round_id: int
    word: str
    end_type: int
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., round_id: _Optional[int] = ..., word: _Optional[str] = ..., end_type: _Optional[int] = ...) -> None: ...

class WebcastPictionaryExitMessage(_message.Message):
    __slots__ = ("common", "session_id", "show_stats", "pictionary_type")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    SHOW_STATS_FIELD_NUMBER: _ClassVar[int]
    PICTIONARY_TYPE_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    session_id: int
    show_stats: bool
    pictionary_type: int
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., session_id: _Optional[int] = ..., show_stats: _Optional[bool] = ..., pictionary_type: _Optional[int] = ...) -> None: ...

class WebcastPictionaryStartMessage(_message.Message):
    __slots__ = ("common", "round")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    ROUND_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    round: PictionaryRound
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., round: _Optional[_Union[PictionaryRound, _Mapping]] = ...) -> None: ...

class WebcastPictionaryUpdateMessage(_message.Message):
    __slots__ = ("common", "correct_count", "round_id")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    CORRECT_COUNT_FIELD_NUMBER: _ClassVar[int]
    ROUND_ID_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    correct_count: int
    round_id: int
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., correct_count: _Optional[int] = ..., round_id: _Optional[int] = ...) -> None: ...

class WebcastPollMessage(_message.Message):
    __slots__ = ("common", "message_type", "poll_id", "start_content", "end_content", "update_content", "poll_kind", "poll_basic_info")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_TYPE_FIELD_NUMBER: _ClassVar[int]
    POLL_ID_FIELD_NUMBER: _ClassVar[int]
    START_CONTENT_FIELD_NUMBER: _ClassVar[int]
    END_CONTENT_FIELD_NUMBER: _ClassVar[int]
    UPDATE_CONTENT_FIELD_NUMBER: _ClassVar[int]
    POLL_KIND_FIELD_NUMBER: _ClassVar[int]
    POLL_BASIC_INFO_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    message_type: int
    poll_id: int
    start_content: PollStartContent
    end_content: PollEndContent
    update_content: PollUpdateContent
    poll_kind: int
    poll_basic_info: PollBasicInfo
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., message_type: _Optional[int] = ..., poll_id: _Optional[int] = ..., start_content: _Optional[_Union[PollStartContent, _Mapping]] = ..., end_content: _Optional[_Union[PollEndContent, _Mapping]] = ..., update_content: _Optional[_Union[PollUpdateContent, _Mapping]] = ..., poll_kind: _Optional[int] = ..., poll_basic_info: _Optional[_Union[PollBasicInfo, _Mapping]] = ...) -> None: ...

class WebcastQuestionDeleteMessage(_message.Message):
    __slots__ = ("common", "question_id", "user_id")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    QUESTION_ID_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    question_id: int
    user_id: int
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., question_id: _Optional[int] = ..., user_id: _Optional[int] = ...) -> None: ...

class WebcastQuestionSelectedMessage(_message.Message):
    __slots__ = ("common", "question")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    QUESTION_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    question: _messages_pb2.QuestionDetails
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., question: _Optional[_Union[_messages_pb2.QuestionDetails, _Mapping]] = ...) -> None: ...

class WebcastQuestionSlideDownMessage(_message.Message):
    __slots__ = ("common", "question_id")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    QUESTION_ID_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    question_id: int
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., question_id: _Optional[int] = ...) -> None: ...

class WebcastQuestionSwitchMessage(_message.Message):
    __slots__ = ("common", "is_on")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    IS_ON_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    is_on: bool
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., is_on: _Optional[bool] = ...) -> None: ...

class WebcastRankTextMessage(_message.Message):
    __slots__ = ("common", "scene", "owner_idx_before_update", "owner_idx_after_update", "self_get_badge_msg", "other_get_badge_msg", "cur_user_id", "left_icon", "content", "rank_type")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    SCENE_FIELD_NUMBER: _ClassVar[int]
    OWNER_IDX_BEFORE_UPDATE_FIELD_NUMBER: _ClassVar[int]
    OWNER_IDX_AFTER_UPDATE_FIELD_NUMBER: _ClassVar[int]
    SELF_GET_BADGE_MSG_FIELD_NUMBER: _ClassVar[int]
    OTHER_GET_BADGE_MSG_FIELD_NUMBER: _ClassVar[int]
    CUR_USER_ID_FIELD_NUMBER: _ClassVar[int]
    LEFT_ICON_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    RANK_TYPE_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    scene: int
    owner_idx_before_update: int
    owner_idx_after_update: int
    self_get_badge_msg: _types_pb2.Text
    other_get_badge_msg: _types_pb2.Text
    cur_user_id: int
    left_icon: _types_pb2.Image
    content: _types_pb2.Text
    rank_type: int
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., scene: _Optional[int] = ..., owner_idx_before_update: _Optional[int] = ..., owner_idx_after_update: _Optional[int] = ..., self_get_badge_msg: _Optional[_Union[_types_pb2.Text, _Mapping]] = ..., other_get_badge_msg: _Optional[_Union[_types_pb2.Text, _Mapping]] = ..., cur_user_id: _Optional[int] = ..., left_icon: _Optional[_Union[_types_pb2.Image, _Mapping]] = ..., content: _Optional[_Union[_types_pb2.Text, _Mapping]] = ..., rank_type: _Optional[int] = ...) -> None: ...

class WebcastRankUpdateMessage(_message.Message):
    __slots__ = ("common", "updates_list", "group_type", "op_type", "priority", "tabs_list", "is_animation_loop_play", "animation_loop_for_off", "union_animation", "tab_info", "valid_ranks")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    UPDATES_LIST_FIELD_NUMBER: _ClassVar[int]
    GROUP_TYPE_FIELD_NUMBER: _ClassVar[int]
    OP_TYPE_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    TABS_LIST_FIELD_NUMBER: _ClassVar[int]
    IS_ANIMATION_LOOP_PLAY_FIELD_NUMBER: _ClassVar[int]
    ANIMATION_LOOP_FOR_OFF_FIELD_NUMBER: _ClassVar[int]
    UNION_ANIMATION_FIELD_NUMBER: _ClassVar[int]
    TAB_INFO_FIELD_NUMBER: _ClassVar[int]
    VALID_RANKS_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    updates_list: _containers.RepeatedCompositeFieldContainer[WebcastRankUpdate]
    group_type: int
    op_type: int
    priority: int
    tabs_list: _containers.RepeatedCompositeFieldContainer[WebcastRankTabInfo]
    is_animation_loop_play: bool
    animation_loop_for_off: bool
    union_animation: _containers.RepeatedCompositeFieldContainer[RankAnimation]
    tab_info: _containers.RepeatedCompositeFieldContainer[RankTabs]
    valid_ranks: ValidRanks
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., updates_list: _Optional[_Iterable[_Union[WebcastRankUpdate, _Mapping]]] = ..., group_type: _Optional[int] = ..., op_type: _Optional[int] = ..., priority: _Optional[int] = ..., tabs_list: _Optional[_Iterable[_Union[WebcastRankTabInfo, _Mapping]]] = ..., is_animation_loop_play: _Optional[bool] = ..., animation_loop_for_off: _Optional[bool] = ..., union_animation: _Optional[_Iterable[_Union[RankAnimation, _Mapping]]] = ..., tab_info: _Optional[_Iterable[_Union[RankTabs, _Mapping]]] = ..., valid_ranks: _Optional[_Union[ValidRanks, _Mapping]] = ...) -> None: ...

class WebcastRoomMessage(_message.Message):
    __slots__ = ("common", "content", "supprot_landscape", "source", "icon", "scene", "is_welcome", "public_area_common", "show_duration_ms", "sub_scene")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    SUPPROT_LANDSCAPE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    ICON_FIELD_NUMBER: _ClassVar[int]
    SCENE_FIELD_NUMBER: _ClassVar[int]
    IS_WELCOME_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_AREA_COMMON_FIELD_NUMBER: _ClassVar[int]
    SHOW_DURATION_MS_FIELD_NUMBER: _ClassVar[int]
    SUB_SCENE_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    content: str
    supprot_landscape: bool
    source: int
    icon: _types_pb2.Image
    scene: str
    is_welcome: bool
    public_area_common: _messages_pb2.PublicAreaMessageCommon
    show_duration_ms: int
    sub_scene: str
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., content: _Optional[str] = ..., supprot_landscape: _Optional[bool] = ..., source: _Optional[int] = ..., icon: _Optional[_Union[_types_pb2.Image, _Mapping]] = ..., scene: _Optional[str] = ..., is_welcome: _Optional[bool] = ..., public_area_common: _Optional[_Union[_messages_pb2.PublicAreaMessageCommon, _Mapping]] = ..., show_duration_ms: _Optional[int] = ..., sub_scene: _Optional[str] = ...) -> None: ...

class WebcastRoomNotifyMessage(_message.Message):
    __slots__ = ("common", "schema", "notify_type", "content", "user", "extra", "notify_class", "source", "from_user_id", "privilege_log_extra", "to_anchor_id", "event_tracking")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    SCHEMA_FIELD_NUMBER: _ClassVar[int]
    NOTIFY_TYPE_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    NOTIFY_CLASS_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    FROM_USER_ID_FIELD_NUMBER: _ClassVar[int]
    PRIVILEGE_LOG_EXTRA_FIELD_NUMBER: _ClassVar[int]
    TO_ANCHOR_ID_FIELD_NUMBER: _ClassVar[int]
    EVENT_TRACKING_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    schema: str
    notify_type: int
    content: str
    user: _types_pb2.User
    extra: RoomNotifyExtra
    notify_class: int
    source: str
    from_user_id: int
    privilege_log_extra: _types_pb2.PrivilegeLogExtra
    to_anchor_id: int
    event_tracking: SubscriptionGift
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., schema: _Optional[str] = ..., notify_type: _Optional[int] = ..., content: _Optional[str] = ..., user: _Optional[_Union[_types_pb2.User, _Mapping]] = ..., extra: _Optional[_Union[RoomNotifyExtra, _Mapping]] = ..., notify_class: _Optional[int] = ..., source: _Optional[str] = ..., from_user_id: _Optional[int] = ..., privilege_log_extra: _Optional[_Union[_types_pb2.PrivilegeLogExtra, _Mapping]] = ..., to_anchor_id: _Optional[int] = ..., event_tracking: _Optional[_Union[SubscriptionGift, _Mapping]] = ...) -> None: ...

class WebcastRoomPinMessage(_message.Message):
    __slots__ = ("common", "chat_message", "social_message", "gift_message", "member_message", "like_message", "original_msg_type", "timestamp", "operator", "action", "display_duration_s", "pin_id")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    CHAT_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    SOCIAL_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    GIFT_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    MEMBER_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    LIKE_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    ORIGINAL_MSG_TYPE_FIELD_NUMBER: _ClassVar[int]
    TIMESTAMP_FIELD_NUMBER: _ClassVar[int]
    OPERATOR_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_DURATION_S_FIELD_NUMBER: _ClassVar[int]
    PIN_ID_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    chat_message: _messages_pb2.WebcastChatMessage
    social_message: _messages_pb2.WebcastSocialMessage
    gift_message: _messages_pb2.WebcastGiftMessage
    member_message: _messages_pb2.WebcastMemberMessage
    like_message: _messages_pb2.WebcastLikeMessage
    original_msg_type: str
    timestamp: int
    operator: _types_pb2.User
    action: int
    display_duration_s: int
    pin_id: int
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., chat_message: _Optional[_Union[_messages_pb2.WebcastChatMessage, _Mapping]] = ..., social_message: _Optional[_Union[_messages_pb2.WebcastSocialMessage, _Mapping]] = ..., gift_message: _Optional[_Union[_messages_pb2.WebcastGiftMessage, _Mapping]] = ..., member_message: _Optional[_Union[_messages_pb2.WebcastMemberMessage, _Mapping]] = ..., like_message: _Optional[_Union[_messages_pb2.WebcastLikeMessage, _Mapping]] = ..., original_msg_type: _Optional[str] = ..., timestamp: _Optional[int] = ..., operator: _Optional[_Union[_types_pb2.User, _Mapping]] = ..., action: _Optional[int] = ..., display_duration_s: _Optional[int] = ..., pin_id: _Optional[int] = ...) -> None: ...

class WebcastRoomStickerMessage(_message.Message):
    __slots__ = ("common", "stickers")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    STICKERS_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    stickers: _containers.RepeatedCompositeFieldContainer[RoomSticker]
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., stickers: _Optional[_Iterable[_Union[RoomSticker, _Mapping]]] = ...) -> None: ...

class WebcastRoomVerifyMessage(_message.Message):
    __slots__ = ("common", "action", "content", "notice_type", "close_room")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    NOTICE_TYPE_FIELD_NUMBER: _ClassVar[int]
    CLOSE_ROOM_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    action: int
    content: str
    notice_type: int
    close_room: bool
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., action: _Optional[int] = ..., content: _Optional[str] = ..., notice_type: _Optional[int] = ..., close_room: _Optional[bool] = ...) -> None: ...

class WebcastSpeakerMessage(_message.Message):
    __slots__ = ("common", "user", "display_text", "trigger_type")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_TEXT_FIELD_NUMBER: _ClassVar[int]
    TRIGGER_TYPE_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    user: _types_pb2.User
    display_text: _types_pb2.Text
    trigger_type: int
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., user: _Optional[_Union[_types_pb2.User, _Mapping]] = ..., display_text: _Optional[_Union[_types_pb2.Text, _Mapping]] = ..., trigger_type: _Optional[int] = ...) -> None: ...

class WebcastSubCapsuleMessage(_message.Message):
    __slots__ = ("common", "description", "btn_name", "btn_url")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    BTN_NAME_FIELD_NUMBER: _ClassVar[int]
    BTN_URL_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    description: str
    btn_name: str
    btn_url: str
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., description: _Optional[str] = ..., btn_name: _Optional[str] = ..., btn_url: _Optional[str] = ...) -> None: ...

class WebcastSubNotifyMessage(_message.Message):
    __slots__ = ("common", "sender", "exhibition_type", "sub_month", "subscribe_type", "old_subscribe_status", "message_type", "subscribing_status", "is_send", "is_custom", "gift_source", "message_display_style", "public_area_message_common", "package_id", "event_tracking")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    SENDER_FIELD_NUMBER: _ClassVar[int]
    EXHIBITION_TYPE_FIELD_NUMBER: _ClassVar[int]
    SUB_MONTH_FIELD_NUMBER: _ClassVar[int]
    SUBSCRIBE_TYPE_FIELD_NUMBER: _ClassVar[int]
    OLD_SUBSCRIBE_STATUS_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_TYPE_FIELD_NUMBER: _ClassVar[int]
    SUBSCRIBING_STATUS_FIELD_NUMBER: _ClassVar[int]
    IS_SEND_FIELD_NUMBER: _ClassVar[int]
    IS_CUSTOM_FIELD_NUMBER: _ClassVar[int]
    GIFT_SOURCE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_DISPLAY_STYLE_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_AREA_MESSAGE_COMMON_FIELD_NUMBER: _ClassVar[int]
    PACKAGE_ID_FIELD_NUMBER: _ClassVar[int]
    EVENT_TRACKING_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    sender: _types_pb2.User
    exhibition_type: int
    sub_month: int
    subscribe_type: int
    old_subscribe_status: int
    message_type: int
    subscribing_status: int
    is_send: bool
    is_custom: bool
    gift_source: int
    message_display_style: int
    public_area_message_common: _messages_pb2.PublicAreaMessageCommon
    package_id: str
    event_tracking: SubscriptionGift
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., sender: _Optional[_Union[_types_pb2.User, _Mapping]] = ..., exhibition_type: _Optional[int] = ..., sub_month: _Optional[int] = ..., subscribe_type: _Optional[int] = ..., old_subscribe_status: _Optional[int] = ..., message_type: _Optional[int] = ..., subscribing_status: _Optional[int] = ..., is_send: _Optional[bool] = ..., is_custom: _Optional[bool] = ..., gift_source: _Optional[int] = ..., message_display_style: _Optional[int] = ..., public_area_message_common: _Optional[_Union[_messages_pb2.PublicAreaMessageCommon, _Mapping]] = ..., package_id: _Optional[str] = ..., event_tracking: _Optional[_Union[SubscriptionGift, _Mapping]] = ...) -> None: ...

class WebcastSubPinEventMessage(_message.Message):
    __slots__ = ("common", "action_type", "card", "operator_user_id")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    ACTION_TYPE_FIELD_NUMBER: _ClassVar[int]
    CARD_FIELD_NUMBER: _ClassVar[int]
    OPERATOR_USER_ID_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    action_type: int
    card: SubPinCard
    operator_user_id: int
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., action_type: _Optional[int] = ..., card: _Optional[_Union[SubPinCard, _Mapping]] = ..., operator_user_id: _Optional[int] = ...) -> None: ...

class WebcastSubTimerStickerMessage(_message.Message):
    __slots__ = ("common", "timer")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    TIMER_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    timer: SubTimer
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., timer: _Optional[_Union[SubTimer, _Mapping]] = ...) -> None: ...

class WebcastSubWaveMessage(_message.Message):
    __slots__ = ("common", "sub_wave")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    SUB_WAVE_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    sub_wave: SubWave
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., sub_wave: _Optional[_Union[SubWave, _Mapping]] = ...) -> None: ...

class WebcastSubscriptionGuideMessage(_message.Message):
    __slots__ = ("common", "description", "button_name", "button_url", "capsule_scene")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    BUTTON_NAME_FIELD_NUMBER: _ClassVar[int]
    BUTTON_URL_FIELD_NUMBER: _ClassVar[int]
    CAPSULE_SCENE_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    description: _types_pb2.Text
    button_name: _types_pb2.Text
    button_url: str
    capsule_scene: str
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., description: _Optional[_Union[_types_pb2.Text, _Mapping]] = ..., button_name: _Optional[_Union[_types_pb2.Text, _Mapping]] = ..., button_url: _Optional[str] = ..., capsule_scene: _Optional[str] = ...) -> None: ...

class WebcastSubscriptionNotifyMessage(_message.Message):
    __slots__ = ("common", "user", "exhibition_type")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    EXHIBITION_TYPE_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    user: _types_pb2.User
    exhibition_type: int
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., user: _Optional[_Union[_types_pb2.User, _Mapping]] = ..., exhibition_type: _Optional[int] = ...) -> None: ...

class WebcastSystemMessage(_message.Message):
    __slots__ = ("common", "message")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    message: str
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., message: _Optional[str] = ...) -> None: ...

class WebcastToastMessage(_message.Message):
    __slots__ = ("common", "display_duration_ms", "delay_display_duration_ms", "scene", "button_text", "button_schema")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_DURATION_MS_FIELD_NUMBER: _ClassVar[int]
    DELAY_DISPLAY_DURATION_MS_FIELD_NUMBER: _ClassVar[int]
    SCENE_FIELD_NUMBER: _ClassVar[int]
    BUTTON_TEXT_FIELD_NUMBER: _ClassVar[int]
    BUTTON_SCHEMA_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    display_duration_ms: int
    delay_display_duration_ms: int
    scene: str
    button_text: str
    button_schema: str
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., display_duration_ms: _Optional[int] = ..., delay_display_duration_ms: _Optional[int] = ..., scene: _Optional[str] = ..., button_text: _Optional[str] = ..., button_schema: _Optional[str] = ...) -> None: ...

class WebcastUnauthorizedMemberMessage(_message.Message):
    __slots__ = ("common", "action", "nick_name_prefix", "nick_name", "enter_text")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    NICK_NAME_PREFIX_FIELD_NUMBER: _ClassVar[int]
    NICK_NAME_FIELD_NUMBER: _ClassVar[int]
    ENTER_TEXT_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    action: int
    nick_name_prefix: _types_pb2.Text
    nick_name: str
    enter_text: _types_pb2.Text
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., action: _Optional[int] = ..., nick_name_prefix: _Optional[_Union[_types_pb2.Text, _Mapping]] = ..., nick_name: _Optional[str] = ..., enter_text: _Optional[_Union[_types_pb2.Text, _Mapping]] = ...) -> None: ...

class WebcastViewerPicksUpdateMessage(_message.Message):
    __slots__ = ("common", "update_type", "picks")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TYPE_FIELD_NUMBER: _ClassVar[int]
    PICKS_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    update_type: int
    picks: ViewerPicks
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., update_type: _Optional[int] = ..., picks: _Optional[_Union[ViewerPicks, _Mapping]] = ...) -> None: ...

class WebcastWeeklyRankRewardMessage(_message.Message):
    __slots__ = ("user_id", "border", "common", "notify")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    BORDER_FIELD_NUMBER: _ClassVar[int]
    COMMON_FIELD_NUMBER: _ClassVar[int]
    NOTIFY_FIELD_NUMBER: _ClassVar[int]
    user_id: int
    border: RankBorder
    common: _types_pb2.Common
    notify: WebcastRoomNotifyMessage
    def __init__(self, user_id: _Optional[int] = ..., border: _Optional[_Union[RankBorder, _Mapping]] = ..., common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., notify: _Optional[_Union[WebcastRoomNotifyMessage, _Mapping]] = ...) -> None: ...

class BarrageGrade(_message.Message):
    __slots__ = ("current_grade", "display_config", "user")
    CURRENT_GRADE_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_CONFIG_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    current_grade: int
    display_config: int
    user: _types_pb2.User
    def __init__(self, current_grade: _Optional[int] = ..., display_config: _Optional[int] = ..., user: _Optional[_Union[_types_pb2.User, _Mapping]] = ...) -> None: ...

class BarrageSubscribeGift(_message.Message):
    __slots__ = ("gift_sub_count", "show_gift_sub_count", "gift_source")
    GIFT_SUB_COUNT_FIELD_NUMBER: _ClassVar[int]
    SHOW_GIFT_SUB_COUNT_FIELD_NUMBER: _ClassVar[int]
    GIFT_SOURCE_FIELD_NUMBER: _ClassVar[int]
    gift_sub_count: int
    show_gift_sub_count: bool
    gift_source: int
    def __init__(self, gift_sub_count: _Optional[int] = ..., show_gift_sub_count: _Optional[bool] = ..., gift_source: _Optional[int] = ...) -> None: ...

class BoostCard(_message.Message):
    __slots__ = ("card_id", "task_source", "task_id")
    CARD_ID_FIELD_NUMBER: _ClassVar[int]
    TASK_SOURCE_FIELD_NUMBER: _ClassVar[int]
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    card_id: int
    task_source: int
    task_id: int
    def __init__(self, card_id: _Optional[int] = ..., task_source: _Optional[int] = ..., task_id: _Optional[int] = ...) -> None: ...

class CaptionContent(_message.Message):
    __slots__ = ("language", "text")
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    language: str
    text: str
    def __init__(self, language: _Optional[str] = ..., text: _Optional[str] = ...) -> None: ...

class EnvelopeInfo(_message.Message):
    __slots__ = ("envelope_id", "business_type", "envelope_idc", "send_user_name", "diamond_count", "people_count", "unpack_at", "send_user_id", "send_user_avatar", "create_at", "room_id", "follow_show_status", "skin_id", "vote_count", "super_fan_count", "reward_pool", "gift_infos")
    ENVELOPE_ID_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_TYPE_FIELD_NUMBER: _ClassVar[int]
    ENVELOPE_IDC_FIELD_NUMBER: _ClassVar[int]
    SEND_USER_NAME_FIELD_NUMBER: _ClassVar[int]
    DIAMOND_COUNT_FIELD_NUMBER: _ClassVar[int]
    PEOPLE_COUNT_FIELD_NUMBER: _ClassVar[int]
    UNPACK_AT_FIELD_NUMBER: _ClassVar[int]
    SEND_USER_ID_FIELD_NUMBER: _ClassVar[int]
    SEND_USER_AVATAR_FIELD_NUMBER: _ClassVar[int]
    CREATE_AT_FIELD_NUMBER: _ClassVar[int]
    ROOM_ID_FIELD_NUMBER: _ClassVar[int]
    FOLLOW_SHOW_STATUS_FIELD_NUMBER: _ClassVar[int]
    SKIN_ID_FIELD_NUMBER: _ClassVar[int]
    VOTE_COUNT_FIELD_NUMBER: _ClassVar[int]
    SUPER_FAN_COUNT_FIELD_NUMBER: _ClassVar[int]
    REWARD_POOL_FIELD_NUMBER: _ClassVar[int]
    GIFT_INFOS_FIELD_NUMBER: _ClassVar[int]
    envelope_id: str
    business_type: int
    envelope_idc: str
    send_user_name: str
    diamond_count: int
    people_count: int
    unpack_at: int
    send_user_id: str
    send_user_avatar: _types_pb2.Image
    create_at: str
    room_id: str
    follow_show_status: int
    skin_id: int
    vote_count: int
    super_fan_count: int
    reward_pool: EnvelopeRewardPool
    gift_infos: _containers.RepeatedCompositeFieldContainer[EnvelopeGift]
    def __init__(self, envelope_id: _Optional[str] = ..., business_type: _Optional[int] = ..., envelope_idc: _Optional[str] = ..., send_user_name: _Optional[str] = ..., diamond_count: _Optional[int] = ..., people_count: _Optional[int] = ..., unpack_at: _Optional[int] = ..., send_user_id: _Optional[str] = ..., send_user_avatar: _Optional[_Union[_types_pb2.Image, _Mapping]] = ..., create_at: _Optional[str] = ..., room_id: _Optional[str] = ..., follow_show_status: _Optional[int] = ..., skin_id: _Optional[int] = ..., vote_count: _Optional[int] = ..., super_fan_count: _Optional[int] = ..., reward_pool: _Optional[_Union[EnvelopeRewardPool, _Mapping]] = ..., gift_infos: _Optional[_Iterable[_Union[EnvelopeGift, _Mapping]]] = ...) -> None: ...

class EnvelopeRewardPool(_message.Message):
    __slots__ = ("rewards",)
    REWARDS_FIELD_NUMBER: _ClassVar[int]
    rewards: _containers.RepeatedCompositeFieldContainer[EnvelopeReward]
    def __init__(self, rewards: _Optional[_Iterable[_Union[EnvelopeReward, _Mapping]]] = ...) -> None: ...

class EnvelopeReward(_message.Message):
    __slots__ = ("type", "count", "gift_id", "price")
    TYPE_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    GIFT_ID_FIELD_NUMBER: _ClassVar[int]
    PRICE_FIELD_NUMBER: _ClassVar[int]
    type: int
    count: int
    gift_id: int
    price: int
    def __init__(self, type: _Optional[int] = ..., count: _Optional[int] = ..., gift_id: _Optional[int] = ..., price: _Optional[int] = ...) -> None: ...

class EnvelopeGift(_message.Message):
    __slots__ = ("gift_id", "gift_price", "gift_name", "gift_image")
    GIFT_ID_FIELD_NUMBER: _ClassVar[int]
    GIFT_PRICE_FIELD_NUMBER: _ClassVar[int]
    GIFT_NAME_FIELD_NUMBER: _ClassVar[int]
    GIFT_IMAGE_FIELD_NUMBER: _ClassVar[int]
    gift_id: int
    gift_price: int
    gift_name: _types_pb2.Text
    gift_image: _types_pb2.Image
    def __init__(self, gift_id: _Optional[int] = ..., gift_price: _Optional[int] = ..., gift_name: _Optional[_Union[_types_pb2.Text, _Mapping]] = ..., gift_image: _Optional[_Union[_types_pb2.Image, _Mapping]] = ...) -> None: ...

class EnvelopePortalInfo(_message.Message):
    __slots__ = ("id", "idc", "send_at", "deadline_at", "envelope_diamonds", "portal_diamonds", "sender_unique_id", "sender_id", "sender_avatar")
    ID_FIELD_NUMBER: _ClassVar[int]
    IDC_FIELD_NUMBER: _ClassVar[int]
    SEND_AT_FIELD_NUMBER: _ClassVar[int]
    DEADLINE_AT_FIELD_NUMBER: _ClassVar[int]
    ENVELOPE_DIAMONDS_FIELD_NUMBER: _ClassVar[int]
    PORTAL_DIAMONDS_FIELD_NUMBER: _ClassVar[int]
    SENDER_UNIQUE_ID_FIELD_NUMBER: _ClassVar[int]
    SENDER_ID_FIELD_NUMBER: _ClassVar[int]
    SENDER_AVATAR_FIELD_NUMBER: _ClassVar[int]
    id: str
    idc: str
    send_at: int
    deadline_at: int
    envelope_diamonds: int
    portal_diamonds: int
    sender_unique_id: str
    sender_id: str
    sender_avatar: _types_pb2.Image
    def __init__(self, id: _Optional[str] = ..., idc: _Optional[str] = ..., send_at: _Optional[int] = ..., deadline_at: _Optional[int] = ..., envelope_diamonds: _Optional[int] = ..., portal_diamonds: _Optional[int] = ..., sender_unique_id: _Optional[str] = ..., sender_id: _Optional[str] = ..., sender_avatar: _Optional[_Union[_types_pb2.Image, _Mapping]] = ...) -> None: ...

class LiveGoalIndicator(_message.Message):
    __slots__ = ("key", "op")
    KEY_FIELD_NUMBER: _ClassVar[int]
    OP_FIELD_NUMBER: _ClassVar[int]
    key: str
    op: int
    def __init__(self, key: _Optional[str] = ..., op: _Optional[int] = ...) -> None: ...

class LiveGoal(_message.Message):
    __slots__ = ("id", "type", "status", "sub_goals", "description", "audit_status", "cycle_type", "start_time", "expire_time", "real_finish_time", "contributors", "contributors_length", "id_str", "audit_description")
    ID_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    SUB_GOALS_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    AUDIT_STATUS_FIELD_NUMBER: _ClassVar[int]
    CYCLE_TYPE_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    EXPIRE_TIME_FIELD_NUMBER: _ClassVar[int]
    REAL_FINISH_TIME_FIELD_NUMBER: _ClassVar[int]
    CONTRIBUTORS_FIELD_NUMBER: _ClassVar[int]
    CONTRIBUTORS_LENGTH_FIELD_NUMBER: _ClassVar[int]
    ID_STR_FIELD_NUMBER: _ClassVar[int]
    AUDIT_DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    id: int
    type: int
    status: int
    sub_goals: _containers.RepeatedCompositeFieldContainer[LiveSubGoal]
    description: str
    audit_status: int
    cycle_type: int
    start_time: int
    expire_time: int
    real_finish_time: int
    contributors: _containers.RepeatedCompositeFieldContainer[LiveGoalContributor]
    contributors_length: int
    id_str: str
    audit_description: str
    def __init__(self, id: _Optional[int] = ..., type: _Optional[int] = ..., status: _Optional[int] = ..., sub_goals: _Optional[_Iterable[_Union[LiveSubGoal, _Mapping]]] = ..., description: _Optional[str] = ..., audit_status: _Optional[int] = ..., cycle_type: _Optional[int] = ..., start_time: _Optional[int] = ..., expire_time: _Optional[int] = ..., real_finish_time: _Optional[int] = ..., contributors: _Optional[_Iterable[_Union[LiveGoalContributor, _Mapping]]] = ..., contributors_length: _Optional[int] = ..., id_str: _Optional[str] = ..., audit_description: _Optional[str] = ...) -> None: ...

class LiveSubGoal(_message.Message):
    __slots__ = ("type", "id", "progress", "target", "gift", "id_str")
    TYPE_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    GIFT_FIELD_NUMBER: _ClassVar[int]
    ID_STR_FIELD_NUMBER: _ClassVar[int]
    type: int
    id: int
    progress: int
    target: int
    gift: LiveSubGoalGift
    id_str: str
    def __init__(self, type: _Optional[int] = ..., id: _Optional[int] = ..., progress: _Optional[int] = ..., target: _Optional[int] = ..., gift: _Optional[_Union[LiveSubGoalGift, _Mapping]] = ..., id_str: _Optional[str] = ...) -> None: ...

class LiveSubGoalGift(_message.Message):
    __slots__ = ("name", "icon", "diamond_count", "type")
    NAME_FIELD_NUMBER: _ClassVar[int]
    ICON_FIELD_NUMBER: _ClassVar[int]
    DIAMOND_COUNT_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    name: str
    icon: _types_pb2.Image
    diamond_count: int
    type: int
    def __init__(self, name: _Optional[str] = ..., icon: _Optional[_Union[_types_pb2.Image, _Mapping]] = ..., diamond_count: _Optional[int] = ..., type: _Optional[int] = ...) -> None: ...

class LiveGoalContributor(_message.Message):
    __slots__ = ("user_id", "avatar", "display_id", "score", "user_id_str", "in_room", "is_friend", "badge")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    AVATAR_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_ID_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    USER_ID_STR_FIELD_NUMBER: _ClassVar[int]
    IN_ROOM_FIELD_NUMBER: _ClassVar[int]
    IS_FRIEND_FIELD_NUMBER: _ClassVar[int]
    BADGE_FIELD_NUMBER: _ClassVar[int]
    user_id: int
    avatar: _types_pb2.Image
    display_id: str
    score: int
    user_id_str: str
    in_room: bool
    is_friend: bool
    badge: _types_pb2.BadgeStruct
    def __init__(self, user_id: _Optional[int] = ..., avatar: _Optional[_Union[_types_pb2.Image, _Mapping]] = ..., display_id: _Optional[str] = ..., score: _Optional[int] = ..., user_id_str: _Optional[str] = ..., in_room: _Optional[bool] = ..., is_friend: _Optional[bool] = ..., badge: _Optional[_Union[_types_pb2.BadgeStruct, _Mapping]] = ...) -> None: ...

class MsgDetectTriggerCondition(_message.Message):
    __slots__ = ("uplink_detect_http", "uplink_detect_web_socket", "detect_p2p_msg", "detect_room_msg", "http_optimize")
    UPLINK_DETECT_HTTP_FIELD_NUMBER: _ClassVar[int]
    UPLINK_DETECT_WEB_SOCKET_FIELD_NUMBER: _ClassVar[int]
    DETECT_P2P_MSG_FIELD_NUMBER: _ClassVar[int]
    DETECT_ROOM_MSG_FIELD_NUMBER: _ClassVar[int]
    HTTP_OPTIMIZE_FIELD_NUMBER: _ClassVar[int]
    uplink_detect_http: bool
    uplink_detect_web_socket: bool
    detect_p2p_msg: bool
    detect_room_msg: bool
    http_optimize: bool
    def __init__(self, uplink_detect_http: _Optional[bool] = ..., uplink_detect_web_socket: _Optional[bool] = ..., detect_p2p_msg: _Optional[bool] = ..., detect_room_msg: _Optional[bool] = ..., http_optimize: _Optional[bool] = ...) -> None: ...

class MsgDetectTimeInfo(_message.Message):
    __slots__ = ("client_start_time", "api_receive_time", "api_send_time")
    CLIENT_START_TIME_FIELD_NUMBER: _ClassVar[int]
    API_RECEIVE_TIME_FIELD_NUMBER: _ClassVar[int]
    API_SEND_TIME_FIELD_NUMBER: _ClassVar[int]
    client_start_time: int
    api_receive_time: int
    api_send_time: int
    def __init__(self, client_start_time: _Optional[int] = ..., api_receive_time: _Optional[int] = ..., api_send_time: _Optional[int] = ...) -> None: ...

class PollStartContent(_message.Message):
    __slots__ = ("start_time", "end_time", "option_list", "title", "operator")
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    OPTION_LIST_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    OPERATOR_FIELD_NUMBER: _ClassVar[int]
    start_time: int
    end_time: int
    option_list: _containers.RepeatedCompositeFieldContainer[PollOption]
    title: str
    operator: _types_pb2.User
    def __init__(self, start_time: _Optional[int] = ..., end_time: _Optional[int] = ..., option_list: _Optional[_Iterable[_Union[PollOption, _Mapping]]] = ..., title: _Optional[str] = ..., operator: _Optional[_Union[_types_pb2.User, _Mapping]] = ...) -> None: ...

class PollOption(_message.Message):
    __slots__ = ("votes", "display_content", "option_index", "vote_user_list")
    VOTES_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_CONTENT_FIELD_NUMBER: _ClassVar[int]
    OPTION_INDEX_FIELD_NUMBER: _ClassVar[int]
    VOTE_USER_LIST_FIELD_NUMBER: _ClassVar[int]
    votes: int
    display_content: str
    option_index: int
    vote_user_list: _containers.RepeatedCompositeFieldContainer[VoteUser]
    def __init__(self, votes: _Optional[int] = ..., display_content: _Optional[str] = ..., option_index: _Optional[int] = ..., vote_user_list: _Optional[_Iterable[_Union[VoteUser, _Mapping]]] = ...) -> None: ...

class PollEndContent(_message.Message):
    __slots__ = ("end_type", "option_list", "operator")
    END_TYPE_FIELD_NUMBER: _ClassVar[int]
    OPTION_LIST_FIELD_NUMBER: _ClassVar[int]
    OPERATOR_FIELD_NUMBER: _ClassVar[int]
    end_type: int
    option_list: _containers.RepeatedCompositeFieldContainer[PollOption]
    operator: _types_pb2.User
    def __init__(self, end_type: _Optional[int] = ..., option_list: _Optional[_Iterable[_Union[PollOption, _Mapping]]] = ..., operator: _Optional[_Union[_types_pb2.User, _Mapping]] = ...) -> None: ...

class PollUpdateContent(_message.Message):
    __slots__ = ("option_list", "operator")
    OPTION_LIST_FIELD_NUMBER: _ClassVar[int]
    OPERATOR_FIELD_NUMBER: _ClassVar[int]
    option_list: _containers.RepeatedCompositeFieldContainer[PollOption]
    operator: _types_pb2.User
    def __init__(self, option_list: _Optional[_Iterable[_Union[PollOption, _Mapping]]] = ..., operator: _Optional[_Union[_types_pb2.User, _Mapping]] = ...) -> None: ...

class WebcastRankUpdate(_message.Message):
    __slots__ = ("rank_type", "owner_rank", "title", "prompt", "show_entrance_animation", "countdown_s", "animation_info", "related_tab_rank_type", "request_first_show_type", "supported_version", "owner_on_rank", "entrance_icon", "class_info", "current_score", "list_schema")
    RANK_TYPE_FIELD_NUMBER: _ClassVar[int]
    OWNER_RANK_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    PROMPT_FIELD_NUMBER: _ClassVar[int]
    SHOW_ENTRANCE_ANIMATION_FIELD_NUMBER: _ClassVar[int]
    COUNTDOWN_S_FIELD_NUMBER: _ClassVar[int]
    ANIMATION_INFO_FIELD_NUMBER: _ClassVar[int]
    RELATED_TAB_RANK_TYPE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIRST_SHOW_TYPE_FIELD_NUMBER: _ClassVar[int]
    SUPPORTED_VERSION_FIELD_NUMBER: _ClassVar[int]
    OWNER_ON_RANK_FIELD_NUMBER: _ClassVar[int]
    ENTRANCE_ICON_FIELD_NUMBER: _ClassVar[int]
    CLASS_INFO_FIELD_NUMBER: _ClassVar[int]
    CURRENT_SCORE_FIELD_NUMBER: _ClassVar[int]
    LIST_SCHEMA_FIELD_NUMBER: _ClassVar[int]
    rank_type: int
    owner_rank: int
    title: _types_pb2.Text
    prompt: bytes
    show_entrance_animation: bool
    countdown_s: int
    animation_info: RankAnimationInfo
    related_tab_rank_type: int
    request_first_show_type: int
    supported_version: int
    owner_on_rank: bool
    entrance_icon: _types_pb2.Image
    class_info: RankClass
    current_score: int
    list_schema: str
    def __init__(self, rank_type: _Optional[int] = ..., owner_rank: _Optional[int] = ..., title: _Optional[_Union[_types_pb2.Text, _Mapping]] = ..., prompt: _Optional[bytes] = ..., show_entrance_animation: _Optional[bool] = ..., countdown_s: _Optional[int] = ..., animation_info: _Optional[_Union[RankAnimationInfo, _Mapping]] = ..., related_tab_rank_type: _Optional[int] = ..., request_first_show_type: _Optional[int] = ..., supported_version: _Optional[int] = ..., owner_on_rank: _Optional[bool] = ..., entrance_icon: _Optional[_Union[_types_pb2.Image, _Mapping]] = ..., class_info: _Optional[_Union[RankClass, _Mapping]] = ..., current_score: _Optional[int] = ..., list_schema: _Optional[str] = ...) -> None: ...

class WebcastRankTabInfo(_message.Message):
    __slots__ = ("rank_type", "title", "title_text", "list_lynx_type")
    RANK_TYPE_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    TITLE_TEXT_FIELD_NUMBER: _ClassVar[int]
    LIST_LYNX_TYPE_FIELD_NUMBER: _ClassVar[int]
    rank_type: int
    title: str
    title_text: _types_pb2.Text
    list_lynx_type: int
    def __init__(self, rank_type: _Optional[int] = ..., title: _Optional[str] = ..., title_text: _Optional[_Union[_types_pb2.Text, _Mapping]] = ..., list_lynx_type: _Optional[int] = ...) -> None: ...

class GiftCollection(_message.Message):
    __slots__ = ("round", "effect_name_key", "gift", "type", "filter_host", "schema")
    ROUND_FIELD_NUMBER: _ClassVar[int]
    EFFECT_NAME_KEY_FIELD_NUMBER: _ClassVar[int]
    GIFT_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    FILTER_HOST_FIELD_NUMBER: _ClassVar[int]
    SCHEMA_FIELD_NUMBER: _ClassVar[int]
    round: int
    effect_name_key: str
    gift: _messages_pb2.GiftStruct
    type: int
    filter_host: bool
    schema: str
    def __init__(self, round: _Optional[int] = ..., effect_name_key: _Optional[str] = ..., gift: _Optional[_Union[_messages_pb2.GiftStruct, _Mapping]] = ..., type: _Optional[int] = ..., filter_host: _Optional[bool] = ..., schema: _Optional[str] = ...) -> None: ...

class AccessControlCaptcha(_message.Message):
    __slots__ = ("captcha_record_id", "room_id", "verify_duration_s")
    CAPTCHA_RECORD_ID_FIELD_NUMBER: _ClassVar[int]
    ROOM_ID_FIELD_NUMBER: _ClassVar[int]
    VERIFY_DURATION_S_FIELD_NUMBER: _ClassVar[int]
    captcha_record_id: int
    room_id: int
    verify_duration_s: int
    def __init__(self, captcha_record_id: _Optional[int] = ..., room_id: _Optional[int] = ..., verify_duration_s: _Optional[int] = ...) -> None: ...

class AnchorToolModification(_message.Message):
    __slots__ = ("room_id", "user_id", "effect_id", "name", "resource_id", "modification_type", "role", "msg_type", "sub_type", "start_time", "end_time", "duration_s", "tab", "mode", "origin", "url", "scene")
    ROOM_ID_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    EFFECT_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    RESOURCE_ID_FIELD_NUMBER: _ClassVar[int]
    MODIFICATION_TYPE_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    MSG_TYPE_FIELD_NUMBER: _ClassVar[int]
    SUB_TYPE_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    DURATION_S_FIELD_NUMBER: _ClassVar[int]
    TAB_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    URL_FIELD_NUMBER: _ClassVar[int]
    SCENE_FIELD_NUMBER: _ClassVar[int]
    room_id: int
    user_id: int
    effect_id: int
    name: str
    resource_id: str
    modification_type: int
    role: int
    msg_type: int
    sub_type: int
    start_time: int
    end_time: int
    duration_s: int
    tab: str
    mode: int
    origin: int
    url: str
    scene: str
    def __init__(self, room_id: _Optional[int] = ..., user_id: _Optional[int] = ..., effect_id: _Optional[int] = ..., name: _Optional[str] = ..., resource_id: _Optional[str] = ..., modification_type: _Optional[int] = ..., role: _Optional[int] = ..., msg_type: _Optional[int] = ..., sub_type: _Optional[int] = ..., start_time: _Optional[int] = ..., end_time: _Optional[int] = ..., duration_s: _Optional[int] = ..., tab: _Optional[str] = ..., mode: _Optional[int] = ..., origin: _Optional[int] = ..., url: _Optional[str] = ..., scene: _Optional[str] = ...) -> None: ...

class BarrageEvent(_message.Message):
    __slots__ = ("event_name", "params")
    class ParamsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    EVENT_NAME_FIELD_NUMBER: _ClassVar[int]
    PARAMS_FIELD_NUMBER: _ClassVar[int]
    event_name: str
    params: _containers.ScalarMap[str, str]
    def __init__(self, event_name: _Optional[str] = ..., params: _Optional[_Mapping[str, str]] = ...) -> None: ...

class DonationSticker(_message.Message):
    __slots__ = ("id", "image", "type", "organization", "screen_height", "x", "screen_width", "y")
    ID_FIELD_NUMBER: _ClassVar[int]
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    ORGANIZATION_FIELD_NUMBER: _ClassVar[int]
    SCREEN_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    X_FIELD_NUMBER: _ClassVar[int]
    SCREEN_WIDTH_FIELD_NUMBER: _ClassVar[int]
    Y_FIELD_NUMBER: _ClassVar[int]
    id: int
    image: _types_pb2.Image
    type: int
    organization: DonationOrganization
    screen_height: int
    x: int
    screen_width: int
    y: int
    def __init__(self, id: _Optional[int] = ..., image: _Optional[_Union[_types_pb2.Image, _Mapping]] = ..., type: _Optional[int] = ..., organization: _Optional[_Union[DonationOrganization, _Mapping]] = ..., screen_height: _Optional[int] = ..., x: _Optional[int] = ..., screen_width: _Optional[int] = ..., y: _Optional[int] = ...) -> None: ...

class DonationOrganization(_message.Message):
    __slots__ = ("name", "description", "url", "donation_url", "icon", "id")
    NAME_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    URL_FIELD_NUMBER: _ClassVar[int]
    DONATION_URL_FIELD_NUMBER: _ClassVar[int]
    ICON_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    name: str
    description: str
    url: str
    donation_url: str
    icon: _types_pb2.Image
    id: str
    def __init__(self, name: _Optional[str] = ..., description: _Optional[str] = ..., url: _Optional[str] = ..., donation_url: _Optional[str] = ..., icon: _Optional[_Union[_types_pb2.Image, _Mapping]] = ..., id: _Optional[str] = ...) -> None: ...

class GoalPinInfo(_message.Message):
    __slots__ = ("pin", "unpin", "pin_end_time", "sub_goal_id", "sub_goal_id_str")
    PIN_FIELD_NUMBER: _ClassVar[int]
    UNPIN_FIELD_NUMBER: _ClassVar[int]
    PIN_END_TIME_FIELD_NUMBER: _ClassVar[int]
    SUB_GOAL_ID_FIELD_NUMBER: _ClassVar[int]
    SUB_GOAL_ID_STR_FIELD_NUMBER: _ClassVar[int]
    pin: bool
    unpin: bool
    pin_end_time: int
    sub_goal_id: int
    sub_goal_id_str: str
    def __init__(self, pin: _Optional[bool] = ..., unpin: _Optional[bool] = ..., pin_end_time: _Optional[int] = ..., sub_goal_id: _Optional[int] = ..., sub_goal_id_str: _Optional[str] = ...) -> None: ...

class GoodyBag(_message.Message):
    __slots__ = ("goody_bag_id", "biz", "room_id", "detail", "coin_detail")
    GOODY_BAG_ID_FIELD_NUMBER: _ClassVar[int]
    BIZ_FIELD_NUMBER: _ClassVar[int]
    ROOM_ID_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    COIN_DETAIL_FIELD_NUMBER: _ClassVar[int]
    goody_bag_id: str
    biz: int
    room_id: str
    detail: GoodyBagDetail
    coin_detail: GoodyBagCoins
    def __init__(self, goody_bag_id: _Optional[str] = ..., biz: _Optional[int] = ..., room_id: _Optional[str] = ..., detail: _Optional[_Union[GoodyBagDetail, _Mapping]] = ..., coin_detail: _Optional[_Union[GoodyBagCoins, _Mapping]] = ...) -> None: ...

class GoodyBagDetail(_message.Message):
    __slots__ = ("winner_count", "joined_count", "participate_method", "participate_text", "open_at", "countdown_min")
    WINNER_COUNT_FIELD_NUMBER: _ClassVar[int]
    JOINED_COUNT_FIELD_NUMBER: _ClassVar[int]
    PARTICIPATE_METHOD_FIELD_NUMBER: _ClassVar[int]
    PARTICIPATE_TEXT_FIELD_NUMBER: _ClassVar[int]
    OPEN_AT_FIELD_NUMBER: _ClassVar[int]
    COUNTDOWN_MIN_FIELD_NUMBER: _ClassVar[int]
    winner_count: int
    joined_count: int
    participate_method: int
    participate_text: str
    open_at: int
    countdown_min: int
    def __init__(self, winner_count: _Optional[int] = ..., joined_count: _Optional[int] = ..., participate_method: _Optional[int] = ..., participate_text: _Optional[str] = ..., open_at: _Optional[int] = ..., countdown_min: _Optional[int] = ...) -> None: ...

class GoodyBagCoins(_message.Message):
    __slots__ = ("coins",)
    COINS_FIELD_NUMBER: _ClassVar[int]
    coins: int
    def __init__(self, coins: _Optional[int] = ...) -> None: ...

class GoodyBagWinner(_message.Message):
    __slots__ = ("user", "coins")
    USER_FIELD_NUMBER: _ClassVar[int]
    COINS_FIELD_NUMBER: _ClassVar[int]
    user: GoodyBagUser
    coins: int
    def __init__(self, user: _Optional[_Union[GoodyBagUser, _Mapping]] = ..., coins: _Optional[int] = ...) -> None: ...

class GoodyBagUser(_message.Message):
    __slots__ = ("user_id", "unique_id", "avatar")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    UNIQUE_ID_FIELD_NUMBER: _ClassVar[int]
    AVATAR_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    unique_id: str
    avatar: _types_pb2.Image
    def __init__(self, user_id: _Optional[str] = ..., unique_id: _Optional[str] = ..., avatar: _Optional[_Union[_types_pb2.Image, _Mapping]] = ...) -> None: ...

class Hashtag(_message.Message):
    __slots__ = ("id", "title", "image")
    ID_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    id: int
    title: str
    image: _types_pb2.Image
    def __init__(self, id: _Optional[int] = ..., title: _Optional[str] = ..., image: _Optional[_Union[_types_pb2.Image, _Mapping]] = ...) -> None: ...

class MarqueeEntity(_message.Message):
    __slots__ = ("notify",)
    NOTIFY_FIELD_NUMBER: _ClassVar[int]
    notify: WebcastRoomNotifyMessage
    def __init__(self, notify: _Optional[_Union[WebcastRoomNotifyMessage, _Mapping]] = ...) -> None: ...

class PerceptionSheet(_message.Message):
    __slots__ = ("icon_type", "title", "sub_title", "reason_title", "reason_info", "not_allowed_title", "not_allowed_text", "default_action_text", "scene", "target_user_id", "target_room_id")
    ICON_TYPE_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    SUB_TITLE_FIELD_NUMBER: _ClassVar[int]
    REASON_TITLE_FIELD_NUMBER: _ClassVar[int]
    REASON_INFO_FIELD_NUMBER: _ClassVar[int]
    NOT_ALLOWED_TITLE_FIELD_NUMBER: _ClassVar[int]
    NOT_ALLOWED_TEXT_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_ACTION_TEXT_FIELD_NUMBER: _ClassVar[int]
    SCENE_FIELD_NUMBER: _ClassVar[int]
    TARGET_USER_ID_FIELD_NUMBER: _ClassVar[int]
    TARGET_ROOM_ID_FIELD_NUMBER: _ClassVar[int]
    icon_type: int
    title: _types_pb2.Text
    sub_title: _types_pb2.Text
    reason_title: _types_pb2.Text
    reason_info: _types_pb2.Text
    not_allowed_title: _types_pb2.Text
    not_allowed_text: _types_pb2.Text
    default_action_text: _types_pb2.Text
    scene: int
    target_user_id: int
    target_room_id: int
    def __init__(self, icon_type: _Optional[int] = ..., title: _Optional[_Union[_types_pb2.Text, _Mapping]] = ..., sub_title: _Optional[_Union[_types_pb2.Text, _Mapping]] = ..., reason_title: _Optional[_Union[_types_pb2.Text, _Mapping]] = ..., reason_info: _Optional[_Union[_types_pb2.Text, _Mapping]] = ..., not_allowed_title: _Optional[_Union[_types_pb2.Text, _Mapping]] = ..., not_allowed_text: _Optional[_Union[_types_pb2.Text, _Mapping]] = ..., default_action_text: _Optional[_Union[_types_pb2.Text, _Mapping]] = ..., scene: _Optional[int] = ..., target_user_id: _Optional[int] = ..., target_room_id: _Optional[int] = ...) -> None: ...

class PictionaryRound(_message.Message):
    __slots__ = ("round_id", "word", "status", "start_time", "end_time", "session_id", "picture", "pictionary_type")
    ROUND_ID_FIELD_NUMBER: _ClassVar[int]
    WORD_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    PICTURE_FIELD_NUMBER: _ClassVar[int]
    PICTIONARY_TYPE_FIELD_NUMBER: _ClassVar[int]
    round_id: int
    word: str
    status: int
    start_time: int
    end_time: int
    session_id: int
    picture: _types_pb2.Image
    pictionary_type: int
    def __init__(self, round_id: _Optional[int] = ..., word: _Optional[str] = ..., status: _Optional[int] = ..., start_time: _Optional[int] = ..., end_time: _Optional[int] = ..., session_id: _Optional[int] = ..., picture: _Optional[_Union[_types_pb2.Image, _Mapping]] = ..., pictionary_type: _Optional[int] = ...) -> None: ...

class PollBasicInfo(_message.Message):
    __slots__ = ("poll_sponsor", "gift_id", "title", "user_count")
    POLL_SPONSOR_FIELD_NUMBER: _ClassVar[int]
    GIFT_ID_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    USER_COUNT_FIELD_NUMBER: _ClassVar[int]
    poll_sponsor: str
    gift_id: int
    title: str
    user_count: int
    def __init__(self, poll_sponsor: _Optional[str] = ..., gift_id: _Optional[int] = ..., title: _Optional[str] = ..., user_count: _Optional[int] = ...) -> None: ...

class VoteUser(_message.Message):
    __slots__ = ("user_id", "nickname", "avatar")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    NICKNAME_FIELD_NUMBER: _ClassVar[int]
    AVATAR_FIELD_NUMBER: _ClassVar[int]
    user_id: int
    nickname: str
    avatar: _types_pb2.Image
    def __init__(self, user_id: _Optional[int] = ..., nickname: _Optional[str] = ..., avatar: _Optional[_Union[_types_pb2.Image, _Mapping]] = ...) -> None: ...

class RankContainer(_message.Message):
    __slots__ = ("rank_type", "title")
    RANK_TYPE_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    rank_type: int
    title: _types_pb2.Text
    def __init__(self, rank_type: _Optional[int] = ..., title: _Optional[_Union[_types_pb2.Text, _Mapping]] = ...) -> None: ...

class RankWinner(_message.Message):
    __slots__ = ("user_id", "asset_id", "notify", "border")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    ASSET_ID_FIELD_NUMBER: _ClassVar[int]
    NOTIFY_FIELD_NUMBER: _ClassVar[int]
    BORDER_FIELD_NUMBER: _ClassVar[int]
    user_id: int
    asset_id: int
    notify: WebcastRoomNotifyMessage
    border: RankBorder
    def __init__(self, user_id: _Optional[int] = ..., asset_id: _Optional[int] = ..., notify: _Optional[_Union[WebcastRoomNotifyMessage, _Mapping]] = ..., border: _Optional[_Union[RankBorder, _Mapping]] = ...) -> None: ...

class RankBorder(_message.Message):
    __slots__ = ("icon", "level", "source")
    ICON_FIELD_NUMBER: _ClassVar[int]
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    icon: _types_pb2.Image
    level: int
    source: str
    def __init__(self, icon: _Optional[_Union[_types_pb2.Image, _Mapping]] = ..., level: _Optional[int] = ..., source: _Optional[str] = ...) -> None: ...

class RankAnimationInfo(_message.Message):
    __slots__ = ("type", "background_color", "content_text")
    TYPE_FIELD_NUMBER: _ClassVar[int]
    BACKGROUND_COLOR_FIELD_NUMBER: _ClassVar[int]
    CONTENT_TEXT_FIELD_NUMBER: _ClassVar[int]
    type: int
    background_color: str
    content_text: _types_pb2.Text
    def __init__(self, type: _Optional[int] = ..., background_color: _Optional[str] = ..., content_text: _Optional[_Union[_types_pb2.Text, _Mapping]] = ...) -> None: ...

class RankAnimation(_message.Message):
    __slots__ = ("union_type", "rank_types")
    UNION_TYPE_FIELD_NUMBER: _ClassVar[int]
    RANK_TYPES_FIELD_NUMBER: _ClassVar[int]
    union_type: int
    rank_types: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, union_type: _Optional[int] = ..., rank_types: _Optional[_Iterable[int]] = ...) -> None: ...

class RankTabs(_message.Message):
    __slots__ = ("tabs",)
    TABS_FIELD_NUMBER: _ClassVar[int]
    tabs: _containers.RepeatedCompositeFieldContainer[WebcastRankTabInfo]
    def __init__(self, tabs: _Optional[_Iterable[_Union[WebcastRankTabInfo, _Mapping]]] = ...) -> None: ...

class ValidRanks(_message.Message):
    __slots__ = ("is_effect", "rank_types")
    IS_EFFECT_FIELD_NUMBER: _ClassVar[int]
    RANK_TYPES_FIELD_NUMBER: _ClassVar[int]
    is_effect: bool
    rank_types: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, is_effect: _Optional[bool] = ..., rank_types: _Optional[_Iterable[int]] = ...) -> None: ...

class RoomNotifyExtra(_message.Message):
    __slots__ = ("duration_s", "background")
    DURATION_S_FIELD_NUMBER: _ClassVar[int]
    BACKGROUND_FIELD_NUMBER: _ClassVar[int]
    duration_s: int
    background: RoomNotifyBackground
    def __init__(self, duration_s: _Optional[int] = ..., background: _Optional[_Union[RoomNotifyBackground, _Mapping]] = ...) -> None: ...

class RoomNotifyBackground(_message.Message):
    __slots__ = ("width", "height", "url_list", "uri")
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    URL_LIST_FIELD_NUMBER: _ClassVar[int]
    URI_FIELD_NUMBER: _ClassVar[int]
    width: int
    height: int
    url_list: _containers.RepeatedScalarFieldContainer[str]
    uri: str
    def __init__(self, width: _Optional[int] = ..., height: _Optional[int] = ..., url_list: _Optional[_Iterable[str]] = ..., uri: _Optional[str] = ...) -> None: ...

class RoomSticker(_message.Message):
    __slots__ = ("sticker_id", "name", "type", "content", "text_size", "text_color", "image", "nine_patch_image", "x", "y", "screen_width", "screen_height", "top_left_height", "top_left_width", "bottom_right_height", "bottom_right_width", "review_status")
    STICKER_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    TEXT_SIZE_FIELD_NUMBER: _ClassVar[int]
    TEXT_COLOR_FIELD_NUMBER: _ClassVar[int]
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    NINE_PATCH_IMAGE_FIELD_NUMBER: _ClassVar[int]
    X_FIELD_NUMBER: _ClassVar[int]
    Y_FIELD_NUMBER: _ClassVar[int]
    SCREEN_WIDTH_FIELD_NUMBER: _ClassVar[int]
    SCREEN_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    TOP_LEFT_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    TOP_LEFT_WIDTH_FIELD_NUMBER: _ClassVar[int]
    BOTTOM_RIGHT_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    BOTTOM_RIGHT_WIDTH_FIELD_NUMBER: _ClassVar[int]
    REVIEW_STATUS_FIELD_NUMBER: _ClassVar[int]
    sticker_id: int
    name: str
    type: int
    content: str
    text_size: int
    text_color: str
    image: _types_pb2.Image
    nine_patch_image: _types_pb2.Image
    x: int
    y: int
    screen_width: int
    screen_height: int
    top_left_height: int
    top_left_width: int
    bottom_right_height: int
    bottom_right_width: int
    review_status: int
    def __init__(self, sticker_id: _Optional[int] = ..., name: _Optional[str] = ..., type: _Optional[int] = ..., content: _Optional[str] = ..., text_size: _Optional[int] = ..., text_color: _Optional[str] = ..., image: _Optional[_Union[_types_pb2.Image, _Mapping]] = ..., nine_patch_image: _Optional[_Union[_types_pb2.Image, _Mapping]] = ..., x: _Optional[int] = ..., y: _Optional[int] = ..., screen_width: _Optional[int] = ..., screen_height: _Optional[int] = ..., top_left_height: _Optional[int] = ..., top_left_width: _Optional[int] = ..., bottom_right_height: _Optional[int] = ..., bottom_right_width: _Optional[int] = ..., review_status: _Optional[int] = ...) -> None: ...

class SubscriptionGift(_message.Message):
    __slots__ = ("sender_id", "receiver_id", "anchor_id", "order_create_time")
    SENDER_ID_FIELD_NUMBER: _ClassVar[int]
    RECEIVER_ID_FIELD_NUMBER: _ClassVar[int]
    ANCHOR_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    sender_id: int
    receiver_id: int
    anchor_id: int
    order_create_time: int
    def __init__(self, sender_id: _Optional[int] = ..., receiver_id: _Optional[int] = ..., anchor_id: _Optional[int] = ..., order_create_time: _Optional[int] = ...) -> None: ...

class SubPinCard(_message.Message):
    __slots__ = ("time_to_live", "type", "id", "template_id", "goal_pin_card", "action_schema")
    TIME_TO_LIVE_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    TEMPLATE_ID_FIELD_NUMBER: _ClassVar[int]
    GOAL_PIN_CARD_FIELD_NUMBER: _ClassVar[int]
    ACTION_SCHEMA_FIELD_NUMBER: _ClassVar[int]
    time_to_live: int
    type: int
    id: int
    template_id: int
    goal_pin_card: SubGoalPinCard
    action_schema: str
    def __init__(self, time_to_live: _Optional[int] = ..., type: _Optional[int] = ..., id: _Optional[int] = ..., template_id: _Optional[int] = ..., goal_pin_card: _Optional[_Union[SubGoalPinCard, _Mapping]] = ..., action_schema: _Optional[str] = ...) -> None: ...

class SubGoalPinCard(_message.Message):
    __slots__ = ("goal_id", "time_to_live", "desc", "target", "progress")
    GOAL_ID_FIELD_NUMBER: _ClassVar[int]
    TIME_TO_LIVE_FIELD_NUMBER: _ClassVar[int]
    DESC_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    goal_id: int
    time_to_live: int
    desc: SubPinCardText
    target: int
    progress: int
    def __init__(self, goal_id: _Optional[int] = ..., time_to_live: _Optional[int] = ..., desc: _Optional[_Union[SubPinCardText, _Mapping]] = ..., target: _Optional[int] = ..., progress: _Optional[int] = ...) -> None: ...

class SubPinCardText(_message.Message):
    __slots__ = ("type", "content")
    TYPE_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    type: int
    content: str
    def __init__(self, type: _Optional[int] = ..., content: _Optional[str] = ...) -> None: ...

class SubTimer(_message.Message):
    __slots__ = ("type", "timer_id", "op_type", "status", "host_title", "title", "sub_increase_count", "total_s", "remaining_s", "timestamp", "x", "y", "screen_width", "screen_height")
    TYPE_FIELD_NUMBER: _ClassVar[int]
    TIMER_ID_FIELD_NUMBER: _ClassVar[int]
    OP_TYPE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    HOST_TITLE_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    SUB_INCREASE_COUNT_FIELD_NUMBER: _ClassVar[int]
    TOTAL_S_FIELD_NUMBER: _ClassVar[int]
    REMAINING_S_FIELD_NUMBER: _ClassVar[int]
    TIMESTAMP_FIELD_NUMBER: _ClassVar[int]
    X_FIELD_NUMBER: _ClassVar[int]
    Y_FIELD_NUMBER: _ClassVar[int]
    SCREEN_WIDTH_FIELD_NUMBER: _ClassVar[int]
    SCREEN_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    type: int
    timer_id: int
    op_type: int
    status: int
    host_title: str
    title: str
    sub_increase_count: int
    total_s: int
    remaining_s: int
    timestamp: int
    x: int
    y: int
    screen_width: int
    screen_height: int
    def __init__(self, type: _Optional[int] = ..., timer_id: _Optional[int] = ..., op_type: _Optional[int] = ..., status: _Optional[int] = ..., host_title: _Optional[str] = ..., title: _Optional[str] = ..., sub_increase_count: _Optional[int] = ..., total_s: _Optional[int] = ..., remaining_s: _Optional[int] = ..., timestamp: _Optional[int] = ..., x: _Optional[int] = ..., y: _Optional[int] = ..., screen_width: _Optional[int] = ..., screen_height: _Optional[int] = ...) -> None: ...

class SubWave(_message.Message):
    __slots__ = ("msg_type", "subscriber", "info")
    MSG_TYPE_FIELD_NUMBER: _ClassVar[int]
    SUBSCRIBER_FIELD_NUMBER: _ClassVar[int]
    INFO_FIELD_NUMBER: _ClassVar[int]
    msg_type: int
    subscriber: SubWaveSubscriber
    info: SubWaveInfo
    def __init__(self, msg_type: _Optional[int] = ..., subscriber: _Optional[_Union[SubWaveSubscriber, _Mapping]] = ..., info: _Optional[_Union[SubWaveInfo, _Mapping]] = ...) -> None: ...

class SubWaveSubscriber(_message.Message):
    __slots__ = ("user_id", "avatar", "unique_id", "user_id_str", "badge")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    AVATAR_FIELD_NUMBER: _ClassVar[int]
    UNIQUE_ID_FIELD_NUMBER: _ClassVar[int]
    USER_ID_STR_FIELD_NUMBER: _ClassVar[int]
    BADGE_FIELD_NUMBER: _ClassVar[int]
    user_id: int
    avatar: _types_pb2.Image
    unique_id: str
    user_id_str: str
    badge: _types_pb2.BadgeStruct
    def __init__(self, user_id: _Optional[int] = ..., avatar: _Optional[_Union[_types_pb2.Image, _Mapping]] = ..., unique_id: _Optional[str] = ..., user_id_str: _Optional[str] = ..., badge: _Optional[_Union[_types_pb2.BadgeStruct, _Mapping]] = ...) -> None: ...

class SubWaveInfo(_message.Message):
    __slots__ = ("wave_count", "total_count", "start_time", "end_time", "status", "subscribers", "target_count", "record_id")
    WAVE_COUNT_FIELD_NUMBER: _ClassVar[int]
    TOTAL_COUNT_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    SUBSCRIBERS_FIELD_NUMBER: _ClassVar[int]
    TARGET_COUNT_FIELD_NUMBER: _ClassVar[int]
    RECORD_ID_FIELD_NUMBER: _ClassVar[int]
    wave_count: int
    total_count: int
    start_time: int
    end_time: int
    status: int
    subscribers: _containers.RepeatedCompositeFieldContainer[SubWaveSubscriber]
    target_count: int
    record_id: int
    def __init__(self, wave_count: _Optional[int] = ..., total_count: _Optional[int] = ..., start_time: _Optional[int] = ..., end_time: _Optional[int] = ..., status: _Optional[int] = ..., subscribers: _Optional[_Iterable[_Union[SubWaveSubscriber, _Mapping]]] = ..., target_count: _Optional[int] = ..., record_id: _Optional[int] = ...) -> None: ...

class ViewerPicks(_message.Message):
    __slots__ = ("picks_id", "status", "round_duration_s", "start_time", "end_time")
    PICKS_ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    ROUND_DURATION_S_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    picks_id: int
    status: int
    round_duration_s: int
    start_time: int
    end_time: int
    def __init__(self, picks_id: _Optional[int] = ..., status: _Optional[int] = ..., round_duration_s: _Optional[int] = ..., start_time: _Optional[int] = ..., end_time: _Optional[int] = ...) -> None: ...

class RankClass(_message.Message):
    __slots__ = ("class_type", "star_count")
    CLASS_TYPE_FIELD_NUMBER: _ClassVar[int]
    STAR_COUNT_FIELD_NUMBER: _ClassVar[int]
    class_type: int
    star_count: int
    def __init__(self, class_type: _Optional[int] = ..., star_count: _Optional[int] = ...) -> None: ...
