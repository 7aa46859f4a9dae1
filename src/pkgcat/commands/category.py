"""category …: the kinds of packages."""

from typing import Annotated

import typer

from pkgcat.errors import Invalid
from pkgcat.model.wording import format_count
from pkgcat.services.categories import (
    CATEGORY_COLUMNS,
    add_category,
    edit_category,
    merge_categories,
    remove_category,
    tabulate_categories,
)
from pkgcat.shell import completion
from pkgcat.shell.options import Tabular, Writing, program
from pkgcat.shell.session import reading, writing

CategorySlug = Annotated[
    str, typer.Argument(metavar="SLUG", autocompletion=completion.complete_categories)
]
Title = Annotated[
    str | None, typer.Option(help="Name of one package of the kind, at most 50 characters.")
]
Plural = Annotated[str | None, typer.Option(help="Name of several.")]
Description = Annotated[str | None, typer.Option(help="What belongs there.")]


def category_list(ctx: typer.Context) -> None:
    """List the categories and how many packages each has.

    \b
    Example:
      pkgcat category list --json
    """
    with reading(ctx) as run:
        run.print_table(tabulate_categories(run.store))


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
        add_category(
            run.operation,
            slug,
            title=title,
            title_plural=title_plural,
            description=description,
        )
        run.say_done(f"add category {slug}", f"added category {slug}")


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
        changes = edit_category(run.operation, slug, values)
        names = ", ".join(change.field for change in changes)
        if not changes:
            run.say(f"{slug}: nothing to change")
        elif run.dry_run:
            run.say(f"{slug}: {names} would change")
        else:
            run.say(f"{slug}: {names} changed")


def category_remove(ctx: typer.Context, slug: CategorySlug) -> None:
    """Remove a category that no package is in.

    \b
    Example:
      pkgcat category remove themes
    """
    with writing(ctx, f"category remove {slug}", kind="category") as run:
        remove_category(run.operation, slug)
        run.say_done(f"remove {slug}", f"removed {slug}; 'pkgcat undo' brings it back")


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
        run.say_done(
            f"move {count} from {source} to {target} and remove {source}",
            f"moved {count} from {source} to {target}; 'pkgcat undo' takes it back",
        )


class _Listing(Tabular):
    columns = CATEGORY_COLUMNS


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
