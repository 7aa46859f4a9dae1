"""grid edit and grid cell in an editor."""

import typer

from pkgcat.errors import Conflict, Invalid
from pkgcat.services.edit_grid import check_same_content, edit_grid
from pkgcat.services.grids import open_grid, set_cell
from pkgcat.shell.draft import Draft, check_editor
from pkgcat.shell.edit_report import report_change
from pkgcat.shell.files import open_text
from pkgcat.shell.grid_text import read_base, read_grid, write_base, write_grid
from pkgcat.shell.session import reading, writing
from pkgcat.store import grid_features, grids, groups


def edit_grid_in_editor(ctx: typer.Context, slug: str, *, unlock: bool) -> None:
    """Open a whole grid in the editor and store what was changed.

    Where the grid was edited meanwhile, Conflict is raised and the draft is kept.
    """
    check_editor("give an option such as --title")
    with reading(ctx) as run:
        key = open_grid(run.store, slug, unlock=unlock)
        before = grid_features.read_content(run.store, key)
    name = before.grid.slug
    command = ("pkgcat", "grid", "edit", name, *(("--unlock",) if unlock else ()), "--draft")
    draft = Draft(name, write_grid(before), command=command, base=write_base(before))

    def store_text(text: str) -> None:
        with writing(ctx, f"grid edit {name}", kind="grid") as run:
            check_same_content(run.operation, key, before)
            open_grid(run.store, name, unlock=unlock)
            changes = edit_grid(run.operation, key, before, read_grid(text, before))
            report_change(run, name, changes.describe())

    if not draft.store(store_text):
        _report_nothing(ctx, name, draft)


def store_grid_draft(ctx: typer.Context, slug: str, file: str, *, unlock: bool) -> None:
    """Store what a person changed in a draft that was kept; raise Invalid for a mistake in it."""
    with open_text(file) as opened:
        text = opened.read()
    with writing(ctx, f"grid edit {slug}", kind="grid") as run:
        key = open_grid(run.store, slug, unlock=unlock)
        before = read_base(text, grid_features.read_content(run.store, key))
        try:
            after = read_grid(text, before)
        except Invalid as error:
            raise Invalid(f"{file}: {error}; nothing was stored") from error
        report_change(run, slug, edit_grid(run.operation, key, before, after).describe())


def edit_cell_in_editor(
    ctx: typer.Context, slug: str, name: str, title: str, *, unlock: bool
) -> None:
    """Open what a cell says in the editor, and store it if it was changed."""
    check_editor("give TEXT, --from-file or --unset")
    with reading(ctx) as run:
        grid = open_grid(run.store, slug, unlock=unlock)
        package = grids.find_member(run.store, grid, name)
        feature = grid_features.find(run.store, grid, title)
        before = grid_features.read_cell(run.store, feature, package)
        slug = groups.slug_of(run.store, "grids", grid)
    label = f"{name}, {title}"
    words = ("pkgcat", "grid", "cell", slug, name, title, *(("--unlock",) if unlock else ()))
    draft = Draft(
        label,
        f"{before}\n" if before else "",
        command=(*words, "--from-file"),
        file_name=f"cell-{slug}",
        suffix=".txt",
    )

    def store_text(text: str) -> None:
        with writing(ctx, f"grid cell {slug} {name} {title}", kind="grid") as run:
            if grid_features.read_cell(run.store, feature, package) != before:
                raise Conflict("it was edited meanwhile; nothing was stored")
            key = open_grid(run.store, slug, unlock=unlock)
            is_other = set_cell(run.operation, key, name, title, strip_end(text))
            report_change(run, label, "text" if is_other else "")

    if not draft.store(store_text):
        _report_nothing(ctx, label, draft)


def strip_end(text: str) -> str:
    """Return a text without the line break at its end, which editors add."""
    return text.removesuffix("\n").removesuffix("\r")


def _report_nothing(ctx: typer.Context, name: str, draft: Draft) -> None:
    with reading(ctx) as run:
        if draft.ended_at_once:
            run.warn(draft.describe_end_at_once())
        run.say(f"{name}: nothing to change")
