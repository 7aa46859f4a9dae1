"""Arguments and options that name or describe packages, shared by several commands."""

from typing import Annotated, Any

import typer

from pkgcat.commands import complete

_SLUGS: Any = typer.Argument(
    metavar="SLUG...",
    help="Slug, id, PyPI name or repository address; - reads them from standard input.",
    autocompletion=complete.slugs,
)
Slugs = Annotated[list[str], _SLUGS]
SomeSlugs = Annotated[list[str] | None, _SLUGS]
Title = Annotated[str | None, typer.Option(help="Name for people, at most 100 characters.")]
Slug = Annotated[str | None, typer.Option(help="Its name in the catalog.")]
Category = Annotated[str | None, typer.Option(help="Slug of a category.", autocompletion=complete.categories)]
Tags = Annotated[list[str] | None, typer.Option("--tag", help="A label of your own; may be repeated.")]
Notes = Annotated[str | None, typer.Option(help="Your own words about it.")]
RepoUrl = Annotated[str | None, typer.Option(metavar="URL", help="Address of the repository.")]
PypiUrl = Annotated[str | None, typer.Option(metavar="URL", help="Address or name on PyPI.")]
DocumentationUrl = Annotated[str | None, typer.Option(metavar="URL", help="Address of the documentation.")]
At = Annotated[
    str | None,
    typer.Option(metavar="DATE", help="As it was then: 2026-02-15 (00:00 UTC), 2026-02-15T18:00Z, or 30d ago."),
]
