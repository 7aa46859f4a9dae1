"""Which packages are edited and decided about where none are named."""

from datetime import datetime
from typing import NamedTuple

from pkgcat.model.query import Query
from pkgcat.services.conditions import read_conditions
from pkgcat.services.state_filters import read_states
from pkgcat.store import Store

FILTER_OPTIONS = "--where, --supports or --state"
"""The options that find packages."""


class EditFilters(NamedTuple):
    """What `--where`, `--supports` and `--state` say."""

    where: tuple[str, ...] = ()
    supports: tuple[str, ...] = ()
    state: str | None = None

    @property
    def is_given(self) -> bool:
        """Whether packages are to be found by these."""
        return bool(self.where or self.supports) or self.state is not None

    @property
    def name(self) -> str:
        """The option that is given, the first one of several."""
        if self.where:
            return "--where"
        return "--supports" if self.supports else "--state"

    @property
    def words(self) -> str:
        """The options as they stand in history."""
        words = [f"--where {text!r}" for text in self.where]
        words += [f"--supports {text!r}" for text in self.supports]
        if self.state is not None:
            words.append(f"--state {self.state}")
        return " ".join(words)


def make_filter_query(store: Store, filters: EditFilters, now: datetime) -> Query:
    """Return the query of the packages that filters find; raise Invalid or NotFound."""
    return Query(
        now,
        where=read_conditions(store, filters.where, now, filters.supports),
        states=read_states(filters.state),
    )
