"""Columns that follow from others and that SQL cannot compute: sort keys and searched texts.

Whatever writes a column, writes those that follow from it in the same statement. They are neither
logged nor exported.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from json import loads
from typing import NamedTuple

from pkgcat.model.fields import FIELDS
from pkgcat.model.folding import make_searchable
from pkgcat.model.types import SqlValue

_SEARCHED = ("title", "tags", "notes", "repo_description", "participants")
"""The fields whose texts the full-text index needs in another form, in a column NAME_search.

Slugs and names on PyPI are ASCII.
"""

_BATCH = 1000
"""So many rows are read at once while they are filled."""


class DerivedColumn(NamedTuple):
    """A column, and the function of the stored value that it follows from."""

    name: str
    compute: Callable[[SqlValue], SqlValue]


def derive_columns(table: str, values: Mapping[str, SqlValue]) -> dict[str, SqlValue]:
    """Return the columns of a table that follow from these, with their values."""
    derived: dict[str, SqlValue] = {}
    for name, columns in _DERIVED.get(table, {}).items():
        if name not in values:
            continue
        for column in columns:
            derived[column.name] = column.compute(values[name])
    return derived


def fill_derived_columns(connection: sqlite3.Connection) -> None:
    """Compute these columns for every row, and store those that are others: after a migration."""
    for table in sorted(_DERIVED):
        for key, values, stored in _read_rows(connection, table):
            derived = derive_columns(table, values)
            if derived != stored:
                sets = ", ".join(f"{name} = :{name}" for name in derived)
                sql = f"UPDATE {table} SET {sets} WHERE key = :key"
                connection.execute(sql, {**derived, "key": key})


def _read_rows(
    connection: sqlite3.Connection, table: str
) -> Iterator[tuple[int, dict[str, SqlValue], dict[str, SqlValue]]]:
    """Yield of each row its key, what its derived columns follow from, and these as they are."""
    sources = list(_DERIVED[table])
    derived = [column.name for name in sources for column in _DERIVED[table][name]]
    columns = ", ".join(["key", *sources, *derived])
    sql = f"SELECT {columns} FROM {table} WHERE key > ? ORDER BY key LIMIT {_BATCH}"
    last = -(2**63)
    while rows := connection.execute(sql, (last,)).fetchall():
        for key, *values in rows:
            found = dict(zip([*sources, *derived], values, strict=True))
            yield (
                key,
                {name: found[name] for name in sources},
                {name: found[name] for name in derived},
            )
        last = rows[-1][0]


def _make_searched_text(stored: SqlValue) -> SqlValue:
    """Return the searched form of a text; None where the index makes the same words of both."""
    text = str(stored)
    if stored is None or text.isascii():
        return None
    return make_searchable(text)


def _make_searched_list(stored: SqlValue) -> SqlValue:
    """Return the searched form of a list: its items as text, as JSON escapes some characters."""
    text = str(stored)
    if stored is None or (text.isascii() and "\\" not in text):
        return None
    return make_searchable("\n".join(map(str, loads(text))))


def _list_derived_columns() -> dict[str, dict[str, tuple[DerivedColumn, ...]]]:
    """Return what follows from each column, by table and by its name."""
    derived: dict[str, dict[str, tuple[DerivedColumn, ...]]] = {}
    for field in FIELDS.values():
        columns = []
        if field.type.has_stored_key:
            columns.append(DerivedColumn(f"{field.name}_key", field.type.to_sort_key))
        if field.name in _SEARCHED:
            is_list = field.type.is_collection
            compute = _make_searched_list if is_list else _make_searched_text
            columns.append(DerivedColumn(f"{field.name}_search", compute))
        if columns and field.table is not None:
            derived.setdefault(field.table, {})[field.name] = tuple(columns)
    return derived


_DERIVED = _list_derived_columns()
