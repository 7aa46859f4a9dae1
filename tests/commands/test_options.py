"""Options that contradict each other are refused; --fields chooses what a command prints."""

import json
from pathlib import Path

import pytest

from tests.commands.program import Program, told


@pytest.mark.parametrize(
    "line",
    [
        "refresh --all 1326",
        "refresh 1326 --stale 7d",
        "refresh 1326 --category apps",
        "refresh 1326 --grid maps",
        "refresh 1326 --limit 1",
        "refresh 1326 --limit 0",
        "refresh --all --stale 7d",
        "refresh --all --category apps",
        "refresh --all --grid maps",
        "refresh - --all",
        "show 1326 --why title --at 1d",
        "show 1326 --why title --fields slug",
        "history 1326 --dry-run",
        "history 1326 --before 1y",
        "history 1326 --prune --before 1y",
        "history --prune --before 1y --chart",
        "history --prune --before 1y --limit 3",
        "history --prune --before 1y --json",
        "history --prune --before 1y --fields at",
        "history 1326 repo_watchers --chart --limit 1",
        "history 1326 repo_watchers --chart --json",
        "history 1326 repo_watchers --chart --fields at",
        "undo 1 --list",
        "undo --list --skip-conflicts",
        "undo --list --dry-run",
        "undo --limit 1",
        "undo --limit 0",
        "undo --fields at",
        "edit 1326 --title A --yes",
        "edit 1326 --where slug=x --title A",
        "edit 1326 --title A --unset title",
        "edit 1326 --notes A --unset notes",
        "edit 1326 --tag geo --untag Geo",
        "edit 1326 --description A --unpin repo_description",
        "edit 1326 --unset repo_watchers --unpin repo_watchers",
        "edit --where slug=x --title A --dry-run --fields slug",
        "list --json --format csv",
        "compare 1326 --category apps",
        "compare 1326 --sort title",
        "decide 1326 none --why no",
        "decide --list 1326",
        "decide 1326 adopt --yes",
        "open 1326 --repo --pypi",
        "grid put maps 1326 --where id=1",
        "grid cell maps 1326 Offline yes --unset",
        "grid cell maps 1326 Offline yes --from-file x",
        "grid cell maps 1326 Offline --unset --from-file x",
        "help list --json",
        "help --format csv",
        "import x.json --from djangopackages",
        "import x.json --grid maps",
    ],
)
def test_options_that_contradict_each_other_are_wrong_usage(one: Program, line: str) -> None:
    before = one.stored
    told(one(*line.split()), 2)
    assert one.stored == before


def test_a_patch_and_an_option_that_set_the_same_field_are_wrong_usage(one: Program) -> None:
    line = ("edit", "1326", "--title", "A", "--patch", "-")
    assert "title" in told(one(*line, input='{"title": "B"}'), 2)
    line = ("edit", "1326", "--unset", "notes", "--patch", "-")
    assert "notes" in told(one(*line, input='{"notes": "B"}'), 2)


def test_an_import_is_of_a_file_or_of_the_site(one: Program, tmp_path: Path) -> None:
    file = tmp_path / "records.json"
    file.write_text('{"slug": "new", "title": "New"}')
    before = one.stored
    for words in (
        ("import", file, "--from", "djangopackages"),
        ("import", file, "--grid", "maps"),
        ("import",),
    ):
        assert "name a FILE to import, or --from djangopackages" in told(one(*words), 2)
    assert one.stored == before


def test_nothing_on_standard_input_is_nothing_to_refresh(one: Program) -> None:
    answer = one("refresh", "-")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith("refreshed 0 of 0: nothing to do")


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ("history 1326", "new,field"),
        ("changes --since 1d", "slug,event"),
        ("stats", "archived,packages"),
        ("path", "config"),
        ("category list", "packages,slug"),
        ("undo --list", "command,operation"),
        ("list", "title,state"),
        ("search cities", "id"),
        ("show 1326", "repo_forks,slug"),
    ],
)
def test_fields_are_the_columns_of_each_result(one: Program, line: str, fields: str) -> None:
    names = fields.split(",")
    answer = one(*line.split(), "--fields", fields, "--json")
    assert (answer.code, answer.err) == (0, "")
    found = json.loads(answer.out)
    for record in found if isinstance(found, list) else [found]:
        assert list(record) == names
    header = one(*line.split(), "--fields", fields, "--format", "csv").out.splitlines()[0]
    assert header.split(",") == names
    plain = one(*line.split(), "--fields", fields)
    assert (plain.code, plain.err) == (0, "")
    assert plain.out
    assert one(*line.split(), "--fields", fields, terminal=True).code == 0


@pytest.mark.parametrize(
    ("line", "wrong", "clue"),
    [
        ("history 1326", "fields", "'field'"),
        ("history 1326", "slug", "at, operation"),
        ("changes", "evnt", "'event'"),
        ("stats", "archive", "'archived'"),
        ("path", "titel", "catalog, config"),
        ("category list", "title_plurl", "'title_plural'"),
        ("undo --list", "comand", "'command'"),
        ("list", "titel", "'title'"),
        ("list", ",", "no field"),
        ("edit 1326 --title A --json", "titel", "'title'"),
    ],
)
def test_fields_that_a_result_does_not_have_are_refused_before_anything_is_done(
    one: Program, line: str, wrong: str, clue: str
) -> None:
    before = one.stored
    assert clue in told(one(*line.split(), "--fields", wrong), 2)
    assert one.stored == before


@pytest.mark.parametrize("command", ["help", "schema", "refresh", "export"])
def test_fields_are_not_offered_where_no_columns_are_printed(one: Program, command: str) -> None:
    assert "--fields" not in one(command, "--help").out


def test_the_columns_of_a_table_are_those_of_its_figures(one: Program) -> None:
    assert one("stats", "--fields", "packages,archived").out == "packages\t1\narchived\t0\n"
    assert list(json.loads(one("stats", "--json").out))[:2] == ["packages", "categories"]


def test_an_edit_prints_the_fields_that_are_asked_for(many: Program) -> None:
    answer = many("edit", "1326", "--title", "Cities", "--fields", "slug,title")
    assert answer.out.splitlines()[:2] == ["slug\tdjango-cities", "title\tCities"]
    answer = many("edit", "--where", "slug = django-cities", "--tag", "x", "--yes", "--json")
    assert [record["tags"] for record in json.loads(answer.out)] == [["x"]]
