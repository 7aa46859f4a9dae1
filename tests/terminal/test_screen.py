"""Tables and pages on terminals of every width, in every colour and encoding."""

import itertools
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from pkgcat.formats import apiv4
from pkgcat.formats.digest import render_digest, render_markdown_digest
from pkgcat.model.fields import FACT_VALUES, FIELDS
from pkgcat.model.package import Package
from pkgcat.model.types import INTEGER_LIST, TextList
from pkgcat.results.digest import Digest, DigestEvent
from pkgcat.results.output import Screen
from pkgcat.results.records import SHOWN_FIELDS, Addresses
from pkgcat.results.table import Table, field_columns, text_columns
from pkgcat.services.digest import EVENT_ORDER
from pkgcat.shell.output_buffer import OutputBuffer
from pkgcat.shell.output_formats import FORMATS, TABLE, OutputFormat, render_result
from pkgcat.terminal.chart import draw_chart
from pkgcat.terminal.page import render_packages
from pkgcat.terminal.table import MAX_RICH_ROWS
from tests.conftest import NOW
from tests.hostile import TEXTS, assert_harmless

WIDTHS = (40, 60, 80, 120, 200)


def drawn(table: Table, width: int, *, unicode: bool = True, colour: bool = False) -> str:
    return written(table, TABLE, Screen(True, width, colour, unicode, NOW))


def written(table: Table, output_format: OutputFormat, screen: Screen) -> str:
    buffer = OutputBuffer()
    render_result(table, output_format, screen, buffer)
    return buffer.text().read()


def page_of(package: Package, width: int, *, unicode: bool = True, colour: bool = False) -> str:
    return pages_of([package], Screen(True, width, colour, unicode, NOW))


def pages_of(packages: list[Package], screen: Screen) -> str:
    buffer = OutputBuffer()
    render_packages(packages, screen, buffer)
    return buffer.text().read()


def package(**fields: object) -> Package:
    made = Package(id=1, title="Cities", slug="django-cities", created=NOW, modified=NOW)
    return made.replace(**fields)  # type: ignore[arg-type]


WHOLE = package(
    repo_description="Countries and cities of the world " * 5,
    category="apps",
    grids=("maps", "geo"),
    tags=("geo", "used"),
    repo_url="https://github.com/coderholic/django-cities",
    pypi_url="http://pypi.python.org/pypi/django-cities",
    documentation_url="https://example.org/" + "long/" * 30,
    repo_watchers=94_900,
    repo_forks=373,
    last_updated=NOW,
    last_fetched=NOW,
    commits_over_52=tuple(range(52)),
    participants=tuple(f"person{number}" for number in range(40)),
    repo_archived=True,
    pypi_version="0.6.2",
    pypi_yanked=True,
    pypi_vulnerabilities=("PYSEC-1",),
    pypi_status="archived",
    pypi_classifiers=("Framework :: Django :: 5.2",),
    replaced_by="other",
    pinned=("repo_watchers",),
    notes="first line\nsecond line",
    score=12,
    error_count=3,
    last_error="github.com: not found",
    gone=("repository",),
)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("unicode", [True, False])
def test_a_page_fits_its_width_and_cuts_nothing(width: int, unicode: bool) -> None:
    page = page_of(WHOLE, width, unicode=unicode)
    assert all(cell_len(line) <= width for line in page.splitlines())
    assert page.isascii() or unicode
    together = "".join(page.split())
    for said in (
        "94,900",
        "0.6.2",
        "pinned",
        "archived",
        "yanked",
        "1vulnerability",
        "replacedbyother",
        "repositorygone",
    ):
        assert said in together, said
    assert "and28more" in together
    assert "1,326commitsin52weeks,busiestweek51" in together
    assert "secondline" in together
    assert WHOLE.documentation_url is not None
    assert WHOLE.documentation_url in together


def test_a_page_of_nothing_but_a_title_says_that_no_facts_are_known() -> None:
    page = page_of(package(), 80)
    assert "no facts yet" in page
    assert "never refreshed" in page


def test_a_year_without_commits_is_said_and_not_drawn() -> None:
    page = page_of(package(commits_over_52=(0,) * 52), 80)
    assert "no commits in 52 weeks" in page


def rows(count: int) -> list[tuple[str | int | None, ...]]:
    weeks = json.dumps([number % 5 for number in range(52)])
    return [
        (
            f"django-{number}",
            number * 1000,
            "1.0",
            "2026-01-02T03:04:05Z",
            '["archived: repository"]' if number % 2 else "[]",
            weeks,
        )
        + ("apps", "A description of some length, which may be cut " * 2, '["geo"]', None)
        for number in range(count)
    ]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("count", [1, 30, 250])
@pytest.mark.parametrize("unicode", [True, False])
def test_a_table_fits_its_width_however_long_it_is(width: int, count: int, unicode: bool) -> None:
    table = drawn(
        Table(field_columns(SHOWN_FIELDS), rows(count), drop_to_fit=True), width, unicode=unicode
    )
    lines = table.splitlines()
    assert all(cell_len(line) <= width for line in lines)
    assert lines[-1] == ("1 package" if count == 1 else f"{count} packages")
    assert sum(line.startswith("django-") for line in lines) == count
    if width != 60:  # there it depends on how wide the others are
        assert ("52 weeks" in table) == (width >= 80)
        assert ("description" in table) == (width >= 120)


def test_an_empty_table_says_what_to_do() -> None:
    assert drawn(Table(field_columns(SHOWN_FIELDS), [], empty="nothing yet"), 80) == "nothing yet\n"


MARKS_FIRST: Any = {"drop_to_fit": True, "importance": (("slug",), ("state_reasons",))}

HOSTILE = st.text(max_size=40) | st.sampled_from(
    [*TEXTS.values(), "\x1b[8mx", "\x9b8mx", "\u202eabc", "[/x]", "e\u0301"]
)
SCREENS = st.builds(
    Screen,
    terminal=st.just(True),
    width=st.sampled_from(WIDTHS),
    colour=st.booleans(),
    unicode=st.booleans(),
    now=st.just(NOW),
    timezone=st.just("America/New_York"),
    encoding=st.just("utf-8"),
)


def every_text(draw: st.DrawFn) -> Package:
    """Return a package each of whose texts is drawn, keys and slugs too."""
    fields: dict[str, object] = {}
    for name, field in FIELDS.items():
        if field.type.is_text:
            fields[name] = draw(HOSTILE)
        elif isinstance(field.type, TextList) and field.type is not INTEGER_LIST:
            fields[name] = tuple(draw(st.lists(HOSTILE, max_size=3)))
    fields["pinned"] = ("repo_description", "participants")
    fields["upstream_values"] = {
        "repo_description": draw(HOSTILE),
        "participants": (draw(HOSTILE),),
    }
    fields["pypi_classifiers"] = (f"Framework :: Django :: {draw(HOSTILE)}",)
    return package(**fields).replace(title=draw(HOSTILE) or "x", slug=draw(HOSTILE) or "x")


PACKAGES = st.composite(every_text)()


@settings(max_examples=40)
@given(PACKAGES, SCREENS, HOSTILE)
def test_no_view_brings_a_text_to_a_terminal_raw(
    hostile: Package, screen: Screen, text: str
) -> None:
    """Without the CleanStream that stands behind: each renderer cleans what it draws, or
    widths would be wrong.
    """
    row = tuple(FIELDS[name].type.to_sql(value) for name, value in hostile.values.items())
    assert_harmless(pages_of([hostile, hostile], screen), styled=screen.colour)
    columns = field_columns(FIELDS)
    many = Table(columns[:12], [row[:12]] * (MAX_RICH_ROWS + 1), drop_to_fit=True)
    tables = [
        Table(columns, [row], empty=text),
        Table(columns, [row], drop_to_fit=True),
        Table(columns, [row], single=True),
        Table(columns, [], empty=text),
        many,
    ]
    for table in tables:
        assert_harmless(written(table, TABLE, screen), styled=screen.colour)
        piped = written(table, TABLE, screen._replace(terminal=False))
        assert_harmless(piped.replace("\t", " "))
    for name in ("csv", "tsv", "markdown", "json", "jsonl"):
        for table in tables[:3]:
            assert_harmless(written(table, FORMATS[name], screen).replace("\t", " "))
    addresses = Addresses({}, {str(hostile.slug): text})
    assert_harmless("".join(apiv4.format_packages([hostile], addresses, screen)))


@given(
    st.text(alphabet=st.sampled_from('\x00\x1f\x7f\x80\x9b\u202e\u00e9\U0001f600\\"a'), max_size=9)
)
def test_json_is_printable_ascii_and_means_what_is_stored(text: str) -> None:
    for name, single in itertools.product(("json", "jsonl"), (True, False)):
        table = Table(text_columns("slug", "notes"), [("x", text)], single=single)
        shown = written(table, FORMATS[name], Screen(False, 80, False, True, NOW))
        assert shown.replace("\n", "").isascii()
        assert shown.replace("\n", "").isprintable()
        found = json.loads(shown)
        assert (found[0] if isinstance(found, list) else found)["notes"] == text


@settings(max_examples=60)
@given(st.lists(HOSTILE, min_size=1, max_size=4), HOSTILE, SCREENS)
def test_no_news_bring_a_text_to_a_terminal_raw(
    texts: list[str], since: str, screen: Screen
) -> None:
    events = []
    for name in EVENT_ORDER:
        if name == "stars":
            continue
        for text in texts:
            field, new = "repo_url", text
            if name in ("vulnerable", "fixed", "gone", "back"):
                field, new = "tags", tuple(texts)
            events.append(DigestEvent(name, text, field, text, new, "", 1))
    digest = Digest(events, since)
    plain, markdown = OutputBuffer(), OutputBuffer()
    render_digest(digest, screen, plain)
    render_markdown_digest(digest, markdown)
    for buffer in (plain, markdown):
        assert_harmless(buffer.text().read(), styled=screen.colour)


@settings(max_examples=30)
@given(
    st.sampled_from(
        [
            "a\u0301\u0301\u0301\u0301",
            "\U0001f469\u200d\U0001f4bb",
            "日本\ufe0f",
            "\u3164x",
            "\u1100\u1161\u1161",
        ]
    )
)
def test_columns_stay_under_each_other_whatever_stands_in_them(text: str) -> None:
    rows = [(text, "second"), ("plain", "second")]
    for count in (1, MAX_RICH_ROWS):
        lines = drawn(Table(text_columns("first", "title"), rows * count), 100).splitlines()[1:]
        starts = {cell_len(line[: line.index("second")]) for line in lines if "second" in line}
        assert len(starts) == 1


def test_facts_behind_pins_are_written_without_control_characters() -> None:
    assert FACT_VALUES.to_text(json.dumps({"a\x1b[8mb": "x\x7f\u202ey"})) == r'ab: "x\u007f\u202ey"'


def test_colour_is_asked_for_by_name_only() -> None:
    assert "\x1b[" in page_of(WHOLE, 80, colour=True)
    assert "\x1b" not in page_of(WHOLE, 80)


def test_a_page_links_plain_addresses_only() -> None:
    page = page_of(
        package(
            repo_url="https://example.org/a",
            pypi_url="javascript:alert(1)",
            documentation_url="https://user@example.org/",
            decision="adopt",
            decision_url="file:///etc/passwd",
        ),
        200,
        colour=True,
    )
    assert re.findall(r"\x1b\]8;[^;]*;([^\x1b]+)\x1b", page) == ["https://example.org/a"]


@pytest.mark.parametrize(
    ("weeks", "drawn_lines"), [((0, 2), 1), ((0, 8), 4), ((0, 200), 4), ((3, 1), 2)]
)
def test_a_busiest_week_of_two_takes_one_line(weeks: tuple[int, ...], drawn_lines: int) -> None:
    page = page_of(package(commits_over_52=(0,) * 50 + weeks), 80)
    block = [row for row in page.splitlines() if set(row.strip()) & set("▁▂▃▄▅▆▇█")]
    assert len(block) == drawn_lines


def test_one_star_more_is_drawn_one_line_higher() -> None:
    out = OutputBuffer()
    points = [(NOW - timedelta(days=9), 480), (NOW - timedelta(days=5), 481), (NOW, 481)]
    draw_chart(points, Screen(True, 60, False, True, NOW), out)
    assert len(out.text().read().splitlines()) == 3


@pytest.mark.parametrize("width", [40, 60, 80])
def test_the_marks_are_kept_before_the_sparkline(width: int) -> None:
    table = drawn(Table(field_columns(SHOWN_FIELDS), rows(4), **MARKS_FIRST), width)
    assert "archived" in table
    plain = [
        row.replace('["archived: repository"]', "[]") if isinstance(row, str) else row
        for row in rows(1)[0]
    ]
    without = drawn(Table(field_columns(SHOWN_FIELDS), [tuple(plain)], **MARKS_FIRST), width)
    assert "state" not in without


def test_two_marks_are_whole_before_the_sparkline_has_room() -> None:
    row = list(rows(1)[0])
    row[4] = '["archived: repository", "replaced: other"]'
    table = drawn(Table(field_columns(SHOWN_FIELDS), [tuple(row)], **MARKS_FIRST), 80)
    assert "archived, replaced" in table


def test_marks_that_are_many_leave_the_slug_its_room() -> None:
    row = list(rows(1)[0])
    row[0], row[4] = "django-a-rather-long-slug", '["archived: x", "vulnerable: y", "yanked: z"]'
    lines = drawn(Table(field_columns(SHOWN_FIELDS), [tuple(row)], **MARKS_FIRST), 40).splitlines()
    assert lines[2].startswith("django-a-rather-long-sl")
    assert "archived," in lines[2]


ENCODINGS = ("ascii", "iso8859-1", "koi8-r")
LETTERS = st.text(st.sampled_from("ab é日本ж🎉\u0301"), max_size=60) | HOSTILE


def assert_fits_in(shown: str, width: int, encoding: str) -> None:
    """Check that an encoding has all of a text, which is no wider than the screen."""
    assert shown.encode(encoding).decode(encoding) == shown
    for line in shown.splitlines():
        assert cell_len(line) <= width, line


@settings(max_examples=30)
@given(PACKAGES, LETTERS, st.sampled_from((40, 80)), st.sampled_from(ENCODINGS))
def test_what_an_encoding_lacks_is_laid_out_as_it_is_escaped(
    hostile: Package, text: str, width: int, encoding: str
) -> None:
    screen = Screen(True, width, colour=False, unicode=False, now=NOW, encoding=encoding)
    written_by = hostile.replace(repo_description=text, title=text or "x", notes=text)
    assert_fits_in(pages_of([written_by, written_by], screen), width, encoding)
    names = ("slug", "title", "repo_description", "tags", "state_reasons", "notes")
    row = tuple(FIELDS[name].type.to_sql(written_by.values[name]) for name in names)
    for count in (1, MAX_RICH_ROWS + 1):
        table = Table(field_columns(names), [row] * count, drop_to_fit=True)
        assert_fits_in(written(table, TABLE, screen), width, encoding)


@pytest.mark.parametrize("width", [40, 80])
@pytest.mark.parametrize("count", [2, MAX_RICH_ROWS + 1])
def test_wide_letters_on_an_ascii_terminal_are_escaped_cut_and_in_columns(
    width: int, count: int
) -> None:
    screen = Screen(True, width, colour=False, unicode=False, now=NOW, encoding="ascii")
    rows: list[tuple[str, ...]] = [("日本語の地図", "plain", "x")] * (count - 1)
    rows.append(("maps", "Köln " * 30, "last"))
    columns = text_columns("title", "description", "tags")
    shown = written(Table(columns, rows, drop_to_fit=True), TABLE, screen)
    assert_fits_in(shown, width, "ascii")
    assert "\\u65e5" in shown
    lines = [line.rstrip() for line in shown.splitlines()]
    places = {line.index("x") for line in lines if line.endswith(" x")}
    places |= {line.index("last") for line in lines if line.endswith("last")}
    assert len(places) == 1


def test_a_page_on_an_ascii_terminal_has_its_texts_whole() -> None:
    texts = {"title": "日本" * 9, "notes": "Köln\n日本", "repo_description": "é " * 80}
    screen = Screen(True, 40, colour=False, unicode=False, now=NOW, encoding="ascii")
    page = pages_of([package(**texts)], screen)
    assert_fits_in(page, 40, "ascii")
    together = "".join(page.split())
    assert together.count("\\u65e5\\u672c") == 10
    assert "K\\xf6ln" in together
    assert together.count("\\xe9") == 80
