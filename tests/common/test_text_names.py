import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok2mqtt.common.text import clean_room_name, escaped_name, unescaped_name


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
        ("Élice", "élice"),
        # The same letters in another form.
        ("E\u0301lice", "élice"),
        ("さくら_01", "さくら_01"),
        ("Пётр.3", "пётр.3"),
        ("alice٣", "alice٣"),
        # A vowel sign is a mark.
        ("हिन्दी", "हिन्दी"),
        ("https://www.tiktok.com/@%C3%A9lice/live", "élice"),
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
        ("é" * 33, "1 to 32 letters"),
        # A mark without a letter, a joiner, a heart, a blank of another width, a dot that is no dot.
        ("\u0301alice", "1 to 32 letters"),
        ("al\u200dice", "1 to 32 letters"),
        ("al♥ice", "1 to 32 letters"),
        ("al\u2003ice", "1 to 32 letters"),
        ("élice\u3002", "1 to 32 letters"),
        ("élice.", "no dot at the end"),
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


@pytest.mark.parametrize(
    ("name", "escaped"),
    [("a.l_1ce", "a.l_1ce"), ("élice", "Xc3Xa9lice"), ("さ.x", "Xe3X81X95.x"), ("xc3xa9", "xc3xa9")],
)
def test_names_are_escaped(name: str, escaped: str) -> None:
    assert (escaped_name(name), unescaped_name(escaped)) == (escaped, name)


# Not the shortest form, half a letter, no hexadecimal digits, letters of ASCII that need no escape.
@pytest.mark.parametrize("text", ["Xc0X80", "Xc3", "X", "Xzz", "X61"])
def test_what_is_no_escaped_name_stays(text: str) -> None:
    assert unescaped_name(text) == text


@given(st.text(max_size=32))
def test_every_name_can_be_read_back(text: str) -> None:
    try:
        name = clean_room_name(text)
    except ValueError:
        return
    escaped = escaped_name(name)
    assert unescaped_name(escaped) == name
    assert re.fullmatch(r"[a-zA-Z0-9._]+", escaped)
    if name.isascii():
        assert escaped == name


@pytest.mark.parametrize("value", [None, 5, b"alice"])
def test_a_name_is_a_text(value: Any) -> None:
    with pytest.raises(ValueError, match=f"not a {type(value).__name__}"):
        clean_room_name(value)


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
