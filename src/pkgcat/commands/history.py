"""history: what became of a package; and the whole log made smaller."""

from datetime import datetime
from itertools import islice
from typing import Annotated, Any

import typer

from pkgcat.commands import complete
from pkgcat.commands.given import moment
from pkgcat.commands.options import WritingRecords, complete_fields, program
from pkgcat.commands.session import Session, reading, session
from pkgcat.errors import Invalid
from pkgcat.models import FIELDS, check_field
from pkgcat.render import Format, View
from pkgcat.render.values import text_of
from pkgcat.render.views import texts
from pkgcat.store import Store, history, packages
from pkgcat.store.cells import native
from pkgcat.store.history import Step

_UNTOLD = ("modified", "behind_pins")
"""Fields that move with others: told only to who asks for them."""


def history_(
    ctx: typer.Context,
    slug: Annotated[
        str | None, typer.Argument(metavar="SLUG", help="The package.", autocompletion=complete.slugs)
    ] = None,
    field: Annotated[
        str | None, typer.Argument(metavar="[FIELD]", help="Only this field.", autocompletion=complete_fields)
    ] = None,
    limit: Annotated[int | None, typer.Option(min=0, help="At most so many, the newest.")] = None,
    chart: Annotated[bool, typer.Option("--chart", help="Draw a number over time.")] = False,
    prune: Annotated[
        bool,
        typer.Option("--prune", help="Of numbers that refreshes stored keep the last of each month."),
    ] = False,
    before: Annotated[
        str | None, typer.Option(metavar="DATE", help="With --prune: only what is older, such as 1y.")
    ] = None,
) -> None:
    """Show what became of a package, the newest change first.

    When, by which operation, from what to what. 'pkgcat changes' tells of
    all packages. --prune makes the whole catalog's history smaller; what
    people did, releases and the like stay.

    \b
    Examples:
      pkgcat history django-cities
      pkgcat history django-cities repo_watchers --chart
      pkgcat history --prune --before 2y --dry-run
    """
    if prune or before is not None:
        _prune(ctx, before if prune and not slug else None)
        return
    if slug is None:
        raise Invalid("whose history? Name a package; 'pkgcat changes --since 7d' tells of all")
    name = check_field(field).name if field is not None else None
    with reading(ctx) as run:
        key = packages.find_ever(run.store, slug)
        wanted = [name] if name else [*(name for name in FIELDS if name not in _UNTOLD), "removed"]
        steps = history.steps(run.store, key, wanted)
        if chart:
            _draw(run, packages.slug(run.store, key), name, list(steps))
            return
        rows = [_row(run, step) for step in islice(steps, limit)]
        what = f"{name} of {slug}" if name else slug
        columns = texts("at", "operation", "command", "field", "old", "new", numbers=("operation",))
        view = View(columns, rows, noun=("change", "changes"), empty=f"nothing of {what} has changed since it came")
        run.print(view)


def _prune(ctx: typer.Context, before: str | None) -> None:
    if before is None:
        raise Invalid("--prune --before DATE go together and are about the whole catalog: name no package")
    from pkgcat.store import prune

    with (
        session(ctx) as run,
        Store.write(run.settings.catalog, named=run.settings.named, create=False) as store,
    ):
        done = prune.prune(store, moment("--before", before, run.now), dry_run=run.dry_run)
        verb, gone = "would prune" if run.dry_run else "pruned", done.before - done.after
        large = gone and not (run.dry_run or done.shrunk)
        why = "; the file stays as large as it is, since there is no room to write it anew" if large else ""
        run.say(f"{verb} {gone:,} of {done.before:,} changes{why}")


def _row(run: Session, step: Step) -> tuple[Any, ...]:
    """Return a change as a row: values as JSON has them where a program asked, else as text."""
    at = when(run, step.at)
    if step.field == "removed":
        word = "removed" if step.new else "added" if step.old is None else "brought back"
        return (at, step.operation, step.command, "package", None, word)
    kind = FIELDS[step.field].kind
    values = [history.named(run.store, step.field, value) for value in (step.old, step.new)]
    if kind == "datetime" or run.format in (Format.JSON, Format.JSONL):
        shown = [native(kind, value) for value in values]
    elif run.screen.terminal and run.format is Format.TABLE and kind in ("strs", "ints"):
        shown = _difference(kind, *(native(kind, value) or [] for value in values))
    else:
        shown = [text_of(kind, value) for value in values]
    return (at, step.operation, step.command, step.field, *shown)


def _difference(kind: str, old: list[Any], new: list[Any]) -> list[Any]:
    """Say of a list only what is another: who left and who came, or how much it adds up to."""
    if kind == "ints":
        return [f"{sum(old):,} in all", f"{sum(new):,} in all"]
    gone, come = ([name for name in one if name not in other] for one, other in ((old, new), (new, old)))
    if not gone and not come:
        return ["", "in another order"]
    return [", ".join(f"-{name}" for name in gone), ", ".join(f"+{name}" for name in come)]


def when(run: Session, at: str) -> str:
    """Return a time for eyes on a terminal, and whole elsewhere."""
    if run.format is Format.TABLE and run.screen.terminal:
        found = datetime.fromisoformat(at)
        return f"{found:%Y-%m-%d %H:%M}"
    return str(native("datetime", at))


def _draw(run: Session, slug: str, name: str | None, steps: list[Step]) -> None:
    """Draw a number from what it was before its first change until today."""
    if name is None or FIELDS[name].kind != "int" or run.format is not Format.TABLE:
        numbers = [name for name, field in FIELDS.items() if field.kind == "int" and field.role == "fact"]
        raise Invalid(f"--chart draws one number as text: name one of {', '.join(numbers)}")
    points = [(datetime.fromisoformat(step.at), step.new) for step in reversed(steps) if step.new is not None]
    if steps and steps[-1].old is not None:
        begun = datetime.fromisoformat(history.creation(run.store, steps[-1].key).at)
        points.insert(0, (begun, steps[-1].old))
    if not points:
        run.write(f"{slug}: {name} has not changed since it came; there is nothing to draw\n")
        return
    from pkgcat.render.chart import chart

    run.write(f"{name} of {slug}\n\n")
    chart([*points, (run.now, points[-1][1])], run.screen, run.spool)


def app(name: str) -> typer.Typer:
    """Return `history` as an app."""
    return program((name, history_, WritingRecords))
