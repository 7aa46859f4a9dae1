"""Packages written: added, edited by a person, merged from an import, removed."""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from pkgcat.errors import Conflict, Invalid
from pkgcat.model import addresses, site_addresses
from pkgcat.model.change import Change
from pkgcat.model.fields import FACT_VALUES, FIELDS, PINNABLE
from pkgcat.model.hosts import find_host_kind
from pkgcat.model.origin import NO_ORIGINS, Origin, Origins
from pkgcat.model.types import DATETIME, INTEGER_LIST, TEXT_LIST, SqlValue, Value, Values
from pkgcat.model.validate import check_own_slug, check_slug, slugify
from pkgcat.store import Store, groups, packages
from pkgcat.store.operation import Operation

_HIGHEST = 2**62
"""Ids from here on are kept as they come, and no new one follows on them."""

MAX_SITE_ID = 1_000_000
"""No site has a higher id: packages that were made here are counted from the next number on."""


def check_revision(store: Store, key: int, rev: int | None) -> None:
    """Raise Conflict where a package was edited since it had this revision; None asks for
    nothing.
    """
    if rev is not None and packages.revision(store, key) != rev:
        raise Conflict(f"{packages.slug(store, key)} was edited meanwhile; nothing was stored")


def check_new(store: Store, values: Values) -> None:
    """Raise Conflict where the slug among these values is taken, NotFound for an unknown category
    or grid.
    """
    columns = _make_user_columns(store, values)
    if columns.get("slug") is not None:
        check_slug_free(store, str(columns["slug"]))


def add(
    operation: Operation,
    values: Values,
    *,
    origin: Origin | None = None,
    origins: Origins = NO_ORIGINS,
) -> int:
    """Store a new package and return its key. A title or a slug is made of the other where it is
    missing.

    `origin` and `origins` are as in Operation.create. Raises Conflict where the slug is taken, or
    the number of a site's own package; NotFound for an unknown category.
    """
    store = operation.store
    complete = _complete(values, operation.now)
    columns = _make_user_columns(store, complete, origins)
    if not columns.get("id") or _is_id_taken(store, columns):
        columns["id"] = find_free_id(store)
        columns["site"] = None
    own_origins = _select_origins(origins, columns)
    try:
        key = operation.create("packages", columns, origin=origin, origins=own_origins)
    except sqlite3.IntegrityError:
        check_slug_free(store, str(columns["slug"]))
        raise
    facts = _make_fact_columns(complete, origins)
    if facts.get("repo_host") is None:
        facts["repo_host"] = _find_host_kind(store, columns.get("repo_key"))
    fact_origins = _select_origins(origins, facts)
    operation.create("facts", {"key": key, **facts}, origin=origin, origins=fact_origins)
    return key


def _complete(values: Values, now: datetime) -> Values:
    """Return the values of a new package with its times, its title and its slug."""
    title = values.get("title") or values.get("slug")
    slug = values.get("slug")
    if not slug:
        slug = slugify(str(title))
        if not slug:
            raise Invalid(f"no slug can be made of the title {title!r}; --slug names one")
        check_own_slug(slug)
    times = {"created": now, "modified": values.get("created") or now}
    return {**times, **values, "title": title, "slug": check_slug(str(slug))}


def _select_origins(origins: Origins, columns: Mapping[str, SqlValue]) -> Origins:
    """Return the origins of these columns."""
    return {name: origin for name, origin in origins.items() if name in columns}


def _is_id_taken(store: Store, columns: dict[str, SqlValue]) -> bool:
    """Whether a new package without a site cannot have its id.

    Raises Conflict where it is another package of the same site that has it.
    """
    site = columns.get("site")
    sql = """SELECT slug FROM packages
        WHERE id = :id AND removed = 0 AND (:site IS NULL OR site = :site)"""
    other = store.value(sql, {"id": columns["id"], "site": site})
    if other is not None and site is not None:
        raise Conflict(
            f"number {columns['id']} of {site} is that of {other} already; see 'pkgcat show {other}'"
        )
    return other is not None


def find_free_id(store: Store) -> int:
    """Return an id for a package that was made here."""
    sql = "SELECT max(coalesce(max(id), 0), ?) + 1 FROM packages WHERE id < ?"
    return int(store.value(sql, (MAX_SITE_ID, _HIGHEST)))


def edit(operation: Operation, key: int, values: Values) -> list[Change]:
    """Set fields as a person does: facts are pinned, `modified` moves. Return what changed.

    Raises Conflict where a name is taken.
    """
    facts = sorted(PINNABLE & values.keys())
    more: dict[str, SqlValue] = {}
    if facts:
        pins = read_pins(operation.store, key)
        current = dict(zip(facts, _read_columns(operation.store, key, facts), strict=True))
        more = dump_upstream_values({**current, **pins.upstream_values})
        values = {**values, "pinned": tuple(sorted({*pins.names, *facts}))}
    changes = _write(operation, key, values, more)
    if changes:
        _note_edit(operation, key)
    return changes


def unpin(operation: Operation, key: int, names: set[str]) -> list[Change]:
    """Give facts back to refresh, at the value their source last told."""
    pins = read_pins(operation.store, key)
    unpinned = names & set(pins.names)
    given_back: dict[str, SqlValue] = {}
    kept: dict[str, SqlValue] = {}
    for name, value in pins.upstream_values.items():
        if name in unpinned:
            given_back[name] = value
        else:
            kept[name] = value
    left: Values = {"pinned": tuple(name for name in pins.names if name not in unpinned)}
    changes = _write(operation, key, left, {**given_back, **dump_upstream_values(kept)})
    if changes:
        _note_edit(operation, key)
    return changes


def _note_edit(operation: Operation, key: int) -> None:
    """Note that a person edited: an editor that was opened before must not store over it."""
    operation.change("packages", key, {"modified": DATETIME.to_sql(operation.now)})
    operation.store.rows("UPDATE packages SET rev = rev + 1 WHERE key = ?", (key,))


def merge(
    operation: Operation, key: int, values: Values, *, origins: Origins = NO_ORIGINS
) -> list[Change]:
    """Set fields as an import does: a pinned fact stays, and the new value waits behind it.

    `origins` are those of values that came from elsewhere than the operation.
    """
    more: dict[str, SqlValue] = {}
    if "pinned" not in values:
        pins = read_pins(operation.store, key)
        hidden = set(pins.names) & values.keys()
        if hidden:
            upstream_values = dict(pins.upstream_values)
            for name in hidden:
                upstream_values[name] = FIELDS[name].type.to_sql(values[name])
            more = dump_upstream_values(upstream_values)
        left_out = {*hidden, "upstream_values"}
        values = {name: given for name, given in values.items() if name not in left_out}
    changes = _write(operation, key, values, more, origins=origins)
    if changes:
        clear_refresh_memory(operation.store, key)
    return changes


def clear_refresh_memory(store: Store, key: int) -> None:
    """Forget what sources remembered of a package: its facts came from elsewhere, or its address is
    another.

    Otherwise a host's "unchanged" would be about facts that are no longer there.
    """
    store.rows("DELETE FROM refresh_sources WHERE package = ?", (key,))


def remove(operation: Operation, key: int) -> None:
    """Take a package out of sight; nothing of it is lost."""
    operation.change("packages", key, {"removed": 1})


def _write(
    operation: Operation,
    key: int,
    values: Values,
    more: dict[str, SqlValue],
    *,
    origins: Origins = NO_ORIGINS,
) -> list[Change]:
    """Set user fields and facts, and `more` columns of facts; return the changes of fields that
    users know.
    """
    store = operation.store
    columns = _make_user_columns(store, values, origins)
    facts = {**_make_fact_columns(values, origins), **more}
    if "slug" in columns:
        check_slug_free(store, str(columns["slug"]), key)
    slug_before = packages.slug(store, key)
    pinned = read_pins(store, key).names
    changes = operation.change("packages", key, columns, origins=origins)
    changed = {change.field for change in changes}
    if "slug" in changed:
        _rename_replacement(operation, slug_before, columns["slug"])
    if "repo_key" in changed or "pypi_name" in changed:
        clear_refresh_memory(store, key)
    if "repo_key" in changed and values.get("repo_host") is None and "repo_host" not in pinned:
        facts["repo_host"] = _find_host_kind(store, columns["repo_key"])
    changes += operation.change("facts", key, facts, origins=origins)
    return [change for change in changes if change.field in FIELDS]


def _rename_replacement(operation: Operation, before: str, slug: SqlValue) -> None:
    """Let the packages that a renamed one replaces name it by its new slug."""
    sql = "SELECT key FROM packages WHERE replaced_by = ?"
    for (replaced,) in operation.store.rows(sql, (before,)).fetchall():
        operation.change("packages", replaced, {"replaced_by": slug})


def _make_user_columns(
    store: Store, values: Values, origins: Origins = NO_ORIGINS
) -> dict[str, SqlValue]:
    """Return the columns of `packages` that these values set, those that follow from others
    included.
    """
    columns: dict[str, SqlValue] = {}
    for name, given in values.items():
        if FIELDS[name].writer == "user" and not _is_hosts_own(name, origins):
            columns[name] = FIELDS[name].type.to_sql(given)
    if columns.get("category") is not None:
        columns["category"] = groups.find(store, "categories", str(columns["category"]))
    if "grids" in columns:
        keys = [groups.find(store, "grids", slug) for slug in _read_texts(values["grids"])]
        columns["grids"] = INTEGER_LIST.to_sql(tuple(keys))
    if "tags" in columns:
        columns["tags"] = TEXT_LIST.to_sql(_drop_repeated_tags(_read_texts(values["tags"])))
    if "repo_url" in columns:
        address = _read_text(values["repo_url"])
        columns["repo_key"] = addresses.repository_key(address, store.host_kinds)
    if "pypi_url" in columns:
        columns["pypi_name"] = site_addresses.pypi_name(_read_text(values["pypi_url"]))
    return columns


def _drop_repeated_tags(tags: tuple[str, ...]) -> tuple[str, ...]:
    """Return tags in order, each once, in its first spelling.

    They are compared as SQLite's NOCASE does, with which they are filtered.
    """
    spellings: dict[bytes, str] = {}
    for tag in tags:
        spellings.setdefault(tag.encode().lower(), tag)
    return tuple(sorted(spellings.values()))


def _make_fact_columns(values: Values, origins: Origins = NO_ORIGINS) -> dict[str, SqlValue]:
    """Return the columns of `facts` that these values set."""
    columns: dict[str, SqlValue] = {}
    for name, given in values.items():
        if FIELDS[name].table == "facts" or _is_hosts_own(name, origins):
            columns[name] = FIELDS[name].type.to_sql(given)
    return columns


def _is_hosts_own(name: str, origins: Origins) -> bool:
    """Whether a value is what a host says of a field that has a column in both tables."""
    return name == "documentation_url" and name in origins and origins[name].kind == "host"


def _find_host_kind(store: Store, repository_key: SqlValue) -> str | None:
    """Return the kind of host of a repository."""
    if repository_key is None:
        return None
    host = str(repository_key).partition("/")[0]
    kind = find_host_kind(host, store.host_kinds)
    if kind is None:
        return None
    return kind.name


def check_slug_free(store: Store, slug: str, but: int | None = None) -> None:
    """Raise Conflict where another package has this slug."""
    sql = "SELECT slug FROM packages WHERE slug = ? AND removed = 0 AND key IS NOT ?"
    other = store.value(sql, (slug, but))
    if other is not None:
        raise Conflict(f"the slug {slug} is that of {other} already; see 'pkgcat show {other}'")


class Pins(NamedTuple):
    """Which facts are pinned, and what their sources say of them, each as it would be stored."""

    names: tuple[str, ...]
    upstream_values: Mapping[str, SqlValue]


def read_pins(store: Store, key: int) -> Pins:
    """Return the pins of a package."""
    pinned, upstream_values = _read_columns(store, key, ["pinned", "upstream_values"])
    if pinned == "[]":
        return Pins((), {})
    return Pins(_read_texts(TEXT_LIST.from_sql(pinned)), read_upstream_values(upstream_values))


def read_upstream_values(stored: SqlValue) -> dict[str, SqlValue]:
    """Return what sources say of pinned facts, each as it would be stored."""
    values = FACT_VALUES.from_sql(stored)
    assert isinstance(values, dict)
    return {name: FIELDS[name].type.to_sql(value) for name, value in values.items()}


def dump_upstream_values(upstream_values: Mapping[str, SqlValue]) -> dict[str, SqlValue]:
    """Return the column that keeps what sources say of pinned facts."""
    values = {name: FIELDS[name].type.from_sql(stored) for name, stored in upstream_values.items()}
    return {"upstream_values": FACT_VALUES.to_sql(values)}


def _read_columns(store: Store, key: int, names: Sequence[str]) -> tuple[SqlValue, ...]:
    """Return what these columns of a package hold."""
    sql = f"SELECT {', '.join(names)} FROM packages JOIN facts USING (key) WHERE key = ?"
    row: tuple[SqlValue, ...] = store.rows(sql, (key,)).fetchone()
    return row


def _read_texts(given: Value) -> tuple[str, ...]:
    if not isinstance(given, tuple):
        return ()
    return tuple(map(str, given))


def _read_text(given: Value) -> str | None:
    if not isinstance(given, str):
        return None
    return given
