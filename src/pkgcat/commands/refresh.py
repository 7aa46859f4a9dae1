"""refresh: ask the hosts again, and tell what came of it."""

from contextlib import AbstractContextManager, nullcontext
from typing import Annotated, NamedTuple

import typer

from pkgcat.errors import Busy, Invalid
from pkgcat.model.origin import UNKNOWN
from pkgcat.model.parsing import parse_duration, subtract_duration
from pkgcat.model.query import Query
from pkgcat.services.conditions import read_conditions
from pkgcat.services.state_filters import read_states
from pkgcat.services.user_values import validate_group
from pkgcat.shell import completion
from pkgcat.shell.arguments import Category, OnGrid, State
from pkgcat.shell.clock import read_clock
from pkgcat.shell.condition_options import ConditionCommand, Supports, Where
from pkgcat.shell.options import Asking, program, refuse_together
from pkgcat.shell.refresh_lock import hold_refresh_lock
from pkgcat.shell.session import Session, read_names, session
from pkgcat.store import Store, packages, refresh_store
from pkgcat.store.operation import Operation


class _Filters(NamedTuple):
    """What the options say of packages that are not named."""

    stale: str | None
    category: str | None
    grid: str | None
    where: list[str]
    supports: list[str]
    state: str | None

    def by_option(self) -> dict[str, object]:
        """Return the values by the names of their options."""
        return {
            "--stale": self.stale,
            "--category": self.category,
            "--grid": self.grid,
            "--where": self.where,
            "--supports": self.supports,
            "--state": self.state,
        }


def refresh(
    ctx: typer.Context,
    slugs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SLUG]...",
            help="Packages; - reads them from standard input.",
            autocompletion=completion.complete_slugs,
        ),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every package.")] = False,
    stale: Annotated[
        str | None, typer.Option(metavar="DURATION", help="Those not refreshed for 24h, 7d...")
    ] = None,
    category: Category = None,
    grid: OnGrid = None,
    where: Where = None,
    supports: Supports = None,
    state: State = None,
    limit: Annotated[
        int | None, typer.Option(min=0, help="At most so many, the oldest first.")
    ] = None,
    time_budget: Annotated[
        str | None, typer.Option(metavar="DURATION", help="Stop after 5m, 1h...")
    ] = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, max=16, help="Requests at once to each host.")
    ] = None,
    plan: Annotated[
        bool,
        typer.Option(
            "--plan", "--dry-run", help="Tell the requests that would be made, and make none."
        ),
    ] = False,
    skip_if_running: Annotated[
        bool,
        typer.Option(
            "--skip-if-running", help="Where another refresh runs, do nothing and succeed."
        ),
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
      pkgcat refresh --where "tags has used and not repo_archived = yes"
    """
    filters = _Filters(stale, category, grid, where or [], supports or [], state)
    _check_choice(slugs or [], filters, every=every, limit=limit)
    wanted = read_names(slugs or ())
    budget = None
    if time_budget is not None:
        budget = parse_duration(time_budget).total_seconds()
    with session(ctx) as run, _lock_catalog(run, plan=plan) as is_free:
        if not is_free:
            _report_running(run, skip=skip_if_running)
            return
        with run.write_catalog() as run.store:
            if slugs:
                keys = _find_named(run.store, wanted)
            else:
                query = _make_query(run, filters, limit)
                keys = list(refresh_store.due_keys(run.store, query))
            if plan:
                _print_plan(run, keys, jobs)
            else:
                run.note_credentials(wanted)
                command = f"refresh {' '.join(wanted) or '--all'}"
                _refresh(run, command, keys, jobs=jobs, budget=budget)


def _check_choice(slugs: list[str], filters: _Filters, *, every: bool, limit: int | None) -> None:
    """Raise Invalid where nothing says what to refresh, or options contradict each other."""
    options = filters.by_option()
    if slugs:
        subject = "packages that are named"
        refuse_together(subject, {"--all": every, **options, "--limit": limit})
    elif every:
        refuse_together("--all", options)
    elif filters.stale is None and not any(options.values()):
        raise Invalid(
            "what shall be refreshed? Name packages, or --all, --stale 24h, --category, --grid, "
            "--where, --supports, --state"
        )


def _lock_catalog(run: Session, *, plan: bool) -> AbstractContextManager[bool]:
    """Return what holds the lock of refreshes, and tells whether it was free; a plan needs none."""
    if plan:
        return nullcontext(True)
    return hold_refresh_lock(run.settings.catalog)


def _make_query(run: Session, filters: _Filters, limit: int | None) -> Query:
    """Return the query of the packages that filters find; raise Invalid or NotFound."""
    fetched_before = None
    if filters.stale is not None:
        fetched_before = subtract_duration(run.now, filters.stale)
    return Query(
        run.now,
        category=validate_group(run.store, "categories", filters.category),
        grid=validate_group(run.store, "grids", filters.grid),
        where=read_conditions(run.store, filters.where, run.now, filters.supports),
        fetched_before=fetched_before,
        limit=limit,
        states=read_states(filters.state),
    )


def _report_running(run: Session, *, skip: bool) -> None:
    """Tell that another refresh is running; raise Busy unless that is a reason to skip."""
    if not skip:
        raise Busy(
            "another refresh of this catalog is running; try later, or use --skip-if-running"
        )
    run.say("another refresh of this catalog is running; nothing to do")


def _find_named(store: Store, names: list[str]) -> list[int]:
    """Return the keys of the packages that are named, each once; raise NotFound."""
    keys = [packages.find(store, name) for name in names]
    return list(dict.fromkeys(keys))


def _print_plan(run: Session, keys: list[int], jobs: int | None) -> None:
    from pkgcat.services.refresh_plan import estimate_refresh  # with httpx
    from pkgcat.shell.refresh_report import print_estimates

    estimates = estimate_refresh(run.store, keys, run.settings, run.now, jobs=jobs)
    print_estimates(run, estimates, len(keys))


def _refresh(
    run: Session, command: str, keys: list[int], *, jobs: int | None, budget: float | None
) -> None:
    from pkgcat.services.refresh import refresh_packages  # with asyncio and httpx
    from pkgcat.shell import event_loop
    from pkgcat.shell.refresh_report import RefreshReport

    operation = Operation(run.store, command, run.now, "refresh", UNKNOWN)
    with RefreshReport(run, len(keys)) as report:
        work = refresh_packages(
            operation, keys, run.settings, read_clock, report.add, jobs=jobs, budget=budget
        )
        report.end = event_loop.run(work)


class _Refreshing(ConditionCommand, Asking):
    pass


def app(name: str) -> typer.Typer:
    """Return `refresh` as an app."""
    return program((name, refresh, _Refreshing))
