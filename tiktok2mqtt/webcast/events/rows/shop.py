"""Shopping, partnerships, advertisements."""

from tiktok2mqtt.webcast.events.fields import Field
from tiktok2mqtt.webcast.events.rows.common import plain
from tiktok2mqtt.webcast.schema import shop_pb2 as pb

ROWS = (
    plain(
        "shop",
        pb.WebcastOecLiveShoppingMessage,
        "The host shows a product.",
        fields=(
            Field("title", "string", "product.title", "Name of the product"),
            Field("price", "string", "product.price", "Its price, with the currency"),
            Field("image", "string", "product.image_url", "URL of its picture"),
            Field("product_id", "id", "product.product_id", "Its id"),
            Field("shop_name", "string", "product.shop_name", "Who sells it"),
        ),
    ),
    plain("paid_content_live_shopping", pb.WebcastPaidContentLiveShoppingMessage, "Paid content is offered."),
    plain("ec_short_item_refresh", pb.WebcastEcShortItemRefreshMessage, "The short list of products changed."),
    plain("ec_task_register", pb.WebcastEcTaskRegisterMessage, "A shopping task was set up."),
    plain("ba_lead_gen", pb.WebcastBALeadGenMessage, "A form of an advertiser."),
    plain("partnership_card_change", pb.WebcastPartnershipCardChangeMessage, "The card of a partner changed."),
    plain("partnership_download_count", pb.WebcastPartnershipDownloadCountMessage, "Downloads of a partner's game."),
    plain("partnership_drops_update", pb.WebcastPartnershipDropsUpdateMessage, "Drops of a partner's game."),
    plain("partnership_game_offline", pb.WebcastPartnershipGameOfflineMessage, "A partner's game is gone."),
    plain("partnership_punish", pb.WebcastPartnershipPunishMessage, "A partnership was penalised."),
)
