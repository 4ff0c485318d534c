import re
from html.parser import HTMLParser

from tests.cli.report.test_live import event, gift
from tiktok2mqtt.cli.report.live import read_live
from tiktok2mqtt.cli.report.page import page

LIVE = [event("room_user", second, viewer_count=second) for second in range(50)]


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_it_has_everything_and_loads_nothing() -> None:
    gap = event("gap", 40, since="2026-11-24T18:30:20Z")
    text = page(read_live("alice", [*LIVE, event("like", 3, total_like_count=1234), gift("bob", 7, 7), gap]))
    assert "24 November 2026, 18:30 to 18:30 UTC, 1 min, 20 s of it without a connection" in text
    assert "<b>49</b>most viewers" in text
    assert "<b>1,234</b>likes" in text
    assert "7 x Rose" in text
    assert text.count("<svg") == 1
    # Three curves, and the gap in each of them.
    assert all(f">{name}</text>" in text for name in ("viewers", "likes", "diamonds"))
    assert text.count("fill: #adb5bd") == 3
    for tag, attributes in Tags(text).found:
        assert tag not in {"script", "link", "img", "iframe", "object"}
        for name in ("src", "href", "xlink:href"):
            assert str(attributes.get(name) or "#").startswith("#")


def test_the_same_live_gives_the_same_page() -> None:
    assert page(read_live("alice", LIVE)) == page(read_live("alice", LIVE))


def test_a_live_without_events() -> None:
    text = page(read_live("alice", []))
    assert "no events" in text
    assert "<svg" not in text


def test_names_are_not_markup() -> None:
    evil = '<img src=x onerror="alert(1)">$x^2$'
    events = [gift(evil, 5, name=evil), event("chat", nickname=evil, user_id="1"), event("follow", nickname=evil)]
    text = page(read_live("alice", [event("connected", title=evil), *LIVE, *events]))
    assert {tag for tag, _ in Tags(text).found}.isdisjoint({"img", "script"})
    assert text.count("&lt;img") >= 4
    assert re.search(r"default-src 'none'", text)
