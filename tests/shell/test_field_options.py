"""Options that set fields: each field of the table that has an option is there, with its help."""

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pkgcat.model.fields import FIELDS, Field
from pkgcat.model.package import Package
from pkgcat.shell.edited_text import write_fields
from pkgcat.shell.field_options import ADD_FIELDS, EDIT_FIELDS
from tests.commands.program import Program, told

WITH_OPTION = [field for field in FIELDS.values() if field.option]
LISTS = [field for field in EDIT_FIELDS if field.type.is_collection]


@pytest.fixture
def maps(catalog: Path) -> Program:
    """pkgcat on a catalog of one package."""
    program = Program(catalog)
    assert program("add", "--no-fetch", "--title", "Maps").code == 0
    return program


def words_of_help(program: Program, command: str) -> str:
    """Return a command's help with its line breaks as spaces."""
    return " ".join(program(command, "--help", env={"COLUMNS": "200"}).out.split())


@pytest.mark.parametrize("field", WITH_OPTION, ids=lambda field: field.name)
def test_help_has_the_option_of_each_field(maps: Program, field: Field) -> None:
    for command, fields in (("add", ADD_FIELDS), ("edit", EDIT_FIELDS)):
        words = words_of_help(maps, command)
        assert (field.option_help in words) == (field in fields), command
        assert (f" {field.option} " in words) == (field in fields), command


def test_add_sets_what_a_person_writes_and_edit_everything() -> None:
    assert {field.name for field in WITH_OPTION if field not in ADD_FIELDS} == {
        "repo_description",
        "repo_host",
    }
    assert list(EDIT_FIELDS) == sorted(WITH_OPTION, key=EDIT_FIELDS.index)


@pytest.mark.parametrize("field", LISTS, ids=lambda field: field.name)
def test_items_of_each_list_are_added_and_removed(maps: Program, field: Field) -> None:
    for slug in ("one", "two", "three", "four"):
        assert maps("grid", "add", slug).code == 0
    remove = f"--un{field.option.removeprefix('--')}"
    maps("edit", "maps", field.option, "one", field.option, "two")
    assert maps.record("maps")[field.name] == ["one", "two"]
    maps("edit", "maps", remove, "ONE", field.option, "three", field.option, " Two ")
    assert sorted(maps.record("maps")[field.name]) == ["three", "two"]
    maps("edit", "maps", "--unset", field.name, field.option, "four")
    assert maps.record("maps")[field.name] == ["four"]


def test_an_empty_text_is_a_value_and_not_a_missing_option(maps: Program) -> None:
    maps("edit", "maps", "--notes", "words", "--category", "apps")
    maps("edit", "maps", "--notes", "")
    assert (maps.record("maps")["notes"], maps.record("maps")["category"]) == (None, "apps")
    assert "title may not be empty" in told(maps("edit", "maps", "--title", ""), 2)


def test_the_text_of_the_editor_has_the_same_fields() -> None:
    text = write_fields(Package(slug="maps", title="Maps"))
    assert set(tomllib.loads(text)) == {field.name for field in EDIT_FIELDS}
    for field in EDIT_FIELDS:
        assert f"# {field.help}\n" in text


def test_add_stores_every_user_field_that_has_an_option(maps: Program) -> None:
    values = {
        "title": "Tiles",
        "slug": "tiles",
        "category": "apps",
        "repo_url": "https://github.com/ann/tiles",
        "pypi_url": "https://pypi.org/project/tiles/",
        "documentation_url": "https://tiles.example.org/",
        "notes": "fast",
        "tags": ["geo"],
        "replaced_by": "maps",
        "finished_until": (datetime.now(UTC).date() + timedelta(days=90)).isoformat(),
    }
    options = []
    for field in ADD_FIELDS:
        if field.name != "grids":
            value = values[field.name]
            options += [field.option, value[0] if isinstance(value, list) else str(value)]
    assert maps("add", "--no-fetch", *options).code == 0
    record = maps.record("tiles")
    assert {name: record[name] for name in values} == values
