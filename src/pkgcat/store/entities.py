"""The tables whose changes are logged: history, undo and the past read of them here alone.

A logged table has a column `removed` (its rows are never deleted), unless its rows belong to those
of another table and come and go with them.
"""

import re
from json import loads
from typing import NamedTuple

from pkgcat.model.parsing import compact_json, load_stored_json, refuse_stored
from pkgcat.model.types import SqlValue

Key = int | str
"""The key of a row in the log: an integer, or the JSON array of the values of several columns."""


class Entity(NamedTuple):
    """A logged table.

    `label` is the column, or the SQL, that names a row to people, if there is one. `belongs_to` is the table
    whose rows have the same keys. `index_tables` are the tables that hold the items of list
    columns, kept by triggers, each with its column.
    """

    table: str
    noun: str
    key_columns: tuple[str, ...] = ("key",)
    label: str | None = "slug"
    belongs_to: str | None = None
    index_tables: tuple[tuple[str, str], ...] = ()

    @property
    def key_condition(self) -> str:
        """The SQL that is true of one row; its parameters are `key_values`."""
        return " AND ".join(f"{column} = ?" for column in self.key_columns)

    @property
    def key_sql(self) -> str:
        """The SQL of a row's key as the log has it."""
        if len(self.key_columns) == 1:
            return self.key_columns[0]
        return f"json_array({', '.join(self.key_columns)})"

    def key_values(self, key: Key) -> tuple[SqlValue, ...]:
        """Return the values of the key's columns."""
        if len(self.key_columns) == 1:
            return (key,)
        return tuple(loads(str(key)))

    def make_key(self, values: dict[str, SqlValue], rowid: int | None) -> Key:
        """Return the key of a new row, which SQLite has given this rowid."""
        if len(self.key_columns) > 1:
            parts = [values[column] for column in self.key_columns]
            return compact_json(parts)
        assert rowid is not None
        return rowid

    @property
    def owner(self) -> str:
        """The table whose row a change of this table is about: its own, or the one it belongs
        to.
        """
        return self.belongs_to or self.table


_CELL_LABEL = """(SELECT p.slug FROM packages p WHERE p.key = grid_cells.package) || ', ' ||
    (SELECT f.title FROM grid_features f WHERE f.key = grid_cells.feature)"""

_TABLE = (
    Entity("categories", "category"),
    Entity("grids", "grid"),
    Entity("packages", "package", index_tables=(("tags", "tags"), ("memberships", "grids"))),
    Entity(
        "facts",
        "package",
        label=None,
        belongs_to="packages",
        index_tables=(("participants", "participants"), ("classifiers", "pypi_classifiers")),
    ),
    Entity("grid_features", "feature", label="title"),
    Entity("grid_cells", "cell", key_columns=("feature", "package"), label=_CELL_LABEL),
    Entity("filters", "filter", label="name"),
)  # end of the logged tables

ENTITIES: dict[str, Entity] = {entity.table: entity for entity in _TABLE}
"""The logged tables, those first that others refer to."""


def check_change(table: str, key: Key, column: str) -> None:
    """Raise BadCatalog where the log has a change that no operation can have made."""
    entity = ENTITIES.get(table)
    if entity is None:
        raise refuse_stored(table, "a logged table")
    if not isinstance(column, str) or not re.fullmatch("[a-z_0-9]+", column):
        raise refuse_stored(column, "a column")
    if len(entity.key_columns) == 1:
        is_key = isinstance(key, int)
    else:
        is_key = len(load_stored_json(key, list)) == len(entity.key_columns)
    if not is_key:
        raise refuse_stored(key, "a key")
