"""What the shell offers for slugs and categories. A catalog that cannot be read offers nothing."""

from collections.abc import Callable
from pathlib import Path

import typer

from pkgcat import config
from pkgcat.errors import PkgcatError
from pkgcat.models import EDITABLE, FIELDS, Category, Grid
from pkgcat.store import Store, groups, packages

Offers = list[tuple[str, str]]


def slugs(ctx: typer.Context, _args: list[str], incomplete: str) -> Offers:
    """Offer the slugs of the catalog."""
    return _asked(ctx, lambda store: packages.slugs(store, incomplete))


def categories(ctx: typer.Context, _args: list[str], incomplete: str) -> Offers:
    """Offer the categories."""
    return _asked(ctx, lambda store: _beginning(incomplete, groups.categories(store)))


def grids(ctx: typer.Context, _args: list[str], incomplete: str) -> Offers:
    """Offer the grids."""
    return _asked(ctx, lambda store: _beginning(incomplete, groups.grids(store)))


def _beginning(incomplete: str, found: list[Category] | list[Grid]) -> Offers:
    return [(group.slug, group.title) for group in found if group.slug.startswith(incomplete)]


def _asked(ctx: typer.Context, question: Callable[[Store], Offers]) -> Offers:
    named = ctx.ensure_object(dict).get("db")
    try:
        settings = config.Settings(Path(named) if named else None)
        with Store.read(settings.catalog, named=settings.named) as store:
            return question(store)
    except PkgcatError:
        return []


def editable(_ctx: typer.Context, _args: list[str], incomplete: str) -> Offers:
    """Offer the fields that can be edited."""
    return [(name, FIELDS[name].doc) for name in FIELDS if name in EDITABLE and name.startswith(incomplete)]
