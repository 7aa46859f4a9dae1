"""undo: any command that wrote, taken back."""

from typing import Annotated

import typer

from pkgcat.commands.history import when
from pkgcat.commands.options import WritingRecords, program
from pkgcat.commands.session import reading, writing
from pkgcat.render import View
from pkgcat.render.views import texts
from pkgcat.store import history
from pkgcat.store import undo as taking_back


def undo(
    ctx: typer.Context,
    operation: Annotated[
        int | None,
        typer.Argument(metavar="[OPERATION]", help="Its number; else the last one that is not undone."),
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="List the operations, the newest first.")] = False,
    limit: Annotated[int | None, typer.Option(min=0, help="With --list: at most so many (else 20).")] = None,
    skip_conflicts: Annotated[
        bool, typer.Option("--skip-conflicts", help="Leave what was changed again since, undo the rest.")
    ] = False,
) -> None:
    """Take back one whole command.

    An add, an edit, a refresh, an import; an undo can be undone, too. Where something was changed again since,
    nothing is undone, and you are told what.

    \b
    Examples:
      pkgcat undo
      pkgcat undo --list
      pkgcat undo 12 --skip-conflicts
    """
    if list_:
        _list(ctx, 20 if limit is None else limit)
        return
    with writing(ctx, "undo") as run:
        entry = history.last(run.store) if operation is None else history.entry(run.store, operation)
        run.operation.command = f"undo {entry.id} ({entry.command})"
        done = taking_back.undo(run.operation, entry.id, skip_conflicts=skip_conflicts)
        many = f" ({done.things:,} things)" if done.things > 1 else ""
        for conflict in done.conflicts:
            run.warn(f"left as it is: {conflict}")
        if run.dry_run:
            run.say(f"would undo '{entry.command}', operation {entry.id}{many}")
        elif not done.things:
            run.say(f"nothing of '{entry.command}' could be undone")
        else:
            run.say(f"undid '{entry.command}'{many}; 'pkgcat undo {run.operation.id}' does it again")


def _list(ctx: typer.Context, limit: int) -> None:
    with reading(ctx) as run:
        found = history.listed(run.store, limit)
        columns = texts("operation", "at", "command", "changes", "undone_by", numbers=("operation", "changes"))
        rows = [(one.id, when(run, one.at), one.command, one.changes, one.undone_by) for one in found]
        run.print(View(columns, rows, noun=("operation", "operations"), empty="nothing was done yet"))


def app(name: str) -> typer.Typer:
    """Return `undo` as an app."""
    return program((name, undo, WritingRecords))
