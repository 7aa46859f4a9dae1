"""grid …: comparisons of packages."""

from collections.abc import Iterable
from typing import Annotated

import typer

from pkgcat.commands import grid_cell, grid_feature
from pkgcat.errors import Invalid
from pkgcat.model.wording import format_count
from pkgcat.services.grid_comparison import FEATURES, GridFilters, check_grid_row, compare_grid
from pkgcat.services.grids import (
    GRID_COLUMNS,
    add_grid,
    copy_grid,
    edit_grid_fields,
    move_package,
    open_grid,
    put_packages,
    remove_grid,
    tabulate_grids,
    take_packages,
)
from pkgcat.shell import completion
from pkgcat.shell.arguments import At, GridSlug, Slugs, SomeSlugs, Unlock, choose_target
from pkgcat.shell.comparing import Comparing
from pkgcat.shell.condition_options import ConditionCommand, Sort, Supports, Where
from pkgcat.shell.edit_filters import EditFilters, make_filter_query
from pkgcat.shell.edit_report import report_change
from pkgcat.shell.options import Tabular, Writing, program
from pkgcat.shell.records import go_back
from pkgcat.shell.session import Session, read_names, reading, writing
from pkgcat.store import packages

Title = Annotated[str | None, typer.Option(help="Its name, at most 100 characters.")]
Description = Annotated[str | None, typer.Option(help="What it compares.")]
Member = Annotated[str, typer.Argument(metavar="SLUG", autocompletion=completion.complete_members)]
Before = Annotated[
    str | None, typer.Option(metavar="SLUG", autocompletion=completion.complete_members)
]


class _Listing(Tabular):
    columns = GRID_COLUMNS


def grid_list(ctx: typer.Context) -> None:
    """List the grids, and how many packages and features each has.

    \b
    Example:
      pkgcat grid list --json
    """
    with reading(ctx) as run:
        run.print_table(tabulate_grids(run.store))


class _Showing(ConditionCommand, Comparing):
    """`grid show`, whose fields are rows of a comparison."""

    more_fields = {**Comparing.more_fields, FEATURES: "what the grid says of them"}  # noqa: RUF012

    def check_printed_field(self, name: str) -> None:
        """See Command."""
        check_grid_row(name)


def grid_show(
    ctx: typer.Context,
    grid: GridSlug,
    where: Where = None,
    supports: Supports = None,
    sort: Sort = None,
    stable: Annotated[
        bool,
        typer.Option("--stable", help="Only packages whose classifiers say that they are stable."),
    ] = False,
    at: At = None,
) -> None:
    """Show a grid: its packages side by side, what is known of them, and its features.

    Packages stand in the grid's order. What a cell says has its ticks or its
    cross; ? is an open question. --fields names the rows: fields,
    development_status, python_versions, django_versions, and features for
    those of the grid.

    \b
    Examples:
      pkgcat grid show maps
      pkgcat grid show maps --stable --sort -repo_watchers
      pkgcat grid show maps --fields repo_watchers,pypi_version,features
      pkgcat grid show maps --json | jq '.[] | select(.name | startswith("feature:"))'
    """
    with reading(ctx) as run:
        if at is not None:
            go_back(run, at)
        filters = GridFilters(
            stable=stable,
            where=where or (),
            supports=supports or (),
            sort=sort,
            rows=run.fields,
        )
        run.print(compare_grid(run.store, grid, run.now, filters))


def grid_add(
    ctx: typer.Context,
    slug: Annotated[str, typer.Argument(metavar="GRID")],
    title: Title = None,
    description: Description = None,
) -> None:
    """Add a grid.

    \b
    Example:
      pkgcat grid add maps --title Maps --description "Maps in the admin and on pages"
    """
    with writing(ctx, f"grid add {slug}", kind="grid", create=True) as run:
        add_grid(run.operation, slug, title, description or "")
        run.say_done(f"add grid {slug}", f"added grid {slug}")


def grid_edit(
    ctx: typer.Context,
    grid: GridSlug,
    title: Title = None,
    description: Description = None,
    new_slug: Annotated[str | None, typer.Option("--slug", help="Its new slug.")] = None,
    locked: Annotated[
        bool | None,
        typer.Option(
            "--locked/--not-locked",
            help="Locked: commands change it only with --unlock; imports and undo go on.",
        ),
    ] = None,
    draft: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Store a draft that an edit in your editor has kept."),
    ] = None,
    unlock: Unlock = False,
) -> None:
    """Edit a grid, by options or in your editor.

    Without options it opens your editor ($VISUAL, $EDITOR) on the whole grid:
    its packages in their order, its features and what its cells say.

    \b
    Examples:
      pkgcat grid edit maps
      pkgcat grid edit maps --description "Maps of all kinds"
      pkgcat grid edit maps --locked
    """
    given = {
        "slug": new_slug,
        "title": title,
        "description": description,
        "is_locked": locked,
    }
    values = {name: value for name, value in given.items() if value is not None}
    if not values:
        from pkgcat.shell.grid_editor import edit_grid_in_editor, store_grid_draft

        if draft is None:
            edit_grid_in_editor(ctx, grid, unlock=unlock)
        else:
            store_grid_draft(ctx, grid, draft, unlock=unlock)
        return
    if draft is not None:
        raise Invalid("--draft and options that set fields exclude each other")
    with writing(ctx, f"grid edit {grid}", kind="grid") as run:
        key = open_grid(run.store, grid, unlock=unlock or locked is False)
        changes = edit_grid_fields(run.operation, key, values)
        report_change(run, grid, ", ".join(change.field for change in changes))


def grid_remove(ctx: typer.Context, grid: GridSlug, unlock: Unlock = False) -> None:
    """Remove a grid that no package is on.

    \b
    Examples:
      pkgcat grid remove maps
      pkgcat list --grid maps --fields slug | pkgcat grid take maps -
    """
    with writing(ctx, f"grid remove {grid}", kind="grid") as run:
        remove_grid(run.operation, open_grid(run.store, grid, unlock=unlock))
        run.say_done(f"remove {grid}", f"removed {grid}; 'pkgcat undo' brings it back")


def grid_copy(
    ctx: typer.Context,
    grid: GridSlug,
    slug: Annotated[str, typer.Argument(metavar="NEW", help="The slug of the copy.")],
    title: Title = None,
) -> None:
    """Copy a grid with its packages, features and cells.

    \b
    Example:
      pkgcat grid copy maps maps-2027 --title "Maps, looked at again"
    """
    with writing(ctx, f"grid copy {grid} {slug}", kind="grid") as run:
        copy_grid(run.operation, open_grid(run.store, grid, unlock=True), slug, title)
        run.say_done(
            f"copy {grid} to {slug}",
            f"copied {grid} to {slug}; 'pkgcat undo' takes it back",
        )


class _Putting(ConditionCommand, Writing):
    """`grid put`, which takes conditions."""


def grid_put(
    ctx: typer.Context,
    grid: GridSlug,
    slugs: SomeSlugs = None,
    where: Where = None,
    supports: Supports = None,
    unlock: Unlock = False,
) -> None:
    """Put packages on a grid: those that are named, or those of which conditions hold.

    They stand in the order of their titles or, once packages of the grid were
    moved, behind those.

    \b
    Examples:
      pkgcat grid put maps django-leaflet django-map-widgets
      pkgcat grid put maps --where "tags has geo and repo_archived = no"
    """
    filters = EditFilters(tuple(where or ()), tuple(supports or ()))
    if bool(slugs) == filters.is_given:
        raise Invalid(
            "which packages? Name them, or find them with --where or --supports, not both"
        )
    wanted = read_names(slugs or ())
    words = filters.words or " ".join(wanted)
    with writing(ctx, f"grid put {grid} {words}", kind="grid") as run:
        key = open_grid(run.store, grid, unlock=unlock)
        if filters.is_given:
            found = packages.keys(run.store, make_filter_query(run.store, filters, run.now))
        else:
            found = [packages.find(run.store, name) for name in wanted]
        put = put_packages(run.operation, key, found)
        if put.unchanged:
            run.say(f"on {grid} already: {', '.join(put.unchanged)}")
        _say_packages(run, put.changed, "put", "put", f"on {grid}")


def grid_take(ctx: typer.Context, grid: GridSlug, slugs: Slugs, unlock: Unlock = False) -> None:
    """Take packages off a grid.

    What the grid says of them is there again when they are put back.

    \b
    Example:
      pkgcat grid take maps django-leaflet
    """
    wanted = read_names(slugs)
    with writing(ctx, f"grid take {grid} {' '.join(wanted)}", kind="grid") as run:
        key = open_grid(run.store, grid, unlock=unlock)
        taken = take_packages(run.operation, key, wanted)
        _say_packages(run, taken.changed, "take", "took", f"off {grid}")


def grid_move(
    ctx: typer.Context,
    grid: GridSlug,
    slug: Member,
    before: Before = None,
    after: Before = None,
    unlock: Unlock = False,
) -> None:
    """Move a package to another place on a grid.

    From then on every package of the grid keeps its place; no import moves it.

    \b
    Example:
      pkgcat grid move maps django-leaflet --before django-map-widgets
    """
    target = choose_target(before, after)
    with writing(ctx, f"grid move {grid} {slug}", kind="grid") as run:
        key = open_grid(run.store, grid, unlock=unlock)
        is_other = move_package(run.operation, key, slug, target, after=after is not None)
        side = "behind" if after is not None else "before"
        if is_other:
            run.say_done(
                f"move {slug} {side} {target}",
                f"moved {slug} {side} {target}; 'pkgcat undo' takes it back",
            )
        else:
            run.say(f"{slug} is {side} {target} already")


def _say_packages(run: Session, slugs: Iterable[str], would: str, done: str, where: str) -> None:
    """Tell which packages came or left; of many, only how many."""
    named = list(slugs)
    if not named:
        run.say("nothing to change")
        return
    text = ", ".join(named)
    if len(named) > _MAX_NAMED:
        text = format_count(len(named), "package")
    run.say_done(f"{would} {text} {where}", f"{done} {text} {where}; 'pkgcat undo' takes it back")


_MAX_NAMED = 8

_HELP = """Comparisons of packages: what is on them, and what they say.

\b
Examples:
  pkgcat grid add maps --title Maps
  pkgcat grid put maps django-leaflet django-map-widgets
  pkgcat grid feature add maps Offline
  pkgcat grid cell maps django-leaflet Offline "yes, since 0.20"
  pkgcat grid show maps
"""


def app(_name: str) -> typer.Typer:
    """Return `grid` and its commands as an app."""
    made = program(
        ("list", grid_list, _Listing),
        ("show", grid_show, _Showing),
        ("add", grid_add, Writing),
        ("edit", grid_edit, Writing),
        ("remove", grid_remove, Writing),
        ("copy", grid_copy, Writing),
        ("put", grid_put, _Putting),
        ("take", grid_take, Writing),
        ("move", grid_move, Writing),
        ("cell", grid_cell.grid_cell, grid_cell.CellCommand),
        text=_HELP,
    )
    made.add_typer(grid_feature.app(), name="feature")
    return made
