"""Packages written: added, edited by a person, merged from an import, removed."""

from json import loads

from pkgcat import urls
from pkgcat.errors import Conflict, Invalid
from pkgcat.models import FIELDS, PINNABLE, Cell, Change, Value, Values
from pkgcat.rules import check_slug, slugify
from pkgcat.store import Operation, Store, groups, packages
from pkgcat.store.cells import cell, value

_HIGHEST = 2**62
"""Ids from here on are kept as they come, and no new one follows on them."""

_IN_FACTS = PINNABLE | {name for name, field in FIELDS.items() if field.role == "state"}


def check_revision(store: Store, key: int, rev: int | None) -> None:
    """Raise Conflict where a package was edited since it had this revision; None asks for nothing."""
    if rev is not None and packages.revision(store, key) != rev:
        raise Conflict(f"{packages.slug(store, key)} was edited meanwhile; nothing was stored")


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
