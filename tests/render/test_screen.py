"""Tables and pages on terminals of every width, in every colour and encoding."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from pkgcat.models import FIELDS, Package
from pkgcat.render import Column, Format, Screen, View, render
from pkgcat.render.spool import Spool
from pkgcat.render.views import LIST, columns
from tests.conftest import NOW

WIDTHS = (40, 60, 80, 120, 200)


def drawn(view: View, width: int, *, unicode: bool = True, colour: bool = False) -> str:
    spool = Spool()
    render(view, Format.TABLE, Screen(True, width, colour, unicode, NOW), spool)
    return spool.text().read()


def package(**fields: object) -> Package:
    made = Package(id=1, title="Cities", slug="django-cities", created=NOW, modified=NOW)
    return made._replace(**fields)  # type: ignore[arg-type]


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
    page = drawn(View((), packages=[WHOLE], one=True), width, unicode=unicode)
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
    page = drawn(View((), packages=[package()], one=True), 80)
    assert "no facts yet" in page
    assert "never refreshed" in page


def test_a_year_without_commits_is_said_and_not_drawn() -> None:
    page = drawn(View((), packages=[package(commits_over_52=(0,) * 52)], one=True), 80)
    assert "no commits in 52 weeks" in page


def rows(count: int) -> list[tuple[str | int | None, ...]]:
    weeks = json.dumps([number % 5 for number in range(52)])
    return [
        (f"django-{number}", number * 1000, "1.0", "2026-01-02T03:04:05Z", "archived" if number % 2 else "", weeks)
        + ("apps", "A description of some length, which may be cut " * 2, '["geo"]')
        for number in range(count)
    ]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("count", [1, 30, 250])
@pytest.mark.parametrize("unicode", [True, False])
def test_a_table_fits_its_width_however_long_it_is(width: int, count: int, unicode: bool) -> None:
    table = drawn(View(columns(LIST), rows(count), fit=True), width, unicode=unicode)
    lines = table.splitlines()
    assert all(cell_len(line) <= width for line in lines)
    assert lines[-1] == ("1 package" if count == 1 else f"{count} packages")
    assert sum(line.startswith("django-") for line in lines) == count
    if width != 60:  # there it depends on how wide the others are
        assert ("52 weeks" in table) == (width >= 80)
        assert ("description" in table) == (width >= 120)


def test_an_empty_table_says_what_to_do() -> None:
    assert drawn(View(columns(LIST), [], empty="nothing yet"), 80) == "nothing yet\n"


HOSTILE = st.text(max_size=40) | st.sampled_from(
    ["\x1b]0;pwned\x07", "[bold]x[/x]", ":bomb:", "\u202eabc", "[link=x]y"]
)


@settings(max_examples=60)
@given(HOSTILE, HOSTILE)
def test_no_remote_text_reaches_a_terminal_raw(title: str, text: str) -> None:
    hostile = package(
        title=title or "x",
        repo_description=text or None,
        participants=(text,),
        tags=(text,),
        notes=text or None,
        repo_url=text or None,
        last_error=text or None,
        pypi_version=text or None,
    )
    cells = tuple(text if FIELDS[name].kind == "str" else None for name in ("slug", "repo_description"))
    views = (
        View((), packages=[hostile], one=True),
        View((Column("slug", "str"), Column("repo_description", "str")), [cells]),
    )
    for view in views:
        shown = drawn(view, 100)
        assert all(character == "\n" or character.isprintable() for character in shown), shown
    for form in (Format.TSV, Format.MARKDOWN, Format.JSON):
        spool = Spool()
        render(views[1], form, Screen(True, 80, False, True, NOW), spool)
        assert all(
            character == "\n" or character.isprintable() or character == "\t" for character in spool.text().read()
        )


def test_colour_is_asked_for_by_name_only() -> None:
    assert "\x1b[" in drawn(View((), packages=[WHOLE], one=True), 80, colour=True)
    assert "\x1b" not in drawn(View((), packages=[WHOLE], one=True), 80)
