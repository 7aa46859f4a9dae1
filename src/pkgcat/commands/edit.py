"""edit: by options, by a JSON patch, or in an editor on the editable fields as TOML."""

from typing import Annotated, Any

import typer

from pkgcat.errors import Invalid
from pkgcat.model.fields import addresses_in, rename_former_fields
from pkgcat.model.json_text import parse_json
from pkgcat.services.edit import PackageEdit, check_editable, check_pinnable, edit_package
from pkgcat.shell import completion
from pkgcat.shell.arguments import SomeSlugs, State
from pkgcat.shell.condition_options import Supports
from pkgcat.shell.edit_filters import FILTER_OPTIONS, EditFilters
from pkgcat.shell.edit_report import report_edits
from pkgcat.shell.field_options import Editing, read_field_values
from pkgcat.shell.files import open_text
from pkgcat.shell.options import program, refuse_together, refuse_without
from pkgcat.shell.records import print_packages
from pkgcat.shell.session import read_names, writing
from pkgcat.store import packages


def edit(
    ctx: typer.Context,
    slugs: SomeSlugs = None,
    unset: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FIELD",
            help="Make a field unknown; may be repeated.",
            autocompletion=completion.complete_editable,
        ),
    ] = None,
    unpin: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FIELD",
            help="Give a fact back to refresh; may be repeated.",
            autocompletion=completion.complete_pinnable,
        ),
    ] = None,
    patch: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="A JSON object of fields; - is standard input."),
    ] = None,
    draft: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Store a draft that an edit in your editor has kept."),
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(
            metavar="EXPR",
            help="Instead of slugs: every package of which these conditions hold "
            "('pkgcat help conditions'); shows the changes and asks.",
            autocompletion=completion.complete_conditions,
        ),
    ] = None,
    supports: Supports = None,
    state: State = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help=f"With {FILTER_OPTIONS}: do not ask.")
    ] = False,
) -> None:
    """Edit packages, by options or in your editor.

    Setting a fact pins it: refresh leaves it alone. Without options it opens
    your editor ($VISUAL, $EDITOR) on the fields.

    \b
    Examples:
      pkgcat edit django-cities --title Cities --category apps --tag geo
      pkgcat edit django-cities --unset notes
      echo '{"repo_watchers": 1000}' | pkgcat edit django-cities --patch -
      pkgcat edit --where "repo_archived = yes or last_updated older than 5y" --tag legacy --dry-run
    """
    filters = EditFilters(tuple(where or ()), tuple(supports or ()), state)
    _check_choice(slugs, filters)
    if not filters.is_given:
        refuse_without(FILTER_OPTIONS, {"--yes": yes})
    change = _read_edit(ctx, unset or [], unpin or [], patch)
    wanted = read_names(slugs or ())
    if draft is not None:
        _store_draft(ctx, wanted, draft, filters, change)
    elif filters.is_given:
        from pkgcat.shell.bulk_edit import edit_found

        change.check_fits_many()
        edit_found(ctx, filters, change, yes=yes)
    elif patch is None and change.is_empty:
        from pkgcat.shell.editor import edit_in_editor

        edit_in_editor(ctx, wanted)
    else:
        if len(wanted) > 1:
            change.check_fits_many()
        _edit_packages(ctx, wanted, change, many=len(wanted) > 1 or slugs == ["-"])


def _read_edit(
    ctx: typer.Context, unset: list[str], unpin: list[str], patch: str | None
) -> PackageEdit:
    """Return what the options and the patch say; raise Invalid where two of them contradict each
    other.
    """
    values = read_field_values(ctx)
    fields = dict(values.fields)
    _add_fields(fields, dict.fromkeys(map(check_editable, unset)), "--unset")
    if patch:
        _add_fields(fields, _read_patch(patch), "--patch")
    unpinned = frozenset(check_pinnable(name) for name in unpin)
    for name in unpinned & fields.keys():
        raise Invalid(f"{name} is both set, which pins it, and given to --unpin")
    change = PackageEdit(fields, values.added, values.removed, unpinned)
    change.check_items()
    return change


def _add_fields(fields: dict[str, Any], more: dict[str, Any], option: str) -> None:
    for name in more:
        if name in fields:
            raise Invalid(f"{name} is set twice, the second time by {option}")
    fields |= more


def _check_choice(slugs: list[str] | None, filters: EditFilters) -> None:
    if slugs and filters.is_given:
        raise Invalid(f"slugs and {filters.name} exclude each other: name packages, or find them")
    if not slugs and not filters.is_given:
        raise Invalid("no package is named; name packages, or find them with --where")


def _store_draft(
    ctx: typer.Context, wanted: list[str], draft: str, filters: EditFilters, change: PackageEdit
) -> None:
    """Store a kept draft; raise Invalid where something else says what to edit, or how."""
    from pkgcat.shell.editor import store_kept_draft

    if filters.is_given:
        change.check_fits_many()
    options = {
        "--where": filters.where,
        "--supports": filters.supports,
        "--state": filters.state,
    }
    refuse_together("--draft", options)
    if not change.is_empty:
        raise Invalid("--draft and options that set fields exclude each other")
    store_kept_draft(ctx, wanted, draft)


def _edit_packages(
    ctx: typer.Context, wanted: list[str], change: PackageEdit, *, many: bool
) -> None:
    with writing(ctx, f"edit {' '.join(wanted)}", kind="edit") as run:
        keys = [packages.find(run.store, name) for name in wanted]
        run.note_credentials(addresses_in(change.fields))
        report_edits(run, [edit_package(run.operation, key, change) for key in keys])
        if run.prints_records:
            print_packages(run, keys, many=many)


def _read_patch(source: str) -> dict[str, Any]:
    with open_text(source) as text:
        fields = parse_json(text.read())
    if not isinstance(fields, dict):
        raise Invalid('--patch takes a JSON object: {"title": "Cities"}')
    fields = rename_former_fields(fields)
    for name in fields:
        check_editable(name)
    return fields


def app(name: str) -> typer.Typer:
    """Return `edit` as an app."""
    return program((name, edit, Editing))
