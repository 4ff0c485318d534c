import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok2mqtt.cli.render import render_message
from tiktok2mqtt.common.topics import Topics

BOB = {"v": 1, "user_id": "7", "unique_id": "bob", "nickname": "Bob", "profile_picture_url": None, "replayed": False}
ROSE = {"gift": {"name": "Rose", "diamond_count": 1}, "count": 5, "delta": 5, "diamonds": 5, "closed_by": "end"}
DUEL = {
    "hosts": [{"nickname": "Alice", "score": 420}, {"nickname": "Dora", "score": 180}],
    "teams": [],
    "seconds_left": 9,
    "winner": None,
}
TEAMS = {
    "hosts": [
        {"nickname": name, "score": 1, "team_id": team}
        for name, team in (("Alice", "1"), ("Berta", "1"), ("Dora", "2"))
    ],
    "teams": [{"team_id": "1", "score": 50}, {"team_id": "2", "score": 70}],
}
LIVE = {"live": True, "viewers": 1234, "likes": 5, "diamonds": 1, "title": "Hello"}


def rendered(topic: str, document: object) -> str:
    return render_message(Topics().parse(topic), orjson.dumps(document)).text


@pytest.mark.parametrize(
    ("topic", "document", "expected"),
    [
        ("tiktok/alice/chat", BOB | {"comment": "hi {there} %s"}, "Bob: hi {there} %s"),
        ("tiktok/alice/gift", BOB | ROSE, "Bob sent 5 x Rose (5 diamonds)"),
        ("tiktok/alice/gift", BOB | ROSE | {"count": 1, "diamonds": 1}, "Bob sent 1 x Rose (1 diamond)"),
        (
            "tiktok/alice/gift",
            BOB | ROSE | {"diamonds": 29_999, "closed_by": "timeout"},
            "Bob sent 5 x Rose (29,999 diamonds, closed by timeout)",
        ),
        ("tiktok/alice/gift", BOB | {"count": 2}, "Bob sent 2 x a gift without a name (price unknown)"),
        ("tiktok/alice/gift_streak", BOB | ROSE, "Bob is sending 5 x Rose so far"),
        ("tiktok/alice/like", BOB | {"like_count": 15, "total_like_count": 12345}, "Bob gave 15 likes (12,345 in all)"),
        ("tiktok/alice/member", BOB | {"action": "joined"}, "Bob joined"),
        ("tiktok/alice/room_user", {"viewer_count": 1, "total_user_count": 40}, "1 viewer (40 in all)"),
        ("tiktok/alice/social", BOB | {"label": "{0:user} shared"}, "Bob shared"),
        ("tiktok/alice/social", BOB | {"display_type": "pm_mt_x"}, "Bob: pm_mt_x"),
        ("tiktok/alice/social", BOB, "Bob: did something"),
        ("tiktok/alice/follow", BOB, "Bob followed"),
        ("tiktok/alice/share", BOB, "Bob shared the stream"),
        ("tiktok/alice/question_new", BOB | {"question_text": "why?"}, "Bob asks: why?"),
        ("tiktok/alice/stream_end", {"reason": "ended"}, "the stream has ended: ended"),
        ("tiktok/alice/stream_end", {}, "the stream has ended: no reason given"),
        (
            "tiktok/alice/disconnected",
            {"reason": "the LIVE has ended", "code": "ended"},
            "disconnected: the LIVE has ended (ended)",
        ),
        (
            "tiktok/alice/summary",
            {"peak_viewers": 59, "likes": 68, "diamonds": 1507, "gifts": 1},
            "at most 59 viewers, 68 likes, 1,507 diamonds, 1 gift",
        ),
        ("tiktok/alice/connected", {"state": "live"}, "live"),
        (
            "tiktok/alice/connection",
            {"state": "blocked", "reason": "TikTok wants a captcha", "code": "captcha"},
            "blocked: TikTok wants a captcha (captcha)",
        ),
        ("tiktok/alice/availability", {"state": "online"}, "online"),
        ("tiktok/alice/state", LIVE, 'live, 1,234 viewers, 5 likes, 1 diamond, "Hello"'),
        ("tiktok/alice/state", {"live": False, "viewers": None}, "not live, 0 viewers, 0 likes, 0 diamonds"),
        ("tiktok/alice/state", {"live": None}, "unknown whether live, 0 viewers, 0 likes, 0 diamonds"),
        ("tiktok/alice/error", {"code": "x", "attempt": 2}, "code=x attempt=2"),
        ("tiktok/alice/rank_text", BOB | {"before": 3, "badges": [1]}, "Bob before=3"),
        ("tiktok/alice/rank_text", {"text": "Bob is No. 1", "label": "{0:user} is No. 1", "x": 0}, "Bob is No. 1 x=0"),
        ("tiktok/alice/hashtag", {"event_type": "hashtag", "text": None, "users": [1], "image": None}, "users=(1)"),
        ("tiktok/alice/link", {"scene": 4, "scene_name": "multi_guest", "guests": []}, "scene_name=multi_guest"),
        ("tiktok/alice/subscribe", BOB | {"months": 3, "text": None}, "Bob subscribed"),
        ("tiktok/alice/subscribe", BOB | {"text": "Erin gave Bob a subscription"}, "Erin gave Bob a subscription"),
        ("tiktok/alice/emote", BOB | {"emotes": [{}]}, "Bob sent an emote"),
        ("tiktok/alice/emote", BOB | {"emotes": [{}, {}]}, "Bob sent 2 emotes"),
        ("tiktok/alice/question_selected", BOB | {"question_text": "why?"}, "Bob is answered: why?"),
        ("tiktok/alice/room_pin", BOB | {"comment": "be kind"}, "Bob (pinned): be kind"),
        (
            "tiktok/alice/envelope",
            {"text": "Erin sent a box", "diamond_count": 100, "people_count": 10},
            "Erin sent a box (100 diamonds for 10)",
        ),
        ("tiktok/alice/envelope", {"display_name": "hidden"}, "the treasure box is closed"),
        (
            "tiktok/alice/poll",
            {"title": "Tea?", "message_type_name": "ended", "options": [{"text": "Yes", "votes": 3}, {"text": "No"}]},
            'poll "Tea?" ended: Yes 3, No 0',
        ),
        ("tiktok/alice/poll", {"options": ["a", "b"], "title": None}, 'poll ""'),
        (
            "tiktok/alice/goal_update",
            {"description": "A song", "sub_goals": [{"progress": 4, "target": 10, "gift_name": "Rose"}]},
            'goal "A song": 4 of 10 Rose',
        ),
        ("tiktok/alice/battle", DUEL, "battle: Alice 420 against Dora 180, 9 s left"),
        ("tiktok/alice/battle_started", DUEL | {"hosts": [{"nickname": "Alice"}]}, "battle: Alice, 9 s left"),
        (
            "tiktok/alice/battle_ended",
            DUEL | {"seconds_left": 0, "winner": {"hosts": [{"nickname": "Alice"}]}},
            "battle: Alice 420 against Dora 180; won by Alice",
        ),
        ("tiktok/alice/battle", TEAMS, "battle: Alice and Berta 50 against Dora 70"),
        ("tiktok/alice/battle_started", TEAMS | {"teams": []}, "battle: Alice and Berta against Dora 1"),
        ("tiktok/alice/battle", {}, "battle: nobody"),
        ("tiktok/alice/control", {"state": "paused", "tips": "Back soon"}, "the stream was paused: Back soon"),
        ("tiktok/alice/control", {}, "the stream was changed"),
        ("tiktok/alice/im_delete", {"message_ids": ["5"], "user_ids": []}, "1 comment was deleted"),
        ("tiktok/alice/im_delete", {"message_ids": [], "user_ids": ["5"]}, "all comments of a viewer were deleted"),
        ("tiktok/bridge/state", {"state": "offline"}, "offline"),
        ("tiktok/bridge/logging", {"level": "warning", "message": "careful"}, "warning: careful"),
        ("tiktok/bridge/info", {"version": "0.1.0", "rooms": [{}, {}], "settings": {}}, "version 0.1.0, 2 rooms"),
        (
            "tiktok/bridge/info",
            {"version": "1", "rooms": [{}, {}], "omitted": {"rooms": 998}},
            "version 1, 1,000 rooms",
        ),
        (
            "tiktok/bridge/health",
            {"uptime_s": 5, "rooms": 2, "live_rooms": 1, "events": 1200, "dropped": 3, "rss_bytes": 48_200_000},
            "up 5 s, 1 of 2 rooms live, 1,200 events, 3 dropped, 48 MB",
        ),
        ("tiktok/bridge/event", {"event_type": "room_added", "room": "bob"}, "bob: room added"),
        (
            "tiktok/bridge/event",
            {"event_type": "live_started", "room": "bob", "title": "Hi"},
            'bob: live started, "Hi"',
        ),
        ("tiktok/bridge/response/add", {"status": "ok", "data": {}}, "status=ok"),
        ("elsewhere", {"a": 1}, "a=1"),
    ],
)
def test_the_text_of_a_message(topic: str, document: object, expected: str) -> None:
    assert rendered(topic, document) == expected


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        ({"nickname": ""}, "bob followed"),
        ({"nickname": None, "unique_id": None}, "7 followed"),
        ({"nickname": None, "unique_id": None, "user_id": None}, "somebody followed"),
        ({"nickname": 5, "unique_id": ["x"]}, "7 followed"),
        ({"nickname": "\x1b[2JBob\u202e\nroot#"}, "Bob root# followed"),
        ({"nickname": "x" * 100}, "x" * 39 + "… followed"),
        ({"replayed": True, "delayed": True}, "Bob followed [replayed] [delayed]"),
    ],
)
def test_the_user_and_the_flags(extra: dict[str, object], expected: str) -> None:
    assert rendered("tiktok/alice/follow", BOB | extra) == expected


@pytest.mark.parametrize(
    ("topic", "payload", "expected"),
    [
        ("tiktok/alice/set", b"ON", "ON"),
        ("tiktok/alice/cover", b"https://example.org/cover.jpg", "https://example.org/cover.jpg"),
        ("tiktok/alice/state", b"", "(empty)"),
        ("tiktok/alice/chat", b"\xff\x1b[2J{", "\ufffd{"),
        ("tiktok/alice/chat", b"[" * 100_000, "[" * 299 + "…"),
        ("tiktok/alice/chat", b"[1]", "[1]"),
        ("tiktok/alice/raw/WebcastChatMessage", b'{"a":1}', "7 bytes"),
    ],
)
def test_a_payload_that_is_not_a_json_object_is_shown_as_text(topic: str, payload: bytes, expected: str) -> None:
    assert render_message(Topics().parse(topic), payload).text == expected


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
KEYS = ["nickname", "comment", "gift", "count", "diamonds", "label", "live", "viewers", "title", "reason", "state"]
KEYS += ["options", "hosts", "teams", "winner", "seconds_left", "sub_goals", "message_ids", "user_ids", "text"]
TOPICS = ["chat", "gift", "gift_streak", "like", "room_user", "social", "question_new", "connection", "state", "other"]
TOPICS += ["poll", "battle", "goal_update", "envelope", "control", "im_delete", "subscribe", "emote"]


@given(st.sampled_from(TOPICS), st.dictionaries(st.sampled_from(KEYS), JSON))
def test_a_value_of_a_wrong_type_is_no_error(leaf: str, document: dict[str, object]) -> None:
    text = rendered(f"tiktok/alice/{leaf}", document)
    assert "\n" not in text
    assert "\x1b" not in text
