"""show --why: where a value comes from, since when, what it was before, and whether it is
pinned.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pkgcat.model.states import STATES
from tests.commands.program import Program, told
from tests.online import config
from tests.upstream import Upstream
from tests.upstream.small import small_world


@pytest.fixture
def maps(empty: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Program]:
    """A catalog with one package, refreshed from the server."""
    with Upstream(small_world()) as upstream:
        upstream.unlimited()
        for name, value in config(upstream, tmp_path).items():
            monkeypatch.setenv(name, value)
        empty(
            "add",
            "--no-fetch",
            "--slug",
            "maps",
            "--repo-url",
            "ann/maps",
            "--pypi-url",
            "django-maps",
        )
        assert empty("refresh", "--all").code == 0
        yield empty


def why(program: Program, field: str) -> dict[str, Any]:
    answer = program("show", "maps", "--why", field, "--json")
    assert (answer.code, answer.err) == (0, "")
    found: dict[str, Any] = json.loads(answer.out)
    return found


@pytest.mark.parametrize(
    ("field", "value", "source"),
    [
        ("repo_watchers", 12, "https://github.com/ann/maps"),
        ("repo_archived", False, "https://github.com/ann/maps"),
        ("pypi_version", "2.0", "https://pypi.org/project/django-maps/"),
    ],
)
def test_a_fact_comes_from_its_source(maps: Program, field: str, value: Any, source: str) -> None:
    found = why(maps, field)
    assert (found["slug"], found["field"], found["value"], found["source"]) == (
        "maps",
        field,
        value,
        source,
    )
    assert (found["command"], found["operation"]) == ("refresh --all", 2)
    assert (found["previous"], found["pinned"], found["upstream_value"]) == (None, False, None)
    assert found["fetched"] == maps.record("maps")["last_fetched"]
    assert found["since"][:10] == found["previous_since"][:10] == found["fetched"][:10]


def test_a_word_comes_from_the_person_who_set_it(maps: Program) -> None:
    assert why(maps, "title")["source"] == "a person"
    assert why(maps, "title")["previous_since"] is None
    maps("edit", "maps", "--title", "Maps", "--category", "apps")
    maps("edit", "maps", "--title", "All maps")
    found = why(maps, "title")
    assert (found["value"], found["previous"], found["command"]) == (
        "All maps",
        "Maps",
        "edit maps",
    )
    assert found["source"] == "a person"
    assert found["fetched"] is None
    assert (why(maps, "category")["value"], why(maps, "category")["previous"]) == ("apps", None)


def test_a_pinned_fact_names_both_values(maps: Program) -> None:
    maps("edit", "maps", "--patch", "-", input='{"repo_watchers": 99, "repo_description": "Mine"}')
    found = why(maps, "repo_watchers")
    assert (found["value"], found["pinned"], found["upstream_value"], found["previous"]) == (
        99,
        True,
        12,
        12,
    )
    assert (found["source"], found["command"]) == ("a person", "edit maps")
    page = maps("show", "maps", "--why", "repo_watchers", terminal=True).out
    assert "repo_watchers of maps: 99\n" in page
    assert "yes; its source says 12" in page
    assert "--unpin repo_watchers" in page
    whole = maps("show", "maps", terminal=True, env={"NO_COLOR": "1"}).out
    assert "99 pinned" in whole.replace("  (score 99)", "")
    assert "repo_watchers; its source says 12" in whole
    assert "repo_description; its source says Maps" in whole
    assert json.loads(
        maps("list", "--pinned", "--json", "--fields", "slug,upstream_values").out
    ) == [{"slug": "maps", "upstream_values": {"repo_description": "Maps", "repo_watchers": 12}}]
    maps("edit", "maps", "--unpin", "repo_watchers", "--unpin", "repo_description")
    assert maps.slugs("--pinned") == []
    assert why(maps, "repo_watchers")["value"] == 12


@pytest.mark.parametrize(
    ("field", "source"),
    [
        ("pypi_name", "follows from pypi_url"),
        ("score", "follows from repo_watchers"),
        ("last_fetched", "kept by refresh"),
    ],
)
def test_what_nobody_sets_says_what_it_follows_from(maps: Program, field: str, source: str) -> None:
    assert why(maps, field)["source"] == source


@pytest.mark.parametrize(
    "field",
    ["participants", "commits_over_52", "tags", "upstream_values", "grids", "created", "notes"],
)
def test_every_kind_of_field_is_explained_in_every_format(maps: Program, field: str) -> None:
    assert why(maps, field)["value"] == maps.record("maps")[field]
    for form in ("csv", "tsv", "markdown", "jsonl", "table"):
        answer = maps("show", "maps", "--why", field, "--format", form)
        assert (answer.code, answer.err) == (0, "")
        assert field in answer.out.replace("\\", "")
    assert (
        f"{field} of maps: "
        in maps("show", "maps", "--why", field, terminal=True, env={"COLUMNS": "40"}).out
    )


def test_an_imported_fact_comes_from_the_file(one: Program) -> None:
    found = json.loads(one("show", "1326", "--why", "repo_watchers", "--json").out)
    assert found["source"] == "file package-1326.json"
    assert found["fetched"] is None


def test_a_command_is_shown_as_text(one: Program) -> None:
    one("import", "-", input='{"slug": "x", "title": "\\u001b[31mred"}')
    assert "\x1b" not in one("show", "x", "--why", "title", terminal=True).out


def test_several_packages(many: Program) -> None:
    found = json.loads(many("show", "1326", "sorethumb", "--why", "title", "--json").out)
    assert [item["slug"] for item in found] == ["django-cities", "sorethumb"]


@pytest.mark.parametrize("args", [("--why", "nope"), ("--why", "title", "--at", "1d")])
def test_wrong_usage(one: Program, args: tuple[str, ...]) -> None:
    told(one("show", "1326", *args), 2)


def test_a_state_is_explained_by_every_state_that_could_be(maps: Program) -> None:
    facts = {"repo_archived": True, "pypi_vulnerabilities": ["PYSEC-1", "PYSEC-2"]}
    maps("edit", "maps", "--patch", "-", input=json.dumps(facts))
    found = why(maps, "state")
    assert found["value"] == "vulnerable"
    terms = dict(term.split(": ", 1) for term in found["terms"])
    assert terms["vulnerable"] == "yes, PYSEC-1, PYSEC-2"
    assert terms["archived"] == "yes, repository"
    assert terms["gone"] == terms["ok"] == "no"
    assert terms["inactive"].startswith("no, last commit or release 20")
    assert list(terms) == list(STATES)
    page = maps("show", "maps", "--why", "state", terminal=True).out
    assert "state of maps: vulnerable\n" in page
    assert "    vulnerable   yes, PYSEC-1, PYSEC-2\n" in page


def test_a_state_that_nothing_was_fetched_for_says_so(empty: Program) -> None:
    empty("add", "--no-fetch", "maps")
    terms = why(empty, "state")["terms"]
    assert "unknown: yes, never fetched" in terms
    assert "inactive: no, no commit and no release is known" in terms
    assert why(empty, "score")["terms"] == ["score: unknown, as its stars is"]
    assert why(empty, "title")["terms"] == []


@pytest.mark.parametrize(
    ("facts", "terms", "score"),
    [
        (
            {"repo_watchers": 1000, "pypi_classifiers": ["Programming Language :: Python :: 3"]},
            ["stars: 1,000", "age: -200.0, ", "Python 3: 0, as a classifier names it"],
            800,
        ),
        (
            {"repo_watchers": 5000, "pypi_classifiers": ["Framework :: Django"]},
            ["stars: 5,000", "age: -1,000.0, ", "Python 3: -1,000.0, three tenths"],
            3000,
        ),
        (
            {"repo_watchers": 11, "pypi_classifiers": []},
            ["stars: 11", "age: -2.2, ", "Python 3: 0, as no classifier is known"],
            8,
        ),
    ],
)
def test_each_term_of_a_score_is_told_with_its_number(
    maps: Program, facts: dict[str, Any], terms: list[str], score: int
) -> None:
    last_commit = datetime.now(UTC) - timedelta(days=7 * 31)
    facts = {**facts, "last_updated": last_commit.isoformat()}
    maps("edit", "maps", "--patch", "-", input=json.dumps(facts))
    found = why(maps, "score")
    assert found["value"] == score
    for told_term, term in zip(found["terms"], terms, strict=True):
        assert told_term.startswith(term)
    assert "of 7 whole months since" in found["terms"][1]


def test_the_lowest_score_is_told_with_what_it_would_be(maps: Program) -> None:
    facts = {"repo_watchers": 1000, "last_updated": "2000-01-01T00:00:00Z"}
    maps("edit", "maps", "--patch", "-", input=json.dumps(facts))
    assert why(maps, "score")["value"] == -500
    assert why(maps, "score")["terms"][-1].startswith("lowest: -500, and not -")
