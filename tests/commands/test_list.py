"""list, and what other commands share with it: parts of a result say of how many they are."""

import json
from pathlib import Path

import pytest

from tests.commands.program import Program, told
from tests.conftest import DATA

API = "https://djangopackages.org/api/v4/packages/"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--limit", "2"), "2 of 38 packages"),
        (("--limit", "1"), "1 of 38 packages"),
        (("--limit", "40"), "38 packages"),
        (("--offset", "30"), "8 of 38 packages"),
        (("--offset", "100"), "0 of 38 packages"),
        (("--limit", "0"), "0 of 38 packages"),
        (("--category", "frameworks", "--limit", "1"), "1 of 2 packages"),
        (("--sort", "title", "--limit", "2"), "2 of 38 packages"),
    ],
)
def test_a_part_of_a_list_says_of_how_many_it_is(
    many: Program, options: tuple[str, ...], said: str
) -> None:
    if "--category" in options:
        many("edit", "sorethumb", "django-cities", "--category", "frameworks")
        others = len(many.slugs("--category", "frameworks"))
        said = f"1 of {others} packages"
    assert many("list", *options, terminal=True).out.splitlines()[-1] == said


def test_a_part_of_a_search_says_of_how_many_it_is(many: Program) -> None:
    whole = len(many.slugs("search", "django"))
    lines = many("search", "django", "--limit", "2", terminal=True).out.splitlines()
    assert lines[-1] == f"2 of {whole} packages"
    assert many("search", "nosuchword", terminal=True).out == "nothing matches nosuchword\n"


def test_a_part_of_a_history_says_of_how_many_it_is(one: Program) -> None:
    for title in "ABC":
        one("edit", "1326", "--title", title)
    whole = len(json.loads(one("history", "1326", "--json").out))
    lines = one("history", "1326", "--limit", "2", terminal=True).out.splitlines()
    assert lines[-1] == f"2 of {whole} changes"
    lines = one("undo", "--list", "--limit", "3", terminal=True).out.splitlines()
    assert lines[-1] == "3 of 4 operations"
    assert one("undo", "--list", terminal=True).out.splitlines()[-1] == "4 operations"


def page(program: Program, *args: str) -> tuple[int, str | None, str | None, int]:
    answer = program(*args, "--format", "apiv4")
    assert answer.code == 0, answer.err
    found = json.loads(answer.out)
    assert list(found) == ["count", "next", "previous", "results"]
    return found["count"], found["next"], found["previous"], len(found["results"])


def test_a_part_of_a_list_is_a_page_of_api_v4(many: Program) -> None:
    assert page(many, "list", "--limit", "20") == (38, f"{API}?limit=20&offset=20", None, 20)
    assert page(many, "list", "--limit", "20", "--offset", "20") == (
        38,
        None,
        f"{API}?limit=20",
        18,
    )
    assert page(many, "list", "--limit", "5", "--offset", "10") == (
        38,
        f"{API}?limit=5&offset=15",
        f"{API}?limit=5&offset=5",
        5,
    )
    assert page(many, "list", "--limit", "5", "--offset", "3") == (
        38,
        f"{API}?limit=5&offset=8",
        f"{API}?limit=5",
        5,
    )
    assert page(many, "list", "--limit", "38") == (38, None, None, 38)
    assert page(many, "list", "--offset", "30") == (38, None, f"{API}?limit=30", 8)
    assert page(many, "list", "--limit", "5", "--offset", "100") == (
        38,
        None,
        f"{API}?limit=5&offset=95",
        0,
    )
    assert page(many, "list", "--limit", "0") == (38, None, None, 0)
    whole = len(many.slugs("search", "django"))
    assert page(many, "search", "django", "--limit", "2") == (
        whole,
        f"{API}?limit=2&offset=2",
        None,
        2,
    )


@pytest.mark.parametrize("args", [("show", "1326"), ("list",), ("export",), ("search", "cities")])
def test_api_v4_dates_are_in_the_configured_zone_whatever_prints_them(
    one: Program, tmp_path: Path, args: tuple[str, ...]
) -> None:
    site = (DATA / "package-1326.json").read_text(encoding="utf-8")
    text = one(*args, "--format", "apiv4").out
    assert site.replace("\n", "\n        ") in text or site == text
    config = tmp_path / "config.toml"
    config.write_text('timezone = "Asia/Kolkata"', encoding="utf-8")
    there = one(*args, "--format", "apiv4", env={"PKGCAT_CONFIG": str(config)}).out
    assert '"created": "2012-06-03T17:06:24.143520+05:30"' in there
    assert there.count("+05:30") == site.count("-05:00") + site.count("-04:00")


def test_an_api_v4_export_into_a_file_and_of_the_past_is_in_the_configured_zone(
    one: Program, tmp_path: Path
) -> None:
    site = (DATA / "package-1326.json").read_text(encoding="utf-8")
    file = tmp_path / "site.json"
    for more in ((), ("--at", "0s")):
        assert one("export", file, "--format", "apiv4", *more).code == 0
        assert site.replace("\n", "\n        ") in file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("option", "condition", "code"),
    [
        (("--category", "nosuch"), "category = nosuch", 4),
        (("--category", "ap"), "category = ap", 4),
        (("--grid", "nosuch"), "grids = nosuch", 4),
        (("--grid", "nosuch"), "grids ~ nosuch", 4),
        (("--host", "gihub"), "repo_host = gihub", 2),
        (("--host", "nosuch"), "repo_host != nosuch", 2),
    ],
)
def test_a_filter_and_the_same_condition_refuse_the_same_unknown_value(
    many: Program, option: tuple[str, ...], condition: str, code: int
) -> None:
    by_option, by_condition = many("list", *option), many("list", "--where", condition)
    assert told(by_option, code) == told(by_condition, code)
    assert told(many("edit", "--where", condition, "--tag", "x", "--yes"), code)


def test_a_tag_that_no_package_has_is_an_empty_answer_by_option_and_condition(one: Program) -> None:
    assert one.slugs("--tag", "nosuch") == one.slugs("--where", "tags = nosuch") == []


def test_conditions_name_a_package_a_category_and_a_mark_that_exist(many: Program) -> None:
    many("edit", "sorethumb", "--replaced-by", "django-cities")
    assert many.slugs("--where", "replaced_by = 1326") == []
    assert many.slugs("--where", "replaced_by = django-cities") == ["sorethumb"]
    assert "'django-cities'" in told(many("list", "--where", "replaced_by = django-citis"), 4)
    assert many.slugs("--where", "category ~ nosuch") == []
    assert many.slugs("--where", "replaced_by ~ cities") == ["sorethumb"]
    assert many.slugs("--host", "GitHub") == many.slugs("--where", "repo_host = GitHub") != []


@pytest.mark.parametrize("word", ["yes", "true", "Yes", "TRUE"])
def test_a_condition_on_a_boolean_takes_the_words_of_tables(one: Program, word: str) -> None:
    one("edit", "1326", "--patch", "-", input='{"repo_archived": true}')
    assert one.slugs("--where", f"repo_archived = {word}") == ["django-cities"]
    assert one.slugs("--where", "repo_archived = no") == []
    assert one.slugs("--where", "repo_archived != FALSE") == ["django-cities"]


def test_state_is_a_field_of_one_word_and_its_reasons_are_another(many: Program) -> None:
    many("edit", "1326", "--patch", "-", input='{"repo_archived": true, "pypi_yanked": true}')
    many("edit", "1326", "--replaced-by", "sorethumb")
    record = many.record("django-cities")
    assert record["state"] == "yanked"
    reasons = ["yanked: 0.6.2", "archived: repository", "replaced: sorethumb"]
    assert record["state_reasons"] == reasons
    assert many.record("sorethumb")["state"] == "ok"
    reason = "state_reasons has 'archived: repository'"
    for condition in ("state = yanked", "state ~ yank", reason):
        assert many.slugs("--where", condition) == ["django-cities"]
    assert many.slugs("--where", "state = null") == []
    row = many("list", "--where", "state = yanked", "--fields", "slug,state,state_reasons").out
    assert row == f"django-cities\tyanked\t{', '.join(reasons)}\n"
    schema = json.loads(many("schema").out)["properties"]
    assert (schema["state"]["type"], schema["state_reasons"]["type"]) == ("string", "array")
    exported = json.loads(many("export", "--format", "json").out)["packages"][0]
    assert not {"state", "state_reasons"} & exported.keys()
    assert many("import", "-", input=many("show", "1326", "--json").out).out.startswith("nothing")


def test_the_fields_of_decisions_stand_at_the_end(many: Program) -> None:
    names = ["state", "site", "state_reasons", "finished_until", "decision", "decision_reason"]
    assert list(many.record("sorethumb"))[-9:] == [*names, "decision_url", "decided", "review_by"]
