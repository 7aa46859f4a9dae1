"""undo: take back any command that wrote."""

from typing import Annotated

import typer

from pkgcat.results.table import Table, text_columns
from pkgcat.services.operations import describe_operation, describe_operations
from pkgcat.shell import completion
from pkgcat.shell.options import (
    WritingTabular,
    program,
    refuse_together,
    refuse_without,
    shared_options,
)
from pkgcat.shell.output_formats import TABLE
from pkgcat.shell.session import reading, writing
from pkgcat.shell.times import format_time
from pkgcat.store.log import history
from pkgcat.store.log import undo as undoing

_LISTED = 20
_COLUMNS = text_columns(
    "operation",
    "at",
    "command",
    "changes",
    "undone_by",
    numbers=("operation", "changes", "undone_by"),
)


def undo(
    ctx: typer.Context,
    operation: Annotated[
        int | None,
        typer.Argument(
            metavar="[OPERATION]",
            help="Its number; else the last one that is not undone.",
            autocompletion=completion.complete_operations,
        ),
    ] = None,
    list_: Annotated[
        bool, typer.Option("--list", help="List the operations, the newest first.")
    ] = False,
    limit: Annotated[
        int | None, typer.Option(min=0, help="With --list: at most so many (else 20).")
    ] = None,
    skip_conflicts: Annotated[
        bool,
        typer.Option("--skip-conflicts", help="Leave what was changed again since, undo the rest."),
    ] = False,
) -> None:
    """Take back one whole command.

    An add, an edit, a refresh, an import; an undo can be undone, too. Where something was changed
    again since, nothing is undone, and you are told what.

    \b
    Examples:
      pkgcat undo
      pkgcat undo --list
      pkgcat undo 12 --skip-conflicts
    """
    shared = shared_options(ctx)
    if list_:
        others = {"an operation": operation, "--skip-conflicts": skip_conflicts}
        refuse_together("--list", {**others, "--dry-run": shared.get("dry_run")})
        _list_operations(ctx, _LISTED if limit is None else limit)
        return
    refuse_without("--list", {"--limit": limit, "--fields": shared.get("fields")})
    with writing(ctx, "undo", kind="undo") as run:
        if operation is None:
            entry = history.last(run.store)
        else:
            entry = history.entry(run.store, operation)
        command = history.Command(entry.command, entry.kind)
        described = describe_operations(run.store, {entry.id: command})[entry.id]
        run.operation.command = f"undo {entry.id} ({described})"
        undone = undoing.undo(run.operation, entry.id, skip_conflicts=skip_conflicts)
        for conflict in undone.conflicts:
            run.warn(f"left as it is: {conflict}")
        name = f"operation {entry.id}: {describe_operation(command, undone.counts)}"
        if run.dry_run:
            run.say(f"would undo {name}")
        elif not undone.counts:
            run.say(f"nothing could be undone of {name}")
        else:
            run.say(f"undid {name}; 'pkgcat undo {run.operation.id}' does it again")


def _list_operations(ctx: typer.Context, limit: int) -> None:
    with reading(ctx) as run:
        rows = []
        found = history.listed(run.store, limit)
        commands = {one.id: one.command for one in found}
        if run.format is TABLE:
            commands = describe_operations(
                run.store, {one.id: history.Command(one.command, one.kind) for one in found}
            )
        for one in found:
            at = format_time(run, one.at)
            rows.append((one.id, at, commands[one.id], one.changes, one.undone_by))
        total = history.count_operations(run.store)
        table = Table(
            _COLUMNS,
            rows,
            drop_to_fit=True,
            noun=("operation", "operations"),
            importance=(("operation",), ("at",), ("command",), ("undone_by",)),
            optional=("changes",),
            empty="nothing was done yet",
            count_all=lambda: total,
        )
        run.print_table(table)


class _Undo(WritingTabular):
    columns = tuple(column.name for column in _COLUMNS)


def app(name: str) -> typer.Typer:
    """Return `undo` as an app."""
    return program((name, undo, _Undo))
