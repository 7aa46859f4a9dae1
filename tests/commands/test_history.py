"""history and --at: what became of packages, and what was."""

import json
import time
from datetime import UTC, datetime

import pytest

from tests.commands.program import Program, told


def changed(program: Program, *args: str) -> list[dict[str, object]]:
    """What `history --json` tells."""
    answer = program("history", *args, "--json")
    assert (answer.code, answer.err) == (0, "")
    rows: list[dict[str, object]] = json.loads(answer.out)
    return rows


def test_history_tells_each_change_newest_first(one: Program) -> None:
    one("edit", "1326", "--title", "Cities", "--tag", "geo")
    one("edit", "1326", "--category", "frameworks", "--unset", "participants")
    rows = changed(one, "1326")
    assert [row["operation"] for row in rows] == sorted(
        (row["operation"] for row in rows), reverse=True
    )
    found = {
        row["field"]: (row["operation"], row["command"], row["old"], row["new"]) for row in rows
    }
    assert found["title"] == (2, "edit 1326", "django-cities", "Cities")
    assert found["tags"] == (2, "edit 1326", [], ["geo"])
    assert found["category"] == (3, "edit 1326", "apps", "frameworks")
    assert found["package"][2:] == (None, "added")
    assert found["participants"][3] == []
    assert "coderholic" in found["participants"][2]  # type: ignore[operator]  # a list
    assert "modified" not in found


def test_history_of_one_field(one: Program) -> None:
    for title in ("A", "B"):
        one("edit", "1326", "--title", title, "--notes", title)
    assert [(row["old"], row["new"]) for row in changed(one, "1326", "title")] == [
        ("A", "B"),
        ("django-cities", "A"),
    ]
    assert len(changed(one, "1326", "--limit", "1")) == 1
    assert len(changed(one, "1326", "modified")) == 2
    assert one("history", "1326", "repo_forks", terminal=True).out == (
        "nothing of repo_forks of 1326 has changed since it was added\n"
    )


def test_history_of_a_removed_package(one: Program) -> None:
    one("remove", "1326")
    assert [row["new"] for row in changed(one, "django-cities", "--limit", "1")] == ["removed"]
    one("undo")
    assert [row["new"] for row in changed(one, "1326")] == ["brought back", "removed", "added"]


@pytest.mark.parametrize("form", ["table", "csv", "tsv", "markdown", "jsonl"])
def test_history_in_every_format(one: Program, form: str) -> None:
    one(
        "edit",
        "1326",
        "--tag",
        "geo",
        "--patch",
        "-",
        input='{"last_updated": "2026-01-02T03:04:05.678901Z"}',
    )
    answer = one("history", "1326", "--format", form)
    assert (answer.code, answer.err) == (0, "")
    text = answer.out.replace("\\", "")
    assert "geo" in text
    assert "2026-01-02T03:04:05Z" in text


def test_a_list_on_a_terminal_is_told_by_who_came_and_went(one: Program) -> None:
    people = one.record("1326")["participants"]
    one(
        "edit",
        "1326",
        "--patch",
        "-",
        input=json.dumps({"participants": [*people[1:], "newcomer"]}),
    )
    env = {"NO_COLOR": "1", "COLUMNS": "120"}
    table = one("history", "1326", "participants", terminal=True, env=env).out
    assert f"-{people[0]}" in table
    assert "+newcomer" in table
    assert people[3] not in table
    one(
        "edit",
        "1326",
        "--patch",
        "-",
        input=json.dumps({"participants": ["newcomer", *people[1:]]}),
    )
    assert "in another order" in one("history", "1326", "participants", terminal=True, env=env).out
    one("edit", "1326", "--patch", "-", input='{"commits_over_52": [5, 6]}')
    assert "11 in all" in one("history", "1326", "commits_over_52", terminal=True, env=env).out


def test_the_text_of_others_is_cleaned(one: Program) -> None:
    one("edit", "1326", "--title", "a\x1b[31mb\u202e", "--notes", "[bold]x[/bold]")
    for terminal in (True, False):
        text = one(
            "history", "1326", terminal=terminal, env={"NO_COLOR": "1", "COLUMNS": "200"}
        ).out
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert "[bold]x[/bold]" in text


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ((), 2),
        (("nope",), 4),
        (("1326", "nope"), 2),
        (("1326", "--chart"), 2),
        (("1326", "title", "--chart"), 2),
        (("1326", "repo_watchers", "--chart", "--json"), 2),
        (("--prune",), 2),
        (("--before", "1d"), 2),
        (("1326", "--prune", "--before", "1d"), 2),
        (("--prune", "--before", "soon"), 2),
    ],
)
def test_wrong_usage_of_history(one: Program, args: tuple[str, ...], code: int) -> None:
    before = one.stored
    told(one("history", *args), code)
    assert one.stored == before


def test_a_chart_shows_the_highest_the_lowest_and_the_days(one: Program) -> None:
    assert (
        "has not changed since it was added"
        in one("history", "1326", "repo_watchers", "--chart").out
    )
    one("edit", "1326", "--patch", "-", input='{"repo_watchers": 1500}')
    text = one("history", "1326", "repo_watchers", "--chart", env={"COLUMNS": "60"}).out
    assert "1,500 ┤" in text
    assert "  949 ┤" in text
    assert max(map(len, text.splitlines())) <= 60
    plain = one("history", "1326", "repo_watchers", "--chart", encoding="ascii", terminal=True)
    assert (plain.code, plain.out.isascii()) == (0, True)


def test_prune_says_how_much_it_took_and_dry_run_takes_nothing(one: Program) -> None:
    before = one.stored
    assert (
        one("history", "--prune", "--before", "1d", "--dry-run").out
        == "would prune 0 of 2 changes\n"
    )
    assert one("history", "--prune", "--before", "1d").out == "pruned 0 of 2 changes\n"
    assert one.stored == before


def test_the_catalog_is_listed_and_exported_as_it_was(one: Program) -> None:
    before = json.loads(one("export").out)
    for record in before["packages"]:
        del record["origins"]  # the log tells those of today
    at = changed(one, "1326")[-1]["at"]
    then = str(at).replace("Z", ".999999Z")
    time.sleep(1.1)
    one("edit", "1326", "--title", "Cities", "--category", "other", "--slug", "towns")
    one("add", "--no-fetch", "second")
    assert json.loads(one("export", "--at", then).out) == before
    assert json.loads(one("list", "--at", then, "--json", "--fields", "slug,category").out) == [
        {"slug": "django-cities", "category": "apps"}
    ]
    assert one.slugs("--at", then, "--category", "other") == []
    assert (
        json.loads(one("show", "django-cities", "--at", then, "--json").out)["title"]
        == "django-cities"
    )
    assert "as it was on" in one("show", "1326", "--at", then, terminal=True).out
    assert "as it was" not in one("show", "1326", "--at", then).out
    assert "'second'" in told(one("show", "second", "--at", then), 4)


@pytest.mark.parametrize(
    ("at", "code"), [("2099-01-01", 2), ("1999-01-01", 4), ("then", 2), ("", 2), ("30x", 2)]
)
@pytest.mark.parametrize("command", [("show", "1326"), ("list",), ("export",)])
def test_a_moment_without_a_catalog_is_told(
    one: Program, command: tuple[str, ...], at: str, code: int
) -> None:
    told(one(*command, "--at", at), code)


def test_the_past_names_the_nearest_slug_too(one: Program) -> None:
    at = datetime.now(UTC).isoformat()
    assert "'django-cities'" in told(one("show", "django-citys", "--at", at), 4)
