"""compare: packages side by side."""

import typer

from pkgcat.errors import Invalid
from pkgcat.services.compare import compare_packages, read_packages
from pkgcat.services.list_query import ListFilters, make_list_query
from pkgcat.shell.arguments import At, Category, Limit, OnGrid, SomeSlugs, Tags
from pkgcat.shell.comparing import Comparing
from pkgcat.shell.condition_options import ConditionCommand, Sort, Supports, Where
from pkgcat.shell.options import program, refuse_together
from pkgcat.shell.records import go_back
from pkgcat.shell.session import Session, read_names, reading
from pkgcat.store import packages


def compare(
    ctx: typer.Context,
    slugs: SomeSlugs = None,
    category: Category = None,
    grid: OnGrid = None,
    tag: Tags = None,
    where: Where = None,
    supports: Supports = None,
    sort: Sort = None,
    limit: Limit = None,
    at: At = None,
) -> None:
    """Compare packages side by side.

    Rows on which they differ come first, with the best value marked where one
    is better than another: the most stars, the newest release. What is the
    same is told in a line. --fields names the rows instead, in their order:
    fields, and development_status, python_versions and django_versions, which
    come from classifiers.

    Packages stand in columns while they fit, then a line for each, then a
    block for each.

    \b
    Examples:
      pkgcat compare django-cities django-countries
      pkgcat compare --category apps --sort -repo_watchers --limit 5
      pkgcat compare django-cities django-countries --fields notes,tags,state
      pkgcat compare --tag geo --json | jq '.[] | {name, best}'
    """
    chosen = {
        "--category": category,
        "--grid": grid,
        "--tag": tag,
        "--where": where,
        "--supports": supports,
    }
    if slugs:
        refuse_together("packages that are named", {**chosen, "--sort": sort, "--limit": limit})
    elif not any(value for value in chosen.values()):
        raise Invalid(
            "what shall be compared? Name packages, or "
            "--category, --grid, --tag, --where, --supports"
        )
    wanted = read_names(slugs or ())
    with reading(ctx) as run:
        if at is not None:
            go_back(run, at, wanted if slugs else None)
        if slugs:
            keys = [packages.find(run.store, name) for name in wanted]
        else:
            filters = ListFilters(
                category=category,
                grid=grid,
                tags=tag or (),
                where=where or (),
                supports=supports or (),
                sort=sort,
                limit=limit,
            )
            keys = packages.keys(run.store, make_list_query(run.store, filters, run.now))
        _print_comparison(run, keys)


def _print_comparison(run: Session, keys: list[int]) -> None:
    compared = read_packages(run.store, keys, run.now)
    comparison = compare_packages(
        compared,
        rows=run.fields or None,
        fold_equal=not run.fields,
        empty="no package matches",
    )
    run.print(comparison)


class _Compare(ConditionCommand, Comparing):
    pass


def app(name: str) -> typer.Typer:
    """Return `compare` as an app."""
    return program((name, compare, _Compare))
