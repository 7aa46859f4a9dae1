"""edit in an editor: the fields of a package as TOML."""

import typer

from pkgcat.errors import Invalid
from pkgcat.model.fields import addresses_in
from pkgcat.model.package import Package
from pkgcat.model.query import Query
from pkgcat.services.edit import PackageEdit, edit_package
from pkgcat.shell.draft import Draft, check_editor
from pkgcat.shell.edit_report import report_edits
from pkgcat.shell.edited_text import read_base, read_changes, write_base, write_fields
from pkgcat.shell.files import open_text
from pkgcat.shell.records import print_packages
from pkgcat.shell.session import reading, writing
from pkgcat.store import packages


def edit_in_editor(ctx: typer.Context, wanted: list[str]) -> None:
    """Open one package in the editor and store what was changed.

    Nothing happens where the text is unchanged or empty. No transaction is open meanwhile: a
    conflict with another edit is found by the revision, and then the draft is kept.
    """
    _check_can_edit(wanted)
    with reading(ctx) as run:
        key = packages.find(run.store, wanted[0])
        package = next(packages.read(run.store, Query(run.now, key=key)))
        rev = packages.revision(run.store, key)
    draft = Draft(
        package.slug,
        write_fields(package),
        command=("pkgcat", "edit", package.slug, "--draft"),
        base=write_base(package),
    )
    if draft.store(lambda text: _store_text(ctx, text, package, key, rev)):
        return
    with reading(ctx) as run:
        if draft.ended_at_once:
            run.warn(draft.describe_end_at_once())
        run.say(f"{package.slug}: nothing to change")
        if run.prints_records:
            print_packages(run, [key], many=False)


def store_kept_draft(ctx: typer.Context, wanted: list[str], file: str) -> None:
    """Store what a person changed in a draft that was kept; raise Invalid for a mistake in it."""
    if len(wanted) != 1:
        raise Invalid("a draft is of one package: name that one with --draft")
    with open_text(file) as opened:
        text = opened.read()
    with writing(ctx, f"edit {wanted[0]}", kind="edit") as run:
        key = packages.find(run.store, wanted[0])
        package = next(packages.read(run.store, Query(run.now, key=key)))
        try:
            fields = read_changes(text, read_base(text, package))
        except Invalid as error:
            raise Invalid(f"{file}: {error}; nothing was stored") from error
        run.note_credentials(addresses_in(fields))
        report_edits(run, [edit_package(run.operation, key, PackageEdit(fields))])
        if run.prints_records:
            print_packages(run, [key], many=False)


def _check_can_edit(wanted: list[str]) -> None:
    if len(wanted) != 1:
        raise Invalid(
            "the editor takes one package at a time; edit many with options, such as --tag"
        )
    check_editor("give an option such as --title")


def _store_text(ctx: typer.Context, text: str, package: Package, key: int, rev: int) -> None:
    with writing(ctx, f"edit {package.slug}", kind="edit") as run:
        fields = read_changes(text, package)
        run.note_credentials(addresses_in(fields))
        edited = edit_package(run.operation, key, PackageEdit(fields), rev=rev)
        report_edits(run, [edited])
        if run.prints_records:
            print_packages(run, [key], many=False)
