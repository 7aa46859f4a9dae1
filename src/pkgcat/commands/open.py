"""open: a package in the browser."""

from typing import Annotated

import typer

from pkgcat.errors import Invalid
from pkgcat.model.query import Query
from pkgcat.services.web_addresses import Place, find_web_address
from pkgcat.shell import completion
from pkgcat.shell.options import Command, program
from pkgcat.shell.session import session
from pkgcat.store import packages


def open_(
    ctx: typer.Context,
    slug: Annotated[
        str,
        typer.Argument(
            metavar="SLUG", help="The package.", autocompletion=completion.complete_slugs
        ),
    ],
    repo: Annotated[bool, typer.Option("--repo", help="Its repository.")] = False,
    pypi: Annotated[bool, typer.Option("--pypi", help="Its page on PyPI.")] = False,
    docs: Annotated[bool, typer.Option("--docs", help="Its documentation.")] = False,
) -> None:
    """Open a package in the browser: its repository, or what is known.

    BROWSER names the browser; else it is your desktop's. Without a display,
    and into a pipe, the address is printed. Only http and https are opened.

    \b
    Examples:
      pkgcat open django-cities
      pkgcat open django-cities --docs
      xdg-open "$(pkgcat open django-cities --pypi)"
    """
    place = _choose_place(repo=repo, pypi=pypi, docs=docs)
    with session(ctx) as run:
        with run.read_catalog() as store:
            key = packages.find(store, slug)
            package = next(packages.read(store, Query(run.now, key=key)))
            address = find_web_address(package, place, store.host_kinds)
        from pkgcat.shell.browser import open_address  # with what a child takes

        if open_address(address):
            run.say(f"opened {address}")
        else:
            run.write(f"{address}\n")


def _choose_place(*, repo: bool, pypi: bool, docs: bool) -> Place | None:
    chosen: list[Place] = []
    if repo:
        chosen.append("repository")
    if pypi:
        chosen.append("PyPI")
    if docs:
        chosen.append("documentation")
    if len(chosen) > 1:
        raise Invalid("--repo, --pypi and --docs exclude each other")
    return chosen[0] if chosen else None


def app(name: str) -> typer.Typer:
    """Return `open` as an app."""
    return program((name, open_, Command))
