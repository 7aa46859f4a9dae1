"""show: all that is known of packages."""

from typing import Annotated

import typer

from pkgcat.errors import Invalid
from pkgcat.model.fields import check_field
from pkgcat.shell.arguments import At, Slugs
from pkgcat.shell.options import (
    Printing,
    complete_fields,
    program,
    refuse_together,
    shared_options,
)
from pkgcat.shell.records import go_back, print_packages
from pkgcat.shell.session import read_names, reading
from pkgcat.store import packages


def show(
    ctx: typer.Context,
    slugs: Slugs,
    at: At = None,
    why: Annotated[
        str | None,
        typer.Option(
            metavar="FIELD",
            help="Tell where a value comes from, since when, and what it was before.",
            autocompletion=complete_fields,
        ),
    ] = None,
) -> None:
    """Show all that is known of packages.

    \b
    Examples:
      pkgcat show django-cities
      pkgcat show django-cities --json | jq .repo_watchers
      pkgcat show https://github.com/coderholic/django-cities --format apiv4
      pkgcat show django-cities --why repo_watchers
    """
    field = check_field(why) if why is not None else None
    if field and at:
        raise Invalid("--why tells of today, and --at of another day; ask for one of them")
    if field:
        refuse_together("--why", {"--fields": shared_options(ctx).get("fields")})
    with reading(ctx) as run:
        wanted = read_names(slugs)
        if at is not None:
            go_back(run, at, wanted)
        keys = [packages.find(run.store, name) for name in wanted]
        if field is None:
            print_packages(run, keys, many=len(keys) > 1 or "-" in slugs)
            return
        from pkgcat.shell.explanation import print_explanations  # few ask why

        print_explanations(run, keys, field)


def app(name: str) -> typer.Typer:
    """Return `show` as an app."""
    return program((name, show, Printing))
