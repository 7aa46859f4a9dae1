"""Remote text on its way to the terminal."""

import unicodedata

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkgcat.render.text import clean, link

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
    ("Ærø ⛺ 日本", "Ærø ⛺ 日本"),
]


@pytest.mark.parametrize(("raw", "shown"), HOSTILE)
def test_what_is_hostile_is_taken_out_and_the_rest_stays(raw: str, shown: str) -> None:
    assert clean(raw) == shown


def test_line_breaks_stay_where_they_are_wanted() -> None:
    assert clean("a\r\nb\nc\x0b", lines=True) == "a\nb\nc "


@given(st.text())
def test_no_text_keeps_control_or_format_characters(text: str) -> None:
    for character in clean(text):
        assert unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
    assert clean(clean(text)) == clean(text)


@given(st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=60))
def test_no_text_moves_the_cursor_or_the_title_of_a_screen(text: str) -> None:
    screen = pyte.Screen(200, 3)
    pyte.Stream(screen).feed(f"{clean(text)}\r\nnext")
    assert screen.title == ""
    assert screen.display[1].startswith("next")


@pytest.mark.parametrize(
    "url",
    [
        *("javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//example.org", "http://", "https:///path"),
        *(
            "https://user:pw@example.org/",
            "https://exa mple.org",
            "https://example.org/\x1b]8;;",
            "https://[::1",
            "mailto:a@b",
        ),
        *("https://example.org:port/", "https://ex\u0430mple.org/", "ftp://example.org/", "", "HTTPS", "vbscript:x"),
        *(
            "https://example.org/<script>",
            'https://example.org/"x',
            "https://example.org/`x`",
            "https://example.org/{x}",
        ),
        *("https://example.org\\@evil.example", "https://example.org/\n", "\x00https://example.org"),
    ],
)
def test_what_is_no_plain_web_address_is_no_link(url: str) -> None:
    assert link(url) is None


def test_a_plain_web_address_is_a_link() -> None:
    assert link("https://example.org:8443/a?b=c#d") == "https://example.org:8443/a?b=c#d"
    assert link(None) is None
