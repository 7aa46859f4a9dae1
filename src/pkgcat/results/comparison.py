"""Packages side by side: a column for each package, a row for each thing that is compared."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from pkgcat.model.text import clean
from pkgcat.model.types import TEXT, FieldType, Value
from pkgcat.results.table import Column, Row, Table, TypedValue


class ComparisonRow(NamedTuple):
    """A row: what it is called in JSON and for eyes, the type of its values, a value for each
    package (None: unknown), and the columns whose value is the best one.

    `is_question`: what is unknown is an open question, `?` for eyes. `ticks` has a number for each
    value: so many ticks stand before it, or a cross where it is negative; empty where no row has any.
    """

    name: str
    label: str
    type: FieldType
    values: tuple[Value, ...]
    best: frozenset[int] = frozenset()
    is_question: bool = False
    ticks: tuple[int, ...] = ()

    @property
    def is_unknown(self) -> bool:
        """Whether nothing is known of any package."""
        return all(value is None for value in self.values)

    @property
    def differs(self) -> bool:
        """Whether two packages have different values; unknown is a value of its own."""
        return any(value != self.values[0] for value in self.values)


class Comparison:
    """Packages by their slugs and titles, and the rows in which they are compared.

    `fold_equal`: a terminal shows the rows on which the packages differ first, and folds the others
    into a line; else it shows the rows in their order. `title` stands above it. `empty` is what
    a person is told where there are no packages.
    """

    single = False
    """Each row is a thing of its own."""
    shows_columns = True
    """A terminal has a view of its own for it."""

    def __init__(
        self,
        title: str,
        slugs: tuple[str, ...],
        titles: tuple[str, ...],
        rows: tuple[ComparisonRow, ...],
        *,
        fold_equal: bool = True,
        empty: str = "",
    ) -> None:
        self.title = title
        self.slugs = slugs
        self.titles = titles
        self.rows = rows
        self.fold_equal = fold_equal
        self.empty = empty

    def json_lines(self) -> Iterator[str]:
        """Yield each row as the text of a JSON object: values by slug, the slugs of the best."""
        for row in self.rows:
            values = [_to_json(row.type, value) for value in row.values]
            made = {
                "name": row.name,
                "label": row.label,
                "values": dict(zip(self.slugs, values, strict=True)),
                "best": [self.slugs[place] for place in sorted(row.best)],
                "same": not row.differs,
            }
            yield json.dumps(made)

    def table(self) -> Table:
        """Return the rows under the slugs; the first one has the titles."""
        columns = [Column("name", TEXT, "name")]
        for slug in self.slugs:
            columns.append(Column(clean(slug), TEXT, slug))
        return Table(
            tuple(columns), self._table_rows(), noun=None, empty=self.empty, names_columns=True
        )

    def _table_rows(self) -> Iterator[Row]:
        if not self.slugs:
            return
        yield ("title", *self.titles)
        for row in self.rows:
            yield (row.name, *(_to_typed_value(row.type, value) for value in row.values))


def _to_json(type_: FieldType, value: Value) -> Any:
    if value is None:
        return None
    return type_.to_json(value)


def _to_typed_value(type_: FieldType, value: Value) -> TypedValue:
    if value is None:
        return TypedValue(type_, None)
    return TypedValue(type_, type_.to_sql(value))
