"""Text in columns: measured, wrapped, cut, painted."""

from hypothesis import given
from hypothesis import strategies as st

from pkgcat.results.output import Screen
from pkgcat.terminal.wrapping import GREEN, cut_text, measure, pad, paint, wrap_text
from tests.conftest import NOW

PLAIN = Screen(True, 80, False, True, NOW)
ASCII = PLAIN._replace(unicode=False)
COLOUR = PLAIN._replace(colour=True)
WORDS = st.lists(st.text("abc日é-/.", min_size=1, max_size=30), max_size=20)


def test_lines_end_between_words_then_behind_a_slash_or_hyphen_then_anywhere() -> None:
    assert wrap_text("one two three", 8, 9, PLAIN).lines == ["one two", "three"]
    assert wrap_text("example.org/a-path", 12, 9, PLAIN).lines == ["example.org/", "a-path"]
    assert wrap_text("abcdefghij", 4, 9, PLAIN).lines == ["abcd", "efgh", "ij"]
    assert wrap_text("日本語", 4, 9, PLAIN).lines == ["日本", "語"]


def test_what_has_no_room_ends_in_a_mark() -> None:
    assert wrap_text("one two three four", 8, 2, PLAIN) == (["one two", "three…"], True)
    assert wrap_text("one two three four", 8, 2, ASCII) == (["one two", "three..."], True)
    assert cut_text("example", 5, PLAIN) == "exam…"
    assert cut_text("example", 5, ASCII) == "ex..."
    assert cut_text("example", 7, PLAIN) == "example"


@given(WORDS, st.integers(2, 40))
def test_wrapping_loses_nothing_and_fits(words: list[str], width: int) -> None:
    text = " ".join(words)
    lines, is_cut = wrap_text(text, width, 10_000, PLAIN)
    assert not is_cut
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(measure(line) <= width for line in lines)


@given(WORDS, st.integers(2, 40), st.integers(1, 4))
def test_a_cut_text_is_the_beginning_with_a_mark(words: list[str], width: int, most: int) -> None:
    text = " ".join(words)
    lines, is_cut = wrap_text(text, width, most, PLAIN)
    assert len(lines) <= most
    assert all(measure(line) <= width for line in lines)
    together = "".join("".join(lines).split())
    if is_cut:
        assert together.endswith("…")
        assert "".join(text.split()).startswith(together.removesuffix("…"))
    else:
        assert together == "".join(text.split())


def test_paint_leaves_spaces_plain_and_links_plain_addresses_only() -> None:
    assert paint(" x ", GREEN, PLAIN) == " x "
    assert paint(" x ", GREEN, COLOUR) == " \x1b[32mx\x1b[0m "
    linked = paint("x", "", COLOUR, address="https://example.org/")
    assert linked == "\x1b]8;;https://example.org/\x1b\\x\x1b]8;;\x1b\\"
    assert paint("x", "", COLOUR, address="javascript:x") == "x"
    assert pad("日", 4) == "日  "
    assert pad("1", 3, to_right=True) == "  1"
