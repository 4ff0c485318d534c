"""Shopping, advertising and partnerships."""

from typing import Any

from tiktok2mqtt.webcast.events.fields import Field
from tiktok2mqtt.webcast.events.rows.common import PUNISH_WORDS, simple_row
from tiktok2mqtt.webcast.schema import shop_pb2


def _product_count(message: Any) -> int | None:
    # Messages that show a product do not have it; in the others, 0 means that the last one was taken away.
    count: int = message.live_product_number
    return count or None if message.HasField("product") else count


ROWS = (
    simple_row(
        "shop",
        shop_pb2.WebcastOecLiveShoppingMessage,
        "The host shows a product, or the list of products changed.",
        time="trace_info.send_time",
        fields=(
            Field("title", "string", "product.title", "Name of the product"),
            Field("price", "string", "product.price", "Price, with the currency"),
            Field("image", "string", "product.image_url", "URL of the picture"),
            Field("product_id", "id", "product.product_id", "ID of the product"),
            Field("product_source", "string", "product.source", "Where it is sold, for example TikTok Shop"),
            Field("url", "string", "product.open_url", "Page of the product"),
            Field(
                "product_count",
                "integer",
                _product_count,
                "Number of products in the LIVE; null if not sent",
                zero=True,
            ),
            Field("action_type", "integer", "action_type", "TikTok's number for the action; its words are not known"),
            Field("card_type", "integer", "card_type", "TikTok's number for the kind of card; its words are not known"),
            Field("operated_at", "string", "trace_info.operate_time", "When the host did it: RFC 3339", instant=True),
        ),
    ),
    simple_row(
        "paid_content_live_shopping",
        shop_pb2.WebcastPaidContentLiveShoppingMessage,
        "Paid content is offered.",
        time="trace_info.operate_time",
    ),
    simple_row("ec_short_item_refresh", shop_pb2.WebcastEcShortItemRefreshMessage, "The product list changed."),
    simple_row("ec_task_register", shop_pb2.WebcastEcTaskRegisterMessage, "A shopping task was registered."),
    simple_row("ba_lead_gen", shop_pb2.WebcastBALeadGenMessage, "A contact form of an advertiser.", time="op_time"),
    simple_row(
        "partnership_card_change", shop_pb2.WebcastPartnershipCardChangeMessage, "The card of a partner changed."
    ),
    simple_row(
        "partnership_download_count",
        shop_pb2.WebcastPartnershipDownloadCountMessage,
        "Number of downloads of a partner's game.",
    ),
    simple_row(
        "partnership_drops_update",
        shop_pb2.WebcastPartnershipDropsUpdateMessage,
        "The drops of a partner's game changed.",
        words={"change_mode": {0: "shown", 1: "changed", 2: "closed"}},
    ),
    simple_row(
        "partnership_game_offline",
        shop_pb2.WebcastPartnershipGameOfflineMessage,
        "A partner's game is no longer offered.",
    ),
    simple_row(
        "partnership_punish",
        shop_pb2.WebcastPartnershipPunishMessage,
        "A partnership was penalized.",
        words=PUNISH_WORDS,
    ),
)
