"""Remote text on its way to a shell that completes a line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkgcat.model.text import clean_for_shell


@pytest.mark.parametrize(
    ("raw", "handed"),
    [
        (r"Nice \$(touch x)", "Nice touch x"),
        ("a [/x] b", "a x b"),
        ("`id`; ${x} && y | z > w", "id x y z w"),
        ("!! *.py ~root =ls %1 #no", ".py root ls 1 no"),
        ('it\'s "quoted" \\ : @', "its quoted"),
        ("  a\tb\r\nc  ", "a b c"),
        ("\x1b[31mred\x1b[0m \x1b]0;title\x07x", "red x"),
        ("abc\u202edcba\u2066", "abcdcba"),
        ("e" + "\u0301" * 3, "e"),
        ("Köln, Łódź - 日本_1.0", "Köln, Łódź - 日本_1.0"),
        ("plain_text-1.0, twice", "plain_text-1.0, twice"),
        ("$()", ""),
        ("", ""),
    ],
)
def test_what_a_shell_knows_is_taken_out_and_the_rest_stays(raw: str, handed: str) -> None:
    assert clean_for_shell(raw) == handed


@given(st.text())
def test_no_text_keeps_what_means_anything_to_a_shell(text: str) -> None:
    handed = clean_for_shell(text)
    assert all(character.isalnum() or character in " .,-_" for character in handed)
    assert clean_for_shell(handed) == handed
    assert handed == handed.strip()
