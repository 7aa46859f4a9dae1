"""Packages for display: each format asks for the form it needs."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from pkgcat.model.fields import FIELDS
from pkgcat.model.query import Query
from pkgcat.model.types import SqlValue
from pkgcat.results.table import Table, field_columns
from pkgcat.store import Store, packages

if TYPE_CHECKING:
    from pkgcat.model.package import Package

SHOWN_FIELDS = (
    "slug",
    "repo_watchers",
    "pypi_version",
    "last_updated",
    "state_reasons",
    "commits_over_52",
    "category",
    "repo_description",
    "tags",
    "last_error",
)
"""What `list` and `search` show, the most telling first: a narrow terminal keeps the leftmost."""


class Addresses(NamedTuple):
    """Where API v4 has the categories and grids, by slug."""

    categories: dict[str, str | None]
    grids: dict[str, str | None]


class Records:
    """Packages that queries name.

    `chosen` are the fields that were asked for; where none were, JSON has all of them and tables
    have `table_fields`. `single` tells one package from a list of one. `shows_pages`: where no
    fields were chosen, a terminal gets a page for each package. `empty` is what a person is told
    where there are none.
    """

    def __init__(
        self,
        store: Store,
        queries: Sequence[Query],
        chosen: tuple[str, ...],
        *,
        table_fields: tuple[str, ...] = tuple(FIELDS),
        single: bool = False,
        shows_pages: bool = False,
        drop_to_fit: bool = False,
        empty: str = "",
    ) -> None:
        self.chosen = chosen
        self.single = single
        self.shows_pages = shows_pages and not chosen
        self._store = store
        self._queries = queries
        self._table_fields = chosen or table_fields
        self._drop_to_fit = drop_to_fit and not chosen
        self.empty = empty

    def json_lines(self) -> Iterator[str]:
        """Yield each package as the text of a JSON object, made by SQLite."""
        names = self.chosen or tuple(FIELDS)
        for query in self._queries:
            yield from packages.as_json(self._store, names, query)

    def packages(self) -> "Iterator[Package]":
        """Yield whole records."""
        for query in self._queries:
            yield from packages.read(self._store, query)

    @property
    def limit(self) -> int | None:
        """At most so many packages of each query."""
        return self._queries[0].limit if self._queries else None

    @property
    def offset(self) -> int:
        """So many packages are skipped."""
        return self._queries[0].offset if self._queries else 0

    def count_all(self) -> int | None:
        """Return of how many packages these are a part; None where no limit cuts them."""
        if self.limit is None and self.offset == 0:
            return None
        return sum(packages.count_matching(self._store, query) for query in self._queries)

    def table(self) -> Table:
        """Return the packages as rows."""
        return Table(
            field_columns(self._table_fields),
            self._rows(),
            single=self.single,
            drop_to_fit=self._drop_to_fit,
            importance=(("slug",), ("state_reasons",), ("last_error",)),
            empty=self.empty,
            count_all=self.count_all,
        )

    def addresses(self) -> Addresses:
        """Return where API v4 has the catalog's categories and grids."""
        return read_addresses(self._store)

    def _rows(self) -> Iterator[tuple[SqlValue, ...]]:
        for query in self._queries:
            yield from packages.rows(self._store, self._table_fields, query)


def read_addresses(store: Store) -> Addresses:
    """Return where API v4 has the catalog's categories and grids."""
    from pkgcat.store import categories, grids  # only that format asks for them

    return Addresses(
        {group.slug: group.url for group in categories.list_categories(store)},
        {group.slug: group.url for group in grids.list_grids(store)},
    )
