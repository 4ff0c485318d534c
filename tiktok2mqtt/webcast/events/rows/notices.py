"""Rankings, notices, banners, shopping, games, and everything else."""

from tiktok2mqtt.webcast.events.fields import Field
from tiktok2mqtt.webcast.events.rows.common import LABEL, simple_row
from tiktok2mqtt.webcast.schema import notices_pb2 as pb
from tiktok2mqtt.webcast.schema import shop_pb2

_RANKINGS = (
    simple_row("rank_update", pb.WebcastRankUpdateMessage, "The host's place in the rankings changed."),
    simple_row(
        "rank_text",
        pb.WebcastRankTextMessage,
        "A viewer moved up in the ranking of gifters.",
        fields=(
            *LABEL,
            Field("current_user_id", "id", "cur_user_id", "User ID of the viewer"),
            Field("before", "integer", "owner_idx_before_update", "Place before"),
            Field("after", "integer", "owner_idx_after_update", "Place now"),
        ),
    ),
    simple_row("hourly_rank", pb.WebcastHourlyRankMessage, "The hourly or weekly ranking."),
    simple_row("hourly_rank_reward", pb.WebcastHourlyRankRewardMessage, "A reward for the hourly ranking."),
    simple_row("weekly_rank_reward", pb.WebcastWeeklyRankRewardMessage, "A reward for the weekly ranking."),
    simple_row("game_rank_notify", pb.WebcastGameRankNotifyMessage, "The ranking of a game."),
)

_NOTICES = (
    simple_row("in_room_banner", pb.WebcastInRoomBannerMessage, "A banner in the room."),
    simple_row("in_room_banner_refresh", pb.WebcastInRoomBannerRefreshMessage, "The banners must be fetched again."),
    simple_row("access_control", pb.WebcastAccessControlMessage, "TikTok asks the viewer for verification."),
    simple_row("access_recall", pb.WebcastAccessRecallMessage, "Access to the LIVE was restricted."),
    simple_row("room_verify", pb.WebcastRoomVerifyMessage, "TikTok verifies the room.", aliases=("RoomVerifyMessage",)),
    simple_row("perception", pb.WebcastPerceptionMessage, "A warning to the host or to the viewers."),
    simple_row("system", pb.WebcastSystemMessage, "A system message."),
    simple_row("notice", pb.WebcastNoticeMessage, "A notice."),
    simple_row("notify", pb.WebcastNotifyMessage, "A notification."),
    simple_row("room_notify", pb.WebcastRoomNotifyMessage, "A notification in the room."),
    simple_row("toast", pb.WebcastToastMessage, "A short notice."),
    simple_row(
        "bottom",
        pb.WebcastBottomMessage,
        "A notice at the bottom of the screen, such as a health warning.",
        fields=(
            *LABEL,
            Field("content", "string", "content", "Text of the notice, if it has one of its own"),
            Field("duration_ms", "integer", "duration", "Duration in seconds, in spite of the key"),
        ),
    ),
    simple_row("capsule", pb.WebcastCapsuleMessage, "A hint among the comments."),
    simple_row("guide", pb.WebcastGuideMessage, "A hint."),
    simple_row("marquee_announcement", pb.WebcastMarqueeAnnouncementMessage, "A scrolling announcement."),
    simple_row("alert_box_audit_result", pb.WebcastAlertBoxAuditResultMessage, "An alert box was reviewed."),
    simple_row("anchor_tool_modification", pb.WebcastAnchorToolModificationMessage, "The host changed a tool."),
    simple_row("room_sticker", pb.WebcastRoomStickerMessage, "A sticker on the screen."),
    simple_row("hashtag", pb.WebcastHashtagMessage, "The topic of the LIVE."),
    simple_row("msg_detect", pb.WebcastMsgDetectMessage, "TikTok measures the delivery of its messages."),
)

_GIFT_NOTICES = (
    simple_row("boost_card", pb.WebcastBoostCardMessage, "Boost cards."),
    simple_row("envelope_portal", pb.WebcastEnvelopePortalMessage, "A portal to another room with a treasure box."),
)

_GAMES = (
    simple_row("live_game_intro", pb.WebcastLiveGameIntroMessage, "The game that is being played."),
    simple_row("pictionary_start", pb.WebcastPictionaryStartMessage, "A round of the drawing game started."),
    simple_row("pictionary_update", pb.WebcastPictionaryUpdateMessage, "The state of the drawing game changed."),
    simple_row("pictionary_end", pb.WebcastPictionaryEndMessage, "A round of the drawing game ended."),
    simple_row("pictionary_exit", pb.WebcastPictionaryExitMessage, "The host left the drawing game."),
    simple_row("viewer_picks_update", pb.WebcastViewerPicksUpdateMessage, "The viewers' picks changed."),
)

_SHOPPING = (
    simple_row(
        "shop",
        shop_pb2.WebcastOecLiveShoppingMessage,
        "The host shows a product.",
        fields=(
            Field("title", "string", "product.title", "Name of the product"),
            Field("price", "string", "product.price", "Price, with the currency"),
            Field("image", "string", "product.image_url", "URL of the picture"),
            Field("product_id", "id", "product.product_id", "ID of the product"),
            Field("product_source", "string", "product.source", "Where the product comes from, as TikTok names it"),
        ),
    ),
    simple_row(
        "paid_content_live_shopping", shop_pb2.WebcastPaidContentLiveShoppingMessage, "Paid content is offered."
    ),
    simple_row("ec_short_item_refresh", shop_pb2.WebcastEcShortItemRefreshMessage, "The product list changed."),
    simple_row("ec_task_register", shop_pb2.WebcastEcTaskRegisterMessage, "A shopping task was registered."),
    simple_row("ba_lead_gen", shop_pb2.WebcastBALeadGenMessage, "A contact form of an advertiser."),
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
    ),
    simple_row(
        "partnership_game_offline",
        shop_pb2.WebcastPartnershipGameOfflineMessage,
        "A partner's game is no longer offered.",
    ),
    simple_row("partnership_punish", shop_pb2.WebcastPartnershipPunishMessage, "A partnership was penalized."),
)

ROWS = (*_RANKINGS, *_NOTICES, *_GIFT_NOTICES, *_GAMES, *_SHOPPING)
