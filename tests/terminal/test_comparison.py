"""A comparison on terminals of every width, in every colour and encoding."""

import re
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from pkgcat.model.classifiers import VERSION_LIST
from pkgcat.model.package import Package
from pkgcat.model.types import (
    BOOLEAN,
    DATETIME,
    INTEGER,
    INTEGER_LIST,
    TEXT,
    TEXT_LIST,
    URL,
    VERSION,
    FieldType,
    Value,
)
from pkgcat.results.comparison import Comparison, ComparisonRow
from pkgcat.results.output import Screen
from pkgcat.services.compare import compare_packages, find_best
from pkgcat.shell.output_buffer import OutputBuffer
from pkgcat.shell.output_formats import FORMATS, TABLE, OutputFormat, render_result
from tests.conftest import NOW
from tests.cpu import cpu_limit
from tests.hostile import TEXTS, assert_harmless

WIDTHS = (40, 60, 80, 120, 200)


def screen(width: int, *, unicode: bool = True, colour: bool = False) -> Screen:
    return Screen(True, width, colour, unicode, NOW)


def written(comparison: Comparison, on: Screen, output_format: OutputFormat = TABLE) -> str:
    buffer = OutputBuffer()
    render_result(comparison, output_format, on, buffer)
    return buffer.text().read()


def package(number: int, **values: object) -> Package:
    slug = f"django-{number}"
    facts = {
        "slug": slug,
        "title": f"Package {number}",
        "category": "apps",
        "repo_description": f"Number {number} of a few packages. " * (number % 4),
        "repo_url": f"https://github.com/example/{slug}",
        "repo_license": "MIT",
        "pypi_license": "MIT",
        "pypi_version": f"{number}.0",
        "pypi_yanked": False,
        "repo_watchers": number * 1000,
        "last_updated": NOW - timedelta(days=number),
        "commits_over_52": tuple(week % (number + 1) for week in range(52)),
        "pypi_classifiers": (
            f"Framework :: Django :: {number}.2",
            "Programming Language :: Python :: 3.12",
        ),
    }
    return Package(**{**facts, **values})  # type: ignore[arg-type]


def compared(count: int) -> Comparison:
    return compare_packages([package(number) for number in range(1, count + 1)])


def assert_fits(shown: str, width: int) -> None:
    for line in shown.splitlines():
        bare = re.sub(r"\x1b\[[0-9;]*m|\x1b\]8;[^\x1b]*\x1b\\", "", line)
        assert cell_len(bare) <= width, bare


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("count", [1, 2, 3, 5, 12, 40])
@pytest.mark.parametrize("unicode", [True, False])
@pytest.mark.parametrize("colour", [True, False])
def test_no_line_is_longer_than_the_screen(
    width: int, count: int, unicode: bool, colour: bool
) -> None:
    shown = written(compared(count), screen(width, unicode=unicode, colour=colour))
    assert_fits(shown, width)
    assert shown.isascii() or unicode
    assert ("\x1b" in shown) == colour
    assert_harmless(shown, styled=colour)


@pytest.mark.parametrize("width", WIDTHS)
def test_every_value_is_shown_in_columns_or_blocks(width: int) -> None:
    comparison = compared(2)
    together = "".join(written(comparison, screen(width)).split())
    for slug in ("django-1", "django-2"):
        assert slug in together
    if width != 60:  # there both stand in columns, and their lines take turns
        for value in ("1,000", "2,000", "1.0", "2.0", "github.com/example/django-2"):
            assert value in together
    assert "thesame:categoryapps" in together
    assert "licenceMIT" in together


@pytest.mark.parametrize(
    ("count", "width", "layout"),
    [
        (2, 30, "blocks"),
        (2, 60, "columns"),
        (3, 80, "columns"),
        (5, 120, "columns"),
        (9, 200, "columns"),
        (12, 30, "blocks"),
        (12, 80, "sideways"),
        (40, 200, "sideways"),
    ],
)
def test_columns_become_lines_and_then_blocks(count: int, width: int, layout: str) -> None:
    lines = written(compared(count), screen(width)).splitlines()
    rule = [number for number, line in enumerate(lines) if line and not line.strip("─")]
    if layout == "columns":
        assert "django-1" in lines[0]
        assert f"django-{count}" in lines[0]
        assert lines[rule[0] + 1].startswith("description")
    elif layout == "sideways":
        assert lines[rule[0] + 1].startswith("django-1 ")
        assert sum(line.startswith("django-") for line in lines) == count * len(rule)
    else:
        assert lines[0] == "django-1"
        assert rule == []
        assert sum(line.startswith("stars") for line in lines) == count


def test_what_differs_stands_first_and_what_is_equal_in_a_line() -> None:
    lines = written(compared(3), screen(120)).splitlines()
    labels = [re.split(" ◆|  ", line)[0] for line in lines if line and line[0] != " "]
    wanted = ["description", "Django", "version", "stars", "52 weeks", "last commit", "repository"]
    assert [label for label in labels if label in wanted] == wanted
    assert lines[-4].startswith("the same: category apps, ")
    assert "licence MIT" in lines[-4]
    assert "Python 3.12" in lines[-4]
    assert lines[-3].startswith("not known: ")
    assert "PyPI" in lines[-3]
    assert lines[-2] == "licence on PyPI: as licence"
    assert lines[-1] == "◆ best of its row"


def test_rows_that_were_asked_for_keep_their_order_and_are_not_folded() -> None:
    rows = ["repo_license", "notes", "repo_watchers"]
    made = compare_packages([package(1), package(2)], rows=rows, fold_equal=False)
    lines = written(made, screen(80)).splitlines()
    assert [line.split("  ")[0] for line in lines[3:6]] == ["licence", "notes", "stars"]
    assert "–" in lines[4]
    assert lines[6:] == ["", "◆ best of its row"]


@pytest.mark.parametrize(("unicode", "mark"), [(True, "◆"), (False, "*")])
def test_the_best_is_marked_without_colour(unicode: bool, mark: str) -> None:
    shown = written(compared(2), screen(80, unicode=unicode))
    stars = next(line for line in shown.splitlines() if line.startswith("stars"))
    assert stars.index("1,000") < stars.index(mark) < stars.index("2,000")
    assert stars.count(mark) == 1


def test_bars_and_weeks_have_one_scale() -> None:
    found = [
        package(1, repo_watchers=500, commits_over_52=(8,) * 52),
        package(2, repo_watchers=1000, commits_over_52=(16,) * 52),
    ]
    lines = written(compare_packages(found), screen(200)).splitlines()
    stars = next(line for line in lines if line.startswith("stars"))
    half, whole = re.findall("█+", stars)
    assert len(whole) == 2 * len(half)
    weeks = next(line for line in lines if "▄" in line)
    assert weeks.count("▄") == 52
    assert weeks.count("█") == 52


def test_what_is_cut_ends_in_a_mark_and_is_told() -> None:
    found = [package(1, repo_description="word " * 500), package(2)]
    for unicode, mark in ((True, "…"), (False, "...")):
        shown = written(compare_packages(found), screen(80, unicode=unicode))
        assert re.search(rf"word wo?r?d?{re.escape(mark)}( |\n)", shown)
        assert shown.rstrip().endswith(f"{mark} cut here, whole with --json")
    assert "cut here" not in written(compared(2), screen(80))


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_on_its_side_a_comparison_has_every_row_with_the_important_ones_first(width: int) -> None:
    comparison = compared(12)
    lines = written(comparison, screen(width)).splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("django-1 "))
    heading = " ".join(lines[:first])
    assert all(label in heading for label in ("stars", "version", "last"))
    tables = sum(line.startswith("django-12 ") for line in lines)
    headings = " ".join(line for line in lines if not line.startswith("django-")).split()
    for row in comparison.rows:
        if row.differs:
            assert set(row.label.split()) <= set(headings), row.label
    assert tables == sum(line.startswith("django-7 ") for line in lines)


def test_open_questions_and_ticks_are_marked() -> None:
    maps = ComparisonRow(
        "maps", "Maps", TEXT, ("yes", "no", None), is_question=True, ticks=(2, -1, 0)
    )
    made = compare_packages([package(1), package(2), package(3)], rows=[], more_rows=[maps])
    assert re.search(r"Maps +✓✓ yes +✗ no +\?", written(made, screen(80)))
    assert re.search(r"Maps +\+\+ yes +x no +\?", written(made, screen(80, unicode=False)))


def test_a_title_stands_above_and_no_packages_are_told() -> None:
    made = compare_packages([package(1)], title="Maps", empty="nobody is here")
    assert written(made, screen(80)).startswith("Maps\n\n")
    assert written(Comparison("", (), (), (), empty="nobody is here"), screen(80)) == (
        "nobody is here\n"
    )


def test_addresses_are_links_only_in_colour_and_only_when_they_are_plain() -> None:
    found = [package(1), package(2, repo_url="javascript:alert(1)")]
    shown = written(compare_packages(found), screen(200, colour=True))
    assert "\x1b]8;;https://github.com/example/django-1\x1b\\github.com/example/django-1" in shown
    assert shown.count("\x1b]8;;\x1b\\") == 1
    assert "]8;" not in written(compare_packages(found), screen(200))


def grid_of(packages: int, features: int) -> Comparison:
    rows = []
    for feature in range(features):
        values = tuple(f"yes, since {number}.{feature}" for number in range(packages))
        rows.append(ComparisonRow(f"f{feature}", f"Feature {feature}", TEXT, values))
    slugs = tuple(f"django-{number}" for number in range(packages))
    return Comparison("Large", slugs, slugs, tuple(rows), fold_equal=False)


@pytest.mark.parametrize("width", [40, 80, 200])
def test_300_packages_of_40_rows_are_shown_at_once(width: int) -> None:
    large = grid_of(300, 40)
    with cpu_limit(3):
        shown = written(large, screen(width, colour=True))
    assert_fits(shown, width)
    assert "django-299" in shown


def test_one_long_text_costs_no_more_than_what_is_shown_of_it() -> None:
    texts = ("x" * 5_000_000, "x " * 2_000_000, "日本" * 1_000_000, "e\u0301" * 1_000_000)
    found = [package(number, notes=text) for number, text in enumerate(texts)]
    for width in WIDTHS:
        with cpu_limit(20):
            shown = written(compare_packages(found, rows=["notes"]), screen(width))
        assert_fits(shown, width)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("width", WIDTHS)
def test_names_of_strangers_are_measured_as_they_are_shown(text: str, width: int) -> None:
    slugs, rows = (f"1-{text}", f"2-{text}"), (ComparisonRow("a", text, TEXT, ("x", "y")),)
    shown = written(Comparison(text, slugs, (text, "b"), rows), screen(width))
    assert_fits(shown, width)
    assert_harmless(shown)


HOSTILE = st.text(max_size=40) | st.sampled_from(
    [
        *TEXTS.values(),
        "\u202eabc",
        "[/x]",
        "日本語" * 9,
        "🇩🇪" * 9,
        "e\u0301" * 50,
        "-" * 90,
        "/" * 90,
    ]
)
TYPED: list[tuple[FieldType, st.SearchStrategy[Value]]] = [
    (TEXT, HOSTILE),
    (URL, HOSTILE | st.sampled_from(["https://example.org/" + "long/" * 30])),
    (VERSION, HOSTILE),
    (INTEGER, st.integers(min_value=-(2**63), max_value=2**63 - 1)),
    (BOOLEAN, st.booleans()),
    (DATETIME, st.datetimes(timezones=st.just(NOW.tzinfo))),  # type: ignore[arg-type]
    (TEXT_LIST, st.lists(HOSTILE, max_size=4).map(tuple)),
    (VERSION_LIST, st.lists(st.from_regex(r"\A[0-9]{1,3}(\.[0-9]{1,3})?\Z")).map(tuple)),
    (INTEGER_LIST, st.lists(st.integers(0, 2**40), max_size=60).map(tuple)),
]
NAMES = st.sampled_from(["repo_watchers", "last_updated", "state", "a", "b"])


@st.composite
def comparisons(draw: st.DrawFn) -> Comparison:
    count = draw(st.integers(0, 7))
    rows = []
    for number in range(draw(st.integers(0, 8))):
        type_, values_of = draw(st.sampled_from(TYPED))
        values = tuple(draw(st.none() | values_of) for _ in range(count))
        best = frozenset(draw(st.sets(st.integers(0, count - 1)))) if count else frozenset()
        ticks = tuple(draw(st.integers(-1, 3)) for _ in range(count)) if draw(st.booleans()) else ()
        name = f"{draw(NAMES)}{number or ''}"
        rows.append(
            ComparisonRow(name, draw(HOSTILE), type_, values, best, draw(st.booleans()), ticks)
        )
    slugs = tuple(f"{number}-{draw(HOSTILE)}" for number in range(count))
    titles = tuple(draw(HOSTILE) for _ in range(count))
    title = draw(HOSTILE)
    return Comparison(
        title, slugs, titles, tuple(rows), fold_equal=draw(st.booleans()), empty=draw(HOSTILE)
    )


@pytest.mark.long
@settings(max_examples=250)
@given(comparisons(), st.integers(10, 220), st.booleans(), st.booleans())
def test_anything_is_shown_within_the_width_and_harmless(
    comparison: Comparison, width: int, unicode: bool, colour: bool
) -> None:
    on = screen(width, unicode=unicode, colour=colour)
    shown = written(comparison, on)
    if comparison.slugs:
        assert_fits(shown, width)
    assert_harmless(shown, styled=colour)
    for name in ("json", "jsonl", "csv", "tsv", "markdown"):
        assert_harmless(written(comparison, on, FORMATS[name]).replace("\t", " "))
    piped = written(comparison, on._replace(terminal=False))
    assert_harmless(piped.replace("\t", " "))


@settings(max_examples=60)
@given(comparisons(), st.integers(20, 120), st.sampled_from(["ascii", "iso8859-1", "koi8-r"]))
def test_what_an_encoding_lacks_is_measured_as_it_is_escaped(
    comparison: Comparison, width: int, encoding: str
) -> None:
    on = screen(width, unicode=False)._replace(encoding=encoding)
    shown = written(comparison, on)
    if comparison.slugs:
        assert_fits(shown, width)
        assert shown.encode(encoding).decode(encoding) == shown


@given(st.lists(st.none() | st.integers(-5, 5), max_size=6))
def test_the_best_is_never_worse_than_another(values: list[int | None]) -> None:
    best = find_best("score", values)
    known = [value for value in values if value is not None]
    for place in best:
        assert values[place] == max(known)
    assert bool(best) == (len(set(known)) > 1)
