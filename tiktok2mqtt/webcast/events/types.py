# Written by `python docs/generate.py` from the rows in tiktok2mqtt/webcast/events/rows: change those.
"""The events as types, for editors and type checkers. Needs no protobuf.

from tiktok2mqtt.webcast.events.types import ChatEvent
"""

from typing import Final, Literal, NotRequired, TypeAlias, TypedDict, get_args


class Common(TypedDict):
    """The keys of every event, beside event_type."""

    v: int
    """Version of this format."""
    id: str
    """Id of the message it was made from."""
    ts: str
    """When it happened: RFC 3339, UTC, with milliseconds."""
    room: str
    """User name of the host, in lower case and without @."""
    room_id: str
    """Id of the room, which is another one with every LIVE."""
    session_id: str
    """Id of the LIVE session."""
    source: str
    """How it was heard: direct, signed, polling, replay or simulated."""
    replayed: bool
    """True when it happened before the room was joined."""
    delayed: bool
    """True when it had to wait for more than 5 s on its way out."""
    truncated: NotRequired[bool]
    """True when long texts or lists were cut to make it fit."""


class Who(TypedDict):
    """A person, wherever people appear."""

    user_id: str | None
    """The person's id."""
    unique_id: str | None
    """The user name, as in @name."""
    nickname: str | None
    """The name shown."""
    profile_picture_url: str | None
    """URL of the profile picture."""


class PersonBadgesItem(TypedDict):
    """An entry of badges."""

    scene: int | None
    """1 moderator, 4 subscriber, 6 ranking, 7 new subscriber, 8 gifter, 10 fan."""
    level: int | None
    """The level it shows, if any."""


class Person(Who):
    """The acting person of an event."""

    is_moderator: bool | None
    """True for a moderator; null when nothing says so."""
    is_subscriber: bool | None
    """True for a subscriber; null when nothing says so."""
    is_follower: bool | None
    """True for a follower of the host; null when nothing says so."""
    is_top_gifter: bool | None
    """True for somebody on the gifters' ranking; null when nothing says so."""
    gifter_level: int | None
    """Level as a gifter, from the badge."""
    fans_level: int | None
    """Level in the host's fan club, from the badge."""
    badges: list[PersonBadgesItem] | None
    """All badges."""


class ChatEmotesItem(TypedDict):
    """An entry of emotes."""

    emote_id: str | None
    """The emote's id."""
    image: str | None
    """URL of its picture."""
    place_in_comment: int | None
    """Where, in characters."""


class ChatEvent(Common, Person):
    """A viewer wrote a comment."""

    event_type: Literal["chat"]
    comment: str | None
    """The text."""
    emotes: list[ChatEmotesItem] | None
    """Emotes in the text."""
    mentioned_user: Who | None
    """The user the comment answers."""
    language: str | None
    """Language of the text, as TikTok guesses it."""


class MemberEvent(Common, Person):
    """A viewer joined."""

    event_type: Literal["member"]
    action: int | None
    """1 joined; other numbers are acts of moderation."""
    viewer_count: int | None
    """Viewers now, if sent."""
    display_type: str | None
    """Key of the text TikTok shows."""
    label: str | None
    """That text in English, with holes like {0:user}."""
    text: str | None
    """What TikTok shows about it, in English."""


class GiftGift(TypedDict):
    """The gift: its name, its price, and the message's own counts."""

    gift_id: str | None
    """The gift's id."""
    name: str | None
    """Its name."""
    gift_type: int | None
    """1 comes in streaks; others count at once."""
    diamond_count: int | None
    """Price of one, in diamonds."""
    repeat_count: int | None
    """The message's own count."""
    repeat_end: int | None
    """1 in the last message of a streak."""
    group_id: str | None
    """What the messages of a streak share."""
    to_user_id: str | None
    """Who receives it."""
    image: str | None
    """URL of its picture."""


class GiftExtendedGiftInfoIcon(TypedDict):
    """Small picture."""

    avg_color: str | None
    """Average colour."""
    is_animated: bool | None
    """Whether it moves."""
    url_list: list[str] | None
    """URLs."""


class GiftExtendedGiftInfo(TypedDict):
    """The gift's entry in the gift list; only when that is asked for."""

    describe: str | None
    """What TikTok says of it."""
    diamond_count: int | None
    """Price of one, in diamonds."""
    duration: int | None
    """Length of its effect, in ms."""
    icon: GiftExtendedGiftInfoIcon | None
    """Small picture."""
    id: str | None
    """The gift's id."""
    image: GiftExtendedGiftInfoIcon | None
    """Picture."""
    is_broadcast_gift: bool | None
    """Whether other rooms hear of it."""
    is_displayed_on_panel: bool | None
    """Whether it can be chosen."""
    is_effect_befview: bool | None
    """Whether its effect can be seen before."""
    item_type: int | None
    """Kind of item."""
    name: str | None
    """Its name."""
    type: int | None
    """1 comes in streaks."""


class GiftEvent(Common, Person):
    """A gift, final: once per streak or single gift.

    Should a streak go on that was taken for over, another one tells the difference.
    """

    event_type: Literal["gift"]
    gift_id: str | None
    """The gift's id."""
    gift: GiftGift | None
    """The gift: its name, its price, and the message's own counts."""
    count: int | None
    """Gifts of the streak so far, the most any message told; never goes back."""
    delta: int | None
    """Those of `count` that no earlier event of this name has told. To count gifts, add up the `delta` of `gift`."""
    diamonds: int | None
    """Price of all `count` gifts, in diamonds; null when the price is unknown."""
    display_type: str | None
    """Key of the text TikTok shows."""
    label: str | None
    """That text in English, with holes like {0:user}."""
    text: str | None
    """What TikTok shows about it, in English."""
    extended_gift_info: NotRequired[GiftExtendedGiftInfo | None]
    """The gift's entry in the gift list; only when that is asked for."""
    closed_by: str | None
    """What ended the streak: end (its last message, or a gift that comes alone), timeout (silence), superseded (its
    user went on with another streak of the gift), disconnect.
    """


class GiftStreakEvent(Common, Person):
    """A streak of gifts is running; its end comes as `gift`, which may count more."""

    event_type: Literal["gift_streak"]
    gift_id: str | None
    """The gift's id."""
    gift: GiftGift | None
    """The gift: its name, its price, and the message's own counts."""
    count: int | None
    """Gifts of the streak so far, the most any message told; never goes back."""
    delta: int | None
    """Those of `count` that no earlier event of this name has told. To count gifts, add up the `delta` of `gift`."""
    diamonds: int | None
    """Price of all `count` gifts, in diamonds; null when the price is unknown."""
    display_type: str | None
    """Key of the text TikTok shows."""
    label: str | None
    """That text in English, with holes like {0:user}."""
    text: str | None
    """What TikTok shows about it, in English."""
    extended_gift_info: NotRequired[GiftExtendedGiftInfo | None]
    """The gift's entry in the gift list; only when that is asked for."""


class LikeEvent(Common, Person):
    """A viewer tapped; TikTok sends a message for some of the taps."""

    event_type: Literal["like"]
    like_count: int | None
    """Likes in this batch."""
    total_like_count: int | None
    """Likes of the whole LIVE; never goes back within a session."""
    display_type: str | None
    """Key of the text TikTok shows."""
    label: str | None
    """That text in English, with holes like {0:user}."""
    text: str | None
    """What TikTok shows about it, in English."""


class RoomUserTopViewersItem(TypedDict):
    """An entry of top_viewers."""

    rank: int | None
    """1 is the highest."""
    score: int | None
    """Diamonds given."""
    user_id: str | None
    """The person's id."""
    unique_id: str | None
    """The user name, as in @name."""
    nickname: str | None
    """The name shown."""
    profile_picture_url: str | None
    """URL of the profile picture."""


class RoomUserEvent(Common):
    """How many watch, and who gave most."""

    event_type: Literal["room_user"]
    viewer_count: int | None
    """Viewers now."""
    total_user_count: int | None
    """Viewers since the LIVE began."""
    top_viewers: list[RoomUserTopViewersItem] | None
    """The highest gifters among the viewers."""


class SocialEvent(Common, Person):
    """A viewer followed the host, shared the LIVE or the like."""

    event_type: Literal["social"]
    display_type: str | None
    """Key of the text TikTok shows."""
    label: str | None
    """That text in English, with holes like {0:user}."""
    text: str | None
    """What TikTok shows about it, in English."""
    action: int | None
    """1 followed, 2 to 5 shared."""


class FollowEvent(Common, Person):
    """A viewer followed the host."""

    event_type: Literal["follow"]
    display_type: str | None
    """Key of the text TikTok shows."""
    label: str | None
    """That text in English, with holes like {0:user}."""
    text: str | None
    """What TikTok shows about it, in English."""
    action: int | None
    """1 followed, 2 to 5 shared."""
    follower_count: int | None
    """Followers of the host, if sent."""


class ShareEvent(Common, Person):
    """A viewer shared the LIVE."""

    event_type: Literal["share"]
    display_type: str | None
    """Key of the text TikTok shows."""
    label: str | None
    """That text in English, with holes like {0:user}."""
    text: str | None
    """What TikTok shows about it, in English."""
    action: int | None
    """1 followed, 2 to 5 shared."""
    share_count: int | None
    """Shares so far, if sent."""


class QuestionNewEvent(Common, Person):
    """A viewer asked a question in the Q&A."""

    event_type: Literal["question_new"]
    question_text: str | None
    """The question."""
    question_id: str | None
    """Its id."""


class ControlEvent(Common):
    """The host paused, resumed or ended the LIVE, or TikTok suspended it."""

    event_type: Literal["control"]
    action: int | None
    """1 paused, 2 resumed, 3 ended, 4 suspended."""
    state: str | None
    """The same as a word."""
    tips: str | None
    """What TikTok says about it."""


class StreamEndEvent(Common):
    """The LIVE is over."""

    event_type: Literal["stream_end"]
    reason: str | None
    """ended by the host, or suspended by TikTok."""
    action: int | None
    """3 ended, 4 suspended."""


class ConnectedEvent(Common):
    """The room is being heard."""

    event_type: Literal["connected"]
    state: str | None
    """live."""
    transport: str | None
    """The way into the room."""
    title: str | None
    """Title of the LIVE, if known."""


class GapEvent(Common):
    """A LIVE that was lost is heard again; what it said in between is missing, but for what comes as history."""

    event_type: Literal["gap"]
    seconds: float | None
    """From the last message heard to the moment of the reconnect."""
    since: str | None
    """When the last message was heard, RFC 3339."""


class DisconnectedEvent(Common):
    """The room is no longer heard."""

    event_type: Literal["disconnected"]
    code: str | None
    """The reason in one word."""
    reason: str | None
    """The reason in plain words."""


class ErrorEvent(Common):
    """Something failed that does not end the connection."""

    event_type: Literal["error"]
    code: str | None
    """The reason in one word."""
    reason: str | None
    """The reason in plain words."""


class SubscribeEvent(Common, Person):
    """A viewer subscribed to the host."""

    event_type: Literal["subscribe"]
    months: int | None
    """For how many months, if sent."""
    subscribe_type: int | None
    """TikTok's number for the kind of subscription."""
    gifted: int | None
    """How many subscriptions were given to others, if sent."""
    text: str | None
    """What TikTok shows about it, in English."""


class SuperFanEvent(Common, Person):
    """A viewer became a super fan of the host, joined as one, or sent a super fan box."""

    event_type: Literal["super_fan"]
    what: str | None
    """became, joined or box."""
    text: str | None
    """What TikTok shows about it, in English."""


class BarrageEvent(Common, Person):
    """A banner passes over the picture: somebody of a high level joined, or the like."""

    event_type: Literal["barrage"]
    barrage_type: int | None
    """4 subscription, 9 gifter joined, 11 fan joined ..."""
    display_type: str | None
    """Text key."""
    text: str | None
    """What TikTok shows, in English."""
    level: int | None
    """Level of the person, if it is about one."""
    icon: str | None
    """URL of the icon."""


class EmoteEmotesItem(TypedDict):
    """An entry of emotes."""

    emote_id: str | None
    """The emote's id."""
    image: str | None
    """URL of its picture."""


class EmoteEvent(Common, Person):
    """A subscriber sent emotes without a text."""

    event_type: Literal["emote"]
    emotes: list[EmoteEmotesItem] | None
    """The emotes."""


class EnvelopeEvent(Common):
    """A treasure box was sent, or is about to open."""

    event_type: Literal["envelope"]
    display_type: str | None
    """Key of the text TikTok shows."""
    label: str | None
    """That text in English, with holes like {0:user}."""
    text: str | None
    """What TikTok shows about it, in English."""
    envelope_id: str | None
    """Its id."""
    business_type: int | None
    """TikTok's number for its kind."""
    sender: str | None
    """Who sent it."""
    sender_id: str | None
    """The same as an id."""
    diamond_count: int | None
    """Diamonds in it."""
    people_count: int | None
    """How many can get some."""
    unpack_at: int | None
    """When it opens, in seconds since 1970."""
    display: int | None
    """TikTok's number for how it is shown."""


class GoalUpdateSubGoalsItem(TypedDict):
    """An entry of sub_goals."""

    goal_id: str | None
    """Id; of a gift goal, the gift's."""
    type: int | None
    """TikTok's number for its kind."""
    progress: int | None
    """So far."""
    target: int | None
    """To be reached."""
    gift_name: str | None
    """The gift that counts, if it is one."""


class GoalUpdateEvent(Common):
    """A goal of the host was set or came nearer."""

    event_type: Literal["goal_update"]
    goal_id: str | None
    """The goal's id."""
    description: str | None
    """What the host wrote about it."""
    status: int | None
    """TikTok's number for its state."""
    start_time: int | None
    """Begin, in seconds since 1970."""
    expire_time: int | None
    """End, in seconds since 1970."""
    sub_goals: list[GoalUpdateSubGoalsItem] | None
    """What is to be reached."""
    contributor_id: str | None
    """Who brought it on."""
    contributor: str | None
    """The same as a user name."""
    contributor_picture_url: str | None
    """Profile picture."""
    contribute_count: int | None
    """By how much."""
    contribute_score: int | None
    """The same as a score."""


class PollOptionsItem(TypedDict):
    """An entry of options."""

    index: int | None
    """Place in the list."""
    text: str | None
    """What it says."""
    votes: int | None
    """Votes so far."""


class PollEvent(Common):
    """A poll began, changed or ended."""

    event_type: Literal["poll"]
    poll_id: str | None
    """Its id."""
    message_type: int | None
    """TikTok's number: begun, changed, ended."""
    title: str | None
    """The question, when it begins."""
    poll_kind: int | None
    """TikTok's number for its kind."""
    options: list[PollOptionsItem] | None
    """The choices."""


class LiveIntroEvent(Common, Person):
    """The host's introduction of the LIVE."""

    event_type: Literal["live_intro"]
    content: str | None
    """The text."""
    language: str | None
    """Its language."""


class RoomMessageEvent(Common):
    """A message of the room itself."""

    event_type: Literal["room_message"]
    content: str | None
    """The text, where it is one."""
    display_type: str | None
    """Key of the text TikTok shows."""
    label: str | None
    """That text in English, with holes like {0:user}."""
    text: str | None
    """What TikTok shows about it, in English."""
    scene: int | None
    """TikTok's number for the occasion."""
    is_welcome: bool | None
    """Whether it welcomes somebody."""


class RoomPinEvent(Common, Person):
    """A message was pinned, or taken down; the person is its author."""

    event_type: Literal["room_pin"]
    original_msg_type: str | None
    """Type of the pinned message."""
    comment: str | None
    """Its text, when it is a comment."""
    gift_name: str | None
    """Its gift, when it is one."""
    pinned_by: str | None
    """Who pinned it."""
    action: int | None
    """TikTok's number for what was done."""
    pin_id: str | None
    """Id of the pin."""
    pinned_at: int | None
    """When, in ms since 1970."""


class CaptionEvent(Common):
    """What the host says, as TikTok understands it."""

    event_type: Literal["caption"]
    text: str | None
    """The words."""
    language: str | None
    """Language."""
    timestamp_ms: int | None
    """When, in ms since 1970."""
    duration_ms: int | None
    """How long, in ms."""
    definite: bool | None
    """Whether it will not be corrected."""


class ImDeleteEvent(Common):
    """Comments were taken down: those named, or all of the users named."""

    event_type: Literal["im_delete"]
    message_ids: list[str] | None
    """Ids of the messages."""
    user_ids: list[str] | None
    """Ids of the users."""


class UnauthorizedMemberEvent(Common):
    """Somebody without an account joined."""

    event_type: Literal["unauthorized_member"]
    action: int | None
    """1 joined."""
    nickname: str | None
    """A number instead of a name."""
    label: str | None
    """What TikTok shows, with holes like {0:user}."""


class QuestionSelectedEvent(Common, Person):
    """The host answers a question."""

    event_type: Literal["question_selected"]
    question_text: str | None
    """The question."""
    question_id: str | None
    """Its id."""


class QuestionDeleteEvent(Common):
    """A question was taken down."""

    event_type: Literal["question_delete"]
    text: str | None
    """What TikTok shows about it, in English."""
    question_id: str | None
    """Question id."""
    user_id: str | None
    """User id."""


class QuestionSlideDownEvent(Common):
    """The host has done with a question."""

    event_type: Literal["question_slide_down"]
    text: str | None
    """What TikTok shows about it, in English."""
    question_id: str | None
    """Question id."""


class QuestionSwitchEvent(Common):
    """The Q&A was switched on or off."""

    event_type: Literal["question_switch"]
    text: str | None
    """What TikTok shows about it, in English."""


class SpeakerEvent(Common, Person):
    """A viewer's message was shown larger."""

    event_type: Literal["speaker"]
    text: str | None
    """What TikTok shows about it, in English."""
    display_text: str | None
    """Display text."""
    trigger_type: int | None
    """Trigger type."""


class DonationStickerModifyEvent(Common):
    """The donation sticker changed."""

    event_type: Literal["donation_sticker_modify"]
    text: str | None
    """What TikTok shows about it, in English."""


class SubCapsuleEvent(Common):
    """An invitation to subscribe."""

    event_type: Literal["sub_capsule"]
    text: str | None
    """What TikTok shows about it, in English."""
    description: str | None
    """Description."""
    btn_name: str | None
    """Btn name."""
    btn_url: str | None
    """Btn url."""


class SubPinEventEvent(Common):
    """A subscriber's event was pinned."""

    event_type: Literal["sub_pin_event"]
    text: str | None
    """What TikTok shows about it, in English."""
    action_type: int | None
    """Action type."""
    operator_user_id: str | None
    """Operator user id."""


class SubTimerStickerEvent(Common):
    """The timer of a subscription goal."""

    event_type: Literal["sub_timer_sticker"]
    text: str | None
    """What TikTok shows about it, in English."""


class SubWaveEvent(Common):
    """Subscribers wave."""

    event_type: Literal["sub_wave"]
    text: str | None
    """What TikTok shows about it, in English."""


class SubscriptionGuideEvent(Common):
    """A hint about subscriptions."""

    event_type: Literal["subscription_guide"]
    text: str | None
    """What TikTok shows about it, in English."""
    description: str | None
    """Description."""
    button_name: str | None
    """Button name."""
    button_url: str | None
    """Button url."""
    capsule_scene: str | None
    """Capsule scene."""


class LinkMicBattleResultsItem(TypedDict):
    """An entry of results."""

    user_id: str | None
    """The host."""
    result: int | None
    """TikTok's number for won, lost or drawn."""
    score: int | None
    """The host's score."""


class LinkMicBattleEvent(Common):
    """A battle between hosts was offered, began or ended."""

    event_type: Literal["link_mic_battle"]
    battle_id: str | None
    """Its id."""
    action: int | None
    """TikTok's number for what happened: 4 began, 5 ended."""
    action_name: str | None
    """The same as a word, if known."""
    hosts: list[Who] | None
    """The hosts."""
    results: list[LinkMicBattleResultsItem] | None
    """How it ended."""
    started_at_ms: int | None
    """Begin, in ms since 1970."""
    duration_s: int | None
    """Length, in seconds."""


class LinkMicArmiesArmiesItemSupportersItem(TypedDict):
    """An entry of supporters."""

    user_id: str | None
    """The person's id."""
    unique_id: str | None
    """The user name, as in @name."""
    nickname: str | None
    """The name shown."""
    profile_picture_url: str | None
    """URL of the profile picture."""
    score: int | None
    """What they gave."""


class LinkMicArmiesArmiesItem(TypedDict):
    """An entry of armies."""

    user_id: str | None
    """The host."""
    score: int | None
    """The host's score."""
    supporters: list[LinkMicArmiesArmiesItemSupportersItem] | None
    """The first ten."""


class LinkMicArmiesEvent(Common):
    """The scores of a battle changed."""

    event_type: Literal["link_mic_armies"]
    battle_id: str | None
    """Its id."""
    battle_status: int | None
    """TikTok's number for why this was sent."""
    armies: list[LinkMicArmiesArmiesItem] | None
    """Each host's score, and who gave most."""
    from_user_id: str | None
    """Who sent the gift that changed it."""
    gift_id: str | None
    """That gift."""
    gift_count: int | None
    """How many."""
    total_diamond_count: int | None
    """Their price in diamonds."""


class LinkMicMethodEvent(Common):
    """Guests and linked rooms."""

    event_type: Literal["link_mic_method"]
    text: str | None
    """What TikTok shows about it, in English."""
    message_type: int | None
    """Message type."""
    user_id: str | None
    """User id."""
    fan_ticket: int | None
    """Fan ticket."""
    total_fan_ticket: int | None
    """Total fan ticket."""
    channel_id: str | None
    """Channel id."""
    layout: int | None
    """Layout."""
    vendor: int | None
    """Vendor."""
    to_user_id: str | None
    """To user id."""
    start_time_ms: int | None
    """Start time ms."""
    anchor_link_mic_id_str: str | None
    """Anchor link mic id str."""
    rival_anchor_id: str | None
    """Rival anchor id."""
    rival_linkmic_id_str: str | None
    """Rival linkmic id str."""


class LinkMicFanTicketEvent(Common):
    """Scores of the guests changed."""

    event_type: Literal["link_mic_fan_ticket"]
    text: str | None
    """What TikTok shows about it, in English."""


class LinkMicLayoutStateEvent(Common):
    """The layout of the guests changed."""

    event_type: Literal["link_mic_layout_state"]
    text: str | None
    """What TikTok shows about it, in English."""
    message_room_id: str | None
    """Room id."""
    layout_state: int | None
    """Layout state."""
    layout_key: str | None
    """Layout key."""


class LinkMicAnchorGuideEvent(Common, Person):
    """A hint for linking rooms."""

    event_type: Literal["link_mic_anchor_guide"]
    text: str | None
    """What TikTok shows about it, in English."""
    guide_type: int | None
    """Guide type."""


class LinkMicBattleItemCardEvent(Common):
    """A card was played in a battle."""

    event_type: Literal["link_mic_battle_item_card"]
    text: str | None
    """What TikTok shows about it, in English."""
    battle_id: str | None
    """Battle id."""
    msg_type: int | None
    """Msg type."""


class LinkMicBattleNoticeEvent(Common):
    """A notice about a battle."""

    event_type: Literal["link_mic_battle_notice"]
    text: str | None
    """What TikTok shows about it, in English."""
    notice_type: int | None
    """Notice type."""


class LinkMicBattlePunishFinishEvent(Common):
    """The forfeit of a battle is over."""

    event_type: Literal["link_mic_battle_punish_finish"]
    text: str | None
    """What TikTok shows about it, in English."""
    id1: str | None
    """Id1."""
    timestamp: int | None
    """Timestamp."""
    reason: int | None
    """Reason."""
    battle_id: str | None
    """Battle id."""


class LinkMicBattleTaskEvent(Common):
    """A task within a battle."""

    event_type: Literal["link_mic_battle_task"]
    text: str | None
    """What TikTok shows about it, in English."""


class LinkEvent(Common):
    """Rooms are being linked."""

    event_type: Literal["link"]
    text: str | None
    """What TikTok shows about it, in English."""
    message_type: int | None
    """Message type."""
    linker_id: str | None
    """Linker id."""
    scene: int | None
    """Scene."""


class LinkLayerEvent(Common):
    """The layer below linked rooms."""

    event_type: Literal["link_layer"]
    text: str | None
    """What TikTok shows about it, in English."""
    message_type: int | None
    """Message type."""
    channel_id: str | None
    """Channel id."""
    scene: int | None
    """Scene."""
    message_source: str | None
    """Source."""
    centerized_idc: str | None
    """Centerized idc."""
    rtc_room_id: str | None
    """Rtc room id."""


class LinkStateEvent(Common):
    """The state of a link between rooms."""

    event_type: Literal["link_state"]
    text: str | None
    """What TikTok shows about it, in English."""
    channel_id: str | None
    """Channel id."""
    scene: int | None
    """Scene."""
    version: int | None
    """Version."""


class LinkScreenChangeEvent(Common):
    """The screen of linked rooms changed."""

    event_type: Literal["link_screen_change"]
    text: str | None
    """What TikTok shows about it, in English."""
    message_type: int | None
    """Message type."""


class ShopEvent(Common):
    """The host shows a product."""

    event_type: Literal["shop"]
    title: str | None
    """Name of the product."""
    price: str | None
    """Its price, with the currency."""
    image: str | None
    """URL of its picture."""
    product_id: str | None
    """Its id."""
    shop_name: str | None
    """Who sells it."""


class PaidContentLiveShoppingEvent(Common):
    """Paid content is offered."""

    event_type: Literal["paid_content_live_shopping"]
    text: str | None
    """What TikTok shows about it, in English."""
    action_type: int | None
    """Action type."""
    live_series_number: int | None
    """Live series number."""


class EcShortItemRefreshEvent(Common):
    """The short list of products changed."""

    event_type: Literal["ec_short_item_refresh"]
    text: str | None
    """What TikTok shows about it, in English."""


class EcTaskRegisterEvent(Common):
    """A shopping task was set up."""

    event_type: Literal["ec_task_register"]
    text: str | None
    """What TikTok shows about it, in English."""


class BaLeadGenEvent(Common):
    """A form of an advertiser."""

    event_type: Literal["ba_lead_gen"]
    text: str | None
    """What TikTok shows about it, in English."""
    op: int | None
    """Op."""
    page_id: str | None
    """Page id."""
    op_time: int | None
    """Op time."""
    cta_text: str | None
    """Cta text."""
    schema: str | None
    """Schema."""


class PartnershipCardChangeEvent(Common):
    """The card of a partner changed."""

    event_type: Literal["partnership_card_change"]
    text: str | None
    """What TikTok shows about it, in English."""
    sequence_id: int | None
    """Sequence id."""
    task_id: str | None
    """Task id."""


class PartnershipDownloadCountEvent(Common):
    """Downloads of a partner's game."""

    event_type: Literal["partnership_download_count"]
    text: str | None
    """What TikTok shows about it, in English."""
    downloaded_count: int | None
    """Downloaded count."""
    game_id: str | None
    """Game id."""


class PartnershipDropsUpdateEvent(Common):
    """Drops of a partner's game."""

    event_type: Literal["partnership_drops_update"]
    text: str | None
    """What TikTok shows about it, in English."""
    change_mode: int | None
    """Change mode."""
    drops_id: str | None
    """Drops id."""
    task_id: str | None
    """Task id."""
    event_id: str | None
    """Event id."""
    anchor_uid: str | None
    """Anchor uid."""


class PartnershipGameOfflineEvent(Common):
    """A partner's game is gone."""

    event_type: Literal["partnership_game_offline"]
    text: str | None
    """What TikTok shows about it, in English."""


class PartnershipPunishEvent(Common):
    """A partnership was penalised."""

    event_type: Literal["partnership_punish"]
    text: str | None
    """What TikTok shows about it, in English."""


class RankUpdateUpdatesListItem(TypedDict):
    """An entry of updates_list."""

    rank_type: int | None
    """Rank type."""
    owner_rank: int | None
    """Owner rank."""
    show_entrance_animation: bool | None
    """Show entrance animation."""
    countdown: int | None
    """Countdown."""
    related_tab_rank_type: int | None
    """Related tab rank type."""
    request_first_show_type: int | None
    """Request first show type."""
    supported_version: int | None
    """Supported version."""
    owner_on_rank: bool | None
    """Owner on rank."""


class RankUpdateTabsListItem(TypedDict):
    """An entry of tabs_list."""

    rank_type: int | None
    """Rank type."""
    title: str | None
    """Title."""
    list_lynx_type: int | None
    """List lynx type."""


class RankUpdateEvent(Common):
    """The host's place in the rankings changed."""

    event_type: Literal["rank_update"]
    text: str | None
    """What TikTok shows about it, in English."""
    updates_list: list[RankUpdateUpdatesListItem] | None
    """Updates list."""
    group_type: int | None
    """Group type."""
    priority: int | None
    """Priority."""
    tabs_list: list[RankUpdateTabsListItem] | None
    """Tabs list."""
    is_animation_loop_play: bool | None
    """Is animation loop play."""
    animation_loop_for_off: bool | None
    """Animation loop for off."""


class RankTextEvent(Common):
    """A viewer rose in the ranking of the gifters."""

    event_type: Literal["rank_text"]
    display_type: str | None
    """Key of the text TikTok shows."""
    label: str | None
    """That text in English, with holes like {0:user}."""
    text: str | None
    """What TikTok shows about it, in English."""
    current_user_id: str | None
    """Who rose."""
    before: int | None
    """Place before."""
    after: int | None
    """Place now."""


class HourlyRankEvent(Common):
    """The hourly or weekly ranking."""

    event_type: Literal["hourly_rank"]
    text: str | None
    """What TikTok shows about it, in English."""
    data2: int | None
    """Data2."""


class HourlyRankRewardEvent(Common):
    """A reward for the hourly ranking."""

    event_type: Literal["hourly_rank_reward"]
    text: str | None
    """What TikTok shows about it, in English."""


class WeeklyRankRewardEvent(Common):
    """A reward for the weekly ranking."""

    event_type: Literal["weekly_rank_reward"]
    text: str | None
    """What TikTok shows about it, in English."""
    user_id: str | None
    """User id."""


class GameRankNotifyEvent(Common):
    """The ranking of a game."""

    event_type: Literal["game_rank_notify"]
    text: str | None
    """What TikTok shows about it, in English."""
    msg_type: int | None
    """Msg type."""
    notify_text: str | None
    """Notify text."""


class InRoomBannerEvent(Common):
    """A banner in the room."""

    event_type: Literal["in_room_banner"]
    text: str | None
    """What TikTok shows about it, in English."""
    position: int | None
    """Position."""
    action_type: int | None
    """Action type."""


class InRoomBannerRefreshEvent(Common):
    """The banners are to be fetched anew."""

    event_type: Literal["in_room_banner_refresh"]
    text: str | None
    """What TikTok shows about it, in English."""
    delay_seconds: int | None
    """Delay seconds."""


class AccessControlEvent(Common):
    """TikTok asks for a proof before going on."""

    event_type: Literal["access_control"]
    text: str | None
    """What TikTok shows about it, in English."""


class AccessRecallEvent(Common):
    """Access to the LIVE was restricted."""

    event_type: Literal["access_recall"]
    text: str | None
    """What TikTok shows about it, in English."""
    status: int | None
    """Status."""
    duration: int | None
    """Duration."""
    end_time: int | None
    """End time."""


class RoomVerifyEvent(Common):
    """TikTok checks the room."""

    event_type: Literal["room_verify"]
    text: str | None
    """What TikTok shows about it, in English."""
    action: int | None
    """Action."""
    content: str | None
    """Content."""
    notice_type: int | None
    """Notice type."""
    close_room: bool | None
    """Close room."""


class PerceptionEvent(Common):
    """A warning to the host or the viewers."""

    event_type: Literal["perception"]
    text: str | None
    """What TikTok shows about it, in English."""
    end_time: int | None
    """End time."""


class SystemEvent(Common):
    """A message of the system."""

    event_type: Literal["system"]
    text: str | None
    """What TikTok shows about it, in English."""
    message: str | None
    """Message."""


class NoticeEvent(Common):
    """A notice."""

    event_type: Literal["notice"]
    text: str | None
    """What TikTok shows about it, in English."""
    content: str | None
    """Content."""
    notice_type: int | None
    """Notice type."""


class NotifyEvent(Common):
    """A notification."""

    event_type: Literal["notify"]
    text: str | None
    """What TikTok shows about it, in English."""
    schema: str | None
    """Schema."""
    notify_type: int | None
    """Notify type."""
    content_str: str | None
    """Content str."""


class RoomNotifyEvent(Common):
    """A notification in the room."""

    event_type: Literal["room_notify"]
    text: str | None
    """What TikTok shows about it, in English."""
    notify_type: int | None
    """Notify type."""


class ToastEvent(Common):
    """A short notice."""

    event_type: Literal["toast"]
    text: str | None
    """What TikTok shows about it, in English."""
    display_duration_ms: int | None
    """Display duration ms."""
    delay_display_duration_ms: int | None
    """Delay display duration ms."""
    toast_text: str | None
    """Toast text."""
    button_text: str | None
    """Button text."""
    button_schema: str | None
    """Button schema."""


class BottomEvent(Common):
    """A notice below the picture, such as a health warning."""

    event_type: Literal["bottom"]
    display_type: str | None
    """Key of the text TikTok shows."""
    label: str | None
    """That text in English, with holes like {0:user}."""
    text: str | None
    """What TikTok shows about it, in English."""
    content: str | None
    """The text, where it is one."""
    duration_ms: int | None
    """For how long."""


class CapsuleEvent(Common):
    """A hint among the comments."""

    event_type: Literal["capsule"]
    text: str | None
    """What TikTok shows about it, in English."""
    icon: str | None
    """Icon."""
    desc: str | None
    """Desc."""
    button_text: str | None
    """Button text."""
    schema: str | None
    """Schema."""
    capsule_type: int | None
    """Capsule type."""


class GuideEvent(Common):
    """A hint."""

    event_type: Literal["guide"]
    text: str | None
    """What TikTok shows about it, in English."""
    guide_type: int | None
    """Guide type."""
    duration_ms: int | None
    """Duration ms."""
    scene: str | None
    """Scene."""


class MarqueeAnnouncementEvent(Common):
    """A running announcement."""

    event_type: Literal["marquee_announcement"]
    text: str | None
    """What TikTok shows about it, in English."""
    message_scene: int | None
    """Message scene."""


class AlertBoxAuditResultEvent(Common):
    """An alert box was checked."""

    event_type: Literal["alert_box_audit_result"]
    text: str | None
    """What TikTok shows about it, in English."""
    user_id: str | None
    """User id."""
    scene: int | None
    """Scene."""


class AnchorToolModificationEvent(Common):
    """The host changed a tool."""

    event_type: Literal["anchor_tool_modification"]
    text: str | None
    """What TikTok shows about it, in English."""


class BindingGiftEvent(Common):
    """A gift bound to something else."""

    event_type: Literal["binding_gift"]
    text: str | None
    """What TikTok shows about it, in English."""


class BoostCardEvent(Common):
    """Boost cards."""

    event_type: Literal["boost_card"]
    text: str | None
    """What TikTok shows about it, in English."""


class GiftBroadcastEvent(Common):
    """A large gift is told in other rooms."""

    event_type: Literal["gift_broadcast"]
    text: str | None
    """What TikTok shows about it, in English."""
    left_icon: str | None
    """Left icon."""


class GiftCollectionUpdateEvent(Common):
    """A collection of gifts changed."""

    event_type: Literal["gift_collection_update"]
    text: str | None
    """What TikTok shows about it, in English."""


class GiftDynamicRestrictionEvent(Common):
    """Gifts were restricted."""

    event_type: Literal["gift_dynamic_restriction"]
    text: str | None
    """What TikTok shows about it, in English."""


class GiftPanelUpdateEvent(Common):
    """The choice of gifts changed."""

    event_type: Literal["gift_panel_update"]
    text: str | None
    """What TikTok shows about it, in English."""
    message_room_id: str | None
    """Room id."""
    panel_ts_or_version: int | None
    """Panel ts or version."""


class GiftPromptEvent(Common):
    """An invitation to send gifts."""

    event_type: Literal["gift_prompt"]
    text: str | None
    """What TikTok shows about it, in English."""
    title: str | None
    """Title."""
    body: str | None
    """Body."""


class EnvelopePortalPortalInfo(TypedDict):
    """Portal info."""

    id: str | None
    """Id."""
    idc: str | None
    """Idc."""
    send_at: int | None
    """Send at."""
    deadline: int | None
    """Deadline."""
    envelope_diamonds: int | None
    """Envelope diamonds."""
    portal_diamonds: int | None
    """Portal diamonds."""
    sender_unique_id: str | None
    """Sender unique id."""
    sender_id: str | None
    """Sender id."""
    sender_avatar: str | None
    """Sender avatar."""


class EnvelopePortalEvent(Common):
    """A portal to another room with a treasure box."""

    event_type: Literal["envelope_portal"]
    text: str | None
    """What TikTok shows about it, in English."""
    portal_info: EnvelopePortalPortalInfo | None
    """Portal info."""
    portal_view: int | None
    """Portal view."""
    portal_display: int | None
    """Portal display."""


class GoodyBagEvent(Common):
    """A goody bag."""

    event_type: Literal["goody_bag"]
    text: str | None
    """What TikTok shows about it, in English."""
    type: int | None
    """Type."""


class HashtagEvent(Common):
    """The topic of the LIVE."""

    event_type: Literal["hashtag"]
    text: str | None
    """What TikTok shows about it, in English."""


class LiveGameIntroEvent(Common):
    """The game that is played."""

    event_type: Literal["live_game_intro"]
    text: str | None
    """What TikTok shows about it, in English."""


class MsgDetectTriggerCondition(TypedDict):
    """Trigger condition."""

    uplink_detect_http: bool | None
    """Uplink detect http."""
    uplink_detect_web_socket: bool | None
    """Uplink detect web socket."""
    detect_p2p_msg: bool | None
    """Detect p2p msg."""
    detect_room_msg: bool | None
    """Detect room msg."""
    http_optimize: bool | None
    """Http optimize."""


class MsgDetectTimeInfo(TypedDict):
    """Time info."""

    client_start_ms: int | None
    """Client start ms."""
    api_recv_time_ms: int | None
    """Api recv time ms."""
    api_send_to_goim_ms: int | None
    """Api send to goim ms."""


class MsgDetectEvent(Common):
    """TikTok measures its messages."""

    event_type: Literal["msg_detect"]
    text: str | None
    """What TikTok shows about it, in English."""
    detect_type: int | None
    """Detect type."""
    trigger_condition: MsgDetectTriggerCondition | None
    """Trigger condition."""
    time_info: MsgDetectTimeInfo | None
    """Time info."""
    trigger_by: int | None
    """Trigger by."""
    from_region: str | None
    """From region."""


class PictionaryStartEvent(Common):
    """A round of the drawing game began."""

    event_type: Literal["pictionary_start"]
    text: str | None
    """What TikTok shows about it, in English."""


class PictionaryUpdateEvent(Common):
    """The drawing game goes on."""

    event_type: Literal["pictionary_update"]
    text: str | None
    """What TikTok shows about it, in English."""
    correct_count: int | None
    """Correct count."""
    round_id: str | None
    """Round id."""


class PictionaryEndEvent(Common):
    """A round of the drawing game ended."""

    event_type: Literal["pictionary_end"]
    text: str | None
    """What TikTok shows about it, in English."""
    round_id: str | None
    """Round id."""
    word: str | None
    """Word."""
    end_type: int | None
    """End type."""


class PictionaryExitEvent(Common):
    """The drawing game was left."""

    event_type: Literal["pictionary_exit"]
    text: str | None
    """What TikTok shows about it, in English."""
    message_session_id: str | None
    """Session id."""
    show_stats: bool | None
    """Show stats."""
    pictionary_type: int | None
    """Pictionary type."""


class RoomStickerEvent(Common):
    """A sticker on the picture."""

    event_type: Literal["room_sticker"]
    text: str | None
    """What TikTok shows about it, in English."""


class ViewerPicksUpdateEvent(Common):
    """The viewers' picks changed."""

    event_type: Literal["viewer_picks_update"]
    text: str | None
    """What TikTok shows about it, in English."""
    update_type: int | None
    """Update type."""


EventName: TypeAlias = Literal[
    "chat",
    "member",
    "gift",
    "gift_streak",
    "like",
    "room_user",
    "social",
    "follow",
    "share",
    "question_new",
    "control",
    "stream_end",
    "connected",
    "gap",
    "disconnected",
    "error",
    "subscribe",
    "super_fan",
    "barrage",
    "emote",
    "envelope",
    "goal_update",
    "poll",
    "live_intro",
    "room_message",
    "room_pin",
    "caption",
    "im_delete",
    "unauthorized_member",
    "question_selected",
    "question_delete",
    "question_slide_down",
    "question_switch",
    "speaker",
    "donation_sticker_modify",
    "sub_capsule",
    "sub_pin_event",
    "sub_timer_sticker",
    "sub_wave",
    "subscription_guide",
    "link_mic_battle",
    "link_mic_armies",
    "link_mic_method",
    "link_mic_fan_ticket",
    "link_mic_layout_state",
    "link_mic_anchor_guide",
    "link_mic_battle_item_card",
    "link_mic_battle_notice",
    "link_mic_battle_punish_finish",
    "link_mic_battle_task",
    "link",
    "link_layer",
    "link_state",
    "link_screen_change",
    "shop",
    "paid_content_live_shopping",
    "ec_short_item_refresh",
    "ec_task_register",
    "ba_lead_gen",
    "partnership_card_change",
    "partnership_download_count",
    "partnership_drops_update",
    "partnership_game_offline",
    "partnership_punish",
    "rank_update",
    "rank_text",
    "hourly_rank",
    "hourly_rank_reward",
    "weekly_rank_reward",
    "game_rank_notify",
    "in_room_banner",
    "in_room_banner_refresh",
    "access_control",
    "access_recall",
    "room_verify",
    "perception",
    "system",
    "notice",
    "notify",
    "room_notify",
    "toast",
    "bottom",
    "capsule",
    "guide",
    "marquee_announcement",
    "alert_box_audit_result",
    "anchor_tool_modification",
    "binding_gift",
    "boost_card",
    "gift_broadcast",
    "gift_collection_update",
    "gift_dynamic_restriction",
    "gift_panel_update",
    "gift_prompt",
    "envelope_portal",
    "goody_bag",
    "hashtag",
    "live_game_intro",
    "msg_detect",
    "pictionary_start",
    "pictionary_update",
    "pictionary_end",
    "pictionary_exit",
    "room_sticker",
    "viewer_picks_update",
]
"""The name of an event."""

EVENT_NAMES: Final[tuple[EventName, ...]] = get_args(EventName)
"""The names of all events."""

AnyEvent: TypeAlias = (
    ChatEvent
    | MemberEvent
    | GiftEvent
    | GiftStreakEvent
    | LikeEvent
    | RoomUserEvent
    | SocialEvent
    | FollowEvent
    | ShareEvent
    | QuestionNewEvent
    | ControlEvent
    | StreamEndEvent
    | ConnectedEvent
    | GapEvent
    | DisconnectedEvent
    | ErrorEvent
    | SubscribeEvent
    | SuperFanEvent
    | BarrageEvent
    | EmoteEvent
    | EnvelopeEvent
    | GoalUpdateEvent
    | PollEvent
    | LiveIntroEvent
    | RoomMessageEvent
    | RoomPinEvent
    | CaptionEvent
    | ImDeleteEvent
    | UnauthorizedMemberEvent
    | QuestionSelectedEvent
    | QuestionDeleteEvent
    | QuestionSlideDownEvent
    | QuestionSwitchEvent
    | SpeakerEvent
    | DonationStickerModifyEvent
    | SubCapsuleEvent
    | SubPinEventEvent
    | SubTimerStickerEvent
    | SubWaveEvent
    | SubscriptionGuideEvent
    | LinkMicBattleEvent
    | LinkMicArmiesEvent
    | LinkMicMethodEvent
    | LinkMicFanTicketEvent
    | LinkMicLayoutStateEvent
    | LinkMicAnchorGuideEvent
    | LinkMicBattleItemCardEvent
    | LinkMicBattleNoticeEvent
    | LinkMicBattlePunishFinishEvent
    | LinkMicBattleTaskEvent
    | LinkEvent
    | LinkLayerEvent
    | LinkStateEvent
    | LinkScreenChangeEvent
    | ShopEvent
    | PaidContentLiveShoppingEvent
    | EcShortItemRefreshEvent
    | EcTaskRegisterEvent
    | BaLeadGenEvent
    | PartnershipCardChangeEvent
    | PartnershipDownloadCountEvent
    | PartnershipDropsUpdateEvent
    | PartnershipGameOfflineEvent
    | PartnershipPunishEvent
    | RankUpdateEvent
    | RankTextEvent
    | HourlyRankEvent
    | HourlyRankRewardEvent
    | WeeklyRankRewardEvent
    | GameRankNotifyEvent
    | InRoomBannerEvent
    | InRoomBannerRefreshEvent
    | AccessControlEvent
    | AccessRecallEvent
    | RoomVerifyEvent
    | PerceptionEvent
    | SystemEvent
    | NoticeEvent
    | NotifyEvent
    | RoomNotifyEvent
    | ToastEvent
    | BottomEvent
    | CapsuleEvent
    | GuideEvent
    | MarqueeAnnouncementEvent
    | AlertBoxAuditResultEvent
    | AnchorToolModificationEvent
    | BindingGiftEvent
    | BoostCardEvent
    | GiftBroadcastEvent
    | GiftCollectionUpdateEvent
    | GiftDynamicRestrictionEvent
    | GiftPanelUpdateEvent
    | GiftPromptEvent
    | EnvelopePortalEvent
    | GoodyBagEvent
    | HashtagEvent
    | LiveGameIntroEvent
    | MsgDetectEvent
    | PictionaryStartEvent
    | PictionaryUpdateEvent
    | PictionaryEndEvent
    | PictionaryExitEvent
    | RoomStickerEvent
    | ViewerPicksUpdateEvent
)
"""An event; its event_type says which."""
