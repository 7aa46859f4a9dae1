"""Packages side by side: rows, best values, names."""

import json
from datetime import timedelta

import pytest

from pkgcat.errors import Invalid, NotFound
from pkgcat.model.fields import FIELDS
from pkgcat.model.package import Package
from pkgcat.model.types import TEXT
from pkgcat.results.comparison import Comparison, ComparisonRow
from pkgcat.services.compare import (
    DEFAULT_ROWS,
    DERIVED_ROWS,
    check_row,
    compare_packages,
    make_comparison,
    make_row,
)
from pkgcat.store import Store
from tests.commands.program import Program
from tests.conftest import NOW


def package(slug: str, **values: object) -> Package:
    return Package(slug=slug, title=slug.title(), **values)  # type: ignore[arg-type]


def best_of(name: str, *values: object) -> frozenset[int]:
    compared = [package(f"p{place}", **{name: value}) for place, value in enumerate(values)]
    return make_row(name, compared).best


def test_the_most_the_newest_and_the_fewest_are_best() -> None:
    assert best_of("repo_watchers", 3, 9, 9, None) == {1, 2}
    assert best_of("last_updated", NOW, NOW - timedelta(days=1)) == {0}
    assert best_of("commits_over_52", (1,) * 52, (0,) * 51 + (60,), ()) == {1}
    found = [
        package("a", pypi_yanked=False, pypi_vulnerabilities=("PYSEC-1",)),
        package("b", pypi_yanked=False),
        package("c"),
    ]
    row = make_row("pypi_vulnerabilities", found)
    assert row.values == (("PYSEC-1",), (), None)
    assert row.best == {1}


def test_vulnerabilities_are_unknown_until_pypi_was_asked_or_a_person_said_so() -> None:
    found = [
        package("imported", pypi_version="1"),
        package("fetched", pypi_version="1", pypi_yanked=False),
        package("pinned", pypi_version="1", pinned=("pypi_vulnerabilities",)),
    ]
    assert make_row("pypi_vulnerabilities", found).values == (None, (), ())
    assert make_row("pypi_classifiers", found[:2]).values == (None, ())


def test_nothing_is_best_where_no_known_value_is_worse() -> None:
    assert best_of("repo_watchers", 3, None) == set()
    assert best_of("repo_watchers", 3, 3) == set()
    assert best_of("repo_watchers", None, None) == set()
    assert best_of("repo_license", "MIT", "BSD-3-Clause") == set()
    assert best_of("pypi_version", "1.0", "2.0") == set()


def test_versions_and_the_status_come_from_the_classifiers() -> None:
    found = [
        package(
            "a",
            pypi_classifiers=(
                "Programming Language :: Python :: 3.9",
                "Framework :: Django :: 5.2",
                "Development Status :: 4 - Beta",
            ),
        ),
        package("b", pypi_classifiers=("Programming Language :: Python :: 3.13",)),
        package("c"),
    ]
    python = make_row("python_versions", found)
    assert python.values == (("3.9",), ("3.13",), None)
    assert python.best == {1}
    assert make_row("django_versions", found).values == (("5.2",), (), None)
    assert make_row("development_status", found).values == ("Beta", None, None)


def test_the_usual_rows_are_those_whose_field_exists() -> None:
    assert set(DEFAULT_ROWS) <= {*FIELDS, *DERIVED_ROWS}
    assert {"repo_watchers", "state", "python_versions"} <= set(DEFAULT_ROWS)
    rows = compare_packages([package("a"), package("b")]).rows
    assert tuple(row.name for row in rows) == DEFAULT_ROWS
    assert all(row.label for row in rows)


def test_other_rows_follow_the_chosen_ones() -> None:
    feature = ComparisonRow("maps", "Maps", TEXT, ("yes", None), is_question=True, ticks=(1, 0))
    made = compare_packages([package("a"), package("b")], rows=["notes"], more_rows=[feature])
    assert [row.name for row in made.rows] == ["notes", "maps"]
    assert made.rows[1].differs
    assert made.rows[0].is_unknown


@pytest.mark.parametrize(
    ("name", "nearest"), [("stars", "repo_watchers"), ("python_version", "python_versions")]
)
def test_an_unknown_row_names_the_nearest(name: str, nearest: str) -> None:
    with pytest.raises(Invalid, match=nearest):
        check_row(name)


def test_packages_are_found_by_any_name_and_each_is_there_once(many: Program) -> None:
    with Store.read(many.catalog, explicit=True) as store:
        names = ["1326", "django-cities", "django-messages", "coderholic/django-cities"]
        made = make_comparison(store, names, NOW)
        with pytest.raises(NotFound, match="did you mean 'django-cities'"):
            make_comparison(store, ["django-citie"], NOW)
    assert made.slugs == ("django-cities", "django-messages")
    stars = next(row for row in made.rows if row.name == "repo_watchers")
    assert all(isinstance(value, int) for value in stars.values)


def test_json_keeps_the_types() -> None:
    found = [
        package("a", repo_watchers=3, last_updated=NOW, repo_archived=False),
        package("b", tags=("x",)),
    ]
    rows = ["repo_watchers", "last_updated", "repo_archived", "tags"]
    lines = [json.loads(line) for line in compare_packages(found, rows=rows).json_lines()]
    assert [line["values"] for line in lines] == [
        {"a": 3, "b": None},
        {"a": "2026-02-20T12:30:15Z", "b": None},
        {"a": False, "b": None},
        {"a": [], "b": ["x"]},
    ]
    assert lines[0] == {
        "name": "repo_watchers",
        "label": "stars",
        "values": {"a": 3, "b": None},
        "best": [],
        "same": False,
    }


def test_a_table_has_a_column_for_each_package_and_begins_with_the_titles() -> None:
    made = compare_packages([package("a", repo_watchers=3), package("b")], rows=["repo_watchers"])
    table = made.table()
    assert [column.name for column in table.columns] == ["name", "a", "b"]
    assert list(table.text_rows()) == [("title", "A", "B"), ("repo_watchers", "3", "")]
    assert list(Comparison("", (), (), ()).table().rows) == []
