"""schema: the JSON Schema of a record."""

import json

import typer

from pkgcat.model.json_schema import make_record_schema
from pkgcat.shell.options import Command, program
from pkgcat.shell.session import session


def schema(ctx: typer.Context) -> None:
    """Print the JSON Schema of a record.

    \b
    Example:
      pkgcat schema | jq -r '.properties | keys[]'
    """
    with session(ctx) as run:
        run.write_data(json.dumps(make_record_schema(), indent=2) + "\n")


def app(name: str) -> typer.Typer:
    """Return `schema` as an app."""
    return program((name, schema, Command))
