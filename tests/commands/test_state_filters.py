"""--state in every command that finds packages, and the setting it depends on."""

import json
from pathlib import Path

import pytest

from tests.commands.program import Program, told


@pytest.fixture
def archived(many: Program) -> Program:
    """38 packages, two of which are archived."""
    for slug in ("1326", "sorethumb"):
        assert many("edit", slug, "--patch", "-", input='{"repo_archived": true}').code == 0
    return many


ARCHIVED = ["django-cities", "sorethumb"]


def test_list_search_and_export_find_packages_in_a_state(archived: Program) -> None:
    assert archived.slugs("--state", "archived") == ARCHIVED
    assert archived.slugs("--state", "gone, ARCHIVED", "--where", "slug ~ cities") == ARCHIVED[:1]
    assert archived.slugs("search", "django", "--state", "archived") == ["django-cities"]
    exported = archived("export", "--state", "archived", "--format", "jsonl").out
    slugs = [json.loads(line).get("slug") for line in exported.splitlines()]
    assert slugs == [None, *ARCHIVED]
    file = archived.catalog.with_name("two.csv")
    answer = archived("export", file, "--state", "archived")
    assert answer.out == f"exported 2 packages to {file}\n"


def test_edit_changes_packages_in_a_state(archived: Program) -> None:
    words = ("edit", "--state", "archived", "--tag", "legacy")
    assert "--state may change many packages" in told(archived(*words), 2)
    assert archived(*words, "--dry-run").out.count("legacy") == 2
    assert archived(*words, "--yes").out == "2 packages changed; 'pkgcat undo' takes it back\n"
    assert archived.slugs("--tag", "legacy") == ARCHIVED
    assert "edit --state archived" in archived("undo", "--list").out
    assert "exclude each other" in told(archived("edit", "1326", *words[1:]), 2)
    assert "what shall be changed" in told(archived("edit", "--state", "archived", "--yes"), 2)


def test_refresh_plans_for_packages_in_a_state(archived: Program) -> None:
    answer = archived("refresh", "--state", "archived", "--plan")
    assert answer.code == 0
    assert answer.out.splitlines()[-1].startswith("2 packages, 8 requests")
    assert "exclude each other" in told(archived("refresh", "--all", "--state", "archived"), 2)
    assert "there is no state" in told(archived("refresh", "--state", "x", "--plan"), 2)


def test_the_setting_decides_who_is_inactive(many: Program, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    counts = []
    for span in ("1d", "9000d"):
        config.write_text(f'inactive_after = "{span}"', encoding="utf-8")
        with_setting = {"PKGCAT_CONFIG": str(config)}
        listed = many("list", "--state", "inactive", "--json", env=with_setting).out
        counts.append(len(json.loads(listed)))
        record = json.loads(many("show", "1326", "--json", env=with_setting).out)
        assert (record["state"] == "inactive") == (span == "1d")
    assert counts[0] > counts[1] == 0


def test_failing_is_no_state(archived: Program) -> None:
    assert "there is no state 'failing'" in told(archived("list", "--state", "failing"), 2)
    assert archived("list", "--failing").code == 0


def test_stats_count_by_state_decision_and_category(archived: Program) -> None:
    archived("decide", "1326", "sorethumb", "hold")
    figures = json.loads(archived("stats", "--json").out)
    assert (figures["state_archived"], figures["decision_hold"], figures["due"]) == (2, 2, 0)
    by_state = json.loads(archived("stats", "--by", "state", "--json").out)
    assert {"state": "archived", "packages": 2} in by_state
    assert sum(row["packages"] for row in by_state) == 38
    assert archived("stats", "--by", "decision").out == "hold\t2\nnone\t36\n"
    assert archived("stats", "--fields", "state_archived,decision_none").out.count("\n") == 2
    assert "there are state, decision, category" in told(archived("stats", "--by", "zzz"), 2)
    assert "exclude each other" in told(archived("stats", "--by", "state", "--fields", "due"), 2)
