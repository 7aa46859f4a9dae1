"""filter …: conditions saved under a name."""

from typing import Annotated

import typer

from pkgcat.results.table import Table, text_columns
from pkgcat.services.filters import remove_filter, save_filter
from pkgcat.shell import completion
from pkgcat.shell.options import Tabular, Writing, program
from pkgcat.shell.session import reading, writing
from pkgcat.store.filters import find_filter, list_filters

FilterName = Annotated[
    str, typer.Argument(metavar="NAME", autocompletion=completion.complete_filter_names)
]

_HELP = """Conditions saved under a name: save, list, show, remove.

\b
Examples:
  pkgcat filter save popular "repo_watchers >= 100 and not repo_archived = yes"
  pkgcat list @popular
"""

_COLUMNS = ("name", "expression")


def filter_save(
    ctx: typer.Context,
    name: FilterName,
    expression: Annotated[
        str,
        typer.Argument(
            metavar="EXPR",
            help="Conditions, in one word; 'pkgcat help conditions' explains them.",
            autocompletion=completion.complete_conditions,
        ),
    ],
) -> None:
    """Save conditions under a name, in place of those that have it.

    --where @NAME takes them in every command, and 'pkgcat list @NAME', too.

    \b
    Examples:
      pkgcat filter save popular "repo_watchers >= 100 and not repo_archived = yes"
      pkgcat filter save maps "@popular and (tags has geo or title ~ map)"
      pkgcat list @maps
    """
    with writing(ctx, f"filter save {name} {expression!r}", kind="filter", create=True) as run:
        done = save_filter(run.operation, name, expression)
        if done == "kept":
            run.say(f"filter {name} says that already; nothing to change")
        elif run.dry_run:
            run.say(f"filter {name} would be {done}")
        else:
            run.say(f"{done} filter {name}; 'pkgcat list @{name}' uses it")


def filter_list(ctx: typer.Context) -> None:
    """List the saved filters.

    \b
    Example:
      pkgcat filter list --json
    """
    with reading(ctx) as run:
        rows = [(one.name, one.expression) for one in list_filters(run.store)]
        noun = ("filter", "filters")
        run.print_table(Table(text_columns(*_COLUMNS), rows, noun=noun, empty="no filters"))


def filter_show(ctx: typer.Context, name: FilterName) -> None:
    """Show what a filter says.

    \b
    Example:
      pkgcat filter show popular
    """
    with reading(ctx) as run:
        found = find_filter(run.store, name)
        if run.prints_records:
            row = (found.name, found.expression)
            run.print_table(Table(text_columns(*_COLUMNS), [row], single=True))
        else:
            run.write(f"{found.expression}\n")


def filter_remove(ctx: typer.Context, name: FilterName) -> None:
    """Remove a filter that no other one uses.

    \b
    Example:
      pkgcat filter remove popular
    """
    with writing(ctx, f"filter remove {name}", kind="filter") as run:
        remove_filter(run.operation, name)
        if run.dry_run:
            run.say(f"would remove filter {name}")
        else:
            run.say(f"removed filter {name}; 'pkgcat undo' brings it back")


class _Listing(Tabular):
    columns = _COLUMNS


def app(_name: str) -> typer.Typer:
    """Return `filter` and its commands as an app."""
    return program(
        ("save", filter_save, Writing),
        ("list", filter_list, _Listing),
        ("show", filter_show, _Listing),
        ("remove", filter_remove, Writing),
        text=_HELP,
    )
