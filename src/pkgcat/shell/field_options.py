"""Options that set fields, made from the table of fields."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import typer
from typer.core import TyperOption

from pkgcat.model.fields import EDITABLE, FIELDS, Field
from pkgcat.shell import completion
from pkgcat.shell.condition_options import ConditionCommand
from pkgcat.shell.options import WritingRecords

_FIRST = ("title", "slug")
"""Fields that stand before the others."""

_COMPLETERS: dict[str, Callable[..., Any]] = {
    "packages": completion.complete_slugs,
    "categories": completion.complete_categories,
    "grids": completion.complete_grids,
    "tags": completion.complete_tags,
    "repo_host": completion.complete_hosts,
}
"""What completes a value, by what the field refers to or by its name."""


class FieldValues(NamedTuple):
    """What options say of fields: values to set, and items to add to and to remove from lists."""

    fields: dict[str, Any]
    added: dict[str, tuple[str, ...]]
    removed: dict[str, tuple[str, ...]]


def _list_option_fields() -> tuple[Field, ...]:
    names = [*_FIRST, *(name for name in FIELDS if name not in _FIRST)]
    return tuple(FIELDS[name] for name in names if name in EDITABLE and FIELDS[name].option)


OPTION_FIELDS = _list_option_fields()
"""The fields that an option sets."""

ADD_FIELDS = tuple(field for field in OPTION_FIELDS if field.writer == "user")
"""The fields that `add` sets: facts come from their sources."""

EDIT_FIELDS = OPTION_FIELDS
"""The fields that `edit` and its editor set."""


def make_add_options() -> tuple[TyperOption, ...]:
    """Return the options of `add`."""
    return tuple(_make_option(field) for field in ADD_FIELDS)


def make_edit_options() -> tuple[TyperOption, ...]:
    """Return the options of `edit`: a list has one that adds an item and one that removes one."""
    options = []
    for field in EDIT_FIELDS:
        options.append(_make_option(field))
        if field.type.is_collection:
            options.append(_make_removing_option(field))
    return tuple(options)


def read_field_values(ctx: typer.Context) -> FieldValues:
    """Return what the options of this command line say."""
    given: Mapping[str, Any] = ctx.ensure_object(dict).get(_GIVEN, {})
    fields: dict[str, Any] = {}
    added: dict[str, tuple[str, ...]] = {}
    removed: dict[str, tuple[str, ...]] = {}
    for field in OPTION_FIELDS:
        if not field.type.is_collection:
            if field.name in given:
                fields[field.name] = given[field.name]
            continue
        if field.name in given:
            added[field.name] = tuple(given[field.name])
        if f"{_REMOVED}{field.name}" in given:
            removed[field.name] = tuple(given[f"{_REMOVED}{field.name}"])
    return FieldValues(fields, added, removed)


_GIVEN = "given_fields"
_REMOVED = "removed_"


def _make_option(field: Field) -> TyperOption:
    return _make_typer_option(field, field.name, field.option, field.option_help)


def _make_removing_option(field: Field) -> TyperOption:
    option = f"--un{field.option.removeprefix('--')}"
    text = f"Take away one of {field.help}; may be repeated."
    return _make_typer_option(field, f"{_REMOVED}{field.name}", option, text)


def _make_typer_option(field: Field, parameter: str, option: str, text: str) -> TyperOption:
    return TyperOption(
        param_decls=[parameter, option],
        help=text,
        metavar=_choose_metavar(field),
        multiple=field.type.is_collection,
        expose_value=False,
        callback=_keep_value,
        autocompletion=_COMPLETERS.get(field.references or field.name),
    )


def _choose_metavar(field: Field) -> str:
    if field.references == "packages":
        return "SLUG"
    if field.name.endswith("_url"):
        return "URL"
    return "TEXT"


def _keep_value(ctx: typer.Context, param: Any, value: Any) -> None:
    """Put an option's value where `read_field_values` looks for it."""
    if value is not None and value != ():
        ctx.ensure_object(dict).setdefault(_GIVEN, {})[param.name] = value


class Adding(WritingRecords):
    """A command that adds records, with options for their fields."""

    make_field_options = staticmethod(make_add_options)


class Editing(ConditionCommand, WritingRecords):
    """A command that edits records that names or conditions choose, with options for their
    fields.
    """

    make_field_options = staticmethod(make_edit_options)
