"""show --why FIELD: where a value comes from, since when, and what it was before."""

import json
from datetime import datetime
from typing import Any, NamedTuple

from pkgcat.commands.session import Session
from pkgcat.models import FIELDS, Query, Values
from pkgcat.render import Format, View
from pkgcat.render.text import clean
from pkgcat.render.values import age, text_of
from pkgcat.render.views import texts
from pkgcat.store import history, packages
from pkgcat.store.cells import cell, native

_FROM_REPOSITORY = ("last_updated", "commits_over_52", "participants")
_DERIVED = {"pypi_name": "pypi_url", "score": "repo_watchers"}


class Why(NamedTuple):
    """All that is known of one value, as JSON has it: times in UTC, `behind` what the source says of a pinned fact."""

    slug: str
    field: str
    value: Any
    source: str
    fetched: str | None
    since: str | None
    operation: int
    command: str
    previous: Any
    previous_since: str | None
    pinned: bool
    behind: Any


def explain(run: Session, keys: list[int], field: str) -> None:
    """Print where each package has its value from."""
    found = [_why(run, key, field) for key in keys]
    if run.format is Format.TABLE and run.screen.terminal:
        for why in found:
            run.write(clean(_told(run, why), lines=True))
        return
    rows = [tuple(_flat(value) for value in why) for why in found]
    if run.format in (Format.JSON, Format.JSONL):
        rows = [tuple(why) for why in found]
    run.print(View(texts(*Why._fields, numbers=("operation",)), rows, one=len(keys) == 1))


def _why(run: Session, key: int, field: str) -> Why:
    package = next(packages.read(run.store, Query(run.now, key=key)))
    record: Values = package._asdict()
    kind = FIELDS[field].kind
    steps = list(history.steps(run.store, key, [_DERIVED.get(field, field)]))[:2]
    born = history.creation(run.store, key)
    by = steps[0] if steps else None
    before = steps[1].at if len(steps) > 1 else born.at
    pinned = field in package.pinned
    operation = by.operation if by else born.id
    command = by.command if by else born.command
    fetched = package.last_fetched
    told = field in _DERIVED or (FIELDS[field].role == "fact" and not pinned and _asks(command))
    unlogged = FIELDS[field].role == "state" and not by
    old = history.named(run.store, by.field, by.old) if by and field not in _DERIVED else None
    return Why(
        package.slug,
        field,
        native(kind, cell(record[field])),
        _source(field, record, command) if told or unlogged else command,
        f"{fetched:%Y-%m-%dT%H:%M:%SZ}" if told and fetched else None,
        None if unlogged else native("datetime", by.at if by else born.at),
        operation,
        command,
        native(kind, old),
        native("datetime", before) if by else None,
        pinned,
        native(kind, cell(package.behind_pins.get(field))) if pinned else None,
    )


def _asks(command: str) -> bool:
    """Whether a command has its facts from the hosts themselves."""
    return command.split(" ", 1)[0] in ("refresh", "add")


def _source(field: str, record: Values, command: str) -> str:
    """Name the place a value comes from."""
    if field in _DERIVED:
        return f"follows from {_DERIVED[field]}"
    if FIELDS[field].role == "state":
        return "kept by refresh"
    repository = field.startswith("repo_") or field in _FROM_REPOSITORY
    return str((record["repo_url"] if repository else record["pypi_url"]) or command)


def _told(run: Session, why: Why) -> str:
    """Say it for a person."""
    lines = [f"{why.field} of {why.slug}: {_text(why.field, why.value) or 'unknown'}"]
    asked = f", asked {_ago(run, why.fetched)}" if why.fetched else ""
    lines.append(f"  source    {why.source}{asked}")
    if why.since:
        lines.append(f"  since     {why.since[:10]} ({_ago(run, why.since)}), operation {why.operation}: {why.command}")
    if why.previous_since:
        lines.append(f"  before    {_text(why.field, why.previous) or 'unknown'}, since {why.previous_since[:10]}")
    if why.pinned:
        said = f"; its source says {_text(why.field, why.behind) or 'nothing'}"
        lines.append(f"  pinned    yes{said}")
        lines.append(f"            'pkgcat edit {why.slug} --unpin {why.field}' gives it back to refresh")
    return "\n".join(lines) + "\n"


def _text(field: str, value: Any) -> str:
    kind = FIELDS[field].kind
    if kind == "int" and value is not None:
        return f"{value:,}"
    return text_of(kind, json.dumps(value) if isinstance(value, list | dict) else value)


def _flat(value: Any) -> Any:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return json.dumps(value) if value else None
    return ("yes" if value else "no") if isinstance(value, bool) else value


def _ago(run: Session, at: str) -> str:
    return age(datetime.fromisoformat(at), run.now)
