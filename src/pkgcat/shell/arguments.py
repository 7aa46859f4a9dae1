"""Arguments and options that name or describe packages, shared by several commands."""

from typing import Annotated, Any

import typer

from pkgcat.errors import Invalid
from pkgcat.model.states import STATES
from pkgcat.shell import completion

_SLUGS: Any = typer.Argument(
    metavar="SLUG...",
    help="Slug, id, PyPI name, repository, owner/repo or page of Django Packages; "
    "- reads them from standard input.",
    autocompletion=completion.complete_slugs,
)
Slugs = Annotated[list[str], _SLUGS]
SomeSlugs = Annotated[list[str] | None, _SLUGS]
Category = Annotated[
    str | None,
    typer.Option(
        metavar="SLUG", help="Slug of a category.", autocompletion=completion.complete_categories
    ),
]
OnGrid = Annotated[
    str | None,
    typer.Option(metavar="SLUG", help="On this grid.", autocompletion=completion.complete_grids),
]
Tags = Annotated[
    list[str] | None,
    typer.Option(
        metavar="TAG",
        help="With this tag; repeated, with all of them.",
        autocompletion=completion.complete_tags,
    ),
]
At = Annotated[
    str | None,
    typer.Option(
        metavar="DATE",
        help="As it was then: 2026-02-15 (00:00 UTC), 2026-02-15T18:00Z, or 30d ago.",
    ),
]
Limit = Annotated[int | None, typer.Option(min=0, help="At most so many.")]
State = Annotated[
    str | None,
    typer.Option(
        metavar="STATE",
        help=f"In this state, or in one of several: A,B. There are {', '.join(STATES)}.",
        autocompletion=completion.complete_states,
    ),
]
GridSlug = Annotated[str, typer.Argument(metavar="GRID", autocompletion=completion.complete_grids)]
Feature = Annotated[
    str,
    typer.Argument(
        metavar="FEATURE", help="Its title.", autocompletion=completion.complete_features
    ),
]
Unlock = Annotated[bool, typer.Option("--unlock", help="Do it although the grid is locked.")]


def choose_target(before: str | None, after: str | None) -> str:
    """Return what `--before` or `--after` names; raise Invalid unless one of them is given."""
    if before is not None and after is None:
        return before
    if after is not None and before is None:
        return after
    raise Invalid("say where to: with --before or with --after")
