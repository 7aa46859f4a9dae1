"""Where a value comes from, since when, and what it was before."""

from datetime import datetime
from typing import NamedTuple

from pkgcat.model.fields import Field
from pkgcat.model.types import Value


class Explanation(NamedTuple):
    """All that is known of one value of a package.

    `source` says who wrote it: an address, a command, or what it follows from. `fetched` is when
    its source was asked last; `since` when it became what it is, unknown for what is not logged.
    `upstream_value` is what the source of a pinned fact says. `terms` are what a computed value is
    made of.
    """

    slug: str
    field: Field
    value: Value
    source: str
    fetched: datetime | None
    since: datetime | None
    operation: int
    command: str
    previous: Value
    previous_since: datetime | None
    pinned: bool
    upstream_value: Value
    terms: tuple[str, ...] = ()
