"""Markdown: whatever a cell or an item holds is shown as written, by a parser other than ours."""

import html
import io
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pkgcat.formats.markdown import render
from pkgcat.formats.markdown_text import escape_markdown
from pkgcat.model.package import Package
from pkgcat.model.text import clean
from pkgcat.model.types import TEXT
from pkgcat.results.comparison import Comparison, ComparisonRow
from pkgcat.results.output import Screen
from pkgcat.results.table import Table, field_columns, text_columns
from pkgcat.services.compare import compare_packages
from tests.conftest import NOW

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
HOSTILE = [
    "*bold*",
    "_em_",
    "`code`",
    "[x](javascript:alert(1))",
    "![x](y)",
    "<script>",
    "a|b",
    "~~x~~",
    "&lt;",
    "\\*",
]


def cell(text: str) -> str:
    """What the only cell of a table holds once it is HTML, tags and all."""
    out = io.StringIO()
    table = Table(text_columns("title"), [(text,)])
    render(table, Screen(False, 80, False, True, NOW), out)
    found = re.search(r"<td>(.*)</td>", PARSER.render(out.getvalue()), re.DOTALL)
    assert found, out.getvalue()
    return html.unescape(found[1])


@pytest.mark.parametrize("text", HOSTILE)
def test_markup_is_shown_as_written(text: str) -> None:
    assert cell(text) == text


@given(
    st.text(st.characters(codec="utf-8"), max_size=40)
    | st.text("*_`[]()<>|~&\\:!#-+. ax", max_size=20)
)
def test_any_text_is_shown_as_written(text: str) -> None:
    assert cell(text).split() == clean(text).split()


def test_what_needs_no_escape_has_none() -> None:
    for text in ("django-cities", "2026-02-15T09:01:40Z", "0.6.2", "C++ (fast!)", "#1"):
        assert escape_markdown(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "https://evil.example",
        "www.evil.example",
        "WWW.evil.example",
        ":bomb:",
        "a@b.example",
        "$x$",
    ],
)
def test_github_makes_no_link_emoji_or_formula_of_it(text: str) -> None:
    assert not re.search(
        r"https?://|www\.|:bomb:|[^\\]@|^@|^\$", escape_markdown(text), re.IGNORECASE
    )


def line(name: str, value: str) -> str:
    """The line of a table with one field of the record in it."""
    out = io.StringIO()
    render(Table(field_columns([name]), [(value,)]), Screen(False, 80, False, True, NOW), out)
    return out.getvalue().splitlines()[2]


@pytest.mark.parametrize("name", ["repo_url", "pypi_url", "documentation_url"])
def test_an_address_is_a_link_that_links(name: str) -> None:
    address = "https://github.com/o/a_b?x=1&y=2"
    html_text = PARSER.render(line(name, address).strip("| "))
    assert f'<a href="{html.escape(address)}">{html.escape(address)}</a>' in html_text


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "https://x.example/<script>",
        "https://x.example/a b",
        "https://x.example/a|b",
        "no address",
        "https://[x.example",
    ],
)
def test_what_is_no_plain_http_address_is_no_link(text: str) -> None:
    assert "href" not in PARSER.render(line("repo_url", text).strip("| "))


def test_an_address_in_another_text_is_no_link() -> None:
    assert line("repo_description", "https://evil.example") == r"| https\://evil.example |"


def test_the_commits_of_weeks_are_drawn() -> None:
    assert line("commits_over_52", json.dumps([0] * 50 + [4, 8])) == f"| {'·' * 50}▄█ |"
    assert line("commits_over_52", "[]") == "|  |"


def test_a_comparison_has_labels_bold_values_ticks_and_links() -> None:
    compared = [
        Package(slug="a_b", title="A", repo_watchers=1200, repo_url="https://example.org/a"),
        Package(slug="c", title="C", repo_watchers=3, repo_url="javascript:x", last_updated=NOW),
    ]
    maps = ComparisonRow("m", "Maps | more", TEXT, ("no", None), is_question=True, ticks=(-1, 0))
    rows = ["repo_watchers", "notes", "repo_url", "last_updated", "tags"]
    comparison = compare_packages(compared, rows=rows, more_rows=[maps], title="A *grid*")
    buffer = io.StringIO()
    render(comparison, Screen(False, 80, False, True, NOW), buffer)
    assert buffer.getvalue().splitlines() == [
        r"## A \*grid\*",
        "",
        r"|  | a\_b | c |",
        "| --- | --- | --- |",
        "| stars | **1,200** | 3 |",
        r"| repository | <https://example.org/a> | javascript\:x |",
        "| last commit |  | 2026-02-20 |",
        "| tags | none | none |",
        r"| Maps \| more | ✗ no | ? |",
    ]


def test_a_comparison_of_no_packages_says_so() -> None:
    buffer = io.StringIO()
    nobody = Comparison("", (), (), (), empty="no package matches")
    render(nobody, Screen(False, 80, False, True, NOW), buffer)
    assert buffer.getvalue() == "no package matches\n"
