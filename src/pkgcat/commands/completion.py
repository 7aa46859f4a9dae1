"""completion: the script that makes a shell complete pkgcat's words."""

from typing import Annotated

import typer

from pkgcat.shell import completion as completers
from pkgcat.shell.options import Command, program
from pkgcat.shell.session import session
from pkgcat.shell.shell_completion import make_script


def completion(
    ctx: typer.Context,
    shell: Annotated[
        str,
        typer.Argument(
            metavar="bash|zsh|fish",
            help="The shell.",
            autocompletion=completers.complete_shells,
        ),
    ],
) -> None:
    """Print the script that makes a shell complete commands, options, slugs and fields.

    Nothing is installed: a package or an image puts it where the shell looks,
    a person into a start-up file.

    \b
    Examples:
      pkgcat completion bash > /usr/share/bash-completion/completions/pkgcat
      pkgcat completion zsh > /usr/share/zsh/site-functions/_pkgcat
      pkgcat completion fish > ~/.config/fish/completions/pkgcat.fish
    """
    with session(ctx) as run:
        run.write_data(make_script(shell))


def app(name: str) -> typer.Typer:
    """Return `completion` as an app."""
    return program((name, completion, Command))
