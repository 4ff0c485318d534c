from tiktok2mqtt.webcast.schema import types_pb2 as _types_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class WebcastBALeadGenMessage(_message.Message):
    __slots__ = ("common", "op", "page_id", "op_time", "cta_text", "schema")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    OP_FIELD_NUMBER: _ClassVar[int]
    PAGE_ID_FIELD_NUMBER: _ClassVar[int]
    OP_TIME_FIELD_NUMBER: _ClassVar[int]
    CTA_TEXT_FIELD_NUMBER: _ClassVar[int]
    SCHEMA_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    op: int
    page_id: int
    op_time: int
    cta_text: str
    schema: str
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., op: _Optional[int] = ..., page_id: _Optional[int] = ..., op_time: _Optional[int] = ..., cta_text: _Optional[str] = ..., schema: _Optional[str] = ...) -> None: ...

class WebcastEcShortItemRefreshMessage(_message.Message):
    __slots__ = ("common",)
    COMMON_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ...) -> None: ...

class WebcastEcTaskRegisterMessage(_message.Message):
    __slots__ = ("common",)
    COMMON_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ...) -> None: ...

class WebcastOecLiveShoppingMessage(_message.Message):
    __slots__ = ("common", "action_type", "product")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    ACTION_TYPE_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    action_type: int
    product: OecProduct
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., action_type: _Optional[int] = ..., product: _Optional[_Union[OecProduct, _Mapping]] = ...) -> None: ...

class WebcastPaidContentLiveShoppingMessage(_message.Message):
    __slots__ = ("common", "action_type", "live_series_number")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    ACTION_TYPE_FIELD_NUMBER: _ClassVar[int]
    LIVE_SERIES_NUMBER_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    action_type: int
    live_series_number: int
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., action_type: _Optional[int] = ..., live_series_number: _Optional[int] = ...) -> None: ...

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
    __slots__ = ("common", "offline_game_list_blob")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    OFFLINE_GAME_LIST_BLOB_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    offline_game_list_blob: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., offline_game_list_blob: _Optional[_Iterable[bytes]] = ...) -> None: ...

class WebcastPartnershipPunishMessage(_message.Message):
    __slots__ = ("common", "punish_info_blob")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    PUNISH_INFO_BLOB_FIELD_NUMBER: _ClassVar[int]
    common: _types_pb2.Common
    punish_info_blob: bytes
    def __init__(self, common: _Optional[_Union[_types_pb2.Common, _Mapping]] = ..., punish_info_blob: _Optional[bytes] = ...) -> None: ...

class OecProduct(_message.Message):
    __slots__ = ("title", "price", "image_url", "product_id", "source")
    TITLE_FIELD_NUMBER: _ClassVar[int]
    PRICE_FIELD_NUMBER: _ClassVar[int]
    IMAGE_URL_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    title: str
    price: str
    image_url: str
    product_id: int
    source: str
    def __init__(self, title: _Optional[str] = ..., price: _Optional[str] = ..., image_url: _Optional[str] = ..., product_id: _Optional[int] = ..., source: _Optional[str] = ...) -> None: ...
