"""A table: typed columns and rows."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from pkgcat.model.fields import FIELDS
from pkgcat.model.types import INTEGER, TEXT, FieldType, SqlValue


class Column(NamedTuple):
    """A column: its name in JSON and CSV, the type of its values, and what stands above it."""

    name: str
    type: FieldType
    heading: str


class TypedValue(NamedTuple):
    """A value whose type is its own, not that of its column: the old or new value of any field."""

    type: FieldType
    stored: SqlValue


Row = tuple[SqlValue | TypedValue, ...]


class Table:
    """Rows under columns.

    `single` tells one thing from a list of one; `drop_to_fit` lets a terminal leave out columns
    that its width has no room for. `noun` is what a row is called: one, and several; None where
    rows are not counted. `importance` names columns, the most important first: a terminal gives them
    room before the others, and those of one group alike; `optional` ones get what room these leave.
    `empty` is what a person is told where there are no rows. `count_all`
    returns of how many the rows are a part; None where they are all. `names_columns`: what stands
    above the columns is a part of the answer, which a pipe gets, too.
    """

    def __init__(
        self,
        columns: tuple[Column, ...],
        rows: Iterable[Row],
        *,
        single: bool = False,
        drop_to_fit: bool = False,
        noun: tuple[str, str] | None = ("package", "packages"),
        importance: tuple[tuple[str, ...], ...] = (),
        optional: tuple[str, ...] = (),
        empty: str = "",
        count_all: Callable[[], int | None] = lambda: None,
        names_columns: bool = False,
    ) -> None:
        self.columns = columns
        self.rows = rows
        self.single = single
        self.drop_to_fit = drop_to_fit
        self.noun = noun
        self.importance = importance
        self.optional = optional
        self.empty = empty
        self.count_all = count_all
        self.names_columns = names_columns

    def table(self) -> "Table":
        """Return itself: a table is a result."""
        return self

    def choose_columns(self, names: Iterable[str]) -> "Table":
        """Return a table of these columns alone, in this order; none is left out on a terminal."""
        places = {column.name: place for place, column in enumerate(self.columns)}
        chosen = [places[name] for name in names]
        return Table(
            tuple(self.columns[place] for place in chosen),
            (tuple(row[place] for place in chosen) for row in self.rows),
            single=self.single,
            noun=self.noun,
            empty=self.empty,
            count_all=self.count_all,
        )

    def text_rows(self) -> Iterator[tuple[str, ...]]:
        """Yield each row as cleaned one-line texts."""
        for row in self.rows:
            yield tuple(map(format_value, self.columns, row))

    def json_lines(self) -> Iterator[str]:
        """Yield each row as the text of a JSON object."""
        import json  # SQLite makes that of packages

        for row in self.rows:
            pairs = zip(self.columns, row, strict=True)
            yield json.dumps(
                {column.name: convert_to_json(column, value) for column, value in pairs}
            )


def field_columns(names: Iterable[str]) -> tuple[Column, ...]:
    """Return columns for fields of the record."""
    columns = []
    for name in names:
        field = FIELDS[name]
        columns.append(Column(name, field.type, field.heading or name.replace("_", " ")))
    return tuple(columns)


def text_columns(*names: str, numbers: tuple[str, ...] = ()) -> tuple[Column, ...]:
    """Return columns of text; those named in `numbers` hold whole numbers."""
    columns = []
    for name in names:
        type_ = INTEGER if name in numbers else TEXT
        columns.append(Column(name, type_, name.replace("_", " ")))
    return tuple(columns)


def typed(column: Column, value: SqlValue | TypedValue) -> TypedValue:
    """Return a value with its type: its own, or its column's."""
    if isinstance(value, TypedValue):
        return value
    return TypedValue(column.type, value)


def format_value(column: Column, value: SqlValue | TypedValue) -> str:
    """Return a value as one cleaned line of text."""
    if isinstance(value, TypedValue):
        return value.type.to_text(value.stored)
    return column.type.to_text(value)


def convert_to_json(column: Column, value: SqlValue | TypedValue) -> Any:
    """Return a value as JSON has it."""
    type_, stored = typed(column, value)
    return type_.sql_to_json(stored)
