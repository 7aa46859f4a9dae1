"""A digest tells each piece of news once, in words a person would use, and flags what is odd."""

import json
from datetime import timedelta
from typing import Any

import pytest

from pkgcat.model.origin import UNKNOWN
from pkgcat.services import digest
from pkgcat.store import Store, edits, packages
from pkgcat.store import refresh_store as facts
from pkgcat.store.log import undo
from pkgcat.store.log.history import Step
from pkgcat.store.operation import Operation, begin_operation
from tests.commands.program import Program
from tests.online import add, refresh
from tests.upstream import Upstream, Vulnerability, World
from tests.upstream.small import NOW

DAY = timedelta(days=1)
NAMES = ("released", "yanked", "archived", "renamed", "deleted", "vulnerable", "starred", "quiet")


@pytest.fixture
def week(store: Store, catalog: Any) -> Program:
    """A catalog of eight packages, a week in which one thing happened to each but the last,
    and a new package.
    """
    now = NOW
    world = World(clock=lambda: now)
    for name in NAMES:
        world.create("github", f"ann/{name}", commits=3, stars=480)
        project = world.publish(name)
        world.release(project, "1.0", date=NOW - 9 * DAY)
        world.release(project, "1.1", date=NOW - 8 * DAY)
    with Upstream(world) as upstream:
        upstream.unlimited()
        for name in NAMES:
            add(store, name, repo_url=f"https://github.com/ann/{name}", pypi_url=name)
        refresh(store, upstream, now=now)
        world.release(world.project("released"), "2.0")
        world.yank(world.project("yanked"), "1.1", "broken")
        world.archive(world.repository("github", "ann/archived"))
        world.rename(world.repository("github", "ann/renamed"), "bob/renamed")
        world.delete(world.repository("github", "ann/deleted"))
        world.warn(world.project("vulnerable"), "1.1", Vulnerability("GHSA-aaaa-bbbb-cccc"))
        world.star(world.repository("github", "ann/starred"), 10_000)
        for day in range(1, 5):
            refresh(store, upstream, now=NOW + day * DAY)
        with begin_operation(store, "add young", NOW + 5 * DAY, kind="add") as operation:
            edits.add(operation, {"slug": "young", "title": "young", "repo_watchers": 5})
    return Program(catalog)


LETTER = """
New releases
  released  1.1 → 2.0

Releases taken back
  yanked  1.1 → 1.0

New vulnerabilities
  vulnerable  GHSA-aaaa-bbbb-cccc

Archived
  archived

Moved
  renamed  https://github.com/ann/renamed → https://github.com/bob/renamed

Gone
  deleted  its repository

Stars
  starred  +10,000  480 → 10,480 (implausible jump)

Added to the catalog
  young
"""


def test_a_week_is_told_with_each_thing_once(week: Program) -> None:
    answer = week("changes", "--since", "2026-11-20T16:00Z")
    heading, letter = answer.out.split("\n", 1)
    assert (answer.code, answer.err) == (0, "")
    assert heading.startswith("Changes since 2026-11-20 16:00 UTC (")
    assert letter == LETTER


def test_the_week_as_markdown_and_as_json(week: Program) -> None:
    markdown = week("changes", "--since", "2026-11-20T16:00Z", "--format", "markdown").out
    assert "## New releases\n\n- **released**: 1.1 → 2.0\n" in markdown
    assert markdown.count("\n## ") == 8
    told = json.loads(week("changes", "--since", "2026-11-20T16:00Z", "--json").out)
    assert [item["event"] for item in told] == [
        "released",
        "withdrawn",
        "vulnerable",
        "archived",
        "moved",
        "gone",
        "stars",
        "added",
    ]
    stars = told[6]
    assert (stars["slug"], stars["old"], stars["new"], stars["warning"]) == (
        "starred",
        480,
        10_480,
        "implausible jump",
    )
    assert stars["at"] == "2026-11-21T15:04:05Z"
    assert told[3]["new"] is True
    for form in ("jsonl", "csv", "tsv"):
        lines = week("changes", "--since", "2026-11-20T16:00Z", "--format", form).out.splitlines()
        assert len(lines) == 8 + (form != "jsonl")


def test_an_earlier_digest_tells_what_was_added_and_what_became_of_it_since(week: Program) -> None:
    told = json.loads(week("changes", "--since", "2026-01-01", "--json").out)
    added = [item["slug"] for item in told if item["event"] == "added"]
    assert sorted(added) == sorted([*NAMES, "young"])
    news = {item["slug"]: item["event"] for item in told if item["event"] != "added"}
    assert news == {
        "released": "released",
        "yanked": "withdrawn",
        "vulnerable": "vulnerable",
        "archived": "archived",
        "renamed": "moved",
        "deleted": "gone",
        "starred": "stars",
    }


def change_facts(store: Store, key: int, days: int, **values: Any) -> None:
    """Store what a source tells of a package, as a refresh does, so many days later."""
    now = NOW + days * DAY
    operation = Operation(store, "refresh --all", now, "refresh")
    update = facts.SourceUpdate("repository", values, "{}")
    with operation.step():
        facts.record(operation, key, [update], [], now, complete=True)


def events_since(store: Store, days: int) -> list[tuple[str, str, Any, Any]]:
    found = digest.read_events(
        store, digest.find_start(store, NOW + days * DAY), None, NOW + 9 * DAY
    )
    return [(event.event, event.field, event.old, event.new) for event in found]


def test_only_what_came_with_the_adding_operation_is_silent(store: Store) -> None:
    with begin_operation(store, "add p", NOW, kind="add") as operation:
        key = edits.add(operation, {"slug": "p", "title": "p"})
        facts.record(
            operation,
            key,
            [
                facts.SourceUpdate("repository", {"repo_archived": True}, "{}"),
                facts.SourceUpdate("pypi", {"pypi_vulnerabilities": ("PYSEC-1",)}, "{}"),
            ],
            [],
            NOW,
            complete=True,
        )
    added = ("added", "", None, None)
    assert events_since(store, -1) == [added]
    change_facts(store, key, 3, pypi_vulnerabilities=("PYSEC-1", "PYSEC-2"))
    vulnerable = ("vulnerable", "pypi_vulnerabilities", None, ("PYSEC-2",))
    assert events_since(store, -1) == [vulnerable, added]
    change_facts(store, key, 4, pypi_vulnerabilities=())
    assert events_since(store, -1) == [
        ("fixed", "pypi_vulnerabilities", None, ("PYSEC-1",)),
        added,
    ]


def test_what_comes_back_with_an_undone_removal_is_silent_and_later_news_is_not(
    store: Store,
) -> None:
    key = add(store, "p", repo_watchers=5, pypi_version="1.0")
    change_facts(store, key, 1, pypi_version="1.1")
    with begin_operation(store, "remove p", NOW + 2 * DAY, kind="remove") as operation:
        edits.remove(operation, key)
    assert events_since(store, 1) == [("removed", "", None, None)]
    with begin_operation(store, "undo 3", NOW + 3 * DAY, kind="undo") as operation:
        undo.undo(operation, 3)
    change_facts(store, key, 4, pypi_version="1.2")
    assert events_since(store, 3) == [
        ("released", "pypi_version", "1.1", "1.2"),
        ("added", "", None, None),
    ]


def test_another_licence_is_news(store: Store) -> None:
    key = add(store, "p", repo_license="MIT", pypi_license="MIT")
    change_facts(store, key, 1, repo_license="AGPL-3.0-only")
    assert events_since(store, 0) == [("relicensed", "repo_license", "MIT", "AGPL-3.0-only")]
    change_facts(store, key, 2, repo_license=None, pypi_license="AGPL-3.0-only")
    assert events_since(store, 2) == [("relicensed", "pypi_license", "MIT", "AGPL-3.0-only")]


def test_a_licence_is_told_with_where_it_is_declared(store: Store, catalog: Any) -> None:
    key = add(store, "p", repo_license="MIT", pypi_license="MIT")
    change_facts(store, key, 1, repo_license="BSD-3-Clause", pypi_license="BSD-3-Clause")
    letter = Program(catalog)("changes", "--since", f"{NOW + DAY:%Y-%m-%dT%H:%M:%SZ}").out
    assert letter.split("\n\n")[1] == (
        "Another licence\n  p  MIT → BSD-3-Clause  on PyPI\n  p  MIT → BSD-3-Clause  repository\n"
    )


def test_the_last_digest_is_where_the_next_begins(week: Program) -> None:
    first = week("changes", "--since", "last", "--exit-code")
    assert first.out.startswith("Changes since the beginning\n")
    assert first.code == 1
    again = week("changes", "--since", "last", "--exit-code")
    assert (again.out, again.code) == ("Changes since the last digest: none\n", 0)
    week("edit", "quiet", "--title", "Quiet")
    assert week("changes", "--since", "last").out == "Changes since the last digest: none\n"
    assert week("changes", "--since", "last", "--quiet").out == ""
    week("remove", "quiet")
    assert "Removed from the catalog\n  quiet\n" in week("changes", "--since", "last").out


@pytest.mark.parametrize(
    "filters",
    [
        ("--category", "apps"),
        ("--field", "title"),
        ("--category", "other", "--field", "title"),
        ("--where", "slug = released"),
        ("--supports", "python=3.99"),
    ],
)
def test_a_filtered_digest_marks_only_what_it_told_as_told(
    week: Program, filters: tuple[str, ...]
) -> None:
    week("edit", "released", "--category", "apps")
    since_last = ("changes", "--since", "last")
    week(*since_last, *filters)
    assert "since the last digest: none" in week(*since_last, *filters).out
    whole = week(*since_last).out
    assert whole.startswith("Changes since the beginning\n")
    week("remove", "quiet")
    assert "quiet" not in week(*since_last, *filters, "--quiet").out
    assert "Removed from the catalog\n  quiet\n" in week(*since_last).out


def test_filters_of_one_choice_go_on_together_in_any_order(week: Program) -> None:
    week("changes", "--since", "last", "--field", "title", "--field", "notes", "--category", "apps")
    again = ("--category", "APPS", "--field", "notes", "--field", "title")
    assert "the last digest: none" in week("changes", "--since", "last", *again).out


def test_a_digest_that_could_not_be_printed_is_told_again(week: Program) -> None:
    assert week("changes", "--since", "last", "--category", "nope").code == 4
    assert "since the beginning" in week("changes", "--since", "last").out


def test_a_category_limits_a_digest(week: Program) -> None:
    week("edit", "released", "--category", "apps")
    told = json.loads(
        week("changes", "--since", "2026-11-20T16:00Z", "--category", "apps", "--json").out
    )
    assert [(item["event"], item["slug"]) for item in told] == [("released", "released")]


def test_a_field_is_told_whatever_became_of_it_edits_too(week: Program) -> None:
    week("edit", "quiet", "--title", "Quiet", "--category", "apps", "--unset", "participants")
    fields = (
        "--field",
        "title",
        "--field",
        "category",
        "--field",
        "repo_archived",
        "--field",
        "participants",
    )
    told = json.loads(week("changes", "--since", "2026-11-20T16:00Z", *fields, "--json").out)
    assert [
        (item["event"], item["slug"], item["field"], item["old"], item["new"]) for item in told
    ] == [
        ("changed", "archived", "repo_archived", False, True),
        ("changed", "quiet", "category", None, "apps"),
        ("changed", "quiet", "participants", ["ann"], []),
        ("changed", "quiet", "title", "quiet", "Quiet"),
    ]
    letter = week("changes", "--since", "2026-11-20T16:00Z", *fields).out
    assert letter.split("\n\n")[1].splitlines() == [
        "Changed",
        "  archived  repo_archived  no → yes",
        "  quiet     category  unknown → apps",
        "  quiet     participants  ann → none",
        "  quiet     title  quiet → Quiet",
    ]


def test_what_a_person_sets_is_no_news(week: Program) -> None:
    week("edit", "starred", "--patch", "-", input='{"repo_watchers": 3, "repo_archived": true}')
    week("undo")
    week("edit", "quiet", "--repo-url", "https://github.com/else/where")
    assert "none" in week("changes", "--since", "2026-11-23").out.replace("young", "none")
    told = json.loads(week("changes", "--since", "2026-11-24", "--json").out)
    assert {item["event"] for item in told} <= {"added", "gone"}


def test_a_package_that_came_and_went_is_no_news(week: Program) -> None:
    week("changes", "--since", "last")
    week("add", "--no-fetch", "brief")
    week("remove", "brief")
    assert "none" in week("changes", "--since", "last").out


def step(field: str, old: Any, new: Any) -> tuple[str, Step]:
    return "p", Step(
        1, 1, "2026-01-01T00:00:00Z", "refresh", "facts", 1, field, old, new, "refresh", UNKNOWN
    )


@pytest.mark.parametrize(
    ("field", "old", "new", "events"),
    [
        ("pypi_version", "1.9", "1.10", ["released"]),
        ("pypi_version", "2.0", "2.0rc1", ["withdrawn"]),
        ("pypi_version", "2.0", "9" * 5000, ["released"]),
        ("pypi_version", "odd", "1.0", ["released"]),
        ("pypi_version", None, "1.0", []),
        ("pypi_version", "1.0", None, []),
        ("repo_archived", None, 1, ["archived"]),
        ("repo_archived", 1, 0, ["unarchived"]),
        ("repo_archived", None, 0, []),
        ("pypi_yanked", 0, 1, ["yanked"]),
        ("pypi_yanked", 1, 0, ["unyanked"]),
        ("pypi_vulnerabilities", '["a"]', '["b"]', ["vulnerable", "fixed"]),
        ("gone", "[]", '["pypi"]', ["gone"]),
        ("gone", '["pypi"]', "[]", ["back"]),
        ("pypi_status", "active", "archived", ["status"]),
        ("repo_url", "https://a/b", "https://a/c", ["moved"]),
        ("repo_license", "MIT", "BSD-3-Clause", ["relicensed"]),
        ("pypi_license", "MIT", "BSD-3-Clause", ["relicensed"]),
        ("pypi_license", None, "MIT", []),
        ("repo_watchers", None, 5, []),
        ("repo_watchers", 5, 6, ["stars"]),
        ("removed", None, 0, ["added"]),
        ("removed", 1, 0, ["added"]),
        ("removed", 0, 1, ["removed"]),
        ("removed", None, 1, []),
    ],
)
def test_what_a_change_is_called(field: str, old: Any, new: Any, events: list[str]) -> None:
    assert [item.event for item in digest.digest_events([step(field, old, new)])] == events


@pytest.mark.parametrize(
    ("old", "new", "odd"),
    [
        (480, 10_480, True),
        (10, 1010, True),
        (10, 1009, False),
        (40_000, 45_000, False),
        (2000, 3000, False),
    ]
    + [(300, 100, True), (150, 60, False), (1000, 600, False), (3000, 0, True)],
)
def test_a_jump_of_stars_is_odd_when_it_is_large_in_both_ways(
    old: int, new: int, odd: bool
) -> None:
    (item,) = digest.digest_events([step("repo_watchers", old, new)])
    assert bool(item.warning) is odd


def test_of_many_stars_the_largest_are_told_and_every_odd_one(store: Store, catalog: Any) -> None:
    with begin_operation(store, "import", NOW, kind="import") as operation:
        for number in range(40):
            edits.add(operation, {"slug": f"p{number}", "title": "p", "repo_watchers": 5})
    later = Operation(store, "refresh --all", NOW + DAY, "refresh")
    for number in range(40):
        told = facts.SourceUpdate("repository", {"repo_watchers": 6 + number}, "{}")
        with later.step():
            facts.record(
                later, packages.find(store, f"p{number}"), [told], [], NOW + DAY, complete=True
            )
    letter = Program(catalog)("changes", "--since", "2026-11-21").out
    assert letter.count("\n  p") == 10
    assert "  p39  +40  5 → 45\n" in letter
    assert "  and 30 more\n" in letter
    assert (
        "\n- and 30 more\n"
        in Program(catalog)("changes", "--since", "2026-11-21", "--format", "markdown").out
    )


def test_hostile_text_stays_text(store: Store, catalog: Any) -> None:
    add(store, "p_q", repo_url="https://github.com/ann/p", pypi_version="1.0")
    later = Operation(store, "refresh --all", NOW + DAY, "refresh")
    values = {
        "pypi_version": "2.0\x1b[31m**x**<b>",
        "pypi_vulnerabilities": ("\x1b]8;;http://x\x07y",),
    }
    with later.step():
        facts.record(
            later, 1, [facts.SourceUpdate("pypi", values, "{}")], [], NOW + DAY, complete=True
        )  # type: ignore[arg-type]
    for terminal in (True, False):
        letter = Program(catalog)(
            "changes", "--since", "2026-11-21", terminal=terminal, env={"NO_COLOR": "1"}
        ).out
        assert "\x1b" not in letter
    markdown = Program(catalog)("changes", "--since", "2026-11-21", "--format", "markdown").out
    assert "\\*\\*x\\*\\*\\<b\\>" in markdown
    assert "- **p\\_q**: " in markdown


def test_the_digest_of_a_file_that_may_only_be_read(week: Program) -> None:
    assert week("changes", "--since", "last").code == 0
    missing = Program(week.catalog.with_name("nowhere.db"))
    assert missing("changes").code == 66
    assert missing("changes", "--since", "last").code == 66


@pytest.mark.parametrize("since", ["2099-01-01", "yesterday", "", "7", "2026-13-01"])
def test_a_moment_that_is_none_is_wrong_usage(week: Program, since: str) -> None:
    answer = week("changes", "--since", since)
    assert (answer.code, answer.out) == (2, "")
    assert "--since" in answer.err
