import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok2mqtt.common.text import clean_text, did_you_mean, has_control_characters, safe_text


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
    ("text", "clean"),
    [
        ("plain", "plain"),
        ("", ""),
        ("a\x00b\x1b[31m\x7f\x85", "a b [31m  "),
        # What shows the rest of a line in the wrong direction.
        ("moc.\u202ekotkit\u202d", "moc. kotkit "),
        ("two\r\nlines\tand a tab\u2028\u2029", "two\r\nlines\tand a tab\u2028\u2029"),
        # A family of three, a heart in red, the flag of Scotland: joined or chosen by format characters.
        (joined := "👨\u200d👩\u200d👧 ❤\ufe0f 🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f", joined),
        # Persian, Hindi and Hebrew: non-joiner, joiner, marks, embedding, isolate.
        (scripts := "می\u200cشد क्\u200dष \u200fשלם\u200e \u202bאב\u202c \u2067גד\u2069 \u061c", scripts),
        ("\ufeff\u2060\u00ad", "\ufeff\u2060\u00ad"),
    ],
)
def test_control_characters_become_spaces_and_what_scripts_need_stays(text: str, clean: str) -> None:
    assert clean_text(text) == clean


@given(st.text())
def test_every_clean_text_has_the_same_length_and_no_control_characters(text: str) -> None:
    clean = clean_text(text)
    assert len(clean) == len(text)
    assert not has_control_characters(clean)
    assert clean_text(clean) == clean


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
