"""Remote text on its way to the terminal."""

import re
import sys
import time
import unicodedata
from collections.abc import Callable

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from pkgcat.model.text import clean, clean_rendered, link
from tests.hostile import INVISIBLE, assert_harmless

HOSTILE = [
    ("\x1b[31mred\x1b[0m", "red"),
    ("\x1b]0;title\x07x", "x"),
    ("\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\", "click"),
    ("\x9b2Jcleared", "cleared"),
    ("\x1bcreset", "reset"),
    ("a\rb\nc\td", "a b c d"),
    ("abc\u202edcba\u2066", "abcdcba"),
    ("in\u200bvis\u200dible\ufeff", "invisible"),
    ("tag\U000e0041\U000e0042", "tag"),
    ("e" + "\u0301" * 50, "e" + "\u0301" * 3),
    ("\ue000\ufdd0", "\ufffd\ufffd"),
    ("a\u00a0b\u2028c", "a b c"),
    ("[bold]x[/x] :bomb:", "[bold]x[/x] :bomb:"),
    ("e" + "\u0301\u00ad" * 300, "e" + "\u0301" * 3),
    ("e" + "\u0301\u200d\x00\x7f\u034f\ufe0f" * 99, "e" + "\u0301" * 3),
    ("e" + "\u0301\x1b[m\u0488" * 99, "e\u0301\u0488\u0301"),
    ("\u1100" + "\u1161" * 99 + "\u11a8", "\u1100" + "\u1161" * 3),
    ("\u0915" + "\u0903" * 99, "\u0915" + "\u0903" * 3),
    (
        "\u1019\u103c\u102d\u102f\u1037",
        "\u1019\u103c\u102d\u102f\u1037",
    ),  # one spacing mark and three others
    ("a\u3164b\u2800c\uffa0d\U0001d159e", "a b c d e"),
    ("a\u115f\u1160b\u17b4\u17b5\u180b\u180f\u2065\ufff0\U000e0080\U000e0fff", "ab"),
    ("a\ufff9b\ufffac\ufffbd\ufffc", "abcd\ufffd"),
    (
        "\u2764\ufe0f \U0001f469\u200d\U0001f4bb \u0031\ufe0f\u20e3",
        "\u2764 \U0001f469\U0001f4bb 1\u20e3",
    ),
    ("\U0001f44d\U0001f3fd" + "\U0001f3fd" * 9 + "a\U0001f3fd", "\U0001f44d\U0001f3fda"),
    ("\x1b\x1b[31m[31m", "[31m"),
    ("\x1b\u200b[31m\x1b\x00]0;x", "[31m]0;x"),
    ("\x1b]0;a\x9b31mb\x07c", "0;abc"),
    ("\x1b]0;\x1b]0;a\x07b", "0;b"),
    ("\x1b]0;title without an end", "0;title without an end"),
    ("\x9dtitle\x9ca\x90dcs\x9cb\x98sos\x9cc\x9epm\x9cd\x9fapc\x9ce\x9cf", "abcdef"),
    ("\x1bPdcs\x1b\\a\x1b_apc\x1b\\b\x1b#8c\x1b(0d\x1b=e\x1b%Gf", "abcdef"),
    ("Ærø ⛺ 日本", "Ærø ⛺ 日本"),
]


@pytest.mark.parametrize(("raw", "shown"), HOSTILE)
def test_what_is_hostile_is_taken_out_and_the_rest_stays(raw: str, shown: str) -> None:
    assert clean(raw) == shown


def test_line_breaks_stay_where_they_are_wanted() -> None:
    assert clean("a\r\nb\nc\x0b", lines=True) == "a\nb\nc "


def test_a_sequence_without_its_end_takes_no_other_line_with_it() -> None:
    assert clean("a\x1b]0;b\nnext\x07", lines=True) == "a0;b\nnext"
    assert clean("a\x9db\nnext", lines=True) == "ab\nnext"


PIECES = st.sampled_from(
    [
        "\x1b",
        "[",
        "]",
        "31m",
        "\x9b",
        "\x9d",
        "0;",
        "\x07",
        "\x9c",
        "\\",
        "\r",
        "\n",
        "\u0301",
        "\u00ad",
        "\u0903",
    ]
    + [
        "\u1161",
        "\u3164",
        "\ufe0f",
        "\u200d",
        "\U0001f44d",
        "\U0001f3fd",
        "\x1bP",
        "a",
        " ",
        "\u20e3",
        "\U000e0041",
    ]
)
TEXT = st.text() | st.lists(PIECES, max_size=40).map("".join)


@settings(max_examples=400)
@given(TEXT, st.booleans())
def test_no_text_keeps_what_is_not_seen_and_cleaning_again_changes_nothing(
    text: str, lines: bool
) -> None:
    shown = clean(text, lines=lines)
    assert_harmless(shown)
    assert lines or "\n" not in shown
    for character in shown.replace("\n", ""):
        assert unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
    assert clean(shown, lines=lines) == shown


@given(TEXT, TEXT)
def test_of_cleaned_texts_one_behind_the_other_makes_no_sequence(first: str, second: str) -> None:
    assert "\x1b" not in clean(first) + clean(second)
    assert_harmless(clean(clean(first) + clean(second)))


def test_every_character_alone_is_seen_or_gone() -> None:
    characters = map(chr, range(sys.maxunicode + 1))
    assigned = [
        character
        for character in characters
        if unicodedata.category(character) not in ("Cn", "Co", "Cs")
    ]
    for character in [
        *assigned,
        *sorted(INVISIBLE),
        "\ue000",
        "\U000f0000",
        "\ufdd0",
        "\U0010ffff",
    ]:
        code = ord(character)
        shown = clean(f"a{character}")
        assert len(shown) in (1, 2), hex(code)
        assert shown.isprintable(), hex(code)
        assert shown[1:] not in INVISIBLE, hex(code)
        # what is plain and returned at once is what the whole way would have made of it
        assert clean(f"a{character}\ue000") == f"{shown}\ufffd", hex(code)


@settings(max_examples=200)
@given(TEXT)
def test_a_text_is_as_wide_as_its_characters(text: str) -> None:
    shown = clean(text)
    single = sum(
        cell_len(character) for character in shown if not "\U0001f3fb" <= character <= "\U0001f3ff"
    )
    assert cell_len(shown) == single


@pytest.mark.parametrize(
    "piece",
    [
        "\x1b[",
        "\x1b]",
        "\x9b",
        "\x9d",
        "\x1bP",
        "\x1b]0;a",
        "\x1b[0;",
        "\x1b ",
        "\x1b",
        "\x1b]8;;",
        "e\u0301",
        "\u0301",
        "\r",
    ]
    + ["\x1b[31", "\x1b]8;;http://a", "\x1b[1;1;", "\u200d", "\u3164", "\x9d\x1b\\", "\x1b]a\x1b"],
)
@pytest.mark.parametrize("cleaned", [clean, clean_rendered])
def test_the_time_grows_with_the_length_and_no_faster(
    piece: str, cleaned: Callable[[str], str]
) -> None:
    """Of 32 times the text, linear work takes 32 times as long, and quadratic work 1024
    times. CPU time is measured.
    """

    def seconds(size: int) -> float:
        text = piece * (size // len(piece))
        times = []
        for _ in range(3):
            begun = time.process_time()
            cleaned(text)
            times.append(time.process_time() - begun)
        return min(times)

    small, large = 1 << 13, 1 << 18
    assert seconds(large) < 200 * max(seconds(small), 0.0002)


@given(TEXT)
def test_rendered_text_keeps_its_own_styles_and_nothing_else(text: str) -> None:
    shown = clean_rendered(
        f"\x1b[1;36m{text}\x1b[0m\tx\n\x1b]8;id=1-a;https://example.org/a;b\x1b\\y\x1b]8;;\x1b\\"
    )
    assert shown.startswith("\x1b[1;36m")
    assert shown.endswith("\x1b[0m\tx\n\x1b]8;id=1-a;https://example.org/a;b\x1b\\y\x1b]8;;\x1b\\")
    for style in (r"\x1b\[[\d;]*m", r"\x1b\]8;[^;]*;[!-~]*\x1b\\"):
        shown = re.sub(style, "", shown)
    assert_harmless(shown.replace("\t", " "))


@pytest.mark.parametrize(
    "sequence",
    [
        "\x1b[2J",
        "\x1b[1A",
        "\x1b[?25l",
        "\x1b]0;t\x07",
        "\x1b]8;;javascript:x\x1b\\",
        "\x1b[1;1H",
        "\x9b1m",
        "\x1bc",
        "\r",
        "\b",
    ]
    + ["\x1b]8;;https://a\x07", "\x1b]52;c;YQ==\x07"],
)
def test_rendered_text_keeps_no_other_sequence(sequence: str) -> None:
    assert clean_rendered(f"a{sequence}b").replace(" ", "") == "ab"


@given(st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=60))
def test_no_text_moves_the_cursor_or_the_title_of_a_screen(text: str) -> None:
    screen = pyte.Screen(200, 3)
    pyte.Stream(screen).feed(f"{clean(text)}\r\nnext")
    assert screen.title == ""
    assert screen.display[1].startswith("next")


@pytest.mark.parametrize(
    "url",
    [
        *(
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "//example.org",
            "http://",
            "https:///path",
        ),
        *(
            "https://user:pw@example.org/",
            "https://exa mple.org",
            "https://example.org/\x1b]8;;",
            "https://[::1",
            "mailto:a@b",
        ),
        *(
            "https://example.org:port/",
            "https://ex\u0430mple.org/",
            "ftp://example.org/",
            "",
            "HTTPS",
            "vbscript:x",
        ),
        *(
            "https://example.org/<script>",
            'https://example.org/"x',
            "https://example.org/`x`",
            "https://example.org/{x}",
        ),
        *(
            "https://example.org\\@evil.example",
            "https://example.org/\n",
            "\x00https://example.org",
        ),
    ],
)
def test_what_is_no_plain_web_address_is_no_link(url: str) -> None:
    assert link(url) is None


def test_a_plain_web_address_is_a_link() -> None:
    assert link("https://example.org:8443/a?b=c#d") == "https://example.org:8443/a?b=c#d"
    assert link(None) is None
