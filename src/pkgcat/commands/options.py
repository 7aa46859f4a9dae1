"""Options that several commands share: added once, by the class of the command."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption

from pkgcat.models import FIELDS

OPERATORS = {"=", "==", "!=", "<", "<=", ">", ">=", "~", "eq", "ne", "lt", "le", "gt", "ge", "contains"}
FORMATS = ("table", "json", "jsonl", "csv", "tsv", "markdown", "apiv4")


def _keep(ctx: typer.Context, param: Any, value: Any) -> None:
    """Put an option's value where `session` looks for it; one given after the command wins."""
    if value:
        ctx.ensure_object(dict)[param.name] = value


def _option(*names: str, text: str, **more: Any) -> TyperOption:
    return TyperOption(param_decls=list(names), help=text, expose_value=False, callback=_keep, **more)


def _complete_format(_ctx: typer.Context, _args: list[str], incomplete: str) -> list[str]:
    return [name for name in FORMATS if name.startswith(incomplete)]


def complete_fields(_ctx: typer.Context, _args: list[str], incomplete: str) -> list[tuple[str, str]]:
    """Offer field names, also after a comma."""
    before, comma, last = incomplete.rpartition(",")
    return [(f"{before}{comma}{name}", field.doc) for name, field in FIELDS.items() if name.startswith(last)]


_COMMON = (
    _option("--db", text="The catalog's file (default: see 'pkgcat path').", metavar="PATH"),
    _option("--quiet", "-q", text="Say nothing but answers and errors.", is_flag=True),
)
_PRINTING = (
    _option("--json", text="Print JSON: an object for one, an array for many.", is_flag=True),
    _option(
        "--format",
        text=f"One of {', '.join(FORMATS)}.",
        metavar="FORMAT",
        autocompletion=_complete_format,
    ),
    _option(
        "--fields",
        text="Only these fields, in this order: slug,repo_watchers.",
        metavar="A,B",
        autocompletion=complete_fields,
    ),
)
_WRITING = (_option("--dry-run", text="Show what would change, and change nothing.", is_flag=True),)


class Command(TyperCommand):
    """A command with the options all share."""

    shared: ClassVar[tuple[TyperOption, ...]] = _COMMON

    def __init__(self, name: str | None, *, params: list[Any] | None = None, **more: Any) -> None:
        super().__init__(name, params=[*(params or []), *self.shared], **more)


class Printing(Command):
    """A command that prints records."""

    shared = _PRINTING + _COMMON


class Writing(Command):
    """A command that writes."""

    shared = _WRITING + _COMMON


class WritingRecords(Command):
    """A command that writes records and prints what became of them."""

    shared = _WRITING + _PRINTING + _COMMON


class Asking(Command):
    """A command that asks the hosts and reports what came of it."""

    shared = (_PRINTING[0], *_COMMON)


class _Where(TyperCommand):
    """A command with `--where FIELD OP VALUE`, which may also stand quoted as one word."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Join the three words of each condition before they are parsed."""
        return super().parse_args(ctx, join_conditions(args))


class Listing(_Where, Printing):
    """A command that prints the records that conditions name."""


class WritingChosen(_Where, WritingRecords):
    """A command that writes the records that conditions name."""


class Group(TyperGroup):
    """The program itself: it takes the common options before the command, too."""

    def __init__(self, *, params: list[Any] | None = None, **more: Any) -> None:
        super().__init__(params=[*(params or []), *_COMMON], **more)


def program(*commands: tuple[str, Callable[..., None], type[Command]], text: str | None = None) -> typer.Typer:
    """Return an app of these commands: each with its name, its body and its class."""
    app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False, help=text)
    for name, body, kind in commands:
        app.command(name, cls=kind)(body)
    return app


def join_conditions(args: Sequence[str]) -> list[str]:
    """Turn `--where repo_watchers '>' 100` into `--where 'repo_watchers > 100'`."""
    joined: list[str] = []
    words = list(args)
    while words:
        word = words.pop(0)
        joined.append(word)
        if word == "--":
            return joined + words
        if word == "--where" and len(words) >= 3 and words[1] in OPERATORS:
            joined.append(" ".join(words[:3]))
            del words[:3]
    return joined
