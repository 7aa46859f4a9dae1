"""The catalog as it was: copies of its tables, set back to a moment, shadow the real ones for one
connection.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pkgcat.errors import Invalid, NotFound
from pkgcat.model.types import DATETIME, SqlValue
from pkgcat.store import Store, packages
from pkgcat.store.derived import derive_columns
from pkgcat.store.entities import ENTITIES, Key, check_change
from pkgcat.store.log import history
from pkgcat.store.log.deltas import DELTA_FIELDS, apply_deltas, is_delta

# What refresh keeps for itself is no part of history: later times and errors are left out.
_UNLOGGED = """UPDATE temp.facts SET
    last_fetched = CASE WHEN last_fetched <= :at THEN last_fetched END,
    last_error = CASE WHEN last_error_at <= :at THEN last_error END,
    error_count = CASE WHEN last_error_at <= :at THEN error_count ELSE 0 END,
    last_error_at = CASE WHEN last_error_at <= :at THEN last_error_at END"""


def go_back(
    store: Store, moment: datetime, now: datetime, names: Iterable[str] | None = None
) -> None:
    """Let this connection see the catalog as it was at a moment.

    `names` limits that to the packages that have, or had, one of these names: then it takes no
    longer in a catalog of a million. Raises Invalid for the future, NotFound for a time before the
    first operation.
    """
    _check_moment(store, moment, now)
    keys = None
    if names is not None:
        keys = _find_keys(store, names)
    former = _read_former_values(store, history.operation_after(store, moment), keys)
    store.rows("PRAGMA query_only = OFF")
    store.rows("PRAGMA foreign_keys = OFF")
    _copy(store, keys)
    for (entity, key), fields in former.items():
        _set_back(store, entity, key, fields)
    store.rows(_UNLOGGED, {"at": DATETIME.to_sql(moment)})
    _fill_index_tables(store)
    store.rows("PRAGMA query_only = ON")


def _check_moment(store: Store, moment: datetime, now: datetime) -> None:
    """Raise Invalid for the future, NotFound for a time before the first operation."""
    if moment > now:
        raise Invalid(f"{moment:%Y-%m-%d %H:%M} UTC is in the future")
    begun = history.beginning(store)
    if begun is None:
        raise NotFound(f"there was no catalog at {moment:%Y-%m-%d %H:%M} UTC")
    if str(DATETIME.to_sql(moment)) < begun:
        since = f"its history begins on {begun[:10]} at {begun[11:16]} UTC"
        raise NotFound(f"there was no catalog at {moment:%Y-%m-%d %H:%M} UTC; {since}")


def _find_keys(store: Store, names: Iterable[str]) -> set[int]:
    """Return the keys of the packages that have, or had, one of these names; raise NotFound."""
    keys = set()
    for name in names:
        keys |= packages.find_ever_named(store, name) or {packages.find(store, name)}
    return keys


def _set_back(store: Store, entity: str, key: Key, fields: dict[str, Any]) -> None:
    """Give a row of the copies the values that it had."""
    if "removed" in fields and fields["removed"] is None:
        fields["removed"] = 1
    columns = {**fields, **derive_columns(entity, fields)}
    sets = ", ".join(f"{name} = ?" for name in columns)
    logged = ENTITIES[entity]
    sql = f"UPDATE temp.{entity} SET {sets} WHERE {logged.key_condition}"
    store.rows(sql, (*columns.values(), *logged.key_values(key)))


def _fill_index_tables(store: Store) -> None:
    """Fill the copies of the tables that have the items of lists one by one."""
    for logged in ENTITIES.values():
        for table, column in logged.index_tables:
            store.rows(
                f"""INSERT OR IGNORE INTO temp.{table}
                SELECT j.value, o.key FROM temp.{logged.table} o, json_each(o.{column}) j"""
            )


def _read_former_values(
    store: Store, operation: int, keys: set[int] | None
) -> dict[tuple[str, Key], dict[str, Any]]:
    """Return what each field was that has changed in an operation or later."""
    former: dict[tuple[str, Key], dict[str, Any]] = {}
    for entity, key, field, old, number in _first_changes(store, operation, keys):
        check_change(entity, key, field)
        value: Any = old
        if field in DELTA_FIELDS and is_delta(old):
            value = _restore_list(store, entity, key, field, number)
        former.setdefault((entity, key), {})[field] = value
    return former


def _first_changes(
    store: Store, operation: int, keys: set[int] | None
) -> list[tuple[str, Key, str, SqlValue, int]]:
    """Return each field's first change in an operation or later: its `old` is what the field was
    before.

    Of several rows SQLite takes `old` from that of min() (sqlite.org/lang_select.html#bareagg). The
    + of the groups keeps it from walking through the whole log in their order; that of the keys takes
    their affinity, without which the index of `changes.key`, which has none, cannot be used.
    """
    columns = "SELECT entity, key, field, old, number FROM changes WHERE operation >= :operation"
    if keys is None:
        some = columns
    else:
        parts = []
        for logged in ENTITIES.values():
            if logged.owner == "packages":
                chosen = _numbers(keys)
            else:
                chosen = f"SELECT +{logged.key_sql} FROM main.{logged.table}"
            parts.append(f"{columns} AND key IN ({chosen}) AND entity = '{logged.table}'")
        some = " UNION ALL ".join(parts)
    sql = (
        f"SELECT entity, key, field, old, min(number) FROM ({some}) GROUP BY +entity, +key, +field"
    )
    return store.rows(sql, {"operation": operation}).fetchall()


def _restore_list(store: Store, entity: str, key: Key, field: str, number: int) -> Any:
    """Return what a list was before a change, from what it is now and all that became of it
    since.
    """
    sql = """SELECT old FROM changes WHERE key = ? AND entity = ? AND field = ? AND number >= ?
        ORDER BY number DESC"""
    olds = (row[0] for row in store.rows(sql, (key, entity, field, number)))
    return apply_deltas(olds, history.read_current(store, entity, key, field))


def _copy(store: Store, keys: set[int] | None) -> None:
    """Make tables of the same names for this connection: SQLite finds them before the
    catalog's own.
    """
    made = dict(
        store.rows("SELECT name, sql FROM main.sqlite_schema WHERE type = 'table'").fetchall()
    )
    for logged in ENTITIES.values():
        table = logged.table
        for name in (table, *(index_table for index_table, _ in logged.index_tables)):
            store.rows(made[name].replace("CREATE TABLE", "CREATE TEMP TABLE", 1))
        chosen = ""
        if keys is not None and logged.owner == "packages":
            chosen = f" WHERE key IN ({_numbers(keys)})"
        store.rows(f"INSERT INTO temp.{table} SELECT * FROM main.{table}{chosen}")


def _numbers(keys: set[int]) -> str:
    return ", ".join(map(str, sorted(keys)))
