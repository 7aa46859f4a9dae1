"""grid feature …: what a grid compares its packages by."""

from typing import Annotated

import typer

from pkgcat.errors import Invalid
from pkgcat.services.grids import (
    FEATURE_COLUMNS,
    add_feature,
    move_feature,
    open_grid,
    tabulate_features,
)
from pkgcat.shell import completion
from pkgcat.shell.arguments import Feature, GridSlug, Unlock, choose_target
from pkgcat.shell.edit_report import report_change
from pkgcat.shell.options import Tabular, Writing, program
from pkgcat.shell.session import reading, writing
from pkgcat.store import grid_features

Description = Annotated[str | None, typer.Option(help="What it means, at most 1,000 characters.")]
OtherFeature = Annotated[
    str | None, typer.Option(metavar="FEATURE", autocompletion=completion.complete_features)
]


class _Listing(Tabular):
    columns = FEATURE_COLUMNS


def feature_list(ctx: typer.Context, grid: GridSlug) -> None:
    """List the features of a grid, and of how many packages it tells them.

    \b
    Example:
      pkgcat grid feature list maps
    """
    with reading(ctx) as run:
        run.print_table(tabulate_features(run.store, grid))


def feature_add(
    ctx: typer.Context,
    grid: GridSlug,
    title: Annotated[
        str, typer.Argument(metavar="TITLE", help="Its name, at most 100 characters.")
    ],
    description: Description = None,
    before: OtherFeature = None,
    after: OtherFeature = None,
    unlock: Unlock = False,
) -> None:
    """Add a feature to a grid, behind the others or where you say.

    \b
    Example:
      pkgcat grid feature add maps "Works offline" --description "Without any tile server"
    """
    target = None
    if before is not None or after is not None:
        target = choose_target(before, after)
    with writing(ctx, f"grid feature add {grid} {title}", kind="grid") as run:
        key = open_grid(run.store, grid, unlock=unlock)
        add_feature(
            run.operation, key, title, description or "", target=target, after=after is not None
        )
        run.say_done(
            f"add {title} to {grid}", f"added {title} to {grid}; 'pkgcat undo' takes it back"
        )


def feature_edit(
    ctx: typer.Context,
    grid: GridSlug,
    feature: Feature,
    title: Annotated[str | None, typer.Option(help="Its new name.")] = None,
    description: Description = None,
    unlock: Unlock = False,
) -> None:
    """Edit a feature; its cells stay.

    \b
    Example:
      pkgcat grid feature edit maps "Works offline" --title Offline
    """
    if title is None and description is None:
        raise Invalid("nothing to change: give --title or --description")
    with writing(ctx, f"grid feature edit {grid} {feature}", kind="grid") as run:
        key = grid_features.find(run.store, open_grid(run.store, grid, unlock=unlock), feature)
        changes = grid_features.edit(run.operation, key, title=title, description=description)
        report_change(run, feature, ", ".join(change.field for change in changes))


def feature_remove(
    ctx: typer.Context, grid: GridSlug, feature: Feature, unlock: Unlock = False
) -> None:
    """Remove a feature from a grid, with what its cells say.

    \b
    Example:
      pkgcat grid feature remove maps Offline
    """
    with writing(ctx, f"grid feature remove {grid} {feature}", kind="grid") as run:
        key = grid_features.find(run.store, open_grid(run.store, grid, unlock=unlock), feature)
        grid_features.remove(run.operation, key)
        run.say_done(
            f"remove {feature} from {grid}",
            f"removed {feature} from {grid}; 'pkgcat undo' brings it back",
        )


def feature_move(
    ctx: typer.Context,
    grid: GridSlug,
    feature: Feature,
    before: OtherFeature = None,
    after: OtherFeature = None,
    unlock: Unlock = False,
) -> None:
    """Move a feature to another place on its grid.

    \b
    Example:
      pkgcat grid feature move maps Offline --before "Admin widgets"
    """
    target = choose_target(before, after)
    side = "behind" if after is not None else "before"
    with writing(ctx, f"grid feature move {grid} {feature}", kind="grid") as run:
        key = open_grid(run.store, grid, unlock=unlock)
        if move_feature(run.operation, key, feature, target, after=after is not None):
            run.say_done(
                f"move {feature} {side} {target}",
                f"moved {feature} {side} {target}; 'pkgcat undo' takes it back",
            )
        else:
            run.say(f"{feature} is {side} {target} already")


def app() -> typer.Typer:
    """Return the commands of features as an app."""
    return program(
        ("list", feature_list, _Listing),
        ("add", feature_add, Writing),
        ("edit", feature_edit, Writing),
        ("remove", feature_remove, Writing),
        ("move", feature_move, Writing),
        text="What a grid compares its packages by: list, add, edit, remove, move.",
    )
