"""Completion of fields and saved filters within an expression."""

from pathlib import Path

import pytest
import typer

from pkgcat.cli import app
from pkgcat.shell.completion import complete_conditions
from tests.commands.program import Program


@pytest.fixture
def context(catalog: Path) -> typer.Context:
    """The command line of a catalog with two filters."""
    program = Program(catalog)
    for name in ("popular", "Maps"):
        assert program("filter", "save", name, "id > 1").code == 0
    made = typer.Context(typer.main.get_command(app))
    made.obj = {"db": str(catalog)}
    return made


@pytest.mark.parametrize(
    ("incomplete", "offered"),
    [
        ("repo_wat", ["repo_watchers"]),
        ("id > 5 and repo_wat", ["id > 5 and repo_watchers"]),
        ("id > 5 AND  not repo_wat", ["id > 5 AND  not repo_watchers"]),
        ("id > 5 or (repo_wat", ["id > 5 or (repo_watchers"]),
        ("not(repo_wat", ["not(repo_watchers"]),
        ("@", ["@Maps", "@popular"]),
        ("@pop", ["@popular"]),
        ("not @ma", ["not @maps"]),
        ("id = 1 and (@pop", ["id = 1 and (@popular"]),
        ("id > repo_wat", []),
        ("title ~ 'and repo_wat", []),
        ("id > 5 repo_wat", []),
        ("repo_wat ", []),
        ("nothing_of_this", []),
        ("(" * 10_000, None),
        ("and " * 10_000, None),
    ],
)
def test_fields_and_filters_are_offered_where_a_condition_begins(
    context: typer.Context, incomplete: str, offered: list[str] | None
) -> None:
    found = [value for value, _ in complete_conditions(context, [], incomplete)]
    if offered is None:
        assert all(value.startswith(incomplete) for value in found)
    else:
        assert found == offered
