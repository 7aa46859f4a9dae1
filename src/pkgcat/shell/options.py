"""Options that several commands share: added once, by the class of the command."""

import gc
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption

from pkgcat.errors import Invalid
from pkgcat.model.credentials import strip_credentials_in
from pkgcat.model.fields import FIELDS, check_field
from pkgcat.model.suggest import suggest
from pkgcat.shell.output_formats import FORMATS


def _keep(ctx: typer.Context, param: Any, value: Any) -> None:
    """Put an option's value where `session` looks for it; one given after the command wins."""
    if value:
        ctx.ensure_object(dict)[param.name] = value


def refuse_together(subject: str, options: Mapping[str, object]) -> None:
    """Raise Invalid where one of these options is given, by its name, beside what excludes it."""
    for name, value in options.items():
        if _is_given(value):
            raise Invalid(f"{subject} and {name} exclude each other")


def refuse_without(needed: str, options: Mapping[str, object]) -> None:
    """Raise Invalid where one of these options is given, by its name, without the one it needs."""
    for name, value in options.items():
        if _is_given(value):
            raise Invalid(f"{name} goes with {needed}")


def shared_options(ctx: typer.Context) -> dict[str, Any]:
    """Return the values of the options that commands share, as far as they are given."""
    options: dict[str, Any] = ctx.ensure_object(dict)
    return options


def _is_given(value: object) -> bool:
    """Whether an option is given: 0 and an empty text are values."""
    return value is not None and value is not False and value not in ([], ())


def _keep_fields(ctx: typer.Context, param: Any, value: Any) -> None:
    """Keep the fields that `--fields` names; raise Invalid for what the command does not print."""
    if value is None:
        return
    names = tuple(name.strip() for name in value.split(",") if name.strip())
    if not names:
        raise Invalid("--fields names no field")
    command: Any = ctx.command
    for name in names:
        command.check_printed_field(name)
    ctx.ensure_object(dict)[param.name] = names


def _option(
    *names: str, text: str, callback: Callable[..., None] = _keep, **more: Any
) -> TyperOption:
    return TyperOption(
        param_decls=list(names), help=text, expose_value=False, callback=callback, **more
    )


def _complete_format(
    _ctx: typer.Context, _args: list[str], incomplete: str
) -> list[tuple[str, str]]:
    found = []
    for output_format in FORMATS.values():
        if output_format.name.startswith(incomplete):
            found.append((output_format.name, output_format.help))
    return found


def complete_fields(
    _ctx: typer.Context, _args: list[str], incomplete: str
) -> list[tuple[str, str]]:
    """Offer field names, also after a comma."""
    return _offer_after_comma({name: field.help for name, field in FIELDS.items()}, incomplete)


def _complete_printed_fields(
    ctx: typer.Context, _args: list[str], incomplete: str
) -> list[tuple[str, str]]:
    """Offer field names and what else the command prints, also after a comma."""
    more_fields: Mapping[str, str] = ctx.command.more_fields  # type: ignore[attr-defined]  # a Command
    helps = {name: field.help for name, field in FIELDS.items()}
    return _offer_after_comma({**helps, **more_fields}, incomplete)


def _offer_after_comma(helps: Mapping[str, str], incomplete: str) -> list[tuple[str, str]]:
    before, comma, last = incomplete.rpartition(",")
    return [
        (f"{before}{comma}{name}", text) for name, text in helps.items() if name.startswith(last)
    ]


def _complete_columns(ctx: typer.Context, _args: list[str], incomplete: str) -> list[str]:
    """Offer the columns of what a command prints, also after a comma."""
    before, comma, last = incomplete.rpartition(",")
    columns: tuple[str, ...] = ctx.command.columns  # type: ignore[attr-defined]  # a Command
    return [f"{before}{comma}{name}" for name in columns if name.startswith(last)]


_COMMON = (
    _option("--db", text="The catalog's file (default: see 'pkgcat path').", metavar="PATH"),
    _option("--quiet", "-q", text="Say nothing but answers and errors.", is_flag=True),
)
_FORMATTING = (
    _option("--json", text="Print JSON: an object for one, an array for many.", is_flag=True),
    _option(
        "--format",
        text=f"One of {', '.join(FORMATS)}.",
        metavar="FORMAT",
        autocompletion=_complete_format,
    ),
)
_FIELDS = (
    _option(
        "--fields",
        text="Only these fields, in this order: slug,repo_watchers.",
        metavar="A,B",
        callback=_keep_fields,
        autocompletion=_complete_printed_fields,
    ),
)
_COLUMNS = (
    _option(
        "--fields",
        text="Only these columns of the answer, in this order.",
        metavar="A,B",
        callback=_keep_fields,
        autocompletion=_complete_columns,
    ),
)
_WRITING = (_option("--dry-run", text="Show what would change, and change nothing.", is_flag=True),)


def _choose_metavar(param: Any) -> None:
    """Say in plain words what an option takes, where it does not say so itself."""
    if param.param_type_name == "option" and param.metavar is None and not param.is_flag:
        param.metavar = "N" if "int" in param.type.name else "TEXT"


class Command(TyperCommand):
    """A command with the options all share; those that set fields come first."""

    make_field_options: ClassVar[Callable[[], tuple[TyperOption, ...]]] = tuple
    shared: ClassVar[tuple[TyperOption, ...]] = _COMMON
    columns: ClassVar[tuple[str, ...]] = ()
    """The columns of what it prints, where that is no records: what `--fields` chooses from."""
    more_fields: ClassVar[Mapping[str, str]] = {}
    """What `--fields` takes beside the fields of the record, each with its help."""

    def __init__(self, name: str | None, *, params: list[Any] | None = None, **more: Any) -> None:
        params = [*type(self).make_field_options(), *(params or []), *self.shared]
        for param in params:
            _choose_metavar(param)
        super().__init__(name, params=params, **more)

    def get_help(self, ctx: Any) -> str:
        """Return the help, with ranges of numbers in plain words."""
        return _describe_ranges(super().get_help(ctx))

    def invoke(self, ctx: Any) -> Any:
        """Run the command; garbage is looked for from now on, but not among what imports made."""
        if not gc.isenabled():
            gc.freeze()
            gc.enable()
        return super().invoke(ctx)

    def check_printed_field(self, name: str) -> None:
        """Raise Invalid, naming the nearest, for a name that `--fields` may not have."""
        if not self.columns:
            check_field(name)
        elif name not in self.columns:
            hint = suggest(name, self.columns) or f"; there are {', '.join(self.columns)}"
            raise Invalid(f"there is no column {name!r}{hint}")


class Formatting(Command):
    """A command that prints something in any format."""

    shared = _FORMATTING + _COMMON


class Printing(Command):
    """A command that prints records."""

    shared = _FORMATTING + _FIELDS + _COMMON


class Tabular(Command):
    """A command that prints a table of its own `columns`."""

    shared = _FORMATTING + _COLUMNS + _COMMON


class WritingTabular(Command):
    """A command that writes, and prints a table of its own `columns`."""

    shared = _WRITING + _FORMATTING + _COLUMNS + _COMMON


class Writing(Command):
    """A command that writes."""

    shared = _WRITING + _COMMON


class WritingRecords(Command):
    """A command that writes records and prints what became of them."""

    shared = _WRITING + _FORMATTING + _FIELDS + _COMMON


class Asking(Command):
    """A command that asks the hosts and reports what came of it."""

    shared = (_FORMATTING[0], *_COMMON)


class Group(TyperGroup):
    """The program itself: it takes the common options before the command, too."""

    def __init__(self, *, params: list[Any] | None = None, **more: Any) -> None:
        super().__init__(params=[*(params or []), *_COMMON], **more)

    def make_context(self, *args: Any, **more: Any) -> Any:
        """Parse the words before the command."""
        with _usage_errors_without_credentials():
            return super().make_context(*args, **more)

    def invoke(self, ctx: Any) -> Any:
        """Parse the command's own words and run it."""
        with _usage_errors_without_credentials():
            return super().invoke(ctx)


@contextmanager
def _usage_errors_without_credentials() -> Iterator[None]:
    """Cut credentials from the addresses that typer quotes when it tells of a wrong word."""
    try:
        yield
    except Exception as error:
        message = getattr(error, "message", None)
        if isinstance(message, str):
            error.message = _describe_numbers(strip_credentials_in(message))  # type: ignore[attr-defined]
        raise


def _describe_ranges(text: str) -> str:
    """Say in plain words which numbers options take; that none is negative goes without saying."""
    text = re.sub(r" +\[x>=0\]|;\s+x>=0(?=\])", "", text)
    text = re.sub(r"\b(\d+)<=x<=(\d+)", r"\1 to \2", text)
    return re.sub(r"\bx>=(\d+)", r"\1 or more", text)


def _describe_numbers(message: str) -> str:
    """Say in plain words which numbers an option takes."""
    message = re.sub(r" is not a valid int(eger)?( range)?\.", " is not a whole number.", message)
    message = re.sub(r" is not in the range (\d+)<=x<=(\d+)\.", r" is not from \1 to \2.", message)
    return re.sub(r" is not in the range x>=(\d+)\.", r" is less than \1.", message)


def program(
    *commands: tuple[str, Callable[..., None], type[Command]], text: str | None = None
) -> typer.Typer:
    """Return an app of these commands: each with its name, its body and its class."""
    app = typer.Typer(
        rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False, help=text
    )
    for name, body, kind in commands:
        app.command(name, cls=kind)(body)
    return app
