"""Saved filters: expressions of conditions, each with a name."""

from typing import NamedTuple

from pkgcat.errors import NotFound
from pkgcat.model.suggest import suggest
from pkgcat.store import Store


class Filter(NamedTuple):
    """An expression and its name, which is known in any case."""

    key: int
    name: str
    expression: str


_FILTERS = "SELECT key, name, expression FROM filters WHERE removed = 0"


def list_filters(store: Store) -> list[Filter]:
    """Return the filters by name."""
    return [Filter(*row) for row in store.rows(f"{_FILTERS} ORDER BY name")]


def get_filter(store: Store, name: str) -> Filter | None:
    """Return the filter of that name, or None where there is none."""
    row = store.rows(f"{_FILTERS} AND name = ?", (name,)).fetchone()
    return Filter(*row) if row else None


def find_removed_filter(store: Store, name: str) -> int | None:
    """Return the key of the last removed filter of that name."""
    sql = "SELECT max(key) FROM filters WHERE removed = 1 AND name = ?"
    key: int | None = store.value(sql, (name,))
    return key


def find_filter(store: Store, name: str) -> Filter:
    """Return the filter of that name; raise NotFound, naming the nearest."""
    found = get_filter(store, name)
    if found is None:
        names = [one.name for one in list_filters(store)]
        hint = suggest(name, names) or "; 'pkgcat filter list' lists them"
        raise NotFound(f"there is no filter {name!r}{hint}")
    return found
