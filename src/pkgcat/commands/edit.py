"""edit: by options, by a JSON patch, or in an editor on the editable fields as TOML."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from pkgcat.commands import complete
from pkgcat.commands.given import by_hand
from pkgcat.commands.options import WritingRecords, program
from pkgcat.commands.packages import (
    Category,
    DocumentationUrl,
    Notes,
    PypiUrl,
    RepoUrl,
    Slug,
    Slugs,
    Tags,
    Title,
    print_records,
)
from pkgcat.commands.session import Session, names, writing
from pkgcat.errors import Invalid
from pkgcat.models import EDITABLE, PINNABLE, Change, Query, Values, check_field, nearest
from pkgcat.store import Store, packages


def edit(
    ctx: typer.Context,
    slugs: Slugs,
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
) -> None:
    """Edit packages, by options or in your editor.

    Setting a fact pins it: refresh leaves it alone. Without options it opens
    your editor ($VISUAL, $EDITOR) on the fields.

    \b
    Examples:
      pkgcat edit django-cities --title Cities --category apps --tag geo
      pkgcat edit django-cities --unset notes
      echo '{"repo_watchers": 1000}' | pkgcat edit django-cities --patch -
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
    given = {name: value for name, value in given.items() if value is not None}
    wanted = names(slugs)
    for name in unset or ():
        given[_editable(name)] = None
    released = {_pinnable(name) for name in unpin or ()}
    if not (given or tag or untag or released or patch):
        from pkgcat.commands.editor import edit_in_editor

        edit_in_editor(ctx, wanted)
        return
    if patch:
        given |= _patch(patch)
    if len(wanted) > 1 and {"slug", "repo_url", "pypi_url"} & {name for name, value in given.items() if value}:
        raise Invalid("a slug or address is for one package; edit them one by one")
    with writing(ctx, f"edit {' '.join(wanted)}") as run:
        keys = [packages.find(run.store, name) for name in wanted]
        for key in keys:
            values = _checked(run.store, given) | _tags(run, key, given.get("tags"), tag or [], untag or [])
            changes = packages.unpin(run.operation, key, set(released)) if released else []
            report(run, key, changes + packages.edit(run.operation, key, values))
        if run.structured:
            print_records(run, keys, many=len(keys) > 1 or "-" in slugs)


def report(run: Session, key: int, changes: list[Change]) -> None:
    """Say in one line what an edit did; of a dry run, each field's old and new value."""
    slug = packages.slug(run.store, key)
    fields = list(dict.fromkeys(change.field for change in changes))
    if not fields:
        run.say(f"{slug}: nothing to change")
    elif run.dry_run:
        for change in changes:
            run.say(f"{slug}: {change.field}: {json.dumps(change.old)} -> {json.dumps(change.new)}")
    else:
        run.say(f"{slug}: {', '.join(fields)} changed; 'pkgcat undo' takes it back")


def _checked(store: Store, given: dict[str, Any]) -> Values:
    """Check each value; a field that must have one cannot be unset."""
    return {name: by_hand(store, name, value) for name, value in given.items()}


def _tags(run: Session, key: int, base: Any, more: Iterable[str], less: Iterable[str]) -> Values:
    if not more and not less:
        return {}
    old = next(packages.read(run.store, Query(run.now, key=key))).tags if base is None else tuple(base)
    gone = {tag.casefold() for tag in less}
    kept = [tag for tag in old if tag.casefold() not in gone]
    known = {tag.casefold() for tag in kept}
    return {"tags": (*kept, *(tag.strip() for tag in more if tag.strip() and tag.casefold() not in known))}


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
    return program((name, edit, WritingRecords))
