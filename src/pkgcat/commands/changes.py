"""changes: what is new in the whole catalog."""

from collections.abc import Iterable
from typing import Annotated

import typer

from pkgcat.errors import Invalid
from pkgcat.model.fields import check_field
from pkgcat.model.parsing import parse_moment
from pkgcat.model.wording import format_age
from pkgcat.results.digest import Digest, DigestEvent
from pkgcat.shell.arguments import Category
from pkgcat.shell.condition_options import ConditionCommand, Supports, Where
from pkgcat.shell.options import Tabular, complete_fields, program
from pkgcat.shell.output_formats import FORMATS, TABLE
from pkgcat.shell.session import Session, session
from pkgcat.store import Store
from pkgcat.store.log import news

_LAST = "last"
"""What `--since` takes to go on where the last digest ended."""


def changes(
    ctx: typer.Context,
    since: Annotated[
        str,
        typer.Option(
            metavar="DATE",
            help="7d, 2026-02-15, or last: since you last asked for last with these filters.",
        ),
    ] = "7d",
    field: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FIELD",
            help="Any change of this field; may be repeated.",
            autocompletion=complete_fields,
        ),
    ] = None,
    category: Category = None,
    where: Where = None,
    supports: Supports = None,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit with 1 where there is news, for scripts.")
    ] = False,
) -> None:
    """Tell what is new in the whole catalog.

    A digest to read or to mail: releases, vulnerabilities, what was
    archived, moved, gone or back, in another state, inactive or to be
    reviewed by now, stars up and down, packages added and removed. --field
    tells any change of a field instead. --where and --supports tell the news
    of packages that are there and of which they hold today.

    \b
    Examples:
      pkgcat changes --since 7d
      pkgcat changes --since last --quiet --format markdown
      pkgcat changes --since 30d --field repo_license --json
      pkgcat changes --where "tags has used and repo_watchers > 100"
    """
    fields = tuple(check_field(name).name for name in field or ())
    with session(ctx) as run:
        with run.read_catalog() as store:
            newest_change = news.newest_change(store)
            category = _find_category(store, category)
            name = _name_digest(fields, category, [*(where or ()), *(supports or ())])
            digest = _read_digest(run, store, since, name, fields, category)
            if where or supports:
                digest = _choose_packages(run, store, digest, where or (), supports or ())
        _print_digest(run, digest)
    if since == _LAST:  # only once it is printed: what could not be printed is told again
        with run.write_catalog() as store:
            news.remember_digest(store, name, newest_change, run.now)
    if digest.events and exit_code:
        raise typer.Exit(1)


def _find_category(store: Store, given: str | None) -> str | None:
    if given is None:
        return None
    from pkgcat.services.user_values import validate_group  # most digests are of all categories

    return validate_group(store, "categories", given)


def _name_digest(fields: tuple[str, ...], category: str | None, conditions: list[str]) -> str:
    from pkgcat.services import digest as digests

    return digests.name_digest(
        category=category and category.lower(), fields=sorted(fields), conditions=sorted(conditions)
    )


def _read_digest(
    run: Session, store: Store, since: str, name: str, fields: tuple[str, ...], category: str | None
) -> Digest:
    from pkgcat.services import digest as digests  # beside the option's parsing, all that is heavy

    if since == _LAST:
        end = digests.find_last_end(store, name)
        start = end or digests.find_beginning(store)
        words = "the last digest" if end else "the beginning"
    else:
        moment = parse_moment("--since", since, run.now)
        if moment > run.now:
            raise Invalid(f"--since {since} is in the future")
        start = digests.find_start(store, moment)
        words = f"{moment:%Y-%m-%d %H:%M} UTC ({format_age(moment, run.now)})"
    if fields:
        events = digests.read_field_changes(store, start, fields, category)
    else:
        events = digests.read_events(store, start, category, run.now)
    return Digest(events, words)


def _choose_packages(
    run: Session, store: Store, digest: Digest, where: Iterable[str], supports: Iterable[str]
) -> Digest:
    """Return the news of the packages of which these conditions hold."""
    from pkgcat.services.conditions import find_slugs, read_conditions  # most digests tell of all

    conditions = read_conditions(store, where, run.now, supports)
    return digest.choose_packages(find_slugs(store, conditions, run.now))


def _print_digest(run: Session, digest: Digest) -> None:
    from pkgcat.formats import digest as digest_format

    is_text = run.format is TABLE or run.format is FORMATS["markdown"]
    if is_text and run.quiet and not digest.events:  # cron mails whatever is printed
        return
    if run.fields or not is_text:
        run.print_table(digest.table())
        return
    if run.format is TABLE:
        digest_format.render_digest(digest, run.screen, run.buffer)
    else:
        digest_format.render_markdown_digest(digest, run.buffer)


class _Changes(ConditionCommand, Tabular):
    columns = DigestEvent._fields


def app(name: str) -> typer.Typer:
    """Return `changes` as an app."""
    return program((name, changes, _Changes))
