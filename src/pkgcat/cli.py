"""Which commands exist; the one place where an expected error becomes an exit code."""

import signal
import sys
from types import FrameType
from typing import Annotated, NoReturn

import typer

from pkgcat import __version__
from pkgcat.commands import edit, grids, history, packages, transfer, upkeep
from pkgcat.commands.options import Group
from pkgcat.errors import PkgcatError

INTRODUCTION = """pkgcat keeps a catalog of packages in one file, in your own terminal.

  pkgcat add django-cities      put a package into it
  pkgcat show django-cities     see all that is known of it

'pkgcat --help' lists the commands, 'pkgcat COMMAND --help' explains one.
"""

app = typer.Typer(
    cls=Group,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="'pkgcat help exit-codes' lists the exit codes. PKGCAT_DB names the catalog, as --db does.",
)
category = typer.Typer(
    rich_markup_mode=None, help="The kinds of packages: list, add, edit, remove.", no_args_is_help=True
)

for name, body, kind in (
    *packages.COMMANDS,
    *edit.COMMANDS,
    *history.COMMANDS,
    *transfer.COMMANDS,
    *upkeep.COMMANDS,
):
    app.command(name, cls=kind)(body)
for name, body, kind in grids.CATEGORY_COMMANDS:
    category.command(name, cls=kind)(body)
app.add_typer(category, name="category")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"pkgcat {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _root(
    ctx: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Django Packages for your own shortlist, in your own terminal.

    \b
    Examples:
      pkgcat import package-1326.json
      pkgcat show django-cities
      pkgcat list --sort -repo_watchers --limit 20
    """
    if ctx.invoked_subcommand is None:
        typer.echo(INTRODUCTION, nl=False)


def main() -> NoReturn:
    """Run the program: `pkgcat` on the command line."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _ended)
    try:
        app()
    except PkgcatError as error:
        sys.stderr.write(f"pkgcat: {error}\n")
        sys.exit(error.exit_code)
    sys.exit(0)


def _ended(number: int, _frame: FrameType | None) -> NoReturn:
    """Let `finally` blocks clean up, then end as the shell expects of this signal."""
    sys.exit(128 + number)
