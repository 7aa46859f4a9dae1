"""Packages written: added, edited by a person, merged from an import, removed."""

from collections.abc import Mapping

from pkgcat.errors import Conflict, Invalid
from pkgcat.model import addresses as urls
from pkgcat.model.change import Change
from pkgcat.model.fields import FACT_VALUES, FIELDS, PINNABLE
from pkgcat.model.hosts import find_host_kind
from pkgcat.model.origin import NO_ORIGINS, Origin, Origins
from pkgcat.model.types import DATETIME, TEXT_LIST, SqlValue, Value, Values
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
    columns = _user_columns(store, values)
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
    store, now = operation.store, operation.now
    title = values.get("title") or values.get("slug")
    times = {"created": now, "modified": values.get("created") or now}
    slug = values.get("slug")
    if not slug:
        slug = slugify(str(title))
        if not slug:
            raise Invalid(f"no slug can be made of the title {title!r}; --slug names one")
        check_own_slug(slug)
    complete: Values = {**times, **values, "title": title, "slug": check_slug(str(slug))}
    columns = _user_columns(store, complete, origins)
    check_slug_free(store, str(columns["slug"]))
    if not columns.get("id") or _is_id_taken(store, columns):
        columns["id"] = find_free_id(store)
        columns["site"] = None
    key = operation.create("packages", columns, origin=origin, origins=_select(origins, columns))
    facts = _fact_columns(complete, origins)
    if facts.get("repo_host") is None:
        facts["repo_host"] = _host_kind(store, columns.get("repo_key"))
    operation.create("facts", {"key": key, **facts}, origin=origin, origins=_select(origins, facts))
    return key


def _select(origins: Origins, columns: Mapping[str, SqlValue]) -> Origins:
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
    store = operation.store
    facts = PINNABLE & values.keys()
    pinned, upstream_values = pins(store, key)
    if facts:
        current = dict(zip(sorted(facts), _current(store, key, sorted(facts)), strict=True))
        upstream_values = {**current, **upstream_values}
        values = {**values, "pinned": tuple(sorted({*pinned, *facts}))}
    changes = _write(operation, key, values, dump_upstream_values(upstream_values) if facts else {})
    if changes:
        _edited(operation, key)
    return changes


def unpin(operation: Operation, key: int, names: set[str]) -> list[Change]:
    """Give facts back to refresh, at the value their source last told."""
    pinned, upstream_values = pins(operation.store, key)
    names &= set(pinned)
    back: dict[str, SqlValue] = {
        name: upstream_values.pop(name) for name in names & upstream_values.keys()
    }
    left: Values = {"pinned": tuple(name for name in pinned if name not in names)}
    changes = _write(operation, key, left, {**back, **dump_upstream_values(upstream_values)})
    if changes:
        _edited(operation, key)
    return changes


def _edited(operation: Operation, key: int) -> None:
    """Note that a person edited: an editor that was opened before must not store over it."""
    operation.change("packages", key, {"modified": DATETIME.to_sql(operation.now)})
    operation.store.rows("UPDATE packages SET rev = rev + 1 WHERE key = ?", (key,))


def merge(
    operation: Operation, key: int, values: Values, *, origins: Origins = NO_ORIGINS
) -> list[Change]:
    """Set fields as an import does: a pinned fact stays, and the new value waits behind it.

    `origins` are those of values that came from elsewhere than the operation.
    """
    pinned, upstream_values = pins(operation.store, key)
    hidden: set[str] = set()
    if "pinned" not in values:
        hidden = set(pinned) & values.keys()
        upstream_values |= {name: FIELDS[name].type.to_sql(values[name]) for name in hidden}
        values = {
            name: given
            for name, given in values.items()
            if name not in {*hidden, "upstream_values"}
        }
    changes = _write(
        operation,
        key,
        values,
        dump_upstream_values(upstream_values) if hidden else {},
        origins=origins,
    )
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
    columns = _user_columns(store, values, origins)
    facts = {**_fact_columns(values, origins), **more}
    if "slug" in columns:
        check_slug_free(store, str(columns["slug"]), key)
    before = _current(store, key, ["slug"])[0]
    pinned = pins(store, key)[0]
    changes = operation.change("packages", key, columns, origins=origins)
    if any(change.field == "slug" for change in changes):
        for (other,) in store.rows(
            "SELECT key FROM packages WHERE replaced_by = ?", (before,)
        ).fetchall():
            operation.change("packages", other, {"replaced_by": columns["slug"]})
    moved = any(change.field == "repo_key" for change in changes)
    if moved or any(change.field == "pypi_name" for change in changes):
        clear_refresh_memory(store, key)
    if moved and values.get("repo_host") is None and "repo_host" not in pinned:
        facts["repo_host"] = _host_kind(store, columns["repo_key"])
    changes += operation.change("facts", key, facts, origins=origins)
    return [change for change in changes if change.field in FIELDS]


def _user_columns(
    store: Store, values: Values, origins: Origins = NO_ORIGINS
) -> dict[str, SqlValue]:
    """Return the columns of `packages` that these values set, those that follow from others
    included.
    """
    columns = {
        name: FIELDS[name].type.to_sql(given)
        for name, given in values.items()
        if FIELDS[name].writer == "user" and not _is_hosts_own(name, origins)
    }
    if columns.get("category") is not None:
        columns["category"] = groups.find(store, "categories", str(columns["category"]))
    if "grids" in columns:
        columns["grids"] = TEXT_LIST.to_sql(
            tuple(groups.find(store, "grids", slug) for slug in _texts(values["grids"]))
        )
    if "tags" in columns:
        # as SQLite's NOCASE compares them, with which they are filtered; the first spelling stays
        once = {tag.encode().lower(): tag for tag in reversed(_texts(values["tags"]))}
        columns["tags"] = TEXT_LIST.to_sql(tuple(sorted(once.values())))
    if "repo_url" in columns:
        columns["repo_key"] = _repository_key(store, _text(values["repo_url"]))
    if "pypi_url" in columns:
        columns["pypi_name"] = urls.pypi_name(_text(values["pypi_url"]))
    return columns


def _fact_columns(values: Values, origins: Origins = NO_ORIGINS) -> dict[str, SqlValue]:
    """Return the columns of `facts` that these values set."""
    return {
        name: FIELDS[name].type.to_sql(given)
        for name, given in values.items()
        if FIELDS[name].table == "facts" or _is_hosts_own(name, origins)
    }


def _is_hosts_own(name: str, origins: Origins) -> bool:
    """Whether a value is what a host says of a field that has a column in both tables."""
    return name == "documentation_url" and name in origins and origins[name].kind == "host"


def _repository_key(store: Store, address: str | None) -> str | None:
    return urls.repository_key(address, store.host_kinds) if address else None


def _host_kind(store: Store, repository_key: SqlValue) -> str | None:
    """Return the kind of host of a repository."""
    if repository_key is None:
        return None
    host = str(repository_key).partition("/")[0]
    kind = find_host_kind(host, store.host_kinds)
    return kind.name if kind else None


def check_slug_free(store: Store, slug: str, but: int | None = None) -> None:
    """Raise Conflict where another package has this slug."""
    sql = "SELECT slug FROM packages WHERE slug = ? AND removed = 0 AND key IS NOT ?"
    other = store.value(sql, (slug, but))
    if other is not None:
        raise Conflict(f"the slug {slug} is that of {other} already; see 'pkgcat show {other}'")


def pins(store: Store, key: int) -> tuple[tuple[str, ...], dict[str, SqlValue]]:
    """Return which facts are pinned, and what their sources say of them."""
    pinned, upstream_values = _current(store, key, ["pinned", "upstream_values"])
    return (
        (_texts(TEXT_LIST.from_sql(pinned)), read_upstream_values(upstream_values))
        if pinned != "[]"
        else ((), {})
    )


def read_upstream_values(stored: SqlValue) -> dict[str, SqlValue]:
    """Return what sources say of pinned facts, each as it would be stored."""
    values = FACT_VALUES.from_sql(stored)
    assert isinstance(values, dict)
    return {name: FIELDS[name].type.to_sql(value) for name, value in values.items()}


def dump_upstream_values(upstream_values: dict[str, SqlValue]) -> dict[str, SqlValue]:
    """Return the column that keeps what sources say of pinned facts."""
    values = {name: FIELDS[name].type.from_sql(stored) for name, stored in upstream_values.items()}
    return {"upstream_values": FACT_VALUES.to_sql(values)}


def _current(store: Store, key: int, names: list[str]) -> tuple[SqlValue, ...]:
    columns = ", ".join(names)
    row: tuple[SqlValue, ...] = store.rows(
        f"SELECT {columns} FROM packages JOIN facts USING (key) WHERE key = ?", (key,)
    ).fetchone()
    return row


def _texts(given: Value) -> tuple[str, ...]:
    return tuple(map(str, given)) if isinstance(given, tuple) else ()


def _text(given: Value) -> str | None:
    return given if isinstance(given, str) else None
