"""changes: what is new in the whole catalog."""

import json
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from pkgcat.commands.arguments import Category
from pkgcat.commands.given import known, moment
from pkgcat.commands.options import Printing, complete_fields, program
from pkgcat.commands.session import Session, session
from pkgcat.errors import Invalid
from pkgcat.models import FIELDS, check_field
from pkgcat.render import Format, View
from pkgcat.render.values import age
from pkgcat.render.views import texts
from pkgcat.store import Store, history, packages
from pkgcat.store.cells import native
from pkgcat.store.history import Step


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
            yield slugs[step.key], step._replace(old=old, new=new, at=native("datetime", step.at))


def _text(value: object) -> Any:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value


def app(name: str) -> typer.Typer:
    """Return `changes` as an app."""
    return program((name, changes, Printing))
