from tiktok2mqtt.webcast.schema import types_pb2 as _types_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class WebcastBALeadGenMessage(_message.Message):
    __slots__ = ("common", "operation", "page_id", "op_time", "cta_text", "schema")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    OPERATION_FIELD_NUMBER: _ClassVar[int]
    PAGE_ID_FIELD_NUMBER: _ClassVar[int]
    OP_TIME_FIELD_NUMBER: _ClassVar[int]
    CTA_TEXT_FIELD_NUMBER: _ClassVar[int]
    SCHEMA_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    operation: int
    page_id: int
    op_time: int
    cta_text: str
    schema: str
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., operation: _Optional[int] = ..., page_id: _Optional[int] = ..., op_time: _Optional[int] = ..., cta_text: _Optional[str] = ..., schema: _Optional[str] = ...) -> None: ...

class WebcastEcShortItemRefreshMessage(_message.Message):
    __slots__ = ("common", "item")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    ITEM_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    item: EcShortItem
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., item: _Optional[_Union[EcShortItem, _Mapping]] = ...) -> None: ...

class WebcastEcTaskRegisterMessage(_message.Message):
    __slots__ = ("common", "task")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    TASK_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    task: EcTask
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., task: _Optional[_Union[EcTask, _Mapping]] = ...) -> None: ...

class WebcastOecLiveShoppingMessage(_message.Message):
    __slots__ = ("common", "action_type", "live_product_number", "product", "trace_info", "card_type")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    ACTION_TYPE_FIELD_NUMBER: _ClassVar[int]
    LIVE_PRODUCT_NUMBER_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    TRACE_INFO_FIELD_NUMBER: _ClassVar[int]
    CARD_TYPE_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    action_type: int
    live_product_number: int
    product: OecProduct
    trace_info: ShopTrace
    card_type: int
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., action_type: _Optional[int] = ..., live_product_number: _Optional[int] = ..., product: _Optional[_Union[OecProduct, _Mapping]] = ..., trace_info: _Optional[_Union[ShopTrace, _Mapping]] = ..., card_type: _Optional[int] = ...) -> None: ...

class WebcastPaidContentLiveShoppingMessage(_message.Message):
    __slots__ = ("common", "action_type", "live_series_number", "series", "trace_info")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    ACTION_TYPE_FIELD_NUMBER: _ClassVar[int]
    LIVE_SERIES_NUMBER_FIELD_NUMBER: _ClassVar[int]
    SERIES_FIELD_NUMBER: _ClassVar[int]
    TRACE_INFO_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    action_type: int
    live_series_number: int
    series: PaidSeries
    trace_info: ShopTrace
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., action_type: _Optional[int] = ..., live_series_number: _Optional[int] = ..., series: _Optional[_Union[PaidSeries, _Mapping]] = ..., trace_info: _Optional[_Union[ShopTrace, _Mapping]] = ...) -> None: ...

class WebcastPartnershipCardChangeMessage(_message.Message):
    __slots__ = ("common", "sequence_id", "task_id")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_ID_FIELD_NUMBER: _ClassVar[int]
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    sequence_id: int
    task_id: str
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., sequence_id: _Optional[int] = ..., task_id: _Optional[str] = ...) -> None: ...

class WebcastPartnershipDownloadCountMessage(_message.Message):
    __slots__ = ("common", "downloaded_count", "game_id")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    DOWNLOADED_COUNT_FIELD_NUMBER: _ClassVar[int]
    GAME_ID_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    downloaded_count: int
    game_id: str
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., downloaded_count: _Optional[int] = ..., game_id: _Optional[str] = ...) -> None: ...

class WebcastPartnershipDropsUpdateMessage(_message.Message):
    __slots__ = ("common", "change_mode", "drops_id", "task_id", "event_id", "anchor_uid")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    CHANGE_MODE_FIELD_NUMBER: _ClassVar[int]
    DROPS_ID_FIELD_NUMBER: _ClassVar[int]
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    ANCHOR_UID_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    change_mode: int
    drops_id: str
    task_id: str
    event_id: str
    anchor_uid: int
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., change_mode: _Optional[int] = ..., drops_id: _Optional[str] = ..., task_id: _Optional[str] = ..., event_id: _Optional[str] = ..., anchor_uid: _Optional[int] = ...) -> None: ...

class WebcastPartnershipGameOfflineMessage(_message.Message):
    __slots__ = ("common", "offline_game_list")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    OFFLINE_GAME_LIST_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    offline_game_list: _containers.RepeatedCompositeFieldContainer[OfflineGame]
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., offline_game_list: _Optional[_Iterable[_Union[OfflineGame, _Mapping]]] = ...) -> None: ...

class WebcastPartnershipPunishMessage(_message.Message):
    __slots__ = ("common", "punish_info")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    PUNISH_INFO_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    punish_info: _types_pb2.PunishInfo
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., punish_info: _Optional[_Union[_types_pb2.PunishInfo, _Mapping]] = ...) -> None: ...

class OecProduct(_message.Message):
    __slots__ = ("title", "price", "image_url", "open_url", "product_type", "product_id", "source", "source_from", "schema", "platform", "product_status")
    TITLE_FIELD_NUMBER: _ClassVar[int]
    PRICE_FIELD_NUMBER: _ClassVar[int]
    IMAGE_URL_FIELD_NUMBER: _ClassVar[int]
    OPEN_URL_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_TYPE_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FROM_FIELD_NUMBER: _ClassVar[int]
    SCHEMA_FIELD_NUMBER: _ClassVar[int]
    PLATFORM_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_STATUS_FIELD_NUMBER: _ClassVar[int]
    title: str
    price: str
    image_url: str
    open_url: str
    product_type: str
    product_id: int
    source: str
    source_from: int
    schema: str
    platform: int
    product_status: int
    def __init__(self, title: _Optional[str] = ..., price: _Optional[str] = ..., image_url: _Optional[str] = ..., open_url: _Optional[str] = ..., product_type: _Optional[str] = ..., product_id: _Optional[int] = ..., source: _Optional[str] = ..., source_from: _Optional[int] = ..., schema: _Optional[str] = ..., platform: _Optional[int] = ..., product_status: _Optional[int] = ...) -> None: ...

class ShopTrace(_message.Message):
    __slots__ = ("operate_time", "arrival_time", "send_time")
    OPERATE_TIME_FIELD_NUMBER: _ClassVar[int]
    ARRIVAL_TIME_FIELD_NUMBER: _ClassVar[int]
    SEND_TIME_FIELD_NUMBER: _ClassVar[int]
    operate_time: int
    arrival_time: int
    send_time: int
    def __init__(self, operate_time: _Optional[int] = ..., arrival_time: _Optional[int] = ..., send_time: _Optional[int] = ...) -> None: ...

class PaidSeries(_message.Message):
    __slots__ = ("series_id",)
    SERIES_ID_FIELD_NUMBER: _ClassVar[int]
    series_id: int
    def __init__(self, series_id: _Optional[int] = ...) -> None: ...

class OfflineGame(_message.Message):
    __slots__ = ("task_id", "toast_text", "task_count", "offline_type", "toast_title", "game_id", "task_type")
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    TOAST_TEXT_FIELD_NUMBER: _ClassVar[int]
    TASK_COUNT_FIELD_NUMBER: _ClassVar[int]
    OFFLINE_TYPE_FIELD_NUMBER: _ClassVar[int]
    TOAST_TITLE_FIELD_NUMBER: _ClassVar[int]
    GAME_ID_FIELD_NUMBER: _ClassVar[int]
    TASK_TYPE_FIELD_NUMBER: _ClassVar[int]
    task_id: str
    toast_text: str
    task_count: int
    offline_type: int
    toast_title: str
    game_id: str
    task_type: int
    def __init__(self, task_id: _Optional[str] = ..., toast_text: _Optional[str] = ..., task_count: _Optional[int] = ..., offline_type: _Optional[int] = ..., toast_title: _Optional[str] = ..., game_id: _Optional[str] = ..., task_type: _Optional[int] = ...) -> None: ...

class EcShortItem(_message.Message):
    __slots__ = ("delay_ms", "item_type")
    DELAY_MS_FIELD_NUMBER: _ClassVar[int]
    ITEM_TYPE_FIELD_NUMBER: _ClassVar[int]
    delay_ms: int
    item_type: str
    def __init__(self, delay_ms: _Optional[int] = ..., item_type: _Optional[str] = ...) -> None: ...

class EcTask(_message.Message):
    __slots__ = ("interval_ms", "task_id")
    INTERVAL_MS_FIELD_NUMBER: _ClassVar[int]
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    interval_ms: int
    task_id: str
    def __init__(self, interval_ms: _Optional[int] = ..., task_id: _Optional[str] = ...) -> None: ...
