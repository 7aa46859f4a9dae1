"""path, schema, stats, help: about the catalog and the program."""

import json
from collections.abc import Callable
from typing import Annotated, Any

import typer

from pkgcat import config
from pkgcat.commands.options import Command, Printing, program
from pkgcat.commands.session import reading, session
from pkgcat.errors import EXIT_CODES, NotFound
from pkgcat.models import FIELDS, Field, nearest
from pkgcat.render import Format, View
from pkgcat.render.views import texts
from pkgcat.store import stats as figures

_TYPES: dict[str, dict[str, Any]] = {
    "str": {"type": "string"},
    "int": {"type": "integer"},
    "bool": {"type": "boolean"},
    "datetime": {"type": "string", "format": "date-time", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"},
    "strs": {"type": "array", "items": {"type": "string"}},
    "ints": {"type": "array", "items": {"type": "integer", "minimum": 0}},
    "facts": {"type": "object"},
}


def path(ctx: typer.Context) -> None:
    """Print where the catalog is.

    With --json also where settings are looked for.

    \b
    Example:
      sqlite3 "$(pkgcat path)" .schema
    """
    with session(ctx) as run:
        catalog, settings = str(run.settings.catalog.absolute()), str(config.config_path())
        if run.structured:
            run.print(View(texts("catalog", "config"), [(catalog, settings)], one=True))
        else:
            run.write(f"{catalog}\n")


def schema(ctx: typer.Context) -> None:
    """Print the JSON Schema of a record.

    \b
    Example:
      pkgcat schema | jq -r '.properties | keys[]'
    """
    with session(ctx) as run:
        run.write(json.dumps(record_schema(), indent=2) + "\n")


def stats(ctx: typer.Context) -> None:
    """Count what the catalog holds.

    \b
    Example:
      pkgcat stats --json | jq .packages
    """
    with reading(ctx) as run:
        found = figures.stats(run.store)
        if run.format is Format.TABLE:
            run.print(
                View(
                    texts("what", "count", numbers=("count",)),
                    list(found.items()),
                    noun=("figure", "figures"),
                )
            )
        else:
            run.print(View(texts(*found, numbers=tuple(found)), [tuple(found.values())], one=True))


def help_(
    ctx: typer.Context,
    topic: Annotated[
        list[str] | None, typer.Argument(metavar="[COMMAND|exit-codes]", help="A command, or exit-codes.")
    ] = None,
) -> None:
    """Explain a command, or the exit codes.

    \b
    Examples:
      pkgcat help list
      pkgcat help exit-codes
    """
    with session(ctx) as run:
        if topic == ["exit-codes"]:
            rows = [(code, text) for code, text in EXIT_CODES.items()]
            run.print(View(texts("code", "meaning", numbers=("code",)), rows, noun=("code", "codes")))
            return
        assert ctx.parent is not None
        run.write(_help_of(ctx.parent, topic or []) + "\n")


def record_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of `show --json`."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "pkgcat package",
        "type": "object",
        "properties": {name: _property(field) for name, field in FIELDS.items()},
        "required": list(FIELDS),
    }


def _property(field: Field) -> dict[str, Any]:
    kind = dict(_TYPES[field.kind])
    if field.nullable:
        kind["type"] = [kind["type"], "null"]
    return {**kind, "description": field.doc}


def _help_of(ctx: Any, topic: list[str]) -> str:
    command: Any = ctx.command
    for word in topic:
        known = command.list_commands(ctx) if hasattr(command, "list_commands") else []
        if word not in known:
            raise NotFound(f"there is no command {' '.join(topic)!r}{nearest(word, [*known, 'exit-codes'])}")
        command = command.get_command(ctx, word)
        ctx = type(ctx)(command, info_name=word, parent=ctx)
    return str(command.get_help(ctx))


def app(name: str) -> typer.Typer:
    """Return one of this module's commands as an app."""
    bodies: dict[str, tuple[Callable[..., None], type[Command]]] = {
        "path": (path, Printing),
        "schema": (schema, Command),
        "stats": (stats, Printing),
        "help": (help_, Printing),
    }
    return program((name, *bodies[name]))
