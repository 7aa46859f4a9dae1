"""undo: take back a whole operation."""

from typing import Annotated

import typer

from pkgcat.commands.options import Writing, program
from pkgcat.commands.session import writing
from pkgcat.store import history


def undo(
    ctx: typer.Context,
    operation: Annotated[
        int | None,
        typer.Argument(metavar="[OPERATION]", help="Its number; else the last one that is not undone."),
    ] = None,
) -> None:
    """Take back one whole command.

    An add, an edit, a remove, an import; an undo can be undone, too.

    \b
    Examples:
      pkgcat undo
      pkgcat undo 12
    """
    with writing(ctx, "undo") as run:
        entry = history.last(run.store) if operation is None else history.entry(run.store, operation)
        run.operation.command = f"undo {entry.id} ({entry.command})"
        count = history.undo(run.operation, entry.id)
        many = f" ({count:,} things)" if count > 1 else ""
        if run.dry_run:
            run.say(f"would undo '{entry.command}', operation {entry.id}{many}")
        else:
            run.say(f"undid '{entry.command}'{many}; 'pkgcat undo {run.operation.id}' does it again")


def app(name: str) -> typer.Typer:
    """Return `undo` as an app."""
    return program((name, undo, Writing))
