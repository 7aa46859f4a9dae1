"""Packages: found by any of their names, read by queries, added, edited and removed."""

from collections.abc import Callable, Iterable, Iterator
from json import loads

from pkgcat import urls
from pkgcat.errors import Conflict, Invalid, NotFound
from pkgcat.models import (
    FIELDS,
    PINNABLE,
    Cell,
    Change,
    Package,
    Query,
    Value,
    Values,
    check_slug,
    nearest,
    slugify,
)
from pkgcat.store import Operation, Store, groups
from pkgcat.store.cells import cell, value
from pkgcat.store.columns import exact, json_object, select, shown

_HIGHEST = 2**62
"""Ids from here on are kept as they come, and no new one follows on them."""

_IN_FACTS = PINNABLE | {name for name, field in FIELDS.items() if field.role == "state"}


def as_json(store: Store, names: Iterable[str], query: Query) -> Iterator[str]:
    """Yield each package as the text of a JSON object; SQLite writes it, 8 times faster than json.dumps."""
    return (row[0] for row in store.rows(*select(json_object(names), query)))


def for_export(store: Store, names: Iterable[str], query: Query) -> Iterator[str]:
    """Yield each package as JSON that loses nothing: microseconds, and both empties of documentation_url."""
    return (row[0] for row in store.rows(*select(json_object(names, exact), query)))


def rows(store: Store, names: Iterable[str], query: Query, *, whole: bool = False) -> Iterator[tuple[Cell, ...]]:
    """Yield these fields of each package, as SQLite gives them; `whole` keeps microseconds."""
    return store.rows(*select(", ".join(map(exact if whole else shown, names)), query))


def read(store: Store, query: Query) -> Iterator[Package]:
    """Yield whole records."""
    kinds = [field.kind for field in FIELDS.values()]
    for row in store.rows(*select(", ".join(map(exact, FIELDS)), query)):
        yield Package(*map(value, kinds, row))  # type: ignore[arg-type]  # FIELDS is made of Package


def find(store: Store, name: str) -> int:
    """Return the key of the package that a slug, id, PyPI name or repository address names.

    Raises NotFound, with the nearest slugs.
    """
    name = name.strip()
    spelt: tuple[tuple[str, Callable[[str], Cell]], ...] = (
        ("slug", str),
        ("id", lambda text: int(text) if text.isdecimal() and len(text) < 19 else None),
        ("pypi_name", urls.pypi_name),
        ("repo_key", urls.repository_key),
    )
    for column, spell in spelt:
        if (given := spell(name)) is not None:
            key = store.value(f"SELECT key FROM packages WHERE {column} = ? AND removed = 0", (given,))
            if key is not None:
                return int(key)
    raise NotFound(f"there is no package {name!r}{nearest(name.lower(), _around(store, name))}")


def find_ever(store: Store, name: str) -> int:
    """Return the key of a package by any of its names, or that of a removed one by its slug; raise NotFound."""
    try:
        return find(store, name)
    except NotFound:
        sql = "SELECT key FROM packages WHERE slug = ? AND removed = 1 ORDER BY key DESC"
        key = store.value(sql, (name.strip(),))
        if key is None:
            raise
        return int(key)


def slugs_ever(store: Store, query: Query) -> dict[int, str]:
    """Return the slugs of all packages by key, removed ones too; of those in a category where a query names one."""
    category = "WHERE category = (SELECT key FROM categories WHERE slug = ? AND removed = 0)"
    where, parameters = (category, (query.category,)) if query.category else ("", ())
    return dict(store.rows(f"SELECT key, slug FROM packages {where}", parameters).fetchall())


def _around(store: Store, name: str) -> list[str]:
    """Return slugs worth comparing: neighbours in the alphabet, and some of the same length."""
    sql = """SELECT slug FROM (SELECT slug FROM packages WHERE removed = 0 AND slug >= :name
            ORDER BY slug LIMIT 100)
        UNION SELECT slug FROM (SELECT slug FROM packages WHERE removed = 0 AND slug < :name
            ORDER BY slug DESC LIMIT 100)
        UNION SELECT slug FROM (SELECT slug FROM packages
            WHERE removed = 0 AND abs(length(slug) - length(:name)) <= 2 LIMIT 3000)"""
    return [row[0] for row in store.rows(sql, {"name": name})]


def slugs(store: Store, prefix: str, limit: int = 100) -> list[tuple[str, str]]:
    """Return slugs and titles that begin so, for completion."""
    sql = """SELECT slug, title FROM packages WHERE removed = 0 AND slug >= :prefix AND slug < :end
        ORDER BY slug LIMIT :limit"""
    found = store.rows(sql, {"prefix": prefix, "end": f"{prefix}\U0010ffff", "limit": limit})
    return list(found)


def count(store: Store) -> int:
    """Return how many packages there are."""
    return int(store.value("SELECT count(*) FROM packages WHERE removed = 0"))


def slug(store: Store, key: int) -> str:
    """Return the slug of a package."""
    return str(store.value("SELECT slug FROM packages WHERE key = ?", (key,)))


def revision(store: Store, key: int) -> int:
    """Return how often a person has edited the package: what an edit must still find when it is stored."""
    return int(store.value("SELECT rev FROM packages WHERE key = ?", (key,)))


def check_revision(store: Store, key: int, rev: int | None) -> None:
    """Raise Conflict where a package was edited since it had this revision; None asks for nothing."""
    if rev is not None and revision(store, key) != rev:
        raise Conflict(f"{slug(store, key)} was edited meanwhile; nothing was stored")


def tags(store: Store, key: int) -> tuple[str, ...]:
    """Return the labels of a package."""
    return tuple(loads(str(_current(store, key, ["tags"])[0])))


def check_new(store: Store, values: Values) -> None:
    """Raise Conflict or NotFound where these words could not be a new package's."""
    words = _words(store, values)
    title = str(values.get("title") or values.get("slug") or "")
    check_free(store, {"slug": values.get("slug") or slugify(title) or None, **words})  # type: ignore[dict-item]  # a slug is text


def add(operation: Operation, values: Values) -> int:
    """Store a new package and return its key. A title or a slug is made of the other where it is missing.

    Raises Conflict where the slug, repository or PyPI name is taken, NotFound for an unknown category.
    """
    store, now = operation.store, operation.now
    title = values.get("title") or values.get("slug")
    times = {"created": now, "modified": values.get("created") or now}
    slug = values.get("slug") or slugify(str(title))
    if not slug:
        raise Invalid(f"no slug can be made of the title {title!r}; --slug names one")
    complete: Values = {**times, **values, "title": title, "slug": check_slug(str(slug))}
    words = _words(store, complete)
    check_free(store, words)
    taken = store.value("SELECT 1 FROM packages WHERE id = ? AND removed = 0", (values.get("id"),))
    if taken or not words.get("id"):
        words["id"] = store.value("SELECT coalesce(max(id), 0) + 1 FROM packages WHERE id < ?", (_HIGHEST,))
    key = operation.create("packages", words)
    facts = _facts(complete)
    if facts.get("repo_host") is None:
        facts["repo_host"] = _host(complete)
    operation.create("facts", {"key": key, **facts})
    return key


def edit(operation: Operation, key: int, values: Values, *, rev: int | None = None) -> list[Change]:
    """Set fields as a person does: facts are pinned, `modified` moves. Return what changed.

    Raises Conflict where a name is taken, or where `rev` is given and somebody has edited since.
    """
    store = operation.store
    check_revision(store, key, rev)
    facts = PINNABLE & values.keys()
    pinned, behind = pins(store, key)
    if facts:
        current = dict(zip(sorted(facts), _current(store, key, sorted(facts)), strict=True))
        behind = {**current, **behind}
        values = {**values, "pinned": tuple(sorted({*pinned, *facts}))}
    changes = _write(operation, key, values, aside(behind) if facts else {})
    if changes:
        _edited(operation, key)
    return changes


def unpin(operation: Operation, key: int, names: set[str]) -> list[Change]:
    """Give facts back to refresh, at the value their source last told."""
    pinned, behind = pins(operation.store, key)
    names &= set(pinned)
    back: dict[str, Cell] = {name: behind.pop(name) for name in names & behind.keys()}
    left: Values = {"pinned": tuple(name for name in pinned if name not in names)}
    changes = _write(operation, key, left, {**back, **aside(behind)})
    if changes:
        _edited(operation, key)
    return changes


def _edited(operation: Operation, key: int) -> None:
    """Note that a person edited: an editor that was opened before must not store over it."""
    operation.change("packages", key, {"modified": cell(operation.now)})
    operation.store.rows("UPDATE packages SET rev = rev + 1 WHERE key = ?", (key,))


def merge(operation: Operation, key: int, values: Values) -> list[Change]:
    """Set fields as an import does: a pinned fact stays, and the new value waits behind it."""
    pinned, behind = pins(operation.store, key)
    hidden: set[str] = set()
    if "pinned" not in values:
        hidden = set(pinned) & values.keys()
        behind |= {name: cell(values[name]) for name in hidden}
        values = {name: given for name, given in values.items() if name not in {*hidden, "behind_pins"}}
    changes = _write(operation, key, values, aside(behind) if hidden else {})
    if changes:
        forget(operation.store, key)
    return changes


def forget(store: Store, key: int) -> None:
    """Forget what sources remembered of a package: its facts came from elsewhere, or its address is another.

    Otherwise a host's "unchanged" would be about facts that are no longer there.
    """
    store.rows("DELETE FROM halves WHERE package = ?", (key,))


def remove(operation: Operation, key: int) -> None:
    """Take a package out of sight; nothing of it is lost."""
    operation.change("packages", key, {"removed": 1})


def _write(operation: Operation, key: int, values: Values, more: dict[str, Cell]) -> list[Change]:
    """Set words and facts, and `more` columns of facts; return the changes of fields that users know."""
    store = operation.store
    words, facts = _words(store, values), {**_facts(values), **more}
    if {"slug", "repo_key", "pypi_name"} & words.keys():
        check_free(store, words, key)
    before = _current(store, key, ["slug"])[0]
    pinned = pins(store, key)[0]
    changes = operation.change("packages", key, words)
    if any(change.field == "slug" for change in changes):
        for (other,) in store.rows("SELECT key FROM packages WHERE replaced_by = ?", (before,)).fetchall():
            operation.change("packages", other, {"replaced_by": words["slug"]})
    moved = any(change.field == "repo_key" for change in changes)
    if moved or any(change.field == "pypi_name" for change in changes):
        forget(store, key)
    if moved and values.get("repo_host") is None and "repo_host" not in pinned:
        facts["repo_host"] = _host(values)
    changes += operation.change("facts", key, facts)
    return [change for change in changes if change.field in FIELDS]


def _words(store: Store, values: Values) -> dict[str, Cell]:
    """Return the columns of `packages` that these values set, those that follow from others included."""
    words = {
        name: cell(given) for name, given in values.items() if FIELDS[name].role == "word" and name not in _IN_FACTS
    }
    if words.get("category") is not None:
        words["category"] = groups.find(store, "categories", str(words["category"]))
    if "grids" in words:
        words["grids"] = cell(tuple(groups.find(store, "grids", slug) for slug in _texts(values["grids"])))
    if "tags" in words:
        # as SQLite's NOCASE compares them, with which they are filtered; the first spelling stays
        once = {tag.encode().lower(): tag for tag in reversed(_texts(values["tags"]))}
        words["tags"] = cell(tuple(sorted(once.values())))
    if "repo_url" in words:
        words["repo_key"] = urls.repository_key(_text(values["repo_url"]))
    if "pypi_url" in words:
        words["pypi_name"] = urls.pypi_name(_text(values["pypi_url"]))
    return words


def _facts(values: Values) -> dict[str, Cell]:
    """Return the columns of `facts` that these values set."""
    return {name: cell(given) for name, given in values.items() if name in _IN_FACTS}


def _host(values: Values) -> str | None:
    """Return the kind of host that follows from the repository's address."""
    found = urls.repository(_text(values.get("repo_url")) or "")
    return found.kind if found else None


def check_free(store: Store, words: dict[str, Cell], but: int | None = None) -> None:
    """Raise Conflict where another package has this slug, repository or PyPI name."""
    for column, what in (("repo_key", "repository"), ("pypi_name", "PyPI name"), ("slug", "slug")):
        given = words.get(column)
        sql = f"SELECT slug FROM packages WHERE {column} = ? AND removed = 0 AND key IS NOT ?"
        if given is not None and (other := store.value(sql, (given, but))):
            raise Conflict(f"the {what} {given} is that of {other} already; see 'pkgcat show {other}'")


def pins(store: Store, key: int) -> tuple[tuple[str, ...], dict[str, Cell]]:
    """Return which facts are pinned, and what their sources say of them."""
    pinned, behind = _current(store, key, ["pinned", "behind_pins"])
    return (tuple(loads(str(pinned))), behind_pins(behind)) if pinned != "[]" else ((), {})


def behind_pins(stored: Cell) -> dict[str, Cell]:
    """Return what sources say of pinned facts, each as it would be stored."""
    facts = value("facts", stored)
    return {name: cell(fact) for name, fact in facts.items()} if isinstance(facts, dict) else {}


def aside(behind: dict[str, Cell]) -> dict[str, Cell]:
    """Return the column that keeps what sources say of pinned facts."""
    return {"behind_pins": cell({name: value(FIELDS[name].kind, fact) for name, fact in behind.items()})}


def _current(store: Store, key: int, names: list[str]) -> tuple[Cell, ...]:
    columns = ", ".join(names)
    row: tuple[Cell, ...] = store.rows(
        f"SELECT {columns} FROM packages JOIN facts USING (key) WHERE key = ?", (key,)
    ).fetchone()
    return row


def _texts(given: Value) -> tuple[str, ...]:
    return tuple(map(str, given)) if isinstance(given, tuple) else ()


def _text(given: Value) -> str | None:
    return given if isinstance(given, str) else None
