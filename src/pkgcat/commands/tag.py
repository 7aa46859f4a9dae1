"""tag …: your own labels, in all packages."""

from typing import Annotated

import typer

from pkgcat.model.wording import format_count
from pkgcat.results.table import Table, text_columns
from pkgcat.services.edit import tabulate_changes
from pkgcat.services.tags import rename_tag
from pkgcat.shell import completion
from pkgcat.shell.options import Tabular, Writing, program
from pkgcat.shell.session import reading, writing
from pkgcat.store.tags import count_tags

_HELP = """Your own labels: list, rename.

\b
Examples:
  pkgcat tag list
  pkgcat tag rename gis geo
"""


def tag_list(ctx: typer.Context) -> None:
    """List the tags and how many packages have each.

    \b
    Example:
      pkgcat tag list --json
    """
    with reading(ctx) as run:
        columns = text_columns(*_Listing.columns, numbers=("packages",))
        rows = count_tags(run.store)
        run.print_table(Table(columns, rows, noun=("tag", "tags"), empty="no tags"))


def tag_rename(
    ctx: typer.Context,
    old: Annotated[str, typer.Argument(metavar="OLD", autocompletion=completion.complete_tags)],
    new: Annotated[str, typer.Argument(metavar="NEW", autocompletion=completion.complete_tags)],
) -> None:
    """Rename a tag in all packages; where NEW is there already, the two become one.

    \b
    Example:
      pkgcat tag rename gis geo
    """
    with writing(ctx, f"tag rename {old} {new}", kind="edit") as run:
        edited = rename_tag(run.operation, old, new)
        changed = [one for one in edited if one.changes]
        if not changed:
            run.say("nothing to change")
        elif run.dry_run:
            run.print(tabulate_changes(run.store, changed))
        else:
            count = format_count(len(changed), "package")
            run.say(f"tag {old} is now {new} in {count}; 'pkgcat undo' takes it back")


class _Listing(Tabular):
    columns = ("tag", "packages")


def app(_name: str) -> typer.Typer:
    """Return `tag` and its commands as an app."""
    return program(
        ("list", tag_list, _Listing),
        ("rename", tag_rename, Writing),
        text=_HELP,
    )
