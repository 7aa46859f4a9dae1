"""Markdown: whatever a cell or an item holds is shown as written, by a parser other than ours."""

import html
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pkgcat.render import Column, Format, Screen, View, render
from pkgcat.render.markdown import escaped
from pkgcat.render.text import clean
from tests.conftest import NOW

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
HOSTILE = ["*bold*", "_em_", "`code`", "[x](javascript:alert(1))", "![x](y)", "<script>", "a|b", "~~x~~", "&lt;", "\\*"]


def cell(text: str) -> str:
    """What the only cell of a table holds once it is HTML, tags and all."""
    out = io.StringIO()
    render(View((Column("title", "str"),), [(text,)]), Format.MARKDOWN, Screen(False, 80, False, True, NOW), out)
    found = re.search(r"<td>(.*)</td>", PARSER.render(out.getvalue()), re.DOTALL)
    assert found, out.getvalue()
    return html.unescape(found[1])


@pytest.mark.parametrize("text", HOSTILE)
def test_markup_is_shown_as_written(text: str) -> None:
    assert cell(text) == text


@given(st.text(st.characters(codec="utf-8"), max_size=40) | st.text("*_`[]()<>|~&\\:!#-+. ax", max_size=20))
def test_any_text_is_shown_as_written(text: str) -> None:
    assert cell(text).split() == clean(text).split()


def test_what_needs_no_escape_has_none() -> None:
    for text in ("django-cities", "2026-02-15T09:01:40Z", "0.6.2", "C++ (fast!)", "#1"):
        assert escaped(text) == text


@pytest.mark.parametrize(
    "text", ["https://evil.example", "www.evil.example", "WWW.evil.example", ":bomb:", "a@b.example", "$x$"]
)
def test_github_makes_no_link_emoji_or_formula_of_it(text: str) -> None:
    assert not re.search(r"https?://|www\.|:bomb:|[^\\]@|^@|^\$", escaped(text), re.IGNORECASE)
