import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok2mqtt.common.text import did_you_mean, safe_text


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("plain", "plain"),
        ("héllo 🌹", "héllo 🌹"),
        (b"h\xc3\xa9", "hé"),
        (b"\xff", "\N{REPLACEMENT CHARACTER}"),
        (12, "12"),
        (None, "None"),
        ("a\nb\r\tc", "a b  c"),
        ("\x1b[31mred\x00", " [31mred "),
        ("right\u202eleft", "right left"),
        ("line\u2028paragraph\u2029next\x85end", "line paragraph next end"),
        ("\ud800", " "),
        ("{0} %s", "{0} %s"),
        ("", ""),
    ],
)
def test_text_becomes_one_printable_line(raw: object, clean: str) -> None:
    assert safe_text(raw) == clean


@pytest.mark.parametrize(
    ("raw", "clean"), [("abcde", "abcde"), ("abcdef", "abcd…"), ("a" * 10**6, "aaaa…"), (b"abcdef", "abcd…")]
)
def test_text_is_cut(raw: object, clean: str) -> None:
    assert safe_text(raw, 5) == clean


@given(st.text() | st.binary(), st.integers(1, 50))
def test_any_input_becomes_one_short_printable_line(raw: str | bytes, limit: int) -> None:
    clean = safe_text(raw, limit)
    assert len(clean) <= limit
    assert clean.isprintable()
    assert len(clean.splitlines()) <= 1


@pytest.mark.parametrize(
    ("name", "prefix", "suggestion"),
    [
        ("gifts", "", "did you mean gift?"),
        ("GIFT", "", "did you mean gift?"),
        ("xyzzy", "", ""),
        ("APP_ROOM", "APP_", "did you mean APP_ROOMS?"),
        ("APP_XYZZY", "APP_", ""),
    ],
)
def test_a_similar_name_is_suggested(name: str, prefix: str, suggestion: str) -> None:
    assert did_you_mean(name, ["gift", "chat", "APP_ROOMS", "APP_PORT"], prefix) == suggestion
