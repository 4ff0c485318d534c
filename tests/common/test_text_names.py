import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok2mqtt.common.text import clean_room_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("alice", "alice"),
        (" @Alice\n", "alice"),
        ("a.l_1ce", "a.l_1ce"),
        (".a_", ".a_"),
        ("_", "_"),
        ("a" * 32, "a" * 32),
        ("https://www.tiktok.com/@name/live?x=y", "name"),
        ("tiktok.com/@name", "name"),
        ("tiktok.com/@name/", "name"),
        ("http://m.tiktok.com/@Name#top", "name"),
        ("HTTPS://WWW.TikTok.com/@Name", "name"),
    ],
)
def test_names_are_normalized(text: str, name: str) -> None:
    assert clean_room_name(text) == name


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("", "1 to 32 letters"),
        ("@", "1 to 32 letters"),
        ("@@alice", "1 to 32 letters"),
        (".", "no dot at the end"),
        ("..", "no dot at the end"),
        ("@...", "no dot at the end"),
        ("alice.", "no dot at the end"),
        ("https://www.tiktok.com/@../live", "no dot at the end"),
        ("a" * 33, "1 to 32 letters"),
        ("al ice", "1 to 32 letters"),
        ("alice\nbob", "1 to 32 letters"),
        ("älice", "1 to 32 letters"),
        ("alice٣", "1 to 32 letters"),
        ("tiktok/+/#", "https://www.tiktok.com/"),
        ("https://example.org/@alice", "https://www.tiktok.com/"),
        ("https://www.tiktok.com.example.org/@alice", "https://www.tiktok.com/"),
        ("https://www.tiktok.com@example.org/@alice", "https://www.tiktok.com/"),
        ("https://vm.tiktok.com/abc", "https://www.tiktok.com/"),
        ("ftp://www.tiktok.com/@alice", "https://www.tiktok.com/"),
        ("https://[::1/@alice", "https://www.tiktok.com/"),
        ("https://www.tiktok.com/", "must contain the user name"),
        ("https://www.tiktok.com/live/@alice", "must contain the user name"),
        ("https://www.tiktok.com/@al%20ice", "1 to 32 letters"),
    ],
)
def test_invalid_names_are_rejected_with_a_hint(text: str, hint: str) -> None:
    with pytest.raises(ValueError, match=hint):
        clean_room_name(text)


@given(st.text(max_size=50) | st.from_regex(r"https://www\.tiktok\.com/@.{0,40}"))
def test_any_text_gives_a_clean_name_or_a_value_error(text: str) -> None:
    try:
        name = clean_room_name(text)
    except ValueError:
        return
    assert clean_room_name(name) == name
    assert name == name.lower()
    assert not set(name) & set("/+#@ ")
    assert not name.endswith(".")
