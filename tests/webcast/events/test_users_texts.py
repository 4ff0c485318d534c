import tracemalloc

import pytest

from tests.webcast.events.decode import received
from tiktok2mqtt.webcast.events.users import MAX_RENDERED_CHARS, first_user, render
from tiktok2mqtt.webcast.schema.types_pb2 import (
    PatternRef,
    Text,
    TextPiece,
    TextPieceGift,
    TextPieceHeart,
    TextPieceImage,
    TextPieceUser,
    User,
)


def literal(value: str) -> TextPiece:
    return TextPiece(string_value=value)


def naming(nickname: str = "", unique_id: str = "") -> TextPiece:
    return TextPiece(user_value=TextPieceUser(user=User(nickname=nickname, unique_id=unique_id)))


def giving(gift_id: int, name: str = "") -> TextPiece:
    ref = PatternRef(default_pattern=name) if name else None
    return TextPiece(gift_value=TextPieceGift(gift_id=gift_id, name_ref=ref))


def shown(pattern: str, *pieces: TextPiece) -> str | None:
    return render(received(Text(default_pattern=pattern, pieces=pieces)))


def test_an_empty_text_is_none() -> None:
    assert render(Text()) is None
    assert render(Text(key="pm_mt_key", pieces=[literal("x")])) is None


@pytest.mark.parametrize(
    ("piece", "text"),
    [
        (literal("five"), "five"),
        (literal(""), "…"),
        (TextPiece(), "…"),
        (naming(nickname="Bob", unique_id="bob"), "Bob"),
        (naming(unique_id="bob"), "bob"),
        (naming(), "…"),
        (TextPiece(user_value=TextPieceUser()), "…"),
        (giving(5655, "Rose"), "Rose"),
        (giving(5655), "5655"),
        (giving(0), "0"),
        (TextPiece(pattern_ref_value=PatternRef(key="k", default_pattern="the LIVE")), "the LIVE"),
        (TextPiece(pattern_ref_value=PatternRef(key="k")), "…"),
    ],
)
def test_the_text_of_a_piece(piece: TextPiece, text: str) -> None:
    assert shown("<{0:any}>", piece) == f"<{text}>"


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("{0:user} sent {1:gift}", "a sent b"),
        ("{1:gift} from {0:user}", "b from a"),
        ("{0:user}{0:user}", "aa"),
        ("{2:string}", "…"),
        ("{99:string}", "…"),
        ("no placeholder", "no placeholder"),
        ("{0}", "{0}"),
        ("{0:}", "{0:}"),
        ("{:user}", "{:user}"),
        ("{-1:user}", "{-1:user}"),
        ("{100:user}", "{100:user}"),
        ("{0:USER}", "{0:USER}"),
        ("{0:user.__class__}", "{0:user.__class__}"),
        ("{0!r}{user}%s$a\\1", "{0!r}{user}%s$a\\1"),
        ("{{0:user}}", "{a}"),
        ("{0:" + "x" * 21 + "}", "{0:" + "x" * 21 + "}"),
    ],
)
def test_placeholders(pattern: str, text: str) -> None:
    assert shown(pattern, literal("a"), literal("b")) == text


HEART = TextPiece(type=13, heart_value=TextPieceHeart())
IMAGE = TextPiece(image_value=TextPieceImage())


@pytest.mark.parametrize(
    ("pattern", "pieces", "text"),
    [
        ("{0:user} sent {1:image} x {2:string}", [literal("Bob"), IMAGE, literal("5")], "Bob sent x 5"),
        ("{0:image} joined", [IMAGE], "joined"),
        ("joined {0:image}", [HEART], "joined"),
        ("a{0:image}b", [IMAGE], "ab"),
        ("a {0:image}, {1:string}", [TextPiece(type=15), literal("b")], "a, b"),
        ("{0:image}", [IMAGE], None),
        ("{0:string}", [TextPiece(type=15, string_value="x")], "x"),
    ],
)
def test_a_piece_that_is_a_picture_leaves_no_gap(pattern: str, pieces: list[TextPiece], text: str | None) -> None:
    assert shown(pattern, *pieces) == text


@pytest.mark.parametrize("held", ["{1:user}", "{0:user}", r"\1\g<0>", "{0:user", "%s"])
def test_placeholders_in_a_piece_are_not_filled(held: str) -> None:
    assert shown("<{0:user}> {1:string}", literal(held), literal("b")) == f"<{held}> b"


def test_two_pieces_do_not_form_a_placeholder() -> None:
    assert shown("{0:string}{1:string}", literal("{1:"), literal("user}")) == "{1:user}"


@pytest.mark.parametrize("hostile", ["a\nb", "<script>", "🌹" * 3, "${jndi}"])
def test_hostile_text_is_kept_unchanged(hostile: str) -> None:
    assert shown("{0:user} " + hostile, literal(hostile)) == f"{hostile} {hostile}"


@pytest.mark.parametrize("control", ["\x00", "\u202e", "\x1b"])
def test_control_characters_in_patterns_and_pieces_become_spaces(control: str) -> None:
    assert shown("{0:user}, " + control + "!", literal(f"a{control}b")) == "a b,  !"
    assert shown(f"a{control}b") == "a b"


@pytest.mark.parametrize(
    ("pattern", "piece", "text"),
    [
        ("x" * 5000, "", "x" * 1000),
        ("🌹" * 5000, "", "🌹" * 1000),
        ("{0:user}", "y" * 5000, "y" * 1000),
        ("a{0:user}b", "y" * 5000, "a" + "y" * 999),
        ("{0:user}" * 3, "y" * 400, "y" * 1000),
        ("{0:user}b", "y" * 999, "y" * 999 + "b"),
    ],
)
def test_a_long_text_is_cut(pattern: str, piece: str, text: str) -> None:
    assert MAX_RENDERED_CHARS == 1000
    assert shown(pattern, literal(piece)) == text


def test_many_placeholders_for_a_long_piece_do_not_fill_the_memory() -> None:
    pieces = [literal("y" * 100_000), *[literal("zz")] * 20_000]
    text = Text(default_pattern="{0:user}" * 20_000, pieces=pieces)
    tracemalloc.start()
    try:
        assert render(text) == "y" * 1000
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_the_first_user_in_a_text() -> None:
    assert first_user(Text()) is None
    assert first_user(Text(pieces=[literal("x"), giving(5)])) is None
    user = first_user(received(Text(pieces=[literal("x"), naming(unique_id="bob"), naming(unique_id="carol")])))
    assert user == User(unique_id="bob").SerializeToString()
