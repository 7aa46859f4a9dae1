"""grid cell: what a grid says of a package."""

from typing import Annotated

import typer

from pkgcat.services.grids import open_grid, set_cell
from pkgcat.shell import completion
from pkgcat.shell.arguments import Feature, GridSlug, Unlock
from pkgcat.shell.files import open_text
from pkgcat.shell.options import refuse_together
from pkgcat.shell.session import writing
from pkgcat.shell.trailing_text import TrailingText


class CellCommand(TrailingText):
    """`grid cell`, whose text may begin with `-`."""

    words_before = 3


def grid_cell(
    ctx: typer.Context,
    grid: GridSlug,
    slug: Annotated[
        str, typer.Argument(metavar="SLUG", autocompletion=completion.complete_members)
    ],
    feature: Feature,
    text: Annotated[
        str | None,
        typer.Argument(metavar="TEXT", help="What the grid says, at most 1,000 characters."),
    ] = None,
    unset: Annotated[
        bool, typer.Option("--unset", help="Say nothing: it is an open question again.")
    ] = False,
    from_file: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Take the text of a file; - is standard input."),
    ] = None,
    unlock: Unlock = False,
) -> None:
    """Write what a grid says of a package.

    A text that begins with yes, good, check or + is a tick; one that begins
    with no, bad, negative, evil, sucks or - is a cross; ++ or +2 are two
    ticks, +++ or +3 three. Without TEXT your editor opens. TEXT is taken as it stands, even if it begins with -;
    after -- also one that is spelt like an option.

    \b
    Examples:
      pkgcat grid cell maps django-leaflet Offline "yes, since 0.20"
      pkgcat grid cell maps django-map-widgets Offline --
      pkgcat grid cell maps django-map-widgets Offline --unset
    """
    if text is not None or unset:
        refuse_together("--from-file", {"TEXT": text, "--unset": unset} if from_file else {})
        refuse_together("TEXT", {"--unset": unset} if text is not None else {})
    if from_file is not None:
        text = _read_text(from_file)
    elif text is None and not unset:
        from pkgcat.shell.grid_editor import edit_cell_in_editor

        edit_cell_in_editor(ctx, grid, slug, feature, unlock=unlock)
        return
    command = f"grid cell {grid} {slug} {feature}"
    with writing(ctx, command, kind="grid") as run:
        key = open_grid(run.store, grid, unlock=unlock)
        is_other = set_cell(run.operation, key, slug, feature, text)
        name = f"{slug}, {feature}"
        if is_other:
            run.say_done(f"change {name}", f"{name}: changed; 'pkgcat undo' takes it back")
        else:
            run.say(f"{name}: nothing to change")


def _read_text(file: str) -> str:
    """Return the text of a file without the line break at its end."""
    with open_text(file) as opened:
        return opened.read(_MOST_READ).removesuffix("\n").removesuffix("\r")


_MOST_READ = 100_000
"""Characters of a file; what is longer than a cell is refused all the same."""
