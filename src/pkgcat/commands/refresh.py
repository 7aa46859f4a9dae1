"""refresh: ask the hosts again, and tell what came of it."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Annotated

import typer

from pkgcat.commands import complete
from pkgcat.commands.arguments import Category
from pkgcat.commands.given import before, duration, known
from pkgcat.commands.options import Asking, program
from pkgcat.commands.session import names, session
from pkgcat.errors import Busy, Denied, Invalid
from pkgcat.models import Query
from pkgcat.store import Operation, Store, facts, packages


def refresh(
    ctx: typer.Context,
    slugs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SLUG]...",
            help="Packages; - reads them from standard input.",
            autocompletion=complete.slugs,
        ),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every package.")] = False,
    stale: Annotated[str | None, typer.Option(metavar="DURATION", help="Those not refreshed for 24h, 7d...")] = None,
    category: Category = None,
    grid: Annotated[str | None, typer.Option(help="Those on this grid.", autocompletion=complete.grids)] = None,
    limit: Annotated[int | None, typer.Option(min=0, help="At most so many, the oldest first.")] = None,
    time_budget: Annotated[str | None, typer.Option(metavar="DURATION", help="Stop after 5m, 1h...")] = None,
    jobs: Annotated[int | None, typer.Option(min=1, max=16, help="Requests at once to each host.")] = None,
    plan: Annotated[
        bool, typer.Option("--plan", "--dry-run", help="Tell the requests that would be made, and make none.")
    ] = False,
    skip_if_running: Annotated[
        bool, typer.Option("--skip-if-running", help="Where another refresh runs, do nothing and succeed.")
    ] = False,
) -> None:
    """Ask the hosts again: stars, commits, people, versions.

    The oldest come first. What fails keeps every value it had. Exit code 3
    tells that some packages could not be refreshed.

    \b
    Examples:
      pkgcat refresh django-cities
      pkgcat refresh --all --quiet
      pkgcat refresh --stale 7d --limit 100 --plan
    """
    import asyncio  # with httpx a quarter of a second, that only this command needs

    from pkgcat.commands import network
    from pkgcat.commands.report import Report

    wanted = names(slugs or ())
    if not (wanted or every or stale is not None or category or grid):
        raise Invalid("what shall be refreshed? Name packages, or --all, --stale 24h, --category, --grid")
    budget = duration(time_budget).total_seconds() if time_budget is not None else None
    with session(ctx) as here, nullcontext(True) if plan else _alone(here.settings.catalog) as free:
        if not free and skip_if_running:
            here.say("another refresh of this catalog is running; nothing to do")
            return
        if not free:
            raise Busy("another refresh of this catalog is running; try later, or use --skip-if-running")
        with Store.write(here.settings.catalog, named=here.settings.named, create=False) as here.store:
            query = Query(
                here.now,
                category=known(here.store, "categories", category),
                grid=known(here.store, "grids", grid),
                fetched_before=before(here.now, stale) if stale is not None else None,
                limit=limit,
            )
            keys = [packages.find(here.store, name) for name in wanted] or facts.due_keys(here.store, query)
            if plan:
                network.foretell(here, keys, jobs)
                return
            operation = Operation(here.store, f"refresh {' '.join(wanted) or '--all'}", here.now)
            with Report(here, len(keys), network.token_hint(here.settings)) as report:
                asyncio.run(network.refresh(operation, keys, here.settings, report, jobs=jobs, budget=budget))


@contextmanager
def _alone(catalog: Path) -> Iterator[bool]:
    """Hold the lock beside the catalog, which the system frees even after kill -9; tell whether it was free."""
    from filelock import FileLock, Timeout

    lock = FileLock(catalog.with_name(f".{catalog.name}.refresh.lock"), mode=0o600)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        yield False
        return
    except OSError as error:
        raise Denied(f"{catalog.parent}: no lock can be made there ({error.strerror})") from error
    try:
        yield True
    finally:
        lock.release()


def app(name: str) -> typer.Typer:
    """Return `refresh` as an app."""
    return program((name, refresh, Asking))
