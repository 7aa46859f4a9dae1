"""help: a command, conditions, or the exit codes, explained."""

from typing import Annotated, Any

import typer

from pkgcat.errors import EXIT_CODES, NotFound
from pkgcat.model.suggest import suggest
from pkgcat.results.table import Table, text_columns
from pkgcat.shell import completion
from pkgcat.shell.condition_help import CONDITIONS_HELP
from pkgcat.shell.options import Formatting, program, refuse_without, shared_options
from pkgcat.shell.session import session

_CONDITIONS_TOPIC = "conditions"
_EXIT_CODES_TOPIC = "exit-codes"


def help_(
    ctx: typer.Context,
    topic: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[COMMAND|conditions|exit-codes]",
            help="A command, conditions, or exit-codes.",
            autocompletion=completion.complete_topics,
        ),
    ] = None,
) -> None:
    """Explain a command, the conditions of --where, or the exit codes.

    \b
    Examples:
      pkgcat help list
      pkgcat help conditions
      pkgcat help exit-codes
    """
    with session(ctx) as run:
        if topic == [_EXIT_CODES_TOPIC]:
            columns = text_columns("code", "meaning", numbers=("code",))
            run.print(Table(columns, list(EXIT_CODES.items()), noun=("code", "codes")))
            return
        options = shared_options(ctx)
        told = {f"--{option}": options.get(option) for option in ("json", "format")}
        refuse_without(f"the topic {_EXIT_CODES_TOPIC}", told)
        if topic == [_CONDITIONS_TOPIC]:
            run.write(CONDITIONS_HELP)
            return
        assert ctx.parent is not None
        run.write(_format_help(ctx.parent, topic or []) + "\n")


def _format_help(ctx: Any, words: list[str]) -> str:
    """Return the help of the command that the words lead to; raise NotFound."""
    command: Any = ctx.command
    for word in words:
        names = []
        if hasattr(command, "list_commands"):
            names = command.list_commands(ctx)
        if word not in names:
            hint = suggest(word, [*names, _CONDITIONS_TOPIC, _EXIT_CODES_TOPIC])
            raise NotFound(f"there is no command {' '.join(words)!r}{hint}")
        command = command.get_command(ctx, word)
        ctx = type(ctx)(command, info_name=word, parent=ctx)
    return str(command.get_help(ctx))


def app(name: str) -> typer.Typer:
    """Return `help` as an app."""
    return program((name, help_, Formatting))
