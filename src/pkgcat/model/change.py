"""A change of one field."""

from typing import NamedTuple

from pkgcat.model.types import SqlValue


class Change(NamedTuple):
    """One field's old and new value, as stored."""

    field: str
    old: SqlValue
    new: SqlValue
