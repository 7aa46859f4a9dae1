"""What completion hands to a shell: the values and descriptions of every command and parameter pass
through here.

The scripts that typer installs treat this output as code: zsh evaluates it twice, bash expands
patterns in it, fish and PowerShell split it. So only text without a meaning to any shell leaves
this module.
"""

import re
import sys
from collections.abc import Iterable
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO

from typer._click.shell_completion import (
    CompletionItem,
    ShellComplete,
    _resolve_context,
    _resolve_incomplete,
    add_completion_class,
)
from typer._completion_classes import BashComplete, FishComplete, PowerShellComplete, ZshComplete
from typer._completion_shared import (
    Shells,
    _completion_scripts,
    get_completion_script,
    install,
)
from typer.core import TyperOption

from pkgcat.errors import Denied, Invalid, IOFailed, describe_os_error
from pkgcat.model.text import clean_for_shell

_FILE_METAVARS = ("FILE", "[FILE]", "PATH")
_FILE_CODE = 3
"""The exit code that tells a script to offer files. Those that typer makes offer them whenever they
are handed nothing: behind `--tag` in an empty catalog, too.
"""

_MAX_VALUE, _MAX_DESCRIPTION = 1000, 200
"""Characters: a longer value is not offered, a longer description is cut."""


class _PlainComplete(ShellComplete):
    """Completion that offers plain text only and writes nothing else."""

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem]:
        """Return what can follow `args` and begins with `incomplete`; nothing where that cannot be
        told.

        No exception is raised and nothing is printed: a shell would evaluate it, or show it amid
        the line being typed.
        """
        try:
            with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
                items = self._option_values(args, incomplete) or super().get_completions(
                    args, incomplete
                )
        except Exception:
            return []
        return _plain_items(items, incomplete)

    def takes_file(self, args: list[str], incomplete: str) -> bool:
        """Whether a file's name belongs behind `args`; the metavar of a parameter says so."""
        try:
            with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
                context = _resolve_context(self.cli, self.ctx_args, self.prog_name, args)
                parameter, _ = _resolve_incomplete(context, list(args), incomplete)
        except Exception:  # as above
            return False
        return getattr(parameter, "metavar", None) in _FILE_METAVARS

    def _answer(self, offers: str) -> str:
        """Return what is offered; where that is nothing, exit with _FILE_CODE if a file belongs
        there. Typer's `_files` is nothing, too.
        """
        if offers in ("", "_files") and self.takes_file(*self.get_completion_args()):
            sys.exit(_FILE_CODE)
        return offers

    def _option_values(self, args: list[str], incomplete: str) -> list[CompletionItem]:
        """Return values that begin with `-`, as in `--sort -repo_watchers`: typer would look
        for an option's name.
        """
        if not incomplete.startswith("-"):
            return []
        context = _resolve_context(self.cli, self.ctx_args, self.prog_name, args)
        parameter, _ = _resolve_incomplete(context, list(args), "")
        if not isinstance(parameter, TyperOption):
            return []
        return parameter.shell_complete(context, incomplete)


def _plain_items(items: Iterable[CompletionItem], incomplete: str) -> list[CompletionItem]:
    """Return the items whose value a shell inserts as it is, each with a description of plain
    text or none.
    """
    return [
        CompletionItem(item.value, help=_plain_description(item.help))
        for item in items
        if _is_plain_value(item.value, incomplete)
    ]


def _is_plain_value(value: object, incomplete: str) -> bool:
    """Whether a value may be inserted. One that begins with `-` acts as an option, so `-`
    must have been typed.
    """
    if not isinstance(value, str) or not 0 < len(value) <= _MAX_VALUE:
        return False
    value = _drop_typed_words(value, incomplete)
    if value.startswith("-") and not incomplete.startswith("-"):
        return False
    name = value.removeprefix("@")
    return " " not in name and clean_for_shell(name) == name


def _drop_typed_words(value: str, incomplete: str) -> str:
    """Return the last word of a value that begins with words of an expression as they were typed,
    such as `id > 5 and slug`. None of their characters may have a meaning within double quotes.
    """
    typed = re.match(r"[-\w .,<>=~]* ", incomplete, re.ASCII)
    if typed is None or not value.startswith(typed[0]):
        return value
    return value[len(typed[0]) :]


def _plain_description(text: object) -> str | None:
    if not isinstance(text, str):
        return None
    return clean_for_shell(text[:_MAX_DESCRIPTION]) or None


class _PlainBash(_PlainComplete, BashComplete):
    """Prints values, without descriptions."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words and what is begun. Bash hands out an @ as a word of its own
        (COMP_WORDBREAKS), and replaces it together with what follows.
        """
        args, incomplete = super().get_completion_args()
        if args and args[-1] == "@":
            return args[:-1], f"@{incomplete}"
        return args, incomplete

    def complete(self) -> str:
        """Answer the script."""
        return self._answer(super().complete())


class _PlainZsh(_PlainComplete, ZshComplete):
    """Prints `"value":"description"`, as `_describe` takes them."""

    def format_completion(self, item: CompletionItem) -> str:
        """Quote an item. Nothing needs an escape; typer's own would render the text as Rich
        markup.
        """
        if item.help is None:
            return f'"{item.value}"'
        return f'"{item.value}":"{item.help}"'

    def complete(self) -> str:
        """Answer the script."""
        return self._answer(super().complete())


class _PlainFish(_PlainComplete, FishComplete):
    """Prints value, tab, description."""

    def format_completion(self, item: CompletionItem) -> str:
        """Join an item's texts; typer's own would render the description as Rich markup."""
        if item.help is None:
            return str(item.value)
        return f"{item.value}\t{item.help}"

    def complete(self) -> str:
        """Answer the script. Asked whether it is to offer no files, exit with 0 or _FILE_CODE."""
        try:
            return super().complete()
        except SystemExit:
            is_file = self.takes_file(*self.get_completion_args())
            sys.exit(_FILE_CODE if is_file else 0)


class _PlainPowerShell(_PlainComplete, PowerShellComplete):
    """Prints value, three colons, description."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words and what is begun, without the quote that a value may begin with."""
        args, incomplete = super().get_completion_args()
        return args, incomplete.lstrip("'\"")

    def format_completion(self, item: CompletionItem) -> str:
        """Join an item's texts. PowerShell takes `@name` for a variable to be splatted, so that
        is quoted; it refuses an empty description, so that becomes a space.
        """
        value = str(item.value)
        if value.startswith("@"):
            value = f"'{value}'"
        return f"{value}:::{item.help or ' '}"


_CLASSES = {
    Shells.bash: _PlainBash,
    Shells.zsh: _PlainZsh,
    Shells.fish: _PlainFish,
    Shells.powershell: _PlainPowerShell,
    Shells.pwsh: _PlainPowerShell,
}


PROGRAM = "pkgcat"
COMPLETE_VARIABLE = "_PKGCAT_COMPLETE"
"""The environment variable with which a script asks for completions."""

_SCRIPTS = {
    "bash": """%(complete_func)s() {
    local IFS=$'\\n'
    COMPREPLY=( $( env COMP_WORDS="${COMP_WORDS[*]}" \\
                   COMP_CWORD=$COMP_CWORD \\
                   %(autocomplete_var)s=complete_bash $1 ) )
    if [ $? -eq 3 ]; then
        compopt -o default 2> /dev/null
    fi
    return 0
}

complete -F %(complete_func)s %(prog_name)s
""",
    "zsh": """#compdef %(prog_name)s

%(complete_func)s() {
  local answer code
  answer=$(env _TYPER_COMPLETE_ARGS="${words[1,$CURRENT]}" %(autocomplete_var)s=complete_zsh %(prog_name)s)
  code=$?
  if [[ $code == 3 ]]; then
    _files
  elif [[ $answer != _files ]]; then
    eval ${=answer}
  fi
}

compdef %(complete_func)s %(prog_name)s
""",
}
"""Typer's own, but for files: they are offered after _FILE_CODE, and never else."""

_AUTOLOADED = f"""
if [[ $funcstack[1] == _{PROGRAM} ]]; then
  _{PROGRAM}_completion "$@"
fi"""
"""zsh reads a file of its $fpath when the first completion is asked for, and wants its answer."""


_completion_scripts.update(_SCRIPTS)


def make_script(shell: str) -> str:
    """Return the script that makes a shell complete pkgcat's words; raise Invalid for an unknown
    shell.
    """
    check_shell(shell)
    script = get_completion_script(prog_name=PROGRAM, complete_var=COMPLETE_VARIABLE, shell=shell)
    if shell == "zsh":
        script += _AUTOLOADED
    return f"{script}\n"


def install_script(shell: str) -> str:
    """Install that script for the user; return where. Raises Invalid, Denied or IOFailed."""
    check_shell(shell)
    try:
        _, path = install(shell, prog_name=PROGRAM, complete_var=COMPLETE_VARIABLE)
    except PermissionError as error:
        raise Denied(f"{error.filename}: permission denied") from error
    except OSError as error:
        raise IOFailed(f"{error.filename}: {describe_os_error(error)}") from error
    return str(path)


def check_shell(shell: str) -> None:
    """Raise Invalid for a shell that has no completion."""
    shells = [known.value for known in Shells]
    if shell not in shells:
        raise Invalid(f"there is no completion for {shell!r}; there is for {', '.join(shells)}")


def register_shells() -> None:
    """Put these classes in the place of typer's own, for every shell that typer knows."""
    for shell in Shells:
        add_completion_class(_CLASSES[shell], shell.value)
