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
    __slots__ = ("common", "captcha_blob")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    CAPTCHA_BLOB_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    captcha_blob: bytes
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., captcha_blob: _Optional[bytes] = ...) -> None: ...

class WebcastAccessRecallMessage(_message.Message):
    __slots__ = ("common", "status", "duration", "end_time")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    DURATION_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    status: int
    duration: int
    end_time: int
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., status: _Optional[int] = ..., duration: _Optional[int] = ..., end_time: _Optional[int] = ...) -> None: ...

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
    __slots__ = ("common",)
    COMMON_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ...) -> None: ...

class WebcastBarrageMessage(_message.Message):
    __slots__ = ("common", "event_blob", "msg_type", "icon", "content", "duration", "background", "display_config", "gallery_gift_id", "schema", "sub_type", "common_barrage_content", "user_grade_param", "fans_level_param", "subscribe_gift_param")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    EVENT_BLOB_FIELD_NUMBER: _ClassVar[int]
    MSG_TYPE_FIELD_NUMBER: _ClassVar[int]
    ICON_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    DURATION_FIELD_NUMBER: _ClassVar[int]
    BACKGROUND_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_CONFIG_FIELD_NUMBER: _ClassVar[int]
    GALLERY_GIFT_ID_FIELD_NUMBER: _ClassVar[int]
    SCHEMA_FIELD_NUMBER: _ClassVar[int]
    SUB_TYPE_FIELD_NUMBER: _ClassVar[int]
    COMMON_BARRAGE_CONTENT_FIELD_NUMBER: _ClassVar[int]
    USER_GRADE_PARAM_FIELD_NUMBER: _ClassVar[int]
    FANS_LEVEL_PARAM_FIELD_NUMBER: _ClassVar[int]
    SUBSCRIBE_GIFT_PARAM_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    event_blob: bytes
    msg_type: int
    icon: _types_pb2.Image
    content: _types_pb2.Text
    duration: int
    background: _types_pb2.Image
    display_config: int
    gallery_gift_id: int
    schema: str
    sub_type: str
    common_barrage_content: _types_pb2.Text
    user_grade_param: BarrageGrade
    fans_level_param: BarrageGrade
    subscribe_gift_param: BarrageSubscribeGift
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., event_blob: _Optional[bytes] = ..., msg_type: _Optional[int] = ..., icon: _Optional[_Union[_types_pb2.Image, _Mapping]] = ..., content: _Optional[_Union[_types_pb2.Text, _Mapping]] = ..., duration: _Optional[int] = ..., background: _Optional[_Union[_types_pb2.Image, _Mapping]] = ..., display_config: _Optional[int] = ..., gallery_gift_id: _Optional[int] = ..., schema: _Optional[str] = ..., sub_type: _Optional[str] = ..., common_barrage_content: _Optional[_Union[_types_pb2.Text, _Mapping]] = ..., user_grade_param: _Optional[_Union[BarrageGrade, _Mapping]] = ..., fans_level_param: _Optional[_Union[BarrageGrade, _Mapping]] = ..., subscribe_gift_param: _Optional[_Union[BarrageSubscribeGift, _Mapping]] = ...) -> None: ...

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
    __slots__ = ("common", "content", "show_type", "duration", "biz_type", "violation_user_id", "float_style")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    SHOW_TYPE_FIELD_NUMBER: _ClassVar[int]
    DURATION_FIELD_NUMBER: _ClassVar[int]
    BIZ_TYPE_FIELD_NUMBER: _ClassVar[int]
    VIOLATION_USER_ID_FIELD_NUMBER: _ClassVar[int]
    FLOAT_STYLE_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    content: str
    show_type: int
    duration: int
    biz_type: int
    violation_user_id: int
    float_style: int
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., content: _Optional[str] = ..., show_type: _Optional[int] = ..., duration: _Optional[int] = ..., biz_type: _Optional[int] = ..., violation_user_id: _Optional[int] = ..., float_style: _Optional[int] = ...) -> None: ...

class WebcastCapsuleMessage(_message.Message):
    __slots__ = ("common", "icon", "desc", "button_text", "schema", "capsule_type")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    ICON_FIELD_NUMBER: _ClassVar[int]
    DESC_FIELD_NUMBER: _ClassVar[int]
    BUTTON_TEXT_FIELD_NUMBER: _ClassVar[int]
    SCHEMA_FIELD_NUMBER: _ClassVar[int]
    CAPSULE_TYPE_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    icon: _types_pb2.Image
    desc: _types_pb2.Text
    button_text: _types_pb2.Text
    schema: str
    capsule_type: int
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., icon: _Optional[_Union[_types_pb2.Image, _Mapping]] = ..., desc: _Optional[_Union[_types_pb2.Text, _Mapping]] = ..., button_text: _Optional[_Union[_types_pb2.Text, _Mapping]] = ..., schema: _Optional[str] = ..., capsule_type: _Optional[int] = ...) -> None: ...

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
    __slots__ = ("common",)
    COMMON_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ...) -> None: ...

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
    __slots__ = ("common", "indicator", "goal", "contributor_id", "contributor_avatar", "contributor_display_id", "contribute_subgoal", "contribute_count", "contribute_score", "gift_repeat_count", "contributor_id_str", "pin", "unpin", "pin_info_blob", "update_source", "goal_extra")
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
    PIN_INFO_BLOB_FIELD_NUMBER: _ClassVar[int]
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
    pin_info_blob: bytes
    update_source: int
    goal_extra: str
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., indicator: _Optional[_Union[LiveGoalIndicator, _Mapping]] = ..., goal: _Optional[_Union[LiveGoal, _Mapping]] = ..., contributor_id: _Optional[int] = ..., contributor_avatar: _Optional[_Union[_types_pb2.Image, _Mapping]] = ..., contributor_display_id: _Optional[str] = ..., contribute_subgoal: _Optional[_Union[LiveSubGoal, _Mapping]] = ..., contribute_count: _Optional[int] = ..., contribute_score: _Optional[int] = ..., gift_repeat_count: _Optional[int] = ..., contributor_id_str: _Optional[str] = ..., pin: _Optional[bool] = ..., unpin: _Optional[bool] = ..., pin_info_blob: _Optional[bytes] = ..., update_source: _Optional[int] = ..., goal_extra: _Optional[str] = ...) -> None: ...

class WebcastGoodyBagMessage(_message.Message):
    __slots__ = ("common", "bag", "winners", "type")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    BAG_FIELD_NUMBER: _ClassVar[int]
    WINNERS_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    bag: _gifts_pb2.GoodyBag
    winners: _containers.RepeatedCompositeFieldContainer[_gifts_pb2.GoodyBagWinner]
    type: int
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., bag: _Optional[_Union[_gifts_pb2.GoodyBag, _Mapping]] = ..., winners: _Optional[_Iterable[_Union[_gifts_pb2.GoodyBagWinner, _Mapping]]] = ..., type: _Optional[int] = ...) -> None: ...

class WebcastGuideMessage(_message.Message):
    __slots__ = ("common", "guide_type", "duration_ms", "scene")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    GUIDE_TYPE_FIELD_NUMBER: _ClassVar[int]
    DURATION_MS_FIELD_NUMBER: _ClassVar[int]
    SCENE_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    guide_type: int
    duration_ms: int
    scene: str
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., guide_type: _Optional[int] = ..., duration_ms: _Optional[int] = ..., scene: _Optional[str] = ...) -> None: ...

class WebcastHashtagMessage(_message.Message):
    __slots__ = ("common",)
    COMMON_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ...) -> None: ...

class WebcastHourlyRankMessage(_message.Message):
    __slots__ = ("common", "rank_container_blob", "data2")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    RANK_CONTAINER_BLOB_FIELD_NUMBER: _ClassVar[int]
    DATA2_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    rank_container_blob: bytes
    data2: int
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., rank_container_blob: _Optional[bytes] = ..., data2: _Optional[int] = ...) -> None: ...

class WebcastHourlyRankRewardMessage(_message.Message):
    __slots__ = ("common",)
    COMMON_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ...) -> None: ...

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
    __slots__ = ("common", "delay_seconds")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    DELAY_SECONDS_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    delay_seconds: int
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., delay_seconds: _Optional[int] = ...) -> None: ...

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
    __slots__ = ("common", "message_scene", "message_entity_blobs")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_SCENE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_ENTITY_BLOBS_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    message_scene: str
    message_entity_blobs: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., message_scene: _Optional[str] = ..., message_entity_blobs: _Optional[_Iterable[bytes]] = ...) -> None: ...

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
    __slots__ = ("common", "content", "notice_type")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    NOTICE_TYPE_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    content: str
    notice_type: int
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., content: _Optional[str] = ..., notice_type: _Optional[int] = ...) -> None: ...

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
    __slots__ = ("common", "dialog_blob", "end_time")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    DIALOG_BLOB_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    dialog_blob: bytes
    end_time: int
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., dialog_blob: _Optional[bytes] = ..., end_time: _Optional[int] = ...) -> None: ...

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
    __slots__ = ("common",)
    COMMON_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ...) -> None: ...

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
    __slots__ = ("common", "message_type", "poll_id", "start_content", "end_content", "update_content", "poll_kind")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_TYPE_FIELD_NUMBER: _ClassVar[int]
    POLL_ID_FIELD_NUMBER: _ClassVar[int]
    START_CONTENT_FIELD_NUMBER: _ClassVar[int]
    END_CONTENT_FIELD_NUMBER: _ClassVar[int]
    UPDATE_CONTENT_FIELD_NUMBER: _ClassVar[int]
    POLL_KIND_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    message_type: int
    poll_id: int
    start_content: PollStartContent
    end_content: PollEndContent
    update_content: PollUpdateContent
    poll_kind: int
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., message_type: _Optional[int] = ..., poll_id: _Optional[int] = ..., start_content: _Optional[_Union[PollStartContent, _Mapping]] = ..., end_content: _Optional[_Union[PollEndContent, _Mapping]] = ..., update_content: _Optional[_Union[PollUpdateContent, _Mapping]] = ..., poll_kind: _Optional[int] = ...) -> None: ...

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
    __slots__ = ("common",)
    COMMON_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ...) -> None: ...

class WebcastRankTextMessage(_message.Message):
    __slots__ = ("common", "scene", "owner_idx_before_update", "owner_idx_after_update", "self_get_badge_msg", "other_get_badge_msg", "cur_user_id")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    SCENE_FIELD_NUMBER: _ClassVar[int]
    OWNER_IDX_BEFORE_UPDATE_FIELD_NUMBER: _ClassVar[int]
    OWNER_IDX_AFTER_UPDATE_FIELD_NUMBER: _ClassVar[int]
    SELF_GET_BADGE_MSG_FIELD_NUMBER: _ClassVar[int]
    OTHER_GET_BADGE_MSG_FIELD_NUMBER: _ClassVar[int]
    CUR_USER_ID_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    scene: int
    owner_idx_before_update: int
    owner_idx_after_update: int
    self_get_badge_msg: _types_pb2.Text
    other_get_badge_msg: _types_pb2.Text
    cur_user_id: int
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., scene: _Optional[int] = ..., owner_idx_before_update: _Optional[int] = ..., owner_idx_after_update: _Optional[int] = ..., self_get_badge_msg: _Optional[_Union[_types_pb2.Text, _Mapping]] = ..., other_get_badge_msg: _Optional[_Union[_types_pb2.Text, _Mapping]] = ..., cur_user_id: _Optional[int] = ...) -> None: ...

class WebcastRankUpdateMessage(_message.Message):
    __slots__ = ("common", "updates_list", "group_type", "priority", "tabs_list", "is_animation_loop_play", "animation_loop_for_off")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    UPDATES_LIST_FIELD_NUMBER: _ClassVar[int]
    GROUP_TYPE_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    TABS_LIST_FIELD_NUMBER: _ClassVar[int]
    IS_ANIMATION_LOOP_PLAY_FIELD_NUMBER: _ClassVar[int]
    ANIMATION_LOOP_FOR_OFF_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    updates_list: _containers.RepeatedCompositeFieldContainer[WebcastRankUpdate]
    group_type: int
    priority: int
    tabs_list: _containers.RepeatedCompositeFieldContainer[WebcastRankTabInfo]
    is_animation_loop_play: bool
    animation_loop_for_off: bool
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., updates_list: _Optional[_Iterable[_Union[WebcastRankUpdate, _Mapping]]] = ..., group_type: _Optional[int] = ..., priority: _Optional[int] = ..., tabs_list: _Optional[_Iterable[_Union[WebcastRankTabInfo, _Mapping]]] = ..., is_animation_loop_play: _Optional[bool] = ..., animation_loop_for_off: _Optional[bool] = ...) -> None: ...

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
    __slots__ = ("common", "notify_type")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    NOTIFY_TYPE_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    notify_type: int
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., notify_type: _Optional[int] = ...) -> None: ...

class WebcastRoomPinMessage(_message.Message):
    __slots__ = ("common", "chat_message", "social_message", "gift_message", "member_message", "like_message", "original_msg_type", "timestamp", "operator", "action", "display_duration", "pin_id")
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
    DISPLAY_DURATION_FIELD_NUMBER: _ClassVar[int]
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
    display_duration: int
    pin_id: int
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., chat_message: _Optional[_Union[_messages_pb2.WebcastChatMessage, _Mapping]] = ..., social_message: _Optional[_Union[_messages_pb2.WebcastSocialMessage, _Mapping]] = ..., gift_message: _Optional[_Union[_messages_pb2.WebcastGiftMessage, _Mapping]] = ..., member_message: _Optional[_Union[_messages_pb2.WebcastMemberMessage, _Mapping]] = ..., like_message: _Optional[_Union[_messages_pb2.WebcastLikeMessage, _Mapping]] = ..., original_msg_type: _Optional[str] = ..., timestamp: _Optional[int] = ..., operator: _Optional[_Union[_types_pb2.User, _Mapping]] = ..., action: _Optional[int] = ..., display_duration: _Optional[int] = ..., pin_id: _Optional[int] = ...) -> None: ...

class WebcastRoomStickerMessage(_message.Message):
    __slots__ = ("common",)
    COMMON_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ...) -> None: ...

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
    __slots__ = ("common", "sender", "exhibition_type", "sub_month", "subscribe_type", "old_subscribe_status", "message_type", "subscribing_status", "is_send", "is_custom", "gift_source")
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
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., sender: _Optional[_Union[_types_pb2.User, _Mapping]] = ..., exhibition_type: _Optional[int] = ..., sub_month: _Optional[int] = ..., subscribe_type: _Optional[int] = ..., old_subscribe_status: _Optional[int] = ..., message_type: _Optional[int] = ..., subscribing_status: _Optional[int] = ..., is_send: _Optional[bool] = ..., is_custom: _Optional[bool] = ..., gift_source: _Optional[int] = ...) -> None: ...

class WebcastSubPinEventMessage(_message.Message):
    __slots__ = ("common", "action_type", "operator_user_id")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    ACTION_TYPE_FIELD_NUMBER: _ClassVar[int]
    OPERATOR_USER_ID_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    action_type: int
    operator_user_id: int
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., action_type: _Optional[int] = ..., operator_user_id: _Optional[int] = ...) -> None: ...

class WebcastSubTimerStickerMessage(_message.Message):
    __slots__ = ("common",)
    COMMON_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ...) -> None: ...

class WebcastSubWaveMessage(_message.Message):
    __slots__ = ("common",)
    COMMON_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ...) -> None: ...

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
    __slots__ = ("common", "update_type", "picks_blob")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TYPE_FIELD_NUMBER: _ClassVar[int]
    PICKS_BLOB_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    update_type: int
    picks_blob: bytes
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., update_type: _Optional[int] = ..., picks_blob: _Optional[bytes] = ...) -> None: ...

class WebcastWeeklyRankRewardMessage(_message.Message):
    __slots__ = ("user_id", "common")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    COMMON_FIELD_NUMBER: _ClassVar[int]
    user_id: int
    common: _types_pb2.Common
    def __init__(self, user_id: _Optional[int] = ..., common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ...) -> None: ...

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
    __slots__ = ("gift_sub_count", "show_gift_sub_count")
    GIFT_SUB_COUNT_FIELD_NUMBER: _ClassVar[int]
    SHOW_GIFT_SUB_COUNT_FIELD_NUMBER: _ClassVar[int]
    gift_sub_count: int
    show_gift_sub_count: bool
    def __init__(self, gift_sub_count: _Optional[int] = ..., show_gift_sub_count: _Optional[bool] = ...) -> None: ...

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
    __slots__ = ("envelope_id", "business_type", "envelope_idc", "send_user_name", "diamond_count", "people_count", "unpack_at", "send_user_id", "create_at", "follow_show_status", "skin_id")
    ENVELOPE_ID_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_TYPE_FIELD_NUMBER: _ClassVar[int]
    ENVELOPE_IDC_FIELD_NUMBER: _ClassVar[int]
    SEND_USER_NAME_FIELD_NUMBER: _ClassVar[int]
    DIAMOND_COUNT_FIELD_NUMBER: _ClassVar[int]
    PEOPLE_COUNT_FIELD_NUMBER: _ClassVar[int]
    UNPACK_AT_FIELD_NUMBER: _ClassVar[int]
    SEND_USER_ID_FIELD_NUMBER: _ClassVar[int]
    CREATE_AT_FIELD_NUMBER: _ClassVar[int]
    FOLLOW_SHOW_STATUS_FIELD_NUMBER: _ClassVar[int]
    SKIN_ID_FIELD_NUMBER: _ClassVar[int]
    envelope_id: str
    business_type: int
    envelope_idc: str
    send_user_name: str
    diamond_count: int
    people_count: int
    unpack_at: int
    send_user_id: str
    create_at: str
    follow_show_status: int
    skin_id: int
    def __init__(self, envelope_id: _Optional[str] = ..., business_type: _Optional[int] = ..., envelope_idc: _Optional[str] = ..., send_user_name: _Optional[str] = ..., diamond_count: _Optional[int] = ..., people_count: _Optional[int] = ..., unpack_at: _Optional[int] = ..., send_user_id: _Optional[str] = ..., create_at: _Optional[str] = ..., follow_show_status: _Optional[int] = ..., skin_id: _Optional[int] = ...) -> None: ...

class EnvelopePortalInfo(_message.Message):
    __slots__ = ("id", "idc", "send_at", "deadline", "envelope_diamonds", "portal_diamonds", "sender_unique_id", "sender_id", "sender_avatar")
    ID_FIELD_NUMBER: _ClassVar[int]
    IDC_FIELD_NUMBER: _ClassVar[int]
    SEND_AT_FIELD_NUMBER: _ClassVar[int]
    DEADLINE_FIELD_NUMBER: _ClassVar[int]
    ENVELOPE_DIAMONDS_FIELD_NUMBER: _ClassVar[int]
    PORTAL_DIAMONDS_FIELD_NUMBER: _ClassVar[int]
    SENDER_UNIQUE_ID_FIELD_NUMBER: _ClassVar[int]
    SENDER_ID_FIELD_NUMBER: _ClassVar[int]
    SENDER_AVATAR_FIELD_NUMBER: _ClassVar[int]
    id: str
    idc: str
    send_at: int
    deadline: int
    envelope_diamonds: int
    portal_diamonds: int
    sender_unique_id: str
    sender_id: str
    sender_avatar: _types_pb2.Image
    def __init__(self, id: _Optional[str] = ..., idc: _Optional[str] = ..., send_at: _Optional[int] = ..., deadline: _Optional[int] = ..., envelope_diamonds: _Optional[int] = ..., portal_diamonds: _Optional[int] = ..., sender_unique_id: _Optional[str] = ..., sender_id: _Optional[str] = ..., sender_avatar: _Optional[_Union[_types_pb2.Image, _Mapping]] = ...) -> None: ...

class LiveGoalIndicator(_message.Message):
    __slots__ = ("key", "op")
    KEY_FIELD_NUMBER: _ClassVar[int]
    OP_FIELD_NUMBER: _ClassVar[int]
    key: str
    op: int
    def __init__(self, key: _Optional[str] = ..., op: _Optional[int] = ...) -> None: ...

class LiveGoal(_message.Message):
    __slots__ = ("id", "type", "status", "sub_goals", "description", "audit_status", "cycle_type", "start_time", "expire_time", "real_finish_time", "contributors", "contributors_length", "id_str")
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
    def __init__(self, id: _Optional[int] = ..., type: _Optional[int] = ..., status: _Optional[int] = ..., sub_goals: _Optional[_Iterable[_Union[LiveSubGoal, _Mapping]]] = ..., description: _Optional[str] = ..., audit_status: _Optional[int] = ..., cycle_type: _Optional[int] = ..., start_time: _Optional[int] = ..., expire_time: _Optional[int] = ..., real_finish_time: _Optional[int] = ..., contributors: _Optional[_Iterable[_Union[LiveGoalContributor, _Mapping]]] = ..., contributors_length: _Optional[int] = ..., id_str: _Optional[str] = ...) -> None: ...

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
    __slots__ = ("user_id", "avatar", "display_id", "score", "user_id_str", "in_room", "is_friend")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    AVATAR_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_ID_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    USER_ID_STR_FIELD_NUMBER: _ClassVar[int]
    IN_ROOM_FIELD_NUMBER: _ClassVar[int]
    IS_FRIEND_FIELD_NUMBER: _ClassVar[int]
    user_id: int
    avatar: _types_pb2.Image
    display_id: str
    score: int
    user_id_str: str
    in_room: bool
    is_friend: bool
    def __init__(self, user_id: _Optional[int] = ..., avatar: _Optional[_Union[_types_pb2.Image, _Mapping]] = ..., display_id: _Optional[str] = ..., score: _Optional[int] = ..., user_id_str: _Optional[str] = ..., in_room: _Optional[bool] = ..., is_friend: _Optional[bool] = ...) -> None: ...

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
    __slots__ = ("client_start_ms", "api_recv_time_ms", "api_send_to_goim_ms")
    CLIENT_START_MS_FIELD_NUMBER: _ClassVar[int]
    API_RECV_TIME_MS_FIELD_NUMBER: _ClassVar[int]
    API_SEND_TO_GOIM_MS_FIELD_NUMBER: _ClassVar[int]
    client_start_ms: int
    api_recv_time_ms: int
    api_send_to_goim_ms: int
    def __init__(self, client_start_ms: _Optional[int] = ..., api_recv_time_ms: _Optional[int] = ..., api_send_to_goim_ms: _Optional[int] = ...) -> None: ...

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
    __slots__ = ("votes", "display_content", "option_index")
    VOTES_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_CONTENT_FIELD_NUMBER: _ClassVar[int]
    OPTION_INDEX_FIELD_NUMBER: _ClassVar[int]
    votes: int
    display_content: str
    option_index: int
    def __init__(self, votes: _Optional[int] = ..., display_content: _Optional[str] = ..., option_index: _Optional[int] = ...) -> None: ...

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
    __slots__ = ("option_list",)
    OPTION_LIST_FIELD_NUMBER: _ClassVar[int]
    option_list: _containers.RepeatedCompositeFieldContainer[PollOption]
    def __init__(self, option_list: _Optional[_Iterable[_Union[PollOption, _Mapping]]] = ...) -> None: ...

class WebcastRankUpdate(_message.Message):
    __slots__ = ("rank_type", "owner_rank", "show_entrance_animation", "countdown", "related_tab_rank_type", "request_first_show_type", "supported_version", "owner_on_rank")
    RANK_TYPE_FIELD_NUMBER: _ClassVar[int]
    OWNER_RANK_FIELD_NUMBER: _ClassVar[int]
    SHOW_ENTRANCE_ANIMATION_FIELD_NUMBER: _ClassVar[int]
    COUNTDOWN_FIELD_NUMBER: _ClassVar[int]
    RELATED_TAB_RANK_TYPE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIRST_SHOW_TYPE_FIELD_NUMBER: _ClassVar[int]
    SUPPORTED_VERSION_FIELD_NUMBER: _ClassVar[int]
    OWNER_ON_RANK_FIELD_NUMBER: _ClassVar[int]
    rank_type: int
    owner_rank: int
    show_entrance_animation: bool
    countdown: int
    related_tab_rank_type: int
    request_first_show_type: int
    supported_version: int
    owner_on_rank: bool
    def __init__(self, rank_type: _Optional[int] = ..., owner_rank: _Optional[int] = ..., show_entrance_animation: _Optional[bool] = ..., countdown: _Optional[int] = ..., related_tab_rank_type: _Optional[int] = ..., request_first_show_type: _Optional[int] = ..., supported_version: _Optional[int] = ..., owner_on_rank: _Optional[bool] = ...) -> None: ...

class WebcastRankTabInfo(_message.Message):
    __slots__ = ("rank_type", "title", "list_lynx_type")
    RANK_TYPE_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    LIST_LYNX_TYPE_FIELD_NUMBER: _ClassVar[int]
    rank_type: int
    title: str
    list_lynx_type: int
    def __init__(self, rank_type: _Optional[int] = ..., title: _Optional[str] = ..., list_lynx_type: _Optional[int] = ...) -> None: ...

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
