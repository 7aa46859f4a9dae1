"""Which commands exist; the one place where an expected error becomes an exit code."""

import sys
from importlib import import_module
from typing import Annotated, Any, NamedTuple, NoReturn

import typer

from pkgcat import __version__, config, signals
from pkgcat.errors import PkgcatError
from pkgcat.shell import completion, streams
from pkgcat.shell.options import Group


class Subcommand(NamedTuple):
    """The module of `pkgcat.commands` that a command lives in, and what `--help` says of it: the
    first sentence of its own help.
    """

    module: str
    summary: str


COMMANDS = {
    "add": Subcommand("add", "Add packages: a name on PyPI or a repository is enough."),
    "show": Subcommand("show", "Show all that is known of packages."),
    "edit": Subcommand("edit", "Edit packages, by options or in your editor."),
    "remove": Subcommand("remove", "Remove packages; 'pkgcat undo' brings them back."),
    "refresh": Subcommand("refresh", "Ask the hosts again: stars, commits, people, versions."),
    "list": Subcommand("list", "List packages."),
    "search": Subcommand(
        "search",
        "Search the text of all packages, best matches first unless --sort says otherwise.",
    ),
    "compare": Subcommand("compare", "Compare packages side by side."),
    "open": Subcommand("open", "Open a package in the browser: its repository, or what is known."),
    "filter": Subcommand("filter", "Conditions saved under a name: save, list, show, remove."),
    "decide": Subcommand("decide", "Decide about packages: adopt, trial, assess, hold or reject."),
    "review": Subcommand("review", "Go through packages one by one and decide about each."),
    "category": Subcommand("category", "The kinds of packages: list, add, edit, remove, merge."),
    "tag": Subcommand("tag", "Your own labels: list, rename."),
    "grid": Subcommand("grid", "Comparisons of packages: what is on them, and what they say."),
    "import": Subcommand("import_", "Import packages from a file, or from Django Packages."),
    "export": Subcommand(
        "export", "Export the whole catalog to a file, in the form that its ending names."
    ),
    "serve": Subcommand("serve", "Serve the catalog over HTTP, for reading."),
    "history": Subcommand("history", "Show what became of a package, the newest change first."),
    "changes": Subcommand("changes", "Tell what is new in the whole catalog."),
    "undo": Subcommand("undo", "Take back one whole command."),
    "stats": Subcommand("stats", "Count what the catalog holds."),
    "path": Subcommand("path", "Print where the catalog is."),
    "schema": Subcommand("schema", "Print the JSON Schema of a record."),
    "completion": Subcommand(
        "completion",
        "Print the script that makes a shell complete commands, options, slugs and fields.",
    ),
    "help": Subcommand("help", "Explain a command, the conditions of --where, or the exit codes."),
}  # end of the commands
"""The commands in the order of `--help`."""

INTRODUCTION = """pkgcat keeps a catalog of packages in one file, in your own terminal.

  pkgcat add django-cities      put a package into it
  pkgcat show django-cities     see all that is known of it

'pkgcat --help' lists the commands, 'pkgcat COMMAND --help' explains one.
"""


class Program(Group):
    """The program: it makes only the command that is asked for, since making all takes a
    tenth of a start.
    """

    def list_commands(self, ctx: Any) -> list[str]:
        """Name all commands, in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, name: str) -> Any:
        """Make one command; for an unknown name all of them, so that the nearest can be
        suggested.
        """
        for wanted in [name] if name in COMMANDS else COMMANDS:
            if wanted not in self.commands:
                module = import_module(f"pkgcat.commands.{COMMANDS[wanted].module}")
                self.commands[wanted] = typer.main.get_command(module.app(wanted))
        return self.commands.get(name)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """List the commands without making them, which would take as long as three starts."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.summary) for name, command in COMMANDS.items()])

    def _main_shell_completion(
        self, ctx_args: Any, prog_name: str, complete_var: str | None = None
    ) -> None:
        """Answer a shell that asks for completions, through our own classes for each shell."""
        if not config.is_completing():
            return
        from pkgcat.shell.shell_completion import register_shells

        register_shells()
        super()._main_shell_completion(ctx_args, prog_name, complete_var)


app = typer.Typer(
    cls=Program,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,  # typer's options ask which process started pkgcat, not which shell is meant
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="'pkgcat help exit-codes' lists the exit codes. PKGCAT_DB names the catalog, as --db does.",
)


def _version(wanted: bool) -> None:
    if wanted:
        streams.print_text(f"pkgcat {__version__}\n")
        raise typer.Exit


def _show_completion(shell: str | None) -> None:
    if shell is not None:
        from pkgcat.shell.shell_completion import make_script

        streams.print_text(make_script(shell))
        raise typer.Exit


def _install_completion(shell: str | None) -> None:
    if shell is not None:
        from pkgcat.shell.shell_completion import install_script

        path = install_script(shell)
        streams.print_text(f"{shell} completes pkgcat in new terminals; see {path}\n")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _root(
    ctx: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    install_completion: Annotated[
        str | None,
        typer.Option(
            metavar="SHELL",
            callback=_install_completion,
            is_eager=True,
            help="Install completion for bash, zsh or fish.",
            autocompletion=completion.complete_shells,
        ),
    ] = None,
    show_completion: Annotated[
        str | None,
        typer.Option(
            metavar="SHELL",
            callback=_show_completion,
            is_eager=True,
            help="Print that completion, as 'pkgcat completion' does.",
            autocompletion=completion.complete_shells,
        ),
    ] = None,
) -> None:
    """Django Packages for your own shortlist, in your own terminal.

    \b
    Examples:
      pkgcat import package-1326.json
      pkgcat show django-cities
      pkgcat list --sort -repo_watchers --limit 20
    """
    if ctx.invoked_subcommand is None:
        streams.print_text(INTRODUCTION)


def run() -> None:
    """Run the command that the words of the command line ask for."""
    streams.configure()
    try:
        app()
    except PkgcatError as error:
        streams.write_message(f"pkgcat: {error}")
        sys.exit(error.exit_code)


def main() -> NoReturn:
    """Run the program in a process that has imported it already."""
    signals.run_program(run)
