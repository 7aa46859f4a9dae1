"""The catalog as it was: its tables, copied and wound back, stand before the real ones for one connection."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pkgcat import urls
from pkgcat.errors import Invalid, NotFound
from pkgcat.models import Cell
from pkgcat.store import Store, history, packages
from pkgcat.store.cells import cell
from pkgcat.store.deltas import is_delta, wound_back

_TABLES = ("categories", "grids", "packages", "facts", "tags", "memberships", "participants", "classifiers")
_LISTS = {"tags": "packages.tags", "memberships": "packages.grids", "participants": "facts.participants"} | {
    "classifiers": "facts.pypi_classifiers"
}

# What refresh keeps for itself is no part of history: later times and errors are left out.
_UNLOGGED = """UPDATE temp.facts SET
    last_fetched = CASE WHEN last_fetched <= :at THEN last_fetched END,
    last_error = CASE WHEN last_error_at <= :at THEN last_error END,
    error_count = CASE WHEN last_error_at <= :at THEN error_count ELSE 0 END,
    last_error_at = CASE WHEN last_error_at <= :at THEN last_error_at END"""


def go_back(store: Store, moment: datetime, now: datetime, names: Iterable[str] | None = None) -> None:
    """Let this connection see the catalog as it was at a moment.

    `names` limits that to the packages that have, or had, one of these names: then it takes no longer in a
    catalog of a million. Raises Invalid for the future, NotFound for a time before the first operation.
    """
    if moment > now:
        raise Invalid(f"{moment:%Y-%m-%d %H:%M} UTC is in the future: nobody knows what it brings")
    begun = history.beginning(store)
    if begun is None or cell(moment) < begun:  # type: ignore[operator]  # both are texts of 27 characters
        since = f"; its history begins on {begun[:10]} at {begun[11:16]} UTC" if begun else ""
        raise NotFound(f"there was no catalog at {moment:%Y-%m-%d %H:%M} UTC{since}")
    keys = None if names is None else {key for name in names for key in _candidates(store, name)}
    undone = _undone(store, history.operation_after(store, moment), keys)
    store.rows("PRAGMA query_only = OFF")
    store.rows("PRAGMA foreign_keys = OFF")
    _copy(store, keys)
    for (entity, key), fields in undone.items():
        if "removed" in fields and fields["removed"] is None:
            fields["removed"] = 1
        sets = ", ".join(f"{field} = ?" for field in fields)
        store.rows(f"UPDATE temp.{entity} SET {sets} WHERE key = ?", (*fields.values(), key))
    store.rows(_UNLOGGED, {"at": cell(moment)})
    for table, lists in _LISTS.items():
        owner, column = lists.split(".")
        store.rows(
            f"INSERT OR IGNORE INTO temp.{table} SELECT j.value, o.key FROM temp.{owner} o, json_each(o.{column}) j"
        )
    store.rows("PRAGMA query_only = ON")


def _candidates(store: Store, name: str) -> set[int]:
    """Return the packages that have or had a name, removed ones among them; raise NotFound, with the nearest slugs."""
    spelt = [name.strip(), urls.pypi_name(name), urls.repository_key(name)]
    number = int(name) if name.isdecimal() and len(name) < 19 else None
    now = "SELECT key FROM packages WHERE slug = ? OR pypi_name = ? OR repo_key = ? OR id = ?"
    then = """SELECT key FROM changes WHERE entity = 'packages' AND field IN ('slug', 'pypi_name', 'repo_key')
        AND old COLLATE NOCASE IN (?, ?, ?)"""
    found = {row[0] for row in store.rows(f"{now} UNION {then}", (*spelt, number, *spelt))}
    return found or {packages.find(store, name)}


def _undone(store: Store, operation: int, keys: set[int] | None) -> dict[tuple[str, int], dict[str, Any]]:
    """Return what each field was that has changed in an operation or later."""
    undone: dict[tuple[str, int], dict[str, Any]] = {}
    for entity, key, field, old, number in _first_changes(store, operation, keys):
        was = _wound_back(store, entity, key, field, number) if is_delta(old) else old
        undone.setdefault((entity, key), {})[field] = was
    return undone


def _first_changes(store: Store, operation: int, keys: set[int] | None) -> list[tuple[str, int, str, Cell, int]]:
    """Return each field's first change in an operation or later: its `old` is what the field was before.

    Of several rows SQLite takes `old` from that of min() (sqlite.org/lang_select.html#bareagg). The + keeps it
    from walking through the whole log in the order of the groups.
    """
    columns = "SELECT entity, key, field, old, number FROM changes WHERE operation >= :operation"
    if keys is None:
        some = columns
    else:
        some = f"""{columns} AND key IN ({_numbers(keys)}) AND entity IN ('packages', 'facts')
            UNION ALL {columns} AND key IN (SELECT key FROM main.categories) AND entity = 'categories'
            UNION ALL {columns} AND key IN (SELECT key FROM main.grids) AND entity = 'grids'"""
    sql = f"SELECT entity, key, field, old, min(number) FROM ({some}) GROUP BY +entity, +key, +field"
    return store.rows(sql, {"operation": operation}).fetchall()


def _wound_back(store: Store, entity: str, key: int, field: str, number: int) -> Any:
    """Return what a list was before a change, from what it is now and all that became of it since."""
    sql = """SELECT old FROM changes WHERE key = ? AND entity = ? AND field = ? AND number >= ?
        ORDER BY number DESC"""
    olds = (row[0] for row in store.rows(sql, (key, entity, field, number)))
    return wound_back(olds, _now(store, entity, key, field))


def _now(store: Store, entity: str, key: int, field: str) -> Cell:
    found: Cell = store.value(f"SELECT {field} FROM main.{entity} WHERE key = ?", (key,))
    return found


def _copy(store: Store, keys: set[int] | None) -> None:
    """Make tables of the same names for this connection: SQLite finds them before the catalog's own."""
    made = dict(store.rows("SELECT name, sql FROM main.sqlite_schema WHERE type = 'table'").fetchall())
    for table in _TABLES:
        store.rows(made[table].replace("CREATE TABLE", "CREATE TEMP TABLE", 1))
        if table in _LISTS:
            continue
        chosen = "" if keys is None or table in ("categories", "grids") else f" WHERE key IN ({_numbers(keys)})"
        store.rows(f"INSERT INTO temp.{table} SELECT * FROM main.{table}{chosen}")


def _numbers(keys: set[int]) -> str:
    return ", ".join(map(str, sorted(keys)))
