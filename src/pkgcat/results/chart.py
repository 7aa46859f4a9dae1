"""A number over time."""

from collections.abc import Iterator
from datetime import datetime

from pkgcat.model.types import DATETIME, INTEGER
from pkgcat.results.table import Column, Row, Table

_COLUMNS = (Column("at", DATETIME, "when"), Column("value", INTEGER, "value"))


class Chart:
    """The values of a number, each from its moment on; the last one holds until today.

    `title` is what a person reads above it, `empty` what is told where nothing is known of it.
    """

    single = False

    def __init__(self, title: str, points: list[tuple[datetime, int]], *, empty: str = "") -> None:
        self.title = title
        self.points = points
        self.empty = empty

    def json_lines(self) -> Iterator[str]:
        """Yield each value as the text of a JSON object."""
        return self.table().json_lines()

    def table(self) -> Table:
        """Return the values as rows."""
        return Table(_COLUMNS, self._rows(), noun=("value", "values"), empty=self.empty)

    def _rows(self) -> Iterator[Row]:
        for moment, value in self.points:
            yield (DATETIME.to_sql(moment), value)
