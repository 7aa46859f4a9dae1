"""category …: the kinds of packages."""

from typing import Annotated

import typer

from pkgcat.commands import complete
from pkgcat.commands.options import Printing, Writing, program
from pkgcat.commands.session import reading, writing
from pkgcat.errors import Invalid
from pkgcat.models import Category
from pkgcat.render import View
from pkgcat.render.views import texts
from pkgcat.store import groups

Known = Annotated[str, typer.Argument(metavar="SLUG", autocompletion=complete.categories)]
Title = Annotated[str | None, typer.Option(help="Name of one package of the kind, at most 50 characters.")]
Plural = Annotated[str | None, typer.Option(help="Name of several.")]
Description = Annotated[str | None, typer.Option(help="What belongs there.")]


def category_list(ctx: typer.Context) -> None:
    """List the categories and how many packages each has.

    \b
    Example:
      pkgcat category list --json
    """
    with reading(ctx) as run:
        if run.fields:
            raise Invalid("--fields chooses fields of packages; categories have few")
        rows = [(*category, count) for category, count in groups.counted(run.store)]
        view = View(texts(*Category._fields, "packages", numbers=("packages",)), rows)
        run.print(view._replace(fit=True, noun=("category", "categories"), empty="no categories"))


def category_add(
    ctx: typer.Context,
    slug: Annotated[str, typer.Argument(metavar="SLUG")],
    title: Title = None,
    title_plural: Plural = None,
    description: Description = None,
) -> None:
    """Add a category.

    \b
    Example:
      pkgcat category add themes --title Theme --title-plural Themes
    """
    with writing(ctx, f"category add {slug}", create=True) as run:
        name = title or slug.replace("-", " ").capitalize()
        groups.add(run.operation, "categories", Category(slug, name, title_plural or f"{name}s", description or ""))
        run.say(f"{'would add' if run.dry_run else 'added'} category {slug}")


def category_edit(
    ctx: typer.Context,
    slug: Known,
    title: Title = None,
    title_plural: Plural = None,
    description: Description = None,
    new_slug: Annotated[str | None, typer.Option("--slug", help="Its new slug.")] = None,
) -> None:
    """Edit a category.

    \b
    Example:
      pkgcat category edit apps --description "Small pieces that are installed into a project"
    """
    given = {
        "slug": new_slug,
        "title": title,
        "title_plural": title_plural,
        "description": description,
    }
    values = {name: value for name, value in given.items() if value is not None}
    if not values:
        raise Invalid("nothing to change: give --title, --title-plural, --description or --slug")
    with writing(ctx, f"category edit {slug}") as run:
        changes = groups.edit(run.operation, "categories", groups.find(run.store, "categories", slug), values)
        told = f"{', '.join(change.field for change in changes)} {'would change' if run.dry_run else 'changed'}"
        run.say(f"{slug}: {told if changes else 'nothing to change'}")


def category_remove(ctx: typer.Context, slug: Known) -> None:
    """Remove a category that no package is in.

    \b
    Example:
      pkgcat category remove themes
    """
    with writing(ctx, f"category remove {slug}") as run:
        groups.remove(run.operation, "categories", groups.find(run.store, "categories", slug))
        run.say(f"would remove {slug}" if run.dry_run else f"removed {slug}; 'pkgcat undo' brings it back")


def app(_name: str) -> typer.Typer:
    """Return `category` and its commands as an app."""
    return program(
        ("list", category_list, Printing),
        ("add", category_add, Writing),
        ("edit", category_edit, Writing),
        ("remove", category_remove, Writing),
        text="The kinds of packages: list, add, edit, remove.",
    )
