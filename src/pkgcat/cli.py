"""Which commands exist; the one place where an expected error becomes an exit code."""

import signal
import sys
from importlib import import_module
from io import TextIOWrapper
from types import FrameType
from typing import Annotated, Any, NoReturn

import typer

from pkgcat import __version__
from pkgcat.commands.options import Group
from pkgcat.errors import PkgcatError
from pkgcat.render.text import clean

COMMANDS = {
    "add": "add",
    "show": "show",
    "edit": "edit",
    "remove": "remove",
    "refresh": "refresh",
    "list": "list",
    "search": "list",
    "category": "grids",
    "import": "transfer",
    "export": "transfer",
    "history": "history",
    "changes": "changes",
    "undo": "undo",
    "stats": "upkeep",
    "path": "upkeep",
    "schema": "upkeep",
    "help": "upkeep",
}
"""Each command and the module of `pkgcat.commands` it lives in, in the order of `--help`."""

INTRODUCTION = """pkgcat keeps a catalog of packages in one file, in your own terminal.

  pkgcat add django-cities      put a package into it
  pkgcat show django-cities     see all that is known of it

'pkgcat --help' lists the commands, 'pkgcat COMMAND --help' explains one.
"""


class Program(Group):
    """The program: it makes only the command that is asked for, since making all takes a tenth of a start."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        """Name all commands, in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, name: str) -> Any:  # noqa: ARG002
        """Make one command; for an unknown name all of them, so that the nearest can be suggested."""
        for wanted in [name] if name in COMMANDS else COMMANDS:
            if wanted not in self.commands:
                module = import_module(f"pkgcat.commands.{COMMANDS[wanted]}")
                self.commands[wanted] = typer.main.get_command(module.app(wanted))
        return self.commands.get(name)


app = typer.Typer(
    cls=Program,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="'pkgcat help exit-codes' lists the exit codes. PKGCAT_DB names the catalog, as --db does.",
)


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
    _let_out_any_text()
    try:
        app()
    except PkgcatError as error:
        sys.stderr.write(f"pkgcat: {clean(str(error))}\n")
        sys.exit(error.exit_code)
    sys.exit(0)


def _let_out_any_text() -> None:
    """Write UTF-8 into pipes and files, whatever the locale; on a terminal escape what it cannot show."""
    out = sys.stdout
    if isinstance(out, TextIOWrapper):
        out.reconfigure(encoding=None if out.isatty() else "utf-8", errors="backslashreplace")


def _ended(number: int, _frame: FrameType | None) -> NoReturn:
    """Let `finally` blocks clean up, then end as the shell expects of this signal."""
    sys.exit(128 + number)
