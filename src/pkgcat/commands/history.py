"""history: what became of a package; and the whole log made smaller."""

from datetime import datetime
from typing import Annotated

import typer

from pkgcat.errors import Invalid
from pkgcat.model.fields import FIELDS, Field, check_field
from pkgcat.model.parsing import parse_moment
from pkgcat.model.text import clean
from pkgcat.model.types import INTEGER, INTEGER_LIST, TEXT_LIST
from pkgcat.results.chart import Chart
from pkgcat.results.table import Row, Table, TypedValue, text_columns
from pkgcat.services.edit import DEPENDENT_FIELDS
from pkgcat.services.operations import describe_operations
from pkgcat.shell import completion
from pkgcat.shell.options import (
    WritingTabular,
    complete_fields,
    program,
    refuse_together,
    refuse_without,
    shared_options,
)
from pkgcat.shell.output_formats import TABLE
from pkgcat.shell.session import Session, reading, session
from pkgcat.shell.times import format_time
from pkgcat.store import packages
from pkgcat.store.log import history
from pkgcat.store.log.history import Step

_COLUMNS = text_columns("at", "operation", "command", "field", "old", "new", numbers=("operation",))

_IMPORTANCE = (("at",), ("field",), ("old", "new"), ("operation",))
"""What a narrow terminal keeps first."""

_PICTURES = ("html", "svg")
"""The formats that draw a chart of their own."""


def history_(
    ctx: typer.Context,
    slug: Annotated[
        str | None,
        typer.Argument(
            metavar="SLUG", help="The package.", autocompletion=completion.complete_slugs
        ),
    ] = None,
    field: Annotated[
        str | None,
        typer.Argument(metavar="[FIELD]", help="Only this field.", autocompletion=complete_fields),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=0, help="At most so many, the newest.")] = None,
    chart: Annotated[bool, typer.Option("--chart", help="Draw a number over time.")] = False,
    prune: Annotated[
        bool,
        typer.Option(
            "--prune", help="Of numbers that refreshes stored keep the last of each month."
        ),
    ] = False,
    before: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="With --prune: only what is older, such as 1y."),
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
    shared = shared_options(ctx)
    if prune or before is not None:
        told = {"--chart": chart, "--limit": limit}
        told |= {f"--{name}": shared.get(name) for name in ("json", "format", "fields")}
        refuse_together("--prune", told)
        _prune(ctx, before if prune and not slug else None)
        return
    refuse_without("--prune", {"--dry-run": shared.get("dry_run")})
    if chart:
        refuse_together("--chart", {"--limit": limit, "--fields": shared.get("fields")})
    if slug is None:
        raise Invalid("whose history? Name a package; 'pkgcat changes --since 7d' tells of all")
    chosen = check_field(field) if field is not None else None
    with reading(ctx) as run:
        key = packages.find_ever(run.store, slug)
        if chart:
            _draw_chart(run, key, chosen)
        else:
            _list_changes(run, slug, key, chosen, limit)


def _list_changes(
    run: Session, slug: str, key: int, field: Field | None, limit: int | None
) -> None:
    if field is None:
        wanted = ["removed", *(name for name in FIELDS if name not in DEPENDENT_FIELDS)]
        subject = slug
    else:
        wanted = [field.name]
        subject = f"{field.name} of {slug}"
    steps = list(history.steps(run.store, key, wanted))
    shown = steps[:limit]
    if run.format is TABLE:
        shown = _shorten_commands(run, shown)
    rows = [_make_row(run, step) for step in shown]
    empty = f"nothing of {subject} has changed since it was added"
    table = Table(
        _COLUMNS,
        rows,
        drop_to_fit=True,
        noun=("change", "changes"),
        importance=_IMPORTANCE,
        optional=("command",),
        empty=empty,
        count_all=lambda: len(steps),
    )
    run.print_table(table)


def _shorten_commands(run: Session, steps: list[Step]) -> list[Step]:
    """Say of an operation on many things how many, instead of all their names."""
    commands = {step.operation: history.Command(step.command, step.kind) for step in steps}
    described = describe_operations(run.store, commands)
    return [step._replace(command=described[step.operation]) for step in steps]


def _make_row(run: Session, step: Step) -> Row:
    """Return a change as a row; on a terminal only what differs between two lists."""
    at = format_time(run, step.at)
    if step.field == "removed":
        return (at, step.operation, step.command, "package", None, _describe_presence(step))
    type_ = FIELDS[step.field].type
    old = TypedValue(type_, history.resolve_references(run.store, step.field, step.old))
    new = TypedValue(type_, history.resolve_references(run.store, step.field, step.new))
    if not run.is_for_eyes:
        return (at, step.operation, step.command, step.field, old, new)
    if type_ is TEXT_LIST:
        texts = _describe_difference(_read_items(old), _read_items(new))
    elif type_ is INTEGER_LIST:
        texts = (_describe_total(old), _describe_total(new))
    else:
        texts = (type_.to_text(old.stored), type_.to_text(new.stored))
    return (at, step.operation, step.command, step.field, *texts)


def _describe_presence(step: Step) -> str:
    if step.new:
        return "removed"
    if step.old is None:
        return "added"
    return "brought back"


def _read_items(value: TypedValue) -> list[object]:
    if value.stored is None:
        return []
    return value.type.sql_to_json(value.stored)  # type: ignore[no-any-return]  # a list


def _describe_difference(old: list[object], new: list[object]) -> tuple[str, str]:
    """Say which items left a list and which came."""
    removed = [item for item in old if item not in new]
    added = [item for item in new if item not in old]
    if not removed and not added:
        return "", "in another order"
    return (
        clean(", ".join(f"-{item}" for item in removed)),
        clean(", ".join(f"+{item}" for item in added)),
    )


def _describe_total(value: TypedValue) -> str:
    total = sum(int(str(item)) for item in _read_items(value))
    return f"{total:,} in all"


def _draw_chart(run: Session, key: int, field: Field | None) -> None:
    """Draw a number from what it was before its first change until today."""
    is_picture = run.format.name in _PICTURES
    can_draw = is_picture or run.format is TABLE
    if field is None or field.type is not INTEGER or not can_draw:
        raise Invalid(
            f"--chart draws one number, as text, HTML or SVG: name one of {_list_numbers()}"
        )
    slug = packages.slug(run.store, key)
    points = _read_points(run, key, field.name)
    title = f"{field.name} of {clean(slug)}"
    unchanged = f"{clean(slug)}: {field.name} has not changed since it was added"
    if is_picture:
        run.print(Chart(title, points, empty=unchanged))
        return
    if not points:
        run.write(f"{unchanged}\n")
        return
    from pkgcat.terminal.chart import draw_chart

    run.write(f"{title}\n\n")
    draw_chart(points, run.screen, run.buffer)


def _list_numbers() -> str:
    """Name the numbers that sources tell."""
    numbers = []
    for field in FIELDS.values():
        if field.type is INTEGER and field.writer == "upstream":
            numbers.append(field.name)
    return ", ".join(numbers)


def _read_points(run: Session, key: int, name: str) -> list[tuple[datetime, int]]:
    """Return what a number was and when, the oldest first, until now; nothing if it never
    changed.
    """
    steps = list(history.steps(run.store, key, [name]))
    points = []
    if steps and steps[-1].old is not None:
        creation = history.creation(run.store, key)
        points.append((datetime.fromisoformat(creation.at), int(steps[-1].old)))
    for step in reversed(steps):
        if step.new is not None:
            points.append((datetime.fromisoformat(step.at), int(step.new)))
    if points:
        points.append((run.now, points[-1][1]))
    return points


def _prune(ctx: typer.Context, before: str | None) -> None:
    if before is None:
        raise Invalid(
            "--prune --before DATE go together and are about the whole catalog: name no package"
        )
    from pkgcat.store.log import prune

    with session(ctx) as run:
        with run.write_catalog() as store:
            moment = parse_moment("--before", before, run.now)
            pruned = prune.prune(store, moment, dry_run=run.dry_run)
        removed = pruned.before - pruned.after
        verb = "would prune" if run.dry_run else "pruned"
        text = f"{verb} {removed:,} of {pruned.before:,} changes"
        if removed and not run.dry_run and not pruned.shrunk:
            text += "; the file keeps its size, since there is no room to write it anew"
        run.say(text)


class _History(WritingTabular):
    columns = tuple(column.name for column in _COLUMNS)


def app(name: str) -> typer.Typer:
    """Return `history` as an app."""
    return program((name, history_, _History))
