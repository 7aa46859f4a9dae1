"""edit: by options, by a JSON patch, or in an editor on the editable fields as TOML."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from pkgcat.commands import complete
from pkgcat.commands.arguments import Category, DocumentationUrl, Notes, PypiUrl, RepoUrl, Slug, SomeSlugs, Tags, Title
from pkgcat.commands.given import by_hand
from pkgcat.commands.options import WritingChosen, complete_fields, program
from pkgcat.commands.session import Session, names, writing
from pkgcat.commands.show import print_records
from pkgcat.errors import Invalid
from pkgcat.models import EDITABLE, PINNABLE, Change, Values, check_field, nearest
from pkgcat.store import Operation, edits, packages


def edit(
    ctx: typer.Context,
    slugs: SomeSlugs = None,
    title: Title = None,
    slug: Slug = None,
    category: Category = None,
    repo_url: RepoUrl = None,
    repo_host: Annotated[str | None, typer.Option(help="github, gitlab, forgejo or bitbucket.")] = None,
    pypi_url: PypiUrl = None,
    documentation_url: DocumentationUrl = None,
    description: Annotated[str | None, typer.Option(help="Instead of the repository's own; pins it.")] = None,
    notes: Notes = None,
    tag: Tags = None,
    untag: Annotated[list[str] | None, typer.Option(help="Take a label away; may be repeated.")] = None,
    replaced_by: Annotated[
        str | None,
        typer.Option(metavar="SLUG", help="The package that replaces it.", autocompletion=complete.slugs),
    ] = None,
    unset: Annotated[
        list[str] | None,
        typer.Option(metavar="FIELD", help="Make a field unknown; may be repeated.", autocompletion=complete.editable),
    ] = None,
    unpin: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FIELD",
            help="Give a fact back to refresh; may be repeated.",
            autocompletion=complete.editable,
        ),
    ] = None,
    patch: Annotated[
        str | None, typer.Option(metavar="FILE", help="A JSON object of fields; - is standard input.")
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FIELD OP VALUE",
            help="Instead of slugs: every package of which this holds; shows the changes and asks.",
            autocompletion=complete_fields,
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="With --where: do not ask.")] = False,
) -> None:
    """Edit packages, by options or in your editor.

    Setting a fact pins it: refresh leaves it alone. Without options it opens
    your editor ($VISUAL, $EDITOR) on the fields.

    \b
    Examples:
      pkgcat edit django-cities --title Cities --category apps --tag geo
      pkgcat edit django-cities --unset notes
      echo '{"repo_watchers": 1000}' | pkgcat edit django-cities --patch -
      pkgcat edit --where repo_archived = true --tag legacy --dry-run
    """
    given: dict[str, Any] = {
        "title": title,
        "slug": slug,
        "category": category,
        "repo_url": repo_url,
        "repo_host": repo_host,
        "pypi_url": pypi_url,
        "documentation_url": documentation_url,
        "repo_description": description,
        "notes": notes,
        "replaced_by": replaced_by,
    }
    fields = {name: value for name, value in given.items() if value is not None}
    fields |= {_editable(name): None for name in unset or ()} | (_patch(patch) if patch else {})
    wish = Wish(fields, tuple(tag or ()), tuple(untag or ()), frozenset(map(_pinnable, unpin or ())))
    wanted = names(slugs or ())
    if bool(slugs) == bool(where):
        raise Invalid("which packages? Name them, or find them with --where FIELD OP VALUE: one of the two")
    if (where or len(wanted) > 1) and {"slug", "repo_url", "pypi_url"} & {
        name for name, value in fields.items() if value
    }:
        raise Invalid("a slug or address is for one package; edit them one by one")
    if where and not any(wish):
        raise Invalid("what shall be changed? --where goes with --tag, --category, --unset and the like")
    if where:
        from pkgcat.commands.bulk import edit_where

        edit_where(ctx, where, wish, yes=yes)
    elif any(wish) or patch:
        _edit_named(ctx, wanted, wish, many=len(wanted) > 1 or slugs == ["-"])
    else:
        from pkgcat.commands.editor import edit_in_editor

        edit_in_editor(ctx, wanted)


class Wish(NamedTuple):
    """What shall become of a package: fields to set, labels to add and to take away, facts to give back."""

    fields: dict[str, Any]
    tags: tuple[str, ...]
    untags: tuple[str, ...]
    unpinned: frozenset[str]

    def apply(self, operation: Operation, key: int, rev: int | None = None) -> list[Change]:
        """Edit a package, which must still have this revision where one is given; return what changed."""
        store = operation.store
        edits.check_revision(store, key, rev)
        values: Values = {name: by_hand(store, name, value) for name, value in self.fields.items()}
        if self.tags or self.untags:
            old = self.fields["tags"] if "tags" in self.fields else packages.tags(store, key)
            values["tags"] = self._labels(old or ())
        changes = edits.unpin(operation, key, set(self.unpinned)) if self.unpinned else []
        return changes + edits.edit(operation, key, values)

    def _labels(self, old: Iterable[str]) -> tuple[str, ...]:
        gone = {tag.casefold() for tag in self.untags}
        kept = [tag for tag in old if tag.casefold() not in gone]
        known = {tag.casefold() for tag in kept}
        return (*kept, *(tag.strip() for tag in self.tags if tag.strip() and tag.casefold() not in known))


def _edit_named(ctx: typer.Context, wanted: list[str], wish: Wish, *, many: bool) -> None:
    with writing(ctx, f"edit {' '.join(wanted)}") as run:
        keys = [packages.find(run.store, name) for name in wanted]
        report(run, [(packages.slug(run.store, key), wish.apply(run.operation, key)) for key in keys])
        if run.structured:
            print_records(run, keys, many=many)


PIN_FIELDS = ("pinned", "behind_pins")
"""What changes along with a fact that a person sets: too well known to be told."""


def report(run: Session, edited: Iterable[tuple[str, list[Change]]]) -> None:
    """Say in one line what an edit did to each package; of a dry run, each field's old and new value."""
    for slug, changes in edited:
        fields = list(dict.fromkeys(change.field for change in changes if change.field not in PIN_FIELDS))
        if not changes:
            run.say(f"{slug}: nothing to change")
        elif run.dry_run and not run.structured:
            from pkgcat.commands.bulk import diff

            run.print(diff(run, [(slug, changes)]))
        elif not run.dry_run:
            run.say(f"{slug}: {', '.join(fields) or 'pins'} changed; 'pkgcat undo' takes it back")


def _patch(source: str) -> dict[str, Any]:
    try:
        text = sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(f"--patch {source}: {error}") from error
    from pkgcat.transfer import parse_json

    fields = parse_json(text)
    if not isinstance(fields, dict):
        raise Invalid('--patch takes a JSON object: {"title": "Cities"}')
    for name in fields:
        _editable(name)
    return fields


def _editable(name: str) -> str:
    check_field(name)
    if name not in EDITABLE:
        raise Invalid(f"{name} cannot be edited{nearest(name, sorted(EDITABLE))}")
    return name


def _pinnable(name: str) -> str:
    check_field(name)
    if name not in PINNABLE:
        raise Invalid(f"{name} is no fact: nothing of it is pinned")
    return name


def app(name: str) -> typer.Typer:
    """Return `edit` as an app."""
    return program((name, edit, WritingChosen))
