"""category …: the kinds of packages."""

from typing import Annotated

import typer

from pkgcat.errors import Invalid
from pkgcat.model.category import Category
from pkgcat.model.wording import format_count
from pkgcat.results.table import Table, text_columns
from pkgcat.services.categories import merge_categories
from pkgcat.shell import completion
from pkgcat.shell.options import Tabular, Writing, program
from pkgcat.shell.session import reading, writing
from pkgcat.store import groups

CategorySlug = Annotated[
    str, typer.Argument(metavar="SLUG", autocompletion=completion.complete_categories)
]
Title = Annotated[
    str | None, typer.Option(help="Name of one package of the kind, at most 50 characters.")
]
Plural = Annotated[str | None, typer.Option(help="Name of several.")]
Description = Annotated[str | None, typer.Option(help="What belongs there.")]

_LISTED = Category._fields[:5]
"""What `category list` shows: all but what only a site has."""


def category_list(ctx: typer.Context) -> None:
    """List the categories and how many packages each has.

    \b
    Example:
      pkgcat category list --json
    """
    with reading(ctx) as run:
        rows = []
        for category, count in groups.counted(run.store):
            rows.append((*category[: len(_LISTED)], count))
        columns = text_columns(*_Listing.columns, numbers=("packages",))
        noun = ("category", "categories")
        run.print_table(Table(columns, rows, drop_to_fit=True, noun=noun, empty="no categories"))


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
    with writing(ctx, f"category add {slug}", kind="category", create=True) as run:
        name = title or slug.replace("-", " ").capitalize()
        groups.add(
            run.operation,
            "categories",
            Category(slug, name, title_plural or f"{name}s", description or ""),
        )
        run.say(f"{'would add' if run.dry_run else 'added'} category {slug}")


def category_edit(
    ctx: typer.Context,
    slug: CategorySlug,
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
    with writing(ctx, f"category edit {slug}", kind="category") as run:
        changes = groups.edit(
            run.operation, "categories", groups.find(run.store, "categories", slug), values
        )
        told = f"{', '.join(change.field for change in changes)} {'would change' if run.dry_run else 'changed'}"
        run.say(f"{slug}: {told if changes else 'nothing to change'}")


def category_remove(ctx: typer.Context, slug: CategorySlug) -> None:
    """Remove a category that no package is in.

    \b
    Example:
      pkgcat category remove themes
    """
    with writing(ctx, f"category remove {slug}", kind="category") as run:
        groups.remove(run.operation, "categories", groups.find(run.store, "categories", slug))
        run.say(
            f"would remove {slug}"
            if run.dry_run
            else f"removed {slug}; 'pkgcat undo' brings it back"
        )


def category_merge(
    ctx: typer.Context,
    source: Annotated[
        str, typer.Argument(metavar="FROM", autocompletion=completion.complete_categories)
    ],
    target: Annotated[
        str, typer.Argument(metavar="INTO", autocompletion=completion.complete_categories)
    ],
) -> None:
    """Move all packages of a category into another one, and remove it.

    \b
    Example:
      pkgcat category merge themes apps
    """
    with writing(ctx, f"category merge {source} {target}", kind="category") as run:
        moved = merge_categories(run.operation, source, target)
        count = format_count(len(moved), "package")
        if run.dry_run:
            run.say(f"would move {count} from {source} to {target} and remove {source}")
        else:
            run.say(f"moved {count} from {source} to {target}; 'pkgcat undo' takes it back")


class _Listing(Tabular):
    columns = (*_LISTED, "packages")


_HELP = """The kinds of packages: list, add, edit, remove, merge.

\b
Examples:
  pkgcat category list
  pkgcat category add frameworks --title Frameworks
  pkgcat category merge old-apps apps
"""


def app(_name: str) -> typer.Typer:
    """Return `category` and its commands as an app."""
    return program(
        ("list", category_list, _Listing),
        ("add", category_add, Writing),
        ("edit", category_edit, Writing),
        ("remove", category_remove, Writing),
        ("merge", category_merge, Writing),
        text=_HELP,
    )
