"""Field numbers of the messages that the simulator writes and reads: name -> number.

The names are the usual ones of the Webcast schema. Only fields that are used are listed; `wire.build` refuses others.
"""

from typing import Final

# The envelope.
PUSH_FRAME: Final = {
    "seq_id": 1,
    "log_id": 2,
    "service": 3,
    "method": 4,
    "headers": 5,
    "payload_encoding": 6,
    "payload_type": 7,
    "payload": 8,
}
FETCH_RESPONSE: Final = {
    "messages": 1,
    "cursor": 2,
    "fetch_interval": 3,
    "now": 4,
    "internal_ext": 5,
    "fetch_type": 6,
    "route_params_map": 7,
    "heart_beat_duration": 8,
    "needs_ack": 9,
    "push_server": 10,
    "is_first": 11,
}
RESPONSE_MESSAGE: Final = {"method": 1, "payload": 2, "msg_id": 3, "msg_type": 4, "offset": 5, "is_history": 6}
HEARTBEAT: Final = {"room_id": 1, "send_packet_seq_id": 2}
ENTER_ROOM: Final = {
    "room_id": 1,
    "room_tag": 2,
    "live_region": 3,
    "live_id": 4,
    "identity": 5,
    "cursor": 6,
    "account_type": 7,
    "enter_unique_id": 8,
    "filter_welcome_msg": 9,
}

# Shared types.
IMAGE: Final = {"url_list": 1, "uri": 2, "height": 3, "width": 4, "avg_color": 5, "image_type": 6, "schema": 7}
FOLLOW_INFO: Final = {"following_count": 1, "follower_count": 2, "follow_status": 3}
USER: Final = {
    "id": 1,
    "nickname": 3,
    "bio_description": 5,
    "avatar_thumb": 9,
    "avatar_medium": 10,
    "follow_info": 22,
    "user_honor": 23,
    "user_attr": 32,
    "display_id": 38,
    "sec_uid": 46,
    "badges": 64,
    "id_str": 1028,
    "is_follower": 1029,
    "is_subscribe": 1090,
}
USER_ATTR: Final = {"is_muted": 1, "is_admin": 2}
USER_IDENTITY: Final = {
    "is_gift_giver_of_anchor": 1,
    "is_subscriber_of_anchor": 2,
    "is_mutual_following_with_anchor": 3,
    "is_follower_of_anchor": 4,
    "is_moderator_of_anchor": 5,
    "is_anchor": 6,
}
BADGE: Final = {
    "display_type": 1,
    "priority_type": 2,
    "badge_scene": 3,
    "position": 4,
    "schema_url": 10,
    "display": 11,
    "log_extra": 12,
    "combine_badge": 23,
}
BADGE_LOG: Final = {
    "data_version": 1,
    "privilege_id": 2,
    "privilege_version": 3,
    "privilege_order_id": 4,
    "level": 5,
}
COMBINE_BADGE: Final = {
    "badge_display_type": 1,
    "icon": 2,
    "str_value": 4,
    "background": 11,
    "background_dark_mode": 12,
    "public_screen_show_style": 15,
    "personal_card_show_style": 16,
}
BADGE_BACKGROUND: Final = {"image": 1, "background_color_code": 2}
COMMON: Final = {
    "method": 1,
    "msg_id": 2,
    "room_id": 3,
    "create_time": 4,
    "is_show_msg": 6,
    "describe": 7,
    "display_text": 8,
    "fold_type": 9,
    "anchor_fold_type": 10,
    "from_idc": 15,
    "room_message_heat_level": 22,
    "fold_type_for_web": 23,
    "anchor_fold_type_for_web": 24,
}
TEXT: Final = {"key": 1, "default_pattern": 2, "default_format": 3, "pieces": 4}
TEXT_FORMAT: Final = {"color": 1, "weight": 4}
TEXT_PIECE: Final = {"type": 1, "format": 2, "string_value": 11, "user_value": 21, "gift_value": 22}
PIECE_USER: Final = {"user": 1, "with_colon": 2}
PIECE_GIFT: Final = {"gift_id": 1, "name_ref": 2, "color_id": 4}
PATTERN_REF: Final = {"key": 1, "default_pattern": 2}
GIFT: Final = {
    "image": 1,
    "describe": 2,
    "duration": 4,
    "id": 5,
    "for_link_mic": 7,
    "combo": 10,
    "type": 11,
    "diamond_count": 12,
    "is_displayed_on_panel": 13,
    "name": 16,
    "icon": 21,
}
CONTRIBUTOR: Final = {"score": 1, "user": 2, "rank": 3}
QUESTION_DETAILS: Final = {"question_id": 1, "question_text": 2, "create_time": 4, "user": 5}

# Messages of a room.
CHAT_MESSAGE: Final = {"common": 1, "user": 2, "content": 3, "content_language": 14, "user_identity": 18}
MEMBER_MESSAGE: Final = {
    "common": 1,
    "user": 2,
    "member_count": 3,
    "action": 10,
    "anchor_display_text": 18,
    "client_enter_source": 19,
    "client_enter_type": 20,
}
GIFT_MESSAGE: Final = {
    "common": 1,
    "gift_id": 2,
    "fan_ticket_count": 3,
    "group_count": 4,
    "repeat_count": 5,
    "combo_count": 6,
    "user": 7,
    "repeat_end": 9,
    "group_id": 11,
    "gift": 15,
    "send_type": 17,
    "monitor_extra": 22,
    "gift_extra": 23,
    "user_identity": 32,
}
GIFT_EXTRA: Final = {"anchor_id": 1, "to_user_id": 8, "from_platform": 10}
LIKE_MESSAGE: Final = {"common": 1, "count": 2, "total": 3, "user": 5, "effect_cnt": 9}
SOCIAL_MESSAGE: Final = {
    "common": 1,
    "user": 2,
    "share_type": 3,
    "action": 4,
    "share_target": 5,
    "follow_count": 6,
    "share_count": 8,
}
ROOM_USER_MESSAGE: Final = {"common": 1, "ranks_list": 2, "viewer_count": 3, "total_user": 7, "anonymous": 8}
QUESTION_MESSAGE: Final = {"common": 1, "details": 2}
CONTROL_MESSAGE: Final = {"common": 1, "action": 2, "tips": 3}
ENVELOPE_MESSAGE: Final = {"common": 1, "envelope_info": 2, "display": 3}
ENVELOPE_INFO: Final = {
    "envelope_id": 1,
    "business_type": 2,
    "send_user_name": 4,
    "diamond_count": 5,
    "people_count": 6,
    "unpack_at": 7,
    "send_user_id": 8,
    "create_at": 10,
    "room_id": 11,
}

# Battles.
MAP_ENTRY: Final = {"key": 1, "value": 2}
BATTLE_MESSAGE: Final = {
    "common": 1,
    "battle_id": 2,
    "settings": 3,
    "action": 4,
    "results": 5,
    "armies": 9,
    "anchors": 10,
    "team_members": 14,
    "action_by_user_id": 16,
    "team_results": 17,
    "team_armies": 18,
}
ARMIES_MESSAGE: Final = {
    "common": 1,
    "battle_id": 2,
    "armies": 3,
    "trigger_reason": 7,
    "team_armies": 14,
    "settings": 18,
}
BATTLE_SETTINGS: Final = {"battle_id": 1, "start_time_ms": 2, "duration": 3, "status": 5, "battle_type": 8}
BATTLE_USER_INFO: Final = {"user": 1}
BATTLE_USER: Final = {"user_id": 1, "nickname": 2, "avatar": 3, "display_id": 4}
BATTLE_RESULT: Final = {"user_id": 1, "result": 2, "score": 3}
HOST_ARMIES: Final = {"supporters": 1, "host_score": 2}
TEAM_MEMBERS: Final = {"team_id": 1, "user_ids": 2}
TEAM_USER: Final = {"user_id": 1, "score": 2}
TEAM_RESULT: Final = {"team_id": 1, "users": 2, "result": 3, "total_score": 4}
TEAM_ARMIES: Final = {"team_id": 1, "users": 2, "total_score": 3}
