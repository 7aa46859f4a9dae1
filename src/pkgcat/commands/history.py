"""history, changes, undo: the log of all that was written, read and taken back."""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Annotated, Any

import typer

from pkgcat.commands import complete
from pkgcat.commands.arguments import Category
from pkgcat.commands.given import known, moment
from pkgcat.commands.options import Command, Printing, WritingRecords, complete_fields, program
from pkgcat.commands.session import Session, reading, session, writing
from pkgcat.errors import Invalid
from pkgcat.models import FIELDS, check_field
from pkgcat.render import Format, View
from pkgcat.render.values import age, text_of
from pkgcat.render.views import texts
from pkgcat.store import Store, history, packages
from pkgcat.store import undo as taking_back
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
        rows = [_row(run, step) for step in _first(steps, limit)]
        what = f"{name} of {slug}" if name else slug
        columns = texts("at", "operation", "command", "field", "old", "new", numbers=("operation",))
        view = View(columns, rows, noun=("change", "changes"), empty=f"nothing of {what} has changed since it came")
        run.print(view._replace(objects=_objects(view)) if run.structured else view)


def changes(
    ctx: typer.Context,
    since: Annotated[
        str, typer.Option(metavar="DATE", help="7d, 2026-02-15, or last: since the last time you asked for last.")
    ] = "7d",
    field: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FIELD", help="Any change of this field; may be repeated.", autocompletion=complete_fields
        ),
    ] = None,
    category: Category = None,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit with 1 where there is news, for scripts.")
    ] = False,
) -> None:
    """Tell what is new in the whole catalog.

    A digest to read or to mail: releases, vulnerabilities, what was
    archived, moved, gone or back, stars up and down, packages added and
    removed. --field tells any change of a field instead.

    \b
    Examples:
      pkgcat changes --since 7d
      pkgcat changes --since last --quiet --format markdown
      pkgcat changes --since 30d --field repo_license --json
    """
    fields = [check_field(name).name for name in field or ()]
    with session(ctx) as run:
        told, mark = _digest(run, since, fields, category)
    if since == "last":  # what could not be printed is told again
        with Store.write(run.settings.catalog, named=run.settings.named, create=False) as store:
            history.remember_digest(store, "last", mark)
    if told and exit_code:
        raise typer.Exit(1)


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
        rows = [(one.id, _when(run, one.at), one.command, one.changes, one.undone_by) for one in found]
        run.print(View(columns, rows, noun=("operation", "operations"), empty="nothing was done yet"))


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


def _digest(run: Session, since: str, fields: list[str], category: str | None) -> tuple[bool, int]:
    """Print the news since a moment; return whether there is any, and the last change that they tell of."""
    from pkgcat import digest

    with Store.read(run.settings.catalog, named=run.settings.named) as store:
        first, after, words = _from(run, store, since)
        mark = history.newest_change(store)
        found = history.since(store, first, after, fields or digest.TOLD, edits=bool(fields))
        named = list(_named(store, found, known(store, "categories", category)))
    told = digest.plain(named) if fields else digest.news(named)
    if run.format in (Format.TABLE, Format.MARKDOWN):
        from pkgcat.render.digest import letter

        if told or not run.quiet:  # cron mails whatever is printed
            letter(told, words, run.format, run.screen, run.spool)
    else:
        columns = texts("event", "slug", "field", "old", "new", "at", "operation", "doubt", numbers=("operation",))
        rows = [tuple(map(_text, item)) for item in told]
        objects = (json.dumps(item._asdict()) for item in told)
        run.print(View(columns, rows, objects=objects, noun=("piece of news", "pieces of news")))
    return bool(told), mark


def _from(run: Session, store: Store, since: str) -> tuple[int, int, str]:
    """Return the first operation to tell of, the last change told already, and how to call that."""
    if since == "last":
        after = history.digested(store, "last")
        return 0, after or 0, "the last digest" if after is not None else "the beginning"
    start = moment("--since", since, run.now)
    if start > run.now:
        raise Invalid(f"--since {since}: that is in the future")
    return history.operation_at(store, start), 0, f"{start:%Y-%m-%d %H:%M} UTC ({age(start, run.now)})"


def _named(store: Store, found: list[Step], category: str | None) -> Iterator[tuple[str, Step]]:
    """Yield changes, of one category where it is named, with their package's slug and values as records have them."""
    slugs = packages.slugs_ever(store, {step.key for step in found}, category)
    for step in found:
        if step.key in slugs:
            kind = FIELDS[step.field].kind if step.field in FIELDS else "int"
            plain = step.field not in ("gone", "pypi_vulnerabilities")
            old, new = (history.named(store, step.field, value) for value in (step.old, step.new))
            if plain and step.field != "removed":
                old, new = native(kind, old), native(kind, new)
            yield slugs[step.key], step._replace(old=old, new=new, at=f"{step.at[:19]}Z")


def _row(run: Session, step: Step) -> tuple[Any, ...]:
    """Return a change as a row: values as JSON has them where a program asked, else as text."""
    at = _when(run, step.at)
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


def _when(run: Session, at: str) -> str:
    """Return a time for eyes on a terminal, and whole elsewhere."""
    if run.format is Format.TABLE and run.screen.terminal:
        found = datetime.fromisoformat(at)
        return f"{found:%Y-%m-%d %H:%M}"
    return f"{at[:19]}Z"


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


def _first(steps: Iterable[Step], limit: int | None) -> Iterator[Step]:
    from itertools import islice

    return islice(steps, limit)


def _objects(view: View) -> Iterator[str]:
    names = [column.name for column in view.columns]
    return (json.dumps(dict(zip(names, row, strict=True))) for row in view.rows)


def _text(value: object) -> Any:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value


def app(name: str) -> typer.Typer:
    """Return one of this module's commands as an app."""
    bodies: dict[str, tuple[Callable[..., None], type[Command]]] = {
        "history": (history_, WritingRecords),
        "changes": (changes, Printing),
        "undo": (undo, WritingRecords),
    }
    return program((name, *bodies[name]))
