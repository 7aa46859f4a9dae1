"""path, schema, stats, help: about the catalog and the program."""

import json
from pathlib import Path

import jsonschema
import pytest

from pkgcat.cli import COMMANDS
from pkgcat.errors import EXIT_CODES
from pkgcat.model.fields import FIELDS
from tests.commands.program import Program, told


def test_path_says_where_the_catalog_is(empty: Program) -> None:
    assert empty("path")[:3] == (f"{empty.catalog}\n", "", 0)
    found = json.loads(empty("path", "--json").out)
    assert found["catalog"] == str(empty.catalog)
    assert Path(found["config"]).name == "config.toml"
    assert not empty.catalog.exists()


def test_path_makes_a_relative_one_absolute(
    empty: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert empty("path", "--db", "mine.db").out == f"{tmp_path}/mine.db\n"


def test_the_schema_is_one(empty: Program) -> None:
    schema = json.loads(empty("schema").out)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert list(schema["properties"]) == list(FIELDS)


def test_the_schema_holds_for_real_output(many: Program) -> None:
    many("add", "--no-fetch", "bare")
    many(
        "edit",
        "1326",
        "--tag",
        "t",
        "--notes",
        "n",
        "--description",
        "mine",
        "--replaced-by",
        "sorethumb",
    )
    schema = json.loads(many("schema").out)
    validator = jsonschema.Draft202012Validator(
        {**schema, "additionalProperties": False}, format_checker=jsonschema.FormatChecker()
    )
    records = [many.record("bare"), many.record("1326"), *json.loads(many("list", "--json").out)]
    for record in records:
        validator.validate(record)
    assert len(records) == 41


def test_the_schema_refuses_what_no_record_says(one: Program) -> None:
    validator = jsonschema.Draft202012Validator(json.loads(one("schema").out))
    record = one.record("1326")
    for wrong in (
        {"repo_watchers": "949"},
        {"created": "2026-01-01"},
        {"grids": None},
        {"title": None},
    ):
        assert not validator.is_valid(record | wrong)
    assert not validator.is_valid({})


def test_stats_count_what_is_there(many: Program) -> None:
    found = json.loads(many("stats", "--json").out)
    assert found["packages"] == 38
    assert found["operations"] == 2
    assert all(isinstance(count, int) for count in found.values())
    lines = dict(line.split("\t") for line in many("stats").out.splitlines())
    assert lines == {name: str(count) for name, count in found.items()}
    assert "38" in many("stats", terminal=True).out


def test_stats_of_nothing_are_zero(empty: Program) -> None:
    found = json.loads(empty("stats", "--json", env={"PKGCAT_DB": ""}).out)
    assert (found["packages"], found["operations"]) == (0, 0)


@pytest.mark.parametrize("command", ["stats", "path"])
def test_what_is_no_package_has_no_api_v4_form(one: Program, command: str) -> None:
    told(one(command, "--format", "apiv4"), 2)


def test_help_prints_the_exit_codes(empty: Program) -> None:
    answer = empty("help", "exit-codes")
    lines = [line.split("\t") for line in answer.out.splitlines()]
    assert {int(code): text for code, text in lines} == EXIT_CODES
    assert json.loads(empty("help", "exit-codes", "--json").out)[0]["code"] == 0
    promised = {0, 1, 2, 3, 4, 5, 65, 66, 69, 74, 75, 77, 78, 129, 130, 143}
    assert set(EXIT_CODES) == promised


@pytest.mark.parametrize("name", COMMANDS)
def test_help_is_the_same_however_it_is_asked_for(empty: Program, name: str) -> None:
    asked = [empty("help", name), empty(name, "--help"), empty(name, "-h")]
    assert [answer.code for answer in asked] == [0, 0, 0]
    texts = {answer.out.replace("[OPTIONS]", "").strip() for answer in asked}
    assert len(texts) == 1
    assert "Example" in asked[0].out
    assert "--help" in asked[0].out


@pytest.mark.parametrize("name", ["list", "add", "edit", "remove"])
def test_the_commands_of_category_have_help_and_examples(empty: Program, name: str) -> None:
    for answer in (empty("category", name, "-h"), empty("help", "category", name)):
        assert answer.code == 0
        assert f"pkgcat category {name}" in answer.out


def test_help_alone_is_that_of_the_program(empty: Program) -> None:
    assert empty("help").out.strip() == empty("--help").out.strip()


def test_help_of_an_unknown_command_names_the_nearest(empty: Program) -> None:
    assert "'list'" in told(empty("help", "lits"), 4)
    assert "'exit-codes'" in told(empty("help", "exit-code"), 4)
    told(empty("help", "list", "more"), 4)
