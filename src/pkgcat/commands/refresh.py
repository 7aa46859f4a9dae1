"""refresh: ask the hosts again, and tell what came of it."""

from contextlib import nullcontext
from typing import Annotated

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
    filters = {
        "--stale": stale,
        "--category": category,
        "--grid": grid,
        "--where": where,
        "--supports": supports,
        "--state": state,
    }
    if slugs:
        subject = "packages that are named"
        refuse_together(subject, {"--all": every, **filters, "--limit": limit})
    if every:
        refuse_together("--all", filters)
    wanted = read_names(slugs or ())
    if not (slugs or every or stale is not None or any(filters.values())):
        raise Invalid(
            "what shall be refreshed? Name packages, or --all, --stale 24h, --category, --grid, "
            "--where, --supports, --state"
        )
    budget = None
    if time_budget is not None:
        budget = parse_duration(time_budget).total_seconds()
    with session(ctx) as run:
        lock = nullcontext(True) if plan else hold_refresh_lock(run.settings.catalog)
        with lock as is_free:
            if not is_free:
                _report_running(run, skip=skip_if_running)
                return
            with run.write_catalog() as run.store:
                query = Query(
                    run.now,
                    category=validate_group(run.store, "categories", category),
                    grid=validate_group(run.store, "grids", grid),
                    where=read_conditions(run.store, where or (), run.now, supports or ()),
                    fetched_before=None if stale is None else subtract_duration(run.now, stale),
                    limit=limit,
                    states=read_states(state),
                )
                keys = _find_keys(run.store, wanted if slugs else None, query)
                if plan:
                    _print_plan(run, keys, jobs)
                else:
                    run.note_credentials(wanted)
                    command = f"refresh {' '.join(wanted) or '--all'}"
                    _refresh(run, command, keys, jobs=jobs, budget=budget)


def _report_running(run: Session, *, skip: bool) -> None:
    """Tell that another refresh is running; raise Busy unless that is a reason to skip."""
    if not skip:
        raise Busy(
            "another refresh of this catalog is running; try later, or use --skip-if-running"
        )
    run.say("another refresh of this catalog is running; nothing to do")


def _find_keys(store: Store, wanted: list[str] | None, query: Query) -> list[int]:
    """Return the keys of the packages that are named, each once; for None, those of the query."""
    if wanted is not None:
        keys = [packages.find(store, name) for name in wanted]
        return list(dict.fromkeys(keys))
    return list(refresh_store.due_keys(store, query))


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
